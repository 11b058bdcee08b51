"""keys.json and its copy: damage, tampering, crashes between the two writes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from wbos_desktop.errors import (
    DamagedVault,
    NewerVault,
    StorageError,
    TooManyTries,
    VaultMissing,
    WrongPassphrase,
)
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault import files, slots, tries
from wbos_desktop.vault.envelope import COPY_NAME, FILE_NAME, Envelope, State
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.vault.unlock import change, record_audit_head, unlock

FAST = KdfParams(memory_kib=64, iterations=1)
KEYS = slots.VaultKeys(b"d" * 32, b"a" * 32)
VAULT = "5" * 32
SECRET = "paarse fietsbel regent zacht"
CODE = "0123456789ABCDEFGHJKMNPQRSTV"


def user_slot(secret=SECRET):
    return slots.make_slot(VAULT, slots.USER, secret, KEYS, kdf=FAST)


@pytest.fixture
def vault(tmp_path):
    mine = user_slot()
    paper = slots.make_slot(VAULT, slots.RECOVERY, CODE, KEYS, kdf=FAST)
    envelope = Envelope(VAULT, (mine, paper), last_slot=mine.id)
    envelopes.save(tmp_path, envelope.with_state(State(audit_count=7), KEYS.audit_key))
    return tmp_path


def contents(folder):
    return {name: (folder / name).read_bytes() for name in (FILE_NAME, COPY_NAME)}


def edit(folder, function, names=(FILE_NAME, COPY_NAME)):
    """Change the JSON as a stranger would: with a checksum that fits again."""
    for name in names:
        content = json.loads((folder / name).read_bytes())
        function(content)
        del content["checksum"]
        content["checksum"] = envelopes._checksum(content)
        (folder / name).write_text(json.dumps(content))


def test_both_ways_in(vault):
    opened = unlock(vault, SECRET)
    assert (opened.keys, opened.by_recovery) == (KEYS, False)
    assert opened.state.audit_count == 7
    assert (opened.repaired, opened.state_genuine) == (False, True)
    assert unlock(vault, CODE, kind=slots.RECOVERY).by_recovery


def test_one_kind_of_secret_does_not_open_the_other(vault):
    with pytest.raises(WrongPassphrase):
        unlock(vault, CODE)
    with pytest.raises(WrongPassphrase):
        unlock(vault, SECRET, kind=slots.RECOVERY)


def test_wrong_passphrase_writes_no_key_file(vault):
    before = contents(vault)
    with pytest.raises(WrongPassphrase) as caught:
        unlock(vault, "wrong")
    assert caught.value.message == "Dit wachtwoord klopt niet. Probeer het nog eens."
    assert contents(vault) == before


def test_sixth_wrong_passphrase_must_wait_and_so_must_the_right_one(vault):
    for _ in range(5):
        with pytest.raises(WrongPassphrase):
            unlock(vault, "wrong", clock=lambda: 1.0)
    with pytest.raises(TooManyTries):
        unlock(vault, SECRET, clock=lambda: 2.0)
    assert unlock(vault, SECRET, clock=lambda: 31.0)
    assert tries.wait_seconds(vault, lambda: 31.0) == 0


# Damage


@pytest.mark.parametrize("name", [FILE_NAME, COPY_NAME])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "flipped", "zeros"])
def test_one_damaged_file_is_mended_from_the_other(vault, name, damage):
    path, whole = vault / name, (vault / name).read_bytes()
    broken = {"empty": b"", "cut": whole[:700], "zeros": bytes(len(whole))}
    if damage == "missing":
        path.unlink()
    else:
        at = len(whole) // 2
        flipped = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        path.write_bytes(broken.get(damage, flipped))
    assert unlock(vault, SECRET).repaired
    again = unlock(vault, SECRET)
    assert not again.repaired
    assert contents(vault)[FILE_NAME] == contents(vault)[COPY_NAME]


def test_both_damaged_is_never_called_a_wrong_passphrase(vault):
    for name in (FILE_NAME, COPY_NAME):
        (vault / name).write_bytes(b"{}")
    with pytest.raises(DamagedVault):
        unlock(vault, SECRET)
    assert contents(vault) == {FILE_NAME: b"{}", COPY_NAME: b"{}"}


def test_every_flipped_bit_is_found(vault):
    whole = (vault / FILE_NAME).read_bytes()
    for at in range(0, len(whole), 37):
        with pytest.raises((DamagedVault, NewerVault)):
            envelopes.from_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[]", b"{}", b"\xff", b"[" * 90000, b'{"format": "1"}', b"1"]
)
def test_what_is_no_envelope(content):
    with pytest.raises(DamagedVault):
        envelopes.from_bytes(content)


def test_nothing_there(tmp_path):
    with pytest.raises(VaultMissing):
        unlock(tmp_path, SECRET)


def test_newer_format_is_told(vault):
    edit(vault, lambda content: content.update(format=2))
    with pytest.raises(NewerVault):
        unlock(vault, SECRET)


# Tampering


@pytest.mark.parametrize("memory", [8, 1024])
def test_changed_cost_is_refused(vault, memory):
    edit(vault, lambda content: content["slots"][0]["kdf"].update(memory_kib=memory))
    with pytest.raises(WrongPassphrase):
        unlock(vault, SECRET)


def test_cost_of_four_gigabytes_is_refused_at_once(vault):
    edit(vault, lambda content: content["slots"][0]["kdf"].update(memory_kib=4 * 1024 * 1024))
    with pytest.raises(DamagedVault):
        unlock(vault, SECRET)


def test_one_changed_file_loses_from_the_other(vault):
    edit(
        vault,
        lambda content: (content.update(sequence=99), content["slots"][0]["kdf"].update(lanes=64)),
        [FILE_NAME],
    )
    assert unlock(vault, SECRET).keys == KEYS


@pytest.mark.parametrize(
    "change_state",
    [
        {"audit_count": 3},
        {"generation": 9},
        {"erasures": []},
        {"audit_head": "ff" * 32},
        {"mac": "00" * 32},
    ],
)
def test_changed_state_is_noticed(vault, change_state):
    record = State(audit_count=7, erasures=(b"e" * 32,))
    change(vault, KEYS.audit_key, lambda e: e.with_state(record, KEYS.audit_key))
    edit(vault, lambda content: content["state"].update(change_state))
    assert not unlock(vault, SECRET).state_genuine


def test_planted_slot_is_noticed(vault):
    theirs = slots.VaultKeys(b"x" * 32, b"y" * 32)
    forged = slots.make_slot(VAULT, slots.USER, "stranger", theirs, kdf=FAST)
    edit(vault, lambda content: content["slots"].append(slots.slot_to_json(forged)))
    assert not unlock(vault, SECRET).state_genuine


# Writing


def test_writing_is_whole_and_numbered(vault):
    before = envelopes.load(vault).envelopes[0]
    record_audit_head(vault, KEYS.audit_key, 12, b"h" * 32)
    after = envelopes.load(vault).envelopes[0]
    assert after.sequence == before.sequence + 1
    assert (after.state.audit_count, after.state.audit_head) == (12, b"h" * 32)
    assert after.is_genuine(KEYS.audit_key)
    record_audit_head(vault, KEYS.audit_key, 12, b"h" * 32)
    assert envelopes.load(vault).envelopes[0].sequence == after.sequence


@pytest.mark.parametrize("failing", [1, 2])
def test_failed_write_leaves_a_vault_that_opens(vault, monkeypatch, failing):
    real, calls = files.os.replace, []

    def sometimes(source, target):
        calls.append(target)
        if len(calls) == failing:
            raise OSError(28, "full")
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "replace", sometimes)
        with pytest.raises(StorageError):
            record_audit_head(vault, KEYS.audit_key, 12, b"h" * 32)
    opened = unlock(vault, SECRET)
    assert opened.state.audit_count == (7 if failing == 1 else 12)
    assert not opened.repaired
    assert contents(vault)[FILE_NAME] == contents(vault)[COPY_NAME]


def test_old_passphrase_does_not_return_from_an_older_copy(vault):
    old_copy = (vault / COPY_NAME).read_bytes()

    def rewrite(envelope):
        changed = slots.change_secret(envelope.slots[0], VAULT, SECRET, "groene tafel", kdf=FAST)
        return envelope.with_slot(changed)

    change(vault, KEYS.audit_key, rewrite)
    (vault / COPY_NAME).write_bytes(old_copy)
    with pytest.raises(WrongPassphrase):
        unlock(vault, SECRET)
    assert unlock(vault, "groene tafel").keys == KEYS


# Slots


def test_last_used_slot_is_tried_first(vault, monkeypatch):
    second = user_slot("groene tafel zingt")
    change(vault, KEYS.audit_key, lambda envelope: envelope.with_slot(second))
    decoys = [replace(user_slot("x" * 20), id=f"{n:032x}") for n in (0, 16**31 * 15)]
    for decoy in decoys:
        change(vault, KEYS.audit_key, lambda envelope, decoy=decoy: envelope.with_slot(decoy))
    assert unlock(vault, "groene tafel zingt").slot.id == second.id
    asked = []
    real = envelopes.open_slot
    monkeypatch.setattr(
        envelopes, "open_slot", lambda slot, *args: asked.append(slot.id) or real(slot, *args)
    )
    unlock(vault, "groene tafel zingt")
    assert asked == [second.id]


def test_wrong_passphrase_costs_one_guess_for_each_slot(vault, monkeypatch):
    """Not two, for the file and its copy."""
    change(vault, KEYS.audit_key, lambda envelope: envelope.with_slot(user_slot("y" * 20)))
    asked = []
    real = envelopes.open_slot
    monkeypatch.setattr(
        envelopes, "open_slot", lambda slot, *args: asked.append(slot.id) or real(slot, *args)
    )
    with pytest.raises(WrongPassphrase):
        unlock(vault, "groene tafel zingt")
    assert len(asked) == len(set(asked)) == 2


def test_who_was_here_lately_is_tried_before_the_others(vault):
    secrets = [f"groene tafel {n} zingt" for n in range(3)]
    for secret in secrets:
        slot = user_slot(secret)
        change(vault, KEYS.audit_key, lambda envelope, slot=slot: envelope.with_slot(slot))
    used = [unlock(vault, secret).slot.id for secret in secrets]
    kept = [slot.id for slot in envelopes.load(vault).envelopes[0].slots]
    assert kept[:3] == used[::-1]


def test_at_most_twelve_slots(vault):
    envelope = envelopes.load(vault).envelopes[0]
    extra = [replace(envelope.slots[0], id=f"{n:032x}") for n in range(11)]
    for slot in extra[:10]:
        envelope = envelope.with_slot(slot)
    assert len(envelope.slots) == 12
    with pytest.raises(ValueError, match="full"):
        envelope.with_slot(extra[10])
    assert len(envelope.with_slot(extra[0]).slots) == 12
    assert len(envelope.without_slot(extra[0].id).slots) == 11


def test_file_holds_no_name_role_or_school(vault):
    content = json.loads((vault / FILE_NAME).read_bytes())
    assert set(content) == {
        "format",
        "vault",
        "sequence",
        "last_slot",
        "slots",
        "state",
        "checksum",
    }
    assert set(content["slots"][0]) == {
        "id",
        "kind",
        "pending",
        "kdf",
        "salt",
        "public_key",
        "wrapped_key",
        "audit_key",
        "data_key",
        "pending_key",
        "tag",
    }
