"""A PDF from outside, page by page: a child draws it (ui/pdf_drawer.py), here it is a picture."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QVBoxLayout, QWidget

from wbos_desktop.i18n import _
from wbos_desktop.ui.pdf_drawer import Ask, Drawing, PdfDrawer

from .labels import Label
from .message_strip import announce
from .pages_card import MARGIN, THUMB, PagesCard

_MAX_THUMBS = 300
_PATIENCE_MS = 400
_STEP = 24


class DrawnPage(QAbstractScrollArea):
    """One page as a picture, with scroll bars when it is larger than the room."""

    zoomed = Signal(int)
    changed = Signal()
    """Another number of pages."""
    thumbed = Signal()
    """A small page came."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(_("Page of the file"))
        self._count = self._page = 0
        self._factor = 1.0
        self._whole = True
        self._image = QImage()
        self._points = QSizeF()
        self._thumbs: dict[int, QPixmap] = {}
        self._bad: set[int] = set()
        self._words = self._label()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._ask_patience)
        self.drawer = PdfDrawer(self)
        self.drawer.opened.connect(self._opened)
        self.drawer.drawn.connect(self._drawn)
        self.drawer.failed.connect(self._failed)
        self.drawer.ended.connect(self._ended)

    def _label(self) -> Label:
        words = Label("", "body", wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self.viewport())
        column.setContentsMargins(32, 32, 32, 32)
        column.addWidget(words, 1)
        words.hide()
        return words

    def open(self, content: bytes) -> None:
        """Show these bytes, from the first page; nothing is written to disk."""
        self.close_file()
        self._patience.start(_PATIENCE_MS)
        self.drawer.open(content)

    def close_file(self) -> None:
        """Show nothing, end the child, and let go of bytes and pictures."""
        self.drawer.close()
        self._patience.stop()
        self._count = self._page = 0
        self._image, self._points = QImage(), QSizeF()
        self._thumbs.clear()
        self._bad.clear()
        self._say("")
        self._lay_out()

    @property
    def words(self) -> str:
        """What is told instead of a page; "" while a page shows."""
        return "" if self._words.isHidden() else self._words.text()

    # ------------------------------------------------------------ as a Leaf
    def count(self) -> int:
        """The number of pages."""
        return self._count

    def current(self) -> int:
        """The page in view."""
        return self._page

    def turn_to(self, page: int) -> None:
        """Show this page."""
        if page == self._page and not self._image.isNull():
            return
        self._page = page
        self._image, self._points = QImage(), QSizeF()
        self._say("")
        self._patience.start(_PATIENCE_MS)
        self.verticalScrollBar().setValue(0)
        self._lay_out()
        self._ask_page()

    def factor(self) -> float:
        """How large the page is shown."""
        if self._whole and not self._points.isEmpty():
            return self._shown().width() / (self._points.width() * self._dots())
        return self._factor

    def set_factor(self, factor: float) -> None:
        """Show it so large from now on."""
        self._factor, self._whole = factor, False
        self._lay_out()
        self._ask_page()

    def show_whole(self) -> None:
        """Show the page as large as fits."""
        self._whole = True
        self._lay_out()
        self._ask_page()

    def thumb(self, page: int, ratio: float) -> QPixmap | None:
        """The page in the size THUMB; None until it is drawn."""
        if page not in self._thumbs and page not in self._bad:
            self.drawer.ask(Ask(page, THUMB * ratio, small=True))
        return self._thumbs.get(page)

    # ------------------------------------------------------------ answers
    def _ask_page(self) -> None:
        if self._count == 0 or self._page in self._bad:
            self._tell_bad()
            return
        ratio = self.devicePixelRatioF()
        dots = 0.0 if self._whole else self._factor * self._dots() * ratio
        self.drawer.ask(Ask(self._page, self._room() * ratio, dots))

    def _opened(self, pages: int) -> None:
        self._count = pages
        self.changed.emit()

    def _drawn(self, drawing: Drawing) -> None:
        asked, image = drawing.asked, drawing.image
        image.setDevicePixelRatio(self.devicePixelRatioF())
        if asked.small:
            while len(self._thumbs) >= _MAX_THUMBS:
                del self._thumbs[next(iter(self._thumbs))]
            self._thumbs[asked.page] = QPixmap.fromImage(image)
            self.thumbed.emit()
        elif asked.page == self._page:
            self._patience.stop()
            self._say("")
            self._image, self._points = image, drawing.points
            self._lay_out()

    def _failed(self, asked: Ask) -> None:
        self._bad.add(asked.page)
        if asked.page == self._page:
            self._tell_bad()

    def _ended(self) -> None:
        self._patience.stop()
        self._image, self._count, self._page = QImage(), 0, 0
        self._thumbs.clear()
        self._say(
            _("This file can't be shown here. It may be damaged or far too large. It is kept.")
        )
        self.changed.emit()

    def _tell_bad(self) -> None:
        if self._page in self._bad:
            self._patience.stop()
            self._image, self._points = QImage(), QSizeF()
            self._say(_("This page can't be shown here. It may be damaged or far too large."))

    def _ask_patience(self) -> None:
        self._say(_("One moment…"))

    def _say(self, words: str) -> None:
        if words and words != self.words:
            announce(self, words)
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self.setAccessibleDescription(words)
        self.viewport().update()

    # ------------------------------------------------------------ painting
    def _dots(self) -> float:
        return float(self.screen().logicalDotsPerInch()) / 72

    def _room(self) -> QSize:
        """What fits without scroll bars."""
        least = QSize(THUMB)
        return (self.maximumViewportSize() - QSize(MARGIN, MARGIN)).expandedTo(least)

    def _shown(self) -> QSize:
        """The page in px of the screen."""
        if self._points.isEmpty():
            return QSize()
        if self._whole:
            return self._points.scaled(self._room().toSizeF(), _RATIO).toSize().expandedTo(_DOT)
        wanted = self._points * self._factor * self._dots()
        return wanted.toSize().boundedTo(_FAR).expandedTo(_DOT)

    def _lay_out(self) -> None:
        room, shown = self.viewport().size(), self._shown() + QSize(MARGIN, MARGIN)
        bars = (self.horizontalScrollBar(), self.verticalScrollBar())
        pairs = ((room.width(), shown.width()), (room.height(), shown.height()))
        for bar, (has, needs) in zip(bars, pairs, strict=True):
            most = 0 if self._whole else max(needs - has, 0)
            share = bar.value() / bar.maximum() if bar.maximum() else 0.5
            bar.setRange(0, most)
            bar.setPageStep(has)
            bar.setSingleStep(_STEP)
            if bar is self.horizontalScrollBar():
                bar.setValue(round(share * most))
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        place = QRect(0, 0, *self._shown().toTuple())
        place.moveCenter(self.viewport().rect().center())
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        if across.maximum():
            place.moveLeft(MARGIN // 2 - across.value())
        if down.maximum():
            place.moveTop(MARGIN // 2 - down.value())
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(place, Qt.GlobalColor.white)
        painter.drawImage(place, self._image)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(1 if event.angleDelta().y() > 0 else -1)
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """PgDn goes down the page, and at its end to the next one; the other way PgUp."""
        bar = self.verticalScrollBar()
        ends = {Qt.Key.Key_PageDown: bar.maximum(), Qt.Key.Key_PageUp: bar.minimum()}
        if ends.get(Qt.Key(event.key())) == bar.value():
            event.ignore()
            return
        super().keyPressEvent(event)


_RATIO = Qt.AspectRatioMode.KeepAspectRatio
_DOT = QSize(1, 1)
_FAR = QSize(1 << 20, 1 << 20)
"""A page of kilometres is shown no larger."""


class DrawnPdf(PagesCard):
    """Shows an attached PDF; nobody knows what is in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        sheet = DrawnPage()
        super().__init__(sheet, sheet, parent)
        self.sheet = sheet
        sheet.zoomed.connect(self.zoom_by)
        sheet.changed.connect(self._show_first)
        sheet.thumbed.connect(self.thumbs.viewport().update)

    def set_pdf(self, content: bytes) -> None:
        """Show these bytes; nothing is written to disk."""
        self.sheet.open(content)

    def _show_first(self) -> None:
        self.show_pages(0)

    def clear(self) -> None:
        """End the child at once, and let go of the bytes and pictures."""
        self.sheet.close_file()
        self._model.set_pages(0)
        self.show_place()
