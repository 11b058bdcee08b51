"""The form of one emergency number."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.school import ContactDraft
from wbos_desktop.errors import Invalid, UserError
from wbos_desktop.i18n import _
from wbos_desktop.services import school
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.fields import TextField
from wbos_desktop.ui.widgets.form import Field, Form


class ContactDialog(Dialog):
    """Add or change an emergency number."""

    def __init__(self, shell: Shell, draft: ContactDraft, parent: QWidget | None) -> None:
        super().__init__(_("Emergency number"), width=520, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell = shell
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
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.add_button(_("Cancel"), slot=self.reject)
        self.add_button(_("Save number"), "primary", slot=self.save)

    def save(self) -> None:
        """Keep the number; wrong fields are marked and the dialog stays."""
        task = self.shell.tasks.write(self, school.save_contact, self.form.draft(self._draft))
        task.then(self._saved).failed(self._failed)

    def _saved(self, _id: int) -> None:
        self.shell.messages.toast(_("Number saved."), undo_last=True)
        self.accept()

    def _failed(self, error: UserError) -> None:
        if isinstance(error, Invalid):
            self.set_footer_error(self.form.show_errors(error.fields))
        else:
            self.shell.messages.show_error(self, error)
