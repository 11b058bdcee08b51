"""What erasing needs of the vault around the database: the list of erasures, and no old copies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from wbos_desktop.db.engine import compact_file
from wbos_desktop.domain.backups import UNDO_DAYS
from wbos_desktop.vault import exchange
from wbos_desktop.vault.envelope import Envelope, erasures_added
from wbos_desktop.vault.folder import VaultFolder
from wbos_desktop.vault.unlock import change

from .backup_check import moment
from .opened import OpenVault
from .session import Workspace

_ASIDE = ".aside"


def keep_marks(vault: OpenVault, marks: Iterable[bytes]) -> None:
    """Put marks of erased records into the key file, before the rows go.

    A crash in between erases nothing that was not asked for: the job goes on at the next start.
    Raises StorageError.
    """
    new = list(marks)
    key = vault.unlocked.keys.audit_key

    def add(envelope: Envelope) -> Envelope:
        return envelope.with_state(erasures_added(envelope.state, new), key)

    change(vault.folder, key, add)


def compact(workspace: Workspace) -> None:
    """Write the database anew and empty its log, so that nothing of what was erased is left.

    `secure_delete` wipes what is deleted, but a page that was split before keeps stale copies of
    rows in its free part until the file is written anew. Raises StorageError.
    """
    with workspace.held() as engine:
        compact_file(engine)
    workspace.settle()


def leave_no_copies(vault: OpenVault) -> bool:
    """At the end of a job: `compact`, and no older copy in the vault folder keeps what was erased.

    True when the last restore can't be undone any more, since the state before it is gone too.
    Backups stay: they have a term of their own. Raises StorageError.
    """
    compact(vault.workspace)
    remove_copies(vault.folder)
    had_undo = exchange.lies_aside(vault.folder) is not None
    exchange.forget_aside(vault.folder)
    return had_undo and exchange.lies_aside(vault.folder) is None


def remove_copies(folder: Path) -> None:
    """Delete the copies that an update and a log set aside left in the vault folder."""
    for path in _copies(folder):
        with suppress(OSError):
            path.unlink()


def remove_old_copies(vault: OpenVault) -> None:
    """At opening: the same, for copies that lay there for the days in which they are of use."""
    today = vault.workspace.read(moment).date()
    for path in _copies(vault.folder):
        with suppress(OSError):
            if today > _made_on(path) + dt.timedelta(days=UNDO_DAYS):
                path.unlink()


def _copies(folder: Path) -> Iterator[Path]:
    place = VaultFolder(folder)
    yield place.before_migration
    yield from list(place.path.glob(f"{place.database.name}-wal.*{_ASIDE}"))


def _made_on(path: Path) -> dt.date:
    """A log that was set aside keeps the time of its last write, so its name tells the day."""
    try:
        return dt.datetime.strptime(path.name.split(".")[-2], "%Y%m%d-%H%M%S").date()
    except ValueError:
        return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).date()
