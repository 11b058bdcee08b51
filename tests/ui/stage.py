"""A window to put widgets on in tests, and keys for them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

WINDOWS: list[QWidget] = []


def shown(qtbot: QtBot, *widgets: QWidget) -> QWidget:
    """The widgets under each other in an active window."""
    window = QWidget()
    column = QVBoxLayout(window)
    for widget in widgets:
        column.addWidget(widget)
    qtbot.addWidget(window)
    WINDOWS.append(window)
    window.resize(700, 500)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


def press(
    widget: QWidget | None, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None
) -> None:
    assert widget is not None
    QTest.keyClick(widget, key, modifiers or Qt.KeyboardModifier.NoModifier)
