"""The main card of Vandaag: work by urgency, reports to assess, drafts."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop import i18n
from wbos_desktop.domain.drafts import DraftRow
from wbos_desktop.domain.incidents import ToAssessRow, severity_text
from wbos_desktop.domain.today import WHENS, TodayOverview, TodayTask
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.ui.registry import PAGES
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.buttons import Button, IconButton, changes_wait
from wbos_desktop.ui.widgets.cards import Card, Hairline, clear_layout
from wbos_desktop.ui.widgets.chips import Chip, CountPill, TrackChip
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.labels import IconLabel, Label
from wbos_desktop.ui.widgets.pills import SegmentedControl
from wbos_desktop.ui.widgets.rows import ListRow, TaskRow

# A section of more rows than this is no list of today's work any more.
SHOWN = 60


class TaskList(Card):
    """Rows by section. V moves and O hands over the focused row."""

    scope_chosen = Signal(str)
    opened = Signal(object)
    ticked = Signal(object)
    move_asked = Signal(object)
    hand_over_asked = Signal(object)
    go_asked = Signal(object)
    throw_asked = Signal(object)

    def __init__(self, *, may_look: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(padding=0, parent=parent)
        self._may_look = may_look  # at groups, in an empty moment
        self.scope = SegmentedControl(
            [("mine", _("My tasks")), ("team", _("Whole team"))], _("Whose tasks")
        )
        self.scope.set_value("mine")
        self.scope.edited.connect(lambda: self.scope_chosen.emit(self.scope.value()))
        self._scope_row = QHBoxLayout()
        self.sections = QVBoxLayout()
        self.sections.setSpacing(0)
        self.sections.setContentsMargins(2, 0, 2, 8)
        self.body.addLayout(self.sections)
        self.body.addStretch(1)
        self.rows: list[tuple[TaskRow, TodayTask]] = []

    def show_overview(self, found: TodayOverview) -> None:
        """Show all sections, with the focus on the row that had it, or the one in its place."""
        at = next((n for n, (row, _task) in enumerate(self.rows) if row.hasFocus()), None)
        self.scope.setParent(None)
        clear_layout(self.sections)
        self.rows = []
        words = _("Whole team ({n})").format(n=found.team)
        self.scope.set_text("team", words)
        shown = [when for when in WHENS if any(task.when == when for task in found.tasks)]
        if not shown:
            self._add_head(self._calm_head(), first=True)
            self._add_empty(found)
        for when in shown:
            if when == "week":  # unfinished work comes before what can wait
                self._add_drafts(found.drafts, first=when == shown[0])
            tasks = [task for task in found.tasks if task.when == when]
            first = when == shown[0] and self.sections.count() == 0
            self._add_head(self._head(when, len(tasks)), first=first)
            for task in tasks[:SHOWN]:
                self._add_task(task, team=found.scope == "team")
            if len(tasks) > SHOWN:
                more = ngettext("and {n} more", "and {n} more", len(tasks) - SHOWN)
                line = Label(more, "sub")
                line.setContentsMargins(52, 6, 14, 10)
                self.sections.addWidget(line)
        if "week" not in shown:
            self._add_drafts(found.drafts)
        self._add_to_assess(found.to_assess)
        if at is not None and self.rows:
            self.rows[min(at, len(self.rows) - 1)][0].setFocus()

    def focus_first(self) -> None:
        """Put the focus on the first row."""
        if self.rows:
            self.rows[0][0].setFocus()

    def _head(self, when: str, count: int) -> QHBoxLayout:
        icon, text, role = {
            "late": ("alert-triangle", _("Late"), "status.danger"),
            "today": ("clock", _("Today"), "text.primary"),
            "week": ("calendar-event", _("This week"), "text.primary"),
        }[when]
        return _section_head(icon, text, count, role)

    def _calm_head(self) -> QHBoxLayout:
        return _section_head("circle-check", _("Today"), 0, "text.primary")

    def _add_head(self, head: QHBoxLayout, *, first: bool) -> None:
        if first:
            head.addWidget(self.scope)
            self.scope.show()
        else:
            self.sections.addSpacing(4)
            self.sections.addWidget(Hairline())
        self.sections.addLayout(head)

    def _add_empty(self, found: TodayOverview) -> None:
        later = found.scope == "mine" and found.team > 0
        text = _("A good moment to look at a group.")
        if not self._may_look:
            text = _("Whatever is asked of you appears here.")
        elif later:
            text = _("Your team still has work. A good moment to look along.")
        self.sections.addWidget(EmptyState(_("Nothing to do today."), text))

    def _add_task(self, task: TodayTask, *, team: bool) -> None:
        detail = task.detail
        if task.on_behalf:
            detail = " · ".join([_("for {name}").format(name=task.on_behalf), detail])
        elif team and task.responsible:
            detail = f"{detail} · {task.responsible}"
        row = TaskRow(
            task.title,
            detail,
            chip=_chip(task),
            due=task.due_line,
            due_state=task.when if task.when != "week" else "later",
            tickable=not changes_wait(),
        )
        row.opened.connect(lambda task=task: self.opened.emit(task))
        row.ticked.connect(lambda _on, task=task: self.ticked.emit(task))
        self.rows.append((row, task))
        self.sections.addWidget(row)

    def _add_to_assess(self, reports: tuple[ToAssessRow, ...]) -> None:
        if not reports or "assess" not in PAGES:
            return
        head = _section_head("flag", _("To assess"), len(reports), "text.primary")
        self._add_head(head, first=False)
        for report in reports:
            day = i18n.date_short(report.reported_at.astimezone().date())
            parts = [report.number, *report.groups, _("reported {day}").format(day=day)]
            chip = Chip(severity_text(report.severity), None, "state")
            row = ListRow(report.title, " · ".join(parts), right=chip, title_role="bodyStrong")
            row.setContentsMargins(10, 0, 10, 0)
            route = Route("assess", report.id)
            row.opened.connect(lambda route=route: self.go_asked.emit(route))
            self.sections.addWidget(row)

    def _add_drafts(self, drafts: tuple[DraftRow, ...], *, first: bool = False) -> None:
        known = [draft for draft in drafts if draft.place[0] in PAGES]
        if not known:
            return
        head = _section_head("pencil", _("Not finished"), len(known), "text.primary")
        self._add_head(head, first=first)
        for draft in known:
            line = _draft_line(draft)
            route = Route(*draft.place, form=(draft.form, draft.record_id))
            line.opened.connect(lambda route=route: self.go_asked.emit(route))
            line.thrown.connect(lambda draft=draft: self.throw_asked.emit(draft))
            self.sections.addWidget(line)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = next((n for n, (row, _task) in enumerate(self.rows) if row.hasFocus()), None)
        keys = Qt.Key
        if at is None:
            super().keyPressEvent(event)
        elif event.key() == keys.Key_V:
            self.move_asked.emit(self.rows[at][1])
        elif event.key() == keys.Key_O and not event.modifiers():
            self.hand_over_asked.emit(self.rows[at][1])
        else:
            super().keyPressEvent(event)


def _section_head(icon: str, text: str, count: int, role: str) -> QHBoxLayout:
    head = QHBoxLayout()
    head.setContentsMargins(16, 9, 14, 5)
    head.setSpacing(8)
    head.addWidget(IconLabel(icon, text, "bodyStrong", color=role))
    if count:
        head.addWidget(CountPill(count, text, danger=role == "status.danger"))
    head.addStretch(1)
    return head


def _chip(task: TodayTask) -> QWidget | None:
    if task.kind == "step":
        return TrackChip(task.track) if task.track in ("consequence", "repair", "support") else None
    icon, text = {
        "action": ("list-check", _("Action")),
        "observation": ("users-group", _("Group")),
        "meeting": ("presentation", _("Meeting")),
        "access": ("eye", _("Access")),
    }[task.kind]
    return Chip(text, icon)


class _DraftLine(ListRow):
    """An unfinished form: the row and its first button go on, the second throws away."""

    thrown = Signal()

    def __init__(self, title: str, sub: str) -> None:
        verbs = QWidget()
        row = QHBoxLayout(verbs)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        go_on = Button(_("Go on with it"), "ghost", size="small")
        throw = IconButton("trash", _("Throw away: {title}").format(title=title), size="small")
        row.addWidget(go_on)
        row.addWidget(throw)
        super().__init__(title, sub, right=verbs, title_role="bodyStrong")
        go_on.setAccessibleName(_("Go on with: {title}").format(title=title))
        go_on.clicked.connect(self.opened)
        throw.clicked.connect(self.thrown)
        self.go_on, self.throw = go_on, throw


def _draft_line(draft: DraftRow) -> _DraftLine:
    moment = draft.updated_at.astimezone()
    when = _("typed {day} {time}").format(
        day=i18n.date_short(moment.date()), time=i18n.time_text(moment.time())
    )
    line = _DraftLine(draft.title, " · ".join(part for part in (draft.detail, when) if part))
    line.setContentsMargins(10, 0, 10, 0)
    return line
