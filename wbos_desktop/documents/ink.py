"""Fonts, colours and text of PDF documents: the one place where user text becomes markup."""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from typing import Any

from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.fonts import addMapping
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

from wbos_desktop import paths

from .text import clean

REGULAR, ITALIC = "SourceSans3", "SourceSans3-It"
SEMIBOLD, BOLD = "SourceSans3-Semibold", "SourceSans3-Bold"
_FILES = {
    REGULAR: "SourceSans3-Regular.ttf",
    ITALIC: "SourceSans3-It.ttf",
    SEMIBOLD: "SourceSans3-Semibold.ttf",
    BOLD: "SourceSans3-Bold.ttf",
}

PARAGRAPH = 2_000
"""Longest paragraph in characters: reportlab gets slow, and fails, on longer ones."""

CELL = 600
"""Longest text in one table row; the rest goes on in the next row, so that no row fills a page."""

_WIDE_SIGN = 8.6
"""Points that the widest letters take in a table cell."""

_CELL_LINES = 44
"""Lines that a row may get: two thirds of a page."""

_VARIATION = re.compile("[\ufe00-\ufe0f]")
_NO_BREAK = re.compile(r"\S{60,}")


@cache
def register_fonts() -> frozenset[int]:
    """Embed Source Sans 3 in what follows; gives the code points that all four fonts have."""
    covered: set[int] | None = None
    for name, file in _FILES.items():
        font = TTFont(name, str(paths.resource("fonts", file)))
        pdfmetrics.registerFont(font)
        known = set(font.face.charToGlyph)
        covered = known if covered is None else covered & known
    addMapping(REGULAR, 0, 0, REGULAR)
    addMapping(REGULAR, 0, 1, ITALIC)
    addMapping(REGULAR, 1, 0, SEMIBOLD)
    addMapping(REGULAR, 1, 1, SEMIBOLD)
    # Else every file names Helvetica, which is not embedded.
    rl_config.canvas_basefontname = REGULAR
    # No address in a text may become a link.
    rl_config.trustedSchemes = []
    rl_config.trustedHosts = []
    return frozenset(covered or ())


@cache
def _tokens() -> dict[str, str]:
    data: dict[str, Any] = json.loads(paths.resource_bytes("theme", "tokens.json"))
    light: dict[str, str] = data["color"]["light"]
    return light


@cache
def colour(token: str) -> Color:
    """A colour of the light theme by its token, such as 'text.primary'. Raises KeyError."""
    return HexColor(_tokens()[token])


def hex_of(token: str) -> str:
    """The same colour for use inside markup: '#23211D'."""
    return _tokens()[token]


@cache
def style(name: str) -> ParagraphStyle:
    """A text style of the page grammar: body, small, note, strong, title, heading, ..."""
    register_fonts()
    ink, grey = "text.primary", "text.secondary"
    size, leading, font, token = {
        "title": (20, 25, SEMIBOLD, ink),
        "line": (10.5, 14, REGULAR, grey),
        "heading": (11.5, 15, SEMIBOLD, ink),
        "question": (11.5, 14.5, SEMIBOLD, ink),
        "fact": (11, 14, SEMIBOLD, ink),
        "quote": (9.5, 12.5, ITALIC, ink),
        "body": (9.5, 12.5, REGULAR, ink),
        "strong": (9.5, 12.5, SEMIBOLD, ink),
        "grey": (9.5, 12.5, REGULAR, grey),
        "note": (8.5, 11, REGULAR, grey),
        "right": (8.5, 11, REGULAR, grey),
        "strong_right": (9.5, 12.5, SEMIBOLD, ink),
    }[name]
    return ParagraphStyle(
        name,
        fontName=font,
        fontSize=size,
        leading=leading,
        textColor=colour(token),
        bulletFontName=REGULAR,
        alignment=TA_RIGHT if name.endswith("right") else 0,
        splitLongWords=1,
        uriWasteReduce=0,
    )


