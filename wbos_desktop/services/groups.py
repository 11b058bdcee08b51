"""Groups: the list with what asks for attention, and the overview of one group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, CaseStep
from wbos_desktop.db.models.incidents import Incident, IncidentGroup, InvolvedPerson
from wbos_desktop.db.models.profiles import PlannedObservation
from wbos_desktop.db.models.school import (
    CalendarDay,
    Group,
    GroupMentor,
    Membership,
    Pupil,
    SchoolYear,
    Staff,
)
from wbos_desktop.domain import charts
from wbos_desktop.domain import groups as rules
from wbos_desktop.domain.groups import (
    AttentionOverview,
    GroupOverview,
    GroupQuery,
    GroupRow,
    MemberRow,
)
from wbos_desktop.domain.norms import NormRow
from wbos_desktop.domain.people import display_name, fold
from wbos_desktop.domain.profiles import ProfilePoint, ProfileRow

from . import norms, profiles, visibility
from .rights import needs


@needs("read", "group")
def find_ids(session: Session, query: GroupQuery) -> list[int]:
    """Ids of the groups this user may see, those that ask attention first unless asked by name."""
    statement = (
        select(Group.id)
        .where(Group.school_year_id == (query.school_year_id or _this_year(session)))
        .order_by(Group.year_level, Group.name, Group.id)
    )
    statement = _narrow(session, statement, query)
    ids = list(session.scalars(statement))
    if query.norm_code:
        last = {id_: points[-1:] for id_, points in profiles.load_points(session, ids).items()}
        ids = [id_ for id_ in ids if any(p.dominant == query.norm_code for p in last[id_])]
    if query.order == "attention":
        rows = load_rows(session, ids)
        ids.sort(key=lambda id_: _urgency(rows[id_]))
    return ids


def _narrow(session: Session, statement: Select[Any], query: GroupQuery) -> Select[Any]:
    statement = statement.where(visibility.visible_groups(session))
    if query.year_level:
        statement = statement.where(Group.year_level == query.year_level)
    for word in fold(query.text).split():
        mentored = (
            select(GroupMentor.group_id)
            .join(Staff, Staff.id == GroupMentor.staff_id)
            .where(Staff.sort_name.contains(word, autoescape=True))
        )
        statement = statement.where(
            or_(
                func.lower(Group.name).contains(word, autoescape=True),
                func.lower(Group.programme).contains(word, autoescape=True),
                Group.id.in_(mentored),
            )
        )
    return statement


def _urgency(row: GroupRow) -> tuple[int, int]:
    return -rules.weight(row.attention), min(row.due_in, 0) if row.due_in is not None else 0


@needs("read", "group")
def load_rows(session: Session, ids: Sequence[int]) -> dict[int, GroupRow]:
    """Rows of the list by id; ids that are gone or of others are left out."""
    ids = visibility.keep_visible_groups(session, list(ids))
    today = context(session).today
    catalogue = norms.load_norms(session)
    points = profiles.load_points(session, ids)
    planned = planned_days(session, ids)
    pupils, mentors = _pupils(session, ids), _mentors(session, ids)
    cases = _open_cases(session, ids)
    found = session.execute(
        select(
            Group.id, Group.name, Group.programme, Group.year_level, SchoolYear.name.label("year")
        )
        .join(SchoolYear, SchoolYear.id == Group.school_year_id)
        .where(Group.id.in_(ids))
    )
    rows = {}
    for group in found:
        base = GroupRow(
            id=group.id,
            name=group.name,
            programme=group.programme,
            year_level=group.year_level,
            school_year=group.year,
            pupils=pupils.get(group.id, 0),
            mentors=tuple(mentors.get(group.id, ())),
            open_cases=cases.get(group.id, 0),
        )
        rows[group.id] = _with_trend(
            base, points[group.id], planned.get(group.id), catalogue, today
        )
    return rows


def _with_trend(
    row: GroupRow,
    points: Sequence[ProfilePoint],
    planned_on: dt.date | None,
    catalogue: Mapping[str, NormRow],
    today: dt.date,
) -> GroupRow:
    due = rules.due_on(points, planned_on)
    titles = {norm.code: norm.title for norm in catalogue.values()}
    reasons = rules.attention(points, due, today, titles)
    if not points:
        return replace(row, attention=reasons)
    last = points[-1]
    return replace(
        row,
        dominant=catalogue[last.dominant] if last.dominant else None,
        leading=catalogue[rules.leading(last)] if last.strengths else None,
        phase=last.phase,
        development=rules.development(points),
        last_observed_on=last.observed_on,
        days=(today - last.observed_on).days,
        due_in=(due - today).days if due else None,
        attention=reasons,
        good_sign=rules.good_sign(points),
    )


@needs("read", "group")
def groups_asking_attention(session: Session, limit: int = 5) -> AttentionOverview:
    """The groups of this year that ask for attention, weightiest first, and one good sign.

    A group that was never observed is left out while others ask for attention.
    """
    ids = find_ids(session, GroupQuery())
    rows = load_rows(session, ids)
    asking = [rows[id_] for id_ in ids if rows[id_].attention]
    seen = [row for row in asking if row.last_observed_on]
    good = [row for row in rows.values() if row.good_sign and not row.attention]
    best = max(good, key=lambda row: (row.last_observed_on or dt.date.min, row.id), default=None)
    return AttentionOverview(tuple((seen or asking)[:limit]), best)


@needs("read", "group")
def group_overview(session: Session, group_id: int) -> GroupOverview:
    """Everything the group page shows first. Raises NotFound, NotAllowed."""
    row = _visible_row(session, group_id)
    history = profiles.profile_history(session, group_id)
    points = profiles.load_points(session, [group_id])[group_id]
    planned_on = planned_days(session, [group_id]).get(group_id)
    return GroupOverview(
        row=row,
        latest=history[0] if history else None,
        phases=rules.phases(points),
        planned_on=planned_on,
        due_on=rules.due_on(points, planned_on),
        late_steps=_late_steps(session, group_id),
        observations=len(history),
        ribbon=_ribbon(session, group_id, history, planned_on),
        today=context(session).today,
    )


@needs("read", "group")
def norm_ribbon(session: Session, group_id: int) -> charts.NormRibbon:
    """The Normenlint of a group over its school year; the same for screen and paper."""
    _visible_row(session, group_id)
    planned_on = planned_days(session, [group_id]).get(group_id)
    return _ribbon(session, group_id, profiles.profile_history(session, group_id), planned_on)


def _ribbon(
    session: Session, group_id: int, history: Sequence[ProfileRow], planned_on: dt.date | None
) -> charts.NormRibbon:
    catalogue = norms.load_norms(session).values()
    holidays = session.execute(
        select(CalendarDay.first_day, CalendarDay.last_day, CalendarDay.label)
        .join(Group, Group.school_year_id == CalendarDay.school_year_id)
        .where(Group.id == group_id, CalendarDay.kind == "holiday")
    )
    incidents = session.execute(
        select(Incident.happened_on, Incident.id, Incident.number)
        .join(IncidentGroup, IncidentGroup.incident_id == Incident.id)
        .where(IncidentGroup.group_id == group_id, visibility.visible_incidents(session))
    )
    return charts.norm_ribbon(
        [charts.RibbonNorm(norm.code, norm.title, norm.kind) for norm in catalogue],
        [_ribbon_profile(row) for row in history],
        today=context(session).today,
        holidays=[charts.RibbonHoliday(*day) for day in holidays],
        incidents=[charts.RibbonIncident(*incident) for incident in incidents],
        planned=[planned_on] if planned_on else [],
    )


def _ribbon_profile(row: ProfileRow) -> charts.RibbonProfile:
    strengths = {mark.norm.code: mark.strength for mark in row.norms}
    return charts.RibbonProfile(row.observed_on, strengths, _team_response(row), row.id)


def _team_response(row: ProfileRow) -> str:
    """The response named most to the strongest norm; one's own when nobody else answered."""
    leading = row.leading.norm.code if row.leading else ""
    answers = sorted(row.responses, key=lambda one: one.norm_code != leading)
    for answer in answers:
        if answer.counts:
            return max(sorted(answer.counts), key=lambda code: answer.counts[code])
        if answer.own and answer.own.sequence:
            return answer.own.sequence[-1]
    return ""


