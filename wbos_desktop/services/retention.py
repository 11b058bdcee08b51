"""How long the school keeps what, and what is due: a proposal that a person decides on.

Nothing goes by itself. The rules are in domain/retention.py, the erasing in erasure.py.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.keeping import Destruction, RetentionHold, RetentionTerm
from wbos_desktop.db.models.meetings import Meeting
from wbos_desktop.db.models.profiles import Observation, ObservationPupil, Profile
from wbos_desktop.db.models.scenarios import ScenarioPractice
from wbos_desktop.db.models.school import Pupil, Staff, User
from wbos_desktop.db.models.system import AuditLine, Export, VaultSetting
from wbos_desktop.domain import retention as rules
from wbos_desktop.domain.people import display_name
from wbos_desktop.domain.program_lines import in_words
from wbos_desktop.domain.retention import (
    ClockQuestion,
    DestructionRow,
    HoldDraft,
    NextDue,
    Proposal,
    Term,
    TermRow,
)
from wbos_desktop.errors import Invalid, NotFound
from wbos_desktop.i18n import _

from . import retention_due, retention_lines
from .retention_due import read_facts
from .rights import may, needs
from .visibility import visible_cases

CLOCK = "clock"
"""Key of the vault setting with the audit line up to which the dates were confirmed."""

COLLECTORS = (
    retention_due.find_pupils,
    retention_due.find_cases,
    retention_due.find_incidents,
    retention_lines.find_profiles,
    retention_lines.find_positions,
    retention_lines.find_meetings,
    retention_lines.find_practices,
    retention_lines.find_register,
)


# ---------------------------------------------------------------- terms
def terms_of(session: Session) -> dict[str, Term]:
    """The school's term by kind; the default where the school chose nothing."""
    chosen = session.execute(select(RetentionTerm.kind, RetentionTerm.amount, RetentionTerm.unit))
    found = {kind.code: kind.term for kind in rules.KINDS}
    return found | {kind: Term(amount, unit) for kind, amount, unit in chosen if kind in found}


@needs("write", "keeping")
def list_terms(session: Session) -> list[TermRow]:
    """Every kind with its term and how many there are now."""
    terms, now = terms_of(session), _counts(session)
    return [
        TermRow(
            kind.code,
            terms[kind.code],
            _choices(kind, terms[kind.code]),
            kind.after,
            now.get(kind.code),
        )
        for kind in rules.KINDS
    ]


def _choices(kind: rules.Kind, chosen: Term) -> tuple[Term, ...]:
    return kind.choices if chosen in kind.choices else (*kind.choices, chosen)


def _counts(session: Session) -> dict[str, int]:
    def count(model: type, *conditions: object) -> int:
        statement = select(func.count()).select_from(model).where(*conditions)  # type: ignore[arg-type]
        return session.scalar(statement) or 0

    facts = read_facts(session, terms_of(session))
    seen = list(session.scalars(select(Case.id).where(visible_cases(session))))
    kinds = Counter(facts.kind_of_case(case_id) for case_id in seen)
    linked = select(func.count(func.distinct(ObservationPupil.observation_id)))
    return {
        "pupils": count(Pupil, Pupil.left_on.is_not(None), Pupil.left_on <= facts.today),
        "cases": kinds["cases"],
        "suspensions": kinds["suspensions"],
        "incidents": count(Incident, Incident.case_id.is_(None)),
        "profiles": count(Profile) + count(Observation),
        "positions": session.scalar(linked) or 0,
        "meetings": count(Meeting),
        "practices": count(ScenarioPractice),
        "register": count(Export) + count(Destruction),
    }


@needs("write", "keeping")
def save_term(session: Session, kind: str, code: str) -> None:
    """Keep the term of a kind; `code` as `Term.code`. Raises Invalid."""
    known = rules.BY_CODE.get(kind)
    if known is None or code not in {term.code for term in known.choices}:
        raise Invalid({"term": _("Choose a term from the list.")})
    term = rules.read_term(code)
    row = session.scalar(select(RetentionTerm).where(RetentionTerm.kind == kind))
    if row is None:
        row = RetentionTerm(kind=kind)
        session.add(row)
    row.amount, row.unit = term.amount, term.unit
    session.flush()


def backup_days(session: Session) -> int:
    """How many days old a backup may become: what was erased lives on in it no longer."""
    return terms_of(session)["backups"].amount or 90


def keep_until(session: Session, left_on: dt.date | None) -> dt.date | None:
    """The day from which a pupil who left on this day may be erased."""
    return rules.due_on(left_on, terms_of(session)["pupils"])


# ---------------------------------------------------------------- what is due
@needs("write", "keeping")
def proposal(session: Session) -> Proposal:
    """What is due today with its reason, and what stays although its term is over.

    When the clock jumped ahead, only the question about it: first a person confirms the date.
    """
    question = clock_question(session)
    if question is not None:
        return Proposal(clock=question)
    facts = read_facts(session, terms_of(session), due_only=True)
    found = [collect(session, facts) for collect in COLLECTORS]
    due = [item for part in found for item in part.items if item.due_on <= facts.today]
    return Proposal(tuple(due), tuple(item for part in found for item in part.held))


