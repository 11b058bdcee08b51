"""What many eyes may see: every table behind a view that knows no name and no typed text.

On a connection made for it, a temporary view stands before each table under the same name, and
SQLite takes the temporary one first. So every question, also of code written later, gets short
codes for pupils, texts that ship with the program, and "…" for all else that somebody typed:
what is not known to be harmless is hidden. A view takes no writes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, Column, Engine, LargeBinary, Table, event

from . import models as _models  # noqa: F401 - fills the metadata
from .base import Base, PlainText
from .engine import close_engine, key_of, open_engine, path_of

HIDDEN = "…"

# Typed once for the whole school, about no pupil: names of colleagues, groups and years.
_SHOWN = frozenset(
    {
        "groups.name",
        "groups.programme",
        "groups.year_level",
        "school.name",
        "school_years.name",
        "staff.code",
        "staff.family_name",
        "staff.given_name",
        "staff.name_prefix",
        "staff.sort_name",
        "users.slot_id",
    }
)
_PUPIL_CODE = frozenset({"pupils.given_name", "pupils.sort_name"})
_EMPTY = frozenset({"pupils.name_prefix", "pupils.family_name", "pupils.pupil_number"})
_NULL = frozenset({"pupils.birth_date"})
# Lists of codes that only the program makes.
_CODES = frozenset(
    {
        "case_steps.requires",
        "case_steps.responsible_roles",
        "case_steps.rule",
        "destructions.counts",
        "import_runs.counts",
        "norm_cues.norms",
        "norm_cues.sectors",
        "norm_responses.sequence",
        "norms.lookalikes",
        "preferences.value",
        "scenarios.norms",
        "scenarios.responses",
        "scenarios.sectors",
        "school.catalogue_versions",
    }
)
# Whole records that are nothing but typed text or pictures.
_NO_ROWS = frozenset({"attachment_chunks", "changes", "drafts"})


@dataclass(frozen=True)
class Shown:
    """What stays readable: the code of each pupil by id, and texts that ship with the program."""

    names: Mapping[int, str] = field(repr=False)
    texts: Set[str] = field(repr=False)

    def text(self, value: str | None) -> str | None:
        """A text of the program as it is; anything else hidden, nothing stays nothing."""
        return value if not value or value in self.texts else HIDDEN

    def json(self, value: str | None) -> str | None:
        """The same for every text inside a JSON value; its keys and numbers stay."""
        return None if value is None else json.dumps(self._inside(json.loads(value)))

    def name(self, pupil_id: int | None) -> str:
        """The short code of a pupil; one that came later is hidden."""
        return HIDDEN if pupil_id is None else self.names.get(pupil_id, HIDDEN)

    def _inside(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self._inside(item) for item in value]
        if isinstance(value, dict):
            return {key: self._inside(item) for key, item in value.items()}
        return value


def open_presented(engine: Engine, shown: Shown) -> Engine:
    """A second engine on the same vault, to read only, that sees everything through the views.

    Close it with `close_engine`.
    """
    made = open_engine(path_of(engine), key_of(engine), read_only=True)
    try:
        event.listen(made, "connect", lambda raw, _record: put_views(raw, shown))
        made.dispose()  # the connection of the first check has no views
        made.connect().close()
    except BaseException:
        close_engine(made)
        raise
    return made


def put_views(connection: Any, shown: Shown) -> None:
    """Put the views before the tables of one driver connection."""
    connection.create_function("shown_text", 1, shown.text, deterministic=True)
    connection.create_function("shown_json", 1, shown.json, deterministic=True)
    connection.create_function("shown_name", 1, shown.name, deterministic=True)
    for table in Base.metadata.sorted_tables:
        connection.execute(view_of(table))


def view_of(table: Table) -> str:
    """The statement that makes the view before a table."""
    columns = ", ".join(f'{_expression(column)} AS "{column.name}"' for column in table.columns)
    rows = " WHERE 0" if table.name in _NO_ROWS else ""
    return f'CREATE TEMP VIEW "{table.name}" AS SELECT {columns} FROM main."{table.name}"{rows}'


def _expression(column: Column[Any]) -> str:
    where, name = f"{column.table.name}.{column.name}", f'"{column.name}"'
    if where in _PUPIL_CODE:
        return "shown_name(id)"
    if where in _EMPTY:
        return "''"
    if where in _NULL:
        return "NULL"
    if isinstance(column.type, LargeBinary):
        return "X''"
    if isinstance(column.type, JSON):
        return name if where in _CODES else f"shown_json({name})"
    if isinstance(column.type, PlainText) and where not in _SHOWN:
        return f"shown_text({name})"
    return name  # numbers, dates, and codes: columns that were declared with a length
