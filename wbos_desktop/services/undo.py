"""Take back the last gestures of this user, as long as nothing changed since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, func, insert, inspect, select
from sqlalchemy.orm import Session

from wbos_desktop.db import changes
from wbos_desktop.db.base import Base, Record
from wbos_desktop.db.context import context
from wbos_desktop.db.models.system import Change
from wbos_desktop.errors import Conflict
from wbos_desktop.i18n import _

from .record_rights import demand_undo
from .rights import needs

LIMIT = 20
# Who may unlock the vault is settled with its key file, which no undo can reach.
_FINAL = frozenset({"users"})
_UNDONE = select(Change.undoes).where(Change.undoes.is_not(None))


@needs("write", "own")
def undo_last(session: Session) -> bool:
    """Put back the user's last gesture that is not yet undone; False when there is none.

    Only the last 20 gestures count. Raises Conflict when a record changed since, NotAllowed when
    the user may no longer change one of them.
    """
    gesture = _last_gesture(session)
    if gesture is None:
        return False
    session.info["undoes"] = gesture
    steps = session.scalars(
        select(Change).where(Change.gesture == gesture).order_by(Change.id.desc())
    ).all()
    demand_undo(session, steps)
    _check_untouched(session, steps)
    removed = [step for step in steps if step.kind == "delete"]
    for step in removed:
        _put_back(session, step)
    made = {(step.table_name, step.record_id) for step in steps if step.kind == "insert"}
    for step in steps:
        if step.table_name in changes.LINKS:
            _relink(session, step, made)
        elif step.kind != "delete":
            _reverse(session, step)
    return True


def _last_gesture(session: Session) -> str | None:
    gestures = session.scalars(
        select(Change.gesture)
        .where(
            Change.user_id == context(session).user_id,
            Change.undoes.is_(None),
            Change.gesture.not_in(select(Change.gesture).where(Change.table_name.in_(_FINAL))),
        )
        .group_by(Change.gesture)
        .order_by(func.max(Change.id).desc())
        .limit(LIMIT)
    ).all()
    gone = set(session.scalars(_UNDONE))
    return next((gesture for gesture in gestures if gesture not in gone), None)


def model_of(table_name: str) -> type[Record]:
    """The class of a table with records; LookupError for another."""
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Record) and mapper.class_.__tablename__ == table_name:
            return mapper.class_
    raise LookupError(table_name)


def _check_untouched(session: Session, steps: Sequence[Change]) -> None:
    """Refuse when a later gesture, itself not undone, changed one of the same records."""
    last = max(step.id for step in steps)
    records = {(step.table_name, step.record_id) for step in steps}
    later = session.execute(
        select(Change.table_name, Change.record_id).where(
            Change.id > last, Change.undoes.is_(None), Change.gesture.not_in(_UNDONE)
        )
    )
    if any(tuple(row) in records for row in later):
        raise Conflict(_("This was changed since. Undo would overwrite newer work."))


def _put_back(session: Session, step: Change) -> None:
    table = model_of(step.table_name).__table__
    assert isinstance(table, Table)
    values: dict[str, Any] = {
        key: changes.from_json(value) for key, value in (step.before or {}).items()
    }
    session.connection().execute(insert(table), [values])
    changes.note_insert(session, step.table_name, step.record_id, values["version"])


def _relink(session: Session, step: Change, made: set[tuple[str, int]]) -> None:
    """Take back a joining row; a record that goes as a whole keeps its links, for the bin."""
    if (changes.LINKS[step.table_name][2], step.record_id) in made:
        return
    model = _any_model(step.table_name)
    row = ((step.before or step.after) or {})["row"]
    known = session.get(model, tuple(row[column.key] for column in inspect(model).primary_key))
    if step.kind == "unlink" and known is None:
        session.add(model(**{key: changes.from_json(value) for key, value in row.items()}))
    elif step.kind == "link" and known is not None:
        session.delete(known)


def _any_model(table_name: str) -> type[Base]:
    mappers = Base.registry.mappers
    return next(m.class_ for m in mappers if m.class_.__tablename__ == table_name)


def _reverse(session: Session, step: Change) -> None:
    record = session.get(
        model_of(step.table_name), step.record_id, execution_options={"include_deleted": True}
    )
    assert record is not None
    if step.kind == "insert":
        record.deleted_at = context(session).now
    else:
        setattr(record, step.field, changes.from_json((step.before or {}).get("v")))
