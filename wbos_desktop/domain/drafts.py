"""A form that was not finished."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class DraftRow:
    """Which form, of which record (0 = a new one), and when it was last typed in (UTC)."""

    form: str
    record_id: int
    updated_at: dt.datetime
