"""Small painting verbs shared by widgets and delegates; colours are always token roles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from . import theme

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter


@contextmanager
def saved(painter: QPainter) -> Iterator[QPainter]:
    """The painter with its state put back afterwards, antialiased inside."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        yield painter
    finally:
        painter.restore()


def rounded(
    painter: QPainter,
    rect: QRect | QRectF,
    radius: float,
    fill: str | None = None,
    edge: str | None = None,
    width: float = 1.0,
    *,
    dashed: bool = False,
) -> None:
    """A rounded box inside `rect`; `fill` and `edge` are token roles, the pen stays inside."""
    area = QRectF(rect)
    with saved(painter):
        painter.setBrush(theme.color(fill) if fill else Qt.BrushStyle.NoBrush)
        if edge:
            pen = QPen(theme.color(edge), width)
            if dashed:
                pen.setDashPattern([3, 2.4])
            painter.setPen(pen)
            half = width / 2
            area.adjust(half, half, -half, -half)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
        corner = min(radius, area.height() / 2, area.width() / 2)
        painter.drawRoundedRect(area, corner, corner)


def disc(
    painter: QPainter,
    centre: QPointF,
    radius: float,
    fill: str | None = None,
    edge: str | None = None,
    width: float = 1.5,
    *,
    dashed: bool = False,
) -> None:
    """A circle whose pen stays inside `radius`."""
    box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    rounded(painter, box, radius, fill, edge, width, dashed=dashed)


def hairline(painter: QPainter, x1: float, x2: float, y: float, role: str = "line.soft") -> None:
    """A crisp horizontal line of 1 px."""
    painter.fillRect(QRectF(x1, round(y), x2 - x1, 1), theme.color(role))


def text(
    painter: QPainter,
    rect: QRect | QRectF,
    words: str,
    type_role: str = "body",
    role: str | QColor = "text.primary",
    align: Qt.AlignmentFlag = LEFT,
    *,
    font: QFont | None = None,
) -> bool:
    """One line of text, cut with an ellipsis; True when it had to be cut."""
    used = font or theme.font(type_role)
    painter.setFont(used)
    painter.setPen(theme.color(role) if isinstance(role, str) else role)
    area = QRectF(rect)
    shown = QFontMetrics(used).elidedText(
        words, Qt.TextElideMode.ElideRight, max(0, int(area.width() + 0.5))
    )
    painter.drawText(area, int(align) | int(Qt.TextFlag.TextSingleLine), shown)
    return shown != words


def text_width(words: str, type_role: str = "body") -> int:
    """Width in px of one line of text."""
    return QFontMetrics(theme.font(type_role)).horizontalAdvance(words)
