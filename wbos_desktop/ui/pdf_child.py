"""The child that draws the pages of a PDF from outside (drawn by PDFium, which is C++).

It has no vault and no keys, writes no file, and ends with its parent. In: the length of the PDF,
the PDF, then one ASK for each drawing. Out: one ANSWER with the number of pages, then for each
ASK an ANSWER and the points of the drawing, four bytes each, as in QImage's ARGB32.
"""

from __future__ import annotations

import sys
from struct import Struct
from typing import TYPE_CHECKING, BinaryIO

from wbos_desktop.confined import FONT_FOLDERS, limit, shut_files

if TYPE_CHECKING:
    from PySide6.QtCore import QSize, QSizeF
    from PySide6.QtGui import QImage
    from PySide6.QtPdf import QPdfDocument

LENGTH = Struct("<q")
ASK = Struct("<iiid")
"""Page from 0, box of dots to fit into (width, height), dots per point; 0 = as fits the box."""
ANSWER = Struct("<iiidd")
"""Number of pages or this page, drawing in dots (0, 0 = none), page in points."""
MAX_DOTS = 16_000_000
MAX_SIDE = 16_000
DATA_BYTES = 250_000_000
SECONDS = 600


def main() -> None:
    """The child."""
    limit(data_bytes=DATA_BYTES, seconds=SECONDS)
    from PySide6 import QtCore, QtGui, QtPdf  # noqa: F401 - after this no file of theirs opens

    shut_files(FONT_FOLDERS)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    (length,) = LENGTH.unpack(source.read(LENGTH.size))
    serve(source.read(length), source, sink)


def serve(content: bytes, source: BinaryIO, sink: BinaryIO) -> None:
    """Answer until the source ends."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
    from PySide6.QtPdf import QPdfDocument

    document, buffer = QPdfDocument(), QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document.load(buffer)
    sink.write(ANSWER.pack(max(document.pageCount(), 0), 0, 0, 0.0, 0.0))
    sink.flush()
    while len(asked := source.read(ASK.size)) == ASK.size:
        page, wide, high, scale = ASK.unpack(asked)
        _draw(document, page, QSize(wide, high), scale, sink)
        sink.flush()


def _draw(document: QPdfDocument, page: int, box: QSize, scale: float, sink: BinaryIO) -> None:
    points = document.pagePointSize(page)
    size = dots_of(points, box, scale)
    image = _drawing(document, page, size)
    if size.isEmpty() or image.isNull():
        sink.write(ANSWER.pack(page, 0, 0, 0.0, 0.0))
        return
    sink.write(ANSWER.pack(page, size.width(), size.height(), points.width(), points.height()))
    sink.write(image.constBits())


def _drawing(document: QPdfDocument, page: int, size: QSize) -> QImage:
    from PySide6.QtGui import QImage

    image = QImage() if size.isEmpty() else document.render(page, size)
    if not image.isNull() and image.format() != QImage.Format.Format_ARGB32:
        return image.convertToFormat(QImage.Format.Format_ARGB32)
    return image


def dots_of(points: QSizeF, box: QSize, scale: float) -> QSize:
    """The size to draw a page in; empty for one without a size. Never more than MAX_DOTS."""
    from PySide6.QtCore import QSize

    wide, high = points.width(), points.height()
    if not (0 < wide < float("inf") and 0 < high < float("inf")):
        return QSize()
    scale = scale or min(box.width() / wide, box.height() / high)
    scale = min(scale, (MAX_DOTS / wide / high) ** 0.5, MAX_SIDE / wide, MAX_SIDE / high)
    return QSize(max(round(wide * scale), 1), max(round(high * scale), 1))


if __name__ == "__main__":
    main()
