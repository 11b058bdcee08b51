"""What the terms say of each record: when it is due, or why it stays although its term is over.

Collected per kind; `retention.py` sorts out what is due today. Records that the acting user may
not see are never listed and never named in a reason.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, CaseStep
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.db.models.keeping import AccessRequest, RetentionHold
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.domain import retention as rules
from wbos_desktop.domain.people import display_name
from wbos_desktop.domain.retention import DueItem, HeldItem, Target, Term
from wbos_desktop.i18n import _, date_numeric, ngettext

from . import staying_files
from .visibility import visible_cases, visible_incidents

OBJECTION = dt.timedelta(weeks=6)
"""Time to object to a suspension or removal (protocols catalogue, steps S and V)."""

HIDDEN = "use"
"""The reason for who may not see the case that still needs the pupil."""

_GONE_WRONG = ("actor", "joined", "affected")


@dataclass
class Found:
    """What one kind gave: lines with their due day, past or to come, and what is held back."""

    items: list[DueItem] = field(default_factory=list)
    held: list[HeldItem] = field(default_factory=list)


@dataclass(frozen=True)
class Facts:
    """What decides on cases and pupils, read once."""

    today: dt.date
    terms: dict[str, Term]
    holds: dict[tuple[str, int], tuple[int, str]]
    by_school: frozenset[int]
    objections: frozenset[int]
    pupils_of_case: dict[int, list[tuple[int, dt.date | None]]]
    due_only: bool = False

    def hold(self, table: str, record_id: int) -> tuple[int, str] | None:
        """(id, reason) of the hold on this record that still runs."""
        return self.holds.get((table, record_id))

    def kind_of_case(self, case_id: int) -> str:
        """cases, or suspensions when the school decides about it."""
        return "suspensions" if case_id in self.by_school else "cases"

    def left(self, day: dt.date | None) -> dt.date | None:
        """The day somebody left; None while at school."""
        return day if day is not None and day <= self.today else None


def read_facts(session: Session, terms: dict[str, Term], *, due_only: bool = False) -> Facts:
    """Everything that several kinds ask for; with `due_only` what is due later need not be read."""
    today = context(session).today
    return Facts(
        today,
        terms,
        _holds(session, today),
        frozenset(_suspended(session) | _staff_cases(session)),
        frozenset(_objections(session, today)),
        _pupils_of_case(session),
        due_only,
    )


def _holds(session: Session, today: dt.date) -> dict[tuple[str, int], tuple[int, str]]:
    rows = session.execute(
        select(
            RetentionHold.id,
            RetentionHold.subject_table,
            RetentionHold.subject_id,
            RetentionHold.reason,
        ).where(or_(RetentionHold.until.is_(None), RetentionHold.until >= today))
    )
    return {(row.subject_table, row.subject_id): (row.id, row.reason) for row in rows}


def _suspended(session: Session) -> set[int]:
    """Cases in which a suspension or removal was carried out: steps S-2 and on, V-1 and on."""
    coded = or_(CaseStep.code.like("S-%"), CaseStep.code.like("V-%"))
    statement = select(CaseStep.case_id).where(
        coded, CaseStep.code != "S-1", CaseStep.condition_answer == "yes"
    )
    return set(session.scalars(statement.distinct()))


def _staff_cases(session: Session) -> set[int]:
    """Cases in which a colleague did something or was hurt."""
    statement = (
        select(Incident.case_id)
        .join(InvolvedPerson, InvolvedPerson.incident_id == Incident.id)
        .where(
            InvolvedPerson.staff_id.is_not(None),
            InvolvedPerson.role.in_(_GONE_WRONG),
            Incident.case_id.is_not(None),
        )
    )
    return {case_id for case_id in session.scalars(statement.distinct()) if case_id is not None}


def _objections(session: Session, today: dt.date) -> set[int]:
    """Cases whose suspension or removal is too fresh, or that met an objection without an end."""
    coded = or_(CaseStep.code.like("S-%"), CaseStep.code.like("V-%"))
    rows = session.execute(
        select(CaseStep.case_id, CaseStep.code, CaseStep.state, CaseStep.done_on, CaseStep.decision)
        .where(coded, CaseStep.condition_answer == "yes")
        .order_by(CaseStep.case_id)
    ).all()
    decided = {row.case_id for row in rows if row.code == "V-9" and row.state == "done"}
    found = set()
    for row in rows:
        fresh = row.done_on is not None and row.done_on + OBJECTION >= today
        objected = row.code in ("V-7", "V-8") and row.decision in ("bezwaar", "gevraagd")
        if fresh or (objected and row.case_id not in decided):
            found.add(row.case_id)
    return found


def _pupils_of_case(session: Session) -> dict[int, list[tuple[int, dt.date | None]]]:
    rows = session.execute(
        select(Incident.case_id, Pupil.id, Pupil.left_on)
        .join(InvolvedPerson, InvolvedPerson.incident_id == Incident.id)
        .join(Pupil, Pupil.id == InvolvedPerson.pupil_id)
        .where(Incident.case_id.is_not(None))
    )
    found: dict[int, list[tuple[int, dt.date | None]]] = defaultdict(list)
    for case_id, pupil_id, left_on in rows:
        if case_id is not None:
            found[case_id].append((pupil_id, left_on))
    return found


# ---------------------------------------------------------------- cases and incidents
def find_cases(session: Session, facts: Facts) -> Found:
    """Cases, by the leaving of their last pupil."""
    found = Found()
    rows = session.execute(
        select(Case.id, Case.uid, Case.number, Case.title, Case.state, Case.closed_on)
        .where(visible_cases(session))
        .order_by(Case.id)
    )
    for row in rows:
        kind = facts.kind_of_case(row.id)
        days = [facts.left(day) for _pupil, day in facts.pupils_of_case.get(row.id, [])]
        closed_on = row.closed_on if row.state == "closed" else None
        title = _("{number} {title}").format(number=row.number, title=row.title)
        base = rules.case_base(closed_on, days)
        reason = _case_reason(facts, row.id, kind, closed_on, days)
        sort_in(facts, found, kind, "cases", row.id, row.uid, title, base, reason)
    return found


def _case_reason(
    facts: Facts, case_id: int, kind: str, closed_on: dt.date | None, days: list[dt.date | None]
) -> str:
    """Why a case stays though the term of one of its pupils is over; '' without such a reason."""
    term = facts.terms[kind]
    if term.amount is None:
        term = facts.terms["cases"]
    over = [day for day in days if rules.is_due(day, term, facts.today)]
    whole = rules.is_due(rules.case_base(closed_on, days), term, facts.today)
    if not over and not whole:
        return ""
    if closed_on is None:
        return "open"
    if any(day is None for day in days):
        return "others"
    if not whole:
        return ""
    if facts.terms[kind].amount is None:
        return "decide"
    return "objection" if case_id in facts.objections else ""


def find_incidents(session: Session, facts: Facts) -> Found:
    """Reports without a case."""
    found = Found()
    wanted = _over(facts) if facts.due_only else true()
    days: dict[int, list[dt.date | None]] = defaultdict(list)
    involved = session.execute(
        select(InvolvedPerson.incident_id, Pupil.left_on)
        .join(Pupil, Pupil.id == InvolvedPerson.pupil_id)
        .join(Incident, Incident.id == InvolvedPerson.incident_id)
        .where(Incident.case_id.is_(None), wanted)
    )
    for incident_id, left_on in involved:
        days[incident_id].append(facts.left(left_on))
    columns = (Incident.id, Incident.uid, Incident.number, Incident.title, Incident.state)
    rows = session.execute(
        select(*columns, Incident.happened_on)
        .where(Incident.case_id.is_(None), visible_incidents(session), wanted)
        .order_by(Incident.id)
    )
    by_school = _staff_incidents(session)
    for row in rows:
        kind = "suspensions" if row.id in by_school else "incidents"
        base = rules.case_base(row.happened_on, days[row.id])
        title = _("{number} {title}").format(number=row.number, title=row.title)
        reason = _incident_reason(facts, kind, row.state, base)
        sort_in(facts, found, kind, "incidents", row.id, row.uid, title, base, reason)
    return found


def _incident_reason(facts: Facts, kind: str, state: str, base: dt.date | None) -> str:
    term = facts.terms[kind]
    decides = term.amount is None
    if not rules.is_due(base, facts.terms["incidents"] if decides else term, facts.today):
        return ""
    if state == "to_assess":
        return "to_assess"
    return "decide" if decides else ""


def _staff_incidents(session: Session) -> set[int]:
    """Reports without a case in which a colleague did something or was hurt."""
    statement = (
        select(Incident.id)
        .join(InvolvedPerson, InvolvedPerson.incident_id == Incident.id)
        .where(
            Incident.case_id.is_(None),
            InvolvedPerson.staff_id.is_not(None),
            InvolvedPerson.role.in_(_GONE_WRONG),
        )
    )
    return set(session.scalars(statement.distinct()))


def _over(facts: Facts) -> ColumnElement[bool]:
    """Incidents whose term may be over: long ago, and without a pupil who left later or is here."""
    terms = (facts.terms["incidents"], facts.terms["suspensions"])
    limits = [day for term in terms if (day := rules.latest_base(term, facts.today))]
    if not limits:
        return false()
    limit = max(limits)
    later = (
        select(InvolvedPerson.id)
        .join(Pupil, Pupil.id == InvolvedPerson.pupil_id)
        .where(InvolvedPerson.incident_id == Incident.id)
        .where(or_(Pupil.left_on.is_(None), Pupil.left_on > limit))
    )
    return and_(Incident.happened_on <= limit, ~later.exists())


def sort_in(
    facts: Facts,
    found: Found,
    kind: str,
    table: str,
    record_id: int,
    uid: str,
    title: str,
    base: dt.date | None,
    reason: str,
    detail: str = "",
) -> None:
    """Put one record among the lines or among what is held back."""
    if reason:
        found.held.append(HeldItem(kind, title, rules.reason_text(reason)))
        return
    day = rules.due_on(base, facts.terms[kind])
    if base is None or day is None:
        return
    hold = facts.hold(table, record_id)
    if hold is not None:
        if day <= facts.today:
            sentence = rules.reason_text("hold", hold[1])
            found.held.append(HeldItem(kind, title, sentence, hold[0]))
        return
    targets = (Target(table, uid),)
    found.items.append(DueItem(kind, title, detail, base, day, targets, table, record_id))


# ---------------------------------------------------------------- pupils
def find_pupils(session: Session, facts: Facts) -> Found:
    """Pupils who left; what keeps a record of them keeps them too when it is still at work."""
    found = Found()
    cases = cases_of_pupils(session)
    asked = set(
        session.scalars(select(AccessRequest.pupil_id).where(AccessRequest.state == "open"))
    )
    rows = session.execute(
        select(
            Pupil.id,
            Pupil.uid,
            Pupil.given_name,
            Pupil.name_prefix,
            Pupil.family_name,
            Pupil.left_on,
        )
        .where(Pupil.left_on.is_not(None), Pupil.left_on <= facts.today)
        .order_by(Pupil.left_on, Pupil.sort_name, Pupil.id)
    )
    for row in rows:
        title = display_name(row.given_name, row.name_prefix, row.family_name)
        due = rules.is_due(row.left_on, facts.terms["pupils"], facts.today)
        reason = pupil_reason(facts, cases.get(row.id, []), row.id in asked) if due else ""
        if reason == HIDDEN:
            continue  # a line that says why would tell of the case
        detail = _("left on {day}").format(day=date_numeric(row.left_on))
        staying = _staying(facts, row.id, cases.get(row.id, []))
        if staying:
            text = ngettext(
                "{n} case stays without the name", "{n} cases stay without the name", len(staying)
            )
            detail = f"{detail} · {text}"
        if files := staying_files.of_records(session, staying, ()):
            words = ", ".join(rules.files_text(one) for one in files)
            stay = _("{attachments}: look who is in them").format(attachments=words)
            detail = f"{detail} · {stay}"
        sort_in(
            facts, found, "pupils", "pupils", row.id, row.uid, title, row.left_on, reason, detail
        )
    return found


@dataclass(frozen=True)
class PupilCase:
    """A case that names a pupil; `seen` by the acting user."""

    case_id: int
    closed_on: dt.date | None
    seen: bool


def cases_of_pupils(session: Session, pupil_id: int | None = None) -> dict[int, list[PupilCase]]:
    """Cases by pupil, also those that the acting user may not see."""
    seen = set(session.scalars(select(Case.id).where(visible_cases(session))))
    statement = (
        select(InvolvedPerson.pupil_id, Case.id, Case.state, Case.closed_on)
        .join(Incident, Incident.id == InvolvedPerson.incident_id)
        .join(Case, Case.id == Incident.case_id)
        .where(InvolvedPerson.pupil_id.is_not(None))
        .distinct()
    )
    if pupil_id is not None:
        statement = statement.where(InvolvedPerson.pupil_id == pupil_id)
    found: dict[int, list[PupilCase]] = defaultdict(list)
    for owner, case_id, state, closed_on in session.execute(statement):
        closed = closed_on if state == "closed" else None
        if owner is not None:
            found[owner].append(PupilCase(case_id, closed, case_id in seen))
    return found


def pupil_reason(facts: Facts, cases: list[PupilCase], asked: bool) -> str:
    """The reason code why a pupil can't go now, '' when nothing is in the way."""
    reasons = []
    for case in cases:
        if case.closed_on is None:
            reasons.append("open" if case.seen else HIDDEN)
        elif facts.hold("cases", case.case_id):
            reasons.append("hold" if case.seen else HIDDEN)
        elif case.case_id in facts.objections:
            reasons.append("objection" if case.seen else HIDDEN)
        elif case.case_id in facts.by_school and _not_over(facts, case):
            reasons.append("decide" if case.seen else HIDDEN)
    if asked:
        reasons.append("request")
    return next((code for code in rules.REASONS if code in reasons), "")


def _not_over(facts: Facts, case: PupilCase) -> bool:
    days = [facts.left(day) for _pupil, day in facts.pupils_of_case.get(case.case_id, [])]
    base = rules.case_base(case.closed_on, days)
    return not rules.is_due(base, facts.terms["suspensions"], facts.today)


def _staying(facts: Facts, pupil_id: int, cases: list[PupilCase]) -> list[int]:
    """Ids of cases that the acting user sees and that stay because another pupil needs them."""
    found = []
    for case in cases:
        others = [
            facts.left(day)
            for other, day in facts.pupils_of_case.get(case.case_id, [])
            if other != pupil_id
        ]
        if case.seen and any(
            not rules.is_due(day, facts.terms["cases"], facts.today) for day in others
        ):
            found.append(case.case_id)
    return found
