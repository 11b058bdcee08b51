"""Attachments that stay when a pupil goes, with records that other pupils need.

Who is in a picture nobody but a person can see: WBOS counts them and says where they are, and a
person keeps or removes each of them there (product.md section 9).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from wbos_desktop.db.models.attachments import Attachment
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.domain.retention import StayingFiles

from .visibility import visible_cases, visible_incidents


def of_records(
    session: Session, case_ids: Collection[int], incident_ids: Collection[int]
) -> tuple[StayingFiles, ...]:
    """How many attachments each of these cases and loose reports has, by number; of what the user
    sees, and only where there are some."""
    inside = select(Incident.id).where(Incident.case_id == Case.id)
    of_case = (
        select(func.count(Attachment.id))
        .where(or_(Attachment.case_id == Case.id, Attachment.incident_id.in_(inside)))
        .correlate(Case)
        .scalar_subquery()
    )
    of_report = (
        select(func.count(Attachment.id))
        .where(Attachment.incident_id == Incident.id)
        .correlate(Incident)
        .scalar_subquery()
    )
    cases = select(Case.id, Case.number, of_case).where(
        Case.id.in_(list(case_ids)), visible_cases(session)
    )
    reports = select(Incident.id, Incident.number, of_report).where(
        Incident.id.in_(list(incident_ids)), visible_incidents(session)
    )
    found = [StayingFiles("cases", *row) for row in session.execute(cases)]
    found += [StayingFiles("incidents", *row) for row in session.execute(reports)]
    return tuple(sorted((one for one in found if one.count), key=lambda one: one.number))


def count_beside(session: Session, pupil_id: int, going: Sequence[str]) -> int:
    """How many stay with records of this pupil, but for the cases and reports with a uid in
    `going`."""
    mine = (
        select(Incident.id, Incident.case_id)
        .join(InvolvedPerson, InvolvedPerson.incident_id == Incident.id)
        .outerjoin(Case, Case.id == Incident.case_id)
        .where(InvolvedPerson.pupil_id == pupil_id, Incident.uid.not_in(going))
        .where(or_(Case.id.is_(None), Case.uid.not_in(going)))
    )
    rows = session.execute(mine.distinct()).all()
    cases = {row.case_id for row in rows if row.case_id is not None}
    loose = {row.id for row in rows if row.case_id is None}
    return sum(one.count for one in of_records(session, cases, loose))
