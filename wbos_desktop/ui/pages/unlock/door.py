"""What unlock and welcome share: the picture at the left, a form at the right, the language."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop import __version__, i18n
from wbos_desktop.i18n import _
from wbos_desktop.ui import paint, theme
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import ScrollPage
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.logo import paint_layers, paint_logo

FORM_WIDTH = 420


class Hero(QWidget):
    """Decoration: logo, the three layers and a motto. No data of any school."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("WBOS")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("rail.bg"))
        width, height = self.width(), self.height()
        paint_logo(painter, QRect(42, 38, 52, 52), tile=False)
        right = width - 110
        paint.text(painter, QRect(102, 44, right, 26), "WBOS", "h2", "rail.textSelected")
        name = QRect(102, 66, right, 22)
        paint.text(painter, name, "Welbevinden op School", "small", "rail.text")
        middle = "action.primary" if theme.is_dark() else "toast.action"
        side = min(width - 200, height - theme.scaled(430), 400)
        if side > 120:
            box = QRectF((width - side) / 2, (height - side * 0.8) / 2 - 32, side, side * 0.8)
            dot = max(3.0, side / 42)
            paint_layers(painter, box, ("rail.accent", middle, "valence.desirable"), dot)
        self._paint_words(painter)
        painter.end()

    def _paint_words(self, painter: QPainter) -> None:
        """The motto at the bottom; both sentences break when the panel is narrow."""
        box = QRect(48, 0, self.width() - 84, self.height() - theme.scaled(74))
        flags = int(Qt.AlignmentFlag.AlignBottom) | int(Qt.TextFlag.TextWordWrap)
        lines = (
            (_("Group profiles, protocols and scenarios for your care team."), "body", "rail.text"),
            (_("See the group. Do what is needed."), "display", "rail.textSelected"),
        )
        for words, font, role in lines:
            painter.setFont(theme.font(font))
            painter.setPen(theme.color(role))
            used = painter.boundingRect(box, flags, words)
            painter.drawText(box, flags, words)
            box.setBottom(used.top() - 8)


class Door(QWidget):
    """Base of the pages before the vault is open. `opened` carries the OpenVault."""

    opened = Signal(object)
    language_chosen = Signal(str)

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shell = shell
        self.hero = Hero()
        self.messages_place = QVBoxLayout()
        self.form = QWidget()
        self.form.setFixedWidth(theme.scaled(FORM_WIDTH))
        self.column = QVBoxLayout(self.form)
        self.column.setContentsMargins(0, 24, 0, 24)
        self.column.setSpacing(12)
        self.column.addStretch(1)
        self.column.addLayout(self.messages_place)
        scroll = ScrollPage()
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.form)
        middle.addStretch(1)
        scroll.body.addLayout(middle, 1)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(scroll, 1)
        right.addLayout(self._foot())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.hero)
        row.addLayout(right, 1)

    def focus_first(self) -> None:
        """Put the focus where the user begins to type."""

    def abandon(self) -> None:
        """Called before the door goes away: close what was opened halfway."""

    def set_busy(self, busy: bool) -> None:
        """While a vault is being opened the language stays: its answer needs this page."""
        self.language.setEnabled(not busy)

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 0, 14, 12)
        version = _("Version {version}").format(version=__version__)
        foot.addWidget(Label(version, "muted"))
        foot.addStretch(1)
        other = "en" if i18n.language() == "nl" else "nl"
        # A language is always named in itself.
        self.language = Button({"en": "English", "nl": "Nederlands"}[other], "ghost", "language")
        self.language.clicked.connect(lambda _on=False: self.language_chosen.emit(other))
        foot.addWidget(self.language)
        self.help = Button(_("Help"), "ghost", "help-circle")
        self.help.clicked.connect(self._show_help)
        foot.addWidget(self.help)
        return foot

    def _show_help(self) -> None:
        from wbos_desktop.ui.manual import open_help

        open_help(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.hero.setFixedWidth(min(600, max(0, round(self.width() * 0.44))))


class Panel(QWidget):
    """One step of a door: a heading, rows and buttons in a column without margins."""

    def __init__(self, title: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(12)
        self.heading = Label(title, "display", wrap=True)
        self.body.addWidget(self.heading)
        if text:
            self.body.addWidget(Label(text, "body", color="text.secondary", wrap=True))
        self.body.addSpacing(8)

    def add_primary(self, text: str, icon: str | None = None) -> Button:
        """The one filled button, 44 high, over the whole width."""
        button = Button(text, "primary", icon, size="large")
        self.body.addWidget(button)
        return button

    def add_link(self, text: str, icon: str | None = None) -> Button:
        """A way out below the primary button."""
        button = Button(text, "ghost", icon)
        self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return button


class Panels(QWidget):
    """Panels of which one is shown; as high as that one, which a QStackedWidget is not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.current: Panel | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def show_panel(self, panel: Panel) -> None:
        """Show this one in place of the one before; a new one is added."""
        if self._column.indexOf(panel) < 0:
            self._column.addWidget(panel)
        if self.current is not None:
            self.current.hide()
        self.current = panel
        panel.show()
