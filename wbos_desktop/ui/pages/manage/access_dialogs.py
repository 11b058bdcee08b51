"""The forms of a request for access: a new one, what was checked, longer, and how it ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.access import (
    REQUESTERS,
    AccessChecks,
    AccessDraft,
    AccessRow,
    requester_hint,
    requester_text,
)
from wbos_desktop.i18n import _, date_long
from wbos_desktop.services import access, looking
from wbos_desktop.ui.form_dialog import FormDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.date_edit import DateEdit, plain_parser
from wbos_desktop.ui.widgets.fields import ComboBox, TextArea, TextField
from wbos_desktop.ui.widgets.form import Field, Form
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.people_field import PeopleField, PersonChoice

PLACE = Route("manage", None, "requests")

Call = tuple[Callable[..., Any], tuple[Any, ...]]


class NewRequestDialog(FormDialog):
    """Who asks, about which pupil, and when it came in."""

    def __init__(self, shell: Shell, today: dt.date, parent: QWidget) -> None:
        super().__init__(shell, _("New request for access"), width=620, parent=parent)
        kinds = [(code, requester_text(code)) for code in REQUESTERS]
        self._kind = ComboBox(kinds, _("Who asks"))
        self.form = Form(
            [
                Field(_("Pupil"), "pupil", PeopleField(_("Pupil"), self._suggest, single=True)),
                Field(_("Who asks"), "requester_kind", self._kind, hint=requester_hint("parent")),
                Field(
                    _("Name of who asks"),
                    "requester_name",
                    TextField(),
                    hint=_("A pupil who asks needs no name here."),
                ),
                Field(
                    _("Came in on"),
                    "received_on",
                    DateEdit(_("Came in on"), parser=plain_parser(today, lean=-1), today=today),
                    hint=_("The term is one month from this day."),
                ),
            ]
        )
        self.form.fill(
            SimpleNamespace(pupil=[], requester_kind="parent", requester_name="", received_on=today)
        )
        self.form.edited.connect(self._edited)
        self.finish_form(_("Note request"))
        self.keep_as("access_request", None, PLACE)
        self.focus_first()

    def _suggest(self, text: str, deliver: Callable[[Sequence[PersonChoice]], None]) -> None:
        def found(pupils: list[tuple[int, str, str]]) -> None:
            deliver([PersonChoice("pupil", key, name, detail) for key, name, detail in pupils])

        self.shell.tasks.view(self, looking.search_for_request, text).then(found)

    def _edited(self) -> None:
        self.form.rows["requester_kind"].set_hint(requester_hint(self._kind.value()))

    def call(self) -> Call:
        """Note the request."""
        values = self.form.values()
        pupil = next(iter(values.pop("pupil")), None)
        return access.open_request, (AccessDraft(pupil.id if pupil else None, **values),)

    def errors_of(self, error: Any) -> dict[str, str]:
        """The pupil stands in a field of people."""
        fields = dict(error.fields)
        if "pupil_id" in fields:
            fields["pupil"] = fields.pop("pupil_id")
        return fields

    def saved(self, answer: Any) -> None:
        """Say so."""
        self.shell.messages.toast(_("Request noted."), undo_last=True)


class ChecksDialog(FormDialog):
    """How it was seen who asks, and that this person may ask."""

    def __init__(self, shell: Shell, row: AccessRow, today: dt.date, parent: QWidget) -> None:
        title = _("Who asks: what did you check?")
        super().__init__(shell, title, requester_hint(row.requester_kind), parent=parent)
        self._row = row
        parser = plain_parser(today, lean=-1)
        seen = DateEdit(_("Identity seen on"), parser=parser, today=today)
        how = TextField(_("How you saw it"), max_length=200)
        fields: list[Field | Sequence[Field]] = [
            [
                Field(_("Identity seen on"), "identity_checked_on", seen, stretch=0),
                Field(_("How you saw it"), "identity_how", how, optional=True),
            ],
        ]
        if row.needs_authority:
            may = DateEdit(_("May ask: seen on"), parser=parser, today=today)
            where = TextField(_("Where you saw it"), max_length=200)
            fields.append(
                [
                    Field(_("May ask: seen on"), "authority_checked_on", may, stretch=0),
                    Field(_("Where you saw it"), "authority_how", where, optional=True),
                ]
            )
        self.form = Form(fields)
        self.form.fill(
            SimpleNamespace(
                identity_checked_on=row.identity_checked_on or today,
                identity_how=row.identity_how,
                authority_checked_on=row.authority_checked_on or today,
                authority_how=row.authority_how,
            )
        )
        self.body.addWidget(
            Label(_("Look at the proof, keep no copy and no number of it."), "sub", wrap=True)
        )
        self.finish_form(_("Save"))
        self.keep_as("access_checks", row.id, PLACE, version=row.version)

    def call(self) -> Call:
        """Note the checks."""
        checks = AccessChecks(**self.form.values(), version=self._row.version)
        return access.save_checks, (self._row.id, checks)


@dataclass(frozen=True)
class _Ending:
    """One way to go on with a request that asks for a reason."""

    title: str
    text: str
    verb: str
    said: str


class ReasonDialog(FormDialog):
    """Extend, refuse or note that it was withdrawn: each asks for a reason."""

    def __init__(self, shell: Shell, row: AccessRow, what: str, parent: QWidget) -> None:
        ending = _ending(row, what)
        super().__init__(shell, ending.title, parent=parent)
        self._row, self._what, self._said = row, what, ending.said
        self.body.addWidget(Label(ending.text, "body", color="text.secondary", wrap=True))
        self.form = Form([Field(_("Why"), "reason", TextArea(_("Why"), lines=3))])
        self.form.fill(SimpleNamespace(reason=""))
        self.finish_form(ending.verb)
        self.keep_as(f"access_{what}", row.id, PLACE, version=row.version)
        self.focus_first()

    def call(self) -> Call:
        """What was chosen, with its reason."""
        reason = self.form.values()["reason"]
        if self._what == "extend":
            return access.extend, (self._row.id, reason, self._row.version)
        return access.end_otherwise, (self._row.id, self._what, reason, self._row.version)

    def saved(self, answer: Any) -> None:
        """Say so."""
        self.shell.messages.toast(self._said, undo_last=True)


def _ending(row: AccessRow, what: str) -> _Ending:
    if what == "extend":
        return _Ending(
            _("Two more months?"),
            _("Write to who asks before {day}, with this reason. You can do this once.").format(
                day=date_long(row.due_on)
            ),
            _("Extend"),
            _("Request extended."),
        )
    if what == "refused":
        return _Ending(
            _("Refuse this request?"),
            _("Tell who asks why, and that a complaint to the supervisor is possible."),
            _("Refuse"),
            _("Request refused."),
        )
    return _Ending(
        _("Was the request withdrawn?"),
        _("Write down how you know."),
        _("Close request"),
        _("Request closed."),
    )


class GivenDialog(FormDialog):
    """When and how the copy was given."""

    def __init__(self, shell: Shell, row: AccessRow, today: dt.date, parent: QWidget) -> None:
        super().__init__(shell, _("Was the copy given?"), parent=parent)
        self._row = row
        day = DateEdit(_("Given on"), parser=plain_parser(today, lean=-1), today=today)
        how = TextField(_("How"), max_length=200)
        hint = _("Such as: in a talk at school, on paper.")
        self.form = Form(
            [
                [
                    Field(_("Given on"), "given_on", day, stretch=0),
                    Field(_("How"), "how", how, hint=hint),
                ]
            ]
        )
        self.form.fill(SimpleNamespace(given_on=today, how=""))
        self.finish_form(_("Close request"))
        self.keep_as("access_given", row.id, PLACE, version=row.version)

    def call(self) -> Call:
        """Close the request."""
        values = self.form.values()
        given_on, how = values["given_on"], values["how"]
        return access.give, (self._row.id, given_on, how, self._row.version)

    def saved(self, answer: Any) -> None:
        """Say so."""
        self.shell.messages.toast(_("Request closed."), undo_last=True)