@needs("read", "group")
def list_members(session: Session, group_id: int) -> list[MemberRow]:
    """The pupils who are in the group today, by family name. Raises NotFound, NotAllowed."""
    _visible_row(session, group_id)
    today = context(session).today
    involved: dict[int, int] = {
        pupil_id: count
        for pupil_id, count in session.execute(
            select(InvolvedPerson.pupil_id, func.count(func.distinct(Case.id)))
            .join(Incident, Incident.id == InvolvedPerson.incident_id)
            .join(Case, Case.id == Incident.case_id)
            .where(Case.state == "open", visibility.visible_cases(session))
            .group_by(InvolvedPerson.pupil_id)
        )
        if pupil_id is not None
    }
    found = session.execute(
        select(
            Pupil.id,
            Pupil.given_name,
            Pupil.name_prefix,
            Pupil.family_name,
            Pupil.pupil_number,
            Membership.member_from,
        )
        .join(Membership, Membership.pupil_id == Pupil.id)
        .where(Membership.group_id == group_id, _current(today))
        .order_by(Pupil.sort_name, Pupil.id)
    )
    return [
        MemberRow(id_, display_name(given, prefix, family), number, start, involved.get(id_, 0))
        for id_, given, prefix, family, number, start in found
    ]


@needs("read", "incident")
def case_of_incident(session: Session, incident_id: int) -> int | None:
    """The case in which an incident is handled; None for a note, one still to assess, or when
    the user may not see the case."""
    return session.scalar(
        select(Case.id)
        .join(Incident, Incident.case_id == Case.id)
        .where(Incident.id == incident_id, visibility.visible_cases(session))
    )


