"""One request for access: its term and checks, then every passage one after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.access import (
    DECISIONS,
    AccessDetail,
    AccessRow,
    Passage,
    decision_text,
    requester_text,
    state_text,
)
from wbos_desktop.domain.reports import FileMade
from wbos_desktop.errors import Invalid, UserError
from wbos_desktop.i18n import _, date_long, date_numeric, date_short
from wbos_desktop.services import access, exports
from wbos_desktop.ui import theme
from wbos_desktop.ui.file_password import ask_file_password
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import ScrollPage
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.fields import TextField
from wbos_desktop.ui.widgets.flow import FlowLayout
from wbos_desktop.ui.widgets.form import FormRow
from wbos_desktop.ui.widgets.labels import IconLabel, Label
from wbos_desktop.ui.widgets.paged_model import Column
from wbos_desktop.ui.widgets.pills import SegmentedControl
from wbos_desktop.ui.widgets.record_table import RecordTable

from .access_dialogs import ChecksDialog, GivenDialog, ReasonDialog

SIDE_BY_SIDE = 780
"""Width at 100 % text from which list and passage stand side by side."""
LIST_HEIGHT = 230
"""Least height of the list at 100 % text: its head and three passages."""


class AccessReview(QWidget):
    """Left the passages, right the one that is judged; above what is still to be done."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.detail: AccessDetail | None = None
        self._request_id = 0
        self._resumes = ""
        self._asked: Task[AccessDetail] | None = None
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.setSpacing(12)
        self.messages_place = QVBoxLayout()
        outside.addLayout(self.messages_place)
        # All of it scrolls as one: a small window with large text has no room for two panes.
        self.page = ScrollPage()
        outside.addWidget(self.page, 1)
        column = self.page.body
        column.setSpacing(12)
        self.head = Label("", "h3", wrap=True)
        self.line = Label("", "sub", wrap=True)
        column.addWidget(self.head)
        column.addWidget(self.line)
        column.addWidget(self._tools())
        self.note = Label(
            _(
                "This is what you may see. Ask each colleague with cases for listed people only"
                " whether there is more."
            ),
            "caption",
            wrap=True,
        )
        column.addWidget(self.note)
        self.passages = self._passages()
        column.addLayout(self.passages, 1)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.table.setMinimumHeight(theme.scaled(LIST_HEIGHT))
        self._arrange()

    def _arrange(self) -> None:
        """The passage beside the list, or below it where the two do not fit."""
        narrow = self.width() < theme.scaled(SIDE_BY_SIDE)
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self.passages.setDirection(down if narrow else across)

    def _tools(self) -> QWidget:
        tools = QWidget()
        row = FlowLayout(tools)
        self.checks_button = Button(_("Who asks"), "secondary", "user", size="small")
        self.checks_button.clicked.connect(lambda: self._open(ChecksDialog))
        self.extend_button = Button(_("Extend"), "secondary", "clock", size="small")
        self.extend_button.clicked.connect(lambda: self._ask_reason("extend"))
        self.copy_button = Button(_("Make copy (PDF)"), "secondary", "file-type-pdf", size="small")
        self.copy_button.clicked.connect(self._make_copy)
        self.given_button = Button(_("Copy given"), "secondary", "check", size="small")
        self.given_button.clicked.connect(lambda: self._open(GivenDialog))
        self.refuse_button = Button(_("Refuse"), "ghost", size="small")
        self.refuse_button.clicked.connect(lambda: self._ask_reason("refused"))
        self.withdrawn_button = Button(_("Withdrawn"), "ghost", size="small")
        self.withdrawn_button.clicked.connect(lambda: self._ask_reason("withdrawn"))
        for button in self._buttons():
            row.addWidget(button)
        return tools

    def _buttons(self) -> tuple[Button, ...]:
        return (
            self.checks_button,
            self.copy_button,
            self.given_button,
            self.extend_button,
            self.refuse_button,
            self.withdrawn_button,
        )

    def _passages(self) -> QBoxLayout:
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(16)
        columns: list[Column[Passage]] = [
            Column(
                _("Passage"),
                lambda passage: passage.label,
                sub=lambda passage: date_numeric(passage.day),
                width=180,
                stretch=1,
                icon=lambda passage: "circle-check" if passage.judged else "circle-dashed",
            ),
            Column(
                _("Decision"),
                lambda passage: decision_text(passage.decision),
                sub=lambda passage: "" if passage.judged else _("proposal"),
                width=130,
            ),
        ]
        empty = EmptyState(_("No texts about this pupil."), picture=False)
        self.table = RecordTable(columns, self._fetch, _("Passages"), empty=empty, foot=False)
        self.table.selected.connect(self._selected)
        row.addWidget(self.table, 4)
        self.panel = _PassagePanel()
        self.panel.decided.connect(self._decide)
        row.addWidget(self.panel, 5)
        return row

    # ------------------------------------------------------------ what is shown
    def show_request(self, request_id: int) -> None:
        """Show this request; the audit trail notes it."""
        self._request_id = request_id
        self.detail = None
        self.panel.show_passage(None, closed=True)
        task = self.shell.tasks.view(self, access.open_detail, request_id)
        self._asked = task.then(self._show).instead_of(self._asked)

    def resume(self, form: str, request_id: int) -> None:
        """Show a request with an unfinished form of it open."""
        self._resumes = form
        self.show_request(request_id)

    def _open_again(self) -> None:
        form, self._resumes = self._resumes.removeprefix("access_"), ""
        if form in ("extend", "refused", "withdrawn"):
            self._ask_reason(form)
        elif form:
            self._open({"checks": ChecksDialog, "given": GivenDialog}[form])

    def refresh(self) -> None:
        """Ask for it again; the passage that is looked at stays."""
        if self._request_id:
            task = self.shell.tasks.read(self, access.get_detail, self._request_id)
            self._asked = task.then(self._show).instead_of(self._asked)

    def _show(self, detail: AccessDetail) -> None:
        first = self.detail is None
        self.detail = detail
        row = detail.row
        self.head.setText(row.pupil)
        self.line.setText(_facts(row, detail))
        self._show_tools(row, detail)
        self.table.set_ids(list(range(1, len(detail.passages) + 1)))
        self.table.refresh_rows()
        self._open_again()
        if first and detail.passages:
            self._select_next()
        else:
            self._selected(self.table.current_id())

    def _show_tools(self, row: AccessRow, detail: AccessDetail) -> None:
        for button in self._buttons():
            button.setVisible(row.state == "open" or button is self.copy_button)
        self.extend_button.setVisible(row.state == "open" and row.extended_on is None)
        self.copy_button.block("")
        self.given_button.block("")
        if detail.open_passages:
            text = _("Look at every passage first: {n} to go.").format(n=detail.open_passages)
            self.copy_button.block(text)
            self.given_button.block(text)
        elif not row.may_give:
            self.given_button.block(_("First note how you checked who asks."))

    def _fetch(self, ids: Sequence[int], deliver: Callable[[dict[int, Passage]], object]) -> None:
        passages = self.detail.passages if self.detail else ()
        deliver({key: passages[key - 1] for key in ids if key <= len(passages)})

    def _selected(self, key: int | None) -> None:
        detail = self.detail
        if detail is None or key is None or key > len(detail.passages):
            self.panel.show_passage(None, closed=True)
            return
        self.panel.show_passage(detail.passages[key - 1], closed=detail.row.state != "open")

    def _select_next(self) -> None:
        """Go to the first passage that nobody looked at yet."""
        passages = self.detail.passages if self.detail else ()
        waiting = [key for key, passage in enumerate(passages, start=1) if not passage.judged]
        if waiting:
            self.table.select(waiting[0])
            self._selected(waiting[0])  # it may be the row that was chosen already

    # ------------------------------------------------------------ what is done
    def _decide(self, passage: Passage, decision: str, reason: str) -> None:
        task = self.shell.tasks.write(
            self, access.decide_passage, self._request_id, passage.key, decision, reason
        )
        task.then(self._decided).failed(self._refused)

    def _decided(self, _none: None) -> None:
        self.shell.tasks.read(self, access.get_detail, self._request_id).then(self._show_next)

    def _show_next(self, detail: AccessDetail) -> None:
        self._show(detail)
        self._select_next()
        self.page.ensureWidgetVisible(self.panel.label, 0, theme.space(3))

    def _refused(self, error: UserError) -> None:
        if isinstance(error, Invalid) and "reason" in error.fields:
            self.panel.show_error(error.fields["reason"])
        else:
            self.shell.messages.show_error(self, error)

    def _open(self, make: Callable[[Shell, AccessRow, dt.date, QWidget], Any]) -> None:
        if self.detail is not None:
            row = self.detail.row
            today = row.due_on - dt.timedelta(days=row.days_left)
            make(self.shell, row, today, self.window()).open()

    def _ask_reason(self, what: str) -> None:
        if self.detail is not None:
            ReasonDialog(self.shell, self.detail.row, what, self.window()).open()

    def _make_copy(self) -> None:
        if self.detail is not None:
            ask_file_password(self.shell, self, self._choose_place)

    def _choose_place(self, password: str) -> None:
        if self.detail is not None:
            name = f"inzage-{self._request_id}-{dt.date.today().isoformat()}.pdf"
            title = _("Make copy (PDF)")
            then = partial(self._write, password)
            self.shell.messages.save_file(self, title, name, "PDF (*.pdf)", then)

    def _write(self, password: str, target: Path) -> None:
        workspace = self.shell.tasks.workspace
        if workspace is not None:
            task = self.shell.tasks.run_long(
                self, exports.save_access_copy, workspace, self._request_id, target, password
            )
            task.then(self._written)

    def _written(self, made: FileMade) -> None:
        self.shell.messages.toast(_("Saved: {file}").format(file=made.file_name))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


