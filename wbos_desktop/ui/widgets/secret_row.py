"""A password with its row: show button, Caps Lock note, and the sentence of what is wrong."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wbos_desktop.i18n import _
from wbos_desktop.ui import theme
from wbos_desktop.ui.widgets.fields import PasswordField
from wbos_desktop.ui.widgets.form_row import FormRow
from wbos_desktop.ui.widgets.labels import IconLabel


class SecretRow(QWidget):
    """`entered` when Enter was pressed in the field."""

    entered = Signal()

    def __init__(self, label: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = PasswordField(label)
        self.field.setFixedHeight(theme.height("controlHeightLarge"))
        self.field.returnPressed.connect(self.entered)
        self.field.installEventFilter(self)
        self.row = FormRow(label, self.field, hint=hint)
        self._caps = IconLabel("keyboard", _("Caps Lock is on"), "sub")
        self._caps.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.row)
        column.addWidget(self._caps)

    @property
    def caps_lock_shown(self) -> bool:
        """True while the note stands under the field."""
        return not self._caps.isHidden()

    def value(self) -> str:
        """What was typed, spaces included."""
        return self.field.text()

    def fail(self, sentence: str) -> None:
        """Show what is wrong, and select the text so that typing replaces it."""
        self.row.set_error(sentence)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    def clear(self) -> None:
        """Forget the text and the error."""
        self.field.clear()
        self.row.set_error("")
        self._caps.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt does not tell Caps Lock: a letter whose case does not fit Shift gives it away."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            text = event.text()
            if event.key() == Qt.Key.Key_CapsLock:
                self._caps.setHidden(True)
            elif len(text) == 1 and text.isalpha() and text.upper() != text.lower():
                shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._caps.setVisible(text.isupper() != shift)
        return False
