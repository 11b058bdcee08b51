"""Which incidents belong to which case."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.models.incidents import Incident


def incidents_of_cases(session: Session, case_ids: Iterable[int]) -> dict[int, list[int]]:
    """Incident ids by case, first reported first."""
    found: dict[int, list[int]] = {}
    rows = session.execute(
        select(Incident.case_id, Incident.id)
        .where(Incident.case_id.in_(list(case_ids)))
        .order_by(Incident.reported_at, Incident.id)
    )
    for case_id, incident_id in rows:
        if case_id is not None:
            found.setdefault(case_id, []).append(incident_id)
    return found
