"""Who can unlock the vault: the list, roles, and that no undo touches it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import factories
from wbos_desktop.db.base import new_uid
from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import Staff, User
from wbos_desktop.db.models.system import KeyState
from wbos_desktop.domain.users import ROLES, AccessOverview, role_line, role_name
from wbos_desktop.errors import Invalid, NotAllowed, NotFound
from wbos_desktop.services import undo, users


@pytest.fixture
def joost(session):
    """The user id of a colleague, member."""
    staff = factories.make_staff(session, given_name="Joost", family_name="Aalders")
    user = User(staff_id=staff, role="member", slot_id="s", public_key=b"p")
    session.add(user)
    session.flush()
    return user.id


def gesture(session):
    session.info["gesture"] = new_uid()


def test_the_list_names_everybody_with_a_way_in(session, joost):
    anna = factories.make_staff(session, given_name="Anna")
    rows = users.access_overview(session).users
    assert [(row.name, row.role, row.mine) for row in rows] == [
        ("Joost Aalders", "member", False),
        ("Karin Bosman", "coordinator", True),
    ]
    assert [staff_id for staff_id, _name in users.list_without_access(session)] == [anna]
    session.get(User, joost).deleted_at = context(session).now
    session.flush()
    assert len(users.access_overview(session).users) == 1
    assert len(users.list_without_access(session)) == 2


def test_what_is_not_safe_yet_is_told(session, joost):
    session.add(KeyState(id=1, slot_id="c", public_key=b"p", confirmed=False, rekey_due=True))
    assert len(users.access_overview(session).warnings) == 3
    session.get(KeyState, 1).confirmed = True
    users.change_role(session, joost, "coordinator")
    assert len(users.access_overview(session).warnings) == 1  # the key that is due
    session.get(KeyState, 1).rekey_due = False
    session.flush()
    assert users.access_overview(session).warnings == ()


def test_eleven_people_are_full(session):
    row = users.access_overview(session).users[0]
    assert not AccessOverview(users=(row,) * 10).full
    assert AccessOverview(users=(row,) * 11).full


@pytest.mark.parametrize("role", ROLES)
def test_a_colleague_gets_any_role(session, joost, role):
    users.change_role(session, joost, role)
    assert session.get(User, joost).role == role
    assert role_name(role)
    assert role_line(role)


def test_wrong_roles_are_refused(session, joost):
    with pytest.raises(Invalid):
        users.change_role(session, joost, "baas")
    with pytest.raises(NotFound):
        users.change_role(session, 99, "member")
    with pytest.raises(NotAllowed):
        users.change_role(session, context(session).user_id, "member")


def test_the_last_coordinator_stays_one(session, joost):
    """F-80, also for who asks while no longer in the list."""
    me = context(session).user_id
    session.info["context"] = replace(context(session), user_id=joost)
    with pytest.raises(NotAllowed):
        users.change_role(session, me, "lead")
    session.get(User, joost).role = "coordinator"
    session.flush()
    users.change_role(session, me, "lead")


@pytest.mark.parametrize("role", ["member", "lead", "reader"])
def test_others_may_neither_see_nor_change_it(session, joost, role):
    session.info["context"] = replace(context(session), role=role)
    for attempt in (
        lambda: users.access_overview(session),
        lambda: users.list_without_access(session),
        lambda: users.change_role(session, joost, "reader"),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_undo_passes_over_roles_and_access(session, joost):
    gesture(session)
    staff = factories.make_staff(session, given_name="Sanne")
    for change in (
        lambda: users.change_role(session, joost, "lead"),
        lambda: setattr(session.get(User, joost), "deleted_at", context(session).now),
    ):
        gesture(session)
        change()
        session.flush()
    gesture(session)
    assert undo.undo_last(session)
    whole = {"include_deleted": True}
    user = session.get(User, joost, execution_options=whole)
    assert (user.role, user.deleted_at is None) == ("lead", False)
    assert session.get(Staff, staff, execution_options=whole).deleted_at is not None
