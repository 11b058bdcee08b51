"""Surfaces: cards, sunken columns, hairlines, scrolling pages."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from wbos_desktop.ui import paint, theme

from .labels import Label


class _Parts:
    """Head, title and body of a card, built into any widget."""

    def __init__(self, host: QWidget, overline: str, title: str, margin: int) -> None:
        outer = QVBoxLayout(host)
        outer.setContentsMargins(margin, max(0, margin - 2), margin, margin)
        outer.setSpacing(6)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.overline = Label(overline, "overline")
        outer.addLayout(self.head)
        self.head.addWidget(self.overline, 1)
        # Only now, with a parent: a label without one would flash as a window of its own.
        self.overline.setVisible(bool(overline))
        self.title = Label(title, "h2", wrap=True)
        outer.addWidget(self.title)
        self.title.setVisible(bool(title))
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        outer.addLayout(self.body, 1)


class Card(QWidget):
    """A white box with a soft edge; put content into `body`.

    `overline` is the small head, `title` the h2 under it; both may be empty. `head` is the row
    of the overline, for a chip or link at its right. `ground` is a surface token.
    """

    def __init__(
        self,
        overline: str = "",
        title: str = "",
        *,
        ground: str = "surface.card",
        edge: str = "line.soft",
        padding: int | None = None,
        radius: str = "card",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ground, self._edge, self._radius = ground, edge, radius
        margin = int(theme.size("cardPadding")) if padding is None else padding
        parts = _Parts(self, overline, title, margin)
        self.head, self.body = parts.head, parts.body
        self.overline, self.title = parts.overline, parts.title

    def set_title(self, title: str, overline: str | None = None) -> None:
        """Other words in the head; an empty one takes no room."""
        self.title.setText(title)
        self.title.setVisible(bool(title))
        if overline is not None:
            self.overline.setText(overline)
            self.overline.setVisible(bool(overline))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.rounded(painter, self.rect(), theme.radius(self._radius), self._ground, self._edge)
        painter.end()


class ClickCard(QAbstractButton):
    """A card that is one button: it opens something with click, Enter or Space."""

    def __init__(self, overline: str = "", title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        parts = _Parts(self, overline, title, int(theme.size("cardPadding")))
        self.head, self.body = parts.head, parts.body
        self.overline, self.title = parts.overline, parts.title
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(f"{overline}: {title}".strip(": "))

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = "state.hover" if self.underMouse() else "surface.card"
        radius = theme.radius("card")
        paint.rounded(painter, self.rect(), radius, ground, "line.soft")
        if self.hasFocus():
            ring = self.rect().adjusted(3, 3, -3, -3)
            paint.rounded(painter, ring, radius - 3, None, "focus.ring", 2)
        painter.end()


class Hairline(QWidget):
    """A line of 1 px between things in a card; `upright` makes it vertical."""

    def __init__(self, *, upright: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        fixed, grow = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        if upright:
            self.setFixedWidth(1)
            self.setSizePolicy(fixed, grow)
        else:
            self.setFixedHeight(1)
            self.setSizePolicy(grow, fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("line.soft"))
        painter.end()


class ScrollPage(QScrollArea):
    """Content that scrolls up and down, never sideways; put it into `body`.

    The page header stays outside. Transparent: the surface below shows.
    """

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # A viewport of our own: asking for Qt's makes PySide load every widget class there is.
        pane = QWidget()
        self.setViewport(pane)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.content = QWidget()
        self.body = QVBoxLayout(self.content)
        # in line with the page header at the left; elsewhere room for a focus ring
        self.body.setContentsMargins(0, 4, 4, 4)
        self.body.setSpacing(int(theme.size("cardGap")))
        self.setWidget(self.content)
        self.content.setAutoFillBackground(False)
        pane.setAutoFillBackground(False)


def clear_layout(layout: QBoxLayout) -> None:
    """Take all widgets and inner layouts out of a layout and delete them."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif isinstance(inner := item.layout(), QBoxLayout):
            clear_layout(inner)
            inner.deleteLater()
