"""Settings of this laptop, outside the vault: an allow-list, so that no name can land here."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import paths
from .policy import Policy, load


def _one_of(*values: object) -> Callable[[object], bool]:
    return lambda value: value in values


def _whole(low: int, high: int) -> Callable[[object], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _hex(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 4096 and all(c in _HEX for c in value)


_HEX = frozenset("0123456789abcdef")
_PAGES = ("today", "groups", "incidents", "scenarios", "meetings", "manage")

# key -> (default, test of a value)
_ALLOWED: dict[str, tuple[Any, Callable[[object], bool]]] = {
    "language": ("", _one_of("", "nl", "en")),
    "theme": ("system", _one_of("system", "light", "dark")),
    "text_size": (100, _one_of(100, 115, 130)),
    "lock_minutes": (5, _whole(1, 15)),
    "capture_block": (True, lambda value: isinstance(value, bool)),
    "geometry": ("", _hex),
    "last_page": ("today", _one_of(*_PAGES)),
    "last_vault": ("own", _one_of("own", "demo")),
}


class Settings:
    """Values by key. A missing, damaged or strange file gives the defaults.

    Keys: language ('' follows the system), theme, text_size (percent), lock_minutes,
    capture_block, geometry (hexadecimal), last_page, last_vault. The `policy` of the school is
    above them.
    """

    def __init__(self, file: Path | None = None, policy: Policy | None = None) -> None:
        self.policy = load() if policy is None else policy
        self._file = file if file is not None else paths.data_dir() / "settings.json"
        self._values = {key: default for key, (default, _test) in _ALLOWED.items()}
        self._values.update(self._read())

    def get(self, key: str) -> Any:
        """The value of an allow-listed key, no weaker than the policy. Raises KeyError."""
        if key == "lock_minutes":
            return min(self._values[key], self.policy.lock_minutes)
        if key == "capture_block":
            return self._values[key] or self.policy.capture_block
        return self._values[key]

    def set(self, key: str, value: object) -> None:
        """Keep a value and write the file. Raises ValueError when key or value is not allowed."""
        if key not in _ALLOWED or not _ALLOWED[key][1](value):
            raise ValueError(key)
        if self._values[key] != value:
            self._values[key] = value
            self._write()

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {k: v for k, v in found.items() if k in _ALLOWED and _ALLOWED[k][1](v)}

    def _write(self) -> None:
        """Beside, then renamed. A folder that can't be written loses settings, nothing else."""
        part = self._file.with_suffix(".part")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(self._values, indent=1), "utf-8")
            os.replace(part, self._file)
        except OSError:
            part.unlink(missing_ok=True)
