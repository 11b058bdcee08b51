"""A vault in any state at the start (F-01 to F-22): a sentence, what is safe and what to do.

Beside these: F-15 tests/ui/test_main_window.py (second start), F-16 and F-17
tests/vault/test_lock.py, F-21 tests/e2e/test_hostile_start.py, F-22 tests/db/test_engine.py.
"""

from __future__ import annotations

import errno
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import apsw
import pytest
from sqlalchemy import text

from tests.helpers.counts import count
from wbos_desktop.db import engine
from wbos_desktop.db.engine import open_engine
from wbos_desktop.errors import (
    DamagedVault,
    Invalid,
    NewerVault,
    NotOurVault,
    StorageError,
    UserError,
    VaultError,
    WrongPassphrase,
)
from wbos_desktop.progress import Progress
from wbos_desktop.vault import folder as folders
from wbos_desktop.vault.unlock import unlock
from wbos_desktop.workspace import rescue
from wbos_desktop.workspace.backup import make_backup
from wbos_desktop.workspace.checking import check_vault
from wbos_desktop.workspace.doubt import accept_doubt
from wbos_desktop.workspace.opening import open_vault

from .fixture import (
    PAGE,
    SECRET,
    actions,
    content,
    copy_of,
    cut,
    flip,
    flip_page,
    flip_table,
    killed,
    mounted,
    page_of,
    view_one,
)


def check_opens(folder: Path) -> None:
    """Open, check and close."""
    vault = open_vault(folder, SECRET)
    assert vault.doubt is None
    assert check_vault(vault) == []
    vault.workspace.close()


def backed_up(folder: Path) -> Path:
    """A backup in the vault's own folder."""
    vault = open_vault(folder, SECRET)
    made = make_backup(vault, folder / "backups")
    vault.workspace.close()
    return made.path


def check_refused(folder: Path, kind: type[UserError], *words: str) -> UserError:
    """Opening is refused with these words, and nothing that counts was changed."""
    before = content(folder)
    with pytest.raises(kind) as caught:
        open_vault(folder, SECRET)
    for word in words:
        assert word in caught.value.message
    assert caught.value.message.endswith(".")
    assert content(folder) == before
    return caught.value


# ---------------------------------------------------------------- passphrase and pages
def test_f01_wrong_password_is_no_damage(folder: Path) -> None:
    before = content(folder)
    with pytest.raises(WrongPassphrase) as caught:
        open_vault(folder, "heel iets anders dan dit")
    assert "wachtwoord" in caught.value.message
    assert content(folder) == before
    assert (folder / "tries.json").exists()


def test_f02_damaged_first_page_is_never_a_wrong_password(folder: Path) -> None:
    data = bytearray((folder / "wbos.db").read_bytes())
    data[100] ^= 1
    (folder / "wbos.db").write_bytes(data)
    error = check_refused(folder, DamagedVault, "beschadigd", "Zet een back-up terug")
    assert isinstance(error, DamagedVault)
    assert error.remedies == {"restore", "salvage"}


@pytest.mark.parametrize("state", ["empty", "missing", "half", "mid page"])
def test_f03_no_new_database_and_the_backups_are_listed(folder: Path, state: str) -> None:
    backed_up(folder)
    database = folder / "wbos.db"
    if state == "missing":
        database.unlink()
    else:
        pages = database.stat().st_size // PAGE
        keep = {"empty": 0, "half": pages // 2 * PAGE, "mid page": pages * PAGE - 1000}[state]
        database.write_bytes(database.read_bytes()[:keep])
    error = check_refused(folder, DamagedVault)
    assert isinstance(error, DamagedVault)
    assert "restore" in error.remedies
    found = rescue.backups_of(folder)
    assert [row.problem for row in found] == [""]
    assert found[0].header is not None
    assert found[0].header.counts["pupils"] == 0
    vault = rescue.put_backup_back(Progress(), folder, found[0].path, SECRET)
    vault.workspace.close()
    check_opens(folder)


# ---------------------------------------------------------------- the envelope
@pytest.mark.parametrize("name", ["keys.json", "keys.copy.json"])
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"{")])
def test_f04_the_other_key_file_mends_it(
    folder: Path, name: str, damage: Callable[[Path], object]
) -> None:
    damage(folder / name)
    vault = open_vault(folder, SECRET)
    assert vault.notices == (
        "Een sleutelbestand van de kluis was beschadigd. WBOS heeft het hersteld met de kopie.",
    )
    vault.workspace.close()
    assert (folder / "keys.json").read_bytes() == (folder / "keys.copy.json").read_bytes()
    check_opens(folder)


