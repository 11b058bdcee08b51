"""The school's calendar for counting, read once a transaction."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import CalendarDay, SchoolYear
from wbos_desktop.domain.calendar import Closure, SchoolCalendar, YearSpec
from wbos_desktop.domain.deadlines import DueStatus, due_status


def load_calendar(session: Session) -> SchoolCalendar:
    """The calendar over all school years; holidays and study days close, half days do not.

    Kept for the rest of this transaction: call `forget_calendar` after changing its tables.
    """
    known = session.info.get("school_calendar")
    if isinstance(known, SchoolCalendar):
        return known
    closures: dict[int, list[Closure]] = {}
    for year_id, first, last, label in session.execute(
        select(
            CalendarDay.school_year_id,
            CalendarDay.first_day,
            CalendarDay.last_day,
            CalendarDay.label,
        ).where(CalendarDay.kind != "half_day")
    ):
        closures.setdefault(year_id, []).append(Closure(first, last, label))
    years = session.execute(
        select(SchoolYear.id, SchoolYear.first_day, SchoolYear.last_day, SchoolYear.week_pattern)
    )
    calendar = SchoolCalendar(
        YearSpec(row.first_day, row.last_day, row.week_pattern, tuple(closures.get(row.id, ())))
        for row in years
    )
    session.info["school_calendar"] = calendar
    return calendar


def forget_calendar(session: Session) -> None:
    """Read the calendar again at the next `load_calendar` of this transaction."""
    session.info.pop("school_calendar", None)


def status_of(
    session: Session,
    due_on: dt.date | None,
    *,
    due_kind: str = "deadline",
    due_at: dt.datetime | None = None,
) -> DueStatus:
    """Late, today or later as of the clock of this gesture; also for actions of meetings."""
    now = context(session)
    return due_status(
        due_on, now.today, load_calendar(session), due_kind=due_kind, due_at=due_at, now=now.now
    )


def this_school_year(session: Session) -> tuple[dt.date, dt.date] | None:
    """First and last day of the year of today, else of the last one that began; None if none."""
    today = context(session).today
    row = session.execute(
        select(SchoolYear.first_day, SchoolYear.last_day)
        .where(SchoolYear.first_day <= today)
        .order_by(SchoolYear.first_day.desc())
        .limit(1)
    ).first()
    return (row.first_day, row.last_day) if row else None
