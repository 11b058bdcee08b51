"""Who was removed since a backup stays out when that backup is put back, and knows no key of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.vault.backup_fixture import FAST, SECRET
from wbos_desktop import vaults
from wbos_desktop.db.models.school import Staff, User
from wbos_desktop.domain.backups import BackupMade
from wbos_desktop.errors import DamagedVault, NotAllowed, StorageError, WrongPassphrase
from wbos_desktop.vault import archive, slots
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.workspace import backup_keeping, checking, people, rekey, restoring
from wbos_desktop.workspace.opening import open_vault
from wbos_desktop.workspace.ways_in import known_ways

JOOSTS = "groene tafel zingt vannacht"


def hire(session):
    staff = Staff(given_name="Joost")
    session.add(staff)
    session.flush()
    return staff.id


def user_ids(session):
    return list(session.scalars(select(User.id)))


@pytest.fixture
def known_key(vault, folder, opener):
    """The key that Joost knew: of a backup that stands in the vault's place again."""
    joost = people.add_user(vault, vault.workspace.write(hire), "member", JOOSTS, kdf=FAST)
    made = backup_keeping.back_up(vault)
    key = vault.unlocked.keys.data_key
    people.remove_user(vault, joost)
    restoring.prepare(vault, made.path, SECRET)
    vault.workspace.close()
    restoring.put_in_place(folder)
    return key


def test_the_first_unlock_puts_it_under_a_new_key(folder, opener, known_key):
    back = opener(folder)
    assert back.unlocked.keys.data_key == known_key
    assert len(back.workspace.read(user_ids)) == 2
    vaults.settle_restored(back)
    assert back.unlocked.keys.data_key != known_key
    assert back.workspace.read(user_ids) == [1]
    back.workspace.close()
    with pytest.raises(WrongPassphrase):
        open_vault(folder, JOOSTS)
    again = opener(folder)
    key = again.unlocked.keys.data_key
    vaults.settle_restored(again)
    assert again.unlocked.keys.data_key == key  # once is enough


def test_key_files_that_do_not_fit_are_told_and_hold_up_nothing(
    folder, opener, known_key, monkeypatch
):
    def misfit(*_args):
        raise DamagedVault("De sleutels passen niet.")

    back = opener(folder)
    with monkeypatch.context() as patch:
        patch.setattr(people, "renew_data_key", misfit)
        vaults.settle_restored(back)
    assert "De sleutels passen niet." in back.notices
    assert back.workspace.read(user_ids) == [1]
    assert not restoring.is_restored(back)


def test_a_full_disk_leaves_it_to_the_next_unlock(folder, opener, known_key, monkeypatch):
    def full(*_args):
        raise StorageError("full")

    back = opener(folder)
    with monkeypatch.context() as patch:
        patch.setattr(rekey, "rekey", full)
        vaults.settle_restored(back)
    back.workspace.close()
    assert opener(folder).unlocked.keys.data_key != known_key


NEW = "blauwe stoel lacht morgen"


def put_back(vault, made, folder, secret=SECRET):
    restoring.prepare(vault, made.path, secret)
    vault.workspace.close()
    restoring.put_in_place(folder)


def opens(folder, secret, kind=slots.USER):
    try:
        open_vault(folder, secret, kind=kind).workspace.close()
    except WrongPassphrase:
        return False
    return True


@pytest.fixture
def joost(vault):
    return people.add_user(vault, vault.workspace.write(hire), "coordinator", JOOSTS, kdf=FAST)


# ---------------------------------------------------------------- today's ways in
def test_a_leaked_password_stays_out(vault, folder, opener):
    made = backup_keeping.back_up(vault)
    people.change_passphrase(vault, SECRET, NEW, leaked=True, kdf=FAST)
    put_back(vault, made, folder)
    assert (opens(folder, SECRET), opens(folder, NEW)) == (False, True)
    back = opener(folder, NEW)
    vaults.settle_restored(back)
    assert checking.check_vault(back) == []
    back.workspace.close()
    assert (opens(folder, SECRET), opens(folder, NEW)) == (False, True)


def test_a_colleagues_new_password_opens_it(vault, folder, opener, joost):
    made = backup_keeping.back_up(vault)
    people.renew_access(vault, joost, NEW, must_renew=True, kdf=FAST)
    put_back(vault, made, folder)
    assert not opens(folder, JOOSTS)
    assert opener(folder, NEW).must_renew


def test_the_recovery_code_of_today_opens_it(vault, folder, opener):
    before = people.new_recovery_code(vault, SECRET, kdf=FAST)
    made = backup_keeping.back_up(vault)
    today = people.new_recovery_code(vault, SECRET, kdf=FAST)
    put_back(vault, made, folder)
    vaults.settle_restored(back := opener(folder))
    back.workspace.close()
    assert not opens(folder, before.characters, slots.RECOVERY)
    assert opens(folder, today.characters, slots.RECOVERY)


def test_who_forgot_the_password_before_the_restore(vault, folder, opener, clock):
    code = people.new_recovery_code(vault, SECRET, kdf=FAST)
    made = backup_keeping.back_up(vault)
    vault.workspace.close()
    vault = open_vault(folder, code.characters, kind=slots.RECOVERY, clock=clock)
    people.set_passphrase(vault, NEW, kdf=FAST)
    put_back(vault, made, folder, "")
    assert (opens(folder, SECRET), opens(folder, NEW)) == (False, True)


