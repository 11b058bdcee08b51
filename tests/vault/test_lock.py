"""One program per vault; a crash leaves no lock behind (F-15 to F-17)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from wbos_desktop.errors import StorageError, VaultInUse
from wbos_desktop.vault import lock

HOLD = """
import sys, time, pathlib
from wbos_desktop.vault import lock
held = lock.acquire(pathlib.Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_second_program_is_refused_until_the_first_lets_go(tmp_path):
    held = lock.acquire(tmp_path)
    with pytest.raises(VaultInUse):
        lock.acquire(tmp_path)
    held.release()
    held.release()
    lock.acquire(tmp_path).release()


def test_killed_program_leaves_no_lock(tmp_path):
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "held\n"
    with pytest.raises(VaultInUse):
        lock.acquire(tmp_path)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert json.loads((tmp_path / lock.FILE_NAME).read_text())["pid"] == child.pid
    lock.acquire(tmp_path).release()


def test_number_of_a_dead_program_that_was_reused_does_not_matter(tmp_path):
    write_lock(tmp_path, pid=os.getpid(), host=lock.platform.node())
    held = lock.acquire(tmp_path)
    assert json.loads((tmp_path / lock.FILE_NAME).read_text())["pid"] == os.getpid()
    held.release()


def write_lock(folder, **owner):
    content = {"pid": 1, "host": "other", "at": time.time()} | owner
    (folder / lock.FILE_NAME).write_text(json.dumps(content))


def test_other_computer_is_named(tmp_path):
    write_lock(tmp_path, host="LAPTOP-7")
    with pytest.raises(VaultInUse, match="LAPTOP-7"):
        lock.acquire(tmp_path)


def test_old_lock_of_another_computer_is_taken_over(tmp_path):
    write_lock(tmp_path, at=time.time() - lock.STALE_AFTER - 1)
    with lock.acquire(tmp_path):
        assert json.loads((tmp_path / lock.FILE_NAME).read_text())["pid"] == os.getpid()
    assert (tmp_path / lock.FILE_NAME).read_bytes() == b""


def test_refresh_renews_the_time(tmp_path, monkeypatch):
    with lock.acquire(tmp_path) as held:
        monkeypatch.setattr(lock.time, "time", lambda: 12345.0)
        held.refresh()
        assert json.loads((tmp_path / lock.FILE_NAME).read_text())["at"] == 12345.0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"host": 3}', '{"host": "x", "at": "y"}'])
def test_strange_lock_is_taken_over(tmp_path, content):
    (tmp_path / lock.FILE_NAME).write_text(content)
    held = lock.acquire(tmp_path)
    assert json.loads((tmp_path / lock.FILE_NAME).read_text())["pid"] == os.getpid()
    held.release()


def test_folder_that_can_not_be_written(tmp_path):
    with pytest.raises(StorageError):
        lock.acquire(tmp_path / "missing")
