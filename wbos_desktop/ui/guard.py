"""Stands at the door while the vault is open: lock, blank screen and short names by one key
each, over dialogs and menus too; the countdown where the user looks; no pictures by others."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QWidget

from wbos_desktop.i18n import ngettext

from . import icons, paint, theme
from .capture import Capture
from .curtain import Curtains, blank_words, open_dialogs
from .idle import IdleClock
from .widgets.message_strip import announce

_KINDS = QEvent.Type
_HANDS = frozenset(
    {
        _KINDS.KeyPress,
        _KINDS.MouseButtonPress,
        _KINDS.MouseMove,
        _KINDS.Wheel,
        _KINDS.TouchBegin,
        _KINDS.TabletPress,
    }
)
# What may not reach a window behind the curtain.
_EATEN = frozenset(
    {
        _KINDS.KeyPress,
        _KINDS.KeyRelease,
        _KINDS.Shortcut,
        _KINDS.ShortcutOverride,
        _KINDS.MouseButtonPress,
        _KINDS.MouseButtonRelease,
        _KINDS.MouseButtonDblClick,
        _KINDS.Wheel,
        _KINDS.ContextMenu,
        _KINDS.TouchBegin,
        _KINDS.InputMethod,
        _KINDS.ToolTip,
    }
)
_BACK = frozenset({Qt.Key.Key_F9, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Space})


class Guard(QObject):
    """Sees every key and click of the program before its window does.

    A modal dialog silences the shortcuts of the window below it; these three must work there.
    """

    lock_asked = Signal()
    present_asked = Signal()

    def __init__(self, window: QWidget, idle: IdleClock, capture: Capture) -> None:
        super().__init__(window)
        self._window = window
        self._idle = idle
        self.capture = capture
        self.curtains = Curtains(window)
        self._pills: list[CountdownPill] = []
        self._shut = False
        idle.near.connect(self.show_countdown)

    def start(self) -> None:
        """Begin at unlock."""
        app = QCoreApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
            app.installEventFilter(self)

    def shut(self) -> None:
        """Draw the curtain of a lock: no key or click opens it, only `stop` does."""
        self._shut = True
        self.curtains.draw()

    def stop(self) -> None:
        """End at lock, when the door shows; a blank screen ends too."""
        self._shut = False
        app = QCoreApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self.show_countdown(None)
        self.curtains.draw_open(title=False)

    @property
    def blank(self) -> bool:
        """True while the screen shows nothing."""
        return self.curtains.drawn

    def toggle_blank(self) -> None:
        """Empty the screen at once, or show it again; the vault stays open (F9).

        The curtain of a lock stays.
        """
        if self._shut:
            return
        if self.blank:
            self.curtains.draw_open()
        else:
            self.curtains.draw(blank_words())
            self.show_countdown(None)

    def show_countdown(self, seconds: object) -> None:
        """The last seconds before the lock, on every dialog: it hides the rail."""
        for pill in self._pills:
            pill.end()
        self._pills.clear()
        if isinstance(seconds, int):
            over = open_dialogs(self._window)
            self._pills = [CountdownPill(dialog, seconds) for dialog in over]
            if seconds in (59, 60, 30, 10) and over:
                announce(over[0], countdown_words(seconds))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _HANDS:
            self._idle.touch()
        if kind == _KINDS.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.capture.cover(watched)
            if self.blank and isinstance(watched, QDialog):
                self.curtains.cover(watched, "" if self._shut else blank_words())
        if self.blank and kind in _EATEN:
            return self._behind_curtain(event, kind)
        if kind == _KINDS.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return False

    def _behind_curtain(self, event: QEvent, kind: QEvent.Type) -> bool:
        event.accept()
        if kind == _KINDS.KeyPress and isinstance(event, QKeyEvent) and not event.isAutoRepeat():
            if self._is_lock(event):
                self.lock_asked.emit()
            elif event.key() in _BACK:
                self.toggle_blank()
        elif kind == _KINDS.MouseButtonPress:
            self.toggle_blank()
        return True

    def _key(self, event: QKeyEvent) -> bool:
        if self._is_lock(event):
            self.lock_asked.emit()
            return True
        bare = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if not bare or event.key() not in (Qt.Key.Key_F8, Qt.Key.Key_F9):
            return False
        if not event.isAutoRepeat():
            if event.key() == Qt.Key.Key_F9:
                self.toggle_blank()
            else:
                self.present_asked.emit()
        return True

    def _is_lock(self, event: QKeyEvent) -> bool:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        return control and event.key() == Qt.Key.Key_L


class CountdownPill(QWidget):
    """The seconds left, in the head of a dialog."""

    def __init__(self, dialog: QWidget, seconds: int) -> None:
        super().__init__(dialog)
        self._words = countdown_words(seconds)
        self.setAccessibleName(self._words)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        width = paint.text_width(self._words, "captionStrong") + 52
        height = theme.scaled(28)
        left = dialog.width() - width - 60  # beside the button that closes the dialog
        self.setGeometry(max(8, left), 16, width, height)
        self.show()
        self.raise_()

    def end(self) -> None:
        """Go, also when the dialog went first."""
        import shiboken6

        if shiboken6.isValid(self):
            self.hide()
            self.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.rounded(painter, self.rect(), self.height() / 2, "rail.bg", "rail.accent")
        sign = QRect(14, (self.height() - 18) // 2, 18, 18)
        icons.paint(painter, "clock", sign, "rail.accent")
        words = QRect(38, 0, self.width() - 44, self.height())
        paint.text(painter, words, self._words, "captionStrong", "rail.textSelected")
        painter.end()


def countdown_words(seconds: int) -> str:
    """'Vergrendelt over 42 seconden', as in the rail."""
    return ngettext("Locks in {n} second", "Locks in {n} seconds", seconds)
