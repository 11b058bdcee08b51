"""Before a file exists: how pupils are named, for whom it is and why; then where it goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.incidents import IncidentQuery
from wbos_desktop.domain.reports import ExportOptions, FileMade
from wbos_desktop.errors import Invalid, UserError
from wbos_desktop.i18n import _
from wbos_desktop.services import exports
from wbos_desktop.ui.allowed import allowed
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.fields import CheckBox, PasswordField, TextField
from wbos_desktop.ui.widgets.form import Field, Form
from wbos_desktop.ui.widgets.pills import SegmentedControl
from wbos_desktop.ui.widgets.progress_card import ProgressCard


class ExportDialog(Dialog):
    """Asks the options, then the place, then writes off the UI thread; it can be stopped."""

    help_code = "exports"

    def __init__(
        self,
        shell: Shell,
        title: str,
        subtitle: str,
        *,
        name: str,
        filters: str,
        function: Callable[..., FileMade],
        subject: Any,
        extra: Field | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, subtitle, width=560, parent=parent)
        self.shell = shell
        self._name, self._filters = name, filters
        self._function, self._subject = function, subject
        self._task: Task[FileMade] | None = None
        names = [("initials", _("Initial")), ("first", _("First name"))]
        if allowed(shell.who, "export", "full_names"):
            names.append(("full", _("Full")))
        self.form = Form(
            [
                Field(_("Names of pupils"), "names", SegmentedControl(names, _("Names of pupils"))),
                Field(
                    _("What are full names needed for?"),
                    "purpose",
                    TextField(_("What are full names needed for?")),
                    hint=_("This goes into the export register."),
                ),
                Field(_("For whom"), "recipients", TextField(_("For whom")), optional=True),
                *([extra] if extra else []),
                Field(
                    _("Password of the file"),
                    "password",
                    PasswordField(_("Password of the file")),
                    optional=not shell.settings.policy.export_password,
                    hint=_("Tell it in another way than the file goes. WBOS does not keep it."),
                ),
            ]
        )
        self.form.fill(
            SimpleNamespace(
                names="initials", purpose="", recipients="", log=False, free_text=False, password=""
            )
        )
        self.form.edited.connect(self._edited)
        self.body.addWidget(self.form)
        self.progress = ProgressCard(_("The file is being made"))
        self.progress.stopped.connect(self._stop)
        self.progress.hide()
        self.body.addWidget(self.progress)
        self.body.addStretch(1)
        self.add_button(_("Don't export"), slot=self.reject)
        self.save_button = self.add_button(_("Choose where"), "primary", "download", self._choose)
        self.save_button.writes()
        self._edited()

    def _edited(self) -> None:
        self.form.rows["purpose"].setVisible(self.form.values()["names"] == "full")
        self.set_footer_error("")

    def options(self) -> ExportOptions:
        """The choices of now; a purpose counts for full names only."""
        values = self.form.values()
        if values["names"] != "full":
            values["purpose"] = ""
        return ExportOptions(**values)

    def _choose(self) -> None:
        options = self.options()
        if options.names == "full" and not options.purpose:
            errors = {"purpose": _("Write what full names are needed for.")}
            self.set_footer_error(self.form.show_errors(errors))
            return
        try:
            exports.demand_password(options)
        except Invalid as error:
            self.set_footer_error(self.form.show_errors(error.fields))
            return
        self.shell.messages.save_file(
            self, self.title_label.text(), self._name, self._filters, self._write
        )

    def _write(self, target: Path) -> None:
        workspace = self.shell.tasks.workspace
        if workspace is None:
            return
        self.save_button.setEnabled(False)
        self.progress.set_progress(0, 0)
        self.progress.show()
        self._task = self.shell.tasks.run_long(
            self, self._function, workspace, self._subject, target, self.options()
        )
        self._task.progress(self.progress.set_progress).then(self._written).failed(self._wrong)
        self._task.stopped(self._stopped)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _written(self, made: FileMade) -> None:
        self.shell.messages.toast(_("Saved: {file}").format(file=made.file_name))
        self.accept()

    def _wrong(self, error: UserError) -> None:
        self._ready()
        self.shell.messages.show_error(self, error)

    def _stopped(self) -> None:
        self._ready()
        self.shell.messages.toast(_("Stopped. No file was written."), kind="info")

    def _ready(self) -> None:
        self.progress.hide()
        self.save_button.setEnabled(True)

    def reject(self) -> None:
        """Esc stops the work too; nothing half is left."""
        self._stop()
        super().reject()


def dossier_dialog(shell: Shell, case_id: int, number: str, parent: QWidget) -> ExportDialog:
    """The dossier of a case as PDF."""
    return ExportDialog(
        shell,
        _("Save dossier"),
        _("Case {number} as PDF, for the care team").format(number=number),
        name=f"casusdossier-{number}.pdf",
        filters="PDF (*.pdf)",
        extra=Field(_("Log"), "log", CheckBox(_("Include the log"))),
        function=exports.save_case,
        subject=case_id,
        parent=parent,
    )


def register_dialog(shell: Shell, query: IncidentQuery, day: str, parent: QWidget) -> ExportDialog:
    """The incidents that the filters leave, as a workbook."""
    return ExportDialog(
        shell,
        _("Save register"),
        _("What the filters show now, as workbook"),
        name=f"incidentenregister-{day}.xlsx",
        filters="Excel (*.xlsx)",
        extra=Field(_("Free text"), "free_text", CheckBox(_("Include what was written"))),
        function=exports.save_register,
        subject=query,
        parent=parent,
    )


def profile_dialog(
    shell: Shell, group_id: int, name: str, day: str, parent: QWidget
) -> ExportDialog:
    """The profile of a group as PDF."""
    return ExportDialog(
        shell,
        _("Save group profile"),
        _("Group {name} as PDF, for the team").format(name=name),
        name=f"groepsprofiel-{name}-{day}.pdf",
        filters="PDF (*.pdf)",
        function=exports.save_group_profile,
        subject=group_id,
        parent=parent,
    )
