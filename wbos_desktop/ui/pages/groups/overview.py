"""The first tab of a group: what is normal here, and where is it going?"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from wbos_desktop.domain.charts import NormRibbon
from wbos_desktop.domain.groups import GroupOverview
from wbos_desktop.domain.norms import phase_line, phase_title
from wbos_desktop.domain.profiles import ProfileRow
from wbos_desktop.i18n import _, date_long, month_name, ngettext
from wbos_desktop.ui import theme
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Card, ClickCard, Hairline, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.charts import NormRibbonView, RibbonLegend, table_of
from wbos_desktop.ui.widgets.chips import NormBadge, PhaseDots
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.labels import ElidedLabel, Icon, IconLabel, Label

from . import words


class OverviewTab(ScrollPage):
    """Cards and Normenlint of one group; asks the page to go elsewhere by its signals."""

    observe = Signal()
    incident_chosen = Signal(int)
    cases_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._filled = QWidget()
        column = QVBoxLayout(self._filled)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(int(theme.size("cardGap")))
        self._top = QHBoxLayout()
        self._top.setSpacing(int(theme.size("cardGap")))
        column.addLayout(self._top)
        self.ribbon = RibbonCard()
        self.ribbon.view.incident_chosen.connect(self.incident_chosen)
        column.addWidget(self.ribbon)
        self._below = QHBoxLayout()
        self._below.setSpacing(int(theme.size("cardGap")))
        column.addLayout(self._below)
        column.addStretch(1)
        self._empty = EmptyState(
            _("Not observed yet."),
            _("Five minutes is enough for a first impression."),
            _("New observation"),
            "eye",
            kind="primary",
        )
        self._empty.clicked.connect(self.observe)
        self.body.addWidget(self._filled)
        self.body.addWidget(self._empty, 1)

    def show_overview(self, overview: GroupOverview) -> None:
        """Fill the tab."""
        latest = overview.latest
        self._filled.setVisible(latest is not None)
        self._empty.setVisible(latest is None)
        if latest is None:
            return
        clear_layout(self._top)
        self._top.addWidget(_norm_card(latest), 46)
        self._top.addWidget(_phase_card(overview), 31)
        self._top.addWidget(_next_card(overview), 31)
        self.ribbon.show_ribbon(overview.ribbon)
        clear_layout(self._below)
        if latest.subgroups:
            self._below.addWidget(_line_card("users-group", _("Subgroups"), latest.subgroups), 1)
        if latest.influence:
            self._below.addWidget(_line_card("target", _("Who has influence"), latest.influence), 1)
        if overview.row.open_cases:
            card = _cases_card(overview)
            card.clicked.connect(self.cases_chosen)
            self._below.addWidget(card, 1)


def _norm_card(latest: ProfileRow) -> Card:
    mark = latest.leading
    dominant = latest.dominant is not None
    card = Card(_("Dominant norm now") if dominant else _("Strongest norm now"))
    if mark is None:
        card.body.addWidget(Label(_("No norm was marked."), "sub", wrap=True))
        card.body.addStretch(1)
        return card
    row = QHBoxLayout()
    row.setSpacing(14)
    row.addWidget(NormBadge(mark.norm.code, mark.norm.kind, mark.norm.title, 44))
    text = QVBoxLayout()
    text.setSpacing(2)
    text.addWidget(Label(f"‘{mark.norm.title}’", "h2", wrap=True))
    side = "valence.strongUndesirable" if mark.norm.burdening else "valence.strongDesirable"
    text.addWidget(Label(words.norm_line(latest), "small", color=side, wrap=True))
    row.addLayout(text, 1)
    card.body.addLayout(row)
    card.body.addStretch(1)
    card.body.addWidget(Hairline())
    if heard := words.first_line(latest.heard):
        card.body.addLayout(_fact("ear", heard, "quote"))
    if seen := words.first_line(latest.seen):
        card.body.addLayout(_fact("eye", seen, "body"))
    card.body.addStretch(1)
    return card


def _fact(icon: str, text: str, role: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(Icon(icon, 16, "text.secondary"))
    row.addWidget(ElidedLabel(text, role), 1)
    return row


def _phase_card(overview: GroupOverview) -> Card:
    phase = overview.row.phase
    card = Card(_("Group phase"), phase_title(phase) or _("Phase not known yet"))
    if not phase:
        card.body.addWidget(Label(_("Choose a phase at the next observation."), "sub", wrap=True))
        card.body.addStretch(1)
        return card
    card.body.addWidget(PhaseDots(phase, wide=True))
    ends = QHBoxLayout()
    ends.addWidget(Label(phase_title("forming").lower(), "caption"))
    ends.addStretch(1)
    ends.addWidget(Label(phase_title("adjourning").lower(), "caption"))
    card.body.addLayout(ends)
    since = date_long(overview.phases[-1].since, year=False, weekday=False)
    card.head.addWidget(Label(_("since {day}").format(day=since), "caption"))
    card.body.addWidget(Label(phase_line(phase), "sub", wrap=True))
    card.body.addStretch(1)
    return card


def _next_card(overview: GroupOverview) -> Card:
    card = Card(_("Next step"), _("Observe the group again"))
    line, late = words.next_step_line(overview)
    if line:
        icon, role = ("alert-triangle", "danger") if late else ("calendar-event", "small")
        card.body.addWidget(IconLabel(icon, line, role, wrap=True))
    latest = overview.latest
    if latest is not None and latest.wished_norm:
        wish = _("Wished norm: ‘{norm}’").format(norm=latest.wished_norm.rstrip("!."))
        card.body.addWidget(Label(wish, "small", wrap=True))
    if latest is not None and latest.question:
        card.body.addWidget(Hairline())
        asked = _("Question for the team: {question}").format(question=latest.question)
        card.body.addWidget(Label(asked, "sub", wrap=True))
    card.body.addStretch(1)
    return card


def _line_card(icon: str, title: str, text: str) -> Card:
    card = Card()
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addWidget(Icon(icon, 18, "text.secondary"))
    row.addWidget(Label(title, "smallStrong"))
    row.addWidget(ElidedLabel(text, "sub"), 1)
    card.body.addLayout(row)
    return card


def _cases_card(overview: GroupOverview) -> ClickCard:
    count = ngettext("{n} open case", "{n} open cases", overview.row.open_cases)
    late = ngettext("{n} step late", "{n} steps late", overview.late_steps)
    card = ClickCard()
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addWidget(Icon("flag", 18, "text.secondary"))
    row.addWidget(Label(count, "smallStrong"))
    row.addStretch(1)
    if overview.late_steps:
        row.addWidget(IconLabel("alert-triangle", late, "danger"))
    card.body.addLayout(row)
    card.setAccessibleName(f"{count}, {late}" if overview.late_steps else count)
    return card


class RibbonCard(Card):
    """The Normenlint with legend; the same facts as a table behind a button (Ctrl+T)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        head = QHBoxLayout()
        head.setSpacing(14)
        self._title = Label(_("Norm ribbon"), "h3")
        self._period = Label("", "sub")
        self._legend = RibbonLegend()
        self._as_table = Button(_("As table"), "ghost", "list", size="small")
        self._as_table.setCheckable(True)
        self._as_table.toggled.connect(self._switch)
        for widget in (self._title, self._period):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self._legend)
        head.addWidget(self._as_table)
        self.body.setSpacing(2)
        self.body.addLayout(head)
        self.view = NormRibbonView()
        self.table = _FactsTable(_("Norm ribbon as table"))
        self.table.hide()
        self.body.addWidget(self.view)
        self.body.addWidget(self.table)
        shortcut = QShortcut(QKeySequence(Qt.Modifier.CTRL | Qt.Key.Key_T), self)
        shortcut.activated.connect(self._as_table.toggle)

    def show_ribbon(self, ribbon: NormRibbon) -> None:
        """Paint the ribbon and fill the table."""
        self.view.set_ribbon(ribbon)
        self.table.show_rows(*table_of(ribbon))
        first, last = month_name(ribbon.first_day.month), month_name(ribbon.last_day.month)
        months = first if first == last else f"{first} – {last}"
        self._period.setText(f"{months} {ribbon.last_day.year}")

    def _switch(self, as_table: bool) -> None:
        self.view.setVisible(not as_table)
        self._legend.setVisible(not as_table)
        self.table.setVisible(as_table)


class _FactsTable(QTableWidget):
    """A small read-only table that is as high as its rows."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)

    def show_rows(self, head: list[str], rows: list[list[str]]) -> None:
        """Other facts; the first column is the widest."""
        self.setColumnCount(len(head))
        self.setRowCount(len(rows))
        self.setHorizontalHeaderLabels(head)
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                self.setItem(row, column, QTableWidgetItem(text))
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        if head:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        high = theme.height("tableRowCompact")
        for row in range(len(rows)):
            self.setRowHeight(row, high)
        self.setFixedHeight(high * len(rows) + theme.height("tableHeader") + 8)
