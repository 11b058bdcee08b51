"""A form is data: fields with a label, an attribute of the draft and a widget.

`fill` shows a draft and cannot write; `draft` gives a new draft with what the user typed;
`show_errors` marks wrong fields and puts the focus on the first.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from wbos_desktop.i18n import ngettext
from wbos_desktop.ui import theme

from . import kept
from .date_edit import DateEdit, TimeEdit
from .form_row import FormRow
from .message_strip import announce

__all__ = ["Editor", "Field", "Form", "FormRow"]

D = TypeVar("D")


class Editor(Protocol):
    """What a widget must offer to stand in a form."""

    @property
    def edited(self) -> SignalInstance:
        """Emitted after the user changed the value, never by set_value."""

    def value(self) -> Any:
        """What the user chose or typed."""

    def set_value(self, value: Any) -> None:
        """Show a value without emitting."""

    def set_error(self, message: str) -> None:
        """Mark as wrong; "" takes the mark away."""


@dataclasses.dataclass(frozen=True)
class Field:
    """One row of a form; `attribute` is the draft's, `stretch` its share of a shared line."""

    label: str
    attribute: str
    widget: Any
    optional: bool = False
    hint: str = ""
    stretch: int = 1


class Form(QWidget):
    """Fields under each other; a list of fields stands on one line.

    `edited` tells that the user changed something; `dirty` remembers it until `fill`.
    """

    edited = Signal()

    def __init__(
        self, lines: Sequence[Field | Sequence[Field]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.dirty = False
        self.fields: dict[str, Field] = {}
        self.rows: dict[str, FormRow] = {}
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(theme.space(4))
        for line in lines:
            if isinstance(line, Field):
                self.body.addWidget(self._row(line))
                continue
            across = QHBoxLayout()
            across.setSpacing(theme.space(3))
            for field in line:
                across.addWidget(self._row(field), field.stretch, Qt.AlignmentFlag.AlignTop)
            if all(field.stretch == 0 for field in line):
                across.addStretch(1)
            self.body.addLayout(across)

    def _row(self, field: Field) -> FormRow:
        row = FormRow(field.label, field.widget, optional=field.optional, hint=field.hint)
        self.fields[field.attribute] = field
        self.rows[field.attribute] = row
        field.widget.edited.connect(self._changed)
        if isinstance(field.widget, DateEdit | TimeEdit):
            field.widget.refused.connect(row.set_error)
        if isinstance(field.widget, DateEdit):
            field.widget.echoed.connect(lambda text: row.set_hint(text or field.hint))
            field.widget.echoed.connect(lambda _text: row.set_error(""))
        return row

    def _changed(self) -> None:
        self.dirty = True
        sender = self.sender()
        for attribute, field in self.fields.items():
            if field.widget is sender and self.rows[attribute].error:
                self.rows[attribute].set_error("")
        self.edited.emit()

    def fill(self, draft: Any) -> None:
        """Show the draft's attributes. Emits nothing, writes nothing, forgets errors."""
        for attribute, field in self.fields.items():
            field.widget.set_value(getattr(draft, attribute))
            self.rows[attribute].set_error("")
        self.dirty = False

    def values(self) -> dict[str, Any]:
        """Attribute to value, of all fields."""
        return {attribute: field.widget.value() for attribute, field in self.fields.items()}

    def draft(self, before: D) -> D:
        """A copy of the draft (a frozen dataclass) with the values of the form."""
        return dataclasses.replace(before, **self.values())  # type: ignore[type-var]

    def kept(self) -> dict[str, Any]:
        """What stands in the fields as typed, as JSON, without secrets; see widgets/kept.py."""
        return {attribute: kept.kept(field.widget) for attribute, field in self.fields.items()}

    def put_back(self, values: Mapping[str, Any]) -> None:
        """Show what was kept. Emits nothing; attributes without a field are left out."""
        for attribute, field in self.fields.items():
            if attribute in values:
                kept.put_back(field.widget, values[attribute])
                self.rows[attribute].set_error("")
        self.dirty = True

    def text_keys(self) -> list[str]:
        """Attributes whose field is one to write in."""
        return [key for key, field in self.fields.items() if kept.is_text(field.widget)]

    def words(self) -> list[str]:
        """What was written in the text fields and whom somebody named, in order."""
        return [kept.words(field.widget) for field in self.fields.values()]

    def shown(self) -> dict[str, tuple[str, str]]:
        """Attribute to label and value in words, to lay two versions side by side."""
        return {
            attribute: (field.label or field.widget.accessibleName(), kept.shown(field.widget))
            for attribute, field in self.fields.items()
        }

    def problems(self) -> dict[str, str]:
        """Sentences of fields that can't be saved: a date that is none, a text that is too long."""
        self.values()
        found = {}
        for attribute, field in self.fields.items():
            if problem := getattr(field.widget, "problem", ""):
                found[attribute] = problem
        return found

    def show_errors(self, errors: Mapping[str, str]) -> str:
        """Mark the wrong fields, focus the first, and give the footer's sentence ("" if none).

        A key without a field of its own counts too; its sentence is for the message strip.
        """
        wrong: list[FormRow] = []
        for attribute, row in self.rows.items():
            message = errors.get(attribute, "")
            row.set_error(message)
            if message:
                wrong.append(row)
        if wrong:
            first = wrong[0].widget
            focus = getattr(first, "focus_first", None)
            if focus is not None:
                focus()
            else:
                first.setFocus(Qt.FocusReason.OtherFocusReason)
            # Only Tab scrolls to the focus by itself; the row is higher once its sentence is there.
            QTimer.singleShot(0, wrong[0], partial(_bring_into_view, wrong[0]))
        if not errors:
            return ""
        sentence = ngettext(
            "{n} field is not right yet", "{n} fields are not right yet", len(errors)
        )
        announce(self, f"{sentence}. {' '.join(errors.values())}")
        return sentence


def _bring_into_view(row: QWidget) -> None:
    """Scroll to a row, with its label and its sentence."""
    area = row.parentWidget()
    while area is not None and not isinstance(area, QScrollArea):
        area = area.parentWidget()
    if area is not None:
        area.ensureWidgetVisible(row)
