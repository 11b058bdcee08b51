"""Rows of cells from CSV, xlsx and xls bytes, within limits, all in memory."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

import python_calamine

from wbos_desktop.errors import FileRejected
from wbos_desktop.i18n import _

Cell = str | float | bool | dt.date | None

# Stands in a cell that has an error or no worked-out value.
ERROR_TEXT = "#N/A"

MAX_ROWS = 50_000
MAX_COLUMNS = 300
MAX_CELL = 10_000
MAX_PARTS = 5_000
MAX_PART_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_RATIO = 200
# Small parts compress extremely well without any harm.
_RATIO_FROM = 1_000_000

_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?r=["']([A-Z]{1,3})([0-9]{1,7})["'][^>]*?(/?)>""")
# Cells with an error, and formulas whose value was never worked out: the reader gives "".
_ERROR = re.compile(rb"""<(?:\w+:)?c\s[^>]*?t=["']e["'][^>]*>""")
_BARE_FORMULA = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?><(?:\w+:)?f[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"""
)
_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_DTD = tuple(
    word.encode(encoding)
    for word in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
_DELIMITERS = (";", ",", "\t", "|")


@dataclass(frozen=True)
class Row:
    """One row: its line or row number as the user's program shows it, and its cells."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """One sheet or text file. `serials` tells whether a bare number can be an Excel day."""

    format: str
    encoding: str
    rows: tuple[Row, ...]
    name: str = ""
    serials: bool = True


@dataclass
class _Scan:
    """What a look through the parts of an xlsx found before calamine reads it."""

    serials: bool = True
    errors: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    workbook: bytes = b""
    relations: bytes = b""

    def errors_by_sheet(self) -> dict[str, set[tuple[int, int]]]:
        """Row and column (from 1) of cells without a value that can be trusted, by sheet name."""
        if not self.errors:
            return {}
        targets = {
            node.get("Id"): node.get("Target", "").removeprefix("/xl/")
            for node in ElementTree.fromstring(self.relations)
        }
        found = {}
        for node in ElementTree.fromstring(self.workbook).iter():
            if node.tag.rpartition("}")[2] == "sheet":
                key = next((value for name, value in node.items() if name.endswith("}id")), "")
                part = f"xl/{targets.get(key, '')}"
                found[node.get("name", "")] = self.errors.get(part, set())
        return found


def decode(data: bytes) -> tuple[str, str]:
    """Text and the encoding it was in: UTF-8, UTF-16, else Windows-1252."""
    if data.startswith(codecs.BOM_UTF8):
        return _strict(data, "utf-8-sig"), "UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(data, "utf-16"), "UTF-16"
    head = data[:2000]
    if len(head) > 3 and head[1::2].count(0) > len(head) // 4:
        return _strict(data, "utf-16-le"), "UTF-16"
    if len(head) > 3 and head[0::2].count(0) > len(head) // 4:
        return _strict(data, "utf-16-be"), "UTF-16"
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _strict(data, "cp1252"), "Windows-1252"


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise FileRejected(
            _("The letters of this file can't be read. Save the list as xlsx and try again.")
        ) from None


def read_delimited(data: bytes) -> list[Table]:
    """The ways to read a text file, one a delimiter; the caller takes the one it understands."""
    text, encoding = decode(data)
    text = text.replace("\x00", "")
    strange = sum(letter < " " and letter not in "\t\r\n\x0b\x0c" for letter in text[:20_000])
    if not text.strip() or strange > 20:
        raise FileRejected(
            _("This is no pupil list. Choose an EDEXML, CSV or Excel file with pupils.")
        )
    delimiters: tuple[str, ...] = _DELIMITERS
    first, _nl, rest = text.partition("\n")
    if re.fullmatch(r"sep=.\s*", first, re.IGNORECASE):
        delimiters, text = (first[4],), rest
    else:
        head = text[:100_000]
        delimiters = tuple(mark for mark in _DELIMITERS if mark in head) or (";",)
    return [
        Table("CSV", encoding, tuple(_delimited_rows(text, delimiter))) for delimiter in delimiters
    ]


def _delimited_rows(text: str, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    count = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                count += 1
                yield Row(start, _checked(cells, count))
            start = reader.line_num + 1
    except csv.Error:
        raise FileRejected(
            _("Line {line} of this file can't be read. Is a quotation mark missing there?").format(
                line=start
            )
        ) from None


def _checked(cells: list[str], count: int) -> tuple[Cell, ...]:
    if count > MAX_ROWS:
        raise too_many_rows()
    if len(cells) > MAX_COLUMNS:
        raise too_many_columns()
    if any(len(cell) > MAX_CELL for cell in cells):
        raise FileRejected(
            _("A cell in this file holds more than {n} characters. That is no pupil list.").format(
                n=MAX_CELL
            )
        )
    return tuple(cells)


def too_many_rows() -> FileRejected:
    """The refusal of a list with more rows than fit."""
    return FileRejected(
        _("This list has more than {n} rows. Export a smaller list.").format(n=MAX_ROWS)
    )


def too_many_columns() -> FileRejected:
    """The refusal of a list with more columns than fit."""
    return FileRejected(
        _("This list has more than {n} columns. Export only the columns you need.").format(
            n=MAX_COLUMNS
        )
    )


def read_workbook(data: bytes) -> list[Table]:
    """The visible sheets of an xlsx (checked before it is unpacked) or xls file."""
    is_zip = data.startswith(b"PK")
    scan = _check_zip(data) if is_zip else _Scan()
    try:
        errors = scan.errors_by_sheet()
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        return [
            Table(
                "XLSX" if is_zip else "XLS",
                "",
                tuple(_sheet_rows(book, name, errors.get(name, set()))),
                name,
                scan.serials,
            )
            for name in visible
        ]
    except python_calamine.PasswordError:
        raise FileRejected(_password_sentence()) from None
    except (python_calamine.CalamineError, ElementTree.ParseError, OSError, ValueError) as fault:
        if b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k" in data:
            raise FileRejected(_password_sentence()) from None
        raise FileRejected(
            _("This Excel file is damaged. Open it in Excel, save it again and try once more.")
        ) from fault


def _password_sentence() -> str:
    return _("This file has a password. Open it in Excel, save it without password and try again.")


def _sheet_rows(
    book: python_calamine.CalamineWorkbook, name: str, errors: set[tuple[int, int]]
) -> Iterator[Row]:
    sheet = book.get_sheet_by_name(name)
    if sheet.total_width > MAX_COLUMNS:
        raise too_many_columns()
    count = 0
    for number, values in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        cells = tuple(_cell(value) for value in values)
        if errors:
            cells = tuple(
                ERROR_TEXT if cell in (None, "") and (number, column) in errors else cell
                for column, cell in enumerate(cells, start=1)
            )
        if any(cell not in (None, "") for cell in cells):
            count += 1
            if count > MAX_ROWS:
                raise too_many_rows()
            yield Row(number, cells)


def _cell(value: object) -> Cell:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, (dt.date, bool)):
        return value
    if isinstance(value, (int, float)):
        return int(value) if value == int(value) else value
    return value[:MAX_CELL] if isinstance(value, str) else None


def _check_zip(data: bytes) -> _Scan:
    """Unpack within the limits, look for traps and for cells that hold an error."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_sizes(parts)
            _check_kind({part.filename for part in parts})
            scan = _Scan()
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    # Reading whole parts also proves their declared size and checksum.
                    _check_part(part.filename, archive.read(part), scan)
            return scan
    except (zipfile.BadZipFile, EOFError, RuntimeError, OSError):
        # RuntimeError: a password, or a way of packing that nobody uses.
        raise FileRejected(
            _("This Excel file is damaged. Open it in Excel, save it again and try once more.")
        ) from None


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    sizes = [part.file_size for part in parts]
    packed = any(
        part.file_size > _RATIO_FROM and part.file_size > MAX_RATIO * max(part.compress_size, 1)
        for part in parts
    )
    if (
        len(parts) > MAX_PARTS
        or packed
        or max(sizes, default=0) > MAX_PART_BYTES
        or sum(sizes) > MAX_UNPACKED_BYTES
    ):
        raise FileRejected(
            _("This file unpacks to something far too large. WBOS does not open it.")
        )


def _check_kind(names: set[str]) -> None:
    if any(name.endswith("vbaProject.bin") for name in names):
        raise FileRejected(
            _("This Excel file carries macros. Save it as Excel workbook (xlsx) and try again.")
        )
    if "xl/workbook.bin" in names:
        raise FileRejected(_("This is an Excel binary workbook. Save it as xlsx and try again."))
    if "content.xml" in names:
        raise FileRejected(_("This is an OpenDocument file. Save it as xlsx and try again."))
    if any(name.startswith("word/") for name in names):
        raise FileRejected(_("This is a Word file. Put the list in Excel and try again."))
    if "xl/workbook.xml" not in names:
        raise FileRejected(_("This is a packed folder (zip). Unpack it first and choose the list."))


def _check_part(name: str, content: bytes, scan: _Scan) -> None:
    """Refuse entities and far away cells; note what the scan wants to know."""
    if any(word in content for word in _DTD):
        raise FileRejected(
            _("This file carries its own document type. WBOS does not read such files.")
        )
    if name == "xl/workbook.xml":
        scan.workbook = content
        # Days that count from 1904 can't be told from bare numbers.
        scan.serials = re.search(rb"""date1904=["'](1|true)["']""", content) is None
    elif name == "xl/_rels/workbook.xml.rels":
        scan.relations = content
    elif name.startswith("xl/worksheets/"):
        for found in _CELL.finditer(content):
            # Cells that only have a lay-out are closed at once and are not read.
            if found[3]:
                continue
            if _column(found[1]) > MAX_COLUMNS:
                raise too_many_columns()
            if int(found[2]) > 4 * MAX_ROWS:
                raise too_many_rows()
        if places := _error_places(content):
            scan.errors[name] = places


def _error_places(content: bytes) -> set[tuple[int, int]]:
    places = set()
    for pattern in (_ERROR, _BARE_FORMULA):
        for cell in pattern.finditer(content):
            if found := _PLACE.search(cell[0]):
                places.add((int(found[2]), _column(found[1])))
    return places


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
