"""The private check after an observation: only the observer sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.profiles import PresenceDraft
from wbos_desktop.i18n import _
from wbos_desktop.services import presence
from wbos_desktop.ui.form_dialog import FormDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.fields import TextArea
from wbos_desktop.ui.widgets.form import Field, Form


class PresenceDialog(FormDialog):
    """'Even voor jezelf': three short questions, kept for the acting teacher alone."""

    def __init__(
        self, shell: Shell, group_id: int, profile_id: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            shell,
            _("A moment for yourself"),
            _("Only you see this. It is in no print and no export."),
            width=520,
            parent=parent,
        )
        self._profile_id = profile_id
        self.form = Form(
            [
                Field(_("Was I relaxed and alert?"), "relaxed", TextArea(lines=1), optional=True),
                Field(_("Who got room?"), "got_room", TextArea(lines=1), optional=True),
                Field(_("Who did not yet?"), "not_yet", TextArea(lines=1), optional=True),
            ]
        )
        self.finish_form(_("Keep for me"), cancel=_("Skip"))
        self.keep_as("presence", profile_id, Route("group", group_id, "observations"))

    def call(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Keep it for the acting teacher."""
        return presence.save_presence, (self._profile_id, self.form.draft(PresenceDraft()))
