"""The recovery code: shown once, printed or copied if wanted, and typed again to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wbos_desktop.i18n import _
from wbos_desktop.ui.clipboard import Clipboard
from wbos_desktop.ui.widgets.code_card import CodeCard
from wbos_desktop.ui.widgets.fields import TextField
from wbos_desktop.ui.widgets.form_row import FormRow
from wbos_desktop.ui.widgets.labels import Label

from .door import Panel

if TYPE_CHECKING:
    from wbos_desktop.workspace.entrance import RecoveryCode


class ShowCodePanel(Panel):
    """`confirmed` when the code was typed again rightly."""

    confirmed = Signal()

    def __init__(self, clipboard: Clipboard, parent: QWidget | None = None) -> None:
        text = _("If you forget your password, only this code opens the vault. Keep it on paper.")
        super().__init__(_("Your recovery code"), text, parent)
        self._code: RecoveryCode | None = None
        self.card = CodeCard(clipboard)
        self.lines, self.copy, self.print = self.card.lines, self.card.copy, self.card.print
        self.note = self.card.note
        self.was_printed = False
        self.card.printed.connect(self._printed)
        self.body.addWidget(self.card)
        lost = _("Without password and recovery code nobody can reach the data. Not even we.")
        self.body.addWidget(Label(lost, "sub", wrap=True))
        self.field = TextField(_("Type the code again"), max_length=80)
        self.field.returnPressed.connect(self._confirm)
        self.row = FormRow(_("Type the code again"), self.field)
        self.body.addWidget(self.row)
        self.button = self.add_primary(_("I keep this code"), "check")
        self.button.clicked.connect(self._confirm)

    def show_code(self, code: RecoveryCode) -> None:
        """Show a code; it is shown in this step only."""
        self._code = code
        self.card.show_code(code.text)

    def focus_first(self) -> None:
        """The field to type the code in."""
        self.field.setFocus()

    def clear(self) -> None:
        """Forget the code."""
        self._code = None
        self.field.clear()
        self.card.clear()

    def _printed(self) -> None:
        self.was_printed = True

    def _confirm(self) -> None:
        if self._code is None or not self.button.isEnabled():
            return
        if self._code.matches(self.field.text()):
            self.row.set_error("")
            self.confirmed.emit()
        else:
            self.row.set_error(_("This is not the code above. Look again."))
            self.field.setFocus()
            self.field.selectAll()
