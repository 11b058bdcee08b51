"""Excel workbooks: typed columns, print set-up, and text that can never become a formula.

openpyxl makes the parts around the rows (styles, views, filter, page set-up); the rows go
straight into the zip, so that nothing is held twice and no temporary file exists. Write-only mode
of openpyxl would leave the sheet readable in the temp folder.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.header_footer import _HeaderFooterPart as _FooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from wbos_desktop.i18n import _, ngettext
from wbos_desktop.progress import Progress

from .text import clean

LIMIT = 32_767
"""Longest text that a cell of Excel holds."""

WIDEST = 60
"""Widest column in characters; longer text wraps."""

TEXT, DATE, NUMBER = "text", "date", "number"

_RISKY = tuple("=+-@＝＋－＠'\t\r\n")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_NEEDS_ESCAPE = re.compile("[&<>]")
_EMPTY = re.compile(rb"<sheetData\s*/>|<sheetData></sheetData>")
_SIZE = re.compile(rb"<dimension [^>]*/>")
_EPOCH = dt.date(1899, 12, 30)
_CHUNK = 2_000


@dataclass(frozen=True)
class Column:
    """A column: `kind` is text, date or number. Width 0 is measured on the first rows."""

    title: str
    kind: str = TEXT
    width: int = 0


@dataclass(frozen=True)
class Sheet:
    """A sheet with one head row; cells are str, date, int, float or None."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    filtered: bool = True


@dataclass(frozen=True)
class SheetFile:
    """A finished workbook and sentences on what had to be cut."""

    content: bytes
    notes: tuple[str, ...] = ()


@dataclass
class _Styles:
    """Style numbers of one workbook, in the order that the stylesheet gets them."""

    head: int = 0
    text: int = 0
    quoted: int = 0
    date: int = 0
    number: int = 0


@dataclass
class _Job:
    """What the writer needs beside the openpyxl worksheet."""

    sheet: Sheet
    sample: list[Sequence[Any]]
    rest: Iterator[Sequence[Any]]
    cut: int = field(default=0)


def workbook_bytes(
    sheets: Sequence[Sheet], title: str, classification: str, progress: Progress | None = None
) -> SheetFile:
    """The workbook as a file in memory. Raises Cancelled."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "WBOS Desktop"
    book.properties.title = clean(title)
    book.properties.language = "nl-NL"
    styles = _styles(book)
    jobs: dict[str, _Job] = {}
    for sheet in sheets:
        worksheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", clean(sheet.title))[:31])
        rows = iter(sheet.rows)
        job = _Job(sheet, list(islice(rows, 300)), rows)
        jobs[worksheet.title] = job
        _set_up(worksheet, job, classification)
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        _Writer(book, archive, jobs, styles, progress or Progress()).write_data()
    return SheetFile(out.getvalue(), _notes(jobs))


def _notes(jobs: dict[str, _Job]) -> tuple[str, ...]:
    return tuple(
        ngettext(
            "{n} cell was cut at 32,767 characters: Excel holds no more.",
            "{n} cells were cut at 32,767 characters: Excel holds no more.",
            job.cut,
        )
        for job in jobs.values()
        if job.cut
    )


def _styles(book: Workbook) -> _Styles:
    pen = book.create_sheet("pen")
    top = Alignment(vertical="top", wrap_text=True)

    def number(**look: Any) -> int:
        cell = Cell(pen, row=1, column=1)
        for name, value in look.items():
            setattr(cell, name, value)
        return int(cell.style_id)

    font, line = Font(bold=True), Border(bottom=Side(style="medium"))
    made = _Styles(
        head=number(font=font, border=line, alignment=top),
        text=number(alignment=top),
        quoted=number(alignment=top, quotePrefix=True),
        date=number(alignment=Alignment(vertical="top"), number_format="dd-mm-yyyy"),
        number=number(alignment=Alignment(vertical="top"), number_format="0"),
    )
    book.remove(pen)
    return made


def _set_up(worksheet: Worksheet, job: _Job, classification: str) -> None:
    worksheet.freeze_panes = "A2"
    worksheet.print_title_rows = "1:1"
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.paperSize = 9
    worksheet.page_setup.fitToWidth = 1
    worksheet.page_setup.fitToHeight = 0
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    footer = worksheet.oddFooter
    assert footer is not None
    footer.left = _FooterPart(text=clean(classification).replace("&", "&&"))
    footer.right = _FooterPart(text="&P / &N")
    for index, column in enumerate(job.sheet.columns):
        letter = get_column_letter(index + 1)
        worksheet.column_dimensions[letter].width = column.width or _width(column, index, job)


def _width(column: Column, index: int, job: _Job) -> int:
    if column.kind == DATE:
        return max(12, len(column.title) + 4)
    longest = max(
        (
            max((len(line) for line in str(row[index]).split("\n")), default=0)
            for row in job.sample
            if index < len(row) and row[index] is not None
        ),
        default=0,
    )
    return min(max(longest + 2, len(column.title) + 4, 8), WIDEST)


class _Writer(ExcelWriter):
    """Writes each sheet's rows straight into the archive."""

    def __init__(
        self,
        book: Workbook,
        archive: ZipFile,
        jobs: dict[str, _Job],
        styles: _Styles,
        progress: Progress,
    ) -> None:
        super().__init__(book, archive)
        self._zip = archive
        self._jobs, self._styles, self._progress = jobs, styles, progress

    def write_worksheet(self, ws: Worksheet) -> None:
        """The sheet without rows from openpyxl, ours in the middle."""
        job = self._jobs[ws.title]
        before, _after = _frame(ws)
        with self._zip.open(ws.path[1:], "w") as stream:
            stream.write(before)
            rows = _write_rows(stream, job, self._styles, self._progress)
            if job.sheet.filtered:
                ws.auto_filter.ref = f"A1:{get_column_letter(len(job.sheet.columns))}{rows}"
            stream.write(_frame(ws)[1])
        self.manifest.append(ws)


