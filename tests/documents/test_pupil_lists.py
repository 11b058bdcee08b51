"""Class lists as CSV and Excel: heads, encodings, days, names, and what never enters."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from wbos_desktop.documents import reader
from wbos_desktop.documents.pupil_lists import is_citizen_number, normalise, read_day
from wbos_desktop.documents.tables import MAX_COLUMNS
from wbos_desktop.domain.imports import ImportFile
from wbos_desktop.errors import FileRejected

MAGISTER = (
    "Stamnummer,Roepnaam,Tussenvoegsel,Achternaam,Klas,Klassenmentor 1\n"
    '101,Zoë,"",Yılmaz,2B,"Vries, P. de"\n'
    "102,Daan,van der,Berg,2b,BOS\n"
)


def _csv(text: str, encoding: str = "utf-8") -> ImportFile:
    return reader.parse(text.encode(encoding), "lijst.csv")


def _xlsx(rows: list[list[object]], **sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for name, other in sheets.items():
        extra = book.create_sheet(name)
        for row in other:
            extra.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _repacked(data: bytes, name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return target.getvalue()


def test_reads_a_magister_list() -> None:
    file = _csv(MAGISTER)
    assert [(p.row, p.number, p.given_name, p.name_prefix, p.family_name) for p in file.pupils] == [
        (2, "101", "Zoë", "", "Yılmaz"),
        (3, "102", "Daan", "van der", "Berg"),
    ]
    assert [group.name for group in file.groups] == ["2B"]
    assert {pupil.groups for pupil in file.pupils} == {("2B",)}


def test_mentors_become_staff_by_name_or_code() -> None:
    staff = _csv(MAGISTER).staff
    assert [(s.given_name, s.name_prefix, s.family_name, s.code) for s in staff] == [
        ("P.", "de", "Vries", ""),
        ("", "", "BOS", "BOS"),
    ]
    assert {person.role for person in staff} == {"mentor"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_accents_survive_every_encoding(encoding: str) -> None:
    text = MAGISTER.replace("ı", "i")
    assert _csv(text, encoding).pupils[0].given_name == "Zoë"


@pytest.mark.parametrize("mark", [";", "\t", "|", ","])
def test_knows_the_delimiter(mark: str) -> None:
    text = f"Roepnaam{mark}Achternaam{mark}Klas\nEva{mark}Smit{mark}2B\n"
    assert _csv(text).pupils[0].family_name == "Smit"
    assert _csv(f"sep={mark}\n{text}").pupils[0].groups == ("2B",)


def test_finds_the_head_under_title_rows() -> None:
    titles = "Overzicht leerlingen;;\n;;\nSchooljaar 2026;;\n"
    text = titles + "ROEPNAAM;Achter-naam;Stam klas\nEva;Smit;2B\n"
    file = _csv(text)
    assert (file.pupils[0].row, file.pupils[0].groups) == (5, ("2B",))


def test_quotes_hold_newlines_and_rows_keep_their_line() -> None:
    file = _csv('Roepnaam;Achternaam;Klas\n"Eva\nMaria";"Smit ""jr""";2B\n;;2B\n')
    assert (file.pupils[0].given_name, file.pupils[0].family_name) == ("Eva Maria", 'Smit "jr"')
    assert file.rejected[0].row == 4


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Berg, Daan van der", ("Daan", "van der", "Berg")),
        ("Berg, van der, Daan", ("Daan", "van der", "Berg")),
        ("van der Berg, Daan", ("Daan", "van der", "Berg")),
        ("Daan van der Berg", ("Daan", "van der", "Berg")),
        ("O'Brien, Anne-Marie", ("Anne-Marie", "", "O'Brien")),
        ("Bo", ("Bo", "", "")),
    ],
)
def test_reads_names_from_one_column(text: str, name: tuple[str, str, str]) -> None:
    pupil = _csv(f'Naam;Klas\n"{text}";2B\n').pupils[0]
    assert (pupil.given_name, pupil.name_prefix, pupil.family_name) == name


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01-02-2013", dt.date(2013, 2, 1)),
        ("1-2-2013", dt.date(2013, 2, 1)),
        ("1/2/2013", dt.date(2013, 2, 1)),
        ("2013-02-01", dt.date(2013, 2, 1)),
        ("2013-02-01T00:00:00", dt.date(2013, 2, 1)),
        ("20130201", dt.date(2013, 2, 1)),
        ("41306", dt.date(2013, 2, 1)),
        ("29-2-2025", None),
        ("1-2-13", None),
        ("1-2-0025", None),
        ("vorige week", None),
    ],
)
def test_reads_days_and_never_guesses(text: str, day: dt.date | None) -> None:
    assert read_day(text) == day


def test_error_cells_are_told() -> None:
    file = _csv("Roepnaam;Klas;Geboortedatum\nEva;2B;#N/B\n")
    assert "#N/B" in file.rejected[0].reason


def test_a_wrong_day_rejects_the_row() -> None:
    file = _csv("Roepnaam;Klas;Geboortedatum\nEva;2B;29-2-2025\nBo;2B;28-2-2013\n")
    assert [pupil.given_name for pupil in file.pupils] == ["Bo"]
    assert file.rejected[0].row == 2
    assert "29-2-2025" in file.rejected[0].reason


