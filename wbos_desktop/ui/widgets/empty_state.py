"""What a page or table says when there is nothing: what is missing, why it helps, one button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from .buttons import Button
from .labels import Label
from .logo import LayersPicture


class EmptyState(QWidget):
    """Picture, h2, one sentence, one button (`clicked`); `picture` False for small places."""

    clicked = Signal()

    def __init__(
        self,
        title: str,
        text: str = "",
        button: str = "",
        icon: str | None = None,
        *,
        kind: str = "secondary",
        picture: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 24, 24, 24)
        row.setSpacing(36)
        row.addStretch(1)
        if picture:
            row.addWidget(LayersPicture(), 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addStretch(1)
        self._title = Label(title, "h2", wrap=True)
        self._text = Label(text, "body", color="text.secondary", wrap=True)
        self.button = Button(button, kind, icon)
        self.button.clicked.connect(self.clicked)
        words.addWidget(self._title)
        words.addWidget(self._text)
        words.addSpacing(10)
        words.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        words.addStretch(1)
        row.addLayout(words, 6)
        # Only now, with a parent: a widget without one would flash as a window of its own.
        self._text.setVisible(bool(text))
        self.button.setVisible(bool(button))
        row.addStretch(1)

    def set(self, title: str, text: str = "", button: str = "") -> None:
        """Other words; an empty button text hides the button."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.button.setText(button)
        self.button.setVisible(bool(button))
