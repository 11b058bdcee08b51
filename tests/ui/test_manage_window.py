"""Beheer in the real window on a real vault: the password, and settings that work at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.window_fixture import (
    SECRET,
    wait,
)
from wbos_desktop.errors import WrongPassphrase
from wbos_desktop.ui import theme
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.pages.manage.passphrase_dialog import PassphraseDialog
from wbos_desktop.ui.pages.manage.settings_section import SettingsSection
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.pills import Pill
from wbos_desktop.workspace.opening import open_vault

NEW = "groene tafel onder de brug"


def settings_of(qtbot: QtBot, window: MainWindow) -> SettingsSection:
    window.shell.go("manage", None, "settings")
    wait(window)
    assert window.work is not None
    section = window.work.pages["manage"].stack.currentWidget()
    assert isinstance(section, SettingsSection)
    return section


def dialog_of(qtbot: QtBot, window: MainWindow) -> PassphraseDialog:
    section = settings_of(qtbot, window)
    button = next(b for b in section.findChildren(Button) if b.text() == "Wachtwoord wijzigen")
    assert button.isVisibleTo(section)
    button.click()
    return next(d for d in window.findChildren(PassphraseDialog) if d.isVisible())


def fill(dialog: PassphraseDialog, old: str, new: str, again: str) -> None:
    for field, text in ((dialog.old, old), (dialog.new, new), (dialog.again, again)):
        field.clear()
        QTest.keyClicks(field, text)


@pytest.mark.slow
def test_the_new_password_opens_the_vault_and_the_old_one_does_not(
    qtbot: QtBot, opened: MainWindow, vault: Path
) -> None:
    dialog = dialog_of(qtbot, opened)
    fill(dialog, SECRET, NEW, NEW)
    with qtbot.waitSignal(dialog.finished, timeout=60_000):
        dialog.save()
    opened.lock()
    wait(opened)
    with pytest.raises(WrongPassphrase):
        open_vault(vault, SECRET)
    open_vault(vault, NEW).workspace.close()


def test_what_is_wrong_stands_at_its_field(qtbot: QtBot, opened: MainWindow) -> None:
    dialog = dialog_of(qtbot, opened)
    fill(dialog, SECRET, NEW, NEW + "x")
    dialog.save()
    assert dialog.rows["again"].error
    fill(dialog, SECRET, "kort", "kort")
    dialog.save()
    wait(opened)
    assert "12" in dialog.rows["passphrase"].error
    fill(dialog, "iets heel anders", NEW, NEW)
    dialog.save()
    wait(opened)
    assert dialog.rows["old"].error == "Dit wachtwoord klopt niet. Probeer het nog eens."
    assert dialog.save_button.isEnabled()
    dialog.reject()


def test_dark_and_english_come_at_once_on_the_same_page(
    qtbot: QtBot, qapp: QApplication, opened: MainWindow
) -> None:
    for word, title in (("Donker", "Instellingen"), ("English", "Settings")):
        section = settings_of(qtbot, opened)
        next(p for p in section.findChildren(Pill) if p.text() == word).click()
        wait(opened)
        assert opened.work is not None
        shown = opened.work.pages["manage"].stack.currentWidget()
        assert isinstance(shown, SettingsSection)
        assert shown.name == title
    assert theme.is_dark()
    theme.apply(qapp, "light", 100)
