"""Making a vault and its ways in, on the real database."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from wbos_desktop.db import audit
from wbos_desktop.db.models.school import School, Staff, StaffRole, User
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.errors import (
    DamagedVault,
    Invalid,
    StorageError,
    VaultError,
    VaultInUse,
    VaultMissing,
    WrongPassphrase,
)
from wbos_desktop.services import accountability
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault import lock, slots
from wbos_desktop.vault.kdf import STANDARD, KdfParams
from wbos_desktop.vault.recovery import new_code
from wbos_desktop.workspace import create, opening, people
from wbos_desktop.workspace.create import NewVault, check_folder, create_vault
from wbos_desktop.workspace.doubt import accept_doubt
from wbos_desktop.workspace.opening import open_vault

FAST = KdfParams(memory_kib=64, iterations=1)
SECRET = "paarse fietsbel regent zacht"
OTHER = "groene tafel zingt vannacht"
NEW = NewVault("De Linde", "VO", "Şeyma", "van der", "Berg")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "kluis"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One vault, made once: making it costs more than all the rest."""
    folder = tmp_path_factory.mktemp("made") / "kluis"
    return folder, create_vault(folder, SECRET, NEW, kdf=FAST)


@pytest.fixture
def code(made, folder):
    """The recovery code of a fresh copy of that vault in `folder`."""
    shutil.copytree(made[0], folder)
    return made[1]


def opens(folder, secret, kind=slots.USER):
    vault = open_vault(folder, secret, kind=kind)
    vault.workspace.close()
    return vault


def user_row(session):
    return session.scalars(select(User)).one()


def test_new_vault_has_its_first_rows(folder, code):
    vault = open_vault(folder, SECRET)

    def rows(session):
        staff, user = session.scalars(select(Staff)).one(), user_row(session)
        school = session.scalars(select(School)).one()
        role = session.scalars(select(StaffRole.role)).one()
        return school.name, school.sector, staff.sort_name, staff.code, user.role, role

    found = vault.workspace.read(rows)
    assert found == ("De Linde", "VO", "berg seyma", "BER", "coordinator", "zorg")
    assert vault.workspace.read(audit.find_breaks) == []
    assert (vault.notices, vault.by_recovery) == ((), False)
    vault.workspace.close()


def test_files_of_a_closed_vault(folder, code):
    assert sorted(os.listdir(folder)) == ["backups", "keys.copy.json", "keys.json", "wbos.db"]
    opens(folder, SECRET)
    assert not (folder / "wbos.db-wal").exists()
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_default_cost_is_the_standard(folder):
    create_vault(folder, SECRET, NEW)
    assert {slot.kdf for slot in envelopes.load(folder).envelopes[0].slots} == {STANDARD}


def test_code_that_was_shown_before_is_used(folder):
    code = new_code()
    assert create_vault(folder, SECRET, NEW, code=code, kdf=FAST) == code
    assert opens(folder, code.characters, slots.RECOVERY).by_recovery


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"school_name": " "}, "school_name"),
        ({"sector": "XX"}, "sector"),
        ({"given_name": "\u202e"}, "given_name"),
    ],
)
def test_wrong_answers_make_nothing(tmp_path, values, field):
    with pytest.raises(Invalid) as caught:
        create_vault(tmp_path / "kluis", SECRET, replace(NEW, **values), kdf=FAST)
    assert list(caught.value.fields) == [field]
    assert not (tmp_path / "kluis").exists()


@pytest.mark.parametrize("bad", ["kort", "wachtwoord123", "De Linde 2026!"])
def test_bad_passphrase_makes_nothing(folder, bad):
    with pytest.raises(Invalid):
        create_vault(folder, bad, NEW, kdf=FAST)
    assert not folder.exists()


