"""Several people in one vault: who gets in, who is out, and what old files still open."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from wbos_desktop.db.models.school import Staff, User
from wbos_desktop.db.models.system import KeyState
from wbos_desktop.db.presenting import Shown
from wbos_desktop.errors import (
    DamagedVault,
    Invalid,
    NotAllowed,
    ReadOnlyVault,
    StorageError,
    VaultError,
    VaultInUse,
    WrongPassphrase,
)
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault import slots
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.workspace import people, rekey
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault
from wbos_desktop.workspace.presenting import PresentedWorkspace

FAST = KdfParams(memory_kib=64, iterations=1)
SECRET = "paarse fietsbel regent zacht"
OTHER = "groene tafel zingt vannacht"
THIRD = "blauwe wolk danst op straat"
NEW = NewVault("De Linde", "VO", "Karin", "", "Bosman")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Karin, coordinator, with Joost and Anna who can't unlock yet."""
    folder = tmp_path_factory.mktemp("made") / "kluis"
    code = create_vault(folder, SECRET, NEW, kdf=FAST, start_content=_add_colleagues)
    return folder, code


def _add_colleagues(session):
    session.add(Staff(given_name="Joost", family_name="Veldkamp", code="VEL"))
    session.add(Staff(given_name="Anna", family_name="Smit", code="SMI"))


@pytest.fixture
def folder(made, tmp_path):
    return shutil.copytree(made[0], tmp_path / "kluis")


@pytest.fixture
def vault(folder):
    vault = open_vault(folder, SECRET)
    yield vault
    vault.workspace.close()


def staff_id(vault, given_name):
    statement = select(Staff.id).where(Staff.given_name == given_name)
    return vault.workspace.read(lambda session: session.scalar(statement))


def add(vault, given_name, role="member", secret=OTHER, **more):
    return people.add_user(vault, staff_id(vault, given_name), role, secret, kdf=FAST, **more)


def opens(folder, secret, kind=slots.USER):
    vault = open_vault(folder, secret, kind=kind)
    vault.workspace.close()
    return vault


def names(vault):
    statement = select(Staff.given_name).order_by(Staff.id)
    return vault.workspace.read(lambda session: list(session.scalars(statement)))


def final_slots(folder):
    return [s for s in envelopes.load(folder).envelopes[0].slots if not s.pending]


def who(vault):
    return vault.workspace.read(lambda session: session.info["context"])


# Adding


def test_a_colleague_opens_the_vault_in_an_own_role(folder, vault):
    user_id = add(vault, "Joost", "lead")
    vault.workspace.close()
    for secret, expected in [(OTHER, (user_id, "lead")), (SECRET, (1, "coordinator"))]:
        found = open_vault(folder, secret)
        assert (who(found).user_id, who(found).role) == expected
        found.workspace.close()


