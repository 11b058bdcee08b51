"""The file format: every byte counts, and nothing in it is plain but a header without names."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.helpers.counts import count
from tests.vault.backup_fixture import FAST, SECRET, add, second_engine
from wbos_desktop.errors import DamagedVault, NewerVault, NotOurVault, UserError, WrongPassphrase
from wbos_desktop.progress import Progress
from wbos_desktop.vault import archive
from wbos_desktop.workspace import backup, backup_reading, erasures, restoring
from wbos_desktop.workspace.create import NewVault, create_vault

PUPIL = "Yasmin Sentinelova"
REFUSED = "Deze back-up is niet heel. Kies een oudere."


@pytest.fixture
def made(vault, stick):
    vault.workspace.write(add, PUPIL)
    return backup.make_backup(vault, stick)


def flip(path: Path, byte: int, bit: int, to: Path) -> Path:
    content = bytearray(path.read_bytes())
    content[byte] ^= 1 << bit
    to.write_bytes(content)
    return to


def places(made: backup.BackupMade, number: int) -> list[int]:
    """Bytes all over the file: header, keys, database, checksum and seal."""
    header, chance = made.header, random.Random(7)
    keys_at = made.size - 64 - header.database_length - header.keys_length
    edges = [0, 7, 9, 20, keys_at - 1, keys_at, keys_at + header.keys_length - 2, made.size - 64]
    return [*edges, made.size - 1, *(chance.randrange(made.size) for _ in range(number))]


def test_header_says_what_is_inside(made, vault):
    header = archive.read_header(made.path)
    assert header.vault_id == vault.unlocked.vault_id
    assert header.counts["pupils"] == 0
    assert header.audit_count > 0
    assert (header.generation, header.main_number) == (1, 1)
    assert made.path.stat().st_size == made.size
    assert made.path.name == "wbos-backup-2026-11-24-0942" + made.path.name[-7:]


def test_nothing_readable_is_in_it(made):
    content = made.path.read_bytes()
    assert PUPIL.encode() not in content
    assert b"Karin" not in content
    assert b"De Linde" not in content
    assert b"SQLite format 3" not in content


def test_the_second_engine_reads_the_database_inside(made, vault, tmp_path, folder):
    database = tmp_path / "inside.db"
    archive.extract_database(made.path, database, lambda _done, _total: None)
    vault.workspace.close()
    assert second_engine(database, folder) == ("ok", 2)


@pytest.mark.torture
def test_every_flipped_bit_of_a_backup_is_found(made, tmp_path):
    """Also the control: the untouched file passes the very same call."""
    chance = random.Random(3)
    assert backup_reading.verify(made.path, SECRET, tmp_path / "c") == made.header
    for byte in places(made, count(40, 300)):
        bad = flip(made.path, byte, chance.randrange(8), tmp_path / "bad.wbos")
        with pytest.raises(UserError):
            backup_reading.verify(bad, SECRET, tmp_path / "c")


def test_flips_are_refused_at_restore_and_change_nothing(made, tmp_path, vault, folder):
    vault.workspace.close()
    before = (folder / "wbos.db").read_bytes()
    for byte in places(made, 5):
        bad = flip(made.path, byte, 0, tmp_path / "bad.wbos")
        with pytest.raises(UserError):
            restoring.restore_closed(folder, bad, SECRET)
    assert (folder / "wbos.db").read_bytes() == before
    assert not (folder / "before-restore").exists()


@pytest.mark.parametrize("left", [0, 5, 11, 300, 4096, 0.5, -1])
def test_a_cut_file_is_refused(made, tmp_path, left):
    content = made.path.read_bytes()
    cut = tmp_path / "cut.wbos"
    keep = int(made.size * left) if isinstance(left, float) else left
    cut.write_bytes(content[:keep])
    with pytest.raises((DamagedVault, NotOurVault)):
        archive.read_header(cut)
    with pytest.raises((DamagedVault, NotOurVault)):
        backup_reading.verify(cut, SECRET, tmp_path / "c")


def test_bytes_after_the_end_are_refused(made, tmp_path):
    longer = tmp_path / "longer.wbos"
    longer.write_bytes(made.path.read_bytes() + b"\0")
    with pytest.raises(DamagedVault, match=REFUSED):
        backup_reading.verify(longer, SECRET, tmp_path / "c")


def test_a_wrong_password_is_said_so(made, tmp_path):
    with pytest.raises(WrongPassphrase):
        backup_reading.verify(made.path, "een ander wachtwoord", tmp_path / "c")
    assert list((tmp_path).glob("c/*")) == []


def test_a_checksum_made_right_again_does_not_help(made, tmp_path, vault):
    """Who changes a byte and mends the checksum still lacks the key of the seal."""
    import hashlib

    content = bytearray(made.path.read_bytes())
    content[-200] ^= 1
    content[-64:-32] = hashlib.sha256(content[:-64]).digest()
    forged = tmp_path / "forged.wbos"
    forged.write_bytes(content)
    archive.check(forged, None, lambda _done, _total: None)
    with pytest.raises(DamagedVault, match="niet met deze kluis gemaakt"):
        archive.check(forged, vault.unlocked.keys.audit_key, lambda _done, _total: None)
    with pytest.raises(DamagedVault):
        backup_reading.verify(forged, SECRET, tmp_path / "c")


def test_a_newer_format_asks_for_a_newer_program(made, tmp_path):
    newer = tmp_path / "newer.wbos"
    newer.write_bytes(b"WBOSBAK2" + made.path.read_bytes()[8:])
    with pytest.raises(NewerVault):
        archive.read_header(newer)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 ...", b"SQLite format 3\0" * 99, b"WBOSBAK1"])
def test_other_files_are_told_apart(tmp_path, content):
    file = tmp_path / "iets.wbos"
    file.write_bytes(content)
    with pytest.raises((NotOurVault, DamagedVault)):
        backup_reading.read_header(file)


def test_a_backup_of_another_school_is_refused(made, tmp_path, opener):
    other = tmp_path / "ander"
    create_vault(other, SECRET, NewVault("De Beuk", "VO", "Joost"), kdf=FAST)
    vault = opener(other)
    assert restoring.preview(vault, made.path).other_school
    with pytest.raises(DamagedVault, match="andere school"):
        backup_reading.verify_own(vault, made.path)
    with pytest.raises(DamagedVault, match="andere school"):
        restoring.prepare(vault, made.path, SECRET)


def test_verifying_can_be_stopped(made, tmp_path):
    from wbos_desktop.errors import Cancelled

    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        backup_reading.verify(made.path, SECRET, tmp_path / "c", progress)


def test_many_years_of_erasing_fit_into_a_backup(vault, stick):
    erasures.keep_marks(vault, [number.to_bytes(32, "big") for number in range(20_000)])
    made = backup.make_backup(vault, stick)
    assert made.header.keys_length > 1_000_000
    assert backup_reading.verify_own(vault, made.path) == made.header
