"""The private check after an observation: only the observer sees it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.profiles import PresenceDraft
from wbos_desktop.i18n import _
from wbos_desktop.services import presence
from wbos_desktop.ui.page import PageDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.fields import TextArea
from wbos_desktop.ui.widgets.form import Field, Form


class PresenceDialog(PageDialog):
    """'Even voor jezelf': three short questions, kept for the acting teacher alone."""

    def __init__(self, shell: Shell, profile_id: int, parent: QWidget | None = None) -> None:
        super().__init__(
            shell,
            Route("observe"),
            parent,
            title=_("A moment for yourself"),
            subtitle=_("Only you see this. It is in no print and no export."),
            width=520,
        )
        self._profile_id = profile_id
        self.form = Form(
            [
                Field(_("Was I relaxed and alert?"), "relaxed", TextArea(lines=1), optional=True),
                Field(_("Who got room?"), "got_room", TextArea(lines=1), optional=True),
                Field(_("Who did not yet?"), "not_yet", TextArea(lines=1), optional=True),
            ]
        )
        self.body.addWidget(self.form)
        self.add_button(_("Skip"), "secondary", slot=self.reject)
        self.add_button(_("Keep for me"), "primary", "check", self._save)

    def _save(self) -> None:
        draft = self.form.draft(PresenceDraft())
        self.write(presence.save_presence, self._profile_id, draft).then(self._saved)

    def _saved(self, _nothing: object) -> None:
        self.accept()
