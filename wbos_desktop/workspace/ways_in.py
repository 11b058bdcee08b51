"""What the database knows of the ways into the vault, and the envelope held against it.

The database decides: somebody who can write the envelope, but has no passphrase, gets no key.
Even who once knew the audit key can't plant a slot, since its public key is not in the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.models.school import User
from wbos_desktop.db.models.system import KeyState
from wbos_desktop.errors import DamagedVault
from wbos_desktop.i18n import _
from wbos_desktop.vault import slots
from wbos_desktop.vault.envelope import Envelope


@dataclass(frozen=True)
class Way:
    """A way in that the database knows; without user it is the recovery code."""

    slot_id: str
    public_key: bytes
    user_id: int | None = None
    staff_id: int | None = None
    role: str = ""
    must_renew: bool = False

    def fits(self, slot: slots.Slot) -> bool:
        """True if this is the slot, with the public key that it had when it was made."""
        kind = slots.RECOVERY if self.user_id is None else slots.USER
        return (slot.id, slot.public_key, slot.kind) == (self.slot_id, self.public_key, kind)


def known_ways(session: Session) -> list[Way]:
    """Users by id, then the recovery code."""
    columns = (User.slot_id, User.public_key, User.id, User.staff_id, User.role, User.must_renew)
    statement = select(*columns).where(User.deleted_at.is_(None)).order_by(User.id)
    ways = [Way(*row) for row in session.execute(statement)]
    state = session.get(KeyState, 1)
    if state is not None and state.slot_id:
        ways.append(Way(state.slot_id, state.public_key))
    return ways


def key_state(session: Session) -> KeyState:
    """The one row about the recovery code and the data key, made when it misses."""
    state = session.get(KeyState, 1)
    if state is None:
        state = KeyState(id=1)
        session.add(state)
        session.flush()
    return state


def mended(envelope: Envelope, ways: Iterable[Way]) -> Envelope:
    """The envelope after what a crash cut off between envelope and database is finished.

    A pending slot that the database knows becomes final, slots that it does not know go. A
    vault whose database knows no user, or no recovery code, keeps the slots of that kind.
    """
    known = list(ways)
    for kind in (slots.USER, slots.RECOVERY):
        mine = [way for way in known if (way.user_id is None) == (kind == slots.RECOVERY)]
        there = [slot for slot in envelope.slots if slot.kind == kind]
        if not any(way.fits(slot) for way in mine for slot in there):
            continue
        for slot in there:
            if not any(way.fits(slot) for way in mine):
                envelope = envelope.without_slot(slot.id)
            elif slot.pending:
                envelope = envelope.with_slot(slots.made_final(slot))
    return envelope


def sealed(envelope: Envelope, ways: Sequence[Way], keys: slots.VaultKeys) -> Envelope:
    """The envelope with these keys sealed to every slot.

    Raises DamagedVault, and seals to none, when one slot is not as the database knows it.
    """
    expects_code = any(way.user_id is None for way in ways)
    for slot in envelope.slots:
        known = any(way.fits(slot) for way in ways)
        unregistered = slot.kind == slots.RECOVERY and not expects_code
        genuine = slots.is_genuine(slot, envelope.vault_id, keys.audit_key)
        if not genuine or not (known or unregistered):
            raise DamagedVault(
                _(
                    "The key file of the vault was changed outside WBOS."
                    " No new key was given out. Tell your administrator."
                )
            )
    for slot in envelope.slots:
        envelope = envelope.with_slot(slots.seal_keys(slot, envelope.vault_id, keys))
    return envelope
