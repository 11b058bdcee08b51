"""Asks the password that a file will open with, before its place is asked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.reports import ExportOptions
from wbos_desktop.errors import Invalid
from wbos_desktop.i18n import _
from wbos_desktop.services import exports

from .shell import Shell
from .widgets.dialog import Dialog
from .widgets.fields import PasswordField
from .widgets.form import FormRow


class FilePasswordDialog(Dialog):
    """One field; empty means no password where the school allows that."""

    help_code = "exports"

    def __init__(
        self, shell: Shell, then: Callable[[str], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Password of the file"), width=480, parent=parent)
        self._then = then
        self.field = PasswordField(_("Password of the file"))
        optional = not shell.settings.policy.export_password
        hint = _("Tell it in another way than the file goes. WBOS does not keep it.")
        label = _("Password of the file")
        self.row = FormRow(label, self.field, optional=optional, hint=hint)
        self.body.addWidget(self.row)
        self.body.addStretch(1)
        self.add_button(_("Don't export"), slot=self.reject)
        self.go_button = self.add_button(_("Choose where"), "primary", "download", self._go)

    def _go(self) -> None:
        password = self.field.text()
        try:
            exports.demand_password(ExportOptions(password=password))
        except Invalid as error:
            self.row.set_error(error.fields["password"])
            return
        self.accept()
        self._then(password)


def ask_file_password(shell: Shell, owner: QWidget, then: Callable[[str], object]) -> None:
    """Call `then` with the password, or with '' when none is wanted and none demanded."""
    dialog = FilePasswordDialog(shell, then, owner.window())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
