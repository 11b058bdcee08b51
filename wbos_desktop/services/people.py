"""Pupils, staff and the roles that staff hold."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from wbos_desktop import paths
from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import (
    Group,
    GroupMentor,
    Membership,
    Pupil,
    School,
    SchoolYear,
    Staff,
    StaffRole,
    User,
)
from wbos_desktop.domain.people import (
    PupilDraft,
    PupilQuery,
    PupilRow,
    Role,
    StaffDraft,
    StaffQuery,
    StaffRow,
    clean,
    display_name,
    fold,
    sort_name,
)
from wbos_desktop.domain.retention import due_on
from wbos_desktop.errors import Invalid, NotFound
from wbos_desktop.i18n import _
from wbos_desktop.services.retention import terms_of
from wbos_desktop.services.rights import may, needs
from wbos_desktop.services.school import demand_coordinator, demand_version
from wbos_desktop.services.visibility import own_groups


# ---------------------------------------------------------------- pupils
@needs("read", "pupil")
def find_pupil_ids(session: Session, query: PupilQuery) -> list[int]:
    """Pupils by family name: those at school, or those who left when `query.left`.

    Who is no coordinator finds pupils of own groups only.
    """
    today = context(session).today
    gone = Pupil.left_on.is_not(None) & (Pupil.left_on <= today)
    statement = (
        select(Pupil.id)
        .where(gone if query.left else ~gone)
        .order_by(Pupil.sort_name, Pupil.given_name, Pupil.id)
    )
    for word in fold(query.text).split():
        statement = statement.where(
            or_(
                Pupil.sort_name.contains(word, autoescape=True),
                Pupil.pupil_number.startswith(word, autoescape=True),
            )
        )
    if query.group_id is not None:
        statement = statement.where(_in_groups([query.group_id]))
    return list(session.scalars(statement.where(_visible(session))))


@needs("read", "pupil")
def load_pupil_rows(session: Session, ids: Sequence[int]) -> dict[int, PupilRow]:
    """Rows of these pupils with their groups of today."""
    groups: dict[int, list[str]] = defaultdict(list)
    named = (
        select(Membership.pupil_id, Group.name)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.pupil_id.in_(ids), _current(session))
        .order_by(Group.kind, Group.name)
    )
    for pupil_id, name in session.execute(named):
        if name not in groups[pupil_id]:
            groups[pupil_id].append(name)
    term = terms_of(session)["pupils"]
    columns = select(
        Pupil.id,
        Pupil.given_name,
        Pupil.name_prefix,
        Pupil.family_name,
        Pupil.pupil_number,
        Pupil.birth_date,
        Pupil.left_on,
    ).where(Pupil.id.in_(ids))
    return {
        row.id: PupilRow(
            id=row.id,
            name=display_name(row.given_name, row.name_prefix, row.family_name),
            pupil_number=row.pupil_number,
            birth_date=row.birth_date,
            groups=tuple(groups[row.id]),
            left_on=row.left_on,
            keep_until=due_on(row.left_on, term),
        )
        for row in session.execute(columns.where(_visible(session)))
    }


@needs("read", "pupil")
def get_pupil(session: Session, pupil_id: int) -> PupilDraft:
    """A pupil for a form, noted in the audit trail. Raises NotFound."""
    pupil = _pupil(session, pupil_id)
    audit.note(session, "view", "pupils", pupil_id)
    return PupilDraft(
        id=pupil.id,
        version=pupil.version,
        given_name=pupil.given_name,
        name_prefix=pupil.name_prefix,
        family_name=pupil.family_name,
        pupil_number=pupil.pupil_number,
        birth_date=pupil.birth_date,
        enrolled_on=pupil.enrolled_on,
        left_on=pupil.left_on,
    )


@needs("read", "pupil")
def demand_pupil(session: Session, pupil_id: int) -> None:
    """Raises NotFound unless the acting user may see this pupil; a look is not noted."""
    _pupil(session, pupil_id)


@needs("write", "pupil")
def save_pupil(session: Session, draft: PupilDraft) -> int:
    """Keep a pupil; its id. Raises Invalid (a number twice), Conflict, NotFound, NotAllowed."""
    demand_coordinator(session)
    draft.check()
    number = clean(draft.pupil_number)
    twin = select(Pupil.id).where(Pupil.pupil_number == number, Pupil.id != (draft.id or 0))
    if number and session.scalar(twin.limit(1)) is not None:
        raise Invalid({"pupil_number": _("Another pupil has this number already.")})
    if draft.id is None:
        pupil = Pupil()
        session.add(pupil)
    else:
        pupil = _pupil(session, draft.id)
        demand_version(pupil.version, draft.version)
    pupil.given_name, pupil.family_name = clean(draft.given_name), clean(draft.family_name)
    pupil.name_prefix = clean(draft.name_prefix)
    pupil.sort_name = sort_name(pupil.given_name, pupil.family_name)
    pupil.pupil_number = number
    pupil.birth_date, pupil.enrolled_on = draft.birth_date, draft.enrolled_on
    pupil.left_on = draft.left_on
    session.flush()
    return pupil.id


def _pupil(session: Session, pupil_id: int) -> Pupil:
    pupil = session.scalar(select(Pupil).where(Pupil.id == pupil_id, _visible(session)))
    if pupil is None:
        raise NotFound(_("You can't open this. Ask your coordinator."))
    return pupil


def _visible(session: Session) -> ColumnElement[bool]:
    who = context(session)
    if who.role == "coordinator" or who.user_id is None:
        return true()
    if not may(session, "read", "pupil"):
        return false()
    return _in_groups(own_groups(session))


def _in_groups(groups: Any) -> ColumnElement[bool]:
    return Pupil.id.in_(
        select(Membership.pupil_id).where(
            Membership.group_id.in_(groups), Membership.member_to.is_(None)
        )
    )


def _current(session: Session) -> ColumnElement[bool]:
    today = context(session).today
    years = select(SchoolYear.id).where(SchoolYear.first_day <= today)
    latest = years.order_by(SchoolYear.first_day.desc()).limit(1).scalar_subquery()
    return (
        or_(Membership.member_from.is_(None), Membership.member_from <= today)
        & or_(Membership.member_to.is_(None), Membership.member_to >= today)
        & (Group.school_year_id == latest)
    )


# ---------------------------------------------------------------- staff
@needs("read", "colleague")
def find_staff_ids(session: Session, query: StaffQuery) -> list[int]:
    """Staff by family name, those who left only with `query.inactive`."""
    statement = select(Staff.id).order_by(Staff.sort_name, Staff.given_name, Staff.id)
    if not query.inactive:
        statement = statement.where(Staff.active)
    for word in fold(query.text).split():
        statement = statement.where(
            or_(
                Staff.sort_name.contains(word, autoescape=True),
                Staff.code.icontains(word, autoescape=True),
            )
        )
    if query.role:
        held = select(StaffRole.staff_id).where(StaffRole.role == query.role, _held(session))
        statement = statement.where(Staff.id.in_(held))
    return list(session.scalars(statement))


@needs("read", "colleague")
def load_staff_rows(session: Session, ids: Sequence[int]) -> dict[int, StaffRow]:
    """Rows of these staff members with roles of today and groups of this year."""
    roles: dict[int, list[str]] = defaultdict(list)
    groups: dict[int, list[str]] = defaultdict(list)
    held = select(StaffRole.staff_id, StaffRole.role).where(
        StaffRole.staff_id.in_(ids), _held(session)
    )
    for staff_id, role in session.execute(held.order_by(StaffRole.id)):
        if role not in roles[staff_id]:
            roles[staff_id].append(role)
    mentored = (
        select(GroupMentor.staff_id, Group.name)
        .join(Group, Group.id == GroupMentor.group_id)
        .join(SchoolYear, SchoolYear.id == Group.school_year_id)
        .where(GroupMentor.staff_id.in_(ids), SchoolYear.last_day >= context(session).today)
        .order_by(Group.name)
    )
    for staff_id, name in session.execute(mentored):
        groups[staff_id].append(name)
    accounts = session.execute(select(User.staff_id, User.role).where(User.staff_id.in_(ids)))
    user_roles = {staff_id: role for staff_id, role in accounts}  # noqa: C416 - a Result is no mapping
    columns = select(
        Staff.id,
        Staff.given_name,
        Staff.name_prefix,
        Staff.family_name,
        Staff.code,
        Staff.email,
        Staff.active,
    ).where(Staff.id.in_(ids))
    return {
        row.id: StaffRow(
            id=row.id,
            name=display_name(row.given_name, row.name_prefix, row.family_name),
            code=row.code,
            email=row.email,
            active=row.active,
            roles=tuple(roles[row.id]),
            groups=tuple(groups[row.id]),
            user_role=user_roles.get(row.id, ""),
        )
        for row in session.execute(columns)
    }


@needs("read", "colleague")
def staff_names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Full names by staff id."""
    found = session.execute(
        select(Staff.id, Staff.given_name, Staff.name_prefix, Staff.family_name).where(
            Staff.id.in_(list(ids))
        )
    )
    return {staff_id: display_name(*name) for staff_id, *name in found}


