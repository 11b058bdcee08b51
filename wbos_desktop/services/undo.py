"""Take back the last gestures of this user, as long as nothing changed since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from ..db import audit, changes
from ..db.base import Base, Record
from ..db.context import context
from ..db.models.system import Change
from ..errors import Conflict
from ..i18n import _

LIMIT = 20


def undo_last(session: Session) -> bool:
    """Put back the user's last gesture that is not yet undone; False when there is none.

    Only the last 20 gestures count. Raises Conflict when a record changed since.
    """
    gesture = _last_gesture(session)
    if gesture is None:
        return False
    session.info["undoes"] = gesture
    steps = session.scalars(
        select(Change).where(Change.gesture == gesture).order_by(Change.id.desc())
    ).all()
    _check_versions(session, steps)
    removed = [step for step in steps if step.kind == "delete"]
    for step in removed:
        _put_back(session, step)
    for step in steps:
        if step.kind != "delete":
            _reverse(session, step)
    return True


def _last_gesture(session: Session) -> str | None:
    undone = select(Change.undoes).where(Change.undoes.is_not(None))
    user_id = context(session).user_id
    gestures = session.scalars(
        select(Change.gesture)
        .where(Change.user_id == user_id, Change.undoes.is_(None))
        .group_by(Change.gesture)
        .order_by(Change.id.desc())
        .limit(LIMIT)
    ).all()
    gone = set(session.scalars(undone))
    return next((gesture for gesture in gestures if gesture not in gone), None)


def _model(table_name: str) -> type[Record]:
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Record) and mapper.class_.__tablename__ == table_name:
            return mapper.class_
    raise LookupError(table_name)


def _check_versions(session: Session, steps: Sequence[Change]) -> None:
    latest: dict[tuple[str, int], Change] = {}
    for step in steps:
        latest.setdefault((step.table_name, step.record_id), step)
    for (table_name, record_id), step in latest.items():
        found = session.get(
            _model(table_name), record_id, execution_options={"include_deleted": True}
        )
        expected = None if step.kind == "delete" else step.record_version
        if (found.version if found else None) != expected:
            raise Conflict(_("This was changed since. Undo would overwrite newer work."))


def _put_back(session: Session, step: Change) -> None:
    table = _model(step.table_name).__table__
    assert isinstance(table, Table)
    values: dict[str, Any] = {
        key: changes.from_json(value) for key, value in (step.before or {}).items()
    }
    session.connection().execute(insert(table), [values])
    changes.touched(session).add(step.table_name)
    audit.note(session, "restore", step.table_name, step.record_id)


def _reverse(session: Session, step: Change) -> None:
    record = session.get(
        _model(step.table_name), step.record_id, execution_options={"include_deleted": True}
    )
    assert record is not None
    if step.kind == "insert":
        record.deleted_at = context(session).now
    else:
        setattr(record, step.field, changes.from_json((step.before or {}).get("v")))
