"""The program's own outline icons, drawn as vectors on a PDF page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from wbos_desktop import paths

_PATH = re.compile(r'<path(?![^>]*stroke="none")[^>]*\bd="([^"]+)"')
_TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
_ARGUMENTS = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "a": 7, "z": 0}

Segment = tuple[str, tuple[float, ...]]


@cache
def _segments(name: str) -> tuple[Segment, ...]:
    """Absolute move, line and curve segments of an icon on its 24 x 24 grid, y down."""
    source = paths.resource("icons", "outline", f"{name}.svg").read_text("utf-8")
    return tuple(part for data in _PATH.findall(source) for part in _parse(data))


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    tokens = _TOKEN.findall(data)
    at, command = 0, ""
    while at < len(tokens):
        if tokens[at].isalpha():
            command = tokens[at]
            at += 1
        size = _ARGUMENTS[command.lower()]
        yield command, [float(token) for token in tokens[at : at + size]]
        at += size
        if command in "Mm":
            command = "l" if command == "m" else "L"


def _parse(data: str) -> Iterator[Segment]:
    x = y = start_x = start_y = 0.0
    for command, values in _commands(data):
        kind, relative = command.lower(), command.islower()
        dx, dy = (x, y) if relative else (0.0, 0.0)
        if kind == "z":
            yield "l", (start_x, start_y)
            x, y = start_x, start_y
            continue
        if kind == "c":
            points = [v + (dx if i % 2 == 0 else dy) for i, v in enumerate(values)]
            yield "c", tuple(points)
            x, y = points[4], points[5]
            continue
        if kind == "a":
            end = values[5] + dx, values[6] + dy
            for curve in _arc((x, y), end, values[0], bool(values[3]), bool(values[4])):
                yield "c", curve
            x, y = end
            continue
        if kind == "h":
            x = values[0] + dx
        elif kind == "v":
            y = values[0] + dy
        else:
            x, y = values[0] + dx, values[1] + dy
        if kind == "m":
            start_x, start_y = x, y
        yield ("m" if kind == "m" else "l"), (x, y)


def _arc(
    start: tuple[float, float], end: tuple[float, float], radius: float, large: bool, sweep: bool
) -> Iterator[tuple[float, ...]]:
    """A circular arc as cubic curves (SVG 1.1 appendix F.6.5 for equal radii)."""
    (x1, y1), (x2, y2) = start, end
    half = math.hypot(x2 - x1, y2 - y1) / 2
    if half == 0:
        return
    radius = max(radius, half)
    height = math.sqrt(radius * radius - half * half) / half * (-1 if large == sweep else 1)
    cx = (x1 + x2) / 2 - height * (y2 - y1) / 2
    cy = (y1 + y2) / 2 + height * (x2 - x1) / 2
    first = math.atan2(y1 - cy, x1 - cx)
    turn = math.atan2(y2 - cy, x2 - cx) - first
    if sweep and turn < 0:
        turn += 2 * math.pi
    if not sweep and turn > 0:
        turn -= 2 * math.pi
    count = max(1, math.ceil(abs(turn) / (math.pi / 2)))
    step = turn / count
    reach = 4 / 3 * math.tan(step / 4) * radius
    for i in range(count):
        a, b = first + i * step, first + (i + 1) * step
        yield (
            cx + radius * math.cos(a) - reach * math.sin(a),
            cy + radius * math.sin(a) + reach * math.cos(a),
            cx + radius * math.cos(b) + reach * math.sin(b),
            cy + radius * math.sin(b) - reach * math.cos(b),
            cx + radius * math.cos(b),
            cy + radius * math.sin(b),
        )


def draw_icon(
    canvas: Canvas, name: str, x: float, y: float, size: float, ink: Color, width: float = 1.75
) -> None:
    """Draw an icon with its lower left corner at (x, y); `width` is the stroke on the 24 grid."""
    canvas.saveState()
    canvas.translate(x, y + size)
    canvas.scale(size / 24, -size / 24)
    canvas.setStrokeColor(ink)
    canvas.setLineWidth(width)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    path = canvas.beginPath()
    for kind, points in _segments(name):
        if kind == "c":
            path.curveTo(*points)
        elif kind == "m":
            path.moveTo(*points)
        else:
            path.lineTo(*points)
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.restoreState()
