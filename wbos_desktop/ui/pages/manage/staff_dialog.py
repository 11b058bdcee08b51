"""The form of one staff member and the roles held today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.people import Role, StaffDraft
from wbos_desktop.i18n import _
from wbos_desktop.services import people
from wbos_desktop.ui.form_dialog import FormDialog
from wbos_desktop.ui.history_dialog import open_history
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.fields import CheckBox, TextField
from wbos_desktop.ui.widgets.form import Field, Form
from wbos_desktop.ui.widgets.pills import PillGroup


class StaffDialog(FormDialog):
    """Add or change a staff member; closes when it is saved."""

    def __init__(
        self, shell: Shell, draft: StaffDraft, roles: Sequence[Role], parent: QWidget | None
    ) -> None:
        super().__init__(
            shell,
            _("Staff member") if draft.id else _("Add staff member"),
            width=640,
            parent=parent,
        )
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
        if draft.id is not None:
            self.add_button(_("History"), "ghost", "history", self._history)
        self.finish_form(_("Save staff member"), icon=None)
        if draft.id is not None:
            self.reload = (people.get_staff, (draft.id,))
        self.keep_as(
            "staff",
            draft.id,
            Route("manage", None, "people"),
            version=draft.version if draft.id else None,
            detail=draft.code,
        )

    def _history(self) -> None:
        if self._draft.id is not None:
            open_history(self.shell, "staff", self._draft.id, self)

    def call(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Save the staff member."""
        draft = self.form.draft(self._draft)
        return people.save_staff, (replace(draft, roles=tuple(draft.roles or ())),)

    def saved(self, answer: Any) -> None:
        """Say so."""
        self.shell.messages.toast(_("Staff member saved."), undo_last=True)

    def take_fresh(self, fresh: Any) -> None:
        """The person as a colleague left it."""
        self._draft = fresh
        self.form.fill(fresh)
