"""The destruction report as PDF: one page for the file of the privacy officer."""

from __future__ import annotations

from reportlab.lib.units import mm

from wbos_desktop.domain.destruction import DestructionReport
from wbos_desktop.i18n import _, date_long, time_text
from wbos_desktop.progress import Progress

from .pdf import INNER, PdfDocument, in_rows, ruled


def destruction_pdf(report: DestructionReport, progress: Progress | None = None) -> bytes:
    """The PDF of one destruction. Raises Cancelled."""
    document = PdfDocument(report.masthead)
    state = _("Complete") if report.done else _("Not finished yet")
    document.title(report.masthead.title, state)
    document.facts(
        [
            (_("Erased on"), date_long(report.at.date(), weekday=False)),
            (_("Time"), time_text(report.at.time())),
            (_("By whom"), report.by),
        ]
    )
    if report.reason:
        document.heading(_("Reason"))
        document.flow(report.reason)
    document.heading(_("What was erased"))
    _table(document, report)
    if report.stayed:
        document.heading(_("What stayed"))
        document.flow(report.stayed)
    document.heading(_("How"))
    for note in report.notes:
        document.flow(note)
    return document.build(progress)


def _table(document: PdfDocument, report: DestructionReport) -> None:
    if not report.lines:
        document.flow(_("Nothing."))
        return
    cells = document.type.cells
    rows = in_rows(
        [cells(_("What"), "note"), cells(_("How many"), "note"), cells(_("Term"), "note")]
    )
    for line in report.lines:
        rows += in_rows(
            [cells(line.what, "strong"), cells(f"{line.count}"), cells(line.term, "grey")]
        )
    document.add(ruled(rows, [80 * mm, 30 * mm, INNER - 110 * mm]))
