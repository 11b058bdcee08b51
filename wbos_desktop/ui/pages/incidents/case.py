"""A case: what is the next step on each track? (ui.md section 9, picture 07)"""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from wbos_desktop.domain.cases import CaseRow, ClosingCheck, case_state_text
from wbos_desktop.domain.incidents import severity_text
from wbos_desktop.domain.meetings import MeetingRow
from wbos_desktop.errors import UserError
from wbos_desktop.i18n import _, date_long, date_short
from wbos_desktop.services import case_page, cases, meetings
from wbos_desktop.services.case_page import CasePageData
from wbos_desktop.ui.export_dialog import dossier_dialog
from wbos_desktop.ui.history_dialog import open_history
from wbos_desktop.ui.page import Page
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.chips import Chip
from wbos_desktop.ui.widgets.message_strip import MessageStrip
from wbos_desktop.ui.widgets.page_header import PageHeader
from wbos_desktop.ui.widgets.pills import TabBar

from . import case_dialogs
from .attachments_tab import AttachmentsTab
from .board import Board
from .case_actions import CaseActions
from .case_facts import CaseFacts
from .log_view import LogView
from .views_card import ViewsCard
from .words import SEVERITY_ICONS, STATUS_ICONS, date_parser

TABS = ("protocol", "facts", "files", "log")


