"""The power goes while people get in and out: the vault opens with the old or the new key."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.crash_people_child import colleague
from tests.helpers.counts import count
from wbos_desktop.db import audit
from wbos_desktop.db.models.school import Staff
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault

from .disk import cuts, judged
from .syscalls import SUPPORTED

FAST = KdfParams(memory_kib=64, iterations=1)
SECRET = "paarse fietsbel regent zacht"
OTHER = "groene tafel zingt vannacht"
ROOT = Path(__file__).parents[2]
STEPS = 8
CUTS = count(40, 1500)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.torture,
    pytest.mark.skipif(not SUPPORTED, reason="records the calls of Linux"),
]


def record(base, mode):
    """The vault as it was before, and every call to the disk from then on."""

    def hire(session):
        session.add(Staff(given_name="Joost", family_name="Veldkamp"))

    folder, log = base / "kluis", base / "calls"
    new = NewVault("De Linde", "VO", "Karin")
    create_vault(folder, SECRET, new, kdf=FAST, start_content=hire)
    shutil.copytree(folder, base / "before")
    command = [sys.executable, "-m", "tests.power.people_saver"]
    command += [str(word) for word in (folder, SECRET, OTHER, log, STEPS, mode)]
    subprocess.run(command, cwd=ROOT, check=True)
    return base / "before", pickle.loads(log.read_bytes())


def judge(folder, done, begun):
    """What is wrong after a cut, or an empty text."""
    vault = open_vault(folder, SECRET)
    try:
        if vault.doubt or vault.workspace.read_only:
            return "it opens for reading only"
        if findings := vault.workspace.check_pages():
            return findings[0]
        if vault.workspace.read(audit.find_breaks):
            return "the audit trail does not hold"
        inside = vault.workspace.read(colleague) is not None
        return "" if inside in (done % 2 == 1, begun % 2 == 1) else "half a step"
    finally:
        vault.workspace.close()


def losses(recording, base, number, seed):
    """What went wrong in `number` cuts of the power."""
    before, ops = recording
    found = []
    for files, done, begun in cuts(before, ops, number, seed):
        judging = partial(judge, done=done, begun=begun)
        if problem := judged(base / "cut", files, judging):
            found.append(problem)
    return found


def test_no_cut_of_the_power_closes_the_vault(tmp_path):
    recording = record(tmp_path, "safe")
    assert sum(op[0] == "sync" for op in recording[1]) > 10 * STEPS
    assert losses(recording, tmp_path, CUTS, 1) == []


def test_without_both_keys_the_same_cuts_close_it(tmp_path):
    """The control: if this passed unnoticed, the suite above would prove nothing."""
    assert losses(record(tmp_path, "blind"), tmp_path, CUTS, 2) != []
