"""A damaged or lost write-ahead log is noticed (G3, F-11, F-12): the database alone is silent."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.helpers.counts import count
from wbos_desktop.errors import DamagedVault
from wbos_desktop.vault import trail
from wbos_desktop.workspace.checking import check_vault
from wbos_desktop.workspace.doubt import accept_doubt
from wbos_desktop.workspace.opening import open_vault
from wbos_desktop.workspace.rescue import set_log_aside

from .fixture import SECRET, actions, copy_of, cut, flip, killed, view_one

TRIES = count(25, 300)


@pytest.fixture
def crashed(folder: Path, tmp_path: Path) -> Path:
    """After 60 gestures and a kill: the log holds them all."""
    return killed(folder, tmp_path / "crashed", 60)


def is_noticed(folder: Path) -> bool:
    """True if opening says that work is missing, or refuses."""
    try:
        vault = open_vault(folder, SECRET)
    except DamagedVault:
        return True
    try:
        return vault.doubt is not None
    finally:
        vault.workspace.close()


def missed(crashed: Path, tmp_path: Path, damage, *, with_trail: bool = True) -> int:  # type: ignore[no-untyped-def]
    """How many of the damaged logs nobody notices."""
    chance, number = random.Random(11), 0
    for place in range(TRIES):
        scratch = copy_of(crashed, tmp_path / f"try-{place}")
        damage(scratch / "wbos.db-wal", chance)
        if not with_trail:
            (scratch / trail.FILE_NAME).unlink()
        number += not is_noticed(scratch)
        shutil.rmtree(scratch)
    return number


def shorten(path: Path, chance: random.Random) -> None:
    cut(path, chance.uniform(0.0, 0.999))


def test_a_kill_alone_loses_nothing_and_alarms_nobody(crashed: Path) -> None:
    vault = open_vault(crashed, SECRET)
    assert (vault.doubt, vault.notices) == (None, ())
    assert actions(vault).count("view") == 60
    assert check_vault(vault) == []
    vault.workspace.close()


@pytest.mark.torture
@pytest.mark.parametrize("damage", [flip, shorten])
def test_every_damaged_log_is_noticed(crashed: Path, tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    assert missed(crashed, tmp_path, damage) == 0


@pytest.mark.torture
@pytest.mark.parametrize("damage", [flip, shorten])
def test_control_without_the_kept_head_it_is_missed(crashed: Path, tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    assert missed(crashed, tmp_path, damage, with_trail=False) > TRIES * 0.9


def test_f11_lost_log_is_told_with_the_number_that_is_missing(crashed: Path) -> None:
    (crashed / "wbos.db-wal").unlink()
    vault = open_vault(crashed, SECRET)
    assert vault.doubt is not None
    assert vault.doubt.missing == 61  # and the line of the opening
    assert vault.doubt.text.startswith("Deze kluis is ouder dan verwacht: 61 genoteerde")
    vault.workspace.close()


def test_f11_lost_shared_memory_is_no_loss(crashed: Path) -> None:
    (crashed / "wbos.db-shm").unlink(missing_ok=True)
    vault = open_vault(crashed, SECRET)
    assert vault.doubt is None
    assert check_vault(vault) == []
    vault.workspace.close()


def older_file_under_a_log(folder: Path, tmp_path: Path, lines_between: int) -> Path:
    """Yesterday's wbos.db beside the log of a program that was killed today."""
    yesterday = (folder / "wbos.db").read_bytes()
    vault = open_vault(folder, SECRET)
    for number in range(lines_between):
        vault.workspace.write(view_one, number)
    vault.workspace.close()
    crashed = killed(folder, tmp_path / "crashed", 5)
    (crashed / "wbos.db").write_bytes(yesterday)
    return crashed


@pytest.mark.parametrize("lines_between", [1, 8, 300])
def test_f12_log_of_another_file_is_refused(
    folder: Path, tmp_path: Path, lines_between: int
) -> None:
    crashed = older_file_under_a_log(folder, tmp_path, lines_between)
    before = (crashed / "wbos.db").read_bytes()
    with pytest.raises(DamagedVault) as caught:
        open_vault(crashed, SECRET)
    assert "hoort bij een ander bestand" in caught.value.message
    assert "log_aside" in caught.value.remedies
    assert (crashed / "wbos.db").read_bytes() == before


def test_f12_old_log_beside_a_newer_file_is_refused(folder: Path, tmp_path: Path) -> None:
    crashed = killed(folder, tmp_path / "crashed", 5)
    old_log = (crashed / "wbos.db-wal").read_bytes()
    vault = open_vault(crashed, SECRET)
    vault.workspace.write(view_one, 1)
    vault.workspace.close()
    vault = open_vault(crashed, SECRET)
    vault.workspace.write(view_one, 2)
    vault.workspace.close()
    (crashed / "wbos.db-wal").write_bytes(old_log)
    with pytest.raises(DamagedVault) as caught:
        open_vault(crashed, SECRET)
    assert "log_aside" in caught.value.remedies


def test_f12_without_the_foreign_log_it_opens_and_tells_what_is_missing(
    folder: Path, tmp_path: Path
) -> None:
    crashed = older_file_under_a_log(folder, tmp_path, 8)
    aside = set_log_aside(crashed)
    assert aside is not None
    assert aside.stat().st_size > 0
    vault = open_vault(crashed, SECRET)
    assert vault.doubt is not None
    assert vault.doubt.missing == 8 + 5 + 2  # and two openings
    accept_doubt(vault)
    vault.workspace.close()
    again = open_vault(crashed, SECRET)
    assert again.doubt is None
    assert "accept_older" in actions(again)
    assert check_vault(again) == []
    again.workspace.close()


def test_damaged_trail_file_is_no_reason_to_stop(crashed: Path) -> None:
    (crashed / trail.FILE_NAME).write_bytes(b"\xff" * 700)
    vault = open_vault(crashed, SECRET)
    assert vault.doubt is None
    vault.workspace.close()
