"""Which records the acting user reaches: one condition a noun, used by every query.

The conditions say deleted_at themselves, because some queries run past the mapper. Whoever
stands in for a colleague today reaches what that colleague reaches (deputies.py).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, not_, or_, select, true
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, CaseStep, CaseViewer
from wbos_desktop.db.models.incidents import Incident, IncidentGroup, InvolvedPerson
from wbos_desktop.db.models.meetings import Action, AgendaItem, Meeting, MeetingAttendee
from wbos_desktop.db.models.school import Group, GroupMentor
from wbos_desktop.errors import NotAllowed, NotFound
from wbos_desktop.i18n import _

from .deputies import acting_for, stands_in_for, trusted_by
from .rights import may, refused

COORDINATOR = "coordinator"


def _everything(session: Session) -> bool:
    """While the vault itself is being filled there is nobody to hide from."""
    return context(session).user_id is None


def _nothing(session: Session) -> bool:
    who = context(session)
    return who.staff_id is None or who.role not in (COORDINATOR, "member", "lead")


# ---------------------------------------------------------------- cases
def _given_cases(session: Session) -> ColumnElement[bool]:
    """Owner or listed; step persons too, but not with level 'named'.

    A deputy gets cases of level 'named' from who chose that deputy, and from nobody else.
    """
    mine = acting_for(session)
    steps = select(CaseStep.case_id).where(
        CaseStep.responsible_id.in_(mine), CaseStep.deleted_at.is_(None)
    )
    trusted = (mine - stands_in_for(session)) | trusted_by(session)
    return or_(
        _held_by(trusted),
        and_(Case.level != "named", or_(_held_by(mine), Case.id.in_(steps))),
    )


def _held_by(staff_ids: set[int]) -> ColumnElement[bool]:
    """Condition on `cases`: one of these is owner or listed."""
    listed = select(CaseViewer.case_id).where(
        CaseViewer.staff_id.in_(staff_ids), CaseViewer.deleted_at.is_(None)
    )
    return or_(Case.owner_id.in_(staff_ids), Case.id.in_(listed))


def visible_cases(session: Session) -> ColumnElement[bool]:
    """Condition on `cases` for the acting user (levels of product.md section 1)."""
    if _everything(session):
        return true()
    if _nothing(session):
        return false()
    who = context(session)
    # One page asks this some forty times, and it takes longer to write down than to run.
    deputy_of = (frozenset(stands_in_for(session)), frozenset(trusted_by(session)))
    asked = (who.staff_id, who.role, deputy_of)
    known: dict[object, ColumnElement[bool]] = session.info.setdefault("visible_cases", {})
    if asked not in known:
        known[asked] = _seen_cases(session)
    return known[asked]


def _seen_cases(session: Session) -> ColumnElement[bool]:
    if context(session).role == COORDINATOR:
        return or_(Case.level != "named", _given_cases(session))
    of_own_groups = (
        select(Incident.case_id)
        .join(IncidentGroup, IncidentGroup.incident_id == Incident.id)
        .where(IncidentGroup.group_id.in_(own_groups(session)), Incident.case_id.is_not(None))
        .where(Incident.deleted_at.is_(None))
    )
    return or_(_given_cases(session), and_(Case.level == "team", Case.id.in_(of_own_groups)))


def writable_cases(session: Session) -> ColumnElement[bool]:
    """Condition on `cases`: those the user may work on; a team case of an own group is read."""
    if _everything(session):
        return true()
    if _nothing(session):
        return false()
    if context(session).role == COORDINATOR:
        return visible_cases(session)
    return _given_cases(session)


def get_case_model(session: Session, case_id: int, *, write: bool = False) -> Case:
    """The case for services to work on; NotFound when it is gone or hidden from this user.

    With `write`, NotAllowed when the user may only read it.
    """
    case = session.scalar(select(Case).where(Case.id == case_id, visible_cases(session)))
    if case is None:
        raise NotFound(_("You can't open this. Ask your coordinator."))
    if write and not may_write_case(session, case_id):
        raise refused("write")
    return case


def may_write_case(session: Session, case_id: int) -> bool:
    """True if the acting user may work on this case."""
    found = select(Case.id).where(Case.id == case_id, writable_cases(session))
    return session.scalar(found) is not None


def may_decide_case(session: Session, case_id: int) -> bool:
    """True if the acting user may change its owner and who sees it."""
    return may(session, "decide", "case") and may_write_case(session, case_id)


# ---------------------------------------------------------------- incidents
def visible_incidents(session: Session) -> ColumnElement[bool]:
    """Condition on `incidents`: of a visible case, one's own report, or not yet in a case."""
    if _everything(session):
        return true()
    if _nothing(session):
        return false()
    who = context(session)
    reported = Incident.reporter_id == who.staff_id
    if who.role == COORDINATOR:
        others = or_(Incident.reporter_id.is_(None), not_(reported))
        hidden = select(Incident.id).where(Incident.case_id.in_(_kept_from(session)), others)
        return Incident.id.not_in(hidden)
    found = [reported, Incident.case_id.in_(select(Case.id).where(visible_cases(session)))]
    if who.role == "lead":
        found.append(_waiting())
    of_own_groups = select(IncidentGroup.incident_id).where(
        IncidentGroup.group_id.in_(own_groups(session))
    )
    loose = and_(Incident.level == "team", Incident.case_id.is_(None))
    found.append(and_(loose, Incident.id.in_(of_own_groups)))
    return or_(*found)


