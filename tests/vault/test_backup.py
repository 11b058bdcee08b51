"""Making backups: verified, never half, thinned, by themselves; and what a stick can do wrong."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.helpers.counts import count
from tests.vault.backup_fixture import SECRET, add, left_behind, persons
from wbos_desktop import vaults
from wbos_desktop.db import audit
from wbos_desktop.domain import backups
from wbos_desktop.errors import Cancelled, DamagedVault, Invalid, StorageError, UserError
from wbos_desktop.progress import Progress
from wbos_desktop.vault import archive, sealed_note
from wbos_desktop.workspace import backup, backup_keeping, backup_notes, backup_reading
from wbos_desktop.workspace.backup_check import read_inside
from wbos_desktop.workspace.opening import open_vault

ROOT = Path(__file__).parents[2]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.wbos"))


def test_a_backup_holds_what_was_saved_last(vault, stick):
    vault.workspace.write(add, "Joost")
    made = backup_keeping.back_up(vault)
    head = vault.workspace.read(audit.head)
    assert (made.header.audit_count, made.header.audit_head) == (head.count, head.mac)
    assert backup_reading.verify_own(vault, made.path) == made.header
    assert made.path.parent == vault.folder / "backups"
    assert left_behind(vault.folder) == []


def test_a_chosen_file_name_is_used_and_replaced_whole(vault, stick):
    target = stick / "mijn.wbos"
    first = backup.make_backup(vault, target)
    vault.workspace.write(add, "Joost")
    again = backup.make_backup(vault, target)
    assert first.path == again.path == target
    assert archive.read_header(target) == again.header
    assert files(stick) == ["mijn.wbos"]


def test_two_in_one_second_get_two_names(vault, stick, clock):
    first = backup.make_backup(vault, stick)
    clock.now = first.header.made_at - (clock() - clock.now) * 3
    assert len({first.path, backup.make_backup(vault, stick).path}) == 2


def test_nobody_else_may_read_it(vault, stick):
    made = backup.make_backup(vault, stick)
    assert made.path.stat().st_mode & 0o077 == 0


def test_stopping_leaves_nothing(vault, stick):
    progress = Progress()
    seen = []

    def report(done: int, total: int, what: str) -> None:
        seen.append(done)
        progress.cancel()

    progress = Progress(report)
    with pytest.raises(Cancelled):
        backup.make_backup(vault, stick, progress)
    assert seen
    assert list(stick.iterdir()) == []
    assert left_behind(vault.folder) == []
    backup.make_backup(vault, stick)


# ---------------------------------------------------------------- a place that fails
class Failing:
    """os.fsync, or writing itself, fails with this error from call `after` on."""

    def __init__(self, error: int, after: int = 0) -> None:
        self.error, self.left = error, after

    def __call__(self, *_arguments: object) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(self.error, os.strerror(self.error))


def fail_writing(monkeypatch: pytest.MonkeyPatch, error: int, after: int = 0) -> None:
    whole, failing = archive.write, Failing(error, after)

    def write(target, header, keys, database, audit_key, step):
        def counted(done: int, total: int) -> None:
            failing()
            step(done, total)

        return whole(target, header, keys, database, audit_key, counted)

    monkeypatch.setattr(archive, "write", write)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (errno.ENOSPC, "de schijf of stick is vol. Er is"),
        (errno.EROFS, "WBOS mag daar niet schrijven."),
        (errno.EACCES, "WBOS mag daar niet schrijven."),
        (errno.EIO, "de map of stick is niet te vinden."),
        (errno.ENODEV, "de map of stick is niet te vinden."),
        (errno.EFBIG, "op deze stick past geen bestand boven 4 GB."),
    ],
)
@pytest.mark.parametrize("after", [0, 2])
def test_a_failing_place_keeps_the_previous_backup(
    vault, stick, monkeypatch, error, sentence, after
):
    backup_notes.choose_place(vault, stick)
    previous = backup_keeping.back_up(vault).path
    content = previous.read_bytes()
    fail_writing(monkeypatch, error, after)
    with pytest.raises(StorageError) as caught:
        backup_keeping.back_up(vault)
    assert caught.value.message.startswith(f"De back-up is niet gemaakt: {sentence}")
    assert caught.value.message.endswith("Je vorige back-up staat er nog.")
    assert [path.name for path in stick.iterdir()] == [previous.name]
    assert previous.read_bytes() == content
    assert left_behind(vault.folder) == []
    assert backup_notes.status(vault).failed == caught.value.message


def test_a_pulled_stick_is_told_and_mends_itself(vault, stick):
    backup_notes.choose_place(vault, stick)
    stick.rmdir()
    with pytest.raises(StorageError, match="niet te vinden"):
        backup_keeping.back_up(vault)
    assert backup_notes.status(vault).is_old
    stick.mkdir()
    backup_keeping.back_up(vault)
    assert not backup_notes.status(vault).is_old


def test_no_room_is_told_before_anything_is_written(vault, stick, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(9, 9, 0))
    with pytest.raises(StorageError, match="Er is 3 MB nodig"):
        backup.make_backup(vault, stick)
    assert list(stick.iterdir()) == []


def test_what_the_disk_wrote_wrong_is_found_at_once(vault, stick, monkeypatch):
    """A stick that stores another byte than it was given."""
    replaced = os.fsync

    def spoil(descriptor: int) -> None:
        replaced(descriptor)
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        if str(stick) in name and name.endswith(".part"):
            os.pwrite(descriptor, b"\xff", 500_000)

    monkeypatch.setattr(os, "fsync", spoil)
    with pytest.raises(DamagedVault, match="niet heel"):
        backup.make_backup(vault, stick)
    assert list(stick.iterdir()) == []


def add_many(session) -> None:
    for number in range(300):
        add(session, f"{number} " + "x" * 2000)


def test_a_damaged_vault_gives_no_backup(vault, stick, folder):
    vault.workspace.write(add_many)
    vault.workspace.close()
    database = folder / "wbos.db"
    content = bytearray(database.read_bytes())
    content[len(content) * 9 // 10] ^= 1
    database.write_bytes(content)
    with pytest.raises(DamagedVault):
        open_and_back_up(folder, stick)
    assert list(stick.iterdir()) == []


def open_and_back_up(folder: Path, stick: Path) -> None:
    vault = open_vault(folder, SECRET)
    try:
        backup.make_backup(vault, stick)
    finally:
        vault.workspace.close()


# ---------------------------------------------------------------- copying a live file by hand
WRITER = """
import sys
from pathlib import Path
from sqlalchemy import func, select
from wbos_desktop.db.models.school import Staff
from wbos_desktop.workspace.opening import open_vault
vault = open_vault(Path(sys.argv[1]), sys.argv[2])
def add(session):
    session.add_all([Staff(given_name="x" * 2000), Staff(given_name="y" * 2000)])
