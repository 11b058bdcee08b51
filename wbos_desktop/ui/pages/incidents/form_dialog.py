"""A form dialog made of values: fields, one verb, and the service function behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from wbos_desktop.ui import form_dialog
from wbos_desktop.ui.form_dialog import Reload
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.form import Field, Form
from wbos_desktop.ui.widgets.labels import Label

# From the values of the form, and "version" when its record has one, to a service function and
# its arguments.
Send = Callable[[dict[str, Any]], tuple[Callable[..., Any], tuple[Any, ...]]]


@dataclass(frozen=True)
class Kept:
    """How the form is kept: its name, the record, where it opens again, and what it is about.

    `reload` gives the record as it is now: an object with the attributes of the form and a
    version.
    """

    form: str
    record_id: int
    place: Route
    detail: str = ""
    version: int = 0
    title: str = ""
    reload: Reload | None = None


class FormDialog(form_dialog.FormDialog):
    """Title, explanation, fields, one verb. `send` turns the values into a function and arguments.

    `finished_with` carries the answer of the service. Without `kept` no draft is kept.
    """

    def __init__(
        self,
        shell: Shell,
        title: str,
        fields: Sequence[Field | Sequence[Field]],
        *,
        verb: str,
        cancel: str,
        send: Send,
        kept: Kept | None = None,
        text: str = "",
        subtitle: str = "",
        fill: Any = None,
        width: int = 560,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(shell, title, subtitle, width=width, parent=parent)
        self._send, self._version = send, kept.version if kept else 0
        self.reload = kept.reload if kept else None
        if text:
            self.body.addWidget(Label(text, "body", color="text.secondary", wrap=True))
        self.form = Form(fields)
        if fill is not None:
            self.form.fill(fill)
        self.finish_form(verb, cancel=cancel)
        self.verb_button = self.save_button
        self.focus_first()
        if kept is not None:
            self._keep(kept)

    def _keep(self, kept: Kept) -> None:
        self.keep_as(
            kept.form,
            kept.record_id,
            kept.place,
            version=kept.version,
            title=kept.title,
            detail=kept.detail,
        )

    def call(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """What `send` makes of the values."""
        values = self.form.values()
        return self._send(values | {"version": self._version} if self._version else values)

    def take_fresh(self, fresh: Any) -> None:
        """Show what the record says now, as far as the form has fields for it."""
        self._version = fresh.version
        for attribute, field in self.form.fields.items():
            if hasattr(fresh, attribute):
                field.widget.set_value(getattr(fresh, attribute))
