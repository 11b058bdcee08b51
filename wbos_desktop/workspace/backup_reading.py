"""Reading backups: which there are, whether one is whole, and practising a restore."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.engine import key_of
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.domain import backups
from wbos_desktop.domain.backups import BackupHeader, BackupRow, DrillReport
from wbos_desktop.errors import Invalid, StorageError, UserError
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress
from wbos_desktop.vault import archive, files, slots

from . import backup_notes
from .backup_check import (
    Inside,
    Opened,
    look_inside,
    open_with_keys,
    open_with_secret,
    other_vault,
    private_folder,
    steps,
)
from .backup_trouble import file_trouble
from .opened import OpenVault


def read_header(file: Path) -> BackupHeader:
    """What a backup says of itself, without its passphrase.

    Raises NotOurVault, NewerVault, DamagedVault or StorageError.
    """
    with file_trouble():
        return archive.read_header(file)


def verify(
    file: Path,
    secret: str,
    parent: Path,
    progress: Progress | None = None,
    *,
    kind: str = slots.USER,
) -> BackupHeader:
    """Check a backup to its last page with a passphrase of the day it was made.

    `parent` is a folder for a private, encrypted copy meanwhile. Raises DamagedVault,
    NotOurVault, NewerVault, WrongPassphrase or StorageError.
    """
    progress = progress or Progress()
    with file_trouble():
        opened = open_with_secret(file, secret, kind, progress)
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.remove_parts(parent)
        _look(file, opened, parent, progress)
    return opened.header


def verify_own(vault: OpenVault, file: Path, progress: Progress | None = None) -> BackupHeader:
    """Check a backup of the open vault, made with its present data key. Raises as `verify`."""
    progress = progress or Progress()
    with file_trouble():
        opened = open_own(vault, file, progress)
        _look(file, opened, vault.folder, progress)
    return opened.header


def open_own(vault: OpenVault, file: Path, progress: Progress) -> Opened:
    """The keys of a backup of the open vault, without a passphrase.

    Raises DamagedVault too when it is of another vault; Invalid({"secret": ...}) when the vault
    got a new data key since: then a passphrase of that day is needed.
    """
    header = archive.read_header(file)
    if header.vault_id != vault.unlocked.vault_id:
        raise other_vault()
    if not is_own_key(vault, header):
        raise Invalid({"secret": _("This backup opens with the password of the day it was made.")})
    keys = slots.VaultKeys(_data_key(vault), vault.unlocked.keys.audit_key)
    return open_with_keys(file, keys, progress)


def is_own_key(vault: OpenVault, header: BackupHeader) -> bool:
    """True while the vault has the data key that it had when the backup was made."""
    return header.key_mark == archive.key_mark(_data_key(vault))


def _data_key(vault: OpenVault) -> bytes:
    with vault.workspace.held() as engine:
        return key_of(engine)


def _look(file: Path, opened: Opened, parent: Path, progress: Progress) -> Inside:
    with private_folder(parent, "checking") as work:
        database = work / "wbos.db"
        archive.extract_database(file, database, steps(progress))
        return look_inside(database, opened, pages=True)


def list_backups(
    folders: Iterable[Path], vault_id: str = "", audit_key: bytes | None = None
) -> list[BackupRow]:
    """The backups in these folders, newest first; of other vaults only without `vault_id`.

    A folder that can't be read holds none. With the audit key headers are checked too.
    """
    found: dict[Path, BackupRow] = {}
    for folder in folders:
        for path in _files_in(folder):
            row = _row(path, audit_key)
            if row.header is None or not vault_id or row.header.vault_id == vault_id:
                found[path] = row
    return sorted(found.values(), key=lambda row: row.made_at, reverse=True)


def _files_in(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.glob(f"*{backups.SUFFIX}") if path.is_file()]
    except OSError:
        return []


def _row(path: Path, audit_key: bytes | None) -> BackupRow:
    try:
        size = path.stat().st_size
        try:
            header = archive.read_header(path)
            if audit_key is not None:
                archive.read_header(path, audit_key)
        except UserError as error:
            return BackupRow(path, size, None, error.message)
        return BackupRow(path, size, header)
    except OSError as error:
        return BackupRow(path, 0, None, files.storage_error(error).message)


def practise(
    vault: OpenVault, progress: Progress | None = None, file: Path | None = None
) -> DrillReport:
    """Restore the newest backup to a private place, check all of it and throw it away again.

    Nothing changes. Raises Invalid({"file": ...}) without a backup, DamagedVault, StorageError
    or Cancelled.
    """
    progress = progress or Progress()
    started = time.monotonic()
    if file is None:
        found = list_backups([backup_notes.place(vault)], vault.unlocked.vault_id)
        usable = [row.path for row in found if row.header]
        if not usable:
            raise Invalid({"file": _("There is no backup here yet. Make one first.")})
        file = usable[0]
    with file_trouble():
        opened = open_own(vault, file, progress)
        inside = _look(file, opened, vault.folder, progress)
    findings = []
    if vault.workspace.read(_mac_at, inside.head.count) != inside.head.mac:
        findings.append(_("The audit trail of this backup is not the begin of the present one."))
    if not vault.workspace.read_only:
        vault.workspace.write(_note_drill)
    with suppress(StorageError):
        backup_notes.note_practised(vault)
    seconds = time.monotonic() - started
    header = opened.header
    return DrillReport(file.name, header.made_at, inside.counts, seconds, tuple(findings))


def _mac_at(session: Session, seq: int) -> bytes | None:
    return session.scalar(select(AuditLine.mac).where(AuditLine.seq == seq))


def _note_drill(session: Session) -> None:
    audit.note(session, "restore_drill", "users", context(session).user_id or 0)
