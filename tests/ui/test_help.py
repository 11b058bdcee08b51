"""F1: the manual opens at the page in view, over pages, dialogs and the door."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import wait_until
from tests.ui.window_fixture import wait
from wbos_desktop.i18n import activate
from wbos_desktop.ui import manual, theme
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.manual import HelpDialog, chapter_of, chapters
from wbos_desktop.ui.rail import Rail
from wbos_desktop.ui.registry import PAGES, RAIL
from wbos_desktop.ui.widgets.dialog import Dialog, Question


def shown(over: QWidget) -> HelpDialog | None:
    """The help that is open."""
    found = [d for d in over.findChildren(HelpDialog) if d.isVisible()]
    return found[0] if found else None


def press(qtbot: QtBot, widget: QWidget, key: Qt.Key = Qt.Key.Key_F1) -> None:
    widget.window().activateWindow()
    wait_until(widget.window().isActiveWindow)
    control = Qt.KeyboardModifier.ControlModifier
    none = Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(widget, key, control if key == Qt.Key.Key_Slash else none)


@pytest.fixture
def dialog(qtbot: QtBot) -> HelpDialog:
    theme.apply(QApplication.instance(), "light", 100)
    activate("nl")
    made = HelpDialog("today")
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_every_page_has_a_chapter() -> None:
    assert [page for page in PAGES if chapter_of(page) not in chapters()] == []
    assert set(RAIL) <= set(chapters())


def test_no_chapter_is_empty() -> None:
    assert [c.code for c in chapters().values() if len(c.text) < 200] == []
    assert {"start", "case", "exports", "keys", "safe", "about"} <= set(chapters())


def test_f1_opens_the_chapter_of_each_page(qtbot: QtBot, opened: MainWindow) -> None:
    for place in RAIL:
        opened.shell.go(place)
        wait(opened)
        press(qtbot, opened)
        found = shown(opened)
        assert found is not None
        assert found.code == place
        found.reject()
        wait_until(lambda: shown(opened) is None)


def test_f1_over_a_dialog_is_about_that_dialog(
    qtbot: QtBot,
    opened: MainWindow,
) -> None:
    opened.shell.go("today")
    opened.shell.go("report")
    wait(opened)
    report = opened.findChild(Dialog)
    press(qtbot, report)
    found = shown(opened)
    assert found is not None
    assert found.code == "incidents"
    press(qtbot, found)
    wait_until(lambda: shown(opened) is None)
    assert report.isVisible()


def test_small_dialog_without_a_chapter_asks_the_page_below(
    qtbot: QtBot,
    opened: MainWindow,
) -> None:
    opened.shell.go("meetings")
    wait(opened)
    question = Question("Stoppen?", "", yes="Stoppen", no="Verder", parent=opened)
    question.open()
    question.show_help()
    found = shown(opened)
    assert found is not None
    assert found.code == "meetings"
    assert found.height() > question.height()


def test_ctrl_slash_shows_the_keys(qtbot: QtBot, opened: MainWindow) -> None:
    press(qtbot, opened, Qt.Key.Key_Slash)
    found = shown(opened)
    assert found is not None
    assert found.code == "keys"


def test_f1_at_the_door_is_about_the_begin(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window)
    found = shown(window)
    assert found is not None
    assert found.code == "start"


def test_help_stands_in_the_rail_and_closes_at_lock(
    qtbot: QtBot,
    opened: MainWindow,
) -> None:
    opened.work.rail.help.click()
    assert shown(opened) is not None
    opened.lock()
    wait_until(lambda: shown(opened) is None)


def test_low_rail_keeps_the_lock_and_lets_help_go(qtbot: QtBot) -> None:
    theme.apply(QApplication.instance(), "light", 115)
    host = QWidget()
    qtbot.addWidget(host)
    rail = Rail(host)
    host.resize(400, 800)
    host.show()
    for height, expected in ((700, True), (520, False), (700, True)):
        rail.resize(rail.width(), height)
        QApplication.sendPostedEvents()
        assert rail.help.isVisible() is expected
    theme.apply(QApplication.instance(), "light", 100)


def test_door_has_help_too(qtbot: QtBot, window: MainWindow) -> None:
    window.shut.help.click()
    found = shown(window)
    assert found is not None
    assert found.code == "start"


def test_no_link_leaves_the_program(dialog: HelpDialog) -> None:
    assert not dialog.text.openLinks()
    assert not dialog.text.openExternalLinks()
    assert dialog.text.loadResource(2, QUrl("file:///etc/hostname")) is None
    for code in chapters():
        dialog.show_chapter(code)
        html = dialog.text.document().toHtml()
        assert re.findall(r"<a |<img|(?:href|src)=", html) == []


def test_chapters_show_their_title_first(dialog: HelpDialog) -> None:
    for code, chapter in chapters().items():
        dialog.list.buttons[code].click()
        assert dialog.text.toPlainText().startswith(chapter.title)
        assert dialog.list.buttons[code].isChecked()


def test_keys_scroll_the_text(qtbot: QtBot, dialog: HelpDialog) -> None:
    dialog.show_keys()
    bar = dialog.text.verticalScrollBar()
    assert bar.maximum() > 0
    qtbot.keyClick(dialog.text, Qt.Key.Key_PageDown)
    assert bar.value() > 0


def test_search_narrows_and_marks(dialog: HelpDialog) -> None:
    dialog.search.setText("zeppelin")
    assert [b for b in dialog.list.buttons.values() if b.isVisible()] == []
    dialog.search.setText("herstelcode")
    assert dialog.code == "start"
    assert dialog.list.buttons["start"].isVisible()
    assert not dialog.list.buttons["meetings"].isVisible()
    assert dialog.text.extraSelections()
    dialog.search.clear()
    assert dialog.list.buttons["meetings"].isVisible()
    assert dialog.text.extraSelections() == []


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(("mode", "size"), [("light", 100), ("dark", 100), ("light", 130)])
def test_help_fits_in_every_look(qtbot: QtBot, language: str, mode: str, size: int) -> None:
    theme.apply(QApplication.instance(), mode, size)
    activate(language)
    dialog = manual.HelpDialog("keys")
    qtbot.addWidget(dialog)
    dialog.resize(1000, 720)
    dialog.show()
    qtbot.waitExposed(dialog)
    assert find_clipped_texts(dialog) == []
    assert find_unnamed_controls(dialog) == []
    assert dialog.text.document().size().width() <= dialog.text.viewport().width() + 1
    theme.apply(QApplication.instance(), "light", 100)
    activate("nl")


def test_english_says_that_the_text_is_dutch(qtbot: QtBot) -> None:
    activate("en")
    dialog = manual.HelpDialog("today")
    qtbot.addWidget(dialog)
    assert "Dutch" in dialog.subtitle_label.text()
    activate("nl")
