"""The columns of the register and how their cells are painted."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wbos_desktop.domain.incidents import IncidentRow, status_text
from wbos_desktop.domain.tracks import TRACKS, title
from wbos_desktop.i18n import _, short_month
from wbos_desktop.ui import icons, paint, theme
from wbos_desktop.ui.widgets import marks
from wbos_desktop.ui.widgets.paged_model import Column

from .words import STATUS_ICONS, due_look, due_words

_DISC = 28
_OVERLAP = 24
_TRACK_WIDTH = 88


def register_columns(*, decides: bool = True) -> list[Column[IncidentRow]]:
    """Number, date, what, group, who, protocol, next step, status; who and status hide first.

    `decides`: the user may assess reports; for others a report waits for who may.
    """
    return [
        Column(_("No."), lambda row: row.number[5:], width=58, strong=True, role=_ink),
        Column(_("Date"), lambda row: _day(row.happened_on), width=72, role=_ink),
        Column(
            _("What"),
            lambda row: row.title,
            sub=lambda row: f"{row.place} · {row.kind.lower()}",
            width=200,
            stretch=1,
            strong=lambda row: row.status != "closed",
            role=_ink,
        ),
        Column(
            _("Group"), lambda row: ", ".join(row.groups), width=56, strong=True, hide=3, role=_ink
        ),
        Column(
            _("Who"), lambda row: ", ".join(row.persons), width=98, painter=_paint_persons, hide=1
        ),
        Column(_("Protocol"), _progress_text, width=274, painter=_paint_tracks),
        Column(
            _("Next step"),
            lambda row: _next_step(row, decides=decides),
            sub=lambda row: due_words(row.next_due, row.next_due_on, target=row.next_is_target),
            width=198,
            role=lambda row: "text.primary" if row.next_step else "text.secondary",
            sub_role=lambda row: due_look(row.next_due)[1],
            sub_icon=lambda row: due_look(row.next_due)[0],
        ),
        Column(
            _("Status"),
            lambda row: status_text(row.status),
            width=132,
            hide=2,
            icon=lambda row: STATUS_ICONS[row.status],
            role=_ink,
        ),
    ]


def _ink(row: IncidentRow) -> str:
    return "text.secondary" if row.status == "closed" else "text.primary"


def _day(day: dt.date) -> str:
    return f"{day.day} {short_month(day.month)}"


def _next_step(row: IncidentRow, *, decides: bool) -> str:
    if row.next_step:
        return row.next_step
    if row.status == "assess":
        return _("Assess this report") if decides else _("Waits for the coordinator")
    if row.status == "note":
        return _("None, a note is enough")
    if row.status == "seen":
        return _("The care team looked at it")
    return _("None, all done") if row.case_id else ""


def _progress_text(row: IncidentRow) -> str:
    return ", ".join(f"{title(track)} {progress.text()}" for track, progress in row.tracks)


def _paint_persons(painter: QPainter, rect: QRect, row: IncidentRow) -> None:
    room = max(1, (rect.width() - _DISC) // _OVERLAP + 1)
    people = list(row.persons)
    shown = people if len(people) <= room else [*people[: room - 1], f"+{len(people) - room + 1}"]
    for at, letters in enumerate(shown):
        box = QRect(rect.left() + at * _OVERLAP, rect.center().y() - _DISC // 2, _DISC, _DISC)
        marks.initials(painter, box, letters)


def _paint_tracks(painter: QPainter, rect: QRect, row: IncidentRow) -> None:
    left = rect.left()
    found = dict(row.tracks)
    width = min(_TRACK_WIDTH, rect.width() // 3)
    for track in TRACKS:
        progress = found.get(track)
        if progress is not None:
            area = QRect(left, rect.top(), width - 4, rect.height())
            _paint_bar(painter, area, track, progress.handled, progress.total, progress.late)
        left += width


def _paint_bar(
    painter: QPainter, rect: QRect, track: str, handled: int, total: int, late: int
) -> None:
    """A box a step; narrower ones when there are many."""
    if total * 14 + 22 <= rect.width() + 3:
        marks.track_bars(painter, rect, track, handled, total, late)
        return
    box = QRect(rect.left(), rect.center().y() - 8, 16, 16)
    icons.paint(painter, marks.track_icon(track), box, f"track.{track}.ink")
    unit = (rect.width() - 22) / total
    for index in range(total):
        left = rect.left() + 22 + index * unit
        cell = QRectF(left, rect.center().y() - 4, max(2.0, unit - 1.5), 9)
        if index < handled:
            paint.rounded(painter, cell, 1.5, f"track.{track}.fill")
        elif index < handled + late:
            paint.rounded(painter, cell, 1.5, None, "status.danger", 1.5)
        else:
            paint.rounded(painter, cell, 1.5, None, "line.strong")


class TrackLegend(QWidget):
    """What the icons and the red box in the protocol column mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        names = ", ".join(marks.track_name(track) for track in TRACKS)
        late = _("step too late")
        self.setAccessibleName(f"{names}, {late}")
        theme.follow(self.updateGeometry)

    def _parts(self) -> list[tuple[str, str]]:
        return [(track, marks.track_name(track)) for track in TRACKS] + [("", _("step too late"))]

    def sizeHint(self) -> QSize:
        width = sum(paint.text_width(words, "caption") + 42 for _track, words in self._parts())
        return QSize(width, theme.line("caption") + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left, middle = 0, self.height() // 2
        for track, words in self._parts():
            box = QRect(left, middle - 8, 16, 16)
            if track:
                icons.paint(painter, marks.track_icon(track), box, f"track.{track}.ink")
            else:
                small = QRect(left + 3, middle - 4, 11, 9)
                paint.rounded(painter, small, 2.5, None, "status.danger", 2)
            wide = paint.text_width(words, "caption")
            area = QRect(left + 22, 0, wide + 2, self.height())
            paint.text(painter, area, words, "caption", "text.secondary")
            left += wide + 42
        painter.end()
