"""Is this copy of the vault the main one? Only that one is changed; the others are to read.

Each time a copy becomes the main copy its number grows, signed in the envelope's state and
in every backup it makes. So a laptop that was found again, or that was handed over, sees at the
place of its backups that work goes on elsewhere.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from wbos_desktop import policy
from wbos_desktop.domain import backups
from wbos_desktop.domain.backups import BackupHeader, Standing, standing_text
from wbos_desktop.errors import StorageError, UserError
from wbos_desktop.vault import archive, sealed_note
from wbos_desktop.vault import folder as folders
from wbos_desktop.vault.envelope import Envelope, State
from wbos_desktop.vault.unlock import change

NOTE_NAME = "backups.note"


def why_read_only(folder: Path, vault_id: str, state: State, audit_key: bytes) -> str:
    """The sentence why a vault that is being opened is for reading only, or an empty text.

    Looks at the place of its backups too, unless that is on a network and may be slow: such a
    place is looked at when a backup is made.
    """
    if state.standing is Standing.MAIN:
        place = chosen_place(folder, audit_key)
        if place is None or folders.is_remote(place):
            return ""
        if newest_main(place, vault_id, audit_key) <= rank(state):
            return ""
        with suppress(StorageError):  # a folder that can't be written stays as it is
            mark(folder, audit_key, Standing.SUPERSEDED)
        return standing_text(Standing.SUPERSEDED)
    return standing_text(state.standing)


def chosen_place(folder: Path, audit_key: bytes) -> Path | None:
    """The folder that the school or the user chose for backups; None when nobody did."""
    if demanded := policy.load().backup_folder:
        return Path(demanded)
    chosen = sealed_note.load(folder / NOTE_NAME, audit_key).get("place")
    return Path(chosen) if isinstance(chosen, str) and chosen else None


def rank(state: State | BackupHeader) -> tuple[int, str]:
    """What decides between two copies: the number, then who became it last."""
    return state.main_number, state.main_since


def newest_main(place: Path, vault_id: str, audit_key: bytes) -> tuple[int, str]:
    """The highest rank among this vault's own backups in a folder; (0, '') without any."""
    best = (0, "")
    try:
        paths = list(place.glob(f"*{backups.SUFFIX}"))
    except OSError:
        return best
    for path in paths:
        try:
            header = archive.read_header(path)
            if header.vault_id == vault_id and rank(header) > best:
                best = rank(archive.read_header(path, audit_key))
        except (OSError, UserError):
            continue
    return best


def mark(folder: Path, audit_key: bytes, standing: Standing) -> None:
    """Keep what this copy is in its envelope. Raises StorageError."""

    def update(envelope: Envelope) -> Envelope:
        return envelope.with_state(replace(envelope.state, standing=standing), audit_key)

    change(folder, audit_key, update)
