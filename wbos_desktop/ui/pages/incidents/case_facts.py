"""The facts tab of a case: each report with the people in it, and how the case is set up."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.cases import CaseRow
from wbos_desktop.domain.incidents import level_text
from wbos_desktop.i18n import _, date_short
from wbos_desktop.ui import theme
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Card, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.labels import IconLabel, Label

from .facts import FactsView, fact_line

_SIDE = 364


class CaseFacts(ScrollPage):
    """`person_chosen` gives a PersonRow, `add_person` an incident id, the others too.

    `views` is the card with the views of pupils and parents; it stays while the rest is rebuilt.
    """

    person_chosen = Signal(object)
    add_person = Signal(int)
    told = Signal(int)
    facts_asked = Signal(int)
    owner_asked = Signal()
    level_asked = Signal()

    def __init__(self, views: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        row = QHBoxLayout()
        row.setSpacing(14)
        self._main, self._side = QVBoxLayout(), QVBoxLayout()
        self._main.setSpacing(14)
        self._side.setSpacing(14)
        row.addLayout(self._main, 1)
        self._holder = holder = QWidget()
        self._aside = QVBoxLayout(holder)
        self._aside.setContentsMargins(0, 0, 0, 0)
        self._aside.setSpacing(14)
        self._aside.addLayout(self._side)
        self._aside.addWidget(views)
        self._aside.addStretch(1)
        row.addWidget(holder)
        self.body.addLayout(row)
        self.body.addStretch(1)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self._holder.setFixedWidth(theme.scaled(_SIDE))

    def show_case(self, case: CaseRow, *, may_decide: bool, may_write: bool = True) -> None:
        """Build the tab anew."""
        clear_layout(self._main)
        clear_layout(self._side)
        open_case = may_write and case.state == "open"
        for facts in case.incidents:
            card = Card()
            view = FactsView(facts, editable=open_case)
            view.person_chosen.connect(self.person_chosen)
            view.told.connect(self.told)
            card.body.addWidget(view)
            if open_case:
                button = Button(_("Add somebody"), "ghost", "user-plus", size="small").writes()
                button.clicked.connect(lambda _c=False, i=facts.id: self.add_person.emit(i))
                change = Button(_("Change facts"), "ghost", "pencil", size="small").writes()
                change.clicked.connect(lambda _c=False, i=facts.id: self.facts_asked.emit(i))
                row = QHBoxLayout()
                row.addWidget(button)
                row.addWidget(change)
                row.addStretch(1)
                card.body.addLayout(row)
            self._main.addWidget(card)
        self._main.addStretch(1)
        self._side.addWidget(self._set_up(case, may_decide=may_decide and open_case))
        if case.state == "closed":
            self._side.addWidget(_closing(case))

    def _set_up(self, case: CaseRow, *, may_decide: bool) -> Card:
        card = Card(_("This case"))
        lines = [
            (_("Protocol"), _("{title}, version {n}").format(title=case.protocol, n=case.edition)),
            (_("Owner"), case.owner),
            (_("Reported on"), date_short(case.reported_on)),
            (_("Started on"), date_short(case.opened_on)),
            (_("Who may see it"), level_text(case.level)),
            (_("Seen by"), ", ".join(case.seen_by)),
        ]
        if case.reopened_on:
            lines.append((_("Reopened on"), date_short(case.reopened_on)))
        for label, value in lines:
            if value:
                card.body.addLayout(fact_line(label, value))
        if may_decide:
            row = QHBoxLayout()
            owner = Button(_("Change owner"), "secondary", size="small").writes()
            owner.clicked.connect(self.owner_asked)
            level = Button(_("Who may see it"), "secondary", "lock", size="small").writes()
            level.clicked.connect(self.level_asked)
            row.addWidget(owner)
            row.addWidget(level)
            row.addStretch(1)
            card.body.addLayout(row)
        return card


def _closing(case: CaseRow) -> Card:
    card = Card(_("Look back"))
    card.body.addWidget(Label(case.look_back, "body", wrap=True, selectable=True))
    for line, ticked in case.closing_checks.items():
        icon = "circle-check" if ticked else "circle-dashed"
        card.body.addWidget(IconLabel(icon, line, "caption", wrap=True))
    if case.closing_reason:
        text = _("Closed anyway: {reason}").format(reason=case.closing_reason)
        card.body.addWidget(Label(text, "caption", wrap=True))
    return card
