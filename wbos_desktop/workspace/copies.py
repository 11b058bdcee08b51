"""Handing the main copy over to another laptop, and taking it back on purpose."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.domain.backups import Standing, standing_text
from wbos_desktop.errors import NotAllowed, ReadOnlyVault, StorageError, UserError
from wbos_desktop.vault.envelope import Envelope, State
from wbos_desktop.vault.unlock import change

from . import backup_notes, standing
from .backup_check import demand
from .opened import OpenVault


def demand_main(vault: OpenVault, place: Path) -> None:
    """Before a backup: does another copy at that place bear the higher rank?

    Then this copy is for reading only from now on. Raises ReadOnlyVault, OSError.
    """
    keys = vault.unlocked.keys
    state = backup_notes.vault_state(vault)
    newest = standing.newest_main(place, vault.unlocked.vault_id, keys.audit_key)
    if state.standing is Standing.MAIN and newest > standing.rank(state):
        vault.workspace.read_only = standing_text(Standing.SUPERSEDED)
        with suppress(StorageError):
            standing.mark(vault.folder, keys.audit_key, Standing.SUPERSEDED)
        raise ReadOnlyVault(standing_text(Standing.SUPERSEDED))


def begin_hand_over(vault: OpenVault) -> None:
    """Before the backup for the other laptop: nothing is saved here any more that is not in it.

    Raises NotAllowed for who is no coordinator, ReadOnlyVault, StorageError or VaultInUse.
    """
    vault.workspace.read(demand, "decide", "main_copy")
    vault.workspace.write(_note, "hand_over")
    vault.workspace.settle()
    vault.workspace.stop_saving(standing_text(Standing.HANDED_OVER))


def end_hand_over(vault: OpenVault) -> None:
    """After it: this copy stays one to read, also at the next opening. Raises StorageError."""
    standing.mark(vault.folder, vault.unlocked.keys.audit_key, Standing.HANDED_OVER)


def give_up_hand_over(vault: OpenVault) -> None:
    """The backup failed or was stopped: work goes on here."""
    if vault.workspace.read_only == standing_text(Standing.HANDED_OVER):
        vault.workspace.read_only = ""
        with suppress(UserError):
            vault.workspace.write(_note, "main_copy")


def become_main(vault: OpenVault) -> None:
    """Make this copy the main copy, on purpose: the way back after an honest mistake.

    Noted in the audit trail. Raises NotAllowed when the vault is for reading only for another
    reason, or for who is no coordinator; StorageError.
    """
    state = backup_notes.vault_state(vault)
    vault.workspace.read(demand, "decide", "main_copy")
    if vault.workspace.read_only not in ("", standing_text(state.standing)):
        raise NotAllowed(vault.workspace.read_only)
    now = vault.workspace.read(_now)
    places = [backup_notes.place(vault)]
    key, vault_id = vault.unlocked.keys.audit_key, vault.unlocked.vault_id
    highest = max(standing.newest_main(place, vault_id, key)[0] for place in places)
    number = max(highest, state.main_number) + 1

    def update(envelope: Envelope) -> Envelope:
        return envelope.with_state(as_main(envelope.state, number, now), key)

    change(vault.folder, key, update)
    vault.workspace.read_only = ""
    vault.workspace.write(_note, "main_copy")


def as_main(state: State, number: int, now: dt.datetime) -> State:
    """The state of a copy that becomes the main one."""
    since = now.astimezone(dt.UTC).isoformat()
    return replace(state, main_number=number, main_since=since, standing=Standing.MAIN)


def _note(session: Session, action: str) -> None:
    audit.note(session, action, "users", context(session).user_id or 0)


def _now(session: Session) -> dt.datetime:
    return context(session).now
