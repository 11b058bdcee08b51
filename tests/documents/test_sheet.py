"""Workbooks: typed cells, print set-up, and no text that can become a formula."""

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
import python_calamine

from tests.documents.hostile import TEXTS
from wbos_desktop.documents.sheet import DATE, LIMIT, NUMBER, Column, Sheet, workbook_bytes
from wbos_desktop.errors import Cancelled
from wbos_desktop.progress import Progress

COLUMNS = [Column("Tekst"), Column("Dag", DATE), Column("Aantal", NUMBER)]
DAY = dt.date(2026, 11, 24)


def made(rows, title="Blad"):
    return workbook_bytes([Sheet(title, COLUMNS, rows)], "Titel", "Vertrouwelijk & zo")


def cells(content):
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(0).to_python()


def styled(content):
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def xml(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


def test_types_survive_and_are_typed():
    rows = cells(made([("Şeyma", DAY, 3), ("ő", None, 4)]).content)
    assert rows == [["Tekst", "Dag", "Aantal"], ["Şeyma", DAY, 3.0], ["ő", "", 4.0]]


def test_dates_are_dates_in_the_dutch_order():
    cell = styled(made([("a", DAY, 1)]).content)["B2"]
    assert cell.is_date
    assert cell.number_format == "dd-mm-yyyy"


def test_head_is_bold_lined_frozen_filtered_and_repeated():
    sheet = styled(made([("a", DAY, 1)] * 5).content)
    assert sheet["A1"].font.bold
    assert sheet["A1"].border.bottom.style
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:C6"
    assert sheet.print_title_rows == "$1:$1"


def test_page_is_landscape_one_page_wide_and_classified():
    sheet = styled(made([("a", DAY, 1)]).content)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert "Vertrouwelijk" in sheet.oddFooter.left.text


def test_wide_text_wraps_at_sixty():
    sheet = styled(made([("w" * 200, DAY, 1)]).content)
    assert sheet.column_dimensions["A"].width == 60
    assert sheet["A2"].alignment.wrap_text


@pytest.mark.parametrize("typed", TEXTS, ids=range(len(TEXTS)))
def test_no_text_becomes_a_formula_or_a_number(typed):
    content = made([(typed, DAY, 1)]).content
    source = xml(content)
    assert "<f" not in re.sub(r"<(formatCode|firstHeader|firstFooter)", "", source)
    assert not re.search(r' t="(?!inlineStr)', source)
    value = cells(content)[1][0]
    assert isinstance(value, str)


@pytest.mark.parametrize("typed", ["=1+1", "-2", "@SUM(A1)", "+31", "＝1", "'=1"])
def test_risky_text_keeps_its_sign_and_is_quoted(typed):
    content = made([(typed, DAY, 1)]).content
    assert cells(content)[1][0] == typed
    assert styled(content)["A2"].quotePrefix


@pytest.mark.parametrize("typed", ["0612345678", "1E5", "12-03", "  rand  ", "a\nb"])
def test_text_that_looks_like_something_else_stays(typed):
    assert cells(made([(typed, DAY, 1)]).content)[1][0] == typed


def test_too_long_text_is_cut_and_said():
    found = made([("x" * 40_000, DAY, 1)])
    assert len(cells(found.content)[1][0]) == LIMIT
    assert "32.767" in found.notes[0]
    assert made([("x" * LIMIT, DAY, 1)]).notes == ()


def test_rows_are_neither_lost_nor_doubled_when_streamed():
    rows = ((f"rij {n}", DAY, n) for n in range(5_000))
    found = cells(made(rows).content)
    assert [row[2] for row in found[1:]] == list(range(5_000))


def test_no_row_at_all_is_a_head():
    assert cells(made([]).content) == [["Tekst", "Dag", "Aantal"]]


def test_forbidden_signs_in_a_sheet_title():
    content = made([], title="a/b:c*?[d]" + "x" * 40).content
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames[0].startswith("a b c")


def test_cancel_stops_between_chunks():
    progress = Progress()
    progress.cancel()
    sheet = Sheet("Blad", COLUMNS, [("a", DAY, 1)] * 3_000)
    with pytest.raises(Cancelled):
        workbook_bytes([sheet], "Titel", "Vertrouwelijk", progress)