def test_who_came_later_and_puts_it_back_gets_in(vault, folder, opener):
    """Karin's backup, and Karin is gone: the restored vault would open for nobody."""
    made = backup_keeping.back_up(vault)
    people.add_user(vault, vault.workspace.write(hire), "coordinator", JOOSTS, kdf=FAST)
    vault.workspace.close()
    joosts = opener(folder, JOOSTS)
    people.remove_user(joosts, 1)
    put_back(joosts, made, folder)
    assert not opens(folder, SECRET)
    back = opener(folder, JOOSTS)
    vaults.settle_restored(back)
    assert back.workspace.standing[1][2] == "coordinator"
    assert back.workspace.read(lambda s: list(s.scalars(select(Staff.given_name)))) == [
        "Karin",
        "Joost",
    ]


def test_a_role_of_that_day_does_not_return(vault, folder, opener, joost):
    def demote(session):
        session.get_one(User, joost).role = "reader"

    made = backup_keeping.back_up(vault)
    vault.workspace.write(demote)
    put_back(vault, made, folder, "")
    assert opener(folder, JOOSTS).workspace.standing[1][2] == "reader"


def test_the_restored_database_knows_no_replaced_slot(vault, folder, opener):
    """Else an old key file put beside it would get the new data key."""
    made = backup_keeping.back_up(vault)
    old = envelopes.from_bytes(archive.read_keys(made.path)).slots
    people.change_passphrase(vault, SECRET, NEW, leaked=True, kdf=FAST)
    put_back(vault, made, folder)
    ways = opener(folder, NEW).workspace.read(known_ways)
    user = next(slot for slot in old if slot.kind == slots.USER)
    assert not any(way.fits(user) for way in ways)


def test_the_first_unlock_tells_how_many_get_in(vault, folder, opener, joost):
    put_back(vault, backup_keeping.back_up(vault), folder, "")
    back = opener(folder)
    vaults.settle_restored(back)
    [notice] = back.notices
    assert "2 mensen" in notice
    assert "Kijk bij Toegang" in notice


# ---------------------------------------------------------------- at the door
def test_a_removed_colleague_stays_out_of_a_closed_restore(vault, folder, opener, joost):
    made = backup_keeping.back_up(vault)
    people.remove_user(vault, joost)
    vault.workspace.close()
    restoring.restore_closed(folder, made.path, SECRET)
    assert not opens(folder, JOOSTS)
    back = opener(folder)
    vaults.settle_restored(back)
    assert back.workspace.read(user_ids) == [1]


def test_a_removed_coordinator_restores_nothing(vault, folder, joost):
    made = backup_keeping.back_up(vault)
    people.remove_user(vault, joost)
    vault.workspace.close()
    before = (folder / "wbos.db").read_bytes()
    with pytest.raises(NotAllowed, match="nieuwe, lege map"):
        restoring.restore_closed(folder, made.path, JOOSTS)
    assert (folder / "wbos.db").read_bytes() == before
    assert not opens(folder, JOOSTS)


def test_a_member_restores_nothing_at_the_door(vault, folder):
    people.add_user(vault, vault.workspace.write(hire), "member", JOOSTS, kdf=FAST)
    made = backup_keeping.back_up(vault)
    vault.workspace.close()
    for _ in range(2):  # also over a vault that lost its keys
        with pytest.raises(NotAllowed, match="coördinator"):
            restoring.restore_closed(folder, made.path, JOOSTS)
        for name in ("keys.json", "keys.copy.json"):
            (folder / name).unlink(missing_ok=True)


# ---------------------------------------------------------------- undo of a restore
@pytest.fixture
def restored_vault(vault, folder, opener, joost):
    """Put back and unlocked; the state before it lies aside."""
    put_back(vault, backup_keeping.back_up(vault), folder, "")
    back = opener(folder)
    vaults.settle_restored(back)
    return back


def undo(vault, folder):
    restoring.prepare_undo(vault)
    vault.workspace.close()
    restoring.undo(folder)


def test_undo_brings_no_removed_colleague_back(restored_vault, folder, opener, joost):
    people.remove_user(restored_vault, joost)
    undo(restored_vault, folder)
    assert not opens(folder, JOOSTS)
    back = opener(folder)
    vaults.settle_restored(back)
    assert back.workspace.read(user_ids) == [1]


def test_undo_keeps_the_password_of_today(restored_vault, folder):
    people.change_passphrase(restored_vault, SECRET, NEW, kdf=FAST)
    undo(restored_vault, folder)
    assert (opens(folder, SECRET), opens(folder, NEW)) == (False, True)


def test_undo_after_a_leak_names_the_other_way(restored_vault, folder, opener):
    people.change_passphrase(restored_vault, SECRET, NEW, leaked=True, kdf=FAST)
    with pytest.raises(NotAllowed, match="back-up terug die WBOS maakte"):
        restoring.prepare_undo(restored_vault)
    saved = max((folder / "backups").glob("*.wbos"))
    put_back(restored_vault, BackupMade(saved, None, 0, 0), folder)
    assert (opens(folder, SECRET), opens(folder, NEW)) == (False, True)
