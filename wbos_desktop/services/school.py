"""The school itself: its name and print line, emergency numbers, school years and calendar."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import (
    CalendarDay,
    EmergencyContact,
    Group,
    School,
    SchoolYear,
)
from wbos_desktop.domain.imports import read_school_year, school_year_of
from wbos_desktop.domain.people import clean
from wbos_desktop.domain.school import (
    CalendarDayDraft,
    CalendarDayRow,
    ContactDraft,
    SchoolDraft,
    SchoolYearDraft,
    SchoolYearRow,
)
from wbos_desktop.errors import Conflict, Invalid, NotFound
from wbos_desktop.i18n import _
from wbos_desktop.services.rights import demand, needs
from wbos_desktop.services.school_days import forget_calendar
from wbos_desktop.services.school_days import load_calendar as load_calendar


def demand_coordinator(session: Session) -> None:
    """Raise NotAllowed unless the acting user is a coordinator or the vault is being made."""
    demand(session, "write", "school")


def demand_version(record_version: int, draft_version: int) -> None:
    """Raise Conflict when a record was changed after its draft was read."""
    if record_version != draft_version:
        raise Conflict(
            _("Somebody changed this in the meantime. Look at the new version and try again.")
        )


@needs("read", "school")
def get_school(session: Session) -> SchoolDraft:
    """The school for a form, also empty while the vault is new."""
    school = session.scalar(select(School).limit(1))
    if school is None:
        return SchoolDraft()
    return SchoolDraft(school.version, school.name, school.sector, school.brin, school.print_line)


@needs("write", "school")
def save_school(session: Session, draft: SchoolDraft) -> None:
    """Keep name, sector, BRIN code and print line. Raises Invalid, Conflict, NotAllowed."""
    demand_coordinator(session)
    draft.check()
    school = session.scalar(select(School).limit(1))
    if school is None:
        school = School()
        session.add(school)
    else:
        demand_version(school.version, draft.version)
    school.name = clean(draft.name)
    school.sector = draft.sector
    school.brin = draft.brin.strip().upper()
    school.print_line = clean(draft.print_line)
    session.flush()


@needs("read", "school")
def list_contacts(session: Session) -> list[ContactDraft]:
    """Emergency numbers in their order."""
    found = session.scalars(
        select(EmergencyContact).order_by(EmergencyContact.position, EmergencyContact.id)
    )
    return [ContactDraft(c.id, c.version, c.label, c.phone) for c in found]


@needs("write", "school")
def save_contact(session: Session, draft: ContactDraft) -> int:
    """Keep an emergency number; new ones come last. Raises Invalid, Conflict, NotFound."""
    demand_coordinator(session)
    draft.check()
    if draft.id is None:
        last = session.scalar(select(func.max(EmergencyContact.position)))
        contact = EmergencyContact(position=(last or 0) + 1)
        session.add(contact)
    else:
        contact = _contact(session, draft.id)
        demand_version(contact.version, draft.version)
    contact.label, contact.phone = clean(draft.label), clean(draft.phone)
    session.flush()
    return contact.id


@needs("write", "school")
def remove_contact(session: Session, contact_id: int) -> None:
    """Take an emergency number away. Raises NotFound."""
    demand_coordinator(session)
    _contact(session, contact_id).deleted_at = context(session).now
    session.flush()


def _contact(session: Session, contact_id: int) -> EmergencyContact:
    contact = session.scalar(select(EmergencyContact).where(EmergencyContact.id == contact_id))
    if contact is None:
        raise NotFound(_("This is not there any more."))
    return contact


@needs("read", "school")
def list_years(session: Session) -> list[SchoolYearRow]:
    """All school years, newest first, with the number of groups and of school days."""
    calendar = load_calendar(session)
    today = context(session).today
    counted = session.execute(
        select(Group.school_year_id, func.count(Group.id)).group_by(Group.school_year_id)
    )
    counts: dict[int, int] = dict(counted.all())
    columns = select(
        SchoolYear.id,
        SchoolYear.name,
        SchoolYear.first_day,
        SchoolYear.last_day,
        SchoolYear.week_pattern,
    ).order_by(SchoolYear.first_day.desc())
    before = dt.timedelta(days=1)
    return [
        SchoolYearRow(
            id=row.id,
            name=row.name,
            first_day=row.first_day,
            last_day=row.last_day,
            week_pattern=row.week_pattern,
            groups=counts.get(row.id, 0),
            school_days=calendar.school_days_between(row.first_day - before, row.last_day),
            current=row.first_day <= today <= row.last_day,
        )
        for row in session.execute(columns)
    ]


@needs("read", "school")
def get_year(session: Session, year_id: int) -> SchoolYearDraft:
    """A school year for a form. Raises NotFound."""
    year = _year(session, year_id)
    return SchoolYearDraft(
        year.id, year.version, year.name, year.first_day, year.last_day, year.week_pattern
    )


@needs("read", "school")
def suggest_year(session: Session) -> SchoolYearDraft:
    """The year after the last known one, or this year when there is none."""
    last = session.scalar(select(func.max(SchoolYear.last_day)))
    today = context(session).today
    name = school_year_of(last + dt.timedelta(days=62) if last else today)
    first = dt.date(int(name[:4]), 8, 1)
    return SchoolYearDraft(name=name, first_day=first, last_day=dt.date(first.year + 1, 7, 31))


@needs("write", "school")
def save_year(session: Session, draft: SchoolYearDraft) -> int:
    """Keep a school year; its id. Raises Invalid (also when years overlap), Conflict, NotFound."""
    demand_coordinator(session)
    draft.check()
    assert draft.first_day is not None
    assert draft.last_day is not None
    name = read_school_year(draft.name) or clean(draft.name)
    others = select(SchoolYear).where(SchoolYear.id != (draft.id or 0))
    for other in session.scalars(others):
        if other.name == name:
            raise Invalid({"name": _("There is a school year with this name already.")})
        if other.first_day <= draft.last_day and draft.first_day <= other.last_day:
            raise Invalid(
                {"first_day": _("These days overlap school year {name}.").format(name=other.name)}
            )
    if draft.id is None:
        year = SchoolYear()
        session.add(year)
    else:
        year = _year(session, draft.id)
        demand_version(year.version, draft.version)
    year.name, year.week_pattern = name, draft.week_pattern
    year.first_day, year.last_day = draft.first_day, draft.last_day
    session.flush()
    forget_calendar(session)
    return year.id


@needs("write", "school")
def ensure_year(session: Session, name: str) -> int:
    """Id of the school year by name ('2026-2027'); a missing one runs from 1 August to 31 July."""
    found = session.scalar(select(SchoolYear.id).where(SchoolYear.name == name))
    if found is not None:
        return found
    first = dt.date(int(name[:4]), 8, 1)
    last = dt.date(first.year + 1, 7, 31)
    # A neighbour that the school filled in itself keeps its days.
    for other_first, other_last in session.execute(
        select(SchoolYear.first_day, SchoolYear.last_day)
    ):
        if first <= other_last <= last and other_first < first:
            first = other_last + dt.timedelta(days=1)
        elif first <= other_first <= last:
            last = other_first - dt.timedelta(days=1)
    year = SchoolYear(name=name, first_day=first, last_day=last, week_pattern="1111100")
    session.add(year)
    session.flush()
    forget_calendar(session)
    return year.id


@needs("read", "school")
def current_year_id(session: Session) -> int | None:
    """Id of the year of today, else of the last one that began; None when there is none."""
    return session.scalar(
        select(SchoolYear.id)
        .where(SchoolYear.first_day <= context(session).today)
        .order_by(SchoolYear.first_day.desc())
        .limit(1)
    )


def _year(session: Session, year_id: int) -> SchoolYear:
    year = session.scalar(select(SchoolYear).where(SchoolYear.id == year_id))
    if year is None:
        raise NotFound(_("This is not there any more."))
    return year


@needs("read", "school")
def list_calendar_days(session: Session, year_id: int) -> list[CalendarDayRow]:
    """Holidays, study days and half days of a school year, in order."""
    rows = session.execute(
        select(
            CalendarDay.id,
            CalendarDay.school_year_id,
            CalendarDay.first_day,
            CalendarDay.last_day,
            CalendarDay.kind,
            CalendarDay.label,
        )
        .where(CalendarDay.school_year_id == year_id)
        .order_by(CalendarDay.first_day, CalendarDay.id)
    )
    return [CalendarDayRow(*row) for row in rows]


@needs("read", "school")
def get_calendar_day(session: Session, day_id: int) -> CalendarDayDraft:
    """A holiday or other day for a form. Raises NotFound."""
    day = _calendar_day(session, day_id)
    return CalendarDayDraft(
        day.id, day.version, day.school_year_id, day.first_day, day.last_day, day.kind, day.label
    )


@needs("write", "school")
def save_calendar_day(session: Session, draft: CalendarDayDraft) -> int:
    """Keep days that differ; one day when the last is left out. Deadlines follow at once.

    Raises Invalid (also outside the school year), Conflict, NotFound, NotAllowed.
    """
    demand_coordinator(session)
    draft.check()
    assert draft.first_day is not None
    last = draft.last_day or draft.first_day
    year = _year(session, draft.school_year_id)
    if not (year.first_day <= draft.first_day and last <= year.last_day):
        raise Invalid(
            {"first_day": _("These days are not in school year {name}.").format(name=year.name)}
        )
    if draft.id is None:
        day = CalendarDay(school_year_id=year.id)
        session.add(day)
    else:
        day = _calendar_day(session, draft.id)
        demand_version(day.version, draft.version)
    day.first_day, day.last_day = draft.first_day, last
    day.kind, day.label = draft.kind, clean(draft.label)
    session.flush()
    forget_calendar(session)
    return day.id


@needs("write", "school")
def remove_calendar_day(session: Session, day_id: int) -> None:
    """Take a holiday or other day away. Raises NotFound."""
    demand_coordinator(session)
    _calendar_day(session, day_id).deleted_at = context(session).now
    session.flush()
    forget_calendar(session)


def _calendar_day(session: Session, day_id: int) -> CalendarDay:
    day = session.scalar(select(CalendarDay).where(CalendarDay.id == day_id))
    if day is None:
        raise NotFound(_("This is not there any more."))
    return day
