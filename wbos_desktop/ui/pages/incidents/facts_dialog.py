"""Correcting the facts of a saved report, and noting police and a ground of discrimination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.incidents import TEXT_LIMIT, FactsDraft
from wbos_desktop.i18n import _
from wbos_desktop.services import incidents
from wbos_desktop.services.incident_kinds import load_catalogue
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.date_edit import DateEdit, DateParser, TimeEdit
from wbos_desktop.ui.widgets.fields import CheckBox, ComboBox, TextArea, TextField
from wbos_desktop.ui.widgets.form import Field
from wbos_desktop.ui.widgets.pills import PillGroup

from .form_dialog import FormDialog, Kept
from .words import severities


def facts_dialog(
    shell: Shell, draft: FactsDraft, past: DateParser, case_id: int | None, parent: QWidget
) -> FormDialog:
    """What, where, when, how serious; police and ground belong to the incident, not a person."""

    def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        known = {**values, "part_of_day": values["part_of_day"] or "", "place": values["place"]}
        return incidents.change_facts, (replace(draft, **known),)

    return FormDialog(
        shell,
        _("Change facts"),
        [*_what(past), *_aside(past)],
        verb=_("Save"),
        cancel=_("Don't save"),
        send=send,
        kept=Kept(
            "facts",
            draft.id,
            Route("case", case_id, "facts"),
            draft.title,
            draft.version,
            reload=(incidents.get_facts_draft, (draft.id,)),
        ),
        fill=draft,
        width=660,
        parent=parent,
    )


def _what(past: DateParser) -> list[Field | Sequence[Field]]:
    catalogue = load_catalogue()
    kinds = [(kind.code, kind.title) for kind in catalogue.kinds]
    places = [(place.code, place.title.capitalize()) for place in catalogue.places]
    parts = [(part.code, part.title) for part in catalogue.parts_of_day]
    day = DateEdit(_("When"), parser=past)
    hint = _("Without names. Empty: kind and place.")
    return [
        Field(
            _("What did you see or hear?"),
            "text",
            TextArea(_("What happened"), lines=4, limit=TEXT_LIMIT),
        ),
        Field(_("Title"), "title", TextField(_("Title"), max_length=80), hint=hint),
        [
            Field(_("Kind"), "kind_code", ComboBox(kinds, _("Kind"))),
            Field(_("Where"), "place", ComboBox(places, _("Where"))),
        ],
        Field(_("How serious"), "severity", PillGroup(severities(), _("How serious"))),
        [
            Field(_("When"), "happened_on", day, stretch=0),
            Field(_("What time"), "happened_time", TimeEdit(_("What time")), True, stretch=0),
            Field(
                _("Part of the day"),
                "part_of_day",
                ComboBox(parts, _("Part of the day"), empty=_("Not known")),
                optional=True,
            ),
        ],
    ]


def _aside(past: DateParser) -> list[Field | Sequence[Field]]:
    reported = DateEdit(_("Reported to the police on"), parser=past)
    return [
        Field(_("Ground of discrimination"), "ground", TextField(_("Ground")), optional=True),
        Field(_("Police"), "police", CheckBox(_("The police know about it"))),
        [
            Field(_("Reported to the police on"), "police_on", reported, optional=True),
            Field(_("Reference"), "police_reference", TextField(_("Reference")), optional=True),
        ],
    ]
