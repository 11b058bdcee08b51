"""Kill -9 in the middle of saving: every acknowledged save is there, nothing half."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.helpers import second_engine
from tests.helpers.counts import count
from wbos_desktop.db import audit
from wbos_desktop.db.models.school import Staff, StaffRole
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.vault.unlock import unlock
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault

FAST = KdfParams(memory_kib=64, iterations=1)
SECRET = "paarse fietsbel regent zacht"
KILLS = count(50, 500)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path):
    create_vault(tmp_path / "kluis", SECRET, NewVault("De Linde", "VO", "Karin"), kdf=FAST)
    return tmp_path / "kluis"


@pytest.fixture(params=["whole"])
def saver(folder, request):
    """See crash_child: it imports once and forks for each kill."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.crash_child", str(folder), SECRET, request.param],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    yield child
    child.communicate("")


def save_until_killed(saver: subprocess.Popen[str], seconds: float) -> int:
    """Number of the last save that was acknowledged before the kill; 0 if none was."""
    assert saver.stdin is not None
    assert saver.stdout is not None
    saver.stdin.write("go\n")
    saver.stdin.flush()
    pid = int(saver.stdout.readline().removeprefix("pid "))
    assert saver.stdout.readline() == "ready\n"
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    numbers = [0]
    while (word := saver.stdout.readline().strip()) != "killed":
        assert word, "the saver ended by itself"
        if word.isdigit():
            numbers.append(int(word))
    return numbers[-1]


def saved(session: Session) -> tuple[list[str], int]:
    """Codes of the persons in order, and how many of them do not have exactly two roles."""
    roles = func.count(StaffRole.id)
    statement = (
        select(Staff.code, roles)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(Staff.given_name.like("Persoon %"))
        .group_by(Staff.id)
        .order_by(Staff.id)
    )
    rows = session.execute(statement).all()
    persons = session.scalar(select(func.count(Staff.id)).where(Staff.given_name.like("Persoon %")))
    return [code for code, _n in rows], sum(n != 2 for _c, n in rows) + persons - len(rows)


@pytest.mark.slow
@pytest.mark.torture
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_kills_lose_nothing(folder, saver):
    chance, acknowledged = random.Random(2), 1
    for _kill in range(KILLS):
        acknowledged = max(acknowledged, save_until_killed(saver, chance.uniform(0.0, 0.1)))
        key = unlock(folder, SECRET).keys.data_key
        assert second_engine.problem(folder / "wbos.db", key) == ""
        vault = open_vault(folder, SECRET)
        codes, half = vault.workspace.read(saved)
        assert half == 0
        # The first person is the user. One save may be there that was not acknowledged yet.
        last = len(codes) + 1
        assert acknowledged <= last <= acknowledged + 1
        assert codes == [str(number) for number in range(2, last + 1)]
        assert vault.workspace.read(audit.find_breaks) == []
        acknowledged = last
        vault.workspace.close()
    assert acknowledged > KILLS // 10


@pytest.mark.slow
@pytest.mark.torture
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.parametrize("saver", ["split"], indirect=True)
def test_without_one_transaction_the_same_kills_leave_halves(folder, saver):
    """The control: if this found nothing, the test above would be blind."""
    chance, halves = random.Random(2), 0
    for _kill in range(10):
        save_until_killed(saver, chance.uniform(0.0, 0.1))
        vault = open_vault(folder, SECRET)
        halves = vault.workspace.read(saved)[1]
        vault.workspace.close()
    assert halves > 0
