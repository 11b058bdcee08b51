"""What the unlock and welcome pages need before a vault is open."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wbos_desktop.vault import passphrase, recovery, slots, tries
from wbos_desktop.vault.recovery import RecoveryCode

from .create import NewVault
from .opening import OpenVault, open_vault
from .people import set_passphrase

__all__ = ["NewVault", "OpenVault", "RecoveryCode"]


def open_with_passphrase(folder: Path, secret: str) -> OpenVault:
    """See `opening.open_vault`."""
    return open_vault(folder, secret)


def open_with_code(folder: Path, typed: str) -> OpenVault:
    """Open with the recovery code as typed. Raises Invalid too, when it can't be a code."""
    return open_vault(folder, recovery.parse_code(typed).characters, kind=slots.RECOVERY)


def renew_passphrase(vault: OpenVault, new: str) -> OpenVault:
    """After `open_with_code`: set a new passphrase, and give the open vault back."""
    set_passphrase(vault, new)
    return vault


def new_code() -> RecoveryCode:
    """A code to show; it becomes valid with the vault made with it."""
    return recovery.new_code()


def wait_seconds(folder: Path) -> int:
    """How long the next try must wait; 0 if it may come now."""
    return tries.wait_seconds(folder)


def passphrase_problem(text: str, known_names: Iterable[str] = ()) -> str:
    """What is wrong with a new passphrase, in one sentence; '' when it is good."""
    return passphrase.passphrase_problem(text, known_names)
