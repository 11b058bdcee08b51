"""How the care team of the example school works on its cases, day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.models.cases import CaseStep
from wbos_desktop.domain.cases import StepDraft, StepRow
from wbos_desktop.services import cases, steps

from .reports import LOOK_BACKS, RESULTS, WORDS_NOW
from .timeline import Timeline

# The choices that let a case go on well; the first that a step offers is taken.
LIKELY = (
    "contact aangeboden",
    "afgewogen",
    "geen melding nodig",
    "gesprekken kunnen doorgaan",
    "herstelgesprek",
    "gesprek met begeleider",
    "ja",
    "gestopt",
    "minder",
    "veilig",
    "afspraken gemaakt",
    "nagekomen",
    "schriftelijke afspraken",
    "waarschuwing",
    "geen van beide",
    "geen aangifte",
    "mentor volgt",
    "helpt",
)
AGREED = ("Gaat de getroffen leerling akkoord met een klassengesprek?",)
SUSPENDED = ("Overweeg je een schorsing?", "Is er een schorsing opgelegd?")


@dataclass(frozen=True)
class Course:
    """How one case goes.

    `repair`: '' (it is done), refused, not_suitable or not_now. `idle_days`: school days before
    today in which nothing was done, so that steps are late. `close_after`: school days until the
    case is closed, 0 stays open. `reopened`: it was closed and opened again.
    """

    repair: str = ""
    idle_days: int = 0
    close_after: int = 0
    suspension: bool = False
    reopened: bool = False


@dataclass
class CaseWork:
    """The team at work on one case: comes back on each day that a step is due."""

    line: Timeline
    case_id: int
    opened_on: dt.date
    course: Course
    spoke: bool = False

    def begin(self) -> None:
        """The first afternoon: answer the questions of the protocol and do what can't wait."""
        self.line.write(self._answer)
        self._visit(self.opened_on)

    def _answer(self, session: Session) -> None:
        case = cases.get_case(session, self.case_id)
        for condition in dict.fromkeys(s.condition for s in case.steps if s.condition):
            yes = condition in AGREED or (self.course.suspension and condition in SUSPENDED)
            steps.answer_condition(session, self.case_id, condition, "yes" if yes else "no")

    def _visit(self, day: dt.date) -> None:
        until = self.line.today
        if self.course.idle_days:
            until = self.line.calendar.add_school_days(until, -self.course.idle_days)
        if day > until:
            return
        closing = self._closing_day()
        if closing and day >= closing:
            self.line.write(self._close)
            return
        following = self.line.write(self._work, day)
        if closing and (following is None or following > closing):
            following = closing
        if following is not None:
            self._plan(following, partial(self._visit, following))

    def _plan(self, day: dt.date, action: Callable[[], None]) -> None:
        minute = self.line.dice.randrange(0, 59)
        self.line.at(day, 15 if self.line.dice.random() < 0.7 else 12, minute, action)

    def _closing_day(self) -> dt.date | None:
        if not self.course.close_after:
            return None
        return self.line.calendar.add_school_days(self.opened_on, self.course.close_after)

    def _work(self, session: Session, day: dt.date) -> dt.date | None:
        """Do what is due; the next school day with something due, None if nothing is."""
        if self.course.repair and day > self.opened_on:
            self._end_repair(session)
        left = self._open(session)
        # Finishing a step can set the date of the next, or allow it: four rounds are plenty.
        for _round in range(4):
            ready = [step for step in left if self._ready(step, day)]
            for step in ready:
                steps.finish_step(session, self._result(session, step, day))
            if not ready:
                break
            left = self._open(session)
        self._speak(session, day)
        ahead = [step.due_on for step in left if step.due_on and step.due_on > day]
        return self.line.calendar.next_school_day(min(ahead)) if ahead else None

    def _end_repair(self, session: Session) -> None:
        case = cases.get_case(session, self.case_id)
        if any(t.track == "repair" and t.state in ("open", "running") for t in case.tracks):
            reason = {
                "refused": "Een van de ouders wil nu geen gesprek. Het aanbod blijft staan.",
                "not_suitable": "De betrokkenen kennen elkaar niet. Een brief past hier beter.",
                "not_now": "Eerst moet het rustig zijn. Na de vakantie opnieuw vragen.",
            }[self.course.repair]
            cases.end_track(session, self.case_id, "repair", self.course.repair, reason)

    def _open(self, session: Session) -> list[StepRow]:
        case = cases.get_case(session, self.case_id)
        return [step for step in case.steps if step.state == "open"]

    def _ready(self, step: StepRow, day: dt.date) -> bool:
        return not step.missing and step.due_on is not None and step.due_on <= day

    def _result(self, session: Session, step: StepRow, day: dt.date) -> StepDraft:
        decision = ""
        if step.decision_options:
            likely = [option for option in LIKELY if option in step.decision_options]
            decision = likely[0] if likely else step.decision_options[0]
            if self.course.suspension and "externe schorsing" in step.decision_options:
                decision = "externe schorsing"
        base_date = day if step.sets_base else None
        if step.sets_base in ("suspension_start", "suspension_end"):
            ahead = 1 if step.sets_base == "suspension_start" else 2
            base_date = self.line.calendar.add_school_days(day, ahead)
        return StepDraft(
            id=step.id,
            version=_version(session, step.id),
            done_on=day,
            result=self.line.dice.choice(RESULTS[step.track]),
            decision=decision,
            decided_by="Wilma Jansen" if step.sets_base == "decision" else "",
            passed_on_on=day if step.sets_base == "decision" else None,
            base_date=base_date,
        )

    def _speak(self, session: Session, day: dt.date) -> None:
        if not self.spoke and day > self.opened_on:
            cases.add_note(session, self.case_id, self.line.dice.choice(WORDS_NOW))
            self.spoke = True

    def _close(self, session: Session) -> None:
        """Skip what is left with its reason, end the tracks, write the look back."""
        case = cases.get_case(session, self.case_id)
        for track in case.tracks:
            if track.state in ("open", "running"):
                for step in track.steps:
                    self._settle(session, step)
                cases.end_track(session, self.case_id, track.track, "done")
        for step in case.general:
            self._settle(session, step)
        found = cases.check_closing(session, self.case_id)
        checks = dict.fromkeys(found.checklist, True)
        reason = "De open vragen speelden niet." if found.unanswered else ""
        fresh = cases.get_case(session, self.case_id)
        look_back = self.line.dice.choice(LOOK_BACKS)
        cases.close_case(session, self.case_id, fresh.version, look_back, checks, reason)
        if self.course.reopened:
            day = self.line.calendar.add_school_days(self.line.clock.now.date(), 4)
            self._plan(day, self._reopen)

    def _settle(self, session: Session, step: StepRow) -> None:
        if step.state == "open":
            reason = "Het gaat goed. Met leerling en ouders besproken: niet meer nodig."
            steps.skip_step(session, step.id, _version(session, step.id), reason)

    def _reopen(self) -> None:
        self.line.write(
            cases.reopen_case, self.case_id, "Nieuwe melding in de groepsapp door dezelfde groep."
        )


def _version(session: Session, step_id: int) -> int:
    """The version of a step now: finishing another one may have moved its date."""
    return session.scalars(select(CaseStep.version).where(CaseStep.id == step_id)).one()
