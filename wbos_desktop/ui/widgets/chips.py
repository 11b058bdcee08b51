"""Chips, badges, counts and small marks as widgets; the painting is in marks.py."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wbos_desktop.i18n import _
from wbos_desktop.ui import paint, theme, tips

from . import marks


class _Mark(QWidget):
    """A painted thing of fixed size with an accessible name."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class Chip(_Mark):
    """24 high, icon and caption. Kinds: neutral (sunken), state (strong edge), danger.

    For tracks use TrackChip.
    """

    def __init__(
        self,
        text: str,
        icon: str | None = None,
        kind: str = "neutral",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.text, self.icon_name, self.kind = text, icon, kind
        theme.follow(self.updateGeometry)

    def set(self, text: str, icon: str | None = None, kind: str = "neutral") -> None:
        """Other words, icon and kind."""
        self.text, self.icon_name, self.kind = text, icon, kind
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = marks.chip_width(self.text, icon=bool(self.icon_name)) + 4
        return QSize(width, theme.height("chipHeight"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground, ink, edge = {
            "neutral": ("surface.sunken", "text.secondary", None),
            "state": ("surface.card", "text.primary", "line.strong"),
            "danger": ("surface.card", "status.danger", "status.danger"),
        }[self.kind]
        marks.chip(
            painter, self.rect(), self.text, self.icon_name, ground=ground, ink=ink, edge=edge
        )
        painter.end()


class TrackChip(_Mark):
    """A track's icon and name on its own soft ground."""

    def __init__(self, track: str, parent: QWidget | None = None) -> None:
        super().__init__(marks.track_name(track), parent)
        self.track = track
        theme.follow(self.updateGeometry)

    def sizeHint(self) -> QSize:
        width = paint.text_width(marks.track_name(self.track), "captionStrong") + 38
        return QSize(width, theme.height("chipHeight"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        marks.track_chip(painter, self.rect(), self.track)
        painter.end()


class CountPill(_Mark):
    """A number in an outlined pill; `danger` in red. `what` is said by screen readers."""

    def __init__(
        self, count: int = 0, what: str = "", *, danger: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(f"{count} {what}".strip(), parent)
        self._count, self._what, self._danger = count, what, danger
        theme.follow(self.updateGeometry)

    def set_count(self, count: int) -> None:
        """Another number."""
        self._count = count
        self.setAccessibleName(f"{count} {self._what}".strip())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(
            paint.text_width(str(self._count), "badge") + theme.scaled(16), theme.scaled(20)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink = "status.danger" if self._danger else "text.primary"
        paint.rounded(painter, self.rect(), 99, "surface.card", ink, 1.2)
        paint.text(painter, self.rect(), str(self._count), "badge", ink, paint.CENTER)
        painter.end()


class NormBadge(_Mark):
    """The letter of a norm: open square (kind "burdening") or filled circle ("prosocial").

    `size` 20, 24 or 44 px; `name` is the norm's text, shown as tooltip and read aloud.
    """

    def __init__(
        self, letter: str, kind: str, name: str, size: int = 24, parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent)
        self._size = size
        self.set_norm(letter, kind, name)

    def set_norm(self, letter: str, kind: str, name: str) -> None:
        """Another norm."""
        self.letter, self.kind = letter, kind
        word = _("helping norm") if kind == "prosocial" else _("burdening norm")
        self.setToolTip(tips.literal(name))
        self.setAccessibleName(
            _("Norm {letter}, {name}, {kind}").format(letter=letter, name=name, kind=word)
        )
        self.update()

    def sizeHint(self) -> QSize:
        side = theme.scaled(self._size) if self._size < 40 else self._size
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        marks.badge(painter, self.rect(), self.letter, self.kind)
        painter.end()


class Avatar(_Mark):
    """One to three letters in a circle; filled for colleagues, open for pupils."""

    def __init__(
        self,
        letters: str,
        name: str,
        size: int = 32,
        *,
        filled: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, parent)
        self._letters, self._size, self._filled = letters, size, filled
        self.setToolTip(tips.literal(name))

    def sizeHint(self) -> QSize:
        return QSize(theme.scaled(self._size), theme.scaled(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        marks.initials(painter, self.rect(), self._letters, filled=self._filled)
        painter.end()


class PhaseDots(_Mark):
    """Five dots for the group phase code; `wide` draws them on a line over the whole width."""

    def __init__(
        self, phase: str = "", *, wide: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent)
        self._wide = wide
        if wide:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_phase(phase)

    def set_phase(self, phase: str) -> None:
        """Another phase code; "" when unknown."""
        self.phase = phase
        known = phase in marks.PHASES
        self.setAccessibleName(marks.phase_name(phase) if known else _("Phase not known yet"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, 22) if self._wide else QSize(72, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw = marks.phase_line if self._wide else marks.phase_dots
        draw(painter, self.rect(), self.phase)
        painter.end()


class SegmentBar(_Mark):
    """The bar of a track column: one segment per step."""

    def __init__(
        self, track: str, done: int = 0, total: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent)
        self.track = track
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_counts(done, total)

    def set_counts(self, done: int, total: int) -> None:
        """Steps handled (done or skipped) and steps in all."""
        self.done, self.total = done, total
        self.setAccessibleName(_("{n} of {m}").format(n=done, m=total))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        marks.segments(painter, self.rect(), self.track, self.done, self.total)
        painter.end()


class ProgressBar(_Mark):
    """A thin bar of how far something is; no words of its own."""

    def __init__(
        self, done: int = 0, total: int = 0, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(name, parent)
        self._name = name
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_counts(done, total)

    def set_counts(self, done: int, total: int) -> None:
        """`done` of `total` units are ready."""
        self.done, self.total = done, total
        self.setAccessibleName(f"{self._name} {_('{n} of {m}').format(n=done, m=total)}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        marks.progress(painter, QRect(0, 0, self.width(), self.height()), self.done, self.total)
        painter.end()
