"""Kill -9 while people get in and out: the vault opens with the old or the new key (F-26, F-79)."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import apsw
import pytest

from tests.e2e.crash_people_child import colleague
from tests.helpers.counts import count
from wbos_desktop.db import audit
from wbos_desktop.db.models.school import Staff
from wbos_desktop.errors import DamagedVault
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault import slots
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.vault.unlock import unlock
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault

FAST = KdfParams(memory_kib=64, iterations=1)
SECRET = "paarse fietsbel regent zacht"
OTHER = "groene tafel zingt vannacht"
KILLS = count(25, 300)
ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.torture,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="forks"),
]


@pytest.fixture
def folder(tmp_path):
    def hire(session):
        session.add(Staff(given_name="Joost", family_name="Veldkamp"))

    new = NewVault("De Linde", "VO", "Karin")
    create_vault(tmp_path / "kluis", SECRET, new, kdf=FAST, start_content=hire)
    return tmp_path / "kluis"


def start(folder, mode):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.crash_people_child", folder, SECRET, OTHER, mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def work_until_killed(child: subprocess.Popen[str], seconds: float) -> list[str]:
    """What was told to be done before the kill: 'in' and 'out' in turn."""
    child.stdin.write("go\n")
    child.stdin.flush()
    pid = int(child.stdout.readline().removeprefix("pid "))
    assert child.stdout.readline() == "ready\n"
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    words = []
    while (word := child.stdout.readline().strip()) != "killed":
        assert word, "the child ended by itself"
        words.append(word)
    return words


def second_engine_opens(folder: Path, copy: Path, key: bytes) -> bool:
    """True if another engine reads a copy of the files, log included, with this key."""
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for name in ("wbos.db", "wbos.db-wal"):
        if (folder / name).exists():
            shutil.copy(folder / name, copy / name)
    connection = apsw.Connection(str(copy / "wbos.db"))
    try:
        for pragma in ("cipher = 'sqlcipher'", "legacy = 4", f"key = \"x'{key.hex()}'\""):
            connection.execute("PRAGMA " + pragma)
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    except apsw.NotADBError:
        return False
    finally:
        connection.close()


def opened_whole(folder: Path) -> tuple[bool, bytes]:
    """Open it as the kill left it, and find everything whole: is the colleague in, which key."""
    copy = folder.with_name("copy")
    left = unlock(folder, SECRET).keys
    keys = [left.data_key, *([left.pending_key] if left.pending_key else [])]
    assert any(second_engine_opens(folder, copy, key) for key in keys)
    vault = open_vault(folder, SECRET)
    assert (vault.notices, vault.unlocked.keys.pending_key) == ((), None)
    assert vault.workspace.check_pages() == []
    assert vault.workspace.read(audit.find_breaks) == []
    inside = vault.workspace.read(colleague) is not None
    vault.workspace.close()
    key = vault.unlocked.keys.data_key
    assert second_engine_opens(folder, copy, key)
    his = envelopes.load(folder).envelopes[0].open(OTHER, slots.USER)
    assert (his and his[1].data_key) == (key if inside else None)
    return inside, key


def test_kills_leave_a_vault_that_opens(folder):
    chance, child = random.Random(5), start(folder, "whole")
    steps, seen, his_key = 0, set(), b""
    for _kill in range(KILLS):
        steps += len(work_until_killed(child, chance.uniform(0.0, 0.4)))
        inside, key = opened_whole(folder)
        seen.add(inside)
        if inside:
            his_key = key
        elif his_key:  # out: the key that he knew opens nothing any more
            assert not second_engine_opens(folder, folder.with_name("copy"), his_key)
    child.communicate("")
    assert seen == {True, False}
    assert steps > KILLS // 5


def test_without_both_keys_the_same_kills_lose_the_vault(folder):
    """The control: if this found nothing, the test above would be blind."""
    chance, child = random.Random(5), start(folder, "blind")
    lost = False
    for _kill in range(KILLS):
        work_until_killed(child, chance.uniform(0.0, 0.3))
        try:
            open_vault(folder, SECRET).workspace.close()
        except DamagedVault:
            lost = True
            break
    assert lost
    child.kill()
    child.communicate()
