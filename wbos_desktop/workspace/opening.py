"""Opening a vault: lock, keys, database, user; and closing it in reverse."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit, epochs, migrate
from wbos_desktop.db.engine import (
    close_engine,
    log_bytes,
    open_engine,
    save_copy,
    truncate_wal,
)
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.domain.backups import Standing
from wbos_desktop.errors import (
    DamagedVault,
    DiskFull,
    NewerVault,
    NotOurVault,
    UserError,
    VaultError,
    VaultMissing,
)
from wbos_desktop.i18n import _
from wbos_desktop.vault import exchange, files, lock, pages, reserve, slots, tries
from wbos_desktop.vault.envelope import State
from wbos_desktop.vault.folder import FolderState, VaultFolder, network_problem
from wbos_desktop.vault.trail import Mark, TrailFile
from wbos_desktop.vault.unlock import (
    Unlocked,
    change,
    record_audit_head,
    unlock,
    wrong_secret,
)

from .alerts import clock_jump, clock_sentence, no_room_sentence
from .backup_notes import last_failure
from .doubt import Doubt, find_doubt, older_than_backup
from .opened import OpenVault as OpenVault
from .rekey import rekey_is_due, renew_data_key, settle_keys
from .session import Clock, Workspace, system_clock
from .standing import why_read_only
from .unlock_notes import note_unlock
from .ways_in import Way, known_ways, mended
from .witness import furthest


def open_vault(
    folder: Path,
    secret: str,
    *,
    kind: str = slots.USER,
    clock: Clock = system_clock,
    try_clock: tries.Clock = time.monotonic,
    only_read: bool = False,
) -> OpenVault:
    """Open the vault with a passphrase, or with RecoveryCode.characters and kind RECOVERY.

    With `only_read` nothing in it is changed, for a damaged one. Close it with
    `workspace.close()`. Raises the VaultErrors of errors.py, or StorageError. A full disk keeps
    nobody out while there is the room that was kept free.
    """
    ask = partial(_open, folder, secret, kind, clock, try_clock, only_read)
    try:
        return ask()
    except DiskFull:
        if not reserve.release(folder):
            raise
    vault = ask()
    vault.notices = (*vault.notices, no_room_sentence(reserve.NEEDED_MB))
    return vault


def _open(
    folder: Path,
    secret: str,
    kind: str,
    clock: Clock,
    try_clock: tries.Clock,
    only_read: bool,
) -> OpenVault:
    place = VaultFolder(folder)
    _check_state(place)
    held = lock.acquire(folder)
    try:
        exchange.finish(folder)
        files.remove_parts(folder)
        with _remedies({"keys", "restore"}):  # nothing can be rescued while there is no key
            unlocked = unlock(folder, secret, kind=kind, clock=try_clock)
        with _remedies({"restore", "salvage"}):
            engine, key = _open_database(place, unlocked.keys, only_read)
    except BaseException:
        held.release()
        raise
    try:
        with _remedies({"restore", "salvage"}):
            vault = _assemble(_Parts(place, unlocked, engine, held, clock, only_read))
            _finish_rekey(vault, key)
    except BaseException:
        close_engine(engine)
        held.release()
        raise
    return vault


@contextmanager
def _remedies(usual: set[str]) -> Iterator[None]:
    """Damage that says of itself not what helps."""
    try:
        yield
    except DamagedVault as error:
        raise DamagedVault(error.message, error.remedies or usual) from error


def _check_state(place: VaultFolder) -> None:
    state = place.state()
    if state is FolderState.NO_KEYS:
        raise DamagedVault(
            _(
                "The key files of the vault are gone. Your data is still there, but closed."
                " Put keys.json back, or take it out of a backup. Make no new vault."
            ),
            {"keys"},
        )
    if state in (FolderState.MISSING, FolderState.EMPTY, FolderState.FOREIGN):
        raise VaultMissing(_("There is no vault in this folder."))
    if problem := network_problem(place.path):
        raise VaultError(problem)


def _finish_rekey(vault: OpenVault, key: bytes) -> None:
    """Go on with a new data key that was cut off (rekey.py); `key` opens the database."""
    keys, workspace = vault.unlocked.keys, vault.workspace
    proven = slots.VaultKeys(key, keys.audit_key)
    vault.unlocked = replace(vault.unlocked, keys=proven)
    if workspace.read_only:
        return
    try:
        if keys.pending_key is not None:
            ways = workspace.read(known_ways)
            settle_keys(vault.folder, ways, proven, renewed=key == keys.pending_key)
        if workspace.read(rekey_is_due):
            renew_data_key(vault)
    except UserError as error:  # the work of today goes on with the key there is
        vault.notices = (*vault.notices, error.message)


def _open_database(
    place: VaultFolder, keys: slots.VaultKeys, only_read: bool
) -> tuple[Engine, bytes]:
    """With the data key, or with the pending one when a re-key was cut off after its commit."""
    try:
        key, engine = keys.data_key, _open_checked(place, keys.data_key, only_read)
    except DamagedVault:
        if keys.pending_key is None:
            raise
        key, engine = keys.pending_key, _open_checked(place, keys.pending_key, only_read)
    try:
        _bring_up_to_date(place, engine, key, only_read)
    except BaseException:
        engine.dispose()
        raise
    return engine, key


def _open_checked(place: VaultFolder, key: bytes, only_read: bool) -> Engine:
    """Refuse a log of another file before it is mixed with this one (F-12)."""
    path = place.database
    try:
        foreign = path.is_file() and log_bytes(path) > 0 and epochs.log_is_foreign(path, key)
    except (DamagedVault, NotOurVault, NewerVault):
        foreign = False  # told better when it is opened
    if foreign:
        raise DamagedVault(
            _(
                "The log beside the data file (wbos.db-wal) belongs to another file. Was an older"
                " file put back? Nothing was changed and nothing was mixed."
            ),
            {"restore", "log_aside"},
        )
    if path.is_file() and log_bytes(path) == 0 and not only_read:
        pages.keep_schema(path, key)
    try:
        return open_engine(path, key, read_only=only_read)
    except DamagedVault as error:
        whole = path.is_file() and path.stat().st_size > 0
        remedies = {"restore", "salvage"} if whole else {"restore"}
        raise DamagedVault(error.message, remedies) from error


def _bring_up_to_date(place: VaultFolder, engine: Engine, key: bytes, only_read: bool) -> None:
    """Migrate an older schema, after a checked copy of the database as it was."""
    if migrate.check_schema(engine) is migrate.SchemaState.CURRENT:
        return
    if only_read:
        raise DamagedVault(
            _("This damaged vault is of an older WBOS. Put a backup back or rescue it."),
            {"restore", "salvage"},
        )
    try:
        place.backups.mkdir(mode=0o700, exist_ok=True)  # a user may have cleared it away
    except OSError as error:
        raise files.storage_error(error) from error
    save_copy(engine, place.before_migration, key)
    migrate.upgrade(engine)
    truncate_wal(engine)  # so that the next save opens a marked stretch


@dataclass(frozen=True)
class _Parts:
    """What an open vault is put together from."""

    place: VaultFolder
    unlocked: Unlocked
    engine: Engine
    held: lock.VaultLock
    clock: Clock
    only_read: bool


def _assemble(parts: _Parts) -> OpenVault:
    folder, unlocked, engine = parts.place.path, parts.unlocked, parts.engine
    audit_key, state = unlocked.keys.audit_key, unlocked.state
    asking = Workspace(engine, audit_key, user_id=None, staff_id=None, role="", clock=parts.clock)
    known = asking.read(known_ways)
    trail = TrailFile(folder, unlocked.vault_id, audit_key, state)
    doubt = _find_doubt(asking, folder, unlocked, trail)
    if not (doubt or parts.only_read):
        mend_slots(folder, audit_key, known)
    person = _who(unlocked.slot, known)
    jump = clock_jump(asking.read(_last_moment), parts.clock())

    def keep_head(head: audit.AuditHead) -> None:
        record_audit_head(folder, audit_key, head.count, head.mac)
        trail.settle(State(audit_count=head.count, audit_head=head.mac))
        parts.held.refresh()
        reserve.keep(folder)

    workspace = Workspace(
        engine,
        audit_key,
        user_id=person.user_id,
        staff_id=person.staff_id,
        role=person.role,
        clock=parts.clock,
        keep_head=keep_head,
        on_closed=parts.held.release,
        read_only=_why_only_read(doubt, parts.only_read)
        or why_read_only(folder, unlocked.vault_id, state, audit_key),
        after_commit=lambda head: trail.keep(Mark(head.count, head.mac)),
        make_room=lambda: reserve.release(folder),
        clock_jump=jump,
    )
    note_unlock(workspace, by_recovery=unlocked.by_recovery, wrong_tries=unlocked.wrong_tries)
    notices = _notices(unlocked, jump)
    if failure := last_failure(folder, audit_key):
        notices = (*notices, failure)
    return OpenVault(folder, workspace, unlocked, notices, person.must_renew, doubt)


def _find_doubt(
    asking: Workspace, folder: Path, unlocked: Unlocked, trail: TrailFile
) -> Doubt | None:
    """The first reason why this may not be the newest state of the vault."""
    state, audit_key = unlocked.state, unlocked.keys.audit_key
    if unlocked.state_forged:
        count = asking.read(audit.head).count
        return Doubt(0, count, count, forged=True)
    mark = trail.read() or Mark(state.audit_count, state.audit_head)
    if doubt := asking.read(find_doubt, mark):
        return doubt
    newest = None
    if state.standing is Standing.MAIN:
        newest = furthest(folder, unlocked.vault_id, audit_key, state)
    return asking.read(older_than_backup, state, newest) if newest else None


def _why_only_read(doubt: Doubt | None, only_read: bool) -> str:
    if only_read:
        return _("This vault is damaged and open for reading only. Nothing is saved.")
    return doubt.text if doubt else ""


def _last_moment(session: Session) -> dt.datetime | None:
    """When the last noted action was."""
    return session.scalar(select(AuditLine.at).order_by(AuditLine.seq.desc()).limit(1))


def _who(slot: slots.Slot, ways: Sequence[Way]) -> Way:
    """The user behind a slot; behind the recovery code it is the first coordinator."""
    users = [way for way in ways if way.user_id is not None]
    if slot.kind == slots.RECOVERY:
        found = [way for way in users if way.role == "coordinator"]
    else:
        found = [way for way in users if way.fits(slot)]
    if not found:
        raise wrong_secret(slot.kind)
    return found[0]


def mend_slots(folder: Path, audit_key: bytes, ways: Iterable[Way]) -> None:
    """Finish what a crash cut off between envelope and database (people.py, ways_in.py)."""
    known = list(ways)
    change(folder, audit_key, lambda envelope: mended(envelope, known))


def _notices(unlocked: Unlocked, jump: str) -> tuple[str, ...]:
    notices = []
    if unlocked.repaired:
        notices.append(_("A key file of the vault was damaged. WBOS repaired it from the copy."))
    if not unlocked.state_genuine:
        notices.append(
            _("Someone changed a key file of the vault outside WBOS. Tell your administrator.")
        )
    if jump:
        notices.append(clock_sentence(jump))
    return tuple(notices)
