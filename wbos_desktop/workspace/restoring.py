"""Going back to a backup, undoing that, and opening a backup on another laptop.

prepare(vault, file)   while the vault is open: saves the present state as a backup, lays the new
                       state ready and checks it to its last page; can be stopped
put_in_place(folder)   after the vault was closed: exchanges the two, whole at every moment

What was erased since stays erased: the list of the present envelope goes into the restored one,
and the first unlock erases again (`settle_restored`).
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit, counts
from wbos_desktop.db.context import context
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.domain.backups import (
    COUNTED,
    BackupHeader,
    BackupMade,
    RestorePreview,
    Standing,
    StateCounts,
)
from wbos_desktop.errors import DamagedVault, NotFound, UserError
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress
from wbos_desktop.vault import archive, exchange, files, lock, slots
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault.envelope import Envelope, State, erasures_added
from wbos_desktop.vault.folder import FolderState, VaultFolder
from wbos_desktop.vault.unlock import change

from . import backup_notes, copies
from .backup import make_backup
from .backup_check import (
    Opened,
    change_inside,
    demand,
    look_inside,
    moment,
    open_with_secret,
    other_vault,
    steps,
)
from .backup_reading import is_own_key, open_own
from .backup_trouble import demand_room, file_trouble
from .create import check_folder
from .create import put_in_place as give_name
from .opened import OpenVault
from .restored_access import (
    demand_way_back,
    keep_only,
    slots_of_both,
    surviving_slots,
    take_over,
    todays_access,
    todays_slots,
)
from .ways_in import known_ways


# ---------------------------------------------------------------- before
def preview(vault: OpenVault, file: Path) -> RestorePreview:
    """Both sides with dates and counts, before anything is done.

    Raises NotAllowed, NotOurVault, NewerVault, DamagedVault or StorageError.
    """
    vault.workspace.read(demand, "restore", "backup")
    with file_trouble():
        header = archive.read_header(file)
        if header.vault_id != vault.unlocked.vault_id:
            return RestorePreview(header, None, other_school=True)
        archive.read_header(file, vault.unlocked.keys.audit_key)
    now, last = vault.workspace.read(_present)
    return RestorePreview(
        header,
        now,
        newer_actions=max(0, last - header.audit_count),
        needs_secret=not is_own_key(vault, header),
    )


def _present(session: Session) -> tuple[StateCounts, int]:
    last = session.execute(
        select(AuditLine.at, AuditLine.seq).order_by(AuditLine.seq.desc()).limit(1)
    ).first()
    at, seq = (last.at, last.seq) if last else (None, 0)
    return StateCounts(at, counts.count_records(session, COUNTED)), seq


# ---------------------------------------------------------------- over the present state
def prepare(
    vault: OpenVault, file: Path, secret: str = "", progress: Progress | None = None
) -> BackupMade | None:
    """Save the present state as a backup and lay the new state ready; nothing is exchanged yet.

    `secret` is a passphrase of the day of the backup, where `needs_secret`. Returns the backup
    of the present state, None when that state is too damaged for one. Raises NotAllowed,
    DamagedVault, NotOurVault, NewerVault, WrongPassphrase, StorageError or Cancelled; then
    nothing changed.
    """
    vault.workspace.read(demand, "restore", "backup")
    progress = progress or Progress()
    with file_trouble():
        if secret:
            opened = open_with_secret(file, secret, slots.USER, progress)
            _demand_same_vault(opened, vault.unlocked.vault_id)
        else:
            opened = open_own(vault, file, progress)
    saved = _save_present(vault, progress)
    access = vault.workspace.read(todays_access)
    present = envelopes.load_best(vault.folder, vault.unlocked.keys.audit_key)
    at = vault.workspace.read(moment)

    def envelope_of(database: Path) -> Envelope:
        ways = change_inside(database, opened.keys, take_over, access)
        return _restored(opened, present, todays_slots(present, ways, opened.keys), at)

    _lay_ready(vault.folder, file, opened, envelope_of, progress)
    return saved


def prepare_closed(
    folder: Path, file: Path, secret: str, progress: Progress | None = None
) -> BackupHeader:
    """As `prepare` for a vault that can't be opened; its files go aside as they are.

    Ways in are those of the day of the backup, for who knows no passphrase of today; what was
    replaced or taken away since stays away. The caller holds the lock. Raises as `prepare`.
    """
    progress = progress or Progress()
    with file_trouble():
        opened = open_with_secret(file, secret, slots.USER, progress)
    try:
        present: Envelope | None = envelopes.load_best(folder, opened.keys.audit_key)
    except UserError:
        present = None
    if present is not None:
        _demand_same_vault(opened, present.vault_id)
    at = dt.datetime.now(dt.UTC)
    staying = surviving_slots(opened.envelope, present, opened.keys.audit_key)

    def envelope_of(database: Path) -> Envelope:
        change_inside(database, opened.keys, keep_only, staying, opened.slot)
        return _restored(opened, present, staying, at)

    _lay_ready(folder, file, opened, envelope_of, progress)
    return opened.header


def put_in_place(folder: Path) -> None:
    """Exchange the state that lies ready with the present one; the vault is closed.

    Raises VaultInUse or StorageError; then the old state stands, or the next opening finishes.
    """
    with lock.acquire(folder):
        exchange.put_in(folder)


def restore_closed(
    folder: Path, file: Path, secret: str, progress: Progress | None = None
) -> BackupHeader:
    """Restore a backup over a vault that is not open, damaged or not; undo stays possible.

    Raises as `prepare`, or VaultInUse.
    """
    with lock.acquire(folder):
        exchange.finish(folder)
        header = prepare_closed(folder, file, secret, progress)
        exchange.put_in(folder)
    return header


# ---------------------------------------------------------------- and back
def prepare_undo(vault: OpenVault) -> None:
    """Make the state before the last restore ready to come back, without who is out since.

    Raises NotAllowed (also when one's own password was replaced since), NotFound, StorageError.
    """
    vault.workspace.read(demand, "restore", "backup")
    aside = exchange.lies_aside(vault.folder)
    if aside is None:
        raise NotFound(_("There is no restore to undo."))
    key = vault.unlocked.keys.audit_key
    present = envelopes.load_best(vault.folder, key)
    old = envelopes.load_best(aside, key)
    at = vault.workspace.read(moment)
    staying = slots_of_both(old, vault.workspace.read(known_ways), present)
    vault.workspace.read(demand_way_back, staying)
    state = _state(old.state, present.state, at)
    last = max(old.sequence, present.sequence)
    back = replace(old, slots=staying, last_slot=present.last_slot, sequence=last)
    envelopes.save(aside, back.with_state(state, key))


def undo(folder: Path) -> None:
    """Exchange the present state with the one before the last restore; the vault is closed.

    Doing it again brings the restored state back. Raises VaultInUse, StorageError.
    """
    with lock.acquire(folder):
        exchange.put_back(folder)


def forget_old_undo(vault: OpenVault) -> None:
    """Delete the state before the last restore once its days are over."""
    until = backup_notes.undo_until(vault.folder)
    if until is not None and vault.workspace.read(moment).date() > until:
        exchange.forget_aside(vault.folder)


# ---------------------------------------------------------------- on another laptop
def restore_to(
    folder: Path,
    file: Path,
    secret: str,
    progress: Progress | None = None,
    *,
    main: bool,
    kind: str = slots.USER,
) -> BackupHeader:
    """Make a vault of a backup in a folder without one. `main`: it becomes the main copy.

    Raises Invalid({"folder": ...}) or as `prepare`; then there is no half vault.
    """
    progress = progress or Progress()
    folder = Path(os.path.abspath(folder))
    check_folder(folder)
    making = folder.with_name(f".{folder.name}.restoring.part")
    files.remove_folder(making)
    try:
        with file_trouble():
            opened = open_with_secret(file, secret, kind, progress)
            VaultFolder(making).make()
            _fill(making, file, opened, progress)
        envelopes.save(making, _elsewhere(opened, dt.datetime.now(dt.UTC), main=main))
        give_name(making, folder)
    except BaseException:
        files.remove_folder(making)
        raise
    return opened.header


def holds_vault(folder: Path) -> bool:
    """True if a restore there goes over a vault, whole or not."""
    state = VaultFolder(folder).state()
    return state in (FolderState.READY, FolderState.NO_DATABASE, FolderState.NO_KEYS)


def _elsewhere(opened: Opened, at: dt.datetime, *, main: bool) -> Envelope:
    state = replace(opened.envelope.state, restored_at=at.astimezone(dt.UTC).isoformat())
    if main:
        state = copies.as_main(state, state.main_number + 1, at)
    else:
        state = replace(state, standing=Standing.READING)
    return opened.envelope.with_state(state, opened.keys.audit_key)


# ---------------------------------------------------------------- the new state
def _restored(
    opened: Opened, present: Envelope | None, ways: tuple[slots.Slot, ...], at: dt.datetime
) -> Envelope:
    """The envelope of a restored state. A present one that was forged is not believed."""
    old, key = replace(opened.envelope, slots=ways), opened.keys.audit_key
    opened = replace(opened, envelope=old)
    if present is None:
        return _elsewhere(opened, at, main=True)
    last = max(old.sequence, present.sequence)
    if not present.state_is_genuine(key):
        return replace(_elsewhere(opened, at, main=True), sequence=last)
    changed = old.with_state(_state(old.state, present.state, at), key)
    return replace(changed, sequence=last, last_slot=present.last_slot)


def _state(old: State, present: State, at: dt.datetime) -> State:
    """This laptop stays what it is; what was erased stays erased.

    The generation grows, so that a folder from before the restore counts as older.
    """
    return replace(
        erasures_added(old, present.erasures),
        generation=max(old.generation, present.generation) + 1,
        main_number=present.main_number,
        main_since=present.main_since,
        standing=present.standing,
        restored_at=at.astimezone(dt.UTC).isoformat(),
    )


def _save_present(vault: OpenVault, progress: Progress) -> BackupMade | None:
    local = VaultFolder(vault.folder).backups
    try:
        local.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise files.storage_error(error) from error
    try:
        return make_backup(vault, local, progress)
    except DamagedVault:
        return None  # what is damaged goes aside as it is


def _lay_ready(
    folder: Path,
    file: Path,
    opened: Opened,
    envelope_of: Callable[[Path], Envelope],
    progress: Progress,
) -> None:
    """`envelope_of` gets the database that was checked, and may still change it."""
    incoming = exchange.make_incoming(folder)
    try:
        with file_trouble():
            _fill(incoming, file, opened, progress)
            envelope = envelope_of(VaultFolder(incoming).database)
            _finish_files(incoming)
        envelopes.save(incoming, envelope)
    except BaseException:
        files.remove_folder(incoming)
        raise


def _fill(folder: Path, file: Path, opened: Opened, progress: Progress) -> None:
    """The database of a backup in a folder, checked to its last page, without a log."""
    database = folder / VaultFolder(folder).database.name
    demand_room(folder, opened.header.database_length)
    archive.extract_database(file, database, steps(progress))
    look_inside(database, opened, pages=True)
    _finish_files(folder)


def _finish_files(folder: Path) -> None:
    for name in exchange.LOG_NAMES:
        (folder / name).unlink(missing_ok=True)
    files.sync_file(VaultFolder(folder).database)
    files.sync_folder(folder)


def _demand_same_vault(opened: Opened, vault_id: str) -> None:
    if opened.header.vault_id != vault_id:
        raise other_vault()


# ---------------------------------------------------------------- the first unlock after it
def is_restored(vault: OpenVault) -> bool:
    """True until `note_restored`: the vault was restored and not unlocked since."""
    return bool(vault.unlocked.state.restored_at) and bool(
        backup_notes.vault_state(vault).restored_at
    )


def erased(vault: OpenVault) -> tuple[bytes, ...]:
    """The marks of what was erased, from the envelope as it stands."""
    return backup_notes.vault_state(vault).erasures


def note_restored(vault: OpenVault) -> None:
    """After what was erased was erased again: note the restore, and that this is done."""
    vault.workspace.write(_note_restored)

    def update(envelope: Envelope) -> Envelope:
        return envelope.with_state(
            replace(envelope.state, restored_at=""), vault.unlocked.keys.audit_key
        )

    change(vault.folder, vault.unlocked.keys.audit_key, update)


def _note_restored(session: Session) -> None:
    user = context(session).user_id or 0
    audit.note(session, "restore_backup", "users", user)
