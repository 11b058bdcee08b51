"""Class lists that were made to break a reader, and lists that are only strange (F-40 to F-62)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from openpyxl import Workbook

HEAD = "Roepnaam;Achternaam;Klas\n"
SHEET = "xl/worksheets/sheet1.xml"
_SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(rows: list[list[object]], *, password: bool = False) -> bytes:
    """A small real workbook; with a password it is an OLE file that nobody can read."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    if not password:
        return target.getvalue()
    from msoffcrypto.format.ooxml import OOXMLFile

    locked = io.BytesIO()
    OOXMLFile(target).encrypt("een lang wachtwoord", locked)
    return locked.getvalue()


def repacked(part: str, content: bytes) -> bytes:
    """A workbook in which one part was replaced."""
    source = zipfile.ZipFile(io.BytesIO(workbook([["Roepnaam", "Achternaam", "Klas"]])))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            if name != part:
                archive.writestr(name, source.read(name))
        archive.writestr(part, content)
    return target.getvalue()


def sheet(rows: bytes) -> bytes:
    """A workbook whose only sheet has these rows as XML."""
    head = f"<worksheet {_SPACE}><sheetData>".encode()
    return repacked(SHEET, head + rows + b"</sheetData></worksheet>")


def many_rows() -> bytes:
    """54 MB of rows that pack into little more than a megabyte."""
    cell = b'<c t="inlineStr"><is><t>Bo</t></is></c>'
    row = b"<row>" + cell * 2 + b"</row>"
    return sheet(row * (54_000_000 // len(row)))


def huge_cell() -> bytes:
    """300 MB in one cell, packed into 0.3 MB."""
    return sheet(b'<row><c t="inlineStr"><is><t>' + b"x" * 300_000_000 + b"</t></is></c></row>")


def far_cell() -> bytes:
    """One cell in the last place of the sheet: 5 kB that cost openpyxl 65 s and 5 GB."""
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return sheet(b'<row r="1"><c r="A1"><v>1</v></c></row>' + far)


def laughs(depth: int = 9) -> bytes:
    """Entities that multiply."""
    lines = ['<!ENTITY a0 "ha">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, depth + 1)]
    return f"<?xml version='1.0'?><!DOCTYPE x [{''.join(lines)}]><EDEX>&a{depth};</EDEX>".encode()


def external(what: str) -> bytes:
    """XML that asks for a file of this computer."""
    return (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{what}">]>'
        "<EDEX><school><naam>&e;</naam></school></EDEX>"
    ).encode()


def deep() -> bytes:
    """XML of 200,000 levels."""
    return b"<EDEX>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</EDEX>"


def names() -> bytes:
    """Names that are real somewhere, and texts that want to be a formula or a command."""
    strange = ["O'Brien", "d'Hondt", "van der Berg", "X", "شيماء", "李", "=1+1", "'; DROP TABLE--"]
    return (HEAD + "".join(f'"{name}";Bakker;2B\n' for name in strange)).encode()


FILES: dict[str, Callable[[], bytes]] = {
    "rows.xlsx": many_rows,
    "cell.xlsx": huge_cell,
    "far.xlsx": far_cell,
    "laughs.xml": laughs,
    "entity.xlsx": lambda: repacked(SHEET, laughs()),
    "external.xml": lambda: external("file:///etc/passwd"),
    "external.xlsx": lambda: repacked(SHEET, external("file:///etc/passwd")),
    "deep.xml": deep,
    "password.xlsx": lambda: workbook([["Roepnaam"]], password=True),
    "macro.xlsm": lambda: repacked("xl/vbaProject.bin", b"x"),
    "binary.xlsb": lambda: repacked("xl/workbook.bin", b"x"),
    "parts.xlsx": lambda: _many_parts(),
    "slip.zip": lambda: repacked("../../../etc/x.xml", b"<EDEX/>"),
    "formula.xlsx": lambda: workbook([["Roepnaam", "Achternaam", "Klas"], ["=A1", "Smit", "2B"]]),
    "cp1252.csv": lambda: (HEAD + "Zoë;Çelik;2B\n").encode("cp1252"),
    "utf16.csv": lambda: (HEAD + "Şeyma;Đorđević;2B\n").encode("utf-16"),
    "nul.csv": lambda: (HEAD + "B\0o;Smit;2B\n").encode(),
    "field.csv": lambda: (HEAD + "Bo;" + "x" * 1_000_000 + ";2B\n").encode(),
    "long.csv": lambda: (HEAD + "Bo;Smit;2B\n" * 500_000).encode(),
    "wide.csv": lambda: (";".join(["a"] * 2_000) + "\n" + ";".join(["b"] * 2_000)).encode(),
    "quote.csv": lambda: (HEAD + 'Bo;"Smit;2B\n' + "Bo;Smit;2B\n" * 40_000).encode(),
    "names.csv": names,
    "noise.csv": lambda: bytes(range(256)) * 4_000,
}

READ = {"formula.xlsx", "cp1252.csv", "utf16.csv", "nul.csv", "names.csv"}
"""These are lists all the same: they may be read, and must then be read right."""


def _many_parts() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(6_000):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", "<worksheet/>")
    return target.getvalue()
