"""Before a restore: both sides with dates and counts, and what will happen."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wbos_desktop.domain.backups import (
    COUNTED,
    BackupMade,
    RestorePreview,
    count_text,
    moment_text,
)
from wbos_desktop.errors import UserError, WrongPassphrase
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.progress import Progress
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.cards import Card
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.fields import PasswordField
from wbos_desktop.ui.widgets.form_row import FormRow
from wbos_desktop.ui.widgets.labels import IconLabel, Label
from wbos_desktop.ui.widgets.progress_card import ProgressCard
from wbos_desktop.workspace import restoring
from wbos_desktop.workspace.opened import OpenVault


class RestoreDialog(Dialog):
    """Shows what is there now beside the backup; the present state is saved first."""

    help_code = "manage"

    def __init__(
        self, shell: Shell, file: Path, seen: RestorePreview, parent: QWidget | None
    ) -> None:
        super().__init__(_("Put this backup back?"), width=640, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell = shell
        self._file, self._seen = file, seen
        self._task: Task[BackupMade | None] | None = None
        sides = QHBoxLayout()
        sides.setSpacing(14)
        for side in self._sides():
            sides.addWidget(side, 1)
        self.body.addLayout(sides)
        for icon, text in self._steps():
            self.body.addWidget(IconLabel(icon, text, wrap=True))
        self.secret = PasswordField(_("Password of that day"))
        self.secret_row = FormRow(_("Password of that day"), self.secret)
        self.body.addWidget(self.secret_row)
        self.secret_row.setVisible(seen.needs_secret)
        self.progress = ProgressCard(_("The backup is checked and laid ready"))
        self.progress.stopped.connect(self._stop)
        self.body.addWidget(self.progress)
        self.progress.hide()
        self.body.addStretch(1)
        self.no_button = self.add_button(_("Don’t put back"), slot=self.reject)
        self.yes_button = self.add_button(
            _("Restore backup"), "dangerFilled", "history", self.restore
        )
        if seen.other_school:
            self.yes_button.block(_("This backup is of another school or vault."))
            self.set_footer_error(_("This backup is of another school or vault."))
        self.no_button.setFocus()

    def _sides(self) -> list[Card]:
        seen = self._seen
        present = seen.now
        now = _side(_("Now"), present.at if present else None, present.counts if present else {})
        return [now, _side(_("In the backup"), seen.header.made_at, seen.header.counts)]

    def _steps(self) -> list[tuple[str, str]]:
        steps = []
        if self._seen.newer_actions:
            text = ngettext(
                "{n} noted action is newer than the backup.",
                "{n} noted actions are newer than the backup.",
                self._seen.newer_actions,
            )
            steps.append(("alert-triangle", text))
        steps.append(("device-floppy", _("The present state is saved as a backup first.")))
        steps.append(("arrow-back-up", _("You can undo this for 14 days.")))
        steps.append(("lock", _("WBOS locks, and you unlock with your password.")))
        return steps

    def restore(self) -> None:
        """Lay the backup ready beside the long lane, then lock and exchange the two."""
        vault = self.shell.vault
        if vault is None or self._task is not None:
            return
        self.secret_row.set_error("")
        if self._seen.needs_secret and not self.secret.value():
            self.secret_row.set_error(_("Type the password that WBOS had on that day."))
            return
        self.yes_button.setEnabled(False)
        self.progress.set_progress(0, 0)
        self.progress.show()
        self.refit()
        secret = self.secret.value() if self._seen.needs_secret else ""
        self._task = self.shell.tasks.run_long(self, _prepare, vault, self._file, secret)
        self._task.progress(self.progress.set_progress).then(lambda _made: self._exchange(vault))
        self._task.failed(self._failed).stopped(self._ready)

    def _exchange(self, vault: OpenVault) -> None:
        shell, folder = self.shell, vault.folder
        self.accept()
        moment = moment_text(self._seen.header.made_at)
        shell.while_closed(
            lambda: restoring.put_in_place(folder),
            _("The backup of {moment} is back. Unlock with your password.").format(moment=moment),
        )

    def _failed(self, error: UserError) -> None:
        self._ready()
        if isinstance(error, WrongPassphrase):
            self.secret_row.set_error(error.message)
        else:
            self.shell.messages.show_error(self, error)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _ready(self) -> None:
        self._task = None
        self.progress.hide()
        self.yes_button.setEnabled(True)

    def reject(self) -> None:
        """Esc stops the work too; nothing was exchanged."""
        self._stop()
        super().reject()


def _prepare(progress: Progress, vault: OpenVault, file: Path, secret: str) -> BackupMade | None:
    return restoring.prepare(vault, file, secret, progress)


def _side(title: str, at: dt.datetime | None, counts: dict[str, int]) -> Card:
    card = Card(title, ground="surface.sunken", padding=14)
    when = moment_text(at) if at is not None else _("can't be read")
    card.body.addWidget(Label(when, "bodyStrong", wrap=True))
    for table in COUNTED:
        if table in counts:
            card.body.addWidget(Label(count_text(table, counts[table]), "small"))
    return card
