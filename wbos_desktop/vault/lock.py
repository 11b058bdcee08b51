"""One program per vault: a lock that the system itself drops when the program dies.

The operating system's file lock decides on one computer, so a crash or a reused process
number leaves nothing behind. What stands in the file tells the user who has the vault, and
keeps a second computer out where file locks do not reach.
"""

from __future__ import annotations

import json
import os
import platform
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from wbos_desktop.errors import VaultInUse
from wbos_desktop.i18n import _

from .files import storage_error

FILE_NAME = "lock"
STALE_AFTER = 12 * 3600.0  # seconds; a lock of another computer that nobody refreshed
_LOCKED_BYTE = 1 << 30  # past the text, so that Windows lets others read it


class VaultLock:
    """Held while a vault is open; also a context manager."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor

    def refresh(self) -> None:
        """Renew the time in the lock; a program that stays open does so every few hours.

        Never raises: on a full disk an old time is better than no work.
        """
        if self._descriptor is not None:
            with suppress(OSError):
                _write(self._descriptor, _owner())

    def release(self) -> None:
        """Give the vault free, also on a disk that fails; a second call does nothing."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
        with suppress(OSError):
            os.close(descriptor)

    def __enter__(self) -> VaultLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def acquire(folder: Path) -> VaultLock:
    """Take the vault for this program. Raises VaultInUse or StorageError."""
    path = folder / FILE_NAME
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o600)
    except OSError as error:
        raise storage_error(error) from error
    try:
        if not _try_lock(descriptor):
            raise _in_use(_read(path))
        other = _read(path)
        if _is_live_elsewhere(other):
            raise _in_use(other)
        _write(descriptor, _owner())
    except OSError as error:
        os.close(descriptor)
        raise storage_error(error) from error
    except BaseException:
        os.close(descriptor)
        raise
    return VaultLock(path, descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            windows: Any = msvcrt
            windows.locking(descriptor, windows.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _owner() -> dict[str, Any]:
    return {"pid": os.getpid(), "host": platform.node(), "at": time.time()}


def _write(descriptor: int, owner: dict[str, Any]) -> None:
    data = json.dumps(owner).encode("ascii")
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, data)
    os.fsync(descriptor)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
        return content if isinstance(content, dict) else {}
    except (OSError, ValueError, RecursionError):
        return {}


def _is_live_elsewhere(owner: dict[str, Any]) -> bool:
    host, at = owner.get("host"), owner.get("at")
    if not host or host == platform.node() or not isinstance(at, int | float):
        return False
    return abs(time.time() - at) < STALE_AFTER


def _in_use(owner: dict[str, Any]) -> VaultInUse:
    if _is_live_elsewhere(owner):
        return VaultInUse(
            _(
                "This vault is open on another computer ({host})."
                " Close WBOS there first. Nothing was changed."
            ).format(host=owner["host"])
        )
    return VaultInUse(_("WBOS is already open in another window."))
