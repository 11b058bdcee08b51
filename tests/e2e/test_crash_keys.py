"""Kill -9 while passphrases change: the envelope is the old or the new one, never lost (F-26)."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helpers.counts import count
from wbos_desktop.errors import WrongPassphrase
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault import slots
from wbos_desktop.vault.envelope import Envelope, State
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.vault.unlock import unlock

FAST = KdfParams(memory_kib=64, iterations=1)
KEYS = slots.VaultKeys(b"d" * 32, b"a" * 32)
ROOT = Path(__file__).parents[2]
CHILD = """
import os, sys
from pathlib import Path
from wbos_desktop.vault import kdf, slots
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.vault.unlock import change, unlock
kdf.FLOOR = KdfParams(64, 1)
folder, number = Path(sys.argv[1]), int(sys.argv[2])
opened = unlock(folder, f"secret {number}")
os.write(1, b"ready\\n")
while True:
    old, new = f"secret {number}", f"secret {number + 1}"
    def rewrite(envelope):
        slot = envelope.slots[0]
        fast = KdfParams(64, 1)
        return envelope.with_slot(slots.change_secret(slot, envelope.vault_id, old, new, kdf=fast))
    change(folder, opened.keys.audit_key, rewrite)
    number += 1
    os.write(1, f"{number}\\n".encode())
"""


@pytest.fixture
def folder(tmp_path):
    slot = slots.make_slot("7" * 32, slots.USER, "secret 0", KEYS, kdf=FAST)
    envelope = Envelope("7" * 32, (slot,)).with_state(State(), KEYS.audit_key)
    envelopes.save(tmp_path, envelope)
    return tmp_path


def change_until_killed(folder: Path, number: int, seconds: float) -> int:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(number)], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    lines = child.communicate()[0].decode().split("\n")[:-1]
    return int(lines[-1]) if lines else number


def current(folder: Path, acknowledged: int) -> int:
    """The number of the secret that opens the envelope now."""
    try:
        assert unlock(folder, f"secret {acknowledged}").keys == KEYS
    except WrongPassphrase:
        assert unlock(folder, f"secret {acknowledged + 1}").keys == KEYS
        return acknowledged + 1
    return acknowledged


@pytest.mark.slow
@pytest.mark.torture
def test_fifty_kills_lose_no_way_in(folder):
    chance, number = random.Random(3), 0
    for _kill in range(count(50, 200)):
        acknowledged = change_until_killed(folder, number, chance.uniform(0.0, 0.03))
        number = current(folder, acknowledged)
        found = envelopes.load(folder)
        assert found.equal
    assert number > 20
