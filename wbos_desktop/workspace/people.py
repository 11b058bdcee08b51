"""Ways into an open vault: a new passphrase, a new recovery code.

A change of a way in touches the envelope and the database, which can't be saved together. The
order is: envelope with the new slot pending, row in the database, envelope with the slot final.
`opening.mend_slots` finishes what a crash cut off.
"""

from __future__ import annotations

import time
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import School, Staff, User
from wbos_desktop.vault import recovery, slots, tries
from wbos_desktop.vault.envelope import Envelope
from wbos_desktop.vault.kdf import STANDARD, KdfParams
from wbos_desktop.vault.passphrase import check_passphrase
from wbos_desktop.vault.recovery import RecoveryCode
from wbos_desktop.vault.unlock import change, wrong_secret

from .opening import OpenVault


def change_passphrase(
    vault: OpenVault,
    old: str,
    new: str,
    *,
    kdf: KdfParams = STANDARD,
    try_clock: tries.Clock = time.monotonic,
) -> None:
    """Put this user's slot under a new passphrase; the data is not rewritten.

    Raises WrongPassphrase (`old`), TooManyTries, Invalid({"passphrase": ...}), StorageError.
    """
    check_passphrase(new, vault.workspace.read(known_names))
    slot_id = vault.workspace.read(_slot_id)
    tries.begin_try(vault.folder, try_clock)

    def rewrite(envelope: Envelope) -> Envelope:
        slot = next(slot for slot in envelope.slots if slot.id == slot_id)
        changed = slots.change_secret(slot, envelope.vault_id, old, new, kdf=kdf)
        if changed is None:
            raise wrong_secret(slots.USER)
        return envelope.with_slot(changed)

    change(vault.folder, vault.unlocked.keys.audit_key, rewrite)
    tries.forget_tries(vault.folder)
    vault.workspace.write(_note_access)


def set_passphrase(vault: OpenVault, new: str, *, kdf: KdfParams = STANDARD) -> None:
    """Give this user a new slot, after the vault was opened with the recovery code.

    The forgotten passphrase stops working. Raises Invalid({"passphrase": ...}), StorageError.
    """
    if not vault.by_recovery:
        raise wrong_secret(slots.USER)
    check_passphrase(new, vault.workspace.read(known_names))
    keys = vault.unlocked.keys
    old_id = vault.workspace.read(_slot_id)
    fresh = slots.make_slot(vault.unlocked.vault_id, slots.USER, new, keys, kdf=kdf, pending=True)
    change(vault.folder, keys.audit_key, lambda envelope: envelope.with_slot(fresh))
    vault.workspace.write(_store_slot, fresh.id, fresh.public_key)

    def settle(envelope: Envelope) -> Envelope:
        final = envelope.without_slot(old_id).with_slot(slots.made_final(fresh))
        return replace(final, last_slot=fresh.id)

    change(vault.folder, keys.audit_key, settle)


def new_recovery_code(
    vault: OpenVault,
    passphrase: str,
    *,
    code: RecoveryCode | None = None,
    kdf: KdfParams = STANDARD,
    try_clock: tries.Clock = time.monotonic,
) -> RecoveryCode:
    """Replace the recovery code; the old one stops working. Give `code` if shown before.

    Raises WrongPassphrase, TooManyTries, StorageError.
    """
    code = code or recovery.new_code()
    keys = vault.unlocked.keys
    slot_id = vault.workspace.read(_slot_id)
    tries.begin_try(vault.folder, try_clock)

    def renew(envelope: Envelope) -> Envelope:
        mine = next(slot for slot in envelope.slots if slot.id == slot_id)
        if slots.open_slot(mine, envelope.vault_id, passphrase) is None:
            raise wrong_secret(slots.USER)
        for slot in envelope.slots:
            if slot.kind == slots.RECOVERY:
                envelope = envelope.without_slot(slot.id)
        paper = slots.make_slot(envelope.vault_id, slots.RECOVERY, code.characters, keys, kdf=kdf)
        return envelope.with_slot(paper)

    change(vault.folder, keys.audit_key, renew)
    tries.forget_tries(vault.folder)
    vault.workspace.write(_note_access)
    return code


def known_names(session: Session) -> list[str]:
    """Names that a guesser tries first: of the school and of this user."""
    names = list(session.scalars(select(School.name)))
    staff = session.get(Staff, context(session).staff_id)
    return [*names, staff.given_name, staff.family_name] if staff else names


def _slot_id(session: Session) -> str:
    return _user(session).slot_id


def _user(session: Session) -> User:
    return session.get_one(User, context(session).user_id)


def _store_slot(session: Session, slot_id: str, public_key: bytes) -> None:
    user = _user(session)
    user.slot_id, user.public_key = slot_id, public_key


def _note_access(session: Session) -> None:
    audit.note(session, "access", "users", _user(session).id)
