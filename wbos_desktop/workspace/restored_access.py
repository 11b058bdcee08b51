"""Who gets into a restored vault: today's ways in, not those of the day of the backup.

A password that leaked, a code that was replaced and a colleague who was removed must not return
with an older state. So the restored database learns the slots of today, by the uid of the user,
and the restored envelope carries those slots with the keys of the backup sealed to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import Staff, User
from wbos_desktop.db.models.system import KeyState
from wbos_desktop.errors import NotAllowed
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.vault import slots
from wbos_desktop.vault.envelope import Envelope
from wbos_desktop.vault.slots import Slot, VaultKeys

from .opened import OpenVault
from .ways_in import Way, key_state, known_ways

_COORDINATOR = "coordinator"
_STAFF = ("uid", "given_name", "name_prefix", "family_name", "sort_name", "code", "email", "active")


@dataclass(frozen=True)
class TodaysAccess:
    """Users by uid as the open database knows them, and the recovery code (None without one).

    `actor` is the uid of who puts the backup back; `staff` are that person's columns.
    """

    users: Mapping[str, Way]
    code: Way | None
    code_confirmed: bool
    actor: str
    staff: Mapping[str, object]


def todays_access(session: Session) -> TodaysAccess:
    """Read in the open vault, before another state is laid ready."""
    uids = {user.id: user.uid for user in session.scalars(select(User))}
    ways = known_ways(session)
    state = session.get(KeyState, 1)
    user = session.get_one(User, context(session).user_id)
    staff = session.get_one(Staff, user.staff_id)
    return TodaysAccess(
        users={uids[way.user_id]: way for way in ways if way.user_id is not None},
        code=next((way for way in ways if way.user_id is None), None),
        code_confirmed=state is not None and state.confirmed,
        actor=user.uid,
        staff={name: getattr(staff, name) for name in _STAFF},
    )


def take_over(session: Session, access: TodaysAccess) -> list[Way]:
    """Write today's ways in into the restored database, and return what it then knows.

    Who is in both keeps the slot and role of today. A user of that day who has no way in now
    loses it. Who puts the backup back is always in it, as coordinator: else nobody may be.
    """
    _add_actor(session, access)
    for user in session.scalars(select(User).order_by(User.id)):
        way = access.users.get(user.uid)
        if way is None:
            _close(user)
            continue
        user.slot_id, user.public_key = way.slot_id, way.public_key
        user.role, user.must_renew = way.role, way.must_renew
    code, state = access.code, key_state(session)
    state.slot_id, state.public_key = (code.slot_id, code.public_key) if code else ("", b"")
    state.confirmed = access.code_confirmed
    session.flush()
    return known_ways(session)


def _close(user: User) -> None:
    """The row stays until the first unlock takes it away; no slot fits it any more."""
    user.slot_id, user.public_key = "", b""


def _add_actor(session: Session, access: TodaysAccess) -> None:
    everybody = {"include_deleted": True}
    user = session.scalar(
        select(User).where(User.uid == access.actor).execution_options(**everybody)
    )
    if user is not None:
        user.deleted_at = None
        return
    uid = access.staff["uid"]
    staff = session.scalar(select(Staff).where(Staff.uid == uid).execution_options(**everybody))
    if staff is None:
        staff = Staff(**access.staff)
        session.add(staff)
    staff.deleted_at = None
    session.flush()
    session.add(User(uid=access.actor, staff_id=staff.id))
    session.flush()


def todays_slots(present: Envelope, ways: Sequence[Way], keys: VaultKeys) -> tuple[Slot, ...]:
    """The slots of today that the restored database knows, with the keys of the backup."""
    expects_code = any(way.user_id is None for way in ways)
    found = []
    for slot in present.slots:
        known = any(way.fits(slot) for way in ways)
        unregistered = slot.kind == slots.RECOVERY and not expects_code
        if (known or unregistered) and slots.is_genuine(slot, present.vault_id, keys.audit_key):
            found.append(slots.seal_keys(slots.made_final(slot), present.vault_id, keys))
    return tuple(found)


# ---------------------------------------------------------------- at the door
def surviving_slots(old: Envelope, present: Envelope | None, audit_key: bytes) -> tuple[Slot, ...]:
    """The slots of a backup that still are ways in, for who knows no password of today.

    An envelope that is gone, or that was changed outside the program, tells nothing.
    """
    if present is None or not present.is_genuine(audit_key):
        return old.slots
    there = {(slot.id, slot.public_key) for slot in present.slots}
    return tuple(slot for slot in old.slots if (slot.id, slot.public_key) in there)


def keep_only(session: Session, staying: Collection[Slot], opener: Slot | None) -> None:
    """Close every other way in of a restored database.

    Raises NotAllowed unless `opener`, the slot that opened the backup, stays and is that of a
    coordinator or the recovery code.
    """
    if opener is None or opener.id not in {slot.id for slot in staying}:
        raise NotAllowed(
            _(
                "This password was replaced or taken away since the day of that backup. Choose a"
                " newer backup, or put this one back in a new, empty folder."
            )
        )
    if opener.kind != slots.RECOVERY and not _is_coordinator(known_ways(session), opener):
        raise NotAllowed(_("Only a coordinator can do this."))
    ids = {slot.id for slot in staying}
    for user in session.scalars(select(User)):
        if user.slot_id not in ids:
            _close(user)
    state = session.get(KeyState, 1)
    if state is not None and state.slot_id not in ids:
        state.slot_id, state.public_key, state.confirmed = "", b"", False


def _is_coordinator(ways: Iterable[Way], slot: Slot) -> bool:
    return any(way.fits(slot) and way.role == _COORDINATOR for way in ways)


# ---------------------------------------------------------------- undo
def slots_of_both(old: Envelope, ways: Sequence[Way], present: Envelope) -> tuple[Slot, ...]:
    """The slots of the state before a restore that are ways in now, under today's passwords.

    The data key of that state is not known here, so a slot that was replaced since can't have it.
    """
    today = {(slot.id, slot.public_key): slot for slot in present.slots}
    found = []
    for slot in old.slots:
        now = today.get((slot.id, slot.public_key))
        unregistered = slot.kind == slots.RECOVERY and all(way.user_id is not None for way in ways)
        if now is not None and (unregistered or any(way.fits(now) for way in ways)):
            found.append(replace(now, data_key=slot.data_key, pending_key=slot.pending_key))
    return tuple(found)


def demand_way_back(session: Session, staying: Iterable[Slot]) -> None:
    """Raise NotAllowed when who undoes a restore would not get in any more."""
    own = session.get_one(User, context(session).user_id).slot_id
    if own not in {slot.id for slot in staying}:
        raise NotAllowed(
            _(
                "Your password was replaced since the restore, so it can't be undone. Put the"
                " backup back that WBOS made just before the restore."
            )
        )


# ---------------------------------------------------------------- the first unlock after it
def who_gets_in(vault: OpenVault) -> str:
    """The sentence after a restore, so that nobody comes back unseen."""
    users = sum(way.user_id is not None for way in vault.workspace.read(known_ways))
    text = ngettext(
        "A backup was put back. {n} person can open this vault. Look at Access who can open it.",
        "A backup was put back. {n} people can open this vault. Look at Access who can open it.",
        users,
    )
    return text.format(n=users)
