"""Class lists as tables: find the header, know the columns, read names and days row by row."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wbos_desktop.documents.tables import Cell, Row, Table
from wbos_desktop.domain.imports import (
    COLUMN_FIELDS,
    NAME_FIELDS,
    ImportColumn,
    ImportedGroup,
    ImportedPupil,
    ImportedStaff,
    ImportFile,
    RejectedRow,
    read_school_year,
)
from wbos_desktop.domain.people import NAME_LIMIT, clean, fold, split_name, split_prefix
from wbos_desktop.i18n import _

HEADER_ROWS = 20
_SAMPLE = 40

# Heads as pupil systems write them, without capitals, spaces and signs.
ALIASES: dict[str, tuple[str, ...]] = {
    "number": (
        *("leerlingnummer", "leerlingnr", "llnr", "stamnummer", "stamnr", "studentnummer"),
        *("studentnr", "deelnemernummer", "deelnemernr", "key", "pupilnumber", "studentnumber"),
    ),
    "given_name": ("roepnaam", "voornaam", "firstname", "givenname"),
    "name_prefix": ("tussenvoegsel", "tussenvoegsels", "voorvoegsel", "tussenv", "prefix", "tv"),
    "family_name": ("achternaam", "lastname", "familienaam", "familyname", "surname"),
    "full_name": ("naam", "volledigenaam", "leerling", "leerlingnaam", "student", "name"),
    "birth_date": ("geboortedatum", "gebdatum", "geborenop", "birthdate", "dateofbirth"),
    "group": (
        *("klas", "groep", "stamgroep", "stamklas", "basisgroep", "klasnaam", "groepsnaam"),
        *("class", "group"),
    ),
    "year_level": ("leerjaar", "jaargroep", "jaarlaag", "studyyear"),
    "programme": ("opleiding", "studie", "study", "verbintenis"),
    "mentor": (
        *("mentor", "mentor1", "klassenmentor", "klassenmentor1", "mentornaam", "cmentorname"),
        *("slb", "slber", "studieloopbaanbegeleider", "leerkracht", "groepsleerkracht"),
    ),
    "mentor_code": ("mentorcode", "cmentorcode", "klassenmentorcode"),
    "enrolled_on": ("instroomdatum", "inschrijfdatum", "datuminschrijving"),
    "left_on": ("uitstroomdatum", "uitschrijfdatum", "datumuitschrijving"),
    "school_year": ("schooljaar", "studyperiod", "schoolyear"),
}
_BY_HEAD = {head: name for name, heads in ALIASES.items() for head in heads}

# Heads of columns that never enter the vault, and beginnings of such heads.
_SENSITIVE = re.compile(
    r"bsn|burgerservice|sofi|onderwijsn(umme)?r|pgn|persoonsgebonden|nationalit|etnic|land$|"
    r"geboorteplaats|geboorteland|land(vader|moeder)|adres$|straat|huisn|postcode|woonplaats|"
    r"plaats$|telefoon|mobiel|gewicht|foto|iban|geloof|religie|medisch|diagnose"
)
_ERROR_CELL = re.compile(r"#(N/A|N/B|REF!|VALUE!|WAARDE!|NAME\?|NAAM\?|DIV/0!|DEEL/0!|NULL!|NUM!)")
_CODE = re.compile(r"[A-Z0-9]{2,6}|[a-z]{2,4}")


def normalise(head: str) -> str:
    """A column's head without capitals, accents, spaces and signs."""
    return re.sub(r"[^a-z0-9]", "", fold(head))


def is_citizen_number(text: str) -> bool:
    """Whether eight or nine digits pass the 11-test of the Dutch citizen service number."""
    digits = text.replace(".", "").replace(" ", "")
    if not re.fullmatch(r"[0-9]{8,9}", digits):
        return False
    numbers = [int(digit) for digit in digits.zfill(9)]
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return (
        any(numbers)
        and sum(number * weight for number, weight in zip(numbers, weights, strict=True)) % 11 == 0
    )


@dataclass
class _Header:
    """Where the header is and what each column holds."""

    at: int
    heads: list[str]
    fields: list[str] = field(default_factory=list)
    sensitive: list[bool] = field(default_factory=list)

    def known(self) -> int:
        """How many columns are understood."""
        return sum(bool(name) for name in self.fields)


