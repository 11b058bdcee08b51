"""Logboek: who saw or did what, with names here and without names on paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from wbos_desktop.domain.audit_trail import (
    GROUPS,
    MANY_PAGES,
    AuditQuery,
    AuditRow,
    group_text,
    pages_of,
    size_text,
)
from wbos_desktop.i18n import _, date_numeric, ngettext, time_text
from wbos_desktop.services import audit_report, audit_trail, looking
from wbos_desktop.ui import paint, theme
from wbos_desktop.ui.export_dialog import ExportDialog
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.fields import ComboBox
from wbos_desktop.ui.widgets.form_row import FormRow
from wbos_desktop.ui.widgets.labels import IconLabel
from wbos_desktop.ui.widgets.message_strip import announce
from wbos_desktop.ui.widgets.paged_model import Column
from wbos_desktop.ui.widgets.people_field import PeopleField, PersonChoice
from wbos_desktop.ui.widgets.pills import FilterPill

from .section import FilterLine, PlainTable, Section, set_tab_order

_PERIODS = {"week": 7, "month": 31, "year": 366, "years": 731}


class AuditSection(Section):
    """Filters, a table of lines with the newest on top, and the report for the privacy officer."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(
            shell,
            _("Who saw what?"),
            _("Each time somebody opens, searches, changes or exports something."),
        )
        self._asked: Task[Any] | None = None
        self.report_button = Button(_("Make report"), "secondary", "file-text")
        self.report_button.set_menu(self._menu())
        self.add_tool(self.report_button)
        self.period = FilterPill(_("Period"), _periods())
        self.user = FilterPill(_("Who"), [(None, _("everybody"))])
        self.action = FilterPill(
            _("What"), [("", _("everything")), *((code, group_text(code)) for code in GROUPS)]
        )
        self.subject = PeopleField(_("Pupil or case number"), self._suggest, single=True)
        self.subject.line.setPlaceholderText(_("Pupil or case number"))
        theme.follow(self._restyle)
        for pill in (self.period, self.user, self.action):
            pill.changed.connect(self._ask)
        self.subject.edited.connect(self._ask)
        pills = (self.period, self.user, self.action)
        self.body.addWidget(FilterLine(pills, (self.subject,), 220))
        empty = EmptyState(_("Nothing found."), _("No line fits these filters."), picture=False)
        self.table = PlainTable(
            _columns(), self._fetch, _("Who saw what?"), empty=empty, compact=True
        )
        self.body.addWidget(self.table, 1)

    def _restyle(self) -> None:
        """Room for the words that stand in the empty line."""
        words = self.subject.line.placeholderText()
        self.subject.line.setFixedWidth(paint.text_width(words, "body") + theme.space(4))

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for text, suffix in ((_("As PDF"), "pdf"), (_("As workbook"), "xlsx")):
            action = QAction(text, menu)
            action.triggered.connect(lambda _on=False, suffix=suffix: self.make_report(suffix))
            menu.addAction(action)
        return menu

    def refresh(self) -> None:
        """Ask who there are, then the lines."""
        self.read(audit_trail.list_users).then(self._show_users)
        self._ask()

    def _show_users(self, users: list[tuple[int, str]]) -> None:
        self.user.set_choices([(None, _("everybody")), *users])

    def _suggest(self, text: str, deliver: Callable[[Sequence[PersonChoice]], None]) -> None:
        def found(subjects: list[tuple[str, int, str]]) -> None:
            kinds = {"pupil": _("Pupil"), "case": _("Case")}
            deliver([PersonChoice(kind, id_, name, kinds[kind]) for kind, id_, name in subjects])

        self.view(looking.search_subjects, text).then(found)

    def _ask(self, _value: object = None) -> None:
        task = self.read(_find, self.query(), _PERIODS.get(self.period.value()))
        self._asked = task.then(self._show).instead_of(self._asked)

    def query(self) -> AuditQuery:
        """What the filters ask, but for the period."""
        chosen: list[PersonChoice] = self.subject.value()
        one = chosen[0] if chosen else PersonChoice("", None, "")
        return AuditQuery(
            user_id=self.user.value(),
            action=self.action.value() or "",
            pupil_id=one.id if one.kind == "pupil" else None,
            case_id=one.id if one.kind == "case" else None,
        )

    def _show(self, found: tuple[list[int], AuditQuery]) -> None:
        ids, _whole = found
        self.table.set_ids(ids)
        self.table.set_foot(ngettext("{n} line", "{n} lines", len(ids)))

    def _fetch(self, ids: list[int], deliver: Callable[[Mapping[int, Any]], None]) -> None:
        self.read(audit_trail.load_rows, ids).then(deliver)

    def make_report(self, suffix: str) -> None:
        """Ask where the report of what is shown goes; `suffix` is pdf or xlsx."""
        AuditExport(self.shell, self.query(), self.period.value(), suffix, self).open()


