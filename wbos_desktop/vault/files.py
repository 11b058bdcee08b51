"""Small files that must be whole: written beside, flushed, renamed."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path

from wbos_desktop.errors import DiskFull, StorageError
from wbos_desktop.i18n import _

_RETRIES = 20
_RETRY_SECONDS = 0.1  # a virus scanner on Windows can hold a file for a moment


def write_whole(path: Path, data: bytes) -> None:
    """Replace the file by `data`: after a crash it holds the old or the new bytes, never a mix.

    Only this user of the computer may read it. Raises StorageError; then the old file stands.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        _write_new(part, data)
        replace(part, path)
        sync_folder(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise storage_error(error) from error


def _write_new(path: Path, data: bytes) -> None:
    descriptor = os.open(
        path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600
    )
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace(source: Path, target: Path) -> None:
    """Rename over `target`, trying for 2 seconds if another program holds it. Raises OSError."""
    for attempt in range(_RETRIES):
        try:
            os.replace(source, target)
        except PermissionError:
            if os.name != "nt" or attempt == _RETRIES - 1:
                raise
            time.sleep(_RETRY_SECONDS)
        else:
            return


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut; Windows does so by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make the content of a closed file survive a power cut. Raises OSError."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def remove_folder(folder: Path) -> None:
    """Delete a folder of ours with all in it; what can't be deleted stays."""
    shutil.rmtree(folder, ignore_errors=True)


def remove_parts(folder: Path) -> None:
    """Delete what interrupted work left behind: hidden files and folders that end in .part.

    What can't be deleted now, such as a file that a virus scanner holds, goes the next time.
    """
    for part in folder.glob(".*.part"):
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part, ignore_errors=True)
        else:
            with suppress(OSError):
                part.unlink()


def storage_error(error: OSError) -> StorageError:
    """What the user reads when the vault folder can't be written."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return DiskFull(_("The disk is full. Nothing was changed. Make room and try again."))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StorageError(
            _("WBOS may not write in this folder. Nothing was changed. Ask your administrator.")
        )
    return StorageError(
        _("The disk reports a fault. Nothing was changed. Try again, or ask your administrator.")
    )
