"""Protocols, to read: when each is used, and its steps per track. Texts are Dutch content."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from wbos_desktop.domain import tracks
from wbos_desktop.domain.deadlines import Rule
from wbos_desktop.domain.people import Role
from wbos_desktop.domain.protocols import StepTemplate, Template, TemplateRow
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.services import people, protocols
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Hairline, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.chips import Chip, TrackChip
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.rows import ListRow

from .same_focus import keeps_focus
from .section import Section


class ProtocolSection(Section):
    """A list of protocols; one opens with its steps."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(
            shell,
            _("Protocols"),
            _("The steps that a case gets. A running case keeps the edition it began with."),
        )
        self._roles: dict[str, str] = {}
        self._rows: list[TemplateRow] = []
        self._lines: dict[int, ListRow] = {}
        self._opened = 0
        self.back = Button(_("All protocols"), "secondary", "chevron-left")
        self.back.clicked.connect(self._back_to_list)
        self.add_tool(self.back)
        self.list_page, self.detail_page = ScrollPage(), ScrollPage()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list_page)
        self.stack.addWidget(self.detail_page)
        self.body.addWidget(self.stack, 1)
        self.back.hide()

    def refresh(self) -> None:
        """Ask for the list; a protocol that is open stays open."""
        self.read(_load).then(self._show)

    def leave(self) -> None:
        """Come back at the list."""
        self._to_list()

    @keeps_focus
    def _show(self, found: tuple[list[TemplateRow], tuple[Role, ...]]) -> None:
        self._rows, roles = found
        self._roles = {role.code: role.title for role in roles}
        body = self.list_page.body
        clear_layout(body)
        body.setSpacing(0)
        if not self._rows:
            body.addWidget(EmptyState(_("No protocols yet"), picture=False))
        self._lines = {row.version_id: self._row(row) for row in self._rows}
        for line in self._lines.values():
            body.addWidget(line)
        body.addStretch(1)

    def _row(self, row: TemplateRow) -> ListRow:
        steps = ngettext("{n} step", "{n} steps", row.steps)
        chip = Chip(_("Built into WBOS") if row.origin == "builtin" else _("Of the school"))
        line = ListRow(
            row.title,
            f"{steps} · {row.when_to_use}",
            right=chip,
            title_role="bodyStrong",
        )
        line.opened.connect(lambda: self._open(row.version_id))
        return line

    def _open(self, version_id: int) -> None:
        self._opened = version_id
        self.read(protocols.get_template, version_id).then(self._show_template)

    def _back_to_list(self) -> None:
        self._to_list()
        if (line := self._lines.get(self._opened)) is not None:
            line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _to_list(self) -> None:
        self.stack.setCurrentWidget(self.list_page)
        self.back.hide()

    def _show_template(self, template: Template) -> None:
        body = self.detail_page.body
        clear_layout(body)
        body.setSpacing(10)
        body.addWidget(Label(template.title, "h3", wrap=True))
        body.addWidget(Label(template.when_to_use, "body", color="text.secondary", wrap=True))
        if template.law_checked_on:
            checked = _("Law checked on {day}. Have your own protocol decide where it differs.")
            body.addWidget(Label(checked.format(day=template.law_checked_on), "caption", wrap=True))
        steps = template.steps_in(self.shell.who.sector)
        for track in (tracks.GENERAL, *tracks.TRACKS):
            found = [step for step in steps if step.track == track]
            if found:
                body.addWidget(_track_head(track, len(found)))
                for number, step in enumerate(found, start=1):
                    body.addWidget(self._step(number, step))
        if template.closing:
            body.addWidget(Label(_("Before closing"), "bodyStrong"))
            for line in template.closing:
                body.addWidget(Label(f"•  {line}", "small", wrap=True))
        body.addStretch(1)
        self.stack.setCurrentWidget(self.detail_page)
        self.detail_page.verticalScrollBar().setValue(0)
        self.back.show()
        self.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _step(self, number: int, step: StepTemplate) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(2)
        column.addWidget(Label(f"{number}. {step.title}", "smallStrong", wrap=True))
        if step.text:
            column.addWidget(Label(step.text, "small", wrap=True))
        who = ", ".join(self._roles.get(code, code) for code in step.responsibles)
        facts = [who, rule_words(step.rule)]
        if step.statutory:
            facts.append(_("required by law"))
        if step.optional:
            facts.append(_("optional"))
        column.addWidget(Label(" · ".join(fact for fact in facts if fact), "caption", wrap=True))
        return box


def _load(session: Any) -> tuple[list[TemplateRow], tuple[Role, ...]]:
    return protocols.load_templates(session), people.list_roles(session)


def _track_head(track: str, steps: int) -> QWidget:
    head = QWidget()
    column = QVBoxLayout(head)
    column.setContentsMargins(0, 6, 0, 2)
    column.setSpacing(8)
    column.addWidget(Hairline())
    row = QHBoxLayout()
    row.setSpacing(10)
    if track == tracks.GENERAL:
        row.addWidget(Label(tracks.title(track), "bodyStrong"))
    else:
        row.addWidget(TrackChip(track))
    row.addWidget(Label(ngettext("{n} step", "{n} steps", steps), "caption"))
    row.addStretch(1)
    column.addLayout(row)
    return head


def rule_words(rule: Rule) -> str:
    """'binnen 2 schooldagen na de melding'; empty for a step without a date."""
    if rule.amount is None:
        return ""
    base = {
        "reported": _("the report"),
        "decision": _("the decision"),
        "suspension_start": _("the start of the suspension"),
        "suspension_end": _("the end of the suspension"),
        "repair_talk": _("the repair talk"),
    }.get(rule.base, _("an earlier step"))
    amount = {
        "hour": lambda n: ngettext("{n} hour", "{n} hours", n),
        "school_day": lambda n: ngettext("{n} school day", "{n} school days", n),
        "working_day": lambda n: ngettext("{n} working day", "{n} working days", n),
        "day": lambda n: ngettext("{n} day", "{n} days", n),
        "week": lambda n: ngettext("{n} week", "{n} weeks", n),
        "month": lambda n: ngettext("{n} month", "{n} months", n),
    }[rule.unit](rule.amount)
    if rule.direction == "before":
        return _("{amount} before {base}").format(amount=amount, base=base)
    if rule.amount == 0:
        return _("at once") if rule.unit == "hour" else _("on the day of {base}").format(base=base)
    return _("within {amount} after {base}").format(amount=amount, base=base)
