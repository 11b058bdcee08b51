"""The register: which case is stuck? (ui.md section 9, picture 06)"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wbos_desktop.domain.incidents import IncidentCounts, IncidentQuery, IncidentRow
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.services import incident_overview, incident_register, looking
from wbos_desktop.ui.allowed import allowed
from wbos_desktop.ui.export_dialog import register_dialog
from wbos_desktop.ui.page import Page
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.fields import SearchField
from wbos_desktop.ui.widgets.page_header import PageHeader
from wbos_desktop.ui.widgets.pills import FilterPill
from wbos_desktop.ui.widgets.record_table import RecordTable

from .register_columns import TrackLegend, register_columns

# How long typing must rest before the register is asked again.
_TYPING_MS = 150


class RegisterPage(Page):
    """All incidents: those with a late step first, then open, then the rest."""

    tables: ClassVar[frozenset[str]] = frozenset(
        {"incidents", "incident_groups", "involved_persons", "cases", "case_steps", "case_tracks"}
        | {"groups", "calendar_days", "school_years", "pupils"}
    )

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self.query = IncidentQuery(status="active")
        self._total = 0
        self._today = dt.date.min
        self._year: tuple[dt.date, dt.date] | None = None
        self._asked: Task[Any] | None = None
        self._rows: dict[int, IncidentRow] = {}
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._filters_changed)
        self.header = PageHeader(_("Incidents"))
        self.export_button = self.header.add_button(
            _("Register (Excel)"), "secondary", "file-spreadsheet", self._export
        ).writes()
        self.report_button = self.header.add_button(
            _("Report incident"), "primary", "plus", lambda: shell.go("report")
        ).writes()
        self.body.addWidget(self.header)
        self._add_filters()
        self._add_table()

    def title(self) -> str:
        """'Incidenten'."""
        return _("Incidents")

    def _add_filters(self) -> None:
        self.search = SearchField(_("Search number, name or word"), width=258)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.status = FilterPill(
            _("Status"),
            [
                ("active", _("Open and recent")),
                ("", _("All")),
                ("open", _("Open")),
                ("late", _("Step too late")),
                ("assess", _("To assess")),
                ("note", _("Notes, looked at")),
                ("closed", _("Closed")),
            ],
        )
        self.group = FilterPill(_("Group"), [(None, _("All"))])
        kinds = [("", _("All")), *incident_register.list_kinds()]
        self.kind = FilterPill(_("Kind"), kinds)
        self.period = FilterPill(
            _("Period"), [("year", _("This school year")), ("all", _("All years"))]
        )
        self.clear_button = Button(_("Clear filters"), "ghost", "x")
        self.clear_button.clicked.connect(self._clear)
        row = QHBoxLayout()
        row.setSpacing(9)
        row.addWidget(self.search)
        for pill in (self.status, self.group, self.kind, self.period):
            pill.changed.connect(lambda _value: self._filters_changed())
            row.addWidget(pill)
        row.addWidget(self.clear_button)
        row.addStretch(1)
        self.clear_button.hide()
        find = QShortcut(QKeySequence("Ctrl+F"), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.search.setFocus)
        self.body.addLayout(row)

    def _add_table(self) -> None:
        self.empty = EmptyState(
            _("No incidents reported yet this school year."),
            _("What you report here becomes a note or a case with three tracks."),
            _("Report incident"),
            "plus",
        )
        self.empty.clicked.connect(self._empty_clicked)
        columns = register_columns(decides=allowed(self.shell.who, "decide", "incident"))
        self.table = RecordTable(columns, self._fetch, _("Incidents"), empty=self.empty)
        self.table.activated.connect(self._opened)
        self.table.foot_row.addWidget(TrackLegend())
        self.body.addWidget(self.table, 1)

    def open(self, route: Route) -> None:
        """Show the register; the tab of the route may name a status, its id a group."""
        if route.tab is not None:
            self.status.set_value(route.tab)
        if route.id is not None:
            self.group.set_value(route.id)
        self.refresh()

    def refresh(self) -> None:
        """Ask ids and counts again; selection and place stay."""
        self.query = self._query()
        ask = self.view if self.query.text.strip() else self.read
        self._asked = (
            ask(looking.search_register, self.query).then(self._show).instead_of(self._asked)
        )

    def _query(self) -> IncidentQuery:
        found = IncidentQuery(
            text=self.search.value(),
            status=self.status.value(),
            group_id=self.group.value(),
            kind_code=self.kind.value(),
        )
        if self.period.value() == "year" and self._year is not None:
            return replace(found, since=self._year[0])
        return found

    def _show(self, overview: incident_overview.RegisterOverview) -> None:
        if overview.year != self._year:
            # The first answer tells the school year; ask again with it.
            self._year = overview.year
            if self.period.value() == "year":
                self.refresh()
                return
        self._total, self._today = overview.total, overview.today
        self.group.set_choices([(None, _("All")), *overview.groups])
        self.header.set_title(_("Incidents"), _facts(overview.counts))
        active = self._filtered()
        self.clear_button.setVisible(active)
        if active:
            self.empty.set(
                _("Nothing found with these filters."),
                _("Change a filter, or look at all incidents."),
                _("Clear filters"),
            )
        else:
            self.empty.set(
                _("No incidents reported yet this school year."),
                _("What you report here becomes a note or a case with three tracks."),
                _("Report incident"),
            )
        self.table.set_ids(overview.ids)
        shown = _("{shown} of {total} incidents · Enter opens the case")
        self.table.set_foot(shown.format(shown=len(overview.ids), total=self._total))

    def _filtered(self) -> bool:
        pills = (self.status, self.group, self.kind, self.period)
        return bool(self.search.value()) or any(pill.active for pill in pills)

    def _fetch(self, ids: list[int], deliver: Callable[[Mapping[int, IncidentRow]], None]) -> None:
        def arrived(rows: dict[int, IncidentRow]) -> None:
            self._rows.update(rows)
            deliver(rows)

        self.read(incident_register.load_rows, ids).then(arrived)

    def _filters_changed(self) -> None:
        self.refresh()

    def _export(self) -> None:
        register_dialog(self.shell, self.query, self._today.isoformat(), self).open()

    def _clear(self) -> None:
        self.search.clear()
        resting = {self.status: "active", self.group: None, self.kind: "", self.period: "year"}
        for pill, value in resting.items():
            pill.set_value(value)
        self.refresh()

    def _empty_clicked(self) -> None:
        if self._filtered():
            self._clear()
        else:
            self.shell.go("report")

    def _opened(self, incident_id: int) -> None:
        row = self._rows.get(incident_id)
        if row is not None and row.case_id is not None:
            self.shell.go("case", row.case_id)
        else:
            self.shell.go("assess", incident_id)


def _facts(counts: IncidentCounts) -> str:
    parts = [ngettext("{n} running case", "{n} running cases", counts.open_cases)]
    if counts.late_cases:
        parts.append(ngettext("{n} with a late step", "{n} with a late step", counts.late_cases))
    if counts.to_assess:
        parts.append(ngettext("{n} to assess", "{n} to assess", counts.to_assess))
    return " · ".join(parts)
