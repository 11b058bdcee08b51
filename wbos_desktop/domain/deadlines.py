"""Deadlines of protocol steps: from a rule to a date, and from a date to late, today or later.

`due_status` is the one rule for late and today: Vandaag, the case board, the register and the
meeting pack all use it.
"""

from __future__ import annotations

import calendar as month_calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wbos_desktop.i18n import _, date_short, ngettext

from .calendar import SchoolCalendar, add_working_days


@dataclass(frozen=True)
class Rule:
    """When a step is due; without an amount it has no date. `latest` is a second rule.

    base: reported, decision, suspension_start, suspension_end, repair_talk or step:CODE.
    direction: after or before. unit: hour, school_day, working_day, day, week or month.
    """

    base: str = "reported"
    direction: str = "after"
    amount: int | None = None
    unit: str = "school_day"
    latest: Rule | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Rule:
        """Read from a step of a template or the `rule` column; unknown keys are ignored."""
        latest = data.get("latest")
        return cls(
            base=str(data.get("base", "reported")),
            direction=str(data.get("direction", "after")),
            amount=data.get("amount"),
            unit=str(data.get("unit", "school_day")),
            latest=cls.from_dict(latest) if latest else None,
        )

    def to_dict(self) -> dict[str, Any]:
        """For the `rule` column."""
        found: dict[str, Any] = {
            "base": self.base,
            "direction": self.direction,
            "amount": self.amount,
            "unit": self.unit,
        }
        if self.latest:
            found["latest"] = self.latest.to_dict()
        return found


@dataclass(frozen=True)
class BaseMoment:
    """The day that a rule counts from, with the moment when that is known."""

    day: dt.date
    at: dt.datetime | None = None


@dataclass(frozen=True)
class Due:
    """A due day; `at` only for rules in hours; provisional when no calendar covers the day."""

    on: dt.date
    at: dt.datetime | None = None
    provisional: bool = False


def add_months(day: dt.date, months: int) -> dt.date:
    """Same day of another month, clamped to its last day: 31 January + 1 = 28 February."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = month_calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def _single(rule: Rule, base: BaseMoment, days: SchoolCalendar) -> Due:
    amount = rule.amount or 0
    sign = -1 if rule.direction == "before" else 1
    # Zero hours means directly: that day. Nobody is late in the minute of the report.
    if rule.unit == "hour":
        if base.at is None or not amount:
            return Due(base.day)
        at = base.at + dt.timedelta(hours=sign * amount)
        shift = (at.astimezone().date() - base.at.astimezone().date()).days
        return Due(base.day + dt.timedelta(days=shift), at)
    # M is the report date or the next school day.
    day = days.next_school_day(base.day) if rule.base == "reported" else base.day
    if rule.unit == "school_day":
        if sign < 0 and amount == 0:
            on = days.previous_school_day(day)
        else:
            on = days.add_school_days(day, sign * amount)
        return Due(on, provisional=not days.covers(on))
    if rule.unit == "working_day":
        return Due(add_working_days(day, sign * amount))
    if rule.unit == "month":
        return Due(add_months(day, sign * amount))
    return Due(day + dt.timedelta(days=sign * amount * (7 if rule.unit == "week" else 1)))


def due_of(rule: Rule, bases: Mapping[str, BaseMoment], days: SchoolCalendar) -> Due | None:
    """The due day of a rule; None without an amount or while no base is known.

    With a `latest` rule the earlier known date wins.
    """
    found: list[Due] = []
    current: Rule | None = rule
    while current is not None:
        base = bases.get(current.base)
        if current.amount is not None and base is not None:
            found.append(_single(current, base, days))
        current = current.latest
    if not found:
        return None
    return min(found, key=lambda due: (due.on, due.at is None, due.at or dt.datetime.min))


def lateness(due_on: dt.date, today: dt.date, days: SchoolCalendar) -> int:
    """Number of school days in (due, today]; 0 is not late."""
    return days.school_days_between(due_on, today)


def late_before(today: dt.date, days: SchoolCalendar) -> dt.date:
    """A due day is late exactly when it lies before this day: `lateness` for use in SQL."""
    return days.previous_school_day(today)


@dataclass(frozen=True)
class DueStatus:
    """`state`: none, late, today, later, or passed for a target date that has gone by.

    `school_days`: how many too late, or how many still to go.
    """

    state: str
    school_days: int = 0

    @property
    def late(self) -> bool:
        """True if it must be shown in red with the alert icon."""
        return self.state == "late"


def due_status(
    due_on: dt.date | None,
    today: dt.date,
    days: SchoolCalendar,
    *,
    due_kind: str = "deadline",
    due_at: dt.datetime | None = None,
    now: dt.datetime | None = None,
) -> DueStatus:
    """Late, today or later for an open step or action. Targets are never late."""
    if due_on is None:
        return DueStatus("none")
    if due_kind == "target" and due_on < today:
        return DueStatus("passed")
    if due_kind != "target" and due_at is not None and now is not None and due_at < now:
        return DueStatus("late", lateness(due_on, today, days))
    if due_on <= today:
        late = lateness(due_on, today, days)
        # A deadline that fell in a weekend or holiday counts as today until school begins again.
        return DueStatus("late", late) if late else DueStatus("today")
    return DueStatus("later", days.school_days_between(today, due_on))


def due_text(status: DueStatus, due_on: dt.date | None, *, target: bool = False) -> str:
    """What stands beside a step: '2 schooldagen te laat', 'Vandaag', 'wo 25 nov' or ''."""
    if due_on is None or status.state == "none":
        return ""
    if status.state == "late":
        if status.school_days == 0:
            return _("Too late")
        return ngettext("{n} school day late", "{n} school days late", status.school_days)
    if status.state == "today":
        return _("Today")
    day = date_short(due_on)
    return _("target date {day}").format(day=day) if target else day
