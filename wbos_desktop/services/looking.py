"""Looking that the audit trail notes: searches by name, and opening the list of a group.

The searched text is never kept. Call these through `Workspace.view`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.domain.incidents import IncidentQuery, PersonChoice
from wbos_desktop.domain.people import PupilQuery

from . import access, audit_trail, incident_form, incident_overview, people
from .groups import group_overview
from .rights import needs

ONE_SEARCH = dt.timedelta(seconds=10)
"""Letters typed within this time are one search, and one line."""


def note_search(session: Session, table: str) -> None:
    """One line for a search by name in `table`; typing on within ten seconds adds no line."""
    who = context(session)
    if who.user_id is None:
        return
    last = session.connection().execute(
        select(AuditLine.at, AuditLine.user_id, AuditLine.action, AuditLine.object_table)
        .order_by(AuditLine.seq.desc())
        .limit(1)
    )
    row = last.first()
    same = row is not None and tuple(row[1:]) == (who.user_id, "search", table)
    if row is None or not same or not dt.timedelta() <= who.now - row.at < ONE_SEARCH:
        audit.note(session, "search", table, 0)


@needs("report", "incident")
def search_people(session: Session, text: str, group_ids: Sequence[int] = ()) -> list[PersonChoice]:
    """`incident_form.find_people`, noted."""
    if text.strip():
        note_search(session, "pupils")
    return incident_form.find_people(session, text, group_ids)


@needs("read", "pupil")
def search_pupils(session: Session, query: PupilQuery) -> list[int]:
    """`people.find_pupil_ids`, noted when something was typed."""
    if query.text.strip():
        note_search(session, "pupils")
    return people.find_pupil_ids(session, query)


@needs("read", "incident")
def search_register(session: Session, query: IncidentQuery) -> incident_overview.RegisterOverview:
    """`incident_overview.load_overview`, noted when something was typed: it may be a name."""
    if query.text.strip():
        note_search(session, "incidents")
    return incident_overview.load_overview(session, query)


@needs("write", "access_request")
def search_for_request(session: Session, text: str) -> list[tuple[int, str, str]]:
    """`access.find_pupils`, noted."""
    if text.strip():
        note_search(session, "pupils")
    return access.find_pupils(session, text)


@needs("read", "audit")
def search_subjects(session: Session, text: str) -> list[tuple[str, int, str]]:
    """`audit_trail.find_subjects`, noted."""
    if text.strip():
        note_search(session, "pupils")
    return audit_trail.find_subjects(session, text)


@needs("read", "group")
def open_group(session: Session, group_id: int) -> None:
    """Note that the page of a group, with the list of its pupils, was opened. Raises NotFound,
    NotAllowed."""
    group_overview(session, group_id)
    audit.note(session, "view", "groups", group_id)
