"""The scenario library (picture 09): the list at the left, the HOE card at the right.

Route tab: `norm:D` shows that norm, `group:3` and `case:5` show what fits there, with the reason;
`edit` opens the form of the route's scenario, or of a new one, with what was typed before.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.meetings import MeetingRow
from wbos_desktop.domain.scenarios import (
    Places,
    ScenarioCard,
    ScenarioDraft,
    ScenarioMatch,
    ScenarioRow,
)
from wbos_desktop.i18n import _, date_short, ngettext
from wbos_desktop.services import meetings, scenario_choice, scenarios
from wbos_desktop.ui import theme
from wbos_desktop.ui.history_dialog import open_history
from wbos_desktop.ui.page import Page, Shell
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Card, clear_layout
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.page_header import PageHeader

from .dialogs import PickDialog, ScenarioDialog, UseDialog
from .filters import Filters
from .hoe_card import HoeCard
from .practice import PracticeDialog
from .scenario_list import ScenarioList

_LIST = 392
# With large text the list may not push the card away.
_SHARE, _NARROWEST = 0.38, 320


class ScenariosPage(Page):
    """What can I do when I see this?"""

    tables: ClassVar[frozenset[str]] = frozenset(
        {
            "scenarios",
            "scenario_practices",
            "scenario_uses",
            "scenario_picks",
            "scenario_keeps",
            "profiles",
        }
    )

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._places = Places((), (), (), ())
        self._current: int | None = None
        self._context: tuple[str, int] | None = None
        self._wanted_form: tuple[str, int] | None = None
        self._shown: list[int] = []
        self._asked: Task[Any] | None = None
        self._asked_card: Task[Any] | None = None
        self.header = PageHeader(_("Scenarios"))
        self.header.add_button(_("New scenario"), "secondary", "plus", self.new_scenario).writes()
        self.body.addWidget(self.header)
        columns = QHBoxLayout()
        columns.setSpacing(int(theme.size("cardGap")))
        columns.addWidget(self._left())
        self._right = QVBoxLayout()
        self.card: HoeCard | None = None
        columns.addLayout(self._right, 1)
        self.body.addLayout(columns, 1)
        self._shortcuts()

    def _left(self) -> Card:
        card = Card(padding=12)
        self._list_card = card
        self.filters = Filters()
        self.filters.changed.connect(self._ask)
        self.list = ScenarioList()
        self.list.chosen.connect(self._choose)
        self.list.practise.connect(self.practise)
        self._for = QWidget()
        column = QVBoxLayout(self._for)
        column.setContentsMargins(0, 0, 0, 0)
        self._for_label = Label("", "h3", wrap=True)
        column.addWidget(self._for_label)
        row = QHBoxLayout()
        self.pick_button = Button("", "secondary", "check", size="small").writes()
        self.pick_button.clicked.connect(self.pick)
        row.addWidget(self.pick_button)
        row.addStretch(1)
        button = Button(_("Show all"), "ghost", size="small")
        button.clicked.connect(self._leave_context)
        row.addWidget(button)
        column.addLayout(row)
        self._for.hide()
        self._nothing = EmptyState(
            _("Nothing found with these filters."), button=_("Clear filters"), picture=False
        )
        self._nothing.clicked.connect(self.filters.clear)
        self._nothing.hide()
        for widget in (self.filters, self._for):
            card.body.addWidget(widget)
        card.body.addWidget(self.list, 1)
        card.body.addWidget(self._nothing, 1)
        theme.follow(self._restyle)
        return card

    def _restyle(self) -> None:
        share = max(int(self.width() * _SHARE), _NARROWEST)
        self._list_card.setFixedWidth(min(theme.scaled(_LIST), share))

    def _shortcuts(self) -> None:
        keys = (
            (QKeySequence.StandardKey.Find, self.filters.search.setFocus),
            (QKeySequence("B"), self._toggle_kept),
        )
        for key, slot in keys:
            shortcut = QShortcut(key, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    # ------------------------------------------------------------ data
    def title(self) -> str:
        """'Scenario's'."""
        return _("Scenarios")

    def open(self, route: Route) -> None:
        """Show the library; `route.id` chooses a card, `route.tab` filters (see the module)."""
        self._current = route.id or self._current
        kind, _colon, value = (route.tab or "").partition(":")
        self._context = None
        if kind in ("group", "case") and value.isdigit():
            self._context = (kind, int(value))
        elif kind == "norm" and value:
            self.filters.show_norm(value)
        if route.id:
            self.filters.show_all()
        self._wanted_form = route.form
        self.refresh()
        if kind == "edit":
            self.read(scenarios.edit_scenario, route.id).then(self._open_form)

    def refresh(self) -> None:
        """Ask for list, counts and choices again; the chosen card stays chosen."""
        self.read(scenario_choice.find_places).then(self._got_places)
        self.read(scenarios.count_all).then(self._got_counts)
        self._ask()
        if self._current is not None:
            self._choose(self._current)

    def _ask(self) -> None:
        self.filters.setVisible(self._context is None)
        self._for.setVisible(self._context is not None)
        if self._context is None:
            task: Task[Any] = self.read(scenarios.find_rows, self.filters.query())
            self._asked = task.then(self._got_rows).instead_of(self._asked)
            return
        kind, record_id = self._context
        chosen = {f"{kind}_id": record_id}
        task = self.read(scenario_choice.matching_scenarios, limit=20, **chosen)
        self._asked = task.then(self._got_matches).instead_of(self._asked)

    def _got_places(self, places: Places) -> None:
        self._places = places
        self.filters.set_norms(places)
        if self.filters.offer_mine(bool(places.my_norms)):
            self._ask()
        if self._context is not None:
            name = self._context_name()
            self._for_label.setText(_("Fits {name}").format(name=name))
            shown = name.split(" ", 1)[0]
            self.pick_button.setText(_("Choose for {name}").format(name=shown))

    def _context_name(self) -> str:
        assert self._context is not None
        kind, record_id = self._context
        names = dict(self._places.groups if kind == "group" else self._places.cases)
        return names.get(record_id, "")

    def _got_counts(self, counts: tuple[int, int]) -> None:
        total = ngettext("{n} if-then-so-that scenario", "{n} if-then-so-that scenarios", counts[0])
        own = _("{n} of your school").format(n=counts[1])
        self.header.set_title(_("Scenarios"), f"{total} · {own}" if counts[1] else total)
        self._total = counts[0]
        self._show_count()

    _total = 0

    def _got_rows(self, rows: list[ScenarioRow]) -> None:
        self._show_rows([(row, row.norms[0][1] if row.norms else "") for row in rows])

    def _got_matches(self, matches: list[ScenarioMatch]) -> None:
        self._show_rows([(match.row, match.reason) for match in matches])

    def _show_rows(self, rows: list[tuple[ScenarioRow, str]]) -> None:
        self._shown = [row.id for row, _sub in rows]
        self.list.setVisible(bool(rows))
        self._nothing.setVisible(not rows)
        self.list.show_rows(rows, self._current)
        self._show_count()
        if not rows and self._current is None:
            self._show_no_card()

    def _show_count(self) -> None:
        text = _("{n} of {m}").format(n=len(self._shown), m=self._total)
        if self.filters.query().my_groups:
            text = _("{count} · fit norms in your groups").format(count=text)
        self.filters.count.setText(text)

    def _leave_context(self) -> None:
        self._context = None
        self.shell.navigator.replace(Route("scenarios"))
        self._ask()

    # ------------------------------------------------------------ the card
    def _choose(self, scenario_id: int) -> None:
        self._current = scenario_id
        task = self.read(scenarios.get_scenario, scenario_id)
        self._asked_card = task.then(self._show_card).instead_of(self._asked_card)

    def _show_card(self, card: ScenarioCard) -> None:
        had_focus = self.card is not None and self.card.isAncestorOf(self.focusWidget() or self)
        shown = HoeCard(card)
        shown.edit.connect(self.edit_scenario)
        shown.practise.connect(self.practise)
        shown.keep.connect(self._keep)
        shown.used.connect(self.note_use)
        shown.pick.connect(self.pick)
        shown.propose.connect(self.propose)
        shown.status.connect(self._set_status)
        shown.past.connect(self._history)
        shown.group.connect(partial(self.shell.go, "group"))
        clear_layout(self._right)
        self._right.addWidget(shown)
        self.card = shown
        if had_focus:
            shown.practise_button.setFocus()
        self._resume(card.row.id)

    def _resume(self, scenario_id: int) -> None:
        """Open the unfinished form about this card that the route named."""
        openers = {
            "scenario_use": self.note_use,
            "scenario_pick": self.pick,
            "scenario_practice": self.practise,
        }
        wanted = self._wanted_form
        if wanted is not None and wanted[1] == scenario_id and wanted[0] in openers:
            self._wanted_form = None
            openers[wanted[0]]()

    def _history(self) -> None:
        if self._current is not None:
            open_history(self.shell, "scenarios", self._current, self)

    def _show_no_card(self) -> None:
        clear_layout(self._right)
        self.card = None
        holder = Card()
        empty = EmptyState(
            _("No scenario with this norm yet."),
            _("Make one: if, then, so that."),
            _("New scenario"),
        )
        empty.clicked.connect(self.new_scenario)
        holder.body.addWidget(empty)
        self._right.addWidget(holder)

    def _toggle_kept(self) -> None:
        if self.card is not None:
            self._keep(not self.card.card.row.kept)

    def _keep(self, kept: bool) -> None:
        if self._current is not None:
            self.write(scenarios.set_kept, self._current, kept)

    def _set_status(self, status: str) -> None:
        if self.card is not None:
            row = self.card.card.row
            task = self.write(scenarios.set_status, row.id, row.version, status)
            task.then(self._withdrawn if status == "withdrawn" else self._status_set)

    def _withdrawn(self, _nothing: None) -> None:
        self._current = None
        self.shell.messages.toast(_("Scenario withdrawn."), undo_last=True)
        self.refresh()

    def _status_set(self, _nothing: None) -> None:
        self.shell.messages.toast(_("Status saved."), undo_last=True)

    # ------------------------------------------------------------ dialogs
    def new_scenario(self) -> None:
        """Open the form of a new scenario."""
        self.read(scenarios.edit_scenario, None).then(self._open_form)

    def edit_scenario(self) -> None:
        """Open the form of the chosen scenario."""
        self.read(scenarios.edit_scenario, self._current).then(self._open_form)

    def _open_form(self, draft: ScenarioDraft) -> None:
        ScenarioDialog(self.shell, draft, self._places, self._saved, self.window()).open()

    def _saved(self, scenario_id: int) -> None:
        self.filters.show_all()
        self._current = scenario_id
        self.refresh()

    def practise(self) -> None:
        """Practise the chosen scenario first, then the rest of the list."""
        if self._current is None:
            return
        rest = [key for key in self._shown if key != self._current]
        PracticeDialog(self.shell, [self._current, *rest], self.window()).open()

    def note_use(self) -> None:
        """Open the form of a use."""
        self.read(scenarios.today).then(self._open_use)

    def _open_use(self, today: dt.date) -> None:
        if self.card is not None:
            card = self.card.card
            UseDialog(self.shell, card, self._places, today, self.window()).open()

    def pick(self) -> None:
        """Choose for the group or case that the list is about, or ask for which."""
        if self.card is None:
            return
        if self._context is None:
            PickDialog(self.shell, self.card.card, self._places, self.window()).open()
            return
        kind, record_id = self._context
        chosen = {f"{kind}_id": record_id}
        task = self.write(scenario_choice.pick_scenario, self.card.card.row.id, **chosen)
        task.then(self._picked)

    def _picked(self, _pick_id: int) -> None:
        text = _("Chosen for {group}").format(group=self._context_name())
        self.shell.messages.toast(text, undo_last=True)

    def propose(self) -> None:
        """Put the scenario on the agenda of the next meeting."""
        if self._current is not None:
            self.write(meetings.propose_to_next, "scenario", self._current).then(self._proposed)

    def _proposed(self, row: MeetingRow) -> None:
        day = date_short(row.starts_at.date())
        text = _("On the agenda of {day}.").format(day=day)
        self.shell.messages.toast(text, undo_last=True)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._restyle()