def _frame(worksheet: Worksheet) -> tuple[bytes, bytes]:
    """What stands before and after the rows; without the size, which is not known yet."""
    part = BytesIO()
    WorksheetWriter(worksheet, part).write()
    found = _EMPTY.split(_SIZE.sub(b"", part.getvalue(), count=1))
    if len(found) != 2:
        raise ValueError("a sheet without rows has one empty sheetData element")
    return found[0] + b"<sheetData>", b"</sheetData>" + found[1]


def _write_rows(stream: IO[bytes], job: _Job, styles: _Styles, progress: Progress) -> int:
    """Head and rows as XML; returns how many rows there are, with the head."""
    letters = [get_column_letter(i + 1) for i in range(len(job.sheet.columns))]
    head = "".join(
        _text_cell(f"{letter}1", column.title, styles.head)
        for letter, column in zip(letters, job.sheet.columns, strict=True)
    )
    stream.write(f'<row r="1">{head}</row>'.encode())
    number, lines = 1, []
    days: dict[dt.date, str] = {}
    for row in _all(job):
        number += 1
        lines.append(_row(number, row, letters, styles, days, job))
        if len(lines) >= _CHUNK:
            stream.write("".join(lines).encode())
            lines.clear()
            progress.step(number, 0, job.sheet.title)
    stream.write("".join(lines).encode())
    return number


def _all(job: _Job) -> Iterator[Sequence[Any]]:
    yield from job.sample
    yield from job.rest


def _row(
    number: int,
    row: Sequence[Any],
    letters: Sequence[str],
    styles: _Styles,
    days: dict[dt.date, str],
    job: _Job,
) -> str:
    cells = []
    for letter, value in zip(letters, row, strict=False):
        if value is None or value == "":
            continue
        if isinstance(value, str):
            text = clean(value)
            if len(text) > LIMIT:
                text = text[:LIMIT]
                job.cut += 1
            style = styles.quoted if text.startswith(_RISKY) else styles.text
            cells.append(_text_cell(f"{letter}{number}", text, style))
        elif isinstance(value, dt.date):
            serial = days.get(value) or days.setdefault(value, str((value - _EPOCH).days))
            cells.append(f'<c r="{letter}{number}" s="{styles.date}"><v>{serial}</v></c>')
        else:
            cells.append(f'<c r="{letter}{number}" s="{styles.number}"><v>{value}</v></c>')
    return f'<row r="{number}">{"".join(cells)}</row>'


def _text_cell(place: str, text: str, style: int) -> str:
    if _NEEDS_ESCAPE.search(text):
        text = text.translate(_ESCAPES)
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{space}>{text}</t></is></c>'


def explanation(lines: Sequence[tuple[str, str]]) -> Sheet:
    """The last sheet: what stands in the others, and how names are written."""
    return Sheet(
        _("Explanation"), [Column(_("What")), Column(_("Meaning"), width=WIDEST)], lines, False
    )
