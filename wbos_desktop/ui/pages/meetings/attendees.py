"""Who is invited: colleagues from a list, and external people by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.meetings import AttendeeDraft
from wbos_desktop.i18n import _
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.fields import ComboBox, TextField
from wbos_desktop.ui.widgets.flow import FlowLayout


class AttendeesField(QWidget):
    """`value()` is a tuple of AttendeeDraft. A click on a name takes it off the list."""

    edited = Signal()

    def __init__(self, staff: Sequence[tuple[int, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = dict(staff)
        self._people: list[AttendeeDraft] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._holder = QWidget()
        self._flow = FlowLayout(self._holder, 8)
        column.addWidget(self._holder)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.colleague = ComboBox([], _("Add colleague"), empty=_("Add colleague"))
        self.colleague.edited.connect(self._add_colleague)
        row.addWidget(self.colleague, 1)
        self.external = TextField(
            _("External person"), placeholder=_("Name (organisation)"), max_length=120
        )
        self.external.returnPressed.connect(self._add_external)
        row.addWidget(self.external, 1)
        button = Button(_("Add external person"), "secondary", "user-plus")
        button.clicked.connect(self._add_external)
        row.addWidget(button)
        column.addLayout(row)
        self._show()

    def value(self) -> tuple[AttendeeDraft, ...]:
        """The list in order."""
        return tuple(self._people)

    def set_value(self, value: Any) -> None:
        """Show this list without telling."""
        self._people = list(value)
        self._show()

    def kept(self) -> Any:
        """The list, and the name that is being typed."""
        return {"people": [asdict(person) for person in self._people], "line": self.external.text()}

    def put_back(self, kept: Any) -> None:
        """Show the list and the name that was being typed."""
        self.set_value([AttendeeDraft(**person) for person in kept["people"]])
        self.external.setText(kept["line"])

    def shown(self) -> str:
        """The names in order."""
        return ", ".join(self._name(person) for person in self._people)

    def set_error(self, message: str) -> None:
        """The message as accessible description."""
        self.setAccessibleDescription(message)

    def _show(self) -> None:
        self._flow.clear()
        for place, person in enumerate(self._people):
            name = self._name(person)
            button = Button(name.replace("&", "&&"), "secondary", "x", size="small")
            button.setAccessibleName(_("Take {name} off the list").format(name=name))
            button.setProperty("place", place)
            button.clicked.connect(self._remove)
            self._flow.addWidget(button)
        taken = {person.staff_id for person in self._people}
        free = [(key, name) for key, name in self._names.items() if key not in taken]
        self.colleague.set_choices(free)
        self.colleague.set_value(None)
        self._holder.updateGeometry()

    def _name(self, person: AttendeeDraft) -> str:
        if person.staff_id is None:
            return _("{name}, external").format(name=person.external_name)
        return self._names.get(person.staff_id, "")

    def _add_colleague(self) -> None:
        staff_id = self.colleague.value()
        if staff_id is not None:
            self._change([*self._people, AttendeeDraft(staff_id)])

    def _add_external(self) -> None:
        name = self.external.text().strip()
        if name:
            self.external.clear()
            self._change([*self._people, AttendeeDraft(external_name=name)])

    def _remove(self) -> None:
        sender = self.sender()
        if sender is not None:
            place = int(sender.property("place"))
            self._change([p for at, p in enumerate(self._people) if at != place])
            self.colleague.setFocus()

    def _change(self, people: list[AttendeeDraft]) -> None:
        self._people = people
        self._show()
        self.edited.emit()
