"""Tabler icons in token colours, drawn at the exact device size.

`icon("flag")` for controls, `paint(painter, "flag", rect)` in delegates and painted widgets.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from wbos_desktop import paths

from . import theme


@lru_cache(maxsize=256)
def _source(name: str, filled: bool) -> str:
    folder = "filled" if filled else "outline"
    return paths.resource_bytes("icons", folder, f"{name}.svg").decode()


@lru_cache(maxsize=1024)
def _pixmap(
    name: str, filled: bool, width: int, height: int, colour: str, stroke: float
) -> QPixmap:
    source = _source(name, filled).replace("currentColor", colour)
    source = source.replace('stroke-width="2"', f'stroke-width="{stroke}"')
    renderer = QSvgRenderer(QByteArray(source.encode()))
    made = QPixmap(width, height)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    renderer.render(painter, QRectF(0, 0, width, height))
    painter.end()
    return made


def pixmap(
    name: str,
    size: int = 18,
    role: str = "text.primary",
    *,
    ratio: float = 1.0,
    filled: bool = False,
    bold: bool = False,
) -> QPixmap:
    """The icon as a square pixmap of `size` logical px at device pixel ratio `ratio`."""
    stroke = 2.0 if bold or size < 16 else float(theme.size("iconStroke"))
    pixels = max(1, round(size * ratio))
    made = QPixmap(_pixmap(name, filled, pixels, pixels, theme.color(role).name(), stroke))
    made.setDevicePixelRatio(ratio)
    return made


def paint(
    painter: QPainter,
    name: str,
    rect: QRect | QRectF,
    role: str = "text.primary",
    *,
    filled: bool = False,
    bold: bool = False,
) -> None:
    """Draw the icon centred in `rect` as the largest square that fits."""
    area = QRectF(rect)
    side = int(min(area.width(), area.height()))
    ratio = painter.device().devicePixelRatioF() if painter.device() else 1.0
    left = round(area.center().x() - side / 2)
    top = round(area.center().y() - side / 2)
    picture = pixmap(name, side, role, ratio=ratio, filled=filled, bold=bold)
    painter.drawPixmap(left, top, picture)


def icon(name: str, role: str = "text.primary", *, filled: bool = False) -> QIcon:
    """A QIcon for stock widgets such as menus, in the colours of this moment.

    Make it anew when the theme changes; our own widgets take the name and draw for themselves.
    Raises FileNotFoundError for an unknown name.
    """
    made = QIcon()
    ratios = {1.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}
    for side in (16, 18, 20, 24):
        for ratio in sorted(ratios):
            made.addPixmap(pixmap(name, side, role, ratio=ratio, filled=filled))
    return made


def clear() -> None:
    """Forget drawn icons, after a change of theme."""
    _pixmap.cache_clear()
