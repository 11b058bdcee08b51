"""Pages of a document: the page itself, small ones beside it, page box, zoom and keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPalette, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
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

THUMB = QSize(68, 96)
MARGIN = 16
_ZOOM_STEP = 1.25
_ZOOM = (0.25, 4.0)
_STRIP = 104


class Leaf(Protocol):
    """What shows one page at a time. Pages count from 0; a factor of 1 is the size on paper."""

    def count(self) -> int:
        """The number of pages."""

    def current(self) -> int:
        """The page in view."""

    def turn_to(self, page: int) -> None:
        """Show this page."""

    def factor(self) -> float:
        """How large the page is shown."""

    def set_factor(self, factor: float) -> None:
        """Show it so large from now on."""

    def show_whole(self) -> None:
        """Show the page as large as fits."""

    def thumb(self, page: int, ratio: float) -> QPixmap | None:
        """The page in the size THUMB with so many dots a px; None while there is none."""


class _ThumbDelegate(QStyledItemDelegate):
    """Paints one page small; the page in view has a petrol edge."""

    def __init__(self, thumb: Callable[[int, float], QPixmap | None], parent: QWidget) -> None:
        super().__init__(parent)
        self._thumb = thumb

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        box: QRect = option.rect
        page = QRect(
            box.center().x() - THUMB.width() // 2, box.top() + 6, THUMB.width(), THUMB.height()
        )
        painter.fillRect(page, Qt.GlobalColor.white)
        small = self._thumb(index.row(), painter.device().devicePixelRatioF())
        if small is not None:
            place = QRect(0, 0, *small.deviceIndependentSize().toSize().toTuple())
            place.moveCenter(page.center())
            painter.drawPixmap(place.topLeft(), small)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        edge, width = ("focus.ring", 2.5) if chosen else ("line.strong", 1)
        paint.rounded(painter, page.adjusted(-2, -2, 2, 2), 3, None, edge, width)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(_STRIP - 20, THUMB.height() + 12)


class PagesCard(Card):
    """The frame around a Leaf, which is the widget `view` itself."""

    def __init__(self, view: QAbstractScrollArea, leaf: Leaf, parent: QWidget | None) -> None:
        super().__init__(padding=0, parent=parent)
        self._fits = True
        self._view, self._leaf = view, leaf
        self.body.setSpacing(0)
        self.body.addLayout(self._bar())
        self.body.addWidget(Hairline())
        self.body.addLayout(self._pages(), 1)
        self.setAccessibleName(_("Preview"))
        theme.follow(self._restyle)
        self.show_place()

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
        self.page_box = TextField(_("Page"), max_length=5, width=52)
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
        self.thumbs.setItemDelegate(_ThumbDelegate(self._leaf.thumb, self))
        self.thumbs.setFrameShape(QFrame.Shape.NoFrame)
        self.thumbs.setFixedWidth(_STRIP)
        self.thumbs.setUniformItemSizes(True)
        self.thumbs.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.thumbs.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.thumbs.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.thumbs.setAccessibleName(_("Pages"))
        self.thumbs.selectionModel().currentChanged.connect(self._thumb_chosen)
        row.addWidget(self.thumbs)
        row.addWidget(self._view, 1)
        return row

    def _restyle(self) -> None:
        for widget in (self._view, self.thumbs):
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

    def show_pages(self, page: int) -> None:
        """There are other pages now; go to this one, or the last."""
        self._model.set_pages(self._leaf.count())
        self.go_to(min(page, max(self._leaf.count() - 1, 0)))
        if self._fits:
            self.fit()

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
        return self._leaf.current()

    def go_to(self, page: int) -> None:
        """Show this page (from 0); outside the document nothing happens."""
        if 0 <= page < self._leaf.count():
            self._leaf.turn_to(page)
        self.show_place()

    def next_page(self) -> None:
        """Show the next page."""
        self.go_to(self.page() + 1)

    def previous_page(self) -> None:
        """Show the page before this one."""
        self.go_to(self.page() - 1)

    def show_place(self) -> None:
        """Tell which page is in view, and which buttons lead on."""
        count = self._leaf.count()
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
        if text.isdecimal() and int(text) - 1 != self.page():
            self.go_to(int(text) - 1)
        self.show_place()

    # ------------------------------------------------------------ zoom
    def fit(self) -> None:
        """One whole page in view, also after the window changed."""
        self._fits = True
        self.fit_button.setText(_("Fit"))
        self._leaf.show_whole()

    def zoom_in(self) -> None:
        """A quarter larger."""
        self.zoom_by(1)

    def zoom_out(self) -> None:
        """A quarter smaller."""
        self.zoom_by(-1)

    def zoom_by(self, steps: int) -> None:
        """So many quarters larger, or smaller below 0."""
        factor = self._leaf.factor() * _ZOOM_STEP**steps
        factor = min(max(factor, _ZOOM[0]), _ZOOM[1])
        self._fits = False
        self._leaf.set_factor(factor)
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
