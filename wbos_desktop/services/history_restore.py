"""Putting a version back, through the same services as a form: their checks and rights hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.models.cases import CaseStep
from wbos_desktop.db.models.incidents import IncidentGroup, InvolvedPerson
from wbos_desktop.db.models.norms import Norm
from wbos_desktop.db.models.profiles import Observation
from wbos_desktop.domain.incidents import PersonDetails
from wbos_desktop.domain.observations import ObservationDraft

from . import actions, agenda, incidents, meetings, observations, people, profiles, scenarios
from .record_tree import Key
from .rights import may
from .visibility import get_case_model

_FIELDS = {
    "incidents": "title text kind_code happened_on happened_time place part_of_day severity"
    " ground police police_on police_reference",
    "involved_persons": "role role_note role_source account injury heard_on heard_by_id"
    " parents_informed_on parents_informed_by_id parents_informed_how",
    "case_steps": "result remark evidence",
    "profiles": "observed_on place heard seen by_whom phase phase_evidence wished_norm climate"
    " influence subgroups question status next_observation_on",
    "observations": "observed_on place kind text norm_id layer",
    "scenarios": "title norms level sectors responses aimed_at place want_to_see"
    " not_want_to_see if_text physical nonverbal verbal timing so_that tags",
    "meetings": "kind starts_at ends_at place chair_id minutes_taker_id",
    "agenda_items": "title minutes aim question informed informed_reason external_basis"
    " external_note",
    "decisions": "text",
    "actions": "text owner_id due_on",
    "staff": "given_name name_prefix family_name code email active",
    "pupils": "given_name name_prefix family_name pupil_number birth_date enrolled_on left_on",
}
FIELDS = {table: tuple(names.split()) for table, names in _FIELDS.items()}
"""What a version is. Status, dates that a protocol counts and who is responsible are not in it:
they have verbs of their own."""

PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "profiles": {
        "profile_norms": ("norm_id", "strength"),
        "profile_observers": ("staff_id", "position"),
    },
    "observations": {"observation_pupils": ("pupil_id",)},
}
"""Rows that go with the version of the record they belong to, and what of them counts."""

_KINDS = {
    "incidents": "incident",
    "involved_persons": "incident",
    "case_steps": "case",
    "profiles": "group",
    "observations": "group",
    "scenarios": "scenario",
    "meetings": "meeting",
    "agenda_items": "meeting",
    "decisions": "meeting",
    "actions": "action",
    "staff": "colleague",
    "pupils": "pupil",
}


@dataclass(frozen=True)
class AsItWas:
    """A record at one moment: its fields, the groups of an incident, and its parts by table."""

    fields: Mapping[str, Any]
    groups: frozenset[int]
    parts: Mapping[str, frozenset[tuple[Any, ...]]]


def restorable(session: Session) -> frozenset[str]:
    """Tables of which the acting user may, by role, put versions back."""
    return frozenset(table for table, kind in _KINDS.items() if may(session, "write", kind))


def put_back(session: Session, key: Key, was: AsItWas, version: int) -> None:
    """Make the record as it was. Raises what the service of the form raises."""
    fields = {name: was.fields.get(name) for name in FIELDS[key[0]]}
    _RESTORERS[key[0]](session, key[1], version, replace(was, fields=fields))


def _incident(session: Session, incident_id: int, version: int, was: AsItWas) -> None:
    draft = incidents.get_facts_draft(session, incident_id)
    incidents.change_facts(session, replace(draft, version=version, **was.fields))
    links = session.scalars(select(IncidentGroup).where(IncidentGroup.incident_id == incident_id))
    known = {link.group_id: link for link in links}
    for group_id, link in known.items():
        if group_id not in was.groups:
            session.delete(link)
    for place, group_id in enumerate(sorted(was.groups - known.keys()), len(known)):
        session.add(IncidentGroup(incident_id=incident_id, group_id=group_id, position=place))


def _person(session: Session, person_id: int, version: int, was: AsItWas) -> None:
    by = ("heard_by_id", "parents_informed_by_id")
    fields = {name: value for name, value in was.fields.items() if name not in by}
    incidents.change_person(session, PersonDetails(id=person_id, version=version, **fields))
    person = session.get_one(InvolvedPerson, person_id)
    for name in by:
        setattr(person, name, was.fields[name])


def _step(session: Session, step_id: int, _version: int, was: AsItWas) -> None:
    step = session.get_one(CaseStep, step_id)
    get_case_model(session, step.case_id, write=True)
    for name, value in was.fields.items():
        setattr(step, name, value)


def _profile(session: Session, profile_id: int, version: int, was: AsItWas) -> None:
    codes = dict(session.execute(select(Norm.id, Norm.code)).all())
    strengths = {codes[norm_id]: value for norm_id, value in was.parts["profile_norms"]}
    observers = sorted(was.parts["profile_observers"], key=lambda part: part[1])
    draft = replace(
        profiles.load_draft(session, profile_id),
        version=version,
        strengths=strengths,
        observers=tuple(staff_id for staff_id, _place in observers),
        **was.fields,
    )
    profiles.save_profile(session, draft)


def _observation(session: Session, observation_id: int, version: int, was: AsItWas) -> None:
    row = session.get_one(Observation, observation_id)
    fields = dict(was.fields)
    norm_id = fields.pop("norm_id")
    code = session.scalar(select(Norm.code).where(Norm.id == norm_id)) if norm_id else ""
    draft = ObservationDraft(
        group_id=row.group_id,
        profile_id=row.profile_id,
        id=observation_id,
        version=version,
        norm_code=code or "",
        pupil_ids=tuple(sorted(part[0] for part in was.parts["observation_pupils"])),
        **fields,
    )
    observations.save_observation(session, draft)


def _scenario(session: Session, scenario_id: int, version: int, was: AsItWas) -> None:
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in was.fields.items()
    }
    draft = scenarios.edit_scenario(session, scenario_id)
    scenarios.save_scenario(session, replace(draft, version=version, **fields))


def _decision(session: Session, decision_id: int, version: int, was: AsItWas) -> None:
    agenda.change_decision(session, decision_id, version, was.fields["text"])


def _form(
    load: Callable[[Session, int], Any], save: Callable[[Session, Any], object]
) -> Callable[[Session, int, int, AsItWas], None]:
    """A restorer for a form whose draft has the names of the columns."""

    def restore(session: Session, record_id: int, version: int, was: AsItWas) -> None:
        save(session, replace(load(session, record_id), version=version, **was.fields))

    return restore


_RESTORERS: dict[str, Callable[[Session, int, int, AsItWas], None]] = {
    "incidents": _incident,
    "involved_persons": _person,
    "case_steps": _step,
    "profiles": _profile,
    "observations": _observation,
    "scenarios": _scenario,
    "decisions": _decision,
    "meetings": _form(meetings.edit_meeting, meetings.save_meeting),
    "agenda_items": _form(agenda.edit_item, agenda.save_item),
    "actions": _form(actions.edit_action, actions.save_action),
    "staff": _form(people.get_staff, people.save_staff),
    "pupils": _form(people.get_pupil, people.save_pupil),
}
