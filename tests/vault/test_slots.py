"""Key slots: what opens them, and what a stranger with write access can't do."""

from __future__ import annotations

import dataclasses

import pytest

from wbos_desktop.errors import DamagedVault, StorageError, WrongPassphrase
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault import kdf as kdfs
from wbos_desktop.vault import slots
from wbos_desktop.vault.envelope import Envelope, State
from wbos_desktop.vault.kdf import STANDARD, KdfParams, derive_key
from wbos_desktop.vault.slots import VaultKeys, change_secret, make_slot, open_slot, seal_keys
from wbos_desktop.vault.unlock import unlock

FAST = KdfParams(memory_kib=64, iterations=1)
KEYS = VaultKeys(b"d" * 32, b"a" * 32)
VAULT = "0" * 32


@pytest.fixture
def slot():
    return make_slot(VAULT, slots.USER, "paarse fietsbel", KEYS, kdf=FAST)


def test_right_secret_opens_and_wrong_ones_do_not(slot):
    assert open_slot(slot, VAULT, "paarse fietsbel") == KEYS
    for wrong in ("", "Paarse fietsbel", "paarse fietsbel ", "x" * 1000):
        assert open_slot(slot, VAULT, wrong) is None


def test_both_ways_to_type_an_accent_open_it():
    slot = make_slot(VAULT, slots.USER, "caf\u00e9 aan zee", KEYS, kdf=FAST)
    assert open_slot(slot, VAULT, "cafe\u0301 aan zee") == KEYS


def test_standard_cost_is_what_the_design_asks():
    assert KdfParams(64 * 1024, 3, 1) == STANDARD
    slot = make_slot(VAULT, slots.USER, "paarse fietsbel", KEYS)
    assert slot.kdf == STANDARD
    assert open_slot(slot, VAULT, "paarse fietsbel") == KEYS


@pytest.mark.parametrize(
    "other",
    [KdfParams(32, 1), KdfParams(64, 2), KdfParams(128, 1), KdfParams(64, 1, 2)],
)
def test_changed_cost_is_refused_by_the_seal(slot, other):
    changed = dataclasses.replace(slot, kdf=other)
    assert open_slot(changed, VAULT, "paarse fietsbel") is None


def test_cheaper_cost_is_refused_even_with_a_fitting_key(slot, monkeypatch):
    real = kdfs.derive_key("paarse fietsbel", slot.salt, slot.kdf)
    monkeypatch.setattr(slots, "derive_key", lambda *_args: real)
    assert open_slot(slot, VAULT, "any") == KEYS
    assert open_slot(dataclasses.replace(slot, kdf=KdfParams(8, 1)), VAULT, "any") is None


@pytest.mark.parametrize(
    "params",
    [
        KdfParams(4 * 1024 * 1024, 3),
        KdfParams(1024, 10**6),
        KdfParams(1024, 3, 64),
        KdfParams(0, 3),
        KdfParams(64, 0),
        KdfParams(64, 1, 0),
        KdfParams(-1, 1),
    ],
)
def test_absurd_cost_is_refused_before_memory_is_taken(params, monkeypatch):
    def never(**_kw):
        raise AssertionError("memory would have been taken")

    monkeypatch.setattr(kdfs, "Argon2id", never)
    with pytest.raises(DamagedVault):
        derive_key("secret", bytes(16), params)


@pytest.mark.parametrize(
    "field",
    ["id", "kind", "salt", "public_key", "wrapped_key"],
)
def test_flipped_bits_close_the_slot(slot, field):
    value = getattr(slot, field)
    changed = value[:-1] + "0" if isinstance(value, str) else flip(value)
    if changed == value:
        changed = value[:-1] + "1"
    assert (
        open_slot(dataclasses.replace(slot, **{field: changed}), VAULT, "paarse fietsbel") is None
    )


def flip(value: bytes) -> bytes:
    return value[:-1] + bytes([value[-1] ^ 1])


@pytest.mark.parametrize("field", ["audit_key", "data_key"])
def test_flipped_bits_in_sealed_keys_are_damage(slot, field):
    changed = dataclasses.replace(slot, **{field: flip(getattr(slot, field))})
    with pytest.raises(DamagedVault):
        open_slot(changed, VAULT, "paarse fietsbel")


def test_slot_of_another_vault_does_not_open(slot):
    assert open_slot(slot, "1" * 32, "paarse fietsbel") is None


def test_stranger_can_not_plant_a_data_key(slot):
    theirs = VaultKeys(b"x" * 32, b"y" * 32)
    planted = seal_keys(slot, VAULT, theirs)
    with pytest.raises(DamagedVault):
        open_slot(planted, VAULT, "paarse fietsbel")


