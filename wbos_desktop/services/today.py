"""Vandaag: composed from the services of steps, actions, groups, meetings and scenarios."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.meetings import Meeting
from wbos_desktop.db.models.profiles import PlannedObservation, Profile
from wbos_desktop.db.models.school import Group, Pupil, School, SchoolYear, Staff, User
from wbos_desktop.db.models.system import Preference
from wbos_desktop.domain import people
from wbos_desktop.domain.access import requester_text, term_text
from wbos_desktop.domain.cases import TaskRow
from wbos_desktop.domain.deadlines import DueStatus, due_text
from wbos_desktop.domain.groups import AttentionOverview
from wbos_desktop.domain.meetings import kind_text, when_text
from wbos_desktop.domain.scenarios import ScenarioMatch
from wbos_desktop.domain.today import (
    WHENS,
    Here,
    NextMeeting,
    SchoolDay,
    SetUp,
    TodayOverview,
    TodayTask,
)
from wbos_desktop.i18n import _

from . import access, actions, case_tasks, drafts, groups, meetings, scenario_choice, set_up
from .assessments import to_assess
from .deputies import absent_names, acting_for
from .rights import may, needs
from .school_days import load_calendar, status_of, this_school_year
from .users import code_is_confirmed
from .visibility import COORDINATOR, may_decide, visible_groups

MEETING_DAYS = 2
ACCESS_DAYS = 14
DEMO_MARK = "(voorbeeld)"


@needs("read", "overview")
def who_is_here(session: Session) -> Here:
    """The acting user and the school, for greeting, rail and banner."""
    who = context(session)
    school = session.execute(select(School.name, School.sector).limit(1)).first()
    name, sector = (school.name, school.sector) if school else ("", "VO")
    staff = session.get(Staff, who.staff_id) if who.staff_id else None
    parts = (staff.given_name, staff.name_prefix, staff.family_name) if staff else ("", "", "")
    return Here(
        user_id=who.user_id,
        staff_id=who.staff_id,
        role=who.role,
        full_name=people.display_name(*parts),
        given_name=parts[0],
        school=name,
        sector=sector,
        demo=name.endswith(DEMO_MARK),
        empty=session.scalar(select(Group.id).limit(1)) is None,
    )


@needs("read", "overview")
def count_open(session: Session) -> dict[str, int]:
    """Open work per place in the rail: what is due for this user, and reports to assess."""
    due = [task for task in find_tasks(session, "mine") if task.when != "week"]
    waiting = to_assess(session) if may_decide(session) else []
    return {"today": len(due), "incidents": len(waiting)}


@needs("read", "overview")
def overview(session: Session, scope: str = "mine") -> TodayOverview:
    """Everything on the page; scope is 'mine' or 'team'."""
    mine, team = find_tasks(session, "mine"), find_tasks(session, "team")
    attention = groups.groups_asking_attention(session, 4)
    return TodayOverview(
        day=school_day(session),
        scope=scope,
        tasks=tuple(mine if scope == "mine" else team),
        mine=len(mine),
        team=len(team),
        to_assess=tuple(to_assess(session)) if may_decide(session) else (),
        drafts=tuple(drafts.list_drafts(session)),
        meeting=_next_meeting(session),
        attention=attention,
        practise=_to_practise(session, attention),
        set_up=_set_up(session),
    )


@needs("read", "overview")
def find_tasks(session: Session, scope: str) -> list[TodayTask]:
    """Steps, actions, planned observations and meetings to prepare, up to five school days on.

    Late first, then today, then the coming days by date.
    """
    border = case_tasks.end_of_week(context(session).today)
    absent = absent_names(session)
    found = [
        _step_task(row, absent.get(row.responsible_id or 0, ""))
        for row in case_tasks.find_tasks(session, scope, border)
    ]
    found += _action_tasks(session, scope, border)
    found += _observation_tasks(session, scope, border)
    found += _meeting_tasks(session, scope)
    found += _access_tasks(session)
    return sorted(found, key=lambda task: (WHENS.index(task.when), task.due_on))


@needs("read", "overview")
def school_day(session: Session) -> SchoolDay:
    """Number of the school week and the lesson day; holidays do not count."""
    now = context(session)
    year = this_school_year(session)
    if year is None or not year[0] <= now.today <= year[1]:
        return SchoolDay(now.today, now.now.hour)
    days = load_calendar(session)
    first, last = year
    before = first - dt.timedelta(days=1)
    weeks = {
        (first + dt.timedelta(days=n)).isocalendar()[:2]
        for n in range((now.today - first).days + 1)
        if days.is_school_day(first + dt.timedelta(days=n))
    }
    return SchoolDay(
        today=now.today,
        hour=now.now.hour,
        week=len(weeks),
        lesson_day=days.school_days_between(before, now.today),
        lesson_days=days.school_days_between(before, last),
    )


def _step_task(row: TaskRow, on_behalf: str) -> TodayTask:
    title = row.title
    if row.person:
        title = _("{title} · {person}").format(title=row.title, person=row.person)
    case = _("Case {number}").format(number=row.case_number)
    return TodayTask(
        kind="step",
        record_id=row.step_id,
        version=row.version,
        title=title,
        detail=" · ".join([case, row.case_title, *row.groups]),
        track=row.track,
        when=row.when,
        due_on=row.due_on,
        due=row.due,
        due_line=row.due_line,
        opens=row.case_id,
        ticks=True,
        responsible=row.responsible,
        on_behalf=on_behalf,
    )


def _when(status: DueStatus) -> str:
    return status.state if status.state in ("late", "today") else "week"


def _action_tasks(session: Session, scope: str, border: dt.date) -> list[TodayTask]:
    found = actions.find_open_actions(session, mine=scope == "mine", due_until=border)
    absent = absent_names(session)
    tasks = []
    for row in found:
        if row.due_on is None:
            continue
        status = status_of(session, row.due_on)
        tasks.append(
            TodayTask(
                kind="action",
                record_id=row.id,
                version=row.version,
                title=row.text,
                detail=" · ".join(part for part in (_("Action"), row.about) if part),
                track="",
                when=_when(status),
                due_on=row.due_on,
                due=status,
                due_line=due_text(status, row.due_on),
                opens=row.meeting_id,
                ticks=True,
                responsible=row.owner,
                on_behalf=absent.get(row.owner_id or 0, ""),
            )
        )
    return tasks


def _observation_tasks(session: Session, scope: str, border: dt.date) -> list[TodayTask]:
    who = context(session)
    if who.role == "reader":
        return []
    observed_since = (
        select(Profile.id)
        .where(
            Profile.group_id == PlannedObservation.group_id,
            Profile.observed_on >= PlannedObservation.planned_on,
        )
        .exists()
    )
    statement = (
        select(PlannedObservation, Group.name)
        .join(Group, Group.id == PlannedObservation.group_id)
        .join(SchoolYear, SchoolYear.id == Group.school_year_id)
        .where(
            PlannedObservation.profile_id.is_(None),
            PlannedObservation.planned_on <= border,
            SchoolYear.last_day >= who.today,
            ~observed_since,
        )
        .order_by(PlannedObservation.planned_on, Group.name)
    )
    statement = statement.where(visible_groups(session))
    if scope == "mine" or who.role != COORDINATOR:
        mine = acting_for(session)
        statement = statement.where(PlannedObservation.observer_id.in_(mine))
    absent = absent_names(session)
    tasks = []
    for planned, name in session.execute(statement):
        status = status_of(session, planned.planned_on)
        tasks.append(
            TodayTask(
                kind="observation",
                record_id=planned.id,
                version=planned.version,
                title=_("Observe group {name}").format(name=name),
                detail=_("Planned observation"),
                track="",
                when=_when(status),
                due_on=planned.planned_on,
                due=status,
                due_line=due_text(status, planned.planned_on),
                opens=planned.group_id,
                ticks=False,
                on_behalf=absent.get(planned.observer_id or 0, ""),
            )
        )
    return tasks


def _access_tasks(session: Session) -> list[TodayTask]:
    """Requests for access that are due within two weeks: every coordinator's work."""
    if not may(session, "write", "access_request"):
        return []
    tasks = []
    for row in access.running(session):
        if row.days_left > ACCESS_DAYS:
            continue
        late, today = row.days_left < 0, row.days_left == 0
        status = DueStatus(
            "late" if late else "today" if today else "later", max(-row.days_left, 0)
        )
        tasks.append(
            TodayTask(
                kind="access",
                record_id=row.id,
                version=row.version,
                title=_("Answer a request for access"),
                detail=" · ".join((requester_text(row.requester_kind), row.pupil)),
                track="",
                when=_when(status),
                due_on=row.due_on,
                due=status,
                due_line=term_text(row),
                opens=row.id,
                ticks=False,
                responsible=row.owner,
            )
        )
    return tasks


