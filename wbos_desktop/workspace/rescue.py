"""What can be done at the door for a vault that does not open, or that lies in a bad place."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from wbos_desktop.db import epochs
from wbos_desktop.db.engine import close_engine, open_engine
from wbos_desktop.domain.backups import BackupRow
from wbos_desktop.domain.salvage import SalvageResult
from wbos_desktop.errors import DamagedVault, Invalid, StorageError, UserError
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress
from wbos_desktop.vault import archive, exchange, files, lock, recovery, slots, trail
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault.folder import VaultFolder, check_place, moved_problem

from . import restoring
from .backup_reading import list_backups
from .create import check_folder
from .opening import OpenVault, open_vault
from .salvage import salvage_in_place

_CHUNK = 1 << 20


def backups_of(folder: Path, others: Iterable[Path] = ()) -> list[BackupRow]:
    """Backups in the vault folder and in `others` that can be read, newest first.

    Of this vault only, when its key files can still tell which it is.
    """
    vault_id = ""
    with suppress(UserError):
        vault_id = envelopes.load(folder).envelopes[0].vault_id
    found = list_backups([VaultFolder(folder).backups, *others], vault_id)
    return [row for row in found if row.header is not None]


def put_backup_back(progress: Progress, folder: Path, file: Path, secret: str) -> OpenVault:
    """Restore a backup over a vault that does not open, and open it; what is there goes aside.

    `secret` is a password of the day of the backup. Raises as `restoring.restore_closed`.
    """
    restoring.restore_closed(folder, file, secret, progress)
    return open_vault(folder, secret)


def rescue(progress: Progress, folder: Path, secret: str, by_code: bool) -> SalvageResult:
    """Rescue in place. Raises as `salvage.salvage_in_place`."""
    typed, kind = _typed(secret, by_code)
    return salvage_in_place(folder, typed, progress, kind=kind)


def open_to_read(folder: Path, secret: str, by_code: bool) -> OpenVault:
    """Open a damaged vault without changing anything in it. Raises as `open_vault`."""
    typed, kind = _typed(secret, by_code)
    return open_vault(folder, typed, kind=kind, only_read=True)


def _typed(secret: str, by_code: bool) -> tuple[str, str]:
    if by_code:
        return recovery.parse_code(secret).characters, slots.RECOVERY
    return secret, slots.USER


def set_log_aside(folder: Path) -> Path | None:
    """Give the write-ahead log another name, so that the data file opens as it is alone.

    Returns where it is; nothing is deleted. Raises VaultInUse or StorageError.
    """
    database = VaultFolder(folder).database
    log = database.with_name(database.name + "-wal")
    now = dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H%M%S")
    aside = database.with_name(f"{log.name}.{now}.aside")
    with lock.acquire(folder):
        try:
            if not log.exists():
                return None
            files.replace(log, aside)
            database.with_name(database.name + "-shm").unlink(missing_ok=True)
            files.sync_folder(folder)
        except OSError as error:
            raise files.storage_error(error) from error
    return aside


def rebuild_keys(folder: Path, file: Path, secret: str) -> None:
    """Write the key files anew, from a backup of this vault, when both are gone (F-05).

    `file` is a backup, or a keys.json. `secret` opens it, and it must open the database too:
    before that nothing is written. Raises WrongPassphrase, DamagedVault or StorageError.
    """
    try:
        content = file.read_bytes() if file.suffix == ".json" else archive.read_keys(file)
    except OSError as error:
        raise files.storage_error(error) from error
    envelope = envelopes.from_bytes(content)
    opened = envelope.open(secret, slots.USER)
    if opened is None:
        raise slots_wrong()
    keys = opened[1]
    database = VaultFolder(folder).database
    with lock.acquire(folder):
        if not any(_opens(database, key) for key in (keys.data_key, keys.pending_key) if key):
            raise DamagedVault(
                _(
                    "The keys in this file do not fit the data. Choose a newer backup."
                    " Nothing was changed."
                ),
                {"keys"},
            )
        envelopes.save(folder, envelope)
        (folder / trail.FILE_NAME).unlink(missing_ok=True)


def slots_wrong() -> UserError:
    """The sentence for a password that does not open the keys of a backup."""
    from wbos_desktop.vault.unlock import wrong_secret

    return wrong_secret(slots.USER)


def _opens(database: Path, key: bytes) -> bool:
    try:
        if epochs.log_is_foreign(database, key):
            return False
        close_engine(open_engine(database, key, read_only=True))
    except DamagedVault:
        return False
    return True


# ---------------------------------------------------------------- a bad place
def place_warning(folder: Path) -> str:
    """What the user reads about a vault that was moved to a bad place, or an empty text."""
    return moved_problem(folder)


def move_vault(progress: Progress, folder: Path, target: Path) -> Path:
    """Move a closed vault into the folder `target`, or into a folder in it when it has files.

    Everything is copied, flushed and compared first; then the old folder gets another name and
    stays until the user deletes it. Returns the new place. Raises Invalid, VaultInUse,
    StorageError or Cancelled; then the old place stands as it was.
    """
    target = _new_place(folder, Path(os.path.abspath(target)))
    check_place(target)
    check_folder(target)
    making = target.with_name(f".{target.name}.moving.part")
    files.remove_folder(making)
    try:
        with lock.acquire(folder):
            exchange.finish(folder)
            _copy_all(progress, folder, making)
        making.rename(target)
        files.sync_folder(target.parent)
    except OSError as error:
        files.remove_folder(making)
        raise files.storage_error(error) from error
    except BaseException:
        files.remove_folder(making)
        raise
    _step_aside(folder)
    return target


def _new_place(folder: Path, target: Path) -> Path:
    real, place = Path(os.path.realpath(folder)), Path(os.path.realpath(target))
    if real == place or real in place.parents:
        # The old folder gets another name at the end, and would take the new one along
        raise Invalid(
            {"folder": _("This folder is inside the vault itself. Choose another folder.")}
        )
    try:
        return target / folder.name if target.is_dir() and any(target.iterdir()) else target
    except OSError as error:
        raise files.storage_error(error) from error


def _copy_all(progress: Progress, source: Path, making: Path) -> None:
    names = [path for path in sorted(source.rglob("*")) if path.name != lock.FILE_NAME]
    making.mkdir(mode=0o700, parents=True)
    for place, path in enumerate(names):
        progress.step(place, len(names))
        copy = making / path.relative_to(source)
        if path.is_dir():
            copy.mkdir(mode=0o700)
            continue
        shutil.copyfile(path, copy)
        copy.chmod(0o600)
        files.sync_file(copy)
        if _digest(path) != _digest(copy):
            raise StorageError(_("The copy is not whole. Nothing was changed. Try again."))
    progress.step(len(names), len(names))


def _digest(path: Path) -> bytes:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.digest()


def _step_aside(folder: Path) -> None:
    """The old place must not be opened by mistake. A name that can't change is no harm."""
    for number in range(1, 100):
        aside = folder.with_name(f"{folder.name}-verplaatst-{number}")
        if not aside.exists():
            try:
                folder.rename(aside)
            except OSError:
                return
            return
