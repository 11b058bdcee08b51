"""Which backups stay, when one is made by itself, and how the age is said."""

from __future__ import annotations

import datetime as dt

import pytest

from wbos_desktop.domain import backups
from wbos_desktop.domain.backups import BackupStatus, Standing

TODAY = dt.date(2026, 11, 24)
ZONE = dt.timezone(dt.timedelta(hours=1))


def at(days_ago: int, hour: int = 17) -> dt.datetime:
    day = TODAY - dt.timedelta(days=days_ago)
    return dt.datetime.combine(day, dt.time(hour), ZONE)


def kept_days(days: list[int], cap: int = 90) -> list[int]:
    stay = backups.kept([at(day) for day in days], TODAY, cap)
    return sorted((TODAY - moment.date()).days for moment in stay)


def test_twelve_days_ten_weeks_then_months():
    """A backup a day: 12 days; a Sunday each of 10 weeks before; older ones by month."""
    stay = kept_days(list(range(90)))
    assert stay[:12] == list(range(12))
    weeks = [day for day in stay if day > 11]
    # 24 November 2026 is a Tuesday: the last day of each earlier week is a Sunday.
    assert all((TODAY - dt.timedelta(days=day)).weekday() == 6 for day in weeks[1:10])
    assert len(weeks[:10]) == 10
    assert len(stay) <= 12 + 10 + 2


def test_none_is_older_than_the_cap():
    assert max(kept_days(list(range(400)))) <= 90
    assert max(kept_days(list(range(400)), cap=30)) <= 30


def test_months_follow_the_weeks():
    days = list(range(400))
    stay = kept_days(days, cap=400)
    months = stay[22:]
    found = [(TODAY - dt.timedelta(days=day)).month for day in months]
    assert len(found) == len(set(found)) >= 9


def test_the_last_of_a_day_stays():
    early, late = at(0, 9), at(0, 17)
    assert backups.kept([early, late], TODAY) == {late}


def test_the_newest_stays_however_old():
    assert kept_days([300, 310]) == [300]


def test_nothing_to_keep():
    assert backups.kept([], TODAY) == set()


def test_thinning_every_day_for_a_year_keeps_the_pattern():
    """Each day one is made and the rest is thinned: never less than thinning them all at once."""
    there: set[dt.datetime] = set()
    for day in range(365, -1, -1):
        there.add(at(day))
        there = backups.kept(there, TODAY - dt.timedelta(days=day))
    days = sorted((TODAY - moment.date()).days for moment in there)
    assert days[:12] == list(range(12))
    assert 20 <= len(days) <= 24
    assert days[-1] > 76


@pytest.mark.parametrize(
    ("last", "changed", "due"),
    [
        (None, False, True),
        (at(0, 9), True, False),
        (at(1), True, True),
        (at(1), False, False),
        (at(5), False, False),
        (at(6), False, True),
        (at(-1), True, True),
    ],
)
def test_once_a_day_when_something_changed(last, changed, due):
    assert backups.is_due(last, at(0, 16), changed=changed) is due


def local(days_ago: int) -> dt.datetime:
    day = dt.datetime.combine(TODAY - dt.timedelta(days=days_ago), dt.time(17, 4))
    return day.astimezone()


@pytest.mark.parametrize(
    ("days", "text", "old"),
    [
        (0, "Back-up vandaag 17.04", False),
        (1, "Back-up gisteren 17.04", False),
        (6, "Back-up wo 18 nov", False),
        (7, "Back-up 7 dagen oud", True),
        (9, "Back-up 9 dagen oud", True),
    ],
)
def test_age_in_words(days, text, old):
    status = BackupStatus(TODAY, last_at=local(days))
    assert backups.age_text(status) == text
    assert status.is_old is old


def test_warning_after_seven_days():
    assert backups.warning_text(BackupStatus(TODAY, last_at=local(6))) == ""
    text = backups.warning_text(BackupStatus(TODAY, last_at=local(9)))
    assert text == "Je laatste back-up is 9 dagen oud. Maak er nu een."


def test_no_backup_warns_after_a_week_only():
    young = BackupStatus(TODAY, began_on=TODAY - dt.timedelta(days=6))
    old = BackupStatus(TODAY, began_on=TODAY - dt.timedelta(days=7))
    assert backups.age_text(young) == "Nog geen back-up"
    assert backups.warning_text(young) == ""
    assert backups.warning_text(old) == "Je hebt nog geen back-up. Maak er nu een."


def test_a_failure_warns_at_once():
    status = BackupStatus(TODAY, last_at=local(0), failed="De stick is vol.")
    assert status.is_old
    assert backups.age_text(status) == "Back-up mislukt"


def test_a_copy_to_read_does_not_ask_for_backups():
    status = BackupStatus(TODAY, last_at=local(30), standing=Standing.HANDED_OVER)
    assert backups.warning_text(status) == ""


def test_counts_in_words():
    counts = {"pupils": 486, "groups": 1, "incidents": 0}
    assert backups.counts_text(counts) == "486 leerlingen, 1 klas, 0 incidenten"
