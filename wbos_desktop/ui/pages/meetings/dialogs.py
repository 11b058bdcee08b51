"""Dialogs of a meeting: its facts, an agenda item, what to add, and what is suggested."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from wbos_desktop.domain.calendar import SchoolCalendar
from wbos_desktop.domain.meetings import (
    AIMS,
    KINDS,
    AgendaItemDraft,
    AgendaItemRow,
    Choice,
    ItemProposal,
    MeetingDraft,
    MeetingForm,
    aim_text,
    kind_text,
)
from wbos_desktop.domain.people import fold
from wbos_desktop.domain.typed_dates import day_echo, parse_day
from wbos_desktop.errors import Invalid, UserError
from wbos_desktop.i18n import _, date_short
from wbos_desktop.services import agenda, meetings
from wbos_desktop.ui import theme
from wbos_desktop.ui.drafts import DraftKeeper
from wbos_desktop.ui.form_dialog import FormDialog
from wbos_desktop.ui.page import Shell
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.date_edit import DateEdit, DateParser, TimeEdit
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.fields import (
    CheckBox,
    ComboBox,
    NumberField,
    SearchField,
    TextArea,
    TextField,
)
from wbos_desktop.ui.widgets.form import Field, Form
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.pills import PillGroup
from wbos_desktop.ui.widgets.record_table import quiet_selection

from .attendees import AttendeesField


def school_parser(today: dt.date, calendar: SchoolCalendar) -> DateParser:
    """Reads '25-11', 'wo', '+5' (school days) and echoes how many school days that is."""

    def parse(text: str) -> tuple[dt.date, str]:
        day = parse_day(text, today, calendar)
        if day is None:
            raise UserError(_("Write a date, such as 25-11, wed or +5."))
        return day, day_echo(day, today, calendar)

    return parse


@dataclasses.dataclass(frozen=True)
class _Facts:
    """A MeetingDraft with day and times apart, as the form shows them."""

    kind: str
    on: dt.date | None
    start: dt.time | None
    end: dt.time | None
    place: str
    chair_id: int | None
    minutes_taker_id: int | None
    attendees: tuple[object, ...]


class MeetingDialog(FormDialog):
    """A new meeting, or the facts of one."""

    def __init__(
        self, shell: Shell, form: MeetingForm, saved: Callable[[int], object], parent: QWidget
    ) -> None:
        draft = form.draft
        title = _("New meeting") if draft.id is None else _("Change meeting")
        super().__init__(shell, title, width=680, parent=parent)
        self._draft, self._then = draft, saved
        kinds = [(code, kind_text(code)) for code in KINDS]
        parser = school_parser(form.today, form.calendar)
        nobody = _("Nobody yet")
        self.form = Form(
            [
                Field(_("Kind of meeting"), "kind", PillGroup(kinds, _("Kind of meeting"))),
                [
                    Field(_("Day"), "on", DateEdit(_("Day"), parser=parser), stretch=0),
                    Field(_("From"), "start", TimeEdit(_("From")), stretch=0),
                    Field(_("To"), "end", TimeEdit(_("To")), stretch=0),
                    Field(_("Room"), "place", TextField(_("Room"), max_length=80), optional=True),
                ],
                [
                    Field(_("Chair"), "chair_id", ComboBox(list(form.staff), empty=nobody)),
                    Field(
                        _("Minutes by"),
                        "minutes_taker_id",
                        ComboBox(list(form.staff), empty=nobody),
                    ),
                ],
                Field(_("Participants"), "attendees", AttendeesField(form.staff)),
            ]
        )
        self.form.fill(self._facts(draft))
        self.finish_form(_("Save meeting"))
        if draft.id is not None:
            self.reload = (meetings.edit_meeting, (draft.id,))
        self.keep_as(
            "meeting",
            draft.id,
            Route("meetings", draft.id),
            version=draft.version if draft.id else None,
            detail=date_short(draft.starts_at.date()) if draft.starts_at else "",
        )

    def _facts(self, draft: MeetingDraft) -> _Facts:
        start, end = draft.starts_at, draft.ends_at
        return _Facts(
            draft.kind,
            start.date() if start else None,
            start.time() if start else None,
            end.time() if end else None,
            draft.place,
            draft.chair_id,
            draft.minutes_taker_id,
            draft.attendees,
        )

    def draft(self) -> MeetingDraft:
        """What stands in the form now."""
        values = self.form.values()
        day, start, end = values.pop("on"), values.pop("start"), values.pop("end")
        moment = dt.datetime.combine
        return dataclasses.replace(
            self._draft,
            starts_at=moment(day, start) if day and start else None,
            ends_at=moment(day, end) if day and end else None,
            **values,
        )

    def call(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Save the meeting."""
        return meetings.save_meeting, (self.draft(),)

    def saved(self, answer: Any) -> None:
        """Say so, and show the meeting."""
        self.shell.messages.toast(_("Meeting saved."), undo_last=True)
        self._then(answer)

    def take_fresh(self, fresh: Any) -> None:
        """The meeting as a colleague left it."""
        self._draft = fresh
        self.form.fill(self._facts(fresh))

    def errors_of(self, error: Invalid) -> dict[str, str]:
        """Day and time stand apart in the form."""
        renamed = {"starts_at": "on", "ends_at": "end"}
        return {renamed.get(key, key): text for key, text in error.fields.items()}


