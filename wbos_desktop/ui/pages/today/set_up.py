"""Vandaag of a new vault: the four steps of setting up, and what is left of them later."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from wbos_desktop.domain.today import SetUp
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.ui import icons, paint, theme
from wbos_desktop.ui.registry import PAGES
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Card, Hairline, clear_layout
from wbos_desktop.ui.widgets.chips import Chip, ProgressBar
from wbos_desktop.ui.widgets.labels import Icon, IconLabel, Label, Link
from wbos_desktop.ui.widgets.logo import paint_layers
from wbos_desktop.ui.widgets.rows import ListRow


class SetUpView(QWidget):
    """The steps, what each needs, and what can be done already."""

    go_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(int(theme.size("cardGap")))
        left = QVBoxLayout()
        left.setSpacing(int(theme.size("cardGap")))
        self._steps = Card(padding=24)
        left.addWidget(self._steps, 1)
        if "report" in PAGES:
            left.addWidget(self._report_card())
        row.addLayout(left, 1)
        self._keys = _keys_card()
        row.addWidget(self._keys)

    def show_state(self, state: SetUp) -> None:
        """Show which steps are ready."""
        body = self._steps.body
        clear_layout(body)
        done = state.ready
        head = QHBoxLayout()
        head.setSpacing(14)
        bar = ProgressBar(sum(done), len(done), _("Set-up"))
        bar.setMaximumWidth(theme.scaled(300))
        text = _("{n} of {m} ready").format(n=sum(done), m=len(done))
        body.addWidget(Label(_("Setting up WBOS"), "h2"))
        head.addWidget(bar)
        head.addWidget(Label(text, "sub"))
        head.addStretch(1)
        body.addLayout(head)
        body.addSpacing(10)
        current = done.index(False) if False in done else -1
        for number, ready in enumerate(done):
            if number:
                body.addWidget(Hairline())
            body.addWidget(self._step(number, state, ready=ready, current=number == current))
        body.addStretch(1)

    def _step(self, number: int, state: SetUp, *, ready: bool, current: bool) -> QWidget:
        title, text, button, tab = _words(state)[number]
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(4, 12, 4, 12)
        row.setSpacing(18)
        row.addWidget(
            StepDisc(number + 1, ready=ready, current=current), 0, Qt.AlignmentFlag.AlignTop
        )
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(Label(title, "bodyStrong"))
        words.addWidget(Label(text, "sub", wrap=True))
        if button and tab and "manage" in PAGES:
            kind = "primary" if current else "ghost"
            go = Button(button, kind)
            go.clicked.connect(lambda: self.go_asked.emit(Route("manage", None, tab)))
            words.addSpacing(6)
            words.addWidget(go, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(words, 1)
        return box

    def _report_card(self) -> Card:
        card = Card(padding=16)
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addWidget(Icon("flag", 24))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label(_("Is something going on now?"), "bodyStrong"))
        text = _("You can report an incident at once. Setting up can wait.")
        words.addWidget(Label(text, "sub", wrap=True))
        row.addLayout(words, 1)
        button = Button(_("Report incident"), "secondary", "plus")
        button.clicked.connect(lambda: self.go_asked.emit(Route("report")))
        row.addWidget(button)
        card.body.addLayout(row)
        return card

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keys.setVisible(self.width() >= theme.scaled(840))

    def minimumSizeHint(self) -> QSize:
        return QSize(320, super().minimumSizeHint().height())


class SetUpCard(Card):
    """The steps that are left once there are groups, beside the day's work."""

    go_asked = Signal(object)
    hide_asked = Signal()

    def __init__(self, state: SetUp) -> None:
        super().__init__(_("Setting up WBOS"))
        done = state.ready
        text = _("{n} of {m} ready").format(n=sum(done), m=len(done))
        self.head.addWidget(Chip(text, "list-check"))
        self.body.setSpacing(0)
        for (title, sentence, _button, tab), ready in zip(_words(state), done, strict=True):
            if not ready:
                row = ListRow(title, sentence)
                row.opened.connect(partial(self.go_asked.emit, Route("manage", None, tab)))
                self.body.addWidget(row)
        self.hide_link = Link(_("Hide these steps"))
        self.hide_link.clicked.connect(self.hide_asked)
        self.body.addSpacing(6)
        self.body.addWidget(self.hide_link, 0, Qt.AlignmentFlag.AlignLeft)


class StepDisc(QWidget):
    """A number in a circle; a check when ready."""

    def __init__(self, number: int, *, ready: bool, current: bool) -> None:
        super().__init__()
        self._number, self._ready, self._current = number, ready, current
        self.setFixedSize(34, 34)
        self.setAccessibleName(_("ready") if ready else _("step {n}").format(n=number))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        centre = QPointF(17, 17)
        if self._ready:
            paint.disc(painter, centre, 16, "action.primary")
            icons.paint(painter, "check", QRectF(8, 8, 18, 18), "action.onPrimary", bold=True)
        else:
            edge = "action.primary" if self._current else "line.strong"
            paint.disc(painter, centre, 16, None, edge, 2 if self._current else 1.5)
            role = "action.primary" if self._current else "text.secondary"
            number = str(self._number)
            paint.text(painter, self.rect(), number, "smallStrong", role, paint.CENTER)
        painter.end()


class _Picture(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(320, 200)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.rounded(painter, self.rect(), theme.radius("card"), "action.primarySoft")
        side = min(self.width() * 0.7, 220)
        box = QRectF((self.width() - side) / 2, 18, side, side * 0.76)
        paint_layers(painter, box, dot=5)
        painter.end()


def _keys_card() -> Card:
    card = Card(padding=1)
    card.setFixedWidth(theme.scaled(int(theme.size("sidePanel")) - 40))
    card.body.addWidget(_Picture())
    lines = QVBoxLayout()
    lines.setContentsMargins(22, 14, 22, 20)
    lines.setSpacing(12)
    lines.addWidget(IconLabel("lock", _("Ctrl L locks at once"), "body"))
    if "report" in PAGES:
        lines.addWidget(IconLabel("flag", _("Ctrl N reports an incident"), "body"))
    lines.addWidget(IconLabel("keyboard", _("Alt 1 to 6 opens the pages"), "body"))
    card.body.addLayout(lines)
    card.body.addStretch(1)
    return card


def _words(state: SetUp) -> list[tuple[str, str, str, str]]:
    """(title, sentence, button, tab of Beheer) per step."""
    groups = _("Read a list from your pupil system. You see first what will be read in.")
    if state.groups:
        groups = ngettext("{n} group is there.", "{n} groups are there.", state.groups)
    code = _("You keep your recovery code on paper.")
    if not state.code_confirmed:
        code = _("Nobody confirmed the recovery code yet. Make a new one and keep it on paper.")
    people = _("Who may log in, and in which role?")
    if state.users > 1:
        people = ngettext("{n} person can log in.", "{n} people can log in.", state.users)
    renew = "" if state.code_confirmed else _("New recovery code")
    return [
        (_("Password and recovery code"), code, renew, "access"),
        (_("Add groups and pupils"), groups, _("Read a list"), "import"),
        (
            _("Colleagues and roles"),
            people,
            _("Give access"),
            "access",
        ),
        (
            _("Look at your protocols"),
            _("Begin with our examples. Each has three tracks."),
            _("Open protocols"),
            "protocols",
        ),
    ]
