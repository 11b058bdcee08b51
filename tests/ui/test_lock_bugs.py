"""What fails while locking or entering leaves nothing open: no page, no dialog, no vault."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.helpers.waiting import wait_until
from tests.ui.window_fixture import PUPIL, SECRET, unlock, wait
from wbos_desktop import vaults
from wbos_desktop.errors import StorageError
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.pages.unlock.unlock_page import UnlockPage
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.work_view import WorkView
from wbos_desktop.workspace.opening import open_vault


class Stubborn(Dialog):
    """A dialog with a bug in its closing."""

    def done(self, _result: int) -> None:
        raise RuntimeError("bug")


def fail(*_arguments: object) -> None:
    raise RuntimeError("bug")


def shown(words: QLabel) -> bool:
    return shiboken6.isValid(words) and words.isVisible()


@pytest.fixture
def words(opened: MainWindow) -> QLabel:
    """A name on the page in view."""
    label = QLabel(PUPIL)
    opened.work.page.body.addWidget(label)
    label.show()
    assert label.isVisible()
    return label


def test_bug_in_the_last_calls_still_ends_at_the_door(
    qtbot: QtBot, opened: MainWindow, words: QLabel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WorkView, "close_pages", fail)
    opened.lock()
    assert isinstance(opened.shut, UnlockPage)
    assert opened.shut.isVisible()
    assert not opened.guard.blank
    qtbot.mouseClick(opened, Qt.MouseButton.LeftButton)
    assert not shown(words)
    wait(opened)
    assert opened.shell.tasks.workspace is None


def test_click_and_key_never_open_the_curtain_of_a_lock(
    qtbot: QtBot, opened: MainWindow, words: QLabel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "show_shut", fail)
    opened.lock()
    wait(opened)
    qtbot.mouseClick(opened, Qt.MouseButton.LeftButton)
    qtbot.keyClick(opened, Qt.Key.Key_F9)
    assert opened.guard.blank
    assert not shown(words)


def test_click_does_not_open_the_curtain_while_the_pages_are_left(
    qtbot: QtBot, opened: MainWindow
) -> None:
    opened.guard.shut()
    qtbot.mouseClick(opened, Qt.MouseButton.LeftButton)
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    assert opened.guard.blank
    opened.guard.stop()
    assert not opened.guard.blank


def test_dialog_with_a_bug_in_closing_is_gone_at_the_door(qtbot: QtBot, opened: MainWindow) -> None:
    first, second = Stubborn(PUPIL, parent=opened), Dialog(PUPIL, parent=opened)
    for dialog in (first, second):
        dialog.open()
    opened.lock()
    assert not first.isVisible()
    assert not second.isVisible()
    assert isinstance(opened.shut, UnlockPage)
    assert not opened.guard.blank


@pytest.mark.parametrize("error", [StorageError("De schijf is vol."), RuntimeError("bug")])
def test_failing_first_step_closes_the_vault_and_the_next_try_enters(
    qtbot: QtBot, window: MainWindow, vault: Path, error: Exception
) -> None:
    def fails(_vault: object) -> None:
        raise error

    window.shell.messages.report_bug = lambda *_about: None  # type: ignore[method-assign]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vaults, "settle_restored", fails)
        unlock(qtbot, window)
        wait_until(lambda: window.shell.tasks.workspace is None)
    assert window.work is None
    open_vault(vault, SECRET).workspace.close()
    said = " ".join(label.text() for label in window.shut.findChildren(QLabel))
    assert ("De schijf is vol." in said) is isinstance(error, StorageError)
    unlock(qtbot, window)
    wait_until(lambda: window.work is not None)


def test_vault_that_is_not_entered_yet_locks_by_itself(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(vaults, "settle_restored", lambda _vault: gate.wait(60))
    field = window.shut.passphrase.secret.field
    qtbot.keyClicks(field, SECRET)
    qtbot.keyClick(field, "\r")
    wait_until(lambda: window.shell.tasks.workspace is not None)
    window.idle._touched = -10_000.0
    window.idle.tick()
    gate.set()
    wait(window)
    assert window.shell.tasks.workspace is None