def _meeting_tasks(session: Session, scope: str) -> list[TodayTask]:
    """Meetings within two school days, for who leads or notes them."""
    who = context(session)
    border = load_calendar(session).add_school_days(who.today, MEETING_DAYS)
    statement = select(Meeting).where(
        Meeting.state == "planned",
        Meeting.starts_at >= dt.datetime.combine(who.today, dt.time.min),
        Meeting.starts_at <= dt.datetime.combine(border, dt.time.max),
    )
    if scope == "mine" or who.role != COORDINATOR:
        people = acting_for(session)
        leads = or_(Meeting.chair_id.in_(people), Meeting.minutes_taker_id.in_(people))
        statement = statement.where(leads)
    if not may(session, "write", "meeting"):
        return []
    absent = absent_names(session)
    found = {
        meeting.id: ""
        if who.staff_id in (meeting.chair_id, meeting.minutes_taker_id)
        else absent.get(meeting.chair_id or meeting.minutes_taker_id or 0, "")
        for meeting in session.scalars(statement.order_by(Meeting.starts_at))
    }
    rows = meetings.load_rows(session, list(found))
    tasks = []
    for row in (rows[meeting_id] for meeting_id in found):
        day = row.starts_at.date()
        status = status_of(session, day)
        tasks.append(
            TodayTask(
                kind="meeting",
                record_id=row.id,
                version=row.version,
                title=_("Prepare meeting: {kind}").format(kind=kind_text(row.kind)),
                detail=when_text(row),
                track="",
                when=_when(status),
                due_on=day,
                due=status,
                due_line=due_text(status, day),
                opens=row.id,
                ticks=False,
                on_behalf=found[row.id],
            )
        )
    return tasks


