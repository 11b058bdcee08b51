"""What the report form and the assess dialog ask: choices, people by name, one report to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import (
    EmergencyContact,
    Group,
    GroupMentor,
    Membership,
    Pupil,
    SchoolYear,
    Staff,
)
from wbos_desktop.domain.cases import AssessProposal, FactsRow
from wbos_desktop.domain.incidents import EmergencyLine, GroupChoice, PersonChoice, ReportForm
from wbos_desktop.domain.people import display_name, fold

from .assessments import propose_assessment
from .case_people import active_staff
from .case_reading import as_reported, read_facts
from .cases import list_open_cases
from .protocols import load_templates
from .rights import needs
from .school_days import load_calendar
from .visibility import (
    case_of,
    get_incident_model,
    may_decide,
    may_decide_incident,
    may_write_incident,
)

SUGGESTIONS = 8


@needs("report", "incident")
def load_form(session: Session) -> ReportForm:
    """Choices of the report form; the acting user's own groups are named so that they go first."""
    now = context(session)
    groups = _groups(session)
    mine = session.scalars(
        select(GroupMentor.group_id).where(GroupMentor.staff_id == now.staff_id)
    ).all()
    contacts = session.execute(
        select(EmergencyContact.label, EmergencyContact.phone).order_by(
            EmergencyContact.position, EmergencyContact.id
        )
    )
    return ReportForm(
        today=now.today,
        now=now.now.time().replace(second=0, microsecond=0),
        calendar=load_calendar(session),
        groups=groups,
        own_group_ids=tuple(group.id for group in groups if group.id in set(mine)),
        staff=active_staff(session),
        contacts=tuple(EmergencyLine(row.label, row.phone) for row in contacts),
        staff_id=now.staff_id,
        may_decide=may_decide(session),
        templates=tuple((row.code, row.title) for row in load_templates(session)),
    )


def _groups(session: Session) -> tuple[GroupChoice, ...]:
    today = context(session).today
    newest = (
        select(SchoolYear.id)
        .where(SchoolYear.first_day <= today)
        .order_by(SchoolYear.first_day.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Group.id, Group.name, Group.kind)
        .where(Group.school_year_id == newest)
        .order_by(Group.kind, Group.name)
    )
    return tuple(GroupChoice(row.id, row.name) for row in rows)


@needs("report", "incident")
def find_people(session: Session, text: str, group_ids: Sequence[int] = ()) -> list[PersonChoice]:
    """Pupils and colleagues whose name has these letters; pupils of the groups go first."""
    words = fold(text).split()
    if not words:
        return []
    today = context(session).today
    members = select(Membership.pupil_id).where(
        Membership.group_id.in_(list(group_ids)),
        or_(Membership.member_to.is_(None), Membership.member_to >= today),
    )
    near = Pupil.id.in_(members)
    rows = session.execute(
        select(Pupil.id, Pupil.given_name, Pupil.name_prefix, Pupil.family_name)
        .where(
            *[_has(Pupil.sort_name, word) for word in words],
            or_(Pupil.left_on.is_(None), Pupil.left_on > today),
        )
        .order_by(near.desc(), Pupil.sort_name)
        .limit(SUGGESTIONS)
    ).all()
    groups = _group_names(session, [row.id for row in rows])
    found = [
        PersonChoice(display_name(*row[1:]), groups.get(row.id, ""), pupil_id=row.id)
        for row in rows
    ]
    if len(found) < SUGGESTIONS:
        found += _colleagues(session, words)[: SUGGESTIONS - len(found)]
    return found


def _has(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    safe = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    starts, later = f"{safe}%", f"% {safe}%"
    return or_(column.like(starts, escape="\\"), column.like(later, escape="\\"))


def _group_names(session: Session, pupil_ids: Sequence[int]) -> dict[int, str]:
    today = context(session).today
    rows = session.execute(
        select(Membership.pupil_id, Group.name)
        .join(Group, Group.id == Membership.group_id)
        .join(SchoolYear, SchoolYear.id == Group.school_year_id)
        .where(
            Membership.pupil_id.in_(pupil_ids),
            Group.kind == "base",
            SchoolYear.first_day <= today,
            SchoolYear.last_day >= today,
        )
    )
    return {row[0]: row[1] for row in rows}


def _colleagues(session: Session, words: Sequence[str]) -> list[PersonChoice]:
    rows = session.execute(
        select(Staff.id, Staff.given_name, Staff.name_prefix, Staff.family_name)
        .where(Staff.active)
        .order_by(Staff.sort_name)
    )
    found = []
    for row in rows:
        name = display_name(*row[1:])
        parts = fold(name).split()
        if all(any(part.startswith(word) for part in parts) for word in words):
            found.append(PersonChoice(name, staff_id=row.id))
    return found


@dataclass(frozen=True)
class OpenedReport:
    """A report to look at; `proposal` is there for who may decide and while it is in no case,
    `removable` says that the user may put it in the bin.

    Who reported and may not see the case finds the report as it was, in no case.
    """

    facts: FactsRow
    proposal: AssessProposal | None
    case_id: int | None
    open_cases: tuple[tuple[int, str, str], ...]
    removable: bool


@needs("read", "incident")
def open_report(session: Session, incident_id: int) -> OpenedReport:
    """A report with what may be decided on it; the audit trail notes the look (a write)."""
    incident = get_incident_model(session, incident_id)
    facts = read_facts(session, [incident_id])[0]
    audit.note(session, "view", "incidents", incident_id)
    case_id = case_of(session, incident)
    may_write = may_write_incident(session, incident_id)
    if case_id is None and not may_write:
        # A note that somebody decided on and a report in a hidden case look alike.
        facts = as_reported(facts)
    decide = may_decide_incident(session, incident_id)
    proposal = propose_assessment(session, incident_id) if decide else None
    open_cases = tuple(list_open_cases(session)) if decide else ()
    return OpenedReport(facts, proposal, case_id, open_cases, case_id is None and may_write)
