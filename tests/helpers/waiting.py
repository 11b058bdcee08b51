"""Waiting for work on other threads. QTest.qWait holds the interpreter lock all the while, so
that Python work beside it runs thirty times slower than in the program; a sleep lets it go."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtTest import QTest

from wbos_desktop.ui.tasks import Tasks


def wait_until(ready: Callable[[], bool], seconds: float = 60) -> None:
    """Handle events until `ready`, leaving most of the time to other threads."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "it did not happen in time"
        QTest.qWait(1)
        time.sleep(0.005)


def rest(seconds: float) -> None:
    """Handle events for a while, leaving most of the time to other threads."""
    end = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() >= end, seconds + 5)


def settle(tasks: Tasks) -> None:
    """Until every answer came, those to what the answers asked too, and short timers ran."""
    for _round in range(2):
        wait_until(lambda: not tasks.busy)
        rest(0.02)
