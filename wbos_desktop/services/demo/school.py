"""The people of the example school: staff, calendar, and two class lists read in as a file."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from wbos_desktop.domain.imports import (
    ImportedGroup,
    ImportedPupil,
    ImportedStaff,
    ImportFile,
    ImportOptions,
)
from wbos_desktop.domain.people import PupilDraft, PupilQuery, StaffDraft
from wbos_desktop.domain.school import CalendarDayDraft, ContactDraft, SchoolYearDraft
from wbos_desktop.services import groups, imports, people, school

from .names import MENTORS, STAFF, pupil_names
from .timeline import Timeline, YearPlan

PUPILS = 480
PROGRAMMES = {
    "1": "brugklas",
    "2": "havo/vwo",
    "3": "havo/vwo",
    "4": "havo",
    "5": "havo",
    "6": "vwo",
}
GROUPS = [
    *(f"1{letter}" for letter in "ABCD"),
    *(f"2{letter}" for letter in "ABCD"),
    *(f"3{letter}" for letter in "ABCD"),
    *("4A", "4B", "4C", "5A", "5B", "6A"),
]
# Where this year's pupils of a group came from; nobody in the first year was here.
PREVIOUS = {
    **{f"2{letter}": f"1{letter}" for letter in "ABCD"},
    **{f"3{letter}": f"2{letter}" for letter in "ABCD"},
    **{f"4{letter}": f"3{letter}" for letter in "ABC"},
    "5A": "4A",
    "5B": "4B",
    "6A": "5A",
}


@dataclass(frozen=True)
class DemoPupil:
    """A pupil as known in the vault."""

    id: int
    given_name: str


@dataclass
class DemoSchool:
    """Ids by name, for the stories. Groups and pupils are of the year that is told about."""

    karin: int
    staff: dict[str, int]
    groups: dict[str, int]
    pupils: dict[str, list[DemoPupil]]
    mentors: dict[str, int]


def make_staff(line: Timeline) -> None:
    """Colleagues with their roles, and the numbers to call in an emergency."""
    karin = line.read(_find_karin)
    line.write(people.save_staff, replace(karin, code="BOS", roles=("zorg",)))
    for given, prefix, family, code, roles in STAFF[1:]:
        email = f"{code.lower()}@delinde.example"
        line.write(
            people.save_staff,
            StaffDraft(
                given_name=given,
                name_prefix=prefix,
                family_name=family,
                code=code,
                email=email,
                roles=roles,
            ),
        )
    for label, phone in (("Alarmnummer", "112"), ("BHV (conciërge)", "010-555 01 12")):
        line.write(school.save_contact, ContactDraft(label=label, phone=phone))
    line.write(school.save_contact, ContactDraft(label="Teamleider Peter", phone="06-5550 0117"))
    draft = line.read(school.get_school)
    line.write(
        school.save_school,
        replace(draft, print_line="Vertrouwelijk. Alleen voor het zorgteam van De Linde."),
    )


def _find_karin(session: Session) -> StaffDraft:
    rows = people.list_staff(session)
    return people.get_staff(session, rows[0].id)


def make_year(line: Timeline, plan: YearPlan) -> None:
    """A school year with its free days."""
    known = {row.name: row.id for row in line.read(school.list_years)}
    draft = SchoolYearDraft()
    if plan.name in known:
        draft = line.read(school.get_year, known[plan.name])
    year_id = line.write(
        school.save_year,
        replace(draft, name=plan.name, first_day=plan.first_day, last_day=plan.last_day),
    )
    for first, last, kind, label in plan.days:
        line.write(
            school.save_calendar_day,
            CalendarDayDraft(
                school_year_id=year_id, first_day=first, last_day=last, kind=kind, label=label
            ),
        )


def class_lists(first_day: dt.date, dice: random.Random) -> tuple[ImportFile, ImportFile]:
    """Last year's and this year's list, as a pupil system would export them."""
    names = pupil_names(PUPILS, dice)
    sizes = [PUPILS // len(GROUPS) + (n < PUPILS % len(GROUPS)) for n in range(len(GROUPS))]
    homes = [group for group, size in zip(GROUPS, sizes, strict=True) for _ in range(size)]
    now, before = [], []
    for number, (name, group) in enumerate(zip(names, homes, strict=True)):
        age = 11 + int(group[0])
        born = dt.date(first_day.year - age, 1, 1) + dt.timedelta(days=dice.randrange(365))
        pupil = ImportedPupil(
            row=number + 1,
            number=str(20_100 + number),
            given_name=name[0],
            name_prefix=name[1],
            family_name=name[2],
            birth_date=born,
            groups=(group,),
        )
        now.append(pupil)
        if group in PREVIOUS:
            before.append(replace(pupil, groups=(PREVIOUS[group],)))
    year = first_day.year
    last = _list_file(f"{year - 1}-{year}", before, sorted({p.groups[0] for p in before}))
    return last, _list_file(f"{year}-{year + 1}", now, GROUPS)


def _list_file(year: str, pupils: list[ImportedPupil], names: Sequence[str]) -> ImportFile:
    return ImportFile(
        file_name=f"leerlingen-{year}.csv",
        format="csv",
        encoding="utf-8",
        school_year=year,
        whole_school=True,
        groups=tuple(
            ImportedGroup(
                ref=name, key="", name=name, year_level=name[0], programme=PROGRAMMES[name[0]]
            )
            for name in names
        ),
        pupils=tuple(pupils),
        staff=tuple(_mentors(names)),
    )


def _mentors(names: Sequence[str]) -> list[ImportedStaff]:
    fixed = {"2B": STAFF[1], "1C": STAFF[2]}
    others = [name for name in names if name not in fixed]
    found = [
        ImportedStaff(
            row=row,
            code=code,
            given_name=given,
            name_prefix=prefix,
            family_name=family,
            role="mentor",
            groups=(group,),
        )
        for row, (group, (given, prefix, family, code)) in enumerate(
            zip(others, MENTORS, strict=False), start=1
        )
    ]
    for group, (given, prefix, family, code, _roles) in fixed.items():
        if group in names:
            found.append(
                ImportedStaff(
                    row=len(found) + 1,
                    code=code,
                    given_name=given,
                    name_prefix=prefix,
                    family_name=family,
                    role="mentor",
                    groups=(group,),
                )
            )
    return found


def read_in(line: Timeline, file: ImportFile) -> None:
    """Read a class list in, as the import page does."""
    line.write(imports.apply_import, file, ImportOptions(school_year=file.school_year))


def find_people(line: Timeline) -> DemoSchool:
    """Everybody of the school year of the clock's day, by name."""
    rows = line.read(people.list_staff)
    staff = {row.code: row.id for row in rows}
    found = DemoSchool(karin=staff["BOS"], staff=staff, groups={}, pupils={}, mentors={})
    mentors = {group: row.id for row in rows for group in row.groups}
    for group_id, name in line.read(groups.group_choices):
        found.groups[name] = group_id
        found.pupils[name] = line.read(_pupils_of, group_id)
        found.mentors[name] = mentors.get(name, found.karin)
    return found


def _pupils_of(session: Session, group_id: int) -> list[DemoPupil]:
    ids = people.find_pupil_ids(session, PupilQuery(group_id=group_id))
    rows = people.load_pupil_rows(session, ids)
    drafts = [people.get_pupil(session, pupil_id) for pupil_id in rows]
    return [DemoPupil(draft.id or 0, draft.given_name) for draft in drafts]


# Left two summers before this school year: their term is over, so that the page has a proposal.
LEAVERS = (("Fenna", "", "Postma"), ("Milan", "de", "Groot"), ("Elif", "", "Yıldız"))


def add_leavers(line: Timeline, left_on: dt.date) -> None:
    """Pupils of an earlier class, kept since they left."""
    for number, (given, prefix, family) in enumerate(LEAVERS, start=1):
        draft = PupilDraft(
            given_name=given,
            name_prefix=prefix,
            family_name=family,
            pupil_number=f"9{number:04}",
            left_on=left_on,
        )
        line.write(people.save_pupil, draft)
