"""One group: overview with Normenlint, its observations, its pupils."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from wbos_desktop.domain.groups import GroupOverview
from wbos_desktop.errors import UserError
from wbos_desktop.i18n import _
from wbos_desktop.services import groups, looking, meetings, profiles
from wbos_desktop.ui import paint, theme
from wbos_desktop.ui.export_dialog import profile_dialog
from wbos_desktop.ui.history_dialog import open_history
from wbos_desktop.ui.page import Page
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.page_header import PageHeader
from wbos_desktop.ui.widgets.pills import TabBar

from . import words
from .history import HistoryTab
from .members import MembersTab
from .overview import OverviewTab
from .presence import PresenceDialog

TABS = ("overview", "observations", "pupils")


class GroupPage(Page):
    """What is normal in this group, and where is it going? (ui.md section 9)"""

    tables: ClassVar[frozenset[str]] = frozenset(
        {
            "groups",
            "group_mentors",
            "incident_groups",
            "memberships",
            "pupils",
            "profiles",
            "profile_norms",
            "norm_responses",
        }
        | {"planned_observations", "norms", "cases", "case_steps", "incidents", "calendar_days"}
    )

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._group_id: int | None = None
        self._overview: GroupOverview | None = None
        self._asked: Task[Any] | None = None
        self._compared: Task[Any] | None = None
        self._add_header()
        self.tabs = TabBar(
            [
                ("overview", _("Overview")),
                ("observations", _("Observations")),
                ("pupils", _("Pupils")),
            ],
            _("Parts of this group"),
        )
        self.tabs.edited.connect(self._tab_chosen)
        self.body.addWidget(self.tabs)
        self.stack = QStackedWidget()
        self.body.addWidget(self.stack, 1)
        self._add_tabs()
        for keys, by in ((QKeySequence("Ctrl+Tab"), 1), (QKeySequence("Ctrl+Shift+Tab"), -1)):
            shortcut = QShortcut(keys, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            step = self.tabs.next_tab
            shortcut.activated.connect(lambda step=step, by=by: step(by))

    def _add_header(self) -> None:
        self.header = PageHeader()
        self._tile = _Tile()
        self.header.add_lead(self._tile)
        self.profile_button = self.header.add_menu([(_("Profile (PDF)"), self._save_profile)])
        self.agenda_button = self.header.add_button(
            _("To meeting"), "secondary", "presentation", self._to_meeting
        ).writes()
        self.scenario_button = self.header.add_button(
            _("Choose scenario"), "secondary", "route", self._to_scenarios
        )
        self.observe_button = self.header.add_button(
            _("New observation"), "primary", "eye", self._observe
        ).writes()
        self.body.addWidget(self.header)

    def _save_profile(self) -> None:
        if self._overview is not None:
            row = self._overview.row
            day = dt.date.today().isoformat()
            profile_dialog(self.shell, row.id, row.name, day, self.window()).open()

    def _add_tabs(self) -> None:
        self.overview_tab = OverviewTab()
        self.overview_tab.observe.connect(self._observe)
        self.overview_tab.incident_chosen.connect(self._to_incident)
        self.overview_tab.cases_chosen.connect(self._to_cases)
        self.history_tab = HistoryTab()
        self.history_tab.observe.connect(self._observe)
        self.history_tab.compare.connect(self._compare)
        self.history_tab.change.connect(self._change)
        self.history_tab.past.connect(self._past)
        self.history_tab.remove.connect(self._remove)
        self.members_tab = MembersTab()
        self.members_tab.history_asked.connect(self._past_of_pupil)
        for tab in (self.overview_tab, self.history_tab, self.members_tab):
            self.stack.addWidget(tab)

    def title(self) -> str:
        """'Groep 2B'."""
        if self._overview is None:
            return _("Group")
        return _("Group {name}").format(name=self._overview.row.name)

    def open(self, route: Route) -> None:
        """Show the group of the route, on its tab."""
        if route.id is None:
            return
        self._group_id = route.id
        self.tabs.set_value(route.tab if route.tab in TABS else "overview")
        self._show_tab()
        self.view(looking.open_group, route.id).failed(self._gone)
        self.refresh()
        if route.form is not None and route.form[0] == "presence":
            PresenceDialog(self.shell, route.id, route.form[1], self.window()).open()

    def _gone(self, error: UserError) -> None:
        if self._group_id is None:
            return  # said already: the page asks twice
        self._group_id = None
        self.shell.messages.toast(error.message, kind="warning")
        self.shell.go("groups")

    def refresh(self) -> None:
        """Ask for the group again; the tab and the chosen day stay."""
        if self._group_id is None:
            return
        task = self.read(load_page, self._group_id).then(self._show).failed(self._gone)
        self._asked = task.instead_of(self._asked)

    def _show(self, found: tuple[GroupOverview, Any, Any]) -> None:
        overview, history, members = found
        self._overview = overview
        row = overview.row
        self._tile.set_text(row.name)
        self.header.set_title(self.title(), words.facts_line(row))
        self.header.set_crumbs([(_("Groups"), self._to_list), (row.name, None)])
        self.overview_tab.show_overview(overview)
        self.history_tab.show_profiles(history)
        self.members_tab.show_members(members)
        norm = row.dominant or row.leading
        self.scenario_button.setVisible(norm is not None)

    def _tab_chosen(self) -> None:
        self._show_tab()
        self.shell.navigator.replace(Route("group", self._group_id, self.tabs.value()))

    def _show_tab(self) -> None:
        self.stack.setCurrentIndex(TABS.index(self.tabs.value()))

    def _compare(self, first_id: int, second_id: int) -> None:
        self._compared = (
            self.read(profiles.compare_profiles, first_id, second_id)
            .then(self.history_tab.show_comparison)
            .instead_of(self._compared)
        )

    def _to_list(self) -> None:
        self.shell.go("groups")

    def _observe(self) -> None:
        self.shell.go("observe", self._group_id)

    def _change(self, profile_id: int) -> None:
        self.shell.go("observe", self._group_id, str(profile_id))

    def _past(self, profile_id: int) -> None:
        open_history(self.shell, "profiles", profile_id, self)

    def _past_of_pupil(self, pupil_id: int) -> None:
        open_history(self.shell, "pupils", pupil_id, self)

    def _remove(self, profile_id: int, version: int) -> None:
        self.write(profiles.delete_profile, profile_id, version).then(self._removed)

    def _removed(self, _nothing: None) -> None:
        self.shell.messages.toast(_("The observation is in the bin."), undo_last=True)

    def _to_incident(self, incident_id: int) -> None:
        def found(case_id: int | None) -> None:
            if case_id is None:
                self.shell.go("assess", incident_id)
            else:
                self.shell.go("case", case_id)

        self.read(groups.case_of_incident, incident_id).then(found)

    def _to_cases(self) -> None:
        self.shell.go("incidents", self._group_id, "active")

    def _to_scenarios(self) -> None:
        # There what fits the norms of this group comes first, and can be chosen for it.
        self.shell.go("scenarios", None, f"group:{self._group_id}")

    def _to_meeting(self) -> None:
        if self._group_id is not None:
            self.write(meetings.propose_item, "group", self._group_id).then(self._proposed)

    def _proposed(self, _meeting_id: int) -> None:
        name = self._overview.row.name if self._overview else ""
        text = _("{name} is on the agenda of the next meeting.").format(name=name)
        self.shell.messages.toast(text, undo_last=True)


def load_page(session: Any, group_id: int) -> tuple[GroupOverview, Any, Any]:
    """Overview, observations and pupils of a group in one reading transaction."""
    return (
        groups.group_overview(session, group_id),
        profiles.profile_history(session, group_id),
        groups.list_members(session, group_id),
    )


class _Tile(QWidget):
    """The name of the group on petrol, left of the title."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        wide = max(48, paint.text_width(self._text, "title") + 22)
        self.setFixedSize(QSize(wide, theme.scaled(48)))

    def set_text(self, text: str) -> None:
        """Another short name."""
        self._text = text
        self._restyle()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.rounded(painter, self.rect(), theme.radius("tile"), "action.primary")
        paint.text(painter, self.rect(), self._text, "title", "action.onPrimary", paint.CENTER)
        painter.end()
