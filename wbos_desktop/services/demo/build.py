"""The example school De Linde, built through the public services.

The same day and seed give an equal logical dump: everything but random ids and keys.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from wbos_desktop.domain.imports import ImportFile
from wbos_desktop.progress import Progress
from wbos_desktop.services import school_days

from . import meetings, profiles, school
from .incidents import IncidentPlan
from .timeline import ZONE, DemoClock, Timeline, Write, YearPlan, year_plan

PROFILES = 120
INCIDENTS = 140
MEETINGS = 12
SEED = 2026
ON_AGENDA = ("2B vernederen", "2A fysiek", "1C zorg")


@dataclass(frozen=True)
class DemoResult:
    """What to export afterwards: the next meeting, the number of a case, a group's name."""

    meeting_id: int
    case_id: int
    group_id: int


def build(
    write: Write,
    read: Write,
    clock: DemoClock,
    today: dt.date,
    *,
    seed: int = SEED,
    progress: Progress | None = None,
) -> DemoResult:
    """Fill a new vault with two school years up to `today`. Raises Cancelled."""
    line = Timeline(clock, write, read, today, random.Random(seed), progress or Progress())
    start = _start_of_year(today)
    plans = [year_plan(start - 1), year_plan(start), year_plan(start + 1)]
    lists = school.class_lists(plans[1].first_day, line.dice)
    _open_school(line, plans, lists)
    this_year = line.school_days(plans[1].first_day, today) or [today]
    last_year = line.school_days(plans[0].first_day, plans[0].last_day)
    _tell_last_year(line, last_year)
    clock.now = _moment(plans[1].first_day, 7)
    school.read_in(line, lists[1])
    people = school.find_people(line)
    profiles.plan_year(line, people, this_year, school.GROUPS, PROFILES - _profiles_before())
    reports = IncidentPlan(line, people)
    reports.plan_this_year(this_year, INCIDENTS // 2)
    agendas = meetings.MeetingPlan(line, people, lambda: reports.find(ON_AGENDA))
    agendas.plan(this_year[:-2] or this_year, MEETINGS // 2 - 1)
    agendas.plan_next(today)
    meetings.practise(line, people, this_year)
    line.run(_moment(today, 16))
    assert agendas.next_id is not None
    return DemoResult(agendas.next_id, reports.case_ids["2B vernederen"], people.groups["2B"])


def _start_of_year(today: dt.date) -> int:
    """The year in which the school year told about began: one that has lessons already."""
    start = today.year
    return start if today >= year_plan(start).first_day else start - 1


def _open_school(
    line: Timeline, plans: list[YearPlan], lists: tuple[ImportFile, ImportFile]
) -> None:
    line.clock.now = _moment(plans[0].first_day, 6)
    school.make_staff(line)
    for plan in plans:
        school.make_year(line, plan)
    line.calendar = line.read(school_days.load_calendar)
    school.read_in(line, lists[0])
    school.add_leavers(line, dt.date(plans[0].first_day.year - 1, 7, 12))


def _tell_last_year(line: Timeline, days: list[dt.date]) -> None:
    people = school.find_people(line)
    names = sorted(people.groups)
    profiles.plan_year(line, people, days, names, _profiles_before())
    IncidentPlan(line, people).plan_last_year(days, INCIDENTS - INCIDENTS // 2)
    meetings.MeetingPlan(line, people).plan(days, MEETINGS // 2)
    line.run(_moment(days[-1], 17))


def _profiles_before() -> int:
    """Profiles of last year: what the stories of this year leave of the total."""
    return PROFILES - (3 * 8 + 3 * (len(school.GROUPS) - 3))


def _moment(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), ZONE)
