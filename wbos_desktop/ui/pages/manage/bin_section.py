"""Prullenbak: what was taken away, until when it can be put back, and erasing it sooner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain import removed as rules
from wbos_desktop.domain.removed import BinRow
from wbos_desktop.domain.retention import DestructionRow
from wbos_desktop.i18n import _, date_short, ngettext
from wbos_desktop.services import removed
from wbos_desktop.ui import erasing
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Hairline, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.chips import Chip
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.labels import ElidedLabel, Link

from .same_focus import keeps_focus
from .section import Section

PAGE = 50
"""Rows that are shown at first, and at each 'show more'."""


class BinSection(Section):
    """A line for each thing with its date and 'put back'; coordinators may empty it sooner."""

    def __init__(self, shell: Shell) -> None:
        about = _("What was taken away can be put back for {n} days. Then it is erased.")
        super().__init__(shell, _("The bin"), about.format(n=rules.DAYS))
        self._asked: Task[Any] | None = None
        self._rows: list[BinRow] = []
        self._limit = PAGE
        self.empty_button = Button(_("Empty the bin"), "danger", "trash")
        self.empty_button.clicked.connect(self._ask_to_empty)
        self.empty_button.hide()
        self.add_tool(self.empty_button)
        self.pane = ScrollPage()
        self.pane.body.setSpacing(0)
        self.body.addWidget(self.pane, 1)

    def refresh(self) -> None:
        """Ask what lies in the bin."""
        self._asked = self.read(removed.list_bin).then(self._show).instead_of(self._asked)

    @keeps_focus
    def _show(self, rows: list[BinRow]) -> None:
        self._rows = rows
        self.empty_button.setVisible(bool(rows) and self.may_change)
        clear_layout(self.pane.body)
        if not rows:
            text = _("What you take away lies here for {n} days.").format(n=rules.DAYS)
            empty = EmptyState(_("The bin is empty."), text, picture=False, icon="trash")
            self.pane.body.addWidget(empty, 1)
            return
        for place, row in enumerate(rows[: self._limit]):
            if place:
                self.pane.body.addWidget(Hairline())
            self.pane.body.addWidget(self._line(row))
        if len(rows) > self._limit:
            more = Link(_("Show more"), "body")
            more.clicked.connect(self._show_more)
            self.pane.body.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
        self.pane.body.addStretch(1)

    def _show_more(self) -> None:
        self._limit += PAGE
        self._show(self._rows)

    def _line(self, row: BinRow) -> QWidget:
        line = QWidget()
        place = QHBoxLayout(line)
        place.setContentsMargins(0, 8, 0, 8)
        place.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(row.name or row.what, "bodyStrong"))
        removed_on = date_short(row.removed_at.date())
        sub = _("{what} · taken away on {day} by {who}")
        words.addWidget(
            ElidedLabel(sub.format(what=row.what, day=removed_on, who=row.removed_by), "caption")
        )
        place.addLayout(words, 1)
        text = _("Is erased today") if row.due else _("Until {day}")
        place.addWidget(Chip(text.format(day=date_short(row.empties_on)), "clock", "state"))
        button = Button(_("Put it back"), "secondary", "arrow-back-up", size="small")
        button.setAccessibleName(_("Put {name} back").format(name=row.name or row.what))
        button.clicked.connect(lambda _on=False: self._put_back(row))
        place.addWidget(button)
        return line

    def _put_back(self, row: BinRow) -> None:
        text = _("Put back: {name}").format(name=row.name or row.what)
        task = self.write(removed.put_back, row.table, row.record_id)
        task.then(lambda _answer: self.shell.messages.toast(text, undo_last=True))

    def _ask_to_empty(self) -> None:
        keys = [(row.table, row.record_id) for row in self._rows]
        n = len(keys)
        self.shell.messages.ask(
            self,
            ngettext("Erase {n} thing?", "Erase {n} things?", n).format(n=n),
            _("It is erased for good, also from its history. Undo can’t bring it back."),
            yes=ngettext("Erase {n} thing", "Erase {n} things", n).format(n=n),
            no=_("Keep"),
            then=lambda: self._empty(keys),
            danger=True,
            word=_("erase") if n > 20 else "",
        )

    def _empty(self, keys: Sequence[tuple[str, int]]) -> None:
        self.empty_button.setEnabled(False)
        self.write(removed.begin_emptying, keys).then(self._begun).failed(self._failed)

    def _begun(self, job: int) -> None:
        task = erasing.carry_out(self.shell, self, job)
        task.then(self._emptied).failed(self._failed).stopped(self._released)

    def _emptied(self, _row: DestructionRow) -> None:
        self._released()
        self.shell.messages.toast(_("The bin is empty."))

    def _failed(self, error: Any) -> None:
        self._released()
        self.shell.messages.show_error(self, error)

    def _released(self) -> None:
        self.empty_button.setEnabled(True)
        self.refresh()
