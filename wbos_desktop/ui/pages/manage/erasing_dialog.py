"""Erasing at work: how far it is, how to stop it, and the report at the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from wbos_desktop.domain import retention as rules
from wbos_desktop.domain.reports import FileMade
from wbos_desktop.domain.retention import DestructionRow
from wbos_desktop.errors import UserError
from wbos_desktop.i18n import _
from wbos_desktop.services import destruction_report
from wbos_desktop.ui import erasing
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.progress_card import ProgressCard

Start = Callable[..., int]


class ErasingDialog(Dialog):
    """Begins a job (`start` with its arguments) or goes on with `job`, and does it to its end.

    It can be stopped between two records; what is left waits in the list.
    """

    help_code = "manage"

    def __init__(
        self,
        shell: Shell,
        parent: QWidget,
        *,
        start: Start | None = None,
        arguments: tuple[Any, ...] = (),
        job: int | None = None,
    ) -> None:
        super().__init__(_("Erasing"), width=560, icon="trash", parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell = shell
        self._task: Task[Any] | None = None
        self.row: DestructionRow | None = None
        self.progress = ProgressCard(_("The records are being erased"))
        self.progress.stopped.connect(self._stop)
        self.body.addWidget(self.progress)
        self.told = Label("", "body", wrap=True)
        self.body.addWidget(self.told)
        self.told.hide()
        self.body.addStretch(1)
        self.close_verb = self.add_button(_("Close"), slot=self.reject)
        self.report_button = self.add_button(
            _("Make destruction report"), "primary", "file-text", self._report
        )
        self.report_button.hide()
        self.close_verb.setEnabled(False)
        if job is not None:
            self._work(job)
        elif start is not None:
            self._task = shell.tasks.write(self, start, *arguments).then(self._work)
            self._task.failed(self._failed)

    def _work(self, job: int) -> None:
        task = erasing.carry_out(self.shell, self, job)
        task.progress(self.progress.set_progress).then(self._done)
        task.failed(self._failed).stopped(self._stopped)
        self._task = task

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _done(self, row: DestructionRow) -> None:
        self.row = row
        known = [rules.counted(kind, n) for kind, n in row.counts if kind in rules.COUNTED]
        self._end(_("Erased: {what}.").format(what=", ".join(known) or _("nothing")))
        self.report_button.show()
        self.report_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stopped(self) -> None:
        self._end(_("Stopped. What is left waits in the list; you can go on at any time."))

    def _failed(self, error: UserError) -> None:
        self._end(error.message)

    def _end(self, text: str) -> None:
        self.progress.hide()
        self.told.setText(text)
        self.told.show()
        self.close_verb.setEnabled(True)
        self.refit()

    def _report(self) -> None:
        if self.row is not None:
            save_report_of(self.shell, self, self.row)

    def reject(self) -> None:
        """Esc stops the work first; it closes when nothing is at work any more."""
        if self.close_verb.isEnabled():
            super().reject()
        else:
            self._stop()


def save_report_of(shell: Shell, owner: QWidget, row: DestructionRow) -> None:
    """Ask where the destruction report goes, and write it beside the other work."""
    day = row.at.astimezone().date().isoformat()

    def write(target: Path) -> None:
        if shell.tasks.workspace is None:
            return
        task = shell.tasks.run_long(
            owner, destruction_report.save_destruction, shell.tasks.workspace, row.id, target
        )
        task.then(told)

    def told(made: FileMade) -> None:
        shell.messages.toast(_("Saved: {file}").format(file=made.file_name))

    name = f"vernietigingsoverzicht-{day}.pdf"
    shell.messages.save_file(owner, _("Save destruction report"), name, "PDF (*.pdf)", write)
