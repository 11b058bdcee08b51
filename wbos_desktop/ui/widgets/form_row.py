"""One labelled row: label above, field, and a hint or error sentence below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.i18n import _

from .labels import Icon, Label
from .message_strip import announce


class FormRow(QWidget):
    """Label above, widget, hint or error sentence below."""

    def __init__(
        self,
        label: str,
        widget: QWidget,
        *,
        optional: bool = False,
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.widget = widget
        self._hint = hint
        self.label = Label(label, "smallStrong")
        self.label.setBuddy(widget)
        head = QHBoxLayout()
        head.setSpacing(5)
        head.addWidget(self.label)
        if optional:
            head.addWidget(Label(_("optional"), "sub"))
        head.addStretch(1)
        self._icon = Icon("alert-circle", 16, "status.danger")
        self._below = Label("", "caption", wrap=True)
        self._count = Label("", "caption", color="text.secondary")
        self._count.hide()
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self._below, 1)
        foot.addWidget(self._count, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if label:
            column.addLayout(head)
        column.addWidget(widget)
        column.addLayout(foot)
        if not widget.accessibleName():
            widget.setAccessibleName(label)
        counted = getattr(widget, "counted", None)
        if counted is not None:
            counted.connect(self._show_count)
        self.error = ""
        self.set_hint(hint)

    def set_hint(self, hint: str) -> None:
        """Words under the field, unless an error stands there."""
        self._hint = hint
        if not self.error:
            self._show(hint, wrong=False)

    def set_error(self, message: str) -> None:
        """A sentence in place of the hint; "" puts the hint back."""
        self.error = message
        self._show(message or self._hint, wrong=bool(message))
        mark = getattr(self.widget, "set_error", None)
        if mark is not None:
            mark(message)

    def _show_count(self, words: str) -> None:
        """The counter of a text that is nearly as long as it may be, or longer."""
        if words == self._count.text():
            return
        over = bool(getattr(self.widget, "problem", ""))
        self._count.set_role("caption", "status.danger" if over else "text.secondary")
        self._count.setText(words)
        self._count.setVisible(bool(words))
        if words:
            announce(self, words)

    def _show(self, text: str, *, wrong: bool) -> None:
        self._icon.setVisible(wrong)
        self._below.setText(text)
        self._below.set_role("caption", "status.danger" if wrong else "text.secondary")
        self._below.setVisible(bool(text))
