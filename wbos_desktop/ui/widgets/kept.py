"""How a field is kept while somebody types: as typed, also when half, and as plain JSON.

A widget with a value of its own kind offers `kept()`, `put_back(kept)` and `shown()`; any other is
kept by its `value()`. Fields for secrets say `secret = True` and are never kept.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from wbos_desktop.i18n import _


def kept(widget: Any) -> Any:
    """What stands in the widget now, as JSON: nothing is read, corrected or told."""
    if getattr(widget, "secret", False):
        return None
    own = getattr(widget, "kept", None)
    return own() if own is not None else widget.value()


def put_back(widget: Any, value: Any) -> None:
    """Show what was kept, without telling."""
    if getattr(widget, "secret", False):
        return
    own = getattr(widget, "put_back", None)
    if own is not None:
        own(value)
    else:
        widget.set_value(value)


def shown(widget: QWidget) -> str:
    """The value in words, to stand beside another one."""
    own = getattr(widget, "shown", None)
    if own is not None:
        return str(own())
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText()
    if isinstance(widget, QLineEdit):
        return widget.text()
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, QAbstractButton):
        return _("Yes") if widget.isChecked() else _("No")
    return str(widget.value())  # type: ignore[attr-defined]


def is_text(widget: Any) -> bool:
    """True for a field to write in: not a date, a number or a secret."""
    if getattr(widget, "secret", False) or getattr(widget, "strict", False):
        return False
    return isinstance(widget, QPlainTextEdit | QLineEdit)


def words(widget: Any) -> str:
    """What was written or whom somebody named: worth keeping when a form is closed halfway."""
    if is_text(widget):
        return str(kept(widget)).strip()
    named = kept(widget)
    return shown(widget) if isinstance(named, dict) and "people" in named else ""
