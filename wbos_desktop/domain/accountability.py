"""Documents for those the school answers to, and who agreed that the program is used."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wbos_desktop.i18n import _, date_long

from .reports import ExportOptions, Masthead


@dataclass(frozen=True)
class KitPart:
    """A part of a document: paragraphs, rows of label and text, or lines to write on."""

    title: str
    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    lines: int = 0


@dataclass(frozen=True)
class KitRow:
    """A document that can be made; `use` says what it is for."""

    code: str
    title: str
    use: str


@dataclass(frozen=True)
class KitDocument:
    """A filled document. `file` is the beginning of its file name."""

    masthead: Masthead
    code: str
    file: str
    title: str
    parts: tuple[KitPart, ...]
    options: ExportOptions

    @property
    def text(self) -> str:
        """The document as plain text, for a letter or a school guide of the school's own."""
        found = [self.title]
        for part in self.parts:
            found += ["", part.title, *part.paragraphs]
            found += [f"{label}: {words}" for label, words in part.rows]
        return "\n".join(found) + "\n"


@dataclass(frozen=True)
class Agreement:
    """Who agreed that the school uses the program, and when; empty until it is written down.

    `heard` says that the participation council was heard.
    """

    agreed_by: str = ""
    agreed_on: dt.date | None = None
    heard: bool = False
    version: int = 0


def still_to_come(day: dt.date) -> str:
    """The sentence about a day that can't have been, with its year: that is what was missed."""
    text = _("{day} is still to come. Give the day, today or earlier.")
    return text.format(day=date_long(day, weekday=False))
