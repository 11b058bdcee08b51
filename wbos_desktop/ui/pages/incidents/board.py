"""The board of a case: facts at the left, one column a track; all of it works by keyboard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wbos_desktop.domain import tracks
from wbos_desktop.domain.cases import CaseRow, StepRow, TrackRow
from wbos_desktop.i18n import _, date_short
from wbos_desktop.ui import theme
from wbos_desktop.ui.widgets import marks
from wbos_desktop.ui.widgets.buttons import Button, IconButton
from wbos_desktop.ui.widgets.cards import Card, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.chips import SegmentBar
from wbos_desktop.ui.widgets.labels import Icon, IconLabel, Label

from .facts_panel import FactsPanel
from .step_card import StepCard

_STEPS = {"up": -1, "down": 1, "home": -1000, "end": 1000}


class TrackColumn(Card):
    """A track: name, goal, progress bar, cards. `menu_asked` and `add_asked` give its code."""

    menu_asked = Signal(str)
    add_asked = Signal(str)

    def __init__(self, track: str, parent: QWidget | None = None) -> None:
        super().__init__(ground="surface.sunken", padding=10, radius="board", parent=parent)
        self.track = track
        self.cards: list[StepCard] = []
        self.setMinimumWidth(200)
        self.setAccessibleName(tracks.title(track))
        self._add_head()
        self.pane = ScrollPage()
        self.pane.body.setContentsMargins(2, 2, 6, 2)
        self.pane.body.setSpacing(9)
        self.body.addWidget(self.pane, 1)
        self.add_button = Button(_("Add step"), "ghost", "plus", size="small").writes()
        self.add_button.clicked.connect(lambda: self.add_asked.emit(track))
        self.more = IconButton("dots", _("More about this track"), size="small").writes()
        self.more.clicked.connect(lambda: self.menu_asked.emit(track))
        foot = QHBoxLayout()
        foot.addWidget(self.add_button, 1)
        foot.addWidget(self.more)
        self.body.addLayout(foot)

    def _add_head(self) -> None:
        ink = f"track.{self.track}.ink"
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(Icon(marks.track_icon(self.track), 24, ink))
        self._name = Label(tracks.title(self.track), "h2", color=ink)
        row.addWidget(self._name, 1)
        self._count, self._low_count = Label("", "sub"), Label("", "sub")
        row.addWidget(self._count)
        self.body.addLayout(row)
        self.body.setSpacing(4)
        below = QHBoxLayout()
        below.addWidget(Label(tracks.goal(self.track), "caption", wrap=True), 1)
        below.addWidget(self._low_count, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(below)
        self._bar = SegmentBar(self.track)
        self.body.addWidget(self._bar)
        self._ended = IconLabel("flag", "", "caption", wrap=True)
        self.body.addWidget(self._ended)

    def show_track(self, row: TrackRow, *, open_case: bool) -> None:
        """Other steps and state; the cards are made anew."""
        progress = row.progress
        for label in (self._count, self._low_count):
            label.setText(progress.text())
        self._place_count()
        skipped = progress.marks.count("skipped")
        if skipped:
            self._bar.setToolTip(_("{n} of these were skipped.").format(n=skipped))
        self._bar.set_counts(progress.handled, progress.total)
        self._ended.setVisible(row.state in tracks.ENDED)
        if row.state in tracks.ENDED:
            parts = [tracks.state_text(row.state)]
            if row.ended_on:
                parts.append(date_short(row.ended_on))
            text = " ".join(parts)
            self._ended.set("flag", f"{text}: {row.reason}" if row.reason else text, "caption")
        self.cards = []
        clear_layout(self.pane.body)
        for number, step in enumerate(_ordered(row.steps), 1):
            card = StepCard(step, number, editable=open_case)
            self.cards.append(card)
            self.pane.body.addWidget(card)
        if not row.steps:
            text = _("No step on this track. Choose on purpose: add a step or give a reason.")
            self.pane.body.addWidget(Label(text, "caption", wrap=True))
        self.pane.body.addStretch(1)
        self.add_button.setVisible(open_case)
        self.more.setVisible(open_case)

    def _place_count(self) -> None:
        """In a narrow column the count stands a line lower, so that the name is whole."""
        need = self._name.sizeHint().width() + self._count.sizeHint().width() + 24 + 40
        narrow = need > self.width()
        self._count.setVisible(not narrow)
        self._low_count.setVisible(narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_count()


def _ordered(steps: Sequence[StepRow]) -> list[StepRow]:
    """As the protocol has them, but what waits for a question or a date comes last."""
    return sorted(steps, key=lambda step: step.state == "waiting" or step.not_needed)


class Board(QWidget):
    """Facts panel and tracks. `acted` tells (verb, step id or 0, track) for the page to do."""

    acted = Signal(str, int, str)
    facts_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selected_id: int | None = None
        self._case: CaseRow | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.facts = FactsPanel()
        self.facts.facts_asked.connect(self.facts_asked)
        row.addWidget(self.facts)
        self.columns: dict[str, TrackColumn] = {}
        for track in tracks.TRACKS:
            column = TrackColumn(track)
            column.menu_asked.connect(lambda code: self.acted.emit("track", 0, code))
            column.add_asked.connect(lambda code: self.acted.emit("add", 0, code))
            self.columns[track] = column
            row.addWidget(column, 1)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.facts.setFixedWidth(theme.scaled(210))

    def show_case(self, case: CaseRow, *, may_write: bool = True) -> None:
        """Show the case; the selected step stays selected, else the most urgent one is.

        Without `may_write` nothing on it can be changed.
        """
        editable = may_write and case.state == "open"
        first_time = self._case is None or self._case.id != case.id
        self._case = case
        focused = self.isAncestorOf(self.window().focusWidget() or self)
        if focused:
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # else Qt gives it to any other card
        scrolls = {t: c.pane.verticalScrollBar().value() for t, c in self.columns.items()}
        self.facts.show_case(case, editable=editable)
        found = {track.track: track for track in case.tracks}
        for code, column in self.columns.items():
            column.setVisible(code in found)
            if code in found:
                column.show_track(found[code], open_case=editable)
        for card in self.cards():
            card.acted.connect(self._card_acted)
            card.focused.connect(self._card_focused)
        known = {step.id: step for step in case.steps}
        before = known.get(self.selected_id or 0)
        if before is None or before.state in ("done", "skipped"):
            self.selected_id = _most_urgent(case.steps)
        self._mark()
        for code, column in self.columns.items():
            column.pane.verticalScrollBar().setValue(scrolls[code])
        if focused:
            QTimer.singleShot(0, self, self.focus_selected)
        # Cards know their height after they were laid out.
        QTimer.singleShot(30, self, self._show_open if first_time else self._show_selected)

    def cards(self) -> list[StepCard]:
        """Every card in reading order: general steps, then the tracks."""
        found = list(self.facts.cards)
        for column in self.columns.values():
            if not column.isHidden():
                found += column.cards
        return found

    def step(self, step_id: int) -> StepRow | None:
        """The step of a card."""
        return next((c.step for c in self.cards() if c.step.id == step_id), None)

    def select(self, step_id: int) -> None:
        """Select a step and bring its card into view."""
        self.selected_id = step_id
        self._mark()
        QTimer.singleShot(0, self, self._show_selected)

    def focus_selected(self) -> None:
        """Give the keyboard to the selected card."""
        for card in self.cards():
            if card.step.id == self.selected_id:
                card.setFocus(Qt.FocusReason.OtherFocusReason)
                self._show_selected()
                return

    def _mark(self) -> None:
        for card in self.cards():
            card.set_selected(card.step.id == self.selected_id)

    def _show_selected(self) -> None:
        for pane in (self.facts.pane, *(column.pane for column in self.columns.values())):
            for card in pane.content.findChildren(StepCard):
                if card.selected:
                    pane.ensureWidgetVisible(card, 0, 12)

    def _show_open(self) -> None:
        """At first every column stands at its first open step."""
        for column in self.columns.values():
            card = next((c for c in column.cards if c.step.state == "open"), None)
            if card is not None:
                column.pane.verticalScrollBar().setValue(card.y() - 40)
        self._show_selected()

    def _card_focused(self, step_id: int) -> None:
        if step_id != self.selected_id:
            self.select(step_id)

    def _card_acted(self, verb: str, step_id: int) -> None:
        if verb == "select":
            self.select(step_id)
        elif verb in ("left", "right"):
            self._go_aside(step_id, 1 if verb == "right" else -1)
        elif verb in _STEPS:
            self._go(step_id, _STEPS[verb])
        else:
            step = self.step(step_id)
            self.acted.emit(verb, step_id, step.track if step else "")

    def _lanes(self) -> list[list[StepCard]]:
        lanes = [self.facts.cards, *(column.cards for column in self.columns.values())]
        return [lane for lane in lanes if lane]

    def _find(self, step_id: int) -> tuple[int, int]:
        for lane_at, lane in enumerate(self._lanes()):
            for card_at, card in enumerate(lane):
                if card.step.id == step_id:
                    return lane_at, card_at
        return 0, 0

    def _go(self, step_id: int, by: int) -> None:
        lane_at, card_at = self._find(step_id)
        lane = self._lanes()[lane_at]
        lane[min(max(card_at + by, 0), len(lane) - 1)].setFocus(Qt.FocusReason.TabFocusReason)

    def _go_aside(self, step_id: int, by: int) -> None:
        lanes = self._lanes()
        lane_at, _card_at = self._find(step_id)
        target = lanes[min(max(lane_at + by, 0), len(lanes) - 1)]
        wanted = _most_urgent([card.step for card in target])
        card = next((c for c in target if c.step.id == wanted), target[0])
        card.setFocus(Qt.FocusReason.TabFocusReason)


def _most_urgent(steps: Sequence[StepRow]) -> int | None:
    """The first overdue step, else the one due next, else any open one."""
    order = {"late": 0, "today": 1, "later": 2, "passed": 3, "none": 4}
    open_steps = [step for step in steps if step.state == "open"]
    if not open_steps:
        return None
    far = dt.date.max
    first = min(open_steps, key=lambda s: (s.target, order[s.due.state], s.due_on or far))
    return first.id
