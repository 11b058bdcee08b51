"""What people do with the steps of a case: finish, skip, move, answer, add, hand over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, CaseStep, CaseViewer
from wbos_desktop.db.models.school import User
from wbos_desktop.domain.cases import REASON_LIMIT, MovedStep, OwnStepDraft, StepDraft
from wbos_desktop.domain.plain_text import check_lengths
from wbos_desktop.domain.program_lines import keep
from wbos_desktop.domain.protocols import is_joint_talk, missing_before
from wbos_desktop.domain.tracks import TRACKS
from wbos_desktop.domain.typed_dates import school_day_problem
from wbos_desktop.errors import Conflict, Invalid, NotFound
from wbos_desktop.i18n import _

from .case_people import staff_names
from .rights import needs, refused
from .school_days import load_calendar
from .step_engine import due_for, recompute, refresh_deadline, steps_of, tracks_of, write_log
from .visibility import get_case_model, may_decide_case, may_write_case, visible_cases

ANSWERS = ("yes", "no", "unknown")
WAITS_FOR = ("", "ill", "police")


def _get(session: Session, step_id: int, version: int | None = None) -> tuple[Case, CaseStep]:
    """The step to work on. Raises NotFound (gone or hidden), NotAllowed (read only), Conflict."""
    row = session.execute(
        select(Case, CaseStep)
        .join(CaseStep, CaseStep.case_id == Case.id)
        .where(CaseStep.id == step_id, visible_cases(session))
    ).first()
    if row is None:
        raise NotFound(_("You can't open this. Ask your coordinator."))
    case, step = row
    if not may_write_case(session, case.id):
        raise refused("write")
    if version is not None and step.version != version:
        raise Conflict(_("Somebody changed this step. Look at it again."))
    if case.state != "open":
        raise Invalid({"id": _("This case is closed. Reopen it first.")})
    return case, step


def _reason(reason: str, sentence: str) -> str:
    text = reason.strip()
    if not text:
        raise Invalid({"reason": sentence})
    check_lengths({"reason": (text, REASON_LIMIT)})
    return text


def missing_titles(step: CaseStep, steps: Sequence[CaseStep]) -> list[str]:
    """Titles of the required steps that are not there yet, for this person or for everybody.

    A joint talk also waits for the yes of each party (product.md section 4).
    """
    if not step.requires:
        return []
    same = [
        s for s in steps if step.involved_id is None or s.involved_id in (step.involved_id, None)
    ]
    counting = [(s.code, s.state, s.decision, tuple(s.decision_options)) for s in same]
    joint = is_joint_talk(step.sets_base)
    missing = [same[at].title for at in missing_before(step.requires, joint, counting)]
    if joint:
        # A party that nobody was prepared for can't sit at the table either.
        present = {s.code for s in same}
        if any(code not in present for code in step.requires):
            missing.append(_("a preparation and a yes of each party"))
    return missing


def _demand_ready(session: Session, step: CaseStep, field: str) -> None:
    missing = missing_titles(step, steps_of(session, step.case_id))
    if missing:
        sentence = _("First this: {steps}.").format(steps=", ".join(dict.fromkeys(missing)))
        raise Invalid({field: sentence})


@needs("write", "case")
def finish_step(session: Session, draft: StepDraft) -> None:
    """Note that a step was done; sets the dates of the steps that count from it.

    Raises Invalid when a required step, a decision or a sensible day is missing.
    """
    assert draft.id is not None
    case, step = _get(session, draft.id, draft.version)
    now = context(session)
    done_on = draft.done_on or now.today
    faults: dict[str, str] = {}
    if done_on > now.today:
        faults["done_on"] = _("This day is still to come.")
    if step.decision_options and not draft.decision.strip():
        faults["decision"] = _("Choose what was decided.")
    if faults:
        raise Invalid(faults)
    _demand_ready(session, step, "done_on")
    step.state = "done"
    step.done_on, step.done_at, step.done_by_id = done_on, now.now, now.staff_id
    step.result, step.decision = draft.result.strip(), draft.decision.strip()
    step.decided_by, step.passed_on_on = draft.decided_by.strip(), draft.passed_on_on
    step.remark, step.evidence = draft.remark.strip(), draft.evidence.strip()
    step.base_date = (draft.base_date or done_on) if step.sets_base else None
    step.skipped_reason = ""
    write_log(session, case.id, keep("stepfinished", step.title))
    session.flush()
    recompute(session, case, {f"step:{step.code}", step.sets_base})


@needs("write", "case")
def complete_step(session: Session, step_id: int, version: int) -> None:
    """Finish a step today without more; Invalid when it asks for a decision (open the case)."""
    finish_step(session, StepDraft(id=step_id, version=version))


@needs("write", "case")
def reopen_step(session: Session, step_id: int, version: int) -> None:
    """Take back that a step was done or skipped; its day counts again."""
    case, step = _get(session, step_id, version)
    step.state = "open"
    step.done_on, step.done_at, step.done_by_id, step.base_date = None, None, None, None
    step.skipped_reason = ""
    if step.condition_answer == "no":
        step.condition_answer = "unknown"
    track = tracks_of(session, case.id).get(step.track)
    if track is not None and track.state in ("not_suitable", "refused", "not_now", "done"):
        track.state, track.reason, track.ended_on = "running", "", None
    write_log(session, case.id, keep("stepreopened", step.title))
    session.flush()
    recompute(session, case, {f"step:{step.code}", step.sets_base})


@needs("write", "case")
def skip_step(session: Session, step_id: int, version: int, reason: str) -> None:
    """Skip a step on purpose; the reason is asked and a duty by law stays visible."""
    case, step = _get(session, step_id, version)
    step.skipped_reason = _reason(reason, _("Why do you skip this step? One sentence is enough."))
    step.state = "skipped"
    write_log(session, case.id, keep("stepskipped", step.title))
    session.flush()
    recompute(session, case)


@needs("read", "case")
def preview_move(session: Session, step_id: int, day: dt.date) -> MovedStep:
    """What moving a step changes; raises Invalid when it can't lie on this day."""
    _case, step = _get(session, step_id)
    if problem := school_day_problem(day, load_calendar(session)):
        raise Invalid({"due_on": problem})
    if is_joint_talk(step.sets_base):
        _demand_ready(session, step, "due_on")
    return MovedStep(step.id, step.title, step.due_on, day)