def _next_meeting(session: Session) -> NextMeeting | None:
    row = meetings.next_meeting(session)
    if row is None:
        return None
    detail = meetings.get_meeting(session, row.id)
    wanted = [item.group_id for item in detail.items if item.group_id is not None]
    found = session.execute(select(Group.id, Group.name).where(Group.id.in_(wanted)))
    names = {group_id: name for group_id, name in found}  # noqa: C416 - a Result is no mapping
    return NextMeeting(
        row=row,
        due=status_of(session, row.starts_at.date()),
        groups=tuple(names[group_id] for group_id in wanted if group_id in names),
        cases=sum(1 for item in detail.items if item.case_id is not None),
        carried=len(detail.carried),
    )


def _to_practise(session: Session, attention: AttentionOverview) -> ScenarioMatch | None:
    """The best scenario for the group that asks most attention and has a dominant norm."""
    for row in attention.groups:
        if row.dominant is not None and row.dominant.kind == "burdening":
            found = scenario_choice.matching_scenarios(session, group_id=row.id, limit=1)
            if found:
                return found[0]
    return None


def _set_up(session: Session) -> SetUp:
    def count(model: type[Group | Pupil | Staff | User]) -> int:
        return session.scalar(select(func.count()).select_from(model)) or 0

    counts = (count(Group), count(Pupil), count(Staff), count(User))
    kept = session.scalar(
        select(Preference.value).where(
            Preference.key == set_up.KEY, Preference.user_id == context(session).user_id
        )
    )
    return SetUp(
        *counts,
        code_confirmed=code_is_confirmed(session),
        protocols_seen=bool((kept or {}).get(set_up.SEEN)),
        hidden=bool((kept or {}).get(set_up.HIDDEN)),
    )
