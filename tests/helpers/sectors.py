"""The overlay catalogues: Dutch texts in the words of a sector (roles.toml).

The base catalogue speaks of groep, leerling and mentor. `python3 dev.py texts` writes the
overlays; a test holds them against the base.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from tests.helpers import texts

LOCALE = texts.ROOT / "resources/locale/nl/LC_MESSAGES"
SECTORS = ("po", "vo", "go", "mbo")
NOUNS = {
    "pupil": ("leerling", "leerlingen"),
    "group": ("groep", "groepen"),
    "mentor": ("mentor", "mentoren"),
}
# The page keeps its name in every sector, as the manual and the pictures call it.
KEPT = {"Groups", "See the group. Do what is needed."}


def overlay(sector: str) -> Catalog:
    """Only the messages that sound different in this sector."""
    words = tomllib.loads((texts.ROOT / "resources/catalogues/roles.toml").read_text("utf-8"))
    swaps = {}
    for noun, base in NOUNS.items():
        word = words["words"][noun][sector]
        swaps.update(zip(base, (word["singular"], word["plural"]), strict=True))
    catalogue = Catalog(locale="nl", project="wbos-desktop", version="0.1.0", fuzzy=False)
    for message in texts.dutch():
        if message.id and message.id not in KEPT:
            _add(catalogue, message, swaps)
    return catalogue


def _add(catalogue: Catalog, message: Message, swaps: dict[str, str]) -> None:
    def spoken(text: str) -> str:
        for base, word in swaps.items():
            if base != word:
                text = re.sub(rf"\b{base}\b", word, text)
                text = re.sub(rf"\b{base.capitalize()}\b", word[0].upper() + word[1:], text)
        return text

    many = isinstance(message.string, tuple)
    said = tuple(spoken(text) for text in (message.string if many else (message.string,)))
    if said != (message.string if many else (message.string,)):
        catalogue.add(message.id, said if many else said[0], context=message.context)


def path(sector: str) -> Path:
    """Where the overlay of a sector is kept."""
    return LOCALE / f"sector-{sector}.po"


def write_overlays() -> None:
    """Write all overlays anew."""
    for sector in SECTORS:
        catalogue = overlay(sector)
        catalogue.creation_date = catalogue.revision_date = texts.dutch().creation_date
        with path(sector).open("wb") as file:
            write_po(file, catalogue, width=100, sort_output=True)


if __name__ == "__main__":
    write_overlays()
