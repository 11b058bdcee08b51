"""Vandaag: what must I do now? Late, today, this week; at the side what asks attention."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from wbos_desktop import i18n
from wbos_desktop.domain.backups import BackupStatus, warning_text
from wbos_desktop.domain.drafts import DraftRow
from wbos_desktop.domain.today import TodayOverview, TodayTask
from wbos_desktop.errors import Invalid, UserError
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.services import actions, retention, set_up, steps, today
from wbos_desktop.ui import theme
from wbos_desktop.ui.allowed import allowed, may_open
from wbos_desktop.ui.drafts import throw_away
from wbos_desktop.ui.page import Page, Shell
from wbos_desktop.ui.registry import PAGES
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.cards import ScrollPage
from wbos_desktop.ui.widgets.message_strip import MessageStrip
from wbos_desktop.ui.widgets.page_header import PageHeader
from wbos_desktop.workspace import backup_notes

from .set_up import SetUpView
from .side import SideColumn
from .task_list import TaskList

SIDE_BELOW = 1000


class TodayPage(Page):
    """The list of work with its side column; the steps of set-up while there is no group."""

    tables: ClassVar[frozenset[str]] = frozenset(
        {"case_steps", "cases", "actions", "incidents", "planned_observations", "profiles"}
        | {"profile_norms", "meetings", "agenda_items", "drafts", "groups", "scenario_picks"}
        | {"calendar_days", "school_years", "staff", "pupils", "backups", "access_requests"}
        | {"destructions", "retention_terms", "retention_holds", "users", "deputies", "key_state"}
        | {"preferences"}
        | {"preferences"}
    )

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._scope = "mine"
        self._asked: Task[TodayOverview] | None = None
        self.header = PageHeader(greeting(shell.who.given_name, 12))
        self.report = self.header.add_button(
            _("Report incident"), "primary", "plus", lambda: shell.go("report")
        ).writes()
        self.report.setVisible(may_open(shell.who, "report"))
        self.list = TaskList(may_look=may_open(shell.who, "groups"))
        self.side = SideColumn(may_plan=allowed(shell.who, "write", "meeting"))
        self.set_up = SetUpView()
        self.backup_line = MessageStrip(closable=False)
        self.backup_line.action.connect(lambda: shell.go("manage", tab="backup"))
        self.code_line = MessageStrip(closable=False)
        self.code_line.action.connect(lambda: shell.go("manage", tab="access"))
        self._lay_out()
        self._connect()

    def title(self) -> str:
        """'Vandaag'."""
        return _("Today")

    def open(self, route: Route) -> None:
        """Ask for everything."""
        self.refresh()

    def refresh(self) -> None:
        """Ask for everything in the scope that is chosen."""
        task = self.read(today.overview, self._scope).then(self._show)
        self._asked = task.instead_of(self._asked)
        self.read(retention.next_due, today_only=True).then(self.side.show_due)
        if self.shell.vault is not None and not self.shell.who.demo:
            self.shell.tasks.run(self, backup_notes.status, self.shell.vault).then(self._warn)

    def _warn(self, status: BackupStatus) -> None:
        """A line when the last backup is old or went wrong."""
        text = warning_text(status)
        self.backup_line.setVisible(bool(text))
        if text:
            self.backup_line.show_message(text, "warning", _("To backups"))

    def _lay_out(self) -> None:
        self.body.addWidget(self.header)
        self.body.addWidget(self.backup_line)
        self.body.addWidget(self.code_line)
        scroll = ScrollPage()
        self._columns = QHBoxLayout()
        self._columns.setSpacing(int(theme.size("cardGap")))
        self._columns.addWidget(self.list, 1)
        self._columns.addWidget(self.side)
        scroll.body.addLayout(self._columns)
        scroll.body.addWidget(self.set_up)
        scroll.body.addStretch(1)
        self.body.addWidget(scroll, 1)
        for widget in (self.list, self.side, self.set_up):
            widget.hide()

    def _connect(self) -> None:
        self.list.scope_chosen.connect(self._choose_scope)
        self.list.opened.connect(self._open_task)
        self.list.ticked.connect(self._tick)
        self.list.move_asked.connect(self._open_case_of)
        self.list.hand_over_asked.connect(self._open_case_of)
        self.list.throw_asked.connect(self._throw_away)
        for signal in (self.list.go_asked, self.side.go_asked, self.set_up.go_asked):
            signal.connect(self._go)
        self.side.hide_asked.connect(self._hide_guide)

    def _remind(self, confirmed: bool) -> None:
        """A line for coordinators while the recovery code is on nobody's paper (F-80)."""
        who = self.shell.who
        shown = who.role == "coordinator" and not (confirmed or who.demo)
        self.code_line.setVisible(shown)
        if shown:
            text = _("Nobody confirmed the recovery code yet. Make a new one and keep it on paper.")
            self.code_line.show_message(text, "warning", _("To recovery code"))

    def _show(self, found: TodayOverview) -> None:
        self._remind(found.set_up.code_confirmed)
        day = found.day
        self.header.set_title(greeting(self.shell.who.given_name, day.hour), _facts(found))
        first_run = found.set_up.groups == 0 and not found.set_up.hidden
        guide = found.set_up.asked and self._may_set_up()
        # On the first run its own card has the button, beside the primary of the step.
        self.report.setVisible(not first_run and may_open(self.shell.who, "report"))
        self.set_up.setVisible(first_run)
        # What was begun before there is any group is found here all the same.
        begun = bool(found.drafts or found.tasks or found.to_assess)
        self.list.setVisible(begun or not first_run)
        self.side.setVisible(not first_run)
        if begun or not first_run:
            self.list.show_overview(found)
        if first_run:
            self.set_up.show_state(found.set_up)
        else:
            self.side.show_overview(found, guide=guide)

    def _may_set_up(self) -> bool:
        who = self.shell.who
        return not who.demo and allowed(who, "write", "pupil") and "manage" in PAGES

    def _go(self, route: Route) -> None:
        """Who goes to the protocols from a step of setting up has looked at them."""
        if route == Route("manage", None, "protocols"):
            # Where nothing can be changed they can still be looked at.
            self.write(set_up.note_protocols_seen).failed(lambda _error: None)
        self.shell.navigator.go(route)

    def _hide_guide(self) -> None:
        def show_again() -> None:
            self.write(set_up.hide_guide, hidden=False)

        said = _("The steps of setting up are hidden.")
        task = self.write(set_up.hide_guide)
        task.then(lambda _none: self.shell.messages.toast(said, undo=show_again))

    def _choose_scope(self, scope: str) -> None:
        self._scope = scope
        self.refresh()

    def _open_task(self, task: TodayTask) -> None:
        if route := route_of(task):
            self.shell.navigator.go(route)

    def _open_case_of(self, task: TodayTask) -> None:
        """Moving and handing over are done where the step stands, with their reason."""
        if task.kind == "step":
            self._open_task(task)

    def _throw_away(self, draft: DraftRow) -> None:
        throw_away(self.shell, self, draft.form, draft.record_id)

    def _tick(self, task: TodayTask) -> None:
        """Complete at once, with a way back; what needs more is opened instead."""
        if not task.ticks:
            self.refresh()
            self._open_task(task)
            return
        if task.kind == "action":
            done = self.write(actions.finish_action, task.record_id, task.version)
            text = _("Action done: {title}").format(title=task.title)
        else:
            done = self.write(steps.complete_step, task.record_id, task.version)
            text = _("Step done: {title}").format(title=task.title)
        done.then(lambda _nothing: self.shell.messages.toast(text, undo_last=True))
        done.failed(lambda error: self._tick_refused(task, error))

    def _tick_refused(self, task: TodayTask, error: UserError) -> None:
        self.refresh()
        self.shell.messages.show_error(self, error)
        if isinstance(error, Invalid):
            self._open_task(task)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.list.focus_first()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        below = self.width() < theme.scaled(SIDE_BELOW - 64)
        direction = QBoxLayout.Direction
        self._columns.setDirection(direction.TopToBottom if below else direction.LeftToRight)
        wide = int(theme.size("sidePanel")) if self.width() > theme.scaled(1110) else 300
        self.side.setFixedWidth(16777215 if below else theme.scaled(wide))
        self.side.setMinimumWidth(0 if below else theme.scaled(wide))

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 200)