print("ready", flush=True)
while True:
    vault.workspace.write(add)
"""


@pytest.fixture
def writer(folder):
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), SECRET], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    yield child
    child.kill()
    child.wait()
    child.stdout.close()


def missing_or_bad(copy: Path, keys) -> bool:
    """True when a copied database does not open whole with an even number of pairs."""
    try:
        read_inside(copy, keys, pages=True)
    except UserError:
        return True
    return False


def test_control_a_plain_copy_of_the_live_file_goes_wrong(folder, writer, tmp_path, new_vault):
    """Why backups are not made by copying: the file alone, while a program writes."""
    from wbos_desktop.vault.unlock import unlock

    keys = unlock(Path(shutil.copytree(new_vault, tmp_path / "keys")), SECRET).keys
    bad = 0
    for number in range(12):
        time.sleep(0.03)
        size = (folder / "wbos.db-wal").stat().st_size
        copy = tmp_path / f"{number}.db"
        shutil.copy(folder / "wbos.db", copy)
        # Whatever is in the log only is missing in the copy, if it opens at all.
        bad += size > 0 or missing_or_bad(copy, keys)
    assert bad > 0


@pytest.mark.torture
def test_backups_beside_a_busy_writer_are_all_good(vault, stick):
    """The same in one program: a second thread writes while backups are made (G5)."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Event

    stop = Event()

    def write() -> int:
        saved = 0
        while not stop.is_set():
            vault.workspace.write(add, "x" * 2000)
            saved += 1
        return saved

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        made = [backup.make_backup(vault, stick / f"{n}.wbos") for n in range(count(5, 100))]
        stop.set()
        assert writing.result() > 0
    for one in made:
        assert backup_reading.verify_own(vault, one.path) == one.header
    heads = [one.header.audit_count for one in made]
    assert heads == sorted(set(heads))


# ---------------------------------------------------------------- by themselves
def test_once_a_day_and_only_when_something_changed(vault, clock):
    assert backup_keeping.back_up_when_due(vault) is not None
    vault.workspace.write(add, "Joost")
    assert backup_keeping.back_up_when_due(vault) is None
    clock.pass_days(1)
    assert backup_keeping.back_up_when_due(vault) is not None
    clock.pass_days(1)
    assert backup_keeping.back_up_when_due(vault) is None


def test_a_week_without_changes_gives_a_fresh_one(vault, clock):
    backup_keeping.back_up_when_due(vault)
    clock.pass_days(6)
    assert backup_keeping.back_up_when_due(vault) is not None


def test_looking_is_a_change_and_unlocking_is_not(vault, clock, opener, folder):
    backup_keeping.back_up_when_due(vault)
    clock.pass_days(1)
    vault.workspace.write(audit.note, "unlock", "users", 1)
    assert backup_keeping.back_up_when_due(vault) is None
    vault.workspace.write(audit.note, "view", "cases", 1)
    assert backup_keeping.back_up_when_due(vault) is not None


def test_a_failing_stick_leaves_one_on_the_laptop_and_tells(vault, stick, folder, opener):
    backup_notes.choose_place(vault, stick / "weg")
    made = backup_keeping.back_up_when_due(vault)
    assert made is not None
    assert made.path.parent == folder / "backups"
    vault.workspace.close()
    again = opener(folder)
    assert any("De back-up is niet gemaakt" in notice for notice in again.notices)


