"""Beheer by keyboard: what is built anew gives the focus back to what was just used."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.waiting import wait_until
from wbos_desktop.ui import theme
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.pages.manage.section import Section
from wbos_desktop.ui.pages.manage.settings_section import SettingsSection
from wbos_desktop.ui.widgets.pills import Pill


def part(window: MainWindow, code: str) -> Section:
    """This part of Beheer, asked and shown."""
    window.shell.go("manage", None, code)
    wait_until(lambda: not window.shell.tasks.busy)
    return shown(window)


def shown(window: MainWindow) -> Section:
    assert window.work is not None
    section = window.work.pages["manage"].stack.currentWidget()
    assert isinstance(section, Section)
    return section


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


@pytest.fixture
def plain_again(qapp: QApplication) -> Iterator[None]:
    yield
    theme.apply(qapp, "light", 100)


@pytest.mark.usefixtures("plain_again")
@pytest.mark.parametrize("key", ["language", "theme", "text_size", "lock_minutes"])
def test_a_choice_keeps_the_focus(qtbot: QtBot, opened: MainWindow, key: str) -> None:
    with qtbot.waitActive(opened):
        opened.activateWindow()
    opened.resize(1024, 540)
    before = part(opened, "settings")
    assert isinstance(before, SettingsSection)
    before.focus_choice(key)
    for press in (Qt.Key.Key_Right, Qt.Key.Key_Space):
        QTest.keyClick(focused(), press)
    wait_until(lambda: not opened.shell.tasks.busy)
    after, focus = shown(opened), focused()
    assert isinstance(after, SettingsSection)
    assert after is not before
    assert isinstance(focus, Pill)
    assert (focus.code, focus.parentWidget()) == (
        opened.shell.settings.get(key),
        after.choices[key],
    )
    assert not focus.visibleRegion().isEmpty()
