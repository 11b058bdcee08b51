"""What is readable is rescued (G4): nearly all, in seconds, with a list of what is missing."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import apsw
import pytest

from tests import factories
from tests.helpers.counts import count
from wbos_desktop.db.salvage import DamagedSource
from wbos_desktop.domain.salvage import SalvageResult, result_lines, share_text
from wbos_desktop.errors import Cancelled, DamagedVault, Invalid
from wbos_desktop.progress import Progress
from wbos_desktop.vault import exchange, slots
from wbos_desktop.vault.unlock import unlock
from wbos_desktop.workspace.checking import check_vault
from wbos_desktop.workspace.opening import open_vault
from wbos_desktop.workspace.salvage import salvage_in_place, salvage_to

from .fixture import (
    CODE,
    PAGE,
    SECRET,
    actions,
    add_persons,
    content,
    copy_of,
    flip_pages,
    flip_table,
    folder,
    killed,
    whole,
)

__all__ = ["folder", "whole"]
TRIES = count(5, 100)
PERSONS = count(6_000, 60_000)


@pytest.fixture(scope="module")
def large(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As many rows as a school has after some years."""
    folder = copy_of(whole, tmp_path_factory.mktemp("large") / "kluis")
    vault = open_vault(folder, SECRET)
    for _part in range(PERSONS // 3000):
        vault.workspace.write(add_persons, 3000)
    vault.workspace.close()
    return folder


def rescued(source: Path, base: Path, pages: int, seed: int) -> SalvageResult:
    """Damage a copy and rescue it; the new vault must be whole in every way.

    The pages are those that came with the rows: the schema stands in the first ones.
    """
    folder = copy_of(source, base / f"damaged-{seed}")
    flip_pages(folder / "wbos.db", random.Random(seed), pages, first=400)
    result = salvage_to(folder, SECRET, base / f"new-{seed}")
    vault = open_vault(result.folder, SECRET)
    try:
        assert vault.workspace.check_pages() == []
        assert vault.doubt is None
    finally:
        vault.workspace.close()
    shutil.rmtree(folder)
    return result


def test_whole_vault_is_rescued_to_the_last_row(folder: Path, tmp_path: Path) -> None:
    before = content(folder)
    result = salvage_to(folder, SECRET, tmp_path / "new")
    assert (result.missing, result.share) == (0, 1.0)
    assert content(folder).keys() == before.keys()
    assert content(folder)["wbos.db"] == before["wbos.db"]
    vault = open_vault(tmp_path / "new", SECRET)
    assert check_vault(vault) == []
    assert "salvage" in actions(vault)
    vault.workspace.close()


@pytest.mark.slow
@pytest.mark.torture
def test_one_damaged_page_costs_less_than_a_thousandth(large: Path, tmp_path: Path) -> None:
    results = [rescued(large, tmp_path, 1, seed) for seed in range(TRIES)]
    assert sum(found.share for found in results) / len(results) >= 0.999
    assert max(found.seconds for found in results) < 10 * count(2, 1)  # others work too


@pytest.mark.slow
@pytest.mark.torture
def test_many_damaged_pages_cost_what_stood_on_them(large: Path, tmp_path: Path) -> None:
    pages = (large / "wbos.db").stat().st_size // PAGE
    results = [rescued(large, tmp_path, pages // 200, seed) for seed in range(TRIES)]
    shares = [found.share for found in results]
    assert sum(shares) / len(shares) >= 0.96, shares


def test_second_engine_reads_what_was_rescued(folder: Path, tmp_path: Path) -> None:
    flip_table(folder, "changes")
    result = salvage_to(folder, SECRET, tmp_path / "new")
    key = unlock(tmp_path / "new", SECRET).keys.data_key.hex()
    path = str(tmp_path / "new" / "wbos.db")
    connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)
    for pragma in ("cipher = 'sqlcipher'", "legacy = 4", f"key = \"x'{key}'\""):
        connection.execute("PRAGMA " + pragma)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    names = {found.table for found in result.tables}
    counts = [connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names]
    connection.close()
    assert sum(counts) >= result.saved


def test_control_without_a_new_connection_nothing_after_the_damage_is_saved(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flip_table(folder, "changes")
    key = unlock(folder, SECRET).keys.data_key
    source = DamagedSource(folder / "wbos.db", key)
    tables = source.tables()
    first_broken, after = "changes", "staff"
    found: list[object] = []
    source.copy_rows(first_broken, tables[first_broken], found.extend)
    source.copy_rows(after, tables[after], found.extend)
    assert len(found) == 301  # with new connections: all persons
    blind = DamagedSource(folder / "wbos.db", key)
    monkeypatch.setattr(blind, "close", lambda: None)  # keeps the dead connection
    monkeypatch.setattr("wbos_desktop.db.salvage._LAST", 4)  # or it would look for long
    rows: list[object] = []
    blind.copy_rows(first_broken, tables[first_broken], rows.extend)
    rows.clear()
    blind.copy_rows(after, tables[after], rows.extend)
    assert rows == []


def test_rescue_that_nobody_could_open_is_refused(folder: Path, tmp_path: Path) -> None:
    flip_table(folder, "users")
    with pytest.raises(DamagedVault) as caught:
        salvage_to(folder, SECRET, tmp_path / "new")
    assert "lijst met gebruikers" in caught.value.message
    assert not (tmp_path / "new").exists()


def test_lost_groups_leave_pupils_without_membership(folder: Path, tmp_path: Path) -> None:
    vault = open_vault(folder, SECRET)
    vault.workspace.write(_year)
    group = vault.workspace.write(factories.make_group, name="2B")
    vault.workspace.write(factories.make_pupil, group, given_name="Noor", family_name="Bakker")
    vault.workspace.close()
    flip_table(folder, "groups")
    result = salvage_to(folder, SECRET, tmp_path / "new")
    found = {table.table: table for table in result.tables}
    assert found["groups"].lost == 1
    assert found["memberships"].removed == 1
    assert found["pupils"].saved == 1
    assert "Groepen: 1 (nummers 1)" in result_lines(result)
    assert not any("Noor" in line for line in result_lines(result))


def _year(session) -> None:  # type: ignore[no-untyped-def]
    import datetime as dt

    from wbos_desktop.db.models.school import SchoolYear

    first, last = dt.date(2026, 8, 24), dt.date(2027, 7, 9)
    session.add(SchoolYear(name="2026-2027", first_day=first, last_day=last))


def test_lost_begin_of_the_file_is_told(folder: Path, tmp_path: Path) -> None:
    data = bytearray((folder / "wbos.db").read_bytes())
    data[200] ^= 1
    (folder / "wbos.db").write_bytes(data)
    with pytest.raises(DamagedVault) as caught:
        salvage_to(folder, SECRET, tmp_path / "new")
    assert "nieuwste back-up" in caught.value.message
    assert caught.value.remedies == {"restore"}
    assert not (tmp_path / "new").exists()


def test_stopped_rescue_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    progress = Progress(lambda done, _total, _what: progress.cancel() if done > 3 else None)
    before = content(folder)
    with pytest.raises(Cancelled):
        salvage_in_place(folder, SECRET, progress)
    assert content(folder) == before
    assert not (folder / exchange.INCOMING_NAME).exists()
    open_vault(folder, SECRET).workspace.close()


def test_rescue_in_place_keeps_the_damaged_files_aside(folder: Path) -> None:
    flip_table(folder, "changes")
    damaged = (folder / "wbos.db").read_bytes()
    result = salvage_in_place(folder, SECRET)
    assert result.missing > 0
    assert (folder / exchange.ASIDE_NAMES[0] / "wbos.db").read_bytes() == damaged
    vault = open_vault(folder, SECRET)
    assert vault.doubt is None
    assert vault.workspace.check_pages() == []
    vault.workspace.close()


def test_recovery_code_rescues_too(folder: Path, tmp_path: Path) -> None:
    flip_pages(folder / "wbos.db", random.Random(5), 1)
    salvage_to(folder, CODE.characters, tmp_path / "new", kind=slots.RECOVERY)
    open_vault(tmp_path / "new", SECRET).workspace.close()


def test_log_of_a_killed_program_is_rescued_along(folder: Path, tmp_path: Path) -> None:
    crashed = killed(folder, tmp_path / "crashed", 20)
    flip_pages(crashed / "wbos.db", random.Random(5), 1)
    result = salvage_to(crashed, SECRET, tmp_path / "new")
    vault = open_vault(result.folder, SECRET)
    assert actions(vault).count("view") >= 20 - 1
    vault.workspace.close()


def test_full_folder_is_never_overwritten(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "brief.txt").write_text("blijft")
    with pytest.raises(Invalid):
        salvage_to(folder, SECRET, tmp_path / "new")
    assert (tmp_path / "new" / "brief.txt").read_text() == "blijft"


def test_share_is_never_rounded_up_to_all(folder: Path) -> None:
    from wbos_desktop.domain.salvage import TableResult

    result = SalvageResult(folder, (TableResult("changes", 1_000_000, 1),))
    assert share_text(result).endswith("(99,99 %)")
