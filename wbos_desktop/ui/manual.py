"""Help inside the program: the manual, open at the chapter of the page in view (F1).

The manual is one shipped Markdown file in Dutch. `## Title <!-- code -->` begins a chapter; the
code is that of a rail item, or one of `OWN`. Nothing is fetched and no link leads outside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QTextBrowser,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from wbos_desktop import __version__, paths
from wbos_desktop.i18n import _

from . import paint, theme
from .page import PageDialog
from .registry import PAGES
from .shell import Shell
from .widgets.cards import ScrollPage
from .widgets.dialog import Dialog
from .widgets.fields import SearchField
from .widgets.labels import Label

START, KEYS, ABOUT = "start", "keys", "about"
# Routes with a chapter of their own; the others share that of their rail item.
OWN = {"case": "case"}
_HEAD = re.compile(r"^## (.+?) <!-- ([a-z]+) -->$", re.MULTILINE)
_LEAST = 3


@dataclass(frozen=True)
class Chapter:
    """A part of the manual; `text` is Markdown without its title."""

    code: str
    title: str
    text: str


@cache
def chapters() -> dict[str, Chapter]:
    """Every chapter by code, in the order of the manual."""
    text = paths.resource("manual", "handleiding.md").read_text("utf-8")
    parts = _HEAD.split(text)[1:]
    found = zip(parts[0::3], parts[1::3], parts[2::3], strict=True)
    return {code: Chapter(code, title, body.strip()) for title, code, body in found}


def chapter_of(page: str) -> str:
    """The code of the chapter about a route."""
    return OWN.get(page, PAGES[page].rail)


def open_help(widget: QWidget, code: str = "") -> HelpDialog:
    """Show help over the window or dialog of `widget`; without a code, about what is in view."""
    over = widget.window()
    dialog = HelpDialog(code or _code_for(over), over)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


def _code_for(over: QWidget) -> str:
    top = over
    while not isinstance(top, PageDialog):
        if isinstance(top, Dialog) and top.help_code:
            return top.help_code
        parent = top.parentWidget()
        if parent is None:
            shell = getattr(top, "shell", None)
            here = shell.navigator.here if isinstance(shell, Shell) else None
            return chapter_of(here.page) if here else START
        top = parent.window()
    return chapter_of(top.route.page)


class HelpDialog(Dialog):
    """The chapters at the left, the text of one at the right. F1 closes it again."""

    def __init__(self, code: str, parent: QWidget | None = None) -> None:
        # In English this sentence says that the text is Dutch.
        sub = _("The manual of WBOS. It is in Dutch.")
        super().__init__(_("Help"), sub, width=940, height=900, parent=parent)
        theme.load_fonts()  # at the door the bold ones may not be there yet
        self.code = code
        self.search = SearchField(_("Search in help"))
        self.search.textChanged.connect(self._searched)
        self.list = ChapterList()
        self.list.chosen.connect(self.show_chapter)
        self.text = ManualText()
        self._lay_out()
        self.set_footer(_("Version {version}").format(version=__version__))
        self.add_button(_("Close"), slot=self.reject)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.search.setFocus)
        theme.follow(self._show)
        self.text.setFocus()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setSpacing(20)
        row.addLayout(left)
        row.addWidget(self.text, 1)
        self.body.addLayout(row, 1)
        self.search.setFixedWidth(self.list.width())

    def show_chapter(self, code: str) -> None:
        """Turn to a chapter."""
        self.code = code
        self._show()

    def show_help(self) -> None:
        """Close: help was open already."""
        self.reject()

    def show_keys(self) -> None:
        """Turn to the chapter about keys."""
        self.show_chapter(KEYS)

    def _show(self) -> None:
        self.list.set_value(self.code)
        self.text.show_chapter(chapters()[self.code])
        self.text.mark(self._wanted())

    def _wanted(self) -> str:
        text = self.search.text().strip().casefold()
        return text if len(text) >= _LEAST else ""

    def _searched(self) -> None:
        """Leave the chapters that hold the words, and show the first of them."""
        wanted = self._wanted()
        found = [
            chapter.code
            for chapter in chapters().values()
            if wanted in f"{chapter.title}\n{chapter.text}".casefold()
        ]
        self.list.narrow(found)
        if found and self.code not in found:
            self.code = found[0]
        self._show()

    def _fitted(self, width: int, height: int) -> QSize:
        """As large as the program's window allows, also over a small dialog."""
        top = self.parentWidget()
        while top is not None and (above := top.parentWidget()) is not None:
            top = above.window()
        if top is None:
            return super()._fitted(width, height)
        return QSize(min(width, top.width() - 48), min(height, top.height() - 32))


