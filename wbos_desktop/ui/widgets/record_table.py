"""The table of every list page: two-line rows, painted head, one selection, all keys."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from wbos_desktop.ui import icons, paint, theme, tips
from wbos_desktop.ui.clipboard import Clipboard

from .cards import Hairline
from .labels import Label
from .paged_model import ROW_ROLE, Column, Fetch, PagedModel

_PAD = 8
_EDGE = 15


def _of(value: Any, row: Any) -> Any:
    return value(row) if callable(value) else value


def quiet_selection(view: QAbstractItemView) -> None:
    """Tint the selected row instead of filling it with the action colour."""
    made = view.palette()
    role = QPalette.ColorRole
    made.setColor(role.Highlight, theme.color("state.selected"))
    made.setColor(role.HighlightedText, theme.color("text.primary"))
    view.setPalette(made)


class _Delegate(QStyledItemDelegate):
    """Paints a cell: one or two lines with icons, or what the column's painter draws."""

    def __init__(self, table: RecordTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        table = self._table
        rect: QRect = option.rect
        row = index.data(ROW_ROLE)
        if row is None:
            box = QRect(rect.left() + _PAD, rect.center().y() - 4, rect.width() // 2, 8)
            paint.rounded(painter, box, 4, "surface.sunken")
            return
        column = table.model.columns[index.column()]
        area = table.cell_area(rect, index.column())
        if column.painter is not None:
            with paint.saved(painter):
                painter.setClipRect(rect)
                column.painter(painter, area, row)
            return
        self._words(painter, area, column, row)

    def _words(self, painter: QPainter, area: QRect, column: Column[Any], row: Any) -> None:
        align = paint.RIGHT if column.align == "right" else paint.LEFT
        strong = bool(_of(column.strong, row))
        sub = column.sub(row) if column.sub and not self._table.compact else ""
        type_role = "bodyStrong" if strong else "small"
        top = QRect(area)
        if sub:
            high, low = theme.line("body"), theme.line("caption")
            top.setTop(area.center().y() - (high + low) // 2 + 1)
            top.setHeight(high)
            below = QRect(area.left(), top.bottom() + 1, area.width(), low)
            ink = _of(column.sub_role, row)
            icon = column.sub_icon(row) if column.sub_icon else ""
            danger = ink == "status.danger"
            below = self._icon(painter, below, icon, ink)
            paint.text(painter, below, sub, "captionStrong" if danger else "caption", ink, align)
        ink = _of(column.role, row)
        top = self._icon(painter, top, column.icon(row) if column.icon else "", ink)
        paint.text(painter, top, column.text(row), type_role, ink, align)

    def _icon(self, painter: QPainter, area: QRect, name: str, ink: str) -> QRect:
        if not name:
            return area
        box = QRect(area.left(), area.center().y() - 8, 16, 16)
        icons.paint(painter, name, box, ink)
        return area.adjusted(22, 0, 0, 0)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(80, self._table.row_height())

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        text = self._table.cut_text(index.row(), index.column())
        QToolTip.showText(event.globalPos(), tips.literal(text), view)
        return True


class _Head(QHeaderView):
    """Painted column heads with a sort arrow."""

    def __init__(self, table: RecordTable) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._table = table
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(24)
        self.viewport().setAutoFillBackground(False)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        table = self._table
        column = table.model.columns[logicalIndex]
        area = table.cell_area(rect, logicalIndex)
        align = paint.RIGHT if column.align == "right" else paint.LEFT
        key, down = table.sorting
        sorted_here = bool(column.sort) and column.sort == key
        if sorted_here:
            area.setRight(area.right() - 18)
        ink = "text.primary" if sorted_here else "text.secondary"
        paint.text(painter, area, column.title, "captionStrong", ink, align)
        if sorted_here:
            wide = min(paint.text_width(column.title, "captionStrong"), area.width())
            left = area.right() + 4 if column.align == "right" else area.left() + wide + 6
            box = QRect(left, area.center().y() - 7, 15, 15)
            icons.paint(painter, "arrow-down" if down else "arrow-up", box, "text.primary")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        for index in range(self.count()):
            if not self.isSectionHidden(index):
                left, wide = self.sectionViewportPosition(index), self.sectionSize(index)
                self.paintSection(painter, QRect(left, 0, wide, self.height()), index)
        paint.hairline(painter, 0, self.width(), self.height() - 1)
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(100, theme.scaled(int(theme.size("tableHeader"))))


class RecordTable(QFrame):
    """A QTableView on a PagedModel in a card, with foot line and empty state.

    Signals: `activated(id)` Enter or double click (or one click with `open_on_click`),
    `selected(id or None)`, `sorted(key, descending)` after a click on a head: the page asks its
    ids anew and calls `set_ids`.
    """

    activated = Signal(int)
    selected = Signal(object)
    sorted = Signal(str, bool)
    menu_asked = Signal(int, object)

    def __init__(
        self,
        columns: Sequence[Column[Any]],
        fetch: Fetch,
        name: str,
        *,
        empty: QWidget | None = None,
        compact: bool = False,
        open_on_click: bool = False,
        foot: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.compact = compact
        self.sorting: tuple[str, bool] = ("", False)
        self.model: PagedModel[Any] = PagedModel(columns, fetch)
        self.model.setParent(self)
        self.view = _View(self, name)
        self.open_on_click = open_on_click
        self._current: int | None = None
        self._set_up_view()
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.view)
        self.empty = empty
        if empty is not None:
            self._stack.addWidget(empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(holder, 1)
        self._foot(column, shown=foot)
        theme.follow(self._restyle)

    def _set_up_view(self) -> None:
        view = self.view
        self.head = _Head(self)
        view.setHorizontalHeader(self.head)
        view.setModel(self.model)
        view.setItemDelegate(_Delegate(self))
        self.head.sectionClicked.connect(self._head_clicked)
        view.selectionModel().currentRowChanged.connect(self._moved)
        view.doubleClicked.connect(self._opened)
        view.clicked.connect(self._clicked)

    def _foot(self, column: QVBoxLayout, *, shown: bool) -> None:
        self.foot = QWidget()
        self.foot_row = QHBoxLayout(self.foot)
        self.foot_row.setContentsMargins(_EDGE, 8, _EDGE, 8)
        self.foot_row.setSpacing(18)
        self._foot_text = Label("", "caption")
        self.foot_row.addWidget(self._foot_text, 1)
        self._foot_line = Hairline()
        column.addWidget(self._foot_line)
        column.addWidget(self.foot)
        self.foot.setVisible(shown)
        self._foot_line.setVisible(shown)

    def _restyle(self) -> None:
        quiet_selection(self.view)
        self.view.verticalHeader().setDefaultSectionSize(self.row_height())
        self.head.setFixedHeight(self.head.sizeHint().height())
        self.lay_out_columns()

    def row_height(self) -> int:
        """Height of a row in px: 60 for two lines, 36 compact, at 100 % text."""
        return theme.scaled(
            int(theme.size("tableRowCompact" if self.compact else "tableRowTwoLine"))
        )

    def set_compact(self, compact: bool) -> None:
        """One line a row, or two."""
        self.compact = compact
        self._restyle()

    def set_foot(self, text: str) -> None:
        """Words under the table, such as the count and what Enter does."""
        self._foot_text.setText(text)

    def set_ids(self, ids: Sequence[int]) -> None:
        """Show these records in this order; selection and scroll position stay where they can."""
        bar = self.view.verticalScrollBar()
        before, place = self._current, bar.value()
        self.model.set_ids(ids)
        if self.empty is not None:
            self._stack.setCurrentWidget(self.view if ids else self.empty)
        if before is not None and self.model.row_of(before) >= 0:
            self._select_quietly(before)
        else:
            self._current = None
            if before is not None:
                self.selected.emit(None)
        bar.setValue(place)

    def refresh_rows(self) -> None:
        """Ask the rows in view again, after a change elsewhere."""
        self.set_ids(self.model.ids)

    def current_id(self) -> int | None:
        """The id of the selected row, or None."""
        return self._current

    def select(self, record_id: int) -> None:
        """Select the record and bring it into view, if it is in the table."""
        row = self.model.row_of(record_id)
        if row >= 0:
            self.view.setCurrentIndex(self.model.index(row, 0))

    def set_sorting(self, key: str, descending: bool) -> None:
        """Show the arrow at the column with this sort key."""
        self.sorting = (key, descending)
        self.head.viewport().update()

    def cell_area(self, rect: QRect, column: int) -> QRect:
        """The part of a cell's rectangle for its content."""
        first = column == self._first_shown()
        return rect.adjusted(_EDGE if first else _PAD, 0, -_PAD, 0)

    def cut_text(self, row: int, column: int) -> str:
        """The full words of a cell when they do not fit, else ""."""
        data = self.model.row_data(row)
        if data is None:
            return ""
        spec = self.model.columns[column]
        room = self.view.columnWidth(column) - 2 * _PAD
        text, sub = spec.text(data), spec.sub(data) if spec.sub else ""
        if spec.painter is not None:
            return f"{text}\n{sub}".strip()
        room -= 22 if spec.icon else 0
        strong = bool(_of(spec.strong, data))
        too_wide = paint.text_width(text, "bodyStrong" if strong else "small") > room
        return (
            f"{text}\n{sub}".strip() if too_wide or paint.text_width(sub, "caption") > room else ""
        )

    def _first_shown(self) -> int:
        shown = (i for i in range(len(self.model.columns)) if not self.view.isColumnHidden(i))
        return next(shown, 0)

    def lay_out_columns(self) -> None:
        """Share the width; hide columns in their order when it is too narrow."""
        room = self.view.viewport().width()
        columns = self.model.columns
        shown = list(range(len(columns)))
        while self._needs(shown) > room:
            can_go = [i for i in shown if columns[i].hide]
            if not can_go:
                break
            shown.remove(min(can_go, key=lambda i: columns[i].hide))
        spare = max(0, room - self._needs(shown))
        shares = sum(columns[i].stretch for i in shown)
        for index, column in enumerate(columns):
            self.view.setColumnHidden(index, index not in shown)
            extra = spare * column.stretch // shares if shares else 0
            if index in shown:
                self.view.setColumnWidth(index, self._width(index) + extra)

    def _width(self, index: int) -> int:
        return theme.scaled(self.model.columns[index].width)

    def _needs(self, shown: list[int]) -> int:
        return sum(self._width(index) for index in shown)

    def _select_quietly(self, record_id: int) -> None:
        model = self.view.selectionModel()
        model.blockSignals(True)
        self.select(record_id)
        model.blockSignals(False)
        self.view.viewport().update()

    def _moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self._current = self.model.id_at(current.row()) if current.isValid() else None
        self.view.viewport().update()
        self.selected.emit(self._current)

    def _opened(self, index: QModelIndex) -> None:
        record_id = self.model.id_at(index.row())
        if record_id is not None:
            self.activated.emit(record_id)

    def _clicked(self, index: QModelIndex) -> None:
        if self.open_on_click:
            self._opened(index)

    def _head_clicked(self, section: int) -> None:
        key = self.model.columns[section].sort
        if key:
            known, down = self.sorting
            self.set_sorting(key, not down if known == key else False)
            self.sorted.emit(*self.sorting)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.rounded(painter, self.rect(), theme.radius("card"), "surface.card", "line.soft")
        painter.end()


class _View(QTableView):
    """The stock table view with our row painting and keys."""

    def __init__(self, table: RecordTable, name: str) -> None:
        super().__init__(table)
        self._table = table
        self._hover = -1
        self._typed, self._typed_at = "", 0.0
        self._clipboard: Clipboard | None = None
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.viewport().setAutoFillBackground(False)
        self.verticalScrollBar().setSingleStep(30)

    def row_rect(self, row: int) -> QRect:
        """The rectangle of a whole row in the viewport."""
        return QRect(0, self.rowViewportPosition(row), self.viewport().width(), self.rowHeight(row))

    def _grounds(self, painter: QPainter) -> None:
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        count = self._table.model.rowCount()
        if first < 0:
            return
        last = count - 1 if last < 0 else last
        now = self.currentIndex().row()
        for row in range(first, last + 1):
            box = self.row_rect(row)
            if row == self._hover and row != now:
                painter.fillRect(box, theme.color("state.hover"))
            if row < count - 1 and row != now:
                paint.hairline(painter, _EDGE, box.width() - _EDGE, box.bottom())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if current.isValid():
                self.doubleClicked.emit(current)
            return
        if event.matches(QKeySequence.StandardKey.Copy) and current.isValid():
            self._copy(current.row())
            return
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            count = self._table.model.rowCount()
            row = 0 if event.key() == Qt.Key.Key_Home else count - 1
            self.setCurrentIndex(self._table.model.index(row, 0))
            return
        super().keyPressEvent(event)

    def _copy(self, row: int) -> None:
        data = self._table.model.row_data(row)
        if data is not None:
            cells = [column.text(data) for column in self._table.model.columns]
            if self._clipboard is None:
                # a child of the application, so that it empties itself after a lock too
                self._clipboard = Clipboard(QApplication.instance())
            self._clipboard.copy("\t".join(cells))

    def keyboardSearch(self, search: str) -> None:
        """Type-ahead over the rows that are loaded; the stock one would load the whole table."""
        now = time.monotonic() * 1000
        goes_on = now - self._typed_at < QApplication.keyboardInputInterval()
        self._typed = (self._typed + search if goes_on else search).casefold()
        self._typed_at = now
        model, count = self._table.model, self._table.model.rowCount()
        text = model.columns[self._search_column()].text
        start = max(0, self.currentIndex().row()) + (0 if goes_on else 1)
        for step in range(count):
            row = (start + step) % count
            data = model.known(row)
            if data is not None and text(data).casefold().startswith(self._typed):
                self.setCurrentIndex(model.index(row, 0))
                return

    def _search_column(self) -> int:
        strong = (i for i, c in enumerate(self._table.model.columns) if c.strong)
        return next(strong, 0)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._set_hover(self.rowAt(int(event.position().y())))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._set_hover(-1)

    def _set_hover(self, row: int) -> None:
        if row != self._hover:
            self._hover = row
            self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._table.model.rowCount():
            self.setCurrentIndex(self._table.model.index(0, 0))
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._table.lay_out_columns()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        self._grounds(painter)
        painter.end()
        super().paintEvent(event)
        now = self.currentIndex()
        if not now.isValid():
            return
        painter = QPainter(self.viewport())
        box = self.row_rect(now.row())
        painter.fillRect(QRect(0, box.top(), 3, box.height()), theme.color("action.primary"))
        if self.hasFocus():
            ring = box.adjusted(3, 3, -3, -3)
            paint.rounded(painter, ring, 5, None, "focus.ring", 2)
        painter.end()