def test_only_a_coordinator_adds_and_removes(folder, vault):
    user_id = add(vault, "Joost", "lead")
    vault.workspace.close()
    lead = open_vault(folder, OTHER)
    for attempt in (
        lambda: add(lead, "Anna", secret=THIRD),
        lambda: people.remove_user(lead, 1),
        lambda: people.renew_access(lead, user_id, THIRD, kdf=FAST),
        lambda: people.new_recovery_code(lead, OTHER, kdf=FAST),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    lead.workspace.close()
    assert len(final_slots(folder)) == 3


@pytest.mark.parametrize(
    ("role", "secret", "field"),
    [
        ("member", "kort", "passphrase"),
        ("baas", OTHER, "role"),
        ("member", "veldkamp1!", "passphrase"),
    ],
)
def test_wrong_answers_change_nothing(folder, vault, role, secret, field):
    before = (folder / "keys.json").read_bytes()
    with pytest.raises(Invalid) as caught:
        add(vault, "Joost", role, secret)
    assert list(caught.value.fields) == [field]
    assert (folder / "keys.json").read_bytes() == before


def test_the_names_of_the_colleague_make_no_passphrase(vault):
    with pytest.raises(Invalid):
        add(vault, "Joost", secret="Joost Veldkamp 12")


def test_nobody_gets_two_ways_in(vault):
    add(vault, "Joost")
    with pytest.raises(Invalid) as caught:
        add(vault, "Joost", secret=THIRD)
    assert list(caught.value.fields) == ["staff_id"]


def test_eleven_people_and_the_code_fit(folder, vault):
    def hire(session):
        session.add_all([Staff(given_name=f"Persoon {n}") for n in range(10)])

    vault.workspace.write(hire)
    for n in range(10):
        add(vault, f"Persoon {n}", secret=f"{OTHER} {n}")
    assert len(final_slots(folder)) == 12
    with pytest.raises(Invalid) as caught:
        add(vault, "Joost", secret=THIRD)
    assert list(caught.value.fields) == ["staff_id"]
    # A full vault can still replace a way in.
    people.renew_access(vault, 2, THIRD, kdf=FAST)
    vault.workspace.close()
    opens(folder, THIRD)


@pytest.mark.parametrize(("step", "works"), [("write", False), ("settle", True)])
def test_half_added_colleague_is_finished_or_undone(folder, vault, monkeypatch, step, works):
    def crash(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if step == "write":
            patch.setattr(people, "_add_row", crash)
        else:
            patch.setattr(people, "_settle", crash)
        with pytest.raises(KeyboardInterrupt):
            add(vault, "Joost")
    vault.workspace.close()
    opens(folder, SECRET)
    assert len(final_slots(folder)) == (3 if works else 2)
    if works:
        opens(folder, OTHER)
    else:
        with pytest.raises(WrongPassphrase):
            open_vault(folder, OTHER)


# Start passwords


def test_a_start_password_asks_for_another_one(folder, vault):
    add(vault, "Joost", must_renew=True)
    vault.workspace.close()
    first = open_vault(folder, OTHER)
    assert first.must_renew
    people.set_passphrase(first, THIRD, kdf=FAST)
    assert not first.must_renew
    first.workspace.close()
    assert not opens(folder, THIRD).must_renew
    with pytest.raises(WrongPassphrase):
        open_vault(folder, OTHER)


def test_who_gave_the_start_password_can_not_open_later_keys(folder, vault):
    """The coordinator knew it and kept the key file: after leaving neither opens the vault."""
    joost = add(vault, "Joost", "coordinator", must_renew=True)
    kept = (folder / "keys.json").read_bytes()
    vault.workspace.close()
    joosts = open_vault(folder, OTHER)
    assert who(joosts).user_id == joost
    people.set_passphrase(joosts, THIRD, kdf=FAST)
    people.remove_user(joosts, 1)
    joosts.workspace.close()
    now = envelopes.load(folder).envelopes[0]
    old = envelopes.from_bytes(kept).open(OTHER, slots.USER)
    assert old is not None
    assert all(slots.open_slot(slot, now.vault_id, OTHER) is None for slot in now.slots)
    assert {slot.public_key for slot in now.slots}.isdisjoint({old[0].public_key})


# Removing


def test_removed_colleague_is_out_and_the_data_is_there(folder, vault):
    joost = add(vault, "Joost")
    add(vault, "Anna", secret=THIRD)
    before = names(vault)
    old_key = vault.unlocked.keys.data_key
    people.remove_user(vault, joost)
    assert vault.unlocked.keys.data_key != old_key
    assert names(vault) == before
    vault.workspace.write(_add_colleagues)
    vault.workspace.close()
    with pytest.raises(WrongPassphrase):
        open_vault(folder, OTHER)
    for secret in (SECRET, THIRD):  # Anna was absent: her key was sealed to her public key
        assert opens(folder, secret).notices == ()
    assert envelopes.load(folder).envelopes[0].state.generation == 2


def test_recovery_code_opens_after_a_new_key(folder, vault, made):
    people.remove_user(vault, add(vault, "Joost"))
    vault.workspace.close()
    assert opens(folder, made[1].characters, slots.RECOVERY).by_recovery


def test_old_envelope_does_not_open_the_new_database(folder, vault):
    """F-79: the colleague kept the key files of before."""
    joost = add(vault, "Joost")
    kept = (folder / "keys.json").read_bytes()
    people.remove_user(vault, joost)
    vault.workspace.close()
    for name in ("keys.json", "keys.copy.json"):
        (folder / name).write_bytes(kept)
    for secret in (OTHER, SECRET):
        with pytest.raises(DamagedVault):
            open_vault(folder, secret)


def test_nobody_removes_the_last_coordinator_or_oneself(folder, vault):
    """F-80."""
    add(vault, "Joost")
    with pytest.raises(NotAllowed):
        people.remove_user(vault, 1)
    with pytest.raises(NotAllowed):
        people.renew_access(vault, 1, THIRD, kdf=FAST)
    assert len(final_slots(folder)) == 3


def test_last_coordinator_stays_whoever_asks(vault):
    def as_nobody(session):
        session.info["context"] = replace(session.info["context"], user_id=99)
        return people._remove_row(session, 1)

    with pytest.raises(NotAllowed):
        vault.workspace.write(as_nobody)


def test_a_forgotten_password_is_replaced_and_the_old_key_file_is_worth_nothing(folder, vault):
    joost = add(vault, "Joost")
    kept = (folder / "keys.json").read_bytes()
    people.renew_access(vault, joost, THIRD, must_renew=True, kdf=FAST)
    vault.workspace.close()
    assert opens(folder, THIRD).must_renew
    for name in ("keys.json", "keys.copy.json"):
        (folder / name).write_bytes(kept)
    with pytest.raises(DamagedVault):
        open_vault(folder, OTHER)


def test_a_password_that_leaked_opens_nothing_new(folder, vault):
    """Who saw it typed and copied the key file has the private key of that slot."""
    kept = (folder / "keys.json").read_bytes()
    with pytest.raises(WrongPassphrase):
        people.change_passphrase(vault, OTHER, THIRD, leaked=True, kdf=FAST)
    people.change_passphrase(vault, SECRET, THIRD, leaked=True, kdf=FAST)
    vault.workspace.close()
    assert opens(folder, THIRD).notices == ()
    old = envelopes.from_bytes(kept).open(SECRET, slots.USER)
    now = envelopes.load(folder).envelopes[0]
    assert old[0].public_key not in {slot.public_key for slot in now.slots}
    for name in ("keys.json", "keys.copy.json"):
        (folder / name).write_bytes(kept)
    with pytest.raises(DamagedVault):
        open_vault(folder, SECRET)


# Tampering


def plant(folder, audit_key, kind):
    """A slot of a stranger who once knew the audit key: genuine by its tag."""
    envelope = envelopes.load_best(folder, audit_key)
    known = slots.VaultKeys(b"x" * 32, audit_key)
    mine = slots.make_slot(envelope.vault_id, kind, THIRD, known, kdf=FAST)
    envelopes.save(folder, envelope.with_slot(mine))


@pytest.mark.parametrize("kind", [slots.USER, slots.RECOVERY])
def test_planted_slot_gets_no_key(folder, vault, kind):
    joost = add(vault, "Joost")
    old = vault.unlocked.keys
    plant(folder, old.audit_key, kind)
    with pytest.raises(DamagedVault):
        people.remove_user(vault, joost)
    assert vault.unlocked.keys == old
    assert names(vault)
    vault.workspace.close()
    # The next opening throws the stranger out and makes the key that was due.
    found = opens(folder, SECRET)
    assert found.unlocked.keys.data_key != old.data_key
    assert len(final_slots(folder)) == 2


def test_public_key_changed_in_the_envelope_gets_no_key(folder, vault):
    joost = add(vault, "Joost")
    add(vault, "Anna", secret=THIRD)
    envelope = envelopes.load(folder).envelopes[0]
    anna, stranger = envelope.slots[-1], envelope.slots[0]
    swapped = replace(anna, public_key=stranger.public_key)
    envelopes.save(folder, envelope.with_slot(swapped))
    old = vault.unlocked.keys
    with pytest.raises(DamagedVault):
        people.remove_user(vault, joost)
    assert vault.unlocked.keys == old


def test_public_key_changed_in_the_database_gets_no_key(folder, vault):
    joost = add(vault, "Joost")
    anna = add(vault, "Anna", secret=THIRD)

    def tamper(session):
        session.execute(update(User).where(User.id == anna).values(public_key=b"p" * 32))

    vault.workspace.write(tamper)
    old = vault.unlocked.keys
    with pytest.raises(DamagedVault):
        people.remove_user(vault, joost)
    assert vault.unlocked.keys == old


# The new key, cut off


STEPS = ["sealed", "rekey", "open_engine", "settle_keys", "_note_done"]


@pytest.mark.parametrize("step", STEPS)
def test_cut_off_anywhere_the_next_opening_goes_on(folder, vault, monkeypatch, step):
    joost = add(vault, "Joost")
    old = vault.unlocked.keys.data_key

    def crash(*_args, **_kw):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rekey, step, crash)
        with pytest.raises(KeyboardInterrupt):
            people.remove_user(vault, joost)
    with suppress(VaultError):  # it has no engine any more
        vault.workspace.close()
    found = opens(folder, SECRET)
    assert found.notices == ()
    assert found.unlocked.keys.data_key != old
    assert found.unlocked.keys.pending_key is None
    with pytest.raises(WrongPassphrase):
        open_vault(folder, OTHER)
    assert opens(folder, SECRET).unlocked.keys == found.unlocked.keys


def test_a_full_disk_keeps_the_old_key_and_tries_again_later(folder, vault, monkeypatch):
    joost = add(vault, "Joost")
    old = vault.unlocked.keys

    def full(*_args):
        raise StorageError("full")

    with monkeypatch.context() as patch:
        patch.setattr(rekey, "rekey", full)
        with pytest.raises(StorageError):
            people.remove_user(vault, joost)
        assert vault.unlocked.keys == old
        assert names(vault)
        vault.workspace.close()
        told = opens(folder, SECRET)
        assert told.notices == ("full",)
    assert opens(folder, SECRET).unlocked.keys.data_key != old.data_key


def test_after_a_bug_in_making_the_new_key_the_work_goes_on(vault, monkeypatch):
    old = vault.unlocked.keys

    def bug(*_args):
        raise KeyError

    with monkeypatch.context() as patch:
        patch.setattr(rekey, "rekey", bug)
        with pytest.raises(KeyError):
            rekey.renew_data_key(vault)
    assert names(vault)
    assert vault.unlocked.keys == old
    rekey.renew_data_key(vault)
    assert vault.unlocked.keys != old


def test_work_that_runs_is_waited_for(vault, monkeypatch):
    """An export that holds the vault is not cut off: the new key comes later."""
    monkeypatch.setattr("wbos_desktop.workspace.gate.PATIENCE_SECONDS", 0.05)
    old = vault.unlocked.keys
    with vault.workspace.held() as engine:
        assert engine is not None
        with pytest.raises(VaultInUse):
            rekey.renew_data_key(vault)
    assert vault.unlocked.keys == old
    rekey.renew_data_key(vault)
    assert vault.unlocked.keys != old


# The recovery code


def test_new_code_replaces_the_old_for_good(folder, vault, made):
    kept = (folder / "keys.json").read_bytes()
    fresh = people.new_recovery_code(vault, SECRET, kdf=FAST)
    vault.workspace.close()
    opens(folder, fresh.characters, slots.RECOVERY)
    with pytest.raises(WrongPassphrase):
        open_vault(folder, made[1].characters, kind=slots.RECOVERY)
    for name in ("keys.json", "keys.copy.json"):
        (folder / name).write_bytes(kept)
    with pytest.raises(DamagedVault):
        open_vault(folder, made[1].characters, kind=slots.RECOVERY)


@pytest.mark.parametrize(("step", "new_works"), [("_store_code", False), ("_settle", True)])
def test_half_made_code_is_finished_or_undone(folder, vault, made, monkeypatch, step, new_works):
    code = people.recovery.new_code()

    def crash(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(people, step, crash)
        with pytest.raises(KeyboardInterrupt):
            people.new_recovery_code(vault, SECRET, code=code, kdf=FAST)
    vault.workspace.close()
    opens(folder, SECRET)
    good, bad = (code, made[1]) if new_works else (made[1], code)
    opens(folder, good.characters, slots.RECOVERY)
    with pytest.raises(WrongPassphrase):
        open_vault(folder, bad.characters, kind=slots.RECOVERY)


def test_code_that_was_typed_again_counts_as_confirmed(vault):
    def confirmed(session):
        return session.get(KeyState, 1).confirmed

    assert not vault.workspace.read(confirmed)
    people.new_recovery_code(vault, SECRET, code=people.recovery.new_code(), kdf=FAST)
    assert vault.workspace.read(confirmed)


def test_a_vault_for_reading_only_changes_no_way_in(folder, vault):
    joost = add(vault, "Joost")
    before = (folder / "keys.json").read_bytes()
    vault.workspace.read_only = "alleen lezen"
    for attempt in (
        lambda: add(vault, "Anna", secret=THIRD),
        lambda: people.remove_user(vault, joost),
        lambda: people.renew_access(vault, joost, THIRD, kdf=FAST),
        lambda: people.new_recovery_code(vault, SECRET, kdf=FAST),
        lambda: people.change_passphrase(vault, SECRET, THIRD, kdf=FAST),
    ):
        with pytest.raises(ReadOnlyVault):
            attempt()
    assert (folder / "keys.json").read_bytes() == before


def test_no_new_key_while_a_view_shows_the_vault(vault, monkeypatch):
    monkeypatch.setattr("wbos_desktop.workspace.gate.PATIENCE_SECONDS", 0.05)
    old = vault.unlocked.keys
    view = PresentedWorkspace(vault.workspace, Shown({}, set()))
    with pytest.raises(VaultInUse):
        rekey.renew_data_key(vault)
    assert view.end().read(lambda session: session.info["context"].role) == "coordinator"
    rekey.renew_data_key(vault)
    assert vault.unlocked.keys != old


def test_three_ways_in_work_each_alone(folder, vault, made):
    """G10: the passphrase, the recovery code and a second coordinator."""
    add(vault, "Joost", "coordinator")
    vault.workspace.close()
    whole = envelopes.load(folder).envelopes[0]
    ways = ((SECRET, slots.USER), (OTHER, slots.USER), (made[1].characters, slots.RECOVERY))
    for secret, kind in ways:
        mine, keys = whole.open(secret, kind)
        alone = replace(whole, slots=(mine,))
        envelopes.save(folder, alone.with_state(whole.state, keys.audit_key))
        found = open_vault(folder, secret, kind=kind)
        assert who(found).role == "coordinator"
        found.workspace.close()
        envelopes.save(folder, whole)
