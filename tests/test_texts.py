"""Both languages are complete, and no translation loses a placeholder."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from tests.helpers import sectors, texts
from wbos_desktop import i18n

PLACEHOLDER = re.compile(r"\{[a-z_]*\}")


def pairs() -> list[tuple[str, str]]:
    found = []
    for message in texts.dutch():
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        found += [(ids[min(n, len(ids) - 1)], string) for n, string in enumerate(strings)]
    return found


def test_every_text_has_a_dutch_one() -> None:
    assert [message.id for message in texts.missing()] == []


def test_no_dutch_text_is_left_over() -> None:
    assert [message.id for message in texts.unused()] == []


def test_translations_keep_their_placeholders() -> None:
    # 'once' may become '{n} keer': the number is always given to both forms.
    broken = [
        (english, dutch)
        for english, dutch in pairs()
        if (set(PLACEHOLDER.findall(dutch)) ^ set(PLACEHOLDER.findall(english))) - {"{n}"}
    ]
    assert broken == []


def test_words_that_the_guide_forbids_are_not_used() -> None:
    forbidden = re.compile(
        r"\b(u|uw|dient|middels|betreffende|succesvol|error)\b|weet je het zeker"
    )
    assert [d for e, d in pairs() if forbidden.search(d) and d not in TO_PARENTS] == []


# Lines that are printed on paper for parents, who are addressed with u.
TO_PARENTS = {
    "Dit is uw eigen exemplaar",
    (
        "U mag vragen om feiten te verbeteren, of om uw eigen zienswijze naast een tekst te"
        " zetten. U mag vragen om gegevens te wissen. U kunt een klacht indienen bij de"
        " Autoriteit Persoonsgegevens."
    ),
}


@pytest.mark.parametrize(
    ("sector", "expected"), [("VO", "Klas 2B"), ("PO", "Groep 2B"), ("MBO", "Klas 2B")]
)
def test_sector_words_overlay_the_language(sector: str, expected: str) -> None:
    i18n.activate("nl", sector)
    assert i18n._("Group {name}").format(name="2B") == expected


@pytest.mark.parametrize("sector", sectors.SECTORS)
def test_overlays_are_those_of_the_base(sector: str) -> None:
    with sectors.path(sector).open("rb") as file:
        kept = {(m.id, m.string) for m in read_po(file, locale="nl") if m.id}
    assert kept == {(m.id, m.string) for m in sectors.overlay(sector) if m.id}


def test_english_is_what_the_code_says() -> None:
    i18n.activate("en")
    assert i18n._("Report incident") == "Report incident"
    i18n.activate("nl")
    assert i18n._("Report incident") == "Incident melden"
