"""One labelled row: label above, field, and a hint or error sentence below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.i18n import _

from .labels import Icon, Label


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
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self._below, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if label:
            column.addLayout(head)
        column.addWidget(widget)
        column.addLayout(foot)
        if not widget.accessibleName():
            widget.setAccessibleName(label)
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

    def _show(self, text: str, *, wrong: bool) -> None:
        self._icon.setVisible(wrong)
        self._below.setText(text)
        self._below.set_role("caption", "status.danger" if wrong else "text.secondary")
        self._below.setVisible(bool(text))
