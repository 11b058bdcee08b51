"""No acknowledged save is lost when the power goes (F-24, G1), on the real schema.

Every state is read by a second, independent engine too. With safety switched off the same
suite must find losses: else it would be blind.
"""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.helpers import second_engine
from tests.helpers.counts import count
from wbos_desktop.db import audit
from wbos_desktop.db.engine import integrity_report, open_engine
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.vault.unlock import unlock
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.session import Workspace

from .disk import cuts, judged
from .syscalls import SUPPORTED, Op

FAST = KdfParams(memory_kib=64, iterations=1)
SECRET = "paarse fietsbel regent zacht"
ROOT = Path(__file__).parents[2]
SAVES = 60
SEEDS = (1, 2, 3)

pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(not SUPPORTED, reason="records the calls of Linux"),
]


@dataclass(frozen=True)
class Recording:
    """A vault as it was before, its keys, and every call to the disk from then on."""

    before: Path
    data_key: bytes
    audit_key: bytes
    ops: list[Op]


def record(base: Path, mode: str) -> Recording:
    folder, log = base / "kluis", base / "calls"
    create_vault(folder, SECRET, NewVault("De Linde", "VO", "Karin"), kdf=FAST)
    keys = unlock(folder, SECRET).keys
    shutil.copytree(folder, base / "before")
    command = [sys.executable, "-m", "tests.power.saver", folder, SECRET, log, SAVES, mode]
    subprocess.run([str(word) for word in command], cwd=ROOT, check=True)
    return Recording(base / "before", keys.data_key, keys.audit_key, pickle.loads(log.read_bytes()))


@pytest.fixture(scope="module")
def safe(tmp_path_factory):
    return record(tmp_path_factory.mktemp("power"), "safe")


@pytest.fixture(scope="module")
def unsafe(tmp_path_factory):
    return record(tmp_path_factory.mktemp("no-power"), "unsafe")


def last_saved(session: Session) -> int:
    """The number of the last gesture that is there whole; -1 when one is there in part."""
    texts = list(session.scalars(select(Incident.text).order_by(Incident.id)))
    wanted = [f"{number} gezien" for number in range(1, len(texts))]
    persons = list(session.scalars(select(InvolvedPerson.incident_id)))
    whole = texts[:-1] == wanted and len(persons) == 2 * len(texts)
    return len(texts) if whole and texts[-1:] in ([], [str(len(texts))]) else -1


def judge(folder: Path, recording: Recording, done: int, begun: int) -> str:
    """What is wrong after a cut, or an empty text."""
    if problem := second_engine.problem(folder / "wbos.db", recording.data_key):
        return f"the second engine: {problem}"
    engine = open_engine(folder / "wbos.db", recording.data_key)
    try:
        if findings := integrity_report(engine):
            return findings[0]
        workspace = Workspace(
            engine, recording.audit_key, user_id=None, staff_id=None, role="coordinator"
        )
        saved = workspace.read(last_saved)
        if workspace.read(audit.find_breaks):
            return "the audit trail does not hold"
        return "" if done <= saved <= begun else f"{saved} saved, {done} acknowledged"
    finally:
        engine.dispose()


def losses(recording: Recording, base: Path, number: int, seed: int) -> list[str]:
    """What went wrong in `number` cuts of the power."""
    found = []
    for place, (files, done, begun) in enumerate(
        cuts(recording.before, recording.ops, number, seed)
    ):
        folder = base / f"cut-{seed}-{place}"
        judging = partial(judge, recording=recording, done=done, begun=begun)
        if problem := judged(folder, files, judging):
            found.append(problem)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_no_cut_loses_a_save(safe, tmp_path, seed):
    assert losses(safe, tmp_path, count(15, 500), seed) == []


def test_the_recording_saw_the_work(safe):
    kinds = {op[0] for op in safe.ops}
    assert {"write", "sync", "truncate", "mark"} <= kinds
    assert safe.ops[-1][0] != "mark" or len(safe.ops) > 10 * SAVES
    assert sum(op[0] == "sync" for op in safe.ops) >= SAVES


def test_without_syncs_the_same_suite_finds_losses(unsafe, tmp_path):
    """The control: if this passed unnoticed, the suite above would prove nothing."""
    assert len(losses(unsafe, tmp_path, count(15, 150), 4)) > count(15, 150) // 4
