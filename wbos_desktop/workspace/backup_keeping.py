"""Backups over time: now, by themselves at lock and exit, and which of them stay."""

from __future__ import annotations

import errno
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db import counts
from wbos_desktop.db.models.keeping import RetentionTerm
from wbos_desktop.domain import backups
from wbos_desktop.domain.backups import CAP_DAYS, BackupMade, Standing
from wbos_desktop.errors import ReadOnlyVault, StorageError, UserError
from wbos_desktop.progress import Progress
from wbos_desktop.vault.folder import VaultFolder, is_remote

from . import backup_notes
from .backup import clear_parts, make_backup
from .backup_check import moment
from .backup_reading import list_backups
from .backup_trouble import place_trouble
from .opened import OpenVault


def thin(vault: OpenVault, folder: Path, cap_days: int | None = None) -> int:
    """Delete the backups of this vault in the folder that need not stay; how many went.

    None is older than `cap_days`: without it, than the school's term for backups.

    Only files that the program named itself and that carry this vault's seal. None goes while
    the clock may stand far ahead: by that day all of them would be too old.
    """
    if vault.workspace.clock_jump == "forward":
        return 0
    audit_key = vault.unlocked.keys.audit_key
    rows = [
        row
        for row in list_backups([folder], vault.unlocked.vault_id, audit_key)
        if row.header and row.path.name.startswith(backups.PREFIX)
    ]
    today = vault.workspace.read(moment)
    by_moment = {row.made_at.astimezone(today.tzinfo): row.path for row in rows}
    cap = cap_days or vault.workspace.read(term_of_backups)
    stay = backups.kept(by_moment, today.date(), cap)
    gone = 0
    for made_at, path in by_moment.items():
        if made_at not in stay:
            with suppress(OSError):
                path.unlink()
                gone += 1
    return gone


def term_of_backups(session: Session) -> int:
    """How many days the school keeps a backup at most; never more than the cap."""
    term = select(RetentionTerm.amount).where(RetentionTerm.kind == "backups")
    return min(session.scalar(term) or CAP_DAYS, CAP_DAYS)


def back_up(vault: OpenVault, progress: Progress | None = None) -> BackupMade:
    """Make a backup at the place of this vault now, remember it and thin the older ones.

    Raises as `make_backup`, and ReadOnlyVault for a copy that is not the main one; another
    failure is remembered too.
    """
    if backup_notes.vault_state(vault).standing is not Standing.MAIN:
        raise ReadOnlyVault(vault.workspace.read_only)
    place = backup_notes.place(vault)
    try:
        return _kept_at(vault, place, progress)
    except ReadOnlyVault:
        raise
    except UserError as error:
        with suppress(StorageError):
            backup_notes.note_failed(vault, error.message)
        raise


def back_up_when_due(vault: OpenVault, progress: Progress | None = None) -> BackupMade | None:
    """The automatic backup at lock or exit: once a day when something changed.

    When the chosen place fails, the one inside the vault takes it. Never raises a UserError:
    a failure is remembered and told at the next unlock.
    """
    if vault.workspace.read_only:
        return None
    place, local = backup_notes.place(vault), VaultFolder(vault.folder).backups
    made = None
    try:
        if _is_due(vault, place):
            made = _kept_at(vault, place, progress)
    except ReadOnlyVault:
        return None
    except UserError as error:
        with suppress(UserError):
            backup_notes.note_failed(vault, error.message)
            if place != local and _is_due(vault, local):
                made = _kept_at(vault, local, progress)
    return made


def _kept_at(vault: OpenVault, place: Path, progress: Progress | None) -> BackupMade:
    with place_trouble():
        if place == VaultFolder(vault.folder).backups:
            place.mkdir(mode=0o700, exist_ok=True)
        if not place.is_dir():
            raise FileNotFoundError(errno.ENOENT, "place")
    made = make_backup(vault, place, progress)
    backup_notes.note_made(vault, made)
    local = VaultFolder(vault.folder).backups
    return replace(made, removed=sum(thin(vault, folder) for folder in {place, local}))


def clear_leftovers(vault: OpenVault) -> None:
    """At unlock: delete what a backup that was cut off left at its place."""
    place = backup_notes.place(vault)
    folders = [VaultFolder(vault.folder).backups]
    if not is_remote(place):
        folders.append(place)
    for folder in folders:
        with suppress(OSError):
            clear_parts(folder, vault.unlocked.vault_id)


def _is_due(vault: OpenVault, place: Path) -> bool:
    last, line = backup_notes.last_noted(vault, place)
    changed = vault.workspace.read(counts.changed_since, line)
    return backups.is_due(last, vault.workspace.read(moment), changed=changed)
