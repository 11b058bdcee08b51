"""Storage that fails while a vault is open: loud, nothing half, and work goes on after."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import func, select, text

from wbos_desktop.db import engine
from wbos_desktop.db.models.school import Staff
from wbos_desktop.errors import StorageError, VaultInUse
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault

FAST = KdfParams(memory_kib=64, iterations=1)
SECRET = "paarse fietsbel regent zacht"
HOLD = """
import sys, sqlcipher3
c = sqlcipher3.connect(sys.argv[1], isolation_level=None)
c.execute(f"PRAGMA key = \\"x'{sys.argv[2]}'\\"")
c.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def vault(tmp_path):
    create_vault(tmp_path / "kluis", SECRET, NewVault("De Linde", "VO", "Karin"), kdf=FAST)
    vault = open_vault(tmp_path / "kluis", SECRET)
    yield vault
    vault.workspace.close()


def add_staff(session, count=1):
    session.add_all(Staff(given_name="x" * 1000) for _ in range(count))


def pragma(session, statement):
    return session.execute(text("PRAGMA " + statement)).scalar()


def count(session):
    return session.scalar(select(func.count(Staff.id)))


def test_full_disk(vault):
    pages = vault.workspace.read(pragma, "page_count")
    vault.workspace.read(pragma, f"max_page_count = {pages + 5}")
    with pytest.raises(StorageError) as caught:
        vault.workspace.write(add_staff, 500)
    assert caught.value.message.startswith("Opslaan lukt niet: de schijf is vol.")
    assert vault.workspace.read(count) == 1
    vault.workspace.read(pragma, "max_page_count = 100000")
    vault.workspace.write(add_staff, 500)
    assert vault.workspace.read(count) == 501


def test_renamed_while_open(vault):
    database = vault.folder / "wbos.db"
    moved = database.rename(vault.folder / "wbos.db.locked")
    with pytest.raises(StorageError):
        vault.workspace.write(add_staff)
    assert not database.exists()
    moved.rename(database)
    vault.workspace.write(add_staff)
    assert vault.workspace.read(count) == 2


def test_other_program_keeps_writing(vault, monkeypatch):
    monkeypatch.setattr(engine, "PATIENCE_SECONDS", 1.0)
    vault.workspace.read(count)
    key = vault.unlocked.keys.data_key.hex()
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(vault.folder / "wbos.db"), key],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout.readline() == b"held\n"
    vault.workspace.read(pragma, "busy_timeout = 50")
    with pytest.raises(VaultInUse):
        vault.workspace.write(add_staff)
    assert vault.workspace.read(count) == 1
    child.communicate(b"")
    vault.workspace.write(add_staff)
    assert vault.workspace.read(count) == 2