class ManualText(QTextBrowser):
    """One chapter in the type of the program; loads nothing and follows no link."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_chapter(self, chapter: Chapter) -> None:
        """Put the chapter in view from its title."""
        self.setAccessibleName(chapter.title)
        document = self.document()
        document.setDefaultFont(theme.font("body"))
        document.setDocumentMargin(theme.scaled(14))
        document.setMarkdown(f"## {chapter.title}\n\n{chapter.text}", _PLAIN)
        block = document.begin()
        while block.isValid():
            _dress_block(block)
            block = block.next()
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                _dress_table(frame)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(0)

    def mark(self, words: str) -> None:
        """Tint every place with these words, and come to the first; "" takes the tint away."""
        found = []
        cursor = self.document().find(words) if words else QTextCursor()
        while not cursor.isNull():
            place = QTextEdit.ExtraSelection()
            place.cursor = cursor
            tint = QTextCharFormat()
            tint.setBackground(theme.color("state.selected"))
            place.format = tint
            found.append(place)
            cursor = self.document().find(words, cursor)
        self.setExtraSelections(found)
        if found:
            start = QTextCursor(self.document())
            start.setPosition(found[0].cursor.selectionStart())
            self.setTextCursor(start)
            self.ensureCursorVisible()

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        return None


_PLAIN = (
    QTextDocument.MarkdownFeature.MarkdownNoHTML
    | QTextDocument.MarkdownFeature.MarkdownDialectGitHub
)


def _dress_block(block: QTextBlock) -> None:
    """Our type for headings, and air between the lines."""
    form = QTextBlockFormat(block.blockFormat())
    level = form.headingLevel()
    form.setLineHeight(135, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    in_list = block.textList() is not None
    after_list = not in_list and block.previous().textList() is not None
    form.setTopMargin(theme.scaled(16 if level > 2 else 6 if after_list else 0))
    form.setBottomMargin(theme.scaled(6 if level else 3 if in_list else 8))
    cursor = QTextCursor(block)
    cursor.setBlockFormat(form)
    if level:
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        kind = QTextCharFormat()
        kind.setFont(theme.font("title" if level == 2 else "h3"))
        kind.setForeground(theme.color("text.primary"))
        cursor.setCharFormat(kind)


def _dress_table(table: QTextTable) -> None:
    form = table.format()
    form.setBorderCollapse(True)
    form.setBorder(1)
    form.setBorderBrush(theme.color("line.soft"))
    form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    form.setCellPadding(theme.scaled(6))
    form.setCellSpacing(0)
    form.setTopMargin(theme.scaled(4))
    form.setBottomMargin(theme.scaled(12))
    form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    table.setFormat(form)
    for row in range(table.rows()):
        for column in range(table.columns()):
            cell = table.cellAt(row, column)
            block = cell.firstCursorPosition().block()
            form_of_block = QTextBlockFormat(block.blockFormat())
            form_of_block.setBottomMargin(0)
            form_of_block.setLineHeight(0, QTextBlockFormat.LineHeightTypes.SingleHeight.value)
            QTextCursor(block).setBlockFormat(form_of_block)


class ChapterList(ScrollPage):
    """The chapters under each other; arrows choose too."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName(_("Chapters"))
        self.body.setContentsMargins(3, 4, 10, 4)
        self.body.setSpacing(2)
        self.buttons: dict[str, _Entry] = {}
        for chapter in chapters().values():
            button = _Entry(chapter.title)
            button.clicked.connect(lambda _on=False, code=chapter.code: self.chosen.emit(code))
            self.body.addWidget(button)
            self.buttons[chapter.code] = button
        self._nothing = Label(_("Nothing found."), "sub", wrap=True)
        self.body.addWidget(self._nothing)
        self._nothing.hide()
        self.body.addStretch(1)
        self.setFixedWidth(max(b.sizeHint().width() for b in self.buttons.values()) + 26)

    def set_value(self, code: str) -> None:
        """Mark the chapter that is open, and keep it in view."""
        self.buttons[code].setChecked(True)
        self.ensureWidgetVisible(self.buttons[code])

    def narrow(self, codes: list[str]) -> None:
        """Show these chapters only."""
        for code, button in self.buttons.items():
            button.setVisible(code in codes)
        self._nothing.setVisible(not codes)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for button in self.buttons.values():
            if button.isChecked():
                self.ensureWidgetVisible(button)


class _Entry(QAbstractButton):
    """The title of a chapter; the open one has a soft ground and a bar."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("ring", theme.radius("control") + 2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(paint.text_width(self.text(), "bodyStrong") + 28, theme.scaled(36))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        chosen = self.isChecked()
        if chosen:
            paint.rounded(painter, self.rect(), theme.radius("control"), "state.selected")
            bar = QRectF(0, self.height() / 2 - 11, 3, 22)
            paint.rounded(painter, bar, 1.5, "action.primary")
        elif self.underMouse():
            paint.rounded(painter, self.rect(), theme.radius("control"), "state.hover")
        area = QRect(14, 0, self.width() - 20, self.height())
        paint.text(painter, area, self.text(), "bodyStrong" if chosen else "body")
        painter.end()