@needs("read", "group")
def group_choices(session: Session) -> list[tuple[int, str]]:
    """(id, name) of the groups of this year that the user may observe, by name."""
    ids = find_ids(session, GroupQuery(order="name"))
    names = dict(session.execute(select(Group.id, Group.name).where(Group.id.in_(ids))).all())
    return [(id_, names[id_]) for id_ in ids]


@needs("read", "group")
def year_levels(session: Session) -> list[str]:
    """The year levels of the groups that the user may see this school year, sorted."""
    query = select(Group.year_level).where(
        Group.school_year_id == _this_year(session),
        Group.year_level != "",
        visibility.visible_groups(session),
    )
    return sorted(set(session.scalars(query)))


@needs("read", "group")
def planned_days(session: Session, ids: Sequence[int]) -> dict[int, dt.date]:
    """The first planned day per group that was not observed yet; none of groups of others."""
    ids = visibility.keep_visible_groups(session, list(ids))
    found = session.execute(
        select(PlannedObservation.group_id, func.min(PlannedObservation.planned_on))
        .where(PlannedObservation.group_id.in_(ids), PlannedObservation.profile_id.is_(None))
        .group_by(PlannedObservation.group_id)
    )
    return dict(found.all())


def _visible_row(session: Session, group_id: int) -> GroupRow:
    visibility.demand_group(session, group_id)
    return load_rows(session, [group_id])[group_id]


def _this_year(session: Session) -> int:
    """The school year of today, else the last one that began, else the first; 0 without years."""
    today = context(session).today
    years = session.execute(
        select(SchoolYear.id, SchoolYear.first_day).order_by(SchoolYear.first_day)
    ).all()
    begun = [year.id for year in years if year.first_day <= today]
    if begun:
        return int(begun[-1])
    return int(years[0].id) if years else 0


def _current(today: dt.date) -> ColumnElement[bool]:
    return or_(Membership.member_from.is_(None), Membership.member_from <= today) & or_(
        Membership.member_to.is_(None), Membership.member_to >= today
    )


def _pupils(session: Session, ids: Sequence[int]) -> dict[int, int]:
    found = session.execute(
        select(Membership.group_id, func.count(func.distinct(Membership.pupil_id)))
        .where(Membership.group_id.in_(ids), _current(context(session).today))
        .group_by(Membership.group_id)
    )
    return dict(found.all())


def _mentors(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for group_id, *name in session.execute(
        select(GroupMentor.group_id, Staff.given_name, Staff.name_prefix, Staff.family_name)
        .join(Staff, Staff.id == GroupMentor.staff_id)
        .where(GroupMentor.group_id.in_(ids))
        .order_by(GroupMentor.position, GroupMentor.id)
    ):
        found.setdefault(group_id, []).append(display_name(*name))
    return found


def _open_cases(session: Session, ids: Sequence[int]) -> dict[int, int]:
    found = session.execute(
        select(IncidentGroup.group_id, func.count(func.distinct(Case.id)))
        .join(Incident, Incident.id == IncidentGroup.incident_id)
        .join(Case, Case.id == Incident.case_id)
        .where(
            IncidentGroup.group_id.in_(ids), Case.state == "open", visibility.visible_cases(session)
        )
        .group_by(IncidentGroup.group_id)
    )
    return dict(found.all())


def _late_steps(session: Session, group_id: int) -> int:
    """Open steps past their date; a target of the repair track is never late (ui.md 16.13)."""
    cases = (
        select(Incident.case_id)
        .join(IncidentGroup, IncidentGroup.incident_id == Incident.id)
        .where(IncidentGroup.group_id == group_id)
    )
    query = (
        select(func.count(CaseStep.id))
        .join(Case, Case.id == CaseStep.case_id)
        .where(
            Case.id.in_(cases),
            Case.state == "open",
            CaseStep.state == "open",
            CaseStep.due_kind == "deadline",
            CaseStep.due_on < context(session).today,
            visibility.visible_cases(session),
        )
    )
    return session.scalar(query) or 0
