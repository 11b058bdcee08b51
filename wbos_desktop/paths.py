"""Folders of this program on this machine, and the files it ships."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

# Not importlib.resources: it loads archive modules that no start needs.
_RESOURCES = Path(str(importlib.import_module("wbos_desktop.resources").__file__)).parent


def resource(*parts: str) -> Path:
    """Path of a shipped file, such as resource("icons", "outline", "home.svg")."""
    for part in parts:
        if part in ("", ".", "..") or "/" in part or "\\" in part:
            raise ValueError(part)
    return _RESOURCES.joinpath(*parts)


def resource_bytes(*parts: str) -> bytes:
    """Content of a shipped file. Raises FileNotFoundError."""
    return resource(*parts).read_bytes()


def data_dir() -> Path:
    """The local (never roaming or synced) folder for vaults and settings of this user."""
    if override := os.environ.get("WBOS_DATA_DIR"):
        return Path(override)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "WBOS"


def default_vault() -> Path:
    """The vault folder that the window opens when none is given."""
    return data_dir() / "vault"


def demo_vault() -> Path:
    """The vault folder of the example school made from the welcome page."""
    return data_dir() / "voorbeeldschool"
