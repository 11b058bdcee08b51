"""A dialog around one form that ends in one service call; wrong fields are marked in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wbos_desktop.errors import Invalid, UserError
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.form import Field, Form
from wbos_desktop.ui.widgets.labels import Label

# What is called with the session and the values of the form; arguments in front are bound here.
Send = Callable[[dict[str, Any]], tuple[Callable[..., Any], tuple[Any, ...]]]


class FormDialog(Dialog):
    """Title, explanation, fields, one verb. `send` turns the values into a function and arguments.

    `finished_with` carries the answer of the service.
    """

    finished_with = Signal(object)

    def __init__(
        self,
        shell: Shell,
        title: str,
        fields: Sequence[Field | Sequence[Field]],
        *,
        verb: str,
        cancel: str,
        send: Send,
        text: str = "",
        subtitle: str = "",
        fill: Any = None,
        width: int = 560,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, subtitle, width=width, parent=parent)
        self.shell = shell
        self._send = send
        if text:
            self.body.addWidget(Label(text, "body", color="text.secondary", wrap=True))
        self.form = Form(fields)
        if fill is not None:
            self.form.fill(fill)
        self.form.edited.connect(lambda: self.set_footer_error(""))
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.add_button(cancel, slot=self.reject)
        self.verb_button = self.add_button(verb, "primary", "check", self._save)
        first = next(iter(self.form.fields.values()), None)
        if first is not None:
            focus = getattr(first.widget, "focus_first", first.widget.setFocus)
            focus()

    def _save(self) -> None:
        if problems := self.form.problems():
            self._wrong(Invalid(problems))
            return
        self.verb_button.setEnabled(False)
        function, arguments = self._send(self.form.values())
        task = self.shell.tasks.write(self, function, *arguments)
        task.then(self._done).failed(self._wrong)

    def _done(self, answer: Any) -> None:
        self.accept()
        self.finished_with.emit(answer)

    def _wrong(self, error: UserError) -> None:
        self.verb_button.setEnabled(True)
        if not isinstance(error, Invalid):
            self.shell.messages.show_error(self, error)
            return
        self.set_footer_error(self.form.show_errors(error.fields))
        loose = [text for key, text in error.fields.items() if key not in self.form.rows]
        if loose:
            self.set_footer_error(" ".join(loose))
