"""A new password, typed twice, with feedback on the rules."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wbos_desktop.i18n import _

from .labels import IconLabel
from .secret_row import SecretRow


class NewSecret(QWidget):
    """`entered` when Enter was pressed in the second field.

    `judge` gives the sentence of what is wrong with a password, or nothing.
    """

    entered = Signal()

    def __init__(
        self, judge: Callable[[str], str], label: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._judge_text = judge
        hint = _("At least 12 characters. Four words in a row are easy to keep.")
        self.secret = SecretRow(label or _("New password"), hint)
        self.again = SecretRow(_("The same password again"))
        self.secret.field.textChanged.connect(self._judge)
        self.secret.field.left.connect(self._leave)
        self.secret.entered.connect(self.again.field.setFocus)
        self.again.entered.connect(self.entered)
        self._good = IconLabel("circle-check", _("This password is good."), "sub")
        self._good.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self.secret, self._good, self.again):
            column.addWidget(widget)

    def value(self) -> str:
        """What was typed in the first field."""
        return self.secret.value()

    def clear(self) -> None:
        """Forget both texts."""
        self.secret.clear()
        self.again.clear()
        self._good.hide()

    def check(self) -> bool:
        """True if both texts are the same good password; else the fault stands at its field."""
        problem = self._judge_text(self.secret.value())
        self.secret.row.set_error("")
        self.again.row.set_error("")
        if problem:
            self.secret.fail(problem)
        elif self.again.value() != self.secret.value():
            self.again.fail(_("This is not the same password. Type it again."))
        else:
            return True
        return False

    def _judge(self) -> None:
        """While typing only good news and the end of bad news."""
        good = bool(self.secret.value()) and not self._judge_text(self.secret.value())
        self._good.setVisible(good)
        if good:
            self.secret.row.set_error("")

    def _leave(self) -> None:
        if self.secret.value():
            self.secret.row.set_error(self._judge_text(self.secret.value()))
