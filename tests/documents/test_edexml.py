"""EDEXML of three versions and saved UWLR answers, and files that are not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from wbos_desktop.documents import edexml
from wbos_desktop.domain.imports import ImportFile, from_json, to_json
from wbos_desktop.errors import FileRejected

GOLDEN = Path(__file__).parent.parent / "golden"


def _read(name: str) -> ImportFile:
    return edexml.parse((GOLDEN / name).read_bytes(), name)


def _pupil(inner: str, groups: str = "") -> bytes:
    return (
        f"<EDEX><school/><groepen>{groups}</groepen>"
        f"<leerlingen><leerling key='1'>{inner}</leerling></leerlingen></EDEX>"
    ).encode()


def test_reads_the_oldest_version() -> None:
    file = _read("edexml-1.0.3.xml")
    assert (file.format, file.school_year, file.brin) == ("EDEXML 1.0.3", "2006-2007", "12AB")
    assert [(group.name, group.year_level) for group in file.groups] == [
        ("Groep 7", "7"),
        ("Groep 8", "8"),
    ]
    assert [pupil.given_name for pupil in file.pupils] == ["Zoë", "Çağla", "Bo", "Đorđe"]
    assert file.pupils[0].birth_date == dt.date(1996, 2, 29)
    assert file.pupils[1].groups == ()
    assert file.pupils[3].left_on == dt.date(2006, 10, 1)
    assert file.staff[0].groups == ("g7", "g8")
    assert file.rejected == ()


def test_a_dummy_key_is_never_kept() -> None:
    assert _read("edexml-1.0.3.xml").pupils[2].key == ""


def test_reads_version_2_1_with_composite_groups() -> None:
    file = _read("edexml-2.1.xml")
    assert file.format == "EDEXML 2.1"
    assert [group.kind for group in file.groups] == ["base", "composite", "base"]
    assert file.groups[0].year_level == "2"
    assert file.pupils[0].groups == ("2B", "wi")
    assert file.reference_date == dt.date(2026, 10, 1)


def test_given_name_is_called_name_else_first_name_else_initials() -> None:
    assert _read("edexml-2.1.xml").pupils[0].given_name == "Daniël"
    letters = edexml.parse(_pupil("<achternaam>A</achternaam><voorletters-1>B</voorletters-1>"), "")
    assert letters.pupils[0].given_name == "B"


def test_reads_the_other_word_for_prefix() -> None:
    assert _read("edexml-2.1.xml").staff[0].name_prefix == "de"


def test_bad_rows_are_rejected_with_a_reason() -> None:
    file = _read("edexml-2.1.xml")
    assert [(row.row, row.kind) for row in file.rejected] == [
        (2, "pupil"),
        (3, "pupil"),
        (2, "staff"),
    ]
    assert "2013-13-01" in file.rejected[0].reason


def test_sensitive_values_are_nowhere_in_the_answer() -> None:
    text = to_json(_read("edexml-2.1.xml"))
    for value in ("123456782", "6971VB", "foto-geheim", '"MA"', "geheim"):
        assert value not in text
    assert _read("edexml-2.1.xml").dropped == ("bsn", "fotourl", "land", "postcodenl")


def test_unknown_elements_are_told() -> None:
    assert _read("edexml-2.1.xml").ignored == ("lievelingskleur",)


def test_survives_the_pipe_as_json() -> None:
    file = _read("edexml-2.1.xml")
    assert from_json(to_json(file)) == file


def test_reads_a_saved_uwlr_answer() -> None:
    body = (GOLDEN / "edexml-2.1.xml").read_text("utf-8").partition("?>")[2]
    body = body.replace("EDEX", "u:leerlinggegevens").replace("2.1</xsd", "2.2</xsd")
    for name in ("school", "groepen", "groep", "leerlingen", "leerling", "achternaam"):
        for before, after in (("<", "<u:"), ("</", "</u:")):
            for end in (">", " ", "/"):
                body = body.replace(f"{before}{name}{end}", f"{after}{name}{end}")
    answer = (
        "<s:Envelope xmlns:s='soap' xmlns:u='http://www.edustandaard.nl/x'><s:Body>"
        f"<u:leerlinggegevens_antwoord>{body}</u:leerlinggegevens_antwoord></s:Body></s:Envelope>"
    )
    file = edexml.parse(answer.encode(), "antwoord.xml")
    assert file.format == "UWLR 2.2"
    assert (len(file.groups), len(file.pupils), len(file.staff)) == (3, 2, 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<gpx/>", "geen EDEXML"),
        (b"<EDEX><school/><leerlingen/></EDEX>", "geen leerlingen"),
        (b"<EDEX><school/><leerlingen><leerling key='1'>", "niet heel"),
        (b"<EDEX><school></leerlingen></EDEX>", "geen geldige XML"),
        (b"<!DOCTYPE EDEX SYSTEM 'x.dtd'><EDEX/>", "documenttype"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><EDEX>&b;</EDEX>", "documenttype"),
        (b"<EDEX>" + b"<a>" * 70, "te diep"),
        (
            b"<EDEX><school/>" + _pupil("<roepnaam>A</roepnaam>")[6:],
            "meer dan",
        ),
    ],
)
def test_other_files_end_in_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(FileRejected, match=words):
        edexml.parse(data, "x.xml")


def test_every_cut_of_a_file_is_refused() -> None:
    data = (GOLDEN / "edexml-2.1.xml").read_bytes()
    end = data.rindex(b"</EDEX>") + 6
    for cut in range(200, end, 97):
        with pytest.raises(FileRejected):
            edexml.parse(data[:cut], "x.xml")


def test_text_direction_marks_and_control_characters_are_taken_out() -> None:
    file = edexml.parse(_pupil("<roepnaam>An\u202ena  Cafe\u0301</roepnaam>"), "x.xml")
    assert file.pupils[0].given_name == "Anna Café"


def test_a_name_that_is_far_too_long_is_rejected() -> None:
    file = edexml.parse(_pupil(f"<roepnaam>{'a' * 300}</roepnaam>"), "x.xml")
    assert file.pupils == ()
    assert "200" in file.rejected[0].reason
