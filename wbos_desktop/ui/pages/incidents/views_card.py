"""What pupil or parent says about a case, beside what the school wrote."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.stated_views import STATED_BY, ViewDraft, ViewRow, stated_by_text
from wbos_desktop.i18n import _, date_short
from wbos_desktop.services import stated_views
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button, IconButton
from wbos_desktop.ui.widgets.cards import Card, Hairline, clear_layout
from wbos_desktop.ui.widgets.date_edit import DateEdit, DateParser
from wbos_desktop.ui.widgets.fields import ComboBox, TextArea
from wbos_desktop.ui.widgets.form import Field
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.pills import PillGroup

from .form_dialog import FormDialog, Kept

Found = tuple[tuple[ViewRow, ...], list[tuple[int, str]]]


class ViewsCard(Card):
    """Asks for the views of one case; adding and removing go through it."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(_("Other views"))
        self.shell = shell
        self._case_id: int | None = None
        self._resuming = False
        self._may_write = True
        self._past: DateParser | None = None
        self._today = dt.date.min
        self._pupils: list[tuple[int, str]] = []
        self._asked: Task[Found] | None = None
        text = _("Does a pupil or parent see it otherwise? That stands beside it, in copies too.")
        self.body.addWidget(Label(text, "caption", wrap=True))
        self.rows = QVBoxLayout()
        self.rows.setSpacing(8)
        self.body.addLayout(self.rows)
        self.add_button = Button(_("Add view"), "secondary", "plus", size="small").writes()
        self.add_button.clicked.connect(self.ask_view)
        self.body.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_case(
        self, case_id: int, past: DateParser, today: dt.date, *, may_write: bool = True
    ) -> None:
        """Ask for the views of this case; `past` reads the days that are typed."""
        self._may_write = may_write
        self._case_id, self._past, self._today = case_id, past, today
        task = self.shell.tasks.read(self, _load, case_id)
        self._asked = task.then(self._show).instead_of(self._asked)

    def _show(self, found: Found) -> None:
        views, self._pupils = found
        self.add_button.setVisible(self._may_write and bool(self._pupils))
        clear_layout(self.rows)
        for view in views:
            self.rows.addWidget(Hairline())
            self.rows.addWidget(self._line(view))
        if self._resuming:
            self._resuming = False
            self.ask_view()

    def resume(self) -> None:
        """Open the unfinished form again, once the pupils of the case are known."""
        self._resuming = True

    def _line(self, view: ViewRow) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(Label(view.who, "smallStrong", wrap=True))
        words.addWidget(Label(date_short(view.stated_on), "caption"))
        words.addWidget(Label(view.text, "body", wrap=True, selectable=True))
        row.addLayout(words, 1)
        remove = IconButton("trash", _("Remove this view")).writes()
        remove.clicked.connect(partial(self._remove, view))
        remove.setHidden(not self._may_write)
        row.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def ask_view(self) -> None:
        """Open the form of a new view."""
        if self._case_id is None or self._past is None:
            return
        dialog = view_dialog(
            self.shell, self._case_id, self._pupils, self._past, self._today, self.window()
        )
        dialog.finished_with.connect(lambda _id: self._said(_("View added.")))
        dialog.open()

    def _remove(self, view: ViewRow) -> None:
        task = self.shell.tasks.write(self, stated_views.remove_view, view.id, view.version)
        task.then(lambda _none: self._said(_("View removed.")))

    def _said(self, text: str) -> None:
        self.shell.messages.toast(text, undo_last=True)


def view_dialog(
    shell: Shell,
    case_id: int,
    pupils: list[tuple[int, str]],
    past: DateParser,
    today: dt.date,
    parent: QWidget,
) -> FormDialog:
    """Whose view it is, from when, and the words themselves."""
    before = ViewDraft(pupils[0][0] if len(pupils) == 1 else None, stated_on=today)

    def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        return stated_views.add_view, (case_id, replace(before, **values))

    who = [(code, stated_by_text(code)) for code in STATED_BY]
    names = _("Choose a pupil")
    return FormDialog(
        shell,
        _("Add view"),
        [
            [
                Field(_("About"), "pupil_id", ComboBox(pupils, _("About"), empty=names)),
                Field(
                    _("Stated on"), "stated_on", DateEdit(_("Stated on"), parser=past), stretch=0
                ),
            ],
            Field(_("Whose view"), "stated_by", PillGroup(who, _("Whose view"))),
            Field(
                _("In their own words"),
                "text",
                TextArea(_("In their own words"), lines=5),
                hint=_("A wrong fact? Correct it under Facts: the history stays."),
            ),
        ],
        verb=_("Add view"),
        cancel=_("Don't add"),
        send=send,
        kept=Kept("view", case_id, Route("case", case_id, "facts")),
        fill=before,
        parent=parent,
    )


def _load(session: Any, case_id: int) -> Found:
    return stated_views.list_views(session, case_id), stated_views.pupils_of_case(session, case_id)
