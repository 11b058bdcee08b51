from __future__ import annotations

import datetime as dt

import pytest

from wbos_desktop.domain.calendar import Closure, SchoolCalendar, YearSpec
from wbos_desktop.domain.typed_dates import day_echo, parse_day, parse_time, school_day_problem
from wbos_desktop.i18n import activate

D = dt.date
TODAY = D(2026, 11, 24)
HOLIDAY = Closure(D(2026, 12, 19), D(2027, 1, 3), "Kerstvakantie")
DAYS = SchoolCalendar([YearSpec(D(2026, 8, 24), D(2027, 7, 9), closures=(HOLIDAY,))])


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("25-11", D(2026, 11, 25)),
        ("25/11/2025", D(2025, 11, 25)),
        ("5-1", D(2027, 1, 5)),
        ("25 nov", D(2026, 11, 25)),
        ("wo 25 nov", D(2026, 11, 25)),
        ("3 maart", D(2027, 3, 3)),
        ("2026-12-01", D(2026, 12, 1)),
        ("wo", D(2026, 11, 25)),
        ("di", TODAY),
        ("ma", D(2026, 11, 30)),
        ("+5", D(2026, 12, 1)),
        ("-2", D(2026, 11, 20)),
        ("Gisteren", D(2026, 11, 23)),
        ("31-2", None),
        ("onzin", None),
        ("", None),
    ],
)
def test_days_as_people_type_them(typed: str, expected: dt.date | None) -> None:
    assert parse_day(typed, TODAY, DAYS) == expected


def test_a_week_day_in_the_past() -> None:
    assert parse_day("vr", TODAY, DAYS, past=True) == D(2026, 11, 20)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("21.40", dt.time(21, 40)),
        ("2140", dt.time(21, 40)),
        ("9", dt.time(9)),
        ("9 uur", dt.time(9)),
        ("24.00", None),
        ("12.75", None),
    ],
)
def test_times_as_people_type_them(typed: str, expected: dt.time | None) -> None:
    assert parse_time(typed) == expected


def test_a_deadline_in_the_weekend_or_holiday_says_what_can() -> None:
    activate("en")
    assert school_day_problem(TODAY, DAYS) == ""
    assert "Fri 27 Nov" in school_day_problem(D(2026, 11, 28), DAYS)
    assert "Mon 4 Jan" in school_day_problem(D(2026, 12, 26), DAYS)


def test_a_field_echoes_the_distance_in_school_days() -> None:
    activate("en")
    assert day_echo(D(2026, 11, 25), TODAY, DAYS) == "Wed 25 Nov, 1 school day"
    assert day_echo(D(2026, 11, 20), TODAY, DAYS) == "Fri 20 Nov, 2 school days ago"