class ItemDialog(FormDialog):
    """Minutes, aim, question, and whether parents and pupil know of it."""

    def __init__(
        self,
        shell: Shell,
        item: AgendaItemRow,
        draft: AgendaItemDraft,
        meeting_id: int,
        external: bool,
        parent: QWidget,
    ) -> None:
        super().__init__(shell, _("Agenda item"), item.title, width=600, parent=parent)
        self._draft = draft
        aims = [(code, aim_text(code)) for code in AIMS]
        fields: list[Field | list[Field]] = []
        if item.subject == "free":
            fields.append(Field(_("Title"), "title", TextField(_("Title"), max_length=120)))
        fields.append(
            [
                Field(_("Aim"), "aim", PillGroup(aims, _("Aim"))),
                Field(_("Minutes"), "minutes", NumberField(minimum=1, maximum=240), stretch=0),
            ]
        )
        question = Field(
            _("Question to the meeting"),
            "question",
            TextArea(_("Question to the meeting"), lines=2),
            optional=True,
            hint=_("What do you want to know or decide? One sentence is enough."),
        )
        fields.append(question)
        if item.about_pupil or item.subject in ("group", "free"):
            fields += self._informed()
        if external and item.about_pupil:
            fields += self._external()
        self.form = Form(fields)
        self.form.fill(draft)
        self.finish_form(_("Save item"))
        self.reload = (agenda.edit_item, (item.id,))
        self.keep_as(
            "agenda_item",
            item.id,
            Route("meetings", meeting_id),
            version=draft.version,
            detail=item.title,
        )

    def _informed(self) -> list[Field | list[Field]]:
        known = [("", _("Not asked")), ("yes", _("Yes")), ("no", _("No, because"))]
        label = _("Parents and pupil know of it")
        return [
            Field(label, "informed", PillGroup(known, label)),
            Field(
                _("Why not yet?"),
                "informed_reason",
                TextField(_("Why not yet?"), max_length=200),
                optional=True,
            ),
        ]

    def _external(self) -> list[Field | list[Field]]:
        basis = [("", _("Not shared")), ("consent", _("Consent")), ("ground", _("Other ground"))]
        label = _("May external people read this item?")
        return [
            Field(label, "external_basis", PillGroup(basis, label)),
            Field(
                _("Who said so, when and for what?"),
                "external_note",
                TextField(_("Who said so, when and for what?"), max_length=200),
                optional=True,
            ),
        ]

    def call(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Save the item."""
        return agenda.save_item, (self.form.draft(self._draft),)

    def saved(self, answer: Any) -> None:
        """Say so."""
        self.shell.messages.toast(_("Agenda item saved."), undo_last=True)

    def take_fresh(self, fresh: Any) -> None:
        """The item as a colleague left it."""
        self._draft = fresh
        self.form.fill(fresh)


class AddDialog(Dialog):
    """Search a group, case or scenario; or type a subject of your own."""

    def __init__(
        self, shell: Shell, meeting_id: int, choices: list[Choice], parent: QWidget
    ) -> None:
        super().__init__(_("Add to the agenda"), width=600, height=620, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell, self._meeting_id, self._choices = shell, meeting_id, choices
        self.search = SearchField(_("Search or choose a group, case or scenario"))
        self.search.textChanged.connect(self._show)
        self.search.returnPressed.connect(self._add)
        self.body.addWidget(self.search)
        kinds = [("", _("All")), ("group", _("Groups")), ("case", _("Cases"))]
        kinds.append(("scenario", _("Scenarios")))
        self.kind = PillGroup(kinds, _("Kind"))
        self.kind.set_value("")
        self.kind.edited.connect(self._show)
        self.body.addWidget(self.kind)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Search or choose a group, case or scenario"))
        self.list.setMinimumHeight(260)
        self.list.itemActivated.connect(self._activated)
        self.list.setFont(theme.font("small"))
        quiet_selection(self.list)
        self.body.addWidget(self.list, 1)
        self.free = TextField(_("Or a subject of your own"), max_length=120)
        self.free.returnPressed.connect(self._add)
        self.form = Form([Field(_("Or a subject of your own"), "title", self.free, optional=True)])
        self.body.addWidget(self.form)
        self.add_button(_("Close"), slot=self.reject)
        self.add = self.add_button(_("Add to agenda"), "primary", "plus", self._add).writes()
        self.keeper = DraftKeeper(
            self,
            shell,
            "agenda_add",
            meeting_id,
            of=self.form,
            place=Route("meetings", meeting_id),
            title=self.heading,
        )
        self.keeper.start()
        self._show()

    def _show(self) -> None:
        words = fold(self.search.text()).split()
        kind = self.kind.value() or ""
        self.list.clear()
        for place, choice in enumerate(self._choices):
            text = f"{choice.title} · {choice.detail}" if choice.detail else choice.title
            if kind in ("", choice.subject) and all(word in fold(text) for word in words):
                item = QListWidgetItem(text, self.list)
                item.setData(Qt.ItemDataRole.UserRole, place)
                item.setSizeHint(QSize(0, theme.scaled(34)))
        if self.list.count():
            self.list.setCurrentRow(0)

    def _activated(self, _item: QListWidgetItem) -> None:
        self._add()

    def _add(self) -> None:
        title = self.free.text().strip()
        if self.writing:
            return
        if problems := self.form.problems():
            self.set_footer_error(self.form.show_errors(problems))
            return
        if title:
            task = self.keeper.send(agenda.add_item, self._meeting_id, "free", title=title)
        elif self.list.currentRow() >= 0:
            current = self.list.item(self.list.currentRow())
            choice = self._choices[current.data(Qt.ItemDataRole.UserRole)]
            task = self.keeper.send(
                agenda.add_item, self._meeting_id, choice.subject, choice.record_id
            )
        else:
            return
        task.then(self._added)

    def _added(self, _item_id: int) -> None:
        self.shell.messages.toast(_("Added to the agenda."), undo_last=True)
        self.accept()

    def reject(self) -> None:
        """A subject that was being written is kept as a draft."""
        self.keeper.leave()
        super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
            return
        super().keyPressEvent(event)


class ProposeDialog(Dialog):
    """What the agenda could hold, each with its reason; all are ticked at first."""

    def __init__(
        self, shell: Shell, meeting_id: int, found: list[ItemProposal], parent: QWidget
    ) -> None:
        sub = _("Chosen by rules: what asks for attention, what is late, what is new.")
        super().__init__(_("Suggested agenda"), sub, width=600, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell, self._meeting_id, self._found = shell, meeting_id, found
        self.boxes: list[CheckBox] = []
        for proposal in found:
            text = _("{title}, {n} min").format(title=proposal.title, n=proposal.minutes)
            box = CheckBox(text, f"{text}, {proposal.reason}")
            box.set_value(True)
            self.boxes.append(box)
            self.body.addWidget(box)
            reason = Label(proposal.reason, "caption", wrap=True)
            reason.setContentsMargins(30, 0, 0, 4)
            self.body.addWidget(reason)
        if not found:
            self.body.addWidget(Label(_("Nothing to suggest now."), "body", wrap=True))
        self.body.addStretch(1)
        self.add_button(_("Cancel"), slot=self.reject)
        if found:
            self.add = self.add_button(_("Put on the agenda"), "primary", "check", self._add)
            self.add.writes()

    def _add(self) -> None:
        chosen = [
            (proposal.subject, proposal.record_id)
            for proposal, box in zip(self._found, self.boxes, strict=True)
            if box.value()
        ]
        task = self.shell.tasks.write(self, meetings.add_proposals, self._meeting_id, chosen)
        task.then(self._added)

    def _added(self, _ids: list[int]) -> None:
        self.shell.messages.toast(_("Added to the agenda."), undo_last=True)
        self.accept()
