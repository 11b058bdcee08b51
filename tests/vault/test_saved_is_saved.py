"""What is saved is never told as lost, and closing frees the vault whatever the disk does."""

from __future__ import annotations

import errno
import threading
import time

import pytest

from tests.vault.backup_fixture import SECRET, add, names
from wbos_desktop.db import audit, engine
from wbos_desktop.errors import DiskFull
from wbos_desktop.vault import lock, reserve, trail
from wbos_desktop.vault.envelope import State
from wbos_desktop.vault.trail import Mark, TrailFile
from wbos_desktop.workspace import opening
from wbos_desktop.workspace.opening import open_vault


def full(*_arguments):
    raise OSError(errno.ENOSPC, "full")


def full_told(*_arguments):
    raise DiskFull("vol")


def test_a_save_that_is_done_is_not_told_as_failed(vault, monkeypatch):
    vault.workspace._log_limit = 0  # empty the log after every save
    with monkeypatch.context() as broken:
        broken.setattr(opening, "record_audit_head", full_told)
        vault.workspace.write(add, "Joost")
    assert vault.workspace.read(names) == ["Karin", "Joost"]


def test_a_listener_with_a_bug_makes_no_save_fail(vault, caplog):
    heard = []
    vault.workspace.changed += [lambda _tables: heard[0], heard.append]
    vault.workspace.write(add, "Joost")
    assert heard == [{"staff"} | heard[0]]
    assert "bug: IndexError" in caplog.text


def test_the_reserve_is_given_when_the_log_is_emptied(vault, folder, monkeypatch):
    vault.workspace.write(add, "Joost")
    vault.workspace.settle()
    vault.workspace.write(add, "Fatima")
    record = opening.record_audit_head

    def fails_while_full(*arguments):
        if (folder / reserve.FILE_NAME).exists():
            full_told()
        record(*arguments)

    monkeypatch.setattr(opening, "record_audit_head", fails_while_full)
    monkeypatch.setattr(reserve, "keep", lambda _folder: False)
    vault.workspace.settle()
    assert not (folder / reserve.FILE_NAME).exists()


def test_a_lock_that_can_not_be_refreshed_is_no_harm(vault, monkeypatch):
    monkeypatch.setattr(lock, "_write", full)
    vault.workspace.write(add, "Joost")
    vault.workspace.settle()
    assert vault.workspace.read(names) == ["Karin", "Joost"]


def test_closing_frees_the_vault_on_a_failing_disk(folder, monkeypatch):
    vault = open_vault(folder, SECRET)
    vault.workspace.write(add, "Joost")
    with monkeypatch.context() as broken:
        broken.setattr(lock.os, "ftruncate", full)
        vault.workspace.close()
    again = open_vault(folder, SECRET)
    assert again.workspace.read(names) == ["Karin", "Joost"]
    again.workspace.close()


def test_stopping_when_nothing_waits_stops_no_later_save(vault):
    other = engine.connect(vault.folder / "wbos.db", vault.unlocked.keys.data_key)
    other.execute("BEGIN IMMEDIATE")
    vault.workspace.stop_waiting()  # the save was through just before the click
    threading.Timer(0.8, other.rollback).start()
    vault.workspace.write(add, "Joost")
    assert vault.workspace.read(names) == ["Karin", "Joost"]


def test_an_answer_of_the_other_lane_does_not_end_the_waiting(vault):
    told = []
    vault.workspace.alerts.append(lambda alert: told.append(alert.kind))
    other = engine.connect(vault.folder / "wbos.db", vault.unlocked.keys.data_key)
    other.execute("BEGIN IMMEDIATE")
    lane = threading.Thread(target=vault.workspace.write, args=(add, "Joost"))
    lane.start()
    while not told:
        time.sleep(0.01)
    vault.workspace.read(names)
    assert told == ["busy"]
    other.rollback()
    lane.join()
    assert told == ["busy", "free"]


# ---------------------------------------------------------------- the end of the audit trail
@pytest.fixture
def marks(tmp_path):
    return TrailFile(tmp_path, "5" * 32, b"a" * 32, State(audit_count=3))


def reread(tmp_path, count):
    state = State(audit_count=count, audit_head=bytes([count]) * 32 if count != 3 else bytes(32))
    return TrailFile(tmp_path, "5" * 32, b"a" * 32, state).read()


def mark(count):
    return Mark(count, bytes([count]) * 32)


def test_a_save_during_the_emptying_of_the_log_keeps_its_mark(marks, tmp_path):
    marks.keep(mark(4))
    marks.keep(mark(5))  # saved on the other lane, while the envelope gets line 4
    marks.settle(State(audit_count=4, audit_head=bytes([4]) * 32))
    assert reread(tmp_path, 4) == mark(5)


def test_the_marks_go_when_the_envelope_has_them(marks, tmp_path):
    marks.keep(mark(4))
    marks.settle(State(audit_count=4, audit_head=bytes([4]) * 32))
    assert not (tmp_path / trail.FILE_NAME).exists()


def test_of_two_lanes_the_further_mark_stays(marks, tmp_path):
    marks.keep(mark(5))
    marks.keep(mark(4))
    assert reread(tmp_path, 3) == mark(5)


def test_marks_of_two_threads_never_mix(marks, tmp_path):
    def keep(numbers):
        for number in numbers:
            marks.keep(mark(number))

    threads = [threading.Thread(target=keep, args=(range(4 + n, 200, 2),)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reread(tmp_path, 3) == mark(199)


def test_trail_and_envelope_hold_after_saves_on_two_lanes(vault):
    def save():
        for _number in range(20):
            vault.workspace.write(audit.note, "view", "staff", 1)

    lane = threading.Thread(target=save)
    lane.start()
    for _number in range(20):
        vault.workspace.settle()
        vault.workspace.write(audit.note, "view", "staff", 2)
    lane.join()
    folder = vault.folder
    vault.workspace.close()
    again = open_vault(folder, SECRET)
    assert again.doubt is None
    again.workspace.close()
