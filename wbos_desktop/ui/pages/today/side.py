"""The side of Vandaag: the next meeting, groups that ask attention, a scenario to practise."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from wbos_desktop.domain.deadlines import DueStatus
from wbos_desktop.domain.groups import AttentionOverview, GroupRow
from wbos_desktop.domain.meetings import kind_text, when_text
from wbos_desktop.domain.retention import NextDue, due_text
from wbos_desktop.domain.scenarios import ScenarioMatch
from wbos_desktop.domain.today import NextMeeting, TodayOverview
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.ui import theme
from wbos_desktop.ui.registry import PAGES
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Card, clear_layout
from wbos_desktop.ui.widgets.chips import Chip, NormBadge
from wbos_desktop.ui.widgets.labels import IconLabel, Label
from wbos_desktop.ui.widgets.rows import ListRow

from .set_up import SetUpCard


class SideColumn(QWidget):
    """Up to five cards; each is left out while it has nothing to say."""

    go_asked = Signal(object)
    hide_asked = Signal()

    def __init__(self, *, may_plan: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.may_plan = may_plan
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(int(theme.size("cardGap")))
        self.cards = QVBoxLayout()
        self.cards.setSpacing(int(theme.size("cardGap")))
        self.due = QVBoxLayout()
        outer.addLayout(self.cards)
        outer.addLayout(self.due)
        outer.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def show_overview(self, found: TodayOverview, *, guide: bool = False) -> None:
        """Show the cards anew; with `guide` first what is left of setting up."""
        clear_layout(self.cards)
        if guide:
            card = SetUpCard(found.set_up)
            card.go_asked.connect(self.go_asked)
            card.hide_asked.connect(self.hide_asked)
            self.cards.addWidget(card)
        if "meetings" in PAGES:
            self.cards.addWidget(self._meeting_card(found.meeting))
        if "groups" in PAGES and (found.attention.groups or found.attention.good):
            self.cards.addWidget(self._group_card(found.attention))
        if "scenarios" in PAGES and found.practise is not None:
            self.cards.addWidget(self._scenario_card(found.practise))

    def show_due(self, due: NextDue) -> None:
        """A line about what must not be kept longer; none while nothing is due."""
        clear_layout(self.due)
        if not due.total and not due.running:
            return
        card = Card(_("Privacy and keeping"))
        if due.running:
            text = ngettext("{n} record is left.", "{n} records are left.", due.running)
            row = ListRow(_("Erasing is not finished"), text)
        else:
            row = ListRow(due_text(due), _("You decide what is erased."))
        row.opened.connect(lambda: self.go_asked.emit(Route("manage", None, "privacy")))
        card.body.addWidget(row)
        self.due.addWidget(card)

    def _meeting_card(self, meeting: NextMeeting | None) -> Card:
        card = Card(_("Next meeting"))
        if meeting is None:
            card.body.addWidget(Label(_("No meeting is planned yet."), "sub", wrap=True))
            if self.may_plan:
                self._add_button(card, _("Plan a meeting"), Route("meetings"))
            return card
        card.head.addWidget(Chip(_days_away(meeting.due), "clock"))
        card.set_title(kind_text(meeting.row.kind))
        when = when_text(meeting.row)
        card.body.addWidget(Label(when[:1].upper() + when[1:], "sub", wrap=True))
        for icon, text in _agenda_facts(meeting):
            card.body.addWidget(IconLabel(icon, text, wrap=True))
        self._add_button(card, _("Prepare meeting"), Route("meetings", meeting.row.id))
        return card

    def _add_button(self, card: Card, text: str, route: Route) -> None:
        button = Button(text, "secondary", "presentation")
        button.clicked.connect(lambda: self.go_asked.emit(route))
        card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _group_card(self, attention: AttentionOverview) -> Card:
        card = Card(_("Groups that ask for attention"))
        card.body.setSpacing(0)
        for row in attention.groups[:3]:
            reason = row.attention[0].text if row.attention else ""
            more = row.attention[1].text if len(row.attention) > 1 else row.programme
            card.body.addWidget(self._group_row(row, reason, more))
        if attention.good is not None:
            good = attention.good
            card.body.addWidget(self._group_row(good, good.good_sign, _("A good sign")))
        return card

    def _group_row(self, row: GroupRow, title: str, sub: str) -> ListRow:
        left = QWidget()
        line = QHBoxLayout(left)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        name = Label(row.name, "h3")
        name.setMinimumWidth(theme.scaled(32))
        line.addWidget(name)
        norm = row.dominant or row.leading
        if norm is not None:
            line.addWidget(NormBadge(norm.code, norm.kind, norm.title, size=24))
        made = ListRow(title, sub, left=left)
        made.setAccessibleName(f"{row.name}, {title}, {sub}")
        route = Route("group", row.id)
        made.opened.connect(lambda: self.go_asked.emit(route))
        return made

    def _scenario_card(self, match: ScenarioMatch) -> Card:
        card = Card(_("Practise this week"))
        row = ListRow(match.row.title, match.reason, title_role="h3")
        route = Route("scenarios", match.row.id)
        row.opened.connect(lambda: self.go_asked.emit(route))
        card.body.addWidget(row)
        return card


def _days_away(due: DueStatus) -> str:
    if due.state == "today":
        return _("today")
    return ngettext("in {n} school day", "in {n} school days", due.school_days)


def _agenda_facts(meeting: NextMeeting) -> list[tuple[str, str]]:
    facts = []
    if meeting.groups:
        names = ", ".join(meeting.groups)
        count = ngettext("{n} group", "{n} groups", len(meeting.groups))
        facts.append(("users-group", _("{count}: {names}").format(count=count, names=names)))
    if meeting.cases:
        facts.append(("flag", ngettext("{n} case", "{n} cases", meeting.cases)))
    if meeting.carried:
        open_ = ngettext(
            "{n} action of last time is open", "{n} actions of last time are open", meeting.carried
        )
        facts.append(("list-check", open_))
    return facts or [("list", _("The agenda is still empty."))]
