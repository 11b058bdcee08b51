"""The left panel of the board: what happened, first this, who, the norm, what is to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.cases import CaseRow
from wbos_desktop.domain.incidents import PersonRow
from wbos_desktop.i18n import _, date_short, ngettext
from wbos_desktop.ui import tips
from wbos_desktop.ui.widgets.cards import Card, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.chips import Avatar, NormBadge
from wbos_desktop.ui.widgets.labels import IconLabel, Label, Link

from .step_card import StepCard

_TEXT_LIMIT = 420


class FactsPanel(Card):
    """Facts that everybody needs while working on the tracks; `facts_asked` opens the tab."""

    facts_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=6, radius="board", parent=parent)
        self.cards: list[StepCard] = []
        self.setAccessibleName(_("Facts"))
        self.pane = ScrollPage()
        self.pane.body.setContentsMargins(9, 6, 9, 6)
        self.pane.body.setSpacing(5)
        self.body.addWidget(self.pane, 1)

    def show_case(self, case: CaseRow, *, editable: bool) -> None:
        """Build the panel anew."""
        self._editable = editable
        clear_layout(self.pane.body)
        self.cards = []
        urgent = any(step.state == "open" and not step.target for step in case.general)
        if urgent:
            self._add_general(case)
        self._add_story(case)
        self._add_persons(case.persons)
        self._add_norms(case)
        self._add_counts(case)
        if not urgent:
            self._add_general(case)
        count = len(case.seen_by)
        seen = IconLabel(
            "lock", ngettext("Visible for {n} person", "Visible for {n} people", count), "caption"
        )
        seen.setToolTip(tips.literal(", ".join(case.seen_by)))
        self._gap()
        self.pane.body.addWidget(seen)
        self.pane.body.addStretch(1)

    def _gap(self) -> None:
        self.pane.body.addSpacing(10)

    def _heading(self, text: str) -> None:
        self.pane.body.addWidget(Label(text, "overline", wrap=True))

    def _add_general(self, case: CaseRow) -> None:
        if not case.general:
            return
        self._gap()
        handled = sum(step.state in ("done", "skipped") for step in case.general)
        text = _("First this · {done} of {total}")
        self._heading(text.format(done=handled, total=len(case.general)))
        ordered = sorted(case.general, key=lambda step: (step.state != "open", step.position))
        for number, step in enumerate(ordered, 1):
            card = StepCard(step, number, editable=self._editable)
            self.cards.append(card)
            self.pane.body.addWidget(card)

    def _add_story(self, case: CaseRow) -> None:
        self._gap()
        self._heading(_("What happened"))
        for incident in case.incidents:
            text = incident.text
            if len(text) > _TEXT_LIMIT:
                text = text[:_TEXT_LIMIT].rsplit(" ", 1)[0] + "…"
            self.pane.body.addWidget(Label(text, "small", wrap=True))
        link = Link(_("All facts"), "caption")
        link.clicked.connect(self.facts_asked)
        self.pane.body.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)

    def _add_persons(self, persons: tuple[PersonRow, ...]) -> None:
        if not persons:
            return
        self._gap()
        self._heading(_("Involved"))
        for person in persons:
            row = QHBoxLayout()
            row.setSpacing(10)
            row.addWidget(Avatar(person.mark, person.name), 0, Qt.AlignmentFlag.AlignTop)
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(Label(person.short, "smallStrong", wrap=True))
            words.addWidget(Label(person.role_line, "caption", wrap=True))
            row.addLayout(words, 1)
            self.pane.body.addLayout(row)

    def _add_norms(self, case: CaseRow) -> None:
        if not case.norms:
            return
        self._gap()
        self._heading(_("Norm in the group"))
        for norm in case.norms:
            row = QHBoxLayout()
            row.setSpacing(10)
            badge = NormBadge(norm.code, norm.kind, norm.title)
            row.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(Label(norm.title, "small", wrap=True))
            seen = _("{group}, {day}").format(group=norm.group, day=date_short(norm.observed_on))
            words.addWidget(Label(seen, "caption", wrap=True))
            row.addLayout(words, 1)
            self.pane.body.addLayout(row)

    def _add_counts(self, case: CaseRow) -> None:
        if case.state != "open":
            return
        self._gap()
        self._heading(_("To do"))
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(Label(str(case.to_do), "display"))
        of = _("of {n} steps").format(n=case.counted)
        row.addWidget(Label(of, "caption"), 1, Qt.AlignmentFlag.AlignBottom)
        self.pane.body.addLayout(row)
        if case.late:
            text = ngettext("{n} step too late", "{n} steps too late", case.late)
            self.pane.body.addWidget(IconLabel("alert-triangle", text, "danger"))