def no_keys(folder: Path) -> None:
    for path in folder.glob("keys*"):
        path.unlink()


def test_f05_without_keys_it_is_still_a_vault(folder: Path) -> None:
    no_keys(folder)
    error = check_refused(folder, DamagedVault, "sleutelbestanden", "Maak geen nieuwe kluis")
    assert isinstance(error, DamagedVault)
    assert error.remedies == {"keys"}


def test_f05_keys_come_back_from_a_backup(folder: Path) -> None:
    backup = backed_up(folder)
    no_keys(folder)
    rescue.rebuild_keys(folder, backup, SECRET)
    check_opens(folder)


def test_f05_keys_come_back_from_a_copy_of_the_file(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "keys.json", tmp_path / "stick.json")
    no_keys(folder)
    rescue.rebuild_keys(folder, tmp_path / "stick.json", SECRET)
    check_opens(folder)


def test_f05_keys_of_another_vault_are_not_written(
    folder: Path, whole: Path, tmp_path: Path
) -> None:
    from wbos_desktop.workspace.create import NewVault, create_vault

    from .fixture import FAST

    create_vault(tmp_path / "other", SECRET, NewVault("De Wilg", "PO", "Joost"), kdf=FAST)
    no_keys(folder)
    with pytest.raises(DamagedVault) as caught:
        rescue.rebuild_keys(folder, tmp_path / "other" / "keys.json", SECRET)
    assert "passen niet" in caught.value.message
    assert not list(folder.glob("keys*"))
    with pytest.raises(WrongPassphrase):
        rescue.rebuild_keys(folder, whole / "keys.json", "heel iets anders dan dit")


# ---------------------------------------------------------------- damage and foreign files
def is_found(folder: Path) -> bool:
    """By opening, or by the check."""
    try:
        vault = open_vault(folder, SECRET)
    except (DamagedVault, NotOurVault):
        return True
    try:
        return check_vault(vault) != []
    except DamagedVault:
        return True
    finally:
        vault.workspace.close()


@pytest.mark.torture
def test_f06_every_flipped_bit_is_found_on_the_real_schema(folder: Path, tmp_path: Path) -> None:
    chance, missed = random.Random(6), 0
    for number in range(count(15, 300)):
        scratch = copy_of(folder, tmp_path / f"flip-{number}")
        flip(scratch / "wbos.db", chance)
        missed += not is_found(scratch)
        shutil.rmtree(scratch)
    assert missed == 0


@pytest.mark.torture
def test_f06_control_plain_sqlite_finds_only_a_part(tmp_path: Path) -> None:
    path, chance, found = tmp_path / "plain.db", random.Random(6), 0
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)")
    connection.executemany("INSERT INTO notes (body) VALUES (?)", [("x" * 900,)] * 400)
    connection.commit()
    connection.close()
    sound = path.read_bytes()
    for _number in range(number := count(60, 300)):
        path.write_bytes(sound)
        flip(path, chance)
        found += not plain_is_whole(path)
    assert found < number * 0.8


def plain_is_whole(path: Path) -> bool:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    except sqlite3.Error:
        return False
    finally:
        connection.close()


