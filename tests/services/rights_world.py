"""A school with a record of every kind at every level, for the tests of rights.

`Aisha` is the person whose rights are asked; her role changes. Groups: 'own' is hers, 'other' is
not. All records are made by Karin, the coordinator of the session fixture, who is listed on every
case of level 'named'.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.conftest import memory_engine, school_session
from wbos_desktop.db.context import Context, context
from wbos_desktop.db.models.cases import Case, CaseStep, CaseViewer
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.keeping import AccessPassage, AccessRequest, StatedView
from wbos_desktop.db.models.meetings import Action, Meeting, MeetingAttendee
from wbos_desktop.db.models.school import User

LEVELS = ("team", "involved", "named")
GROUPS = ("own", "other")
RELATIONS = ("owner", "step", "listed", "none")
PLACES = ("chair", "minutes", "invited", "absent", "none")
ROLES = ("coordinator", "member", "lead", "reader")


@dataclass
class World:
    """Ids by what a record is; `aisha` is a staff id, `users` her user id per role."""

    session: Session
    karin: Context
    aisha: int
    somebody: int
    groups: dict[str, int]
    users: dict[str, int] = field(default_factory=dict)
    cases: dict[tuple[str, str, str], int] = field(default_factory=dict)
    incidents: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    profiles: dict[str, int] = field(default_factory=dict)
    pupils: dict[str, int] = field(default_factory=dict)
    meetings: dict[str, int] = field(default_factory=dict)
    actions: dict[str, int] = field(default_factory=dict)
    scenario: int = 0

    def become(self, role: str) -> None:
        """Aisha acts, in this role; '' is Karin again."""
        who = self.karin
        if role:
            who = Context(self.users[role], self.aisha, role, who.now, who.today)
        self.session.info["context"] = who

    @contextmanager
    def trial(self) -> Iterator[None]:
        """What happens inside is taken back, and who acted before acts again."""
        nested, before = self.session.begin_nested(), context(self.session)
        try:
            yield
        finally:
            nested.rollback()
            self.session.expire_all()
            self.session.info.pop("pending_changes", None)
            self.session.info["context"] = before


@contextmanager
def rights_school() -> Iterator[World]:
    """Such a school in a database of its own."""
    engine = memory_engine()
    with school_session(engine) as session:
        yield make_world(session)
    engine.dispose()


def make_world(session: Session) -> World:
    """Everything; the session ends as Karin."""
    who = context(session)
    groups = {name: factories.make_group(session, name=name) for name in GROUPS}
    aisha = factories.make_staff(session, given_name="Aisha", family_name="Demir")
    somebody = factories.make_staff(session, given_name="Wim", family_name="Kok")
    world = World(session, who, aisha, somebody, groups)
    factories.make_mentor(session, groups["own"], aisha)
    factories.make_mentor(session, groups["other"], somebody)
    for role in ROLES:
        user = User(staff_id=aisha, role=role, slot_id=role)
        session.add(user)
        session.flush()
        world.users[role] = user.id
    for name, group_id in groups.items():
        world.profiles[name] = factories.make_profile(session, group_id)
        world.pupils[name] = factories.make_pupil(session, group_id, given_name=f"P{name}")
    world.scenario = factories.make_scenario(session)
    for level, group, relation in product(LEVELS, GROUPS, RELATIONS):
        world.cases[level, group, relation] = _case(world, level, group, relation)
    _incidents(world)
    _meetings(world)
    _actions(world)
    session.flush()
    return world


def _case(world: World, level: str, group: str, relation: str) -> int:
    session = world.session
    case_id = factories.make_case(
        session,
        "KRT",
        group_ids=(world.groups[group],),
        persons=(),
        text=f"{level} {group} {relation}",
    )
    case = session.get_one(Case, case_id)
    case.level, case.owner_id = level, world.somebody
    for step in session.scalars(select(CaseStep).where(CaseStep.case_id == case_id)):
        step.responsible_id = world.somebody
        if relation == "step":
            step.responsible_id = world.aisha
    if relation == "owner":
        case.owner_id = world.aisha
    listed = {"listed": [world.aisha]}.get(relation, [])
    for staff_id in [*listed, world.karin.staff_id] if level == "named" else listed:
        session.add(CaseViewer(case_id=case_id, staff_id=staff_id))
    session.flush()
    return case_id


def _incidents(world: World) -> None:
    for level, group, relation, state in product(
        LEVELS, GROUPS, ("reporter", "none"), ("waiting", "note")
    ):
        incident_id = factories.make_incident(
            world.session,
            group_ids=(world.groups[group],),
            persons=(),
            level=level,
            reporter_id=world.aisha if relation == "reporter" else world.somebody,
            text=f"{level} {group} {relation} {state}",
        )
        incident = world.session.get_one(Incident, incident_id)
        incident.state = "to_assess" if state == "waiting" else "note"
        if state == "note":
            incident.assessed_on, incident.assessed_by_id = world.karin.today, world.karin.staff_id
        world.incidents[level, group, relation, state] = incident_id


def _meetings(world: World) -> None:
    start = dt.datetime(2026, 11, 26, 9)
    for number, place in enumerate(PLACES):
        at = start + dt.timedelta(hours=number)
        meeting_id = factories.make_meeting(
            world.session, starts_at=at, ends_at=at + dt.timedelta(minutes=50)
        )
        meeting = world.session.get_one(Meeting, meeting_id)
        if place == "chair":
            meeting.chair_id = world.aisha
        elif place == "minutes":
            meeting.minutes_taker_id = world.aisha
        elif place != "none":
            present = False if place == "absent" else None
            world.session.add(
                MeetingAttendee(meeting_id=meeting_id, staff_id=world.aisha, present=present)
            )
        world.meetings[place] = meeting_id


def _actions(world: World) -> None:
    places: dict[str, dict[str, int]] = {
        "loose": {},
        "given": {"case_id": world.cases["involved", "other", "owner"]},
        "team": {"case_id": world.cases["team", "own", "none"]},
        "hidden": {"case_id": world.cases["named", "own", "none"]},
        "own group": {"group_id": world.groups["own"]},
        "other group": {"group_id": world.groups["other"]},
        "attended": {"meeting_id": world.meetings["invited"]},
        "not attended": {"meeting_id": world.meetings["none"]},
    }
    for name, where in places.items():
        action = Action(text=name, owner_id=world.somebody, due_on=world.karin.today, **where)
        world.session.add(action)
        world.session.flush()
        world.actions[name] = action.id
    mine = Action(
        text="mine",
        owner_id=world.aisha,
        due_on=world.karin.today,
        case_id=world.cases["named", "own", "none"],
    )
    world.session.add(mine)
    world.session.flush()
    world.actions["mine"] = mine.id


def add_views(world: World, case_id: int, pupil_id: int, text: str) -> int:
    """Two views of a pupil beside a case, one of them in the bin, and a request for access of
    that pupil in which the first was judged; the id of the request."""
    session, today = world.session, world.karin.today
    asked = AccessRequest(
        pupil_id=pupil_id, requester_kind="parent", received_on=today, due_on=today
    )
    beside = {"subject_table": "cases", "subject_id": case_id, "pupil_id": pupil_id}
    said = {"stated_by": "parent", "stated_on": today, "text": text}
    views = [StatedView(**beside, **said) for _ in range(2)]
    session.add_all([asked, *views])
    session.flush()
    judged = {"subject_table": "stated_views", "subject_id": views[0].id, "field": "text"}
    session.add(AccessPassage(request_id=asked.id, **judged, reason=text))
    views[1].deleted_at = world.karin.now
    session.flush()
    return asked.id


def stands_in(world: World, colleague: int) -> None:
    """Aisha takes the work of a colleague, from today to Friday."""
    from wbos_desktop.db.models.school import Deputy

    today = world.karin.today
    world.session.add(
        Deputy(
            absent_id=colleague,
            deputy_id=world.aisha,
            first_day=today,
            last_day=today + dt.timedelta(days=3),
        )
    )
    world.session.flush()
    world.session.info.pop("stands_in_for", None)


def later(world: World, days: int) -> Context:
    """Karin some days on."""
    who = world.karin
    moved = dt.timedelta(days=days)
    return replace(who, now=who.now + moved, today=who.today + moved)
