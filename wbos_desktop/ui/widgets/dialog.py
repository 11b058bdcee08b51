"""Dialogs: a title, a body that scrolls, a fixed footer with verbs; a scrim dims the window.

Esc is the safe choice, Ctrl+Enter the primary button. Open with `open()`, never with `exec()`.
"""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.i18n import _
from wbos_desktop.ui import paint, theme

from .buttons import Button, IconButton
from .cards import Hairline, ScrollPage
from .labels import Icon, Label


class Scrim(QWidget):
    """Dims the window behind a dialog and follows its size; goes when the dialog goes."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)
        self.resize(window.size())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self.resize(self._window.size())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        round_one = isinstance(self._window, QDialog)  # a dialog over a dialog
        paint.rounded(painter, self.rect(), theme.radius("dialog") if round_one else 0, "scrim")
        painter.end()


class Dialog(QDialog):
    """Base of our dialogs. `width` and `height` are wishes in px; both shrink to the window.

    Put content into `body`; `set_side` fills a place at its right. `help_code` names the chapter
    that F1 shows; without one it is that of the page below.
    """

    help_code = ""

    def __init__(
        self,
        title: str,
        subtitle: str = "",
        *,
        width: int = 560,
        height: int | None = None,
        icon: str | None = None,
        icon_role: str = "text.primary",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._wish = (width, height)
        self._scrim: Scrim | None = None
        self._primary: Button | None = None
        self._writes = 0
        self._ended = False
        self.setWindowFlags(Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setModal(True)
        self.setWindowTitle("WBOS")  # a title may name a pupil, and other programs list titles
        self.setAccessibleName(title)
        self.setAccessibleDescription(subtitle)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        outer.addLayout(self._head(title, subtitle, icon, icon_role))
        self._lines = (Hairline(), Hairline())
        outer.addWidget(self._lines[0])
        self.messages_place = QVBoxLayout()
        self.messages_place.setContentsMargins(28, 0, 28, 0)
        outer.addLayout(self.messages_place)
        self.drafts_place = QVBoxLayout()  # for the bar that gives a draft back
        self.drafts_place.setContentsMargins(28, 0, 28, 0)
        outer.addLayout(self.drafts_place)
        self.pane = ScrollPage()
        self.body = self.pane.body
        self.body.setContentsMargins(28, 18, 28, 18)
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addWidget(self.pane, 1)
        outer.addLayout(self._middle, 1)
        outer.addWidget(self._lines[1])
        outer.addLayout(self._foot())
        # The window's own shortcuts are asleep while a modal dialog is open.
        QShortcut(QKeySequence("F1"), self).activated.connect(self.show_help)
        QShortcut(QKeySequence("Ctrl+/"), self).activated.connect(self.show_keys)

    def _head(self, title: str, subtitle: str, icon: str | None, icon_role: str) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(28, 16, 18, 14)
        head.setSpacing(12)
        if icon:
            sign = Icon(icon, 24, icon_role)
            sign.setFixedHeight(theme.line("title"))
            head.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        self.title_label = Label(title, "title", wrap=True)
        self.subtitle_label = Label(subtitle, "sub", wrap=True)
        if not subtitle:
            self.subtitle_label.hide()
        words.addWidget(self.title_label)
        words.addWidget(self.subtitle_label)
        head.addLayout(words, 1)
        self.close_button = IconButton("x", _("Close"))
        self.close_button.clicked.connect(lambda: self._unless_writing(self.reject))
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setContentsMargins(28, 12, 24, 12)
        foot.setSpacing(10)
        self._foot_icon = Icon("alert-circle", 18, "status.danger")
        self._foot_icon.hide()
        self.footer = Label("", "sub", wrap=True)
        foot.addWidget(self._foot_icon)
        foot.addWidget(self.footer, 1)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(10)
        foot.addLayout(self.buttons)
        return foot

    def show_help(self) -> None:
        """Open the manual over this dialog (F1)."""
        from wbos_desktop.ui import manual  # the manual is a dialog itself

        manual.open_help(self)

    def show_keys(self) -> None:
        """Open the manual at the chapter about keys."""
        from wbos_desktop.ui import manual

        manual.open_help(self, manual.KEYS)

    def set_heading(self, title: str, subtitle: str = "") -> None:
        """Other words in the head."""
        self.title_label.setText(title)
        self.subtitle_label.setText(subtitle)
        self.subtitle_label.setVisible(bool(subtitle))
        self.setAccessibleName(title)

    @property
    def heading(self) -> str:
        """The title in the head; the system knows the window as WBOS only."""
        return self.title_label.text()

    def set_side(self, side: QWidget, width: int = 300) -> None:
        """Put a widget right of the body, `width` px wide; it does not scroll along."""
        side.setFixedWidth(width)
        place = QVBoxLayout()
        place.setContentsMargins(0, 20, 24, 18)
        place.addWidget(side, 1)
        self._middle.addLayout(place)

    def add_button(
        self,
        text: str,
        kind: str = "secondary",
        icon: str | None = None,
        slot: Callable[[], object] | None = None,
    ) -> Button:
        """A button in the footer; kind primary or dangerFilled also answers to Ctrl+Enter."""
        button = Button(text, kind, icon)
        if slot is not None:
            button.clicked.connect(lambda: self._unless_writing(slot))
        if kind in ("primary", "dangerFilled"):
            self._primary = button
        self.buttons.addWidget(button)
        return button

    @property
    def writing(self) -> bool:
        """True from a write that this dialog asked for until its answer: buttons do nothing."""
        return self._writes > 0

    def write_asked(self) -> None:
        """For `Tasks.write`: this dialog asked for a write; a second click must not ask again."""
        self._writes += 1

    def write_answered(self) -> None:
        """For `Tasks.write`: the answer is there."""
        self._writes -= 1

    def _unless_writing(self, slot: Callable[[], object]) -> None:
        if not self.writing and not self._ended:
            slot()

    def done(self, result: int) -> None:
        """Close; a click that still waits does nothing any more."""
        self._ended = True
        super().done(result)

    def set_footer(self, text: str) -> None:
        """Quiet words at the left of the buttons."""
        self._foot_icon.hide()
        self.footer.set_role("sub")
        self.footer.setText(text)

    def set_footer_error(self, text: str) -> None:
        """Red words such as "1 veld klopt nog niet"; "" takes them away."""
        self._foot_icon.setVisible(bool(text))
        self.footer.set_role("danger" if text else "sub")
        self.footer.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape and self.writing:
            return
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self._primary is not None and self._primary.isEnabled():
                self._primary.click()
            return
        if enter and not isinstance(self.focusWidget(), Button):
            return  # a lone Enter in a field never closes a dialog
        super().keyPressEvent(event)

    def _fitted(self, width: int, height: int) -> QSize:
        parent = self.parentWidget()
        room = parent.window().size() if parent is not None else self.screen().availableSize()
        if room.width() < 400:
            return QSize(width, height)
        return QSize(min(width, room.width() - 48), min(height, room.height() - 32))

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.writing:
            event.ignore()
        else:
            super().closeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        self._ended = False
        self._fit()
        parent = self.parentWidget()
        if parent is not None and self._scrim is None:
            self._scrim = Scrim(parent.window())
            self.destroyed.connect(self._scrim.deleteLater)
        super().showEvent(event)
        self._place()
        if self.focusWidget() in (None, self.close_button):
            self._focus_first()

    def _focus_first(self) -> None:
        for widget in self.pane.content.findChildren(QWidget):
            takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            if takes and widget.isVisibleTo(self) and widget.isEnabled():
                widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        if self._primary is not None:
            self._primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def refit(self) -> None:
        """Fit again after the content changed, such as fields that came with an answer."""
        QTimer.singleShot(0, self, self._refit)  # new widgets are shown by the event loop

    def _refit(self) -> None:
        if self.isVisible():
            self._fit()
            self._place()

    def _fit(self) -> None:
        """As high as the wrapped content needs at this width, but no higher than the window."""
        width, height = self._wish
        self.resize(self._fitted(theme.scaled(width), height or 480))
        layout = self.layout()
        if height is not None or layout is None:
            return
        layout.activate()
        inner = self.pane.content
        room = self.pane.viewport().size()
        need = inner.heightForWidth(room.width()) if inner.hasHeightForWidth() else -1
        need = max(need, inner.sizeHint().height(), inner.minimumSizeHint().height())
        self.resize(self._fitted(self.width(), self.height() - room.height() + need))

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            spot = parent.window().geometry().center() - self.rect().center()
            self.move(spot)

    def _drop_scrim(self) -> None:
        if self._scrim is not None and shiboken6.isValid(self._scrim):
            self._scrim.hide()
            self._scrim.deleteLater()
        self._scrim = None

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._drop_scrim()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        handle = self.windowHandle()
        if event.position().y() < 70 and handle is not None:
            handle.startSystemMove()
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        edge = "line.strong" if theme.is_dark() else "line.soft"
        paint.rounded(painter, self.rect(), theme.radius("dialog"), "surface.raised", edge)
        painter.end()


class Question(Dialog):
    """A question with two verbs: `yes` does it, `no` is the safe choice and has the focus.

    With `word` the user must type it before `yes` works (more than 20 records, a school year).
    """

    def __init__(
        self,
        title: str,
        text: str,
        *,
        yes: str,
        no: str,
        danger: bool = False,
        word: str = "",
        parent: QWidget | None = None,
    ) -> None:
        icon = "alert-triangle" if danger else None
        super().__init__(title, width=560, icon=icon, icon_role="status.danger", parent=parent)
        for line in self._lines:
            line.hide()
        self.close_button.hide()
        self.body.setContentsMargins(64 if danger else 28, 0, 28, 8)
        self.body.addWidget(Label(text, "body", color="text.secondary", wrap=True))
        self.no_button = self.add_button(no, "secondary", slot=self.reject)
        kind = "dangerFilled" if danger else "primary"
        self.yes_button = self.add_button(yes, kind, slot=self.accept)
        self._word = word
        if word:
            self._add_word()
        self.body.addStretch(1)
        self.setAccessibleDescription(text)
        self.no_button.setFocus()

    def _add_word(self) -> None:
        from .fields import TextField
        from .form import FormRow

        field = TextField(width=220)
        field.textChanged.connect(self._typed)
        label = _("Type {word} to go on").format(word=self._word)
        self.body.addWidget(FormRow(label, field))
        self.yes_button.block(label)

    def _typed(self, text: str) -> None:
        right = text.strip().casefold() == self._word.casefold()
        self.yes_button.block("" if right else _("Type {word} to go on").format(word=self._word))
