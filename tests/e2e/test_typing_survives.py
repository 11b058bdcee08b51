"""Kill -9 while somebody types in the real window: at most ten seconds of typing are lost (G2)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.typing_child import LETTERS
from tests.helpers.counts import count
from wbos_desktop.services import drafts
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault

SECRET = "paarse fietsbel regent zacht"
FAST = KdfParams(memory_kib=64, iterations=1)
ROOT = Path(__file__).parents[2]
KILLS = count(2, 50)
MOST_LOST_SECONDS = 10
pytestmark = [pytest.mark.torture, pytest.mark.slow]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_vault(tmp_path / "kluis", SECRET, NewVault("De Linde", "VO", "Karin"), kdf=FAST)
    return tmp_path / "kluis"


def type_until_killed(folder: Path, seconds: float, keeping: str = "on") -> dict[int, float]:
    """Letters typed to the moment of each; the kill comes `seconds` after the first letter."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.typing_child", str(folder), SECRET, keeping],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "XDG_CONFIG_HOME": str(folder.parent / "config")},
    )
    moments: dict[int, float] = {}
    with child:
        assert child.stdout is not None
        for line in child.stdout:
            number, moment = line.split()
            moments[int(number)] = float(moment)
            if time.monotonic() - moments[1] >= seconds:
                child.send_signal(signal.SIGKILL)  # what was told before it is still read
        assert child.stderr is not None
        assert moments, child.stderr.read()
    moments[0] = moments[1]
    return moments


def kept_text(folder: Path) -> str:
    """What the vault gives back; then the draft is thrown away for the next kill."""
    vault = open_vault(folder, SECRET)
    kept = vault.workspace.read(drafts.find_form, "incident")
    vault.workspace.write(drafts.throw_away, "incident")
    vault.workspace.close()
    return str(kept.values["text"]) if kept else ""


def seconds_lost(moments: dict[int, float], text: str) -> float:
    """How long the typing took that is gone; the text that is back must be what was typed."""
    last = max(moments)
    assert text == (LETTERS * (len(text) // len(LETTERS) + 1))[: len(text)]
    return moments[last] - moments[min(len(text), last)]


def test_at_most_ten_seconds_are_lost(folder: Path) -> None:
    chance, lost = random.Random(7), []
    for _kill in range(KILLS):
        moments = type_until_killed(folder, chance.uniform(3.0, 8.0))
        lost.append(seconds_lost(moments, kept_text(folder)))
    print(f"{KILLS} kills, lost at most {max(lost):.1f} s, on average {sum(lost) / KILLS:.1f} s")
    assert max(lost) <= MOST_LOST_SECONDS


def test_without_keeping_all_is_lost(folder: Path) -> None:
    """The control: without it the test above could be blind."""
    moments = type_until_killed(folder, 4.0, keeping="off")
    assert kept_text(folder) == ""
    assert len(moments) > 20
