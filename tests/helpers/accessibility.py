"""What a page may not have: words that are cut off, and controls without a name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QTextEdit,
    QWidget,
)

from wbos_desktop.ui.widgets.labels import ElidedLabel

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QTextEdit,
)


def _shown(widget: QWidget) -> list[QWidget]:
    inside = [child for child in widget.findChildren(QWidget) if child.isVisibleTo(widget)]
    return [widget, *inside]


def _label_is_cut(label: QLabel) -> bool:
    if isinstance(label, ElidedLabel):
        return label.cut and not label.toolTip()
    if label.wordWrap():
        return label.heightForWidth(label.width()) > label.height() + 1
    return label.sizeHint().width() > label.width() + 1


def _is_cut(widget: QWidget) -> bool:
    if isinstance(widget, QLabel):
        return bool(widget.text()) and _label_is_cut(widget)
    if isinstance(widget, QAbstractButton) and widget.text():
        hint = widget.sizeHint()
        return hint.width() > widget.width() + 1 or hint.height() > widget.height() + 1
    if isinstance(widget, QComboBox):
        room = widget.width() - 42
        text = QFontMetrics(widget.font()).horizontalAdvance(widget.currentText())
        return text > room and not widget.toolTip()
    return False


def _outside_parent(widget: QWidget) -> bool:
    """True when a layout pushed it past the right edge of its parent, where nobody can see it."""
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or widget.width() == 0:
        return False
    return widget.geometry().left() >= parent.width() or widget.geometry().right() > parent.width()


def _content_is_too_wide(widget: QWidget) -> bool:
    """True for a scroll area that can't scroll sideways but would have to."""
    if not isinstance(widget, QScrollArea) or widget.widget() is None:
        return False
    never = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    off = widget.horizontalScrollBarPolicy() == never
    return off and widget.widget().width() > widget.viewport().width() + 1


def find_clipped_texts(widget: QWidget) -> list[str]:
    """The words below `widget` that do not fit and have no tooltip. The widget must be shown."""
    found = []
    for child in _shown(widget):
        if _content_is_too_wide(child):
            found.append(f"{type(child).__name__}: its content is wider than it is")
        words = getattr(child, "text", None)
        if not callable(words) or isinstance(child, QLineEdit):
            words = getattr(child, "currentText", None)
        if not callable(words):
            continue
        pushed_out = child is not widget and bool(words()) and _outside_parent(child)
        if _is_cut(child) or pushed_out:
            found.append(f"{type(child).__name__}: {words()!r}")
    return found


def _accessible_name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def _is_inner(widget: QWidget) -> bool:
    """Parts that Qt makes itself inside a control, such as the line of a spin box."""
    if widget.objectName().startswith("qt_"):
        return True
    parent = widget.parentWidget()
    return isinstance(parent, (QAbstractItemView, QComboBox, QSpinBox))


def find_unnamed_controls(widget: QWidget) -> list[str]:
    """The controls below `widget` that a screen reader has no name for."""
    found = []
    for child in _shown(widget):
        if not isinstance(child, CONTROLS) or _is_inner(child):
            continue
        name = child.accessibleName() or _accessible_name(child)
        if not name.strip():
            where = type(child.parentWidget()).__name__
            found.append(f"{type(child).__name__} in {where}")
    return found
