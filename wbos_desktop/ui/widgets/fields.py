"""Things to fill in. Every one has `value()`, `set_value(value)`, `set_error(message)`, `edited`.

`set_value` never emits `edited`: filling a form is not editing it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QIntValidator,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from wbos_desktop.domain import plain_text
from wbos_desktop.domain.plain_text import LINE_LIMIT, TEXT_LIMIT
from wbos_desktop.i18n import _
from wbos_desktop.ui import icons, paint, theme

_COUNTED = 30  # a code of a few signs needs no counter


def counter(n: int, limit: int) -> str:
    """'45.012 van 50.000' from nine tenths of the limit on, else ""."""
    if n < limit * plain_text.COUNT_FROM or limit < _COUNTED:
        return ""
    return _("{n} of {limit}").format(n=plain_text.number(n), limit=plain_text.number(limit))


def mark_error(widget: QWidget, message: str) -> None:
    """Give a stock field a red edge and the message as accessible description."""
    widget.setProperty("state", "error" if message else "")
    widget.setAccessibleDescription(message)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class TextField(QLineEdit):
    """One line of text; the value is stripped. `width` in px at 100 % when it should be narrow.

    More than `max_length` characters may be typed but not saved (`problem` says so): what
    somebody pastes is never cut. `counted` carries the counter, "" while there is room.
    """

    edited = Signal()
    left = Signal()
    counted = Signal(str)
    strict = False  # True: Qt stops at the limit, for dates, times and numbers

    def __init__(
        self,
        name: str = "",
        *,
        placeholder: str = "",
        max_length: int = LINE_LIMIT,
        width: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._width = width
        self.limit = max_length
        self.problem = ""
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.textEdited.connect(self._typed)
        if self.strict:
            self.setMaxLength(max_length)
        else:
            self.textChanged.connect(self._count_signs)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.setFont(theme.font("body"))
        self.setFixedHeight(theme.height("controlHeight"))
        if self._width is not None:
            self.setFixedWidth(theme.scaled(self._width))

    def _typed(self, text: str) -> None:
        if (cleaned := plain_text.clean(text)) != text:
            at = self.cursorPosition() - (len(text) - len(cleaned))
            self.setText(cleaned)
            self.setCursorPosition(max(0, at))
        self.edited.emit()

    def _count_signs(self, text: str) -> None:
        over = plain_text.too_long(text, self.limit)
        if over != self.problem:
            self.problem = over
            self.set_error(over)
        self.counted.emit(counter(len(text), self.limit))

    def value(self) -> Any:
        """The text without spaces around it."""
        return self.text().strip()

    def set_value(self, value: Any) -> None:
        """Show a text; None is empty."""
        text = "" if value is None else str(value)
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)

    def kept(self) -> Any:
        """The text as typed."""
        return self.text()

    def put_back(self, kept: Any) -> None:
        """Show what was typed."""
        self.setText(str(kept or ""))

    def set_error(self, message: str) -> None:
        """Red edge and description; "" takes them away."""
        mark_error(self, message)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class PasswordField(TextField):
    """Text as dots, with a button to show it; never trimmed, never kept, pasting works."""

    secret = True

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, max_length=1000, parent=parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._eye = QToolButton(self)
        self._eye.setAutoRaise(True)
        self._eye.setCheckable(True)
        self._eye.setCursor(Qt.CursorShape.PointingHandCursor)
        self._eye.setProperty("ring", 5)
        self._eye.toggled.connect(self._switched)
        self.setTextMargins(0, 0, 34, 0)
        self._switched(False)
        theme.follow(self._redraw)

    def _redraw(self) -> None:
        shown = self._eye.isChecked()
        self._eye.setIcon(icons.icon("eye-off" if shown else "eye", "text.secondary"))
        self._eye.setIconSize(QSize(18, 18))

    def _switched(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.setEchoMode(mode)
        name = _("Hide password") if shown else _("Show password")
        self._eye.setToolTip(name)
        self._eye.setAccessibleName(name)
        self._redraw()

    def value(self) -> Any:
        """What was typed, spaces included."""
        return self.text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = self.height() - 8
        self._eye.setGeometry(self.width() - side - 4, 4, side, side)


class SearchField(TextField):
    """A field with a magnifier; Esc clears. `keys` is a key cap at the right, such as "Ctrl K"."""

    def __init__(
        self,
        placeholder: str,
        *,
        keys: str = "",
        width: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._keys = keys
        super().__init__(placeholder, placeholder=placeholder, width=width, parent=parent)
        right = paint.text_width(keys, "badge") + 26 if keys else 0
        self.setTextMargins(19, 0, right, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.edited.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        top = (self.height() - 18) // 2
        icons.paint(painter, "search", QRect(9, top, 18, 18), "text.secondary")
        if self._keys:
            wide = paint.text_width(self._keys, "badge") + 18
            box = QRect(self.width() - wide - 8, (self.height() - 20) // 2, wide, 20)
            paint.rounded(painter, box, 4, "surface.sunken", "line.soft")
            paint.text(painter, box, self._keys, "badge", "text.secondary", paint.CENTER)
        painter.end()


class TextArea(QPlainTextEdit):
    """Several lines of plain text, `lines` high; Tab leaves the field.

    What does not fit in `limit` characters is not pasted, and `counted` says so; a text that is
    longer already stays whole and can't be saved (`problem`).
    """

    edited = Signal()
    left = Signal()
    counted = Signal(str)

    def __init__(
        self,
        name: str = "",
        *,
        lines: int = 3,
        placeholder: str = "",
        limit: int = TEXT_LIMIT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._lines = lines
        self.limit = limit
        self.problem = ""
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._changed)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.setFont(theme.font("body"))
        self.document().setDefaultFont(theme.font("body"))
        line = QFontMetrics(self.font()).lineSpacing()
        self.setFixedHeight(line * self._lines + 22)

    def _changed(self) -> None:
        self._count_signs()
        self.edited.emit()

    def _count_signs(self) -> None:
        n = self.document().characterCount() - 1  # Qt counts the end of the last line
        over = plain_text.too_long(self.toPlainText(), self.limit) if n > self.limit else ""
        if over != self.problem:
            self.problem = over
            self.set_error(over)
        self.counted.emit(counter(n, self.limit))

    def value(self) -> Any:
        """The text without white space around it."""
        return self.toPlainText().strip()

    def set_value(self, value: Any) -> None:
        """Show a text without telling; None is empty."""
        text = "" if value is None else str(value)
        if text != self.toPlainText():
            with QSignalBlocker(self):
                self.setPlainText(text)
            self._count_signs()

    def kept(self) -> Any:
        """The text as typed."""
        return self.toPlainText()

    def put_back(self, kept: Any) -> None:
        """Show what was typed, without telling; writing goes on at its end."""
        self.set_value(kept)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def set_error(self, message: str) -> None:
        """Red edge and description; "" takes them away."""
        mark_error(self, message)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste as plain text, as far as it fits; the counter tells what did not."""
        text = plain_text.clean(source.text())
        cursor = self.textCursor()
        taken = cursor.selectionEnd() - cursor.selectionStart()
        room = max(0, self.limit - (self.document().characterCount() - 1 - taken))
        cursor.insertText(text[:room])
        self.ensureCursorVisible()
        if len(text) > room:
            words = _("The last {n} of {all} characters did not fit and were not pasted.")
            self.counted.emit(
                words.format(
                    n=plain_text.number(len(text) - room), all=plain_text.number(len(text))
                )
            )

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class ComboBox(QComboBox):
    """A list of (code, text); the value is a code. The wheel only works when it has the focus."""

    edited = Signal()

    def __init__(
        self,
        choices: Sequence[tuple[Any, str]] = (),
        name: str = "",
        *,
        empty: str | None = None,
        width: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._empty = empty
        self._width = width
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setMaxVisibleItems(14)
        self.set_choices(choices)
        self.activated.connect(self._chosen)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.setFont(theme.font("body"))
        self.setFixedHeight(theme.height("controlHeight"))
        if self._width is not None:
            self.setFixedWidth(theme.scaled(self._width))

    def _chosen(self, _index: int) -> None:
        self.edited.emit()

    def set_choices(self, choices: Sequence[tuple[Any, str]]) -> None:
        """Other choices; `empty` (when given) comes first with code None. Keeps the value."""
        before = self.value() if self.count() else None
        with QSignalBlocker(self):
            self.clear()
            if self._empty is not None:
                self.addItem(self._empty, None)
            for code, text in choices:
                self.addItem(text, code)
            self.set_value(before)

    def value(self) -> Any:
        """The chosen code; None when nothing is chosen."""
        return self.currentData()

    def set_value(self, value: Any) -> None:
        """Choose a code without telling; an unknown code chooses nothing."""
        found = next((i for i in range(self.count()) if self.itemData(i) == value), -1)
        self.setCurrentIndex(found)

    def set_error(self, message: str) -> None:
        """Red edge and description; "" takes them away."""
        mark_error(self, message)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        box = QRect(self.width() - 28, (self.height() - 16) // 2, 16, 16)
        icons.paint(painter, "chevron-down", box, "text.secondary")
        painter.end()


class NumberField(TextField):
    """A whole number between two limits; arrow up and down count. `suffix` is a unit word.

    The value is None when empty, and the nearest limit when typed outside the limits.
    """

    strict = True

    def __init__(
        self,
        name: str = "",
        *,
        minimum: int = 0,
        maximum: int = 999,
        suffix: str = "",
        width: int | None = 110,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, max_length=len(str(maximum)) + 1, width=width, parent=parent)
        self._limits = (minimum, maximum)
        self._suffix = suffix.strip()
        self.setValidator(QIntValidator(min(0, minimum), maximum, self))
        self.left.connect(self._settle)

    def value(self) -> Any:
        """The number, or None when empty."""
        text = self.text().strip()
        if not text.lstrip("-").isdigit():
            return None
        return min(max(int(text), self._limits[0]), self._limits[1])

    def _settle(self) -> None:
        self.set_value(self.value())

    def _count(self, by: int) -> None:
        now = self.value()
        start = self._limits[0] if now is None else now + by
        self.setText(str(min(max(start, self._limits[0]), self._limits[1])))
        self.edited.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._count(1 if event.key() == Qt.Key.Key_Up else -1)
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._suffix:
            painter = QPainter(self)
            area = self.rect().adjusted(12, 0, -12, 0)
            paint.text(painter, area, self._suffix, "small", "text.secondary", paint.RIGHT)
            painter.end()


class CheckBox(QAbstractButton):
    """A tick box of 20 px with words. `edited` tells what the user did."""

    edited = Signal()

    def __init__(self, text: str = "", name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(name or text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("ring", 7)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._clicked)
        theme.follow(self.updateGeometry)

    def _clicked(self, _on: bool) -> None:
        self.edited.emit()

    def value(self) -> Any:
        """True when ticked."""
        return self.isChecked()

    def set_value(self, value: Any) -> None:
        """Tick or not, without telling."""
        self.setChecked(bool(value))

    def set_error(self, message: str) -> None:
        """The message as accessible description."""
        self.setAccessibleDescription(message)

    def sizeHint(self) -> QSize:
        high = max(theme.line("body"), 24)
        if not self.text():
            return QSize(24, 24)
        return QSize(30 + paint.text_width(self.text(), "body") + 4, high)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def nextCheckState(self) -> None:
        self.setChecked(not self.isChecked())

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRect(2, (self.height() - 20) // 2, 20, 20)
        tick(painter, box, on=self.isChecked(), hover=self.underMouse())
        ink = "text.primary" if self.isEnabled() else "text.muted"
        area = QRect(30, 0, self.width() - 30, self.height())
        paint.text(painter, area, self.text(), "body", ink)
        painter.end()


def tick(painter: QPainter, box: QRect, *, on: bool, hover: bool = False) -> None:
    """Paint a tick box."""
    if on:
        paint.rounded(painter, box, 5, "action.primary")
        icons.paint(painter, "check", box.adjusted(2, 2, -2, -2), "action.onPrimary", bold=True)
    else:
        ground = "state.hover" if hover else "surface.card"
        paint.rounded(painter, box, 5, ground, "line.strong", 1.5)
