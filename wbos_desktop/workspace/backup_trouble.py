"""What can go wrong with the place of a backup, in sentences."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wbos_desktop.errors import StorageError
from wbos_desktop.i18n import _
from wbos_desktop.vault import files

MEGABYTE = 1_000_000
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_SPARE_BYTES = 2 * MEGABYTE


@contextmanager
def place_trouble(size: int = 0) -> Iterator[None]:
    """What the place of the backups can do wrong: stick pulled, closed, full, too small."""
    try:
        yield
    except OSError as error:
        raise not_made(_reason(error, size)) from error


def not_made(reason: str) -> StorageError:
    """'De back-up is niet gemaakt: ...', with the reason as a half sentence that ends it."""
    text = _("The backup was not made: {reason} Your previous backup is still there.")
    return StorageError(text.format(reason=reason))


def _reason(error: OSError, size: int) -> str:
    if error.errno in _FULL:
        needed = max(1, -(-(size + _SPARE_BYTES) // MEGABYTE))
        return _("the disk or stick is full. It needs {n} MB.").format(n=needed)
    if error.errno == errno.EFBIG:
        return _("this stick takes no files above 4 GB. Choose another stick or folder.")
    if error.errno in _CLOSED:
        return _("WBOS may not write there. Open the lock of the stick or choose another folder.")
    return _("the folder or stick can't be found. Put the stick in and try again.")


def local_trouble(error: OSError) -> StorageError:
    """What the user reads when the disk with the vault itself fails meanwhile."""
    if error.errno in _FULL:
        return not_made(_("the disk of this laptop is full or can't be written."))
    return files.storage_error(error)


@contextmanager
def file_trouble() -> Iterator[None]:
    """Turn a failing file into a sentence: a backup that can't be read changes nothing."""
    try:
        yield
    except FileNotFoundError as error:
        raise StorageError(_("This backup can't be found. Put the stick in.")) from error
    except OSError as error:
        if error.errno in _FULL:
            raise files.storage_error(error) from error
        raise StorageError(
            _("This backup can't be read. Copy it to this laptop and try again.")
        ) from error


def demand_room(folder: Path, size: int) -> None:
    """Raise OSError (no space) before anything is written, when `size` bytes don't fit."""
    if shutil.disk_usage(folder).free < size + _SPARE_BYTES:
        raise OSError(errno.ENOSPC, "room")