@needs("read", "colleague")
def list_staff(session: Session, role: str = "") -> list[StaffRow]:
    """Everybody active, or who holds a role today, by family name: for choices in forms."""
    ids = find_staff_ids(session, StaffQuery(role=role))
    rows = load_staff_rows(session, ids)
    return [rows[staff_id] for staff_id in ids]


@needs("read", "colleague")
def get_staff(session: Session, staff_id: int) -> StaffDraft:
    """A staff member for a form, with the roles of today. Raises NotFound."""
    staff = _staff(session, staff_id)
    return StaffDraft(
        id=staff.id,
        version=staff.version,
        given_name=staff.given_name,
        name_prefix=staff.name_prefix,
        family_name=staff.family_name,
        code=staff.code,
        email=staff.email,
        active=staff.active,
        roles=tuple(role.role for role in _open_roles(session, staff_id)),
    )


@needs("write", "colleague")
def save_staff(session: Session, draft: StaffDraft) -> int:
    """Keep a staff member; roles that were added begin today, those taken away end yesterday.

    Raises Invalid (a code twice, the last coordinator switched off), Conflict, NotFound.
    """
    demand_coordinator(session)
    draft.check()
    code = clean(draft.code)
    twin = select(Staff.id).where(Staff.code == code, Staff.id != (draft.id or 0), Staff.active)
    if code and session.scalar(twin.limit(1)) is not None:
        raise Invalid({"code": _("Another staff member has this code already.")})
    if draft.id is None:
        staff = Staff()
        session.add(staff)
    else:
        staff = _staff(session, draft.id)
        demand_version(staff.version, draft.version)
        if not draft.active and draft.id == context(session).staff_id:
            raise Invalid({"active": _("This is you. You can't take yourself off the list.")})
        inside = select(User.id).where(User.staff_id == draft.id)
        if not draft.active and session.scalar(inside.limit(1)) is not None:
            raise Invalid({"active": _("This colleague can still log in. Take access away first.")})
    staff.given_name, staff.family_name = clean(draft.given_name), clean(draft.family_name)
    staff.name_prefix = clean(draft.name_prefix)
    staff.sort_name = sort_name(staff.given_name, staff.family_name)
    staff.code, staff.email, staff.active = code, clean(draft.email), draft.active
    session.flush()
    set_roles(session, staff.id, draft.roles)
    return staff.id


