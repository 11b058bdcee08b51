"""Is the data file the one that the keys remember? If not, the user decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.domain.backups import BackupHeader, moment_text
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.vault.envelope import Envelope, State
from wbos_desktop.vault.trail import Mark
from wbos_desktop.vault.unlock import change

from .backup_check import demand
from .standing import why_read_only
from .witness import last_true_state

if TYPE_CHECKING:
    from .opened import OpenVault


@dataclass(frozen=True)
class Doubt:
    """`missing` noted actions are gone; 0 when there are as many as expected, but others.

    With `forged` the state in the key files was changed outside the program, so that nothing is
    known. `backup_of` is the moment of a backup that the whole vault is older than, of
    `generation`. While there is doubt the vault is open for reading only.
    """

    missing: int
    expected: int
    found: int
    forged: bool = False
    backup_of: dt.datetime | None = None
    generation: int = 0

    @property
    def text(self) -> str:
        """What was found, what is safe and what to do."""
        if self.forged:
            return _(
                "A key file of the vault was changed outside WBOS. WBOS can't tell any more whether"
                " the data file is the newest one."
            )
        if self.backup_of is not None:
            older = _(
                "This vault is older than its own backup of {moment}. Was an older folder put back?"
            )
            return older.format(moment=moment_text(self.backup_of))
        if self.missing:
            short = ngettext(
                "This vault is older than expected: {n} noted action is missing.",
                "This vault is older than expected: {n} noted actions are missing.",
                self.missing,
            )
            counts = _(
                "The audit trail has {found} lines instead of {expected}."
                " Was an older file put back?"
            )
            return f"{short} {counts.format(found=self.found, expected=self.expected)}"
        return _("This data file does not belong to these keys. Was an older file put back?")


def find_doubt(session: Session, expected: Mark) -> Doubt | None:
    """Hold the audit trail of the data file against the mark kept outside it."""
    head = audit.head(session)
    if head.count < expected.count:
        return Doubt(expected.count - head.count, expected.count, head.count)
    found = session.scalar(select(AuditLine.mac).where(AuditLine.seq == expected.count))
    if expected.count and found != expected.head:
        return Doubt(0, expected.count, head.count)
    return None


def older_than_backup(session: Session, state: State, newest: BackupHeader) -> Doubt | None:
    """Hold the whole vault against the furthest backup of this main copy."""
    found = audit.head(session).count
    if newest.generation < state.generation:
        return None
    short = find_doubt(session, Mark(newest.audit_count, newest.audit_head))
    if newest.generation == state.generation and short is None:
        return None
    missing = max(0, newest.audit_count - found)
    return Doubt(
        missing,
        newest.audit_count,
        found,
        backup_of=newest.made_at,
        generation=newest.generation,
    )


def accept_doubt(vault: OpenVault) -> None:
    """Go on with the data file as it is: noted in the audit trail, and remembered from now on.

    Raises NotAllowed for who is no coordinator: else somebody who was removed could put an older
    vault back and accept it alone. Raises StorageError; then the vault stays open for reading only.
    """
    if vault.doubt is None:
        return
    vault.workspace.read(demand, "decide", "main_copy")
    work, sentence = vault.workspace, vault.workspace.read_only
    work.read_only = ""
    try:
        work.write(audit.note, "accept_older", "vault", vault.doubt.missing)
        state = _remember(vault, vault.doubt)
        work.settle()
    except BaseException:
        work.read_only = sentence
        raise
    unlocked = vault.unlocked
    audit_key = unlocked.keys.audit_key
    work.read_only = why_read_only(vault.folder, unlocked.vault_id, state, audit_key)


def _remember(vault: OpenVault, doubt: Doubt) -> State:
    """Sign a state that is true from now on; of a forged one nothing is taken over.

    Its generation is higher than that of every backup, so that those raise no new doubt.
    """
    key, vault_id = vault.unlocked.keys.audit_key, vault.unlocked.vault_id

    def update(envelope: Envelope) -> Envelope:
        state = envelope.state
        if not envelope.state_is_genuine(key):
            state = last_true_state(vault.folder, vault_id, key)
        generation = max(state.generation, doubt.generation) + 1
        return envelope.with_state(replace(state, generation=generation), key)

    return change(vault.folder, key, update).state
