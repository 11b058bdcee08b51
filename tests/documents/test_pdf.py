"""PDF documents: real text, embedded fonts, bookmarks, and hostile texts shown literally."""

import dataclasses
import io
import re
import time

import pytest
from pypdf import PdfReader

from tests.documents import reports
from tests.documents.hostile import COLOUR, TEXTS
from wbos_desktop import i18n
from wbos_desktop.documents import case_file, group_profile, ink, meeting_pack, text
from wbos_desktop.domain.reports import LogLine, PersonLine
from wbos_desktop.errors import Cancelled
from wbos_desktop.progress import Progress


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(content).pages)


def filled(value, typed):
    """A report with every text in it replaced; counts, dates and codes stay."""
    codes = {"sign", "code", "kind", "track", "subject", "names"}
    changes = {}
    for field in dataclasses.fields(value):
        if field.name not in codes:
            changes[field.name] = _filled(getattr(value, field.name), typed)
    return dataclasses.replace(value, **changes)


def _filled(value, typed):
    if isinstance(value, str):
        return typed
    if isinstance(value, tuple):
        return tuple(_filled(part, typed) for part in value)
    if dataclasses.is_dataclass(value) and type(value).__module__.endswith("reports"):
        return filled(value, typed)
    return value


@pytest.fixture(scope="module")
def pack():
    return meeting_pack.meeting_pack_pdf(reports.pack())


def test_text_can_be_read_with_its_letters():
    content = case_file.case_pdf(reports.case_report(title="Şeyma Łukasz Đorđe Erdős"))
    assert "Şeyma Łukasz Đorđe Erdős" in text_of(content)


def test_one_bookmark_per_agenda_item(pack):
    titles = [str(entry["/Title"]) for entry in read(pack).outline]
    assert titles[0] == "1. Acties en besluiten vorige keer"
    assert [title.split(".")[0] for title in titles] == ["1", "2", "3", "4", "5"]


def test_bookmarks_lead_to_their_pages(pack):
    reader = read(pack)
    page = reader.get_destination_page_number(reader.outline[2])
    assert "Vernederen (online)" in reader.pages[page].extract_text()


def test_each_page_is_classified_and_numbered(pack):
    pages = read(pack).pages
    for number, page in enumerate(pages, 1):
        found = page.extract_text()
        assert "Vertrouwelijk" in found
        assert f"{number} van {len(pages)}" in found
    assert "Vernietig dit papier" in pages[0].extract_text()
    assert "Vernietig dit papier" not in pages[1].extract_text()


def test_language_and_title_are_set(pack):
    reader = read(pack)
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "nl-NL"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert reader.metadata.title == "Overlegpakket zorgteam 26-11-2026"


def test_only_our_font_and_it_is_embedded(pack):
    found = {}
    for page in read(pack).pages:
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            found[str(font["/BaseFont"])] = font
    assert found
    assert all("SourceSans3" in name for name in found)
    assert all("/FontFile2" in font["/FontDescriptor"] for font in found.values())
    assert b"Helvetica" not in pack


def test_question_and_informed_stand_with_the_item(pack):
    found = text_of(pack)
    assert "Wat doen we nu?" in found
    assert "Ouders en leerling weten ervan: ja" in found
    assert "Besluit van vandaag" in found


def test_no_room_for_decisions_when_it_was_not_asked():
    assert "Besluit van vandaag" not in text_of(
        meeting_pack.meeting_pack_pdf(reports.pack(room=False))
    )


def test_every_step_state_has_a_word(pack):
    found = text_of(pack)
    for word in ("gedaan", "2 schooldagen te laat", "vandaag", "Reden: ouders", "Als nodig"):
        assert word in found


def test_strengths_of_norms_are_text_too():
    found = text_of(group_profile.group_profile_pdf(reports.group_report()))
    assert "D Scoren ten koste van de ander: dominant" in found


@pytest.mark.parametrize("typed", TEXTS, ids=range(len(TEXTS)))
def test_hostile_text_in_every_field_neither_acts_nor_stops(typed):
    content = meeting_pack.meeting_pack_pdf(filled(reports.pack(), typed[:400]))
    for name in (rb"/URI", rb"/Launch", rb"/JavaScript", rb"/JS\b", rb"/EmbeddedFile", rb"/Annots"):
        assert not re.search(name, content)
    assert read(content).pages


@pytest.mark.parametrize("typed", ["<b>vet</b>", "<Jan>", "3 < 5 & 7 > 2", "&eacute; &lt;", COLOUR])
def test_markup_is_shown_literally(typed):
    found = text_of(case_file.case_pdf(reports.case_report(text=typed)))
    assert re.sub(r"\s", "", typed) in re.sub(r"\s", "", found)


def test_unprintable_signs_become_a_question_mark_with_a_footnote():
    found = text_of(case_file.case_pdf(reports.case_report(text="Blij 😀 שלום")))
    assert "Blij ? ????" in found
    assert "? staat voor een teken" in found


def test_controls_and_halves_are_dropped():
    assert text.clean("a\x00b\x0bc\ud83dd\ufffee\u202ef\r\ng") == "abcdef\ng"
    assert text.clean("Zoe\u0308") == "Zoë"


def test_cells_never_hold_more_than_a_row_can():
    rows = ink.Typesetter().cells("woord " * 2_000)
    assert len(rows) > 10


def long_case(typed):
    steps = [dataclasses.replace(step, remark=typed[:9_000]) for step in reports.tracks()[1].steps]
    track = dataclasses.replace(reports.tracks()[1], steps=tuple(steps))
    return reports.case_report(
        text=typed,
        tracks=(track,),
        log=(LogLine(reports.TODAY, typed[:9_000], "K. Bosman"),),
        persons=(PersonLine(typed[:200], typed[:300]),),
    )


@pytest.mark.parametrize("typed", ["woord " * 8_000, "x" * 50_000, "regel\n" * 8_000])
def test_the_largest_texts_flow_over_pages_in_time(typed):
    began = time.process_time()
    content = case_file.case_pdf(long_case(typed))
    assert len(read(content).pages) > 10
    assert time.process_time() - began < 5


def test_an_english_document_says_so():
    i18n.activate("en")
    reader = read(case_file.case_pdf(reports.case_report()))
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert "Confidential" in reader.pages[0].extract_text()


def test_cancel_stops_the_build():
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        case_file.case_pdf(reports.case_report(), progress)


def test_progress_is_told_page_by_page():
    seen = []
    progress = Progress(lambda done, total, what: seen.append(what))
    case_file.case_pdf(reports.case_report(), progress)
    assert seen == ["Pagina 1"]
