"""Drawn marks of the PDF documents: norm badges, step signs, track edges and the Normenlint.

Every mark differs by shape, so that a page in black and white says the same (ui.md section 11).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Table

from wbos_desktop.domain.charts import Bar, NormRibbon, RibbonRow, Span
from wbos_desktop.domain.norms import kind_title, response_title
from wbos_desktop.i18n import _, ngettext, short_month

from .icons import draw_icon
from .ink import BOLD, REGULAR, SEMIBOLD, Typesetter, colour
from .pdf import INNER, fitted, grid

TRACK_ICONS = {
    "general": "shield-lock",
    "consequence": "scale",
    "repair": "bandage",
    "support": "lifebuoy",
}
TRACK_INKS = {
    "general": "text.primary",
    "consequence": "track.consequence.ink",
    "repair": "track.repair.ink",
    "support": "track.support.ink",
}
_BAR_HEIGHTS = {1: 2.6, 2: 6.0, 3: 10.5}


class NormBadge(Flowable):
    """The letter of a norm: an open square for a burdening one, a filled disc for a helping one."""

    def __init__(self, code: str, prosocial: bool, size: float = 14) -> None:
        super().__init__()
        self.width = self.height = size
        self._code, self._prosocial = code, prosocial

    def draw(self) -> None:
        """Draw the badge in its box."""
        draw_badge(self.canv, self._code, self._prosocial, 0, 0, self.width)


def draw_badge(canvas: Canvas, code: str, prosocial: bool, x: float, y: float, size: float) -> None:
    """A norm badge with its lower left corner at (x, y)."""
    clay, petrol = colour("valence.strongUndesirable"), colour("valence.strongDesirable")
    canvas.setLineWidth(max(1.1, size / 16))
    if prosocial:
        canvas.setFillColor(petrol)
        canvas.circle(x + size / 2, y + size / 2, size / 2, stroke=0, fill=1)
        canvas.setFillColor(colour("surface.card"))
    else:
        canvas.setStrokeColor(clay)
        canvas.setFillColor(colour("surface.card"))
        canvas.roundRect(x + 0.6, y + 0.6, size - 1.2, size - 1.2, size / 6, stroke=1, fill=1)
        canvas.setFillColor(clay)
    text = fitted(code, size - 2, size * 0.55, BOLD)
    canvas.setFont(BOLD, size * 0.55)
    canvas.drawCentredString(x + size / 2, y + size * 0.31, text)


class StepSign(Flowable):
    """Filled disc with check, open disc, disc with '!', dashed disc: the state of a step."""

    def __init__(self, sign: str, size: float = 11) -> None:
        super().__init__()
        self.width = self.height = size
        self._sign = sign

    def draw(self) -> None:
        """Draw the sign in its box."""
        canvas, half = self.canv, self.width / 2
        ink = colour("text.primary")
        canvas.setStrokeColor(ink)
        canvas.setLineWidth(1.1)
        if self._sign == "done":
            canvas.setFillColor(ink)
            canvas.circle(half, half, half - 0.3, stroke=0, fill=1)
            draw_icon(canvas, "check", half - 3.5, half - 3.5, 7, colour("surface.card"), 3)
        elif self._sign == "late":
            canvas.setStrokeColor(colour("status.danger"))
            canvas.setLineWidth(1.5)
            canvas.circle(half, half, half - 0.8, stroke=1, fill=0)
            canvas.setFillColor(colour("status.danger"))
            canvas.setFont(BOLD, self.width * 0.75)
            canvas.drawCentredString(half, self.width * 0.24, "!")
        elif self._sign in ("skipped", "waiting"):
            canvas.setDash(1.6, 1.6)
            canvas.setStrokeColor(colour("text.secondary"))
            canvas.circle(half, half, half - 0.6, stroke=1, fill=0)
            canvas.setDash()
            if self._sign == "skipped":
                canvas.setLineWidth(1)
                canvas.line(half - 2, half, half + 2, half)
        else:
            canvas.circle(half, half, half - 0.6, stroke=1, fill=0)


class Legend(Flowable):
    """The step signs with their words."""

    def __init__(self, signs: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._signs = tuple(signs)
        self.width, self.height = INNER, 18.0

    def draw(self) -> None:
        """Draw signs and words in one line."""
        x = 0.0
        for sign, word in self._signs:
            mark = StepSign(sign, 8.5)
            mark.canv = self.canv
            self.canv.saveState()
            self.canv.translate(x, 3)
            mark.draw()
            self.canv.restoreState()
            self.canv.setFillColor(colour("text.secondary"))
            self.canv.setFont(REGULAR, 8.5)
            self.canv.drawString(x + 12, 5, word)
            x += 12 + stringWidth(word, REGULAR, 8.5) + 18


def edged(rows: Sequence[Sequence[Any]], widths: Sequence[float], track: str) -> Table:
    """Rows with the edge of their track: solid, double or dotted; plain for the general steps."""
    ink = colour(TRACK_INKS[track])
    edge: dict[str, tuple[Any, ...]] = {
        "general": ("LINEBEFORE", (1, 0), (1, -1), 0.8, ink),
        "consequence": ("LINEBEFORE", (1, 0), (1, -1), 4.2, ink, 0),
        "repair": ("LINEBEFORE", (1, 0), (1, -1), 1.2, ink, 0, None, None, 2, 2.2),
        "support": ("LINEBEFORE", (1, 0), (1, -1), 3.4, ink, 1, (0, 6.3)),
    }
    soft = colour("line.soft")
    return grid(
        rows,
        widths,
        [
            edge[track],
            ("LINEABOVE", (2, 0), (-1, -1), 0.7, soft),
            ("LINEBELOW", (2, -1), (-1, -1), 0.7, soft),
        ],
    )


def _hatch(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    canvas.saveState()
    path = canvas.beginPath()
    path.roundRect(x, y, width, height, min(1.8, width / 2))
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.setLineWidth(0.8)
    at = x - height
    while at < x + width:
        canvas.line(at, y, at + height, y + height)
        at += 2.4
    canvas.restoreState()


class Ribbon(Flowable):
    """The Normenlint: solid bars for helping norms, hatched for burdening, dashed when weak."""

    LEFT = 52 * mm
    ROW = 15.5

    def __init__(self, ribbon: NormRibbon, type_: Typesetter) -> None:
        super().__init__()
        self._ribbon, self._type = ribbon, type_
        self._chart = INNER - self.LEFT - 2
        rows = len(ribbon.rows)
        self._plot = rows * self.ROW + (8 if self._split else 0)
        lower = 14 + (22 if ribbon.responses else 0)
        self.width, self.height = INNER, self._plot + lower + 8

    @property
    def _split(self) -> bool:
        return 0 < self._ribbon.above < len(self._ribbon.rows)

    def _x(self, fraction: float) -> float:
        return self.LEFT + fraction * self._chart

    def _y(self, index: int) -> float:
        gap = 8 if self._split and index >= self._ribbon.above else 0
        return self.height - 4 - (index + 0.5) * self.ROW - gap

    def draw(self) -> None:
        """Draw behind to front: holidays, observation lines, bars, flags, labels, responses."""
        for holiday in self._ribbon.holidays:
            self._holiday(holiday)
        self._marks()
        if self._split:
            self.canv.setStrokeColor(colour("text.primary"))
            self.canv.setLineWidth(1)
            y = self.height - 4 - self._ribbon.above * self.ROW - 4
            self.canv.line(0, y, INNER, y)
        for index, row in enumerate(self._ribbon.rows):
            self._row(index, row)
        self._flags()
        self._responses()

    def _holiday(self, span: Span) -> None:
        canvas, bottom = self.canv, self.height - 4 - self._plot
        canvas.saveState()
        path = canvas.beginPath()
        path.rect(self._x(span.start), bottom, (span.end - span.start) * self._chart, self._plot)
        canvas.clipPath(path, stroke=0, fill=0)
        canvas.setStrokeColor(colour("line.soft"))
        canvas.setLineWidth(0.5)
        x = self._x(span.start) - self._plot
        while x < self._x(span.end):
            canvas.line(x, bottom, x + self._plot, bottom + self._plot)
            x += 4
        canvas.restoreState()

    def _marks(self) -> None:
        canvas, bottom = self.canv, self.height - 4 - self._plot
        canvas.setLineWidth(0.6)
        for mark in self._ribbon.marks:
            canvas.setStrokeColor(colour("line.strong"))
            if mark.planned:
                canvas.setDash(2, 2)
            canvas.line(self._x(mark.x), bottom, self._x(mark.x), self.height)
            canvas.setDash()
            if mark.label:
                word = f"{mark.day.day} {short_month(mark.day.month)}"
                self._label(self._x(mark.x), bottom - 10, word)
        today = self._ribbon.today
        if today is not None:
            canvas.setStrokeColor(colour("action.primary"))
            canvas.setLineWidth(1.1)
            canvas.line(self._x(today), bottom, self._x(today), self.height)
            if not any(m.label and abs(m.x - today) < 0.09 for m in self._ribbon.marks):
                self._label(self._x(today), bottom - 10, _("today"), SEMIBOLD)

    def _label(self, x: float, y: float, word: str, font: str = REGULAR) -> None:
        half = stringWidth(word, font, 8) / 2
        x = min(max(x, self.LEFT + half), INNER - half)
        self.canv.setFillColor(colour("text.secondary"))
        self.canv.setFont(font, 8)
        self.canv.drawCentredString(x, y, word)

    def _row(self, index: int, row: RibbonRow) -> None:
        y = self._y(index)
        draw_badge(self.canv, row.norm.code, row.prosocial, 0, y - 6, 12)
        self.canv.setFillColor(colour("text.primary"))
        self.canv.setFont(REGULAR, 9)
        title = self._type.plain(row.norm.title)
        self.canv.drawString(17, y - 3, fitted(title, self.LEFT - 22, 9))
        for bar in row.bars:
            self._bar(bar, y, row.prosocial)

    def _bar(self, bar: Bar, y: float, prosocial: bool) -> None:
        canvas = self.canv
        x, end = self._x(bar.start) + 0.8, self._x(bar.end) - 0.8
        width, height = max(end - x, 1.5), _BAR_HEIGHTS[bar.strength]
        if prosocial:
            canvas.setFillColor(colour("valence.strongDesirable"))
            canvas.roundRect(x, y - height / 2, width, height, min(1.8, width / 2), 0, 1)
            return
        clay = colour("valence.strongUndesirable")
        canvas.setStrokeColor(clay)
        if bar.strength == 1:
            canvas.setLineWidth(2)
            canvas.setDash(4, 2)
            canvas.line(x, y, x + width, y)
            canvas.setDash()
            return
        _hatch(canvas, x, y - height / 2, width, height)
        canvas.setLineWidth(0.9)
        canvas.roundRect(x, y - height / 2, width, height, min(1.8, width / 2), 1, 0)

    def _flags(self) -> None:
        ink = colour("text.primary")
        for flag in self._ribbon.flags:
            row = flag.row if flag.row is not None else len(self._ribbon.rows) - 1
            x, y = self._x(flag.x), self._y(row) + 5.2
            self.canv.setStrokeColor(ink)
            self.canv.setFillColor(ink)
            self.canv.setLineWidth(0.8)
            self.canv.line(x, y, x, y + 6)
            path = self.canv.beginPath()
            for step, point in enumerate(((x, y + 6), (x + 5, y + 4.4), (x, y + 2.8))):
                (path.lineTo if step else path.moveTo)(*point)
            self.canv.drawPath(path, stroke=0, fill=1)

    def _responses(self) -> None:
        if not self._ribbon.responses:
            return
        canvas = self.canv
        canvas.setFont(REGULAR, 9)
        canvas.setFillColor(colour("text.primary"))
        canvas.drawString(0, 5, _("Response of the team"))
        for span in self._ribbon.responses:
            x, width = self._x(span.start) + 0.8, (span.end - span.start) * self._chart - 1.6
            if span.kind == "ignore":
                canvas.setDash(2, 2)
            canvas.setStrokeColor(colour("line.strong"))
            canvas.setLineWidth(0.7)
            canvas.setFillColor(colour("surface.card" if span.kind == "ignore" else "state.hover"))
            canvas.roundRect(x, 1, max(width, 2), 13, 2.5, 1, 1)
            canvas.setDash()
            word = fitted(response_title(span.kind), width - 6, 8)
            canvas.setFillColor(colour("text.primary"))
            canvas.setFont(REGULAR, 8)
            if len(word) > 3:
                canvas.drawString(x + 4, 4.8, word)


class RibbonLegend(Flowable):
    """What solid, hatched and dashed bars mean, and how many norms are not drawn."""

    def __init__(self, more: int) -> None:
        super().__init__()
        self._more = more
        self.width, self.height = INNER, 12.0

    def draw(self) -> None:
        """Draw the marks with their words at the right."""
        canvas, x = self.canv, Ribbon.LEFT
        canvas.setFont(REGULAR, 8.5)
        canvas.setFillColor(colour("valence.strongDesirable"))
        canvas.roundRect(x, 2, 15, 6.5, 1.5, 0, 1)
        x = self._word(x + 19, kind_title("prosocial"))
        canvas.setStrokeColor(colour("valence.strongUndesirable"))
        _hatch(canvas, x, 2, 15, 6.5)
        canvas.setLineWidth(0.9)
        canvas.roundRect(x, 2, 15, 6.5, 1.5, 1, 0)
        x = self._word(x + 19, kind_title("burdening"))
        x = self._word(x, _("thickness = strength"))
        if self._more:
            self._word(x, ngettext("{n} norm more", "{n} norms more", self._more))

    def _word(self, x: float, word: str) -> float:
        self.canv.setFillColor(colour("text.secondary"))
        self.canv.drawString(x, 2.6, word)
        return x + stringWidth(word, REGULAR, 8.5) + 16
