"""The head of a track column on the case board."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from wbos_desktop.i18n import _
from wbos_desktop.ui import theme

from . import marks
from .chips import SegmentBar
from .labels import Icon, Label


class TrackHeader(QWidget):
    """Icon and name in track ink, "2 van 3", the goal line, and a segment per step."""

    def __init__(self, track: str, goal: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ink = f"track.{track}.ink"
        self.setAccessibleName(marks.track_name(track))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        side = int(theme.size("iconTrack"))
        row.addWidget(Icon(marks.track_icon(track), side, ink), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label(marks.track_name(track), "h2", color=ink))
        self.goal = Label(goal, "caption", wrap=True)
        if not goal:
            self.goal.hide()
        words.addWidget(self.goal)
        row.addLayout(words, 1)
        self.count = Label("", "captionStrong")
        row.addWidget(self.count, 0, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(row)
        self.bar = SegmentBar(track)
        outer.addWidget(self.bar)

    def set_counts(self, done: int, total: int, skipped: int = 0) -> None:
        """Steps handled (done and skipped together), steps in all, of which skipped."""
        self.count.setText(_("{n} of {m}").format(n=done, m=total))
        self.count.setToolTip(_("{n} skipped").format(n=skipped) if skipped else "")
        self.bar.set_counts(done, total)


class StepDisc(QWidget):
    """The disc of a step as a widget, hidden from readers: the card says the state in words."""

    def __init__(
        self, number: int, state: str, track: str, side: int = 22, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._number, self._state, self._track, self._side = number, state, track, side
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_state(self, state: str) -> None:
        """open, today, late, done or skipped."""
        self._state = state
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.scaled(self._side), theme.scaled(self._side))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        marks.step_disc(painter, self.rect(), self._number, self._state, self._track)
        painter.end()
