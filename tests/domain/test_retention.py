"""Terms: when something is due, over leap days and the turn of the school year."""

from __future__ import annotations

import datetime as dt

import pytest

from wbos_desktop.domain import retention
from wbos_desktop.domain.retention import DAY, MONTH, SCHOOL_YEAR, WHILE, YEAR, Term

D = dt.date


@pytest.mark.parametrize(
    ("base", "term", "due"),
    [
        (D(2024, 7, 12), Term(2, YEAR), D(2026, 7, 12)),
        (D(2024, 2, 29), Term(1, YEAR), D(2025, 2, 28)),
        (D(2024, 2, 29), Term(4, YEAR), D(2028, 2, 29)),
        (D(2025, 8, 31), Term(6, MONTH), D(2026, 2, 28)),
        (D(2025, 12, 31), Term(2, MONTH), D(2026, 2, 28)),
        (D(2026, 7, 31), Term(0, SCHOOL_YEAR), D(2026, 8, 1)),
        (D(2026, 8, 1), Term(0, SCHOOL_YEAR), D(2027, 8, 1)),
        (D(2025, 11, 2), Term(1, SCHOOL_YEAR), D(2027, 8, 1)),
        (D(2026, 1, 1), Term(90, DAY), D(2026, 4, 1)),
        (D(2026, 1, 1), Term(None, YEAR), None),
        (D(2026, 1, 1), Term(None, WHILE), None),
        (None, Term(2, YEAR), None),
    ],
)
def test_the_due_day(base: dt.date | None, term: Term, due: dt.date | None) -> None:
    assert retention.due_on(base, term) == due


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (D(2026, 7, 31), D(2026, 7, 31)),
        (D(2026, 8, 1), D(2027, 7, 31)),
        (D(2027, 1, 1), D(2027, 7, 31)),
    ],
)
def test_a_school_year_turns_on_1_august(day: dt.date, end: dt.date) -> None:
    assert retention.school_year_end(day) == end


@pytest.mark.parametrize("term", [Term(2), Term(1, MONTH), Term(1, SCHOOL_YEAR), Term(30, DAY)])
def test_nothing_after_the_latest_base_is_due(term: Term) -> None:
    for today in (D(2026, 11, 24), D(2028, 2, 29), D(2026, 7, 31), D(2026, 8, 1)):
        latest = retention.latest_base(term, today)
        assert latest is not None
        days = [latest + dt.timedelta(days=n) for n in range(1, 40)]
        assert not any(retention.is_due(day, term, today) for day in days)
        assert retention.is_due(latest - dt.timedelta(days=4), term, today)


def test_a_case_waits_for_its_closing_and_its_last_pupil() -> None:
    closed = D(2024, 5, 1)
    assert retention.case_base(closed, []) == closed
    assert retention.case_base(closed, [D(2024, 7, 1), D(2025, 7, 1)]) == D(2025, 7, 1)
    assert retention.case_base(closed, [D(2024, 7, 1), None]) is None
    assert retention.case_base(None, [D(2024, 7, 1)]) is None


def test_a_clock_that_jumps_further_than_a_holiday_is_noticed() -> None:
    today = D(2026, 11, 24)
    assert not retention.clock_jumped(None, today)
    assert not retention.clock_jumped(today - dt.timedelta(days=60), today)
    assert retention.clock_jumped(today - dt.timedelta(days=61), today)
    assert not retention.clock_jumped(D(2030, 1, 1), today)


def test_the_defaults_are_those_of_the_product() -> None:
    found = {kind.code: kind.term for kind in retention.KINDS}
    assert found["pupils"] == found["cases"] == found["incidents"] == Term(2, YEAR)
    assert found["profiles"] == Term(1, SCHOOL_YEAR)
    assert found["positions"] == Term(0, SCHOOL_YEAR)
    assert found["meetings"] == Term(2, YEAR)
    assert found["register"] == Term(5, YEAR)
    assert found["backups"] == Term(90, DAY)
    assert found["suspensions"].amount is None


def test_every_choice_has_words_and_a_code_that_is_read_back() -> None:
    for kind in retention.KINDS:
        assert kind.term in kind.choices
        assert retention.kind_title(kind.code)
        assert retention.kind_detail(kind.code)
        assert retention.after_text(kind.after)
        assert retention.counted(kind.code, 2)
        words = [retention.term_text(kind.code, term) for term in kind.choices]
        assert len(set(words)) == len(words)
        assert all(retention.read_term(term.code) == term for term in kind.choices)


def test_backups_never_live_longer_than_90_days() -> None:
    choices = retention.BY_CODE["backups"].choices
    assert all((term.amount or 0) <= 90 and term.unit == DAY for term in choices)


def test_a_strange_code_is_no_term() -> None:
    for code, word in (("century:1", "century"), ("year:x", "invalid literal"), ("", "^$")):
        with pytest.raises(ValueError, match=word):
            retention.read_term(code)
