"""Ways into an open vault: add one, renew one, take one away.

A change of a way in touches the envelope and the database, which can't be saved together. The
order is: envelope with the new slot pending, row in the database, envelope with the slot final.
Taking one away: row in the database, envelope without the slot, new data key (rekey.py).
`ways_in.mended` and the next opening finish what a crash cut off.

Whoever had the old way in knew the old data key, and old copies of the files keep it: that is
why a slot that goes asks for a new data key, also when it makes place for a new one.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import suppress

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import School, Staff, User
from wbos_desktop.errors import (
    DamagedVault,
    DiskFull,
    Invalid,
    KeyWaits,
    NotAllowed,
    NotFound,
    ReadOnlyVault,
    StorageError,
    VaultInUse,
)
from wbos_desktop.i18n import _
from wbos_desktop.vault import recovery, slots, tries
from wbos_desktop.vault.envelope import MAX_SLOTS, Envelope, load_best
from wbos_desktop.vault.kdf import STANDARD, KdfParams
from wbos_desktop.vault.passphrase import check_passphrase
from wbos_desktop.vault.recovery import RecoveryCode
from wbos_desktop.vault.unlock import change, wrong_secret

from .opened import OpenVault
from .rekey import renew_data_key
from .ways_in import key_state

COORDINATOR = "coordinator"
ROLES = (COORDINATOR, "member", "lead", "reader")


def change_passphrase(
    vault: OpenVault,
    old: str,
    new: str,
    *,
    leaked: bool = False,
    kdf: KdfParams = STANDARD,
    try_clock: tries.Clock = time.monotonic,
) -> None:
    """Put this user's slot under a new passphrase; the data is not rewritten.

    With `leaked` somebody else may know the old one: the user gets a slot with keys of its own
    and the vault a new data key, so that an older copy of the key file opens nothing new.
    Raises WrongPassphrase (`old`), TooManyTries, Invalid({"passphrase": ...}), StorageError, or
    KeyWaits when the new one works already.
    """
    _demand_writable(vault)
    check_passphrase(new, vault.workspace.read(known_names))
    slot_id = vault.workspace.read(_slot_id)
    if leaked:
        _prove_passphrase(vault, slot_id, old, try_clock)
        user_id = vault.workspace.read(_acting_user)
        _replace_slot(vault, user_id, new, must_renew=False, kdf=kdf, rekey_due=True)
        _renew_key(vault)
        return
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
    """Give this user a new slot, after the recovery code or a start password opened the vault.

    The password before stops working. Raises Invalid({"passphrase": ...}), StorageError.
    """
    _demand_writable(vault)
    if not (vault.by_recovery or vault.must_renew):
        raise wrong_secret(slots.USER)
    check_passphrase(new, vault.workspace.read(known_names))
    user_id = vault.workspace.read(_acting_user)
    _replace_slot(vault, user_id, new, must_renew=False, kdf=kdf)
    vault.must_renew = False


def add_user(
    vault: OpenVault,
    staff_id: int,
    role: str,
    passphrase: str,
    *,
    must_renew: bool = False,
    kdf: KdfParams = STANDARD,
) -> int:
    """Let a colleague unlock the vault; the id of the new user. Only a coordinator may.

    With `must_renew` it is a start password: its owner chooses another at the first unlock.
    Raises NotAllowed, NotFound, Invalid (keys staff_id, role, passphrase), StorageError.
    """
    _demand_writable(vault)
    names = vault.workspace.read(_check_new_user, staff_id, role)
    check_passphrase(passphrase, names)
    if len(load_best(vault.folder, vault.unlocked.keys.audit_key).slots) >= MAX_SLOTS:
        full = _("At most {n} people can unlock one vault. Take one away first.")
        raise Invalid({"staff_id": full.format(n=MAX_SLOTS - 1)})
    fresh = _pending_slot(vault, slots.USER, passphrase, kdf)
    user_id = vault.workspace.write(_add_row, staff_id, role, fresh, must_renew)
    _settle(vault, fresh)
    return user_id


def renew_access(
    vault: OpenVault,
    user_id: int,
    passphrase: str,
    *,
    must_renew: bool = False,
    kdf: KdfParams = STANDARD,
) -> None:
    """Give a colleague who forgot it a new password. The old one stops working, also for who
    kept an older copy of the key file: the vault gets a new data key.

    Raises NotAllowed, NotFound, Invalid({"passphrase": ...}), StorageError, or KeyWaits when the
    new one works already.
    """
    _demand_writable(vault)
    names = vault.workspace.read(_check_colleague, user_id)
    check_passphrase(passphrase, names)
    _replace_slot(vault, user_id, passphrase, must_renew=must_renew, kdf=kdf, rekey_due=True)
    _renew_key(vault)


def remove_user(vault: OpenVault, user_id: int) -> None:
    """Take a colleague's way in away, and give the vault a new data key.

    Raises NotAllowed (also for oneself and the last coordinator), NotFound, StorageError, KeyWaits
    or DamagedVault; after the last two the colleague is out all the same, and the next opening
    makes the new key.
    """
    _demand_writable(vault)
    vault.workspace.read(_check_colleague, user_id)
    slot_id = vault.workspace.write(_remove_row, user_id)
    audit_key = vault.unlocked.keys.audit_key
    change(vault.folder, audit_key, lambda envelope: envelope.without_slot(slot_id))
    _renew_key(vault)


def settle_access(vault: OpenVault) -> None:
    """After a restore: who was removed since that backup stays out, and knows no key of it.

    A user without a slot goes from the list, and the vault gets a new data key, now or, when
    the disk does not allow it, at the next opening. Key files that do not fit the database hold
    up no work: that is one of the notices.
    """
    _demand_writable(vault)
    envelope = load_best(vault.folder, vault.unlocked.keys.audit_key)
    vault.workspace.write(_remove_who_is_out, {slot.id for slot in envelope.slots})
    try:
        with suppress(StorageError, VaultInUse):
            renew_data_key(vault)
    except DamagedVault as error:
        vault.notices = (*vault.notices, error.message)


def new_recovery_code(
    vault: OpenVault,
    passphrase: str,
    *,
    code: RecoveryCode | None = None,
    kdf: KdfParams = STANDARD,
    try_clock: tries.Clock = time.monotonic,
) -> RecoveryCode:
    """Replace the recovery code; the old one stops working, and the vault gets a new data key.

    Give `code` if it was shown and typed again before. Only a coordinator may. Raises
    NotAllowed, WrongPassphrase, TooManyTries, StorageError, or KeyWaits when the new one works.
    """
    _demand_writable(vault)
    slot_id = vault.workspace.read(_own_slot_as_coordinator)
    _prove_passphrase(vault, slot_id, passphrase, try_clock)
    confirmed = code is not None
    code = code or recovery.new_code()
    before = _recovery_slots(vault)
    paper = _pending_slot(vault, slots.RECOVERY, code.characters, kdf)
    vault.workspace.write(_store_code, paper, confirmed)
    for gone in before:
        _settle(vault, paper, gone)
    _renew_key(vault)
    return code


def known_names(session: Session, staff_id: int | None = None) -> list[str]:
    """Names that a guesser tries first: of the school and of this user, or of `staff_id`."""
    names = list(session.scalars(select(School.name)))
    staff = session.get(Staff, staff_id or context(session).staff_id)
    return [*names, staff.given_name, staff.family_name] if staff else names


# ---------------------------------------------------------------- envelope
def _renew_key(vault: OpenVault) -> None:
    """The last step, after the way in was changed. Raises KeyWaits when it has to wait, since
    the change itself is done and must not be tried again."""
    try:
        renew_data_key(vault)
    except (StorageError, VaultInUse) as error:
        text = _(
            "This is done. Only the new key of the vault has to wait: WBOS makes it at the next"
            " unlock."
        )
        room = _("Make room on the disk.") if isinstance(error, DiskFull) else ""
        raise KeyWaits(f"{text} {room}".strip()) from error


def _demand_writable(vault: OpenVault) -> None:
    """The envelope is written before the database: ask first whether that can be."""
    if vault.workspace.read_only:
        raise ReadOnlyVault(vault.workspace.read_only)


def _pending_slot(vault: OpenVault, kind: str, secret: str, kdf: KdfParams) -> slots.Slot:
    """A new slot in the envelope that the database does not know yet."""
    keys = vault.unlocked.keys
    fresh = slots.make_slot(vault.unlocked.vault_id, kind, secret, keys, kdf=kdf, pending=True)
    change(vault.folder, keys.audit_key, lambda envelope: envelope.with_slot(fresh))
    return fresh


def _settle(vault: OpenVault, fresh: slots.Slot, gone: str = "") -> None:
    """Make the slot final, now that the database knows it; the one it replaces goes."""
    final = slots.made_final(fresh)
    change(
        vault.folder,
        vault.unlocked.keys.audit_key,
        lambda envelope: envelope.without_slot(gone).with_slot(final),
    )


def _replace_slot(
    vault: OpenVault,
    user_id: int,
    passphrase: str,
    *,
    must_renew: bool,
    kdf: KdfParams,
    rekey_due: bool = False,
) -> None:
    """A slot with a key pair of its own in the place of the old one: who knew the old
    passphrase and kept an older envelope can't open what comes."""
    fresh = _pending_slot(vault, slots.USER, passphrase, kdf)
    gone = vault.workspace.write(_store_slot, user_id, fresh, must_renew, rekey_due)
    _settle(vault, fresh, gone)


