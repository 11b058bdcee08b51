"""A vault folder in any state gives one clear sentence at the door and on the command line.

Nothing is written into it: what was there stays byte for byte.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.waiting import wait_until
from tests.ui.window_fixture import (  # noqa: F401
    SECRET,
    made_vault,
    open_window,
    unlock,
    vault,
)
from wbos_desktop import app as application
from wbos_desktop import cli, paths
from wbos_desktop.errors import TooManyTries
from wbos_desktop.settings import Settings
from wbos_desktop.ui.pages.unlock.unlock_page import UnlockPage
from wbos_desktop.vault import lock, tries
from wbos_desktop.workspace.opening import open_vault


def _plain(folder: Path) -> None:
    (folder / "wbos.db").unlink()
    connection = sqlite3.connect(folder / "wbos.db")
    connection.execute("CREATE TABLE pupils (name TEXT)")
    connection.commit()
    connection.close()


def _cut(folder: Path) -> None:
    with (folder / "wbos.db").open("r+b") as file:
        file.truncate(file.seek(0, os.SEEK_END) // 2)


def _no_keys(folder: Path) -> None:
    for name in ("keys.json", "keys.json.bak", "keys.bak.json"):
        (folder / name).unlink(missing_ok=True)
    for path in folder.glob("keys*"):
        path.unlink()


STATES: dict[str, Callable[[Path], object]] = {
    "missing": lambda f: (f / "wbos.db").unlink(),
    "plain": _plain,
    "jpeg": lambda f: (f / "wbos.db").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"x" * 9000),
    "empty": lambda f: (f / "wbos.db").write_bytes(b""),
    "cut": _cut,
    "no keys": _no_keys,
    "keys empty": lambda f: [p.write_bytes(b"") for p in f.glob("keys*")],
    "keys deep": lambda f: [p.write_text("[" * 100_000) for p in f.glob("keys*")],
    "keys text": lambda f: [p.write_text("[]") for p in f.glob("keys*")],
}
KNOWN = ("wbos.db", "keys")


def _content(folder: Path) -> dict[str, bytes]:
    """What counts: database and keys; counting tries and the lock may come and go."""
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if path.name.startswith(KNOWN)
    }


@pytest.mark.parametrize("state", STATES)
def test_command_line_says_what_is_wrong(
    vault: Path,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    state: str,
) -> None:
    STATES[state](vault)
    before = _content(vault)
    (tmp_path / "pass").write_text(SECRET)
    done = cli.main(["check", "--vault", str(vault), "--passphrase-file", str(tmp_path / "pass")])
    said = capsys.readouterr().err
    assert done == cli.USER
    assert said.strip().endswith(".")
    assert "Traceback" not in said
    assert "onjuist" not in said
    assert _content(vault) == before


@pytest.mark.parametrize("state", STATES)
def test_door_says_what_is_wrong(qtbot: QtBot, vault: Path, state: str) -> None:  # noqa: F811
    STATES[state](vault)
    before = _content(vault)
    window = open_window(qtbot, vault)
    try:
        assert isinstance(window.shut, UnlockPage)
        if window.shut.passphrase.isVisible():
            unlock(qtbot, window)
        shown = [label.text() for label in window.shut.findChildren(_label()) if label.isVisible()]
        assert window.work is None
        said = " ".join(shown).casefold()
        assert any(word in said for word in WORDS), shown
        assert "onjuist" not in said
    finally:
        application.take_down(window)
    assert _content(vault) == before


WORDS = ("beschadigd", "ontbreekt", "geen kluis", "ander", "sleutel", "mist")


def _label() -> type:
    from PySide6.QtWidgets import QLabel

    return QLabel


@pytest.mark.parametrize("name", ["a#b?c%20 é", "file:x", "kluis.", "😀"])
def test_strange_folder_names(vault: Path, tmp_path: Path, name: str) -> None:  # noqa: F811
    folder = tmp_path / name / "kluis"
    shutil.copytree(vault, folder)
    opened = open_vault(folder, SECRET)
    opened.workspace.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["data", name])


def test_the_second_opening_is_told(vault: Path, tmp_path: Path, capsys) -> None:  # noqa: F811
    first = open_vault(vault, SECRET)
    (tmp_path / "pass").write_text(SECRET)
    options = ["--vault", str(vault), "--passphrase-file", str(tmp_path / "pass")]
    try:
        assert cli.main(["check", *options]) == cli.USER
        assert "open" in capsys.readouterr().err
    finally:
        first.workspace.close()
    assert cli.main(["check", *options]) == cli.OK


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe\x00",
        b'{"lock_minutes": 100000, "theme": [], "language": {}, "text_size": "100"}',
        b'{"lock_minutes": true, "geometry": "zz", "last_page": "<b>", "school": "Zandoogje"}',
        b"[" * 100_000,
        b'{"lock_minutes": ' + b"9" * 10_000 + b"}",
    ],
    ids=range(8),
)
def test_a_hostile_settings_file_gives_the_defaults(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(content)
    settings = Settings(file)
    assert [settings.get(key) for key in ("lock_minutes", "theme", "geometry")] == [5, "system", ""]
    settings.set("theme", "dark")
    assert b"Zandoogje" not in file.read_bytes()
    assert Settings(file).get("theme") == "dark"


def test_settings_in_a_folder_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "settings.json").mkdir()
    settings = Settings(tmp_path / "settings.json")
    settings.set("theme", "dark")
    assert settings.get("theme") == "dark"


def test_window_starts_with_hostile_settings(qtbot: QtBot, vault: Path) -> None:  # noqa: F811
    paths.data_dir().mkdir(parents=True, exist_ok=True)
    (paths.data_dir() / "settings.json").write_text('{"geometry": "00ff00ff", "last_slot": "ab"}')
    window = open_window(qtbot, vault)
    unlock(qtbot, window)
    wait_until(lambda: window.work is not None)
    application.take_down(window)


@pytest.mark.parametrize("content", ["[" * 100_000, '{"wrong": 1e400, "at": null}', "\udcff", "7"])
def test_damaged_side_files_do_not_keep_the_user_out(
    vault: Path,  # noqa: F811
    content: str,
) -> None:
    """Lock and tries are only notes: a strange one never ends in an unexpected error."""
    for name in (lock.FILE_NAME, tries.FILE_NAME):
        (vault / name).write_bytes(content.encode(errors="surrogateescape"))
    wait = 0
    try:
        open_vault(vault, SECRET).workspace.close()
    except TooManyTries as error:
        wait = error.seconds
    assert wait < 24 * 3600
