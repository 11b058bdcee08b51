"""Time in the example school: its calendar, and everything that happens in the right order."""

from __future__ import annotations

import datetime as dt
import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

from wbos_desktop.domain.calendar import SchoolCalendar
from wbos_desktop.progress import Progress

ZONE = dt.timezone(dt.timedelta(hours=1))
WEEK = dt.timedelta(days=7)


class Write(Protocol):
    """Runs a service function as one transaction: Workspace.write or read."""

    def __call__(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call function(session, *args)."""


@dataclass
class DemoClock:
    """The clock of the workspace while the school is being made: it shows what we set."""

    now: dt.datetime

    def __call__(self) -> dt.datetime:
        """The moment that services see."""
        return self.now


@dataclass(frozen=True)
class YearPlan:
    """A school year with its free days: (first, last, kind, label)."""

    name: str
    first_day: dt.date
    last_day: dt.date
    days: tuple[tuple[dt.date, dt.date, str, str], ...]


def monday_on_or_after(day: dt.date) -> dt.date:
    """The first Monday that is not before this day."""
    return day + dt.timedelta(days=-day.weekday() % 7)


def year_plan(start: int) -> YearPlan:
    """An invented calendar for the school year that begins in August of `start`."""
    first = monday_on_or_after(dt.date(start, 8, 20))
    autumn = monday_on_or_after(dt.date(start, 10, 16))
    winter = monday_on_or_after(dt.date(start, 12, 19))
    spring = monday_on_or_after(dt.date(start + 1, 2, 20))
    may = monday_on_or_after(dt.date(start + 1, 4, 24))
    last = monday_on_or_after(dt.date(start + 1, 7, 5)) + dt.timedelta(days=4)
    study = monday_on_or_after(dt.date(start, 9, 28)) + dt.timedelta(days=2)
    half = monday_on_or_after(dt.date(start + 1, 1, 25)) + dt.timedelta(days=4)
    friday = dt.timedelta(days=4)
    return YearPlan(
        f"{start}-{start + 1}",
        first,
        last,
        (
            (study, study, "study_day", "Studiedag team"),
            (autumn, autumn + friday, "holiday", "Herfstvakantie"),
            (winter, winter + WEEK + friday, "holiday", "Kerstvakantie"),
            (half, half, "half_day", "Rapportvergadering"),
            (spring, spring + friday, "holiday", "Voorjaarsvakantie"),
            (may, may + WEEK + friday, "holiday", "Meivakantie"),
        ),
    )


@dataclass(order=True)
class _Event:
    at: dt.datetime
    number: int
    action: Callable[[], None] = field(compare=False)


@dataclass
class Timeline:
    """Runs what was planned in order of time, up to today; actions may plan more."""

    clock: DemoClock
    write: Write
    read: Write
    today: dt.date
    dice: random.Random
    progress: Progress
    calendar: SchoolCalendar = field(default_factory=SchoolCalendar)
    _events: list[_Event] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    def at(self, day: dt.date, hour: int, minute: int, action: Callable[[], None]) -> None:
        """Plan an action for a day; days after today never come."""
        moment = dt.datetime.combine(day, dt.time(hour, minute), ZONE)
        heapq.heappush(self._events, _Event(moment, next(self._numbers), action))

    def run(self, end: dt.datetime) -> None:
        """Let time pass until `end`. Raises Cancelled when the user stops it."""
        done = 0
        while self._events and self._events[0].at <= end:
            event = heapq.heappop(self._events)
            self.clock.now = max(event.at, self.clock.now)
            event.action()
            done += 1
            self.progress.step(done, done + len(self._events))
        self.clock.now = end

    def school_days(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """All school days from first to last, both included."""
        span = (last - first).days
        days = [first + dt.timedelta(days=n) for n in range(span + 1)]
        return [day for day in days if self.calendar.is_school_day(day)]
