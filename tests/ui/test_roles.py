"""What each role is offered: places, parts and buttons; and no page that the services refuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.waiting import settle
from tests.ui.shell_fixture import fake, make_shell, make_workspace
from wbos_desktop.db.models.cases import Case, CaseStep
from wbos_desktop.db.models.meetings import MeetingAttendee
from wbos_desktop.db.models.school import User
from wbos_desktop.services import agenda
from wbos_desktop.ui import allowed
from wbos_desktop.ui.pages.incidents.case import CasePage
from wbos_desktop.ui.pages.manage.page import ManagePage
from wbos_desktop.ui.pages.meetings.page import MeetingsPage
from wbos_desktop.ui.rail import Rail
from wbos_desktop.ui.registry import PAGES, page_class
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.work_view import WorkView

RAILS = {
    "coordinator": {"today", "groups", "incidents", "scenarios", "meetings", "manage"},
    "member": {"today", "groups", "incidents", "scenarios", "meetings", "manage"},
    "lead": {"today", "groups", "incidents", "scenarios", "meetings", "manage"},
    "reader": {"today", "meetings", "manage"},
}
PARTS = {
    "coordinator": set(allowed.PARTS),
    "member": {"people", "calendar", "protocols", "backup", "bin", "settings"},
    "lead": {"people", "calendar", "protocols", "backup", "bin", "settings"},
    "reader": {"calendar", "backup", "settings"},
}
ROLES = list(RAILS)


@dataclass
class Desk:
    """A window's shell for Aisha in one role, with a case to read and a meeting to attend."""

    shell: Shell
    qtbot: QtBot
    case_id: int
    meeting_id: int

    def settle(self) -> None:
        settle(self.shell.tasks)

    @property
    def refusals(self) -> list[str]:
        return fake(self.shell).strips


def fill(session: Session) -> tuple[int, int, int]:
    group_id = factories.make_group(session, name="2B")
    staff_id = factories.make_staff(session, given_name="Aisha", family_name="Demir")
    factories.make_mentor(session, group_id, staff_id)
    case_id = factories.make_case(session, group_ids=(group_id,))
    case = session.get_one(Case, case_id)
    case.level = "team"
    for step in session.scalars(select(CaseStep)):
        step.responsible_id = case.owner_id
    meeting_id = factories.make_meeting(session)
    agenda.add_previous(session, meeting_id)
    agenda.add_item(session, meeting_id, "group", group_id)
    session.add(MeetingAttendee(meeting_id=meeting_id, staff_id=staff_id))
    session.flush()
    return staff_id, case_id, meeting_id


@pytest.fixture
def desk(qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Desk]:
    workspace, who = make_workspace()
    staff_id, case_id, meeting_id = workspace.write(fill)
    role = request.param

    def account(session: Session) -> int:
        user = User(staff_id=staff_id, role=role, slot_id="a")
        session.add(user)
        session.flush()
        return user.id

    user_id = workspace.write(account)
    workspace._identity = (user_id, staff_id, role)
    me = replace(who, user_id=user_id, staff_id=staff_id, role=role)
    shell = make_shell(workspace, me)
    yield Desk(shell, qtbot, case_id, meeting_id)
    shell.tasks.close()


def for_roles(*roles: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("desk", roles, indirect=True)


@for_roles(*ROLES)
def test_the_rail_has_the_places_of_the_role(desk: Desk) -> None:
    rail = Rail()
    desk.qtbot.addWidget(rail)
    rail.set_who(desk.shell.who)
    shown = {name for name, button in rail.buttons.items() if not button.isHidden()}
    assert shown == RAILS[desk.shell.who.role]


@for_roles(*ROLES)
def test_every_place_opens_without_a_refusal(desk: Desk) -> None:
    for name in sorted(RAILS[desk.shell.who.role]):
        page = page_class(PAGES[name])(desk.shell)
        desk.qtbot.addWidget(page)
        page.open(Route(name))
        desk.settle()
    assert desk.refusals == []
    assert fake(desk.shell).bugs == []


@for_roles(*ROLES)
def test_every_part_of_manage_opens_without_a_refusal(desk: Desk) -> None:
    page = ManagePage(desk.shell)
    desk.qtbot.addWidget(page)
    assert set(page.places.buttons) == PARTS[desk.shell.who.role]
    for part in page.places.buttons:
        page.open(Route("manage", None, part))
        desk.settle()
    assert desk.refusals == []
    assert fake(desk.shell).bugs == []


@for_roles("member", "reader")
def test_who_takes_part_reads_the_meeting(desk: Desk) -> None:
    page = MeetingsPage(desk.shell)
    desk.qtbot.addWidget(page)
    page.open(Route("meetings", desk.meeting_id, "minutes"))
    desk.settle()
    assert desk.refusals == []
    assert page.mode.isHidden()
    assert page.builder.agenda.add_button.isHidden()
    assert all(row.remove_button.isHidden() for row in page.builder.agenda.rows)
    assert len(page.builder.agenda.rows) == 2
    assert [pill.code for pill in page.builder.options.names.pills] == ["initials", "first"]


@for_roles("member", "coordinator")
def test_a_case_that_is_only_read_offers_no_change(desk: Desk) -> None:
    page = CasePage(desk.shell)
    desk.qtbot.addWidget(page)
    page.open(Route("case", desk.case_id))
    desk.settle()
    assert page.case is not None
    reads = desk.shell.who.role == "member"
    assert page.close_button.isHidden() == reads
    assert page.note_button.isHidden() == reads
    column = page.board.columns["consequence"]
    assert column.add_button.isHidden() == reads
    assert desk.refusals == []


@for_roles("reader")
def test_a_page_that_is_not_offered_does_not_open_by_key(desk: Desk, tmp_path: Path) -> None:
    view = WorkView(desk.shell, tmp_path)
    desk.qtbot.addWidget(view)
    view.show_route(Route("today"))
    desk.settle()
    for name in ("incidents", "report", "scenarios", "observe"):
        view.show_route(Route(name))
    desk.settle()
    assert desk.refusals == ["Dit kun je niet openen. Vraag je coördinator."] * 4
    assert view.page is view.pages["today"]
