"""What was reported, to read: in the assess dialog and on the facts tab of a case."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.cases import FactsRow
from wbos_desktop.domain.incidents import PersonRow, severity_text
from wbos_desktop.i18n import _, date_short
from wbos_desktop.services.incident_kinds import load_catalogue
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.chips import Avatar, Chip
from wbos_desktop.ui.widgets.labels import IconLabel, Label

from .words import SEVERITY_ICONS, when_text


def fact_lines(facts: FactsRow) -> list[tuple[str, str]]:
    """Label and value of what stands beside the text of a report; empty ones are left out."""
    reporter = facts.reporter
    if facts.heard_from:
        reporter = _("{reporter}, heard from {source}").format(
            reporter=reporter, source=facts.heard_from
        )
    police = ""
    if facts.police:
        day = date_short(facts.police_on) if facts.police_on else ""
        police = " ".join(part for part in (_("yes"), day, facts.police_reference) if part)
    safe = {"yes": _("yes"), "no": _("no, help was needed"), "unknown": _("not known")}
    lines = [
        (_("When"), when_text(facts.happened_on, facts.happened_time)),
        (_("Where"), facts.place),
        (_("Group"), ", ".join(name for _id, name in facts.groups)),
        (_("Kind"), facts.kind),
        (_("Reported by"), reporter),
        (_("Reported on"), date_short(facts.reported_at.astimezone().date())),
        (_("Safe at the report"), safe.get(facts.safe, "")),
        (_("Police"), police),
        (_("Ground"), facts.ground),
    ]
    return [(label, value) for label, value in lines if value]


class FactsView(QWidget):
    """One report: its words, the facts and who was involved. `person_chosen` gives a PersonRow."""

    person_chosen = Signal(object)
    told = Signal(int)

    def __init__(
        self, facts: FactsRow, *, editable: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(Label(f"{facts.number} · {facts.title}", "h3", wrap=True), 1)
        chip = Chip(severity_text(facts.severity), SEVERITY_ICONS[facts.severity], "state")
        head.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addWidget(Label(facts.text, "body", wrap=True, selectable=True))
        if facts.no_images:
            text = load_catalogue().no_images_text
            column.addWidget(IconLabel("alert-circle", text, "small", wrap=True))
        for label, value in fact_lines(facts):
            column.addLayout(fact_line(label, value))
        if facts.persons:
            column.addWidget(Label(_("Involved"), "overline"))
        for person in facts.persons:
            column.addWidget(self._person(person, editable=editable))
        if editable:
            column.addLayout(self._reporter_line(facts))

    def _person(self, person: PersonRow, *, editable: bool) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(Avatar(person.mark, person.name))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label(person.name, "smallStrong"))
        words.addWidget(Label(" · ".join(_person_facts(person)), "caption", wrap=True))
        row.addLayout(words, 1)
        if editable:
            button = Button(_("Change"), "ghost", "pencil", size="small").writes()
            button.setAccessibleName(_("Change {name}").format(name=person.name))
            button.clicked.connect(lambda _c=False, p=person: self.person_chosen.emit(p))
            row.addWidget(button)
        return holder

    def _reporter_line(self, facts: FactsRow) -> QHBoxLayout:
        row = QHBoxLayout()
        if facts.reporter_told_on:
            day = date_short(facts.reporter_told_on)
            text = _("The reporter heard on {day} that something was done.").format(day=day)
            row.addWidget(IconLabel("check", text, "caption"))
            row.addStretch(1)
            return row
        button = Button(_("Back to the reporter: noted"), "ghost", "arrow-back-up", size="small")
        button.writes()
        button.setToolTip(_("You told the reporter that something was done, not what."))
        button.clicked.connect(lambda: self.told.emit(facts.id))
        row.addWidget(button)
        row.addStretch(1)
        return row


def fact_line(label: str, value: str) -> QHBoxLayout:
    """A label at the left and its value, wrapped, beside it."""
    row = QHBoxLayout()
    row.setSpacing(12)
    name = Label(label, "caption")
    name.setMinimumWidth(130)
    row.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(Label(value, "small", wrap=True, selectable=True), 1)
    return row


def _person_facts(person: PersonRow) -> list[str]:
    found = [person.role_line]
    if person.heard_on:
        found.append(_("heard {day}").format(day=date_short(person.heard_on)))
    if person.injury == "yes":
        found.append(_("injury"))
    elif person.injury == "doctor":
        found.append(_("injury, doctor"))
    if person.parents_informed_on:
        day = date_short(person.parents_informed_on)
        found.append(_("parents told {day}").format(day=day))
    return found
