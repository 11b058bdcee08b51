"""What a process of its own for a file from outside may know and use: little.

The parent starts it with `arguments` and `environment`: no vault, no keys, nothing of the folder
it stands in. The child calls `limit` before it looks at anything.
"""

from __future__ import annotations

import contextlib
import os

from wbos_desktop.dumps import forbid_dumps

_PASSED_ON = frozenset(
    {"PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "WINDIR", "USERPROFILE"}
)


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
