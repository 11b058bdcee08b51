"""Which texts the program has, and which lack a Dutch translation."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"_": None, "in_records": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


def extracted() -> Catalog:
    """Every msgid of the package."""
    catalogue = Catalog()
    found = extract_from_dir(str(ROOT / "wbos_desktop"), keywords=KEYWORDS)
    for filename, lineno, message, _comments, context in found:
        catalogue.add(message, locations=[(filename, lineno)], context=context)
    return catalogue


def dutch() -> Catalog:
    """The Dutch catalogue as committed."""
    with (ROOT / "resources/locale/nl/LC_MESSAGES/wbos.po").open("rb") as file:
        return read_po(file, locale="nl")


def missing() -> list[Message]:
    """Messages without a Dutch text."""
    translated = dutch()
    return [m for m in extracted() if m.id and not _has_text(translated.get(m.id, m.context))]


def unused() -> list[Message]:
    """Dutch texts whose msgid is in no module any more."""
    known = extracted()
    return [m for m in dutch() if m.id and known.get(m.id, m.context) is None]


def _has_text(message: Message | None) -> bool:
    if message is None:
        return False
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


if __name__ == "__main__":
    for message in missing():
        print(f"no Dutch: {message.id!r} ({message.locations[0][0]})")
    for message in unused():
        print(f"unused: {message.id!r}")
    sys.exit(1 if missing() else 0)
