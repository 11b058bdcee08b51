"""What erasing needs of the vault around the database: the list of erasures, and no old copies."""

from __future__ import annotations

from collections.abc import Iterable

from wbos_desktop.db.engine import compact_file
from wbos_desktop.vault.envelope import Envelope, erasures_added
from wbos_desktop.vault.unlock import change

from .opening import OpenVault
from .session import Workspace


def keep_marks(vault: OpenVault, marks: Iterable[bytes]) -> None:
    """Put marks of erased records into the key file, before the rows go.

    A crash in between erases nothing that was not asked for: the job goes on at the next start.
    Raises StorageError.
    """
    new = list(marks)
    key = vault.unlocked.keys.audit_key

    def add(envelope: Envelope) -> Envelope:
        return envelope.with_state(erasures_added(envelope.state, new), key)

    change(vault.folder, key, add)


def compact(workspace: Workspace) -> None:
    """Write the database anew and empty its log, so that nothing of what was erased is left.

    `secure_delete` wipes what is deleted, but a page that was split before keeps stale copies of
    rows in its free part until the file is written anew. Raises StorageError.
    """
    with workspace.held() as engine:
        compact_file(engine)
    workspace.settle()
