"""The steps of a case from its protocol: who gets them, when they start and when they are due.

Works on models inside a transaction; the verbs for pages are in steps.py and cases.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, CaseLogEntry, CaseStep, CaseTrack, TemplateVersion
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.domain import tracks
from wbos_desktop.domain.deadlines import BaseMoment, Due, Rule, due_of
from wbos_desktop.domain.protocols import (
    Person,
    StepTemplate,
    persons_for,
    state_for,
    template_from,
)

from .case_people import (
    Responsibles,
    groups_of_incidents,
    identity,
    persons_of_incidents,
    sector_of,
)
from .school_days import load_calendar

FINISHED = ("done", "skipped")


def steps_of(session: Session, case_id: int) -> list[CaseStep]:
    """Every step of a case in board order."""
    return list(
        session.scalars(
            select(CaseStep)
            .where(CaseStep.case_id == case_id)
            .order_by(CaseStep.position, CaseStep.id)
        )
    )


def tracks_of(session: Session, case_id: int) -> dict[str, CaseTrack]:
    """The tracks of a case by code."""
    found = session.scalars(select(CaseTrack).where(CaseTrack.case_id == case_id))
    return {track.track: track for track in found}


def incident_ids(session: Session, case_id: int) -> list[int]:
    """The incidents of a case, first one first."""
    return list(
        session.scalars(
            select(Incident.id)
            .where(Incident.case_id == case_id)
            .order_by(Incident.reported_at, Incident.id)
        )
    )


def write_log(session: Session, case_id: int, text: str, kind: str = "system") -> None:
    """Add a line to the log of a case, in the name of the acting user."""
    who = context(session)
    session.add(
        CaseLogEntry(case_id=case_id, at=who.now, kind=kind, text=text, staff_id=who.staff_id)
    )


def sync_steps(session: Session, case: Case) -> int:
    """Give everybody involved the steps of their role, and take back steps of a role they lost.

    Steps that were begun stay. Returns how many steps were added.
    """
    version = session.get(TemplateVersion, case.template_version_id)
    assert version is not None
    templates = template_from(version.content).steps_in(sector_of(session))
    incidents = incident_ids(session, case.id)
    people = _people(session, incidents)
    groups = groups_of_incidents(session, incidents)
    group_ids = list(dict.fromkeys(g for i in incidents for g, _name in groups.get(i, [])))
    responsibles = Responsibles(session, group_ids, case.owner_id, context(session).today)
    existing = steps_of(session, case.id)
    known = {(step.code, step.involved_id) for step in existing if step.code}
    answers = {step.condition: step.condition_answer for step in existing if step.condition}
    wanted: set[tuple[str, int | None]] = set()
    added = 0
    for position, template in enumerate(templates):
        for involved_id in persons_for(template.concerns, people):
            wanted.add((template.code, involved_id))
            if (template.code, involved_id) not in known:
                step = _new_step(case, template, position * 10, involved_id)
                step.responsible_id = responsibles.choose(template.responsibles)
                step.condition_answer = answers.get(template.condition, "")
                session.add(step)
                added += 1
    _take_back(session, existing, wanted)
    _open_tracks(session, case, {template.track for template in templates})
    session.flush()
    recompute(session, case)
    return added


def _people(session: Session, incidents: Sequence[int]) -> list[Person]:
    found: dict[object, Person] = {}
    rows = persons_of_incidents(session, incidents, everybody=True)
    for incident_id in incidents:
        for row in rows.get(incident_id, []):
            key = identity(row)
            before = found.get(key)
            roles = (before.roles if before else frozenset()) | {row.role}
            found[key] = Person(before.id if before else row.id, roles, row.unknown)
    return list(found.values())


def _new_step(
    case: Case, template: StepTemplate, position: int, involved_id: int | None
) -> CaseStep:
    return CaseStep(
        case_id=case.id,
        code=template.code,
        track=template.track,
        position=position,
        title=template.title,
        text=template.text,
        concerns=template.concerns,
        involved_id=involved_id,
        responsible_roles=list(template.responsibles),
        rule=template.rule.to_dict(),
        due_kind=template.due_kind,
        statutory=template.statutory,
        statutory_note=template.statutory_note,
        optional=template.optional,
        condition=template.condition,
        state="waiting",
        sets_base=template.sets_base,
        requires=list(template.requires),
        decision_options=list(template.decision_options),
        record=template.record,
    )


def _take_back(
    session: Session, existing: Iterable[CaseStep], wanted: set[tuple[str, int | None]]
) -> None:
    for step in existing:
        lost = step.code and step.involved_id is not None
        if lost and (step.code, step.involved_id) not in wanted and step.state not in FINISHED:
            step.deleted_at = context(session).now


def _open_tracks(session: Session, case: Case, codes: set[str]) -> None:
    known = tracks_of(session, case.id)
    for track in tracks.TRACKS:
        if track in codes and track not in known:
            session.add(CaseTrack(case_id=case.id, track=track, state="open"))


def bases_for(
    case: Case, steps: Iterable[CaseStep], involved_id: int | None
) -> dict[str, BaseMoment]:
    """The known days that rules of one person (None: of the whole case) may count from.

    A day that comes from a step about one person counts for that person only; for a step once a
    case the last of those days counts. Of several settings for one person the last one wins.
    """
    own: dict[str, dict[int | None, BaseMoment]] = {}
    ordered = sorted(
        (step for step in steps if step.state == "done"),
        key=lambda step: (step.done_at or dt.datetime.min.replace(tzinfo=dt.UTC), step.id),
    )
    for step in ordered:
        done_on = step.done_on
        if done_on is None:
            continue
        same_day = step.done_at if step.done_at and step.done_at.date() == done_on else None
        own.setdefault(f"step:{step.code}", {})[step.involved_id] = BaseMoment(done_on, same_day)
        if step.sets_base:
            day = step.base_date or done_on
            at = same_day if day == done_on else None
            own.setdefault(step.sets_base, {})[step.involved_id] = BaseMoment(day, at)
    found = {"reported": BaseMoment(case.reported_on, case.reported_at)}
    for name, by_person in own.items():
        if involved_id is None:
            found[name] = max(by_person.values(), key=lambda base: base.day)
        elif base := by_person.get(involved_id) or by_person.get(None):
            found[name] = base
    return found


def due_for(session: Session, case: Case, step: CaseStep, steps: Sequence[CaseStep]) -> Due | None:
    """The due day of a step by its rule as things are now, whatever is stored."""
    bases = bases_for(case, steps, step.involved_id)
    return due_of(Rule.from_dict(step.rule), bases, load_calendar(session))


def recompute(session: Session, case: Case, changed_bases: Iterable[str] = ()) -> None:
    """Set the state of each step that is not finished, the tracks and the earliest deadline.

    A stored due day only changes when one of `changed_bases` stands in its rule.
    """
    steps = steps_of(session, case.id)
    changed = set(changed_bases)
    ended = {
        code
        for code, track in tracks_of(session, case.id).items()
        if track.state in ("not_suitable", "refused", "not_now")
    }
    bases: dict[int | None, Mapping[str, BaseMoment]] = {}
    for step in steps:
        if step.state == "done" or (step.state == "skipped" and step.skipped_reason):
            continue
        if step.track in ended:
            continue
        if step.involved_id not in bases:
            bases[step.involved_id] = bases_for(case, steps, step.involved_id)
        _place(session, step, bases[step.involved_id], changed)
    _update_tracks(session, case, steps)
    refresh_deadline(case, steps)


def _place(
    session: Session, step: CaseStep, bases: Mapping[str, BaseMoment], changed: set[str]
) -> None:
    rule = Rule.from_dict(step.rule)
    names = {rule.base, rule.latest.base if rule.latest else rule.base}
    due: Due | None = None
    if step.due_on is not None and (step.moved or not names & changed):
        due = Due(step.due_on, step.due_at, step.provisional)
    elif step.code:
        due = due_of(rule, bases, load_calendar(session))
    state = state_for(
        condition=step.condition,
        answer=step.condition_answer,
        waits_for=step.waits_for,
        base_known=rule.amount is not None or rule.base in bases or not step.code,
        has_due=rule.amount is None or due is not None,
    )
    if state == "waiting" and not step.moved:
        due = None
    step.state = state
    step.due_on = due.on if due else None
    step.due_at = due.at if due else None
    step.provisional = due.provisional if due else False


def _update_tracks(session: Session, case: Case, steps: Sequence[CaseStep]) -> None:
    for code, track in tracks_of(session, case.id).items():
        own = [step for step in steps if step.track == code]
        counted = sum(
            tracks.mark_of(step.state, late=False, not_needed=not_needed(step)) is not None
            for step in own
        )
        state = tracks.state_after(track.state, [step.state for step in own], counted=counted)
        if state != track.state:
            track.state = state
            track.ended_on = context(session).today if state in tracks.ENDED else None


def not_needed(step: CaseStep) -> bool:
    """True if its question was answered with no."""
    return step.state == "skipped" and step.condition_answer == "no" and not step.skipped_reason


def refresh_deadline(case: Case, steps: Iterable[CaseStep]) -> None:
    """Repeat the earliest open deadline on the case; targets do not count."""
    open_steps = [
        step
        for step in steps
        if step.state == "open" and step.due_kind == "deadline" and step.due_on is not None
    ]
    closed = case.state != "open"
    by_day = [s.due_on for s in open_steps if s.due_on and s.due_at is None]
    by_hour = [s.due_at for s in open_steps if s.due_at is not None]
    case.next_due_on = None if closed else min(by_day, default=None)
    case.next_due_at = None if closed else min(by_hour, default=None)
