"""Documents for board, council, parents and privacy officer; and who agreed, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.accountability import Agreement, KitDocument, KitRow
from wbos_desktop.domain.reports import FileMade
from wbos_desktop.i18n import _, date_long
from wbos_desktop.services import accountability, exports
from wbos_desktop.ui.form_dialog import FormDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Hairline, ScrollPage
from wbos_desktop.ui.widgets.date_edit import DateEdit, plain_parser
from wbos_desktop.ui.widgets.fields import CheckBox, TextField
from wbos_desktop.ui.widgets.form import Field, Form
from wbos_desktop.ui.widgets.labels import IconLabel, Label

from .section import Section


class AccountabilitySection(Section):
    """The agreement above, one row a document below."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(
            shell,
            _("Accountability"),
            _("Documents to explain and discuss what you keep. Read them before you use them."),
        )
        self._agreement = Agreement()
        self._asked: Task[Agreement] | None = None
        page = ScrollPage()
        page.body.setSpacing(12)
        self.agreed = IconLabel("circle-dashed", "", "body", wrap=True)
        self.agree_button = Button(_("Write down who agreed"), "secondary", "pencil")
        self.agree_button.clicked.connect(self.ask_agreement)
        row = QHBoxLayout()
        row.addWidget(self.agreed, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.agree_button)
        page.body.addLayout(row)
        for document in accountability.list_documents():
            page.body.addWidget(Hairline())
            page.body.addWidget(self._line(document))
        page.body.addStretch(1)
        self.body.addWidget(page, 1)

    def _line(self, document: KitRow) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(document.title, "bodyStrong", wrap=True))
        words.addWidget(Label(document.use, "small", wrap=True))
        row.addLayout(words, 1)
        copy = Button(_("Copy text"), "secondary", size="small")
        copy.setAccessibleName(_("Copy text: {title}").format(title=document.title))
        copy.clicked.connect(partial(self._copy, document))
        make = Button(_("Make PDF"), "secondary", "file-type-pdf", size="small")
        make.setAccessibleName(_("Make PDF: {title}").format(title=document.title))
        make.clicked.connect(partial(self._ask_place, document))
        for button in (copy, make):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def refresh(self) -> None:
        """Ask who agreed."""
        task = self.read(accountability.get_agreement)
        self._asked = task.then(self._show).instead_of(self._asked)

    def resume(self, form: str, record_id: int) -> None:
        """Open the unfinished form again."""
        self.read(accountability.get_agreement).then(self._show_and_ask)

    def _show_and_ask(self, agreement: Agreement) -> None:
        self._show(agreement)
        self.ask_agreement()

    def _show(self, agreement: Agreement) -> None:
        self._agreement = agreement
        if agreement.agreed_on is None:
            text = _("Nobody wrote down yet who agreed that your school uses WBOS.")
            self.agreed.set("circle-dashed", text, "body", None)
            return
        text = _("{who} agreed on {day}.").format(
            who=agreement.agreed_by, day=date_long(agreement.agreed_on, weekday=False)
        )
        if agreement.heard:
            text += " " + _("The participation council was heard.")
        self.agreed.set("circle-check", text, "body", None)

    def ask_agreement(self) -> None:
        """Open the form of who agreed."""
        AgreementDialog(self.shell, self._agreement, self.window()).open()

    def _make(self, document: KitRow) -> Task[KitDocument]:
        minutes = self.shell.settings.get("lock_minutes")
        return self.read(accountability.make_document, document.code, minutes)

    def _copy(self, document: KitRow) -> None:
        self._make(document).then(self._copied)

    def _copied(self, made: KitDocument) -> None:
        self.shell.clipboard.copy(made.text)
        self.shell.messages.toast(_("Copied. Paste it within half a minute."))

    def _ask_place(self, document: KitRow) -> None:
        self._make(document).then(self._choose)

    def _choose(self, made: KitDocument) -> None:
        name = exports.default_name(made, "pdf")
        self.shell.messages.save_file(
            self, made.title, name, "PDF (*.pdf)", partial(self._write, made)
        )

    def _write(self, made: KitDocument, target: Path) -> None:
        workspace = self.shell.tasks.workspace
        if workspace is not None:
            task = self.shell.tasks.run_long(
                self, exports.save_report, workspace, made, target, "pdf"
            )
            task.then(self._written)

    def _written(self, made: FileMade) -> None:
        self.shell.messages.toast(_("Saved: {file}").format(file=made.file_name))


class AgreementDialog(FormDialog):
    """Who agreed, when, and whether the council was heard."""

    def __init__(self, shell: Shell, agreement: Agreement, parent: QWidget) -> None:
        super().__init__(shell, _("Who agreed that you use WBOS?"), parent=parent)
        self._agreement = agreement
        today = dt.date.today()
        day = DateEdit(_("Agreed on"), parser=plain_parser(today, lean=-1), today=today)
        self.form = Form(
            [
                [
                    Field(
                        _("Who agreed"),
                        "agreed_by",
                        TextField(_("Who agreed"), max_length=200),
                        hint=_("A function is enough, such as: the board."),
                    ),
                    Field(_("Agreed on"), "agreed_on", day, stretch=0),
                ],
                Field("", "heard", CheckBox(_("The participation council was heard"))),
            ]
        )
        self.form.fill(agreement)
        self.finish_form(_("Save"))
        self.reload = (accountability.get_agreement, ())
        place = Route("manage", None, "accountability")
        self.keep_as("agreement", None, place, version=agreement.version or None)
        self.focus_first()

    def call(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Save who agreed."""
        return accountability.save_agreement, (self.form.draft(self._agreement),)

    def saved(self, answer: Any) -> None:
        """Say so."""
        self.shell.messages.toast(_("Saved."), undo_last=True)

    def take_fresh(self, fresh: Any) -> None:
        """What a colleague wrote."""
        self._agreement = fresh
        self.form.fill(fresh)
