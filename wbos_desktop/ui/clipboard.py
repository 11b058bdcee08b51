"""What the program puts on the clipboard, and takes off again: after 30 s, at lock, at exit."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

SECONDS = 30

_WINDOWS = 'application/x-qt-windows-mime;value="{}"'
# Clipboard histories and clouds of Windows and KDE leave out what bears these marks. The mark of
# macOS (org.nspasteboard.ConcealedType) can't be set through Qt.
_MARKS = {
    "ExcludeClipboardContentFromMonitorProcessing": b"1",
    _WINDOWS.format("ExcludeClipboardContentFromMonitorProcessing"): b"1",
    _WINDOWS.format("CanIncludeInClipboardHistory"): bytes(4),
    _WINDOWS.format("CanUploadToCloudClipboard"): bytes(4),
    "x-kde-passwordManagerHint": b"secret",
}


class Clipboard(QObject):
    """Copies and clears; every instance knows what any of them copied, and clears only that.

    After `watch` it also takes care of what the user copies out of a field of ours.
    """

    _ours: ClassVar[str] = ""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        self._watching = False

    def watch(self) -> None:
        """Begin at unlock; `clear` ends it."""
        if not self._watching:
            self._watching = True
            QGuiApplication.clipboard().dataChanged.connect(self._changed)

    def copy(self, text: str) -> None:
        """Put the text there for 30 seconds, hidden from clipboard histories."""
        data = QMimeData()
        data.setText(text)
        for mark, value in _MARKS.items():
            data.setData(mark, value)
        Clipboard._ours = text
        QGuiApplication.clipboard().setMimeData(data)
        self._timer.start(SECONDS * 1000)

    def clear(self) -> None:
        """Empty the clipboard when our text is still on it."""
        self._timer.stop()
        board = QGuiApplication.clipboard()
        if self._watching and self.sender() is not self._timer:
            self._watching = False
            board.dataChanged.disconnect(self._changed)
        ours, Clipboard._ours = Clipboard._ours, ""
        if ours and board.text() == ours:
            board.clear()
        if board.supportsSelection() and board.ownsSelection():
            board.clear(QClipboard.Mode.Selection)

    def _changed(self) -> None:
        """Somebody copied; while a window of ours has the keys, it was out of a field of ours."""
        text = QGuiApplication.clipboard().text()
        in_ours = QGuiApplication.focusWindow() is not None
        if text and text != Clipboard._ours and in_ours:
            self.copy(text)
