"""Dialogs, questions, toasts and strips."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.helpers.waiting import wait_until
from tests.ui.stage import WINDOWS, press, shown
from wbos_desktop.ui import theme
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.dialog import Dialog, Question, Scrim
from wbos_desktop.ui.widgets.fields import (
    TextField,
)
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.message_strip import MessageStrip
from wbos_desktop.ui.widgets.toast import ToastHost


@pytest.fixture(autouse=True)
def _light(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, "light", 100)
    yield
    theme.apply(qapp, "light", 100)
    WINDOWS.clear()


def test_dialog_keys(qtbot: QtBot) -> None:
    window = shown(qtbot, Label("achter"))
    dialog = Dialog("Incident melden", parent=window)
    field = TextField("Titel")
    dialog.body.addWidget(field)
    pressed: list[str] = []
    dialog.add_button("Opslaan", "primary", slot=lambda: pressed.append("saved"))
    dialog.open()
    assert dialog.focusWidget() is field
    press(field, Qt.Key.Key_Return)
    assert pressed == []
    press(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["saved"]
    press(field, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_a_button_with_the_keyboard_is_pressed(qtbot: QtBot, key: Qt.Key) -> None:
    window = shown(qtbot, Label("achter"))
    dialog = Dialog("Incident melden", parent=window)
    pressed: list[str] = []
    dialog.add_button("Opslaan", "primary", slot=lambda: pressed.append("saved"))
    other = dialog.add_button("Later", slot=lambda: pressed.append("later"))
    dialog.open()
    press(other, key)
    assert pressed == ["later"]


def test_a_question_is_safe_by_default(qtbot: QtBot) -> None:
    window = shown(qtbot, Label("achter"))
    question = Question(
        "12 casussen wissen?",
        "Dit kun je niet terugdraaien.",
        yes="Wissen",
        no="Niet",
        danger=True,
        word="wissen",
        parent=window,
    )
    question.open()
    assert question.focusWidget() is question.no_button
    assert not question.yes_button.isEnabled()
    QTest.keyClicks(question.findChild(TextField), "Wissen")
    assert question.yes_button.isEnabled()
    question.reject()


def test_a_dialog_fits_the_smallest_window(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, text_size=130)
    window = shown(qtbot, Label("achter"))
    window.resize(1024, 540)
    dialog = Dialog("Incident melden", width=1100, parent=window)
    for _ in range(30):
        dialog.body.addWidget(TextField("Titel"))
    dialog.open()
    assert dialog.width() <= 1024
    assert dialog.height() <= 540
    dialog.reject()


def test_the_scrim_goes_with_the_dialog(qtbot: QtBot) -> None:
    window = shown(qtbot, Label("achter"))
    clear = window.grab().toImage().pixelColor(3, 3)
    dialog = Dialog("Vraag", parent=window)
    dialog.open()
    assert window.grab().toImage().pixelColor(3, 3) != clear
    dialog.reject()
    assert window.grab().toImage().pixelColor(3, 3) == clear


def test_a_toast_can_be_taken_back(qtbot: QtBot) -> None:
    window = shown(qtbot, Label("pagina"))
    host = ToastHost(window)
    done: list[str] = []
    host.show_toast("Stap afgerond: Gesprek.", "Ongedaan maken", lambda: done.append("undone"))
    assert host.isVisible()
    assert host.geometry().bottom() < window.height()
    button = next(b for b in host.findChildren(Button) if b.text() == "Ongedaan maken")
    button.click()
    assert done == ["undone"]
    assert not host.isVisible()


@pytest.mark.parametrize("kind", ["info", "warning"])
def test_a_toast_shows_no_check_on_other_news(qtbot: QtBot, kind: str) -> None:
    window = shown(qtbot, Label("pagina"))
    host = ToastHost(window)
    pictures = []
    for shown_kind in ("success", kind):
        host.show_toast("Je kunt dit niet openen.", kind=shown_kind)
        pictures.append(host.grab(QRect(0, 0, 44, 48)).toImage())
    assert pictures[0] != pictures[1]


def test_a_strip_has_an_action(qtbot: QtBot) -> None:
    strip = MessageStrip()
    shown(qtbot, strip)
    strip.show_message("De schijf is vol.", "error", "Probeer opnieuw")
    with qtbot.waitSignal(strip.action):
        next(b for b in strip.findChildren(Button) if b.text() == "Probeer opnieuw").click()


def test_the_scrim_goes_when_the_dialog_is_destroyed(qtbot: QtBot) -> None:
    window = shown(qtbot, Label("achter"))
    dialog = Dialog("Vraag", parent=window)
    dialog.open()
    assert window.findChildren(Scrim)
    with qtbot.waitSignal(dialog.destroyed):
        dialog.deleteLater()
    wait_until(lambda: not window.findChildren(Scrim))


def test_dialogs_grow_with_their_content(qtbot: QtBot) -> None:
    window = shown(qtbot, Label("achter"))
    window.resize(900, 700)
    dialog = Dialog("Vraag", parent=window)
    dialog.open()
    before = dialog.height()
    dialog.body.addWidget(Label("Een lange zin die vaak wordt herhaald. " * 20, wrap=True))
    dialog.refit()
    wait_until(lambda: dialog.height() > before)
    assert not dialog.pane.verticalScrollBar().isVisible()
    dialog.reject()
