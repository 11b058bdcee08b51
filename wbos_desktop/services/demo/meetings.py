"""Twelve meetings of the care team: agendas, decisions and actions, and the next one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from wbos_desktop.domain.actions import ActionDraft
from wbos_desktop.domain.meetings import AttendeeDraft, MeetingDraft
from wbos_desktop.domain.scenarios import PracticeDraft, ScenarioQuery, UseDraft
from wbos_desktop.services import actions, agenda, cases, meetings, scenario_choice, scenarios

from .school import DemoSchool
from .timeline import Timeline

DECISIONS = (
    "Alle lesgevers beginnen de les bij de deur en noemen twee dingen die goed gaan.",
    "We observeren deze groep opnieuw binnen vier weken, met twee mensen.",
    "Eén scenario oefenen in het team, vóór de volgende les van vrijdag.",
    "De mentor bespreekt de afspraken over de groepsapp met de groep.",
    "De casus blijft open tot twee keer is nagevraagd of het veilig is.",
)
TASKS = (
    ("VEL", "Groepsapp bespreken in de mentorles en de afspraak ophangen"),
    ("IDR", "Observatie met collega plannen"),
    ("HEE", "Rooster van de pauzewacht aanpassen"),
    ("HAD", "Ouders bellen over het vaste contact op vrijdag"),
    ("BOS", "Scenario oefenen met de lesgevers van de groep"),
    ("OOS", "Meekijken in de gymles"),
)
QUESTIONS = (
    "Hoe steunen we wie nu helpt, zodat helpen weer gewoon wordt?",
    "Wat doen we allemaal hetzelfde als de groep lacht om een fout?",
    "Is de volgende stap helder voor leerling en ouders?",
)
TEAM = ("BOS", "HEE", "OOS", "HAD", "VEL")
KINDS = ("care_team", "care_team", "group_meeting", "care_team", "care_team", "peer_review")


@dataclass
class MeetingPlan:
    """Plans the meetings of one year on the timeline."""

    line: Timeline
    people: DemoSchool
    chosen_cases: Callable[[], Sequence[int]] = tuple
    next_id: int | None = None
    _count: int = field(default=0)

    def plan(self, days: Sequence[dt.date], amount: int) -> None:
        """Held meetings, spread over these school days."""
        for number in range(amount):
            day = days[(number + 1) * len(days) // (amount + 1)]
            kind = KINDS[number % len(KINDS)]
            self.line.at(day, 9, 0, self._hold_later(day, kind))

    def plan_next(self, today: dt.date) -> None:
        """The meeting that is being prepared: the next Thursday with lessons."""
        day = today + dt.timedelta(days=1)
        while day.weekday() != 3 or not self.line.calendar.is_school_day(day):
            day += dt.timedelta(days=1)

        def action() -> None:
            self.next_id = self.line.write(self._prepare, day)

        self.line.at(today, 8, 5, action)

    def _hold_later(self, day: dt.date, kind: str) -> Callable[[], None]:
        def action() -> None:
            meeting_id = self.line.write(self._call, day, kind)
            self.line.write(self._hold, meeting_id, day)

        return action

    def _call(self, session: Session, day: dt.date, kind: str) -> int:
        start = dt.datetime.combine(day, dt.time(13, 30))
        meeting_id = meetings.save_meeting(
            session,
            MeetingDraft(
                kind=kind,
                starts_at=start,
                ends_at=start + dt.timedelta(hours=1),
                place="kamer 1.12",
                chair_id=self.people.karin,
                minutes_taker_id=self.people.staff["HAD"],
                attendees=tuple(AttendeeDraft(staff_id=self.people.staff[code]) for code in TEAM),
            ),
        )
        names = sorted(self.people.groups)
        group = names[self._count * 5 % len(names)]
        agenda.add_item(session, meeting_id, "group", self.people.groups[group], minutes=12)
        for case_id, _number, _title in cases.list_open_cases(session)[:2]:
            agenda.add_item(session, meeting_id, "case", case_id, minutes=10)
        self._count += 1
        return meeting_id

    def _hold(self, session: Session, meeting_id: int, day: dt.date) -> None:
        detail = meetings.get_meeting(session, meeting_id)
        for attendee in detail.attendees:
            meetings.set_present(session, attendee.id, attendee.staff_id != 0)
        for number, item in enumerate(detail.items):
            if item.subject == "previous":
                continue
            self._minute(session, meeting_id, item.id, number, day)
        meetings.hold_meeting(session, meeting_id)
        for action in detail.carried:
            if self.line.dice.random() < 0.8:
                actions.finish_action(session, action.id)

    def _minute(
        self, session: Session, meeting_id: int, item_id: int, number: int, day: dt.date
    ) -> None:
        agenda.record_decision(session, item_id, DECISIONS[(self._count + number) % len(DECISIONS)])
        code, text = TASKS[(self._count * 2 + number) % len(TASKS)]
        actions.save_action(
            session,
            ActionDraft(
                text=text,
                owner_id=self.people.staff[code],
                due_on=self.line.calendar.add_school_days(day, 5 + number * 3),
                meeting_id=meeting_id,
                agenda_item_id=item_id,
            ),
        )

    def _prepare(self, session: Session, day: dt.date) -> int:
        meeting_id = self._call(session, day, "care_team")
        for item in meetings.get_meeting(session, meeting_id).items:
            if item.subject != "previous":
                agenda.remove_item(session, item.id)
        for name, minutes in (("2B", 12), ("1C", 8)):
            group_id = self.people.groups[name]
            agenda.add_item(session, meeting_id, "group", group_id, minutes=minutes)
        for case_id in self.chosen_cases():
            agenda.add_item(session, meeting_id, "case", case_id, minutes=8)
        scenario_id = scenarios.find_ids(session, ScenarioQuery(norms=("D",), sector="vo"))[0]
        agenda.add_item(session, meeting_id, "scenario", scenario_id, minutes=10)
        for number, item in enumerate(meetings.get_meeting(session, meeting_id).items):
            if item.subject in ("group", "case"):
                self._ask(session, item.id, QUESTIONS[number % len(QUESTIONS)], item.about_pupil)
        return meeting_id

    def _ask(self, session: Session, item_id: int, question: str, about_pupil: bool) -> None:
        draft = agenda.edit_item(session, item_id)
        informed = "yes" if about_pupil else ""
        agenda.save_item(session, replace(draft, question=question, informed=informed))


def practise(line: Timeline, people: DemoSchool, days: Sequence[dt.date]) -> None:
    """Scenarios that were chosen, practised and used this year."""
    ids = line.read(scenarios.find_ids, ScenarioQuery(sector="vo"))
    for number, day in enumerate(days[5::9]):
        scenario_id = ids[number * 3 % len(ids)]
        group = sorted(people.groups)[number * 4 % len(people.groups)]
        line.at(day, 16, 10, _practise(line, scenario_id, people.groups[group], day, number))


def _practise(
    line: Timeline, scenario_id: int, group_id: int, day: dt.date, number: int
) -> Callable[[], None]:
    def action() -> None:
        line.write(scenario_choice.pick_scenario, scenario_id, group_id=group_id)
        line.write(
            scenarios.log_practice,
            PracticeDraft(scenario_id=scenario_id, form="peer_review", group_id=group_id),
        )
        helped = ("yes", "bit", "yes", "no")[number % 4]
        line.write(
            scenarios.log_use,
            UseDraft(scenario_id=scenario_id, used_on=day, group_id=group_id, helped=helped),
        )

    return action
