"""Every flipped bit is found, at opening or by the check (F-06)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlalchemy import text

from wbos_desktop.db.engine import integrity_report, open_engine
from wbos_desktop.errors import DamagedVault, NotOurVault

DEK = bytes(range(32))
FLIPS = 300


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    engine = open_engine(tmp_path / "wbos.db", DEK, create=True)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)"))
        connection.execute(text("CREATE INDEX ix ON notes (body)"))
        for number in range(200):
            connection.execute(
                text("INSERT INTO notes (body) VALUES (:b)"), {"b": 40 * str(number)}
            )
    engine.dispose()
    return (tmp_path / "wbos.db").read_bytes()


def is_found(path: Path) -> bool:
    try:
        engine = open_engine(path, DEK)
    except (DamagedVault, NotOurVault):
        return True
    report = integrity_report(engine)
    engine.dispose()
    return report != []


def test_no_false_alarm(tmp_path, whole):
    assert not is_found(tmp_path / "wbos.db")


def test_each_flipped_bit_is_found(tmp_path, whole):
    chance = random.Random(5)
    missed = []
    for number in range(FLIPS):
        at, bit = chance.randrange(len(whole)), chance.randrange(8)
        path = tmp_path / f"{number}.db"
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :])
        if not is_found(path):
            missed.append((at, bit))
        path.unlink()
    assert missed == []
