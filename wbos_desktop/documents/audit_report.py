"""The report of use, as PDF for the file and as workbook to search in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from wbos_desktop.domain.audit_trail import AuditReport, AuditRow
from wbos_desktop.i18n import _, date_numeric, ngettext, time_text
from wbos_desktop.progress import Progress

from .ink import SEMIBOLD, colour
from .pdf import INNER, PdfDocument, grid, ruled
from .sheet import DATE, NUMBER, Column, Sheet, SheetFile, explanation, workbook_bytes

MOST_LINES = 10_000
"""Lines in the PDF; a longer list is for the workbook, which holds all."""

_WIDTHS = [14 * mm, 36 * mm, 22 * mm, 46 * mm, INNER - 118 * mm]


def audit_pdf(report: AuditReport, progress: Progress | None = None) -> bytes:
    """The PDF: counts, the lines, and the end of the chain. Raises Cancelled."""
    document = PdfDocument(report.masthead)
    document.title(report.subject, report.masthead.names_line)
    document.facts(list(report.facts))
    _add_counts(document, report)
    document.heading(_("Lines"))
    shown = report.rows[-MOST_LINES:]
    if len(report.rows) > len(shown):
        text = _("The last {n} lines. The workbook holds all {total}.")
        document.flow(text.format(n=len(shown), total=len(report.rows)), "note")
    if not shown:
        document.flow(_("Nothing."))
    for start in range(0, len(shown), 200):
        document.add(_table(document, shown[start : start + 200], head=start == 0))
    _add_end(document, report)
    return document.build(progress)


def _add_counts(document: PdfDocument, report: AuditReport) -> None:
    document.heading(_("How often"), _("per user and action"))
    if not report.counts:
        document.flow(_("Nothing."))
        return
    line = document.type.line
    rows = [[line(_("User"), "note"), line(_("What"), "note"), line(_("How often"), "note")]]
    rows += [
        [line(one.code[:20], "strong"), line(one.action), line(str(one.n))] for one in report.counts
    ]
    document.add(ruled(rows, [40 * mm, 90 * mm, INNER - 130 * mm]))


def _table(document: PdfDocument, rows: Sequence[AuditRow], *, head: bool) -> Flowable:
    """Plain strings, not paragraphs: ten thousand lines must not take long."""
    plain = document.type.plain
    cells = []
    if head:
        words = (_("No."), _("When"), _("User"), _("What"), _("On what"))
        cells.append([plain(word) for word in words])
    for row in rows:
        when = _("{day}, {time}").format(
            day=date_numeric(row.at.date()), time=time_text(row.at.time())
        )
        about = " ".join(part for part in (row.kind, row.number) if part)
        cells.append(
            [str(row.seq), when, plain(row.code)[:12], plain(row.action)[:34], plain(about)[:48]]
        )
    soft = colour("line.soft")
    marks: list[tuple[Any, ...]] = [
        ("FONTSIZE", (0, 0), (-1, -1), 8.5),
        ("LINEBELOW", (0, 0), (-1, -1), 0.7, soft),
    ]
    if head:
        marks.append(("FONTNAME", (0, 0), (-1, 0), SEMIBOLD))
    return grid(cells, _WIDTHS, marks, repeatRows=1 if head else 0)


def _add_end(document: PdfDocument, report: AuditReport) -> None:
    document.heading(_("Proof"))
    if report.problems:
        for problem in report.problems:
            document.flow(problem)
    else:
        count = ngettext("The chain holds: {n} line.", "The chain holds: {n} lines.", report.last)
        document.flow(count.format(n=report.last))
    document.flow(_("Mark of line {n}:").format(n=report.last), "note")
    document.flow(report.head)
    document.flow(
        _(
            "Keep this paper. A vault in which line {n} has another mark was changed outside WBOS."
            " Lines shown as shielded are about cases that the maker of this report may not open."
        ).format(n=report.last),
        "note",
    )


def audit_xlsx(report: AuditReport, progress: Progress | None = None) -> SheetFile:
    """The workbook: lines, counts, proof. Raises Cancelled."""
    columns = [
        Column(_("No."), NUMBER, width=10),
        Column(_("Date"), DATE),
        Column(_("Time"), width=10),
        Column(_("User"), width=14),
        Column(_("What"), width=30),
        Column(_("On what"), width=30),
        Column(_("Number"), width=14),
    ]
    counts = [Column(_("User"), width=14), Column(_("What"), width=30)]
    counts.append(Column(_("How often"), NUMBER, width=12))
    chain = " ".join(report.problems) or _("The chain holds.")
    sheets = [
        Sheet(_("Lines"), columns, _lines(report.rows)),
        Sheet(_("How often"), counts, [(one.code, one.action, one.n) for one in report.counts]),
        explanation(
            [
                *report.facts,
                (_("Names"), report.masthead.names_line),
                (_("Proof"), chain),
                (_("Mark of line {n}:").format(n=report.last), report.head),
            ]
        ),
    ]
    return workbook_bytes(sheets, report.masthead.title, _("Confidential"), progress)


def _lines(rows: Sequence[AuditRow]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        moment = time_text(row.at.time())
        yield row.seq, row.at.date(), moment, row.code, row.action, row.kind, row.number
