"""All meetings: planned ones first, then held ones."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wbos_desktop.domain.meetings import MeetingRow, kind_text, when_text
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.ui.widgets.cards import Card, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.chips import Chip
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.labels import Icon
from wbos_desktop.ui.widgets.rows import ListRow


def facts(row: MeetingRow) -> str:
    """'donderdag 26 november, 13.30 – 14.30 uur · A1.04 · 5 agendapunten, 53 minuten'."""
    items = ngettext("{n} agenda item", "{n} agenda items", row.items)
    minutes = ngettext("{n} minute", "{n} minutes", row.minutes)
    parts = [when_text(row), row.place, f"{items}, {minutes}"]
    return " · ".join(part for part in parts if part)


class MeetingList(ScrollPage):
    """Two cards of rows; `opened` gives the id."""

    opened = Signal(int)
    new = Signal()

    def __init__(self, parent: QWidget | None = None, *, may_plan: bool = True) -> None:
        super().__init__(parent=parent)
        self.planned = Card(_("Planned"))
        self.held = Card(_("Held"))
        self._lists: dict[str, QVBoxLayout] = {}
        for state, card in (("planned", self.planned), ("held", self.held)):
            rows = QVBoxLayout()
            rows.setSpacing(0)
            card.body.addLayout(rows)
            self._lists[state] = rows
            self.body.addWidget(card)
        self.empty = EmptyState(
            _("No meetings yet"),
            _("Plan one, then put groups, cases and scenarios on its agenda.")
            if may_plan
            else _("Here stand the meetings where you take part."),
            _("New meeting") if may_plan else "",
            "plus",
        )
        self.empty.clicked.connect(self.new)
        self.body.addWidget(self.empty, 1)
        self.body.addStretch(1)

    def show_rows(self, rows: list[MeetingRow]) -> None:
        """Show these meetings in this order."""
        for state, place in self._lists.items():
            clear_layout(place)
            for row in rows:
                if row.state == state:
                    place.addWidget(self._row(row))
        self.planned.setVisible(any(row.state == "planned" for row in rows))
        self.held.setVisible(any(row.state == "held" for row in rows))
        self.empty.setVisible(not rows)

    def _row(self, row: MeetingRow) -> ListRow:
        people = ngettext("{n} participant", "{n} participants", row.attendees)
        shown = ListRow(
            kind_text(row.kind),
            facts(row),
            left=Icon("calendar-event", 20),
            right=Chip(people, "users"),
        )
        shown.setProperty("meeting_id", row.id)
        shown.opened.connect(self._opened)
        return shown

    def _opened(self) -> None:
        row = self.sender()
        if row is not None:
            self.opened.emit(int(row.property("meeting_id")))
