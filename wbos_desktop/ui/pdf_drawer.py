"""Asks a child for the pages of a PDF from outside, one drawing at a time.

    drawer.open(content)               a child starts and gets the PDF
      opened(pages)                    or `ended`: it could not be read
    drawer.ask(Ask(page, ...))         `drawn` with the picture, or `failed` with the page

A child that dies or takes too long on a page is ended; another one draws what is asked next.
What it writes is checked: a file may have taken the child over.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from math import isfinite

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QSize, QSizeF, QTimer, Signal
from PySide6.QtGui import QImage

from wbos_desktop import confined
from wbos_desktop.ui.pdf_child import ANSWER, ASK, LENGTH, MAX_DOTS, MAX_SIDE

PAGE_MS = 20_000
MAX_PAGES = 100_000
_MAX_DEATHS = 5
_DOT_BYTES = 4


@dataclass(frozen=True)
class Ask:
    """A page (from 0) in `dots` per point, or as it fits the box. `small`: for the list."""

    page: int
    box: QSize
    dots: float = 0.0
    small: bool = False


@dataclass(frozen=True)
class Drawing:
    """The answer: the picture, and the size of the page in points."""

    asked: Ask
    image: QImage
    points: QSizeF


class PdfDrawer(QObject):
    """Draws the pages of one PDF at a time. `ended` means that nothing comes any more."""

    opened = Signal(int)
    drawn = Signal(object)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._content = b""
        self._pages = -1
        self._deaths = 0
        self._process: QProcess | None = None
        self._greeted = False
        self._busy: Ask | None = None
        self._next: Ask | None = None
        self._small: list[Ask] = []
        self._received = bytearray()
        self._watchdog = QTimer(self)
        self._watchdog.setSingleShot(True)
        self._watchdog.timeout.connect(self._died)

    @property
    def running(self) -> bool:
        """True while a child lives."""
        return self._process is not None

    def open(self, content: bytes) -> None:
        """Draw from these bytes from now on."""
        self.close()
        self._content = content
        self._start()

    def close(self) -> None:
        """End the child at once, and let go of the bytes."""
        self._end_child()
        self._content, self._pages, self._deaths = b"", -1, 0
        self._next, self._small = None, []

    def ask(self, asked: Ask) -> None:
        """Draw this soon. Of the large ones only the last that was asked is drawn."""
        if not self._content:
            return
        if asked.small:
            if asked not in self._small and asked != self._busy:
                self._small.append(asked)
        else:
            self._next = asked
        self._go_on()

    # ------------------------------------------------------------ child
    def _start(self) -> None:
        process = QProcess(self)
        known = QProcessEnvironment()
        for name, value in confined.environment().items():
            known.insert(name, value)
        process.setProcessEnvironment(known)
        process.setProgram(sys.executable)
        process.setArguments(confined.arguments("wbos_desktop.ui.pdf_child"))
        process.setStandardErrorFile(QProcess.nullDevice())
        if sys.platform != "win32":  # there nothing that is open goes along by itself
            process.setUnixProcessParameters(QProcess.UnixProcessFlag.CloseFileDescriptors)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._died)
        process.errorOccurred.connect(self._died)
        self._process = process
        self._watchdog.start(PAGE_MS)
        process.start()
        if self._process is process:  # it may have failed to start
            process.write(LENGTH.pack(len(self._content)) + self._content)

    def _end_child(self) -> None:
        self._watchdog.stop()
        process, self._process = self._process, None
        self._busy, self._greeted = None, False
        self._received.clear()
        if process is None:
            return
        process.readyReadStandardOutput.disconnect(self._read)
        process.finished.disconnect(self._died)
        process.errorOccurred.disconnect(self._died)
        if process.state() != QProcess.ProcessState.NotRunning:
            process.kill()
            process.waitForFinished(1000)
        process.deleteLater()

    def _died(self, *_how: object) -> None:
        """The child is gone, or must go: it took too long or wrote what can't be."""
        if self._process is None:
            return
        lost, opening = self._busy, not self._greeted
        self._end_child()
        self._deaths += 1
        if opening or self._deaths >= _MAX_DEATHS:
            self.close()
            self.ended.emit()
            return
        if lost is not None:
            self.failed.emit(lost)
        self._go_on()

    # ------------------------------------------------------------ questions
    def _go_on(self) -> None:
        if self._process is None:
            if self._next is not None or self._small:
                self._start()
            return
        if self._busy is not None or not self._greeted:
            return
        if self._next is not None:
            self._busy, self._next = self._next, None
        elif self._small:
            self._busy = self._small.pop()  # what came into view last
        else:
            return
        asked = self._busy
        box = asked.box
        self._watchdog.start(PAGE_MS)
        self._process.write(ASK.pack(asked.page, box.width(), box.height(), asked.dots))

    def _read(self) -> None:
        if self._process is None:
            return
        self._received += self._process.readAllStandardOutput().data()
        if len(self._received) < ANSWER.size:
            return
        number, wide, high, points_wide, points_high = ANSWER.unpack_from(self._received)
        points = QSizeF(points_wide, points_high)
        if not self._believable(number, QSize(wide, high), points):
            self._died()
            return
        end = ANSWER.size + wide * high * _DOT_BYTES
        if len(self._received) < end:
            return
        if len(self._received) > end:  # nobody asked for more
            self._died()
            return
        answer, self._received = self._received, bytearray()
        self._watchdog.stop()
        if self._busy is None:
            self._greet(number)
        else:
            self._deliver(self._busy, QSize(wide, high), points, answer)

    def _believable(self, number: int, size: QSize, points: QSizeF) -> bool:
        wide, high = size.width(), size.height()
        if self._busy is None:
            return not self._greeted and 0 <= number <= MAX_PAGES and wide == high == 0
        return (
            number == self._busy.page
            and 0 <= wide <= MAX_SIDE
            and 0 <= high <= MAX_SIDE
            and wide * high <= MAX_DOTS + 2 * MAX_SIDE  # sides are rounded
            and all(isfinite(side) and side >= 0 for side in (points.width(), points.height()))
        )

    def _greet(self, pages: int) -> None:
        if pages == 0 or self._pages not in (-1, pages):
            self.close()
            self.ended.emit()
            return
        self._greeted = True
        if self._pages == -1:
            self._pages = pages
            self.opened.emit(pages)
        self._go_on()

    def _deliver(self, asked: Ask, size: QSize, points: QSizeF, answer: bytearray) -> None:
        self._busy = None
        if size.isEmpty():
            self.failed.emit(asked)
        else:
            dots, form = memoryview(answer)[ANSWER.size :], QImage.Format.Format_ARGB32
            image = QImage(dots, size.width(), size.height(), size.width() * _DOT_BYTES, form)
            self.drawn.emit(Drawing(asked, image.copy(), points))
        self._go_on()
