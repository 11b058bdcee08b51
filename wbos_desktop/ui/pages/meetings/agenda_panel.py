"""The agenda as rows that move by key and by mouse, with the minutes against the time there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from wbos_desktop.domain.meetings import AgendaItemRow, MeetingDetail
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.ui import icons, paint, theme
from wbos_desktop.ui.widgets.buttons import Button, IconButton
from wbos_desktop.ui.widgets.cards import Card, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.chips import NormBadge, ProgressBar
from wbos_desktop.ui.widgets.flow import FlowLayout
from wbos_desktop.ui.widgets.labels import ElidedLabel, Icon, IconLabel, Label

# Below this height of the panel (px at 100 % text) the choices would leave room for two rows only.
_LOW = 520

SUBJECT_ICONS = {
    "previous": "list-check",
    "group": "users-group",
    "case": "flag",
    "scenario": "route",
    "free": "note",
}


def informed_text(item: AgendaItemRow) -> str:
    """Whether parents and pupil know of an item, in words; '' when it needs no answer."""
    if not item.about_pupil and not item.informed:
        return ""
    if item.informed == "yes":
        return _("Parents and pupil know of it")
    if item.informed == "no":
        reason = item.informed_reason
        return _("Parents and pupil do not know yet: {reason}").format(reason=reason)
    return _("Do parents and pupil know of it?")


def _note(icon: str, text: str) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(6)
    line.addWidget(Icon(icon, 16, "text.secondary"))
    line.addWidget(ElidedLabel(text, "caption"), 1)
    return line


class AgendaRow(QWidget):
    """One item. Alt with the arrows moves it, plus and minus change its minutes."""

    moved = Signal(int, int)
    minutes_changed = Signal(int, int)
    removed = Signal(int)
    opened = Signal(int)
    focused = Signal(int)
    dragged = Signal(int, int, bool)

    def __init__(
        self, item: AgendaItemRow, parent: QWidget | None = None, *, read_only: bool = False
    ) -> None:
        super().__init__(parent)
        self.item = item
        self.read_only = read_only
        self.chosen = False
        self._pressed: QPoint | None = None
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self._spoken())
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 7, 6, 8)
        row.setSpacing(8)
        if item.subject == "previous" or read_only:
            row.addSpacing(26)
        else:
            row.addWidget(Icon("grip-vertical", 18, "text.muted"))
        number = Label(str(item.position), "small", color="text.secondary")
        number.setMinimumWidth(18)
        row.addWidget(number)
        row.addWidget(Icon(SUBJECT_ICONS[item.subject], 20))
        row.addLayout(self._words(), 1)
        if item.norm is not None:
            code, title, kind = item.norm
            row.addWidget(NormBadge(code, kind, title, size=24))
        self.minutes = Label(_("{n} min").format(n=item.minutes), "small")
        row.addWidget(self.minutes)
        self.remove_button = IconButton("x", _("Take {title} off").format(title=item.title))
        self.remove_button.writes()
        self.remove_button.clicked.connect(self._remove)
        policy = self.remove_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.remove_button.setSizePolicy(policy)
        row.addWidget(self.remove_button)
        self.remove_button.setHidden(item.subject == "previous" or read_only)

    def _words(self) -> QVBoxLayout:
        item = self.item
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(item.title, "smallStrong"))
        if item.detail:
            words.addWidget(ElidedLabel(item.detail, "caption"))
        if item.question:
            words.addLayout(_note("help-circle", item.question))
        if known := informed_text(item):
            words.addLayout(_note("check" if item.informed == "yes" else "info-circle", known))
        return words

    def _spoken(self) -> str:
        item = self.item
        minutes = ngettext("{n} minute", "{n} minutes", item.minutes)
        known = informed_text(item)
        parts = [str(item.position), item.title, item.detail, item.question, known, minutes]
        return ", ".join(part for part in parts if part)

    def _remove(self) -> None:
        self.removed.emit(self.item.id)

    def menu(self) -> QMenu:
        """What keys and mouse can do with this item, for Shift+F10 and the right button."""
        item, menu = self.item, QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        entries: list[tuple[str, str, Callable[[], object]]] = [
            ("pencil", _("Change item"), partial(self.opened.emit, item.id))
        ]
        if item.subject != "previous":
            up, down = item.position - 1, item.position + 1
            entries += [
                ("arrow-up", _("Move up"), partial(self.moved.emit, item.id, up)),
                ("arrow-down", _("Move down"), partial(self.moved.emit, item.id, down)),
                ("x", _("Take off the agenda"), self._remove),
            ]
        for icon, text, slot in entries:
            action = QAction(icons.icon(icon), text, menu)
            action.triggered.connect(slot)
            menu.addAction(action)
        return menu

    def set_chosen(self, chosen: bool) -> None:
        """Tint the row of the item that the preview shows."""
        self.chosen = chosen
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, item = event.key(), self.item
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            by = 1 if key == Qt.Key.Key_Down else -1
            if not alt:
                self._step(by)
            elif not self.read_only:
                self.moved.emit(item.id, item.position + by)
        elif self.read_only:
            super().keyPressEvent(event)
        elif event.text() in ("+", "=", "-"):
            self.minutes_changed.emit(item.id, -1 if event.text() == "-" else 1)
        elif key == Qt.Key.Key_Delete and item.subject != "previous":
            self._remove()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(item.id)
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        parent = self.parentWidget()
        rows = parent.findChildren(AgendaRow) if parent else [self]
        rows = sorted(rows, key=lambda row: row.item.position)
        place = rows.index(self) + by
        if 0 <= place < len(rows):
            rows[place].setFocus(Qt.FocusReason.TabFocusReason)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(self.item.id)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.read_only:
            self.menu().popup(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        fixed = self.read_only or self.item.subject == "previous"
        if event.button() == Qt.MouseButton.LeftButton and not fixed:
            self._pressed = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.globalPosition().toPoint()
        if self._pressed is None:
            return
        far = (here - self._pressed).manhattanLength()
        self._dragging = self._dragging or far >= QGuiApplication.styleHints().startDragDistance()
        if self._dragging:
            self.dragged.emit(self.item.id, here.y(), False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self.dragged.emit(self.item.id, event.globalPosition().toPoint().y(), True)
        self._pressed, self._dragging = None, False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self.read_only:
            self.opened.emit(self.item.id)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = self.rect().adjusted(0, 1, 0, -1)
        if self.chosen:
            paint.rounded(painter, box, 8, "state.selected")
        elif self.underMouse():
            paint.rounded(painter, box, 8, "state.hover")
        else:
            paint.hairline(painter, 36, self.width() - 8, self.height() - 1)
        if self.hasFocus():
            paint.rounded(painter, box, 8, None, "focus.ring", 2)
        painter.end()


class _DropLine(QWidget):
    """Where the dragged item will land."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.rounded(painter, self.rect(), 1.5, "action.primary")
        painter.end()