def next_due(session: Session, *, today_only: bool = False) -> NextDue:
    """What is due now, else the next day on which something will be; nothing for who may not.

    With `today_only`, for Vandaag, only what is due today is looked for: that is quicker.
    """
    if not may(session, "write", "keeping"):
        return NextDue()
    running = _running(session)
    facts = read_facts(session, terms_of(session), due_only=today_only)
    items = [i for collect in COLLECTORS for i in collect(session, facts).items]
    if today_only:
        items = [item for item in items if item.due_on <= facts.today]
    if not items:
        return NextDue(running=running)
    first = min(item.due_on for item in items)
    day = max(first, facts.today)
    counts: Counter[str] = Counter()
    for item in items:
        if item.due_on <= day:
            counts[item.kind] += item.count
    order = {kind.code: n for n, kind in enumerate(rules.KINDS)}
    ordered = sorted(counts.items(), key=lambda pair: order[pair[0]])
    return NextDue(tuple(ordered), None if first <= facts.today else first, running)


def _running(session: Session) -> int:
    rows = session.scalars(select(Destruction.remaining).where(Destruction.state == "running"))
    return sum(max(1, len(remaining)) for remaining in rows)


# ---------------------------------------------------------------- the clock
def clock_question(session: Session) -> ClockQuestion | None:
    """Asked when days are missing in the audit trail: is today's date right? (safety.md F-34)

    A clock that stands years ahead would make everything due at once.
    """
    today = context(session).today
    rows = session.execute(
        select(func.date(AuditLine.at), func.min(AuditLine.seq))
        .where(AuditLine.seq >= _confirmed(session))
        .group_by(func.date(AuditLine.at))
        .order_by(func.min(AuditLine.seq))
    )
    days = [dt.date.fromisoformat(str(day)) for day, _seq in rows]
    days = [day for day in days if day <= today]
    jumps = [
        before
        for before, after in zip(days, [*days[1:], today], strict=True)
        if rules.clock_jumped(before, after)
    ]
    return ClockQuestion(jumps[-1], today) if jumps else None


def _confirmed(session: Session) -> int:
    row = session.scalar(select(VaultSetting.value).where(VaultSetting.key == CLOCK))
    return int(row["seq"]) if row else 0


@needs("write", "keeping")
def confirm_clock(session: Session) -> None:
    """A person says that today's date is right; asked again only after the next jump."""
    audit.note(session, "clock", VaultSetting.__tablename__, 0)
    row = session.scalar(select(VaultSetting).where(VaultSetting.key == CLOCK))
    if row is None:
        row = VaultSetting(key=CLOCK, value={})
        session.add(row)
    row.value = {"seq": audit.head(session).count}
    session.flush()


# ---------------------------------------------------------------- holds
@needs("write", "keeping")
def add_hold(session: Session, draft: HoldDraft) -> int:
    """Keep one record longer, with the reason; its id. Raises Invalid."""
    reason = draft.reason.strip()
    if not reason:
        raise Invalid({"reason": _("Write why this is kept longer.")})
    if draft.until is not None and draft.until < context(session).today:
        raise Invalid({"until": _("Choose a day that is still to come.")})
    if draft.subject_table not in rules.HOLDABLE:
        raise Invalid({"reason": _("This can't be kept longer on its own.")})
    hold = RetentionHold(
        subject_table=draft.subject_table,
        subject_id=draft.subject_id,
        reason=reason,
        until=draft.until,
    )
    session.add(hold)
    session.flush()
    audit.note(session, "hold", draft.subject_table, draft.subject_id)
    return hold.id


@needs("write", "keeping")
def end_hold(session: Session, hold_id: int) -> None:
    """The record follows the normal term again. Raises NotFound."""
    hold = session.scalar(select(RetentionHold).where(RetentionHold.id == hold_id))
    if hold is None:
        raise NotFound(_("This is not there any more."))
    hold.deleted_at = context(session).now
    audit.note(session, "hold", hold.subject_table, hold.subject_id)
    session.flush()


# ---------------------------------------------------------------- earlier destructions
@needs("write", "keeping")
def list_destructions(session: Session) -> list[DestructionRow]:
    """All destructions, newest first; one that was cut off says how much is left."""
    rows = session.execute(
        select(Destruction, Staff.given_name, Staff.name_prefix, Staff.family_name)
        .outerjoin(User, User.id == Destruction.created_by)
        .outerjoin(Staff, Staff.id == User.staff_id)
        .order_by(Destruction.at.desc(), Destruction.id.desc())
    )
    return [
        DestructionRow(
            id=done.id,
            at=done.at,
            by=display_name(given or "", prefix or "", family or ""),
            reason=in_words(done.reason),
            counts=tuple(done.counts.items()),
            state=done.state,
            left=len(done.remaining),
        )
        for done, given, prefix, family in rows
    ]


def get_destruction(session: Session, destruction_id: int) -> DestructionRow:
    """One destruction, for its report. Raises NotFound."""
    for row in list_destructions(session):
        if row.id == destruction_id:
            return row
    raise NotFound(_("This is not there any more."))
