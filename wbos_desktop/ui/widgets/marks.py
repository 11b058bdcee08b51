"""Painted marks of the method: badges, phases, tracks, development; for widgets and delegates.

Every function draws into a rectangle from token roles; the words stand elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from wbos_desktop.i18n import _
from wbos_desktop.ui import icons, paint, theme

TRACKS = ("consequence", "repair", "support")
PHASES = ("forming", "storming", "norming", "performing", "adjourning")


def track_name(track: str) -> str:
    """The name of a track code in the user's language."""
    return {
        "consequence": _("Consequence"),
        "repair": _("Repair"),
        "support": _("Support"),
    }[track]


def track_icon(track: str) -> str:
    """The icon name of a track code."""
    name: str = theme.tokens()["track"][track]["icon"]
    return name


def phase_name(phase: str) -> str:
    """The name of a group phase code (forming ... adjourning) in the user's language."""
    return {
        "forming": _("Forming"),
        "storming": _("Storming"),
        "norming": _("Norming"),
        "performing": _("Performing"),
        "adjourning": _("Adjourning"),
    }[phase]


def badge(painter: QPainter, rect: QRect, letter: str, kind: str) -> None:
    """A norm badge: open square for "burdening", filled circle for "prosocial"."""
    side = min(rect.width(), rect.height())
    box = QRect(0, 0, side, side)
    box.moveCenter(rect.center())
    if kind == "prosocial":
        paint.rounded(painter, box, side / 2, "valence.strongDesirable")
        ink = "action.onPrimary"
    else:
        edge = "valence.strongUndesirable"
        corner = theme.radius("tile" if side >= 40 else "badge")
        paint.rounded(painter, box, corner, "valence.undesirableSoft", edge, 1.5)
        ink = edge
    role = "badge" if side < 40 else "title"
    paint.text(painter, box, letter, role, ink, paint.CENTER)


def initials(painter: QPainter, rect: QRect, letters: str, *, filled: bool = False) -> None:
    """A circle with one to three letters; filled for colleagues, open for pupils."""
    side = min(rect.width(), rect.height())
    box = QRect(0, 0, side, side)
    box.moveCenter(rect.center())
    ground = "surface.sunken" if filled else "surface.card"
    paint.rounded(painter, box, side / 2, ground, "line.soft" if filled else "line.strong")
    paint.text(painter, box, letters, "badge", "text.primary", paint.CENTER)


def phase_dots(painter: QPainter, rect: QRect, phase: str, *, gap: int = 15) -> None:
    """Five dots from the left: past filled, now a ring, later open; none is now when unknown."""
    now = PHASES.index(phase) if phase in PHASES else -1
    y = rect.center().y() + 0.5
    for index in range(len(PHASES)):
        centre = QPointF(rect.left() + 5.5 + index * gap, y)
        if index < now:
            paint.disc(painter, centre, 5, "valence.desirable")
        elif index == now:
            paint.disc(painter, centre, 5.5, "surface.card", "action.primary", 3)
        else:
            paint.disc(painter, centre, 5, None, "line.strong", 1.2)


def phase_line(painter: QPainter, rect: QRect, phase: str) -> None:
    """The phases as large dots on a line over the whole width."""
    now = PHASES.index(phase) if phase in PHASES else -1
    radius = 9.0
    step = (rect.width() - 2 * radius - 2) / (len(PHASES) - 1)
    y = float(rect.center().y())
    points = [QPointF(rect.left() + radius + 1 + i * step, y) for i in range(len(PHASES))]
    with paint.saved(painter):
        for index in range(len(PHASES) - 1):
            past = index < now
            pen = QPen(theme.color("valence.desirable" if past else "line.strong"), 2)
            pen.setStyle(Qt.PenStyle.SolidLine if past else Qt.PenStyle.DotLine)
            painter.setPen(pen)
            painter.drawLine(points[index], points[index + 1])
    for index, centre in enumerate(points):
        if index < now:
            paint.disc(painter, centre, radius, "valence.desirable")
        elif index == now:
            paint.disc(painter, centre, radius, "surface.card", "action.primary", 5)
        else:
            paint.disc(painter, centre, radius, "surface.card", "line.strong", 1.5)