class AuditExport(ExportDialog):
    """The period and how much that is, for whom, and a password; no names of pupils to choose."""

    def __init__(
        self, shell: Shell, query: AuditQuery, period: str, suffix: str, parent: Section
    ) -> None:
        kinds = {"pdf": "PDF (*.pdf)", "xlsx": "Excel (*.xlsx)"}
        super().__init__(
            shell,
            _("Make report"),
            _("What the other filters show, without names"),
            name=f"logboek-{dt.date.today().isoformat()}.{suffix}",
            filters=kinds[suffix],
            function=audit_report.save_audit,
            subject=query,
            parent=parent.window(),
        )
        self.form.rows["names"].hide()
        self._query, self._paper = query, suffix == "pdf"
        self._counting: Task[Any] | None = None
        self.period = ComboBox(_periods(), _("Period"))
        self.period.set_value(period)
        self.period.edited.connect(self._count)
        self.size_line = IconLabel("file-text", "", "small", wrap=True)
        self.body.insertWidget(0, FormRow(_("Period"), self.period))
        self.body.insertWidget(1, self.size_line)
        fields = [self.form.fields[key].widget for key in ("recipients", "password")]
        eye = fields[-1].findChildren(QToolButton)
        set_tab_order(self.period, *fields, *eye, *self.findChildren(Button))
        self.period.setFocus()
        self._count()

    def _count(self) -> None:
        """Ask how many lines the period has, before a file of a hundred pages is there."""
        self.save_button.setEnabled(False)
        days = _PERIODS.get(self.period.value())
        task = self.shell.tasks.read(self, _find, self._query, days)
        self._counting = task.then(self._counted).instead_of(self._counting)

    def _counted(self, found: tuple[list[int], AuditQuery]) -> None:
        ids, self._subject = found
        text, much = size_text(len(ids), paper=self._paper), False
        if self._paper and pages_of(len(ids)) > MANY_PAGES:
            much = True
            text += " " + _("That is a lot to read. Choose a shorter period, or the workbook.")
        self.size_line.set("alert-triangle" if much else "file-text", text, "small", None)
        announce(self.size_line, text)
        self.save_button.setEnabled(True)
        self.refit()


def _find(session: Any, query: AuditQuery, days: int | None) -> tuple[list[int], AuditQuery]:
    whole = audit_trail.within(session, query, days)
    return audit_trail.find_ids(session, whole), whole


def _periods() -> list[tuple[str, str]]:
    return [
        ("month", _("last month")),
        ("week", _("last week")),
        ("year", _("last year")),
        ("years", _("last two years")),
        ("all", _("everything")),
    ]


def _columns() -> list[Column[AuditRow]]:
    return [
        Column(_("When"), _when, width=130),
        Column(_("Who"), lambda row: row.who or row.code, width=105, stretch=1, strong=True),
        Column(_("What"), lambda row: row.action, width=105, stretch=1),
        Column(_("On what"), _about, width=150, stretch=3),
        Column(_("No."), lambda row: str(row.seq), width=80, align="right", hide=1),
    ]


def _when(row: AuditRow) -> str:
    return f"{date_numeric(row.at.date())} {time_text(row.at.time())}"


def _about(row: AuditRow) -> str:
    return " · ".join(part for part in (row.kind, row.name or row.number) if part)
