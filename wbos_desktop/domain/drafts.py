"""A form that was not finished."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class KeptForm:
    """What somebody typed in a form and did not save.

    `values` is as typed, `before` what the form showed at first, both by attribute and as JSON.
    `version` is that of the record when it was read, None for a new one. `place` is the route
    (page, id, tab) from where the form opens again; `title` and `detail` say what it is.
    """

    form: str
    record_id: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    title: str = ""
    detail: str = ""
    place: tuple[str, int | None, str | None] = ("today", None, None)
    kept_at: dt.datetime | None = None


@dataclass(frozen=True)
class DraftRow:
    """An unfinished form in a list: what it is, where it opens, when it was last typed in (UTC)."""

    form: str
    record_id: int
    updated_at: dt.datetime
    title: str = ""
    detail: str = ""
    place: tuple[str, int | None, str | None] = ("today", None, None)