@needs("write", "case")
def move_step(session: Session, step_id: int, version: int, day: dt.date, reason: str = "") -> None:
    """Give a step another day; it keeps that day whatever its rule says."""
    preview_move(session, step_id, day)
    case, step = _get(session, step_id, version)
    before = step.due_on
    step.due_on, step.due_at, step.moved = day, None, True
    step.provisional = not load_calendar(session).covers(day)
    since = before.isoformat() if before else ""
    write_log(session, case.id, keep("stepmoved", step.title, since, day.isoformat(), reason))
    session.flush()
    recompute(session, case)


@needs("write", "case")
def answer_condition(session: Session, case_id: int, condition: str, answer: str) -> None:
    """Answer a question once for every step that asks it: yes, no or unknown."""
    if answer not in ANSWERS:
        raise ValueError(answer)
    case = get_case_model(session, case_id, write=True)
    found = [step for step in steps_of(session, case_id) if step.condition == condition]
    if not found:
        raise NotFound(_("This question is not in the case any more."))
    for step in found:
        step.condition_answer = answer
    write_log(session, case_id, keep("conditionanswered", condition, answer))
    session.flush()
    recompute(session, case)


@needs("write", "case")
def wait_for(session: Session, step_id: int, version: int, what: str) -> None:
    """Let a step wait for somebody who is ill or for the police; '' ends the waiting."""
    if what not in WAITS_FOR:
        raise ValueError(what)
    case, step = _get(session, step_id, version)
    step.waits_for = what
    session.flush()
    recompute(session, case)


