"""Read in a pupil list: look first (`preview_import`), then take over in one transaction."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import (
    Group,
    GroupMentor,
    ImportRun,
    Membership,
    Pupil,
    School,
    SchoolYear,
    Staff,
    StaffRole,
)
from wbos_desktop.documents import reader
from wbos_desktop.domain.import_plan import (
    GroupStep,
    ImportPlan,
    Known,
    KnownGroup,
    KnownPupil,
    KnownStaff,
    PupilStep,
    StaffStep,
    plan_import,
)
from wbos_desktop.domain.imports import (
    ImportFile,
    ImportOptions,
    ImportPreview,
    ImportReport,
    read_school_year,
    school_year_of,
)
from wbos_desktop.domain.people import display_name, sort_name
from wbos_desktop.errors import FileRejected, Invalid
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress
from wbos_desktop.services.rights import needs
from wbos_desktop.services.school import demand_coordinator, ensure_year

_DAY = dt.timedelta(days=1)


def read_file(
    path: Path, mapping: Mapping[str, str] | None = None, progress: Progress | None = None
) -> ImportFile:
    """Read a file in a process of its own; needs no session. Raises FileRejected, Cancelled.

    `mapping` goes from a column's head to one of COLUMN_FIELDS, or "" to ignore it.
    """
    return reader.read(reader.read_path(path), path.name, mapping, progress)


@needs("write", "pupil")
def preview_import(
    session: Session, file: ImportFile, options: ImportOptions | None = None
) -> ImportPreview:
    """What `apply_import` would do; changes nothing. Raises FileRejected, Invalid, NotAllowed."""
    demand_coordinator(session)
    year_name = _year_name(session, file, options or ImportOptions())
    _check_file(session, file)
    year_id = session.scalar(select(SchoolYear.id).where(SchoolYear.name == year_name))
    plan = plan_import(file, _known(session, year_id), context(session).today)
    return ImportPreview(**_result(file, year_name, plan))  # type: ignore[arg-type]


@needs("write", "pupil")
def apply_import(
    session: Session,
    file: ImportFile,
    options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Take everything over; never deletes anybody. Raises FileRejected, Invalid, NotAllowed.

    Missing pupils stay as they are, unless the options say that they left.
    """
    demand_coordinator(session)
    options = options or ImportOptions()
    year_name = _year_name(session, file, options)
    school = _check_file(session, file)
    year_id = ensure_year(session, year_name)
    plan = plan_import(file, _known(session, year_id), context(session).today)
    if options.mark_missing_left and any(row.kind == "pupil" for row in plan.rejected):
        raise Invalid(
            {"mark_missing_left": _("Rows were rejected, so nobody can be said to have left.")}
        )
    writer = _Writer(session, year_id, file, school.sector if school else "VO")
    writer.write(plan, options, progress or Progress())
    run = _keep_run(session, file, year_id, plan)
    return ImportReport(**_result(file, year_name, plan), run_uid=run.uid)  # type: ignore[arg-type]


def _result(file: ImportFile, year_name: str, plan: ImportPlan) -> dict[str, object]:
    return {
        "format": file.format,
        "school_year": year_name,
        "groups": plan.group_counts(),
        "pupils": plan.pupil_counts(),
        "staff": plan.staff_counts(),
        "rows": plan.rejected,
        "missing": tuple(
            display_name(pupil.given_name, pupil.name_prefix, pupil.family_name)
            for pupil in plan.missing
        ),
        "ignored": file.ignored,
        "dropped": file.dropped,
    }


def _year_name(session: Session, file: ImportFile, options: ImportOptions) -> str:
    if options.school_year:
        name = read_school_year(options.school_year)
        if not name:
            raise Invalid({"school_year": _("Fill in the school year, such as 2026-2027.")})
        return name
    return file.school_year or school_year_of(context(session).today)


def _check_file(session: Session, file: ImportFile) -> School | None:
    if file.problem:
        raise FileRejected(file.problem)
    school = session.scalar(select(School).limit(1))
    if school and school.brin and file.brin and school.brin != file.brin:
        raise FileRejected(
            _("This file is of another school ({other}); this is {own}.").format(
                other=file.brin, own=school.brin
            )
        )
    return school


def _keep_run(session: Session, file: ImportFile, year_id: int, plan: ImportPlan) -> ImportRun:
    counts = {
        "groups": plan.group_counts(),
        "pupils": plan.pupil_counts(),
        "staff": plan.staff_counts(),
    }
    run = ImportRun(
        file_name=Path(file.file_name).name,
        format=file.format[:20],
        school_year_id=year_id,
        counts={name: asdict(found) for name, found in counts.items()},
        at=context(session).now,
    )
    session.add(run)
    session.flush()
    return run


