"""The form of one emergency number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.school import ContactDraft
from wbos_desktop.i18n import _
from wbos_desktop.services import school
from wbos_desktop.ui.form_dialog import FormDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.fields import TextField
from wbos_desktop.ui.widgets.form import Field, Form


class ContactDialog(FormDialog):
    """Add or change an emergency number."""

    def __init__(self, shell: Shell, draft: ContactDraft, parent: QWidget | None) -> None:
        super().__init__(shell, _("Emergency number"), width=520, parent=parent)
        self._draft = draft
        self.form = Form(
            [
                Field(
                    _("Whose number is it?"),
                    "label",
                    TextField(max_length=80),
                    hint=_("For example: School doctor"),
                ),
                Field(_("Telephone number"), "phone", TextField(max_length=30, width=220)),
            ]
        )
        self.form.fill(draft)
        self.finish_form(_("Save number"), icon=None)
        if draft.id is not None:
            self.reload = (_fresh_contact, (draft.id,))
        self.keep_as(
            "contact",
            draft.id,
            Route("manage", None, "settings"),
            version=draft.version if draft.id else None,
        )

    def call(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Save the number."""
        return school.save_contact, (self.form.draft(self._draft),)

    def saved(self, answer: Any) -> None:
        """Say so."""
        self.shell.messages.toast(_("Number saved."), undo_last=True)

    def take_fresh(self, fresh: Any) -> None:
        """The number as a colleague left it."""
        self._draft = fresh
        self.form.fill(fresh)


def _fresh_contact(session: Any, contact_id: int) -> ContactDraft:
    found = [one for one in school.list_contacts(session) if one.id == contact_id]
    return found[0] if found else ContactDraft()
