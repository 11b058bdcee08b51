"""School days: week pattern, holidays and study days of each school year of one school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

# A gap between two known school years that is this short is the summer holiday.
_LONGEST_SUMMER = dt.timedelta(days=92)
_MONDAY_TO_FRIDAY = "1111100"
_DAY = dt.timedelta(days=1)
_ORIGIN = 2024


@dataclass(frozen=True)
class Closure:
    """Days in a row (first and last included) on which there is no school."""

    first_day: dt.date
    last_day: dt.date
    label: str = ""


@dataclass(frozen=True)
class YearSpec:
    """One school year; `week_pattern` has a 1 for each week day (Monday first) with lessons.

    Half days count as school days and are therefore left out of `closures`.
    """

    first_day: dt.date
    last_day: dt.date
    week_pattern: str = _MONDAY_TO_FRIDAY
    closures: tuple[Closure, ...] = field(default=())


class SchoolCalendar:
    """Counts school days. Outside every known year Monday to Friday counts, and is provisional."""

    def __init__(self, years: Iterable[YearSpec] = ()) -> None:
        self._years = sorted(years, key=lambda year: year.first_day)
        self._closed: dict[dt.date, str] = {}
        # Lists ask for many differences: running sums of school days, made when first needed.
        self._sums: dict[int, list[int]] = {}
        self._before: dict[int, int] = {}
        for year in self._years:
            for closure in year.closures:
                self._close(closure.first_day, closure.last_day, closure.label)
        for earlier, later in zip(self._years, self._years[1:], strict=False):
            if _DAY < later.first_day - earlier.last_day <= _LONGEST_SUMMER:
                self._close(earlier.last_day + _DAY, later.first_day - _DAY, "")

    def _close(self, first: dt.date, last: dt.date, label: str) -> None:
        day = first
        while day <= last:
            self._closed[day] = label
            day += _DAY

    def _year(self, day: dt.date) -> YearSpec | None:
        for year in reversed(self._years):
            if year.first_day <= day <= year.last_day:
                return year
        return None

    def covers(self, day: dt.date) -> bool:
        """True if a school year, or the summer between two of them, says what this day is."""
        return day in self._closed or self._year(day) is not None

    def is_school_day(self, day: dt.date) -> bool:
        """True if there are lessons, also on a half day."""
        if day in self._closed:
            return False
        year = self._year(day)
        pattern = year.week_pattern if year else _MONDAY_TO_FRIDAY
        return pattern[day.weekday()] == "1"

    def closure_label(self, day: dt.date) -> str | None:
        """Name of the holiday or study day on this day ('' if it has none), None on other days."""
        return self._closed.get(day)

    def next_school_day(self, day: dt.date) -> dt.date:
        """This day, or the first school day after it."""
        return self._seek(day, _DAY)

    def previous_school_day(self, day: dt.date) -> dt.date:
        """This day, or the last school day before it."""
        return self._seek(day, -_DAY)

    def _seek(self, day: dt.date, move: dt.timedelta) -> dt.date:
        # A year without any lessons must not make the program hang.
        for _ in range(400):
            if self.is_school_day(day):
                return day
            day += move
        return day

    def add_school_days(self, day: dt.date, amount: int) -> dt.date:
        """The amount-th school day after the day, or before it when negative; 0 rounds forward."""
        if amount == 0:
            return self.next_school_day(day)
        move = _DAY if amount > 0 else -_DAY
        for _ in range(abs(amount)):
            day = self._seek(day + move, move)
        return day

    def school_days_between(self, after: dt.date, until: dt.date) -> int:
        """Number of school days in (after, until]; 0 when until is not later."""
        if until <= after:
            return 0
        return self._count(until) - self._count(after)

    def _count(self, day: dt.date) -> int:
        """School days of the calendar year up to this day, on top of all years before it."""
        sums = self._sums.get(day.year)
        if sums is None:
            sums = self._sums[day.year] = self._sum_year(day.year)
        before = self._before.get(day.year)
        if before is None:
            before = self._before[day.year] = self._school_days_before(day.year)
        return before + sums[day.timetuple().tm_yday - 1]

    def _sum_year(self, year: int) -> list[int]:
        first = dt.date(year, 1, 1).toordinal()
        last = dt.date(year, 12, 31).toordinal()
        days = map(dt.date.fromordinal, range(first, last + 1))
        return list(accumulate(map(self.is_school_day, days), initial=0))[1:]

    def _school_days_before(self, year: int) -> int:
        """Relative to an arbitrary year; only differences have a meaning."""
        low, high = sorted((year, _ORIGIN))
        total = 0
        for between in range(low, high):
            if between not in self._sums:
                self._sums[between] = self._sum_year(between)
            total += self._sums[between][-1]
        return total if year >= _ORIGIN else -total


@lru_cache(maxsize=64)
def _public_holidays(year: int) -> frozenset[dt.date]:
    # A heavy import that only the few rules in working days need.
    import holidays

    return frozenset(holidays.country_holidays("NL", years=year))


def is_working_day(day: dt.date) -> bool:
    """Monday to Friday without the Dutch public holidays."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


def add_working_days(day: dt.date, amount: int) -> dt.date:
    """The amount-th working day after the day, or before it when negative; 0 rounds forward."""
    move = -_DAY if amount < 0 else _DAY
    if amount == 0:
        while not is_working_day(day):
            day += move
    for _ in range(abs(amount)):
        day += move
        while not is_working_day(day):
            day += move
    return day
