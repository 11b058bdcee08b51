"""Which cases and incidents the acting user may see: one condition, used by every query."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, not_, or_, select, true
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, CaseStep, CaseViewer
from wbos_desktop.db.models.incidents import Incident, IncidentGroup
from wbos_desktop.db.models.school import GroupMentor
from wbos_desktop.errors import NotAllowed, NotFound
from wbos_desktop.i18n import _

COORDINATOR = "coordinator"
DECIDERS = (COORDINATOR, "lead")


def visible_cases(session: Session) -> ColumnElement[bool]:
    """Condition on `cases` for the acting user (levels of product.md section 1)."""
    who = context(session)
    if who.staff_id is None:
        # While the vault itself is being filled there is nobody to hide from.
        return true() if who.user_id is None else false()
    mine = or_(
        Case.owner_id == who.staff_id,
        Case.id.in_(select(CaseViewer.case_id).where(CaseViewer.staff_id == who.staff_id)),
    )
    if who.role == COORDINATOR:
        return or_(Case.level != "named", mine)
    if who.role == "reader":
        return false()
    own_groups = (
        select(Incident.case_id)
        .join(IncidentGroup, IncidentGroup.incident_id == Incident.id)
        .join(GroupMentor, GroupMentor.group_id == IncidentGroup.group_id)
        .where(GroupMentor.staff_id == who.staff_id, Incident.case_id.is_not(None))
    )
    steps = select(CaseStep.case_id).where(CaseStep.responsible_id == who.staff_id)
    return or_(
        mine,
        (Case.level != "named") & Case.id.in_(steps),
        (Case.level == "team") & Case.id.in_(own_groups),
    )


def visible_incidents(session: Session) -> ColumnElement[bool]:
    """Condition on `incidents`: of a visible case, one's own report, or not yet in a case."""
    who = context(session)
    if who.staff_id is None:
        return true() if who.user_id is None else false()
    if who.role == COORDINATOR:
        # Few cases are hidden from a coordinator: name those instead of all others. The level
        # of the case decides: it may have been raised after the report.
        cases = select(Case.id).where(Case.level == "named", not_(visible_cases(session)))
        hidden = select(Incident.id).where(Incident.case_id.in_(cases))
        return Incident.id.not_in(hidden)
    own = or_(
        Incident.reporter_id == who.staff_id,
        Incident.case_id.in_(select(Case.id).where(visible_cases(session))),
    )
    if who.role == "reader":
        return Incident.reporter_id == who.staff_id
    if who.role in DECIDERS:
        own = or_(own, (Incident.state == "to_assess") & (Incident.level != "named"))
    of_own_groups = (
        select(IncidentGroup.incident_id)
        .join(GroupMentor, GroupMentor.group_id == IncidentGroup.group_id)
        .where(GroupMentor.staff_id == who.staff_id)
    )
    return or_(
        own,
        (Incident.level == "team") & Incident.case_id.is_(None) & Incident.id.in_(of_own_groups),
    )


def visible_with_case(session: Session) -> ColumnElement[bool]:
    """As `visible_incidents`, quicker for a query that also (outer) joins `cases`."""
    who = context(session)
    if who.role == COORDINATOR and who.staff_id is not None:
        return or_(Incident.case_id.is_(None), visible_cases(session))
    return visible_incidents(session)


def may_decide(session: Session) -> bool:
    """True if the acting user may assess reports and start protocols."""
    who = context(session)
    return who.role in DECIDERS or who.user_id is None


def demand_decider(session: Session) -> None:
    """Raises NotAllowed unless the acting user may assess."""
    if not may_decide(session):
        raise NotAllowed(_("You can't open this. Ask your coordinator."))


def get_case_model(session: Session, case_id: int) -> Case:
    """The case for services to work on; NotFound when it is gone or hidden from this user."""
    case = session.scalar(select(Case).where(Case.id == case_id, visible_cases(session)))
    if case is None:
        raise NotFound(_("You can't open this. Ask your coordinator."))
    return case


def get_incident_model(session: Session, incident_id: int) -> Incident:
    """The incident for services to work on; NotFound when it is gone or hidden."""
    incident = session.scalar(
        select(Incident).where(Incident.id == incident_id, visible_incidents(session))
    )
    if incident is None:
        raise NotFound(_("You can't open this. Ask your coordinator."))
    return incident
