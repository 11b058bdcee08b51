"""Pictures of a window together with the dialogs that stand over it."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QDialog, QWidget


def picture(window: QWidget) -> QPixmap:
    """What a user sees: the window and its open dialogs."""
    made = window.grab()
    painter = QPainter(made)
    for dialog in window.findChildren(QDialog):
        if dialog.isVisible():
            spot = dialog.pos() - window.geometry().topLeft()
            painter.drawPixmap(spot, dialog.grab())
    painter.end()
    return made
