"""Small files are whole or untouched, whatever fails on the way."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from wbos_desktop.errors import StorageError
from wbos_desktop.vault import files
from wbos_desktop.vault.files import remove_parts, write_whole


def test_written_and_private(tmp_path):
    write_whole(tmp_path / "a.json", b"one")
    write_whole(tmp_path / "a.json", b"two")
    assert (tmp_path / "a.json").read_bytes() == b"two"
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["a.json"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_failure_leaves_the_old_file(tmp_path, monkeypatch, step, number):
    write_whole(tmp_path / "a.json", b"old")

    def fail(*_args):
        raise OSError(number, "injected")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, step, fail)
        with pytest.raises(StorageError):
            write_whole(tmp_path / "a.json", b"new")
    assert (tmp_path / "a.json").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.json"]


def test_windows_waits_for_a_virus_scanner(tmp_path, monkeypatch):
    real, calls = os.replace, []

    def busy(source, target):
        calls.append(source)
        if len(calls) < 4:
            raise PermissionError(errno.EACCES, "held")
        real(source, target)

    (tmp_path / "a").write_bytes(b"new")
    monkeypatch.setattr(files.os, "replace", busy)
    monkeypatch.setattr(files.os, "name", "nt")
    monkeypatch.setattr(files.time, "sleep", lambda _seconds: None)
    files.replace(str(tmp_path / "a"), str(tmp_path / "b"))
    monkeypatch.undo()
    assert (tmp_path / "b").read_bytes() == b"new"


def test_parts_of_a_crash_are_removed(tmp_path):
    (tmp_path / ".keys.json.1234.part").write_bytes(b"half")
    (tmp_path / "keys.json").write_bytes(b"whole")
    remove_parts(tmp_path)
    assert os.listdir(tmp_path) == ["keys.json"]


def test_a_part_that_is_held_keeps_nobody_out(tmp_path, monkeypatch):
    held = tmp_path / ".keys.json.1234.part"
    held.write_bytes(b"half")

    def refuse(_path, **_options):
        raise PermissionError(13, "held by a virus scanner")

    with monkeypatch.context() as scanner:
        scanner.setattr(Path, "unlink", refuse)
        remove_parts(tmp_path)
    assert held.exists()
    remove_parts(tmp_path)
    assert not held.exists()