def test_existing_vault_is_never_overwritten(folder, code):
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with pytest.raises(Invalid):
        create_vault(folder, OTHER, NEW, kdf=FAST)
    assert before == {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


@pytest.mark.parametrize("name", ["foto.jpg", "wbos.db", "keys.json", "keys.copy.json"])
def test_folder_with_files_is_refused(folder, name):
    folder.mkdir()
    (folder / name).write_bytes(b"mine")
    with pytest.raises(Invalid):
        check_folder(folder)
    with pytest.raises(Invalid):
        create_vault(folder, SECRET, NEW, kdf=FAST)
    assert (folder / name).read_bytes() == b"mine"


def test_empty_folder_is_used(folder):
    folder.mkdir(parents=True)
    create_vault(folder, SECRET, NEW, kdf=FAST)
    assert (folder / "wbos.db").stat().st_size > 0
    opens(folder, SECRET)


def test_leftovers_of_a_crash_are_cleared(folder):
    making = folder.with_name(".kluis.new")
    making.mkdir(parents=True)
    (making / "wbos.db").write_bytes(b"half")
    create_vault(folder, SECRET, NEW, kdf=FAST)
    assert not making.exists()
    opens(folder, SECRET)


def test_two_programs_do_not_make_one_vault(folder):
    making = folder.with_name(".kluis.new")
    making.mkdir(parents=True)
    with lock.acquire(making), pytest.raises(VaultInUse):
        create_vault(folder, SECRET, NEW, kdf=FAST)


@pytest.mark.parametrize("step", ["_fill", "put_in_place", "_first_rows"])
def test_failure_on_the_way_leaves_nothing(folder, monkeypatch, step):
    def fail(*_args):
        raise StorageError("full")

    monkeypatch.setattr(create, step, fail)
    with pytest.raises(StorageError):
        create_vault(folder, SECRET, NEW, kdf=FAST)
    assert [name for name in os.listdir(folder.parent) if "kluis" in name] == []


def test_start_content_comes_with_the_first_rows(folder):
    def content(session):
        session.add(Staff(given_name="Joost"))

    create_vault(folder, SECRET, NEW, kdf=FAST, start_content=content)
    vault = open_vault(folder, SECRET)
    names = vault.workspace.read(lambda session: session.scalars(select(Staff.given_name)).all())
    assert names == ["Şeyma", "Joost"]
    vault.workspace.close()


def test_failing_start_content_leaves_no_vault(folder):
    def content(_session):
        raise ValueError("catalogue")

    with pytest.raises(ValueError, match="catalogue"):
        create_vault(folder, SECRET, NEW, kdf=FAST, start_content=content)
    assert not folder.exists()


# Opening


def test_opening_what_is_not_there(folder):
    with pytest.raises(VaultMissing):
        open_vault(folder, SECRET)
    assert not folder.exists()


def test_second_opening_waits_for_the_first(folder, code):
    vault = open_vault(folder, SECRET)
    with pytest.raises(VaultInUse):
        open_vault(folder, SECRET)
    vault.workspace.close()
    opens(folder, SECRET)


def test_wrong_passphrase_frees_the_lock(folder, code):
    with pytest.raises(WrongPassphrase):
        open_vault(folder, OTHER)
    opens(folder, SECRET)


def test_damaged_database_is_not_called_a_wrong_passphrase(folder, code):
    whole = bytearray((folder / "wbos.db").read_bytes())
    whole[200] ^= 1
    (folder / "wbos.db").write_bytes(whole)
    with pytest.raises(DamagedVault):
        open_vault(folder, SECRET)


def test_missing_database_is_not_replaced(folder, code):
    (folder / "wbos.db").unlink()
    with pytest.raises(DamagedVault):
        open_vault(folder, SECRET)
    assert not (folder / "wbos.db").exists()


def test_repaired_key_file_is_told(folder, code):
    (folder / "keys.json").write_bytes(b"")
    assert len(opens(folder, SECRET).notices) == 1
    assert opens(folder, SECRET).notices == ()


def test_older_database_is_told(folder, code):
    older = (folder / "wbos.db").read_bytes()
    vault = open_vault(folder, SECRET)
    vault.workspace.write(lambda session: audit.note(session, "view", "users", 1))
    vault.workspace.close()
    (folder / "wbos.db").write_bytes(older)
    doubt = opens(folder, SECRET).doubt
    assert doubt is not None
    assert doubt.missing == 2  # the opening is a line too


def test_other_file_with_as_many_lines_is_told(folder, code):
    older = (folder / "wbos.db").read_bytes()
    for object_id in (1, 2):
        vault = open_vault(folder, SECRET)
        for number in range(3 - object_id):  # to decide is a line of its own
            vault.workspace.write(audit.note, "view", "users", number)
        newer = folder.with_name("other.db")
        vault.workspace.close()
        if object_id == 1:
            newer.write_bytes((folder / "wbos.db").read_bytes())
            (folder / "wbos.db").write_bytes(older)
            accept(folder)
    newer.replace(folder / "wbos.db")
    doubt = opens(folder, SECRET).doubt
    assert doubt is not None
    assert doubt.missing == 0


def accept(folder):
    vault = open_vault(folder, SECRET)
    accept_doubt(vault)
    vault.workspace.close()


# Closing


def test_closing_twice_and_late_work(folder, code):
    vault = open_vault(folder, SECRET)
    vault.workspace.close()
    vault.workspace.close()
    with pytest.raises(VaultError):
        vault.workspace.read(user_row)
    opens(folder, SECRET)


def test_settling_empties_the_log_and_keeps_the_head(folder, code):
    vault = open_vault(folder, SECRET)
    vault.workspace.write(lambda session: audit.note(session, "view", "users", 1))
    assert (folder / "wbos.db-wal").stat().st_size > 0
    vault.workspace.settle()
    assert (folder / "wbos.db-wal").stat().st_size == 0
    kept = envelopes.load(folder).envelopes[0].state
    assert kept.audit_count == vault.workspace.read(audit.head).count
    vault.workspace.close()


def test_vault_is_free_even_when_closing_fails(folder, code, monkeypatch):
    vault = open_vault(folder, SECRET)

    def fail(*_args):
        raise StorageError("full")

    with monkeypatch.context() as patch:
        patch.setattr(opening, "record_audit_head", fail)
        with pytest.raises(StorageError):
            vault.workspace.close()
    opens(folder, SECRET)


# New ways in


def test_changed_passphrase(folder, code):
    vault = open_vault(folder, SECRET)
    before = (folder / "wbos.db").read_bytes()
    people.change_passphrase(vault, SECRET, OTHER, kdf=FAST)
    assert (folder / "wbos.db").read_bytes() == before
    vault.workspace.close()
    opens(folder, OTHER)
    with pytest.raises(WrongPassphrase):
        open_vault(folder, SECRET)
    opens(folder, code.characters, slots.RECOVERY)


def test_change_needs_the_old_passphrase_and_a_good_new_one(folder, code):
    vault = open_vault(folder, SECRET)
    with pytest.raises(WrongPassphrase):
        people.change_passphrase(vault, OTHER, OTHER, kdf=FAST)
    with pytest.raises(Invalid):
        people.change_passphrase(vault, SECRET, "Seyma Berg De Linde", kdf=FAST)
    vault.workspace.close()
    opens(folder, SECRET)


def test_forgotten_passphrase(folder, code):
    vault = open_vault(folder, code.characters, kind=slots.RECOVERY)
    people.set_passphrase(vault, OTHER, kdf=FAST)
    assert len(envelopes.load(folder).envelopes[0].slots) == 2
    vault.workspace.close()
    found = opens(folder, OTHER)
    assert found.unlocked.state_genuine
    with pytest.raises(WrongPassphrase):
        open_vault(folder, SECRET)
    opens(folder, code.characters, slots.RECOVERY)
    assert len(envelopes.load(folder).envelopes[0].slots) == 2


def test_set_passphrase_is_for_the_recovery_code_only(folder, code):
    vault = open_vault(folder, SECRET)
    with pytest.raises(WrongPassphrase):
        people.set_passphrase(vault, OTHER, kdf=FAST)
    vault.workspace.close()


@pytest.mark.parametrize(("step", "works"), [("write", SECRET), ("settle", OTHER)])
def test_half_done_new_passphrase_is_finished_or_undone(folder, code, monkeypatch, step, works):
    vault = open_vault(folder, code.characters, kind=slots.RECOVERY)

    def crash(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if step == "write":
            patch.setattr(vault.workspace, "write", crash)
        else:
            patch.setattr(people.slots, "made_final", crash)
        with pytest.raises(KeyboardInterrupt):
            people.set_passphrase(vault, OTHER, kdf=FAST)
    vault.workspace.close()
    fails = OTHER if works == SECRET else SECRET
    with pytest.raises(WrongPassphrase):
        open_vault(folder, fails)
    opens(folder, works)
    user_slots = [s for s in envelopes.load(folder).envelopes[0].slots if s.kind == slots.USER]
    assert [slot.pending for slot in user_slots] == [False]


def test_without_known_slot_nothing_is_removed(folder, code):
    vault = open_vault(folder, SECRET)
    before = envelopes.load(folder).envelopes[0].slots
    opening.mend_slots(folder, vault.unlocked.keys.audit_key, [])
    vault.workspace.close()
    assert len(envelopes.load(folder).envelopes[0].slots) == len(before)
    opens(folder, SECRET)


def test_new_recovery_code(folder, code):
    vault = open_vault(folder, SECRET)
    with pytest.raises(WrongPassphrase):
        people.new_recovery_code(vault, OTHER, kdf=FAST)
    fresh = people.new_recovery_code(vault, SECRET, kdf=FAST)
    vault.workspace.close()
    opens(folder, fresh.characters, slots.RECOVERY)
    opens(folder, SECRET)
    with pytest.raises(WrongPassphrase):
        open_vault(folder, code.characters, kind=slots.RECOVERY)


def actions(vault):
    statement = select(AuditLine.action, AuditLine.object_id).order_by(AuditLine.seq.desc())
    return vault.workspace.read(lambda session: [tuple(row) for row in session.execute(statement)])


def test_each_opening_is_noted_with_the_wrong_tries_before_it(folder, code):
    for _ in range(2):
        with pytest.raises(WrongPassphrase):
            opens(folder, "dit is het verkeerde wachtwoord")
    opens(folder, SECRET)
    vault = open_vault(folder, SECRET)
    assert actions(vault)[:3] == [("unlock", 1), ("unlock", 1), ("wrong_tries", 2)]
    vault.workspace.close()


def test_opening_with_the_recovery_code_is_noted_as_such(folder, code):
    vault = open_vault(folder, code.characters, kind=slots.RECOVERY)
    assert actions(vault)[0] == ("unlock_by_code", 1)
    vault.workspace.close()


def test_who_agreed_is_kept_from_the_first_day(tmp_path: Path) -> None:
    day = dt.date(2026, 10, 1)
    new = NewVault("De Linde", "VO", "Karin", agreed_by="Het bestuur", agreed_on=day)
    create_vault(tmp_path / "kluis", SECRET, new, kdf=FAST)
    vault = open_vault(tmp_path / "kluis", SECRET)
    kept = vault.workspace.read(accountability.get_agreement)
    vault.workspace.close()
    assert (kept.agreed_by, kept.agreed_on) == ("Het bestuur", day)