def test_citizen_numbers_are_found_by_their_sum() -> None:
    assert is_citizen_number("123456782")
    assert is_citizen_number("1234.56.782")
    assert not is_citizen_number("123456783")
    assert not is_citizen_number("000000000")


def test_citizen_numbers_never_enter_whatever_the_head_says() -> None:
    text = "Stamnr;BSN;Roepnaam;Klas;Nationaliteit\n123456782;1;Eva;2B;NL\n111222333;2;Bo;2B;BE\n"
    file = _csv(text)
    assert {pupil.number for pupil in file.pupils} == {""}
    assert file.dropped == ("Stamnr", "BSN", "Nationaliteit")
    assert "123456782" not in repr(file)


def test_mapping_wins_but_not_over_privacy() -> None:
    text = "Wie;Waar;BSN\nEva Smit;2B;5\n"
    assert reader.parse(text.encode(), "x").problem
    mapping = {"Wie": "full_name", "waar": "group", "BSN": "number"}
    file = reader.parse(text.encode(), "x", mapping)
    assert (file.problem, file.pupils[0].family_name, file.pupils[0].number) == ("", "Smit", "")


def test_a_column_can_be_ignored() -> None:
    file = reader.parse(MAGISTER.encode(), "x", {"Klassenmentor 1": ""})
    assert file.staff == ()
    assert "Klassenmentor 1" in file.ignored


def test_reads_xlsx_with_real_dates_and_numbers() -> None:
    rows: list[list[object]] = [
        ["Overzicht 2B"],
        [],
        ["Leerlingnummer", "Roepnaam", "Achternaam", "Geb.datum", "Klas"],
        [101, "Zoë", "Łukasz", dt.date(2013, 2, 1), "2B"],
        [102, "#N/A", "#N/A", dt.date(2013, 2, 1), "2B"],
    ]
    file = reader.parse(_xlsx(rows), "lijst.xlsx")
    assert file.format == "XLSX"
    pupil = file.pupils[0]
    assert (pupil.row, pupil.number, pupil.birth_date) == (4, "101", dt.date(2013, 2, 1))
    assert file.rejected[0].row == 5


def test_error_cells_and_bare_formulas_reject_their_row() -> None:
    head: list[object] = ["Roepnaam", "Klas", "Geboortedatum"]
    rows: list[list[object]] = [
        head,
        ["Eva", "2B", "#N/A"],
        ["Bo", "2B", "=TODAY()"],
        ["Sam", "2B", None],
    ]
    file = reader.parse(_xlsx([["Uitleg"]], lijst=rows), "lijst.xlsx")
    assert [row.row for row in file.rejected] == [2, 3]
    assert [pupil.given_name for pupil in file.pupils] == ["Sam"]


def test_takes_the_sheet_with_the_pupils() -> None:
    data = _xlsx([["Uitleg"], ["Dit is een export"]], lijst=[["Naam", "Klas"], ["Bo Smit", "2B"]])
    assert reader.parse(data, "x.xlsx").pupils[0].family_name == "Smit"


def test_a_list_named_xlsx_is_read_for_what_it_is() -> None:
    assert reader.parse(MAGISTER.encode(), "lijst.xlsx").format == "CSV"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "leeg"),
        (b"%PDF-1.7 ...", "geen leerlingenlijst"),
        (bytes(range(1, 9)) * 50, "geen leerlingenlijst"),
        (b"<html><body>", "webpagina"),
        (b'Naam;Klas\n"Bo;2B\n' + b"x" * 1_200_000, "aanhalingsteken|tekens"),
        (b"Roepnaam;Achternaam;Klas\nBo;" + b"x" * 20_000 + b";2B\n", "10000"),
        ((";".join(["a"] * 400) + "\n").encode(), str(MAX_COLUMNS)),
        (b"Roepnaam;Klas\n" + b"Bo;2B\n" * 50_100, "50000"),
    ],
)
def test_other_files_end_in_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(FileRejected, match=words):
        reader.parse(data, "x")


def test_traps_in_xlsx_are_refused() -> None:
    good = _xlsx([["Roepnaam", "Achternaam", "Klas"], ["Bo", "Smit", "2B"]])
    sheet = "xl/worksheets/sheet1.xml"
    bomb = _repacked(good, sheet, b"<worksheet>" + b" " * 60_000_000)
    with pytest.raises(FileRejected, match="te groot"):
        reader.parse(bomb, "x")
    entity = _repacked(good, sheet, b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet/>")
    with pytest.raises(FileRejected, match="documenttype"):
        reader.parse(entity, "x")
    far = b"<worksheet><sheetData><row><c r='A1'/><c r=\"XFD1048576\"><v>1</v></c></row>"
    with pytest.raises(FileRejected, match="kolommen"):
        reader.parse(_repacked(good, sheet, far), "x")
    with pytest.raises(FileRejected, match="beschadigd"):
        reader.parse(good[:-400], "x")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("xl/vbaProject.bin", "macro"),
        ("xl/workbook.bin", "binair"),
        ("content.xml", "OpenDocument"),
        ("word/document.xml", "Word"),
        ("lijst.csv", "zip"),
    ],
)
def test_other_packed_files_are_told_apart(name: str, words: str) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(FileRejected, match=words):
        reader.parse(target.getvalue(), "x")


def test_heads_are_compared_without_signs() -> None:
    assert normalise("\ufeffGeb. Datum ") == "gebdatum"
    assert normalise("Leerling\u00a0nummer") == "leerlingnummer"
