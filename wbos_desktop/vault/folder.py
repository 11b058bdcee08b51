"""The vault folder: what lies where, and which places are no good for a live database."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePath

from wbos_desktop.errors import Invalid
from wbos_desktop.i18n import _

from . import envelope
from .files import storage_error

DATABASE_NAME = "wbos.db"
BACKUPS_NAME = "backups"
_SYNCED = (
    "onedrive",
    "dropbox",
    "google drive",
    "googledrive",
    "my drive",
    "mijn drive",
    "icloud drive",
    "iclouddrive",
    "com~apple~clouddocs",
    "cloudstorage",
    "nextcloud",
    "owncloud",
    "surfdrive",
    "box sync",
    "pcloud drive",
    "sync.com",
)
_SYNC_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
_NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afpfs"}


class FolderState(Enum):
    """What is found where a vault should be."""

    MISSING = "missing"
    EMPTY = "empty"
    FOREIGN = "foreign"
    READY = "ready"
    NO_DATABASE = "no_database"
    NO_KEYS = "no_keys"


@dataclass(frozen=True)
class VaultFolder:
    """Paths of one vault."""

    path: Path

    @property
    def database(self) -> Path:
        """The encrypted database."""
        return self.path / DATABASE_NAME

    @property
    def backups(self) -> Path:
        """Where backups are made by default."""
        return self.path / BACKUPS_NAME

    @property
    def before_migration(self) -> Path:
        """The copy of the database that an update makes first; the next update replaces it."""
        return self.backups / "before-migration.db"

    def state(self) -> FolderState:
        """READY if keys and database are there; whether they are whole is not looked at.

        Raises StorageError if this user may not look into the folder.
        """
        if not self.path.is_dir():
            return FolderState.MISSING
        try:
            names = {entry.name for entry in self.path.iterdir()}
        except OSError as error:
            raise storage_error(error) from error
        has_keys = bool(names & {envelope.FILE_NAME, envelope.COPY_NAME})
        if DATABASE_NAME in names:
            return FolderState.READY if has_keys else FolderState.NO_KEYS
        if has_keys:
            return FolderState.NO_DATABASE
        return FolderState.FOREIGN if names else FolderState.EMPTY

    def make(self) -> None:
        """Make the folder, closed to other users of this computer. Raises StorageError."""
        try:
            self.path.mkdir(mode=0o700, parents=True)
            self.path.chmod(0o700)
            self.backups.mkdir(mode=0o700)
        except OSError as error:
            raise storage_error(error) from error


def check_place(folder: Path) -> None:
    """Refuse a synced or network place for a live vault: copies of it would fall apart.

    Raises Invalid({"folder": why, and what to do}).
    """
    if problem := place_problem(folder):
        raise Invalid({"folder": problem})


def place_problem(folder: Path) -> str:
    """Why a live vault can't be kept here, or an empty text."""
    absolute = Path(os.path.abspath(folder))
    real = Path(os.path.realpath(folder))
    if any(_is_synced(path) for path in (absolute, real)):
        return _(
            "This folder is copied to the internet by a sync program."
            " Choose a folder on this computer that is not synced."
        )
    if any(_is_unc(path) for path in (absolute, real)) or _on_network(real):
        return _("This folder is on a network drive. Choose a folder on the disk of this computer.")
    if _on_stick(real):
        return _("This folder is on a stick or loose disk. Choose a folder on this computer.")
    return ""


def network_problem(folder: Path) -> str:
    """Why a vault that was moved to a network drive is not opened there, or an empty text."""
    real = Path(os.path.realpath(folder))
    if _is_unc(Path(os.path.abspath(folder))) or _is_unc(real) or _on_network(real):
        return _(
            "This vault is on a network drive now. There it would get damaged, so WBOS does not"
            " open it. Nothing was changed. Move it to the disk of this computer."
        )
    return ""


def moved_problem(folder: Path) -> str:
    """What the user reads at the door about a vault that lies in a bad place now, or ''."""
    if problem := network_problem(folder):
        return problem
    if not place_problem(folder):
        return ""
    return _(
        "This vault is in a folder that is copied by a sync program, or on a loose disk."
        " Copies of it fall apart. Move it to a folder of this computer."
    )


def is_remote(folder: Path) -> bool:
    """True for a place behind a network, which may be slow or not answer."""
    real = Path(os.path.realpath(folder))
    return _is_unc(folder) or _is_unc(real) or _on_network(real)


def _is_synced(path: PurePath) -> bool:
    for part in path.parts:
        name = part.casefold()
        if any(name == known or name.startswith((f"{known} ", f"{known}-")) for known in _SYNCED):
            return True
    roots = [Path(value) for name in _SYNC_VARIABLES if (value := os.environ.get(name))]
    return any(root == path or root in path.parents for root in roots)


def _is_unc(path: PurePath) -> bool:
    return str(path).startswith(("\\\\", "//"))


def _on_network(path: Path) -> bool:
    """From the mount table where there is one (Linux); drive letters are asked of Windows."""
    if os.name == "nt":
        return _drive_kind(path) == _DRIVE_REMOTE
    return _mount_of(path)[1] in _NETWORK_FILE_SYSTEMS


def _on_stick(path: Path) -> bool:
    if os.name == "nt":
        return _drive_kind(path) == _DRIVE_REMOVABLE
    device = Path(_mount_of(path)[0]).name
    block = Path("/sys/class/block") / device
    for place in (block, block.resolve().parent) if device else ():
        try:
            return (place / "removable").read_text().strip() == "1"
        except OSError:
            continue
    return False


def _mount_of(path: Path) -> tuple[str, str]:
    """Device and file system that the path is on; empty texts where there is no mount table."""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "", ""
    best, device, kind = "", "", ""
    for line in lines:
        source, point, file_system = line.split(" ")[:3]
        point = point.replace("\\040", " ")
        inside = path == Path(point) or Path(point) in path.parents
        if inside and len(point) >= len(best):
            best, device, kind = point, source, file_system
    return device, kind


_DRIVE_REMOVABLE, _DRIVE_REMOTE = 2, 4  # of the Windows call GetDriveType


def _drive_kind(path: Path) -> int:
    import ctypes

    windows = getattr(ctypes, "windll", None)
    return int(windows.kernel32.GetDriveTypeW(path.anchor)) if windows else 0
