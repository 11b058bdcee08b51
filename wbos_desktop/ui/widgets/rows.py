"""Rows in cards: a task with a tick box, and a plain row that opens something."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from wbos_desktop.i18n import _
from wbos_desktop.ui import icons, paint, theme

from .fields import CheckBox
from .labels import ElidedLabel, Icon


class _Row(QAbstractButton):
    """A row that is one button: hover ground, ring inside, hairline below."""

    opened = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line_from = 0
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._clicked)

    def _clicked(self) -> None:
        self.opened.emit()

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return layout.minimumSize() if layout is not None else super().minimumSizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(key == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def _row_below(self) -> bool:
        """True when another row follows at once: the last row has no line."""
        parent = self.parentWidget()
        if parent is None:
            return False
        found = parent.childAt(self.x() + self.width() // 2, self.geometry().bottom() + 6)
        while found is not None and found.parentWidget() is not parent:
            found = found.parentWidget()
        return isinstance(found, _Row)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse() or self.hasFocus():
            paint.rounded(painter, self.rect().adjusted(0, 1, 0, -2), 7, "state.hover")
        elif self.line_from >= 0 and self._row_below():
            paint.hairline(painter, self.line_from, self.width(), self.height() - 1)
        if self.hasFocus():
            paint.rounded(painter, self.rect().adjusted(0, 1, 0, -2), 7, None, "focus.ring", 2)
        painter.end()


class _Due(QWidget):
    """Icon and words at the right of a task, such as a clock and "Vandaag"."""

    def __init__(self, icon: str, text: str, role: str, *, strong: bool) -> None:
        super().__init__()
        self._icon, self._text, self._role = icon, text, role
        self._type = "smallStrong" if strong else "small"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        icon = 22 if self._icon else 0
        return QSize(paint.text_width(self._text, self._type) + icon + 2, theme.line("small"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = 0
        if self._icon:
            box = QRect(0, (self.height() - 16) // 2, 16, 16)
            icons.paint(painter, self._icon, box, self._role)
            left = 22
        area = QRect(left, 0, self.width() - left, self.height())
        paint.text(painter, area, self._text, self._type, self._role)
        painter.end()


class TaskRow(_Row):
    """54 high: tick box, title and sub line, chip, due.

    The row opens (`opened`), the box completes (`ticked`). `due_state` is one of late, today,
    later. Space ticks; the page handles V and O through `keyPressEvent` of its list.
    """

    ticked = Signal(bool)

    def __init__(
        self,
        title: str,
        sub: str = "",
        *,
        chip: QWidget | None = None,
        due: str = "",
        due_state: str = "later",
        tickable: bool = True,
        chip_width: int = 140,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(f"{title}, {sub}, {due}".strip(", "), parent)
        self._gaps: list[tuple[QSpacerItem, QWidget, int]] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 3, 14, 5)
        row.setSpacing(12)
        self.box = CheckBox("", _("Done: {title}").format(title=title))
        self.box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.box.clicked.connect(self.ticked)
        self.box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row.addWidget(self.box)
        self.box.setVisible(tickable)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(title, "bodyStrong"))
        if sub:
            words.addWidget(ElidedLabel(sub, "sub"))
        row.addLayout(words, 1)
        if chip is not None:
            row.addWidget(chip)
            row.addSpacerItem(self._gap(chip, chip_width))
        if due:
            icon, ink, strong = {
                "late": ("alert-triangle", "status.danger", True),
                "today": ("clock", "text.primary", True),
                "later": ("calendar-event", "text.secondary", False),
            }[due_state]
            shown = _Due(icon, due, ink, strong=strong)
            row.addSpacerItem(self._gap(shown, 165))
            row.addWidget(shown)
        self.line_from = 52 if tickable else 14
        theme.follow(self._restyle)

    def _gap(self, beside: QWidget, width: int) -> QSpacerItem:
        """Room that makes chips and dues of all rows stand in line."""
        gap = QSpacerItem(0, 0, QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Minimum)
        self._gaps.append((gap, beside, width))
        return gap

    def _line_up(self) -> None:
        """In a narrow row the words need the room more than the columns do."""
        wide = self.width() >= theme.scaled(640)
        for gap, beside, width in self._gaps:
            room = theme.scaled(width) - beside.sizeHint().width() if wide else 0
            gap.changeSize(max(0, room), 0, QSizePolicy.Policy.Fixed)
        layout = self.layout()
        if layout is not None:
            layout.invalidate()

    def _restyle(self) -> None:
        self.setFixedHeight(theme.scaled(int(theme.size("taskRow"))))
        self._line_up()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._line_up()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.box.isVisible():
            self.box.click()
            return
        super().keyPressEvent(event)


class ListRow(_Row):
    """A row with something at the left (badge, avatar), two lines of words, and an arrow.

    `right` replaces the arrow. `title_role` is a label role.
    """

    def __init__(
        self,
        title: str,
        sub: str = "",
        *,
        left: QWidget | None = None,
        right: QWidget | None = None,
        title_role: str = "smallStrong",
        sub_color: str | None = None,
        opens: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(f"{title}, {sub}".strip(", "), parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 8, 4, 9)
        row.setSpacing(12)
        if left is not None:
            row.addWidget(left, 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(title, title_role))
        if sub:
            words.addWidget(ElidedLabel(sub, "caption", color=sub_color))
        row.addLayout(words, 1)
        if right is not None:
            row.addWidget(right, 0, Qt.AlignmentFlag.AlignVCenter)
        elif opens:
            row.addWidget(Icon("chevron-right", 18, "text.secondary"))
        if not opens:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.unsetCursor()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.focusPolicy() != Qt.FocusPolicy.NoFocus:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        if self.line_from >= 0 and self._row_below():
            paint.hairline(painter, self.line_from, self.width(), self.height() - 1)
        painter.end()
