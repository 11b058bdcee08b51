"""Vaults to damage: closed whole ones, ones as a kill leaves them, and ways to damage files."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.models.school import Staff
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.vault.pages import Pages, _children
from wbos_desktop.vault.recovery import RecoveryCode, new_code
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import OpenVault, open_vault

FAST = KdfParams(memory_kib=64, iterations=1)
SECRET = "paarse fietsbel regent zacht"
CODE: RecoveryCode = new_code()
PAGE = 4096
NOTES = ("lock", "reserve", "tries.json")


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed vault with 300 persons; copy it, never open it."""
    folder = tmp_path_factory.mktemp("whole") / "kluis"
    create_vault(folder, SECRET, NewVault("De Linde", "VO", "Karin"), code=CODE, kdf=FAST)
    vault = open_vault(folder, SECRET)
    vault.workspace.write(add_persons, 300)
    vault.workspace.close()
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy of the whole vault."""
    return copy_of(whole, tmp_path / "kluis")


@contextmanager
def mounted(place: Path, megabytes: int) -> Iterator[Path]:
    """A small disk of its own at `place`; skips the test where this account may not mount one."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("this account may not mount a disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def add_persons(session: Session, number: int) -> None:
    session.add_all(Staff(given_name=f"Persoon {n}", family_name="x" * 300) for n in range(number))


def view_one(session: Session, number: int) -> None:
    """The smallest gesture that leaves a line in the audit trail."""
    audit.note(session, "view", "staff", number)


def copy_of(source: Path, target: Path) -> Path:
    """As a copy of the files leaves it, without notes of the program."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*NOTES), dirs_exist_ok=True)
    return target


def killed(folder: Path, target: Path, gestures: int) -> Path:
    """The vault after so many gestures, as kill -9 leaves it: with its log."""
    vault = open_vault(folder, SECRET)
    try:
        for number in range(gestures):
            vault.workspace.write(view_one, number)
        return copy_of(folder, target)
    finally:
        vault.workspace.close()


def flip(path: Path, chance: random.Random, first: int = 0) -> None:
    """Turn one random bit over, from byte `first` on."""
    data = bytearray(path.read_bytes())
    data[chance.randrange(first, len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def flip_pages(path: Path, chance: random.Random, number: int, first: int = 40) -> None:
    """Damage so many pages; the first ones hold the schema."""
    data = bytearray(path.read_bytes())
    for page in chance.sample(range(first, len(data) // PAGE), number):
        data[page * PAGE + chance.randrange(PAGE)] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def page_of(folder: Path, table: str, *, leaf: bool = True) -> int:
    """A page that holds rows of the table, or the one where the table begins."""
    vault = open_vault(folder, SECRET)
    statement = text("SELECT rootpage FROM sqlite_schema WHERE name = :name")
    read = vault.workspace.read
    number = read(lambda session: session.execute(statement, {"name": table}).scalar_one())
    key = vault.unlocked.keys.data_key
    vault.workspace.close()
    with Pages(folder / "wbos.db", key) as pages:
        while leaf and (below := _children(pages.read(number) or b"", 0)):
            number = below[len(below) // 2]
    return int(number)


def flip_page(folder: Path, number: int) -> None:
    """Damage one page."""
    data = bytearray((folder / "wbos.db").read_bytes())
    data[(number - 1) * PAGE + 100] ^= 1
    (folder / "wbos.db").write_bytes(data)


def flip_table(folder: Path, table: str) -> None:
    """Damage a page with rows of the table."""
    flip_page(folder, page_of(folder, table))


def cut(path: Path, keep: float) -> None:
    """Keep this part of the file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])


def content(folder: Path) -> dict[str, bytes]:
    """Every file that counts; an empty log is none."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name not in (*NOTES, "wbos.db-shm") and path.stat().st_size
    }


def actions(vault: OpenVault) -> list[str]:
    """The noted actions in order."""

    def read(session: Session) -> list[str]:
        return list(session.scalars(select(AuditLine.action).order_by(AuditLine.seq)))

    return vault.workspace.read(read)
