"""Who was removed since a backup stays out when that backup is put back, and knows no key of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.vault.backup_fixture import *  # noqa: F403 - fixtures
from tests.vault.backup_fixture import FAST, SECRET
from wbos_desktop import vaults
from wbos_desktop.db.models.school import Staff, User
from wbos_desktop.errors import StorageError, WrongPassphrase
from wbos_desktop.workspace import backup_keeping, people, rekey, restoring
from wbos_desktop.workspace.opening import open_vault

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


def test_a_full_disk_leaves_it_to_the_next_unlock(folder, opener, known_key, monkeypatch):
    def full(*_args):
        raise StorageError("full")

    back = opener(folder)
    with monkeypatch.context() as patch:
        patch.setattr(rekey, "rekey", full)
        vaults.settle_restored(back)
    back.workspace.close()
    assert opener(folder).unlocked.keys.data_key != known_key
