"""Going back to a backup: preview first, whole at every moment, undone with one call."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from tests import factories
from tests.helpers.counts import count
from tests.vault.backup_fixture import (
    FAST,
    MORNING,
    SECRET,
    add,
    left_behind,
    names,
    second_engine,
)
from wbos_desktop import vaults
from wbos_desktop.db import audit
from wbos_desktop.db.models.school import Pupil, Staff
from wbos_desktop.errors import (
    Cancelled,
    DamagedVault,
    Invalid,
    NotFound,
    StorageError,
    VaultError,
    WrongPassphrase,
)
from wbos_desktop.progress import Progress
from wbos_desktop.services import erasure
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault import exchange, files
from wbos_desktop.vault.folder import VaultFolder
from wbos_desktop.vault.unlock import change
from wbos_desktop.workspace import (
    backup,
    backup_keeping,
    backup_notes,
    backup_reading,
    checking,
    erasures,
    people,
    restoring,
)

NEW_SECRET = "gele trein over de brug"


@pytest.fixture
def made(vault):
    """A backup with Joost in it; the vault has Fatima since."""
    vault.workspace.write(add, "Joost")
    made = backup_keeping.back_up(vault)
    vault.workspace.write(add, "Fatima")
    return made


def restore(vault, made, opener, folder, secret=""):
    restoring.prepare(vault, made.path, secret)
    vault.workspace.close()
    restoring.put_in_place(folder)
    return opener(folder)


def test_preview_shows_both_sides(vault, made):
    seen = restoring.preview(vault, made.path)
    assert seen.header.made_at < seen.now.at
    assert seen.newer_actions == 1
    assert set(seen.now.counts) == set(seen.header.counts)
    assert not seen.other_school
    assert not seen.needs_secret


def test_restore_saves_the_present_state_first(vault, made, opener, folder):
    saved = restoring.prepare(vault, made.path)
    assert saved is not None
    vault.workspace.close()
    restoring.put_in_place(folder)
    back = opener(folder)
    assert back.workspace.read(names) == ["Karin", "Joost"]
    assert (back.notices, back.doubt) == ((), None)
    assert restoring.is_restored(back)
    again = restore(back, saved, opener, folder)
    assert again.workspace.read(names) == ["Karin", "Joost", "Fatima"]


def test_the_restored_vault_is_whole_and_goes_on(vault, made, opener, folder):
    back = restore(vault, made, opener, folder)
    vaults.settle_restored(back)
    assert not restoring.is_restored(back)
    back.workspace.write(add, "Sem")
    assert checking.check_vault(back) == []
    assert back.workspace.read(audit.find_breaks) == []
    assert left_behind(folder) == []
    back.workspace.close()
    assert second_engine(folder / "wbos.db", folder) == ("ok", 3)


def test_nothing_is_exchanged_before_the_vault_closes(vault, made):
    restoring.prepare(vault, made.path)
    assert vault.workspace.read(names) == ["Karin", "Joost", "Fatima"]
    vault.workspace.write(add, "Sem")
    assert exchange.lies_aside(vault.folder) is None


def test_what_was_laid_ready_and_not_used_goes_away(vault, made, opener, folder):
    restoring.prepare(vault, made.path)
    vault.workspace.close()
    assert left_behind(folder) == [exchange.INCOMING_NAME]
    assert opener(folder).workspace.read(names) == ["Karin", "Joost", "Fatima"]
    assert left_behind(folder) == []


def test_a_restore_that_finds_nothing_ready_leaves_the_last_undo(vault, made, opener, folder):
    """Between the lock and the exchange another start of the program cleared it away."""
    back = restore(vault, made, opener, folder)
    restoring.prepare(back, made.path)
    back.workspace.close()
    opener(folder).workspace.close()
    with pytest.raises(StorageError):
        restoring.put_in_place(folder)
    assert exchange.lies_aside(folder) is not None


def test_undo_and_undo_again(vault, made, opener, folder):
    back = restore(vault, made, opener, folder)
    back.workspace.write(add, "Sem")
    for expected in (["Karin", "Joost", "Fatima"], ["Karin", "Joost", "Sem"]):
        restoring.prepare_undo(back)
        back.workspace.close()
        restoring.undo(folder)
        back = opener(folder)
        assert back.workspace.read(names) == expected
        assert (back.notices, back.doubt) == ((), None)
        assert backup_notes.undo_until(folder) is not None


def test_undo_needs_a_restore(vault, folder):
    with pytest.raises(NotFound):
        restoring.prepare_undo(vault)
    vault.workspace.close()
    with pytest.raises(StorageError):
        restoring.undo(folder)


def test_stopping_changes_nothing(vault, made, opener, folder):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        restoring.prepare(vault, made.path, "", progress)
    assert left_behind(folder) == []
    assert vault.workspace.read(names) == ["Karin", "Joost", "Fatima"]


# ---------------------------------------------------------------- an old log beside the new file
def crashed(folder: Path, to: Path) -> Path:
    """The files as a crash leaves them: the log is not emptied. The vault is open meanwhile."""
    to.mkdir()
    for name in ("wbos.db", "wbos.db-wal", "wbos.db-shm", "keys.json", "keys.copy.json"):
        if (folder / name).exists():
            shutil.copy(folder / name, to / name)
    return to


@pytest.mark.torture
@pytest.mark.parametrize("turn", range(count(2, 20)))
def test_restore_over_a_left_behind_log_mixes_nothing(vault, made, opener, folder, tmp_path, turn):
    for _number in range(turn % 5):
        vault.workspace.write(audit.note, "view", "cases", 1)
    vault.workspace.write(add, "Sem")
    left = crashed(folder, tmp_path / "gecrasht")
    assert (left / "wbos.db-wal").stat().st_size > 0
    restoring.restore_closed(left, made.path, SECRET)
    assert not (left / "wbos.db-wal").exists()
    back = opener(left)
    assert back.workspace.read(names) == ["Karin", "Joost"]
    assert checking.check_vault(back) == []
    restoring.prepare_undo(back)
    back.workspace.close()
    restoring.undo(left)
    assert opener(left).workspace.read(names) == ["Karin", "Joost", "Fatima", "Sem"]


def test_control_a_file_put_beside_an_old_log_is_mixed_or_refused(
    vault, made, opener, folder, tmp_path
):
    """What the exchange prevents: the same files, put there by hand."""
    from wbos_desktop.vault import archive

    left = crashed(folder, tmp_path / "gecrasht")
    (left / "wbos.db").unlink()
    archive.extract_database(made.path, left / "wbos.db", lambda _done, _total: None)
    try:
        by_hand = opener(left)
        found = by_hand.workspace.read(names)
        whole = checking.check_vault(by_hand) == []
    except VaultError:
        return
    assert not (whole and found == ["Karin", "Joost"])


# ---------------------------------------------------------------- cut off at every step
STEPS = 10


class Cut(BaseException):
    """The power goes."""


def cut_after(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """Let the first `steps` renames and folder syncs of the exchange happen, then stop."""
    left = iter(range(steps))
    real = {"replace": files.replace, "sync_folder": files.sync_folder}

    def counted(name):
        def call(*arguments):
            if next(left, None) is None:
                raise Cut
            return real[name](*arguments)

        return call

    for name in real:
        monkeypatch.setattr(exchange, name, counted(name))


def begun(folder: Path, aside: str) -> bool:
    """From the journal on there is no way back: the next opening finishes."""
    return (folder / exchange.JOURNAL_NAME).exists() or (folder / aside / "wbos.db").exists()


@pytest.mark.parametrize("steps", range(STEPS))
def test_a_cut_exchange_gives_the_old_or_the_new_state(
    vault, made, opener, folder, monkeypatch, steps
):
    restoring.prepare(vault, made.path)
    vault.workspace.close()
    with monkeypatch.context() as patch:
        cut_after(patch, steps)
        with suppress(Cut):
            restoring.put_in_place(folder)
    began = begun(folder, "before-restore")
    back = opener(folder)
    assert back.workspace.read(names) == (
        ["Karin", "Joost"] if began else ["Karin", "Joost", "Fatima"]
    )
    assert (back.notices, back.doubt) == ((), None)
    assert checking.check_vault(back) == []
    if began:
        restoring.prepare_undo(back)
        back.workspace.close()
        restoring.undo(folder)
        assert opener(folder).workspace.read(names) == ["Karin", "Joost", "Fatima"]


@pytest.mark.parametrize("steps", range(STEPS))
def test_a_cut_undo_gives_the_one_or_the_other(vault, made, opener, folder, monkeypatch, steps):
    back = restore(vault, made, opener, folder)
    restoring.prepare_undo(back)
    back.workspace.close()
    with monkeypatch.context() as patch:
        cut_after(patch, steps)
        with suppress(Cut):
            restoring.undo(folder)
    began = begun(folder, "before-restore-2")
    found = opener(folder)
    expected = ["Karin", "Joost", "Fatima"] if began else ["Karin", "Joost"]
    assert found.workspace.read(names) == expected
    assert checking.check_vault(found) == []


def test_the_cuts_above_reach_into_the_exchange(vault, made, folder, monkeypatch):
    """The control: fewer steps than all are cut, all of them are not."""
    restoring.prepare(vault, made.path)
    vault.workspace.close()
    with monkeypatch.context() as patch:
        cut_after(patch, 3)
        with pytest.raises(Cut):
            restoring.put_in_place(folder)
    assert (folder / exchange.JOURNAL_NAME).exists()
    with monkeypatch.context() as patch:
        cut_after(patch, STEPS)
        exchange.finish(folder)


# ---------------------------------------------------------------- ways in
def test_todays_password_opens_the_restored_vault(vault, made, opener, folder):
    people.change_passphrase(vault, SECRET, NEW_SECRET, kdf=FAST)
    restoring.prepare(vault, made.path)
    vault.workspace.close()
    restoring.put_in_place(folder)
    with pytest.raises(WrongPassphrase):
        opener(folder, SECRET)
    assert opener(folder, NEW_SECRET).workspace.read(names) == ["Karin", "Joost"]


def test_who_forgot_it_gets_in_with_the_one_of_that_day(vault, made, opener, folder):
    people.change_passphrase(vault, SECRET, NEW_SECRET, kdf=FAST)
    vault.workspace.close()
    restoring.restore_closed(folder, made.path, SECRET)
    assert opener(folder, SECRET).workspace.read(names) == ["Karin", "Joost"]


def test_a_wrong_password_restores_nothing(vault, made, folder):
    vault.workspace.close()
    before = (folder / "wbos.db").read_bytes()
    with pytest.raises(WrongPassphrase):
        restoring.restore_closed(folder, made.path, "een ander wachtwoord")
    assert (folder / "wbos.db").read_bytes() == before


JOOSTS = "blauwe boot in de haven"


def add_colleague(session) -> int:
    person = Staff(given_name="Joost")
    session.add(person)
    session.flush()
    return person.id


def test_a_removed_colleague_stays_out_after_a_restore(vault, opener, folder):
    """Removing gives the vault a new key: the backup opens with the password of its day."""
    person = vault.workspace.write(add_colleague)
    user = people.add_user(vault, person, "member", JOOSTS, kdf=FAST)
    made = backup_keeping.back_up(vault)
    people.remove_user(vault, user)
    assert restoring.preview(vault, made.path).needs_secret
    with pytest.raises(Invalid, match="wachtwoord van de dag"):
        restoring.prepare(vault, made.path)
    with pytest.raises(WrongPassphrase):
        restoring.prepare(vault, made.path, "een heel ander woord")
    back = restore(vault, made, opener, folder, SECRET)
    assert back.workspace.read(names) == ["Karin", "Joost"]
    assert checking.check_vault(back) == []
    back.workspace.close()
    with pytest.raises(WrongPassphrase):
        opener(folder, JOOSTS)


# ---------------------------------------------------------------- a damaged or lost vault
def test_a_damaged_database_is_replaced_and_kept_aside(vault, made, opener, folder):
    vault.workspace.close()
    (folder / "wbos.db").write_bytes(b"rommel" * 9999)
    restoring.restore_closed(folder, made.path, SECRET)
    assert opener(folder).workspace.read(names) == ["Karin", "Joost"]
    assert (folder / "before-restore" / "wbos.db").read_bytes().startswith(b"rommel")


def test_lost_keys_come_back_with_a_backup(vault, made, opener, folder):
    vault.workspace.close()
    for name in ("keys.json", "keys.copy.json"):
        (folder / name).unlink()
    restoring.restore_closed(folder, made.path, SECRET)
    assert opener(folder).workspace.read(names) == ["Karin", "Joost"]


def test_a_lost_database_comes_back_with_a_backup(vault, made, opener, folder):
    vault.workspace.close()
    (folder / "wbos.db").unlink()
    with pytest.raises(DamagedVault):
        opener(folder)
    restoring.restore_closed(folder, made.path, SECRET)
    assert opener(folder).workspace.read(names) == ["Karin", "Joost"]


# ---------------------------------------------------------------- what was erased
def test_the_list_of_erasures_goes_into_the_restored_state(vault, made, opener, folder):
    key = vault.unlocked.keys.audit_key
    marks = (b"m" * 32, b"n" * 32)

    def mark(envelope):
        return envelope.with_state(envelopes.erasures_added(envelope.state, marks), key)

    change(folder, key, mark)
    back = restore(vault, made, opener, folder)
    assert restoring.erased(back) == marks
    assert back.unlocked.state_genuine
    assert vaults.settle_restored(back) == 0
    assert restoring.erased(back) == marks


def restored_without_a_pupil(vault, opener, folder):
    """The vault restored from before a pupil was erased, and the pupil."""
    pupil = vault.workspace.write(factories.make_pupil, None, given_name="Yasmin")
    made = backup_keeping.back_up(vault)
    uid = vault.workspace.read(lambda session: session.get_one(Pupil, pupil).uid)
    mark = vault.workspace.read(erasure.erasure_mark, "pupils", uid)
    erasures.keep_marks(vault, [mark])
    return restore(vault, made, opener, folder), pupil


def test_erased_again_at_the_first_unlock(vault, opener, folder):
    """The real thing: a pupil erased after the backup is gone after the restore too."""
    back, pupil = restored_without_a_pupil(vault, opener, folder)
    assert back.workspace.read(lambda session: session.get(Pupil, pupil)) is not None
    assert vaults.settle_restored(back) == 1
    assert back.workspace.read(lambda session: session.get(Pupil, pupil)) is None
    assert vaults.settle_restored(back) == 0


def test_the_undo_is_forgotten_after_its_days(vault, made, opener, folder, clock):
    back = restore(vault, made, opener, folder)
    restoring.forget_old_undo(back)
    assert exchange.lies_aside(folder) is not None
    clock.pass_days(400)
    restoring.forget_old_undo(back)
    assert exchange.lies_aside(folder) is None


# ---------------------------------------------------------------- copies in the vault folder
def lay_copies(folder):
    """What an update and a rescue leave, made today."""
    place = VaultFolder(folder)
    place.backups.mkdir(exist_ok=True)
    log = folder / f"wbos.db-wal.{MORNING:%Y%m%d}-090000.aside"
    for path in (place.before_migration, log):
        path.write_bytes(b"old rows")
        os.utime(path, (MORNING.timestamp(), MORNING.timestamp()))
    return [place.before_migration, log]


def test_no_copy_in_the_vault_folder_outlives_an_erasure(vault, made, opener, folder):
    from wbos_desktop.workspace import erasures

    back = restore(vault, made, opener, folder)
    copies = lay_copies(folder)
    assert exchange.lies_aside(folder) is not None
    assert erasures.leave_no_copies(back)
    assert exchange.lies_aside(folder) is None
    assert backup_notes.status(back).undo_until is None
    assert not any(path.exists() for path in copies)
    assert made.path.exists()
    assert not erasures.leave_no_copies(back)


@pytest.mark.parametrize(("days", "left"), [(13, True), (16, False)])
def test_old_copies_go_at_an_opening(vault, folder, clock, days, left):
    copies = lay_copies(folder)
    vaults.settle_restored(vault)
    assert all(path.exists() for path in copies)
    clock.pass_days(days)
    vaults.settle_restored(vault)
    assert [path.exists() for path in copies] == [left, left]


def test_copies_go_too_when_a_restore_erases_again(vault, opener, folder):
    back, _pupil = restored_without_a_pupil(vault, opener, folder)
    copies = lay_copies(folder)
    assert vaults.settle_restored(back) == 1
    assert not any(path.exists() for path in copies)


@pytest.mark.torture
def test_restores_are_right(vault, made, opener, folder, tmp_path):
    """In turn from two backups of different days; each checked to its last page (G5)."""
    second = backup.make_backup(vault, tmp_path)
    vault.workspace.close()
    for number in range(count(6, 100)):
        one, there = (second, 3) if number % 2 else (made, 2)
        restoring.restore_closed(folder, one.path, SECRET)
        back = opener(folder)
        assert len(back.workspace.read(names)) == there
        assert checking.check_vault(back) == []
        back.workspace.close()
    assert backup_reading.verify(second.path, SECRET, tmp_path / "c") == second.header
