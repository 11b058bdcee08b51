"""The log of a case: newest first under day headings; lines of the program are muted."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.cases import CaseRow, LogRow
from wbos_desktop.i18n import _, date_long, time_text
from wbos_desktop.ui.widgets.cards import Card, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.labels import Icon, Label

_ICONS = {"note": "note", "call": "message-circle", "system": "history"}


class LogView(ScrollPage):
    """Every line with time and who wrote it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)

    def show_case(self, case: CaseRow) -> None:
        """Build the list anew."""
        clear_layout(self.body)
        if not case.log:
            text = _("What you do in this case is written down here.")
            self.body.addWidget(EmptyState(_("Nothing in the log yet."), text))
        day: dt.date | None = None
        card: Card | None = None
        for line in case.log:
            moment = line.at.astimezone()
            if moment.date() != day or card is None:
                day = moment.date()
                card = Card(date_long(day))
                self.body.addWidget(card)
            card.body.addLayout(_line(line, moment))
        self.body.addStretch(1)


def _line(line: LogRow, moment: dt.datetime) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(10)
    system = line.kind == "system"
    ink = "text.muted" if system else "text.secondary"
    row.addWidget(Icon(_ICONS.get(line.kind, "note"), 18, ink), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(1)
    role, color = ("small", "text.secondary") if system else ("body", None)
    words.addWidget(Label(line.text, role, color=color, wrap=True, selectable=not system))
    by = f"{time_text(moment.time())} · {line.by}" if line.by else time_text(moment.time())
    words.addWidget(Label(by, "caption"))
    row.addLayout(words, 1)
    return row
