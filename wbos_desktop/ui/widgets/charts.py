"""Pictures of groups painted from geometry that the domain computes (ui.md section 10).

Screen and paper share `domain/charts.py`; here are only pixels, colours and pointer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from wbos_desktop import i18n
from wbos_desktop.domain import charts
from wbos_desktop.domain.norms import response_title, strength_title
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.ui import icons, paint, theme, tips

from . import marks

_ROW = 32
_GAP = 16
_TOP = 16
_LABELS = 216
_RIGHT = 72
_THICK = {1: 4, 2: 9, 3: 15}
_ICONS = {
    "confirm": "check",
    "strengthen": "trending-up",
    "ignore": "eye-off",
    "steer": "steering-wheel",
}


def label_of(day_text: str) -> str:
    """The day without its week day: '2 nov' of 'ma 2 nov'."""
    return day_text.split(" ", 1)[1]


@dataclass(frozen=True)
class _Place:
    """Where rows and days stand, in px."""

    left: float
    width: float
    row: float
    above: int
    rows: int

    def x(self, fraction: float) -> float:
        return self.left + fraction * self.width

    def y(self, row: int) -> float:
        """The middle of a row."""
        gap = _GAP if row >= self.above and self.above else 0
        return _TOP + (row + 0.5) * self.row + gap

    @property
    def heavy(self) -> float:
        """The line between helping and burdening norms."""
        return _TOP + self.above * self.row + _GAP / 2

    @property
    def bottom(self) -> float:
        """Below the last row."""
        return _TOP + self.rows * self.row + (_GAP if self.above else 0)


class NormRibbonView(QWidget):
    """The Normenlint. `incident_chosen` gives the id of the incident whose flag was clicked."""

    incident_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ribbon: charts.NormRibbon | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def set_ribbon(self, ribbon: charts.NormRibbon) -> None:
        """Show another ribbon; its summary becomes the accessible name."""
        self._ribbon = ribbon
        self.setAccessibleName(summary(ribbon))
        self._restyle()

    def _place(self) -> _Place:
        ribbon = self._ribbon
        assert ribbon is not None
        left = theme.scaled(_LABELS)
        width = max(self.width() - left - theme.scaled(_RIGHT), 100)
        return _Place(left, width, theme.scaled(_ROW), ribbon.above, len(ribbon.rows))

    def sizeHint(self) -> QSize:
        if self._ribbon is None:
            return QSize(600, 40)
        place = self._place()
        high = place.bottom + theme.scaled(44) + (theme.scaled(34) if self._ribbon.responses else 4)
        return QSize(theme.scaled(600), int(high))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.scaled(400), self.sizeHint().height())

    def flag_at(self, point: QPointF) -> charts.Flag | None:
        """The incident under a point, if there is one."""
        if self._ribbon is None:
            return None
        place = self._place()
        for flag in self._ribbon.flags:
            if _flag_box(place, flag).adjusted(-4, -4, 4, 4).contains(point):
                return flag
        return None

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = self._words_at(QPointF(event.pos()))
            if words:
                QToolTip.showText(event.globalPos(), tips.literal(words), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _words_at(self, point: QPointF) -> str:
        flag = self.flag_at(point)
        if flag is not None:
            return _("Incident {number}, {day}").format(
                number=flag.number, day=i18n.date_short(flag.day)
            )
        if self._ribbon is None:
            return ""
        place = self._place()
        for index, row in enumerate(self._ribbon.rows):
            if abs(point.y() - place.y(index)) > place.row / 2:
                continue
            if point.x() < place.left:
                return f"{row.norm.code} {row.norm.title}"
            for bar in row.bars:
                if place.x(bar.start) <= point.x() <= place.x(bar.end):
                    return f"{i18n.date_short(bar.first_day)}: {strength_title(bar.strength)}"
        return ""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        flag = self.flag_at(event.position())
        if flag is not None and flag.incident_id is not None:
            self.incident_chosen.emit(flag.incident_id)
        super().mouseReleaseEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.flag_at(event.position()) is not None
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        super().mouseMoveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ribbon is None or self._ribbon.empty:
            return
        painter = QPainter(self)
        place = self._place()
        _holidays(painter, place, self._ribbon)
        _days(painter, place, self._ribbon)
        _norms(painter, place, self._ribbon)
        _sides(painter, place, self._ribbon, self.width())
        _flags(painter, place, self._ribbon)
        _today(painter, place, self._ribbon)
        _labels(painter, place, self._ribbon)
        _responses(painter, place, self._ribbon)
        painter.end()


def _holidays(painter: QPainter, place: _Place, ribbon: charts.NormRibbon) -> None:
    brush = QBrush(theme.color("line.soft"), Qt.BrushStyle.BDiagPattern)
    for span in ribbon.holidays:
        left, right = place.x(span.start), place.x(span.end)
        painter.fillRect(QRectF(left, _TOP, right - left, place.bottom - _TOP), brush)


def _days(painter: QPainter, place: _Place, ribbon: charts.NormRibbon) -> None:
    with paint.saved(painter):
        for mark in ribbon.marks:
            pen = QPen(theme.color("text.secondary"), 1.3)
            if mark.planned:
                pen.setDashPattern([4, 3])
            painter.setPen(pen)
            x = round(place.x(mark.x)) + 0.5
            painter.drawLine(QPointF(x, _TOP), QPointF(x, place.bottom + 8))
    for mark in ribbon.marks:
        centre = QPointF(round(place.x(mark.x)) + 0.5, place.bottom + 13)
        ink = "text.secondary" if mark.planned else "text.primary"
        paint.disc(painter, centre, 5.5, "surface.card", ink, 2, dashed=mark.planned)


def _norms(painter: QPainter, place: _Place, ribbon: charts.NormRibbon) -> None:
    for index, row in enumerate(ribbon.rows):
        y = place.y(index)
        marks.badge(painter, QRect(0, int(y - 11), 22, 22), row.norm.code, row.norm.kind)
        area = QRectF(30, y - 12, place.left - 40, 24)
        paint.text(painter, area, row.norm.title, "small", "text.primary")
        role = "valence.desirable" if row.prosocial else "valence.undesirable"
        strong = "valence.strongDesirable" if row.prosocial else "valence.strongUndesirable"
        for bar in row.bars:
            high = _THICK[bar.strength]
            left, right = place.x(bar.start) + 1.5, place.x(bar.end) - 0.5
            box = QRectF(left, y - high / 2, max(right - left, 4), high)
            paint.rounded(painter, box, 2, strong if bar.strength == 3 else role)
            words = strength_title(3)
            if bar.word and paint.text_width(words, "badge") + 14 <= box.width():
                words_box = box.adjusted(8, -3, -2, 3)
                paint.text(painter, words_box, words, "badge", "surface.card")


def _sides(painter: QPainter, place: _Place, ribbon: charts.NormRibbon, width: int) -> None:
    """The heavy line, and on which side of it helping and burdening norms stand."""
    if not ribbon.above or ribbon.above == len(ribbon.rows):
        return
    y = place.heavy
    painter.fillRect(QRectF(0, round(y) - 0.75, width, 1.5), theme.color("line.strong"))
    room = QRectF(place.x(1), y - 24, width - place.x(1), 20)
    helping, weighing = _("helping ↑"), _("burdening ↓")
    paint.text(painter, room, helping, "caption", "valence.strongDesirable", paint.RIGHT)
    below = room.translated(0, 28)
    paint.text(painter, below, weighing, "caption", "valence.strongUndesirable", paint.RIGHT)


def _flag_box(place: _Place, flag: charts.Flag) -> QRectF:
    """Above the bar of the norm that was dominant that day, else above all rows."""
    top = place.y(flag.row) - 23 if flag.row is not None else 0
    return QRectF(place.x(flag.x) - 5, top, 14, 14)


def _flags(painter: QPainter, place: _Place, ribbon: charts.NormRibbon) -> None:
    for flag in ribbon.flags:
        icons.paint(painter, "flag", _flag_box(place, flag), "text.primary", filled=True)


def _today(painter: QPainter, place: _Place, ribbon: charts.NormRibbon) -> None:
    if ribbon.today is None:
        return
    x = round(place.x(ribbon.today))
    line = QRectF(x - 1, _TOP - 4, 2, place.bottom - _TOP + 14)
    painter.fillRect(line, theme.color("action.primary"))


def _labels(painter: QPainter, place: _Place, ribbon: charts.NormRibbon) -> None:
    y, high, wide = place.bottom + 20, theme.line("caption"), theme.scaled(76)
    shown = []
    if ribbon.today is not None:
        shown.append((place.x(ribbon.today), _("today"), "captionStrong", "action.primary"))
    for mark in ribbon.marks:
        if mark.label:
            words = _("planned") if mark.planned else label_of(i18n.date_short(mark.day))
            shown.append((place.x(mark.x), words, "caption", "text.secondary"))
    taken: list[tuple[float, float]] = []
    for x, words, type_role, ink in shown:
        half = paint.text_width(words, type_role) / 2 + 4
        if any(x - half < right and x + half > left for left, right in taken):
            continue
        taken.append((x - half, x + half))
        paint.text(
            painter, QRectF(x - wide / 2, y, wide, high), words, type_role, ink, paint.CENTER
        )


def _responses(painter: QPainter, place: _Place, ribbon: charts.NormRibbon) -> None:
    if not ribbon.responses:
        return
    top, high = place.bottom + theme.scaled(44), theme.scaled(26)
    area = QRectF(0, top, place.left - 10, high)
    paint.text(painter, area, _("Response of the team"), "small", "text.secondary")
    for span in ribbon.responses:
        left, right = place.x(span.start) + 1.5, place.x(span.end) - 1
        box = QRectF(left, top, right - left, high)
        steer, ignore = span.kind == "steer", span.kind == "ignore"
        ground = "action.primarySoft" if steer else "surface.sunken"
        edge = "action.primary" if steer else "line.strong" if ignore else "line.soft"
        paint.rounded(painter, box, 5, ground, edge, 1.3, dashed=ignore)
        ink = "action.link" if steer else "text.primary"
        words = response_title(span.kind)
        if box.width() < 26:
            continue
        icon_box = QRectF(box.left() + 6, box.center().y() - 8, 16, 16)
        icons.paint(painter, _ICONS[span.kind], icon_box, ink)
        if box.width() >= 60:
            role = "captionStrong" if steer else "caption"
            paint.text(painter, box.adjusted(27, 0, -4, 0), words, role, ink)


def summary(ribbon: charts.NormRibbon) -> str:
    """The ribbon in one sentence, for who cannot see it."""
    count = sum(not mark.planned for mark in ribbon.marks)
    words = ngettext("Norm ribbon of {n} observation", "Norm ribbon of {n} observations", count)
    strongest = next((row for row in ribbon.rows if row.now == 3), None)
    if strongest is not None:
        words += ". " + _("‘{norm}’ is dominant now").format(norm=strongest.norm.title)
    return f"{words}. " + _("The table shows the same.")


def table_of(ribbon: charts.NormRibbon) -> tuple[list[str], list[list[str]]]:
    """The ribbon as head and rows of words: a column per observation, incidents in the last row."""
    days = [mark.day for mark in ribbon.marks if not mark.planned]
    head = [_("Norm"), *(i18n.date_short(day) for day in days)]
    rows = []
    for row in ribbon.rows:
        seen = {bar.first_day: strength_title(bar.strength) for bar in row.bars}
        cells = [seen.get(day, strength_title(0)) for day in days]
        rows.append([f"{row.norm.code} {row.norm.title}", *cells])
    if ribbon.responses:
        said = [_response_at(ribbon, mark.x) for mark in ribbon.marks if not mark.planned]
        rows.append([_("Response of the team"), *said])
    if ribbon.flags:
        after = [[f.number for f in ribbon.flags if _last(days, f) == day] for day in days]
        rows.append([_("Incidents since then"), *(", ".join(found) for found in after)])
    return head, rows


def _response_at(ribbon: charts.NormRibbon, x: float) -> str:
    spans = (span for span in ribbon.responses if span.start <= x < span.end)
    return next((response_title(span.kind).lower() for span in spans), "")


def _last(days: list[dt.date], flag: charts.Flag) -> dt.date | None:
    return max((day for day in days if day <= flag.day), default=None)


class RibbonLegend(QWidget):
    """The thickness of bars and the flag, with their words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        words = ", ".join(strength_title(strength) for strength in (1, 2, 3))
        self.setAccessibleName(
            _("Legend: thicker bars are stronger ({words}), a flag is an incident").format(
                words=words
            )
        )
        theme.follow(self.updateGeometry)

    def _parts(self) -> list[tuple[int, str]]:
        return [(n, strength_title(n)) for n in (1, 2, 3)] + [(0, _("incident"))]

    def sizeHint(self) -> QSize:
        widths = [paint.text_width(words, "caption") + 46 for _n, words in self._parts()]
        return QSize(sum(widths), theme.scaled(22))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        x, middle = 0, self.height() / 2
        for strength, words in self._parts():
            if strength:
                high = _THICK[strength]
                box = QRectF(x, middle - high / 2, 22, high)
                paint.rounded(painter, box, 2, "valence.mixed")
            else:
                icons.paint(painter, "flag", QRectF(x + 6, middle - 7, 14, 14), filled=True)
            wide = paint.text_width(words, "caption") + 4
            area = QRectF(x + 28, 0, wide, self.height())
            paint.text(painter, area, words, "caption", "text.secondary")
            x += wide + 42
        painter.end()
