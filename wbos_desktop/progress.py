"""Progress of long work, and the way to stop it. Knows no Qt."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .errors import Cancelled


class Progress:
    """Handed to long work; `step` reports and raises `Cancelled` once `cancel` was called.

    The report callback gets (done, total, what) and may be called from any thread.
    """

    def __init__(self, report: Callable[[int, int, str], None] | None = None) -> None:
        self._report = report
        self._stop = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """True once `cancel` was called."""
        return self._stop.is_set()

    def step(self, done: int, total: int, what: str = "") -> None:
        """Report that `done` of `total` units are ready. Raises Cancelled."""
        if self._stop.is_set():
            raise Cancelled
        if self._report is not None:
            self._report(done, total, what)
