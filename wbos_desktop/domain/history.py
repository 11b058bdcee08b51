"""The history of a record as people read it: gestures, each with what it changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

ADDED, CHANGED, REMOVED, RESTORED = "added", "changed", "removed", "restored"


@dataclass(frozen=True)
class FieldChange:
    """One field in words; `before` and `after` are empty when there was nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class RecordChange:
    """What one gesture did to one record; `what` is ADDED, CHANGED, REMOVED or RESTORED.

    `subject` names the record ('Stap: Gesprek met ouders'), empty for the record whose history
    this is. `version` is that of the record now, for `restore_version`; None when this version
    can't be put back, or nothing would change.
    """

    table: str
    record_id: int
    subject: str
    what: str
    fields: tuple[FieldChange, ...]
    version: int | None = None


@dataclass(frozen=True)
class GestureRow:
    """One gesture of one person; `undone` was taken back later, `undoes` took another back."""

    gesture: str
    at: dt.datetime
    who: str
    undone: bool
    undoes: bool
    changes: tuple[RecordChange, ...]


@dataclass(frozen=True)
class RecordHistory:
    """All gestures on a record and what belongs to it, the newest first; `name` for the title."""

    table: str
    record_id: int
    name: str
    gestures: tuple[GestureRow, ...]