class CasePage(Page):
    """Header, three tabs, and the verbs of case_actions.py behind every key and button."""

    tables: ClassVar[frozenset[str]] = frozenset(
        {"cases", "case_steps", "case_tracks", "case_log", "case_viewers", "incidents"}
        | {"involved_persons", "incident_groups", "staff", "calendar_days", "profiles"}
        | {"attachments", "stated_views"}
    )

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._case_id: int | None = None
        self.data: CasePageData | None = None
        self._asked: Task[Any] | None = None
        self._focus_board = False
        self._wanted_step: int | None = None
        self._wanted_form: tuple[str, int] | None = None
        self._files = 0
        self.actions_of = CaseActions(self)
        self._add_header()
        self.banner = MessageStrip(closable=False)
        self.body.addWidget(self.banner)
        self.tabs = TabBar(self._tab_choices(0), _("Parts of this case"))
        self.tabs.edited.connect(self._tab_chosen)
        self.body.addWidget(self.tabs)
        self._add_tabs()
        self._add_shortcuts()

    def _add_header(self) -> None:
        self.header = PageHeader(_("Case"))
        self.dossier_button = self.header.add_button(
            _("Dossier (PDF)"), "secondary", "file-type-pdf", self._dossier
        ).writes()
        self.close_button = self.header.add_button(
            _("Close case"), "secondary", "archive", self.close_or_reopen
        ).writes()
        self.note_button = self.header.add_button(_("Note"), "secondary", "note", self._note)
        self.note_button.writes()
        self.more_button = self.header.add_menu(
            [
                (_("To the meeting"), self._to_meeting),
                (_("Choose scenario"), self._to_scenarios),
                (_("History"), self._history),
            ]
        )
        self.body.addWidget(self.header)

    def _history(self) -> None:
        if self._case_id is not None:
            open_history(self.shell, "cases", self._case_id, self)

    def _to_meeting(self) -> None:
        if self._case_id is not None:
            self.write(meetings.propose_to_next, "case", self._case_id).then(self._on_agenda)

    def _on_agenda(self, row: MeetingRow) -> None:
        text = _("On the agenda of {day}.").format(day=date_short(row.starts_at.date()))
        self.shell.messages.toast(text, undo_last=True)

    def _to_scenarios(self) -> None:
        if self._case_id is not None:
            self.shell.go("scenarios", None, f"case:{self._case_id}")

    def _add_tabs(self) -> None:
        self.stack = QStackedWidget()
        self.board = Board()
        self.board.acted.connect(self.actions_of.act)
        self.board.facts_asked.connect(lambda: self._go_tab("facts"))
        self.views = ViewsCard(self.shell)
        self.facts = CaseFacts(self.views)
        self.facts.person_chosen.connect(self.actions_of.change_person)
        self.facts.add_person.connect(self.actions_of.add_person)
        self.facts.told.connect(self.actions_of.tell_reporter)
        self.facts.facts_asked.connect(self.actions_of.change_facts)
        self.facts.owner_asked.connect(self.actions_of.change_owner)
        self.facts.level_asked.connect(self.actions_of.change_level)
        self.files = AttachmentsTab(self.shell)
        self.files.counted.connect(self._files_counted)
        self.log = LogView()
        for tab in (self.board, self.facts, self.files, self.log):
            self.stack.addWidget(tab)
        self.body.addWidget(self.stack, 1)

    def _add_shortcuts(self) -> None:
        for keys, by in (("Ctrl+Tab", 1), ("Ctrl+Shift+Tab", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda by=by: self.tabs.next_tab(by))

    @property
    def case(self) -> CaseRow | None:
        """The case that is shown."""
        return self.data.case if self.data else None

    def title(self) -> str:
        """'Casus 2026-031': never what happened."""
        return _("Case {number}").format(number=self.case.number) if self.case else _("Case")

    def open(self, route: Route) -> None:
        """Show the case of the route, on its tab; the audit trail notes it.

        A tab that is a number chooses the step with that id, as Vandaag does.
        """
        if route.id is None:
            return
        if route.id != self._case_id:
            self.board.selected_id = None
        tab = route.tab or ""
        self._wanted_step = int(tab) if tab.isdigit() else None
        self._wanted_form = route.form
        self._case_id = route.id
        self.tabs.set_value(route.tab if route.tab in TABS else "protocol")
        self._show_tab()
        self._focus_board = True
        self._asked = (
            self.view(case_page.open_page, route.id)
            .then(self._show)
            .failed(self._gone)
            .instead_of(self._asked)
        )

    def refresh(self) -> None:
        """Ask the case again; tab and selected step stay."""
        if self._case_id is None:
            return
        self._asked = (
            self.read(case_page.load_page, self._case_id)
            .then(self._show)
            .failed(self._gone)
            .instead_of(self._asked)
        )

    def _gone(self, error: UserError) -> None:
        self.shell.messages.toast(error.message, kind="warning")
        self.shell.go("incidents")

    def _show(self, data: CasePageData) -> None:
        self.data = data
        case = data.case
        self._show_header(case)
        for button in (self.close_button, self.note_button):
            button.setVisible(data.may_write)
        self.banner.setVisible(False)
        if case.stop_banner and case.state == "open":
            self.banner.show_message(case.stop_banner, "warning")
        self.tabs.set_choices(self._tab_choices(len(case.log)))
        self.board.show_case(case, may_write=data.may_write)
        if self._wanted_step is not None:
            self.board.select(self._wanted_step)
            self._wanted_step = None
        self.facts.show_case(case, may_decide=data.may_decide, may_write=data.may_write)
        self.log.show_case(case)
        self.files.show_case(case.id, may_write=data.may_write)
        past = date_parser(data.calendar, data.today, past=True)
        self.views.show_case(case.id, past, data.today, may_write=data.may_write)
        if self._focus_board and self.tabs.value() == "protocol":
            self._focus_board = False
            # Cards that were just made can't take the focus yet when a dialog closes meanwhile.
            QTimer.singleShot(0, self.board, self.board.focus_selected)
        form, self._wanted_form = self._wanted_form, None
        if form is not None and not (data.may_write and self.actions_of.resume(*form)):
            self.cannot_resume()

    def _show_header(self, case: CaseRow) -> None:
        groups = ", ".join(name for _id, name in case.groups)
        facts = [
            _("Case {number}").format(number=case.number),
            date_long(case.incidents[0].happened_on, weekday=False) if case.incidents else "",
            _("group {name}").format(name=groups) if groups else "",
            _("protocol ‘{title}’").format(title=case.protocol),
        ]
        self.header.set_title(case.title, " · ".join(fact for fact in facts if fact))
        back = lambda: self.shell.go("incidents")  # noqa: E731
        self.header.set_crumbs([(_("Incidents"), back), (case.number, None)])
        self.header.clear_beside()
        state = Chip(case_state_text(case.state), STATUS_ICONS[case.state], "state")
        self.header.add_beside(state)
        severity = Chip(severity_text(case.severity), SEVERITY_ICONS[case.severity], "state")
        self.header.add_beside(severity)
        closed = case.state == "closed"
        self.close_button.setText(_("Reopen case") if closed else _("Close case"))
        self.close_button.updateGeometry()

    def _tab_choices(self, lines: int) -> list[tuple[str, str]]:
        log = _("Log ({n})").format(n=lines) if lines else _("Log")
        files = _("Files ({n})").format(n=self._files) if self._files else _("Files")
        people = _("Facts and people")
        return [("protocol", _("Protocol")), ("facts", people), ("files", files), ("log", log)]

    def _files_counted(self, number: int) -> None:
        self._files = number
        self.tabs.set_choices(self._tab_choices(len(self.case.log) if self.case else 0))

    def _go_tab(self, tab: str) -> None:
        self.tabs.set_value(tab)
        self._tab_chosen()

    def _tab_chosen(self) -> None:
        self._show_tab()
        self.shell.navigator.replace(Route("case", self._case_id, self.tabs.value()))

    def _show_tab(self) -> None:
        self.stack.setCurrentIndex(TABS.index(self.tabs.value()))

    def _dossier(self) -> None:
        if self.case is not None:
            dossier_dialog(self.shell, self.case.id, self.case.number, self).open()

    def _note(self) -> None:
        self.actions_of.act("note", 0, "")

    def close_or_reopen(self) -> None:
        """Ask how it went, or why a closed case goes on."""
        if self.case is None:
            return
        if self.case.state == "closed":
            dialog = case_dialogs.reopen_dialog(self.shell, self.case, self)
            self.actions_of.open(dialog, _("Case opened again."))
            return
        self.read(cases.check_closing, self.case.id).then(self._closing_checked)

    def _closing_checked(self, found: ClosingCheck) -> None:
        if self.case is None:
            return
        if found.open_steps:
            text = _("Not yet: finish or skip {n} open steps first.")
            self.shell.messages.strip(self, text.format(n=len(found.open_steps)))
            self._go_tab("protocol")
            return
        if found.open_tracks:
            text = _("Not yet: end these tracks first: {tracks}.")
            self.shell.messages.strip(self, text.format(tracks=", ".join(found.open_tracks)))
            self._go_tab("protocol")
            return
        dialog = case_dialogs.close_dialog(self.shell, self.case, found, self)
        self.actions_of.open(dialog, _("Case closed."))
