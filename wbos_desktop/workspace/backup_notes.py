"""What this copy of the vault knows of its backups: the chosen place, the last one per place,
the last failure and the last drill. Kept in a sealed file beside the database, so that noting a
backup does not change what it is a backup of."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.domain.backups import (
    OLD_DAYS,
    OLD_DAYS_DEMANDED,
    UNDO_DAYS,
    BackupMade,
    BackupStatus,
)
from wbos_desktop.errors import NotAllowed
from wbos_desktop.i18n import _
from wbos_desktop.policy import load
from wbos_desktop.vault import exchange, sealed_note
from wbos_desktop.vault.envelope import State, load_best
from wbos_desktop.vault.folder import VaultFolder

from . import standing
from .backup_check import demand, moment
from .opened import OpenVault

FILE_NAME = standing.NOTE_NAME
_CHANGING = threading.Lock()


def status(vault: OpenVault) -> BackupStatus:
    """Where backups go and when the last one there was made."""
    note = _load(vault)
    made = _made(note, place(vault))
    chosen = _chosen(vault)
    return BackupStatus(
        vault.workspace.read(moment).date(),
        place=chosen,
        last_at=_moment(made.get("at")),
        last_file=str(made.get("file", "")),
        failed=str(note.get("failed", "")),
        failed_at=_moment(note.get("failed_at")),
        practised_on=_day(note.get("practised_on")),
        began_on=None if made else vault.workspace.read(_first_day),
        undo_until=undo_until(vault.folder),
        standing=vault_state(vault).standing,
        old_after=OLD_DAYS_DEMANDED if load().backup_required else OLD_DAYS,
    )


def undo_until(folder: Path) -> dt.date | None:
    """Until which day the state before the last restore can come back; None when it can't."""
    aside = exchange.lies_aside(folder)
    if aside is None:
        return None
    try:
        changed = dt.datetime.fromtimestamp(aside.stat().st_ctime, dt.UTC)
    except OSError:
        return None
    return changed.date() + dt.timedelta(days=UNDO_DAYS)


def vault_state(vault: OpenVault) -> State:
    """The envelope's state as it stands now."""
    return load_best(vault.folder, vault.unlocked.keys.audit_key).state


def place(vault: OpenVault) -> Path:
    """The chosen folder, else the one inside the vault."""
    return _chosen(vault) or VaultFolder(vault.folder).backups


def _chosen(vault: OpenVault) -> Path | None:
    """Where the school wants them, else where the user does."""
    if demanded := load().backup_folder:
        return Path(demanded)
    chosen = _load(vault).get("place")
    return Path(chosen) if isinstance(chosen, str) and chosen else None


def last_failure(folder: Path, audit_key: bytes) -> str:
    """The sentence about the last automatic backup, empty when it went well."""
    return str(sealed_note.load(folder / FILE_NAME, audit_key).get("failed", ""))


def choose_place(vault: OpenVault, folder: Path | None) -> None:
    """Make backups there from now on; None: inside the vault again.

    Raises StorageError, or NotAllowed when the school has set the place, and for who is no
    coordinator.
    """
    vault.workspace.read(demand, "decide", "main_copy")
    if load().backup_folder:
        raise NotAllowed(_("Your school has set the place of the backups."))
    with _changing(vault) as note:
        note["place"] = str(folder) if folder else ""
        note |= {"failed": "", "failed_at": ""}


def last_noted(vault: OpenVault, folder: Path) -> tuple[dt.datetime | None, int]:
    """When the last backup in this folder was made, and how many audit lines it held."""
    made = _made(_load(vault), folder)
    audit = made.get("audit")
    return _moment(made.get("at")), audit if isinstance(audit, int) else 0


def note_made(vault: OpenVault, made: BackupMade) -> None:
    """Remember a backup that was made and verified. Raises StorageError."""
    line = {
        "at": made.header.made_at.isoformat(),
        "file": made.path.name,
        "audit": made.header.audit_count,
    }
    with _changing(vault) as note:
        places = note.get("made")
        known = places if isinstance(places, dict) else {}
        note["made"] = known | {str(made.path.parent): line}
        if made.path.parent == place(vault):
            note |= {"failed": "", "failed_at": ""}


def note_failed(vault: OpenVault, sentence: str) -> None:
    """Remember why the last automatic backup failed, to tell at the next unlock."""
    now = vault.workspace.read(moment).isoformat()
    with _changing(vault) as note:
        note |= {"failed": sentence, "failed_at": now}


def note_practised(vault: OpenVault) -> None:
    """Remember the day of a restore drill. Raises StorageError."""
    today = vault.workspace.read(moment).date().isoformat()
    with _changing(vault) as note:
        note["practised_on"] = today


def _first_day(session: Session) -> dt.date | None:
    statement = select(AuditLine.at).order_by(AuditLine.seq).limit(1)
    first = session.scalar(statement)
    return first.date() if first else None


def _load(vault: OpenVault) -> dict[str, Any]:
    return sealed_note.load(vault.folder / FILE_NAME, vault.unlocked.keys.audit_key)


@contextmanager
def _changing(vault: OpenVault) -> Iterator[dict[str, Any]]:
    """The note to change; it is saved at the end. A backup on the one lane and a choice on the
    other take turns, so that neither is lost."""
    with _CHANGING:
        note = _load(vault)
        yield note
        sealed_note.save(vault.folder / FILE_NAME, vault.unlocked.keys.audit_key, note)


def _made(note: dict[str, Any], folder: Path) -> dict[str, Any]:
    places = note.get("made")
    made = places.get(str(folder)) if isinstance(places, dict) else None
    return made if isinstance(made, dict) else {}


def _moment(text: object) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def _day(text: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
