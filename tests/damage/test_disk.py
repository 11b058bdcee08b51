"""Full disks and slow neighbours (F-27, F-28, F-35, F-36, F-37): saved work stays, told in time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from wbos_desktop.db import engine
from wbos_desktop.db.models.school import Staff
from wbos_desktop.errors import Cancelled, DiskFull, StorageError, VaultInUse, WrongPassphrase
from wbos_desktop.vault import reserve
from wbos_desktop.workspace.alerts import Alert
from wbos_desktop.workspace.checking import check_vault
from wbos_desktop.workspace.opening import OpenVault, open_vault

from .fixture import SECRET, add_persons, copy_of, mounted, view_one

MEGABYTE = 1 << 20


def persons(session: Session) -> int:
    return session.scalar(select(func.count(Staff.id))) or 0


# ---------------------------------------------------------------- a full disk
@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB; needs the rights to mount one."""
    with mounted(tmp_path / "disk", 8) as place:
        yield place


def fill(disk: Path, leave: int = 0) -> Path:
    """A file that takes the room of the disk but for `leave` bytes."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    os.truncate(ballast, max(0, ballast.stat().st_size - leave))
    return ballast


@pytest.fixture
def small(folder: Path, disk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenVault]:
    """An open vault on the small disk, with a reserve of 1 MB."""
    monkeypatch.setattr(reserve, "SIZE", MEGABYTE)
    vault = open_vault(copy_of(folder, disk / "kluis"), SECRET)
    vault.workspace.settle()
    assert (vault.folder / reserve.FILE_NAME).stat().st_size == MEGABYTE
    yield vault
    (disk / "ballast").unlink(missing_ok=True)
    vault.workspace.close()


def test_f27_reserve_saves_the_work_and_says_so(small: OpenVault, disk: Path) -> None:
    told: list[Alert] = []
    small.workspace.alerts.append(told.append)
    fill(disk)
    small.workspace.write(add_persons, 20)
    assert small.workspace.read(persons) == 321
    assert [alert.kind for alert in told] == ["disk_full"]
    assert "50 MB" in told[0].text
    assert not (small.folder / reserve.FILE_NAME).exists()


def test_f27_without_reserve_nothing_is_half_and_all_is_readable(
    small: OpenVault, disk: Path
) -> None:
    fill(disk)
    assert reserve.release(small.folder)
    fill(disk)
    with pytest.raises(DiskFull) as caught:
        small.workspace.write(add_persons, 3000)
    assert "Maak minstens 50 MB vrij" in caught.value.message
    assert small.workspace.read(persons) == 301
    (disk / "ballast").unlink()
    small.workspace.write(add_persons, 20)
    assert small.workspace.read(persons) == 321
    assert check_vault(small) == []


def test_f27_full_at_the_checkpoint_loses_nothing(small: OpenVault, disk: Path) -> None:
    small.workspace.write(add_persons, 200)
    fill(disk)
    with suppress(DiskFull):  # told by the window; what matters is that nothing is lost
        small.workspace.settle()
    assert small.workspace.read(persons) == 501
    (disk / "ballast").unlink()
    small.workspace.settle()
    assert check_vault(small) == []


def test_f27_locking_works_on_a_full_disk(small: OpenVault, disk: Path) -> None:
    small.workspace.write(add_persons, 20)
    fill(disk)
    with suppress(DiskFull):
        small.workspace.close()
    (disk / "ballast").unlink()
    again = open_vault(small.folder, SECRET)
    assert again.doubt is None
    assert again.workspace.read(persons) == 321
    again.workspace.close()


def test_f27_a_full_disk_keeps_nobody_out(small: OpenVault, disk: Path) -> None:
    """After a mistyped password there is a count to write, and the lock says who is in."""
    small.workspace.close()
    with pytest.raises(WrongPassphrase):
        open_vault(small.folder, "niet goed")
    fill(disk)
    vault = open_vault(small.folder, SECRET)
    assert vault.workspace.read(persons) == 301
    assert "50 MB" in vault.notices[-1]
    vault.workspace.close()
    fill(disk)
    with pytest.raises(DiskFull) as caught:
        open_vault(small.folder, SECRET)
    assert "Maak ruimte" in caught.value.message


def test_f27_reserve_comes_back_when_there_is_room(small: OpenVault, disk: Path) -> None:
    ballast = fill(disk)
    assert reserve.release(small.folder)
    fill(disk)
    assert not reserve.keep(small.folder)
    ballast.unlink()
    small.workspace.write(view_one, 1)
    small.workspace.settle()
    assert (small.folder / reserve.FILE_NAME).stat().st_size == MEGABYTE


def test_f28_full_folder_for_temporary_files_does_not_matter(
    folder: Path, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(disk)
    for name in ("TMPDIR", "SQLITE_TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(disk))
    vault = open_vault(folder, SECRET)
    vault.workspace.write(add_persons, 3000)
    statement = text("SELECT family_name || id FROM staff ORDER BY family_name || random()")
    rows = vault.workspace.read(lambda session: len(session.execute(statement).all()))
    assert rows == 3301
    assert [path.name for path in disk.iterdir()] == ["ballast"]
    vault.workspace.close()


# ---------------------------------------------------------------- another program
HOLD = """
import sys, sqlcipher3, time
c = sqlcipher3.connect(sys.argv[1], isolation_level=None)
c.execute(f"PRAGMA key = \\"x'{sys.argv[2]}'\\"")
c.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[3]))
"""


@contextmanager
def held(vault: OpenVault, seconds: float = 60) -> Iterator[None]:
    """Another program takes the right to write, for so long at most."""
    vault.workspace.read(persons)
    key = vault.unlocked.keys.data_key.hex()
    command = [sys.executable, "-c", HOLD, str(vault.folder / "wbos.db"), key, str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        yield
        child.kill()


@pytest.fixture
def vault(folder: Path) -> Iterator[OpenVault]:
    opened = open_vault(folder, SECRET)
    yield opened
    opened.workspace.close()


def test_f35_file_held_for_some_seconds_is_waited_for(vault: OpenVault) -> None:
    told: list[Alert] = []
    vault.workspace.alerts.append(told.append)
    with held(vault, 2.5):
        vault.workspace.write(add_persons, 1)
    assert vault.workspace.read(persons) == 302
    assert [alert.kind for alert in told] == ["busy", "free"]


def test_f36_waiting_can_be_stopped_and_reading_goes_on(vault: OpenVault) -> None:
    with held(vault):
        threading.Timer(1.5, vault.workspace.stop_waiting).start()
        started = time.monotonic()
        with pytest.raises(Cancelled):
            vault.workspace.write(add_persons, 1)
        assert time.monotonic() - started < 10
        assert vault.workspace.read(persons) == 301
    vault.workspace.write(add_persons, 1)
    assert vault.workspace.read(persons) == 302


def test_f36_after_half_a_minute_it_is_a_sentence(
    vault: OpenVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "PATIENCE_SECONDS", 1.0)
    with held(vault), pytest.raises(VaultInUse) as caught:
        vault.workspace.write(add_persons, 1)
    assert "ander programma" in caught.value.message


def test_f37_renamed_while_open_fails_loudly_and_makes_no_new_file(vault: OpenVault) -> None:
    database = vault.folder / "wbos.db"
    moved = database.rename(vault.folder / "wbos.db.locked")
    with pytest.raises(StorageError) as caught:
        vault.workspace.write(add_persons, 1)
    assert "verplaatst of heeft een andere naam" in caught.value.message
    assert not database.exists()
    moved.rename(database)
    vault.workspace.write(add_persons, 1)
    assert vault.workspace.read(persons) == 302


def test_reserve_takes_real_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reserve, "SIZE", MEGABYTE)
    assert reserve.keep(tmp_path)
    found = (tmp_path / reserve.FILE_NAME).stat()
    assert found.st_blocks * 512 >= MEGABYTE
    assert reserve.release(tmp_path)
    assert not reserve.release(tmp_path)
