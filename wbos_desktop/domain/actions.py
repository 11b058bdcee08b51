"""Actions: who does what by when; one list over meetings, cases and groups."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class ActionQuery:
    """Which actions to list; None does not filter. `due_until` includes that day."""

    state: str | None = "open"
    owner_id: int | None = None
    due_until: dt.date | None = None
    meeting_id: int | None = None
    agenda_item_id: int | None = None
    case_id: int | None = None
    group_id: int | None = None


@dataclass(frozen=True)
class ActionRow:
    """One action to show; `about` is where it came from ('Groep 2B', '2026-031', '')."""

    id: int
    version: int
    text: str
    owner_id: int | None
    owner: str
    due_on: dt.date | None
    state: str
    done_on: dt.date | None
    carried_over: int
    overdue: bool
    about: str
    meeting_id: int | None
    agenda_item_id: int | None
    case_id: int | None
    group_id: int | None


@dataclass(frozen=True)
class ActionDraft:
    """An action to edit; `id` None is a new one."""

    id: int | None = None
    version: int = 0
    text: str = ""
    owner_id: int | None = None
    due_on: dt.date | None = None
    meeting_id: int | None = None
    agenda_item_id: int | None = None
    case_id: int | None = None
    group_id: int | None = None
