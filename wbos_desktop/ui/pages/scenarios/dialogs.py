"""Dialogs of the scenario page: write or change one, note its use, choose it for somebody."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

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
from wbos_desktop.i18n import _
from wbos_desktop.services import scenario_choice, scenarios
from wbos_desktop.ui.form_dialog import FormDialog
from wbos_desktop.ui.page import Shell
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.cards import Card
from wbos_desktop.ui.widgets.date_edit import DateEdit, plain_parser
from wbos_desktop.ui.widgets.fields import ComboBox, TextArea, TextField
from wbos_desktop.ui.widgets.form import Field, Form
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.pills import PillGroup

_TITLE = 60


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


class ScenarioDialog(FormDialog):
    """New scenario or a change; a built-in one becomes a copy of the school."""

    def __init__(
        self,
        shell: Shell,
        draft: ScenarioDraft,
        places: Places,
        saved: Callable[[int], object],
        parent: QWidget,
    ) -> None:
        title = _("New scenario") if draft.id is None else _("Change scenario")
        sub = ""
        if draft.builtin:
            sub = _("This one is built in. Your text becomes a copy for your school.")
        super().__init__(shell, title, sub, width=860, height=2000, parent=parent)
        self._draft, self._then = draft, saved
        self.form = self._make_form(places)
        self.form.fill(draft)
        self.form.edited.connect(self._show_sentence)
        self.live = Label("", "body", wrap=True)
        card = Card(_("This is how it reads"), ground="surface.sunken")
        card.body.addWidget(self.live)
        self.body.addWidget(card)
        self.finish_form(_("Save scenario"))
        self._show_sentence()
        if draft.id is not None:
            self.reload = (scenarios.edit_scenario, (draft.id,))
        keeper = self.keep_as(
            "scenario",
            draft.id,
            Route("scenarios", draft.id, "edit"),
            version=draft.version if draft.id else None,
            title=_("Scenario not finished"),
            detail=draft.title,
        )
        keeper.restored.connect(self._show_sentence)

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

    def call(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Save the scenario."""
        return scenarios.save_scenario, (self.draft(),)

    def saved(self, answer: Any) -> None:
        """Say so, and show the scenario."""
        self.shell.messages.toast(_("Scenario saved."), undo_last=True)
        self._then(answer)

    def take_fresh(self, fresh: Any) -> None:
        """The text as a colleague left it."""
        self._draft = fresh
        self.form.fill(fresh)


class UseDialog(FormDialog):
    """Note that you used the scenario, and whether it helped."""

    def __init__(
        self, shell: Shell, card: ScenarioCard, places: Places, today: dt.date, parent: QWidget
    ) -> None:
        super().__init__(shell, _("Note use"), card.row.title, width=560, parent=parent)
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
        self.finish_form(_("Save use"))
        place = Route("scenarios", card.row.id)
        self.keep_as("scenario_use", card.row.id, place, detail=card.row.title)

    def call(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Note the use."""
        return scenarios.log_use, (self.form.draft(self._draft),)

    def saved(self, answer: Any) -> None:
        """Say so."""
        self.shell.messages.toast(_("Use noted."), undo_last=True)


class PickDialog(FormDialog):
    """Choose the scenario for one group or one case."""

    def __init__(self, shell: Shell, card: ScenarioCard, places: Places, parent: QWidget) -> None:
        super().__init__(
            shell, _("Choose for group or case"), card.row.title, width=520, parent=parent
        )
        self._card = card
        self.group = ComboBox(list(places.groups), _("Group"), empty=_("No group"))
        self.case = ComboBox(list(places.cases), _("Case"), empty=_("No case"))
        self.form = Form(
            [
                Field(_("Group"), "group_id", self.group, optional=True),
                Field(_("Case"), "case_id", self.case, optional=True),
            ]
        )
        self.finish_form(_("Choose scenario"))
        place = Route("scenarios", card.row.id)
        self.keep_as("scenario_pick", card.row.id, place, detail=card.row.title)

    def save(self) -> None:
        """Choose it for what is chosen; a group or a case must be."""
        if self.group.value() is None and self.case.value() is None:
            sentence = _("Choose a group or a case.")
            self.form.show_errors({"group_id": sentence})
            self.set_footer_error(sentence)
            return
        super().save()

    def call(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Choose the scenario for the group or case."""
        pick = partial(
            scenario_choice.pick_scenario,
            group_id=self.group.value(),
            case_id=self.case.value(),
        )
        return pick, (self._card.row.id,)

    def saved(self, answer: Any) -> None:
        """Say so."""
        self.shell.messages.toast(_("Scenario chosen."), undo_last=True)
