"""Change the password that opens the vault."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from wbos_desktop.errors import Invalid, KeyWaits, TooManyTries, UserError, WrongPassphrase
from wbos_desktop.i18n import _
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.fields import CheckBox, PasswordField
from wbos_desktop.ui.widgets.form import FormRow
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.workspace import people as ways_in


class PassphraseDialog(Dialog):
    """Old password, new one twice; the data itself is not rewritten."""

    def __init__(self, shell: Shell, parent: QWidget | None) -> None:
        super().__init__(_("Change password"), width=520, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell = shell
        self.old = PasswordField(_("Your password now"))
        self.new = PasswordField(_("New password"))
        self.again = PasswordField(_("New password again"))
        self.rows = {
            "old": FormRow(_("Your password now"), self.old),
            "passphrase": FormRow(
                _("New password"),
                self.new,
                hint=_("At least 12 characters. Four words in a row work well."),
            ),
            "again": FormRow(_("New password again"), self.again),
        }
        for row in self.rows.values():
            self.body.addWidget(row)
        self.leaked = CheckBox(_("Somebody else may know the old password"))
        self.body.addWidget(self.leaked)
        about = _("The vault then gets a new key, too. Older copies open nothing that you add.")
        self.body.addWidget(Label(about, "caption", wrap=True))
        self.body.addStretch(1)
        self.add_button(_("Cancel"), slot=self.reject)
        self.save_button: Button = self.add_button(
            _("Change password"), "primary", "key", slot=self.save
        )

    def save(self) -> None:
        """Check the new password twice, then put the vault under it."""
        for row in self.rows.values():
            row.set_error("")
        if self.new.value() != self.again.value():
            self._mark("again", _("The two new passwords differ."))
            return
        vault = self.shell.vault
        workspace = self.shell.tasks.workspace
        if vault is None or workspace is None:
            return
        if workspace.read_only:
            self.shell.messages.strip(self, workspace.read_only)
            return
        self.save_button.setEnabled(False)
        self.set_footer(_("One moment: the vault gets a new key ring."))
        work = partial(
            ways_in.change_passphrase,
            vault,
            self.old.value(),
            self.new.value(),
            leaked=self.leaked.value(),
        )
        task = self.shell.tasks.end(self, work)
        task.then(self._changed).failed(self._failed).finally_(self._ready)

    def _changed(self, _none: None) -> None:
        self.shell.messages.toast(_("Password changed."))
        self.accept()

    def _failed(self, error: UserError) -> None:
        if isinstance(error, Invalid):
            self._mark("passphrase", error.fields.get("passphrase", error.message))
        elif isinstance(error, WrongPassphrase | TooManyTries):
            self._mark("old", error.message)
        elif isinstance(error, KeyWaits):
            self.shell.messages.toast(error.message)
            self.accept()
        else:
            self.shell.messages.show_error(self, error)

    def _ready(self) -> None:
        self.save_button.setEnabled(True)
        self.set_footer("")

    def _mark(self, name: str, sentence: str) -> None:
        self.rows[name].set_error(sentence)
        self.rows[name].widget.setFocus()
