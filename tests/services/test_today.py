"""Vandaag: one list over steps, actions, observations and meetings, with one rule for late."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db.models import school
from wbos_desktop.db.models.meetings import Action
from wbos_desktop.domain.today import TodayTask
from wbos_desktop.services import actions, case_tasks, profiles, today

D = dt.date


def add_action(session: Session, due: dt.date | None, **values: object) -> None:
    owner = session.info["context"].staff_id
    session.add(Action(**({"text": "Bellen", "owner_id": owner, "due_on": due} | values)))
    session.flush()


def tasks(session: Session, scope: str = "mine") -> list[tuple[str, str, dt.date]]:
    return [(t.kind, t.when, t.due_on) for t in today.find_tasks(session, scope)]


def at(session: Session, day: dt.date, hour: int = 10) -> None:
    old = session.info["context"]
    now = dt.datetime.combine(day, dt.time(hour), old.now.tzinfo)
    session.info["context"] = replace(old, now=now, today=day)


@pytest.mark.parametrize(
    ("due", "when"),
    [
        (D(2026, 11, 20), "late"),
        (D(2026, 11, 23), "late"),
        (D(2026, 11, 24), "today"),
        (D(2026, 11, 25), "week"),
        (D(2026, 11, 29), "week"),
    ],
)
def test_actions_fall_under_late_today_or_this_week(
    session: Session, due: dt.date, when: str
) -> None:
    add_action(session, due)
    assert tasks(session) == [("action", when, due)]


def test_weekend_does_not_make_late(session: Session) -> None:
    add_action(session, D(2026, 11, 20))
    at(session, D(2026, 11, 22))
    assert tasks(session) == [("action", "today", D(2026, 11, 20))]


def test_later_and_undated_actions_are_not_shown(session: Session) -> None:
    add_action(session, D(2026, 12, 2))
    add_action(session, None)
    assert tasks(session) == []


def test_order_is_late_today_week_and_then_date(session: Session) -> None:
    for day in (26, 24, 23, 25, 19):
        add_action(session, D(2026, 11, day))
    assert [due.day for _kind, _when, due in tasks(session)] == [19, 23, 24, 25, 26]


def test_steps_bring_their_case_track_and_lateness(session: Session) -> None:
    case_id = factories.make_case(session)
    at(session, D(2026, 11, 30))
    found = [t for t in today.find_tasks(session, "mine") if t.kind == "step"]
    assert {t.opens for t in found} == {case_id}
    assert {t.track for t in found} >= {"consequence", "support"}
    rows = case_tasks.find_tasks(session, "mine")
    assert {t.due_line for t in found} == {row.due_line for row in rows}
    assert not [t for t in found if t.track == "repair" and t.when == "late"]


def test_colleagues_work_shows_for_the_team_only(session: Session) -> None:
    joost = factories.make_staff(session)
    add_action(session, D(2026, 11, 24), owner_id=joost)
    assert tasks(session) == []
    assert [kind for kind, _when, _due in tasks(session, "team")] == ["action"]


def test_planned_observation_is_work_until_the_group_was_observed(session: Session) -> None:
    group = factories.make_group(session, name="2B")
    factories.make_norms(session)
    profiles.plan_observation(session, group, D(2026, 11, 24))
    session.flush()
    assert tasks(session) == [("observation", "today", D(2026, 11, 24))]
    factories.make_profile(session, group, observed_on=D(2026, 11, 24))
    session.flush()
    assert [t for t in tasks(session) if t[0] == "observation"] == []


def test_observations_of_last_years_groups_are_gone(session: Session) -> None:
    year = school.SchoolYear(name="2025-2026", first_day=D(2025, 8, 25), last_day=D(2026, 7, 10))
    session.add(year)
    session.flush()
    group = factories.make_group(session, school_year_id=year.id)
    profiles.plan_observation(session, group, D(2026, 6, 2))
    session.flush()
    assert tasks(session) == []


def test_meeting_within_two_school_days_is_work_for_who_leads_it(session: Session) -> None:
    me = session.info["context"].staff_id
    factories.make_meeting(session, chair_id=me)
    assert tasks(session) == [("meeting", "week", D(2026, 11, 26))]
    at(session, D(2026, 11, 23))
    assert tasks(session) == []


def test_meeting_of_a_colleague_is_no_work_for_me(session: Session) -> None:
    factories.make_meeting(session, chair_id=factories.make_staff(session))
    assert tasks(session) == []
    assert [kind for kind, _when, _due in tasks(session, "team")] == ["meeting"]


def test_next_meeting_counts_its_agenda(session: Session) -> None:
    factories.make_meeting(session)
    found = today.overview(session).meeting
    assert found is not None
    assert (found.due.state, found.due.school_days) == ("later", 2)
    assert (found.groups, found.cases, found.carried) == ((), 0, 0)


def test_school_day_skips_weekends_and_holidays(session: Session) -> None:
    day = today.school_day(session)
    assert (day.week, day.lesson_day) == (13, 62)
    at(session, D(2026, 8, 24))
    assert (today.school_day(session).week, today.school_day(session).lesson_day) == (1, 1)


def test_outside_every_school_year_there_is_no_lesson_day(session: Session) -> None:
    at(session, D(2028, 1, 10))
    assert today.school_day(session).lesson_days == 0


def test_counts_of_the_rail_leave_out_this_week(session: Session) -> None:
    for day in (23, 24, 25):
        add_action(session, D(2026, 11, day))
    factories.make_incident(session)
    session.flush()
    counts = today.count_open(session)
    assert counts["today"] == 2
    assert counts["incidents"] == 1


def test_reports_to_assess_are_hidden_from_who_may_not_decide(session: Session) -> None:
    factories.make_incident(session)
    old = session.info["context"]
    session.info["context"] = replace(old, role="member", staff_id=factories.make_staff(session))
    assert today.overview(session).to_assess == ()
    assert today.count_open(session)["incidents"] == 0


def test_reader_gets_no_observations_of_others(session: Session) -> None:
    group = factories.make_group(session)
    profiles.plan_observation(session, group, D(2026, 11, 24))
    session.flush()
    session.info["context"] = replace(session.info["context"], role="reader")
    assert tasks(session, "team") == []


def test_who_is_here_names_user_and_school(session: Session) -> None:
    here = today.who_is_here(session)
    assert (here.full_name, here.school, here.demo, here.empty) == (
        "Karin Bosman",
        "De Linde",
        False,
        True,
    )
    factories.make_group(session)
    assert not today.who_is_here(session).empty


def test_finished_action_leaves_the_list(session: Session) -> None:
    add_action(session, D(2026, 11, 24))
    [task] = today.find_tasks(session, "mine")
    assert isinstance(task, TodayTask)
    actions.finish_action(session, task.record_id, task.version)
    session.flush()
    assert today.find_tasks(session, "mine") == []
