"""Reporting an incident, who was involved, and what a coordinator or lead decides on it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Integer, cast, func, or_, select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.incidents import Incident, IncidentGroup, InvolvedPerson
from wbos_desktop.db.models.school import Membership, Pupil
from wbos_desktop.domain.incidents import (
    LEVELS,
    ROLE_NOTE_LIMIT,
    ROLES,
    SAFETY,
    SEVERITIES,
    TEXT_LIMIT,
    TITLE_LIMIT,
    FactsDraft,
    IncidentDraft,
    InvolvedDraft,
    Kind,
    PersonDetails,
    default_level,
    default_title,
    names_in,
)
from wbos_desktop.domain.people import display_name, fold
from wbos_desktop.domain.plain_text import check_lengths
from wbos_desktop.domain.program_lines import keep
from wbos_desktop.errors import Conflict, Invalid, NotFound
from wbos_desktop.i18n import _

from .incident_kinds import load_catalogue, place_title
from .rights import needs
from .step_engine import sync_steps, write_log
from .visibility import get_case_model, get_incident_model, shown_persons


@needs("report", "incident")
def report_incident(session: Session, draft: IncidentDraft) -> int:
    """Save a report under a new number; its id. Light ones are notes, others wait to be assessed.

    Raises Invalid with the attributes that are not right yet.
    """
    now = context(session)
    kind = _check(session, draft)
    severity = draft.severity if kind.nature == "negative" else ""
    severity = severity or kind.default_severity
    title = draft.title.strip() or default_title(kind.title, place_title(draft.place))
    typed = draft.reporter_name.strip()
    incident = Incident(
        number=_next_number(session, now.today.year),
        title=title,
        text=draft.text.strip(),
        kind_code=kind.code,
        happened_on=draft.happened_on or now.today,
        happened_time=draft.happened_time,
        reported_at=now.now,
        place=draft.place,
        part_of_day=draft.part_of_day,
        severity=severity,
        reporter_id=draft.reporter_id or (None if typed else now.staff_id),
        reporter_name=typed,
        source=draft.source,
        heard_from=draft.heard_from.strip(),
        safe=draft.safe,
        level=draft.level or default_level(kind.code),
        state="note" if kind.note_is_enough(severity) and draft.safe != "no" else "to_assess",
        ground=draft.ground.strip(),
        police=draft.police,
        police_on=draft.police_on,
        police_reference=draft.police_reference.strip(),
        search_text=fold(f"{title} {draft.text} {kind.title}"),
    )
    session.add(incident)
    session.flush()
    for position, group_id in enumerate(dict.fromkeys(draft.group_ids)):
        session.add(IncidentGroup(incident_id=incident.id, group_id=group_id, position=position))
    for position, person in enumerate(draft.persons):
        session.add(_person(incident.id, position, person))
    session.flush()
    return incident.id


def _check(session: Session, draft: IncidentDraft) -> Kind:
    faults: dict[str, str] = {}
    kinds = {kind.code: kind for kind in load_catalogue().kinds}
    if not draft.text.strip():
        faults["text"] = _("Write briefly what you saw or heard.")
    elif len(draft.text) > TEXT_LIMIT:
        faults["text"] = _("This text is too long. Keep to the facts.")
    if draft.kind_code not in kinds:
        faults["kind_code"] = _("Choose a kind.")
    if not draft.group_ids:
        faults["group_ids"] = _("Choose a group.")
    if draft.happened_on and draft.happened_on > context(session).today:
        faults["happened_on"] = _("This day is still to come.")
    if draft.source == "heard" and not draft.heard_from.strip():
        faults["heard_from"] = _("Write from whom you heard it.")
    if draft.safe not in SAFETY:
        faults["safe"] = _("Choose whether everybody is safe now.")
    if draft.severity and draft.severity not in SEVERITIES:
        faults["severity"] = _("Choose how serious it is.")
    if draft.level and draft.level not in LEVELS:
        faults["level"] = _("Choose who may see it.")
    if problem := _title_problem(session, draft):
        faults["title"] = problem
    if any(not _names_somebody(person) for person in draft.persons):
        faults["persons"] = _("Type a name or choose a pupil.")
    if faults:
        raise Invalid(faults)
    return kinds[draft.kind_code]


def _names_somebody(person: InvolvedDraft) -> bool:
    known = person.pupil_id or person.staff_id or person.unknown or person.outsider_name.strip()
    return bool(known) and person.role in ROLES


def _title_problem(session: Session, draft: IncidentDraft) -> str:
    title = draft.title.strip()
    if len(title) > TITLE_LIMIT:
        return _("A title has at most {n} characters.").format(n=TITLE_LIMIT)
    if not title:
        return ""
    pupil_ids = [person.pupil_id for person in draft.persons if person.pupil_id]
    found = known_names_in(session, title, draft.group_ids, pupil_ids)
    if found:
        return _("Leave names out of the title: {name}.").format(name=found[0])
    return ""


@needs("report", "incident")
def known_names_in(
    session: Session, title: str, group_ids: Sequence[int], pupil_ids: Sequence[int] = ()
) -> list[str]:
    """Names in a title: of these groups and pupils any part, of other pupils the full name."""
    members = select(Membership.pupil_id).where(Membership.group_id.in_(list(group_ids)))
    near = session.execute(
        select(Pupil.given_name, Pupil.family_name).where(
            or_(Pupil.id.in_(members), Pupil.id.in_(list(pupil_ids)))
        )
    )
    names = {name for row in near for name in row if len(name) > 1}
    if len(title.split()) > 1:
        everybody = session.execute(select(Pupil.given_name, Pupil.name_prefix, Pupil.family_name))
        names |= {display_name(*row) for row in everybody if row.family_name and row.given_name}
    return names_in(title, sorted(names))


def _person(incident_id: int, position: int, draft: InvolvedDraft) -> InvolvedPerson:
    check_lengths({"persons": (draft.role_note.strip(), ROLE_NOTE_LIMIT)})
    return InvolvedPerson(
        incident_id=incident_id,
        position=position,
        pupil_id=draft.pupil_id,
        staff_id=draft.staff_id,
        outsider_name=draft.outsider_name.strip(),
        unknown=draft.unknown,
        role=draft.role,
        role_note=draft.role_note.strip(),
        role_source=draft.role_source,
    )


def _next_number(session: Session, year: int) -> str:
    """Numbers are never used twice, also not after a report was removed."""
    highest = session.scalar(
        select(func.max(cast(func.substr(Incident.number, 6), Integer)))
        .where(Incident.number > f"{year}-", Incident.number < f"{year}.")
        .execution_options(include_deleted=True)
    )
    return f"{year}-{(highest or 0) + 1:03d}"


@needs("read", "incident")
def get_facts_draft(session: Session, incident_id: int) -> FactsDraft:
    """The facts of a report for the form; NotFound when gone or hidden, NotAllowed when it
    may only be read."""
    incident = get_incident_model(session, incident_id, write=True)
    return FactsDraft(
        **{field.name: getattr(incident, field.name) for field in dataclasses.fields(FactsDraft)}
    )


@needs("write", "incident")
def change_facts(session: Session, draft: FactsDraft) -> None:
    """Correct the facts of a report; the case that bears its number takes over the title.

    The protocol that runs stays as it is. Raises Invalid and Conflict.
    """
    incident = get_incident_model(session, draft.id, write=True)
    if incident.version != draft.version:
        raise Conflict(_("Somebody changed this report. Look at it again."))
    group_ids, pupil_ids = _groups_and_pupils(session, draft.id)
    as_report = IncidentDraft(
        title=draft.title,
        text=draft.text,
        kind_code=draft.kind_code,
        happened_on=draft.happened_on,
        severity=draft.severity,
        group_ids=group_ids,
        persons=tuple(InvolvedDraft(pupil_id=pupil_id) for pupil_id in pupil_ids),
    )
    kind = _check(session, as_report)
    title = draft.title.strip() or default_title(kind.title, place_title(draft.place))
    for field in dataclasses.fields(FactsDraft):
        if field.name not in ("id", "version"):
            setattr(incident, field.name, getattr(draft, field.name))
    incident.title, incident.text = title, draft.text.strip()
    incident.happened_on = draft.happened_on or context(session).today
    incident.search_text = fold(f"{title} {draft.text} {kind.title}")
    if incident.case_id is None:
        return
    case = get_case_model(session, incident.case_id)
    if case.number == incident.number:
        case.title = title
    write_log(session, case.id, keep("factschanged"))


def _groups_and_pupils(
    session: Session, incident_id: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    groups = session.scalars(
        select(IncidentGroup.group_id).where(IncidentGroup.incident_id == incident_id)
    )
    pupils = session.scalars(
        select(InvolvedPerson.pupil_id).where(InvolvedPerson.incident_id == incident_id)
    )
    return tuple(groups), tuple(pupil_id for pupil_id in pupils if pupil_id is not None)


@needs("write", "incident")
def add_person(session: Session, incident_id: int, draft: InvolvedDraft) -> int:
    """Name somebody else who was involved; a running case gives that person the steps too."""
    incident = get_incident_model(session, incident_id, write=True)
    if not _names_somebody(draft):
        raise Invalid({"persons": _("Type a name or choose a pupil.")})
    last = session.scalar(
        select(func.max(InvolvedPerson.position)).where(InvolvedPerson.incident_id == incident_id)
    )
    person = _person(incident_id, (last or 0) + 1, draft)
    session.add(person)
    session.flush()
    _follow_up(session, incident, keep("personadded"))
    return person.id


@needs("write", "incident")
def change_person(session: Session, details: PersonDetails) -> None:
    """Save role, hearing, injury and contact with the parents of one involved person.

    A role from hearing is no longer 'according to the report'; steps follow the role.
    """
    person = session.get(InvolvedPerson, details.id)
    if person is None:
        raise NotFound(_("This person is not in the report any more."))
    incident = _of_person(session, person)
    if person.version != details.version:
        raise Conflict(_("Somebody changed this person. Look at it again."))
    if details.role not in ROLES:
        raise Invalid({"role": _("Choose a role.")})
    check_lengths({"role_note": (details.role_note.strip(), ROLE_NOTE_LIMIT)})
    now = context(session)
    person.role, person.role_note = details.role, details.role_note.strip()
    person.role_source = "heard" if details.heard_on else details.role_source
    person.account, person.injury = details.account.strip(), details.injury
    if details.heard_on and details.heard_on != person.heard_on:
        person.heard_by_id = now.staff_id
    person.heard_on = details.heard_on
    if details.parents_informed_on and details.parents_informed_on != person.parents_informed_on:
        person.parents_informed_by_id = now.staff_id
    person.parents_informed_on = details.parents_informed_on
    person.parents_informed_how = details.parents_informed_how.strip()
    session.flush()
    _follow_up(session, incident, keep("personchanged"))


def _of_person(session: Session, person: InvolvedPerson) -> Incident:
    """The report to change somebody in; who came with a hidden case is not there."""
    incident = get_incident_model(session, person.incident_id)
    shown = (
        select(InvolvedPerson.id)
        .join(Incident, Incident.id == InvolvedPerson.incident_id)
        .where(InvolvedPerson.id == person.id, shown_persons(session))
    )
    if session.scalar(shown) is None:
        raise NotFound(_("This person is not in the report any more."))
    return get_incident_model(session, incident.id, write=True)


def _follow_up(session: Session, incident: Incident, line: str) -> None:
    if incident.case_id is None:
        return
    case = get_case_model(session, incident.case_id)
    if case.state == "open":
        sync_steps(session, case)
    write_log(session, case.id, line)


@needs("write", "incident")
def tell_reporter(session: Session, incident_id: int, on: dt.date | None = None) -> None:
    """Note that the reporter heard that something was done: a day, never what."""
    incident = get_incident_model(session, incident_id, write=True)
    incident.reporter_told_on = on or context(session).today


@needs("write", "incident")
def remove_report(session: Session, incident_id: int) -> None:
    """Take a report to the bin as long as it is in no case; undo brings it back."""
    incident = get_incident_model(session, incident_id, write=True)
    if incident.case_id is not None:
        raise Invalid({"id": _("This report belongs to a case.")})
    incident.deleted_at = context(session).now
