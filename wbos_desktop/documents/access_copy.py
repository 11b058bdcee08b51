"""The copy of somebody's own data: who keeps what and why, every passage, and what is missing."""

from __future__ import annotations

from reportlab.lib.units import mm

from wbos_desktop.domain.access import AccessCopy
from wbos_desktop.i18n import _, date_numeric, ngettext
from wbos_desktop.progress import Progress

from .pdf import INNER, PdfDocument, in_rows, ruled

_DAY = 24 * mm


def access_pdf(copy: AccessCopy, progress: Progress | None = None) -> bytes:
    """The PDF of one copy. Raises Cancelled."""
    document = PdfDocument(copy.masthead)
    document.title(copy.masthead.title, copy.masthead.school)
    _about(document)
    document.heading(_("Facts"))
    rows = [
        row
        for label, value in copy.facts
        for row in in_rows([[document.type.cut(label, 60, "strong")], document.type.cells(value)])
    ]
    document.add(ruled(rows, [45 * mm, INNER - 45 * mm]))
    document.heading(_("Texts"), _("oldest first"))
    if not copy.lines:
        document.flow(_("There are no texts."), "grey")
    for line in copy.lines:
        document.flow(f"{date_numeric(line.day)} · {line.label}", "strong")
        document.flow(line.text)
        if line.note:
            document.flow(line.note, "note")
    _ending(document, copy)
    return document.build(progress)


def _about(document: PdfDocument) -> None:
    document.flow(
        _(
            "The care team keeps these data to make pupils safe, to repair what went wrong and to"
            " support pupils. They stand in one encrypted file on a computer of the school."
        )
    )
    document.flow(
        _(
            "You may ask to have facts corrected, or to have your own view set beside a text. You"
            " may ask to have data erased. You can complain to the Autoriteit Persoonsgegevens."
        )
    )


def _ending(document: PdfDocument, copy: AccessCopy) -> None:
    if copy.recipients:
        document.heading(_("Who received data"))
        rows = [
            row
            for day, words in copy.recipients
            for row in in_rows(
                [[document.type.line(date_numeric(day), "strong")], document.type.cells(words)]
            )
        ]
        document.add(ruled(rows, [_DAY, INNER - _DAY]))
    document.heading(_("What was left out"))
    if not copy.left_out:
        document.flow(_("Nothing was left out."))
    for reason, count in copy.left_out:
        passages = ngettext("{n} passage", "{n} passages", count)
        document.flow(f"{passages}: {reason}")