class _PassagePanel(QWidget):
    """One passage: its text, how it would stand in the copy, and three choices.

    `decided` gives passage, decision and reason.
    """

    decided = Signal(object, str, str)

    def __init__(self) -> None:
        super().__init__()
        self._passage: Passage | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.label = Label("", "bodyStrong", wrap=True)
        self.text = Label("", "body", wrap=True, selectable=True)
        self.choice = SegmentedControl(
            [(code, decision_text(code)) for code in DECISIONS], _("Decision")
        )
        self.choice.edited.connect(self._chosen)
        self.changes = IconLabel("eye", "", "small", wrap=True)
        self.reason = TextField(_("Why"), max_length=500)
        self.reason_row = FormRow(_("Why is this left out?"), self.reason)
        self.accept = Button(_("Keep and go on"), "primary", "check")
        self.accept.clicked.connect(self._accepted)
        for widget in (self.label, self.text, self.choice, self.changes, self.reason_row):
            column.addWidget(widget)
        column.addWidget(self.accept, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def show_passage(self, passage: Passage | None, *, closed: bool) -> None:
        """Show it; None shows nothing."""
        self._passage = passage
        self.setVisible(passage is not None)
        if passage is None:
            return
        self.label.setText(f"{date_long(passage.day, weekday=False)} · {passage.label}")
        self.text.setText(passage.text)
        self.choice.set_value(passage.decision)
        self.reason.set_value(passage.reason)
        self.reason_row.set_error("")
        for widget in (self.choice, self.reason, self.accept):
            widget.setEnabled(not closed)
        self._chosen()

    def show_error(self, text: str) -> None:
        """What is wrong with the reason."""
        self.reason_row.set_error(text)
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _chosen(self) -> None:
        passage, decision = self._passage, self.choice.value()
        if passage is None:
            return
        self.reason_row.setVisible(decision == "leave_out")
        shown = decision == "mask" and passage.names_others
        self.changes.setVisible(shown)
        if shown:
            text = _("In the copy: {text}").format(text=passage.masked)
            self.changes.set("eye", text, "small", None)

    def _accepted(self) -> None:
        if self._passage is not None:
            self.decided.emit(self._passage, self.choice.value(), self.reason.value())


def _facts(row: AccessRow, detail: AccessDetail) -> str:
    who = requester_text(row.requester_kind)
    facts = [
        f"{who}: {row.requester_name}" if row.requester_name else who,
        _("came in {day}").format(day=date_short(row.received_on)),
    ]
    if row.state == "open":
        facts.append(_("answer before or on {day}").format(day=date_short(row.due_on)))
        if detail.open_passages:
            facts.append(_("{n} passages to look at").format(n=detail.open_passages))
    else:
        facts.append(state_text(row.state))
        facts += [row.given_how, row.outcome_reason]
    return " · ".join(fact for fact in facts if fact)
