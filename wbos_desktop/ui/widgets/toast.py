"""One sentence at the bottom left that something is done, with "Ongedaan maken"."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from wbos_desktop.i18n import _
from wbos_desktop.ui import icons, paint, theme

from .buttons import Button, IconButton
from .labels import Label
from .message_strip import announce

ICONS = {"success": "circle-check", "info": "info-circle", "warning": "alert-triangle"}


class _ToastButton(Button):
    """Text in the toast's own colour."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.text(painter, self.rect(), self.text(), "smallStrong", "toast.action", paint.CENTER)
        painter.end()


class _ToastClose(IconButton):
    """The cross in the toast's own colour."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRect(0, 0, 18, 18)
        box.moveCenter(self.rect().center())
        icons.paint(painter, "x", box, "toast.text")
        painter.end()


class ToastHost(QWidget):
    """Stands over its parent, bottom left; one toast at a time, 8 seconds, waiting while the
    pointer or the focus is on it. `margin_left` keeps it off the rail."""

    closed = Signal()

    def __init__(self, parent: QWidget, margin_left: int = 24) -> None:
        super().__init__(parent)
        self.margin_left = margin_left
        self._do: Callable[[], object] | None = None
        self._label = Label("", "body", color="toast.text", wrap=False)
        self._icon = ICONS["success"]
        self._button = _ToastButton("", "ghost")
        self._button.setProperty("ringRole", "toast.action")
        self._button.clicked.connect(self._acted)
        self._close = _ToastClose("x", _("Close"))
        self._close.setProperty("ringRole", "toast.action")
        self._close.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(46, 6, 8, 6)
        row.setSpacing(16)
        row.addWidget(self._label, 1)
        row.addWidget(self._button)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._expired)
        parent.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that stands there."""
        return self._label.text()

    def show_toast(
        self,
        text: str,
        action: str = "",
        on_action: Callable[[], object] | None = None,
        *,
        kind: str = "success",
    ) -> None:
        """Show a sentence; the one before it goes. `action` is the text of the button; kinds are
        success, info and warning."""
        self._label.setText(text)
        self._icon = ICONS[kind]
        self._do = on_action
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._button.updateGeometry()
        self.setAccessibleName(text)
        self.show()
        self.raise_()
        self.place()
        self._timer.start(theme.motion("toastMs"))
        announce(self, text)

    def dismiss(self) -> None:
        """Take the toast away."""
        self._timer.stop()
        self.hide()
        self.closed.emit()

    def place(self) -> None:
        """Put it at the bottom left of the parent, as wide as its words."""
        parent = self.parentWidget()
        if parent is None:
            return
        self.adjustSize()
        room = parent.width() - self.margin_left - 24
        width = min(max(self.sizeHint().width(), theme.scaled(400)), room)
        high = max(self.sizeHint().height(), 48)
        self.setGeometry(self.margin_left, parent.height() - high - 20, width, high)

    def _acted(self) -> None:
        do = self._do
        self.dismiss()
        if do is not None:
            do()

    def _expired(self) -> None:
        focus = QApplication.focusWidget()
        if self.underMouse() or (focus is not None and self.isAncestorOf(focus)):
            self._timer.start(1000)
        else:
            self.dismiss()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return False

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._timer.start(theme.motion("toastMs"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.rounded(painter, self.rect(), theme.radius("tile"), "toast.bg")
        box = QRect(16, (self.height() - 20) // 2, 20, 20)
        icons.paint(painter, self._icon, box, "toast.text")
        painter.end()
