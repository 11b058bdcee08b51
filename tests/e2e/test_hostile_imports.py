"""Twenty-three files that break readers: refused or read right, cheaply, and the program lives
(G14). A careless reader fails on the same files: else the suite would prove nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.hostile_files import FILES, READ
from tests.helpers.counts import FULL

ROOT = Path(__file__).parents[2]
MOST_MB = 300
MOST_SECONDS = 5

pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(sys.platform == "win32", reason="measures memory as POSIX does"),
]


def run(path: Path, way: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.e2e.hostile_child", str(path), way]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_or_read_right(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    found = run(path, "ours")
    assert found["outcome"] == ("read" if name in READ else "refused"), found
    assert found["peak_mb"] < MOST_MB, found
    # A clock says little on a busy machine: it counts where nothing else runs.
    assert not FULL or found["seconds"] < MOST_SECONDS, found
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "wanted"), [("cp1252.csv", ["Zoë"]), ("utf16.csv", ["Şeyma"]), ("nul.csv", ["Bo"])]
)
def test_what_is_read_is_right(tmp_path: Path, name: str, wanted: list[str]) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    assert run(path, "ours")["names"] == wanted


def test_strange_names_arrive_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(FILES["names.csv"]())
    assert {"O'Brien", "شيماء", "李", "=1+1", "'; DROP TABLE--"} <= set(run(path, "ours")["names"])


@pytest.mark.parametrize("name", ["far.xlsx", "cell.xlsx"])
def test_a_careless_reader_fails_on_it(tmp_path: Path, name: str) -> None:
    """The control: the traps are real."""
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    found = run(path, "careless")
    assert found["outcome"] == "failed" or found["peak_mb"] > MOST_MB, found
