"""Who stands in a document and how they are called there; the frame of its pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.incidents import Incident, IncidentGroup, InvolvedPerson
from wbos_desktop.db.models.school import Membership, Pupil, School, Staff
from wbos_desktop.domain.incidents import PersonRow
from wbos_desktop.domain.masking import Names, Person
from wbos_desktop.domain.people import display_name, split_name
from wbos_desktop.domain.reports import NAME_SETTINGS, ExportOptions, Masthead
from wbos_desktop.errors import Invalid, NotAllowed
from wbos_desktop.i18n import _
from wbos_desktop.services.rights import may


@dataclass(frozen=True)
class Desk:
    """What every part of a document is made with: the session and its names."""

    session: Session
    options: ExportOptions
    names: Names

    @property
    def today(self) -> dt.date:
        """The day of this gesture."""
        return context(self.session).today

    def text(self, typed: str | None) -> str:
        """Text that a user typed, with names shortened."""
        return self.names.text(typed or "")

    def person(self, row: PersonRow) -> str:
        """What an involved person is called in this document."""
        if row.pupil_id is not None:
            return self.names.name(row.pupil_id)
        if row.staff_id is not None or row.unknown:
            return row.name
        return self.names.name(-row.id) or row.name


def check_options(session: Session, options: ExportOptions) -> None:
    """Full names are for coordinators and need a purpose. Raises Invalid, NotAllowed."""
    if options.names not in NAME_SETTINGS:
        raise Invalid({"names": _("Choose how pupils are named.")})
    if options.names != "full":
        return
    if not may(session, "export", "full_names"):
        raise NotAllowed(_("Only a coordinator exports full names."))
    if not options.purpose.strip():
        raise Invalid({"purpose": _("Write what the full names are needed for.")})


def open_desk(
    session: Session,
    options: ExportOptions,
    *,
    group_ids: Iterable[int] = (),
    case_ids: Iterable[int] = (),
    whole_school: bool = False,
) -> Desk:
    """Names for a document about these groups and cases. Raises Invalid, NotAllowed."""
    check_options(session, options)
    cases = sorted(set(case_ids))
    groups = sorted({*group_ids, *_groups_of_cases(session, cases)})
    people = _pupils(session, groups, cases, whole_school)
    if cases:
        people += _outsiders(session, cases)
    staff = session.execute(select(Staff.given_name, Staff.name_prefix, Staff.family_name))
    keep = [display_name(*row) for row in staff]
    return Desk(session, options, Names(people, options.names, keep))


def _groups_of_cases(session: Session, case_ids: Sequence[int]) -> set[int]:
    return set(
        session.scalars(
            select(IncidentGroup.group_id)
            .join(Incident, Incident.id == IncidentGroup.incident_id)
            .where(Incident.case_id.in_(case_ids))
        )
    )


def _pupils(
    session: Session, group_ids: Sequence[int], case_ids: Sequence[int], whole_school: bool
) -> list[Person]:
    """All who are or were in the groups, and all who are involved in the cases."""
    columns = select(Pupil.id, Pupil.given_name, Pupil.name_prefix, Pupil.family_name)
    if not whole_school:
        members = select(Membership.pupil_id).where(Membership.group_id.in_(group_ids))
        involved = (
            select(InvolvedPerson.pupil_id)
            .join(Incident, Incident.id == InvolvedPerson.incident_id)
            .where(Incident.case_id.in_(case_ids), InvolvedPerson.pupil_id.is_not(None))
        )
        columns = columns.where(Pupil.id.in_(members) | Pupil.id.in_(involved))
    return [Person(*row) for row in session.execute(columns)]


def _outsiders(session: Session, case_ids: Sequence[int]) -> list[Person]:
    """People from outside the school, by typed name; their key is the negative of the row's id."""
    rows = session.execute(
        select(InvolvedPerson.id, InvolvedPerson.outsider_name)
        .join(Incident, Incident.id == InvolvedPerson.incident_id)
        .where(Incident.case_id.in_(case_ids), InvolvedPerson.outsider_name != "")
    )
    return [Person(-row.id, *split_name(row.outsider_name)) for row in rows]


def masthead(desk: Desk, document: str, title: str) -> Masthead:
    """The frame of the pages; call it last, when all text has been shortened."""
    who = context(desk.session)
    school = desk.session.execute(select(School.name, School.print_line).limit(1)).first()
    options = desk.options
    readers = _("Only for {readers}").format(readers=options.recipients)
    line = school.print_line.strip() if school else ""
    return Masthead(
        document=document,
        title=title,
        school=school.name if school else "",
        made_at=who.now.astimezone(),
        made_by=staff_name(desk.session, who.staff_id),
        readers=readers if options.recipients else _("Only for the recipients named"),
        destroy_line=_("Destroy this paper after the meeting"),
        names_line=names_line(options),
        print_line="" if line == _("Confidential") else line,
        check_words=desk.names.to_check,
    )


def names_line(options: ExportOptions) -> str:
    """How pupils are named, in one sentence."""
    if options.names == "full":
        return _("Full names, for: {purpose}").format(purpose=options.purpose.strip())
    if options.names == "first":
        return _("Names shortened to first name")
    return _("Names shortened to initials")


def staff_name(session: Session, staff_id: int | None) -> str:
    """The full name of a colleague, '' when there is none."""
    staff = session.get(Staff, staff_id) if staff_id else None
    return display_name(staff.given_name, staff.name_prefix, staff.family_name) if staff else ""


def short_staff(full_name: str) -> str:
    """'K. Bosman' for 'Karin Bosman'; one word stays."""
    first, _space, rest = full_name.partition(" ")
    return f"{first[0]}. {rest}" if rest else full_name
