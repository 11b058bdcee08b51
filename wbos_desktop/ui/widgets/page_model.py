"""The pages of the preview as a list, and where its bookmarks point to."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtPdf import QPdfBookmarkModel, QPdfDocument

from wbos_desktop.i18n import _


class PageModel(QAbstractListModel):
    """One row per page; the text is for screen readers."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pages = 0
        self._bookmarks = QPdfBookmarkModel(self)

    def set_pages(self, count: int) -> None:
        """The document has this many pages now."""
        self.beginResetModel()
        self._pages = count
        self.endResetModel()

    def page_of(self, document: QPdfDocument, title: str) -> int | None:
        """The page (from 0) of the bookmark that ends in this title."""
        self._bookmarks.setDocument(document)
        for row in range(self._bookmarks.rowCount(QModelIndex())):
            index = self._bookmarks.index(row, 0)
            words = index.data(int(QPdfBookmarkModel.Role.Title))
            if str(words).endswith(title):
                return int(index.data(int(QPdfBookmarkModel.Role.Page)))
        return None

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._pages

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if index.isValid() and role == Qt.ItemDataRole.DisplayRole:
            return _("Page {n}").format(n=index.row() + 1)
        return None
