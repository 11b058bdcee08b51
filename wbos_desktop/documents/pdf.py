"""The page grammar of ui.md section 11: frame of the page, title, headings, boxes, writing lines.

A document is filled top to bottom and built once, in memory: nothing is written to disk here.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from wbos_desktop import i18n
from wbos_desktop.domain.reports import Masthead
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress

from .icons import draw_icon
from .ink import REGULAR, SEMIBOLD, Typesetter, colour, style

WIDTH, HEIGHT = A4
MARGIN = 18 * mm
INNER = WIDTH - 2 * MARGIN
TOP, BOTTOM = 26 * mm, 20.5 * mm
TWO_ROWS = 30 * mm
"""A heading moves to the next page when less than this is left: it keeps with two rows."""


class PdfDocument:
    """One document in the making; `add` what it holds, then `build`."""

    def __init__(self, masthead: Masthead) -> None:
        self.masthead = masthead
        self.type = Typesetter()
        self._story: list[Flowable] = []
        self._bookmarks = 0

    def add(self, *flowables: Flowable) -> None:
        """Put flowables at the end."""
        self._story += flowables

    def space(self, points: float) -> None:
        """White space, dropped at the top of a page."""
        self._story.append(Spacer(1, points))

    def new_page(self) -> None:
        """Go on at the top of the next page."""
        self._story.append(PageBreak())

    def title(self, text: str, line: str = "", bookmark: str | None = "") -> None:
        """Title with a line of facts under it; the bookmark is the title, other words, or None."""
        self.add(CondPageBreak(TWO_ROWS))
        if bookmark is not None:
            self.add(self._bookmark(bookmark or text))
        self.add(self.type.line(text, "title"))
        if line:
            self.add(self.type.line(line, "line"))
        self.space(8)

    def heading(self, text: str, note: str = "") -> None:
        """Heading with a grey note beside it; keeps with what follows."""
        self.add(Spacer(1, 8), CondPageBreak(TWO_ROWS))
        self.add(self.type.noted(text, note), Spacer(1, 3))

    def flow(self, text: str, name: str = "body") -> None:
        """Text of any length."""
        for paragraph in self.type.flow(text, name):
            self.add(paragraph, Spacer(1, 3))

    def facts(self, facts: Sequence[tuple[str, Flowable | str]]) -> None:
        """The shaded strip: small labels above, values under them, in equal columns."""
        labels = [self.type.line(label, "note") for label, _value in facts]
        values = [self.type.cut(v, 50, "fact") if isinstance(v, str) else v for _l, v in facts]
        cells = [[label, value] for label, value in zip(labels, values, strict=True)]
        self.add(boxed([cells], [INNER / len(facts)] * len(facts)))

    def lines_to_write(self, count: int = 3) -> None:
        """'Besluit van vandaag': writing lines, then who and by when."""
        heading = self.type.line(_("Decision of today"), "heading")
        self.add(
            KeepTogether([Spacer(1, 8), heading, WritingLines(count, (_("Who"), _("Ready on")))])
        )

    def _bookmark(self, text: str) -> Bookmark:
        self._bookmarks += 1
        return Bookmark(f"b{self._bookmarks}", self.type.plain(text)[:120])

    def build(self, progress: Progress | None = None) -> bytes:
        """The finished file. Raises Cancelled when the progress was cancelled."""
        if self.type.missing:
            note = _("? stands for a character that this font cannot print.")
            self.add(Spacer(1, 8), self.type.line(note, "note"))
        out = BytesIO()
        template = _template(out, self.masthead, self.type, progress or Progress())
        template.build(self._story, canvasmaker=_NumberedCanvas)
        return out.getvalue()


class Bookmark(Flowable):
    """An entry of the outline that leads here; takes no room and stays with what follows."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__()
        self.width = self.height = 0
        self.keepWithNext = True
        self._key, self._text = key, text

    def draw(self) -> None:
        """Add the outline entry."""
        self.canv.bookmarkHorizontal(self._key, 0, 14)
        self.canv.addOutlineEntry(self._text, self._key, 0)


