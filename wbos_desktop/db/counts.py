"""How many records there are: to compare a backup with what it was made of."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import MetaData, func, inspect, select
from sqlalchemy.orm import Session

from .base import Base
from .models.system import AuditLine

QUIET_ACTIONS = ("unlock", "lock", "backup", "restore_drill")
"""Lines of the audit trail that change nothing worth a backup."""


def count_records(session: Session, tables: Iterable[str]) -> dict[str, int]:
    """Records per table, without what lies in the bin; a table that an older schema lacks is
    left out."""
    connection = session.connection()
    known = set(inspect(connection).get_table_names())
    metadata: MetaData = Base.metadata
    found = {}
    for name in tables:
        if name in known:
            table = metadata.tables[name]
            statement = select(func.count()).select_from(table)
            found[name] = connection.scalar(statement.where(table.c.deleted_at.is_(None))) or 0
    return found


def changed_since(session: Session, seq: int) -> bool:
    """Whether something was noted after line `seq` of the audit trail, unlocking apart."""
    statement = select(AuditLine.seq).where(
        AuditLine.seq > seq, AuditLine.action.not_in(QUIET_ACTIONS)
    )
    return session.scalar(statement.limit(1)) is not None
