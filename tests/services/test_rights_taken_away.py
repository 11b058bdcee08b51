"""A role that ends while the window is open ends at once (F-75), and undo ends with it (F-73)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.ui.shell_fixture import make_workspace
from wbos_desktop.db.base import new_uid
from wbos_desktop.db.context import Context, context
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.school import GroupMentor, Pupil, Staff, User
from wbos_desktop.domain.groups import GroupQuery
from wbos_desktop.domain.observations import ObservationDraft
from wbos_desktop.errors import NotAllowed
from wbos_desktop.services import (
    cases,
    groups,
    incident_register,
    meetings,
    observations,
    record_rights,
    scenarios,
    undo,
)
from wbos_desktop.workspace.session import Workspace


def next_gesture(session: Session, **who: object) -> None:
    """What the workspace does between two gestures."""
    session.flush()
    session.info["gesture"] = new_uid()
    session.info.pop("undoes", None)
    session.info["context"] = replace(context(session), **who)  # type: ignore[arg-type]


# ---------------------------------------------------------------- an open window
@pytest.fixture
def open_vault() -> tuple[Workspace, int]:
    workspace, who = make_workspace()
    assert who.user_id is not None
    workspace.write(factories.make_group)
    return workspace, who.user_id


def set_role(session: Session, user_id: int, role: str) -> None:
    session.get_one(User, user_id).role = role


def test_the_next_question_has_the_new_role(open_vault: tuple[Workspace, int]) -> None:
    workspace, user_id = open_vault
    assert len(workspace.read(groups.find_ids, GroupQuery())) == 1
    workspace.write(set_role, user_id, "member")
    assert workspace.read(groups.find_ids, GroupQuery()) == []
    workspace.write(set_role, user_id, "reader")
    with pytest.raises(NotAllowed):
        workspace.read(incident_register.count_cases)
    with pytest.raises(NotAllowed):
        workspace.write(meetings.remove_meeting, 1)


def test_who_was_taken_off_gets_nothing_more(open_vault: tuple[Workspace, int]) -> None:
    workspace, user_id = open_vault

    def take_off(session: Session) -> None:
        session.get_one(User, user_id).deleted_at = context(session).now

    workspace.write(take_off)
    for ask in (workspace.read, workspace.write, workspace.view):
        with pytest.raises(NotAllowed):
            ask(scenarios.count_all)


# ---------------------------------------------------------------- undo
@pytest.fixture
def member(session: Session) -> Context:
    """A mentor of one group, who acts now."""
    staff_id = factories.make_staff(session)
    group_id = factories.make_group(session)
    factories.make_mentor(session, group_id, staff_id)
    user = User(staff_id=staff_id, role="member", slot_id="m")
    session.add(user)
    session.flush()
    who = context(session)
    me = Context(user.id, staff_id, "member", who.now, who.today)
    session.info["context"] = me
    session.info["gesture"] = new_uid()
    return me


def observe(session: Session) -> int:
    (group_id,) = groups.find_ids(session, GroupQuery())
    today = context(session).today
    draft = ObservationDraft(group_id, today, text="Ze lachen", kind="utterance")
    return observations.save_observation(session, draft)


def test_undo_holds_while_the_right_does(session: Session, member: Context) -> None:
    observe(session)
    next_gesture(session)
    assert undo.undo_last(session)


def test_undo_ends_with_the_group(session: Session, member: Context) -> None:
    observe(session)
    next_gesture(session)
    mentor = session.scalars(select(GroupMentor)).one()
    mentor.deleted_at = member.now
    session.info["context"] = replace(member, user_id=None)
    session.flush()
    next_gesture(session, user_id=member.user_id)
    with pytest.raises(NotAllowed):
        undo.undo_last(session)


@pytest.mark.parametrize("role", ["reader", "member"])
def test_undo_ends_with_the_role(session: Session, role: str) -> None:
    pupil = session.get_one(Pupil, factories.make_pupil(session))
    next_gesture(session)
    pupil.given_name = "Sem"
    next_gesture(session, role=role)
    with pytest.raises(NotAllowed):
        undo.undo_last(session)
    next_gesture(session, role="coordinator")
    assert undo.undo_last(session)


def test_undo_does_not_open_a_case_that_was_closed_to_the_user(session: Session) -> None:
    case_id = factories.make_case(session)
    other = factories.make_staff(session)
    session.add(User(staff_id=other, role="coordinator", slot_id="o"))
    case = session.get_one(Case, case_id)
    case.owner_id = other
    next_gesture(session)
    cases.set_level(session, case_id, case.version, "named", [other])
    next_gesture(session)
    with pytest.raises(NotAllowed):
        undo.undo_last(session)


def test_deciding_is_not_taken_back_by_who_decides_no_more(session: Session) -> None:
    case_id = factories.make_case(session)
    case = session.get_one(Case, case_id)
    case.owner_id = context(session).staff_id
    next_gesture(session)
    cases.set_level(session, case_id, case.version, "team")
    next_gesture(session, role="member")
    with pytest.raises(NotAllowed):
        undo.undo_last(session)


def test_a_table_nobody_named_is_for_coordinators(session: Session, member: Context) -> None:
    staff = session.scalars(select(Staff.id)).first()
    assert staff is not None
    assert not record_rights.may_write(session, "staff", staff)
    next_gesture(session, role="coordinator")
    assert record_rights.may_write(session, "staff", staff)