@needs("write", "colleague")
def set_roles(session: Session, staff_id: int, codes: Iterable[str]) -> None:
    """Make these the roles that a staff member holds from today on; older ones stay as history."""
    demand_coordinator(session)
    wanted = dict.fromkeys(codes)
    today = context(session).today
    for role in _open_roles(session, staff_id):
        if role.role in wanted:
            del wanted[role.role]
        elif role.valid_from == today:
            role.deleted_at = context(session).now
        else:
            role.valid_to = today - dt.timedelta(days=1)
    for code in wanted:
        session.add(StaffRole(staff_id=staff_id, role=code, valid_from=today))
    session.flush()


def _open_roles(session: Session, staff_id: int) -> Sequence[StaffRole]:
    return session.scalars(
        select(StaffRole)
        .where(StaffRole.staff_id == staff_id, _held(session))
        .order_by(StaffRole.id)
    ).all()


def _held(session: Session) -> ColumnElement[bool]:
    today = context(session).today
    return or_(StaffRole.valid_from.is_(None), StaffRole.valid_from <= today) & or_(
        StaffRole.valid_to.is_(None), StaffRole.valid_to >= today
    )


def _staff(session: Session, staff_id: int) -> Staff:
    staff = session.scalar(select(Staff).where(Staff.id == staff_id))
    if staff is None:
        raise NotFound(_("This is not there any more."))
    return staff


# ---------------------------------------------------------------- roles
@lru_cache(maxsize=1)
def _catalogue() -> list[dict[str, Any]]:
    text = paths.resource_bytes("catalogues", "roles.toml").decode()
    roles: list[dict[str, Any]] = tomllib.loads(text)["roles"]
    return roles


@needs("read", "school")
def list_roles(session: Session) -> tuple[Role, ...]:
    """Roles that exist in this sector, in the catalogue's order and the sector's words."""
    sector = (session.scalar(select(School.sector).limit(1)) or "VO").lower()
    return tuple(
        Role(
            role["code"],
            role["title"][sector],
            role.get("plural", {}).get(sector, role["title"][sector]),
            role.get("duty", ""),
        )
        for role in _catalogue()
        if sector in role["title"]
    )
