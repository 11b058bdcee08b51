"""The recovery code: shown once, printed or copied if wanted, and typed again to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.i18n import _
from wbos_desktop.ui.clipboard import SECONDS, Clipboard
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Card
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
        self._clipboard = clipboard
        self._code: RecoveryCode | None = None
        self.body.addWidget(self._card())
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
        groups = code.text.split("-")
        self.lines[0].setText(" - ".join(groups[:4]))
        self.lines[1].setText(" - ".join(groups[4:]))

    def focus_first(self) -> None:
        """The field to type the code in."""
        self.field.setFocus()

    def clear(self) -> None:
        """Forget the code."""
        self._code = None
        self.field.clear()
        for line in self.lines:
            line.clear()

    def _card(self) -> Card:
        card = Card(ground="surface.sunken")
        self.lines = (Label("", "h2", selectable=True), Label("", "h2", selectable=True))
        column = QVBoxLayout()
        column.setSpacing(2)
        for line in self.lines:
            line.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(line)
        card.body.addLayout(column)
        row = QHBoxLayout()
        self.copy = Button(_("Copy"), "ghost", "file-text")
        self.copy.clicked.connect(self._copy)
        self.print = Button(_("Print"), "ghost", "printer")
        self.print.clicked.connect(self._print)
        row.addStretch(1)
        row.addWidget(self.copy)
        row.addWidget(self.print)
        row.addStretch(1)
        card.body.addLayout(row)
        self.note = Label("", "caption", wrap=True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.hide()
        card.body.addWidget(self.note)
        return card

    def _copy(self) -> None:
        if self._code is not None:
            self._clipboard.copy(self._code.text)
            text = _("Copied. The clipboard is emptied after {n} seconds.")
            self.note.setText(text.format(n=SECONDS))
            self.note.show()

    def _print(self) -> None:
        from .code_print import print_code

        if self._code is not None:
            print_code(self, self._code.text)

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