def _access_problem(session: Session, case: Case, staff_id: int | None) -> str:
    """Why a colleague would never find a step of this case: it is for listed people only.

    Who does not log in finds nothing anywhere, and is told by somebody.
    """
    if case.level != "named" or staff_id in (None, case.owner_id):
        return ""
    listed = select(CaseViewer.staff_id).where(CaseViewer.case_id == case.id)
    users = select(User.id).where(User.staff_id == staff_id, User.deleted_at.is_(None))
    if staff_id in set(session.scalars(listed)) or session.scalar(users.limit(1)) is None:
        return ""
    return _("This colleague may not see the case. Give access too, or choose somebody else.")


@needs("write", "case")
def hand_over(
    session: Session, step_id: int, version: int, staff_id: int, *, give_access: bool = False
) -> None:
    """Make somebody else responsible for a step.

    In a case for listed people that is one of them, or with `give_access` becomes one, which
    who may decide does. Raises Invalid, NotAllowed.
    """
    case, step = _get(session, step_id, version)
    name = staff_names(session, [staff_id]).get(staff_id)
    if name is None:
        raise NotFound(_("This colleague is not there any more."))
    if problem := _access_problem(session, case, staff_id):
        if not give_access:
            raise Invalid({"staff_id": problem})
        if not may_decide_case(session, case.id):
            raise refused("decide")
        session.add(CaseViewer(case_id=case.id, staff_id=staff_id))
        write_log(session, case.id, keep("viewerschanged"))
    step.responsible_id = staff_id
    write_log(session, case.id, keep("steppassed", step.title, name))


@needs("write", "case")
def add_step(session: Session, case_id: int, draft: OwnStepDraft) -> int:
    """Add a step of one's own to a track; the id of the step."""
    case = get_case_model(session, case_id, write=True)
    faults = {}
    if not draft.title.strip():
        faults["title"] = _("Write what has to be done.")
    if draft.track not in TRACKS:
        faults["track"] = _("Choose a track.")
    problem = draft.due_on and school_day_problem(draft.due_on, load_calendar(session))
    if problem:
        faults["due_on"] = problem
    if blind := _access_problem(session, case, draft.responsible_id):
        faults["responsible_id"] = blind
    if faults:
        raise Invalid(faults)
    existing = steps_of(session, case_id)
    step = CaseStep(
        case_id=case_id,
        track=draft.track,
        position=max((s.position for s in existing if s.track == draft.track), default=0) + 10,
        title=draft.title.strip(),
        text=draft.text.strip(),
        concerns="each_involved" if draft.involved_id else "school",
        involved_id=draft.involved_id,
        responsible_id=draft.responsible_id or case.owner_id,
        due_on=draft.due_on,
        moved=draft.due_on is not None,
        due_kind="target" if draft.track == "repair" else "deadline",
        state="open",
    )
    session.add(step)
    write_log(session, case_id, keep("stepadded", step.title))
    session.flush()
    recompute(session, case)
    return step.id


@needs("write", "school")
def preview_calendar(session: Session) -> list[MovedStep]:
    """Steps whose day would change by the calendar as it is now; nothing is changed."""
    found = []
    for case in session.scalars(select(Case).where(Case.state == "open", visible_cases(session))):
        steps = steps_of(session, case.id)
        for step in steps:
            if step.state != "open" or step.moved or not step.code or step.due_on is None:
                continue
            due = due_for(session, case, step, steps)
            if due is not None and due.on != step.due_on:
                found.append(MovedStep(step.id, step.title, step.due_on, due.on, case.number))
    return found


@needs("write", "school")
def apply_calendar(session: Session, step_ids: Sequence[int]) -> int:
    """Move these steps to the day that the preview showed; how many were moved."""
    wanted, moved = set(step_ids), 0
    cases = select(Case).join(CaseStep, CaseStep.case_id == Case.id)
    for case in session.scalars(
        cases.where(CaseStep.id.in_(wanted), visible_cases(session)).distinct()
    ):
        steps = steps_of(session, case.id)
        for step in steps:
            due = due_for(session, case, step, steps) if step.id in wanted else None
            if due is not None:
                step.due_on, step.due_at, step.provisional = due.on, due.at, due.provisional
                moved += 1
        refresh_deadline(case, steps)
        write_log(session, case.id, keep("calendarmoved"))
    return moved
