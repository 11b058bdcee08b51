"""Opening a vault: lock, keys, database, user; and closing it in reverse."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit, migrate
from wbos_desktop.db.engine import close_engine, open_engine, save_copy
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.errors import DamagedVault, UserError, VaultMissing
from wbos_desktop.i18n import _
from wbos_desktop.vault import files, lock, slots, tries
from wbos_desktop.vault.envelope import State
from wbos_desktop.vault.folder import FolderState, VaultFolder
from wbos_desktop.vault.unlock import (
    Unlocked,
    change,
    record_audit_head,
    unlock,
    wrong_secret,
)

from .opened import OpenVault as OpenVault
from .rekey import rekey_is_due, renew_data_key, settle_keys
from .session import Clock, Workspace, system_clock
from .ways_in import Way, known_ways, mended


def open_vault(
    folder: Path,
    secret: str,
    *,
    kind: str = slots.USER,
    clock: Clock = system_clock,
    try_clock: tries.Clock = time.monotonic,
) -> OpenVault:
    """Open the vault with a passphrase, or with RecoveryCode.characters and kind RECOVERY.

    Close it with `workspace.close()`. Raises the VaultErrors of errors.py, or StorageError.
    """
    place = VaultFolder(folder)
    if place.state() in (FolderState.MISSING, FolderState.EMPTY, FolderState.FOREIGN):
        raise VaultMissing(_("There is no vault in this folder."))
    held = lock.acquire(folder)
    try:
        files.remove_parts(folder)
        unlocked = unlock(folder, secret, kind=kind, clock=try_clock)
        engine, key = _open_database(place, unlocked.keys)
    except BaseException:
        held.release()
        raise
    try:
        vault = _assemble(place, unlocked, engine, held, clock)
        _finish_rekey(vault, key)
    except BaseException:
        close_engine(engine)
        held.release()
        raise
    return vault


def _finish_rekey(vault: OpenVault, key: bytes) -> None:
    """Go on with a new data key that was cut off (rekey.py); `key` opens the database."""
    keys, workspace = vault.unlocked.keys, vault.workspace
    proven = slots.VaultKeys(key, keys.audit_key)
    vault.unlocked = replace(vault.unlocked, keys=proven)
    try:
        if keys.pending_key is not None:
            ways = workspace.read(known_ways)
            settle_keys(vault.folder, ways, proven, renewed=key == keys.pending_key)
        if workspace.read(rekey_is_due) and not workspace.read_only:
            renew_data_key(vault)
    except UserError as error:  # the work of today goes on with the key there is
        vault.notices = (*vault.notices, error.message)


def _open_database(place: VaultFolder, keys: slots.VaultKeys) -> tuple[Engine, bytes]:
    """With the data key, or with the pending one when a re-key was cut off after its commit."""
    try:
        key, engine = keys.data_key, open_engine(place.database, keys.data_key)
    except DamagedVault:
        if keys.pending_key is None:
            raise
        key, engine = keys.pending_key, open_engine(place.database, keys.pending_key)
    try:
        _bring_up_to_date(place, engine, key)
    except BaseException:
        engine.dispose()
        raise
    return engine, key


def _bring_up_to_date(place: VaultFolder, engine: Engine, key: bytes) -> None:
    """Migrate an older schema, after a checked copy of the database as it was."""
    if migrate.check_schema(engine) is migrate.SchemaState.CURRENT:
        return
    save_copy(engine, place.path / "backups" / "before-migration.db", key)
    migrate.upgrade(engine)


def _assemble(
    place: VaultFolder, unlocked: Unlocked, engine: Engine, held: lock.VaultLock, clock: Clock
) -> OpenVault:
    audit_key = unlocked.keys.audit_key
    asking = Workspace(engine, audit_key, user_id=None, staff_id=None, role="", clock=clock)
    known = asking.read(known_ways)
    mend_slots(place.path, audit_key, known)
    person = _who(unlocked.slot, known)
    notices = _notices(unlocked, asking.read(audit.head), asking.read(_mac_at, unlocked.state))

    def keep_head(head: audit.AuditHead) -> None:
        record_audit_head(place.path, audit_key, head.count, head.mac)
        held.refresh()

    workspace = Workspace(
        engine,
        audit_key,
        user_id=person.user_id,
        staff_id=person.staff_id,
        role=person.role,
        clock=clock,
        keep_head=keep_head,
        on_closed=held.release,
    )
    return OpenVault(place.path, workspace, unlocked, notices, person.must_renew)


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


def _mac_at(session: Session, state: State) -> bytes | None:
    """The MAC of the line that was last when the state was kept."""
    statement = select(AuditLine.mac).where(AuditLine.seq == state.audit_count)
    return session.scalar(statement)


def _notices(unlocked: Unlocked, head: audit.AuditHead, mac: bytes | None) -> tuple[str, ...]:
    notices = []
    if unlocked.repaired:
        notices.append(_("A key file of the vault was damaged. WBOS repaired it from the copy."))
    if not unlocked.state_genuine:
        notices.append(
            _("Someone changed a key file of the vault outside WBOS. Tell your administrator.")
        )
    kept = unlocked.state
    if head.count < kept.audit_count:
        notices.append(
            _(
                "This vault is older than expected: {missing} noted actions are missing."
                " Was an older file put back?"
            ).format(missing=kept.audit_count - head.count)
        )
    elif kept.audit_count and mac != kept.audit_head:
        notices.append(
            _("This data file does not belong to these keys. Was an older file put back?")
        )
    return tuple(notices)
