"""Warnings on the length of a suspension; the program warns and never blocks.

Source: limits of the protocols catalogue (law as of its `law_checked_on`): at most one week and
in practice five school days in PO, VO and GO; longer than one day goes to the Inspectie. MBO
follows its own statute.
"""

from __future__ import annotations

import datetime as dt

from wbos_desktop.i18n import _, ngettext

from .calendar import SchoolCalendar

_ONE_WEEK = dt.timedelta(days=6)
_MOST_SCHOOL_DAYS = 5


def suspension_warnings(
    first_day: dt.date | None,
    last_day: dt.date | None,
    *,
    reported: bool,
    sector: str,
    days: SchoolCalendar,
) -> list[str]:
    """What is wrong with a suspension from the first to the last day, both included."""
    if first_day is None or last_day is None or sector == "MBO":
        return []
    if last_day < first_day:
        return [_("The last day lies before the first day.")]
    found = []
    length = days.school_days_between(first_day - dt.timedelta(days=1), last_day)
    if last_day - first_day > _ONE_WEEK:
        found.append(_("Longer than one week by the calendar."))
    if length > _MOST_SCHOOL_DAYS:
        found.append(
            ngettext("{n} school day: more than 5.", "{n} school days: more than 5.", length)
        )
    if length > 1 and not reported:
        found.append(_("Longer than 1 day: report it to the Inspectie."))
    return found
