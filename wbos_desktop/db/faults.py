"""Driver errors, sorted once: what the user can act on, and what is a bug."""

from __future__ import annotations

import errno
from collections.abc import Callable
from enum import Enum

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from wbos_desktop.errors import (
    Conflict,
    DamagedVault,
    DiskFull,
    StorageError,
    UserError,
    VaultInUse,
)
from wbos_desktop.i18n import _


class Fault(Enum):
    """Kinds of trouble that the database or the disk can be in."""

    FULL = "full"
    READ_ONLY = "read_only"
    IO = "io"
    BUSY = "busy"
    DAMAGED = "damaged"
    GONE = "gone"
    MEMORY = "memory"


_ROOM_MB = 50  # what a day of work and the reserve need

# Primary result codes of SQLite (the low byte of an extended code): sqlite.org/rescode.html
_BY_CODE = {
    5: Fault.BUSY,
    6: Fault.BUSY,
    7: Fault.MEMORY,
    8: Fault.READ_ONLY,
    10: Fault.IO,
    11: Fault.DAMAGED,
    13: Fault.FULL,
    14: Fault.GONE,
    26: Fault.DAMAGED,
}
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


def fault_of(error: BaseException) -> Fault | None:
    """The kind of trouble behind an error; None if it is a bug and not the disk's doing."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig else error
    code = getattr(original, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _BY_CODE.get(code & 0xFF)
    if isinstance(original, PoolTimeout):
        return Fault.BUSY
    if isinstance(original, MemoryError):
        return Fault.MEMORY
    return _fault_of_system(original) if isinstance(original, OSError) else None


def _fault_of_system(error: OSError) -> Fault:
    if error.errno in _FULL:
        return Fault.FULL
    if error.errno in _READ_ONLY:
        return Fault.READ_ONLY
    return Fault.GONE if error.errno == errno.ENOENT else Fault.IO


def sort(error: Exception) -> Exception:
    """The error to raise instead: a UserError (nothing half was saved), or `error` itself."""
    if isinstance(error, UserError):
        return error
    if isinstance(error, StaleDataError):
        return Conflict(_("Somebody changed this while you were working. Look at both texts."))
    fault = fault_of(error)
    return error if fault is None else to_user(fault)


def is_damage(error: BaseException) -> bool:
    """True if a SQLCipher connection that met this error can't be used again."""
    return fault_of(error) is Fault.DAMAGED


def to_user(fault: Fault) -> UserError:
    """What the user reads: what happened, that the work is safe, and what to do."""
    kind, sentence = _SENTENCES[fault]
    return kind(sentence())


_SENTENCES: dict[Fault, tuple[type[UserError], Callable[[], str]]] = {
    Fault.FULL: (
        DiskFull,
        lambda: _(
            "Saving does not work: the disk is full. Your text is still here."
            " Make at least {mb} MB free and try again."
        ).format(mb=_ROOM_MB),
    ),
    Fault.READ_ONLY: (
        StorageError,
        lambda: _(
            "Saving does not work: the folder is read-only. Your text is still here."
            " Ask your administrator for access."
        ),
    ),
    Fault.IO: (
        StorageError,
        lambda: _(
            "Saving does not work: the disk reports a fault. Your text is still here."
            " Try again, or ask your administrator."
        ),
    ),
    Fault.BUSY: (
        VaultInUse,
        lambda: _(
            "Another program keeps the vault busy. Your text is still here. Try again in a moment."
        ),
    ),
    Fault.DAMAGED: (
        DamagedVault,
        lambda: _(
            "The data file is damaged. Nothing was changed."
            " Put a backup back, or rescue what is readable. Make no new vault."
        ),
    ),
    Fault.GONE: (
        StorageError,
        lambda: _(
            "The data file can't be opened: it was moved or renamed. Your text is still here."
            " Put it back and try again."
        ),
    ),
    Fault.MEMORY: (
        StorageError,
        lambda: _("There is too little memory. Nothing was changed. Close other programs."),
    ),
}
