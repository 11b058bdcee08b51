"""Rows that go for good: the only place where rows are removed past the change hook.

Everywhere else a removed record stays as history, so that it can be put back. What is erased
must leave no before and after values behind: this module removes the rows, what can't be
without them, and their history, and tells `touched` itself. Audit lines stay: they hold ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Column, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from .base import Base
from .changes import touched
from .models.attachments import Attachment, AttachmentChunk, AttachmentContent
from .models.system import Change

T = TypeVar("T")
_SLICE = 500

# Rows that point at an erased row and go with it, although the column may be empty. The other
# columns that may be empty are emptied; a row that can't do without its parent goes as well.
_GO_ALONG = {
    ("incidents", "case_id"),
    ("attachments", "case_id"),
    ("attachments", "incident_id"),
    ("actions", "case_id"),
    ("actions", "agenda_item_id"),
    ("actions", "meeting_id"),
    ("agenda_items", "case_id"),
    ("decisions", "agenda_item_id"),
    ("scenario_picks", "case_id"),
    ("stated_views", "pupil_id"),
}
# ... unless this column of the row is filled: it then belongs to something that stays.
_STAY_IF = {("actions", "meeting_id"): "case_id", ("actions", "agenda_item_id"): "case_id"}

# A person in a record that others need: the role stays, the person is unknown from now on.
_BLANK: dict[tuple[str, str], dict[str, Any]] = {
    ("involved_persons", "pupil_id"): {
        "pupil_id": None,
        "unknown": True,
        "role_note": "",
        "account": "",
        "injury": "",
        "parents_informed_how": "",
    },
}
_HISTORY_OF = "changes"


@dataclass
class Plan:
    """What goes with some records: ids by table, rows without id, and columns to empty."""

    rows: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    links: list[tuple[Table, Column[Any], frozenset[int]]] = field(default_factory=list)
    emptied: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))

    def counts(self) -> dict[str, int]:
        """How many rows by table."""
        return {name: len(ids) for name, ids in self.rows.items() if ids}


def slices(values: Iterable[T], size: int = _SLICE) -> Iterator[list[T]]:
    """The values in lists that fit into one statement."""
    found = list(values)
    for start in range(0, len(found), size):
        yield found[start : start + size]


def ids_of(session: Session, table_name: str, uids: Collection[str]) -> list[int]:
    """Ids of the rows with these uids, also of those that lie in the bin."""
    table = Base.metadata.tables[table_name]
    return _ids(session, table, table.c.uid, sorted(uids))


def gather(session: Session, table_name: str, ids: Collection[int]) -> Plan:
    """Everything that goes with these rows; nothing is changed yet."""
    plan = Plan()
    waiting: list[tuple[str, set[int]]] = [(table_name, set(ids))]
    while waiting:
        name, found = waiting.pop()
        new = found - plan.rows[name]
        if not new:
            continue
        plan.rows[name] |= new
        for child, column in _pointing_at(name):
            waiting += _child_rows(session, plan, child, column, new)
        waiting += rows_about(session, name, new).items()
    for (name, _column), emptied in plan.emptied.items():
        emptied -= plan.rows[name]
    return plan


def _child_rows(
    session: Session, plan: Plan, child: Table, column: Column[Any], parents: set[int]
) -> list[tuple[str, set[int]]]:
    key = (child.name, column.name)
    if "id" not in child.c:
        plan.links.append((child, column, frozenset(parents)))
        return []
    found = set(_ids(session, child, column, sorted(parents)))
    if key in _GO_ALONG or not column.nullable:
        staying: set[int] = set()
        if keeper := _STAY_IF.get(key):
            staying = set(_ids(session, child, column, sorted(parents), child.c[keeper]))
        plan.emptied[key] |= staying
        return [(child.name, found - staying)]
    plan.emptied[key] |= found
    return []


def _ids(
    session: Session,
    table: Table,
    column: Column[Any],
    values: Sequence[Any],
    filled: Column[Any] | None = None,
) -> list[int]:
    found: list[int] = []
    for part in slices(values):
        statement = select(table.c.id).where(column.in_(part))
        if filled is not None:
            statement = statement.where(filled.is_not(None))
        found += session.connection().execute(statement).scalars()
    return found


@lru_cache(maxsize=1)
def _in_order() -> tuple[Table, ...]:
    """Every table, parents before children; the schema does not change while we run."""
    return tuple(Base.metadata.sorted_tables)


@lru_cache
def _pointing_at(name: str) -> tuple[tuple[Table, Column[Any]], ...]:
    return tuple(
        (table, key.parent)
        for table in _in_order()
        if table.name != _HISTORY_OF
        for key in table.foreign_keys
        if key.column.table.name == name and isinstance(key.parent, Column)
    )


@lru_cache(maxsize=1)
def _about_any_record() -> tuple[Table, ...]:
    """Tables whose rows name a record by table and id: holds, passages, stated views."""
    needed = {"subject_table", "subject_id", "id"}
    return tuple(table for table in _in_order() if needed <= set(table.c.keys()))


def rows_about(session: Session, name: str, ids: Collection[int]) -> dict[str, set[int]]:
    """Rows that name these records by table and id, by their own table."""
    found: dict[str, set[int]] = {}
    for table in _about_any_record() if ids else ():
        rows = found.setdefault(table.name, set())
        for part in slices(sorted(ids)):
            statement = select(table.c.id).where(
                table.c.subject_table == name, table.c.subject_id.in_(part)
            )
            rows.update(session.connection().execute(statement).scalars())
    return found


def remove(session: Session, plan: Plan) -> None:
    """Carry out the plan in this transaction: rows, links, history and orphaned contents."""
    connection = session.connection()
    session.expire_all()
    for (name, emptied), ids in plan.emptied.items():
        _empty(session, Base.metadata.tables[name], emptied, ids)
    for table, column, parents in plan.links:
        for part in slices(sorted(parents)):
            connection.execute(delete(table).where(column.in_(part)))
    for table in reversed(_in_order()):
        ids = plan.rows.get(table.name, set())
        for part in slices(sorted(ids)):
            connection.execute(delete(table).where(table.c.id.in_(part)))
        if ids:
            touched(session).add(table.name)
            forget_history(session, table.name, ids)
            _forget_removed_children(session, table.name, ids)
    if plan.rows.get(Attachment.__tablename__):
        _remove_orphaned_contents(session)


def _empty(session: Session, table: Table, column: str, ids: set[int]) -> None:
    if not ids:
        return
    values = dict(_BLANK.get((table.name, column), {column: None}))
    values["version"] = table.c.version + 1
    for part in slices(sorted(ids)):
        session.connection().execute(update(table).where(table.c.id.in_(part)).values(values))
    touched(session).add(table.name)
    if (table.name, column) in _BLANK:
        forget_history(session, table.name, ids)


def forget_history(session: Session, table_name: str, ids: Collection[int]) -> None:
    """Remove before and after values of these records; undo and history no longer know them."""
    for part in slices(sorted(ids)):
        session.connection().execute(
            delete(Change).where(Change.table_name == table_name, Change.record_id.in_(part))
        )


def _forget_removed_children(session: Session, table_name: str, ids: set[int]) -> None:
    """History of rows that were taken out of these records before, such as a person of a case."""
    removed = set(
        session.connection()
        .execute(select(Change.table_name).where(Change.kind == "delete").distinct())
        .scalars()
    )
    for child, column in _pointing_at(table_name):
        if child.name not in removed:
            continue
        found = session.connection().execute(
            select(Change.record_id, Change.before).where(
                Change.table_name == child.name, Change.kind == "delete"
            )
        )
        gone = {row.record_id for row in found if (row.before or {}).get(column.name) in ids}
        if gone:
            forget_history(session, child.name, gone)


def _remove_orphaned_contents(session: Session) -> None:
    connection = session.connection()
    used = select(Attachment.content_id)
    orphans = select(AttachmentContent.id).where(AttachmentContent.id.not_in(used))
    connection.execute(delete(AttachmentChunk).where(AttachmentChunk.content_id.in_(orphans)))
    connection.execute(delete(AttachmentContent).where(AttachmentContent.id.not_in(used)))


def set_values(session: Session, table_name: str, record_id: int, values: dict[str, Any]) -> None:
    """Write columns of one row without history; a form that is open on it becomes stale."""
    table = Base.metadata.tables[table_name]
    if "version" in table.c:
        values = values | {"version": table.c.version + 1}
    session.connection().execute(update(table).where(table.c.id == record_id).values(values))
    touched(session).add(table_name)


def add_row(session: Session, table_name: str, values: dict[str, Any]) -> int:
    """Add one row that undo must not take back, such as a destruction; its id."""
    table = Base.metadata.tables[table_name]
    done = session.connection().execute(insert(table).values(**values))
    touched(session).add(table_name)
    key = done.inserted_primary_key
    assert key is not None
    return int(key[0])


def delete_rows(session: Session, table_name: str, ids: Collection[int]) -> None:
    """Remove rows that nothing points at, such as drafts and lines of a register."""
    table = Base.metadata.tables[table_name]
    for part in slices(sorted(ids)):
        session.connection().execute(delete(table).where(table.c.id.in_(part)))
    if ids:
        touched(session).add(table_name)
        forget_history(session, table_name, ids)
