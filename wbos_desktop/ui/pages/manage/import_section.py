"""Read in a pupil list in four steps: file, columns, check, done. Until the check is agreed to,
nothing enters the vault."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from wbos_desktop.domain.imports import ImportFile, ImportOptions, ImportPreview, ImportReport
from wbos_desktop.errors import UserError
from wbos_desktop.i18n import _, ngettext, pgettext
from wbos_desktop.progress import Progress
from wbos_desktop.services import imports
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.cards import Hairline
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.progress_card import ProgressCard

from .import_steps import CheckStep, ColumnStep, DoneStep, FileStep
from .section import Section


class _Stepper(QWidget):
    """Where you are in the four steps, in words; the present one is strong."""

    def __init__(self, steps: list[str]) -> None:
        super().__init__()
        self._steps = steps
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        self._labels = [Label("", "small") for _step in steps]
        for place, label in enumerate(self._labels):
            if place:
                row.addWidget(Hairline(), 1)
            row.addWidget(label)

    def set_step(self, now: int) -> None:
        """Mark one of the steps, from 0."""
        for place, label in enumerate(self._labels):
            label.setText(f"{place + 1}  {self._steps[place]}")
            here = place == now
            label.set_role("smallStrong" if here else "sub", "text.primary" if here else None)
        self.setAccessibleName(
            _("Step {n} of {m}: {step}").format(
                n=now + 1, m=len(self._steps), step=self._steps[now]
            )
        )


_Step = FileStep | ColumnStep | CheckStep | DoneStep


class ImportSection(Section):
    """The path of one file into the vault."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(
            shell,
            _("Read in"),
            _("Pupils, groups and mentors from your pupil system. Reading in again updates."),
        )
        self.path: Path | None = None
        self.file: ImportFile | None = None
        self.task: Task[Any] | None = None
        self._asked: Task[Any] | None = None
        self.setAcceptDrops(True)
        self.stepper = _Stepper([_("File"), _("Columns"), _("Check"), pgettext("import", "Done")])
        self.body.addWidget(self.stepper)
        self.progress = ProgressCard(_("Reading in"))
        self.progress.stopped.connect(self._stop)
        self.progress.hide()
        self.body.addWidget(self.progress)
        self.file_step, self.column_step = FileStep(), ColumnStep()
        self.check_step, self.done_step = CheckStep(), DoneStep()
        self.stack = QStackedWidget()
        for step in (self.file_step, self.column_step, self.check_step, self.done_step):
            self.stack.addWidget(step)
        self.body.addWidget(self.stack, 1)
        self._connect()
        self._show_step(self.file_step)

    def _connect(self) -> None:
        self.file_step.choose.connect(self.choose)
        self.column_step.go_on.connect(self._map)
        self.column_step.back.connect(self.start_over)
        self.check_step.apply.connect(self.apply)
        self.check_step.back.connect(self.start_over)
        self.check_step.columns.connect(self._to_columns)
        self.check_step.changed.connect(self._preview)
        self.done_step.again.connect(self.start_over)

    def leave(self) -> None:
        """Stop long work; a file that was read is forgotten."""
        self._stop()
        self._forget()
        self._show_step(self.file_step)

    def choose(self) -> None:
        """Let the user choose a file."""
        kinds = _("Pupil lists ({patterns})").format(patterns="*.xml *.csv *.txt *.xlsx *.xls")
        self.shell.messages.open_file(self, _("Choose a pupil list"), kinds, self.read_path)

    def read_path(self, path: Path, mapping: Mapping[str, str] | None = None) -> None:
        """Read a file beside the window; then show its columns, or what it would do."""
        self.path = path
        self._work(
            self.shell.tasks.run_long(self, _read_file, path, dict(mapping or {})), self._file_read
        )

    def _work(self, task: Task[Any], then: Any) -> None:
        self.shell.messages.clear(self)
        self.stack.setEnabled(False)
        self.progress.set_progress(0, 0)
        self.progress.show()
        self.task = task.then(then).failed(self._failed).stopped(self._stopped)
        self.task.progress(self.progress.set_progress).finally_(self._ended)

    def _ended(self) -> None:
        self.task = None
        self.progress.hide()
        self.stack.setEnabled(True)

    def _stop(self) -> None:
        if self.task is not None:
            self.task.cancel()

    def _stopped(self) -> None:
        self.shell.messages.strip(self, _("Stopped. Nothing has changed."))

    def _failed(self, error: UserError) -> None:
        unchanged = _("Nothing has changed.")
        self.shell.messages.strip(self, f"{error.message} {unchanged}", kind="error")

    def _file_read(self, file: ImportFile) -> None:
        self.file = file
        if file.problem:
            self._to_columns()
            if not file.columns:
                self.shell.messages.strip(self, file.problem, kind="error")
                self.start_over(keep_message=True)
            return
        self.check_step.reset(file)
        self._preview()

    def _to_columns(self) -> None:
        if self.file is not None:
            self.column_step.show_file(self.file)
            self._go_to(self.column_step)

    def _map(self, mapping: dict[str, str]) -> None:
        if self.path is not None:
            self.read_path(self.path, mapping)

    def _preview(self) -> None:
        if self.file is not None:
            self._asked = (
                self.read(imports.preview_import, self.file, self.check_step.options())
                .then(self._show_preview)
                .failed(self._failed)
                .instead_of(self._asked)
            )

    def _show_preview(self, preview: ImportPreview) -> None:
        self.check_step.show_preview(preview)
        self._go_to(self.check_step)

    def apply(self) -> None:
        """Take everything over in one transaction."""
        workspace = self.shell.tasks.workspace
        if self.file is None or workspace is None:
            return
        options = self.check_step.options()
        self._work(
            self.shell.tasks.run_long(self, _apply, workspace, self.file, options), self._applied
        )

    def _applied(self, report: ImportReport) -> None:
        self.done_step.show_report(report)
        self._go_to(self.done_step)
        self._forget()
        count = report.pupils.new + report.pupils.changed + report.pupils.unchanged
        self.shell.messages.toast(
            ngettext("{n} pupil read in.", "{n} pupils read in.", count), undo_last=True
        )

    def start_over(self, *, keep_message: bool = False) -> None:
        """Back to the first step; forget what was read."""
        self._forget()
        if not keep_message:
            self.shell.messages.clear(self)
        self._go_to(self.file_step)

    def _forget(self) -> None:
        self.file = self.path = None

    def _show_step(self, step: _Step) -> None:
        self.stack.setCurrentWidget(step)
        self.stepper.set_step(self.stack.currentIndex())

    def _go_to(self, step: _Step) -> None:
        """Show a step and put the focus where the user goes on."""
        self.stack.setEnabled(True)
        self._show_step(step)
        step.first().setFocus(Qt.FocusReason.OtherFocusReason)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if one_file(event.mimeData()) is not None and self.task is None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = one_file(event.mimeData())
        if path is not None and self.task is None:
            event.acceptProposedAction()
            self.read_path(path)


def one_file(data: QMimeData) -> Path | None:
    """The file that is dragged; None for several files, folders of the web, or text."""
    urls = data.urls() if data.hasUrls() else []
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    return Path(urls[0].toLocalFile())


def _read_file(progress: Progress, path: Path, mapping: dict[str, str]) -> ImportFile:
    return imports.read_file(path, mapping, progress)


def _apply(
    progress: Progress, workspace: Any, file: ImportFile, options: ImportOptions
) -> ImportReport:
    report: ImportReport = workspace.write(imports.apply_import, file, options, progress)
    return report