def _prove_passphrase(
    vault: OpenVault, slot_id: str, passphrase: str, try_clock: tries.Clock
) -> None:
    """Raise WrongPassphrase unless it opens this user's slot; each wrong try counts."""
    tries.begin_try(vault.folder, try_clock)
    envelope = load_best(vault.folder, vault.unlocked.keys.audit_key)
    mine = next(slot for slot in envelope.slots if slot.id == slot_id)
    if slots.open_slot(mine, envelope.vault_id, passphrase) is None:
        raise wrong_secret(slots.USER)
    tries.forget_tries(vault.folder)


def _recovery_slots(vault: OpenVault) -> list[str]:
    envelope = load_best(vault.folder, vault.unlocked.keys.audit_key)
    return [slot.id for slot in envelope.slots if slot.kind == slots.RECOVERY]


# ---------------------------------------------------------------- database
def _demand_coordinator(session: Session) -> None:
    if context(session).role != COORDINATOR:
        raise NotAllowed(_("You can't change this. Ask your coordinator."))


def _user(session: Session, user_id: int) -> User:
    user = session.scalar(select(User).where(User.id == user_id))
    if user is None:
        raise NotFound(_("This is not there any more."))
    return user


def _acting_user(session: Session) -> int:
    user_id = context(session).user_id
    assert user_id is not None
    return user_id