def parse_tables(
    tables: list[Table], file_name: str, mapping: Mapping[str, str] | None = None
) -> ImportFile:
    """Read the table with the best header; `problem` is set when the columns are not clear."""
    chosen = {normalise(head): name for head, name in (mapping or {}).items()}
    best: tuple[int, Table, _Header] | None = None
    for table in tables:
        header = _find_header(table, chosen)
        if header and (best is None or header.known() > best[0]):
            best = (header.known(), table, header)
    if best is None:
        first = tables[0] if tables else Table("", "", ())
        return ImportFile(file_name, first.format, first.encoding, problem=_no_list())
    _known, table, header = best
    _find_numbers(table, header)
    return _read(table, header, file_name)


def _no_list() -> str:
    return _(
        "There are no pupils to be seen here. A list needs a head such as "
        "Roepnaam, Achternaam and Klas."
    )


def _text(cell: Cell) -> str:
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return clean(str(cell))


def _find_header(table: Table, chosen: Mapping[str, str]) -> _Header | None:
    """The row among the first twenty in which most columns are known, else the first row."""
    best: _Header | None = None
    for at, row in enumerate(table.rows[:HEADER_ROWS]):
        header = _Header(at, [_text(cell) for cell in row.cells])
        _know_columns(header, chosen)
        if best is None or header.known() > best.known():
            best = header
    return best


def _know_columns(header: _Header, chosen: Mapping[str, str]) -> None:
    taken: set[str] = set()
    for head in header.heads:
        plain = normalise(head)
        sensitive = bool(_SENSITIVE.search(plain))
        name = chosen.get(plain, _BY_HEAD.get(plain, ""))
        if sensitive or name in taken or name not in (*COLUMN_FIELDS, "school_year"):
            name = ""
        if name:
            taken.add(name)
        header.fields.append(name)
        header.sensitive.append(sensitive)
    if {"given_name", "family_name"} <= taken and "full_name" in taken:
        header.fields[header.fields.index("full_name")] = ""


def _find_numbers(table: Table, header: _Header) -> None:
    """Mark columns that hold citizen service numbers, whatever their head says."""
    for column in range(len(header.heads)):
        values = [
            text
            for row in table.rows[header.at + 1 : header.at + 201]
            if column < len(row.cells) and (text := _text(row.cells[column]))
        ]
        hits = sum(is_citizen_number(text) for text in values)
        if values and hits >= 0.8 * len(values):
            header.fields[column], header.sensitive[column] = "", True


def _read(table: Table, header: _Header, file_name: str) -> ImportFile:
    rows = table.rows[header.at + 1 :]
    columns = tuple(
        ImportColumn(head, name, _sample(rows, at) if not hidden else "", hidden)
        for at, (head, name, hidden) in enumerate(
            zip(header.heads, header.fields, header.sensitive, strict=True)
        )
        if head
    )
    problem = _problem(header, rows)
    reader = _Reader(table, header)
    if not problem:
        for row in rows:
            reader.take(row)
    return ImportFile(
        file_name=file_name,
        format=table.format,
        encoding=table.encoding,
        school_year=reader.school_year,
        groups=tuple(reader.groups.values()),
        pupils=tuple(reader.pupils),
        staff=tuple(reader.staff.values()),
        rejected=tuple(reader.rejected),
        columns=columns,
        ignored=tuple(
            column.header for column in columns if not column.field and not column.sensitive
        ),
        dropped=tuple(column.header for column in columns if column.sensitive),
        problem=problem,
    )


def _problem(header: _Header, rows: tuple[Row, ...]) -> str:
    named = set(header.fields) & NAME_FIELDS
    if not named and not header.known():
        return _no_list()
    if not named:
        return _("Point out which column holds the names of the pupils.")
    if header.known() < 2:
        return _("Only the names are clear. Point out which column holds the group.")
    if not rows:
        return _("There are no pupils in this file.")
    return ""


def _sample(rows: tuple[Row, ...], column: int) -> str:
    for row in rows[:50]:
        if column < len(row.cells) and (text := _text(row.cells[column])):
            return text[:_SAMPLE]
    return ""


class _BadCellError(Exception):
    """A cell that can't be read; its text is the sentence for the row."""


