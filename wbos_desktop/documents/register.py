"""The incident register as a workbook; streams, so that a hundred thousand rows are no problem."""

from __future__ import annotations

from wbos_desktop.domain.reports import RegisterReport
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress

from .sheet import DATE, Column, Sheet, SheetFile, explanation, workbook_bytes


def register_xlsx(report: RegisterReport, progress: Progress | None = None) -> SheetFile:
    """The workbook of the register. Raises Cancelled."""
    columns = [
        Column(_("Number"), width=14),
        Column(_("Happened on"), DATE),
        Column(_("Title")),
        Column(_("Kind")),
        Column(_("Place")),
        Column(_("Severity")),
        Column(_("Groups")),
        Column(_("Involved")),
        Column(_("Status")),
        Column(_("Reported by")),
        Column(_("Reported on"), DATE),
        Column(_("Next step due"), DATE),
    ]
    sheets = [
        Sheet(_("Incidents"), columns, report.rows),
        explanation(
            [
                *report.filters,
                (_("Names of pupils"), report.masthead.names_line),
                (_("Severity"), _("As reported, or as assessed later.")),
                (_("Next step due"), _("First open date of the case; target dates count too.")),
                (_("Confidential"), report.masthead.destroy_line),
            ]
        ),
    ]
    return workbook_bytes(sheets, report.masthead.title, _("Confidential"), progress)
