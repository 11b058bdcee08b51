"""Connections to the encrypted database: checked at every open, never plain."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from types import SimpleNamespace

import apsw
import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, exc, text

from tests.helpers import counts
from wbos_desktop.db import engine as engines
from wbos_desktop.db.engine import fold, integrity_report, open_engine, truncate_wal
from wbos_desktop.errors import (
    DamagedVault,
    NewerVault,
    NotOurVault,
    StorageError,
    UnsafeBuild,
)

DEK = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "wbos.db"


def make(path: Path, rows: int = 0) -> Path:
    engine = open_engine(path, DEK, create=True)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)"))
        for number in range(rows):
            connection.execute(
                text("INSERT INTO notes (body) VALUES (:b)"), {"b": f"{number} " * 99}
            )
    engine.dispose()
    return path


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return count_in(connection)


def count_in(connection: Connection) -> int:
    return connection.execute(text("SELECT count(*) FROM notes")).scalar_one()


def raw(path: Path) -> sqlcipher.Connection:
    connection = sqlcipher.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{DEK.hex()}'\"")
    return connection


def test_what_is_written_is_read_back(path):
    make(path, 3)
    engine = open_engine(path, DEK)
    assert count(engine) == 3
    engine.dispose()


def test_file_is_private_and_not_a_plain_database(path):
    make(path)
    assert path.read_bytes()[:16] != b"SQLite format 3\x00"
    assert path.stat().st_mode & 0o077 == 0


def test_plain_sqlite_cannot_open_it(path):
    make(path, 1)
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.DatabaseError):
        connection.execute("SELECT count(*) FROM sqlite_schema")
    connection.close()


def test_second_engine_reads_it(path):
    make(path, 5)
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    for pragma in ("cipher = 'sqlcipher'", "legacy = 4", f"key = \"x'{DEK.hex()}'\""):
        connection.execute("PRAGMA " + pragma)
    assert connection.execute("SELECT count(*) FROM notes").fetchall() == [(5,)]
    connection.close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("temp_store", 2),
        ("secure_delete", 1),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("busy_timeout", 10000),
        ("cipher_status", "1"),
        ("application_id", engines.APPLICATION_ID),
    ],
)
def test_settings_of_every_connection(path, pragma, value):
    make(path)
    engine = open_engine(path, DEK).execution_options(read_only=True)
    with engine.connect() as one, engine.connect() as two:
        assert one.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value
        assert two.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value
    engine.dispose()


# Four ways to end with a plain database, all refused


def test_plain_driver_is_refused_and_makes_no_file(path, monkeypatch):
    def never(_path):
        raise AssertionError("a file was made")

    monkeypatch.setattr(engines, "sqlcipher", sqlite3)
    monkeypatch.setattr(engines, "_make_file", never)
    with pytest.raises(UnsafeBuild):
        open_engine(path, DEK, create=True)
    assert not path.exists()


def test_lost_key_pragma_is_refused(path, monkeypatch):
    monkeypatch.setattr(engines, "_key_pragma", lambda dek: "PRAGMA kay = 'typo'")
    with pytest.raises(UnsafeBuild):
        open_engine(path, DEK, create=True)
    assert not path.exists()


def test_existing_plain_file_is_refused_and_left_alone(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (body TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NotOurVault):
        open_engine(path, DEK)
    assert path.read_bytes() == before


def test_short_key_is_refused(path):
    with pytest.raises(ValueError, match="32"):
        open_engine(path, b"short", create=True)
    assert not path.exists()


@pytest.mark.parametrize(
    "versions",
    [
        {"sqlite_version_info": (3, 51, 2)},
        {"cipher": "4.5.0 community"},
        {"cipher": None},
        {"fts": 0},
    ],
)
def test_old_or_bare_driver_is_refused(versions):
    with pytest.raises(UnsafeBuild):
        engines.check_driver(fake_driver(**versions))


def fake_driver(cipher="4.19.0 community", fts=1, sqlite_version_info=(3, 53, 4)):
    def execute(statement):
        row = (cipher,) if "cipher" in statement else (fts,)
        return SimpleNamespace(fetchone=lambda: row)

    connection = SimpleNamespace(execute=execute, close=lambda: None)
    return SimpleNamespace(
        connect=lambda name: connection,
        sqlite_version_info=sqlite_version_info,
        sqlite_version=".".join(map(str, sqlite_version_info)),
    )


def test_good_fake_driver_passes():
    engines.check_driver(fake_driver())


# Damaged, missing, foreign, newer


@pytest.mark.parametrize("keep", [0, 100, 0.5, 0.7371])
def test_cut_file_is_damage(path, keep):
    whole = make(path, 500).read_bytes()
    size = keep if isinstance(keep, int) else int(len(whole) * keep)
    path.write_bytes(whole[: size // 4096 * 4096 if keep == 0.5 else size])
    with pytest.raises(DamagedVault):
        open_engine(path, DEK)


def test_missing_file_is_not_made(path):
    with pytest.raises(DamagedVault):
        open_engine(path, DEK)
    assert not path.exists()


def test_damaged_first_page_is_damage(path):
    whole = bytearray(make(path, 5).read_bytes())
    whole[300] ^= 1
    path.write_bytes(whole)
    with pytest.raises(DamagedVault):
        open_engine(path, DEK)


def test_picture_is_not_ours(path):
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(9000))
    with pytest.raises(NotOurVault):
        open_engine(path, DEK)


@pytest.mark.parametrize(
    ("pragma", "error"),
    [("application_id = 7", NotOurVault), ("user_version = 99", NewerVault)],
)
def test_foreign_and_newer_are_told_apart(path, pragma, error):
    make(path)
    connection = raw(path)
    connection.execute("PRAGMA " + pragma)
    connection.close()
    with pytest.raises(error):
        open_engine(path, DEK)


def test_create_never_overwrites(path):
    before = make(path, 3).read_bytes()
    with pytest.raises(StorageError):
        open_engine(path, DEK, create=True)
    assert path.read_bytes() == before


def test_strange_paths_work(tmp_path):
    folder = tmp_path / "kluis é # ? % 100 😀"
    folder.mkdir()
    make(folder / "wbos.db", 2)
    engine = open_engine(folder / "wbos.db", DEK)
    assert count(engine) == 2
    engine.dispose()


# Damage met in the middle of work


def test_connection_that_met_damage_is_dropped(path):
    whole = bytearray(make(path, 2000).read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    engine = open_engine(path, DEK)
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        with pytest.raises(exc.DBAPIError) as caught:
            connection.execute(text("SELECT sum(length(body)) FROM notes")).scalar_one()
        assert caught.value.connection_invalidated
    with engine.connect() as connection:
        assert connection.connection.dbapi_connection is not driver
        assert connection.execute(text("SELECT body FROM notes WHERE id = 1")).scalar_one()
    assert integrity_report(engine)
    engine.dispose()


def test_healthy_file_has_nothing_to_report(path):
    make(path, 50)
    engine = open_engine(path, DEK)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO notes (body) VALUES ('x')"))
    assert integrity_report(engine) == []
    assert path.with_name("wbos.db-wal").stat().st_size == 0
    engine.dispose()


def test_orphan_rows_are_reported(path):
    make(path)
    connection = raw(path)
    connection.execute("CREATE TABLE child (note_id INTEGER REFERENCES notes (id))")
    connection.execute("INSERT INTO child VALUES (7)")
    connection.close()
    engine = open_engine(path, DEK)
    assert integrity_report(engine) == ["foreign_key_check: child"]
    engine.dispose()


def test_rollback_undoes_tables_too(path):
    engine = open_engine(make(path), DEK)
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        connection.rollback()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM sqlite_schema")).scalars().all() == [
            "notes"
        ]
    engine.dispose()


def test_errors_quote_no_values(path):
    engine = open_engine(make(path), DEK)
    with engine.connect() as connection, pytest.raises(exc.DBAPIError) as caught:
        connection.execute(text("INSERT INTO nothing VALUES (:b)"), {"b": "Sentinelnaam"})
    assert "Sentinelnaam" not in str(caught.value)
    engine.dispose()


# Transactions and threads


def test_writers_take_turns_and_readers_do_not_wait(path):
    engine = open_engine(make(path, 1), DEK)
    reader = engine.execution_options(read_only=True)
    with engine.begin() as writing:
        writing.execute(text("INSERT INTO notes (body) VALUES ('x')"))
        with reader.connect() as reading:
            assert reading.execute(text("SELECT count(*) FROM notes")).scalar_one() == 1
    assert count(engine) == 2
    engine.dispose()


def test_writer_holds_its_turn_from_the_start(path):
    engine = open_engine(make(path, 1), DEK)
    other = raw(path)
    other.execute("PRAGMA busy_timeout = 0")
    with engine.begin() as writing:
        assert writing.execute(text("SELECT count(*) FROM notes")).scalar_one() == 1
        with pytest.raises(sqlcipher.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    engine.dispose()


def test_wal_is_emptied_unless_a_reader_blocks_it(path):
    engine = open_engine(make(path), DEK)
    wal = path.with_name("wbos.db-wal")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO notes (body) VALUES ('x')"))
    assert wal.stat().st_size > 0
    with engine.execution_options(read_only=True).connect() as reading:
        assert count_in(reading) == 1
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO notes (body) VALUES ('x')"))
        assert not truncate_wal(engine)
        assert count_in(reading) == 1
    assert truncate_wal(engine)
    assert wal.stat().st_size == 0
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 10000
    engine.dispose()


@pytest.mark.torture
@pytest.mark.parametrize("turn", range(counts.count(1, 72)))  # a thousand threads in all
def test_fourteen_threads(path, turn):
    engine = open_engine(make(path), DEK)
    reader = engine.execution_options(read_only=True)
    failures: list[Exception] = []

    def work() -> None:
        try:
            for number in range(100):
                if number % 5 == 0:
                    with engine.begin() as connection:
                        connection.execute(text("INSERT INTO notes (body) VALUES ('x')"))
                with reader.connect() as connection:
                    count_in(connection)
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert count(engine) == 14 * 20
    engine.dispose()


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Şeyma", "seyma"),
        ("Łukasz", "lukasz"),
        ("Đorđe", "dorde"),
        ("Bjørn", "bjorn"),
        ("Weiß", "weiss"),
        ("e\u0301 É", "e e"),
        ("Işıl", "isil"),
        ("İpek", "ipek"),
        (None, None),
    ],
)
def test_fold(name, folded):
    assert fold(name) == folded


def test_fold_sorts_in_sql(path):
    engine = open_engine(make(path), DEK)
    with engine.begin() as connection:
        for name in ("Zoë", "Çelik", "Dirk", "Bram"):
            connection.execute(text("INSERT INTO notes (body) VALUES (:b)"), {"b": name})
        found = connection.execute(text("SELECT body FROM notes ORDER BY fold(body)"))
        assert found.scalars().all() == ["Bram", "Çelik", "Dirk", "Zoë"]
    engine.dispose()
