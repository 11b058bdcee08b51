"""The form of one staff member and the roles held today."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.people import Role, StaffDraft
from wbos_desktop.errors import Invalid, UserError
from wbos_desktop.i18n import _
from wbos_desktop.services import people
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.fields import CheckBox, TextField
from wbos_desktop.ui.widgets.form import Field, Form
from wbos_desktop.ui.widgets.pills import PillGroup


class StaffDialog(Dialog):
    """Add or change a staff member; closes when it is saved."""

    def __init__(
        self, shell: Shell, draft: StaffDraft, roles: Sequence[Role], parent: QWidget | None
    ) -> None:
        super().__init__(
            _("Staff member") if draft.id else _("Add staff member"), width=640, parent=parent
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell = shell
        self._draft = draft
        self.form = Form(
            [
                [
                    Field(_("Given name"), "given_name", TextField(), stretch=3),
                    Field(_("Prefix"), "name_prefix", TextField(), optional=True, stretch=2),
                    Field(_("Family name"), "family_name", TextField(), stretch=4),
                ],
                [
                    Field(_("Code"), "code", TextField(max_length=12), optional=True, stretch=2),
                    Field(_("E-mail"), "email", TextField(), optional=True, stretch=5),
                ],
                Field(
                    _("Roles"),
                    "roles",
                    PillGroup(
                        [(role.code, role.title) for role in roles], _("Roles"), multiple=True
                    ),
                    optional=True,
                    hint=_("A role gives no rights; it says who takes which steps."),
                ),
                Field("", "active", CheckBox(_("Works here now"))),
            ]
        )
        self.form.fill(draft)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.add_button(_("Cancel"), slot=self.reject)
        self.add_button(_("Save staff member"), "primary", slot=self.save)

    def save(self) -> None:
        """Keep what was typed; wrong fields are marked and the dialog stays."""
        draft = self.form.draft(self._draft)
        draft = StaffDraft(**{**vars(draft), "roles": tuple(draft.roles or ())})
        task = self.shell.tasks.write(self, people.save_staff, draft)
        task.then(self._saved).failed(self._failed)

    def _saved(self, _staff_id: int) -> None:
        self.shell.messages.toast(_("Staff member saved."), undo_last=True)
        self.accept()

    def _failed(self, error: UserError) -> None:
        if isinstance(error, Invalid):
            self.set_footer_error(self.form.show_errors(error.fields))
        else:
            self.shell.messages.show_error(self, error)
