"""On a laptop without a vault: put a backup of another laptop back, as main copy or to read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wbos_desktop.i18n import _
from wbos_desktop.ui.widgets.form_row import FormRow
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.pills import PillGroup
from wbos_desktop.ui.widgets.secret_row import SecretRow

from .door import Panel

if TYPE_CHECKING:
    from wbos_desktop.domain.backups import BackupHeader
    from wbos_desktop.progress import Progress
    from wbos_desktop.workspace.opening import OpenVault

FILTER = "WBOS (*.wbos)"


class MovedPanel(Panel):
    """What is in the file, whether this becomes the main copy, and the password of that day.

    `put_asked` carries the password and whether it becomes the main copy.
    """

    put_asked = Signal(str, bool)
    back_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Put back on this laptop"), parent=parent)
        self._moment = Label("", "bodyStrong", wrap=True)
        self._counts = Label("", "sub", wrap=True)
        self.body.addWidget(self._moment)
        self.body.addWidget(self._counts)
        choices = [("main", _("Main copy")), ("read", _("To read only"))]
        self.kind = PillGroup(choices, _("What is it for?"))
        self.kind.set_value("main")
        hint = _("You work in the main copy. The old laptop can then only read.")
        self.body.addWidget(FormRow(_("What is it for?"), self.kind, hint=hint))
        self.secret = SecretRow(_("Password of that day"))
        self.secret.entered.connect(self._ask)
        self.body.addWidget(self.secret)
        self.button = self.add_primary(_("Restore backup"), "history")
        self.button.clicked.connect(self._ask)
        self.back = self.add_link(_("Back"))
        self.back.clicked.connect(self.back_asked)

    def show_header(self, header: BackupHeader) -> None:
        """Say when it was made and what is in it."""
        from wbos_desktop.domain.backups import counts_text, moment_text

        text = _("Backup of {moment}").format(moment=moment_text(header.made_at))
        self._moment.setText(text)
        self._counts.setText(counts_text(header.counts))

    def _ask(self) -> None:
        if not self.button.isEnabled():
            return
        if self.secret.value():
            self.put_asked.emit(self.secret.value(), self.kind.value() != "read")
        else:
            self.secret.fail(_("Type the password that WBOS had on that day."))


def read_header(file: Path) -> BackupHeader:
    """What a backup says of itself. Raises NotOurVault, NewerVault, DamagedVault, StorageError."""
    from wbos_desktop.workspace import backup_reading

    return backup_reading.read_header(file)


def put_here(progress: Progress, folder: Path, file: Path, secret: str, main: bool) -> OpenVault:
    """Make the vault of a backup in a folder without one, and open it.

    Raises WrongPassphrase, DamagedVault, Invalid, StorageError or Cancelled; then nothing is there.
    """
    from wbos_desktop.workspace import entrance, restoring

    restoring.restore_to(folder, file, secret, progress, main=main)
    return entrance.open_with_passphrase(folder, secret)
