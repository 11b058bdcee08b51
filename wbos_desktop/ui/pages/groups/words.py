"""Sentences that more than one page of groups shows."""

from __future__ import annotations

import datetime as dt

from wbos_desktop.domain.groups import GroupOverview, GroupRow
from wbos_desktop.domain.norms import kind_title
from wbos_desktop.domain.profiles import ProfileRow
from wbos_desktop.i18n import _, date_long, date_short, ngettext


def pupils_text(count: int) -> str:
    """'27 leerlingen'."""
    return ngettext("{n} pupil", "{n} pupils", count)


def facts_line(row: GroupRow) -> str:
    """'havo/vwo · 27 leerlingen · mentor Joost Veldkamp': what stands under the name of a group."""
    mentors = _("mentor {names}").format(names=", ".join(row.mentors)) if row.mentors else ""
    return " · ".join(part for part in (row.programme, pupils_text(row.pupils), mentors) if part)


def days_text(days: int | None) -> str:
    """'22 dagen', 'vandaag', or 'nog niet' when a group was never observed."""
    if days is None:
        return _("not yet")
    return _("today") if days == 0 else ngettext("{n} day", "{n} days", days)


def due_text(due_in: int | None) -> str:
    """'1 dag te laat', 'over 3 dagen', 'vandaag'; '' without a date."""
    if due_in is None:
        return ""
    if due_in < 0:
        return ngettext("{n} day late", "{n} days late", -due_in)
    return _("today") if due_in == 0 else ngettext("in {n} day", "in {n} days", due_in)


def norm_line(row: ProfileRow) -> str:
    """'Patroon: jezelf profileren · belastende norm' of the norm that stands out."""
    if row.leading is None:
        return ""
    norm = row.leading.norm
    if not norm.pattern:
        return kind_title(norm.kind)
    return _("Pattern: {pattern} · {kind}").format(pattern=norm.pattern, kind=kind_title(norm.kind))


def next_step_line(overview: GroupOverview) -> tuple[str, bool]:
    """When the group should be observed again, and whether that day has passed."""
    due = overview.due_on
    seen = overview.row.last_observed_on
    if due is None or seen is None:
        return (_("Planned on {day}").format(day=date_short(due)), False) if due else ("", False)
    late = (overview.today - due).days
    if late > 0:
        words = ngettext("{n} day late", "{n} days late", late)
        return _("{late} · last seen {day}").format(late=words, day=_day(seen)), True
    return _("On {day} · last seen {seen}").format(day=date_short(due), seen=_day(seen)), False


def _day(day: dt.date) -> str:
    return date_long(day, year=False, weekday=False)


def first_line(text: str) -> str:
    """The first line of what was heard or seen, for a card."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
