"""All text that users typed, wherever it stands: to find a name in it, and to take it out.

Read from the schema, so that a new table is never forgotten. Codes and fixed words are read too;
they hold no names and do no harm. Names of people themselves are left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Table, select
from sqlalchemy.orm import Session

from .base import Base, PlainText
from .erasing import set_values, slices
from .models.system import Change

# Names of colleagues and other pupils, keys, and what ships with the program.
_NO_FREE_TEXT = {
    "pupils",
    "staff",
    "staff_roles",
    "users",
    "audit",
    "norms",
    "norm_cues",
    "protocol_templates",
    "template_versions",
    "attachment_contents",
    "attachment_chunks",
    "retention_terms",
    "changes",
}
_NO_TEXT_COLUMNS = {"uid", "sha256", "text_sha256", "source_key"}


@dataclass(frozen=True)
class TextPlace:
    """One text: the row it stands in, its column, and the words."""

    table: str
    record_id: int
    column: str
    text: str


@lru_cache
def _columns(table: Table) -> tuple[str, ...]:
    return tuple(
        column.name
        for column in table.columns
        if isinstance(column.type, PlainText | JSON) and column.name not in _NO_TEXT_COLUMNS
    )


def _tables() -> list[Table]:
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name not in _NO_FREE_TEXT and "id" in table.c and _columns(table)
    ]


def read_texts(
    session: Session, wanted: dict[str, Collection[int]] | None = None
) -> Iterator[TextPlace]:
    """Every text in the vault, or of the rows that `wanted` names by table; bin included."""
    for table in _tables():
        if wanted is not None and not wanted.get(table.name):
            continue
        names = _columns(table)
        parts = [None] if wanted is None else list(slices(sorted(wanted[table.name])))
        for part in parts:
            statement = select(table.c.id, *(table.c[name] for name in names))
            if part is not None:
                statement = statement.where(table.c.id.in_(part))
            for row in session.connection().execute(statement):
                for name, value in zip(names, row[1:], strict=True):
                    yield from _places(table.name, row[0], name, value)


def _places(table: str, record_id: int, column: str, value: Any) -> Iterator[TextPlace]:
    for text in strings(value):
        if text:
            yield TextPlace(table, record_id, column, text)


def strings(value: Any) -> Iterator[str]:
    """The texts inside a value, which may be JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def _rewritten(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _rewritten(part, change) for key, part in value.items()}
    if isinstance(value, list):
        return [_rewritten(part, change) for part in value]
    return value


def rewrite(
    session: Session, table_name: str, ids: Collection[int], change: Callable[[str], str]
) -> int:
    """Change the texts of these rows and of their history; how many rows differ now."""
    table = Base.metadata.tables[table_name]
    names = _columns(table)
    changed = 0
    for part in slices(sorted(ids)):
        statement = select(table.c.id, *(table.c[name] for name in names))
        for row in session.connection().execute(statement.where(table.c.id.in_(part))).all():
            values = {
                name: new
                for name, old in zip(names, row[1:], strict=True)
                if (new := _rewritten(old, change)) != old
            }
            if values:
                set_values(session, table_name, row[0], values)
                changed += 1
        _rewrite_history(session, table_name, part, change)
    return changed


def _rewrite_history(
    session: Session, table_name: str, ids: list[int], change: Callable[[str], str]
) -> None:
    found = session.connection().execute(
        select(Change.id, Change.before, Change.after).where(
            Change.table_name == table_name, Change.record_id.in_(ids)
        )
    )
    for change_id, before, after in found.all():
        values = {"before": _rewritten(before, change), "after": _rewritten(after, change)}
        if values != {"before": before, "after": after}:
            set_values(session, "changes", change_id, values)


def read_history(session: Session) -> Iterator[TextPlace]:
    """Texts of the change history; `record_id` and `table` are those of the changed record."""
    found = session.connection().execute(
        select(Change.table_name, Change.record_id, Change.field, Change.before, Change.after)
    )
    for table, record_id, column, before, after in found:
        if table in _NO_FREE_TEXT:
            continue
        for value in (before, after):
            yield from _places(table, record_id, column, value)
