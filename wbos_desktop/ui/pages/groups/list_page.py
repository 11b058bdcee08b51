"""All groups of this school year: which group needs me? (ui.md section 9, picture 03)"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from wbos_desktop.domain.groups import GroupQuery, GroupRow
from wbos_desktop.domain.norms import NormRow, kind_title, phase_title
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.services import groups, norms
from wbos_desktop.ui import paint, theme
from wbos_desktop.ui.page import Page
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets import marks
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.fields import SearchField
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.page_header import PageHeader
from wbos_desktop.ui.widgets.paged_model import Column
from wbos_desktop.ui.widgets.pills import FilterPill
from wbos_desktop.ui.widgets.record_table import RecordTable

from . import words

_SEARCH_PAUSE_MS = 200


class GroupsPage(Page):
    """The list of groups, those that ask attention first."""

    tables: ClassVar[frozenset[str]] = frozenset(
        {"groups", "group_mentors", "memberships", "profiles", "profile_norms", "norms", "staff"}
        | {"planned_observations", "cases", "school_years", "incident_groups"}
    )

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._asked: Task[Any] | None = None
        self._wanted: int | None = None
        self.header = PageHeader(_("Groups"))
        self.header.add_button(_("New observation"), "primary", "eye", self._observe).writes()
        self.body.addWidget(self.header)
        self._add_filters()
        self.table = RecordTable(
            _columns(), self._fetch, _("Groups"), empty=self._empty(), foot=False
        )
        self.table.activated.connect(self._open)
        self.table.selected.connect(self._selected)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(_Legend())
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SEARCH_PAUSE_MS)
        self._later.timeout.connect(self.refresh)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.search.setFocus)

    def _add_filters(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.search = SearchField(_("Search group or mentor"), width=240)
        self.search.textChanged.connect(lambda _text: self._later.start())
        self.level = FilterPill(_("Year"), [("", _("All"))])
        self.norm = FilterPill(_("Norm"), [("", _("All"))])
        self.order = FilterPill(
            _("Order"),
            [("attention", _("Attention needed first")), ("name", _("Name"))],
        )
        row.addWidget(self.search)
        for pill in (self.level, self.norm, self.order):
            pill.changed.connect(self._narrowed)
            row.addWidget(pill)
        row.addStretch(1)
        self._asking = Label("", "sub")
        row.addWidget(self._asking)
        self.body.addLayout(row)

    def _empty(self) -> EmptyState:
        self._nothing = EmptyState(
            _("No groups yet."), _("Read in a list from your pupil system."), _("Read in a list")
        )
        self._nothing.clicked.connect(self._help_empty)
        return self._nothing

    def title(self) -> str:
        """'Groepen'."""
        return _("Groups")

    def open(self, route: Route) -> None:
        """Show the list, with the group of the route selected; filters stay as they were."""
        self._wanted = route.id
        self.refresh()

    def refresh(self) -> None:
        """Ask the ids again; selection and scroll position stay."""
        self._asked = self.read(load_list, self._query()).then(self._show).instead_of(self._asked)

    def _query(self) -> GroupQuery:
        return GroupQuery(
            text=self.search.value(),
            year_level=self.level.value() or "",
            norm_code=self.norm.value() or "",
            order=self.order.value() or "attention",
        )

    def _narrowed(self, _code: object) -> None:
        self.refresh()

    def _show(self, found: tuple[list[int], list[str], list[NormRow], str, int]) -> None:
        ids, levels, catalogue, year, asking = found
        self.level.set_choices([("", _("All")), *((level, level) for level in levels)])
        titles = [(norm.code, f"{norm.code} {norm.title}") for norm in catalogue]
        self.norm.set_choices([("", _("All")), *titles])
        count = ngettext("{n} group", "{n} groups", len(ids))
        facts = _("school year {year}").format(year=year) if year else ""
        self.header.set_title(_("Groups"), " · ".join(part for part in (count, facts) if part))
        words_asking = ngettext("{n} group asks attention", "{n} groups ask attention", asking)
        self._asking.setText(words_asking if asking else "")
        if self._query() == GroupQuery():
            self._nothing.set(
                _("No groups yet."),
                _("Read in a list from your pupil system."),
                _("Read in a list"),
            )
        else:
            self._nothing.set(_("Nothing found with these filters."), "", _("Clear filters"))
        self.table.set_ids(ids)
        if self._wanted is not None:
            self.table.select(self._wanted)
            self._wanted = None

    def _fetch(self, ids: Sequence[int], deliver: Callable[[dict[int, Any]], None]) -> None:
        self.read(groups.load_rows, list(ids)).then(deliver)

    def _help_empty(self) -> None:
        if self._query() == GroupQuery():
            self.shell.go("manage", None, "import")
            return
        self.search.clear()
        for pill in (self.level, self.norm):
            pill.set_value("")
        self.order.set_value("attention")
        self._later.stop()
        self.refresh()

    def _selected(self, group_id: int | None) -> None:
        """Remember the group in the route: Ctrl+O observes it, and 'back' returns to it."""
        here = self.shell.navigator.here
        if here is not None and here.page == "groups":
            self.shell.navigator.replace(Route("groups", group_id))

    def _open(self, group_id: int) -> None:
        self.shell.go("group", group_id)

    def _observe(self) -> None:
        self.shell.go("observe", self.table.current_id())


def load_list(
    session: Any, query: GroupQuery
) -> tuple[list[int], list[str], list[NormRow], str, int]:
    """Ids, year levels, norms, name of the school year, and how many groups ask attention."""
    ids = groups.find_ids(session, query)
    rows = groups.load_rows(session, ids)
    year = next((row.school_year for row in rows.values()), "")
    asking = sum(bool(row.attention) for row in rows.values())
    return ids, groups.year_levels(session), norms.list_norms(session), year, asking


def _columns() -> list[Column[GroupRow]]:
    return [
        Column(_("Group"), lambda row: row.name, sub=_group_sub, width=168, strong=True),
        Column(_("Mentor"), lambda row: ", ".join(row.mentors), width=132, hide=1, stretch=1),
        Column(_("Dominant norm now"), _norm_text, width=250, painter=_paint_norm, stretch=1),
        Column(
            _("Group phase"),
            lambda row: phase_title(row.phase),
            width=178,
            painter=_paint_phase,
            hide=2,
        ),
        Column(_("Development"), _development_text, width=124, painter=_paint_development),
        Column(
            _("Observation"),
            lambda row: words.days_text(row.days),
            sub=_observation_sub,
            width=124,
            strong=_pressing,
            icon=_observation_icon,
            role=_observation_role,
        ),
        Column(
            _("Cases"),
            lambda row: str(row.open_cases) if row.open_cases else "–",
            width=84,
            hide=3,
            strong=lambda row: bool(row.open_cases),
            icon=lambda row: "flag" if row.open_cases else "",
        ),
    ]


def _group_sub(row: GroupRow) -> str:
    return " · ".join(part for part in (row.programme, words.pupils_text(row.pupils)) if part)


def _pressing(row: GroupRow) -> bool:
    return row.due_in is not None and row.due_in <= 3


def _observation_role(row: GroupRow) -> str:
    late = row.due_in is not None and row.due_in < 0
    return "status.danger" if late else "text.primary"


def _observation_icon(row: GroupRow) -> str:
    if row.due_in is None or row.due_in > 3:
        return ""
    return "alert-triangle" if row.due_in < 0 else "clock"


def _observation_sub(row: GroupRow) -> str:
    return words.due_text(row.due_in) if _pressing(row) else ""


def _norm_text(row: GroupRow) -> str:
    norm = row.dominant or row.leading
    if norm is None:
        return "–"
    text = f"{norm.code} {norm.title}, {kind_title(norm.kind)}"
    return text if row.dominant else _("{norm}, not dominant").format(norm=text)


def _development_text(row: GroupRow) -> str:
    if not row.development:
        return "–"
    parts = [
        _("{helping} helping, {burdening} burdening").format(
            helping=mark.prosocial, burdening=mark.burdening
        )
        for mark in row.development
    ]
    return "; ".join(parts)


def _paint_norm(painter: QPainter, area: QRect, row: GroupRow) -> None:
    norm = row.dominant or row.leading
    if norm is None:
        paint.text(painter, area, "–", "small", "text.muted")
        return
    side = 26
    box = QRect(area.left(), area.center().y() - side // 2, side, side)
    marks.badge(painter, box, norm.code, norm.kind)
    high, low = theme.line("body"), theme.line("caption")
    left = area.left() + side + 10
    top = QRect(left, area.center().y() - (high + low) // 2 + 1, area.right() - left, high)
    paint.text(painter, top, norm.title, "smallStrong" if row.dominant else "small")
    below = QRect(left, top.bottom() + 1, top.width(), low)
    sub = norm.pattern if row.dominant else _("not dominant yet")
    paint.text(painter, below, sub, "caption", "text.secondary")


def _paint_phase(painter: QPainter, area: QRect, row: GroupRow) -> None:
    marks.phase_dots(painter, QRect(area.left(), area.top(), 76, area.height()), row.phase)
    words_area = area.adjusted(84, 0, 0, 0)
    paint.text(painter, words_area, phase_title(row.phase) or "–", "small")


def _paint_development(painter: QPainter, area: QRect, row: GroupRow) -> None:
    box = QRect(area.left(), area.center().y() - 18, min(area.width(), 110), 36)
    marks.development(painter, box, [mark.value for mark in row.development])


class _Legend(QWidget):
    """What the badges and bars in the list mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Legend: bars above the line are helping norms"))
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.setFixedHeight(theme.scaled(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        x, high = 0, self.height()
        for letter, kind in (("D", "burdening"), ("J", "prosocial")):
            marks.badge(painter, QRect(x, (high - 20) // 2, 20, 20), letter, kind)
            x = self._say(painter, x + 27, kind_title(kind))
        marks.development(painter, QRect(x, high // 2 - 10, 54, 20), [3, 2, -1, -3])
        self._say(painter, x + 60, _("one bar per observation: helping above, burdening below"))
        painter.end()

    def _say(self, painter: QPainter, x: int, text: str) -> int:
        wide = paint.text_width(text, "caption") + 2
        area = QRect(x, 0, min(wide, self.width() - x), self.height())
        paint.text(painter, area, text, "caption", "text.secondary")
        return x + wide + 22
