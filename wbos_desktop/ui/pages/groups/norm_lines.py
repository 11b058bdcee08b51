"""Rows of a norm with four strengths: for the suggested norms and for all thirteen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from wbos_desktop.domain.norms import BURDENING, STRENGTHS, NormRow, strength_title
from wbos_desktop.i18n import _
from wbos_desktop.ui import paint, theme, tips
from wbos_desktop.ui.widgets import marks
from wbos_desktop.ui.widgets.cards import clear_layout
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.message_strip import announce

_STEP = 62


def _column(width: int, strength: int) -> float:
    """The middle of a strength's column, from the left of a row of this width."""
    return width - theme.scaled(_STEP) * (len(STRENGTHS) - strength - 0.5) - 4


class NormLine(QWidget):
    """One norm. Left and right change its strength; a letter asks for another norm.

    `reason` says why it is suggested. `chosen(code, strength)` tells what the user did,
    `focused(code)` that the line has the focus, `letter(text)` which letter was typed, `answer()`
    that Tab should go on to the response, because the norm has a strength (ui.md section 9).
    """

    chosen = Signal(str, int)
    focused = Signal(str)
    letter = Signal(str)
    answer = Signal()

    def __init__(self, norm: NormRow, reason: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.norm, self.reason, self.strength = norm, reason, 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tips.literal(norm.recognise))
        self.set_strength(0)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.setFixedHeight(theme.scaled(54 if self.reason else 34))

    def set_strength(self, strength: int) -> None:
        """Show another strength without telling."""
        self.strength = strength
        self.setAccessibleName(
            _("Norm {code}, {title}: {strength}").format(
                code=self.norm.code, title=self.norm.title, strength=strength_title(strength)
            )
        )
        self.setAccessibleDescription(self.reason)
        self.update()

    def _choose(self, strength: int) -> None:
        wanted = min(max(strength, 0), 3)
        if wanted != self.strength:
            self.set_strength(wanted)
            announce(self, strength_title(wanted))
            self.chosen.emit(self.norm.code, wanted)

    def sizeHint(self) -> QSize:
        return QSize(theme.scaled(460), self.height())

    def focusNextPrevChild(self, forward: bool) -> bool:
        if forward and self.strength:
            self.answer.emit()
            return True
        return super().focusNextPrevChild(forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        typed = event.text()
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if step is not None:
            self._choose(self.strength + step)
        elif plain and typed in ("0", "1", "2", "3"):
            self._choose(int(typed))
        elif plain and typed.isalpha():
            self.letter.emit(typed.upper())
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            super().focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        reach = theme.scaled(_STEP) / 2
        for strength in STRENGTHS:
            if abs(event.position().x() - _column(self.width(), strength)) < reach:
                self._choose(strength)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(self.norm.code)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        soft = "valence.undesirableSoft" if self.norm.burdening else "valence.desirableSoft"
        ground = soft if self.strength else None
        edge = "focus.ring" if self.hasFocus() else None
        paint.rounded(painter, self.rect(), theme.radius("chip"), ground, edge, 2)
        middle = self.height() / 2
        marks.badge(painter, QRect(8, int(middle - 12), 24, 24), self.norm.code, self.norm.kind)
        self._words(painter, middle)
        for strength in STRENGTHS:
            centre = QPointF(_column(self.width(), strength), middle)
            on = strength == self.strength
            ink = "action.primary" if on else "line.strong"
            paint.disc(painter, centre, 10, "surface.card", ink, 2 if on else 1.4)
            if on:
                paint.disc(painter, centre, 5, "action.primary")
        painter.end()

    def _words(self, painter: QPainter, middle: float) -> None:
        left, right = 42.0, _column(self.width(), 0) - 16
        role = "bodyStrong" if self.strength else "body"
        if not self.reason:
            area = QRectF(left, 0, right - left, self.height())
            paint.text(painter, area, self.norm.title, role)
            return
        high = theme.line("body")
        paint.text(painter, QRectF(left, middle - high, right - left, high), self.norm.title, role)
        below = QRectF(left, middle, right - left, theme.line("caption"))
        paint.text(painter, below, self.reason, "caption", "text.secondary")


class StrengthHead(QWidget):
    """The four words above the columns of strengths."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.setFixedHeight(theme.scaled(24))

    def set_title(self, title: str) -> None:
        """Other words at the left."""
        self._title = title
        self.setAccessibleName(title)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        first = _column(self.width(), 0) - theme.scaled(_STEP) / 2
        area = QRectF(0, 0, first - 4, self.height())
        paint.text(painter, area, self._title, "smallStrong")
        wide = theme.scaled(_STEP)
        for strength in STRENGTHS:
            x = _column(self.width(), strength) - wide / 2
            box = QRectF(x, 0, wide, self.height())
            words = strength_title(strength)
            paint.text(painter, box, words, "caption", "text.secondary", paint.CENTER)
        painter.end()


class NormList(QWidget):
    """Lines of norms: a few with reasons, or all in two parts, helping norms first."""

    chosen = Signal(str, int)
    focused = Signal(str)
    letter = Signal(str)
    answer = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: dict[str, NormLine] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)

    def show_norms(
        self, norms: Sequence[NormRow], reasons: Mapping[str, str], strengths: Mapping[str, int]
    ) -> None:
        """These norms in this order, each with its reason."""
        if list(self.lines) == [norm.code for norm in norms] and all(
            line.reason == reasons.get(code, "") for code, line in self.lines.items()
        ):
            self.set_strengths(strengths)
            return
        had_focus = next((code for code, line in self.lines.items() if line.hasFocus()), None)
        clear_layout(self._column)
        self.lines = {}
        for norm in norms:
            self._add(norm, reasons.get(norm.code, ""))
        self.set_strengths(strengths)
        if had_focus in self.lines:
            self.lines[had_focus].setFocus()

    def show_all(self, norms: Sequence[NormRow], strengths: Mapping[str, int]) -> None:
        """Every norm, helping ones above burdening ones."""
        clear_layout(self._column)
        self.lines = {}
        for burdening in (False, True):
            part = [norm for norm in norms if norm.burdening is burdening]
            title = _("Burdening norms") if burdening else _("Helping norms")
            side = "valence.strongUndesirable" if burdening else "valence.strongDesirable"
            if part:
                self._column.addWidget(Label(title, "caption", color=side))
            for norm in part:
                self._add(norm, "")
        self.set_strengths(strengths)

    def _add(self, norm: NormRow, reason: str) -> None:
        line = NormLine(norm, reason)
        line.chosen.connect(self.chosen)
        line.focused.connect(self.focused)
        line.letter.connect(self.letter)
        line.answer.connect(self.answer)
        self.lines[norm.code] = line
        self._column.addWidget(line)

    def set_strengths(self, strengths: Mapping[str, int]) -> None:
        """Show the strengths by norm code; a missing one is 'niet'."""
        for code, line in self.lines.items():
            if line.strength != strengths.get(code, 0):
                line.set_strength(strengths.get(code, 0))

    def follow(self, before: QWidget) -> None:
        """Put the lines behind a widget in the Tab order; new widgets come last by themselves."""
        for line in self.lines.values():
            QWidget.setTabOrder(before, line)
            before = line

    def jump(self, code: str) -> bool:
        """Focus the line of a norm; False when it is not in the list."""
        if code not in self.lines:
            return False
        self.lines[code].setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True


def in_order(norms: Sequence[NormRow]) -> list[NormRow]:
    """Helping norms before burdening ones, as every list of norms shows them."""
    return sorted(norms, key=lambda norm: norm.kind == BURDENING)
