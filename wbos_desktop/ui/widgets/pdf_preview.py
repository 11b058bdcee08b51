"""The live preview of a PDF that this program made, from memory."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPixmap, QWheelEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QFrame, QWidget

from wbos_desktop.i18n import _

from .pages_card import MARGIN, THUMB, PagesCard

_SMALLEST = 0.125


class _View(QPdfView):
    """The page itself; Ctrl and the wheel zoom."""

    zoomed = Signal(int)

    def __init__(self, document: QPdfDocument) -> None:
        super().__init__()
        self._thumbs: dict[int, QPixmap] = {}
        self.setDocument(document)
        self.setPageMode(QPdfView.PageMode.SinglePage)
        self.setZoomMode(QPdfView.ZoomMode.Custom)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(_("Page of the preview"))

    def count(self) -> int:
        """The number of pages."""
        return int(self.document().pageCount())

    def current(self) -> int:
        """The page in view."""
        return int(self.pageNavigator().currentPage())

    def turn_to(self, page: int) -> None:
        """Show this page."""
        self.pageNavigator().jump(page, QPointF(), self.pageNavigator().currentZoom())

    def factor(self) -> float:
        """How large the page is shown."""
        return float(self.zoomFactor())

    def set_factor(self, factor: float) -> None:
        """Show it so large from now on."""
        self.setZoomFactor(factor)

    def show_whole(self) -> None:
        """Show the page as large as fits."""
        page = self.document().pagePointSize(max(self.current(), 0))
        if page.isEmpty():
            return
        # QPdfView's own fit forgets its margins and then needs a scroll bar
        dots = self.screen().logicalDotsPerInch() / 72
        wide = (self.width() - MARGIN) / (page.width() * dots)
        high = (self.height() - MARGIN) / (page.height() * dots)
        self.setZoomFactor(max(min(wide, high), _SMALLEST))

    def thumb(self, page: int, ratio: float) -> QPixmap | None:
        """The page in the size THUMB."""
        if page not in self._thumbs:
            size = QSize(round(THUMB.width() * ratio), round(THUMB.height() * ratio))
            made = QPixmap.fromImage(self.document().render(page, size))
            made.setDevicePixelRatio(ratio)
            self._thumbs[page] = made
        return self._thumbs[page]

    def forget(self) -> None:
        """The document changed."""
        self._thumbs.clear()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(1 if event.angleDelta().y() > 0 else -1)
            return
        super().wheelEvent(event)


class PdfPreview(PagesCard):
    """Shows the PDF of `set_pdf`; the page in view stays when the PDF is made again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        document = QPdfDocument()
        view = _View(document)
        super().__init__(view, view, parent)
        document.setParent(self)
        self.document, self.view = document, view
        self._buffer: QBuffer | None = None
        self.view.zoomed.connect(self.zoom_by)
        self.view.pageNavigator().currentPageChanged.connect(self._page_changed)

    def set_pdf(self, content: bytes) -> None:
        """Show these bytes; nothing is written to disk."""
        page = self.page()
        self.document.close()
        old = self._buffer
        buffer = QBuffer(self)
        buffer.setData(QByteArray(content))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._buffer = buffer
        self.document.load(buffer)
        if old is not None:
            old.close()
            old.deleteLater()
        self.view.forget()
        self.show_pages(page)

    def clear(self) -> None:
        """Show nothing, and let go of the bytes."""
        self.document.close()
        if self._buffer is not None:
            self._buffer.close()
            self._buffer.setData(QByteArray())
        self.view.forget()
        self._model.set_pages(0)
        self.show_place()

    def show_text(self, title: str) -> None:
        """Go to the page that this bookmark points to; nothing when there is none."""
        page = self._model.page_of(self.document, title)
        if page is not None:
            self.go_to(page)

    def _page_changed(self, _page: int) -> None:
        self.show_place()
