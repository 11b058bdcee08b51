"""The head of a page: where am I, what is this, what can I do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from wbos_desktop.i18n import _

from .buttons import Button, IconButton
from .cards import clear_layout
from .labels import ElidedLabel, Label, Link

Crumb = tuple[str, Callable[[], object] | None]


class PageHeader(QWidget):
    """Crumbs, title with chips, one line of facts; at the right search and buttons.

    At most two secondary buttons and one primary; the rest goes under dots.
    """

    def __init__(
        self,
        title: str = "",
        sub: str = "",
        crumbs: Sequence[Crumb] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(2)
        self._crumbs = QHBoxLayout()
        self._crumbs.setSpacing(6)
        outer.addLayout(self._crumbs)
        row = QHBoxLayout()
        row.setSpacing(14)
        self.lead = QHBoxLayout()
        row.addLayout(self.lead)
        row.addLayout(self._words(), 1)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(10)
        row.addLayout(self.tools)
        outer.addLayout(row)
        self.set_title(title, sub)
        self.set_crumbs(crumbs)

    def _words(self) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(1)
        line = QHBoxLayout()
        line.setSpacing(10)
        self._title = ElidedLabel("", "title")
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        line.addWidget(self._title, 10)
        self.beside = QHBoxLayout()
        self.beside.setSpacing(10)
        line.addLayout(self.beside)
        line.addStretch(1)
        words.addLayout(line)
        self._sub = ElidedLabel("", "sub")
        words.addWidget(self._sub)
        return words

    def set_title(self, title: str, sub: str | None = None) -> None:
        """Other words; None keeps the facts line, "" hides it."""
        self._title.setText(title)
        if sub is not None:
            self._sub.setText(sub)
            self._sub.setVisible(bool(sub))

    def set_crumbs(self, crumbs: Sequence[Crumb]) -> None:
        """(text, function) per level above; the last is here and has no function."""
        clear_layout(self._crumbs)
        for index, (text, go) in enumerate(crumbs):
            if index:
                self._crumbs.addWidget(Label("›", "caption"))
            if go is None:
                self._crumbs.addWidget(Label(text, "caption"))
                continue
            link = Link(text, "caption")
            link.clicked.connect(go)
            self._crumbs.addWidget(link)
        if crumbs:
            self._crumbs.addStretch(1)

    def add_beside(self, widget: QWidget) -> None:
        """A chip right of the title."""
        self.beside.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def clear_beside(self) -> None:
        """Take the chips away."""
        clear_layout(self.beside)

    def add_lead(self, widget: QWidget) -> None:
        """A badge or tile left of the title."""
        self.lead.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def add_action(self, widget: QWidget) -> None:
        """A button or search field at the right, in reading order."""
        self.tools.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)

    def add_button(
        self,
        text: str,
        kind: str = "secondary",
        icon: str | None = None,
        slot: Callable[[], object] | None = None,
    ) -> Button:
        """A button at the right."""
        button = Button(text, kind, icon)
        if slot is not None:
            button.clicked.connect(slot)
        self.add_action(button)
        return button

    def add_menu(self, entries: Sequence[tuple[str, Callable[[], object]]]) -> IconButton:
        """The dots at the right, with (text, function) for what is needed less often."""
        dots = IconButton("dots", _("More"), "secondary")
        menu = QMenu(dots)
        for text, slot in entries:
            action = QAction(text, menu)
            action.triggered.connect(slot)
            menu.addAction(action)
        dots.setMenu(menu)
        self.add_action(dots)
        return dots
