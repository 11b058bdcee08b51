"""Sentences of the program in records: no language until somebody reads them."""

from __future__ import annotations

import pytest

from wbos_desktop import i18n
from wbos_desktop.domain import program_lines
from wbos_desktop.domain.masking import NameEraser, Person
from wbos_desktop.domain.program_lines import code_of, in_words, keep

# What each line needs to be a sentence.
VALUES = {
    "stepmoved": ("Gesprek", "2026-11-20", "2026-11-24", ""),
    "conditionanswered": ("Is er letsel?", "yes"),
    "trackended": ("repair", "refused"),
    "trackreopened": ("repair",),
    "skippedwithtrack": ("refused", "Eerst rust"),
}


@pytest.mark.parametrize("code", sorted(program_lines._SENTENCES))
def test_every_line_reads_in_both_languages(code: str) -> None:
    stored = keep(code, *VALUES.get(code, ("Gesprek", "Karin")))
    i18n.activate("en")
    english = in_words(stored)
    i18n.activate("nl")
    assert english
    assert in_words(stored) not in (english, code)


def test_what_somebody_typed_stays_as_it_is() -> None:
    assert in_words("caseclosed") == "caseclosed"
    assert (code_of("caseclosed"), code_of(keep("caseclosed"))) == ("", "caseclosed")


def test_a_tab_in_a_value_makes_no_value_of_its_own() -> None:
    assert in_words(keep("stepfinished", "Gesprek\tmet ouders")).endswith(": Gesprek met ouders")


def test_a_line_of_a_newer_program_still_tells_what_it_was_about() -> None:
    assert in_words("\tsomethingnew\tGesprek\tKarin") == "Gesprek, Karin"
    assert in_words("\tstepmoved\tGesprek\t\tmorgen") == "Gesprek, morgen"


def test_a_name_in_a_line_is_taken_out_and_the_line_still_reads() -> None:
    stored = keep("casereopened", "Gebeld.\nSem zei dat het opnieuw begon")
    eraser = NameEraser([Person(1, "Sem", "de", "Wit")], (), "een leerling")
    assert in_words(eraser.text(stored)) == (
        "Casus heropend: Gebeld.\neen leerling zei dat het opnieuw begon"
    )
