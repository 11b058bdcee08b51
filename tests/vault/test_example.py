"""The example school is made in one piece: there or not there."""

from __future__ import annotations

import datetime as dt
import os

import pytest

from wbos_desktop import vaults
from wbos_desktop.errors import Cancelled, Invalid
from wbos_desktop.services import norms
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.vault.recovery import new_code
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault

TODAY = dt.date(2026, 11, 24)
SECRET = "paarse fietsbel regent zacht"


def test_stopped_making_leaves_nothing(tmp_path, monkeypatch):
    seen = []

    def stop(*_args, **_kw):
        seen.extend(os.listdir(tmp_path))
        raise Cancelled

    monkeypatch.setattr(vaults.build, "build", stop)
    with pytest.raises(Cancelled):
        vaults.make_example(tmp_path / "kluis", TODAY)
    assert ".kluis.filling" in seen
    assert "kluis" not in seen
    assert [name for name in os.listdir(tmp_path) if "kluis" in name] == []


def test_leftovers_of_a_kill_are_cleared_and_the_rest_is_there(tmp_path, monkeypatch):
    (tmp_path / ".kluis.filling").mkdir()
    (tmp_path / ".kluis.filling" / "wbos.db").write_bytes(b"half")
    monkeypatch.setattr(vaults.build, "build", lambda *_args, **_kw: "made")
    assert vaults.make_example(tmp_path / "kluis", TODAY) == "made"
    assert [name for name in os.listdir(tmp_path) if "kluis" in name] == ["kluis"]
    vaults.open_example(tmp_path / "kluis").workspace.close()


def test_existing_vault_is_not_overwritten(tmp_path):
    (tmp_path / "kluis").mkdir()
    (tmp_path / "kluis" / "wbos.db").write_bytes(b"mine")
    with pytest.raises(Invalid):
        vaults.make_example(tmp_path / "kluis", TODAY)
    assert (tmp_path / "kluis" / "wbos.db").read_bytes() == b"mine"


def test_new_vault_has_its_catalogues(tmp_path):
    vaults.make_vault(tmp_path / "kluis", SECRET, NewVault("De Linde", "VO", "Karin"))
    vault = open_vault(tmp_path / "kluis", SECRET)
    assert len(vault.workspace.read(norms.list_norms)) == 13
    vault.workspace.close()


def test_standard_cost_guards_the_example_too(tmp_path, monkeypatch):
    monkeypatch.setattr(vaults.build, "build", lambda *_args, **_kw: None)
    vaults.make_example(tmp_path / "kluis", TODAY)
    vault = vaults.open_example(tmp_path / "kluis")
    assert vault.unlocked.slot.kdf == KdfParams()
    vault.workspace.close()


def test_its_story_may_run_ahead_of_the_clock(tmp_path, monkeypatch):
    """A real vault says that the clock was put back; the example was made for a whole day."""
    monkeypatch.setattr(vaults.build, "build", lambda *_args, **_kw: "made")
    vaults.make_example(tmp_path / "kluis", TODAY)
    early = dt.datetime(2020, 1, 1, 9, tzinfo=dt.UTC)
    real = open_vault(tmp_path / "kluis", vaults.EXAMPLE_PASSPHRASE, clock=lambda: early)
    assert len(real.notices) == 1
    vaults.believe_story(real)
    assert real.notices == ()
    real.workspace.close()
    vault = vaults.open_example(tmp_path / "kluis", clock=lambda: early)
    assert vault.notices == ()
    vault.workspace.close()


def test_a_school_of_ones_own_hears_that_the_clock_was_put_back(tmp_path):
    new = NewVault("De Linde", "VO", "Karin", "", "Bosman")
    cheap = KdfParams(memory_kib=64, iterations=1)
    create_vault(tmp_path / "kluis", SECRET, new, code=new_code(), kdf=cheap)
    early = dt.datetime(2020, 1, 1, 9, tzinfo=dt.UTC)
    vault = open_vault(tmp_path / "kluis", SECRET, clock=lambda: early)
    vaults.believe_story(vault)
    assert len(vault.notices) == 1
    vault.workspace.close()
