"""A new recovery code: shown once, typed again, then the old one stops working."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from wbos_desktop.errors import KeyWaits, UserError
from wbos_desktop.i18n import _
from wbos_desktop.services import users
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.code_card import CodeCard
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.fields import TextField
from wbos_desktop.ui.widgets.form_row import FormRow
from wbos_desktop.ui.widgets.secret_row import SecretRow
from wbos_desktop.workspace import entrance
from wbos_desktop.workspace import people as ways_in


class RecoveryCodeDialog(Dialog):
    """Nothing changes before the code was typed again rightly and the password is right."""

    def __init__(self, shell: Shell, parent: QWidget | None) -> None:
        about = _("Write it down or print it. The old code works until you confirm this one.")
        super().__init__(_("New recovery code"), about, width=560, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell = shell
        self.code = entrance.new_code()
        self.card = CodeCard(shell.clipboard)
        self.card.show_code(self.code.text)
        self.card.printed.connect(self._printed)
        self.field = TextField(_("Type the code again"), max_length=80)
        self.row = FormRow(_("Type the code again"), self.field)
        self.secret = SecretRow(_("Your password now"))
        self.field.returnPressed.connect(self.secret.field.setFocus)
        self.secret.entered.connect(self.save)
        for widget in (self.card, self.row, self.secret):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.add_button(_("Cancel"), slot=self.reject)
        self.save_button = self.add_button(_("I keep this code"), "primary", "check", self.save)

    def save(self) -> None:
        """Let the new code replace the old one."""
        vault = self.shell.vault
        if vault is None or not self.save_button.isEnabled():
            return
        self.row.set_error("")
        self.secret.row.set_error("")
        if not self.code.matches(self.field.text()):
            self.row.set_error(_("This is not the code above. Look again."))
            self.field.setFocus()
            self.field.selectAll()
            return
        self.save_button.setEnabled(False)
        self.set_footer(_("One moment: the vault gets a new key."))
        work = partial(ways_in.new_recovery_code, vault, self.secret.value(), code=self.code)
        self.shell.tasks.end(self, work).then(self._saved).failed(self._failed).finally_(
            self._ready
        )

    def _printed(self) -> None:
        self.shell.tasks.view(self, users.note_code_printed)

    def _saved(self, _code: object) -> None:
        self.card.clear()
        self.shell.messages.toast(_("The new recovery code works. Destroy the old paper."))
        self.accept()

    def _failed(self, error: UserError) -> None:
        if isinstance(error, KeyWaits):  # the old code is dead: nobody may go back to it
            self.card.clear()
            self.shell.messages.toast(error.message)
            self.accept()
        else:
            self.secret.fail(error.message)

    def _ready(self) -> None:
        self.save_button.setEnabled(True)
        self.set_footer("")