def greeting(given_name: str, hour: int) -> str:
    """'Goedemorgen, Karin': by the hour of the day, without a name when none is known."""
    if hour < 12:
        words = _("Good morning, {name}")
    elif hour < 18:
        words = _("Good afternoon, {name}")
    else:
        words = _("Good evening, {name}")
    return words.format(name=given_name) if given_name else words.split(",")[0]


def route_of(task: TodayTask) -> Route | None:
    """Where a task is worked on; None when its page does not exist yet."""
    if task.kind == "access":
        return Route("manage", task.opens, "requests")
    tab = str(task.record_id) if task.kind == "step" else None
    page = {
        "step": "case",
        "action": "meetings",
        "observation": "observe",
        "meeting": "meetings",
    }[task.kind]
    return Route(page, task.opens, tab) if page in PAGES else None


def _facts(found: TodayOverview) -> str:
    day = found.day
    parts = [i18n.date_long(day.today, year=False)]
    parts[0] = parts[0][:1].upper() + parts[0][1:]
    if found.set_up.groups == 0 and not found.set_up.hidden:
        to_do = found.set_up.ready.count(False)
        parts.append(ngettext("{n} step to go", "{n} steps to go", to_do))
    elif day.week:
        parts.append(_("school week {n}").format(n=day.week))
        lesson = _("lesson day {n} of {m}").format(n=day.lesson_day, m=day.lesson_days)
        parts.append(lesson)
    return " · ".join(parts)
