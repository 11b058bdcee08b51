"""Each opening of the vault stands in the audit trail, with the wrong tries before it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.audit import Entry
from wbos_desktop.db.context import context
from wbos_desktop.errors import ReadOnlyVault, StorageError

from .session import Workspace


def note_unlock(workspace: Workspace, *, by_recovery: bool, wrong_tries: int) -> bool:
    """Note who opened the vault, and how; False when nothing can be written now.

    A full disk must keep nobody from reading.
    """
    try:
        workspace.write(_note, by_recovery, wrong_tries)
    except (ReadOnlyVault, StorageError):
        return False
    return True


def _note(session: Session, by_recovery: bool, wrong_tries: int) -> None:
    entries = []
    if wrong_tries:
        # The number of wrong tries stands where other lines have the id of a record.
        entries.append(Entry("wrong_tries", "vault", wrong_tries))
    action = "unlock_by_code" if by_recovery else "unlock"
    entries.append(Entry(action, "users", context(session).user_id or 0))
    audit.append(session, entries)
