"""What the parts of Beheer share: the list at the left, and a card with a head at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from wbos_desktop.i18n import _
from wbos_desktop.ui import icons, paint, theme
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.cards import Card, ScrollPage
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.record_table import RecordTable

P = ParamSpec("P")
T = TypeVar("T")


class Section(Card):
    """One part of Beheer: h2, a line of what it is about, buttons at the right, then `body`."""

    def __init__(self, shell: Shell, title: str, sub: str) -> None:
        super().__init__(padding=24)
        self.shell = shell
        self.name = title
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(title, "h2"))
        self.sub_label = Label(sub, "body", color="text.secondary", wrap=True)
        words.addWidget(self.sub_label)
        self._low = self._one_open = False
        self.tools = QHBoxLayout()
        self.tools.setSpacing(10)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addLayout(self.tools)
        self.body.setSpacing(16)
        self.body.addLayout(row)

    @property
    def may_change(self) -> bool:
        """True for coordinators; services refuse the others whatever is shown."""
        return self.shell.who.role == "coordinator"

    def set_low(self, low: bool) -> None:
        """Without its line of what it is about where the window is low: lists need the room."""
        self._low = low
        self._show_sub()

    def set_one_open(self, one_open: bool) -> None:
        """The same while one record of it is open."""
        self._one_open = one_open
        self._show_sub()

    def _show_sub(self) -> None:
        self.sub_label.setVisible(not (self._low or self._one_open))

    def refresh(self) -> None:
        """Ask for the data again and show it."""

    def resume(self, form: str, record_id: int) -> None:
        """Open an unfinished form of this part again; `record_id` is 0 for a new record.

        A part that can't find its form says where the text is.
        """
        text = _("Open this form again: your text is still in it.")
        self.shell.messages.strip(self, text)

    def leave(self) -> None:
        """Another part is shown, or the vault is locked: let go of what is halfway."""

    def add_tool(self, widget: QWidget) -> None:
        """A button at the right of the head."""
        self.tools.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)

    def read(
        self, function: Callable[Concatenate[Any, P], T], *args: P.args, **kw: P.kwargs
    ) -> Task[T]:
        """Call a service function(session, *args) to read; see `Tasks.read`."""
        return self.shell.tasks.read(self, function, *args, **kw)

    def view(
        self, function: Callable[Concatenate[Any, P], T], *args: P.args, **kw: P.kwargs
    ) -> Task[T]:
        """Call a service function(session, *args) that notes the look; see `Tasks.view`."""
        return self.shell.tasks.view(self, function, *args, **kw)

    def write(
        self, function: Callable[Concatenate[Any, P], T], *args: P.args, **kw: P.kwargs
    ) -> Task[T]:
        """Call a service function(session, *args) as one transaction; see `Tasks.write`."""
        return self.shell.tasks.write(self, function, *args, **kw)


def set_tab_order(*stops: QWidget) -> None:
    """Tab goes through these in this order: what is made later stands higher on the page."""
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)


class FilterLine(QWidget):
    """Filters on one line, or on two where they do not fit: the first of `second` stretches.

    `room` is the least width of `second` at 100 % text.
    """

    def __init__(self, first: Sequence[QWidget], second: Sequence[QWidget], room: int) -> None:
        super().__init__()
        self._room = room
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._both.setContentsMargins(0, 0, 0, 0)
        self._both.setSpacing(10)
        self._first, other = QHBoxLayout(), QHBoxLayout()
        for line in (self._first, other):
            line.setSpacing(10)
        for widget in first:
            self._first.addWidget(widget)
        self._first.addStretch(1)
        for widget in second:
            other.addWidget(widget, 1 if widget is second[0] else 0)
        self._both.addLayout(self._first)
        self._both.addLayout(other, 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        needed = self._first.sizeHint().width() + self._both.spacing() + theme.scaled(self._room)
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._both.setDirection(down if self.width() < needed else across)


class PlainTable(RecordTable):
    """A table inside a card: without an edge of its own."""

    def paintEvent(self, event: QPaintEvent) -> None:
        event.accept()


class _Place(QAbstractButton):
    """A part in the list: icon and word; chosen with soft ground and a bar."""

    def __init__(self, code: str, icon: str, text: str) -> None:
        super().__init__()
        self.code, self.icon_name = code, icon
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("ring", theme.radius("control") + 2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.setFixedHeight(theme.scaled(40))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(44 + paint.text_width(self.text(), "bodyStrong") + 10, theme.scaled(40))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        chosen = self.isChecked()
        radius = theme.radius("control")
        if chosen:
            paint.rounded(painter, self.rect(), radius, "state.selected")
            bar = QRectF(0, self.height() / 2 - 11, 3, 22)
            paint.rounded(painter, bar, 1.5, "action.primary")
        elif self.underMouse():
            paint.rounded(painter, self.rect(), radius, "state.hover")
        box = QRect(14, (self.height() - 20) // 2, 20, 20)
        ink = "action.primary" if chosen else "text.secondary"
        icons.paint(painter, self.icon_name, box, ink, bold=chosen)
        area = QRect(44, 0, self.width() - 50, self.height())
        paint.text(painter, area, self.text(), "bodyStrong" if chosen else "body")
        painter.end()


class PlaceList(Card):
    """The parts of Beheer under each other; `chosen` with a code; arrows choose too."""

    chosen = Signal(str)

    def __init__(self, places: Sequence[tuple[str, str, str]], name: str) -> None:
        super().__init__(padding=4)
        self.setAccessibleName(name)
        # In a small window with large text there are more parts than fit.
        self.pane = ScrollPage()
        self.pane.body.setSpacing(4)
        self.pane.body.setContentsMargins(4, 4, 4, 4)
        self.body.addWidget(self.pane, 1)
        self.buttons: dict[str, _Place] = {}
        for code, icon, text in places:
            button = _Place(code, icon, text)
            button.clicked.connect(lambda _on=False, code=code: self.chosen.emit(code))
            self.pane.body.addWidget(button)
            self.buttons[code] = button
        self.pane.body.addStretch(1)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        widest = max(button.sizeHint().width() for button in self.buttons.values())
        self.setFixedWidth(max(theme.scaled(200), widest + 28))

    def set_value(self, code: str) -> None:
        """Show which part is open, without telling."""
        self.buttons[code].setChecked(True)
        self.pane.ensureWidgetVisible(self.buttons[code])
