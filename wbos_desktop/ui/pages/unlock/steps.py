"""Steps that unlock and set-up share, and the worker's side of them.

The workspace is imported by the functions that run on the worker: the window must show before
the database is loaded.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wbos_desktop.i18n import _
from wbos_desktop.ui.widgets.new_secret import NewSecret

from .door import Panel

if TYPE_CHECKING:
    from wbos_desktop.progress import Progress
    from wbos_desktop.workspace.create import NewVault
    from wbos_desktop.workspace.entrance import RecoveryCode
    from wbos_desktop.workspace.opening import OpenVault


def open_with_passphrase(folder: Path, secret: str) -> OpenVault:
    """Raises the VaultErrors of errors.py."""
    from wbos_desktop.workspace import entrance

    return entrance.open_with_passphrase(folder, secret)


def open_with_code(folder: Path, typed: str) -> OpenVault:
    """Raises the VaultErrors of errors.py, and Invalid when it can't be a code."""
    from wbos_desktop.workspace import entrance

    return entrance.open_with_code(folder, typed)


def renew_passphrase(vault: OpenVault, secret: str) -> OpenVault:
    """Raises Invalid when the passphrase is too easy to guess."""
    from wbos_desktop.workspace import entrance

    return entrance.renew_passphrase(vault, secret)


def passphrase_problem(secret: str, names: tuple[str, ...]) -> str:
    """One sentence, or '' when it is good."""
    from wbos_desktop.workspace import entrance

    return entrance.passphrase_problem(secret, names)


def new_code() -> RecoveryCode:
    """A recovery code to show."""
    from wbos_desktop.workspace import entrance

    return entrance.new_code()


def make_vault(folder: Path, secret: str, new: NewVault, code: RecoveryCode) -> OpenVault:
    """A new vault with its start catalogues, open. Raises Invalid or StorageError."""
    from wbos_desktop import vaults
    from wbos_desktop.workspace import entrance

    vaults.make_vault(folder, secret, new, code=code)
    return entrance.open_with_passphrase(folder, secret)


def make_example(progress: Progress, folder: Path) -> OpenVault:
    """The example school in its own vault, made when it is not there yet, open.

    It lives on the day of today. Raises Cancelled; then no vault is left.
    """
    from wbos_desktop import vaults

    if not (folder / "keys.json").exists():
        vaults.make_example(folder, dt.date.today(), progress=progress)
    return vaults.open_example(folder)


def open_example(folder: Path) -> OpenVault:
    """The example school, with its published passphrase."""
    from wbos_desktop import vaults

    return vaults.open_example(folder)


class NewPassphrasePanel(Panel):
    """A new password, twice, with feedback on the rules. `chosen` carries it."""

    chosen = Signal(str)

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(title, text, parent)
        self.names: tuple[str, ...] = ()
        self.pair = NewSecret(lambda secret: passphrase_problem(secret, self.names))
        self.secret, self.again = self.pair.secret, self.pair.again
        self.pair.entered.connect(self._choose)
        self.body.addWidget(self.pair)
        self.button = self.add_primary(_("Continue"), "arrow-right")
        self.button.clicked.connect(self._choose)

    def focus_first(self) -> None:
        """The first field."""
        self.secret.field.setFocus()

    def clear(self) -> None:
        """Forget both texts."""
        self.pair.clear()

    def fail(self, sentence: str) -> None:
        """Show why the password was refused."""
        self.secret.fail(sentence)

    def _choose(self) -> None:
        if self.button.isEnabled() and self.pair.check():
            self.chosen.emit(self.secret.value())
