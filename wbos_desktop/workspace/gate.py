"""Lets work on the database in together, or one piece alone: a new data key."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from wbos_desktop.errors import VaultInUse
from wbos_desktop.i18n import _

PATIENCE_SECONDS = 30.0


class Gate:
    """Ordinary work passes `together`; who passes `alone` waits until the others are out.

    Work that waits for its own kind can't get stuck: only who is inside alone keeps it out,
    and the thread that is inside alone may pass.
    """

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._inside = 0
        self._owner: int | None = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Pass beside others; waits while somebody is inside alone."""
        me = threading.get_ident()
        with self._free:
            self._free.wait_for(lambda: self._owner in (None, me))
            self._inside += 1
        try:
            yield
        finally:
            with self._free:
                self._inside -= 1
                self._free.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Pass when nobody is inside. Raises VaultInUse after half a minute of waiting."""
        until = time.monotonic() + PATIENCE_SECONDS
        with self._free:
            while self._inside or self._owner is not None:
                if not self._free.wait(until - time.monotonic()):
                    raise VaultInUse(
                        _("WBOS is still writing a file. Nothing was changed. Try again later.")
                    )
            self._owner = threading.get_ident()
        try:
            yield
        finally:
            with self._free:
                self._owner = None
                self._free.notify_all()
