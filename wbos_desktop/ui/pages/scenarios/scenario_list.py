"""The list of scenarios: badge, title, and below it the norm or why the scenario fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from wbos_desktop.domain.scenarios import ScenarioRow, counts_text
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.ui import paint, theme, tips
from wbos_desktop.ui.widgets import marks

_ROW = Qt.ItemDataRole.UserRole
_BADGE = 26
_HEIGHT = 66


class ScenarioModel(QAbstractListModel):
    """Scenario rows with, for each, the words below its title."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[ScenarioRow, str]] = []

    def set_rows(self, rows: Sequence[tuple[ScenarioRow, str]]) -> None:
        """Show these rows with their sub lines."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def row_of(self, scenario_id: int | None) -> int:
        """The place of a scenario in the list; -1 when it is not there."""
        ids = [row.id for row, _sub in self._rows]
        return ids.index(scenario_id) if scenario_id in ids else -1

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if not index.isValid():
            return None
        row, sub = self._rows[index.row()]
        if role == _ROW:
            return row, sub
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tips.literal(f"{row.title}\n{sub}")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            norm = _("Norm {code}, {title}").format(code=row.norms[0][0], title=row.norms[0][1])
            return f"{row.title}, {norm}, {sub}, {counts_text(row.counts)}"
        return None


def times_text(row: ScenarioRow) -> str:
    """'15 keer' practised or used together; empty when never."""
    times = row.counts.practised + row.counts.used
    return ngettext("{n} time", "{n} times", times) if times else ""


class _Delegate(QStyledItemDelegate):
    """Paints one row; the selected one is tinted with a bar at the left."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row, sub = index.data(_ROW)
        box: QRect = option.rect
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            paint.rounded(painter, box.adjusted(0, 1, 0, -1), 7, "state.selected")
            bar = QRect(box.left(), box.top() + 10, 3, box.height() - 20)
            paint.rounded(painter, bar, 1.5, "action.primary")
        elif state & QStyle.StateFlag.State_MouseOver:
            paint.rounded(painter, box.adjusted(0, 1, 0, -1), 7, "state.hover")
        else:
            paint.hairline(painter, box.left() + 8, box.right() - 8, box.bottom())
        if state & QStyle.StateFlag.State_HasFocus and chosen:
            paint.rounded(painter, box.adjusted(0, 1, 0, -1), 7, None, "focus.ring", 2)
        self._words(painter, box, row, sub)

    def _words(self, painter: QPainter, box: QRect, row: ScenarioRow, sub: str) -> None:
        left = box.left() + 12
        if row.norms:
            badge = QRect(left, box.center().y() - _BADGE // 2, _BADGE, _BADGE)
            marks.badge(painter, badge, row.norms[0][0], row.norms[0][2])
        left += _BADGE + 12
        title, line = theme.line("smallStrong"), theme.line("small")
        top = box.top() + (box.height() - title - line) // 2
        times = times_text(row)
        right = box.right() - 10
        wide = paint.text_width(times, "caption") + 8 if times else 0
        paint.text(painter, QRect(left, top, right - left, title), row.title, "smallStrong")
        area = QRect(left, top + title, right - left - wide, line)
        paint.text(painter, area, sub, "small", "text.secondary")
        if times:
            area = QRect(right - wide, top + title, wide, line)
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            paint.text(painter, area, times, "caption", "text.secondary", align)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(100, theme.scaled(_HEIGHT))


class ScenarioList(QListView):
    """The list; `chosen` gives the id of the current scenario, `practise` that Enter was hit."""

    chosen = Signal(int)
    practise = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model_of_rows = ScenarioModel(self)
        self.setModel(self.model_of_rows)
        self.setItemDelegate(_Delegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setAccessibleName(_("Scenarios"))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.selectionModel().currentChanged.connect(self._moved)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.setFont(theme.font("small"))
        self.scheduleDelayedItemsLayout()

    def show_rows(self, rows: Sequence[tuple[ScenarioRow, str]], current: int | None) -> None:
        """Show these rows; `current` stays chosen when it is there, else the first is."""
        self.selectionModel().blockSignals(True)
        self.model_of_rows.set_rows(rows)
        self.selectionModel().blockSignals(False)
        place = max(self.model_of_rows.row_of(current), 0)
        if rows:
            index = self.model_of_rows.index(place)
            self.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    def _moved(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.data(_ROW)[0].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.practise.emit()
            return
        super().keyPressEvent(event)
