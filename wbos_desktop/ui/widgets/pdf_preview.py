"""The live preview: the real PDF, from memory, with thumbnails, page box and zoom."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPalette, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from wbos_desktop.i18n import _
from wbos_desktop.ui import paint, theme

from .buttons import Button, IconButton
from .cards import Card, Hairline
from .fields import TextField
from .labels import ElidedLabel, Label
from .page_model import PageModel

_THUMB = QSize(68, 96)
_ZOOM_STEP = 1.25
_ZOOM = (0.25, 4.0)
_STRIP = 104
_MARGIN = 16


class _ThumbDelegate(QStyledItemDelegate):
    """Paints one page small; the page in view has a petrol edge."""

    def __init__(self, document: QPdfDocument, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document
        self._made: dict[int, QPixmap] = {}

    def forget(self) -> None:
        """The document changed."""
        self._made.clear()

    def _pixmap(self, page: int, ratio: float) -> QPixmap:
        if page not in self._made:
            size = QSize(round(_THUMB.width() * ratio), round(_THUMB.height() * ratio))
            made = QPixmap.fromImage(self._document.render(page, size))
            made.setDevicePixelRatio(ratio)
            self._made[page] = made
        return self._made[page]

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        box: QRect = option.rect
        page = QRect(
            box.center().x() - _THUMB.width() // 2, box.top() + 6, _THUMB.width(), _THUMB.height()
        )
        painter.fillRect(page, Qt.GlobalColor.white)
        painter.drawPixmap(
            page.topLeft(), self._pixmap(index.row(), painter.device().devicePixelRatioF())
        )
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        edge, width = ("focus.ring", 2.5) if chosen else ("line.strong", 1)
        paint.rounded(painter, page.adjusted(-2, -2, 2, 2), 3, None, edge, width)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(_STRIP - 20, _THUMB.height() + 12)


class _View(QPdfView):
    """The page itself; Ctrl and the wheel zoom."""

    zoomed = Signal(int)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(1 if event.angleDelta().y() > 0 else -1)
            return
        super().wheelEvent(event)


class PdfPreview(Card):
    """Shows the PDF of `set_pdf`; the page in view stays when the PDF is made again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=0, parent=parent)
        self._buffer: QBuffer | None = None
        self._fits = True
        self.document = QPdfDocument(self)
        self.body.setSpacing(0)
        self.body.addLayout(self._bar())
        self.body.addWidget(Hairline())
        self.body.addLayout(self._pages(), 1)
        self.setAccessibleName(_("Preview"))
        theme.follow(self._restyle)
        self._show_page()

    def _bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 8, 12, 8)
        bar.setSpacing(6)
        self._head = Label(_("Preview"), "bodyStrong")
        bar.addWidget(self._head)
        self.state = ElidedLabel("", "caption")
        bar.addWidget(self.state, 1)
        self.previous_button = IconButton("chevron-left", _("Previous page"))
        self.previous_button.clicked.connect(self.previous_page)
        self.page_box = TextField(_("Page"), max_length=4, width=48)
        self.page_box.returnPressed.connect(self._typed)
        self.page_box.left.connect(self._typed)
        self.total = Label("", "small")
        self.next_button = IconButton("chevron-right", _("Next page"))
        self.next_button.clicked.connect(self.next_page)
        for widget in (self.previous_button, self.page_box, self.total, self.next_button):
            bar.addWidget(widget)
        bar.addStretch(1)
        out = IconButton("zoom-out", _("Zoom out"))
        out.clicked.connect(self.zoom_out)
        self.fit_button = Button(_("Fit"), "ghost")
        self.fit_button.clicked.connect(self.fit)
        closer = IconButton("zoom-in", _("Zoom in"))
        closer.clicked.connect(self.zoom_in)
        for button in (out, self.fit_button, closer):
            bar.addWidget(button)
        return bar

    def _pages(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        self._model = PageModel(self)
        self.thumbs = QListView()
        self.thumbs.setModel(self._model)
        self._delegate = _ThumbDelegate(self.document, self)
        self.thumbs.setItemDelegate(self._delegate)
        self.thumbs.setFrameShape(QFrame.Shape.NoFrame)
        self.thumbs.setFixedWidth(_STRIP)
        self.thumbs.setUniformItemSizes(True)
        self.thumbs.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.thumbs.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.thumbs.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.thumbs.setAccessibleName(_("Pages"))
        self.thumbs.selectionModel().currentChanged.connect(self._thumb_chosen)
        self.view = _View(self)
        self.view.setDocument(self.document)
        self.view.setPageMode(QPdfView.PageMode.SinglePage)
        self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setAccessibleName(_("Page of the preview"))
        self.view.zoomed.connect(self._zoom_by)
        self.view.pageNavigator().currentPageChanged.connect(self._page_changed)
        row.addWidget(self.thumbs)
        row.addWidget(self.view, 1)
        return row

    def _restyle(self) -> None:
        for widget in (self.view, self.thumbs):
            made = widget.palette()
            ground = theme.color("surface.sunken")
            for role in (
                QPalette.ColorRole.Base,
                QPalette.ColorRole.Window,
                QPalette.ColorRole.Dark,
            ):
                made.setColor(role, ground)
            widget.setPalette(made)
            widget.viewport().setPalette(made)

    # ------------------------------------------------------------ content
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
        self._delegate.forget()
        self._model.set_pages(self.document.pageCount())
        self.go_to(min(page, max(self.document.pageCount() - 1, 0)))
        if self._fits:
            self.fit()

    def clear(self) -> None:
        """Show nothing, and let go of the bytes."""
        self.document.close()
        if self._buffer is not None:
            self._buffer.close()
            self._buffer.setData(QByteArray())
        self._delegate.forget()
        self._model.set_pages(0)
        self._show_page()

    def set_state(self, text: str) -> None:
        """Quiet words beside the head, such as 'Bezig'."""
        self.state.setText(text)
        self._show_head()

    def _show_head(self) -> None:
        # in a narrow preview the news takes the place of the head
        self._head.setVisible(not self.state.text() or self.width() > theme.scaled(600))

    # ------------------------------------------------------------ pages
    def page(self) -> int:
        """The page in view, from 0."""
        return int(self.view.pageNavigator().currentPage())

    def go_to(self, page: int) -> None:
        """Show this page (from 0); outside the document nothing happens."""
        if 0 <= page < self.document.pageCount():
            self.view.pageNavigator().jump(page, QPointF(), self.view.pageNavigator().currentZoom())
        self._show_page()

    def show_text(self, title: str) -> None:
        """Go to the page that this bookmark points to; nothing when there is none."""
        page = self._model.page_of(self.document, title)
        if page is not None:
            self.go_to(page)

    def next_page(self) -> None:
        """Show the next page."""
        self.go_to(self.page() + 1)

    def previous_page(self) -> None:
        """Show the page before this one."""
        self.go_to(self.page() - 1)

    def _page_changed(self, _page: int) -> None:
        self._show_page()

    def _show_page(self) -> None:
        count = self.document.pageCount()
        page = self.page()
        self.page_box.setText(str(page + 1) if count else "")
        self.total.setText(_("of {n}").format(n=count) if count else "")
        self.previous_button.setEnabled(page > 0)
        self.next_button.setEnabled(page + 1 < count)
        index = self._model.index(page)
        if index.isValid() and self.thumbs.currentIndex() != index:
            self.thumbs.setCurrentIndex(index)

    def _thumb_chosen(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid() and index.row() != self.page():
            self.go_to(index.row())

    def _typed(self) -> None:
        text = self.page_box.text().strip()
        if text.isdigit() and int(text) - 1 != self.page():
            self.go_to(int(text) - 1)
        self._show_page()

    # ------------------------------------------------------------ zoom
    def fit(self) -> None:
        """One whole page in view, also after the window changed."""
        self._fits = True
        self.fit_button.setText(_("Fit"))
        page = self.document.pagePointSize(max(self.page(), 0))
        if page.isEmpty():
            return
        # QPdfView's own fit forgets its margins and then needs a scroll bar
        dots = self.screen().logicalDotsPerInch() / 72
        room = self.view.size()
        wide = (room.width() - _MARGIN) / (page.width() * dots)
        high = (room.height() - _MARGIN) / (page.height() * dots)
        self.view.setZoomFactor(max(min(wide, high), _ZOOM[0] / 2))

    def zoom_in(self) -> None:
        """A quarter larger."""
        self._zoom_by(1)

    def zoom_out(self) -> None:
        """A quarter smaller."""
        self._zoom_by(-1)

    def _zoom_by(self, steps: int) -> None:
        factor = float(self.view.zoomFactor()) * _ZOOM_STEP**steps
        factor = min(max(factor, _ZOOM[0]), _ZOOM[1])
        self._fits = False
        self.view.setZoomFactor(factor)
        self.fit_button.setText(f"{round(factor * 100)} %")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.handle_key(event):
            super().keyPressEvent(event)

    def handle_key(self, event: QKeyEvent) -> bool:
        """PgUp and PgDn turn pages, Ctrl with plus, minus and 0 zoom; True when it did."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        plain: dict[int, Any] = {
            Qt.Key.Key_PageDown: self.next_page,
            Qt.Key.Key_PageUp: self.previous_page,
        }
        zoom: dict[int, Any] = {
            Qt.Key.Key_Plus: self.zoom_in,
            Qt.Key.Key_Equal: self.zoom_in,
            Qt.Key.Key_Minus: self.zoom_out,
            Qt.Key.Key_0: self.fit,
        }
        action = (zoom if control else plain).get(event.key())
        if action is None:
            return False
        action()
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.thumbs.setVisible(self.width() > theme.scaled(420))
        self._show_head()
        if self._fits:
            QTimer.singleShot(0, self.fit)