def development(painter: QPainter, rect: QRect, values: Sequence[int]) -> None:
    """Bars per observation: 1 to 3 above the line is helping, -1 to -3 below it is burdening."""
    if not values:
        return
    middle = rect.center().y()
    unit = (rect.height() / 2 - 1) / 3
    paint.hairline(painter, rect.left(), rect.left() + len(values) * 13.5, middle, "line.strong")
    for index, value in enumerate(values):
        strong = abs(value) >= 3
        if value > 0:
            role = "valence.strongDesirable" if strong else "valence.desirable"
        elif value < 0:
            role = "valence.strongUndesirable" if strong else "valence.undesirable"
        else:
            role = "valence.mixed"
        high = max(2.0, abs(value) * unit)
        top = middle - high if value >= 0 else middle + 1
        box = QRectF(rect.left() + 1 + index * 13.5, top, 11, high)
        paint.rounded(painter, box, 2, role)


def track_bars(
    painter: QPainter, rect: QRect, track: str, done: int, total: int, late: int = 0
) -> None:
    """Track icon and one small box per step: filled, open, or with a red edge when late."""
    icons.paint(
        painter,
        track_icon(track),
        QRect(rect.left(), rect.center().y() - 8, 16, 16),
        f"track.{track}.ink",
    )
    x = rect.left() + 22
    room = max(1, (rect.width() - 22) // 14)
    for index in range(min(total, room)):
        box = QRectF(x + index * 14, rect.center().y() - 4, 11, 9)
        if index < done:
            paint.rounded(painter, box, 2.5, f"track.{track}.fill")
        elif index < done + late:
            paint.rounded(painter, box, 2.5, None, "status.danger", 2)
        else:
            paint.rounded(painter, box, 2.5, None, "line.strong")


def segments(painter: QPainter, rect: QRect, track: str, done: int, total: int) -> None:
    """A bar of one segment per step over the whole width; empty ones have a strong edge."""
    if total <= 0:
        return
    gap = 8 if total <= 8 else 3
    width = (rect.width() - gap * (total - 1)) / total
    for index in range(total):
        box = QRectF(rect.left() + index * (width + gap), rect.top(), width, rect.height())
        if index < done:
            paint.rounded(painter, box, rect.height() / 2, f"track.{track}.fill")
        else:
            paint.rounded(painter, box, rect.height() / 2, "surface.card", "line.strong")


def progress(painter: QPainter, rect: QRect, done: int, total: int) -> None:
    """A bar of how far: petrol on sunken ground."""
    paint.rounded(painter, rect, rect.height() / 2, "surface.sunken", "line.soft")
    if total > 0 and done > 0:
        filled = QRectF(rect)
        filled.setWidth(max(rect.height(), rect.width() * min(1.0, done / total)))
        paint.rounded(painter, filled, rect.height() / 2, "action.primary")


def chip_width(text: str, *, icon: bool = True) -> int:
    """Width in px of a chip with this text."""
    return QFontMetrics(theme.font("caption")).horizontalAdvance(text) + (36 if icon else 16)


def chip(
    painter: QPainter,
    rect: QRect,
    text: str,
    icon: str | None,
    *,
    ground: str,
    ink: str,
    edge: str | None = None,
    strong: bool = False,
) -> None:
    """A chip that fills `rect`: icon and words."""
    paint.rounded(painter, rect, theme.radius("chip"), ground, edge)
    left = rect.left() + 8
    if icon:
        icons.paint(painter, icon, QRect(left, rect.center().y() - 7, 16, 16), ink)
        left += 20
    area = QRect(left, rect.top(), rect.right() - left - 4, rect.height())
    paint.text(painter, area, text, "captionStrong" if strong else "caption", ink)


def track_chip(painter: QPainter, rect: QRect, track: str) -> None:
    """A chip with a track's icon and name in its own colours."""
    chip(
        painter,
        rect,
        track_name(track),
        track_icon(track),
        ground=f"track.{track}.soft",
        ink=f"track.{track}.ink",
        strong=True,
    )


def step_disc(painter: QPainter, rect: QRect, number: int, state: str, track: str) -> None:
    """The disc of a step: state is open, today, late, done or skipped."""
    side = min(rect.width(), rect.height())
    centre = QPointF(rect.center()) + QPointF(0.5, 0.5)
    ink = f"track.{track}.ink"
    box = QRect(0, 0, side, side)
    box.moveCenter(rect.center())
    if state == "done":
        paint.disc(painter, centre, side / 2, ink)
        icons.paint(painter, "check", box.adjusted(3, 3, -3, -3), "surface.card", bold=True)
        return
    if state == "skipped":
        paint.disc(painter, centre, side / 2, None, "line.strong", 1.5, dashed=True)
        inner = box.adjusted(4, 4, -4, -4)
        icons.paint(painter, "player-skip-forward", inner, "text.secondary")
        return
    if state == "late":
        ink = "status.danger"
    paint.disc(painter, centre, side / 2, "surface.card", ink, 2)
    paint.text(painter, box, str(number), "badge", ink, paint.CENTER)
