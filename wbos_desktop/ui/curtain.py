"""A curtain before every window of ours: nothing below it can be read, what is typed stays."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QMenu,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from wbos_desktop.i18n import _

from . import icons, theme
from .widgets.labels import Label


class Curtain(QWidget):
    """Fills one window, above all it holds. With `words` it says how to draw it open again."""

    def __init__(self, window: QWidget, words: str = "") -> None:
        super().__init__(window)
        self._window = window
        self._title = window.windowTitle()
        self.setAccessibleName(words or "WBOS")
        column = QVBoxLayout(self)
        column.addStretch(1)
        label = Label(words, "body", color="text.secondary")
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(56)
        column.addWidget(label)
        column.addStretch(1)
        window.setWindowTitle("WBOS")
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()

    def draw_open(self, *, title: bool) -> None:
        """Show the window again, with its own title or without."""
        self._window.removeEventFilter(self)
        if title:
            self._window.setWindowTitle(self._title)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        elif watched is self._window and event.type() == QEvent.Type.ChildAdded:
            self.raise_()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface.canvas"))
        middle = self.rect().center()
        sign = QRect(middle.x() - 20, middle.y() - 34, 40, 40)
        icons.paint(painter, "eye-off", sign, "text.muted")
        painter.end()


class Curtains:
    """The curtains before the main window and every dialog of it, drawn together."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._drawn: list[Curtain] = []

    @property
    def drawn(self) -> bool:
        """True while the windows can't be read."""
        return bool(self._drawn)

    def draw(self, words: str = "") -> None:
        """Hide what every window shows, painted when this returns. Menus and lists close."""
        if self._drawn:
            return
        close_popups()
        for window in [self._window, *open_dialogs(self._window)]:
            self.cover(window, words)

    def cover(self, window: QWidget, words: str = "") -> None:
        """Also one window that opens while the others are hidden."""
        curtain = Curtain(window, words)
        self._drawn.append(curtain)
        curtain.repaint()  # now, not when the event loop comes round

    def draw_open(self, *, title: bool = True) -> None:
        """Show the windows again; after a lock without the title they had."""
        for curtain in self._drawn:
            if shiboken6.isValid(curtain):
                curtain.draw_open(title=title)
        self._drawn.clear()


def blank_words() -> str:
    """What stands on the curtain that the user drew."""
    return _("Screen blank. Press F9 or click to go on.")


def open_dialogs(window: QWidget) -> list[QDialog]:
    """The dialogs over the window, the innermost first; also those without a parent."""
    loose = [top for top in QApplication.topLevelWidgets() if top.parent() is None]
    found = list(dict.fromkeys([*window.findChildren(QDialog), *_dialogs(loose)]))
    shown = [dialog for dialog in found if not dialog.isHidden()]
    return sorted(shown, key=_depth, reverse=True)


def _dialogs(widgets: list[QWidget]) -> list[QDialog]:
    return [widget for widget in widgets if isinstance(widget, QDialog)]


def _depth(widget: QWidget) -> int:
    depth, parent = 0, widget.parent()
    while parent is not None:
        depth, parent = depth + 1, parent.parent()
    return depth


def close_popups() -> None:
    """An open menu, list of suggestions or tooltip stands above the window and stays readable."""
    QToolTip.hideText()
    for _turn in range(20):  # a popup may open another one, but not for ever
        popup = QApplication.activePopupWidget()
        if popup is None:
            break
        popup.close()
    for widget in QApplication.topLevelWidgets():
        flags = widget.windowType()
        if isinstance(widget, QMenu) or flags in (Qt.WindowType.Popup, Qt.WindowType.ToolTip):
            widget.hide()
