"""Requests for access: which run and until when; one opens with its steps and passages."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget

from wbos_desktop.domain.access import AccessRow, requester_text, state_text, term_text
from wbos_desktop.i18n import _, date_short
from wbos_desktop.services import access
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import ScrollPage, clear_layout
from wbos_desktop.ui.widgets.chips import Chip
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.rows import ListRow

from .access_dialogs import NewRequestDialog
from .access_review import AccessReview
from .same_focus import keeps_focus
from .section import Section


class AccessSection(Section):
    """A list of requests; one opens over it."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(
            shell,
            _("Access requests"),
            _("A parent or pupil asks what you keep. You answer within a month."),
        )
        self._asked: Task[list[AccessRow]] | None = None
        self._lines: dict[int, ListRow] = {}
        self._opened = 0
        self.back = Button(_("All requests"), "secondary", "chevron-left")
        self.back.clicked.connect(self._back_to_list)
        self.new_button = Button(_("New request"), "primary", "plus")
        self.new_button.clicked.connect(self.ask_new)
        self.add_tool(self.back)
        self.add_tool(self.new_button)
        self.back.hide()
        self.list_page = ScrollPage()
        self.review = AccessReview(shell)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list_page)
        self.stack.addWidget(self.review)
        self.body.addWidget(self.stack, 1)

    def refresh(self) -> None:
        """Ask for the list; a request that is open is asked again too."""
        self._asked = self.read(access.list_requests).then(self._show).instead_of(self._asked)
        if self.stack.currentWidget() is self.review:
            self.review.refresh()

    def resume(self, form: str, record_id: int) -> None:
        """Open an unfinished form again: of a new request, or of one that runs."""
        if form == "access_request":
            self.ask_new()
            return
        self.open_request(record_id)
        self.review.resume(form, record_id)

    def leave(self) -> None:
        """Come back at the list."""
        self.to_list()

    def to_list(self) -> None:
        """Show all requests."""
        self.stack.setCurrentWidget(self.list_page)
        self.back.hide()
        self.new_button.show()
        self.set_one_open(False)

    def _back_to_list(self) -> None:
        self.to_list()
        line = self._lines.get(self._opened)
        (line or self.new_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_new(self) -> None:
        """Open the form of a new request."""
        dialog = NewRequestDialog(self.shell, dt.date.today(), self.window())
        dialog.finished_with.connect(self.open_request)
        dialog.open()

    def open_request(self, request_id: int) -> None:
        """Show one request."""
        self._opened = request_id
        self.review.show_request(request_id)
        self.stack.setCurrentWidget(self.review)
        self.new_button.hide()
        self.set_one_open(True)
        self.back.show()
        self.back.setFocus(Qt.FocusReason.OtherFocusReason)

    @keeps_focus
    def _show(self, rows: list[AccessRow]) -> None:
        body = self.list_page.body
        clear_layout(body)
        body.setSpacing(0)
        if not rows:
            text = _("A parent, or a pupil from 16 on, may ask what you keep about them.")
            body.addWidget(EmptyState(_("No requests."), text, picture=False))
        self._lines = {row.id: self._line(row) for row in rows}
        for line in self._lines.values():
            body.addWidget(line)
        body.addStretch(1)

    def _line(self, row: AccessRow) -> ListRow:
        facts = [
            requester_text(row.requester_kind),
            row.requester_name,
            _("came in {day}").format(day=date_short(row.received_on)),
        ]
        line = ListRow(
            row.pupil,
            " · ".join(fact for fact in facts if fact),
            right=_chip(row),
            title_role="bodyStrong",
        )
        line.opened.connect(lambda: self.open_request(row.id))
        return line


def _chip(row: AccessRow) -> Chip:
    if row.state != "open":
        return Chip(state_text(row.state), "circle-check")
    return Chip(term_text(row), term_icon(row), "danger" if row.days_left < 0 else "state")


def term_icon(row: AccessRow) -> str:
    """An alert when it is late, a clock in the last week."""
    if row.days_left < 0:
        return "alert-triangle"
    return "clock" if row.days_left <= 7 else "calendar-event"
