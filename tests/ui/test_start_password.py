"""A colleague's first unlock: the start password opens nothing but the choice of an own one."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from tests import factories
from tests.helpers.waiting import wait_until
from tests.ui.window_fixture import CHEAP, SECRET, unlock, wait
from wbos_desktop import terminal
from wbos_desktop.db.models.school import Staff
from wbos_desktop.errors import WrongPassphrase
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.workspace import people
from wbos_desktop.workspace.opening import open_vault

START = "groene tafel zingt vannacht"
OWN = "blauwe wolk danst op straat"


@pytest.fixture(autouse=True)
def joost(vault: Path) -> None:
    """Joost got a start password, before the window opens."""
    opened = open_vault(vault, SECRET)
    opened.workspace.write(factories.make_staff, given_name="Joost", family_name="Veldkamp")
    statement = select(Staff.id).where(Staff.given_name == "Joost")
    staff_id = opened.workspace.read(lambda session: session.scalar(statement))
    people.add_user(opened, staff_id, "member", START, must_renew=True, kdf=CHEAP)
    opened.workspace.close()


def choose(qtbot: QtBot, window: MainWindow, secret: str) -> None:
    panel = window.shut.first
    for row in (panel.secret, panel.again):
        row.clear()
        qtbot.keyClicks(row.field, secret)
    qtbot.keyClick(panel.again.field, "\r")
    wait(window)


def test_an_own_password_comes_first(qtbot: QtBot, window: MainWindow, vault: Path) -> None:
    unlock(qtbot, window, START)
    wait_until(window.shut.first.isVisible)
    assert window.work is None
    assert window.shut.passphrase.secret.value() == ""
    choose(qtbot, window, "Joost Veldkamp 12")
    assert window.work is None
    assert window.shut.first.secret.row.error
    choose(qtbot, window, OWN)
    wait_until(lambda: window.work is not None)
    assert (window.shell.who.full_name, window.shell.who.role) == ("Joost Veldkamp", "member")
    with qtbot.waitSignal(window.locked):
        window.lock()
    with pytest.raises(WrongPassphrase):
        open_vault(vault, START)


def test_who_stops_halfway_is_asked_again(qtbot: QtBot, window: MainWindow, vault: Path) -> None:
    unlock(qtbot, window, START)
    wait_until(window.shut.first.isVisible)
    window.show_shut()
    wait(window)
    again = open_vault(vault, START)
    assert again.must_renew
    again.workspace.close()


def test_the_command_line_asks_an_own_password_first(vault: Path) -> None:
    with pytest.raises(WrongPassphrase, match="startwachtwoord"):
        terminal.open_vault(Namespace(vault=vault), START)
    again = open_vault(vault, START)  # and it let go of the vault
    again.workspace.close()
