"""Meetings (picture 10): the list; of one meeting the agenda with live preview, and the minutes.

Routes: `meetings` without id is the list; with an id the agenda; tab `minutes` the minutes.
"""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedLayout, QWidget

from wbos_desktop.domain.actions import ActionDraft
from wbos_desktop.domain.meetings import (
    AgendaItemRow,
    DecisionRow,
    MeetingDetail,
    MeetingForm,
    MeetingRow,
    MinutesForm,
    kind_text,
    meeting_title,
    when_text,
)
from wbos_desktop.errors import Conflict, Invalid, UserError
from wbos_desktop.i18n import _, ngettext, pgettext
from wbos_desktop.services import actions, agenda, meetings
from wbos_desktop.ui.allowed import allowed
from wbos_desktop.ui.conflict import Versions, choose_version
from wbos_desktop.ui.drafts import DraftKeeper
from wbos_desktop.ui.history_dialog import open_history
from wbos_desktop.ui.page import Page, Shell
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.page_header import PageHeader
from wbos_desktop.ui.widgets.pills import SegmentedControl

from .builder import Builder
from .dialogs import MeetingDialog
from .meeting_list import MeetingList
from .minutes_panel import MinutesPanel


class MeetingsPage(Page):
    """Are we ready for the meeting?"""

    tables: ClassVar[frozenset[str]] = frozenset(
        {
            "meetings",
            "meeting_attendees",
            "agenda_items",
            "decisions",
            "actions",
            "groups",
            "profiles",
            "cases",
            "case_steps",
            "incidents",
            "involved_persons",
            "scenarios",
            "pupils",
            "memberships",
            "school",
        }
    )

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._meeting_id: int | None = None
        self._mode = "agenda"
        self._detail: MeetingDetail | None = None
        self._asked: Task[MeetingDetail] | None = None
        self._wanted_form: tuple[str, int] | None = None
        self.may_write = allowed(shell.who, "write", "meeting")
        # Of some meetings: which ones, only the meeting itself can tell.
        self._may_minute = allowed(shell.who, "write", "minutes")
        self.list_header = PageHeader(_("Meetings"))
        new = self.list_header.add_button(_("New meeting"), "primary", "plus", self.new_meeting)
        new.writes().setVisible(self.may_write)
        self.header = self._meeting_header()
        self.body.addWidget(self.list_header)
        self.body.addWidget(self.header)
        self.list = MeetingList(may_plan=self.may_write)
        self.list.opened.connect(self._open_meeting)
        self.list.new.connect(self.new_meeting)
        self.builder = Builder(self)
        self.builder.agenda.set_read_only(not self.may_write)
        self.minutes = MinutesPanel()
        self._connect_minutes()
        # in the page before it gets widgets: the first one would show as a window of its own
        self._stack = QStackedLayout()
        self.body.addLayout(self._stack, 1)
        for widget in (self.list, self.builder, self.minutes):
            self._stack.addWidget(widget)
        for keys, slot in (
            (QKeySequence.StandardKey.Print, self.save_pdf),
            ("Ctrl+Tab", self._other_mode),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
        self._show_mode()

    def _meeting_header(self) -> PageHeader:
        header = PageHeader()
        modes = [("agenda", _("Agenda")), ("minutes", pgettext("meeting", "Minutes"))]
        self.mode = SegmentedControl(modes, _("Agenda or minutes"))
        self.mode.edited.connect(self._mode_edited)
        header.add_action(self.mode)
        self.mode.setVisible(self.may_write)
        changes = [
            (_("Change meeting"), self.edit_meeting),
            (_("Remove meeting"), self.remove_meeting),
        ]
        entries = [*changes, (_("History"), self.show_history)] if self.may_write else []
        if entries:
            header.add_menu(entries)
        self.excel_button = header.add_button(
            _("Excel"), "secondary", "file-spreadsheet", self.save_xlsx
        ).writes()
        self.pdf_button = header.add_button(
            _("Save PDF"), "primary", "file-type-pdf", self.save_pdf
        ).writes()
        self.hold_button = header.add_button(
            _("Close meeting"), "primary", "check", self.hold_meeting
        ).writes()
        return header

    def show_history(self) -> None:
        """Who changed this meeting, its agenda and its minutes."""
        if self._meeting_id is not None:
            open_history(self.shell, "meetings", self._meeting_id, self)

    def _connect_minutes(self) -> None:
        item = self.minutes.item
        item.decided.connect(self._decide)
        item.reworded.connect(self._reword)
        item.decision_removed.connect(self._remove_decision)
        item.acted.connect(self._act)
        item.ticked.connect(self._tick)
        item.action_removed.connect(self._remove_action)
        item.action_dropped.connect(self._drop_action)
        item.left_item.connect(self._left_item)
        item.came_to.connect(self._came_to_item)
        self.keeper = DraftKeeper(
            item,
            self.shell,
            "minutes",
            of=item,
            place=Route("meetings"),
            title=_("Minutes not finished"),
        )
        self.minutes.present.connect(self._present)

    # ------------------------------------------------------------ data
    def title(self) -> str:
        """'Overleg', or the kind and day of the meeting."""
        if self._meeting_id is not None and self._detail is not None:
            return meeting_title(self._detail.row)
        return _("Meetings")

    def open(self, route: Route) -> None:
        """Show the list, or the meeting of the route."""
        if route.id != self._meeting_id:
            self._detail = None
            self.builder.clear()
        self._wanted_form = route.form
        self._meeting_id = route.id
        self._mode = "minutes" if route.tab == "minutes" and self._may_minute else "agenda"
        self.mode.set_value(self._mode)
        self._show_mode()
        if route.id is None:
            self.refresh()
            return
        if self._may_minute:
            self.read(meetings.minutes_form).then(self._got_form)
        task = self.view(meetings.open_meeting, route.id)
        self._asked = task.then(self._got_meeting).failed(self._gone).instead_of(self._asked)

    def refresh(self) -> None:
        """Ask for the list or the meeting again; choice and typing stay."""
        if self._meeting_id is None:
            self.read(meetings.find_rows).then(self._got_rows)
            return
        task = self.read(meetings.get_meeting, self._meeting_id)
        self._asked = task.then(self._got_meeting).failed(self._gone).instead_of(self._asked)

    def on_lock(self) -> None:
        """Let go of the preview's bytes."""
        self.builder.clear()

    def _got_rows(self, rows: list[MeetingRow]) -> None:
        planned = sum(row.state == "planned" for row in rows)
        text = ngettext("{n} meeting planned", "{n} meetings planned", planned)
        self.list_header.set_title(_("Meetings"), text if rows else "")
        self.list.show_rows(rows)
        self._resume()

    def _got_form(self, form: MinutesForm) -> None:
        self.minutes.item.set_form(form)

    def _got_meeting(self, detail: MeetingDetail) -> None:
        self._detail = detail
        self._offer_minutes(detail.may_minute)
        row = detail.row
        people = ngettext("{n} participant", "{n} participants", row.attendees)
        head = pgettext("meeting", "Minutes") if self._mode == "minutes" else _("Meeting pack")
        self.header.set_title(head, f"{kind_text(row.kind)} · {when_text(row)} · {people}")
        self.header.set_crumbs([(_("Meetings"), self._to_list), (meeting_title(row), None)])
        self.builder.show_meeting(detail)
        self.minutes.show_meeting(detail)
        self._show_buttons()
        self._resume()

    def _offer_minutes(self, may_minute: bool) -> None:
        self.mode.setVisible(may_minute)
        if not may_minute and self._mode == "minutes":
            self._mode = "agenda"
            self.mode.set_value(self._mode)
            self._show_mode()

    def _resume(self) -> None:
        """Open the unfinished form that the route named."""
        wanted, self._wanted_form = self._wanted_form, None
        if wanted is None:
            return
        if not (self._minutes_offered if wanted[0] == "minutes" else self.may_write):
            return
        form, record_id = wanted
        if form == "meeting":
            self.read(meetings.open_form, record_id or None).then(self._open_form)
        elif form == "agenda_add":
            self.builder.add()
        elif self._detail is None or record_id not in [item.id for item in self._detail.items]:
            self.cannot_resume()
        elif form == "agenda_item":
            self.builder.edit_item(record_id)
        elif form == "minutes":
            self.minutes.choose(record_id)

    def _gone(self, error: UserError) -> None:
        self.shell.messages.show_error(self, error)
        self._to_list()

    @property
    def _minutes_offered(self) -> bool:
        return self._detail is not None and self._detail.may_minute

    # ------------------------------------------------------------ what is in view
    def _show_mode(self) -> None:
        in_meeting = self._meeting_id is not None
        self.list_header.setVisible(not in_meeting)
        self.header.setVisible(in_meeting)
        shown: QWidget = self.list
        if in_meeting:
            shown = self.minutes if self._mode == "minutes" else self.builder
        self._stack.setCurrentWidget(shown)
        self._show_buttons()

    def _show_buttons(self) -> None:
        held = self._detail is not None and self._detail.row.state == "held"
        closing = self._mode == "minutes" and not held and self.may_write
        self.hold_button.setVisible(closing)
        self.pdf_button.setVisible(not closing)

    def _to_list(self) -> None:
        self.shell.go("meetings")

    def _open_meeting(self, meeting_id: int) -> None:
        self.shell.go("meetings", meeting_id)

    def _mode_edited(self) -> None:
        self._mode = self.mode.value()
        tab = "minutes" if self._mode == "minutes" else None
        self.shell.navigator.replace(Route("meetings", self._meeting_id, tab))
        self._show_mode()
        if self._detail is not None:
            self._got_meeting(self._detail)

    def _other_mode(self) -> None:
        if self._minutes_offered:
            self.mode.set_value("agenda" if self._mode == "minutes" else "minutes")
            self._mode_edited()

    # ------------------------------------------------------------ the meeting itself
    def new_meeting(self) -> None:
        """Open the form of a new meeting."""
        self.read(meetings.open_form, None).then(self._open_form)

    def edit_meeting(self) -> None:
        """Open the form of this meeting."""
        self.read(meetings.open_form, self._meeting_id).then(self._open_form)

    def _open_form(self, form: MeetingForm) -> None:
        MeetingDialog(self.shell, form, self._saved, self.window()).open()

    def _saved(self, meeting_id: int) -> None:
        if meeting_id != self._meeting_id:
            self._open_meeting(meeting_id)

    def remove_meeting(self) -> None:
        """Take the meeting off the list; can be undone."""
        if self._meeting_id is not None:
            self.write(meetings.remove_meeting, self._meeting_id).then(self._removed)
            self._meeting_id = None

    def _removed(self, _nothing: None) -> None:
        self.shell.messages.toast(_("Meeting removed."), undo_last=True)
        self._to_list()

    def hold_meeting(self) -> None:
        """Close the meeting: it was held, open actions go on to the next one."""
        if self._meeting_id is not None:
            self.write(meetings.hold_meeting, self._meeting_id).then(self._held)

    def _held(self, _nothing: None) -> None:
        text = _("Meeting closed. Open actions go on to the next one.")
        self.shell.messages.toast(text, undo_last=True)

    def save_pdf(self) -> None:
        """Write the pack as PDF to a place the user chooses."""
        if self._meeting_id is not None:
            self.builder.save("pdf")

    def save_xlsx(self) -> None:
        """Write the pack as a workbook to a place the user chooses."""
        if self._meeting_id is not None:
            self.builder.save("xlsx")

    # ------------------------------------------------------------ minutes
    def _left_item(self) -> None:
        self.keeper.pause()

    def _came_to_item(self, item: AgendaItemRow) -> None:
        place = Route("meetings", self._meeting_id, "minutes")
        self.keeper.move_to(item.id, place, detail=item.title)
        self.keeper.start()

    def _decide(self, item_id: int, text: str) -> None:
        task = self.keeper.send(agenda.record_decision, item_id, text)
        task.then(self._decided).failed(self._not_decided).finally_(self._answered)

    def _reword(self, decision: DecisionRow, text: str) -> None:
        task = self.keeper.send(agenda.change_decision, decision.id, decision.version, text)
        task.then(self._decided).failed(self._not_decided).finally_(self._answered)

    def _decided(self, _answer: object) -> None:
        self.minutes.item.decision_saved()
        self.keeper.go_on(emptied=True)

    def _answered(self) -> None:
        self.minutes.item.waiting.discard("decision")

    def _act_answered(self) -> None:
        self.minutes.item.waiting.discard("action")

    def _not_decided(self, error: UserError) -> None:
        """What was written stays; a decision that a colleague reworded is laid beside it."""
        if isinstance(error, Conflict) and self._meeting_id is not None:
            self.read(meetings.get_meeting, self._meeting_id).then(self._compare)
        elif isinstance(error, Invalid):
            self.minutes.item.decision_row.set_error(error.message)
        else:
            self.shell.messages.show_error(self, error)

    def _compare(self, detail: MeetingDetail) -> None:
        item = self.minutes.item
        mine = item.kept()
        rows = [row for one in detail.items for row in one.decisions if row.id == mine["editing"]]
        if not rows:
            item.put_back({**mine, "editing": None})
            return
        item.take_fresh(rows[0])
        choose_version(self, Versions(item, mine, {}), item.submit)

    def _remove_decision(self, decision_id: int) -> None:
        self.write(agenda.remove_decision, decision_id).then(self._decision_gone)

    def _decision_gone(self, _nothing: None) -> None:
        self.shell.messages.toast(_("Decision taken away."), undo_last=True)

    def _act(self, draft: ActionDraft) -> None:
        task = self.keeper.send(actions.save_action, draft)
        task.then(self._acted).failed(self._act_failed).finally_(self._act_answered)

    def _acted(self, _action_id: int) -> None:
        self.minutes.item.new_action.clear()
        self.keeper.go_on(emptied=True)
        self.minutes.item.new_action.what.setFocus()

    def _act_failed(self, error: UserError) -> None:
        if isinstance(error, Invalid):
            self.minutes.item.new_action.show_errors(error.fields)
        else:
            self.shell.messages.show_error(self, error)

    def _tick(self, action_id: int, done: bool) -> None:
        change = actions.finish_action if done else actions.reopen_action
        self.write(change, action_id).then(self._ticked)

    def _ticked(self, _nothing: None) -> None:
        self.shell.messages.toast(_("Action updated."), undo_last=True)

    def _remove_action(self, action_id: int) -> None:
        self.write(actions.remove_action, action_id).then(self._action_gone)

    def _action_gone(self, _nothing: None) -> None:
        self.shell.messages.toast(_("Action taken away."), undo_last=True)

    def _drop_action(self, action_id: int) -> None:
        self.write(actions.drop_action, action_id).then(self._ticked)

    def _present(self, attendee_id: int, present: bool) -> None:
        self.write(meetings.set_present, attendee_id, present)
