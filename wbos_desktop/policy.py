"""What the school's ICT demands of every WBOS on a computer: a file that users can't change.

Windows  %ProgramData%\\WBOS\\policy.toml
macOS    /Library/Application Support/WBOS/policy.toml
Linux    /etc/wbos/policy.toml

    lock_minutes = 3            at most so many minutes until the lock (1 to 15)
    export_password = true      no export without a password
    capture_block = true        screenshots stay off where the system can do that
    backup_required = true      a warning after 2 days without a backup, not after 7
    backup_folder = "D:\\\\WBOS"  backups go here

A user's own settings can be stricter, never weaker. A file that can't be read counts as the
strictest policy, so that damaging it gains nothing.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from .i18n import _

LOCK_MOST = 15
_LARGEST = 64_000  # bytes
_FOLDER_PROGRAM_DATA = "62ab5d82-fdc1-4dc3-a9dd-070d1d495d97"


@dataclass(frozen=True)
class Policy:
    """The demands; without a file there are none.

    `unread` is True for a file that could not be read; `wrong` names keys that are unknown or
    have an impossible value (those of a known key count as the strictest).
    """

    lock_minutes: int = LOCK_MOST
    export_password: bool = False
    capture_block: bool = False
    backup_required: bool = False
    backup_folder: str = ""
    found: bool = False
    unread: bool = False
    wrong: tuple[str, ...] = field(default=())

    def demands(self, key: str) -> bool:
        """True when the school set this key, such as 'lock_minutes'. Raises AttributeError."""
        return bool(getattr(self, key) != getattr(Policy(), key))

    @property
    def sentence(self) -> str:
        """For ICT: what is wrong with the file; '' when nothing is."""
        if self.unread:
            return _(
                "The settings of the school can't be read. WBOS now works with the strictest"
                " ones. Ask your administrator to look at policy.toml."
            )
        if self.wrong:
            return _(
                "Not everything in policy.toml is understood: {keys}. Ask your administrator."
            ).format(keys=", ".join(self.wrong))
        return ""


STRICTEST = Policy(1, True, True, True, found=True, unread=True)
_KEYS = ("lock_minutes", "export_password", "capture_block", "backup_required", "backup_folder")


def load() -> Policy:
    """The policy of this computer. WBOS_POLICY_FILE, for tests, can only make it stricter."""
    policy = read(machine_file())
    if override := os.environ.get("WBOS_POLICY_FILE"):
        policy = stricter(policy, read(Path(override)))
    return policy


def read(file: Path) -> Policy:
    """The policy in a file; none when there is no such file."""
    try:
        if not file.exists():
            return Policy()
        content = file.read_bytes()
        if len(content) > _LARGEST:
            return STRICTEST
        import tomllib  # few schools have a policy, and the window waits for imports

        found = tomllib.loads(content.decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return STRICTEST
    values = {key: _value(key, found[key]) for key in _KEYS if key in found}
    wrong = [key for key, value in values.items() if value is None]
    values.update((key, getattr(STRICTEST, key)) for key in wrong)
    unknown = [str(key)[:40] for key in found if key not in _KEYS]
    return Policy(**values, found=True, wrong=tuple(sorted([*wrong, *unknown])))


def stricter(one: Policy, other: Policy) -> Policy:
    """Both policies at once: of each demand the stricter one."""
    return Policy(
        lock_minutes=min(one.lock_minutes, other.lock_minutes),
        export_password=one.export_password or other.export_password,
        capture_block=one.capture_block or other.capture_block,
        backup_required=one.backup_required or other.backup_required,
        backup_folder=one.backup_folder or other.backup_folder,
        found=one.found or other.found,
        unread=one.unread or other.unread,
        wrong=tuple(sorted({*one.wrong, *other.wrong})),
    )


def machine_file() -> Path:
    """Where ICT puts the file on this system; not by a variable that a user can set."""
    if sys.platform == "win32":
        return _program_data() / "WBOS" / "policy.toml"
    if sys.platform == "darwin":
        return Path("/Library/Application Support/WBOS/policy.toml")
    return Path("/etc/wbos/policy.toml")


def _value(key: str, value: object) -> Any:
    """The value when it is possible for the key, else None."""
    if key == "lock_minutes":
        return value if type(value) is int and 1 <= value <= LOCK_MOST else None
    if key == "backup_folder":
        return value if isinstance(value, str) and Path(value).is_absolute() else None
    kind = {known.name: known.type for known in fields(Policy)}[key]
    return value if kind == "bool" and isinstance(value, bool) else None


def _program_data() -> Path:
    """Asked of Windows itself, not of a variable. Not tried here, so it has a way out."""
    import ctypes
    import uuid

    usual = Path("C:\\ProgramData")
    try:
        return _known_folder(ctypes, uuid.UUID(_FOLDER_PROGRAM_DATA).bytes_le) or usual
    except (AttributeError, OSError, ctypes.ArgumentError):
        return usual


def _known_folder(ctypes: Any, number: bytes) -> Path | None:
    name = ctypes.c_wchar_p()
    folder = (ctypes.c_ubyte * 16).from_buffer_copy(number)
    shell = ctypes.windll.shell32
    shell.SHGetKnownFolderPath(ctypes.byref(folder), 0, None, ctypes.byref(name))
    found = Path(name.value) if name.value else None
    ctypes.windll.ole32.CoTaskMemFree(name)
    return found