def _kept_from(session: Session) -> Select[Any]:
    """Ids of the cases that a coordinator may not see: few, so they are named instead of all
    others. The level of the case decides: it may have been raised after the report."""
    return select(Case.id).where(Case.level == "named", not_(visible_cases(session)))


def _waiting() -> ColumnElement[bool]:
    return and_(Incident.state == "to_assess", Incident.level != "named")


def visible_with_case(session: Session) -> ColumnElement[bool]:
    """As `visible_incidents`, quicker for a query that also (outer) joins visible `cases`."""
    who = context(session)
    if who.role == COORDINATOR and who.staff_id is not None:
        own = Incident.reporter_id == who.staff_id
        return or_(Incident.case_id.is_(None), Case.id.is_not(None), own)
    return visible_incidents(session)


def writable_incidents(session: Session) -> ColumnElement[bool]:
    """Condition on `incidents`: in a case one works on, or loose and for this user to change.

    Who reported may correct it until somebody decided on it: after that a note and a report in
    a hidden case answer alike.
    """
    if _everything(session):
        return true()
    if _nothing(session):
        return false()
    who = context(session)
    in_case = Incident.case_id.in_(select(Case.id).where(writable_cases(session)))
    if who.role == COORDINATOR:
        return or_(Incident.case_id.is_(None), in_case)
    own = and_(
        Incident.reporter_id == who.staff_id,
        Incident.assessed_on.is_(None),
        Incident.case_id.is_(None),
    )
    return or_(in_case, own, _waiting()) if who.role == "lead" else or_(in_case, own)


def get_incident_model(session: Session, incident_id: int, *, write: bool = False) -> Incident:
    """The incident for services to work on; NotFound when it is gone or hidden.

    With `write`, NotAllowed when the user may only read it.
    """
    wanted = Incident.id == incident_id
    incident = session.scalar(select(Incident).where(wanted, visible_incidents(session)))
    if incident is None:
        raise NotFound(_("You can't open this. Ask your coordinator."))
    if write and not may_write_incident(session, incident_id):
        raise refused("write")
    return incident


def may_write_incident(session: Session, incident_id: int) -> bool:
    """True if the acting user may change this report."""
    found = select(Incident.id).where(Incident.id == incident_id, writable_incidents(session))
    return session.scalar(found) is not None


def decidable_incidents(session: Session) -> ColumnElement[bool]:
    """Condition on `incidents`: those in no case on which the user decides what becomes of them."""
    if not may(session, "decide", "incident"):
        return false()
    loose = and_(Incident.case_id.is_(None), writable_incidents(session))
    if context(session).role == COORDINATOR or _everything(session):
        return loose
    own = Incident.reporter_id == context(session).staff_id
    return and_(loose, Incident.state == "to_assess", or_(Incident.level != "named", own))


