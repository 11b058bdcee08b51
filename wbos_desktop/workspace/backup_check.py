"""Opening the database inside a backup in a private folder: is it whole, and what is in it?"""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from wbos_desktop.db import audit, counts, migrate
from wbos_desktop.db.audit import AuditHead
from wbos_desktop.db.context import context
from wbos_desktop.db.engine import close_engine, open_engine, truncate_wal
from wbos_desktop.domain.backups import COUNTED, WHO_MAY, BackupHeader
from wbos_desktop.errors import DamagedVault, NotAllowed, UserError
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress
from wbos_desktop.vault import archive, slots
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault.envelope import Envelope
from wbos_desktop.vault.unlock import wrong_secret

from .backup_trouble import MEGABYTE
from .session import Workspace, system_clock

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Inside:
    """What the opened database of a backup holds."""

    counts: dict[str, int]
    head: AuditHead


@dataclass(frozen=True)
class Opened:
    """A backup that was opened, before its database was looked at; `slot`: by this way in."""

    header: BackupHeader
    envelope: Envelope
    keys: slots.VaultKeys
    slot: slots.Slot | None = None


@contextmanager
def private_folder(parent: Path, name: str) -> Iterator[Path]:
    """A folder for this user only, gone at the end; `files.remove_parts` clears one that a
    crash left. Raises OSError."""
    folder = parent / f".{name}.{secrets.token_hex(4)}.part"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def open_with_secret(file: Path, secret: str, kind: str, progress: Progress) -> Opened:
    """Check every byte of a backup and open its keys; the database is not touched yet.

    Raises DamagedVault, NotOurVault, NewerVault, WrongPassphrase or OSError.
    """
    archive.check(file, None, steps(progress))
    header = archive.read_header(file)
    envelope = _envelope(file, header)
    opened = envelope.open(secret, kind)
    if opened is None:
        raise wrong_secret(kind)
    slot, keys = opened
    return replace(open_with_keys(file, keys, progress), slot=slot)


def open_with_keys(file: Path, keys: slots.VaultKeys, progress: Progress) -> Opened:
    """Check every byte of a backup and its seal with keys that are known already.

    Raises DamagedVault, NotOurVault, NewerVault or OSError.
    """
    header = archive.check(file, keys.audit_key, steps(progress))
    envelope = _envelope(file, header)
    if not envelope.is_genuine(keys.audit_key):
        raise archive.forged()
    return Opened(header, envelope, keys)


def _envelope(file: Path, header: BackupHeader) -> Envelope:
    try:
        envelope = envelopes.from_bytes(archive.read_keys(file))
    except DamagedVault:
        raise archive.damaged() from None
    if envelope.vault_id != header.vault_id:
        raise archive.forged()
    return envelope


def look_inside(database: Path, opened: Opened, *, pages: bool) -> Inside:
    """Open an extracted database and compare it with the header of its backup.

    With `pages` every page, index and foreign key is checked, and the audit trail from begin to
    end. Raises DamagedVault when something differs, NewerVault or StorageError.
    """
    inside = read_inside(database, opened.keys, opened.header, pages=pages)
    header = opened.header
    expected = AuditHead(header.audit_count, header.audit_head)
    if inside.counts != header.counts or inside.head != expected:
        raise archive.damaged()
    return inside


def read_inside(
    database: Path, keys: slots.VaultKeys, header: BackupHeader | None = None, *, pages: bool
) -> Inside:
    """What a database file outside the vault holds. Raises as `look_inside`."""
    engine = _open(database, keys)
    try:
        migrate.check_schema(engine)
        work = Workspace(
            engine, keys.audit_key, user_id=None, staff_id=None, role="", clock=system_clock
        )
        if pages and work.check_pages():
            raise archive.damaged()
        head = work.read(audit.head)
        if pages and header is not None and work.read(audit.find_breaks, head):
            raise archive.damaged()
        return Inside(work.read(counts.count_records, COUNTED), head)
    finally:
        close_engine(engine)


def change_inside(
    database: Path,
    keys: slots.VaultKeys,
    function: Callable[Concatenate[Session, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a function that changes records of a database outside the vault; it leaves no log.

    An older schema is brought up to date first. Raises as `look_inside`.
    """
    engine = _open(database, keys)
    try:
        if migrate.check_schema(engine) is not migrate.SchemaState.CURRENT:
            migrate.upgrade(engine)
        work = Workspace(
            engine, keys.audit_key, user_id=None, staff_id=None, role="", clock=system_clock
        )
        result = work.write(function, *args, **kwargs)
        truncate_wal(engine)
        return result
    finally:
        close_engine(engine)


def _open(database: Path, keys: slots.VaultKeys) -> Engine:
    try:
        return open_engine(database, keys.data_key)
    except DamagedVault:
        if keys.pending_key is None:
            raise archive.damaged() from None
        return open_engine(database, keys.pending_key)


def steps(progress: Progress, before: int = 0, total: int = 0) -> archive.Step:
    """Reports bytes as megabytes; `before` and `total` are megabytes of the whole work."""

    def step(done: int, of: int) -> None:
        whole = total or -(-of // MEGABYTE)
        progress.step(min(whole, before + done // MEGABYTE), whole, "MB")

    return step


def other_vault() -> UserError:
    """The sentence for a backup of another school or vault."""
    return DamagedVault(
        _("This backup is of another school or another vault. Your present data is unchanged.")
    )


def moment(session: Session) -> dt.datetime:
    """The moment of this gesture."""
    return context(session).now


def demand(session: Session, action: str, kind: str) -> None:
    """Ask the acting user's role (domain.backups.WHO_MAY). Raises NotAllowed.

    Putting back, moving and handing over touch everybody's work.
    """
    if context(session).role not in WHO_MAY[kind, action]:
        raise NotAllowed(_("Only a coordinator can do this."))