def test_f06_the_rest_of_a_damaged_vault_can_be_read(folder: Path) -> None:
    flip_table(folder, "changes")
    before = content(folder)["wbos.db"]
    vault = rescue.open_to_read(folder, SECRET, by_code=False)
    statement = text("SELECT count(*) FROM staff")
    assert vault.workspace.read(lambda session: session.execute(statement).scalar_one()) == 301
    with pytest.raises(VaultError):
        vault.workspace.write(view_one, 1)
    vault.workspace.close()
    assert content(folder)["wbos.db"] == before


def test_f08_another_program_s_encrypted_database_is_refused(folder: Path) -> None:
    key = unlock(folder, SECRET).keys.data_key.hex()
    (folder / "wbos.db").unlink()
    connection = apsw.Connection(str(folder / "wbos.db"))
    for pragma in ("cipher = 'sqlcipher'", "legacy = 4", f"key = \"x'{key}'\""):
        connection.execute("PRAGMA " + pragma)
    connection.execute("CREATE TABLE anders (id)")
    connection.close()
    check_refused(folder, NotOurVault, "ander programma")


@pytest.mark.parametrize("begin", [b"SQLite format 3\x00", b"\xff\xd8\xff\xe0", b"%PDF-1.7"])
def test_f08_plain_files_are_refused(folder: Path, begin: bytes) -> None:
    (folder / "wbos.db").write_bytes(begin + bytes(9000))
    check_refused(folder, NotOurVault)


@pytest.mark.parametrize(
    "statement", ["PRAGMA user_version = 99", "UPDATE alembic_version SET version_num = '9999'"]
)
def test_f09_newer_vault_is_refused_with_what_to_do(folder: Path, statement: str) -> None:
    opened = open_engine(folder / "wbos.db", unlock(folder, SECRET).keys.data_key)
    with opened.begin() as connection:
        connection.execute(text(statement))
    opened.dispose()
    check_refused(folder, NewerVault, "nieuwste versie")


# ---------------------------------------------------------------- copies and older files
def test_f13_only_the_database_copied_asks_for_the_keys(folder: Path, tmp_path: Path) -> None:
    lonely = tmp_path / "nieuwe laptop"
    lonely.mkdir()
    shutil.copy(folder / "wbos.db", lonely)
    check_refused(lonely, DamagedVault, "keys.json")
    shutil.copy(folder / "keys.json", lonely)
    check_opens(lonely)  # a closed vault has no log: nothing is missing


def yesterday_put_back(folder: Path) -> None:
    older = (folder / "wbos.db").read_bytes()
    vault = open_vault(folder, SECRET)
    for number in range(7):
        vault.workspace.write(view_one, number)
    vault.workspace.close()
    (folder / "wbos.db").write_bytes(older)


def test_f14_yesterday_s_file_waits_for_a_decision(folder: Path) -> None:
    yesterday_put_back(folder)
    before = (folder / "wbos.db").read_bytes()
    vault = open_vault(folder, SECRET)
    assert vault.doubt is not None
    assert vault.doubt.missing >= 7
    assert "ouder dan verwacht" in vault.doubt.text
    with pytest.raises(VaultError):
        vault.workspace.write(view_one, 1)
    vault.workspace.close()
    assert (folder / "wbos.db").read_bytes() == before
    again = open_vault(folder, SECRET)  # nobody decided: asked again
    assert again.doubt is not None
    again.workspace.close()


def test_f14_going_on_is_noted_and_asked_once(folder: Path) -> None:
    yesterday_put_back(folder)
    vault = open_vault(folder, SECRET)
    accept_doubt(vault)
    vault.workspace.write(view_one, 1)
    assert "accept_older" in actions(vault)
    vault.workspace.close()
    check_opens(folder)


# ---------------------------------------------------------------- places
PLACES = ["OneDrive - De Linde", "Dropbox", "Mijn Drive", "iCloud Drive", "SURFdrive"]


