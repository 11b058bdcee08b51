"""A sentence on top of a page, dialog or form: what happened and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from wbos_desktop.i18n import _
from wbos_desktop.ui import paint, theme

from .buttons import Button, IconButton
from .labels import Icon, Label

# kind: icon, ink, ground, edge
_LOOK = {
    "info": ("info-circle", "text.primary", "surface.card", "line.strong"),
    "success": ("circle-check", "action.primary", "action.primarySoft", "action.primary"),
    "warning": ("alert-triangle", "text.primary", "surface.sunken", "line.strong"),
    "error": ("alert-circle", "status.danger", "status.dangerSoft", "status.danger"),
}


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say the text at its next pause."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class MessageStrip(QWidget):
    """Kinds: info, success, warning, error. Hidden until `show_message`."""

    action = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None, *, closable: bool = True) -> None:
        super().__init__(parent)
        self.kind = "info"
        self._icon = Icon("info-circle", 18)
        self._label = Label("", "small", wrap=True)
        self._button = Button("", "ghost", size="small")
        self._button.clicked.connect(self.action)
        self._close = IconButton("x", _("Close message"), size="small")
        self._close.clicked.connect(self._closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 6, 6)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addWidget(self._label, 1)
        row.addWidget(self._button)
        row.addWidget(self._close)
        self._close.setVisible(closable)
        self._button.hide()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that is shown."""
        return self._label.text()

    def show_message(self, text: str, kind: str = "info", action: str = "") -> None:
        """Show the sentence; `action` is the text of a button that emits `action`."""
        self.kind = kind
        icon, ink, _ground, _edge = _LOOK[kind]
        self._icon.set_icon(icon, ink)
        self._label.setText(text)
        self._label.set_role("smallStrong" if kind == "error" else "small", ink)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(text)
        self.show()
        self.update()
        announce(self, text)

    def _closed(self) -> None:
        self.hide()
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        _icon, _ink, ground, edge = _LOOK[self.kind]
        paint.rounded(painter, self.rect(), theme.radius("control"), ground, edge)
        painter.end()
