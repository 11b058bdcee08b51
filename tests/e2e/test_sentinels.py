"""No name, note or passphrase can be read in any file: while open, after a kill, when closed."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wbos_desktop import cli
from wbos_desktop.db import engine
from wbos_desktop.vault import slots
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault

FAST = KdfParams(memory_kib=64, iterations=1)
WORD = "Zwanenbloem"
SCHOOL = "Zandoogje"
SECRET = "Zilverspar zingt vannacht zacht"
ROOT = Path(__file__).parents[2]


def forms(word: str) -> list[bytes]:
    """A text as programs may write it to disk."""
    plain = [word.encode(), word.lower().encode(), word.upper().encode()]
    coded = [base64.b64encode(word.encode())[:-4], word.encode().hex().encode()]
    return [*plain, word.encode("utf-16-le"), word.encode("utf-16-be"), *coded]


def hits(folder: Path, words: list[str]) -> list[str]:
    """Files (names too) below the folder in which one of the words can be read."""
    found = []
    for path in sorted(folder.rglob("*")):
        content = os.fsencode(path.name)
        if path.is_file():
            content += b"\n" + path.read_bytes()
        if any(form in content for word in words for form in forms(word)):
            found.append(path.name)
    return found


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with everything that the child can write to."""
    for name in ("data", "tmp", "home", "out"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


def start(place: Path, folder: Path) -> subprocess.Popen[bytes]:
    with (place / "out" / "stderr.txt").open("wb") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.sentinel_child", str(folder), SECRET, WORD],
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=ROOT,
        )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n", (place / "out" / "stderr.txt").read_text()
    return child


def keys_of(folder: Path) -> list[bytes]:
    vault = open_vault(folder, SECRET)
    keys = vault.unlocked.keys
    vault.workspace.close()
    return [keys.data_key, keys.audit_key]


@pytest.mark.torture
def test_nothing_is_readable_on_disk(place):
    folder = place / "data" / "kluis"
    new = NewVault(SCHOOL, "VO", WORD, "", f"{WORD}stra")
    code = create_vault(folder, SECRET, new, kdf=FAST)
    words = [WORD, SCHOOL, SECRET, SECRET.split()[0], code.text, code.characters]
    child = start(place, folder)
    try:
        assert (folder / "wbos.db-wal").stat().st_size > 100_000
        assert hits(place, words) == []
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()
    assert hits(place, words) == []
    keys = keys_of(folder)
    assert hits(place, words) == []
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(key in content or key.hex().encode() in content for key in keys)


@pytest.mark.parametrize("form", range(7))
def test_the_search_finds_what_is_readable(tmp_path, form):
    """The control: a plain file with the word is found in each form."""
    (tmp_path / "notes.txt").write_bytes(b"x" * 5000 + forms(f"{WORD}stra")[form] + b"x")
    assert hits(tmp_path, [f"{WORD}stra"]) == ["notes.txt"]


def test_the_search_finds_a_plain_database(tmp_path):
    import sqlite3

    connection = sqlite3.connect(tmp_path / "plain.db")
    connection.execute("CREATE TABLE pupils (name TEXT)")
    connection.execute("INSERT INTO pupils VALUES (?)", (WORD,))
    connection.commit()
    connection.close()
    assert hits(tmp_path, [WORD]) == ["plain.db"]


def test_the_search_finds_a_vault_without_its_key(tmp_path, monkeypatch):
    """The control: the same work with the encryption switched off."""
    monkeypatch.setattr(engine, "_unlock", lambda *_args, **_more: None)
    create_vault(tmp_path / "kluis", SECRET, NewVault(SCHOOL, "VO", WORD), kdf=FAST)
    assert hits(tmp_path, [WORD]) == ["wbos.db"]


def test_recovery_slot_is_not_readable_either(tmp_path):
    folder = tmp_path / "kluis"
    code = create_vault(folder, SECRET, NewVault(SCHOOL, "VO", WORD), kdf=FAST)
    vault = open_vault(folder, code.characters, kind=slots.RECOVERY)
    assert hits(tmp_path, [SCHOOL, WORD, code.characters, code.text]) == []
    vault.workspace.close()


def test_the_program_writes_for_its_own_user_only(tmp_path):
    (tmp_path / "secret").write_text(SECRET)
    options = ["--vault", str(tmp_path / "none"), "--passphrase-file", str(tmp_path / "secret")]
    before = os.umask(0o022)
    try:
        assert cli.main(["check", *options]) == cli.USER
        assert os.umask(0o022) == 0o077
    finally:
        os.umask(before)
