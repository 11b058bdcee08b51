"""Reporting an incident: what, kind, group, who; a report is always saved (picture 08)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.cases import ProtocolPreview
from wbos_desktop.domain.incidents import (
    LIGHT,
    TEXT_LIMIT,
    IncidentDraft,
    ReportForm,
    default_level,
    role_text,
    severity_text,
)
from wbos_desktop.errors import Invalid, UserError
from wbos_desktop.i18n import _
from wbos_desktop.services import assessments, incident_form, incidents, looking, protocols
from wbos_desktop.services.incident_kinds import load_catalogue
from wbos_desktop.ui.drafts import DraftKeeper
from wbos_desktop.ui.page import PageDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.date_edit import DateEdit, TimeEdit
from wbos_desktop.ui.widgets.fields import ComboBox, TextArea, TextField
from wbos_desktop.ui.widgets.form import Field, Form
from wbos_desktop.ui.widgets.people_field import PeopleField, PersonChoice
from wbos_desktop.ui.widgets.pills import PillGroup

from . import report_values
from .choice_field import PillsOrList
from .report_side import EmergencyCard, ReportSide
from .words import date_parser, severities

FORM = "incident"
_USUAL_PLACES = ("class", "corridor", "yard", "online", "on_the_way")
_USUAL_KINDS = ("schelden", "buitensluiten", "vernederen", "pesten", "fysiek")
_ROLES = ("unknown", "affected", "actor", "joined", "bystander", "helper")
FALLBACK_TEMPLATE = assessments.FALLBACK_TEMPLATE


class ReportDialog(PageDialog):
    """The quick report. `route.id` may name the group; what is typed is kept as a draft."""

    def __init__(self, shell: Shell, route: Route, parent: QWidget | None = None) -> None:
        super().__init__(
            shell,
            route,
            parent,
            title=_("Report incident"),
            subtitle=_("Short and factual. You can add more later."),
            width=960,
            height=720,
        )
        self._choices: ReportForm | None = None
        self._preview: Task[Any] | None = None
        self._emergency: EmergencyCard | None = None
        self._severity_chosen = False
        self._build_fields()
        self._build_form()
        self.side = ReportSide()
        self.set_side(self.side)
        self.draft_button = self.add_button(_("Keep as draft"), slot=self.reject)
        self.start_button = self.add_button(_("Save and start protocol"), slot=self._save_and_start)
        self.start_button.writes()
        self.start_button.hide()
        self.save_button = self.add_button(
            _("Save report"), "primary", "check", self._save
        ).writes()
        self.keeper = DraftKeeper(
            self,
            shell,
            FORM,
            of=self.form,
            place=Route("report", route.id),
            title=_("Incident not reported yet"),
        )
        self.keeper.restored.connect(self._restored)
        self.read(incident_form.load_form).then(self._show_choices)
        self.text.setFocus()

    def _build_fields(self) -> None:
        catalogue = load_catalogue()
        self.text = TextArea(_("What did you see or hear?"), lines=3, limit=TEXT_LIMIT)
        self.day = DateEdit(_("When"), width=150)
        self.time = TimeEdit(_("What time"))
        self.groups = PeopleField(_("Group"), self._suggest_groups)
        self.groups.line.setPlaceholderText(_("Type a group"))
        places = [(place.code, place.title.capitalize()) for place in catalogue.places]
        self.place = PillsOrList(places, _USUAL_PLACES, _("Where"), _("Other place"))
        kinds = [(kind.code, kind.title) for kind in catalogue.kinds]
        self.kind = PillsOrList(kinds, _USUAL_KINDS, _("Kind"), _("Other kind"))
        self.severity = PillGroup(severities(), _("How serious"))
        self.people = PeopleField(
            _("Who was there?"),
            self._suggest_people,
            [(role, role_text(role)) for role in _ROLES],
            extra=[("outsider", _("somebody from outside")), ("unknown", _("unknown pupil"))],
        )
        self.reporter = ComboBox([], _("Who reports"))
        self.source = PillGroup(
            [("self", _("Saw it")), ("heard", _("Heard it from"))], _("How do you know")
        )
        self.heard_from = TextField(_("From whom"), max_length=100)
        self.safe = PillGroup(
            [
                ("yes", _("Yes")),
                ("no", _("No, help is needed now"), "alert-triangle"),
                ("unknown", _("I don't know")),
            ],
            _("Is everybody safe now?"),
        )
        self.title_field = TextField(_("Title"), max_length=80)

    def _build_form(self) -> None:
        self.form = Form(
            [
                Field(_("What did you see or hear?"), "text", self.text),
                [
                    Field(_("When"), "happened_on", self.day, stretch=0),
                    Field(_("What time"), "happened_time", self.time, optional=True, stretch=0),
                    Field(_("Group"), "group_ids", self.groups),
                ],
                Field(_("Where"), "place", self.place),
                Field(_("Kind"), "kind_code", self.kind),
                Field(_("How serious"), "severity", self.severity),
                Field(_("Who was there?"), "persons", self.people, optional=True),
                Field(_("Is everybody safe now?"), "safe", self.safe),
                [
                    Field(_("Who reports"), "reporter_id", self.reporter, stretch=2),
                    Field(_("How do you know"), "source", self.source, stretch=3),
                ],
                Field(_("From whom"), "heard_from", self.heard_from),
                Field(
                    _("Title"),
                    "title",
                    self.title_field,
                    optional=True,
                    hint=_("Without names. Empty: kind and place."),
                ),
            ]
        )
        self.severity.edited.connect(self._severity_edited)
        self.kind.edited.connect(self._kind_edited)
        self.day.edited.connect(self._day_edited)
        self.form.edited.connect(self._edited)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.form.fill(report_values.EMPTY)
        self.form.rows["heard_from"].hide()

    def _show_choices(self, choices: ReportForm) -> None:
        self._choices = choices
        self.day.set_parser(date_parser(choices.calendar, choices.today, past=True))
        if self.day.value() is None:
            self.day.set_value(choices.today)
        self.reporter.set_choices(choices.staff)
        if self.reporter.value() is None:
            self.reporter.set_value(choices.staff_id)
        self.start_button.setVisible(choices.may_decide)
        wanted = [self.route.id] if self.route.id else []
        if not wanted and len(choices.own_group_ids) == 1:
            wanted = list(choices.own_group_ids)
        if not self.groups.value():
            self.groups.set_value(
                [_group_choice(g.id, g.name) for g in choices.groups if g.id in wanted]
            )
        if self.time.value() is None:
            self.time.set_value(choices.now)
        self._show_consequences()
        self.keeper.start(blank=True)

    def focus_first(self) -> None:
        """Put the focus where the story is written."""
        self.text.setFocus()

    def _restored(self) -> None:
        self._severity_chosen = bool(self.severity.value())
        self._show_consequences()

    def _suggest_groups(self, text: str, deliver: Callable[[Sequence[PersonChoice]], None]) -> None:
        groups = self._choices.groups if self._choices else ()
        typed = text.casefold()
        found = [g for g in groups if g.name.casefold().startswith(typed)]
        found += [g for g in groups if typed in g.name.casefold() and g not in found]
        deliver([_group_choice(g.id, g.name) for g in found[:8]])

    def _suggest_people(self, text: str, deliver: Callable[[Sequence[PersonChoice]], None]) -> None:
        group_ids = [choice.id for choice in self.groups.value() if choice.id is not None]

        def found(people: list[Any]) -> None:
            deliver([report_values.person_choice(person) for person in people])

        self.view(looking.search_people, text, group_ids).then(found)

    def _edited(self) -> None:
        self.set_footer_error("")
        self._show_consequences()

    def _day_edited(self) -> None:
        """The time of this moment says nothing about another day."""
        if self._choices is not None and self.time.value() == self._choices.now:
            self.time.set_value(None)

    def _severity_edited(self) -> None:
        self._severity_chosen = True

    def _kind_edited(self) -> None:
        if self.kind.value() and not self._severity_chosen:
            kind = load_catalogue().kind(self.kind.value())
            self.severity.set_value(kind.default_severity)
            self._show_consequences()

    def _show_consequences(self) -> None:
        """What the choices so far lead to: note or protocol, hints, emergency numbers."""
        kind = load_catalogue().kind(self.kind.value()) if self.kind.value() else None
        no_images = load_catalogue().no_images_text if kind and kind.no_images else ""
        self.form.rows["kind_code"].set_hint(no_images or (kind.hint if kind else ""))
        self.form.rows["severity"].setVisible(kind is None or kind.nature == "negative")
        self.form.rows["heard_from"].setVisible(self.source.value() == "heard")
        self._show_emergency(self.safe.value() == "no")
        self.side.show_level(default_level(kind.code) if kind else "involved")
        severity = self.severity.value() or LIGHT
        if kind is None:
            self.side.show_note(_("Choose a kind"), _("Then you see here what follows."))
        elif kind.note_is_enough(severity):
            text = _("No protocol starts. The report stays in the register.")
            self.side.show_note(_("A note is enough"), text)
        else:
            code = kind.template_for(self.place.value() or "") or FALLBACK_TEMPLATE
            persons = report_values.involved(self.people.value())
            self._preview = (
                self.read(protocols.preview_protocol, code, persons)
                .then(self._show_preview)
                .failed(self._no_preview)
                .instead_of(self._preview)
            )

    def _show_preview(self, preview: ProtocolPreview) -> None:
        decides = self._choices is not None and self._choices.may_decide
        text = "" if decides else _("A coordinator looks at your report first.")
        self.side.show_protocol(preview, text)

    def _no_preview(self, error: UserError) -> None:
        self.side.show_note(severity_text(self.severity.value() or LIGHT), error.message)

    def _show_emergency(self, shown: bool) -> None:
        if shown and self._emergency is None:
            self._emergency = EmergencyCard(self._choices.contacts if self._choices else ())
            self.body.insertWidget(0, self._emergency)
            self.pane.verticalScrollBar().setValue(0)
        if self._emergency is not None:
            self._emergency.setVisible(shown)

    def values(self) -> IncidentDraft:
        """What stands in the form, as a draft to save."""
        return report_values.draft(self.form.values())

    def _save(self) -> None:
        self._send(incidents.report_incident)

    def _save_and_start(self) -> None:
        self._send(assessments.report_and_start)

    def _send(self, function: Callable[[Any, IncidentDraft], int]) -> None:
        if problems := self.form.problems():
            self._wrong(Invalid(problems))
            return
        starts = function is assessments.report_and_start
        task = self.keeper.send(function, self.values())
        task.then(self._started if starts else self._reported).failed(self._wrong)

    def _reported(self, _incident_id: int) -> None:
        self.accept()
        self.shell.messages.toast(_("Report saved."), undo_last=True)

    def _started(self, case_id: int) -> None:
        self.accept()
        self.shell.messages.toast(_("Report saved. The protocol has started."))
        self.shell.go("case", case_id)

    def _wrong(self, error: UserError) -> None:
        if isinstance(error, Invalid):
            self.set_footer_error(self.form.show_errors(error.fields))
        else:
            self.shell.messages.show_error(self, error)

    def reject(self) -> None:
        """Esc and the cross keep the draft: nothing typed is lost."""
        self.keeper.leave()
        super().reject()


def _group_choice(group_id: int, name: str) -> PersonChoice:
    return PersonChoice("group", group_id, name)
