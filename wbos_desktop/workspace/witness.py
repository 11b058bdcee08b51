"""The backups of a vault as witnesses of how far it was, and of what its keys said."""

from __future__ import annotations

from pathlib import Path

from wbos_desktop.domain import backups
from wbos_desktop.domain.backups import BackupHeader
from wbos_desktop.errors import UserError
from wbos_desktop.vault import archive
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault import folder as folders
from wbos_desktop.vault.envelope import State
from wbos_desktop.vault.folder import VaultFolder

from .standing import chosen_place, rank


def known_places(folder: Path, audit_key: bytes) -> tuple[Path, ...]:
    """The backups inside the vault and the chosen place, unless that may be slow to read."""
    chosen = chosen_place(folder, audit_key)
    local = VaultFolder(folder).backups
    return (local,) if chosen is None or folders.is_remote(chosen) else (local, chosen)


def genuine_backups(
    folder: Path, vault_id: str, audit_key: bytes
) -> list[tuple[Path, BackupHeader]]:
    """This vault's own backups, the furthest first; none that was made or changed outside it."""
    found = []
    for place in known_places(folder, audit_key):
        try:
            paths = list(place.glob(f"*{backups.SUFFIX}"))
        except OSError:
            continue
        for path in paths:
            try:
                header = archive.read_header(path, audit_key)
            except (OSError, UserError):
                continue
            if header.vault_id == vault_id:
                found.append((path, header))
    found.sort(key=lambda one: (rank(one[1]), one[1].generation, one[1].audit_count), reverse=True)
    return found


def furthest(folder: Path, vault_id: str, audit_key: bytes, state: State) -> BackupHeader | None:
    """The header of the furthest backup of the main copy that this vault is; None without one."""
    headers = [header for _path, header in genuine_backups(folder, vault_id, audit_key)]
    return next((header for header in headers if rank(header) == rank(state)), None)


def last_true_state(folder: Path, vault_id: str, audit_key: bytes) -> State:
    """The state in the furthest backup whose keys are genuine; a new one when there is none."""
    for path, _header in genuine_backups(folder, vault_id, audit_key):
        try:
            envelope = envelopes.from_bytes(archive.read_keys(path))
        except (OSError, UserError):
            continue
        if envelope.vault_id == vault_id and envelope.state_is_genuine(audit_key):
            return envelope.state
    return State()
