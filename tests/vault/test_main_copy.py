"""One main copy: the others open for reading only, and there is a way back on purpose."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.vault.backup_fixture import SECRET, add, names
from wbos_desktop import vaults
from wbos_desktop.db.models.school import User
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.domain.backups import Standing
from wbos_desktop.errors import Cancelled, Invalid, NotAllowed, ReadOnlyVault, StorageError
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault.envelope import Envelope, State
from wbos_desktop.workspace import backup, backup_keeping, backup_notes, copies, restoring

ELSEWHERE = "Een andere kopie is de hoofdkopie geworden."


@pytest.fixture
def shared(vault, stick):
    """The vault with its backups on a stick, and the newest of them."""
    backup_notes.choose_place(vault, stick)
    return backup_keeping.back_up(vault)


def move_to(place: Path, file: Path, stick: Path, opener, *, main: bool = True):
    """Restore on 'another laptop' that uses the same stick, and open it there."""
    restoring.restore_to(place, file, SECRET, main=main)
    other = opener(place)
    vaults.settle_restored(other)
    if main:
        backup_notes.choose_place(other, stick)
    return other


def actions(session) -> list[str]:
    return list(session.scalars(AuditLine.__table__.select().with_only_columns(AuditLine.action)))


def test_a_restored_copy_becomes_the_main_one(vault, shared, stick, opener, tmp_path, folder):
    other = move_to(tmp_path / "nieuw", shared.path, stick, opener)
    other.workspace.write(add, "Sem")
    assert backup_keeping.back_up(other).header.main_number == 2
    vault.workspace.close()
    old = opener(folder)
    assert old.workspace.read_only.startswith(ELSEWHERE)
    assert old.workspace.read(names) == ["Karin"]
    with pytest.raises(ReadOnlyVault, match=ELSEWHERE):
        old.workspace.write(add, "Joost")
    with pytest.raises(ReadOnlyVault):
        backup_keeping.back_up(old)
    assert backup_keeping.back_up_when_due(old) is None


def test_the_old_copy_finds_out_at_its_next_backup(vault, shared, stick, opener, tmp_path):
    other = move_to(tmp_path / "nieuw", shared.path, stick, opener)
    backup_keeping.back_up(other)
    vault.workspace.write(add, "Joost")
    with pytest.raises(ReadOnlyVault, match=ELSEWHERE):
        backup_keeping.back_up(vault)
    assert vault.workspace.read_only.startswith(ELSEWHERE)


def test_it_stays_for_reading_when_the_stick_is_gone(
    vault, shared, stick, opener, tmp_path, folder
):
    other = move_to(tmp_path / "nieuw", shared.path, stick, opener)
    backup_keeping.back_up(other)
    vault.workspace.close()
    opener(folder).workspace.close()
    shutil.rmtree(stick)
    assert opener(folder).workspace.read_only.startswith(ELSEWHERE)


def test_handing_over(vault, stick, opener, tmp_path, folder):
    made = backup.hand_over(vault, stick)
    assert made.header.handed_over
    with pytest.raises(ReadOnlyVault, match="overgedragen"):
        vault.workspace.write(add, "Joost")
    vault.workspace.close()
    assert "overgedragen" in opener(folder).workspace.read_only
    other = move_to(tmp_path / "nieuw", made.path, stick, opener)
    assert other.workspace.read_only == ""
    other.workspace.write(add, "Sem")


def test_nothing_is_saved_that_the_other_laptop_does_not_get(vault, stick, monkeypatch):
    """Somebody goes on working while the backup for the other laptop is made."""
    copy, refused = backup._copy, []

    def work_meanwhile(*arguments):
        opened = copy(*arguments)
        with pytest.raises(ReadOnlyVault, match="overgedragen"):
            vault.workspace.write(add, "Joost")
        refused.append(opened)
        return opened

    monkeypatch.setattr(backup, "_copy", work_meanwhile)
    backup.hand_over(vault, stick)
    assert len(refused) == 1


@pytest.mark.parametrize("error", [StorageError("vol"), Cancelled()])
@pytest.mark.parametrize("step", ["backup._write", "copies.end_hand_over"])
def test_a_hand_over_that_fails_leaves_this_copy_the_main_one(
    vault, stick, opener, folder, monkeypatch, step, error
):
    def fail(*_arguments):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(f"wbos_desktop.workspace.{step}", fail)
        with pytest.raises(type(error)):
            backup.hand_over(vault, stick)
    vault.workspace.write(add, "Joost")
    vault.workspace.close()
    assert opener(folder).workspace.read_only == ""


def test_the_way_back_is_on_purpose_and_noted(vault, shared, stick, opener, tmp_path, folder):
    other = move_to(tmp_path / "nieuw", shared.path, stick, opener)
    backup_keeping.back_up(other)
    other.workspace.close()
    vault.workspace.close()
    back = opener(folder)
    copies.become_main(back)
    back.workspace.write(add, "Joost")
    assert "main_copy" in back.workspace.read(actions)
    assert backup_keeping.back_up(back).header.main_number == 3
    back.workspace.close()
    assert opener(folder).workspace.read_only == ""
    assert opener(tmp_path / "nieuw").workspace.read_only.startswith(ELSEWHERE)


def test_two_copies_of_one_backup_do_not_both_stay(vault, shared, stick, opener, tmp_path, clock):
    """Both became the main copy without knowing: the later one wins, the other finds out."""
    first = move_to(tmp_path / "een", shared.path, stick, opener)
    second = move_to(tmp_path / "twee", shared.path, stick, opener)
    backup_keeping.back_up(first)
    backup_keeping.back_up(second)
    with pytest.raises(ReadOnlyVault):
        backup_keeping.back_up(first)


def test_a_copy_to_read(vault, shared, stick, opener, tmp_path):
    other = move_to(tmp_path / "lezen", shared.path, stick, opener, main=False)
    assert "leeskopie" in other.workspace.read_only
    assert vault.workspace.read_only == ""


def test_restoring_in_place_stays_the_main_copy(vault, shared, opener, folder):
    restoring.prepare(vault, shared.path)
    vault.workspace.close()
    restoring.put_in_place(folder)
    back = opener(folder)
    assert back.workspace.read_only == ""
    assert backup_notes.vault_state(back).main_number == 1


def test_a_file_of_a_stranger_on_the_stick_closes_nothing(vault, shared, stick, opener, folder):
    """A forged header with a high number lacks the seal."""
    content = shared.path.read_bytes()
    forged = content.replace(b'"main":[1,""]', b'"main":[9,""]')
    assert forged != content
    (stick / "vals.wbos").write_bytes(forged)
    vault.workspace.close()
    assert opener(folder).workspace.read_only == ""


def test_only_a_coordinator_decides(vault, opener, folder, stick):
    vault.workspace.write(lambda session: setattr(session.get_one(User, 1), "role", "member"))
    vault.workspace.close()
    vault = opener(folder)
    for forbidden in (
        copies.become_main,
        lambda one: backup.hand_over(one, stick),
        restoring.prepare_undo,
        lambda one: restoring.preview(one, stick / "b.wbos"),
        lambda one: restoring.prepare(one, stick / "b.wbos"),
        lambda one: backup.make_backup(one, stick, handed_over=True),
        lambda one: backup_notes.choose_place(one, stick),
    ):
        with pytest.raises(NotAllowed, match="coördinator"):
            forbidden(vault)
    backup_keeping.back_up(vault)


def test_another_reason_for_reading_only_is_not_lifted(vault):
    vault.workspace.read_only = "De kluis is beschadigd."
    with pytest.raises(NotAllowed, match="beschadigd"):
        copies.become_main(vault)
    vault.workspace.read_only = ""


def test_a_folder_with_other_things_is_refused(shared, tmp_path):
    place = tmp_path / "vol"
    place.mkdir()
    (place / "brief.txt").write_text("x")
    with pytest.raises(Invalid):
        restoring.restore_to(place, shared.path, SECRET, main=True)
    assert [path.name for path in place.iterdir()] == ["brief.txt"]


# ---------------------------------------------------------------- the envelope's state
KEY = b"k" * 32


def test_an_older_envelope_reads_as_the_first_main_copy():
    old = Envelope("7" * 32, ()).with_state(State(audit_count=3), KEY)
    data = envelopes.to_bytes(old)
    assert b"copy" not in data
    read = envelopes.from_bytes(data)
    assert read.state_is_genuine(KEY)
    assert (read.state.standing, read.state.main_number) == (Standing.MAIN, 1)


def test_what_a_copy_is_can_not_be_changed_from_outside():
    state = State(standing=Standing.HANDED_OVER, main_number=2, main_since="2026")
    whole = Envelope("7" * 32, ()).with_state(state, KEY)
    read = envelopes.from_bytes(envelopes.to_bytes(whole))
    assert read.state == state
    assert read.state_is_genuine(KEY)
    forged = Envelope("7" * 32, (), State(main_number=2, main_since="2026"), whole.state_mac)
    assert not forged.state_is_genuine(KEY)
