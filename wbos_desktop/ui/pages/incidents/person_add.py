"""Naming somebody who was involved after the report was saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.incidents import ROLES, InvolvedDraft, role_text
from wbos_desktop.i18n import _
from wbos_desktop.services import incidents, looking
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.form import Field
from wbos_desktop.ui.widgets.people_field import PeopleField, PersonChoice

from .form_dialog import FormDialog, Kept
from .report_values import involved, person_choice


def add_person_dialog(
    shell: Shell,
    incident_id: int,
    group_ids: Sequence[int],
    case_id: int | None,
    parent: QWidget,
) -> FormDialog:
    """A pupil, colleague, outsider or unknown pupil with a role; a case gives the steps too."""

    def suggest(text: str, deliver: Callable[[Sequence[PersonChoice]], None]) -> None:
        def found(people: list[Any]) -> None:
            deliver([person_choice(person) for person in people])

        shell.tasks.view(parent, looking.search_people, text, group_ids).then(found)

    field = PeopleField(
        _("Who"),
        suggest,
        [(role, role_text(role)) for role in ROLES],
        extra=[("outsider", _("somebody from outside")), ("unknown", _("unknown pupil"))],
        single=True,
    )

    def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        people = involved(values["persons"])
        draft = people[0] if people else InvolvedDraft()
        return incidents.add_person, (incident_id, draft)

    return FormDialog(
        shell,
        _("Add somebody"),
        [Field(_("Who"), "persons", field, hint=_("Choose the role in the name itself."))],
        verb=_("Add"),
        cancel=_("Don't add"),
        send=send,
        kept=Kept("person_add", incident_id, Route("case", case_id, "facts")),
        fill=SimpleNamespace(persons=[]),
        parent=parent,
    )
