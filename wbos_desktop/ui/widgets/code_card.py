"""A recovery code to read, with buttons to copy and to print it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from wbos_desktop.i18n import _
from wbos_desktop.ui.clipboard import SECONDS, Clipboard

from .buttons import Button
from .cards import Card
from .labels import Label


class CodeCard(Card):
    """Shows one code in two lines; `clear` forgets it. `printed` when it went to a printer."""

    printed = Signal()

    def __init__(self, clipboard: Clipboard) -> None:
        super().__init__(ground="surface.sunken")
        self._clipboard = clipboard
        self._code = ""
        self.lines = (Label("", "h2", selectable=True), Label("", "h2", selectable=True))
        column = QVBoxLayout()
        column.setSpacing(2)
        for line in self.lines:
            line.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(line)
        self.body.addLayout(column)
        self.copy = Button(_("Copy"), "ghost", "file-text")
        self.copy.clicked.connect(self._copy)
        self.print = Button(_("Print"), "ghost", "printer")
        self.print.clicked.connect(self._print)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.copy)
        row.addWidget(self.print)
        row.addStretch(1)
        self.body.addLayout(row)
        self.note = Label("", "caption", wrap=True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.hide()
        self.body.addWidget(self.note)

    def show_code(self, text: str) -> None:
        """Show a code, groups of four with '-' between."""
        self._code = text
        groups = text.split("-")
        self.lines[0].setText(" - ".join(groups[:4]))
        self.lines[1].setText(" - ".join(groups[4:]))

    def clear(self) -> None:
        """Forget the code."""
        self._code = ""
        for line in self.lines:
            line.clear()

    def _copy(self) -> None:
        if self._code:
            self._clipboard.copy(self._code)
            text = _("Copied. The clipboard is emptied after {n} seconds.")
            self.note.setText(text.format(n=SECONDS))
            self.note.show()

    def _print(self) -> None:
        from wbos_desktop.ui.code_print import print_code

        if self._code:
            print_code(self, self._code, self.printed.emit)
