"""What the pack holds: how pupils are named, the log, room for decisions."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wbos_desktop.domain.reports import ExportOptions
from wbos_desktop.i18n import _
from wbos_desktop.ui.widgets.cards import Hairline
from wbos_desktop.ui.widgets.fields import CheckBox, TextField
from wbos_desktop.ui.widgets.form import FormRow
from wbos_desktop.ui.widgets.labels import IconLabel
from wbos_desktop.ui.widgets.pills import SegmentedControl


class PackOptions(QWidget):
    """`changed` after each choice; `options()` is what the export gets.

    Full names need a purpose, which goes into the export register.
    """

    changed = Signal()

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        full_names: bool = True,
        password_only: bool = False,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Hairline())
        inner = QVBoxLayout()
        inner.setContentsMargins(18, 10, 18, 14)
        inner.setSpacing(10)
        column.addLayout(inner)
        names = [("initials", _("Initial")), ("first", _("First name"))]
        if full_names:
            names.append(("full", _("Full")))
        self.names = SegmentedControl(names, _("Names of pupils"))
        self.names.set_value("initials")
        self.names.edited.connect(self._names_edited)
        inner.addWidget(FormRow(_("Names of pupils"), self.names))
        self.purpose = TextField(_("What are full names needed for?"), max_length=200)
        self.purpose.left.connect(self.changed)
        self.purpose.returnPressed.connect(self.changed)
        hint = _("This goes into the export register.")
        self.purpose_row = FormRow(_("What are full names needed for?"), self.purpose, hint=hint)
        self.purpose_row.hide()
        inner.addWidget(self.purpose_row)
        self.log = CheckBox(_("Include the log"))
        self.room = CheckBox(_("Room for decisions on paper"))
        self.room.set_value(True)
        for box in (self.log, self.room):
            box.edited.connect(self.changed)
            inner.addWidget(box)
        self.locked = CheckBox(_("With a password"))
        self.locked.set_value(password_only)
        if password_only:
            self.locked.setEnabled(False)
            self.locked.setToolTip(_("Your school has set this."))
        inner.addWidget(self.locked)
        self.words = IconLabel("info-circle", "", "caption", wrap=True)
        self.words.hide()
        inner.addWidget(self.words)

    def _names_edited(self) -> None:
        full = self.names.value() == "full"
        self.purpose_row.setVisible(full)
        if full and not self.purpose.text().strip():
            self.purpose.setFocus()
            return
        self.changed.emit()

    def complaint(self) -> str:
        """Why no pack can be made yet; '' when it can. The field says it too."""
        missing = self.names.value() == "full" and not self.purpose.text().strip()
        text = _("Write what full names are needed for.") if missing else ""
        self.purpose_row.set_error(text)
        return text

    def options(self) -> ExportOptions:
        """The choices of now."""
        return ExportOptions(
            names=self.names.value(),
            purpose=self.purpose.text().strip() if self.names.value() == "full" else "",
            log=bool(self.log.value()),
            room=bool(self.room.value()),
        )

    def show_words(self, words: tuple[str, ...]) -> None:
        """Words in the pack that may still be a pupil's name: the maker reads them first."""
        shown = ", ".join(words[:8])
        self.words.set(
            "info-circle",
            _("Check these words, they may be names: {words}").format(words=shown),
            "caption",
        )
        self.words.setVisible(bool(words) and self.names.value() != "full")
