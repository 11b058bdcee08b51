"""Who was made the minutes taker of a meeting writes them; the agenda stays the coordinator's."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.ui.test_roles import Desk, desk, for_roles
from wbos_desktop.db.models.meetings import Action, Decision, Meeting
from wbos_desktop.ui.pages.meetings.page import MeetingsPage
from wbos_desktop.ui.routes import Route

__all__ = ["desk"]


def take_minutes(session: Session, meeting_id: int, staff_id: int) -> None:
    session.get_one(Meeting, meeting_id).minutes_taker_id = staff_id


def written(session: Session) -> tuple[list[str], list[str]]:
    texts = session.scalars(select(Decision.text)), session.scalars(select(Action.text))
    return list(texts[0]), list(texts[1])


@pytest.fixture
def page(desk: Desk) -> MeetingsPage:
    workspace = desk.shell.tasks.workspace
    assert workspace is not None
    workspace.write(take_minutes, desk.meeting_id, desk.shell.who.staff_id)
    page = MeetingsPage(desk.shell)
    desk.qtbot.addWidget(page)
    page.resize(1100, 760)
    with desk.qtbot.waitExposed(page):
        page.show()
    page.open(Route("meetings", desk.meeting_id, "minutes"))
    desk.settle()
    return page


@for_roles("member", "lead")
def test_decisions_and_actions_are_written(desk: Desk, page: MeetingsPage) -> None:
    assert page.mode.isVisible()
    assert page.minutes.isVisible()
    assert not page.hold_button.isVisible()  # closing counts the open actions of all
    assert page._detail is not None
    page.minutes.choose(page._detail.items[1].id)
    item = page.minutes.item
    item.decision.set_value("Zo doen we het")
    item.submit()
    desk.settle()
    item.new_action.what.set_value("Bellen")
    item.new_action.who.set_value(desk.shell.who.staff_id)
    item.new_action.submit()
    desk.settle()
    assert desk.shell.tasks.workspace is not None
    assert desk.shell.tasks.workspace.read(written) == (["Zo doen we het"], ["Bellen"])
    assert desk.refusals == []


@for_roles("reader")
def test_a_reader_reads_only(desk: Desk, page: MeetingsPage) -> None:
    assert not page.mode.isVisible()
    assert page.builder.isVisible()
    assert desk.refusals == []
