"""Counts how long nobody touched mouse or keys; `guard.py` tells when somebody does."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

WARNING_SECONDS = 60
REST_SECONDS = 30
_ASLEEP_SECONDS = 60


class IdleClock(QObject):
    """Ticks each second while started. `near` has the seconds left in the last minute or None;
    `rested` comes once when the hands were still for half a minute.

    Monotonic time counts, so that a changed clock can't keep a vault open. A minute without a
    tick, by either clock, means that the laptop slept: then the limit is over at once.
    """

    expired = Signal()
    rested = Signal()
    near = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._monotonic, self._wall = monotonic, wall
        self._limit = 300.0
        self._touched = self._ticked = self._ticked_wall = 0.0
        self._told: int | None = None
        self._resting = False
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.tick)

    def start(self, minutes: int) -> None:
        """Begin to count, after an unlock or a change of the setting."""
        self._limit = minutes * 60.0
        self._ticked, self._ticked_wall = self._monotonic(), self._wall()
        self.touch()
        self._timer.start()

    def stop(self) -> None:
        """Count no longer, at lock."""
        self._timer.stop()
        self._tell(None)

    def touch(self) -> None:
        """Somebody is there."""
        self._touched = self._monotonic()
        self._resting = False
        if self._told is not None:
            self._tell(None)

    def tick(self) -> None:
        """Compare the clocks; the timer calls it each second."""
        now, wall = self._monotonic(), self._wall()
        asleep = max(wall - self._ticked_wall, now - self._ticked) > _ASLEEP_SECONDS
        self._ticked, self._ticked_wall = now, wall
        left = self._limit - (now - self._touched)
        if asleep or left <= 0:
            self.stop()
            self.expired.emit()
        else:
            self._tell(int(left) if left <= WARNING_SECONDS else None)
            self._rest(now - self._touched)

    def _rest(self, still: float) -> None:
        if still >= REST_SECONDS and not self._resting:
            self._resting = True
            self.rested.emit()

    def _tell(self, seconds: int | None) -> None:
        if seconds != self._told:
            self._told = seconds
            self.near.emit(seconds)