def pieces(text: str, size: int) -> list[str]:
    """The text cut into parts of at most `size`, at a space where there is one; never empty."""
    found = []
    while len(text) > size:
        at = max(text.rfind(" ", size // 2, size), text.rfind("\n", size // 2, size))
        cut = at if at > 0 else size
        found.append(text[:cut].strip())
        text = text[cut:].lstrip()
    found.append(text)
    return found


class Typesetter:
    """Makes paragraphs for one document and remembers whether a sign could not be printed."""

    def __init__(self) -> None:
        self._covered = register_fonts()
        self.missing = False

    def plain(self, text: str) -> str:
        """Clean text in one line, with '?' for what the font lacks: for canvas strings."""
        return self._printable(clean(text)).replace("\n", " ").strip()

    def markup(self, text: str) -> str:
        """User text as reportlab markup that shows it literally, newlines as breaks."""
        shown = self._printable(clean(text))
        return escape(_NO_BREAK.sub(_with_breaks, shown), quote=True).replace("\n", "<br/>")

    def line(self, text: str, name: str = "body") -> Paragraph:
        """One paragraph of at most 2,000 characters (longer text must use `flow`)."""
        return Paragraph(self.markup(text[:PARAGRAPH]), style(name))

    def marked(self, markup: str, name: str = "body") -> Paragraph:
        """A paragraph of markup made by a document out of `markup` parts and tags of its own."""
        return Paragraph(markup, style(name))

    def noted(self, text: str, note: str = "", token: str = "text.primary") -> Paragraph:
        """A heading in the ink of `token`, with a grey note beside it."""
        grey = f'<font name="{REGULAR}" size="9" color="{hex_of("text.secondary")}">'
        tail = f"{grey} &nbsp;{self.markup(shortened(note, 120))}</font>" if note else ""
        head = f'<font color="{hex_of(token)}">{self.markup(shortened(text, 200))}</font>'
        return Paragraph(head + tail, style("heading"))

    def flow(self, text: str, name: str = "body") -> list[Paragraph]:
        """Text of any length as paragraphs that may break over pages."""
        blocks = re.split(r"\n\s*\n", clean(text).strip())
        return [
            Paragraph(self.markup(part), style(name))
            for block in blocks
            if block.strip()
            for part in _lines_cut(block)
        ]

    def cells(self, text: str, name: str = "body", width: float = 120) -> list[Paragraph]:
        """Text for a table column of `width` points: one paragraph per row that it needs."""
        size = min(CELL, int(_CELL_LINES * width / _WIDE_SIGN))
        parts = _lines_cut(clean(text), size, 20)
        return [Paragraph(self.markup(part), style(name)) for part in parts]

    def cut(self, text: str, limit: int = 60, name: str = "body") -> Paragraph:
        """One line's worth for a box or a narrow cell: names, labels; cut with an ellipsis."""
        return Paragraph(self.markup(shortened(text, limit)), style(name))

    def _printable(self, text: str) -> str:
        if text.isascii():
            return text
        text = _VARIATION.sub("", text)
        shown = "".join(c if ord(c) in self._covered or c == "\n" else "?" for c in text)
        self.missing = self.missing or shown != text
        return shown


def brief(text: str, limit: int, lines: int = 6) -> bool:
    """True if the text may stand in a box, which never breaks over pages."""
    return len(text) <= limit and text.count("\n") < lines


def shortened(text: str, limit: int) -> str:
    """The text in one line of at most `limit` characters, with an ellipsis when it was cut."""
    plain = " ".join(clean(text[: limit * 4]).split())
    return plain if len(plain) <= limit else f"{plain[:limit].rstrip()}…"


def _lines_cut(text: str, size: int = PARAGRAPH, lines: int = 40) -> list[str]:
    rows = text.split("\n")
    parts: list[str] = []
    for start in range(0, len(rows), lines):
        parts += pieces("\n".join(rows[start : start + lines]), size)
    return parts


def _with_breaks(match: re.Match[str]) -> str:
    word = match[0]
    return " ".join(word[at : at + 50] for at in range(0, len(word), 50))
