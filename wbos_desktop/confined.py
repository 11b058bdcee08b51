"""What a process of its own for a file from outside may know and use: little.

The parent starts it with `arguments` and `environment`: no vault, no keys, nothing of the folder
it stands in. The child calls `limit` and `shut_files` before it looks at anything.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from struct import pack

from wbos_desktop.dumps import forbid_dumps

_PASSED_ON = frozenset(
    {"PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "WINDIR", "USERPROFILE"}
)
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/X11/fonts",
    "/etc/fonts",
)
_SYSTEM_FOLDERS = ("/usr", "/lib", "/lib64", "/etc/localtime", *FONT_FOLDERS)

# Landlock of Linux 5.13 and later; the numbers are the same on every processor.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ONLY_VERSION, _PATH_BENEATH = 1, 1
_NO_NEW_PRIVILEGES = 38
_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many kinds a version knows; later ones 16
_NET_RIGHTS = 0b11  # TCP: bind and connect
_OUTSIDE = 0b11  # sockets and signals of other programs


def arguments(module: str, *words: str) -> list[str]:
    """What follows the interpreter to run this module of ours."""
    return ["-P", "-m", module, *words]


def environment() -> dict[str, str]:
    """The few variables that a child needs; the others of this program it does not get."""
    return {name: value for name, value in os.environ.items() if name.upper() in _PASSED_ON}


def limit(*, address_bytes: int = 0, data_bytes: int = 0, seconds: int) -> None:
    """In the child, where the system can: no dump, no file written, an end to memory and time.

    `address_bytes` counts what is reserved too, `data_bytes` only what may be written to; 0 sets
    none. `seconds` are of the processor: a child whose parent was killed ends as well.
    """
    forbid_dumps()
    with contextlib.suppress(ImportError):
        import resource

        wanted = {
            resource.RLIMIT_AS: address_bytes,
            resource.RLIMIT_DATA: data_bytes,
            resource.RLIMIT_CPU: seconds,
        }
        for kind, most in {kind: most for kind, most in wanted.items() if most}.items():
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, (most, most))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def program_folders() -> tuple[str, ...]:
    """Where Python, this program and the parts of the system are that they need."""
    ours = str(Path(__file__).parents[1])
    return (*_SYSTEM_FOLDERS, ours, sys.prefix, sys.base_prefix, *sys.path)


def shut_files(readable: Iterable[str]) -> bool:
    """In the child: from now on it opens nothing but what is below these folders, to read, and
    reaches no network and no other program. False where the system can't do it: only a Linux
    with Landlock can."""
    version = _call(_CREATE_RULESET, None, 0, _ONLY_VERSION)
    if version < 1:
        return False
    rights = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    parts = [rights] + [_NET_RIGHTS] * (version >= 4) + [_OUTSIDE] * (version >= 6)
    wanted = pack(f"={len(parts)}Q", *parts)
    rules = _call(_CREATE_RULESET, wanted, len(wanted), 0)
    if rules < 0:
        return False
    try:
        for place in dict.fromkeys(readable):
            _allow(rules, Path(place))
        ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return _call(_RESTRICT_SELF, rules, 0) == 0
    finally:
        os.close(rules)


def _allow(rules: int, place: Path) -> None:
    try:
        handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # a folder that this system does not have
    rights = _READ_FILE | ((_READ_FOLDER | _EXECUTE) if place.is_dir() else 0)
    try:
        _call(_ADD_RULE, rules, _PATH_BENEATH, pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)


def _call(number: int, *values: object) -> int:
    """A call of the system by its number; -1 where there is none."""
    if sys.platform != "linux":
        return -1
    wide = [ctypes.c_long(value) if isinstance(value, int) else value for value in values]
    return int(ctypes.CDLL(None).syscall(ctypes.c_long(number), *wide))
