"""Choices in sight: pills, segmented control, filter pills, tabs. All work with the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget

from wbos_desktop.ui import icons, paint, theme, tips

from .flow import FlowLayout

Choice = tuple[Any, str] | tuple[Any, str, str]


class Pill(QAbstractButton):
    """One choice, 32 high: off has an edge, on is soft petrol with a check and semibold."""

    def __init__(self, text: str, icon: str | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.icon_name = icon
        self.code: Any = None
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setProperty("ring", theme.radius("control") + 2)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.toggled.connect(self.updateGeometry)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.setFixedHeight(theme.height("controlHeightSmall"))
        self.setFont(theme.font("smallStrong"))
        self.updateGeometry()

    def _shown_icon(self) -> str | None:
        return "check" if self.isChecked() else self.icon_name

    def sizeHint(self) -> QSize:
        width = QFontMetrics(theme.font("smallStrong")).horizontalAdvance(self.text()) + 24
        if self._shown_icon():
            width += 24
        return QSize(width, self.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.isChecked()
        ground = "action.primarySoft" if on else "surface.card"
        if not self.isEnabled():
            ground = "surface.sunken"
        elif self.underMouse() and not on:
            ground = "state.hover"
        edge = "action.primary" if on else "line.strong"
        paint.rounded(painter, self.rect(), theme.radius("control"), ground, edge, 1.5 if on else 1)
        role = "smallStrong" if on else "small"
        ink = "text.primary" if self.isEnabled() else "text.muted"
        content = paint.text_width(self.text(), role) + (24 if self._shown_icon() else 0)
        left = (self.width() - content) // 2
        if shown := self._shown_icon():
            box = QRect(left, (self.height() - 16) // 2, 16, 16)
            icons.paint(painter, shown, box, "action.primary" if on else ink)
            left += 24
        area = QRect(left, 0, self.width() - left - 4, self.height())
        paint.text(painter, area, self.text(), role, ink)
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()


class PillGroup(QWidget):
    """Up to about ten choices as pills: one of them, or several with `multiple`.

    Choices are (code, text) or (code, text, icon). One tab stop for a single choice: arrows move,
    Space and Enter choose; with `multiple` arrows move and Space ticks. `value()` is a code or
    None, or a list of codes. `edited` tells only what the user did. With `clearable` a click on
    the chosen pill takes the choice away.
    """

    edited = Signal()

    def __init__(
        self,
        choices: Sequence[Choice],
        name: str,
        *,
        multiple: bool = False,
        clearable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._multiple = multiple
        self._clearable = clearable or multiple
        self.setAccessibleName(name)
        self.pills: list[Pill] = []
        self._flow = FlowLayout(self, 8)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Other choices; what was chosen stays chosen where it still exists."""
        before = self.value() if self.pills else None
        self._flow.clear()
        self.pills = []
        for choice in choices:
            pill = Pill(choice[1], choice[2] if len(choice) > 2 else None, self)
            pill.code = choice[0]
            pill.clicked.connect(self._clicked)
            pill.installEventFilter(self)
            self._flow.addWidget(pill)
            self.pills.append(pill)
        self.set_value(before)

    def value(self) -> Any:
        """The chosen code or None; a list of codes with `multiple`."""
        chosen = [pill.code for pill in self.pills if pill.isChecked()]
        if self._multiple:
            return chosen
        return chosen[0] if chosen else None

    def set_value(self, value: Any) -> None:
        """Choose without telling."""
        wanted = value if isinstance(value, list | tuple | set | frozenset) else [value]
        for pill in self.pills:
            pill.setAutoExclusive(False)
        for pill in self.pills:
            pill.setChecked(value is not None and pill.code in wanted)
        for pill in self.pills:
            # what makes a screen reader say "radio button" instead of "check box"
            pill.setAutoExclusive(not self._clearable)
        self._mark_tab_stop()

    def shown(self) -> str:
        """The words of what is chosen."""
        return ", ".join(pill.text() for pill in self.pills if pill.isChecked())

    def set_error(self, message: str) -> None:
        """Say the error to screen readers; the words stand under the group."""
        self.setAccessibleDescription(message)

    def focus_first(self) -> None:
        """Put the focus on the chosen pill, or the first."""
        chosen = next((pill for pill in self.pills if pill.isChecked()), None)
        target = chosen or (self.pills[0] if self.pills else None)
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _clicked(self) -> None:
        pill = self.sender()
        if not isinstance(pill, Pill):
            return
        if not self._multiple:
            on = pill.isChecked() or not self._clearable
            for other in self.pills:
                other.setChecked(other is pill and on)
        self._mark_tab_stop()
        self.edited.emit()

    def _mark_tab_stop(self) -> None:
        stop = next((pill for pill in self.pills if pill.isChecked()), None)
        stop = stop or (self.pills[0] if self.pills else None)
        for pill in self.pills:
            policy = Qt.FocusPolicy.StrongFocus if pill is stop else Qt.FocusPolicy.ClickFocus
            pill.setFocusPolicy(policy)

    def _step(self, pill: Pill, by: int) -> None:
        index = (self.pills.index(pill) + by) % len(self.pills)
        self.pills[index].setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if watched in self.pills and self._key(watched, event):
            return True
        return super().eventFilter(watched, event)

    def _key(self, pill: Pill, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if key in steps:
            self._step(pill, steps[key])
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            pill.click()
            return True
        return False


class _Segment(Pill):
    """One part of a SegmentedControl."""

    def _restyle(self) -> None:
        super()._restyle()
        self.setFixedHeight(theme.height("controlHeightSmall") - 6)

    def sizeHint(self) -> QSize:
        width = paint.text_width(self.text(), "smallStrong") + 32
        return QSize(width, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.isChecked()
        if on:
            paint.rounded(painter, self.rect(), 5, "surface.card", "line.strong")
        elif self.underMouse():
            paint.rounded(painter, self.rect(), 5, "state.hover")
        role, ink = ("smallStrong", "text.primary") if on else ("small", "text.secondary")
        paint.text(painter, self.rect(), self.text(), role, ink, paint.CENTER)
        painter.end()


class SegmentedControl(PillGroup):
    """Two to five choices in one frame, of which one is always chosen; arrows choose at once."""

    def __init__(self, choices: Sequence[Choice], name: str, parent: QWidget | None = None) -> None:
        self._bar: QHBoxLayout | None = None
        super().__init__([], name, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._flow.setContentsMargins(3, 3, 3, 3)
        self._flow._gap = 0  # noqa: SLF001 - the parts share one frame
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Other choices; the first is chosen when the chosen one is gone."""
        before = self.value() if self.pills else None
        self._flow.clear()
        self.pills = []
        for choice in choices:
            part = _Segment(choice[1], None, self)
            part.code = choice[0]
            part.clicked.connect(self._clicked)
            part.installEventFilter(self)
            self._flow.addWidget(part)
            self.pills.append(part)
        self.set_value(before)

    def set_value(self, value: Any) -> None:
        """Choose without telling; an unknown code chooses the first."""
        super().set_value(value)
        if self.pills and super().value() is None:
            super().set_value(self.pills[0].code)

    def set_text(self, code: Any, text: str) -> None:
        """Another text for one choice, such as one with a count."""
        for part in self.pills:
            if part.code == code:
                part.setText(text)
                part.setAccessibleName(text)
                part.updateGeometry()
        self._flow.invalidate()
        self.updateGeometry()

    def _step(self, pill: Pill, by: int) -> None:
        super()._step(pill, by)
        self.pills[(self.pills.index(pill) + by) % len(self.pills)].click()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.rounded(painter, self.rect(), 7, "surface.sunken", "line.soft")
        painter.end()

    def sizeHint(self) -> QSize:
        width = sum(part.sizeHint().width() for part in self.pills) + 6
        return QSize(width, theme.height("controlHeightSmall"))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class FilterPill(QAbstractButton):
    """A filter as "Groep Alle ▾": a click opens the menu of choices. `changed` gives the code.

    The first choice is the resting one; another one colours the pill.
    """

    changed = Signal(object)

    def __init__(
        self, label: str, choices: Sequence[tuple[Any, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._label = label
        self._choices = list(choices)
        self._value: Any = self._choices[0][0] if self._choices else None
        self._resting: Any = self._value
        self.setProperty("ring", theme.radius("control") + 2)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open_menu)
        theme.follow(self._restyle)
        self._renamed()

    def _restyle(self) -> None:
        self.setFixedHeight(theme.height("controlHeight"))
        self.updateGeometry()

    def set_choices(self, choices: Sequence[tuple[Any, str]]) -> None:
        """Other choices; the value stays when it is among them."""
        self._choices = list(choices)
        self._resting = self._choices[0][0] if self._choices else None
        if self._value not in [code for code, _text in self._choices]:
            self._value = self._resting
        self._renamed()

    def value(self) -> Any:
        """The chosen code."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Choose without telling."""
        self._value = value
        self._renamed()

    @property
    def active(self) -> bool:
        """True when something else than the resting choice is chosen."""
        return bool(self._value != self._resting)

    def shown(self) -> str:
        """The text of the chosen code."""
        return next((text for code, text in self._choices if code == self._value), "")

    def open_menu(self) -> None:
        """Show the choices under the pill."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for code, text in self._choices:
            action = QAction(text.replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(code == self._value)
            action.setData(code)
            menu.addAction(action)
        menu.triggered.connect(self._chosen)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _chosen(self, action: QAction) -> None:
        if action.data() != self._value:
            self.set_value(action.data())
            self.changed.emit(self._value)

    def _renamed(self) -> None:
        self.setAccessibleName(f"{self._label}: {self.shown()}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = paint.text_width(self._label, "small") + paint.text_width(
            self.shown(), "smallStrong"
        )
        return QSize(width + 11 + 5 + 14 + 16 + 12, self.height())

    def minimumSizeHint(self) -> QSize:
        """The label and the start of the value; the tooltip has the rest."""
        least = paint.text_width(self._label, "small") + theme.scaled(44) + 58
        return QSize(min(least, self.sizeHint().width()), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        cut = self.width() < self.sizeHint().width()
        self.setToolTip(tips.literal(self.accessibleName()) if cut else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)
        if event.key() in keys:
            self.open_menu()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = "action.primarySoft" if self.active else "surface.card"
        edge = "action.primary" if self.active else "line.strong"
        paint.rounded(painter, self.rect(), theme.radius("control"), ground, edge)
        left = 11
        wide = paint.text_width(self._label, "small")
        area = QRect(left, 0, wide + 2, self.height())
        paint.text(painter, area, self._label, "small", "text.secondary")
        left += wide + 5
        area = QRect(left, 0, self.width() - left - 30, self.height())
        paint.text(painter, area, self.shown(), "smallStrong")
        box = QRect(self.width() - 26, (self.height() - 16) // 2, 16, 16)
        icons.paint(painter, "chevron-down", box, "text.secondary")
        painter.end()


class _Tab(Pill):
    """One word with a petrol underline when chosen."""

    def _restyle(self) -> None:
        super()._restyle()
        self.setFixedHeight(theme.height("controlHeight"))

    def sizeHint(self) -> QSize:
        return QSize(paint.text_width(self.text(), "bodyStrong") + 2, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.isChecked()
        ink = "text.primary" if on or self.underMouse() else "text.secondary"
        role = "bodyStrong" if on else "body"
        paint.text(painter, self.rect(), self.text(), role, ink)
        if on:
            box = QRect(0, self.height() - 3, self.width(), 3)
            paint.rounded(painter, box, 1.5, "action.primary")
        painter.end()


class TabBar(SegmentedControl):
    """Tabs under a page header; `edited` when the user went to another; Ctrl+Tab is the page's."""

    def __init__(self, choices: Sequence[Choice], name: str, parent: QWidget | None = None) -> None:
        super().__init__(choices, name, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow._gap = 28  # noqa: SLF001 - tabs stand apart

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Other tabs; the first is chosen when the chosen one is gone."""
        before = self.value() if self.pills else None
        self._flow.clear()
        self.pills = []
        for choice in choices:
            tab = _Tab(choice[1], None, self)
            tab.code = choice[0]
            tab.clicked.connect(self._clicked)
            tab.installEventFilter(self)
            self._flow.addWidget(tab)
            self.pills.append(tab)
        self.set_value(before)

    def next_tab(self, by: int = 1) -> None:
        """Go to the next (1) or previous (-1) tab as the user would."""
        index = next((i for i, tab in enumerate(self.pills) if tab.isChecked()), 0)
        self.pills[(index + by) % len(self.pills)].click()

    def sizeHint(self) -> QSize:
        width = sum(tab.sizeHint().width() + 28 for tab in self.pills)
        return QSize(width, theme.height("controlHeight"))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.hairline(painter, 0, self.width(), self.height() - 1)
        painter.end()