class _Reader:
    """Collects pupils, groups and mentors of one table."""

    def __init__(self, table: Table, header: _Header) -> None:
        self.groups: dict[str, ImportedGroup] = {}
        self.pupils: list[ImportedPupil] = []
        self.staff: dict[str, ImportedStaff] = {}
        self.rejected: list[RejectedRow] = []
        self.school_year = ""
        self._serials = table.serials
        self._heads = [normalise(head) for head in header.heads]
        self._at = {name: at for at, name in enumerate(header.fields) if name}

    def take(self, row: Row) -> None:
        """Read one row; a bad one ends in `rejected`."""
        if [normalise(_text(cell)) for cell in row.cells] == self._heads:
            return
        try:
            pupil = self._pupil(row)
        except _BadCellError as fault:
            self.rejected.append(RejectedRow(row.number, str(fault)))
            return
        pupil = replace(pupil, groups=tuple(self._group(name, row) for name in pupil.groups))
        self._add_mentor(row, pupil.groups)
        self.school_year = self.school_year or read_school_year(self._get(row, "school_year"))
        self.pupils.append(pupil)

    def _raw(self, row: Row, name: str) -> Cell:
        at = self._at.get(name)
        return row.cells[at] if at is not None and at < len(row.cells) else None

    def _get(self, row: Row, name: str) -> str:
        text = _text(self._raw(row, name))
        if _ERROR_CELL.fullmatch(text):
            raise _BadCellError(_("There is an error in the cell: {text}.").format(text=text))
        return text

    def _pupil(self, row: Row) -> ImportedPupil:
        given, prefix, family = self._names(row)
        if not given and not family:
            raise _BadCellError(_("There is no name."))
        if max(len(given), len(family)) > NAME_LIMIT:
            raise _BadCellError(_("The name is longer than {n} characters.").format(n=NAME_LIMIT))
        group = self._get(row, "group")
        return ImportedPupil(
            row=row.number,
            number=self._get(row, "number"),
            given_name=given,
            name_prefix=prefix,
            family_name=family,
            birth_date=self._day(row, "birth_date"),
            enrolled_on=self._day(row, "enrolled_on"),
            left_on=self._day(row, "left_on"),
            groups=(group[:NAME_LIMIT],) if group else (),
        )

    def _names(self, row: Row) -> tuple[str, str, str]:
        given, family = self._get(row, "given_name"), self._get(row, "family_name")
        prefix = self._get(row, "name_prefix")
        if "full_name" in self._at:
            read = split_name(self._get(row, "full_name"))
            given, prefix, family = given or read[0], prefix or read[1], family or read[2]
        elif "name_prefix" not in self._at:
            prefix, family = split_prefix(family)
        return given, prefix, family

    def _day(self, row: Row, name: str) -> dt.date | None:
        text = self._get(row, name)
        if not text:
            return None
        day = read_day(self._raw(row, name), serials=self._serials)
        if day is None:
            raise _BadCellError(_("The date {text} does not exist.").format(text=text[:20]))
        return day

    def _group(self, name: str, row: Row) -> str:
        """The ref of a group, which is its name as the first row writes it."""
        if fold(name) not in self.groups:
            self.groups[fold(name)] = ImportedGroup(
                ref=name,
                key="",
                name=name,
                year_level=self._get(row, "year_level")[:8],
                programme=self._get(row, "programme")[:NAME_LIMIT],
            )
        return self.groups[fold(name)].ref

    def _add_mentor(self, row: Row, groups: tuple[str, ...]) -> None:
        text, code = self._get(row, "mentor"), self._get(row, "mentor_code")
        if not text and not code:
            return
        if not code and _CODE.fullmatch(text):
            text, code = "", text
        given, prefix, family = split_name(text)
        known = self.staff.get(fold(code or text))
        if known is None:
            known = ImportedStaff(
                row.number,
                code=code[:NAME_LIMIT],
                given_name=given[:NAME_LIMIT],
                name_prefix=prefix[:NAME_LIMIT],
                family_name=family[:NAME_LIMIT] or ("" if given else code[:NAME_LIMIT]),
                role="mentor",
            )
        self.staff[fold(code or text)] = replace(
            known, groups=tuple(dict.fromkeys(known.groups + groups))
        )


def read_day(value: Cell, *, serials: bool = True) -> dt.date | None:
    """A day from a cell: a date, dd-mm-jjjj, d-m-jjjj, ISO, jjjjmmdd or an Excel day number.

    None when it does not exist or lies outside 1900-2100; years of two digits are not guessed.
    """
    day = value if isinstance(value, dt.date) else _day_of_text(_text(value), serials)
    return day if day is not None and 1900 <= day.year <= 2100 else None


def _day_of_text(text: str, serials: bool) -> dt.date | None:
    try:
        if found := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})( 0?0:00(:00)?)?", text):
            return dt.date(int(found[3]), int(found[2]), int(found[1]))
        if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})([T ].*)?", text):
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        if found := re.fullmatch(r"((?:19|20)\d{2})(\d{2})(\d{2})", text):
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        if serials and re.fullmatch(r"\d{4,5}", text) and int(text) >= 3000:
            return dt.date(1899, 12, 30) + dt.timedelta(days=int(text))
    except ValueError:
        return None
    return None
