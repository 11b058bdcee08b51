"""A step on the board: painted, one focusable thing, with its buttons only while selected."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from wbos_desktop.domain.cases import StepRow
from wbos_desktop.domain.tracks import GENERAL
from wbos_desktop.i18n import _, date_short, short_month
from wbos_desktop.ui import icons, paint, theme
from wbos_desktop.ui.widgets import marks
from wbos_desktop.ui.widgets.buttons import Button, IconButton
from wbos_desktop.ui.widgets.flow import FlowLayout

from .words import due_look, first_name

_PAD = 12
_DISC = 20
_TEXT = 42
_LOW_WINDOW = 640
_KEYS = {
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Home: "home",
    Qt.Key.Key_End: "end",
    Qt.Key.Key_Space: "finish",
    Qt.Key.Key_S: "skip",
    Qt.Key.Key_V: "move",
    Qt.Key.Key_T: "add",
    Qt.Key.Key_N: "note",
    Qt.Key.Key_Return: "open",
    Qt.Key.Key_Enter: "open",
}


def state_words(step: StepRow) -> str:
    """The words at the right of a card: done, skipped, if needed, or when it is due."""
    if step.state == "done":
        if step.done_on is None:
            return _("Done")
        day = f"{step.done_on.day} {short_month(step.done_on.month)}"
        return _("Done {day}").format(day=day)
    if step.not_needed:
        return _("Not needed")
    if step.state == "skipped":
        return _("Skipped")
    if step.state == "waiting":
        waits = {"ill": _("Waits: ill"), "police": _("Waits for the police")}
        return waits.get(step.waits_for) or (_("If needed") if step.condition else _("Later"))
    narrow = step.track == GENERAL and step.target and step.due_on
    text = date_short(step.due_on) if narrow and step.due_on else step.due_line
    return _("{day}, provisional").format(day=text) if text and step.provisional else text


def _state_icon(step: StepRow) -> tuple[str, str]:
    if step.state == "done":
        return "check", "text.secondary"
    if step.state == "skipped":
        return "player-skip-forward", "text.secondary"
    if step.state == "waiting":
        return "help-circle" if step.condition else "clock", "text.muted"
    return due_look(step.due)


class StepCard(QWidget):
    """One step. `acted` tells (verb, step id): keys, buttons and menu all speak the same verbs."""

    acted = Signal(str, int)
    focused = Signal(int)

    def __init__(
        self, step: StepRow, number: int, *, editable: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.step = step
        self._editable = editable
        self._number = number
        self._selected = False
        self.action_bar: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        words = [step.title, step.person, step.responsible, state_words(step), *self._below()]
        self.setAccessibleName(", ".join(word for word in words if word))
        theme.follow(self._restyle)

    @property
    def selected(self) -> bool:
        """True while it shows its text and buttons."""
        return self._selected

    def set_selected(self, selected: bool) -> None:
        """Show or hide the text and the buttons."""
        if selected == self._selected:
            return
        self._selected = selected
        if self.action_bar is not None:
            self.action_bar.hide()
            self.action_bar.deleteLater()
            self.action_bar = None
        if selected and self._editable:
            self._add_actions()
        self._restyle()

    def _add_actions(self) -> None:
        holder = QWidget(self)
        row = FlowLayout(holder, 8)
        step, narrow = self.step, self.step.track == GENERAL
        if step.state == "open":
            row.addWidget(self._button(_("Finish"), "primary", None, "dialog"))
            if not narrow:
                row.addWidget(self._button(_("Move"), "secondary", None, "move"))
        elif step.state == "waiting" and step.condition and not step.waits_for:
            row.addWidget(self._button(_("Yes"), "secondary", None, "yes"))
            row.addWidget(self._button(_("No"), "secondary", None, "no"))
        else:
            row.addWidget(self._button(_("Open again"), "secondary", "arrow-back-up", "reopen"))
        more = IconButton("dots", _("More"), "secondary", size="small").writes()
        more.clicked.connect(lambda: self.acted.emit("menu", self.step.id))
        row.addWidget(more)
        self.action_bar = holder
        holder.show()

    def _button(self, text: str, kind: str, icon: str | None, verb: str) -> Button:
        button = Button(text, kind, icon, size="small").writes()
        button.setAccessibleName(f"{text}: {self.step.title}")
        button.clicked.connect(lambda: self.acted.emit(verb, self.step.id))
        return button

    def _restyle(self) -> None:
        self.setFixedHeight(self._measure(self.width()))
        self._place_actions()
        self.update()

    def _below(self) -> list[str]:
        """Lines under the responsible person."""
        step = self.step
        found = []
        if step.state == "waiting" and step.condition:
            found.append(step.condition)
        if step.state == "open" and step.missing:
            found.append(_("First this: {steps}.").format(steps=", ".join(step.missing)))
        if step.state == "done" and (step.decision or step.result):
            if step.decision:
                found.append(_("Decision: {text}").format(text=step.decision))
            found += [step.result] if step.result else []
        found += [_("Mind: {warning}").format(warning=warning) for warning in step.warnings]
        if step.skipped_reason:
            found.append(_("Reason: {reason}").format(reason=step.skipped_reason))
        if step.statutory and step.state != "done":
            found.append(_("Duty by law"))
        return found

    def _explained(self) -> list[str]:
        step = self.step
        # On a very low window the buttons matter more than the explanation.
        if not self._selected or self.window().height() < _LOW_WINDOW:
            return []
        found = [step.text, step.statutory_note]
        if step.record and step.state == "open":
            found.append(_("Write down: {what}.").format(what=step.record))
        if step.state == "done":
            found += [step.remark, step.evidence]
        return [text for text in found if text]

    def _text_width(self, width: int) -> int:
        return max(60, width - _TEXT - _PAD)

    def _lines_height(self, texts: list[str], width: int) -> int:
        metrics = QFontMetrics(theme.font("caption"))
        flags = int(Qt.TextFlag.TextWordWrap)
        return sum(
            metrics.boundingRect(0, 0, self._text_width(width), 1000, flags, text).height() + 2
            for text in texts
        )

    def _title_height(self, width: int) -> int:
        metrics = QFontMetrics(theme.font("bodyStrong"))
        flags = int(Qt.TextFlag.TextWordWrap)
        return metrics.boundingRect(
            0, 0, self._text_width(width), 1000, flags, self._title()
        ).height()

    def _title(self) -> str:
        return f"{self.step.title}: {self.step.person}" if self.step.person else self.step.title

    @property
    def _folded(self) -> bool:
        """In the narrow panel what is handled or waits shows its title only."""
        closed = self.step.track == GENERAL and self.step.state != "open"
        return closed and not self._selected

    def _two_rows(self, width: int) -> bool:
        """True when who and when do not fit on one line."""
        due = state_words(self.step)
        need = 30 + paint.text_width(first_name(self.step.responsible), "small")
        need += paint.text_width(due, "smallStrong") + 22 + 10
        return bool(due) and need > self._text_width(width)

    def _measure(self, width: int) -> int:
        line = theme.scaled(26)
        if self._folded:
            return 12 + self._title_height(width) + 12
        high = 12 + self._title_height(width) + 4 + line
        if self._two_rows(width):
            high += theme.scaled(22)
        below, explained = self._below(), self._explained()
        high += self._lines_height(below + explained, width)
        if self._selected and self.action_bar is not None:
            high += 20 + self._bar_height(width)
        return high + 10

    def _bar_height(self, width: int) -> int:
        """In a narrow column the buttons take two lines."""
        bar = self.action_bar
        return bar.heightForWidth(width - 2 * _PAD) if bar is not None else 0

    def _place_actions(self) -> None:
        if self.action_bar is not None:
            height = self._bar_height(self.width())
            top = self.height() - height - 11
            self.action_bar.setGeometry(_PAD, top, self.width() - 2 * _PAD, height)

    def _ink(self) -> str:
        return "text.secondary" if self.step.track == GENERAL else f"track.{self.step.track}.ink"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        verb = _KEYS.get(Qt.Key(event.key()))
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if verb is None or not plain:
            super().keyPressEvent(event)
            return
        self.acted.emit(verb, self.step.id)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.acted.emit("select", self.step.id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.acted.emit("select", self.step.id)
        self.acted.emit("menu", self.step.id)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(self.step.id)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        high = self._measure(self.width())
        if high != self.height():
            self.setFixedHeight(high)
        self._place_actions()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        open_ = self.step.state == "open"
        ground = "surface.card" if open_ else "surface.canvas"
        edge, width = ("action.primary", 2.0) if self._selected else ("line.soft", 1.0)
        paint.rounded(painter, self.rect(), theme.radius("card"), ground, edge, width)
        if self.hasFocus():
            inner = self.rect().adjusted(3, 3, -3, -3)
            paint.rounded(painter, inner, theme.radius("card") - 2, None, "focus.ring", 2)
        self._paint_disc(painter)
        top = self._paint_title(painter)
        if not self._folded:
            top = self._paint_who(painter, top)
            self._paint_lines(painter, top)
        if self.action_bar is not None:
            y = self.action_bar.y() - 9
            paint.hairline(painter, _PAD, self.width() - _PAD, y)
        painter.end()

    def _paint_disc(self, painter: QPainter) -> None:
        step = self.step
        box = QRect(_PAD, 12, _DISC, _DISC)
        centre = QPointF(box.center()) + QPointF(0.5, 0.5)
        if step.state == "done":
            paint.disc(painter, centre, _DISC / 2, self._ink())
            icons.paint(painter, "check", box.adjusted(3, 3, -3, -3), "surface.card", bold=True)
        elif step.state == "skipped":
            paint.disc(painter, centre, _DISC / 2, None, "text.muted", 1.5, dashed=True)
            icon = box.adjusted(4, 4, -4, -4)
            icons.paint(painter, "player-skip-forward", icon, "text.muted")
        elif step.state == "waiting":
            paint.disc(painter, centre, _DISC / 2, None, "text.muted", 1.5, dashed=True)
            paint.text(painter, box, "?", "badge", "text.muted", paint.CENTER)
        else:
            edge = "status.danger" if step.due.late else self._ink()
            paint.disc(painter, centre, _DISC / 2, "surface.card", edge, 2)
            paint.text(painter, box, str(self._number), "badge", edge, paint.CENTER)

    def _paint_title(self, painter: QPainter) -> int:
        width, high = self._text_width(self.width()), self._title_height(self.width())
        open_ = self.step.state == "open"
        painter.setFont(theme.font("bodyStrong" if open_ else "body"))
        painter.setPen(theme.color("text.primary" if open_ else "text.secondary"))
        area = QRect(_TEXT, 11, width, high + 4)
        painter.drawText(area, int(Qt.TextFlag.TextWordWrap), self._title())
        return 11 + high + 4

    def _paint_who(self, painter: QPainter, top: int) -> int:
        line = theme.scaled(26)
        right = self.width() - _PAD
        due, (icon, ink) = state_words(self.step), _state_icon(self.step)
        bold = self.step.state == "open" and self.step.due.state in ("late", "today")
        role = "smallStrong" if bold else "small"
        name = first_name(self.step.responsible)
        if name:
            box = QRect(_TEXT, top, 24, line)
            marks.initials(painter, box, self.step.responsible_mark, filled=True)
            area = QRect(_TEXT + 30, top, right - _TEXT - 30, line)
            paint.text(painter, area, name, "small", "text.secondary")
        if not due:
            return top + line
        wide = paint.text_width(due, role) + 22
        left = max(_TEXT, right - wide)
        if self._two_rows(self.width()):
            top = top + theme.scaled(22)
            left = max(_PAD, min(_TEXT, right - wide - 2))
        icons.paint(painter, icon, QRect(left, top, 16, line), ink)
        area = QRect(left + 22, top, right - left - 20, line)
        paint.text(painter, area, due, role, ink)
        return top + line

    def _paint_lines(self, painter: QPainter, top: int) -> None:
        painter.setFont(theme.font("caption"))
        metrics = QFontMetrics(theme.font("caption"))
        width, flags = self._text_width(self.width()), int(Qt.TextFlag.TextWordWrap)
        for text in self._below() + self._explained():
            high = metrics.boundingRect(0, 0, width, 1000, flags, text).height()
            painter.setPen(theme.color("text.secondary"))
            painter.drawText(QRect(_TEXT, top, width, high + 2), flags, text)
            top += high + 2