def get_incident_to_decide(session: Session, incident_id: int) -> Incident:
    """The report that the user decides on. Raises NotFound, NotAllowed."""
    incident = get_incident_model(session, incident_id)
    if case_of(session, incident) is None and not may_decide_incident(session, incident_id):
        raise refused("write")
    return incident


def may_decide_incident(session: Session, incident_id: int) -> bool:
    """True if the report is in no case and the user decides what becomes of it."""
    found = select(Incident.id).where(Incident.id == incident_id, decidable_incidents(session))
    return session.scalar(found) is not None


def case_of(session: Session, incident: Incident) -> int | None:
    """The case of an incident; None also when the case is hidden from this user."""
    if incident.case_id is None:
        return None
    found = select(Case.id).where(Case.id == incident.case_id, visible_cases(session))
    return session.scalar(found)


def shown_persons(session: Session) -> ColumnElement[bool]:
    """Condition on `involved_persons` joined to `incidents`.

    Of a report in a hidden case its reporter sees only who was named in the report: who came
    later came with the handling.
    """
    if _everything(session):
        return true()
    seen = Incident.case_id.in_(select(Case.id).where(visible_cases(session)))
    if context(session).role == COORDINATOR:
        seen = Incident.case_id.not_in(_kept_from(session))
    as_reported = InvolvedPerson.created_at <= Incident.created_at
    return or_(Incident.case_id.is_(None), seen, as_reported)


def may_decide(session: Session) -> bool:
    """True if the acting user may assess reports and start protocols."""
    return may(session, "decide", "incident")


# ---------------------------------------------------------------- groups
def own_groups(session: Session) -> Select[Any]:
    """Ids of the groups that the user, or who the user stands in for, is mentor of."""
    return select(GroupMentor.group_id).where(
        GroupMentor.staff_id.in_(acting_for(session)), GroupMentor.deleted_at.is_(None)
    )


def visible_groups(session: Session) -> ColumnElement[bool]:
    """Condition on `groups`: those whose profiles and pupils the user reads and writes."""
    if _everything(session):
        return true()
    if _nothing(session):
        return false()
    if context(session).role == COORDINATOR:
        return true()
    return Group.id.in_(own_groups(session))


def may_see_group(session: Session, group_id: int) -> bool:
    """True if the group is there and the user reads and writes it."""
    found = select(Group.id).where(Group.id == group_id, visible_groups(session))
    return session.scalar(found) is not None


def keep_visible_groups(session: Session, group_ids: list[int]) -> list[int]:
    """Those of the ids that the user may see, in the same order."""
    seen = select(Group.id).where(Group.id.in_(group_ids), visible_groups(session))
    kept = set(session.scalars(seen))
    return [group_id for group_id in group_ids if group_id in kept]


def demand_group(session: Session, group_id: int) -> None:
    """Raises NotFound for a group that is gone, NotAllowed for a group of others.

    That a group exists is no secret: the report form offers all of them.
    """
    if session.scalar(select(Group.id).where(Group.id == group_id)) is None:
        raise NotFound(_("This group is no longer there."))
    if not may_see_group(session, group_id):
        raise NotAllowed(_("You can't open this. Ask your coordinator."))


# ---------------------------------------------------------------- meetings
def readable_meetings(session: Session) -> ColumnElement[bool]:
    """Condition on `meetings`: where the user takes part; a coordinator reads them all.

    Who was invited reads the agenda, until noted as absent.
    """
    who = context(session)
    if _everything(session) or who.role == COORDINATOR:
        return true()
    if who.staff_id is None or not may(session, "read", "meeting"):
        return false()
    mine = acting_for(session)
    invited = select(MeetingAttendee.meeting_id).where(
        MeetingAttendee.staff_id.in_(mine),
        MeetingAttendee.deleted_at.is_(None),
        MeetingAttendee.present.is_not(False),
    )
    return or_(
        Meeting.chair_id.in_(mine), Meeting.minutes_taker_id.in_(mine), Meeting.id.in_(invited)
    )


def visible_items(session: Session) -> ColumnElement[bool]:
    """Condition on `agenda_items`: an item about a hidden case is not there at all."""
    seen = select(Case.id).where(visible_cases(session))
    return or_(AgendaItem.case_id.is_(None), AgendaItem.case_id.in_(seen))


