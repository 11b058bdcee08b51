"""Forms of a school year, and of a holiday, study day or half day in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.school import CalendarDayDraft, SchoolYearDraft, SchoolYearRow
from wbos_desktop.i18n import _, date_long, day_name
from wbos_desktop.services import school
from wbos_desktop.ui.form_dialog import FormDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.date_edit import DateEdit, DateParser, plain_parser
from wbos_desktop.ui.widgets.fields import TextField
from wbos_desktop.ui.widgets.form import Field, Form
from wbos_desktop.ui.widgets.pills import PillGroup

_MONDAY = dt.date(2024, 1, 1)


def kind_words() -> dict[str, str]:
    """Words for the kinds of days that differ."""
    return {
        "holiday": _("Holiday"),
        "study_day": _("Study day"),
        "half_day": _("Half day"),
    }


def parser_in(first: dt.date, last: dt.date) -> DateParser:
    """Reads "25-11" as the day of that name between two days, and echoes it with the year."""
    plain = plain_parser(first)

    def parse(text: str) -> tuple[dt.date, str]:
        day = plain(text)[0]
        # Without a year the day of this school year is meant.
        if day < first and text.count("-") + text.count("/") < 2:
            later = day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else day
            day = later if later <= last else day
        return day, date_long(day)

    return parse


class _WeekField(PillGroup):
    """Week days with lessons; the value is a pattern such as '1111100'."""

    def __init__(self) -> None:
        days = [(number, day_name(_MONDAY + dt.timedelta(days=number))) for number in range(7)]
        super().__init__(days, _("Days with lessons"), multiple=True)

    def value(self) -> str:
        """'1' for each day with lessons, Monday first."""
        chosen = super().value()
        return "".join("1" if number in chosen else "0" for number in range(7))

    def set_value(self, value: str) -> None:
        """Show a pattern without telling."""
        super().set_value([number for number, mark in enumerate(value or "") if mark == "1"])


class _CalendarDialog(FormDialog):
    """What both forms share: the echo of days, and what is said when they are saved."""

    def __init__(self, shell: Shell, title: str, parent: QWidget | None) -> None:
        super().__init__(shell, title, width=600, parent=parent)

    def _fill(self, draft: SchoolYearDraft | CalendarDayDraft) -> None:
        self.form.fill(draft)
        for name in ("first_day", "last_day"):
            day = getattr(draft, name)
            if day is not None:
                self.form.rows[name].set_hint(date_long(day))

    def saved(self, answer: Any) -> None:
        """Say so."""
        self.shell.messages.toast(_("Calendar saved. Deadlines follow."), undo_last=True)


class YearDialog(_CalendarDialog):
    """Add or change a school year."""

    def __init__(self, shell: Shell, draft: SchoolYearDraft, parent: QWidget | None) -> None:
        title = _("Change school year") if draft.id else _("Add school year")
        super().__init__(shell, title, parent)
        self._draft = draft
        base = draft.first_day or dt.date(2000, 8, 1)
        parser = parser_in(base, base + dt.timedelta(days=365))
        self.form = Form(
            [
                Field(_("School year"), "name", TextField(width=160)),
                [
                    Field(_("First school day"), "first_day", DateEdit(parser=parser)),
                    Field(_("Last school day"), "last_day", DateEdit(parser=parser)),
                ],
                Field(_("Days with lessons"), "week_pattern", _WeekField()),
            ]
        )
        self._fill(draft)
        self.finish_form(_("Save school year"), icon=None)
        if draft.id is not None:
            self.reload = (school.get_year, (draft.id,))
        self.keep_as(
            "school_year",
            draft.id,
            Route("manage", None, "calendar"),
            version=draft.version if draft.id else None,
            detail=draft.name,
        )

    def call(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Save what stands in the form."""
        return school.save_year, (self.form.draft(self._draft),)

    def take_fresh(self, fresh: Any) -> None:
        """What a colleague made of it."""
        self._draft = fresh
        self._fill(fresh)


class DayDialog(_CalendarDialog):
    """Add or change a holiday, study day or half day."""

    def __init__(
        self, shell: Shell, draft: CalendarDayDraft, year: SchoolYearRow, parent: QWidget | None
    ) -> None:
        super().__init__(shell, _("Change days") if draft.id else _("Add holiday"), parent)
        self._draft = draft
        parser = parser_in(year.first_day, year.last_day)
        self.form = Form(
            [
                Field(
                    _("What is it?"),
                    "kind",
                    PillGroup(list(kind_words().items()), _("What is it?")),
                    hint=_("A half day counts as a school day."),
                ),
                [
                    Field(
                        _("First day"),
                        "first_day",
                        DateEdit(parser=parser),
                        hint=_("For example 25-4"),
                    ),
                    Field(
                        _("Last day"),
                        "last_day",
                        DateEdit(parser=parser),
                        optional=True,
                        hint=_("Empty when it is one day"),
                    ),
                ],
                Field(
                    _("Name"),
                    "label",
                    TextField(max_length=60),
                    optional=True,
                    hint=_("For example: Autumn holiday"),
                ),
            ]
        )
        self._fill(draft)
        self.finish_form(_("Save days"), icon=None)
        if draft.id is not None:
            self.reload = (school.get_calendar_day, (draft.id,))
        self.keep_as(
            "calendar_day",
            draft.id,
            Route("manage", None, "calendar"),
            version=draft.version if draft.id else None,
            detail=draft.label,
        )

    def call(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Save what stands in the form."""
        return school.save_calendar_day, (self.form.draft(self._draft),)

    def take_fresh(self, fresh: Any) -> None:
        """What a colleague made of it."""
        self._draft = fresh
        self._fill(fresh)