def test_stranger_can_not_plant_an_audit_key_either(slot):
    theirs = VaultKeys(b"x" * 32, b"y" * 32)
    planted = seal_keys(slot, VAULT, theirs)
    sealed = slots._seal(planted, VAULT, "audit", theirs.audit_key)
    with pytest.raises(DamagedVault):
        open_slot(dataclasses.replace(planted, audit_key=sealed), VAULT, "paarse fietsbel")


def test_old_sealed_keys_do_not_fit_another_slot(slot):
    other = make_slot(VAULT, slots.USER, "groene tafel", KEYS, kdf=FAST)
    mixed = dataclasses.replace(slot, data_key=other.data_key)
    with pytest.raises(DamagedVault):
        open_slot(mixed, VAULT, "paarse fietsbel")


def test_only_slots_made_in_the_vault_are_genuine(slot):
    assert slots.is_genuine(slot, VAULT, KEYS.audit_key)
    forged = make_slot(VAULT, slots.USER, "stranger", VaultKeys(b"x" * 32, b"y" * 32), kdf=FAST)
    assert not slots.is_genuine(forged, VAULT, KEYS.audit_key)


def test_new_secret_keeps_key_pair_and_sealed_keys(slot):
    changed = change_secret(slot, VAULT, "paarse fietsbel", "groene tafel", kdf=FAST)
    assert changed is not None
    assert open_slot(changed, VAULT, "paarse fietsbel") is None
    assert open_slot(changed, VAULT, "groene tafel") == KEYS
    assert (changed.id, changed.public_key, changed.data_key) == (
        slot.id,
        slot.public_key,
        slot.data_key,
    )
    assert changed.salt != slot.salt
    assert slots.is_genuine(changed, VAULT, KEYS.audit_key)


def test_wrong_old_secret_changes_nothing(slot):
    assert change_secret(slot, VAULT, "wrong", "groene tafel", kdf=FAST) is None


def test_new_data_key_reaches_an_absent_colleague(slot):
    halfway = dataclasses.replace(KEYS, pending_key=b"n" * 32)
    assert open_slot(seal_keys(slot, VAULT, halfway), VAULT, "paarse fietsbel") == halfway
    done = VaultKeys(b"n" * 32, KEYS.audit_key)
    assert open_slot(seal_keys(slot, VAULT, done), VAULT, "paarse fietsbel") == done


def test_slots_do_not_show_keys_and_two_are_never_equal(slot):
    again = make_slot(VAULT, slots.USER, "paarse fietsbel", KEYS, kdf=FAST)
    assert not {slot.salt, slot.public_key, slot.data_key} & {
        again.salt,
        again.public_key,
        again.data_key,
    }
    assert "dddd" not in repr(KEYS)


def test_json_and_back(slot):
    for one in (slot, seal_keys(slot, VAULT, dataclasses.replace(KEYS, pending_key=b"n" * 32))):
        assert slots.slot_from_json(slots.slot_to_json(one)) == one


# A slot below the standard


@pytest.fixture
def old_vault(tmp_path, slot):
    envelope = Envelope(VAULT, (slot,)).with_state(State(), KEYS.audit_key)
    envelopes.save(tmp_path, envelope)
    return tmp_path


def kdf_of(folder):
    return envelopes.load(folder).envelopes[0].slots[0].kdf


def test_slot_below_the_standard_gets_it_at_login(old_vault, monkeypatch):
    monkeypatch.setattr(kdfs, "FLOOR", STANDARD)
    with pytest.raises(WrongPassphrase):
        unlock(old_vault, "blauwe fietsbel")
    assert kdf_of(old_vault) == FAST
    opened = unlock(old_vault, "paarse fietsbel")
    assert (opened.keys, opened.slot.kdf, kdf_of(old_vault)) == (KEYS, STANDARD, STANDARD)
    before = (old_vault / "keys.json").read_bytes()
    assert unlock(old_vault, "paarse fietsbel").state_genuine
    assert (old_vault / "keys.json").read_bytes() == before
    assert envelopes.load(old_vault).equal


def test_folder_that_can_not_be_written_keeps_nobody_out(old_vault, monkeypatch):
    unlock(old_vault, "paarse fietsbel")
    monkeypatch.setattr(kdfs, "FLOOR", STANDARD)

    def full(*_args):
        raise StorageError("full")

    monkeypatch.setattr(envelopes, "save", full)
    assert unlock(old_vault, "paarse fietsbel").slot.kdf == FAST


@pytest.mark.parametrize(
    ("params", "weak"),
    [
        (STANDARD, False),
        (KdfParams(32 * 1024, 3), True),
        (KdfParams(64 * 1024, 2), True),
        (KdfParams(128 * 1024, 2), True),
        (KdfParams(128 * 1024, 4, 2), False),
    ],
)
def test_what_is_below_the_standard(params, weak, monkeypatch):
    monkeypatch.setattr(kdfs, "FLOOR", STANDARD)
    assert kdfs.is_weak(params) is weak
