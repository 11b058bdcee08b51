"""Which incidents the example school has when, and which of them become cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from wbos_desktop.domain.incidents import IncidentDraft, InvolvedDraft
from wbos_desktop.services import assessments, incidents

from .casework import CaseWork, Course
from .reports import LIGHT, PHOTO, SERIOUS, WORRY, Happening
from .school import DemoPupil, DemoSchool
from .timeline import Timeline

PARTS = {
    "before_school": (8, 5),
    "morning_lesson": (9, 40),
    "morning_break": (10, 50),
    "lunch_break": (12, 35),
    "afternoon_lesson": (13, 50),
    "after_school": (15, 35),
    "evening_weekend": (21, 40),
}

# This year's cases: (school days ago, group, course). Late, due today, waiting, closed, reopened.
THIS_YEAR: tuple[tuple[int, str, Course], ...] = (
    (52, "3A", Course(close_after=30)),
    (50, "1B", Course(close_after=22)),
    (47, "4B", Course(repair="refused", close_after=20)),
    (45, "2D", Course(close_after=25, reopened=True)),
    (41, "5A", Course(repair="not_suitable", close_after=18)),
    (38, "3B", Course(close_after=12)),
    (35, "1A", Course(close_after=15)),
    (33, "2B", Course()),
    (30, "3A", Course(suspension=True)),
    (27, "4A", Course(close_after=10)),
    (24, "1B", Course()),
    (22, "2C", Course(repair="refused")),
    (19, "3C", Course()),
    (17, "1C", Course(idle_days=1)),
    (15, "2B", Course()),
    (13, "4C", Course(repair="not_now")),
    (12, "1D", Course(close_after=7)),
    (10, "3D", Course()),
    (8, "2A", Course(idle_days=2)),
    (7, "5B", Course()),
    (6, "2B", Course(idle_days=2)),
    (5, "1A", Course()),
    (4, "3B", Course(idle_days=2)),
    (3, "6A", Course()),
    (1, "1C", Course()),
)
LAST_YEAR_CASES = 20
INCIDENTS = 140
TO_ASSESS = 4


@dataclass
class IncidentPlan:
    """Puts reports on the timeline; the dice decide who is involved."""

    line: Timeline
    people: DemoSchool
    case_ids: dict[str, int] = field(default_factory=dict)
    _used: int = 0

    def plan_last_year(self, days: Sequence[dt.date], total: int) -> None:
        """Cases that were all closed before summer, and light reports."""
        names = sorted(self.people.groups)
        for number in range(LAST_YEAR_CASES):
            day = days[6 + number * (len(days) - 60) // LAST_YEAR_CASES]
            repair = ("", "", "refused", "", "not_suitable")[number % 5]
            course = Course(repair=repair, close_after=20 + number % 25)
            self._case(day, names[number * 5 % len(names)], self._serious(), course)
        self._light(days, names, total - LAST_YEAR_CASES)

    def plan_this_year(self, days: Sequence[dt.date], total: int) -> None:
        """Cases in every state, light reports, and a few that still wait to be assessed."""
        for ago, group, course in THIS_YEAR:
            day = days[max(0, len(days) - 1 - ago)]
            happening = PHOTO if (group, ago) == ("2B", 6) else self._serious()
            happening = WORRY if ago == 17 else happening
            happening = SERIOUS[2] if (group, ago) == ("2A", 8) else happening
            self._case(day, group, happening, course)
        names = sorted(self.people.groups)
        for number in range(TO_ASSESS):
            day = days[max(0, len(days) - 1 - number % 2)]
            happening = SERIOUS[(number * 4 + 3) % len(SERIOUS)]
            self._plan(day, names[number * 7 % len(names)], happening, 8, 20 + number)
        self._light(days, names, total - len(THIS_YEAR) - TO_ASSESS)

    def find(self, names: Sequence[str]) -> list[int]:
        """Ids of the cases with these names ('2B vernederen'), of those that came about."""
        return [self.case_ids[name] for name in names if name in self.case_ids]

    def _serious(self) -> Happening:
        self._used += 1
        return SERIOUS[self._used % len(SERIOUS)]

    def _light(self, days: Sequence[dt.date], names: Sequence[str], amount: int) -> None:
        for number in range(amount):
            day = days[number * len(days) // amount]
            happening = LIGHT[number % len(LIGHT)]
            self._plan(day, self.line.dice.choice(names), happening, 15, 5 + number % 50)

    def _plan(self, day: dt.date, group: str, happening: Happening, hour: int, minute: int) -> None:
        draft = self._draft(day, group, happening)

        def action() -> None:
            self.line.write(incidents.report_incident, draft)

        self.line.at(day, hour, minute, action)

    def _case(self, day: dt.date, group: str, happening: Happening, course: Course) -> None:
        draft = self._draft(day, group, happening)

        def action() -> None:
            case_id = self.line.write(_report_case, draft)
            self.case_ids[f"{group} {happening.kind}"] = case_id
            CaseWork(self.line, case_id, day, course).begin()

        self.line.at(day, 8, self.line.dice.randrange(10, 50), action)

    def _draft(self, day: dt.date, group: str, happening: Happening) -> IncidentDraft:
        pupils = self._pick(group, len(happening.roles))
        names = dict(zip("abcd", (pupil.given_name for pupil in pupils), strict=False))
        hour, minute = PARTS[happening.part_of_day]
        earlier = happening.part_of_day == "evening_weekend" or hour > 8
        happened = self._day_before(day) if earlier else day
        return IncidentDraft(
            text=happening.text.format(**names),
            kind_code=happening.kind,
            happened_on=happened,
            happened_time=dt.time(hour, minute),
            place=happening.place,
            part_of_day=happening.part_of_day,
            reporter_id=self.people.mentors[group],
            safe=happening.safe,
            group_ids=(self.people.groups[group],),
            persons=tuple(
                InvolvedDraft(pupil_id=pupil.id, role=role, name=pupil.given_name)
                for pupil, role in zip(pupils, happening.roles, strict=True)
            ),
        )

    def _day_before(self, day: dt.date) -> dt.date:
        return self.line.calendar.previous_school_day(day - dt.timedelta(days=1))

    def _pick(self, group: str, amount: int) -> list[DemoPupil]:
        """Pupils with different given names, so that a report reads well."""
        mixed = self.line.dice.sample(self.people.pupils[group], len(self.people.pupils[group]))
        found: dict[str, DemoPupil] = {}
        for pupil in mixed:
            found.setdefault(pupil.given_name, pupil)
        return list(found.values())[:amount]


def _report_case(session: Session, draft: IncidentDraft) -> int:
    """Report and start the protocol at once, as a coordinator may."""
    if draft.kind_code != "zorg":
        return assessments.report_and_start(session, draft)
    incident_id = incidents.report_incident(session, draft)
    proposal = assessments.propose_assessment(session, incident_id)
    found = assessments.assess_incident(session, proposal.draft)
    assert found is not None
    return found
