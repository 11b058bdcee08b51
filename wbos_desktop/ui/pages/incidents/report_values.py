"""From what stands in the report form to a draft to save, and to JSON and back for keeping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from wbos_desktop.domain import incidents as domain
from wbos_desktop.domain.incidents import IncidentDraft, InvolvedDraft
from wbos_desktop.ui.widgets.people_field import PersonChoice

# What the form shows before anything is typed.
EMPTY = SimpleNamespace(
    text="",
    happened_on=None,
    happened_time=None,
    group_ids=[],
    place="class",
    kind_code=None,
    severity=None,
    persons=[],
    safe=None,
    reporter_id=None,
    source="self",
    heard_from="",
    title="",
)


def person_choice(person: domain.PersonChoice) -> PersonChoice:
    """A found pupil or colleague as the field shows it; the role is not known yet."""
    if person.pupil_id is not None:
        return PersonChoice("pupil", person.pupil_id, person.name, person.groups, "unknown")
    return PersonChoice("staff", person.staff_id, person.name, "", "unknown")


def involved(people: Iterable[PersonChoice]) -> tuple[InvolvedDraft, ...]:
    """The people of the field as persons to save."""
    return tuple(
        InvolvedDraft(
            pupil_id=person.id if person.kind == "pupil" else None,
            staff_id=person.id if person.kind == "staff" else None,
            outsider_name=person.name if person.kind == "outsider" else "",
            unknown=person.kind == "unknown",
            role=person.role or "unknown",
            name=person.name,
        )
        for person in people
    )


def draft(values: Mapping[str, Any]) -> IncidentDraft:
    """The values of the form as a draft; empty choices become the service's
    defaults, but whether everybody is safe stays unanswered."""
    heard = values["source"] == "heard"
    return IncidentDraft(
        title=values["title"],
        text=values["text"],
        kind_code=values["kind_code"] or "",
        happened_on=values["happened_on"],
        happened_time=values["happened_time"],
        place=values["place"] or "other",
        severity=values["severity"] or "",
        reporter_id=values["reporter_id"],
        source=values["source"] or "self",
        heard_from=values["heard_from"] if heard else "",
        safe=values["safe"] or "",
        group_ids=tuple(choice.id for choice in values["group_ids"]),
        persons=involved(values["persons"]),
    )
