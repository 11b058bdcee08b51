"""Long work in sight: what, how far, and a button to stop."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.i18n import _

from .buttons import Button
from .cards import Card
from .chips import ProgressBar
from .labels import Label


class ProgressCard(Card):
    """Shows "214 van 486" and a bar; `stopped` when the user pressed Stop."""

    stopped = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        row = QHBoxLayout()
        row.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(4)
        self._title = Label(title, "bodyStrong", wrap=True)
        self._count = Label("", "sub")
        self.bar = ProgressBar(0, 0, title)
        words.addWidget(self._title)
        words.addWidget(self._count)
        words.addWidget(self.bar)
        row.addLayout(words, 1)
        self.stop = Button(_("Stop"))
        self.stop.clicked.connect(self._stopped)
        row.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(row)

    def set_progress(self, done: int, total: int, what: str = "") -> None:
        """`done` of `total`; `what` is a word after the numbers, such as "leerlingen"."""
        text = _("{n} of {m}").format(n=done, m=total) if total else ""
        self._count.setText(f"{text} {what}".strip())
        self.bar.set_counts(done, total)
        self.stop.setEnabled(True)

    def _stopped(self) -> None:
        self.stop.setEnabled(False)
        self.stopped.emit()
