"""The HOE card: als (observe), zodat (aim), dan (physical, non-verbal, verbal), wanneer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from wbos_desktop.domain.people import initials
from wbos_desktop.domain.scenarios import (
    STATUSES,
    ScenarioCard,
    UseRow,
    aimed_at_text,
    counts_text,
    helped_text,
    place_text,
    response_text,
    source_text,
    status_text,
)
from wbos_desktop.i18n import _, date_short
from wbos_desktop.ui.widgets.buttons import Button, IconButton
from wbos_desktop.ui.widgets.cards import Card, Hairline, ScrollPage
from wbos_desktop.ui.widgets.chips import Avatar, Chip, NormBadge
from wbos_desktop.ui.widgets.flow import FlowLayout
from wbos_desktop.ui.widgets.labels import Icon, Label, Link

_NARROW = 560


class Part(Card):
    """One part of the card: icon, petrol word, explanation, and the text below."""

    def __init__(self, icon: str, word: str, hint: str, *, strong: bool = False) -> None:
        super().__init__(
            ground="surface.card" if strong else "surface.sunken",
            edge="line.strong" if strong else "line.soft",
            padding=14,
        )
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Icon(icon, 20, "action.primary"))
        head.addWidget(Label(word, "h2", color="action.primary"))
        head.addWidget(Label(hint, "caption"), 1)
        self.body.addLayout(head)

    def add_text(self, text: str, caption: str = "") -> None:
        """A paragraph, with a small head when given; an empty text adds nothing."""
        if text:
            if caption:
                self.body.addWidget(Label(caption, "captionStrong"))
            self.body.addWidget(Label(text, "body", wrap=True, selectable=True))


def then_part(card: ScenarioCard) -> Part:
    """The Dan part with its three columns."""
    part = Part("route", _("Then"), _("how: what you do"), strong=True)
    columns = QHBoxLayout()
    columns.setSpacing(12)
    texts = (
        ("walk", _("Physical"), card.physical),
        ("mood-neutral", _("Non-verbal"), card.nonverbal),
        ("message-circle", _("Verbal"), card.verbal),
    )
    for index, (icon, word, text) in enumerate(entry for entry in texts if entry[2]):
        if index:
            columns.addWidget(Hairline(upright=True))
        column = QVBoxLayout()
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Icon(icon, 18, "action.primary"))
        head.addWidget(Label(word, "smallStrong"), 1)
        column.addLayout(head)
        column.addWidget(Label(text, "body", wrap=True, selectable=True))
        column.addStretch(1)
        columns.addLayout(column, 1)
    part.body.addLayout(columns)
    return part


class HoeCard(Card):
    """One scenario with what can be done with it; the page connects the signals."""

    edit = Signal()
    practise = Signal()
    keep = Signal(bool)
    used = Signal()
    pick = Signal()
    propose = Signal()
    status = Signal(str)
    past = Signal()
    group = Signal(int)

    def __init__(self, card: ScenarioCard, parent: QWidget | None = None) -> None:
        super().__init__(padding=0, parent=parent)
        self.card = card
        self.body.setSpacing(0)
        self.body.addLayout(self._head())
        scroll = ScrollPage()
        scroll.body.setContentsMargins(20, 4, 20, 16)
        scroll.body.setSpacing(14)
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts.setSpacing(14)
        self._add_parts(scroll.body)
        self._add_facts(scroll.body)
        for row in card.uses:
            scroll.body.addWidget(_experience(row))
        scroll.body.addStretch(1)
        self.body.addWidget(scroll, 1)

    def _head(self) -> QHBoxLayout:
        row = self.card.row
        head = QHBoxLayout()
        head.setContentsMargins(24, 18, 24, 12)
        head.setSpacing(14)
        if row.norms:
            code, title, kind = row.norms[0]
            head.addWidget(NormBadge(code, kind, title, size=44), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label(row.title, "title", wrap=True))
        norms = ", ".join(title for _code, title, _kind in row.norms)
        words.addWidget(Label(f"{norms} · {place_text(row.place)}", "sub", wrap=True))
        head.addLayout(words, 1)
        edit = IconButton("pencil", _("Change scenario"), "secondary").writes()
        edit.clicked.connect(self.edit)
        past = IconButton("history", _("History"), "secondary")
        past.clicked.connect(self.past)
        kept = IconButton("bookmark", _("Keep at hand"), "secondary").writes()
        kept.setCheckable(True)
        kept.setChecked(row.kept)
        kept.clicked.connect(self.keep)
        self.kept_button = kept
        self.practise_button = Button(_("Practise"), "primary", "barbell")
        self.practise_button.clicked.connect(self.practise)
        for button in (edit, past, kept, self.practise_button):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _add_parts(self, place: QVBoxLayout) -> None:
        card = self.card
        observe = Part("eye", _("If"), _("observe"))
        observe.add_text(card.if_text)
        observe.add_text(card.not_want_to_see, _("This I do not want to see"))
        aim = Part("target", _("So that"), _("where to"))
        aim.add_text(card.so_that)
        aim.add_text(card.want_to_see, _("This I want to see"))
        for part in (observe, aim):
            part.body.addStretch(1)
            self._parts.addWidget(part, 1)
        place.addLayout(self._parts)
        place.addWidget(then_part(card))
        if card.timing:
            timing = Card(ground="surface.sunken", padding=14)
            row = QHBoxLayout()
            row.setSpacing(10)
            row.addWidget(Icon("clock", 20, "action.primary"), 0, Qt.AlignmentFlag.AlignTop)
            word = Label(_("At what moment"), "h2", color="action.primary")
            row.addWidget(word, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(Label(card.timing, "body", wrap=True, selectable=True), 1)
            timing.body.addLayout(row)
            place.addWidget(timing)

    def _add_facts(self, place: QVBoxLayout) -> None:
        card = self.card
        facts = QHBoxLayout()
        facts.addWidget(Label(counts_text(card.row.counts), "smallStrong", wrap=True), 1)
        facts.addWidget(Label(source_text(card.row.origin, card.author), "caption"))
        place.addLayout(facts)
        if card.my_sure:
            mine = _("Only for you: last time you felt {n} of 5 sure").format(n=card.my_sure)
            place.addWidget(Label(mine, "caption"))
        place.addWidget(self._chips())
        place.addWidget(self._buttons())
        if card.uses:
            place.addWidget(Hairline())

    def _chips(self) -> QWidget:
        card = self.card
        holder = QWidget()
        flow = FlowLayout(holder, 8)
        if card.row.origin == "school" or card.row.status != "concept":
            flow.addWidget(Chip(status_text(card.row.status), None, "state"))
        for code in card.responses:
            flow.addWidget(Chip(response_text(code), "steering-wheel"))
        flow.addWidget(Chip(aimed_at_text(card.aimed_at), "users"))
        for tag in card.tags:
            flow.addWidget(Chip(tag, "tag"))
        for group_id, name in card.in_groups:
            link = Link(_("Chosen for {group}").format(group=name))
            link.setProperty("group_id", group_id)
            link.clicked.connect(self._go_to_group)
            flow.addWidget(link)
        return holder

    def _buttons(self) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder, 8)
        for text, icon, signal in (
            (_("Note use"), "check", self.used),
            (_("Choose for group or case"), "users-group", self.pick),
            (_("To the meeting"), "presentation", self.propose),
        ):
            button = Button(text, "secondary", icon, size="small").writes()
            button.clicked.connect(signal)
            flow.addWidget(button)
        if self.card.row.origin == "school":
            flow.addWidget(self._status_button())
        return holder

    def _status_button(self) -> Button:
        button = Button(_("Status"), "ghost", "history", size="small").writes()
        menu = QMenu(button)
        for code in STATUSES:
            action = QAction(status_text(code), menu)
            action.setCheckable(True)
            action.setChecked(code == self.card.row.status)
            action.setData(code)
            menu.addAction(action)
        menu.triggered.connect(self._status_chosen)
        button.set_menu(menu)
        self.status_menu = menu
        return button

    def _status_chosen(self, action: QAction) -> None:
        self.status.emit(action.data())

    def _go_to_group(self) -> None:
        link = self.sender()
        if link is not None:
            self.group.emit(int(link.property("group_id")))

    def resizeEvent(self, event: object) -> None:
        direction = QBoxLayout.Direction
        narrow = self.width() < _NARROW
        self._parts.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)
        super().resizeEvent(event)  # type: ignore[arg-type]


def _experience(row: UseRow) -> QWidget:
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(10)
    given, _space, family = row.staff.partition(" ")
    line.addWidget(Avatar(initials(given, "", family), row.staff, filled=True))
    where = f" · {row.group}" if row.group else ""
    line.addWidget(Label(f"{given}{where}", "smallStrong"))
    note = f"{helped_text(row.helped)}. {row.note}" if row.helped else row.note
    line.addWidget(Label(note, "small", wrap=True), 1)
    line.addWidget(Label(date_short(row.on), "caption"))
    return holder
