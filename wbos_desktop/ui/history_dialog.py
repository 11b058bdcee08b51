"""The history of a record: who changed what and when, and 'put this version back'."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain import history as domain
from wbos_desktop.domain.history import FieldChange, GestureRow, RecordChange, RecordHistory
from wbos_desktop.i18n import _, date_long, date_short, ngettext, time_text
from wbos_desktop.services import history
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Hairline, clear_layout
from wbos_desktop.ui.widgets.chips import Chip
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.labels import Icon, Label, Link

PAGE = 20
"""Gestures that are shown at first, and at each 'show more'."""


def open_history(shell: Shell, table: str, record_id: int, parent: QWidget) -> HistoryDialog:
    """Open the history of a record (services/record_tree.py ROOTS) over its page."""
    dialog = HistoryDialog(shell, table, record_id, parent.window())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


class HistoryDialog(Dialog):
    """All gestures, newest first; a version comes back at once, with undo in the toast."""

    help_code = "safe"

    def __init__(self, shell: Shell, table: str, record_id: int, parent: QWidget | None) -> None:
        super().__init__(_("History"), _("Who changed what, and when"), width=920, parent=parent)
        self.shell = shell
        self._key = (table, record_id)
        self._found: RecordHistory | None = None
        self._names: Counter[str] = Counter()
        self._shown = 0
        self.body.setSpacing(14)
        self.add_button(_("Close"), slot=self.reject)
        self._more: Link | None = None
        self._list = QVBoxLayout()
        self._ask()

    def _ask(self) -> None:
        self.shell.tasks.view(self, history.load_history, *self._key).then(self._show)

    def _show(self, found: RecordHistory) -> None:
        self._found, self._shown = found, 0
        self._names.clear()
        self._more = None
        clear_layout(self.body)
        self._list = QVBoxLayout()
        self._list.setSpacing(14)
        self.body.addLayout(self._list)
        self.body.addStretch(1)
        self.set_heading(_("History"), found.name)
        if not found.gestures:
            self._list.addWidget(
                EmptyState(_("Nothing was changed yet."), _("Each change will stand here."))
            )
        self._show_more()
        if self.isVisible():
            self.refit()

    def _show_more(self) -> None:
        assert self._found is not None
        if self._more is not None:
            self._more.deleteLater()
            self._more = None
        rows = self._found.gestures
        for row in rows[self._shown : self._shown + PAGE]:
            if self._shown:
                self._list.addWidget(Hairline())
            self._list.addWidget(self._block(row))
            self._shown += 1
        left = len(rows) - self._shown
        if left > 0:
            text = ngettext(
                "Show more ({n} earlier change)", "Show more ({n} earlier changes)", left
            )
            self._more = Link(text.format(n=left), "body")
            self._more.clicked.connect(self._show_more)
            self._list.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)

    def _block(self, row: GestureRow) -> QWidget:
        block = QWidget()
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        when = _("{day}, {time}").format(
            day=date_long(row.at.date()), time=time_text(row.at.time())
        )
        head.addWidget(Label(when, "bodyStrong"))
        head.addWidget(Label(row.who, "sub"), 1)
        if row.undone:
            head.addWidget(Chip(_("Taken back"), "arrow-back-up", "state"))
        elif row.undoes:
            head.addWidget(Chip(_("Takes back an earlier change"), "arrow-back-up", "state"))
        column.addLayout(head)
        for change in row.changes:
            self._add_change(column, row, change)
        return block

    def _add_change(self, column: QVBoxLayout, row: GestureRow, change: RecordChange) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        words = f"{change.subject} · {_what(change.what)}" if change.subject else _what(change.what)
        line.addWidget(Label(words, "small", wrap=True), 1)
        if change.version is not None:
            button = Button(_("Put this version back"), "secondary", "arrow-back-up", size="small")
            button.setAccessibleName(self._name(row, words, change))
            button.clicked.connect(lambda _on=False: self._restore(row, change, button))
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(line)
        if change.fields:
            column.addLayout(_table(change.fields, made=change.what == domain.ADDED))

    def _name(self, row: GestureRow, words: str, change: RecordChange) -> str:
        """Which version a button puts back; no two of them are called the same."""
        labels = ", ".join(one.label for one in change.fields)
        what = f"{words} ({labels})" if labels else words
        text = _("Put the version of {moment} back: {what}")
        name = text.format(moment=_moment(row), what=what)
        self._names[name] += 1
        again = self._names[name]
        return name if again == 1 else f"{name} ({again})"

    def _restore(self, row: GestureRow, change: RecordChange, button: Button) -> None:
        assert change.version is not None
        button.setEnabled(False)
        arguments = (change.table, change.record_id, row.gesture, change.version)
        task = self.shell.tasks.write(self, history.restore_version, *arguments)
        text = _("The version of {moment} is back.").format(moment=_moment(row))
        task.then(lambda _answer: self._restored(text))
        task.finally_(lambda: button.setEnabled(True))

    def _restored(self, text: str) -> None:
        self.accept()
        self.shell.messages.toast(text, undo_last=True)


def _moment(row: GestureRow) -> str:
    return _("{day}, {time}").format(day=date_short(row.at.date()), time=time_text(row.at.time()))


def _what(what: str) -> str:
    return {
        domain.ADDED: _("Added"),
        domain.CHANGED: _("Changed"),
        domain.REMOVED: _("Taken away"),
        domain.RESTORED: _("Put back"),
    }[what]


def _table(fields: tuple[FieldChange, ...], *, made: bool) -> QGridLayout:
    """Label, before, arrow, after; texts in full, so that they can be read and copied."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    grid.setColumnMinimumWidth(0, 150)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(3, 0 if made else 1)
    top = Qt.AlignmentFlag.AlignTop
    for place, one in enumerate(fields):
        grid.addWidget(Label(one.label, "captionStrong", wrap=True), place, 0, top)
        if made:
            grid.addWidget(_value(one.after), place, 1, top)
            continue
        grid.addWidget(_value(one.before, old=True), place, 1, top)
        grid.addWidget(Icon("arrow-right", 16, "text.secondary"), place, 2, top)
        grid.addWidget(_value(one.after), place, 3, top)
    return grid


def _value(text: str, *, old: bool = False) -> Label:
    role = "text.secondary" if old or not text else "text.primary"
    return Label(text or _("empty"), "body", color=role, wrap=True, selectable=bool(text))
