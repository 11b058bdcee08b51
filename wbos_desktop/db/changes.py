"""The one hook behind every write: stamps records, keeps their history, notes the audit line
and collects the touched tables, so that no service can forget any of it.

Not seen: rows that the database itself deletes by cascade. Delete through the ORM.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, insert, inspect
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria

from wbos_desktop.domain.plain_text import TEXT_LIMIT, check_lengths

from . import audit
from .base import Base, Record
from .context import context
from .models.system import Change

# Tables that only join two records: the column of the record they belong to, and the other.
LINKS = {"incident_groups": ("incident_id", "group_id", "incidents")}
UNTRACKED = {"created_at", "created_by", "updated_at", "updated_by", "version", "id", "uid"}


@dataclass(frozen=True)
class _Pending:
    record: Record
    kind: str
    fields: dict[str, tuple[Any, Any]]
    whole: dict[str, Any] | None = None


@dataclass(frozen=True)
class _Link:
    kind: str
    table_name: str
    values: dict[str, Any]


def touched(session: Session) -> set[str]:
    """Names of the tables that this transaction changed so far."""
    tables = session.info.setdefault("touched", set())
    assert isinstance(tables, set)
    return tables


def watch(session: Session) -> None:
    """Attach the hook to a session that may write. `session.info` needs context, gesture
    and audit_key."""
    event.listen(session, "before_flush", _before_flush)
    event.listen(session, "after_flush", _after_flush)
    hide_deleted(session)


def hide_deleted(session: Session) -> None:
    """Leave out soft-deleted records of every select, unless execution option
    include_deleted=True is set."""
    event.listen(session, "do_orm_execute", _filter_deleted)


def forbid_writes(session: Session) -> None:
    """Make a flush in a read-only session an error: a view that writes is a bug."""
    event.listen(session, "before_flush", _refuse)
    hide_deleted(session)


def _refuse(session: Session, _flush: UOWTransaction, _objects: object) -> None:
    if session.new or session.dirty or session.deleted:
        raise AssertionError("a read transaction must not write")


def _filter_deleted(state: ORMExecuteState) -> None:
    if state.is_select and not state.execution_options.get("include_deleted", False):
        state.statement = state.statement.options(
            with_loader_criteria(Record, lambda cls: cls.deleted_at.is_(None), include_aliases=True)
        )


def _before_flush(session: Session, _flush: UOWTransaction, _objects: object) -> None:
    who = context(session)
    pending: list[_Pending] = session.info.setdefault("pending_changes", [])
    for model in session.new | session.dirty | session.deleted:
        if isinstance(model, Base):
            touched(session).add(model.__tablename__)
    _check_lengths(session)
    for record in session.new:
        if isinstance(record, Record):
            record.created_at = record.updated_at = who.now
            record.created_by = record.updated_by = who.user_id
            pending.append(_Pending(record, "insert", {}))
    for record in _in_order(session.dirty):
        if session.is_modified(record):
            fields = _changed_fields(record)
            if fields:
                record.updated_at, record.updated_by = who.now, who.user_id
                pending.append(_Pending(record, "update", fields))
    pending.extend(
        _Pending(record, "delete", {}, _columns(record))
        for record in session.deleted
        if isinstance(record, Record)
    )
    _keep_links(session)


def _keep_links(session: Session) -> None:
    """Note rows that join two records, which have no id of their own, for history and undo."""
    links: list[_Link] = session.info.setdefault("pending_links", [])
    links += [
        _Link(kind, model.__tablename__, _columns(model))
        for kind, models in (("link", session.new), ("unlink", session.deleted))
        for model in models
        if isinstance(model, Base) and model.__tablename__ in LINKS
    ]


def _check_lengths(session: Session) -> None:
    """Refuse what no form, list or print can carry; the service's own limits are narrower.

    Raises Invalid with the sentence by attribute, so that a form can show it.
    """
    for record in session.new | session.dirty:
        if isinstance(record, Record):
            texts = {key: text for key, text in vars(record).items() if isinstance(text, str)}
            texts.pop("search_text", None)  # made of the others
            check_lengths({key: (text, TEXT_LIMIT) for key, text in texts.items()})


def _in_order(dirty: Iterable[object]) -> list[Record]:
    """By table and id: the session keeps them in the order of their places in memory, and the
    same work must leave the same trail."""
    records = [record for record in dirty if isinstance(record, Record)]
    return sorted(records, key=lambda r: (r.__tablename__, inspect(r).identity))


def _after_flush(session: Session, _flush: UOWTransaction) -> None:
    pending: list[_Pending] = session.info.pop("pending_changes", [])
    links: list[_Link] = session.info.pop("pending_links", [])
    if not pending and not links:
        return
    rows = [row for change in pending for row in _change_rows(session, change)]
    rows += [_link_row(session, link) for link in links]
    if rows:
        session.connection().execute(insert(Change), rows)
    entries = [audit.Entry(c.kind, c.record.__tablename__, c.record.id) for c in pending]
    owners = {(link.kind, LINKS[link.table_name][2], _owner(link)) for link in links}
    entries += [audit.Entry(*owner) for owner in sorted(owners)]
    audit.append(session, entries)


def _owner(link: _Link) -> int:
    owner = link.values[LINKS[link.table_name][0]]
    assert isinstance(owner, int)
    return owner


def _link_row(session: Session, link: _Link) -> dict[str, Any]:
    """A change of the record the link belongs to; `field` is the joining column."""
    common = _common(session, link.kind, link.table_name, _owner(link), 0)
    whole = {"v": link.values[LINKS[link.table_name][1]], "row": link.values}
    made = link.kind == "link"
    pair = {"before": None, "after": whole} if made else {"before": whole, "after": None}
    return common | {"field": LINKS[link.table_name][1]} | pair


def note_insert(session: Session, table_name: str, record_id: int, version: int) -> None:
    """Keep history and audit of a row that was put back without the unit of work."""
    touched(session).add(table_name)
    row = _common(session, "insert", table_name, record_id, version)
    session.connection().execute(insert(Change), [row | {"field": "", "before": None}])
    audit.note(session, "restore", table_name, record_id)


def _change_rows(session: Session, change: _Pending) -> list[dict[str, Any]]:
    record = change.record
    common = _common(session, change.kind, record.__tablename__, record.id, record.version)
    if change.kind == "update":
        return [
            common | {"field": field, "before": {"v": before}, "after": {"v": after}}
            for field, (before, after) in change.fields.items()
        ]
    return [common | {"field": "", "before": change.whole, "after": None}]


def _common(
    session: Session, kind: str, table_name: str, record_id: int, version: int
) -> dict[str, Any]:
    who = context(session)
    return {
        "gesture": session.info["gesture"],
        "undoes": session.info.get("undoes"),
        "at": who.now,
        "user_id": who.user_id,
        "kind": kind,
        "table_name": table_name,
        "record_id": record_id,
        "record_version": version,
    }


def _changed_fields(record: Record) -> dict[str, tuple[Any, Any]]:
    state, found = inspect(record), {}
    for column in state.mapper.column_attrs:
        if column.key in UNTRACKED:
            continue
        history = state.attrs[column.key].history
        if history.has_changes():
            before = history.deleted[0] if history.deleted else None
            found[column.key] = (to_json(before), to_json(getattr(record, column.key)))
    return {key: pair for key, pair in found.items() if pair[0] != pair[1]}


def _columns(record: Base) -> dict[str, Any]:
    mapper = inspect(record).mapper
    return {c.key: to_json(getattr(record, c.key)) for c in mapper.column_attrs}


def to_json(value: Any) -> Any:
    """A column value as JSON; dates, times and bytes are tagged so that `from_json` restores."""
    match value:
        case dt.datetime():
            return (
                {"$datetime": value.astimezone(dt.UTC).isoformat()}
                if value.tzinfo
                else {"$local": value.isoformat()}
            )
        case dt.date():
            return {"$date": value.isoformat()}
        case dt.time():
            return {"$time": value.isoformat()}
        case bytes():
            return {"$bytes": base64.b64encode(value).decode()}
    return value


def from_json(value: Any) -> Any:
    """The inverse of `to_json`."""
    if isinstance(value, dict) and len(value) == 1:
        match value:
            case {"$datetime": text} | {"$local": text}:
                return dt.datetime.fromisoformat(text)
            case {"$date": text}:
                return dt.date.fromisoformat(text)
            case {"$time": text}:
                return dt.time.fromisoformat(text)
            case {"$bytes": text}:
                return base64.b64decode(text)
    return value
