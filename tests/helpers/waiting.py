"""Waiting for work on other threads. QTest.qWait holds the interpreter lock all the while, so
that Python work beside it runs thirty times slower than in the program; a sleep lets it go."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtTest import QTest


def wait_until(ready: Callable[[], bool], seconds: float = 20) -> None:
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
