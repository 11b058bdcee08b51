"""School year and calendar: years with their week, holidays, study days and half days."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.school import (
    CalendarDayDraft,
    CalendarDayRow,
    SchoolYearDraft,
    SchoolYearRow,
)
from wbos_desktop.i18n import _, date_long, date_short, ngettext
from wbos_desktop.services import school
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button, IconButton
from wbos_desktop.ui.widgets.cards import Hairline, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.chips import Chip
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.fields import ComboBox
from wbos_desktop.ui.widgets.labels import ElidedLabel, Label

from .deadline_moves import DeadlineMoves
from .same_focus import keeps_focus
from .section import Section
from .year_dialogs import DayDialog, YearDialog, kind_words

Found = tuple[list[SchoolYearRow], list[CalendarDayRow]]


class YearSection(Section):
    """The chosen year, its facts, and the days that differ."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(
            shell,
            _("School year and calendar"),
            _("Deadlines count in school days, without holidays and study days."),
        )
        self._years: list[SchoolYearRow] = []
        self._asked: Task[Any] | None = None
        self.new_year = Button(_("Add year"), "ghost", "plus")
        self.new_year.clicked.connect(self._add_year)
        self.new_day = Button(_("Add holiday"), "primary", "plus")
        self.new_day.clicked.connect(self._add_day)
        self.add_tool(self.new_day)
        self.year = ComboBox((), _("School year"), width=140)
        self.year.edited.connect(self.refresh)
        self.change = Button(_("Change year"), "ghost", "pencil")
        self.change.clicked.connect(self._change_year)
        self._facts = Label("", "body", color="text.secondary", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.year)
        row.addWidget(self.change)
        row.addWidget(self.new_year)
        row.addStretch(1)
        self.body.addLayout(row)
        for button in (self.new_year, self.new_day, self.change):
            button.setVisible(self.may_change)
        self.body.addWidget(self._facts)
        self.moves = DeadlineMoves(shell)
        self.body.addWidget(self.moves)
        self._page = ScrollPage()
        self.list: QVBoxLayout = self._page.body
        self.list.setSpacing(0)
        self.body.addWidget(self._page, 1)

    def refresh(self) -> None:
        """Ask for the years and the days of the chosen one."""
        self._asked = self.read(_load, self.year.value()).then(self._show).instead_of(self._asked)
        if self.may_change:
            self.moves.refresh()

    @keeps_focus
    def _show(self, found: tuple[list[SchoolYearRow], int | None, list[CalendarDayRow]]) -> None:
        self._years, chosen, days = found
        self.year.set_choices([(year.id, year.name) for year in self._years])
        self.year.set_value(chosen)
        year = next((year for year in self._years if year.id == chosen), None)
        self.change.setVisible(self.may_change and year is not None)
        self.new_day.setVisible(self.may_change and year is not None)
        self._facts.setText(_facts(year) if year else "")
        clear_layout(self.list)
        if not days:
            text = _("Fill in the holidays, so that deadlines are right.")
            self.list.addWidget(EmptyState(_("No holidays yet"), text, picture=False))
        for place, day in enumerate(days):
            if place:
                self.list.addWidget(Hairline())
            self.list.addWidget(self._line(day))
        self.list.addStretch(1)

    def _line(self, day: CalendarDayRow) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        name = day.label or kind_words()[day.kind]
        words.addWidget(ElidedLabel(name, "bodyStrong"))
        words.addWidget(ElidedLabel(_span(day), "sub"))
        row.addLayout(words, 1)
        row.addWidget(Chip(kind_words()[day.kind], _KIND_ICONS[day.kind]))
        if self.may_change:
            edit = IconButton("pencil", _("Change {name}").format(name=name))
            edit.clicked.connect(lambda: self._edit_day(day.id))
            remove = IconButton("trash", _("Remove {name}").format(name=name))
            remove.clicked.connect(lambda: self._remove_day(day.id, name))
            row.addWidget(edit, 0, Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(remove, 0, Qt.AlignmentFlag.AlignVCenter)
        return line

    def resume(self, form: str, record_id: int) -> None:
        """Open the form of the year or of the days again."""
        if not self.may_change:
            return
        if form == "school_year":
            wanted = partial(school.get_year, year_id=record_id) if record_id else None
            self.read(wanted or school.suggest_year).then(self._open_year)
        elif form == "calendar_day" and record_id:
            self._edit_day(record_id)
        elif form == "calendar_day":
            self.read(school.list_years).then(lambda _years: self._add_day())

    def _add_day(self) -> None:
        self._open_day(CalendarDayDraft(school_year_id=self.year.value()))

    def _edit_day(self, day_id: int) -> None:
        self.read(school.get_calendar_day, day_id).then(self._open_day)

    def _open_day(self, draft: CalendarDayDraft) -> None:
        year = next(year for year in self._years if year.id == draft.school_year_id)
        DayDialog(self.shell, draft, year, self.window()).open()

    def _remove_day(self, day_id: int, name: str) -> None:
        said = _("Removed: {name}.").format(name=name)
        self.write(school.remove_calendar_day, day_id).then(
            lambda _none: self.shell.messages.toast(said, undo_last=True)
        )

    def _add_year(self) -> None:
        self.read(school.suggest_year).then(self._open_year)

    def _change_year(self) -> None:
        self.read(school.get_year, self.year.value()).then(self._open_year)

    def _open_year(self, draft: SchoolYearDraft) -> None:
        YearDialog(self.shell, draft, self.window()).open()


_KIND_ICONS = {"holiday": "calendar-event", "study_day": "school", "half_day": "clock"}


def _load(
    session: Any, year_id: int | None
) -> tuple[list[SchoolYearRow], int | None, list[CalendarDayRow]]:
    years = school.list_years(session)
    ids = [year.id for year in years]
    chosen = year_id if year_id in ids else school.current_year_id(session)
    chosen = chosen or (ids[0] if ids else None)
    days = school.list_calendar_days(session, chosen) if chosen else []
    return years, chosen, days


def _facts(year: SchoolYearRow) -> str:
    days = ngettext("{n} school day", "{n} school days", year.school_days)
    groups = ngettext("{n} group", "{n} groups", year.groups)
    span = _("{first} to {last}").format(
        first=date_long(year.first_day, weekday=False), last=date_long(year.last_day, weekday=False)
    )
    return f"{span} · {days} · {groups}"


def _span(day: CalendarDayRow) -> str:
    if day.first_day == day.last_day:
        return date_long(day.first_day)
    return _("{first} to {last}").format(
        first=date_short(day.first_day), last=date_long(day.last_day)
    )
