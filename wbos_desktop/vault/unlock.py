"""From a passphrase or recovery code to the keys of a vault, and the changes of its envelope.

The files are the truth: nothing of the envelope is kept in memory, every change reads it,
changes one thing and writes it whole.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from wbos_desktop.errors import DamagedVault, StorageError, WrongPassphrase
from wbos_desktop.i18n import _

from . import envelope as envelopes
from . import tries
from .envelope import Envelope, State
from .kdf import is_weak
from .slots import RECOVERY, USER, Slot, VaultKeys, change_secret

_CHANGING = threading.Lock()


@dataclass(frozen=True)
class Unlocked:
    """An opened envelope.

    `repaired`: one of the two key files was not whole and was mended, the user is told (F-04).
    `state_genuine`: False if somebody changed the state or a slot outside the program, and
    `state_forged`: the state, so that it is not to be believed. `wrong_tries`: how many came
    since the last right one.
    """

    keys: VaultKeys = field(repr=False)
    slot: Slot = field(repr=False)
    vault_id: str
    state: State
    repaired: bool
    state_genuine: bool
    wrong_tries: int = 0
    state_forged: bool = False

    @property
    def by_recovery(self) -> bool:
        """True if the recovery code was used: a new passphrase has to be chosen."""
        return self.slot.kind == RECOVERY


def unlock(
    folder: Path, secret: str, *, kind: str = USER, clock: tries.Clock = time.monotonic
) -> Unlocked:
    """Open the envelope; the database is not touched. Each wrong try counts (vault/tries.py).

    For a recovery code give RecoveryCode.characters and kind RECOVERY. Raises VaultMissing,
    TooManyTries, WrongPassphrase, DamagedVault, NewerVault or StorageError.
    """
    loaded = envelopes.load(folder)
    wrong = tries.count_wrong(folder)
    tries.begin_try(folder, clock)
    found = loaded.envelopes[:1] if loaded.equal else loaded.envelopes
    envelope, slot, keys = _open_newest(found, secret, kind)
    tries.forget_tries(folder)
    genuine = envelope.is_genuine(keys.audit_key)
    forged = not envelope.state_is_genuine(keys.audit_key)
    repaired = not (loaded.all_whole or forged)
    hint = slot.id if kind == USER else envelope.last_slot
    if not forged and (not loaded.equal or envelope.last_slot != hint):
        # Who was here lately comes first: each slot that is tried costs a key derivation
        recent = tuple(sorted(envelope.slots, key=lambda other: other.id != hint))
        envelope = envelopes.save(folder, replace(envelope, slots=recent, last_slot=hint))
    if is_weak(slot.kdf) and not forged:
        slot = _strengthen(folder, envelope, slot, secret)
    return Unlocked(keys, slot, envelope.vault_id, envelope.state, repaired, genuine, wrong, forged)


def _strengthen(folder: Path, envelope: Envelope, slot: Slot, secret: str) -> Slot:
    """Put the slot under today's cost of a guess, by the passphrase that was just right.

    A disk that can't be written must keep nobody out: the next login tries again.
    """
    stronger = change_secret(slot, envelope.vault_id, secret, secret)
    if stronger is None:
        return slot
    try:
        envelopes.save(folder, envelope.with_slot(stronger))
    except StorageError:
        return slot
    return stronger


def _open_newest(
    found: tuple[Envelope, ...], secret: str, kind: str
) -> tuple[Envelope, Slot, VaultKeys]:
    """Open the newest envelope that is genuine.

    An older copy that this secret still opens does not count when the newer file is genuine:
    else the old passphrase would return after a crash between the two writes.
    """
    damage: DamagedVault | None = None
    for place, envelope in enumerate(found):
        try:
            opened = envelope.open(secret, kind)
        except DamagedVault as error:
            damage = error
            continue
        if opened is None:
            continue
        slot, keys = opened
        if any(newer.is_genuine(keys.audit_key) for newer in found[:place]):
            break
        return envelope, slot, keys
    if damage is not None:
        raise damage
    raise wrong_secret(kind)


def wrong_secret(kind: str) -> WrongPassphrase:
    """What the user reads; the same for each reason, so that it tells a guesser nothing."""
    if kind == RECOVERY:
        return WrongPassphrase(_("This recovery code is not of this vault. Look again."))
    return WrongPassphrase(_("This password is not right. Try again."))


def change(folder: Path, audit_key: bytes, function: Callable[[Envelope], Envelope]) -> Envelope:
    """Read the envelope, apply `function`, write it whole if that changed it.

    Returns the envelope as it stands. Raises StorageError; then the old envelope stands.
    """
    with _CHANGING:
        known = envelopes.load_best(folder, audit_key)
        wanted = function(known)
        return known if wanted == known else envelopes.save(folder, wanted)


def load_settled(folder: Path) -> envelopes.Loaded:
    """As `envelope.load`, but not between the two files of a change in this program."""
    with _CHANGING:
        return envelopes.load(folder)


def record_audit_head(folder: Path, audit_key: bytes, count: int, head: bytes) -> None:
    """Keep the end of the audit chain outside the database; for idle, lock and exit."""

    def update(envelope: Envelope) -> Envelope:
        state = replace(envelope.state, audit_count=count, audit_head=head)
        return envelope.with_state(state, audit_key)

    change(folder, audit_key, update)
