"""Builds the rows of one whole case: facts, persons, steps, tracks, log and norms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, CaseLogEntry, CaseStep, CaseViewer, TemplateVersion
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.norms import Norm
from wbos_desktop.db.models.profiles import Profile, ProfileNorm
from wbos_desktop.db.models.school import Group, User
from wbos_desktop.domain import tracks
from wbos_desktop.domain.cases import CaseRow, FactsRow, LogRow, NormMark, StepRow, TrackRow
from wbos_desktop.domain.incidents import SEVERITIES, PersonRow
from wbos_desktop.domain.people import initials
from wbos_desktop.domain.program_lines import in_words
from wbos_desktop.domain.protocols import Template, template_from
from wbos_desktop.domain.suspensions import suspension_warnings

from .case_people import groups_of_incidents, persons_of_incidents, sector_of, staff_names
from .incident_kinds import kind_title, load_catalogue, place_title
from .school_days import load_calendar, status_of
from .step_engine import incident_ids, steps_of, tracks_of
from .steps import missing_titles
from .visibility import keep_visible_groups

# The step that asks whether it is about somebody who works for the school.
_BOARD_STEP = "Z-1"


def read_case(session: Session, case: Case) -> CaseRow:
    """Everything on the case page; the caller has checked that the user may see it."""
    version = session.get(TemplateVersion, case.template_version_id)
    assert version is not None
    template = template_from(version.content)
    facts = read_facts(session, incident_ids(session, case.id))
    groups = tuple(dict.fromkeys(group for fact in facts for group in fact.groups))
    rows = _step_rows(session, case, facts)
    viewer_ids = list(
        session.scalars(select(CaseViewer.staff_id).where(CaseViewer.case_id == case.id))
    )
    names = staff_names(session, [case.owner_id, *viewer_ids])
    return CaseRow(
        id=case.id,
        version=case.version,
        number=case.number,
        title=case.title,
        state=case.state,
        level=case.level,
        severity=max((fact.severity for fact in facts), key=SEVERITIES.index, default="light"),
        protocol=template.title,
        protocol_code=template.code,
        edition=version.edition,
        stop_banner=_stop_banner(template, rows),
        owner=names.get(case.owner_id or 0, ""),
        owner_id=case.owner_id,
        reported_on=case.reported_on,
        opened_on=case.opened_on,
        closed_on=case.closed_on,
        look_back=case.look_back,
        closing=template.closing,
        closing_checks=dict(case.closing_checks),
        closing_reason=case.closing_reason,
        reopened_on=case.reopened_on,
        groups=groups,
        incidents=facts,
        general=tuple(row for row in rows if row.track == tracks.GENERAL),
        tracks=_track_rows(session, case.id, rows),
        log=_log_rows(session, case.id),
        norms=_norms(session, [group_id for group_id, _name in groups]),
        viewers=tuple((staff_id, names.get(staff_id, "")) for staff_id in viewer_ids),
        seen_by=_seen_by(session, case, rows, viewer_ids),
    )


def _stop_banner(template: Template, rows: Sequence[StepRow]) -> str:
    """The banner stays until the question it begins with was answered with no."""
    asked = [row for row in rows if row.code == _BOARD_STEP]
    if asked and all(row.condition_answer == "no" for row in asked):
        return ""
    return template.stop_banner


def read_facts(session: Session, ids: Sequence[int]) -> tuple[FactsRow, ...]:
    """Incidents as reported, in the order of the ids, with groups and persons."""
    models = {
        incident.id: incident
        for incident in session.scalars(select(Incident).where(Incident.id.in_(ids)))
    }
    groups, persons = groups_of_incidents(session, ids), persons_of_incidents(session, ids)
    reporters = staff_names(session, (incident.reporter_id for incident in models.values()))
    return tuple(
        _facts_row(
            models[incident_id],
            reporters,
            tuple(groups.get(incident_id, [])),
            tuple(persons.get(incident_id, [])),
        )
        for incident_id in ids
        if incident_id in models
    )


def as_reported(fact: FactsRow) -> FactsRow:
    """What one sees who may only read a report: nothing that came with its handling.

    Roles that were heard are unknown again, and how often it was changed is not told;
    `read_facts` leaves out who came with a hidden case.
    """
    persons = tuple(
        replace(
            person,
            role="unknown" if person.role_source == "heard" else person.role,
            role_source="reporter",
            account="",
            injury="",
            heard_on=None,
            parents_informed_on=None,
            parents_informed_how="",
            version=1,
        )
        for person in fact.persons
    )
    return replace(fact, persons=persons, version=1)


def _facts_row(
    incident: Incident,
    reporters: Mapping[int, str],
    groups: tuple[tuple[int, str], ...],
    persons: tuple[PersonRow, ...],
) -> FactsRow:
    return FactsRow(
        id=incident.id,
        version=incident.version,
        number=incident.number,
        title=incident.title,
        text=incident.text,
        kind=kind_title(incident.kind_code),
        place=place_title(incident.place),
        severity=incident.severity,
        happened_on=incident.happened_on,
        happened_time=incident.happened_time,
        reported_at=incident.reported_at,
        reporter=incident.reporter_name or reporters.get(incident.reporter_id or 0, ""),
        heard_from=incident.heard_from,
        safe=incident.safe,
        police=incident.police,
        police_on=incident.police_on,
        police_reference=incident.police_reference,
        ground=incident.ground,
        no_images=load_catalogue().kind(incident.kind_code).no_images,
        reporter_told_on=incident.reporter_told_on,
        groups=groups,
        persons=persons,
    )


def _step_rows(session: Session, case: Case, facts: Sequence[FactsRow]) -> list[StepRow]:
    steps = steps_of(session, case.id)
    persons = {person.id: person.short for fact in facts for person in fact.persons}
    names = staff_names(session, [i for s in steps for i in (s.responsible_id, s.done_by_id)])
    warnings = _suspension_warnings(session, steps)
    return [
        replace(_step_row(session, step, steps, persons, names), warnings=warnings.get(step.id, ()))
        for step in steps
    ]


def _suspension_warnings(session: Session, steps: Sequence[CaseStep]) -> dict[int, tuple[str, ...]]:
    """Warnings by id of the step that set the last day of a suspension."""
    done = [step for step in steps if step.state == "done"]
    first = {s.involved_id: s.base_date for s in done if s.sets_base == "suspension_start"}
    reported = {s.involved_id for s in done if s.code == "S-7"}
    return {
        step.id: tuple(
            suspension_warnings(
                first.get(step.involved_id),
                step.base_date,
                reported=step.involved_id in reported,
                sector=sector_of(session),
                days=load_calendar(session),
            )
        )
        for step in done
        if step.sets_base == "suspension_end"
    }


def _step_row(
    session: Session,
    step: CaseStep,
    steps: Sequence[CaseStep],
    persons: Mapping[int, str],
    names: Mapping[int, str],
) -> StepRow:
    responsible = names.get(step.responsible_id or 0, "")
    first, _space, last = responsible.rpartition(" ")
    is_open = step.state == "open"
    due_on = step.due_on if is_open else None
    return StepRow(
        id=step.id,
        version=step.version,
        case_id=step.case_id,
        code=step.code,
        track=step.track,
        position=step.position,
        title=step.title,
        text=step.text,
        state=step.state,
        person=persons.get(step.involved_id or 0, ""),
        involved_id=step.involved_id,
        responsible=responsible,
        responsible_mark=initials(first, "", last) if responsible else "",
        responsible_id=step.responsible_id,
        due_on=step.due_on,
        due_kind=step.due_kind,
        due=status_of(session, due_on, due_kind=step.due_kind, due_at=step.due_at),
        provisional=step.provisional,
        statutory=step.statutory,
        statutory_note=step.statutory_note,
        optional=step.optional,
        condition=step.condition,
        condition_answer=step.condition_answer,
        waits_for=step.waits_for,
        done_on=step.done_on,
        done_by=names.get(step.done_by_id or 0, ""),
        result=step.result,
        decision=step.decision,
        decided_by=step.decided_by,
        passed_on_on=step.passed_on_on,
        remark=step.remark,
        evidence=step.evidence,
        skipped_reason=in_words(step.skipped_reason),
        sets_base=step.sets_base,
        base_date=step.base_date,
        decision_options=tuple(step.decision_options),
        record=step.record,
        missing=tuple(dict.fromkeys(missing_titles(step, steps))) if is_open else (),
    )


def _track_rows(session: Session, case_id: int, rows: Sequence[StepRow]) -> tuple[TrackRow, ...]:
    models = tracks_of(session, case_id)
    return tuple(
        TrackRow(
            track=code,
            state=models[code].state,
            reason=models[code].reason,
            ended_on=models[code].ended_on,
            steps=tuple(row for row in rows if row.track == code),
        )
        for code in tracks.TRACKS
        if code in models
    )


def _log_rows(session: Session, case_id: int) -> tuple[LogRow, ...]:
    entries = list(
        session.scalars(
            select(CaseLogEntry)
            .where(CaseLogEntry.case_id == case_id)
            .order_by(CaseLogEntry.at.desc(), CaseLogEntry.id.desc())
        )
    )
    names = staff_names(session, (entry.staff_id for entry in entries))
    return tuple(
        LogRow(
            id=entry.id,
            at=entry.at,
            kind=entry.kind,
            text=in_words(entry.text),
            by=names.get(entry.staff_id or 0, ""),
        )
        for entry in entries
    )


def _norms(session: Session, group_ids: list[int]) -> tuple[NormMark, ...]:
    """Dominant norms of the groups that the user may see: a profile is of the group's own."""
    group_ids = keep_visible_groups(session, group_ids)
    latest = (
        select(Profile.group_id, func.max(Profile.observed_on).label("observed_on"))
        .where(Profile.group_id.in_(group_ids), Profile.observed_on <= context(session).today)
        .group_by(Profile.group_id)
        .subquery()
    )
    rows = session.execute(
        select(Group.name, Norm.code, Norm.title, Norm.kind, Profile.observed_on)
        .join(Profile, Profile.group_id == Group.id)
        .join(
            latest,
            (latest.c.group_id == Profile.group_id) & (latest.c.observed_on == Profile.observed_on),
        )
        .join(ProfileNorm, ProfileNorm.profile_id == Profile.id)
        .join(Norm, Norm.id == ProfileNorm.norm_id)
        .where(ProfileNorm.strength == 3)
        .order_by(Group.name)
    )
    return tuple(NormMark(*row) for row in rows)


def _seen_by(
    session: Session, case: Case, rows: Sequence[StepRow], viewer_ids: Sequence[int]
) -> tuple[str, ...]:
    coordinators = set(session.scalars(select(User.staff_id).where(User.role == "coordinator")))
    people = {case.owner_id, *viewer_ids}
    if case.level != "named":
        people |= coordinators | {row.responsible_id for row in rows if row.state != "skipped"}
    users = set(session.scalars(select(User.staff_id)))
    shown = {staff_id for staff_id in people if staff_id in users}
    return tuple(sorted(staff_names(session, shown).values()))
