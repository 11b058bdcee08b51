"""A file of 20 MB that gives its room when the disk is full, so that work can still be saved."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

FILE_NAME = "reserve"
SIZE = 20 * 1024 * 1024
NEEDED_MB = 50  # what the user is asked to free: the reserve again, and work for a while
_PIECE = 1 << 20


def keep(folder: Path) -> bool:
    """Make the file if it is not there and the disk has room to spare; True if it stands.

    Never raises: a vault without reserve works too.
    """
    path = folder / FILE_NAME
    with suppress(OSError):
        if path.exists() and path.stat().st_size >= SIZE:
            return True
        if shutil.disk_usage(folder).free < 3 * SIZE:
            return False
        _make(path)
        return True
    with suppress(OSError):
        path.unlink(missing_ok=True)
    return False


def release(folder: Path) -> bool:
    """Give the room back to the disk; True if there was any."""
    path = folder / FILE_NAME
    try:
        path.unlink()
    except OSError:
        return False
    return True


def _make(path: Path) -> None:
    """Real room: a sparse or compressed file would give back nothing."""
    flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, SIZE)
        else:
            for _piece in range(SIZE // _PIECE):
                os.write(descriptor, os.urandom(_PIECE))
    finally:
        os.close(descriptor)
