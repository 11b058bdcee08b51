"""A document of the accountability kit as PDF: parts with text, rows, or lines to write on."""

from __future__ import annotations

from reportlab.lib.units import mm

from wbos_desktop.domain.accountability import KitDocument, KitPart
from wbos_desktop.progress import Progress

from .pdf import INNER, PdfDocument, WritingLines, in_rows, ruled

_LABEL = 38 * mm


def kit_pdf(report: KitDocument, progress: Progress | None = None) -> bytes:
    """The PDF of one document. Raises Cancelled."""
    document = PdfDocument(report.masthead)
    document.title(report.title, report.masthead.school)
    for part in report.parts:
        _part(document, part)
    return document.build(progress)


def _part(document: PdfDocument, part: KitPart) -> None:
    document.heading(part.title)
    for text in part.paragraphs:
        document.flow(text)
        document.space(3)
    if part.rows:
        rows = [
            row
            for label, text in part.rows
            for row in in_rows(
                [[document.type.line(label, "strong")], document.type.cells(text, "body")]
            )
        ]
        document.add(ruled(rows, [_LABEL, INNER - _LABEL]))
    if part.lines:
        document.space(4)
        document.add(WritingLines(part.lines, ()))