def minuted_meetings(session: Session) -> ColumnElement[bool]:
    """Condition on `meetings`: whose minutes the user writes, as the one who takes them; a
    coordinator writes them all."""
    who = context(session)
    if _everything(session) or who.role == COORDINATOR:
        return true()
    if who.staff_id is None or not may(session, "write", "minutes"):
        return false()
    return Meeting.minutes_taker_id.in_(acting_for(session))


def may_write_minutes(session: Session, meeting_id: int) -> bool:
    """True if the acting user writes the minutes of this meeting."""
    found = select(Meeting.id).where(Meeting.id == meeting_id, minuted_meetings(session))
    return session.scalar(found) is not None


def demand_minutes(session: Session, meeting_id: int) -> None:
    """Only who writes the minutes of it goes on. Raises NotFound, NotAllowed (reads it only)."""
    get_meeting_model(session, meeting_id)
    if not may_write_minutes(session, meeting_id):
        raise refused("write")


def get_meeting_model(session: Session, meeting_id: int) -> Meeting:
    """The meeting for services to work on; NotFound when it is gone or not for this user."""
    wanted = (Meeting.id == meeting_id, Meeting.deleted_at.is_(None))
    found = session.scalar(select(Meeting).where(*wanted, readable_meetings(session)))
    if found is None:
        raise NotFound(_("This meeting is no longer there."))
    return found


# ---------------------------------------------------------------- actions
def visible_actions(session: Session) -> ColumnElement[bool]:
    """Condition on `actions`: one's own, and those of a case, group or meeting one sees.

    An action of an agenda item about a hidden case is hidden with it.
    """
    if _everything(session):
        return true()
    if context(session).role == "reader":
        return false()
    own = _own_actions(session)
    case = Action.case_id.in_(select(Case.id).where(visible_cases(session)))
    return or_(own, and_(_of_shown_item(session), or_(case, _loose(session))))


def _own_actions(session: Session) -> ColumnElement[bool]:
    """One's own, and those of an absent colleague but for cases of level 'named' kept from one."""
    kept = _kept_from(session)
    items = select(AgendaItem.id).where(AgendaItem.case_id.in_(kept))
    absent = and_(
        Action.owner_id.in_(stands_in_for(session)),
        or_(Action.case_id.is_(None), Action.case_id.not_in(kept)),
        or_(Action.agenda_item_id.is_(None), Action.agenda_item_id.not_in(items)),
    )
    return or_(Action.owner_id == context(session).staff_id, absent)


def _of_shown_item(session: Session) -> ColumnElement[bool]:
    seen = select(AgendaItem.id).where(visible_items(session))
    return or_(Action.agenda_item_id.is_(None), Action.agenda_item_id.in_(seen))


def _loose(session: Session) -> ColumnElement[bool]:
    if context(session).role == COORDINATOR:
        return Action.case_id.is_(None)
    group = Action.group_id.in_(select(Group.id).where(visible_groups(session)))
    meeting = Action.meeting_id.in_(select(Meeting.id).where(readable_meetings(session)))
    return and_(Action.case_id.is_(None), or_(group, meeting))


def writable_actions(session: Session) -> ColumnElement[bool]:
    """Condition on `actions`: one's own, those of a case or group one works on, and those that
    stand in minutes one writes."""
    if _everything(session):
        return true()
    if context(session).role == "reader":
        return false()
    if context(session).role == COORDINATOR:
        return visible_actions(session)
    own = _own_actions(session)
    case = Action.case_id.in_(select(Case.id).where(writable_cases(session)))
    group = and_(
        Action.case_id.is_(None),
        _of_shown_item(session),
        Action.group_id.in_(select(Group.id).where(visible_groups(session))),
    )
    minuted = and_(
        Action.meeting_id.in_(select(Meeting.id).where(minuted_meetings(session))),
        _of_shown_item(session),
        or_(
            Action.case_id.is_(None),
            Action.case_id.in_(select(Case.id).where(visible_cases(session))),
        ),
    )
    return or_(own, case, group, minuted)
