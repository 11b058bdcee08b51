"""The main job with every network call of Python refused: it does not miss one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CALLS = {
    "socket.connect": "s.connect(('127.0.0.1', 9))",
    "socket.bind": "s.bind(('127.0.0.1', 0))",
    "socket.getaddrinfo": "socket.getaddrinfo('localhost', 80)",
    "socket.sendto": "s.sendto(b'x', ('127.0.0.1', 9))",
}


def run_refused(folder: Path, *arguments: str) -> tuple[int, list[str], str]:
    """Exit status, the calls that were refused in it and its children, and what it said."""
    noted = folder / "refused.txt"
    paths = [str(Path(__file__).parent / "offline"), str(ROOT)]
    more = {"WBOS_TEST_REFUSED": str(noted), "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | more,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=240,
    )
    refused = noted.read_text().split() if noted.exists() else []
    return done.returncode, refused, done.stdout + done.stderr


def test_the_main_job_needs_no_network(tmp_path: Path) -> None:
    status, refused, said = run_refused(tmp_path, "-m", "tests.e2e.offline_child", str(tmp_path))
    assert (status, refused) == (0, []), said
    assert {path.suffix for path in (tmp_path / "uit").iterdir()} == {".pdf", ".xlsx"}


@pytest.mark.slow
def test_the_window_needs_no_network(tmp_path: Path) -> None:
    job = "tests/e2e/test_main_job.py::test_the_main_job_by_keyboard_alone"
    quiet = ("-q", "-p", "no:randomly", "-p", "no:cacheprovider")
    status, refused, said = run_refused(tmp_path, "-m", "pytest", job, *quiet)
    assert (status, refused) == (0, []), said


def test_a_call_in_the_job_would_be_found(tmp_path: Path) -> None:
    """The control: the same job that ends with one question to the network."""
    child = ("-m", "tests.e2e.offline_child", str(tmp_path), "break")
    status, refused, _said = run_refused(tmp_path, *child)
    assert status != 0
    assert refused == ["socket.getaddrinfo"]


@pytest.mark.parametrize("event", CALLS)
def test_every_call_is_refused_in_children_too(tmp_path: Path, event: str) -> None:
    """The control: a grandchild that swallows the error is found by the note."""
    code = f"import socket; s = socket.socket(type=socket.SOCK_DGRAM); {CALLS[event]}"
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-P', '-c', {code!r}])"
    status, refused, _said = run_refused(tmp_path, "-c", start)
    assert (status, refused) == (0, [event])