# ---------------------------------------------------------------- what is known
def _known(session: Session, year_id: int | None) -> Known:
    groups = session.execute(
        select(
            Group.id, Group.source_key, Group.name, Group.year_level, Group.programme, Group.kind
        ).where(Group.school_year_id == (year_id or 0))
    )
    staff = session.execute(
        select(
            Staff.id,
            Staff.source_key,
            Staff.code,
            Staff.given_name,
            Staff.name_prefix,
            Staff.family_name,
            Staff.email,
        )
    )
    return Known(
        groups=tuple(KnownGroup(*row) for row in groups),
        pupils=_known_pupils(session, year_id),
        staff=tuple(KnownStaff(*row) for row in staff),
    )


def _known_pupils(session: Session, year_id: int | None) -> tuple[KnownPupil, ...]:
    in_groups: dict[int, set[int]] = defaultdict(set)
    open_ones = (
        select(Membership.pupil_id, Membership.group_id)
        .join(Group, Group.id == Membership.group_id)
        .where(Group.school_year_id == (year_id or 0), Membership.member_to.is_(None))
    )
    for pupil_id, group_id in session.execute(open_ones):
        in_groups[pupil_id].add(group_id)
    columns = select(
        Pupil.id,
        Pupil.source_key,
        Pupil.pupil_number,
        Pupil.given_name,
        Pupil.name_prefix,
        Pupil.family_name,
        Pupil.birth_date,
        Pupil.enrolled_on,
        Pupil.left_on,
    )
    return tuple(
        KnownPupil(*row, groups=frozenset(in_groups[row.id])) for row in session.execute(columns)
    )


