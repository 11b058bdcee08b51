"""Dialogs of the scenario page: write or change one, note its use, choose it for somebody."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.scenarios import (
    AIMED_AT,
    LEVELS,
    PLACES,
    RESPONSES,
    SECTORS,
    Places,
    ScenarioCard,
    ScenarioDraft,
    UseDraft,
    aimed_at_text,
    helped_text,
    level_text,
    place_text,
    response_text,
    sentence,
)
from wbos_desktop.errors import Invalid, UserError
from wbos_desktop.i18n import _
from wbos_desktop.services import scenario_choice, scenarios
from wbos_desktop.ui.page import Shell
from wbos_desktop.ui.widgets.cards import Card
from wbos_desktop.ui.widgets.date_edit import DateEdit, plain_parser
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.fields import ComboBox, TextArea, TextField
from wbos_desktop.ui.widgets.form import Field, Form, FormRow
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.pills import PillGroup

_TITLE = 60
_KEEP_AFTER = 10_000


def _pills(
    codes: tuple[str, ...], words: Callable[[str], str], name: str, multiple: bool = False
) -> PillGroup:
    shown = [(code, words(code)) for code in codes]
    return PillGroup(
        [(code, text[:1].upper() + text[1:]) for code, text in shown], name, multiple=multiple
    )


def _area(label: str, attribute: str, *, needed: bool = False, hint: str = "") -> Field:
    return Field(label, attribute, TextArea(label, lines=2), optional=not needed, hint=hint)


class _Tags(TextField):
    """Tags with commas between them, as a tuple."""

    def value(self) -> tuple[str, ...]:
        """The tags without blanks."""
        return tuple(tag.strip() for tag in self.text().split(",") if tag.strip())

    def set_value(self, value: object) -> None:
        """Show the tags with commas."""
        assert isinstance(value, tuple | list)
        super().set_value(", ".join(value))


class ScenarioDialog(Dialog):
    """New scenario or a change; a built-in one becomes a copy of the school. Draft kept open."""

    def __init__(
        self,
        shell: Shell,
        draft: ScenarioDraft,
        places: Places,
        saved: Callable[[int], object],
        parent: QWidget,
        *,
        restored: bool = False,
    ) -> None:
        title = _("New scenario") if draft.id is None else _("Change scenario")
        sub = ""
        if draft.builtin:
            sub = _("This one is built in. Your text becomes a copy for your school.")
        super().__init__(title, sub, width=860, height=2000, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell, self._draft, self._saved = shell, draft, saved
        self._keep = QTimer(self, singleShot=True, interval=_KEEP_AFTER)
        self._keep.timeout.connect(self.keep)
        self.form = self._make_form(places)
        self.form.fill(draft)
        self.form.dirty = restored
        self.form.edited.connect(self._show_sentence)
        self.form.edited.connect(self._start_keeping)
        self.live = Label("", "body", wrap=True)
        card = Card(_("This is how it reads"), ground="surface.sunken")
        card.body.addWidget(self.live)
        self.body.addWidget(card)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.add_button(_("Cancel"), slot=self.reject)
        self.save_button = self.add_button(_("Save scenario"), "primary", "check", self._save)
        self._show_sentence()
        if restored:
            self.set_footer(_("You typed this before and did not save it yet."))

    def _start_keeping(self) -> None:
        if not self._keep.isActive():
            self._keep.start()

    def keep(self) -> None:
        """Keep what is typed inside the vault, also when the window locks."""
        self._keep.stop()
        self.shell.tasks.write(self, scenarios.keep_form, self.draft())

    def _make_form(self, places: Places) -> Form:
        norms = [(code, f"{code}  {title}") for code, title, _kind in places.norms]
        return Form(
            [
                Field(_("Title"), "title", TextField(_("Title"), max_length=_TITLE)),
                Field(
                    _("Norms"),
                    "norms",
                    PillGroup(norms, _("Norms"), multiple=True),
                    hint=_("The first letter is the main norm."),
                ),
                *self._sentence_fields(),
                [
                    _area(_("This I want to see"), "want_to_see"),
                    _area(_("This I do not want to see"), "not_want_to_see"),
                ],
                *self._choice_fields(),
            ]
        )

    def _sentence_fields(self) -> list[Field]:
        clause = _("As part of a sentence: lower case, no full stop.")
        where = _("Then, physical: where do you stand, how do you move?")
        spoken = _("Spoken words between ‘ and ’.")
        fields = [
            _area(_("If: what do you hear or see?"), "if_text", needed=True, hint=clause),
            _area(where, "physical", needed=True),
            _area(_("Then, non-verbal: face, hands, silence"), "nonverbal"),
            _area(_("Then, verbal: what do you say?"), "verbal", hint=spoken),
            _area(_("So that: what do you want to reach?"), "so_that", needed=True),
        ]
        for field in fields:
            field.widget.textChanged.connect(self._show_sentence)
        timing = TextField(_("At what moment"), max_length=300)
        return [*fields, Field(_("At what moment"), "timing", timing, optional=True)]

    def _choice_fields(self) -> list[Field | list[Field]]:
        responses = _pills(RESPONSES, response_text, _("Response"), multiple=True)
        sectors = _pills(SECTORS, str.upper, _("Sector"), multiple=True)
        return [
            Field(_("Response, first to last"), "responses", responses),
            Field(_("Aimed at"), "aimed_at", _pills(AIMED_AT, aimed_at_text, _("Aimed at"))),
            Field(_("Place"), "place", _pills(PLACES, place_text, _("Place"))),
            [
                Field(_("Level"), "level", _pills(LEVELS, level_text, _("Level"))),
                Field(_("Sector"), "sectors", sectors),
            ],
            Field(
                _("Tags"),
                "tags",
                _Tags(_("Tags")),
                optional=True,
                hint=_("With commas between them."),
            ),
        ]

    def _show_sentence(self) -> None:
        if not hasattr(self, "live"):
            return
        values = self.form.values()
        self.live.setText(sentence(values["if_text"], values["physical"], values["so_that"]))

    def draft(self) -> ScenarioDraft:
        """What stands in the form now; lists keep the order in which they are shown."""
        made = self.form.draft(self._draft)
        return dataclasses.replace(
            made,
            norms=tuple(made.norms),
            responses=tuple(made.responses),
            sectors=tuple(made.sectors),
        )

    def _save(self) -> None:
        self.set_footer_error("")
        task = self.shell.tasks.write(self, scenarios.save_scenario, self.draft())
        task.then(self._done).failed(self._failed)

    def _done(self, scenario_id: int) -> None:
        self._keep.stop()
        self.shell.messages.toast(_("Scenario saved."), undo_last=True)
        self.accept()
        self._saved(scenario_id)

    def _failed(self, error: UserError) -> None:
        if isinstance(error, Invalid):
            self.set_footer_error(self.form.show_errors(error.fields))
        else:
            self.shell.messages.show_error(self, error)

    def reject(self) -> None:
        """Esc and Cancel ask first when something was typed."""
        if not self.form.dirty:
            super().reject()
            return
        self.shell.messages.ask(
            self,
            _("Throw away what you typed?"),
            _("The scenario is not saved yet."),
            yes=_("Throw away"),
            no=_("Go on writing"),
            then=self._throw_away,
        )

    def _throw_away(self) -> None:
        self.form.dirty = False
        self._keep.stop()
        self.shell.tasks.write(self, scenarios.forget_form, self._draft.id)
        super().reject()


class UseDialog(Dialog):
    """Note that you used the scenario, and whether it helped."""

    def __init__(
        self, shell: Shell, card: ScenarioCard, places: Places, today: dt.date, parent: QWidget
    ) -> None:
        super().__init__(_("Note use"), card.row.title, width=560, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell = shell
        self._draft = UseDraft(card.row.id, used_on=today)
        helped = [(code, helped_text(code)) for code in ("yes", "bit", "no")]
        self.form = Form(
            [
                Field(_("Did it help?"), "helped", PillGroup(helped, _("Did it help?"))),
                [
                    Field(
                        _("When"),
                        "used_on",
                        DateEdit(_("When"), parser=plain_parser(today)),
                        stretch=0,
                    ),
                    Field(
                        _("Group"),
                        "group_id",
                        ComboBox(list(places.groups), _("Group"), empty=_("No group")),
                        optional=True,
                    ),
                ],
                Field(
                    _("Case"),
                    "case_id",
                    ComboBox(list(places.cases), _("Case"), empty=_("No case")),
                    optional=True,
                ),
                Field(
                    _("What happened?"),
                    "note",
                    TextArea(_("What happened?"), lines=2),
                    optional=True,
                    hint=_("Colleagues see this line with your name. Write no names of pupils."),
                ),
            ]
        )
        self.form.fill(self._draft)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.add_button(_("Cancel"), slot=self.reject)
        self.save_button = self.add_button(_("Save use"), "primary", "check", self._save)

    def _save(self) -> None:
        if problems := self.form.problems():
            self.set_footer_error(self.form.show_errors(problems))
            return
        task = self.shell.tasks.write(self, scenarios.log_use, self.form.draft(self._draft))
        task.then(self._done).failed(self._failed)

    def _done(self, _use_id: int) -> None:
        self.shell.messages.toast(_("Use noted."), undo_last=True)
        self.accept()

    def _failed(self, error: UserError) -> None:
        if isinstance(error, Invalid):
            self.set_footer_error(self.form.show_errors(error.fields))
        else:
            self.shell.messages.show_error(self, error)


class PickDialog(Dialog):
    """Choose the scenario for one group or one case."""

    def __init__(self, shell: Shell, card: ScenarioCard, places: Places, parent: QWidget) -> None:
        super().__init__(_("Choose for group or case"), card.row.title, width=520, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell, self._card = shell, card
        self.group = ComboBox(list(places.groups), _("Group"), empty=_("No group"))
        self.case = ComboBox(list(places.cases), _("Case"), empty=_("No case"))
        self.group_row = FormRow(_("Group"), self.group, optional=True)
        self.body.addWidget(self.group_row)
        self.body.addWidget(FormRow(_("Case"), self.case, optional=True))
        self.body.addStretch(1)
        self.add_button(_("Cancel"), slot=self.reject)
        self.add_button(_("Choose scenario"), "primary", "check", self._save)

    def _save(self) -> None:
        group_id, case_id = self.group.value(), self.case.value()
        if group_id is None and case_id is None:
            self.group_row.set_error(_("Choose a group or a case."))
            self.set_footer_error(_("Choose a group or a case."))
            return
        self.shell.tasks.write(
            self,
            scenario_choice.pick_scenario,
            self._card.row.id,
            group_id=group_id,
            case_id=case_id,
        ).then(self._done)

    def _done(self, _pick_id: int) -> None:
        self.shell.messages.toast(_("Scenario chosen."), undo_last=True)
        self.accept()
