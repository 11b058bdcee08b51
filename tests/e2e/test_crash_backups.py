"""Kill -9 while backups are made and put back (F-26): old or new state whole, nothing half."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.helpers.counts import count
from wbos_desktop.db.models.school import Staff
from wbos_desktop.vault import archive
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.workspace import backup, backup_reading, checking
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault

FAST = KdfParams(memory_kib=64, iterations=1)
SECRET = "paarse fietsbel regent zacht"
ROOT = Path(__file__).parents[2]
KILLS = count(4, 50)
pytestmark = [
    pytest.mark.torture,
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="forks"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_vault(tmp_path / "kluis", SECRET, NewVault("De Linde", "VO", "Karin"), kdf=FAST)
    return tmp_path / "kluis"


@contextmanager
def child_of(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """See backup_child: it imports once and forks for each kill."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.backup_child", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        yield child
    finally:
        child.communicate("")


def work_until_killed(
    child: subprocess.Popen[str], seconds: float, *, after_one: bool
) -> list[str]:
    """What was finished before the kill; with `after_one` the first piece is waited for."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("go\n")
    child.stdin.flush()
    pid = int(child.stdout.readline().removeprefix("pid "))
    assert child.stdout.readline() == "ready\n"
    done = [child.stdout.readline().strip()] if after_one else []
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    while (word := child.stdout.readline().strip()) != "killed":
        assert word, "the child ended by itself"
        done.append(word)
    return done


def staff(session: Session) -> int:
    return session.scalar(select(func.count(Staff.id))) or 0


def kill_backups(folder: Path, place: Path, kills: int, seed: int = 4) -> int:
    """Kill a program that makes backups; every file with a backup's name is whole.

    Returns how many backups were acknowledged.
    """
    chance, acknowledged = random.Random(seed), 0
    with child_of("backup", folder, SECRET, place) as child:
        for kill in range(kills):
            done = work_until_killed(child, chance.uniform(0.0, 0.4), after_one=kill % 2 == 1)
            assert set(done) <= {path.name for path in place.glob("*.wbos")}
            acknowledged += len(done)
            vault = open_vault(folder, SECRET)
            for path in place.glob("*.wbos"):
                assert archive.check(path, vault.unlocked.keys.audit_key, lambda _d, _t: None)
            newest = backup.make_backup(vault, place)
            assert backup_reading.verify_own(vault, newest.path) == newest.header
            assert list(folder.rglob("*.part")) + list(place.glob(".*")) == []
            vault.workspace.close()
    return acknowledged


def kill_restores(
    folder: Path, files: list[Path], sizes: set[int], kills: int, seed: int = 5
) -> int:
    """Kill a program that puts backups back; the vault is one of the two, whole.

    Returns how many restores were acknowledged.
    """
    chance, acknowledged = random.Random(seed), 0
    with child_of("restore", folder, SECRET, *files) as child:
        for kill in range(kills):
            seconds, after_one = chance.uniform(0.0, 0.3), kill % 2 == 1
            acknowledged += len(work_until_killed(child, seconds, after_one=after_one))
            vault = open_vault(folder, SECRET)
            assert (vault.notices, vault.doubt) == ((), None)
            assert vault.workspace.read(staff) in sizes
            assert checking.check_vault(vault) == []
            vault.workspace.close()
            assert list(folder.glob(".*.part")) == []
    return acknowledged


def test_kills_while_backing_up_leave_no_half_backup(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "stick"
    place.mkdir()
    assert kill_backups(folder, place, KILLS) > 0


def test_kills_while_restoring_leave_one_of_the_two(folder: Path, tmp_path: Path) -> None:
    files = two_backups(folder, tmp_path)
    assert kill_restores(folder, files, {2, 42}, KILLS) > 0


def two_backups(folder: Path, place: Path) -> list[Path]:
    """Backups with 2 and with 42 persons, so that a mix would show."""
    vault = open_vault(folder, SECRET)
    vault.workspace.write(add_staff, 1)
    small = backup.make_backup(vault, place / "klein.wbos").path
    vault.workspace.write(add_staff, 40)
    large = backup.make_backup(vault, place / "groot.wbos").path
    vault.workspace.close()
    return [small, large]


def add_staff(session: Session, number: int) -> None:
    session.add_all(Staff(given_name="x" * 1000) for _ in range(number))


def test_control_a_plain_copy_in_place_leaves_half_states(folder: Path, tmp_path: Path) -> None:
    """Without the exchange: writing the database over the present one, cut in the middle."""
    files = two_backups(folder, tmp_path)
    half = tmp_path / "half.db"
    archive.extract_database(files[0], half, lambda _done, _total: None)
    content = half.read_bytes()
    with (folder / "wbos.db").open("r+b") as database:
        database.write(content[: len(content) // 2])
    vault_is_whole = False
    try:
        vault = open_vault(folder, SECRET)
        vault_is_whole = checking.check_vault(vault) == [] and not vault.notices
        vault.workspace.close()
    except Exception:  # noqa: BLE001 - any way to fail shows what the exchange prevents
        vault_is_whole = False
    assert not vault_is_whole
