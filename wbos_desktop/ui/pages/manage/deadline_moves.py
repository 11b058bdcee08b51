"""After a change of the calendar: which deadlines would move, shown before anything moves."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from wbos_desktop.domain.cases import MovedStep
from wbos_desktop.errors import UserError
from wbos_desktop.i18n import _, date_short, ngettext
from wbos_desktop.services import steps
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.message_strip import MessageStrip


class DeadlineMoves(QWidget):
    """A strip that appears when steps have another day by the calendar than the one stored."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shell = shell
        self.moves: list[MovedStep] = []
        self._asked: Task[Any] | None = None
        self.strip = MessageStrip(closable=False)
        self.strip.action.connect(self._look)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.strip)
        self.hide()
        shell.tasks.changed.connect(self._changed)

    def _changed(self, tables: set[str]) -> None:
        if "case_steps" in tables and self.moves:
            self.refresh()

    def refresh(self) -> None:
        """Ask again which steps would move."""
        self._asked = (
            self.shell.tasks.read(self, steps.preview_calendar)
            .then(self._show)
            .instead_of(self._asked)
        )

    def _show(self, moves: list[MovedStep]) -> None:
        self.moves = moves
        self.setVisible(bool(moves))
        if moves:
            text = ngettext(
                "{n} step gets another day by this calendar. Nothing has moved yet.",
                "{n} steps get another day by this calendar. Nothing has moved yet.",
                len(moves),
            )
            self.strip.show_message(text, "warning", _("Look"))

    def _look(self) -> None:
        MovesDialog(self.shell, self.moves, self.window()).open()


class MovesDialog(Dialog):
    """Every step with its day before and after; one button moves them all."""

    def __init__(self, shell: Shell, moves: list[MovedStep], parent: QWidget) -> None:
        super().__init__(
            _("Move deadlines to the calendar?"),
            _("Steps that you moved yourself stay where they are."),
            width=640,
            height=560,
            parent=parent,
        )
        self.shell = shell
        self._ids = [move.id for move in moves]
        for move in sorted(moves, key=lambda m: (m.case_number, m.before or m.after)):
            before = date_short(move.before) if move.before else ""
            after = date_short(move.after) if move.after else ""
            self.body.addWidget(
                Label(f"{move.case_number} · {move.title}", "smallStrong", wrap=True)
            )
            change = _("{before} becomes {after}").format(before=before, after=after)
            self.body.addWidget(Label(change, "caption", wrap=True))
        self.body.addStretch(1)
        self.add_button(_("Leave it"), slot=self.reject)
        self.move_button = self.add_button(_("Move deadlines"), "primary", "check", self._move)

    def _move(self) -> None:
        self.move_button.setEnabled(False)
        task = self.shell.tasks.write(self, steps.apply_calendar, self._ids)
        task.then(self._moved).failed(self._failed)

    def _moved(self, count: int) -> None:
        self.accept()
        text = ngettext("{n} deadline moved.", "{n} deadlines moved.", count)
        self.shell.messages.toast(text, undo_last=True)

    def _failed(self, error: UserError) -> None:
        self.move_button.setEnabled(True)
        self.shell.messages.show_error(self, error)
