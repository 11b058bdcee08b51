"""A small vault with a backup of it, and what is asked of both: for the tests of backups."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wbos_desktop.db.models.school import Staff
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.vault.unlock import unlock
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opened import OpenVault
from wbos_desktop.workspace.opening import open_vault

FAST = KdfParams(memory_kib=64, iterations=1)
SECRET = "paarse fietsbel regent zacht"
MORNING = dt.datetime(2026, 11, 24, 9, 42).astimezone()
Opener = Callable[..., OpenVault]


class FakeClock:
    """The moment of each gesture; `pass_days` moves it."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=1)
        return self.now

    def pass_days(self, days: int) -> None:
        self.now += dt.timedelta(days=days)


@pytest.fixture(scope="session")
def new_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed vault; copy it."""
    folder = tmp_path_factory.mktemp("backup") / "kluis"
    create_vault(
        folder, SECRET, NewVault("De Linde", "VO", "Karin"), kdf=FAST, clock=lambda: MORNING
    )
    return folder


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def folder(new_vault: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(new_vault, tmp_path / "kluis"))


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    place = tmp_path / "stick"
    place.mkdir()
    return place


@pytest.fixture
def opener(clock: FakeClock) -> Iterator[Opener]:
    """Opens vaults that are closed at the end of the test."""
    opened: list[OpenVault] = []

    def open_one(folder: Path, secret: str = SECRET) -> OpenVault:
        opened.append(open_vault(folder, secret, clock=clock))
        return opened[-1]

    yield open_one
    for vault in opened:
        vault.workspace.close()


@pytest.fixture
def vault(opener: Opener, folder: Path) -> OpenVault:
    return opener(folder)


def add(session: Session, name: str) -> None:
    session.add(Staff(given_name=name))


def names(session: Session) -> list[str]:
    return list(session.scalars(select(Staff.given_name).order_by(Staff.id)))


def persons(session: Session) -> int:
    return session.scalar(select(func.count(Staff.id))) or 0


def second_engine(database: Path, folder: Path) -> tuple[str, int]:
    """Integrity and number of staff as the other engine reads a database of this vault."""
    key = unlock(folder, SECRET).keys.data_key.hex()
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        for pragma in ("cipher = 'sqlcipher'", "legacy = 4", f"key = \"x'{key}'\""):
            connection.execute("PRAGMA " + pragma)
        [(whole,)] = connection.execute("PRAGMA integrity_check").fetchall()
        [(staff,)] = connection.execute("SELECT count(*) FROM staff").fetchall()
    finally:
        connection.close()
    return str(whole), int(staff)


def left_behind(folder: Path) -> list[str]:
    """Names of unfinished files and folders."""
    return sorted(path.name for path in folder.rglob("*.part"))