class WritingLines(Flowable):
    """Blank lines for a pen, then a labelled line for each of `labels`."""

    def __init__(self, count: int, labels: Sequence[str]) -> None:
        super().__init__()
        self._count, self._labels = count, tuple(labels)
        self.width, self.height = INNER, count * 20 + (20 if labels else 0)

    def draw(self) -> None:
        """Draw from the top down."""
        canvas = self.canv
        canvas.setStrokeColor(colour("line.strong"))
        canvas.setLineWidth(0.6)
        y = self.height
        for _line in range(self._count):
            y -= 20
            canvas.line(0, y, INNER, y)
        x = 0.0
        canvas.setFont(REGULAR, 8.5)
        canvas.setFillColor(colour("text.secondary"))
        for label, length in zip(self._labels, (62 * mm, 38 * mm), strict=False):
            canvas.drawString(x, y - 18, label)
            start = x + stringWidth(label, REGULAR, 8.5) + 6
            canvas.line(start, y - 20, start + length, y - 20)
            x = start + length + 14


class Drawn(Flowable):
    """A small drawing for a table cell: an icon of `size` points."""

    def __init__(self, icon: str, size: float, token: str, stroke: float = 1.75) -> None:
        super().__init__()
        self.width = self.height = size
        self._icon, self._token, self._stroke = icon, token, stroke

    def draw(self) -> None:
        """Draw the icon in its box."""
        draw_icon(self.canv, self._icon, 0, 0, self.width, colour(self._token), self._stroke)


