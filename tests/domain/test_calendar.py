from __future__ import annotations

import datetime as dt

import pytest

from wbos_desktop.domain.calendar import (
    Closure,
    SchoolCalendar,
    YearSpec,
    add_working_days,
    is_working_day,
)

D = dt.date
AUTUMN = Closure(D(2026, 10, 17), D(2026, 10, 25), "Herfstvakantie")
STUDY = Closure(D(2026, 11, 25), D(2026, 11, 25), "Studiedag")


@pytest.fixture
def days() -> SchoolCalendar:
    year = YearSpec(D(2026, 8, 24), D(2027, 7, 9), closures=(AUTUMN, STUDY))
    following = YearSpec(D(2027, 8, 23), D(2028, 7, 14))
    return SchoolCalendar([following, year])


def test_weekend_holiday_and_study_day_are_no_school_days(days: SchoolCalendar) -> None:
    assert days.is_school_day(D(2026, 11, 24))
    assert not days.is_school_day(D(2026, 11, 25))
    assert not days.is_school_day(D(2026, 11, 28))
    assert not days.is_school_day(D(2026, 10, 20))
    assert days.closure_label(D(2026, 10, 20)) == "Herfstvakantie"
    assert days.closure_label(D(2026, 11, 24)) is None


def test_adding_school_days_skips_what_is_closed(days: SchoolCalendar) -> None:
    assert days.add_school_days(D(2026, 11, 24), 1) == D(2026, 11, 26)
    assert days.add_school_days(D(2026, 10, 16), 1) == D(2026, 10, 26)
    assert days.add_school_days(D(2026, 11, 26), -1) == D(2026, 11, 24)
    assert days.add_school_days(D(2026, 11, 28), 0) == D(2026, 11, 30)


def test_school_days_between_counts_the_end_and_not_the_start(days: SchoolCalendar) -> None:
    assert days.school_days_between(D(2026, 11, 24), D(2026, 11, 27)) == 2
    assert days.school_days_between(D(2026, 11, 27), D(2026, 11, 24)) == 0


@pytest.mark.parametrize(
    "after", [D(2021, 12, 30), D(2024, 1, 1), D(2026, 10, 15), D(2027, 12, 31)]
)
@pytest.mark.parametrize("length", [0, 1, 9, 400, 1200])
def test_running_sums_equal_counting(days: SchoolCalendar, after: dt.date, length: int) -> None:
    until = after + dt.timedelta(days=length)
    counted = sum(days.is_school_day(after + dt.timedelta(days=n + 1)) for n in range(length))
    assert days.school_days_between(after, until) == counted


def test_summer_between_two_known_years_is_closed(days: SchoolCalendar) -> None:
    assert not days.is_school_day(D(2027, 7, 20))
    assert days.covers(D(2027, 7, 20))
    assert days.next_school_day(D(2027, 7, 10)) == D(2027, 8, 23)


def test_outside_every_year_monday_to_friday_counts_and_is_not_covered() -> None:
    days = SchoolCalendar()
    assert days.is_school_day(D(2030, 1, 2))
    assert not days.is_school_day(D(2030, 1, 5))
    assert not days.covers(D(2030, 1, 2))


def test_a_week_pattern_without_friday() -> None:
    days = SchoolCalendar([YearSpec(D(2026, 8, 1), D(2027, 7, 31), "1111000")])
    assert days.add_school_days(D(2026, 11, 26), 1) == D(2026, 11, 30)


def test_a_year_without_lessons_does_not_hang() -> None:
    days = SchoolCalendar([YearSpec(D(2026, 8, 1), D(2029, 7, 31), "0000000")])
    assert days.next_school_day(D(2026, 9, 1)) > D(2026, 9, 1)


def test_working_days_leave_out_public_holidays() -> None:
    assert not is_working_day(D(2026, 12, 25))
    assert add_working_days(D(2026, 12, 24), 1) == D(2026, 12, 28)
    assert add_working_days(D(2026, 12, 28), -1) == D(2026, 12, 24)
    assert add_working_days(D(2026, 12, 25), 0) == D(2026, 12, 28)
