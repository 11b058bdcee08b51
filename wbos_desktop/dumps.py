"""No picture of the memory on disk when the program falls: it would hold names and keys."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

_SET_DUMPABLE = 4  # PR_SET_DUMPABLE of prctl(2)
_NO_BOXES = (
    0x0001 | 0x0002 | 0x8000
)  # SEM_FAILCRITICALERRORS, NOGPFAULTERRORBOX, NOOPENFILEERRORBOX
_NO_HEAP = 1  # WER_FAULT_REPORTING_FLAG_NOHEAP


def forbid_dumps() -> None:
    """Ask the system to write none. What the system can't do is left as it is."""
    if sys.platform == "win32":
        _forbid_on_windows()
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # A service that takes the dumps of a pipe does not look at the limit.
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)


def _forbid_on_windows() -> None:
    """No report of Windows with a piece of memory. Not tried here."""
    with suppress(AttributeError, OSError):  # it must never keep the program from starting
        kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - only there on Windows
        kernel.SetErrorMode(_NO_BOXES)
        kernel.WerSetFlags(_NO_HEAP)
