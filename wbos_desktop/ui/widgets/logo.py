"""The logo and its motif, three stacked planes: the layers of a group."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap, QPolygonF
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from wbos_desktop import paths
from wbos_desktop.ui import paint, theme


def paint_logo(painter: QPainter, rect: QRect, *, tile: bool = True) -> None:
    """The logo; without `tile` only the planes, for on the rail."""
    source = paths.resource_bytes("icons", "logo.svg").decode()
    if not tile:
        start = source.index("<rect")
        end = source.index("/>", start) + 2
        source = source[:start] + source[end:]
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(rect))


def logo_icon() -> QIcon:
    """The window's icon."""
    made = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        picture = QPixmap(side, side)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        paint_logo(painter, QRect(0, 0, side, side))
        painter.end()
        made.addPixmap(picture)
    return made


_DOTS = (
    ((0.30, 0.38), (0.44, 0.56), (0.74, 0.36)),
    (
        (0.22, 0.60),
        (0.38, 0.22),
        (0.40, 0.62),
        (0.56, 0.24),
        (0.58, 0.62),
        (0.74, 0.22),
        (0.78, 0.6),
    ),
    ((0.33, 0.36), (0.50, 0.52), (0.74, 0.30)),
)


def paint_layers(
    painter: QPainter, rect: QRectF, roles: tuple[str, str, str] | None = None, dot: float = 2.4
) -> None:
    """The three planes with pupils as dots: on unlock, welcome and empty pages only.

    `roles` are the planes' colours from top to bottom, `dot` the radius of a pupil in px.
    """
    last = "rail.selected" if theme.is_dark() else "action.primary"
    roles = roles or ("track.consequence.fill", "valence.desirable", last)
    high, gap = rect.height() * 0.30, rect.height() * 0.05
    slant = rect.width() * 0.22
    with paint.saved(painter):
        painter.setPen(Qt.PenStyle.NoPen)
        for index, role in enumerate(roles):
            top = rect.top() + index * (high + gap)
            plane = QPolygonF(
                [
                    QPointF(rect.left() + slant, top),
                    QPointF(rect.right(), top),
                    QPointF(rect.right() - slant, top + high),
                    QPointF(rect.left(), top + high),
                ]
            )
            painter.setBrush(theme.color(role))
            painter.drawPolygon(plane)
            painter.setBrush(theme.color("rail.textSelected"))
            for x, y in _DOTS[index]:
                left = rect.left() + slant * (1 - y) + x * (rect.width() - slant)
                painter.drawEllipse(QPointF(left, top + y * high), dot, dot)


class LayersPicture(QWidget):
    """The picture of an empty page."""

    def __init__(self, width: int = 112, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = QSize(width, round(width * 0.8))
        self.setFixedSize(self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_layers(painter, QRectF(self.rect()))
        painter.end()
