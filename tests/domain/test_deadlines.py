from __future__ import annotations

import datetime as dt

import pytest

from wbos_desktop.domain.calendar import Closure, SchoolCalendar, YearSpec
from wbos_desktop.domain.deadlines import (
    BaseMoment,
    Due,
    Rule,
    add_months,
    due_of,
    due_status,
    late_before,
    lateness,
)

D = dt.date
HOLIDAY = Closure(D(2026, 12, 19), D(2027, 1, 3), "Kerstvakantie")
DAYS = SchoolCalendar([YearSpec(D(2026, 8, 24), D(2027, 7, 9), closures=(HOLIDAY,))])
MONDAY = BaseMoment(D(2026, 11, 16), dt.datetime(2026, 11, 16, 9, 0, tzinfo=dt.UTC))


def _due(rule: Rule, **bases: BaseMoment) -> dt.date | None:
    found = due_of(rule, bases or {"reported": MONDAY}, DAYS)
    return found.on if found else None


@pytest.mark.parametrize(
    ("unit", "amount", "expected"),
    [
        ("school_day", 0, D(2026, 11, 16)),
        ("school_day", 5, D(2026, 11, 23)),
        ("working_day", 5, D(2026, 11, 23)),
        ("day", 5, D(2026, 11, 21)),
        ("week", 6, D(2026, 12, 28)),
        ("month", 1, D(2026, 12, 16)),
    ],
)
def test_units_count_from_the_report(unit: str, amount: int, expected: dt.date) -> None:
    assert _due(Rule(amount=amount, unit=unit)) == expected


def test_a_report_in_the_weekend_counts_from_the_next_school_day() -> None:
    saturday = BaseMoment(D(2026, 11, 21))
    assert _due(Rule(amount=0), reported=saturday) == D(2026, 11, 23)
    assert _due(Rule(amount=1), reported=saturday) == D(2026, 11, 24)


def test_another_base_in_the_weekend_counts_the_first_school_day_as_one() -> None:
    saturday = BaseMoment(D(2026, 11, 21))
    assert _due(Rule("decision", amount=1), decision=saturday) == D(2026, 11, 23)
    assert _due(Rule("decision", "before", 1), decision=saturday) == D(2026, 11, 20)
    assert _due(Rule("decision", "before", 0), decision=saturday) == D(2026, 11, 20)


def test_hours_count_from_the_moment_of_the_report() -> None:
    due = due_of(Rule(amount=2, unit="hour"), {"reported": MONDAY}, DAYS)
    assert due == Due(D(2026, 11, 16), dt.datetime(2026, 11, 16, 11, 0, tzinfo=dt.UTC))


def test_the_earlier_known_date_wins() -> None:
    rule = Rule("suspension_end", "before", 1, latest=Rule(amount=5))
    assert _due(rule) == D(2026, 11, 23)
    early = BaseMoment(D(2026, 11, 19))
    assert _due(rule, reported=MONDAY, suspension_end=early) == D(2026, 11, 18)
    late = BaseMoment(D(2026, 11, 30))
    assert _due(rule, reported=MONDAY, suspension_end=late) == D(2026, 11, 23)


def test_no_amount_or_an_unknown_base_gives_no_date() -> None:
    assert _due(Rule()) is None
    assert _due(Rule("decision", amount=1)) is None


def test_months_clamp_to_the_last_day() -> None:
    assert add_months(D(2027, 1, 31), 1) == D(2027, 2, 28)
    assert add_months(D(2026, 11, 30), 3) == D(2027, 2, 28)
    assert add_months(D(2026, 1, 15), -2) == D(2025, 11, 15)


def test_past_the_calendar_a_date_is_provisional() -> None:
    known = due_of(Rule(amount=10), {"reported": MONDAY}, DAYS)
    beyond = due_of(Rule(amount=10), {"reported": BaseMoment(D(2027, 7, 5))}, DAYS)
    assert [due.provisional for due in (known, beyond) if due] == [False, True]


def test_late_from_the_first_school_day_after_due() -> None:
    friday = D(2026, 12, 18)
    assert lateness(friday, D(2026, 12, 18), DAYS) == 0
    assert lateness(friday, D(2027, 1, 3), DAYS) == 0
    assert lateness(friday, D(2027, 1, 4), DAYS) == 1
    assert due_status(friday, D(2027, 1, 3), DAYS).state == "today"
    assert due_status(friday, D(2027, 1, 4), DAYS).late


@pytest.mark.parametrize("ahead", range(-20, 40))
def test_the_sql_border_says_the_same_as_lateness(ahead: int) -> None:
    today = D(2026, 12, 14) + dt.timedelta(days=ahead)
    border = late_before(today, DAYS)
    for back in range(-3, 30):
        due_on = today - dt.timedelta(days=back)
        assert (due_on < border) == (lateness(due_on, today, DAYS) > 0)


def test_hours_are_late_at_once() -> None:
    at = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
    today = D(2026, 11, 24)
    before, after = at - dt.timedelta(minutes=1), at + dt.timedelta(minutes=1)
    assert due_status(today, today, DAYS, due_at=at, now=before).state == "today"
    assert due_status(today, today, DAYS, due_at=at, now=after).state == "late"


def test_a_target_is_never_late() -> None:
    status = due_status(D(2026, 11, 2), D(2026, 11, 24), DAYS, due_kind="target")
    assert (status.state, status.late) == ("passed", False)


def test_a_rule_survives_its_column() -> None:
    rule = Rule("suspension_end", "before", 1, "school_day", Rule(amount=5, unit="day"))
    assert Rule.from_dict(rule.to_dict()) == rule


def test_zero_hours_is_that_day_and_not_late_at_once() -> None:
    due = due_of(Rule(amount=0, unit="hour"), {"reported": MONDAY}, DAYS)
    assert due == Due(MONDAY.day)
