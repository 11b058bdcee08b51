"""All that somebody, a screen reader or a look into memory could read of widgets."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, QObject, Qt
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QCompleter,
    QTabWidget,
    QWidget,
)

_WORDS = (
    "text",
    "toPlainText",
    "placeholderText",
    "title",
    "windowTitle",
    "toolTip",
    "whatsThis",
    "statusTip",
    "accessibleName",
    "accessibleDescription",
    "currentText",
)
_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)


def readable(top: QWidget) -> str:
    """The texts of a widget and all below it: shown or hidden, in models, and kept in Python."""
    found: list[str] = []
    for child in [top, *top.findChildren(QObject)]:
        found += _words(child)
        found.append(repr(vars(child)) if hasattr(child, "__dict__") else "")
        if isinstance(child, QAbstractItemView | QCompleter | QComboBox):
            found += _cells(child.model())
        if isinstance(child, QAbstractItemModel):
            found += _cells(child)
        if isinstance(child, QTabWidget):
            found += [child.tabText(index) for index in range(child.count())]
        if isinstance(child, QPdfDocument):
            found += [child.getAllText(page).text() for page in range(child.pageCount())]
    return "\n".join(found)


def all_readable(window: QWidget) -> str:
    """The window with its dialogs, menus and lists, and what is on the clipboard."""
    tops = [top for top in QApplication.topLevelWidgets() if _belongs(top, window)]
    return "\n".join([*(readable(top) for top in tops), QApplication.clipboard().text()])


def _belongs(widget: QObject | None, window: QWidget) -> bool:
    """Other tests may leave their windows for a while."""
    while widget is not None and widget is not window:
        widget = widget.parent()
    return widget is window


def _words(child: QObject) -> list[str]:
    words = []
    for name in _WORDS:
        get = getattr(child, name, None)
        if callable(get):
            try:
                words.append(str(get()))
            except TypeError:  # a method of our own with parameters
                continue
    return words


def _cells(model: QAbstractItemModel | None) -> list[str]:
    if model is None:
        return []
    root = QModelIndex()
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(root)
    return [
        str(model.index(row, column, root).data(role) or "")
        for row in range(min(model.rowCount(root), 50))
        for column in range(columns)
        for role in _ROLES
    ]
