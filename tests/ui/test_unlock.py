"""The door: right and wrong passphrase, waiting, recovery code, first run."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.helpers.waiting import wait_until
from tests.ui.window_fixture import (
    CODE,
    SECRET,
    open_window,
    unlock,
    wait,
)
from wbos_desktop import app as application
from wbos_desktop import paths
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.pages.unlock.unlock_page import UnlockPage
from wbos_desktop.ui.pages.unlock.welcome_page import WelcomePage
from wbos_desktop.workspace.opening import open_vault


def door(window: MainWindow) -> UnlockPage:
    assert isinstance(window.shut, UnlockPage)
    return window.shut


def test_unlock_page_shows_nothing_of_the_school(window: MainWindow) -> None:
    words = " ".join(label.text() for label in window.findChildren(QLabel))
    assert "Welkom terug" in words
    assert "Linde" not in words
    assert "Karin" not in words
    assert window.windowTitle() == "WBOS"


def test_right_passphrase_opens(opened: MainWindow) -> None:
    assert opened.shell.who.full_name == "Karin Bosman"
    assert opened.work is not None
    assert opened.work.page is not None
    assert opened.shut is None


def test_wrong_passphrase_is_told_under_the_field(qtbot: QtBot, window: MainWindow) -> None:
    unlock(qtbot, window, "dit is het niet")
    row = door(window).passphrase.secret
    assert row.row.error == "Dit wachtwoord klopt niet. Probeer het nog eens."
    assert row.field.selectedText() == "dit is het niet"
    assert window.work is None


def test_empty_passphrase_is_not_a_try(qtbot: QtBot, window: MainWindow, vault: Path) -> None:
    before = (vault / "tries.json").read_bytes()
    unlock(qtbot, window, "")
    assert door(window).passphrase.secret.row.error == "Typ je wachtwoord."
    assert (vault / "tries.json").read_bytes() == before


def test_after_five_tries_a_wait_counts_down(qtbot: QtBot, window: MainWindow) -> None:
    for _try in range(6):
        unlock(qtbot, window, "dit is het niet")
    page = door(window)
    assert page.passphrase.secret.row.error == "Wacht 30 seconden en probeer het dan opnieuw."
    assert not page.passphrase.button.isEnabled()
    page._count_down(29)
    assert page.passphrase.secret.row.error == "Wacht 1 seconde en probeer het dan opnieuw."
    page._count_down(1)
    assert page.passphrase.button.isEnabled()
    assert page.passphrase.secret.row.error == ""


def test_caps_lock_is_noticed(qtbot: QtBot, window: MainWindow) -> None:
    secret = door(window).passphrase.secret
    qtbot.keyClick(secret.field, Qt.Key.Key_A)
    assert not secret.caps_lock_shown
    qtbot.keyClicks(secret.field, "A", Qt.KeyboardModifier.NoModifier)
    assert secret.caps_lock_shown
    qtbot.keyClick(secret.field, Qt.Key.Key_B)
    assert not secret.caps_lock_shown


def test_recovery_code_leads_to_a_new_passphrase(
    qtbot: QtBot, window: MainWindow, vault: Path
) -> None:
    page = door(window)
    page.passphrase.code_asked.emit()
    qtbot.keyClicks(page.code.field, CODE.text.lower())
    qtbot.keyClick(page.code.field, "\r")
    wait_until(page.renew.isVisible)
    for row in (page.renew.secret, page.renew.again):
        qtbot.keyClicks(row.field, "zilveren paraplu in de wind")
    qtbot.keyClick(page.renew.again.field, "\r")
    wait_until(lambda: window.work is not None)
    wait(window)
    application.take_down(window)
    again = open_vault(vault, "zilveren paraplu in de wind")
    again.workspace.close()


def test_wrong_recovery_code_is_told(qtbot: QtBot, window: MainWindow) -> None:
    page = door(window)
    page.passphrase.code_asked.emit()
    qtbot.keyClicks(page.code.field, "ABCD")
    qtbot.keyClick(page.code.field, "\r")
    wait(window)
    assert page.code.row.error
    assert page.code.isVisible()


def test_damage_is_told_apart_from_a_wrong_passphrase(
    qtbot: QtBot, window: MainWindow, vault: Path
) -> None:
    data = bytearray((vault / "wbos.db").read_bytes())
    data[:4096] = bytes(4096)
    (vault / "wbos.db").write_bytes(data)
    unlock(qtbot, window)
    assert window.work is None
    assert door(window).passphrase.secret.row.error == ""
    assert door(window).care.damage.isVisible()


def test_language_can_be_chosen_at_the_door(qtbot: QtBot, window: MainWindow) -> None:
    window.shut.language_chosen.emit("en")
    words = " ".join(label.text() for label in window.shut.findChildren(QLabel))
    assert "Welcome back" in words
    assert window.shell.settings.get("language") == "en"


@pytest.fixture
def first_run(qtbot: QtBot) -> MainWindow:
    window = open_window(qtbot, paths.default_vault())
    yield window
    application.take_down(window)


def fill_school(qtbot: QtBot, page: WelcomePage) -> None:
    qtbot.keyClicks(page.school.school, "De Linde")
    qtbot.keyClicks(page.school.person, "Karin van der Berg")
    page.school.button.click()


def choose_secret(qtbot: QtBot, page: WelcomePage, secret: str = SECRET) -> None:
    for row in (page.secret.secret, page.secret.again):
        row.field.clear()
        qtbot.keyClicks(row.field, secret)
    page.secret.button.click()


def test_first_run_makes_a_vault(qtbot: QtBot, first_run: MainWindow) -> None:
    page = first_run.shut
    assert isinstance(page, WelcomePage)
    fill_school(qtbot, page)
    choose_secret(qtbot, page)
    code = page._code
    qtbot.keyClicks(page.code.field, code.text.replace("-", " ").lower())
    page.code.button.click()
    wait_until(lambda: first_run.work is not None)
    wait(first_run)
    assert first_run.shell.who.full_name == "Karin van der Berg"
    assert first_run.shell.who.school == "De Linde"
    application.take_down(first_run)
    open_vault(paths.default_vault(), SECRET).workspace.close()


def test_nothing_is_written_before_the_code_is_typed_again(
    qtbot: QtBot, first_run: MainWindow
) -> None:
    page = first_run.shut
    fill_school(qtbot, page)
    choose_secret(qtbot, page)
    qtbot.keyClicks(page.code.field, "ABCD-EFGH")
    page.code.button.click()
    assert page.code.row.error == "Dit is niet de code hierboven. Kijk nog eens."
    assert not paths.default_vault().exists()


@pytest.mark.parametrize(
    ("secret", "part"),
    [("kort", "12"), ("aaaaaaaaaaaaaa", "patroon"), ("wachtwoord1234", "Veel mensen")],
)
def test_weak_passphrases_are_refused(
    qtbot: QtBot, first_run: MainWindow, secret: str, part: str
) -> None:
    page = first_run.shut
    fill_school(qtbot, page)
    choose_secret(qtbot, page, secret)
    assert part in page.secret.secret.row.error
    assert page.secret.isVisible()


def test_copied_code_leaves_the_clipboard(qtbot: QtBot, first_run: MainWindow) -> None:
    page = first_run.shut
    fill_school(qtbot, page)
    choose_secret(qtbot, page)
    page.code.copy.click()
    assert QApplication.clipboard().text() == page._code.text
    first_run.shell.clipboard.clear()
    assert QApplication.clipboard().text() == ""


def test_clipboard_of_somebody_else_stays(qtbot: QtBot, first_run: MainWindow) -> None:
    first_run.shell.clipboard.copy("code")
    QApplication.clipboard().setText("something else")
    first_run.shell.clipboard.clear()
    assert QApplication.clipboard().text() == "something else"


def test_stopping_the_example_school_leaves_nothing(qtbot: QtBot, first_run: MainWindow) -> None:
    page = first_run.shut
    page.school.example.click()
    page._progress.stop.click()
    wait_until(lambda: page.messages_place.count() == 1)
    assert not paths.demo_vault().exists()
    assert page.school.button.isEnabled()


def test_vault_opened_by_code_is_closed_when_the_window_goes(
    qtbot: QtBot, window: MainWindow, vault: Path
) -> None:
    page = door(window)
    page.passphrase.code_asked.emit()
    qtbot.keyClicks(page.code.field, CODE.text)
    qtbot.keyClick(page.code.field, "\r")
    wait_until(page.renew.isVisible)
    window.close()
    wait(window)
    open_vault(vault, SECRET).workspace.close()


def test_language_waits_while_the_vault_opens(qtbot: QtBot, window: MainWindow) -> None:
    page = door(window)
    page.passphrase.unlock_asked.emit(SECRET)
    assert not page.language.isEnabled()
    wait_until(lambda: window.work is not None)
