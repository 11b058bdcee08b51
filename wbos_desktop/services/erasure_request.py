"""Erasing one pupil on request (right to erasure): what goes, what stays and what blocks it.

A request does not wait for a term. What blocks a term blocks a request too: an open case, an
objection that may be running, a hold, a request for access.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.db.models.keeping import AccessRequest
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.domain import retention as rules
from wbos_desktop.domain.people import display_name
from wbos_desktop.domain.retention import MentionRow, RequestPreview, Target
from wbos_desktop.errors import Conflict, Invalid, NotAllowed, NotFound, UserError
from wbos_desktop.i18n import _

from . import erasure, mentions, record_tree, retention, retention_due, staying_files
from .record_words import Words
from .rights import needs
from .visibility import visible_cases

MOST_MENTIONS = 30


@needs("write", "keeping")
def preview(session: Session, pupil_id: int) -> RequestPreview:
    """What erasing this pupil would do; noted as a look at the pupil. Raises NotFound."""
    pupil = session.scalar(select(Pupil).where(Pupil.id == pupil_id))
    if pupil is None:
        raise NotFound(_("This is not there any more."))
    audit.note(session, "view", Pupil.__tablename__, pupil_id)
    own_cases, shared_cases = _cases(session, pupil_id)
    own, shared = _loose_incidents(session, pupil_id)
    goes = (("pupils", 1), ("cases", len(own_cases)), ("incidents", len(own)))
    stays = (("cases", len(shared_cases)), ("incidents", len(shared)))
    return RequestPreview(
        pupil_id=pupil_id,
        name=display_name(pupil.given_name, pupil.name_prefix, pupil.family_name),
        goes=tuple((kind, n) for kind, n in goes if n),
        stays=tuple((kind, n) for kind, n in stays if n),
        blocked=_blocked(session, pupil_id),
        mentions=_mentions(session, pupil_id),
        files=staying_files.of_records(session, shared_cases, shared),
    )


@needs("write", "keeping")
def begin_request(session: Session, pupil_id: int, reason: str) -> int:
    """Write down what goes with this pupil; the id of the job for `erasure.carry_out`.

    Raises Invalid (no reason, or one with a name), Conflict when something blocks it, NotFound,
    NotAllowed while the date is in doubt.
    """
    if not reason.strip():
        raise Invalid({"reason": _("Write who asked for it and why, without names.")})
    if retention.clock_question(session) is not None:
        raise NotAllowed(_("First say whether today's date is right."))
    pupil = session.scalar(select(Pupil).where(Pupil.id == pupil_id))
    if pupil is None:
        raise NotFound(_("This is not there any more."))
    blocked = _blocked(session, pupil_id)
    if blocked:
        raise Conflict(blocked[0])
    own_cases, _shared = _cases(session, pupil_id)
    own, _others = _loose_incidents(session, pupil_id)
    uids = {
        "cases": select(Case.uid).where(Case.id.in_(own_cases)),
        "incidents": select(Incident.uid).where(Incident.id.in_(own)),
    }
    targets = [Target(table, uid) for table, rows in uids.items() for uid in session.scalars(rows)]
    targets.append(Target(Pupil.__tablename__, pupil.uid))
    return erasure.begin_job(session, targets, reason)


def _blocked(session: Session, pupil_id: int) -> tuple[str, ...]:
    facts = retention_due.read_facts(session, retention.terms_of(session))
    cases = retention_due.cases_of_pupils(session, pupil_id).get(pupil_id, [])
    open_request = select(AccessRequest.id).where(
        AccessRequest.pupil_id == pupil_id, AccessRequest.state == "open"
    )
    asked = session.scalar(open_request.limit(1)) is not None
    code = retention_due.pupil_reason(facts, cases, asked)
    found = [rules.reason_text(code)] if code else []
    hold = facts.hold(Pupil.__tablename__, pupil_id)
    if hold is not None:
        found.append(rules.reason_text("hold", hold[1]))
    return tuple(found)


def _cases(session: Session, pupil_id: int) -> tuple[list[int], list[int]]:
    """Cases that only this pupil is in, and those that others need; of what the user sees."""
    facts = retention_due.read_facts(session, retention.terms_of(session))
    seen = set(session.scalars(select(Case.id).where(visible_cases(session))))
    own: list[int] = []
    shared: list[int] = []
    for case in retention_due.cases_of_pupils(session, pupil_id).get(pupil_id, []):
        others = {key for key, _day in facts.pupils_of_case[case.case_id]} - {pupil_id}
        if case.case_id in seen:
            (shared if others else own).append(case.case_id)
    return own, shared


def _loose_incidents(session: Session, pupil_id: int) -> tuple[list[int], list[int]]:
    """The same for reports without a case."""
    mine = select(InvolvedPerson.incident_id).where(InvolvedPerson.pupil_id == pupil_id)
    rows = session.execute(
        select(Incident.id, InvolvedPerson.pupil_id)
        .join(InvolvedPerson, InvolvedPerson.incident_id == Incident.id)
        .where(Incident.case_id.is_(None), Incident.id.in_(mine))
        .where(InvolvedPerson.pupil_id.is_not(None))
    )
    pupils: dict[int, set[int]] = {}
    for incident_id, person in rows:
        if person is not None:
            pupils.setdefault(incident_id, set()).add(person)
    own = [key for key, found in pupils.items() if found == {pupil_id}]
    return own, [key for key in pupils if key not in own]


def _mentions(session: Session, pupil_id: int) -> tuple[MentionRow, ...]:
    """Texts outside the pupil's own records that name this pupil, of what the user may see."""
    found = mentions.find_mentions(session, [pupil_id]).get(pupil_id)
    if found is None:
        return ()
    near = mentions.near_rows(session, pupil_id)
    rows = []
    words = Words(session)
    for automatic, places in ((True, found.full), (False, found.given)):
        for table, ids in sorted(places.items()):
            outside = sorted(ids - near.get(table, set()))
            values = record_tree.load_values(session, table, outside)
            rows += [
                MentionRow(table, record_id, words.subject(table, values[record_id]), automatic)
                for record_id in outside
                if record_id in values
                and values[record_id].get("origin") != "builtin"
                and _may_see(session, table, record_id)
            ]
    return tuple(rows[:MOST_MENTIONS])


def _may_see(session: Session, table: str, record_id: int) -> bool:
    try:
        root = record_tree.root_of(session, table, record_id)
        record_tree.demand_visible(session, *root)
    except (UserError, LookupError):
        return False
    return True
