"""Making, checking and keeping backups of an open vault.

    copy       VACUUM INTO a private folder in the vault folder, opened and checked
    write      into a hidden .part beside the target, flushed
    read back  every byte, and the database inside opened and counted
    rename     so that a name only ever stands for a whole backup

Whatever goes wrong: the target that stood there before is unharmed and no .part is left, or it is
cleared with the next backup to that place.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.engine import key_of, save_copy
from wbos_desktop.domain import backups
from wbos_desktop.domain.backups import BackupHeader, BackupMade, Standing
from wbos_desktop.errors import StorageError
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress
from wbos_desktop.vault import archive, files, slots
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault.envelope import Envelope

from . import copies
from .backup_check import (
    Inside,
    Opened,
    demand,
    look_inside,
    moment,
    private_folder,
    read_inside,
    steps,
)
from .backup_trouble import MEGABYTE, demand_room, local_trouble, not_made, place_trouble
from .opened import OpenVault


def make_backup(
    vault: OpenVault,
    target: Path,
    progress: Progress | None = None,
    *,
    handed_over: bool = False,
) -> BackupMade:
    """Make a verified backup in the folder `target`, or as the file `target`.

    `handed_over`: for the laptop that takes the main copy over. Raises NotAllowed, StorageError,
    DamagedVault (the vault itself is not whole), ReadOnlyVault when another copy at that place
    became the main copy, or Cancelled; then nothing is left of it and an older file of that name
    stands as it was.
    """
    if handed_over:
        vault.workspace.read(demand, "decide", "main_copy")
    else:
        vault.workspace.read(demand, "make", "backup")
    progress = progress or Progress()
    started = time.monotonic()
    with place_trouble():
        folder = target if target.is_dir() else target.parent
        clear_parts(folder, vault.unlocked.vault_id)
        copies.demand_main(vault, folder)
    if not vault.workspace.read_only:
        vault.workspace.write(_note)
        vault.workspace.settle()
    try:
        with private_folder(vault.folder, "backup") as work:
            made, size = _write(vault, target, work, progress, handed_over)
    except OSError as error:
        raise local_trouble(error) from error
    path, header = made
    return BackupMade(path, header, size, time.monotonic() - started)


def hand_over(vault: OpenVault, target: Path, progress: Progress | None = None) -> BackupMade:
    """Make the backup for the laptop that takes over; from its begin on this copy is to read.

    Raises as `make_backup`, or VaultInUse; then work goes on here.
    """
    copies.begin_hand_over(vault)
    try:
        made = make_backup(vault, target, progress, handed_over=True)
        copies.end_hand_over(vault)
    except BaseException:
        copies.give_up_hand_over(vault)
        raise
    return made


def _write(
    vault: OpenVault, target: Path, work: Path, progress: Progress, handed_over: bool
) -> tuple[tuple[Path, BackupHeader], int]:
    database = work / "wbos.db"
    opened = _copy(vault, database, handed_over)
    keys = envelopes.to_bytes(opened.envelope)
    size = database.stat().st_size
    whole = -(-4 * size // MEGABYTE)
    with place_trouble(size):
        path = _free_name(target, opened.header)
        part = path.with_name(f".{path.name}.{opened.header.vault_id[:8]}.part")
        try:
            demand_room(path.parent, size)
            with _new_file(part) as file:
                step = steps(progress, whole // 4, whole)
                header, audit_key = opened.header, opened.keys.audit_key
                length = archive.write(file, header, keys, database, audit_key, step)
                file.flush()
                os.fsync(file.fileno())
            database.unlink()
            _read_back(part, opened, work, progress)
            files.replace(part, path)
            files.sync_folder(path.parent)
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
    return (path, opened.header), length


def _copy(vault: OpenVault, database: Path, handed_over: bool) -> Opened:
    """Copy database and envelope as a pair, and describe them."""
    keys = vault.unlocked.keys
    with vault.workspace.held() as engine:
        key = key_of(engine)
        try:
            save_copy(engine, database, key)
        except StorageError as error:
            raise not_made(_("the disk of this laptop is full or can't be written.")) from error
        envelope = envelopes.load_best(vault.folder, keys.audit_key)
    keys = slots.VaultKeys(key, keys.audit_key)
    inside = read_inside(database, keys, pages=False)
    envelope = _as_kept(envelope, inside, keys.audit_key)
    header = BackupHeader(
        vault_id=envelope.vault_id,
        made_at=vault.workspace.read(moment),
        generation=envelope.state.generation,
        main_number=envelope.state.main_number,
        main_since=envelope.state.main_since,
        audit_count=inside.head.count,
        audit_head=inside.head.mac,
        counts=inside.counts,
        keys_length=len(envelopes.to_bytes(envelope)),
        database_length=database.stat().st_size,
        key_mark=archive.key_mark(key),
        handed_over=handed_over,
    )
    return Opened(header, envelope, keys)


def _as_kept(envelope: Envelope, inside: Inside, audit_key: bytes) -> Envelope:
    """The envelope with the audit head of exactly this copy; a restored one starts as it is."""
    state = replace(
        envelope.state,
        audit_count=inside.head.count,
        audit_head=inside.head.mac,
        standing=Standing.MAIN,
        restored_at="",
    )
    return envelope.with_state(state, audit_key)


def _read_back(part: Path, opened: Opened, work: Path, progress: Progress) -> None:
    """What the disk holds, opened and counted. Raises DamagedVault."""
    size = -(-opened.header.database_length // MEGABYTE)
    archive.check(part, opened.keys.audit_key, steps(progress, 2 * size, 4 * size))
    again = work / "again.db"
    try:
        archive.extract_database(part, again, steps(progress, 3 * size, 4 * size))
    except OSError as error:
        raise local_trouble(error) from error
    look_inside(again, opened, pages=False)


def _free_name(target: Path, header: BackupHeader) -> Path:
    if not target.is_dir():
        return target
    made_at = header.made_at.astimezone()
    path = target / backups.file_name(made_at)
    number = 1
    while path.exists():
        number += 1
        path = target / backups.file_name(made_at).replace(
            backups.SUFFIX, f"-{number}{backups.SUFFIX}"
        )
    return path


def _note(session: Session) -> None:
    audit.note(session, "backup", "users", context(session).user_id or 0)


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file


def clear_parts(folder: Path, vault_id: str) -> None:
    """Delete what a backup of this vault that was cut off left in the folder."""
    for part in folder.glob(f".*.{vault_id[:8]}.part"):
        part.unlink(missing_ok=True)
