"""Fixtures that every test may use. A session here behaves as one inside Workspace.write."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlcipher3
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import wbos_desktop.ui  # noqa: F401 - makes Qt safe on Python 3.11
from tests import factories
from tests.helpers import second_engine
from wbos_desktop import i18n
from wbos_desktop.db import changes
from wbos_desktop.db import engine as db_engine
from wbos_desktop.db import models as _models  # noqa: F401
from wbos_desktop.db.base import Base, new_uid
from wbos_desktop.db.context import Context
from wbos_desktop.errors import UserError
from wbos_desktop.vault import kdf, reserve

# Vaults of tests have slots that cost little, and keep them at login (vault/unlock.py).
kdf.FLOOR = kdf.KdfParams(memory_kib=64, iterations=1)
NOW = dt.datetime(2026, 11, 24, 10, 42, tzinfo=dt.timezone(dt.timedelta(hours=1)))
AUDIT_KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def _dutch() -> Iterator[None]:
    i18n.activate("nl", "VO")
    yield
    i18n.activate("nl", "VO")


@pytest.fixture(autouse=True)
def _own_data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WBOS_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(autouse=True)
def _small_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of vaults with 20 MB each would fill the disk of the tests."""
    monkeypatch.setattr(reserve, "SIZE", 4096)


@pytest.fixture(autouse=True)
def second_engine_agrees(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every vault that a test closes is read by the second engine at that moment.

    It must find whole what the first engine finds whole: tests that damage a vault are free to.
    """
    seen: list[Path] = []
    close = db_engine._Door.close

    def close_and_read(door: db_engine._Door) -> None:
        path, key = door.path, door.key
        close(door)
        if key and path.exists():
            seen.append(path)
            found = second_engine.problem(path, key)
            assert not found or first_engine_problem(path, key), f"second engine: {found}"

    monkeypatch.setattr(db_engine._Door, "close", close_and_read)
    return seen


def first_engine_problem(path: Path, key: bytes) -> bool:
    """True if the first engine too finds the file damaged."""
    try:
        engine = db_engine.open_engine(path, key)
    except (UserError, DatabaseError):
        return True
    try:
        return bool(db_engine.integrity_report(engine))
    finally:
        engine.dispose()


def memory_engine() -> Engine:
    """An in-memory database with the whole schema and the functions of a real vault."""
    engine = create_engine("sqlite://", module=sqlcipher3, poolclass=StaticPool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlcipher3.Connection, _record: object) -> None:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.create_function("fold", 1, db_engine.fold, deterministic=True)

    Base.metadata.create_all(engine)
    return engine


def prepare(session: Session, context: Context, *, gesture: str = "") -> Session:
    """Give a session what the workspace gives it."""
    session.info["context"] = context
    session.info["gesture"] = gesture or new_uid()
    session.info["audit_key"] = AUDIT_KEY
    changes.watch(session)
    return session


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = memory_engine()
    yield engine
    engine.dispose()


@contextmanager
def school_session(engine: Engine) -> Iterator[Session]:
    """A session as Karin Bosman, coordinator of De Linde (VO), on Tuesday 24 November 2026."""
    with Session(engine) as session:
        prepare(session, Context(None, None, "coordinator", NOW, NOW.date()))
        user_id, staff_id = factories.make_school(session)
        session.flush()
        session.info["context"] = Context(user_id, staff_id, "coordinator", NOW, NOW.date())
        session.info["gesture"] = new_uid()
        yield session


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Such a session for one test."""
    with school_session(engine) as session:
        yield session
