"""Words and small looks that the pages about incidents share."""

from __future__ import annotations

import datetime as dt

from wbos_desktop.domain.calendar import SchoolCalendar
from wbos_desktop.domain.deadlines import DueStatus, due_text
from wbos_desktop.domain.incidents import LIGHT, SERIOUS, SEVERE, SEVERITIES, severity_text
from wbos_desktop.domain.typed_dates import day_echo, parse_day
from wbos_desktop.errors import UserError
from wbos_desktop.i18n import _, date_short
from wbos_desktop.ui.widgets.date_edit import DateParser

SEVERITY_ICONS = {LIGHT: "circle-dashed", SERIOUS: "alert-circle", SEVERE: "alert-triangle"}
STATUS_ICONS = {
    "open": "circle-dot",
    "closed": "circle-check",
    "note": "note",
    "seen": "eye",
    "assess": "help-circle",
}


def severities() -> list[tuple[str, str]]:
    """Code and words of the three severities, lightest first."""
    return [(code, severity_text(code)) for code in SEVERITIES]


def date_parser(days: SchoolCalendar, today: dt.date, *, past: bool = False) -> DateParser:
    """Reads what is typed in a date field by the school's calendar, and says how far off it is."""

    def parse(text: str) -> tuple[dt.date, str]:
        day = parse_day(text, today, days, past=past)
        if day is None:
            raise UserError(_("Write a date, such as 25-11."))
        return day, day_echo(day, today, days)

    return parse


def due_look(status: DueStatus) -> tuple[str, str]:
    """Icon and colour role of a due line: red for late only, a clock for today."""
    if status.late:
        return "alert-triangle", "status.danger"
    if status.state == "today":
        return "clock", "text.primary"
    return "calendar-event", "text.secondary"


def due_words(status: DueStatus, due_on: dt.date | None, *, target: bool) -> str:
    """The due line, '' without a day."""
    return due_text(status, due_on, target=target) if due_on else ""


def first_name(name: str) -> str:
    """'Karin' for Karin Bosman: what a card has room for."""
    return name.split(" ", 1)[0]


def when_text(day: dt.date, time: dt.time | None) -> str:
    """'ma 16 nov, 21.40 uur'."""
    if time is None:
        return date_short(day)
    from wbos_desktop.i18n import time_text

    return _("{day}, {time}").format(day=date_short(day), time=time_text(time))
