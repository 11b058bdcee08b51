"""Waiting after wrong passphrases: survives restarts and clock changes (F-76)."""

from __future__ import annotations

import pytest

from wbos_desktop.errors import TooManyTries
from wbos_desktop.vault import tries
from wbos_desktop.vault.tries import begin_try, forget_tries, wait_seconds, wait_sentence


class Ticker:
    """Seconds since this computer started."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    return Ticker()


def fail(folder, clock, times):
    for _ in range(times):
        clock.seconds += wait_seconds(folder, clock)
        begin_try(folder, clock)


def test_five_tries_are_free(tmp_path, clock):
    fail(tmp_path, clock, 4)
    assert wait_seconds(tmp_path, clock) == 0
    begin_try(tmp_path, clock)
    assert wait_seconds(tmp_path, clock) == 30
    with pytest.raises(TooManyTries) as caught:
        begin_try(tmp_path, clock)
    assert caught.value.seconds == 30
    assert caught.value.message == "Wacht 30 seconden en probeer het dan opnieuw."


@pytest.mark.parametrize(("wrong", "seconds"), [(5, 30), (6, 60), (7, 120), (9, 480), (10, 900)])
def test_wait_doubles_up_to_a_quarter(tmp_path, clock, wrong, seconds):
    fail(tmp_path, clock, wrong)
    assert wait_seconds(tmp_path, clock) == seconds


def test_many_tries_do_not_overflow(tmp_path, clock):
    tries._store(tmp_path, tries._Count(5000, clock()))
    assert wait_seconds(tmp_path, clock) == 900


def test_refused_tries_do_not_lengthen_the_wait(tmp_path, clock):
    fail(tmp_path, clock, 5)
    for _ in range(20):
        with pytest.raises(TooManyTries):
            begin_try(tmp_path, clock)
    clock.seconds += 30
    assert wait_seconds(tmp_path, clock) == 0


def test_calendar_clock_plays_no_part(tmp_path, clock, monkeypatch):
    fail(tmp_path, clock, 6)
    for moment in (0.0, 4e9):
        monkeypatch.setattr("time.time", lambda moment=moment: moment)
        assert wait_seconds(tmp_path, clock) == 60


def test_after_a_restart_of_the_computer_only_its_own_time_counts(tmp_path, clock):
    fail(tmp_path, clock, 6)
    clock.seconds = 20.0
    assert wait_seconds(tmp_path, clock) == 40
    clock.seconds = 61.0
    assert wait_seconds(tmp_path, clock) == 0


def test_right_passphrase_forgets(tmp_path, clock):
    fail(tmp_path, clock, 5)
    forget_tries(tmp_path)
    assert wait_seconds(tmp_path, clock) == 0
    fail(tmp_path, clock, 4)
    assert wait_seconds(tmp_path, clock) == 0


@pytest.mark.parametrize("content", [b"", b"{", b'{"wrong": 1}', b'{"wrong": 1e999, "at": 0}'])
def test_unreadable_count_means_waiting(tmp_path, clock, content):
    clock.seconds = 5.0
    (tmp_path / tries.FILE_NAME).write_bytes(content)
    assert wait_seconds(tmp_path, clock) == 25


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "Wacht 1 seconde en probeer het dan opnieuw."),
        (89, "Wacht 89 seconden en probeer het dan opnieuw."),
        (120, "Wacht 2 minuten en probeer het dan opnieuw."),
        (841, "Wacht 15 minuten en probeer het dan opnieuw."),
    ],
)
def test_sentence(seconds, text):
    assert wait_sentence(seconds) == text
