"""A key file that was forged, and a whole vault that is older than its backups: told, not used."""

from __future__ import annotations

import json
import shutil

import pytest
from sqlalchemy import select

from tests.vault.backup_fixture import FAST, SECRET, add, names
from tests.vault.test_restored_access import JOOSTS, hire
from wbos_desktop import vaults
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.errors import NotAllowed, ReadOnlyVault
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.workspace import backup_keeping, backup_notes, erasures, people, restoring
from wbos_desktop.workspace.doubt import accept_doubt

KEY_FILES = ("keys.json", "keys.copy.json")
MARK = b"m" * 32


def forge(folder, names=KEY_FILES, **state):
    """Change the state as somebody without any key can, and take the trail away."""
    for name in names:
        content = json.loads((folder / name).read_bytes())
        content.pop("checksum")
        content["state"].update(state)
        content["checksum"] = envelopes._checksum(content)
        (folder / name).write_text(json.dumps(content, indent=1) + "\n")
    for name in ("wbos.db-wal", "wbos.db-shm", "trail"):
        (folder / name).unlink(missing_ok=True)


def key_files(folder):
    return [(folder / name).read_bytes() for name in KEY_FILES]


@pytest.fixture
def forged(vault, folder):
    """With a backup that knows what was erased."""
    erasures.keep_marks(vault, [MARK])
    backup_keeping.back_up(vault)
    vault.workspace.write(add, "Joost")
    vault.workspace.close()
    forge(folder, audit_count=0, erasures=[])
    return folder


# ---------------------------------------------------------------- a forged state
def test_a_forged_state_is_in_doubt_and_read_only(forged, opener):
    vault = opener(forged)
    assert vault.doubt is not None
    assert vault.doubt.forged
    assert "buiten WBOS" in vault.doubt.text
    with pytest.raises(ReadOnlyVault):
        vault.workspace.write(add, "Fatima")


def test_a_forged_state_is_never_signed_before_it_is_accepted(forged, opener):
    before = key_files(forged)
    for _ in range(2):
        vault = opener(forged)
        vaults.settle_restored(vault)
        vault.workspace.close()
        assert key_files(forged) == before
    assert opener(forged).doubt is not None


def test_the_whole_copy_is_not_written_over_by_a_forged_one(vault, folder, opener):
    vault.workspace.close()
    genuine = (folder / "keys.copy.json").read_bytes()
    forge(folder, ("keys.json",), audit_count=0)
    opener(folder).workspace.close()
    assert (folder / "keys.copy.json").read_bytes() == genuine


def test_of_an_accepted_forged_state_nothing_is_taken_over(forged, opener):
    vault = opener(forged)
    accept_doubt(vault)
    vault.workspace.write(add, "Fatima")
    line = select(AuditLine.action).where(AuditLine.action == "accept_older")
    assert vault.workspace.read(lambda session: session.scalar(line)) == "accept_older"
    vault.workspace.close()
    again = opener(forged)
    assert (again.doubt, again.notices, again.unlocked.state_genuine) == (None, (), True)
    assert again.unlocked.state.erasures == (MARK,)


def test_a_forged_standing_is_not_believed(vault, folder, opener):
    vault.workspace.close()
    forge(folder, copy=[99, "2099", "main", ""])
    back = opener(folder)
    accept_doubt(back)
    assert backup_notes.vault_state(back).main_number == 1


def test_a_member_accepts_no_doubt(vault, folder, opener):
    people.add_user(vault, vault.workspace.write(hire), "member", JOOSTS, kdf=FAST)
    vault.workspace.close()
    forge(folder, audit_count=0)
    joosts = opener(folder, JOOSTS)
    with pytest.raises(NotAllowed):
        accept_doubt(joosts)
    assert joosts.workspace.read_only


# ---------------------------------------------------------------- an older folder
@pytest.fixture
def rolled_back(vault, folder, opener, tmp_path):
    """The whole folder of before Joost was removed, beside backups of after it."""
    joost = people.add_user(vault, vault.workspace.write(hire), "member", JOOSTS, kdf=FAST)
    vault.workspace.close()
    old = shutil.copytree(folder, tmp_path / "old")
    newer = opener(folder)
    people.remove_user(newer, joost)
    backup_keeping.back_up(newer)
    newer.workspace.close()
    shutil.copytree(folder / "backups", old / "backups", dirs_exist_ok=True)
    shutil.rmtree(folder)
    return shutil.copytree(old, folder)


def test_an_older_folder_is_told(rolled_back, opener):
    back = opener(rolled_back)
    assert back.doubt is not None
    assert "ouder dan zijn eigen back-up van di 24 nov 2026" in back.doubt.text
    with pytest.raises(ReadOnlyVault):
        back.workspace.write(add, "Geheim")


def test_an_older_folder_of_the_same_key_is_told(vault, folder, opener, stick, tmp_path):
    """The witness is the chosen place: the backups inside went along with the folder."""
    backup_notes.choose_place(vault, stick)
    vault.workspace.close()
    old = shutil.copytree(folder, tmp_path / "old")
    newer = opener(folder)
    newer.workspace.write(add, "Joost")
    backup_keeping.back_up(newer)
    newer.workspace.close()
    shutil.rmtree(folder)
    shutil.copytree(old, folder)
    back = opener(folder)
    assert back.doubt is not None
    assert back.doubt.missing > 0


def test_an_accepted_older_folder_is_told_once(rolled_back, opener):
    back = opener(rolled_back)
    accept_doubt(back)
    back.workspace.write(add, "Fatima")
    back.workspace.close()
    assert opener(rolled_back).doubt is None


def test_backups_of_before_a_restore_raise_no_doubt(vault, folder, opener):
    made = backup_keeping.back_up(vault)
    vault.workspace.write(add, "Joost")
    for settle in (False, True):
        restoring.prepare(vault, made.path, SECRET)
        vault.workspace.close()
        restoring.put_in_place(folder)
        vault = opener(folder)
        assert vault.doubt is None
        if settle:
            vaults.settle_restored(vault)
    vault.workspace.close()
    again = opener(folder)
    assert again.doubt is None
    assert again.workspace.read(names) == ["Karin"]


def test_a_stray_or_forged_backup_raises_no_doubt(vault, folder, opener):
    made = backup_keeping.back_up(vault)
    content = bytearray(made.path.read_bytes())
    at = content.index(b'"generation":') + len(b'"generation":')
    content[at : at + 1] = b"9"
    (made.path.parent / "wbos-backup-2.wbos").write_bytes(content)
    (made.path.parent / "rommel.wbos").write_bytes(b"rommel")
    vault.workspace.close()
    assert opener(folder).doubt is None
