"""A table model that knows all ids and asks for rows page by page, when they come into view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QPainter

PAGE = 50
KEEP = 2000
ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
ID_ROLE = int(Qt.ItemDataRole.UserRole) + 2

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
Fetch = Callable[[list[int], Callable[[Mapping[int, Any]], None]], object]


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column as data. `text` is what is read aloud, copied and (without `painter`) shown.

    `width` is px at 100 % text; `stretch` shares what is left. `sort` is the key the page gets
    when the head is clicked. `hide` 0 stays always, 1 goes first when the table is narrow, then
    2, and so on. `role` and `sub_role` are colour tokens or functions of the row; `icon` and
    `sub_icon` give icon names; `painter` draws the cell itself inside its rectangle.
    """

    title: str
    text: Callable[[R], str]
    sub: Callable[[R], str] | None = None
    width: int = 120
    stretch: int = 0
    sort: str | None = None
    align: str = "left"
    strong: bool | Callable[[R], bool] = False
    hide: int = 0
    role: str | Callable[[R], str] = "text.primary"
    sub_role: str | Callable[[R], str] = "text.secondary"
    icon: Callable[[R], str] | None = None
    sub_icon: Callable[[R], str] | None = None
    painter: Callable[[QPainter, QRect, R], None] | None = None


class PagedModel(QAbstractTableModel, Generic[R]):
    """Rows by id. `fetch(ids, deliver)` loads rows and calls `deliver({id: row})` when ready.

    Sorting and filtering happen where the ids come from; the model keeps their order.
    """

    rows_loaded = Signal()

    def __init__(self, columns: Sequence[Column[R]], fetch: Fetch) -> None:
        super().__init__()
        self.columns = list(columns)
        self._fetch = fetch
        self._ids: list[int] = []
        self._place: dict[int, int] = {}
        self._rows: dict[int, R] = {}
        self._asked: set[int] = set()
        self._wanted: set[int] = set()
        self._edition = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._ask)

    @property
    def ids(self) -> list[int]:
        """All ids in the order of the table."""
        return list(self._ids)

    def set_ids(self, ids: Sequence[int]) -> None:
        """Show these records; rows that are known are asked again, because they may be old."""
        self.beginResetModel()
        self._ids = list(ids)
        self._place = {record_id: row for row, record_id in enumerate(self._ids)}
        self._edition += 1
        self._asked.clear()
        self._wanted.clear()
        # the old rows stay in view until the new ones are there: no flicker
        self._rows = {i: row for i, row in self._rows.items() if i in self._place}
        self.endResetModel()
        if self._ids:
            self._want(0)  # the first page is asked at once, the others when they come into view
            self._timer.stop()
            self._ask()

    def row_of(self, record_id: int) -> int:
        """The row number of an id, or -1."""
        return self._place.get(record_id, -1)

    def id_at(self, row: int) -> int | None:
        """The id in a row, or None outside the table."""
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def row_data(self, row: int) -> R | None:
        """The loaded record of a row; None while it is on its way (and it is asked for)."""
        record_id = self.id_at(row)
        if record_id is None:
            return None
        if record_id not in self._asked:
            self._want(row)
        return self._rows.get(record_id)

    def known(self, row: int) -> R | None:
        """The record of a row if it is loaded already; asks for nothing."""
        record_id = self.id_at(row)
        return None if record_id is None else self._rows.get(record_id)

    def _want(self, row: int) -> None:
        start = row - row % PAGE
        self._wanted.update(i for i in self._ids[start : start + PAGE] if i not in self._asked)
        self._asked.update(self._wanted)
        if not self._timer.isActive():
            self._timer.start(0)

    def _ask(self) -> None:
        wanted, self._wanted = sorted(self._wanted, key=self._place.__getitem__), set()
        edition = self._edition
        if wanted:
            self._fetch(wanted, lambda rows: self._deliver(edition, rows))

    def _deliver(self, edition: int, rows: Mapping[int, R]) -> None:
        if edition != self._edition:
            return
        if len(self._rows) > KEEP:
            self._rows.clear()
            self._asked.clear()
        self._rows.update(rows)
        self._asked.update(rows)
        places = sorted(self._place[i] for i in rows if i in self._place)
        if places:
            last = len(self.columns) - 1
            self.dataChanged.emit(self.index(places[0], 0), self.index(places[-1], last))
        self.rows_loaded.emit()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        if role == ID_ROLE:
            return self._ids[index.row()]
        shows = (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        )
        if role != ROW_ROLE and role not in shows:
            return None
        row = self.row_data(index.row())
        if role == ROW_ROLE:
            return row
        if row is None:
            return ""
        column = self.columns[index.column()]
        text = column.text(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        sub = column.sub(row) if column.sub else ""
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title}: {text}{', ' if sub else ''}{sub}"
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self.columns):
            return self.columns[section].title
        return None
