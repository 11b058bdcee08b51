"""The workbook of a meeting pack and of the register."""

import datetime as dt
import io

import openpyxl
import python_calamine

from tests.documents import reports
from wbos_desktop.documents import meeting_pack, pack_book, register
from wbos_desktop.domain.reports import ExportOptions, RegisterReport


def book(**options):
    found = pack_book.meeting_pack_xlsx(reports.pack(**options))
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(found.content))


def rows(title, **options):
    return book(**options).get_sheet_by_name(title).to_python()


def test_sheets_in_their_order():
    assert book().sheet_names == [
        "Overzicht", "Groepen", "Casussen", "Stappen", "Acties", "Incidenten", "Toelichting",
    ]  # fmt: skip


def test_each_item_is_a_row():
    found = rows("Overzicht")
    assert [row[0] for row in found[1:]] == [1, 2, 3, 4, 5]
    assert found[2][1] == "Groep 2B"


def test_state_is_a_word_in_its_own_column():
    found = rows("Stappen")
    column = found[0].index("Stand")
    assert "late" in {row[column] for row in found[1:]}
    assert rows("Casussen")[1][found[0].index("Casus")] == "2026-031"


def test_free_text_is_off_by_default():
    assert "Wat er gebeurde" not in rows("Casussen")[0]
    assert "Wat er gebeurde" in rows("Casussen", free_text=True)[0]
    assert reports.FILLER.strip() not in str([rows(name) for name in book().sheet_names])


def test_explanation_says_how_names_are_written():
    found = dict(map(tuple, rows("Toelichting")))
    assert found["Namen van leerlingen"] == "Namen ingekort tot voorletter"
    assert found["Vrije tekst"] == "weggelaten"


def test_no_cell_is_a_formula():
    content = pack_book.meeting_pack_xlsx(reports.pack(free_text=True)).content
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
        assert kinds <= {"s", "n", "d"}
        assert sheet.freeze_panes == "A2"


def test_register_has_typed_columns_and_its_filters():
    day = dt.date(2026, 11, 24)
    row = ("2026-031", day, "t", "Pesten", "klas", "Ernstig", "2B", "D.", "Lopend", "K", day, None)
    report = RegisterReport(
        reports.masthead("Incidentenregister"), day, [row] * 3, (("Periode", "alles"),),
        ExportOptions(),
    )  # fmt: skip
    content = register.register_xlsx(report).content
    found = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert found.get_sheet_by_index(0).to_python()[1][:3] == ["2026-031", day, "t"]
    assert ["Periode", "alles"] in found.get_sheet_by_name("Toelichting").to_python()


def test_ten_cases_and_three_groups_are_one_pdf_quickly():
    items = [reports.item(n, "group", f"Groep {n}", group=reports.group()) for n in range(1, 4)]
    items += [
        reports.item(n, "case", f"2026-0{n}", case=reports.case(f"2026-0{n}")) for n in range(4, 14)
    ]
    content = meeting_pack.meeting_pack_pdf(reports.pack(items=tuple(items)))
    assert len(content) < 1_000_000
