"""A dialog around a form that ends in one service call: the base of every form in a dialog.

It keeps a draft, saves once however often the button is hit, marks wrong fields in place, and
lets the user choose when a colleague changed the same record. Closing never asks and never loses:
what was written is kept as a draft, and the toast can throw it away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from wbos_desktop.errors import Conflict, Invalid, UserError
from wbos_desktop.i18n import _

from .conflict import Versions, choose_version
from .drafts import DraftKeeper
from .routes import Route
from .shell import Shell
from .widgets.dialog import Dialog
from .widgets.form import Form

# A function of a service that gives the record as it is now, and its arguments.
Reload = tuple[Callable[..., Any], tuple[Any, ...]]


class FormDialog(Dialog):
    """Derive: build `self.form`, call `finish_form`, override `call` and `saved`.

    With a version override `take_fresh` too and give `reload`. `finished_with` carries the answer
    of the service.
    """

    finished_with = Signal(object)

    def __init__(
        self,
        shell: Shell,
        title: str,
        subtitle: str = "",
        *,
        width: int = 560,
        height: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, subtitle, width=width, height=height, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell = shell
        self.form = Form([])
        self.keeper: DraftKeeper | None = None
        self.reload: Reload | None = None
        self._unsettled = False

    # ------------------------------------------------------------ to override
    def call(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """The service function that saves what stands in the form, and its arguments."""
        raise LookupError(type(self).__name__)

    def saved(self, answer: Any) -> None:
        """The service answered: say so. The dialog closes after this."""

    def take_fresh(self, fresh: Any) -> None:
        """Show the record as it is now; its version counts from here on."""
        self.form.fill(fresh)

    def errors_of(self, error: Invalid) -> dict[str, str]:
        """The sentences by attribute of the form, where the service names them otherwise."""
        return error.fields

    # ------------------------------------------------------------ to call
    def finish_form(self, verb: str, *, cancel: str = "", icon: str | None = "check") -> None:
        """Put the form into the body, and the two verbs below it."""
        self.form.edited.connect(lambda: self.set_footer_error(""))
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.add_button(cancel or _("Cancel"), slot=self.reject)
        self.save_button = self.add_button(verb, "primary", icon, self.save).writes()

    def keep_as(
        self,
        form: str,
        record_id: int | None,
        place: Route,
        *,
        version: int | None = None,
        title: str = "",
        detail: str = "",
    ) -> DraftKeeper:
        """Keep a draft from now on, and give back the one that is there. Call it when filled."""
        self.keeper = DraftKeeper(
            self,
            self.shell,
            form,
            record_id or 0,
            of=self.form,
            place=place,
            title=title or self.heading,
            detail=detail,
            version=version,
        )
        self.keeper.start()
        return self.keeper

    def focus_first(self) -> None:
        """Put the focus on the first field."""
        first = next(iter(self.form.fields.values()), None)
        if first is not None:
            getattr(first.widget, "focus_first", first.widget.setFocus)()

    def save(self) -> None:
        """Save what stands there; wrong fields are marked and the dialog stays."""
        if self.writing:
            return
        if problems := self.form.problems():
            self._wrong(Invalid(problems))
            return
        if self._unsettled:
            self._ask_fresh()
            return
        function, arguments = self.call()
        if self.keeper is not None:
            task = self.keeper.send(function, *arguments)
        else:
            task = self.shell.tasks.write(self, function, *arguments)
        task.then(self._saved).failed(self._wrong)

    def _saved(self, answer: Any) -> None:
        self.accept()
        self.saved(answer)
        self.finished_with.emit(answer)

    def _wrong(self, error: UserError) -> None:
        if isinstance(error, Invalid):
            fields = self.errors_of(error)
            footer = self.form.show_errors(fields)
            loose = [text for key, text in fields.items() if key not in self.form.rows]
            self.set_footer_error(" ".join(loose) or footer)
        elif isinstance(error, Conflict) and self.reload is not None:
            self._ask_fresh()
        else:
            self.shell.messages.show_error(self, error)

    def _ask_fresh(self) -> None:
        assert self.reload is not None
        function, arguments = self.reload
        self.shell.tasks.read(self, function, *arguments).then(self._compare)

    def _compare(self, fresh: Any) -> None:
        """Lay what a colleague saved beside what stands here; saving waits for the choice."""
        self._unsettled = True
        mine = self.form.kept()
        before = self.keeper.before if self.keeper is not None else {}
        self.take_fresh(fresh)
        versions = Versions(self.form, mine, before)

        def chosen() -> None:
            self._unsettled = False
            if self.keeper is not None:
                self.keeper.meet(versions, getattr(fresh, "version", None))
            self.save()

        choose_version(self, versions, chosen, versions.show_mine)

    def reject(self) -> None:
        """Esc, the cross and Cancel: what was written stays as a draft."""
        if self.keeper is not None:
            self.keeper.leave()
        super().reject()
