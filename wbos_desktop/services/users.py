"""Who can unlock the vault, and in which role. Ways in themselves: workspace/people.py."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import Staff, User
from wbos_desktop.db.models.system import KeyState
from wbos_desktop.domain.people import display_name
from wbos_desktop.domain.users import COORDINATOR, ROLES, AccessOverview, UserRow
from wbos_desktop.errors import Invalid, NotAllowed, NotFound
from wbos_desktop.i18n import _
from wbos_desktop.services.rights import needs


@needs("read", "user")
def access_overview(session: Session) -> AccessOverview:
    """Everybody with a way in, by family name, and what is not safe yet."""
    state = session.get(KeyState, 1)
    return AccessOverview(
        users=tuple(_rows(session)),
        code_confirmed=code_is_confirmed(session),
        rekey_due=state is not None and state.rekey_due,
    )


def code_is_confirmed(session: Session) -> bool:
    """False while nobody typed the recovery code again after it was shown."""
    state = session.get(KeyState, 1)
    return state is None or state.confirmed


def _rows(session: Session) -> list[UserRow]:
    mine = context(session).user_id
    found = session.execute(
        select(User, Staff)
        .join(Staff, Staff.id == User.staff_id)
        .order_by(Staff.sort_name, Staff.given_name, User.id)
    )
    return [
        UserRow(
            id=user.id,
            staff_id=staff.id,
            name=display_name(staff.given_name, staff.name_prefix, staff.family_name),
            given_name=staff.given_name or staff.family_name,
            role=user.role,
            since=user.created_at.date(),
            mine=user.id == mine,
            must_renew=user.must_renew,
            works_here=staff.active,
        )
        for user, staff in found
    ]


@needs("write", "user")
def note_code_printed(session: Session) -> None:
    """The line of the audit trail that a recovery code went to a printer, valid or not yet."""
    audit.note(session, "print", "key_state", 1)


@needs("read", "user")
def list_without_access(session: Session) -> list[tuple[int, str]]:
    """(staff id, name) of everybody who works here and can't unlock the vault, by family name."""
    inside = select(User.staff_id).where(User.deleted_at.is_(None))
    found = session.execute(
        select(Staff.id, Staff.given_name, Staff.name_prefix, Staff.family_name)
        .where(Staff.active, Staff.id.not_in(inside))
        .order_by(Staff.sort_name, Staff.given_name, Staff.id)
    )
    return [(staff_id, display_name(*name)) for staff_id, *name in found]


@needs("write", "user")
def change_role(session: Session, user_id: int, role: str) -> None:
    """Give a colleague another role, from the next gesture on.

    Raises NotAllowed (for oneself, and for the last coordinator), NotFound, Invalid.
    """
    if role not in ROLES:
        raise Invalid({"role": _("Choose what this colleague may do.")})
    user = session.scalar(select(User).where(User.id == user_id))
    if user is None:
        raise NotFound(_("This is not there any more."))
    if user.id == context(session).user_id:
        raise NotAllowed(_("You can't do this for yourself. Ask another coordinator."))
    others = select(func.count(User.id)).where(User.role == COORDINATOR, User.id != user.id)
    if user.role == COORDINATOR != role and not session.scalar(others):
        raise NotAllowed(_("This is the last coordinator. Make somebody else coordinator first."))
    user.role = role
    session.flush()
    audit.note(session, "access", "users", user.id)
