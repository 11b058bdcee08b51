"""Everything the register asks in one question."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.domain.incidents import IncidentCounts, IncidentQuery

from .incident_register import count_cases, find_ids, list_groups
from .rights import needs
from .school_days import this_school_year
from .visibility import visible_incidents


@dataclass(frozen=True)
class RegisterOverview:
    """Ids of the query, how many there are without it, counts, groups, school year and today."""

    ids: list[int]
    total: int
    counts: IncidentCounts
    groups: list[tuple[int, str]]
    year: tuple[dt.date, dt.date] | None
    today: dt.date


@needs("read", "incident")
def load_overview(session: Session, query: IncidentQuery) -> RegisterOverview:
    """The register for a query; `total` counts every incident that the user may see."""
    total = session.scalar(
        select(func.count()).select_from(Incident).where(visible_incidents(session))
    )
    return RegisterOverview(
        ids=find_ids(session, query),
        total=total or 0,
        counts=count_cases(session),
        groups=list_groups(session),
        year=this_school_year(session),
        today=context(session).today,
    )
