"""People around incidents and cases: their names, and who is responsible for a step."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.incidents import Incident, IncidentGroup, InvolvedPerson
from wbos_desktop.db.models.school import Group, GroupMentor, Pupil, School, Staff, StaffRole
from wbos_desktop.domain.incidents import PersonRow
from wbos_desktop.domain.people import display_name
from wbos_desktop.i18n import _
from wbos_desktop.services.visibility import shown_persons

# The role that takes over where a sector lacks one (roles catalogue, `instead`).
_INSTEAD = {("apc", "MBO"): "zorg"}


def sector_of(session: Session) -> str:
    """'PO', 'VO', 'GO' or 'MBO'."""
    return session.scalar(select(School.sector).limit(1)) or "VO"


def staff_names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """Full names by staff id, also of colleagues who left."""
    wanted = {staff_id for staff_id in ids if staff_id is not None}
    if not wanted:
        return {}
    rows = session.execute(
        select(Staff.id, Staff.given_name, Staff.name_prefix, Staff.family_name).where(
            Staff.id.in_(wanted)
        )
    )
    return {row.id: display_name(*row[1:]) for row in rows}


def active_staff(session: Session) -> tuple[tuple[int, str], ...]:
    """Id and name of every active colleague, sorted by name: who may own a case or do a step."""
    rows = session.execute(
        select(Staff.id, Staff.given_name, Staff.name_prefix, Staff.family_name)
        .where(Staff.active)
        .order_by(Staff.sort_name, Staff.family_name, Staff.given_name)
    )
    return tuple((row.id, display_name(*row[1:])) for row in rows)


class Responsibles:
    """Finds who does a step: the first role that somebody has, else the owner of the case."""

    def __init__(
        self, session: Session, group_ids: Sequence[int], owner_id: int | None, day: dt.date
    ) -> None:
        self._owner_id = owner_id
        self._sector = sector_of(session)
        self._by_role: dict[str, list[int]] = {}
        mentors = session.execute(
            select(GroupMentor.group_id, GroupMentor.staff_id)
            .join(Staff, Staff.id == GroupMentor.staff_id)
            .where(GroupMentor.group_id.in_(group_ids), Staff.active)
            .order_by(GroupMentor.position, GroupMentor.id)
        ).all()
        order = {group_id: at for at, group_id in enumerate(group_ids)}
        found = sorted(mentors, key=lambda row: order[row.group_id])
        self._by_role["mentor"] = [row.staff_id for row in found]
        for role, staff_id in session.execute(
            select(StaffRole.role, StaffRole.staff_id)
            .join(Staff, Staff.id == StaffRole.staff_id)
            .where(
                Staff.active,
                StaffRole.role != "mentor",
                or_(StaffRole.valid_from.is_(None), StaffRole.valid_from <= day),
                or_(StaffRole.valid_to.is_(None), StaffRole.valid_to >= day),
            )
            .order_by(StaffRole.id)
        ):
            self._by_role.setdefault(role, []).append(staff_id)

    def of_role(self, role: str) -> int | None:
        """Who has the role; the owner of the case goes before others who have it too."""
        found = self._by_role.get(_INSTEAD.get((role, self._sector), role), [])
        if self._owner_id in found:
            return self._owner_id
        return found[0] if found else None

    def choose(self, roles: Sequence[str]) -> int | None:
        """The first role that somebody has; nobody found is the owner."""
        for role in roles:
            if (staff_id := self.of_role(role)) is not None:
                return staff_id
        return self._owner_id


def groups_of_incidents(
    session: Session, incident_ids: Iterable[int]
) -> dict[int, list[tuple[int, str]]]:
    """Id and name of the groups of each incident, in the order of the report."""
    found: dict[int, list[tuple[int, str]]] = {}
    rows = session.execute(
        select(IncidentGroup.incident_id, Group.id, Group.name)
        .join(Group, Group.id == IncidentGroup.group_id)
        .where(IncidentGroup.incident_id.in_(list(incident_ids)))
        .order_by(IncidentGroup.incident_id, IncidentGroup.position, Group.name)
    )
    for incident_id, group_id, name in rows:
        found.setdefault(incident_id, []).append((group_id, name))
    return found


def persons_of_incidents(
    session: Session, incident_ids: Iterable[int], *, everybody: bool = False
) -> dict[int, list[PersonRow]]:
    """Everybody involved by incident, with marks that are unique over all of them.

    Only whom the acting user may know of, unless `everybody` (for the steps of a case).
    """
    allowed = true() if everybody else shown_persons(session)
    rows = session.execute(
        select(InvolvedPerson, Pupil.given_name, Pupil.name_prefix, Pupil.family_name)
        .outerjoin(Pupil, Pupil.id == InvolvedPerson.pupil_id)
        .join(Incident, Incident.id == InvolvedPerson.incident_id)
        .where(InvolvedPerson.incident_id.in_(list(incident_ids)), allowed)
        .order_by(Incident.happened_on, Incident.id, InvolvedPerson.position, InvolvedPerson.id)
    ).all()
    colleagues = staff_names(session, (row[0].staff_id for row in rows))
    found: list[PersonRow] = []
    for person, given, prefix, family in rows:
        name, short = _names_of(person, given, prefix, family, colleagues)
        found.append(_person_row(person, name, short))
    by_incident: dict[int, list[PersonRow]] = {}
    for shown in _unique(found):
        by_incident.setdefault(shown.incident_id, []).append(shown)
    return by_incident


def _names_of(
    person: InvolvedPerson,
    given: str | None,
    prefix: str | None,
    family: str | None,
    colleagues: dict[int, str],
) -> tuple[str, str]:
    if person.pupil_id is not None:
        return display_name(given or "", prefix or "", family or ""), given or family or ""
    if person.staff_id is not None:
        name = colleagues.get(person.staff_id, "")
        return name, name
    name = person.outsider_name or _("Unknown pupil")
    return name, name


def _person_row(person: InvolvedPerson, name: str, short: str) -> PersonRow:
    return PersonRow(
        id=person.id,
        incident_id=person.incident_id,
        name=name,
        short=short,
        mark="",
        role=person.role,
        role_note=person.role_note,
        role_source=person.role_source,
        pupil_id=person.pupil_id,
        staff_id=person.staff_id,
        unknown=person.unknown,
        version=person.version,
        account=person.account,
        injury=person.injury,
        heard_on=person.heard_on,
        parents_informed_on=person.parents_informed_on,
        parents_informed_how=person.parents_informed_how,
    )


def identity(row: PersonRow) -> tuple[str, Any]:
    """What makes two involved persons of one case the same human being."""
    if row.pupil_id is not None:
        return "pupil", row.pupil_id
    if row.staff_id is not None:
        return "staff", row.staff_id
    return "other", row.id


def _unique(rows: list[PersonRow]) -> list[PersonRow]:
    people = {identity(row): row for row in rows}
    shorts = Counter(row.short for row in people.values())
    marks: dict[tuple[str, Any], str] = {}
    for key, row in people.items():
        marks[key] = _free_mark(row.short, set(marks.values()))
    return [
        replace(
            row,
            mark=marks[identity(row)],
            short=row.short if shorts[row.short] == 1 else row.name,
        )
        for row in rows
    ]


def _free_mark(name: str, taken: set[str]) -> str:
    letters = [letter for letter in name if letter.isalnum()] or ["?"]
    first = letters[0].upper()
    for second in letters[1:]:
        if (mark := first + second.lower()) not in taken:
            return mark
    if len(letters) == 1 and first not in taken:
        return first
    return next(mark for n in range(1, 1000) if (mark := f"{first}{n}") not in taken)


def acting_staff_id(session: Session) -> int | None:
    """The staff member behind this gesture, None while the vault is being made."""
    return context(session).staff_id
