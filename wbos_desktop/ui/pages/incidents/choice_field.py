"""The usual choices as pills, and all of them in a list beside: for kinds and places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from wbos_desktop.ui.widgets.fields import ComboBox
from wbos_desktop.ui.widgets.pills import PillGroup

OTHER = "__other__"


class PillsOrList(QWidget):
    """One code out of many: pills for `usual`, a last pill that opens the list of the others."""

    edited = Signal()

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        usual: Sequence[str],
        name: str,
        other: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        texts = dict(choices)
        shown = [(code, texts[code]) for code in usual if code in texts]
        self.pills = PillGroup([*shown, (OTHER, other)], name)
        rest = [(code, text) for code, text in choices if code not in usual]
        self.list = ComboBox(rest, name)
        self.list.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.pills)
        column.addWidget(self.list)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusProxy(self.pills)
        self.pills.edited.connect(self._pill_chosen)
        self.list.edited.connect(self.edited)

    def value(self) -> Any:
        """The chosen code, or None."""
        chosen = self.pills.value()
        return self.list.value() if chosen == OTHER else chosen

    def set_value(self, value: Any) -> None:
        """Choose without telling; a code that has no pill is chosen in the list."""
        usual = {pill.code for pill in self.pills.pills}
        in_list = value is not None and value not in usual
        self.pills.set_value(OTHER if in_list else value)
        self.list.setVisible(in_list)
        if in_list:
            self.list.set_value(value)

    def kept(self) -> Any:
        """The pill and what is chosen in the list."""
        return [self.pills.value(), self.list.value()]

    def put_back(self, kept: Any) -> None:
        """Choose as it was."""
        pill, listed = kept
        self.pills.set_value(pill)
        self.list.set_value(listed)
        self.list.setVisible(pill == OTHER)

    def shown(self) -> str:
        """The words of what is chosen."""
        other = self.pills.value() == OTHER
        return self.list.currentText() if other else self.pills.shown()

    def set_error(self, message: str) -> None:
        """Say the error to screen readers; the words stand under the field."""
        self.pills.set_error(message)

    def focus_first(self) -> None:
        """Put the focus on the chosen pill, or the first."""
        self.pills.focus_first()

    def _pill_chosen(self) -> None:
        other = self.pills.value() == OTHER
        self.list.setVisible(other)
        if other:
            self.list.setFocus()
        self.edited.emit()
