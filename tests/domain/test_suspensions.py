from __future__ import annotations

import datetime as dt

import pytest

from wbos_desktop.domain.calendar import SchoolCalendar
from wbos_desktop.domain.suspensions import suspension_warnings
from wbos_desktop.i18n import activate

DAYS = SchoolCalendar()
MONDAY = dt.date(2026, 11, 23)


def _count(length: int, *, reported: bool = True, sector: str = "VO") -> int:
    last = MONDAY + dt.timedelta(days=length - 1)
    return len(suspension_warnings(MONDAY, last, reported=reported, sector=sector, days=DAYS))


@pytest.mark.parametrize(("length", "expected"), [(1, 0), (5, 0), (7, 0), (8, 2), (10, 2)])
def test_one_week_and_five_school_days_is_the_limit(length: int, expected: int) -> None:
    assert _count(length) == expected


def test_longer_than_a_day_wants_a_report_to_the_inspectie() -> None:
    assert _count(1, reported=False) == 0
    assert _count(2, reported=False) == 1


def test_mbo_follows_its_statute() -> None:
    assert _count(30, reported=False, sector="MBO") == 0


def test_days_in_the_wrong_order_and_unknown_days() -> None:
    activate("en")
    before = MONDAY - dt.timedelta(days=1)
    found = suspension_warnings(MONDAY, before, reported=True, sector="VO", days=DAYS)
    assert found == ["The last day lies before the first day."]
    assert suspension_warnings(MONDAY, None, reported=False, sector="VO", days=DAYS) == []
