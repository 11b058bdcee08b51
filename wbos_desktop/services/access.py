"""Requests for access: from receipt to what was given, with a look at every passage.

The list of passages is complete for what the acting coordinator may see; cases that name other
coordinators only are theirs to add, and the page says so always, whether there are any or not.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.models.keeping import AccessPassage, AccessRequest
from wbos_desktop.db.models.school import Pupil, Staff
from wbos_desktop.domain.access import (
    DECISIONS,
    REQUESTERS,
    AccessChecks,
    AccessDetail,
    AccessDraft,
    AccessRow,
    PassageKey,
    due_day,
)
from wbos_desktop.domain.people import clean, display_name, fold
from wbos_desktop.domain.plain_text import check_lengths
from wbos_desktop.errors import Conflict, Invalid, NotFound
from wbos_desktop.i18n import _

from . import access_passages
from .rights import needs

_MAX_TEXT = 2_000
LINE_LIMIT = 200
_SUGGESTIONS = 8


@needs("write", "access_request")
def list_requests(session: Session) -> list[AccessRow]:
    """Every request: running ones first, the earliest term on top."""
    found = session.execute(
        select(AccessRequest, Pupil, Staff)
        .join(Pupil, Pupil.id == AccessRequest.pupil_id)
        .outerjoin(Staff, Staff.id == AccessRequest.owner_id)
        .order_by(AccessRequest.state != "open", AccessRequest.due_on, AccessRequest.id)
    )
    return [_row(session, *row) for row in found]


@needs("write", "access_request")
def running(session: Session) -> list[AccessRow]:
    """The requests that wait for an answer, the earliest term first: for Vandaag."""
    return [row for row in list_requests(session) if row.state == "open"]


@needs("write", "access_request")
def find_pupils(session: Session, text: str) -> list[tuple[int, str, str]]:
    """Id, name and year of leaving of pupils with these letters, those who left too."""
    words = fold(text).split()
    if not words:
        return []
    found = session.scalars(
        select(Pupil)
        .where(*[Pupil.sort_name.contains(word, autoescape=True) for word in words])
        .order_by(Pupil.sort_name)
        .limit(_SUGGESTIONS)
    )
    return [
        (
            pupil.id,
            display_name(pupil.given_name, pupil.name_prefix, pupil.family_name),
            _("left in {year}").format(year=pupil.left_on.year) if pupil.left_on else "",
        )
        for pupil in found
    ]


@needs("write", "access_request")
def open_request(session: Session, draft: AccessDraft) -> int:
    """Note a request; its id. Raises Invalid."""
    today = context(session).today
    wrong = {}
    if draft.pupil_id is None or session.get(Pupil, draft.pupil_id) is None:
        wrong["pupil_id"] = _("Choose the pupil.")
    if draft.requester_kind not in REQUESTERS:
        wrong["requester_kind"] = _("Choose who asks.")
    name = clean(draft.requester_name)
    if not name and draft.requester_kind != "pupil":
        wrong["requester_name"] = _("Write who asks.")
    if draft.received_on is None or draft.received_on > today:
        wrong["received_on"] = _("Give the day on which the request came in.")
    if wrong:
        raise Invalid(wrong)
    check_lengths({"requester_name": (name, LINE_LIMIT)})
    assert draft.received_on is not None
    request = AccessRequest(
        pupil_id=draft.pupil_id,
        requester_kind=draft.requester_kind,
        requester_name=name,
        received_on=draft.received_on,
        due_on=due_day(draft.received_on),
        owner_id=draft.owner_id or context(session).staff_id,
    )
    session.add(request)
    session.flush()
    return request.id


@needs("write", "access_request")
def open_detail(session: Session, request_id: int) -> AccessDetail:
    """The request with its passages; the audit trail notes the look (a write). Raises NotFound."""
    detail = get_detail(session, request_id)
    audit.note(session, "view", "pupils", detail.row.pupil_id)
    return detail


@needs("write", "access_request")
def get_detail(session: Session, request_id: int) -> AccessDetail:
    """As `open_detail` without a note. Raises NotFound."""
    request = _get(session, request_id)
    pupil = session.get_one(Pupil, request.pupil_id)
    owner = session.get(Staff, request.owner_id) if request.owner_id else None
    return AccessDetail(
        row=_row(session, request, pupil, owner),
        passages=tuple(access_passages.find_passages(session, request_id, pupil.id)),
        recipients=tuple(access_passages.find_recipients(session, pupil.id)),
    )


@needs("write", "access_request")
def save_checks(session: Session, request_id: int, checks: AccessChecks) -> None:
    """Note how identity and authority were checked. Raises Invalid, Conflict, NotFound."""
    request = _for_change(session, request_id, checks.version)
    today = context(session).today
    wrong = {
        name: _("This day is yet to come. Choose today or earlier.")
        for name in ("identity_checked_on", "authority_checked_on")
        if (day := getattr(checks, name)) is not None and day > today
    }
    if wrong:
        raise Invalid(wrong)
    check_lengths(
        {
            "identity_how": (checks.identity_how, LINE_LIMIT),
            "authority_how": (checks.authority_how, LINE_LIMIT),
        }
    )
    request.identity_checked_on = checks.identity_checked_on
    request.identity_how = clean(checks.identity_how)
    request.authority_checked_on = checks.authority_checked_on
    request.authority_how = clean(checks.authority_how)


@needs("write", "access_request")
def extend(session: Session, request_id: int, reason: str, version: int) -> None:
    """Two more months, once, with the reason that the letter gives. Raises Invalid, Conflict."""
    request = _for_change(session, request_id, version)
    if request.extended_on is not None:
        raise Invalid({"reason": _("This request was extended already.")})
    if context(session).today > request.due_on:
        raise Invalid({"reason": _("The month is over: extending has to be told before.")})
    request.extension_reason = _reason(reason)
    request.extended_on = context(session).today
    request.due_on = due_day(request.received_on, extended=True)


@needs("write", "access_request")
def decide_passage(
    session: Session, request_id: int, key: PassageKey, decision: str, reason: str = ""
) -> None:
    """Say what happens to one passage. Raises Invalid({"reason": ...}), NotFound."""
    request = _get(session, request_id)
    if request.state != "open":
        raise Invalid({"reason": _("This request is closed.")})
    assert decision in DECISIONS
    found = access_passages.find_passages(session, request_id, request.pupil_id)
    passage = next((passage for passage in found if passage.key == key), None)
    if passage is None:
        raise NotFound(_("This passage is no longer there."))
    if decision == "leave_out" and not reason.strip():
        raise Invalid({"reason": _("Write why this is left out. It stands in the copy.")})
    check_lengths({"reason": (reason, _MAX_TEXT)})
    kept = _kept_decision(session, request_id, key)
    if kept is None:
        kept = AccessPassage(
            request_id=request_id,
            subject_table=key.table,
            subject_id=key.record_id,
            field=key.field,
        )
        session.add(kept)
    kept.text_sha256 = passage.fingerprint
    kept.decision, kept.reason = decision, reason.strip()


@needs("write", "access_request")
def give(session: Session, request_id: int, given_on: dt.date, how: str, version: int) -> None:
    """Close the request: the copy was given. Raises Invalid, Conflict, NotFound."""
    request = _for_change(session, request_id, version)
    detail = get_detail(session, request_id)
    wrong = {}
    if not detail.row.may_give:
        wrong["how"] = _("First note how you checked who asks.")
    elif detail.open_passages:
        wrong["how"] = _("Look at every passage first: {n} to go.").format(n=detail.open_passages)
    elif not how.strip():
        wrong["how"] = _("Write how it was given, such as: in a talk at school.")
    if not request.received_on <= given_on <= context(session).today:
        wrong["given_on"] = _("Choose a day between the request and today.")
    if wrong:
        raise Invalid(wrong)
    check_lengths({"how": (how, LINE_LIMIT)})
    request.state, request.given_on, request.given_how = "given", given_on, clean(how)


@needs("write", "access_request")
def end_otherwise(session: Session, request_id: int, state: str, reason: str, version: int) -> None:
    """Close the request as refused or withdrawn, with the reason. Raises Invalid, Conflict."""
    assert state in ("refused", "withdrawn")
    request = _for_change(session, request_id, version)
    request.outcome_reason = _reason(reason)
    request.state = state


def _kept_decision(session: Session, request_id: int, key: PassageKey) -> AccessPassage | None:
    """The decision on one passage, if there is one."""
    return session.scalar(
        select(AccessPassage).where(
            AccessPassage.request_id == request_id,
            AccessPassage.subject_table == key.table,
            AccessPassage.subject_id == key.record_id,
            AccessPassage.field == key.field,
        )
    )


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise Invalid({"reason": _("Write why. One sentence is enough.")})
    check_lengths({"reason": (reason, _MAX_TEXT)})
    return reason


def _get(session: Session, request_id: int) -> AccessRequest:
    request = session.scalar(select(AccessRequest).where(AccessRequest.id == request_id))
    if request is None:
        raise NotFound(_("This request is no longer there."))
    return request


def _for_change(session: Session, request_id: int, version: int) -> AccessRequest:
    request = _get(session, request_id)
    if request.version != version:
        raise Conflict(_("A colleague changed this request. Look at it again first."))
    if request.state != "open":
        raise Invalid({"reason": _("This request is closed.")})
    return request


def _row(session: Session, request: AccessRequest, pupil: Pupil, owner: Staff | None) -> AccessRow:
    names = (owner.given_name, owner.name_prefix, owner.family_name) if owner else ("", "", "")
    return AccessRow(
        id=request.id,
        version=request.version,
        pupil_id=pupil.id,
        pupil=display_name(pupil.given_name, pupil.name_prefix, pupil.family_name),
        requester_kind=request.requester_kind,
        requester_name=request.requester_name,
        received_on=request.received_on,
        due_on=request.due_on,
        days_left=(request.due_on - context(session).today).days,
        identity_checked_on=request.identity_checked_on,
        identity_how=request.identity_how,
        authority_checked_on=request.authority_checked_on,
        authority_how=request.authority_how,
        extended_on=request.extended_on,
        extension_reason=request.extension_reason,
        state=request.state,
        given_on=request.given_on,
        given_how=request.given_how,
        outcome_reason=request.outcome_reason,
        owner=display_name(*names),
    )