def grid(
    rows: Sequence[Sequence[Any]],
    widths: Sequence[float],
    commands: Sequence[tuple[Any, ...]] = (),
    **options: Any,
) -> Table:
    """A table without lines and with little padding, across the page; may break between rows."""
    base: list[tuple[Any, ...]] = [
        ("FONTNAME", (0, 0), (-1, -1), REGULAR),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    return Table(
        [list(row) for row in rows],
        colWidths=list(widths),
        style=[*base, *commands],
        hAlign="LEFT",
        **options,
    )


def ruled(rows: Sequence[Sequence[Any]], widths: Sequence[float], **options: Any) -> Table:
    """A list with a hairline above each row and below the last."""
    soft = colour("line.soft")
    return grid(
        rows,
        widths,
        [
            ("LINEABOVE", (0, 0), (-1, -1), 0.7, soft),
            ("LINEBELOW", (0, -1), (-1, -1), 0.7, soft),
        ],
        **options,
    )


def boxes(left: Sequence[Flowable], right: Sequence[Flowable], share: float) -> Table:
    """Two shaded boxes of equal height; the left one gets `share` of the page."""
    gap = 8.0
    widths = [INNER * share - gap / 2, INNER * (1 - share) - gap / 2]
    cells = [[list(left)]], [[list(right)]]
    high = max(
        boxed(cell, [width]).wrap(width, HEIGHT)[1]
        for cell, width in zip(cells, widths, strict=True)
    )
    made = [
        boxed(cell, [width], rowHeights=[high]) for cell, width in zip(cells, widths, strict=True)
    ]
    return grid(
        [[made[0], made[1]]],
        [widths[0] + gap, widths[1]],
        [("RIGHTPADDING", (0, 0), (-1, -1), 0)],
    )


def boxed(rows: Sequence[Sequence[Any]], widths: Sequence[float], **options: Any) -> Table:
    """A shaded box with round corners, for short text only: it never breaks."""
    return grid(
        rows,
        widths,
        [
            ("BACKGROUND", (0, 0), (-1, -1), colour("surface.canvas")),
            ("BOX", (0, 0), (-1, -1), 0.7, colour("line.soft")),
            ("ROUNDEDCORNERS", [5, 5, 5, 5]),
            ("LEFTPADDING", (0, 0), (-1, -1), 9),
            ("TOPPADDING", (0, 0), (-1, -1), 6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
        ],
        **options,
    )


def in_rows(columns: Sequence[Sequence[Paragraph | Flowable]]) -> list[list[Any]]:
    """Columns of unequal length as table rows, the short ones filled up with ''."""
    height = max(len(column) for column in columns)
    return [[c[i] if i < len(c) else "" for c in columns] for i in range(height)]


class _NumberedCanvas(Canvas):
    """Writes 'page of pages' at the end, as a form that each page refers to."""

    def save(self) -> None:
        last = self.getPageNumber() - 1
        for number in range(1, last + 1):
            self.beginForm(f"page{number}", 0, 0, WIDTH, HEIGHT)
            self.setFont(SEMIBOLD, 8.5)
            self.setFillColor(colour("text.primary"))
            label = _("{page} of {pages}").format(page=number, pages=last)
            self.drawRightString(WIDTH - MARGIN, 13.5 * mm, label)
            self.endForm()
        super().save()


def _template(
    out: BytesIO, masthead: Masthead, type_: Typesetter, progress: Progress
) -> BaseDocTemplate:
    style("body")
    template = BaseDocTemplate(
        out,
        pagesize=A4,
        title=type_.plain(masthead.title),
        author=type_.plain(masthead.school),
        subject=type_.plain(masthead.document),
        creator="WBOS Desktop",
        lang="nl-NL" if i18n.language() == "nl" else "en-GB",
        displayDocTitle=True,
        initialFontName=REGULAR,
        initialFontSize=9.5,
        pageCompression=1,
    )

    def frame_page(canvas: Canvas, _template: BaseDocTemplate) -> None:
        progress.step(canvas.getPageNumber(), 0, _("Page {n}").format(n=canvas.getPageNumber()))
        _head(canvas, masthead, type_)
        _foot(canvas, masthead, type_)

    frame = Frame(
        MARGIN, BOTTOM, INNER, HEIGHT - TOP - BOTTOM, 0, 0, 0, 0, id="page", showBoundary=0
    )
    template.addPageTemplates([PageTemplate("page", [frame], onPage=frame_page)])
    return template


def _head(canvas: Canvas, masthead: Masthead, type_: Typesetter) -> None:
    y = HEIGHT - 17 * mm
    ink, grey = colour("text.primary"), colour("text.secondary")
    draw_icon(canvas, "lock", MARGIN - 1, y - 1.6, 9.5, ink, 2)
    canvas.setFillColor(ink)
    canvas.setFont(SEMIBOLD, 8.5)
    word = _("Confidential")
    canvas.drawString(MARGIN + 11, y, word)
    canvas.setFont(REGULAR, 8.5)
    canvas.setFillColor(grey)
    start = MARGIN + 11 + stringWidth(word, SEMIBOLD, 8.5) + 6
    canvas.drawString(start, y, fitted(type_.plain(masthead.readers), 82 * mm, 8.5))
    school = fitted(type_.plain(masthead.school), 58 * mm, 8.5)
    canvas.drawRightString(WIDTH - MARGIN, y, school)
    canvas.setStrokeColor(ink)
    canvas.setLineWidth(1)
    canvas.line(MARGIN, y - 6, WIDTH - MARGIN, y - 6)


def _foot(canvas: Canvas, masthead: Masthead, type_: Typesetter) -> None:
    canvas.setStrokeColor(colour("line.strong"))
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, 18 * mm, WIDTH - MARGIN, 18 * mm)
    canvas.setFont(REGULAR, 8.5)
    canvas.setFillColor(colour("text.secondary"))
    canvas.drawString(MARGIN, 13.5 * mm, fitted(type_.plain(masthead.document), 56 * mm, 8.5))
    made = _("Made on {day}, {time} by {name}").format(
        day=i18n.date_long(masthead.made_at.date(), weekday=False),
        time=i18n.time_text(masthead.made_at.time()),
        name=masthead.made_by,
    )
    canvas.drawCentredString(WIDTH / 2 + 8 * mm, 13.5 * mm, fitted(type_.plain(made), 84 * mm, 8.5))
    if masthead.print_line:
        canvas.drawString(MARGIN, 9.5 * mm, fitted(type_.plain(masthead.print_line), 100 * mm, 8.5))
    if canvas.getPageNumber() == 1 and masthead.destroy_line:
        canvas.drawRightString(WIDTH - MARGIN, 9.5 * mm, type_.plain(masthead.destroy_line))
    canvas.doForm(f"page{canvas.getPageNumber()}")


def fitted(text: str, width: float, size: float, font: str = REGULAR) -> str:
    """The text, cut with an ellipsis when it is wider than `width` points."""
    if stringWidth(text, font, size) <= width:
        return text
    while text and stringWidth(f"{text}…", font, size) > width:
        text = text[:-1] if len(text) < 200 else text[:199]
    return f"{text.rstrip()}…"
