"""What a child for a file from outside can still reach."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from wbos_desktop import confined

ANSWER = """
from wbos_desktop import confined
from wbos_desktop.documents import child
from wbos_desktop.ui import pdf_child

def attempt(*asked):
    for mode in ("rb", "wb"):
        try:
            open({path!r}, mode).close()
            print(mode)
        except OSError as error:
            print(type(error).__name__)
"""
PDF_CHILD = ANSWER + "pdf_child.serve = attempt\npdf_child.main()\n"
READER = ANSWER + "child.limit_memory()\nattempt()\n"

landlock = pytest.mark.skipif(
    confined._call(confined._CREATE_RULESET, None, 0, confined._ONLY_VERSION) < 1,
    reason="this system has no Landlock",
)


def run(script: str, path: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-P", "-c", script.format(path=str(path))],
        input=bytes(8),
        capture_output=True,
        check=True,
        env=confined.environment(),
    )
    return done.stdout.decode().split()


@landlock
@pytest.mark.parametrize("script", [PDF_CHILD, READER])
def test_a_child_opens_no_file_of_the_user(script: str, tmp_path: Path) -> None:
    vault = tmp_path / "wbos.db"
    vault.write_bytes(b"content")
    assert run(script, vault) == ["PermissionError", "PermissionError"]
    assert vault.read_bytes() == b"content"


@landlock
def test_a_child_reaches_no_network() -> None:
    script = """
import socket
from wbos_desktop import confined
listening = socket.create_server(("127.0.0.1", 0))
confined.shut_files(())
try:
    socket.create_connection(listening.getsockname())
except PermissionError:
    print("refused")
"""
    assert run(script, Path()) == ["refused"]


def test_a_child_writes_no_file(tmp_path: Path) -> None:
    script = """
from wbos_desktop import confined
confined.limit(seconds=10)
try:
    with open({path!r}, "wb") as file:
        file.write(b"x" * 10)
except OSError:
    print("refused")
"""
    assert run(script, tmp_path / "new") == ["refused"]
    assert (tmp_path / "new").read_bytes() == b""


def test_a_child_gets_few_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WBOS_DATA_DIR", "PYTHONPATH", "QT_PLUGIN_PATH", "SSH_AUTH_SOCK"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("PATH", "/bin")
    known = confined.environment()
    assert known["PATH"] == "/bin"
    assert set(known) <= confined._PASSED_ON
