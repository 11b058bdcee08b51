"""The pupils of a group: names and open cases, no positions or norms (product.md section 2)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wbos_desktop.domain.groups import MemberRow
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Card, Hairline, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.chips import Avatar, Chip
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.labels import ElidedLabel, Label


class MembersTab(ScrollPage):
    """One line per pupil who is in the group today; `history_asked` carries the pupil's id."""

    history_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)

    def show_members(self, members: list[MemberRow]) -> None:
        """Fill the list."""
        clear_layout(self.body)
        if not members:
            self.body.addWidget(
                EmptyState(
                    _("No pupils in this group yet."), _("Read in a class list in Management.")
                ),
                1,
            )
            return
        card = Card()
        card.body.setSpacing(0)
        for place, member in enumerate(members):
            if place:
                card.body.addWidget(Hairline())
            line = _Line(member)
            line.history_asked.connect(self.history_asked)
            card.body.addWidget(line)
        self.body.addWidget(card)
        self.body.addStretch(1)


class _Line(QWidget):
    history_asked = Signal(int)

    def __init__(self, member: MemberRow) -> None:
        super().__init__()
        self._pupil_id = member.pupil_id
        cases = ngettext("{n} open case", "{n} open cases", member.open_cases)
        self.setAccessibleName(f"{member.name}, {cases}" if member.open_cases else member.name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 7, 0, 7)
        row.setSpacing(12)
        parts = member.name.split()
        letters = parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else "")
        row.addWidget(Avatar(letters, member.name, 28, filled=False))
        row.addWidget(ElidedLabel(member.name, "body"), 2)
        number = Label(member.pupil_number, "sub")
        number.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(number, 1)
        # The third column is there for everybody, so that numbers stand under each other.
        place = QHBoxLayout()
        if member.open_cases:
            place.addWidget(Chip(cases, "flag", "state"))
        place.addStretch(1)
        button = Button(_("History"), "ghost", "history", size="small")
        button.setAccessibleName(_("History of {name}").format(name=member.name))
        button.clicked.connect(self._ask)
        place.addWidget(button)
        row.addLayout(place, 2)

    def _ask(self) -> None:
        self.history_asked.emit(self._pupil_id)
