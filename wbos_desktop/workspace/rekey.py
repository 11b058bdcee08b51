"""A new data key for an open vault, so that a way in that was taken away opens nothing new.

Envelope {old key, new key pending} -> the database is encrypted anew -> opened and checked ->
envelope {new key}. Colleagues may be absent: both keys are sealed to their public keys. Cut off
at any moment, the next opening goes on (opening.py): it knows both keys until one is proven.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.engine import KEY_BYTES, close_engine, integrity_report, open_engine
from wbos_desktop.db.faults import Fault, to_user
from wbos_desktop.db.models.system import KeyState
from wbos_desktop.db.rekey import rekey
from wbos_desktop.errors import DamagedVault, StorageError
from wbos_desktop.i18n import _
from wbos_desktop.vault.envelope import Envelope
from wbos_desktop.vault.folder import VaultFolder
from wbos_desktop.vault.slots import VaultKeys
from wbos_desktop.vault.unlock import change

from .opened import OpenVault
from .ways_in import Way, key_state, known_ways, sealed


def rekey_is_due(session: Session) -> bool:
    """True if a way in was taken away and the new data key is not there yet."""
    state = session.get(KeyState, 1)
    return state is not None and state.rekey_due


def renew_data_key(vault: OpenVault) -> None:
    """Encrypt the vault under a new random key, known to the ways in that the database knows.

    Waits for running work. Raises DamagedVault (an envelope that does not fit the database:
    nothing was sealed), StorageError or VaultInUse; then the vault works on with the old key
    and the next opening tries again.
    """
    keys = vault.unlocked.keys
    both = replace(keys, pending_key=os.urandom(KEY_BYTES))
    ways = vault.workspace.read(known_ways)
    change(vault.folder, keys.audit_key, lambda envelope: sealed(envelope, ways, both))
    attempt = _Attempt(VaultFolder(vault.folder).database, both)
    try:
        vault.workspace.swap(attempt.run)
    finally:
        if attempt.in_use is not None:
            proven = VaultKeys(attempt.in_use, keys.audit_key)
            vault.unlocked = replace(vault.unlocked, keys=proven)
            settle_keys(vault.folder, ways, proven, renewed=proven.data_key != keys.data_key)
    if attempt.failure is not None:
        raise attempt.failure
    vault.workspace.write(_note_done)


def settle_keys(folder: Path, ways: Sequence[Way], keys: VaultKeys, *, renewed: bool) -> None:
    """Make the key that opens the database the only one; `renewed` counts a generation more.

    Raises DamagedVault or StorageError; then both keys stay, which opens the vault too.
    """

    def settle(envelope: Envelope) -> Envelope:
        envelope = sealed(envelope, ways, keys)
        if not renewed:
            return envelope
        state = replace(envelope.state, generation=envelope.state.generation + 1)
        return envelope.with_state(state, keys.audit_key)

    change(folder, keys.audit_key, settle)


class _Attempt:
    """One try. `in_use` is the key that the database has, None while that is not known."""

    def __init__(self, database: Path, keys: VaultKeys) -> None:
        self._database = database
        self._keys = keys
        self.in_use: bytes | None = keys.data_key
        self.failure: Exception | None = None

    def run(self, engine: Engine) -> Engine:
        """Close the engine, encrypt anew, and open with the key that holds."""
        old, new = self._keys.data_key, self._keys.pending_key
        assert new is not None
        self.in_use = None
        close_engine(engine)
        try:
            rekey(self._database, old, new)
        except Exception as error:  # noqa: BLE001 - raised when there is an engine again
            self.failure = error
        try:
            key, fresh = new, open_engine(self._database, new)
        except DamagedVault:
            key, fresh = old, open_engine(self._database, old)
        self.in_use = key
        if key == old and self.failure is None:
            self.failure = StorageError(
                _("The vault could not get a new key. Your data is whole. Try again later.")
            )
        if key == new and integrity_report(fresh):
            self.failure = to_user(Fault.DAMAGED)
        return fresh


def _note_done(session: Session) -> None:
    key_state(session).rekey_due = False
    audit.note(session, "rekey", "key_state", 1)
