"""The real window on a real, quickly made vault: for tests of the window and of unlocking."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.waiting import settle, wait_until
from wbos_desktop import app as application
from wbos_desktop import paths
from wbos_desktop.db.models.school import SchoolYear
from wbos_desktop.settings import Settings
from wbos_desktop.ui import theme
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.vault.recovery import RecoveryCode, new_code
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault

SECRET = "paarse fiets langs de gracht"
PUPIL = "Yasmin Sentinelova"
CHEAP = KdfParams(memory_kib=64, iterations=1)
CODE: RecoveryCode = new_code()


@pytest.fixture(scope="session")
def made_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed vault of De Linde with one group and one pupil; copy it, never open it."""
    folder = tmp_path_factory.mktemp("made") / "vault"
    new = NewVault("De Linde", "VO", "Karin", "", "Bosman")
    create_vault(folder, SECRET, new, code=CODE, kdf=CHEAP)
    vault = open_vault(folder, SECRET)
    vault.workspace.write(_add_year)
    group = vault.workspace.write(factories.make_group, name="2B")
    given, family = PUPIL.split()
    vault.workspace.write(factories.make_pupil, group, given_name=given, family_name=family)
    vault.workspace.close()
    return folder


def _add_year(session: Session) -> None:
    year = SchoolYear(
        name="2026-2027", first_day=dt.date(2026, 8, 24), last_day=dt.date(2027, 7, 9)
    )
    session.add(year)


@pytest.fixture
def vault(made_vault: Path) -> Path:
    """A vault in the place of the user's own."""
    folder = paths.default_vault()
    shutil.copytree(made_vault, folder)
    return folder


def open_window(qtbot: QtBot, folder: Path) -> MainWindow:
    """A window that is shown; end it with `end`."""
    settings = Settings()
    settings.set("language", "nl")
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, "light", 100)
    window = application.make_window(settings, folder)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def wait(window: MainWindow) -> None:
    """Until no answer is to come any more, and what the answers asked is shown."""
    settle(window.shell.tasks)


@pytest.fixture
def window(qtbot: QtBot, vault: Path) -> Iterator[MainWindow]:
    """The window at the unlock page."""
    window = open_window(qtbot, vault)
    yield window
    # A test that breaks the door leaves the curtain of its lock, which takes every key.
    window.guard.stop()
    application.take_down(window)


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """The window after the right passphrase."""
    unlock(qtbot, window)
    wait_until(lambda: window.work is not None)
    wait(window)
    return window


def unlock(qtbot: QtBot, window: MainWindow, secret: str = SECRET) -> None:
    """Type a passphrase and press Enter."""
    field = window.shut.passphrase.secret.field
    field.clear()
    qtbot.keyClicks(field, secret)
    qtbot.keyClick(field, "\r")
    wait(window)
