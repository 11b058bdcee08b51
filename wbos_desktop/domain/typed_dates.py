"""Reads days and times as people type them: '25-11', 'wo', '+5' (school days), '21.40'."""

from __future__ import annotations

import datetime as dt
import re

from wbos_desktop.i18n import _, date_short, ngettext

from .calendar import SchoolCalendar

_WEEK_DAYS = (
    ("ma", "maandag", "mon", "monday"),
    ("di", "dinsdag", "tue", "tuesday"),
    ("wo", "woensdag", "wed", "wednesday"),
    ("do", "donderdag", "thu", "thursday"),
    ("vr", "vrijdag", "fri", "friday"),
    ("za", "zaterdag", "sat", "saturday"),
    ("zo", "zondag", "sun", "sunday"),
)
_MONTHS = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]
_MONTHS_ENGLISH = [*_MONTHS]
_MONTHS_ENGLISH[2], _MONTHS_ENGLISH[4], _MONTHS_ENGLISH[9] = "mar", "may", "oct"
_NAMED = {
    "vandaag": 0,
    "today": 0,
    "morgen": 1,
    "tomorrow": 1,
    "overmorgen": 2,
    "gisteren": -1,
    "yesterday": -1,
    "eergisteren": -2,
}
_NUMERIC = re.compile(r"(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{4}|\d{2}))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NAMED_MONTH = re.compile(r"(\d{1,2}) ?([a-z]{3,9})\.?(?: (\d{4}))?")
_TIME = re.compile(r"(\d{1,2})(?:[.:u h]?(\d{2}))?(?: ?uur)?")


def parse_day(
    text: str, today: dt.date, days: SchoolCalendar, *, past: bool = False
) -> dt.date | None:
    """The day that was typed, None if it can't be read.

    A week day is the next one, or the last one when `past`; a date without a year is the one
    nearest to today; '+5' and '-2' count school days from today.
    """
    typed = " ".join(text.lower().split())
    if typed in _NAMED:
        return today + dt.timedelta(days=_NAMED[typed])
    if re.fullmatch(r"[+-]\d{1,3}", typed):
        return days.add_school_days(today, int(typed))
    for number, names in enumerate(_WEEK_DAYS):
        if typed in names:
            ahead = (number - today.weekday()) % 7
            return today + dt.timedelta(days=ahead - 7 if past and ahead else ahead)
    try:
        return _parse_date(_without_week_day(typed), today)
    except ValueError:
        return None


def _without_week_day(typed: str) -> str:
    first, _space, rest = typed.partition(" ")
    return rest if rest and any(first in names for names in _WEEK_DAYS) else typed


def _parse_date(typed: str, today: dt.date) -> dt.date | None:
    if found := _ISO.fullmatch(typed):
        return dt.date(*map(int, found.groups()))
    if found := _NUMERIC.fullmatch(typed):
        day, month, year = found.groups()
        return _with_year(int(day), int(month), year, today)
    if found := _NAMED_MONTH.fullmatch(typed):
        day, name, year = found.groups()
        for months in (_MONTHS, _MONTHS_ENGLISH):
            if name[:3] in months:
                return _with_year(int(day), months.index(name[:3]) + 1, year, today)
        if name.startswith("maart"):
            return _with_year(int(day), 3, year, today)
    return None


def _with_year(day: int, month: int, year: str | None, today: dt.date) -> dt.date:
    if year:
        return dt.date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    found: list[dt.date] = []
    for candidate in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(dt.date(candidate, month, day))
        except ValueError:
            continue
    if not found:
        raise ValueError(day)
    return min(found, key=lambda each: abs((each - today).days))


def parse_time(text: str) -> dt.time | None:
    """'21.40', '21:40', '2140', '9' or '9 uur' as a time; None if it can't be read."""
    found = _TIME.fullmatch(text.strip().lower())
    if not found:
        return None
    hour, minute = int(found.group(1)), int(found.group(2) or 0)
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None


def day_echo(day: dt.date, today: dt.date, days: SchoolCalendar) -> str:
    """What a date field says back: 'wo 25 nov, 1 schooldag'."""
    if day == today:
        return _("{day}, today").format(day=date_short(day))
    count = days.school_days_between(min(day, today), max(day, today))
    if day < today:
        distance = ngettext("{n} school day ago", "{n} school days ago", count)
    else:
        distance = ngettext("{n} school day", "{n} school days", count)
    return f"{date_short(day)}, {distance}"


def school_day_problem(day: dt.date, days: SchoolCalendar) -> str:
    """Why a deadline can't fall on this day, with the nearest day that can; '' if it can."""
    if days.is_school_day(day):
        return ""
    label = days.closure_label(day)
    following = date_short(days.next_school_day(day))
    if label is not None:
        return _("There is no school then. The first school day is {day}.").format(day=following)
    before = date_short(days.previous_school_day(day))
    return _("Choose a school day. {day} is possible.").format(day=before)
