"""All observations of a group, one in full, and two side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.norms import phase_title, response_title, strength_title
from wbos_desktop.domain.profiles import Comparison, ProfileRow, ResponseCount, status_title
from wbos_desktop.i18n import _, date_long, date_short, ngettext
from wbos_desktop.ui import theme
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Card, Hairline, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.chips import Chip, NormBadge
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.labels import IconLabel, Label
from wbos_desktop.ui.widgets.pills import FilterPill, PillGroup


class HistoryTab(QWidget):
    """Left the dates, right what was seen on the chosen day, beside another day when asked.

    `compare` asks for two profile ids; `change` asks to edit one, `past` for its history,
    `remove` (id, version) to put it in the bin.
    """

    compare = Signal(int, int)
    change = Signal(int)
    past = Signal(int)
    remove = Signal(int, int)
    observe = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[int, ProfileRow] = {}
        self._chosen: int | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self._tools = QWidget()
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(10)
        self._other = FilterPill(_("Compare with"), [(None, _("nothing"))])
        self._other.changed.connect(self._compare)
        self._edit = Button(_("Change"), "secondary", "pencil", size="small").writes()
        self._edit.clicked.connect(self._change)
        self.dates = PillGroup([], _("Observations by date"))
        self.dates.edited.connect(self._choose)
        tools.addWidget(self.dates, 1)
        tools.addWidget(self._other, 0, Qt.AlignmentFlag.AlignTop)
        tools.addWidget(self._edit, 0, Qt.AlignmentFlag.AlignTop)
        self._past = Button(_("History"), "ghost", "history", size="small")
        self._past.clicked.connect(self._ask_past)
        tools.addWidget(self._past, 0, Qt.AlignmentFlag.AlignTop)
        self._remove = Button(_("To the bin"), "ghost", "trash", size="small").writes()
        self._remove.clicked.connect(self._ask_remove)
        tools.addWidget(self._remove, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self._tools)
        self.pane = ScrollPage()
        column.addWidget(self.pane, 1)

    def show_profiles(self, profiles: list[ProfileRow]) -> None:
        """Fill the dates, newest first; keeps the chosen day."""
        self._rows = {row.id: row for row in profiles}
        self._tools.setVisible(bool(profiles))
        self.dates.set_choices([(row.id, date_short(row.observed_on)) for row in profiles])
        if self._chosen not in self._rows:
            self._chosen = profiles[0].id if profiles else None
        self.dates.set_value(self._chosen)
        if not profiles:
            self._show_empty()
            return
        self._offer()
        self._show_one()

    def show_comparison(self, found: Comparison) -> None:
        """Two profiles side by side with what changed."""
        clear_layout(self.pane.body)
        self.pane.body.addWidget(_changes_card(found))
        pair = QHBoxLayout()
        pair.setSpacing(int(theme.size("cardGap")))
        for row in (found.before, found.after):
            pair.addWidget(_profile_card(row), 1, Qt.AlignmentFlag.AlignTop)
        self.pane.body.addLayout(pair)
        self.pane.body.addStretch(1)

    def _show_empty(self) -> None:
        clear_layout(self.pane.body)
        empty = EmptyState(
            _("Not observed yet."),
            _("Five minutes is enough for a first impression."),
            _("New observation"),
            "eye",
        )
        empty.clicked.connect(self.observe)
        self.pane.body.addWidget(empty, 1)

    def _offer(self) -> None:
        others = [row for row in self._rows.values() if row.id != self._chosen]
        self._other.setVisible(bool(others))
        choices: list[tuple[int | None, str]] = [(None, _("nothing"))]
        choices += [(row.id, date_short(row.observed_on)) for row in others]
        self._other.set_choices(choices)

    def _choose(self) -> None:
        self._chosen = self.dates.value()
        self._other.set_value(None)
        self._offer()
        self._show_one()

    def _show_one(self) -> None:
        other = self._other.value()
        if other is not None and self._chosen is not None:
            self.compare.emit(self._chosen, other)
            return
        clear_layout(self.pane.body)
        if self._chosen is not None:
            self.pane.body.addWidget(_profile_card(self._rows[self._chosen], wide=True))
        self.pane.body.addStretch(1)

    def _compare(self, _other: object) -> None:
        self._show_one()

    def _ask_past(self) -> None:
        if self._chosen is not None:
            self.past.emit(self._chosen)

    def _ask_remove(self) -> None:
        if self._chosen is not None:
            self.remove.emit(self._chosen, self._rows[self._chosen].version)

    def _change(self) -> None:
        if self._chosen is not None:
            self.change.emit(self._chosen)


def _changes_card(found: Comparison) -> Card:
    card = Card(title=_("What changed"))
    for change in found.changes:
        if change.before == change.after:
            continue
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(NormBadge(change.norm.code, change.norm.kind, change.norm.title))
        row.addWidget(Label(change.norm.title, "body"), 1)
        words = f"{strength_title(change.before)} → {strength_title(change.after)}"
        icon = "trending-up" if change.after > change.before else "trending-down"
        row.addWidget(IconLabel(icon, words, "smallStrong"), 1)
        card.body.addLayout(row)
    if all(change.before == change.after for change in found.changes):
        card.body.addWidget(Label(_("The norms are as strong as they were."), "sub"))
    return card


def _profile_card(row: ProfileRow, *, wide: bool = False) -> Card:
    card = Card(title=date_long(row.observed_on))
    card.head.addStretch(1)
    facts = [row.place, ", ".join(row.observers)]
    head = QHBoxLayout()
    head.setSpacing(8)
    head.addWidget(Chip(status_title(row.status), None, "state"))
    head.addWidget(Label(" · ".join(part for part in facts if part), "sub", wrap=True), 1)
    card.body.addLayout(head)
    if wide:
        pair = QHBoxLayout()
        pair.setSpacing(28)
        columns = (QVBoxLayout(), QVBoxLayout())
        for column, share in zip(columns, (2, 3), strict=True):
            column.setSpacing(8)
            pair.addLayout(column, share)
        card.body.addLayout(pair)
    else:
        columns = (card.body, card.body)
    _add_norms(columns[0], row)
    if not wide:
        card.body.addWidget(Hairline())
    _add_texts(columns[1], row)
    for column in columns if wide else ():
        column.addStretch(1)
    return card


def _add_norms(column: QVBoxLayout, row: ProfileRow) -> None:
    for mark in row.norms:
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(NormBadge(mark.norm.code, mark.norm.kind, mark.norm.title))
        line.addWidget(Label(mark.norm.title, "body"), 1)
        role = "smallStrong" if mark.strength == 3 else "sub"
        line.addWidget(Label(strength_title(mark.strength), role))
        column.addLayout(line)
    for count in row.responses:
        column.addWidget(Label(_response_text(count), "small", wrap=True))


def _add_texts(column: QVBoxLayout, row: ProfileRow) -> None:
    phase = " · ".join(part for part in (phase_title(row.phase), row.phase_evidence) if part)
    for title, text in (
        (_("What do you hear?"), row.heard),
        (_("What do you see?"), row.seen),
        (_("With whom?"), row.by_whom),
        (_("Group phase"), phase),
        (_("Climate"), row.climate),
        (_("Who has influence"), row.influence),
        (_("Subgroups"), row.subgroups),
        (_("Question for the team"), row.question),
        (_("Wished norm"), row.wished_norm),
    ):
        if text:
            pair = QVBoxLayout()
            pair.setSpacing(0)
            pair.addWidget(Label(title, "overline"))
            pair.addWidget(Label(text, "body", wrap=True, selectable=True))
            column.addLayout(pair)


def _response_text(count: ResponseCount) -> str:
    if count.own is not None:
        ways = ", ".join(response_title(code).lower() for code in count.own.sequence)
        text = _("You with norm {code}: {ways}").format(code=count.norm_code, ways=ways)
        return f"{text}. {count.own.how}" if count.own.how else text
    if not count.counts:
        answered = ngettext("{n} colleague answered", "{n} colleagues answered", count.total)
        return _("Norm {code}: {answered}").format(code=count.norm_code, answered=answered)
    parts = [
        _("{response} {n} of {m}").format(response=response_title(code).lower(), n=n, m=count.total)
        for code, n in count.counts.items()
    ]
    return _("Norm {code}: {answered}").format(code=count.norm_code, answered=", ".join(parts))