def test_a_year_of_days_stays_within_bounds(vault, stick, clock, monkeypatch):
    """Headers are real, contents are small: 400 backups thinned as the days go by."""
    made = backup.make_backup(vault, stick)
    keys, start = vault.unlocked.keys.audit_key, clock.now
    for day in range(1, 121):
        at = start + (clock() - clock.now) + day * (backups.dt.timedelta(days=1))
        fake_backup(made, at, stick, keys)
    clock.pass_days(121)
    stranger = stick / "vakantie.wbos"
    shutil.copy(made.path, stranger)
    gone = backup_keeping.thin(vault, stick)
    rows = backup_reading.list_backups([stick], vault.unlocked.vault_id)
    ours = [row for row in rows if row.path != stranger]
    assert gone > 90
    assert 20 <= len(ours) <= 24
    assert stranger.exists()
    assert min(row.made_at for row in ours) >= clock.now - backups.dt.timedelta(days=91)


def test_a_clock_far_ahead_deletes_no_backup(vault, stick, clock, opener, folder):
    for _day in range(3):
        backup.make_backup(vault, stick)
        clock.pass_days(1)
    vault.workspace.close()
    right = clock.now
    clock.pass_days(3650)
    ahead = opener(folder)
    backup.make_backup(ahead, stick)
    assert backup_keeping.thin(ahead, stick) == 0
    ahead.workspace.close()
    clock.now = right
    assert backup_keeping.thin(opener(folder), stick) == 0
    assert len(list(stick.iterdir())) == 4


def fake_backup(made, at, place: Path, audit_key: bytes) -> None:
    """A backup with another date and the least of a database in it."""
    from dataclasses import replace

    small = place / "klein.db"
    small.write_bytes(b"x")
    header = replace(made.header, made_at=at, database_length=1, keys_length=2)
    with (place / backups.file_name(at)).open("wb") as file:
        archive.write(file, header, b"{}", small, audit_key, lambda _done, _total: None)
    small.unlink()


def test_another_vaults_backups_are_not_thinned(vault, stick, clock, tmp_path):
    made = backup.make_backup(vault, stick)
    at = clock.now - backups.dt.timedelta(days=300)
    fake_backup(made, at, stick, b"x" * 32)
    assert backup_keeping.thin(vault, stick) == 0


def test_what_a_kill_left_is_cleared_at_the_next_unlock(vault, stick, folder, opener):
    backup_notes.choose_place(vault, stick)
    part = stick / f".wbos-backup-x.wbos.{vault.unlocked.vault_id[:8]}.part"
    other = stick / ".wbos-backup-x.wbos.00000000.part"
    part.write_bytes(b"half")
    other.write_bytes(b"of another school")
    (folder / ".backup.1234.part").mkdir()
    vault.workspace.close()
    again = opener(folder)
    vaults.settle_restored(again)
    assert [path.name for path in stick.iterdir()] == [other.name]
    assert left_behind(folder) == []


# ---------------------------------------------------------------- the drill
def test_the_drill_reports_and_changes_nothing(vault, stick):
    backup_notes.choose_place(vault, stick)
    made = backup_keeping.back_up(vault)
    content = made.path.read_bytes()
    before = vault.workspace.read(persons)
    report = backup_reading.practise(vault)
    assert report.findings == ()
    assert report.counts == made.header.counts
    assert vault.workspace.read(persons) == before
    assert made.path.read_bytes() == content
    assert left_behind(vault.folder) == []
    assert backup_notes.status(vault).practised_on == made.header.made_at.date()


def test_the_drill_needs_a_backup(vault):
    with pytest.raises(Invalid, match="nog geen back-up"):
        backup_reading.practise(vault)


def test_the_drill_finds_a_damaged_backup(vault, stick):
    backup_notes.choose_place(vault, stick)
    made = backup_keeping.back_up(vault)
    content = bytearray(made.path.read_bytes())
    content[len(content) // 2] ^= 4
    made.path.write_bytes(content)
    with pytest.raises(DamagedVault):
        backup_reading.practise(vault)


def test_a_place_chosen_during_a_backup_is_not_forgotten(vault, stick, monkeypatch):
    made = backup_keeping.back_up(vault)
    load, between = sealed_note.load, threading.Event()

    def slowly(*arguments):
        note = load(*arguments)
        if not between.is_set():
            between.set()
            time.sleep(0.3)
        return note

    monkeypatch.setattr(sealed_note, "load", slowly)
    lane = threading.Thread(target=backup_notes.note_made, args=(vault, made))
    lane.start()
    assert between.wait(10)
    backup_notes.choose_place(vault, stick)
    lane.join()
    assert backup_notes.place(vault) == stick


def test_the_notes_are_sealed_and_survive_damage(vault, stick, folder):
    backup_notes.choose_place(vault, stick / "Yasmin")
    note = folder / backup_notes.FILE_NAME
    assert b"Yasmin" not in note.read_bytes()
    note.write_bytes(b"x" + note.read_bytes()[1:])
    assert backup_notes.status(vault).place is None