# ---------------------------------------------------------------- taking over
class _Writer:
    """Carries a plan out in the session's transaction."""

    def __init__(self, session: Session, year_id: int, file: ImportFile, sector: str) -> None:
        self._session = session
        self._file = file
        self._sector = sector
        year = session.get_one(SchoolYear, year_id)
        self._year_id, self._first, self._last = year_id, year.first_day, year.last_day
        self._today = context(session).today
        self._groups: dict[str, Group] = {}
        self._new_groups: set[int] = set()

    def write(self, plan: ImportPlan, options: ImportOptions, progress: Progress) -> None:
        """Groups first, then pupils with their memberships, then staff. Raises Cancelled."""
        for step in plan.groups:
            self._write_group(step)
        self._session.flush()
        self._new_groups = {
            self._groups[step.group.ref].id for step in plan.groups if step.id is None
        }
        pupils = self._write_pupils(plan.pupils, progress)
        self._session.flush()
        memberships = self._open_memberships()
        for taken, pupil in pupils:
            self._write_memberships(taken, pupil, memberships[pupil.id])
        if options.mark_missing_left:
            for known in plan.missing:
                self._leave(self._session.get_one(Pupil, known.id), memberships[known.id])
        self._session.flush()
        self._write_staff(plan.staff)
        self._session.flush()

    def _write_group(self, step: GroupStep) -> None:
        read = step.group
        if step.id is None:
            group = Group(school_year_id=self._year_id, sector=self._sector, kind=read.kind)
            group.name = read.name
            self._session.add(group)
        else:
            group = self._session.get_one(Group, step.id)
        if step.id is None or step.changed:
            group.name = read.name
            group.source_key = read.key or group.source_key or ""
            group.year_level = read.year_level or group.year_level or ""
            group.programme = read.programme or group.programme or ""
        self._groups[read.ref] = group

    def _write_pupils(
        self, steps: tuple[PupilStep, ...], progress: Progress
    ) -> list[tuple[PupilStep, Pupil]]:
        known = {
            pupil.id: pupil
            for pupil in self._session.scalars(
                select(Pupil).where(Pupil.id.in_([step.id for step in steps if step.id]))
            )
        }
        done: list[tuple[PupilStep, Pupil]] = []
        for number, step in enumerate(steps):
            if number % 50 == 0:
                progress.step(number, len(steps), _("Taking over pupils"))
            pupil = known[step.id] if step.id else Pupil()
            if step.id is None:
                self._session.add(pupil)
            if step.id is None or step.changed:
                _fill_pupil(pupil, step)
            done.append((step, pupil))
        progress.step(len(steps), len(steps), _("Taking over pupils"))
        return done

    def _open_memberships(self) -> dict[int, list[tuple[Membership, Group, dt.date]]]:
        found: dict[int, list[tuple[Membership, Group, dt.date]]] = defaultdict(list)
        rows = self._session.execute(
            select(Membership, Group, SchoolYear.last_day)
            .join(Group, Group.id == Membership.group_id)
            .join(SchoolYear, SchoolYear.id == Group.school_year_id)
            .where(Membership.member_to.is_(None))
        )
        for membership, group, last_day in rows:
            found[membership.pupil_id].append((membership, group, last_day))
        return found

    def _write_memberships(
        self, step: PupilStep, pupil: Pupil, held: list[tuple[Membership, Group, dt.date]]
    ) -> None:
        for membership, _group, last_day in held:
            if last_day < self._first:
                membership.member_to = last_day
        now = [pair for pair in held if pair[1].school_year_id == self._year_id]
        if pupil.left_on and pupil.left_on <= max(self._today, self._first):
            self._leave(pupil, now)
            return
        wanted = {self._groups[ref].id: self._groups[ref] for ref in step.pupil.groups}
        if not wanted:
            return
        base = any(group.kind == "base" for group in wanted.values())
        today = min(max(self._today, self._first), self._last)
        for membership, group, _last in now:
            replaced = base and (group.kind == "base" or self._file.whole_school)
            if group.id not in wanted and replaced:
                self._end(membership, today)
        for group_id in wanted.keys() - {group.id for _m, group, _l in now}:
            start = self._first if group_id in self._new_groups else today
            if pupil.enrolled_on and self._first < pupil.enrolled_on <= self._last:
                start = max(self._first, pupil.enrolled_on) if step.id is None else start
            self._session.add(
                Membership(group_id=group_id, pupil_id=pupil.id, member_from=start, member_to=None)
            )

    def _leave(self, pupil: Pupil, held: list[tuple[Membership, Group, dt.date]]) -> None:
        """End what is open; the last day in a group is the day the pupil left."""
        pupil.left_on = pupil.left_on or self._today
        for membership, _group, _last in held:
            self._end(membership, pupil.left_on + _DAY)

    def _end(self, membership: Membership, next_day: dt.date) -> None:
        """The last day is the day before; a membership that never ran is taken away."""
        if membership.member_from and membership.member_from >= next_day:
            membership.deleted_at = context(self._session).now
        else:
            membership.member_to = next_day - _DAY

    def _write_staff(self, steps: tuple[StaffStep, ...]) -> None:
        mentors: dict[int, list[int]] = defaultdict(list)
        for step in steps:
            person = Staff() if step.id is None else self._session.get_one(Staff, step.id)
            if step.id is None:
                self._session.add(person)
            if step.id is None or step.changed:
                _fill_staff(person, step)
            self._session.flush()
            named = [self._groups[ref] for ref in step.person.groups if ref in self._groups]
            base = [group for group in named if group.kind == "base"]
            role = step.person.role
            self._give_role(person.id, "mentor" if base and role == "leraar" else role)
            for group in base:
                mentors[group.id].append(person.id)
        for group_id, staff_ids in mentors.items():
            self._set_mentors(group_id, staff_ids)

    def _give_role(self, staff_id: int, role: str) -> None:
        held = self._session.scalar(
            select(StaffRole.id)
            .where(StaffRole.staff_id == staff_id, StaffRole.role == role)
            .limit(1)
        )
        if held is None:
            self._session.add(StaffRole(staff_id=staff_id, role=role, valid_from=self._first))

    def _set_mentors(self, group_id: int, staff_ids: list[int]) -> None:
        held = self._session.scalars(
            select(GroupMentor).where(GroupMentor.group_id == group_id)
        ).all()
        for mentor in held:
            if mentor.staff_id not in staff_ids:
                mentor.deleted_at = context(self._session).now
        known = {mentor.staff_id for mentor in held}
        for position, staff_id in enumerate(staff_ids):
            if staff_id not in known:
                self._session.add(
                    GroupMentor(group_id=group_id, staff_id=staff_id, position=position)
                )


def _fill_pupil(pupil: Pupil, step: PupilStep) -> None:
    """What the file says; what it leaves empty stays."""
    read = step.pupil
    pupil.source_key = read.key or pupil.source_key or ""
    pupil.pupil_number = read.number or pupil.pupil_number or ""
    pupil.given_name = read.given_name or pupil.given_name or ""
    pupil.name_prefix = read.name_prefix or pupil.name_prefix or ""
    pupil.family_name = read.family_name or pupil.family_name or ""
    pupil.sort_name = sort_name(pupil.given_name, pupil.family_name)
    pupil.birth_date = read.birth_date or pupil.birth_date
    pupil.enrolled_on = read.enrolled_on or pupil.enrolled_on
    pupil.left_on = read.left_on or pupil.left_on


def _fill_staff(person: Staff, step: StaffStep) -> None:
    read = step.person
    person.source_key = read.key or person.source_key or ""
    person.code = read.code or person.code or ""
    person.given_name = read.given_name or person.given_name or ""
    person.name_prefix = read.name_prefix or person.name_prefix or ""
    person.family_name = read.family_name or person.family_name or ""
    person.email = read.email or person.email or ""
    person.sort_name = sort_name(person.given_name, person.family_name)
