"""Opening a vault: lock, keys, database, user; and closing it in reverse."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit, migrate
from wbos_desktop.db.engine import close_engine, open_engine, save_copy
from wbos_desktop.db.models.school import User
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.errors import DamagedVault, VaultMissing
from wbos_desktop.i18n import _
from wbos_desktop.vault import files, lock, slots, tries
from wbos_desktop.vault.envelope import Envelope, State
from wbos_desktop.vault.folder import FolderState, VaultFolder
from wbos_desktop.vault.unlock import (
    Unlocked,
    change,
    record_audit_head,
    unlock,
    wrong_secret,
)

from .session import Clock, Workspace, system_clock


@dataclass(frozen=True)
class OpenVault:
    """An open vault. `notices` are sentences that the user should read once, mostly none."""

    folder: Path
    workspace: Workspace
    unlocked: Unlocked = field(repr=False)
    notices: tuple[str, ...] = ()

    @property
    def by_recovery(self) -> bool:
        """True if the recovery code was used: ask for a new passphrase (people.py) at once."""
        return self.unlocked.by_recovery


@dataclass(frozen=True)
class _Person:
    user_id: int
    staff_id: int
    role: str
    slot_id: str
    public_key: bytes


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
        engine = _open_database(place, unlocked.keys)
    except BaseException:
        held.release()
        raise
    try:
        return _assemble(place, unlocked, engine, held, clock)
    except BaseException:
        close_engine(engine)
        held.release()
        raise


def _open_database(place: VaultFolder, keys: slots.VaultKeys) -> Engine:
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
    return engine


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
    known = asking.read(_people)
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
    return OpenVault(place.path, workspace, unlocked, notices)


def _people(session: Session) -> list[_Person]:
    columns = (User.id, User.staff_id, User.role, User.slot_id, User.public_key)
    statement = select(*columns).where(User.deleted_at.is_(None)).order_by(User.id)
    return [_Person(*row) for row in session.execute(statement)]


def _who(slot: slots.Slot, known: list[_Person]) -> _Person:
    """The user behind a slot; behind the recovery code it is the first coordinator."""
    if slot.kind == slots.RECOVERY:
        found = [person for person in known if person.role == "coordinator"]
    else:
        found = [person for person in known if _belongs(slot, person)]
    if not found:
        raise wrong_secret(slot.kind)
    return found[0]


def _belongs(slot: slots.Slot, person: _Person) -> bool:
    return slot.id == person.slot_id and slot.public_key == person.public_key


def mend_slots(folder: Path, audit_key: bytes, known: Iterable[_Person]) -> None:
    """Finish what a crash cut off between envelope and database (people.py).

    The database decides: a pending slot that it knows becomes final, user slots that it does
    not know go. Without any known slot nothing is changed.
    """
    persons = list(known)

    def mended(envelope: Envelope) -> Envelope:
        for slot in envelope.slots:
            if slot.kind != slots.USER:
                continue
            if not any(_belongs(slot, person) for person in persons):
                envelope = envelope.without_slot(slot.id)
            elif slot.pending:
                envelope = envelope.with_slot(slots.made_final(slot))
        return envelope

    def update(envelope: Envelope) -> Envelope:
        result = mended(envelope)
        return result if any(slot.kind == slots.USER for slot in result.slots) else envelope

    change(folder, audit_key, update)


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