@pytest.mark.parametrize("name", PLACES)
def test_f18_moved_to_a_synced_folder_is_told_with_an_offer(
    folder: Path, tmp_path: Path, name: str
) -> None:
    synced = tmp_path / name / "kluis"
    synced.parent.mkdir()
    folder.rename(synced)
    assert "gesynchroniseerd" in rescue.place_warning(synced)
    with pytest.raises(Invalid):
        folders.check_place(synced)
    target = rescue.move_vault(Progress(), synced, tmp_path / "goed")
    assert rescue.place_warning(target) == ""
    check_opens(target)
    assert not synced.exists()
    assert (synced.with_name("kluis-verplaatst-1") / "wbos.db").exists()


def test_f18_network_drive_is_not_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_mount_of", lambda _path: ("//server/school", "cifs"))
    check_refused(folder, VaultError, "netwerkschijf", "Verplaats")


def test_f18_stick_is_told(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_on_stick", lambda path: "kluis" in path.parts)
    assert "losse schijf" in rescue.place_warning(folder)
    assert rescue.place_warning(tmp_path / "elders") == ""


def test_f18_move_into_a_bad_place_is_refused(folder: Path, tmp_path: Path) -> None:
    before = content(folder)
    with pytest.raises(Invalid):
        rescue.move_vault(Progress(), folder, tmp_path / "Dropbox" / "kluis")
    assert content(folder) == before


@pytest.mark.parametrize("inside", [".", "backups", "backups/nieuw"])
def test_f18_move_into_itself_is_refused(folder: Path, inside: str) -> None:
    before = content(folder)
    with pytest.raises(Invalid) as caught:
        rescue.move_vault(Progress(), folder, folder / inside)
    assert "Kies een andere map" in caught.value.message
    assert content(folder) == before


def test_f18_move_into_a_closed_folder_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "dicht"
    target.mkdir()

    def closed(_path: Path) -> None:
        raise PermissionError(errno.EACCES, "closed")

    monkeypatch.setattr(Path, "iterdir", closed)
    with pytest.raises(StorageError):
        rescue.move_vault(Progress(), folder, target)
    assert (folder / "wbos.db").is_file()


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own that can be made read-only; needs the rights for it."""
    with mounted(tmp_path / "disk", 60) as disk:
        yield disk


def test_f19_read_only_disk_is_told_at_the_start(folder: Path, read_only_disk: Path) -> None:
    copy = copy_of(folder, read_only_disk / "kluis")
    subprocess.run(["mount", "-o", "remount,ro", str(read_only_disk)], check=True)
    check_refused(copy, StorageError, "mag niet in deze map schrijven", "beheerder")


def test_f19_file_without_right_to_write_is_told_at_the_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # For root every file can be written, so the connection is made as SQLite then makes it.
    may_read = partial(engine.connect, read_only=True)
    monkeypatch.setattr(engine, "connect", lambda path, dek, **_choices: may_read(path, dek))
    check_refused(folder, StorageError, "lezen maar er niet in schrijven", "Er is niets veranderd")


NAMES = ["a#b", "wat?", "100%", "file:kluis", "kluis 😀", "kluis.", "é" * 60, "x" * 240]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_f20_strange_and_long_paths_work_or_are_refused(
    folder: Path, tmp_path: Path, name: str
) -> None:
    strange = tmp_path / name / "kluis"
    try:
        copy_of(folder, strange)
    except OSError:
        pytest.skip("this file system has no such name")
    check_opens(strange)


def test_f11_a_kill_in_the_middle_is_no_damage(folder: Path, tmp_path: Path) -> None:
    crashed = killed(folder, tmp_path / "crashed", 3)
    check_opens(crashed)


def test_f03_cut_log_and_cut_file_together(folder: Path, tmp_path: Path) -> None:
    crashed = killed(folder, tmp_path / "crashed", 30)
    cut(crashed / "wbos.db", 0.5)
    with pytest.raises((DamagedVault, NotOurVault)):
        open_vault(crashed, SECRET)


def test_f06_damaged_mark_of_the_version_is_damage_too(folder: Path) -> None:
    flip_page(folder, page_of(folder, "alembic_version"))
    error = check_refused(folder, DamagedVault, "beschadigd")
    assert isinstance(error, DamagedVault)
    assert error.remedies == {"restore", "salvage"}
