"""The bin: what somebody took away, and until when it can be put back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

DAYS = 30
"""How long something stays in the bin, in days."""


@dataclass(frozen=True)
class BinRow:
    """Something in the bin; `what` is its kind in words, `empties_on` the day it is erased."""

    table: str
    record_id: int
    what: str
    name: str
    removed_at: dt.datetime
    removed_by: str
    empties_on: dt.date
    due: bool


def empties_on(removed_on: dt.date) -> dt.date:
    """The day that something removed on this day is erased."""
    return removed_on + dt.timedelta(days=DAYS)