class AgendaPanel(Card):
    """Head with minutes, the rows, and the ways to add; the page connects the signals."""

    moved = Signal(int, int)
    minutes_changed = Signal(int, int)
    removed = Signal(int)
    opened = Signal(int)
    focused = Signal(int)
    add = Signal()
    propose = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=0, parent=parent)
        self.rows: list[AgendaRow] = []
        self._chosen: int | None = None
        self._read_only = False
        self.body.setSpacing(0)
        self.body.addLayout(self._head())
        self._scroll = ScrollPage()
        self._scroll.body.setContentsMargins(8, 4, 8, 8)
        self._scroll.body.setSpacing(0)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._scroll.body.addLayout(self._list)
        self._hint = Label("", "sub", wrap=True)
        self._hint.setContentsMargins(12, 8, 12, 4)
        self._scroll.body.addWidget(self._hint)
        self._scroll.body.addSpacing(6)
        self._scroll.body.addWidget(self._ways_to_add())
        self._scroll.body.addStretch(1)
        self.body.addWidget(self._scroll, 1)
        self._line = _DropLine(self._scroll.content)
        self._line.hide()
        self._options: QWidget | None = None

    def set_read_only(self, read_only: bool) -> None:
        """Show the agenda without ways to change it: for who takes part."""
        self._read_only = read_only
        self.add_button.setHidden(read_only)
        self.propose_button.setHidden(read_only)

    def set_options(self, options: QWidget) -> None:
        """Put the choices below the rows; in a low window they scroll along."""
        self._options = options
        self._place_options()

    def _place_options(self) -> None:
        if self._options is None:
            return
        low = self.height() < theme.scaled(_LOW)
        place = self._scroll.body if low else self.body
        if place.indexOf(self._options) < 0:
            place.insertWidget(place.count() - 1 if low else place.count(), self._options)

    def _head(self) -> QVBoxLayout:
        head = QVBoxLayout()
        head.setContentsMargins(18, 12, 18, 8)
        head.setSpacing(8)
        row = QHBoxLayout()
        row.addWidget(Label(_("Agenda"), "h2"), 1)
        self.time = IconLabel("clock", "", "small")
        row.addWidget(self.time)
        head.addLayout(row)
        self.bar = ProgressBar(0, 0, _("Minutes"))
        self.bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.bar.setFixedHeight(6)
        head.addWidget(self.bar)
        return head

    def _ways_to_add(self) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder, 4)
        self.add_button = Button(_("Add group, case or scenario"), "ghost", "plus").writes()
        self.add_button.clicked.connect(self.add)
        self.propose_button = Button(_("Suggest"), "ghost", "list-check").writes()
        self.propose_button.clicked.connect(self.propose)
        flow.addWidget(self.add_button)
        flow.addWidget(self.propose_button)
        return holder

    def show_meeting(self, detail: MeetingDetail) -> None:
        """Show the items of this meeting; focus and choice stay on the same item."""
        focused = next((row.item.id for row in self.rows if row.hasFocus()), None)
        place = next((at for at, row in enumerate(self.rows) if row.hasFocus()), 0)
        self._show_time(detail)
        clear_layout(self._list)
        self.rows = [self._row(item) for item in detail.items]
        for row in self.rows:
            self._list.addWidget(row)
        only = len(detail.items) <= 1 and not self._read_only
        self._hint.setText(
            _("No agenda yet. Add the groups and cases that ask for attention.") if only else ""
        )
        self._hint.setVisible(only)
        ids = [item.id for item in detail.items]
        self.choose(self._chosen if self._chosen in ids else (ids[0] if ids else None))
        if focused is not None and self.rows:
            same = [row for row in self.rows if row.item.id == focused]
            (same or [self.rows[min(place, len(self.rows) - 1)]])[0].setFocus()

    def _row(self, item: AgendaItemRow) -> AgendaRow:
        row = AgendaRow(item, read_only=self._read_only)
        row.moved.connect(self.moved)
        row.minutes_changed.connect(self.minutes_changed)
        row.removed.connect(self.removed)
        row.opened.connect(self.opened)
        row.focused.connect(self._focused)
        row.dragged.connect(self._dragged)
        return row

    def _show_time(self, detail: MeetingDetail) -> None:
        used, there = detail.row.minutes, detail.row.available
        text = _("{n} of {m} minutes").format(n=used, m=there)
        if used > there:
            more = ngettext("{n} minute too many", "{n} minutes too many", used - there)
            self.time.set("alert-triangle", f"{text}, {more}", "smallStrong", "status.danger")
        else:
            self.time.set("clock", text, "small")
        self.bar.set_counts(min(used, there), there)

    def choose(self, item_id: int | None) -> None:
        """Tint the row of this item."""
        self._chosen = item_id
        for row in self.rows:
            row.set_chosen(row.item.id == item_id)

    def _focused(self, item_id: int) -> None:
        self.choose(item_id)
        self.focused.emit(item_id)

    def focus_first(self) -> None:
        """Put the focus on the chosen row, or the first."""
        chosen = [row for row in self.rows if row.chosen] or self.rows
        if chosen:
            chosen[0].setFocus()

    # ------------------------------------------------------------ drag
    def _dragged(self, item_id: int, y: int, dropped: bool) -> None:
        place, line = self._landing(self.rows, self._scroll.content.mapFromGlobal(QPoint(0, y)).y())
        if dropped:
            self._line.hide()
            before = next(row.item.position for row in self.rows if row.item.id == item_id)
            target = place - 1 if place > before else place
            if target != before:
                self.moved.emit(item_id, target)
            return
        self._line.setGeometry(8, line - 1, self._scroll.content.width() - 16, 3)
        self._line.show()
        self._line.raise_()

    def _landing(self, rows: Sequence[AgendaRow], y: int) -> tuple[int, int]:
        """The position (from 1) before which an item dropped at `y` lands, and where that is."""
        for row in rows:
            top = row.mapTo(self._scroll.content, QPoint(0, 0)).y()
            if row.item.subject != "previous" and y < top + row.height() // 2:
                return row.item.position, top
        if not rows:
            return 1, 0
        last = rows[-1]
        bottom = last.mapTo(self._scroll.content, QPoint(0, 0)).y() + last.height()
        return last.item.position + 1, bottom

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_options()

    def sizeHint(self) -> QSize:
        return QSize(theme.scaled(470), 600)
