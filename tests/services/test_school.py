"""The school, its emergency numbers, years and calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from wbos_desktop.db.context import Context
from wbos_desktop.domain.school import (
    CalendarDayDraft,
    ContactDraft,
    SchoolDraft,
    SchoolYearDraft,
)
from wbos_desktop.errors import Conflict, Invalid, NotAllowed, NotFound
from wbos_desktop.services import school


def test_the_school_is_kept_and_cleaned(session: Session) -> None:
    draft = replace(
        school.get_school(session), name=" De  Linde ", brin="12ab", print_line="Geheim"
    )
    school.save_school(session, draft)
    found = school.get_school(session)
    assert (found.name, found.brin, found.print_line) == ("De Linde", "12AB", "Geheim")
    with pytest.raises(Conflict):
        school.save_school(session, draft)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (SchoolDraft(name=""), "name"),
        (SchoolDraft(name="A", sector="HO"), "sector"),
        (SchoolDraft(name="A", brin="1234"), "brin"),
    ],
)
def test_a_school_that_cannot_be_is_refused(draft: SchoolDraft, field: str) -> None:
    with pytest.raises(Invalid) as fault:
        draft.check()
    assert list(fault.value.fields) == [field]


def test_emergency_numbers_keep_their_order(session: Session) -> None:
    first = school.save_contact(session, ContactDraft(label="Veilig Thuis", phone="0800-2000"))
    school.save_contact(session, ContactDraft(label="Conciërge", phone="06 12345678"))
    school.save_contact(session, replace(school.list_contacts(session)[0], phone="0800 2000"))
    assert [(c.label, c.phone) for c in school.list_contacts(session)] == [
        ("Veilig Thuis", "0800 2000"),
        ("Conciërge", "06 12345678"),
    ]
    school.remove_contact(session, first)
    assert [c.label for c in school.list_contacts(session)] == ["Conciërge"]
    with pytest.raises(NotFound):
        school.remove_contact(session, first)


def test_a_contact_needs_a_name_and_a_number(session: Session) -> None:
    with pytest.raises(Invalid) as fault:
        school.save_contact(session, ContactDraft())
    assert set(fault.value.fields) == {"label", "phone"}


def test_years_count_their_school_days(session: Session) -> None:
    year = school.list_years(session)[0]
    assert (year.name, year.current, year.groups) == ("2026-2027", True, 0)
    before = year.school_days
    day = dt.date(2026, 11, 25)
    draft = CalendarDayDraft(school_year_id=year.id, first_day=day, kind="study_day")
    school.save_calendar_day(session, draft)
    assert school.list_years(session)[0].school_days == before - 1
    assert not school.load_calendar(session).is_school_day(day)


def test_a_half_day_is_a_school_day(session: Session) -> None:
    year = school.list_years(session)[0].id
    day = dt.date(2026, 11, 25)
    draft = CalendarDayDraft(school_year_id=year, first_day=day, kind="half_day", label="Rapporten")
    school.save_calendar_day(session, draft)
    assert school.load_calendar(session).is_school_day(day)


def test_a_holiday_can_be_changed_and_taken_away(session: Session) -> None:
    year = school.list_years(session)[0].id
    autumn = school.list_calendar_days(session, year)[0]
    draft = school.get_calendar_day(session, autumn.id)
    school.save_calendar_day(session, replace(draft, last_day=dt.date(2026, 10, 26)))
    assert not school.load_calendar(session).is_school_day(dt.date(2026, 10, 26))
    school.remove_calendar_day(session, autumn.id)
    assert school.load_calendar(session).is_school_day(dt.date(2026, 10, 19))
    with pytest.raises(NotFound):
        school.get_calendar_day(session, autumn.id)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (None, None, "first_day"),
        (dt.date(2026, 12, 4), dt.date(2026, 12, 3), "last_day"),
        (dt.date(2026, 7, 1), None, "first_day"),
    ],
)
def test_days_that_cannot_be_are_refused(
    session: Session, first: dt.date | None, last: dt.date | None, field: str
) -> None:
    year = school.list_years(session)[0].id
    draft = CalendarDayDraft(school_year_id=year, first_day=first, last_day=last)
    with pytest.raises(Invalid) as fault:
        school.save_calendar_day(session, draft)
    assert list(fault.value.fields) == [field]


def test_the_next_year_is_suggested_and_kept(session: Session) -> None:
    draft = school.suggest_year(session)
    assert (draft.name, draft.first_day) == ("2027-2028", dt.date(2027, 8, 1))
    school.save_year(session, draft)
    assert [year.name for year in school.list_years(session)] == ["2027-2028", "2026-2027"]
    with pytest.raises(Invalid) as fault:
        school.save_year(session, draft)
    assert "name" in fault.value.fields


def test_years_may_not_overlap(session: Session) -> None:
    draft = SchoolYearDraft(
        name="anders", first_day=dt.date(2027, 7, 1), last_day=dt.date(2028, 7, 1)
    )
    with pytest.raises(Invalid) as fault:
        school.save_year(session, draft)
    assert "2026-2027" in fault.value.fields["first_day"]


def test_a_year_made_by_an_import_fits_between_its_neighbours(session: Session) -> None:
    year = school.ensure_year(session, "2025-2026")
    draft = school.get_year(session, year)
    assert (draft.first_day, draft.last_day) == (dt.date(2025, 8, 1), dt.date(2026, 7, 31))
    assert school.ensure_year(session, "2025-2026") == year


def test_a_year_needs_lessons_and_days() -> None:
    with pytest.raises(Invalid) as fault:
        SchoolYearDraft(week_pattern="0000000").check()
    assert set(fault.value.fields) == {"name", "first_day", "last_day", "week_pattern"}


def test_only_a_coordinator_changes_the_school(session: Session) -> None:
    who = session.info["context"]
    session.info["context"] = Context(who.user_id, who.staff_id, "lead", who.now, who.today)
    for change in (
        lambda: school.save_school(session, SchoolDraft(name="A")),
        lambda: school.save_contact(session, ContactDraft(label="A", phone="112")),
        lambda: school.save_year(session, SchoolYearDraft()),
        lambda: school.remove_calendar_day(session, 1),
    ):
        with pytest.raises(NotAllowed):
            change()
