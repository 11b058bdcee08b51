"""The views before the tables: no name, no typed text, by no question; and nothing changes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    Table,
    Time,
    text,
)
from sqlalchemy.exc import DBAPIError

from wbos_desktop import paths
from wbos_desktop.db import engine as db_engine
from wbos_desktop.db import presenting
from wbos_desktop.db.base import Base, PlainText
from wbos_desktop.db.presenting import Shown, open_presented
from wbos_desktop.domain.protocols import contents
from wbos_desktop.services.presenting import shipped_texts

WORD = "Sentinelova"
TABLES = Base.metadata.sorted_tables
VALUES: list[tuple[type, object]] = [
    (JSON, f'["{WORD}", {{"tekst": "{WORD}", "n": 3}}]'),
    (PlainText, WORD),
    (Boolean, 0),
    (Integer, 1),
    (DateTime, "2026-11-24 10:00:00.000000"),
    (Date, "2026-11-24"),
    (Time, "10:00:00.000000"),
    (LargeBinary, WORD.encode()),
]


def _value(kind: Any) -> object:
    inner = getattr(kind, "impl_instance", kind)
    for known, value in VALUES:
        if isinstance(kind, known) or isinstance(inner, known):
            return value
    return "kind"


def _fill(engine: Engine) -> None:
    """A row in every table with the word in every column that takes typed text."""
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("ROLLBACK") if raw.in_transaction else None
        raw.execute("PRAGMA foreign_keys = OFF")
        for table in TABLES:
            columns = list(table.columns)
            marks = ", ".join("?" * len(columns))
            raw.execute(
                f'INSERT INTO "{table.name}" VALUES ({marks})',
                [_value(column.type) for column in columns],
            )
        raw.commit()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = db_engine.open_engine(
        tmp_path_factory.mktemp("db") / "wbos.db", bytes(range(32)), create=True
    )
    Base.metadata.create_all(engine)
    _fill(engine)
    yield engine
    db_engine.close_engine(engine)


@pytest.fixture(scope="module")
def presented(whole: Engine) -> Iterator[Engine]:
    engine = open_presented(whole, Shown({1: "Y."}, frozenset({"Pesten"})))
    yield engine
    db_engine.close_engine(engine)


def _rows(engine: Engine, table: Table) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        found = connection.execute(text(f'SELECT * FROM "{table.name}"')).mappings()
        return [dict(row) for row in found]


# Where the word may still stand: facts about the school and its staff, and codes of the program.
ALLOWED = presenting._SHOWN | presenting._CODES


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_table_tells_what_was_typed(whole: Engine, presented: Engine, table: Table) -> None:
    assert len(_rows(whole, table)) == 1
    for row in _rows(presented, table):
        told = {f"{table.name}.{key}" for key, value in row.items() if WORD in str(value)}
        assert told - ALLOWED == set()


def test_the_whole_vault_does_tell(whole: Engine) -> None:
    """The control: the rows of the test above have the word in them."""
    telling = [t.name for t in TABLES if WORD in str(_rows(whole, t))]
    assert len(telling) > 40


@pytest.mark.parametrize(
    "question",
    [
        "SELECT upper(text) || family_name FROM incidents, pupils",
        "SELECT group_concat(given_name || ' ' || family_name) FROM pupils",
        "SELECT coalesce(title, text) FROM cases, case_log",
        "SELECT substr(text, 1, 4) FROM observations",
        "SELECT max(sort_name) FROM pupils",
        "SELECT hex(data) FROM attachment_chunks",
        "SELECT count(*) FROM pupils WHERE family_name LIKE 'Sent%'",
    ],
)
def test_functions_and_joins_tell_no_more(presented: Engine, question: str) -> None:
    with presented.connect() as connection:
        answer = str(connection.execute(text(question)).all())
    assert "Sent" not in answer
    assert "SENT" not in answer
    assert "1" not in answer.replace("Y.", "") or "count" not in question


def test_codes_and_shipped_texts_stay_readable(presented: Engine) -> None:
    with presented.connect() as connection:
        names = connection.execute(text("SELECT given_name, family_name FROM pupils")).all()
    assert names == [("Y.", "")]
    shown = Shown({}, frozenset({"Pesten"}))
    assert (shown.text("Pesten"), shown.text("Pesten van Yasmin")) == ("Pesten", "…")
    assert (
        shown.json('{"a": ["Pesten", "Yasmin"], "n": 2}') == '{"a": ["Pesten", "\\u2026"], "n": 2}'
    )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE pupils SET given_name = 'x'",
        "DELETE FROM cases",
        "INSERT INTO preferences (id) VALUES (9)",
        "UPDATE main.pupils SET given_name = 'x'",
    ],
)
def test_nothing_can_be_changed(whole: Engine, presented: Engine, change: str) -> None:
    with presented.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text(change))
    assert _rows(whole, Base.metadata.tables["pupils"])[0]["given_name"] == WORD


def test_every_new_connection_has_the_views(presented: Engine) -> None:
    held = [presented.connect() for _turn in range(4)]
    try:
        for connection in held:
            assert connection.execute(text("SELECT given_name FROM pupils")).scalar() == "Y."
    finally:
        for connection in held:
            connection.close()


def test_file_of_the_vault_bears_no_trace(whole: Engine, presented: Engine) -> None:
    with whole.connect() as connection:
        views = connection.execute(text("SELECT count(*) FROM sqlite_schema WHERE type = 'view'"))
        assert views.scalar() == 0
    assert Path(db_engine.path_of(whole)) == db_engine.path_of(presented)


def test_every_text_of_a_shipped_protocol_stays_readable() -> None:
    raw = paths.resource_bytes("catalogues", "protocols.toml").decode("utf-8")
    shown = Shown({}, shipped_texts())
    stored = contents(tomllib.loads(raw)).values()
    steps = [step for content in stored for step in content["steps"]]
    hidden = [step["title"] for step in steps if shown.text(step["title"]) == "…"]
    hidden += [step["title"] for step in steps if shown.text(step["text"].strip()) == "…"]
    assert len(steps) > 100
    assert hidden == []