def _slot_id(session: Session) -> str:
    return _user(session, _acting_user(session)).slot_id


def _own_slot_as_coordinator(session: Session) -> str:
    _demand_coordinator(session)
    return _slot_id(session)


def _check_new_user(session: Session, staff_id: int, role: str) -> list[str]:
    """Refuse who may not or can't be added; else the names that a guesser tries first."""
    _demand_coordinator(session)
    staff = session.scalar(select(Staff).where(Staff.id == staff_id))
    if staff is None:
        raise NotFound(_("This is not there any more."))
    wrong = {}
    if not staff.active:
        wrong["staff_id"] = _("This colleague does not work here any more.")
    elif session.scalar(select(User.id).where(User.staff_id == staff_id)) is not None:
        wrong["staff_id"] = _("This colleague can unlock the vault already.")
    if role not in ROLES:
        wrong["role"] = _("Choose what this colleague may do.")
    if wrong:
        raise Invalid(wrong)
    return known_names(session, staff_id)


def _check_colleague(session: Session, user_id: int) -> list[str]:
    """Refuse who may not change this colleague's way in; else the colleague's names."""
    _demand_coordinator(session)
    user = _user(session, user_id)
    if user.id == context(session).user_id:
        raise NotAllowed(_("You can't do this for yourself. Ask another coordinator."))
    return known_names(session, user.staff_id)


def _check_not_last(session: Session, user: User) -> None:
    others = select(func.count(User.id)).where(User.role == COORDINATOR, User.id != user.id)
    if user.role == COORDINATOR and not session.scalar(others):
        raise NotAllowed(_("This is the last coordinator. Make somebody else coordinator first."))


def _add_row(session: Session, staff_id: int, role: str, slot: slots.Slot, must_renew: bool) -> int:
    _check_new_user(session, staff_id, role)
    user = User(
        staff_id=staff_id,
        role=role,
        slot_id=slot.id,
        public_key=slot.public_key,
        must_renew=must_renew,
    )
    session.add(user)
    session.flush()
    audit.note(session, "access", "users", user.id)
    return user.id


def _store_slot(
    session: Session, user_id: int, slot: slots.Slot, must_renew: bool, rekey_due: bool
) -> str:
    """Keep the new slot of a user; the id of the old one."""
    user = _user(session, user_id)
    gone = user.slot_id
    user.slot_id, user.public_key, user.must_renew = slot.id, slot.public_key, must_renew
    if rekey_due:
        key_state(session).rekey_due = True
    audit.note(session, "access", "users", user.id)
    return gone


def _remove_row(session: Session, user_id: int) -> str:
    """Take the user away and ask for a new data key; the id of the slot that goes."""
    _check_colleague(session, user_id)
    user = _user(session, user_id)
    _check_not_last(session, user)
    user.deleted_at = context(session).now
    key_state(session).rekey_due = True
    audit.note(session, "access", "users", user.id)
    return user.slot_id


def _remove_who_is_out(session: Session, slot_ids: Collection[str]) -> None:
    """Take users away whose slot is gone; the last coordinator stays, for the recovery code."""
    users = session.scalars(select(User).order_by(User.id)).all()
    inside = [user for user in users if user.slot_id in slot_ids]
    kept = next((user for user in (*inside, *users) if user.role == COORDINATOR), None)
    for user in users:
        if user not in inside and user is not kept:
            user.deleted_at = context(session).now
            audit.note(session, "access", "users", user.id)
    key_state(session).rekey_due = True


def _store_code(session: Session, paper: slots.Slot, confirmed: bool) -> None:
    _demand_coordinator(session)
    state = key_state(session)
    state.slot_id, state.public_key = paper.id, paper.public_key
    state.confirmed, state.rekey_due = confirmed, True
    audit.note(session, "access", "key_state", 1)


def _note_access(session: Session) -> None:
    audit.note(session, "access", "users", _acting_user(session))
