"""The form of who stands in for whom, from when to when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.deputies import DeputyDraft, DeputyForm
from wbos_desktop.i18n import _
from wbos_desktop.services import deputies
from wbos_desktop.ui.form_dialog import FormDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.date_edit import DateEdit, plain_parser
from wbos_desktop.ui.widgets.fields import ComboBox, TextField
from wbos_desktop.ui.widgets.form import Field, Form


class DeputyDialog(FormDialog):
    """Add, change or remove a period; it ends by itself."""

    def __init__(self, shell: Shell, found: DeputyForm, parent: QWidget | None) -> None:
        about = _("The deputy sees the work of the absent colleague on Today, and may do it.")
        title = _("Standing in") if found.draft.id else _("Arrange standing in")
        super().__init__(shell, title, about, width=600, parent=parent)
        self._draft = found.draft
        today = found.today
        parser = plain_parser(today)
        staff = list(found.staff)
        nobody = _("Choose a colleague")
        self.form = Form(
            [
                Field(
                    _("Who is absent"),
                    "absent_id",
                    ComboBox(staff, _("Who is absent"), empty=nobody),
                ),
                Field(
                    _("Who stands in"),
                    "deputy_id",
                    ComboBox(list(found.deputies), _("Who stands in"), empty=nobody),
                    hint=_("You can’t choose yourself. Ask another coordinator to do it."),
                ),
                [
                    Field(
                        _("First day"),
                        "first_day",
                        DateEdit(_("First day"), parser=parser, today=today),
                    ),
                    Field(
                        _("Last day"),
                        "last_day",
                        DateEdit(_("Last day"), parser=parser, today=today),
                    ),
                ],
                Field(_("Note"), "note", TextField(_("Note")), optional=True),
            ]
        )
        self.form.fill(found.draft)
        if found.draft.id is not None:
            self.reload = (deputies.get_deputy, (found.draft.id,))
            self.add_button(_("Remove"), "danger", "trash", self._remove)
        self.finish_form(_("Save"))
        self.keep_as(
            "deputy",
            found.draft.id,
            Route("manage", None, "people"),
            version=found.draft.version or None,
        )

    def call(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Save the period."""
        return deputies.save_deputy, (self.form.draft(self._draft),)

    def take_fresh(self, fresh: DeputyDraft) -> None:
        """Show the period as it is now."""
        self._draft = replace(self._draft, version=fresh.version)
        super().take_fresh(fresh)

    def saved(self, answer: Any) -> None:
        """Say so."""
        self.shell.messages.toast(_("Standing in arranged."), undo_last=True)

    def _remove(self) -> None:
        assert self._draft.id is not None
        task = self.shell.tasks.write(self, deputies.remove_deputy, self._draft.id)
        task.then(self._removed)

    def _removed(self, _none: None) -> None:
        self.shell.messages.toast(_("Standing in removed."), undo_last=True)
        self.accept()
