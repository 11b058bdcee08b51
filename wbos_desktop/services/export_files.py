"""The file of an export on disk: written beside, flushed, renamed; after a kill nothing stays.

Which half file a kill would leave is kept inside the vault (a path may hold names) and removed
at the next unlock.
"""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.system import Preference
from wbos_desktop.errors import FileRejected, StorageError
from wbos_desktop.i18n import _

from .rights import needs

_KEY = "export_parts"


def part_of(target: Path) -> Path:
    """A new name beside the target, to write a file under before it gets its own name."""
    return target.absolute().with_name(f"wbos-{secrets.token_hex(8)}.part")


@needs("write", "own")
def note_part(session: Session, part: Path) -> None:
    """Remember which half file a kill would leave behind."""
    if context(session).user_id is not None:
        row = _row(session)
        row.value = {"paths": sorted({*_paths(row), str(part)})}


@needs("write", "own")
def forget_part(session: Session, part: Path) -> None:
    """The half file is gone, or has its name."""
    if context(session).user_id is not None:
        row = _row(session)
        row.value = {"paths": sorted({*_paths(row)} - {str(part)})}


@needs("write", "own")
def remove_parts(session: Session) -> int:
    """Remove what killed exports of any user left, at the next unlock; how many files went.

    A place that can't be reached now, such as a stick, is tried again next time.
    """
    gone = 0
    for row in session.scalars(select(Preference).where(Preference.key == _KEY)):
        left = []
        for name in _paths(row):
            removed = _remove(Path(name))
            gone += removed is True
            if removed is None:
                left.append(name)
        if left != _paths(row):
            row.value = {"paths": left}
    return gone


def _row(session: Session) -> Preference:
    user_id = context(session).user_id
    found = session.scalar(
        select(Preference).where(Preference.key == _KEY, Preference.user_id == user_id)
    )
    if found is None:
        found = Preference(user_id=user_id, key=_KEY, value={})
        session.add(found)
    return found


def _paths(row: Preference) -> list[str]:
    found = row.value.get("paths", [])
    return [name for name in found if isinstance(name, str) and name.endswith(".part")]


def _remove(part: Path) -> bool | None:
    """True when it went, False when there was none, None when that can't be known now."""
    try:
        if not part.parent.is_dir():
            return None
        if part.is_symlink() or not part.is_file():
            return False
        part.unlink()
    except OSError:
        return None
    return True


def write_part(part: Path, target: Path, content: bytes) -> None:
    """Write and flush a new file `part`, which is to become `target`.

    A file that is there already is left alone. Raises FileRejected, StorageError.
    """
    try:
        _demand_free(target)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        handle = os.open(part, flags, 0o600)
    except OSError as error:
        raise _sentence(error, target, len(content)) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        _forget(part)
        raise _sentence(error, target, len(content)) from error


def publish(part: Path, target: Path) -> None:
    """Put the finished file in its place at once. Raises FileRejected, StorageError."""
    try:
        os.replace(part, target)
        if os.name == "posix":
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        raise _sentence(error, target) from error


def _demand_free(target: Path) -> None:
    """A file that Excel has open can't be replaced: find out before anything is registered."""
    if target.exists():
        with target.open("r+b"):
            pass


def _forget(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return


def _sentence(error: OSError, target: Path, size: int = 0) -> FileRejected | StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC):
        needed = max(1, -(-size // 1_000_000))
        text = _("Saving fails: the disk is full. Make room for {n} MB and try again.")
        return StorageError(text.format(n=needed))
    if isinstance(error, PermissionError) and target.exists():
        return FileRejected(_("This file is open in Excel. Close it there and try again."))
    return FileRejected(_("The file can't be written here. Choose another folder."))
