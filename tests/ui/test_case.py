"""The case page on a real workspace: board by keyboard, dialogs, closing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.waiting import settle, wait_until
from tests.ui.shell_fixture import fake, make_shell, make_workspace, show_changes
from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import User
from wbos_desktop.domain.cases import CaseRow, StepRow
from wbos_desktop.services import cases, meetings, steps
from wbos_desktop.ui import theme
from wbos_desktop.ui.pages.incidents.case import CasePage
from wbos_desktop.ui.pages.incidents.form_dialog import FormDialog
from wbos_desktop.ui.pages.incidents.step_card import StepCard
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.workspace.session import Workspace

Key = Qt.Key


@dataclass
class World:
    """The page of a running case in De Linde."""

    workspace: Workspace
    shell: Shell
    qtbot: QtBot
    page: CasePage
    case_id: int
    routes: list[Route] = field(default_factory=list)

    def settle(self) -> None:
        settle(self.shell.tasks)

    def press(self, key: Key) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key)
        self.settle()

    def card(self, code: str) -> StepCard:
        return next(card for card in self.page.board.cards() if card.step.code == code)

    def case(self) -> CaseRow:
        return self.workspace.read(cases.get_case, self.case_id)

    def step(self, code: str) -> StepRow:
        return next(step for step in self.case().steps if step.code == code)

    def dialog(self) -> FormDialog:
        return self.page.findChildren(FormDialog)[-1]

    def confirm(self) -> None:
        self.dialog().verb_button.click()
        self.settle()


@pytest.fixture
def world(qtbot: QtBot, qapp: QApplication) -> Iterator[World]:
    theme.apply(qapp, "light", 100)
    workspace, who = make_workspace()
    shell = make_shell(workspace, who)
    case_id = workspace.write(factories.make_case, "PST")
    page = CasePage(shell)
    qtbot.addWidget(page)
    found = World(workspace, shell, qtbot, page, case_id)
    shell.navigator.navigate.connect(found.routes.append)
    show_changes(shell, page)
    page.resize(1170, 768)
    page.show()
    page.activateWindow()
    wait_until(page.isActiveWindow)
    page.open(Route("case", case_id))
    found.settle()
    yield found
    shell.tasks.close()
    workspace.close()


def test_the_page_opens_on_the_most_urgent_step_with_the_keyboard_there(world: World) -> None:
    focus = QApplication.focusWidget()
    assert isinstance(focus, StepCard)
    assert focus.step.code == "X-1"
    assert world.page.board.selected_id == focus.step.id
    assert world.page.title() == "Casus 2026-001"


def test_arrows_walk_over_the_board(world: World) -> None:
    world.card("PST-C1").setFocus()
    world.press(Key.Key_Down)
    assert QApplication.focusWidget().step.track == "consequence"  # type: ignore[union-attr]
    world.press(Key.Key_Right)
    assert QApplication.focusWidget().step.track == "repair"  # type: ignore[union-attr]
    world.press(Key.Key_Right)
    assert QApplication.focusWidget().step.track == "support"  # type: ignore[union-attr]
    world.press(Key.Key_Left)
    assert QApplication.focusWidget().step.track == "repair"  # type: ignore[union-attr]


def test_space_finishes_a_step_that_asks_nothing(world: World) -> None:
    world.card("PST-C1").setFocus()
    world.press(Key.Key_Space)
    assert world.step("PST-C1").state == "done"
    assert fake(world.shell).toasts == ["Stap afgerond: Voer het stopgesprek"]
    assert isinstance(QApplication.focusWidget(), StepCard)
    assert world.page.board.selected_id == world.step("X-1").id


def test_finishing_with_a_decision_asks_for_it(world: World) -> None:
    world.card("X-5").setFocus()
    world.press(Key.Key_Space)
    world.confirm()
    dialog = world.dialog()
    assert dialog.form.rows["decision"].error
    dialog.form.fields["decision"].widget.set_value("geen melding nodig")
    world.confirm()
    assert world.step("X-5").decision == "geen melding nodig"
    assert isinstance(QApplication.focusWidget(), StepCard)


def test_skipping_asks_why(world: World) -> None:
    world.card("PST-O1").setFocus()
    world.press(Key.Key_S)
    world.confirm()
    assert world.dialog().form.rows["reason"].error
    world.dialog().form.fields["reason"].widget.set_value("Al gesproken")
    world.confirm()
    assert world.step("PST-O1").skipped_reason == "Al gesproken"


def test_moving_takes_days_as_people_type_them(world: World) -> None:
    world.card("PST-O1").setFocus()
    world.press(Key.Key_V)
    world.dialog().form.fields["due_on"].widget.setText("+3")
    world.confirm()
    assert world.step("PST-O1").due_on == dt.date(2026, 11, 27)


def test_a_day_in_the_weekend_is_refused_with_a_day_that_can(world: World) -> None:
    world.card("PST-O1").setFocus()
    world.press(Key.Key_V)
    world.dialog().form.fields["due_on"].widget.setText("28-11")
    world.confirm()
    assert "vr 27 nov" in world.dialog().form.rows["due_on"].error


def test_adding_a_step_of_ones_own(world: World) -> None:
    world.card("PST-O1").setFocus()
    world.press(Key.Key_T)
    world.dialog().form.fields["title"].widget.set_value("Plek in de klas")
    world.confirm()
    assert "Plek in de klas" in [step.title for step in world.case().tracks[2].steps]


def test_a_note_goes_to_the_log_tab(world: World) -> None:
    world.card("PST-O1").setFocus()
    world.press(Key.Key_N)
    world.dialog().form.fields["text"].widget.set_value("Moeder gebeld")
    world.confirm()
    assert world.case().log[0].text == "Moeder gebeld"
    world.page.tabs.next_tab(-1)
    assert world.page.stack.currentWidget() is world.page.log


def test_answering_a_question_on_the_card(world: World) -> None:
    waiting = next(c for c in world.page.board.cards() if c.step.code == "S-1")
    world.page.board.select(waiting.step.id)
    waiting.acted.emit("yes", waiting.step.id)
    world.settle()
    assert world.step("S-1").state == "open"


def test_ending_a_track_from_its_menu(world: World) -> None:
    world.page.actions_of.act("track", 0, "repair")
    menu = world.page.findChildren(QMenu)[-1]
    menu.actions()[-1].trigger()
    menu.close()
    world.settle()
    form = world.dialog().form
    form.fields["state"].widget.set_value("refused")
    form.fields["reason"].widget.set_value("Wil geen gesprek")
    world.confirm()
    repair = world.case().tracks[1]
    assert (repair.state, repair.reason) == ("refused", "Wil geen gesprek")


def test_a_step_named_by_the_route_is_chosen(world: World) -> None:
    step = world.card("PST-O1").step
    assert world.page.board.selected_id != step.id
    world.page.open(Route("case", world.case_id, str(step.id)))
    world.settle()
    assert world.page.board.selected_id == step.id


def test_closing_says_what_is_still_open(world: World) -> None:
    world.page.close_button.click()
    world.settle()
    assert "open stappen" in fake(world.shell).strips[-1]


def _end_everything(session: Session, case_id: int) -> None:
    case = cases.get_case(session, case_id)
    for track in case.tracks:
        cases.end_track(session, case_id, track.track, "not_now", "Eerst rust")
    for step in case.general:
        if step.state == "open":
            steps.skip_step(session, step.id, step.version, "Al gedaan")


def test_closing_and_reopening(world: World) -> None:
    world.workspace.write(_end_everything, world.case_id)
    world.settle()
    world.page.close_button.click()
    world.settle()
    form = world.dialog().form
    form.fields["look_back"].widget.set_value("Het is rustig.")
    world.confirm()
    assert form.rows["reason"].error
    form.fields["reason"].widget.set_value("Ouders weten ervan")
    world.confirm()
    assert world.case().state == "closed"
    assert world.page.close_button.text() == "Casus heropenen"
    world.page.close_button.click()
    world.settle()
    world.dialog().form.fields["reason"].widget.set_value("Het begon opnieuw")
    world.confirm()
    assert world.case().state == "open"


def test_a_person_is_changed_on_the_facts_tab(world: World) -> None:
    world.page._go_tab("facts")
    person = world.case().persons[1]
    world.page.facts.person_chosen.emit(person)
    world.settle()
    form = world.dialog().form
    form.fields["role"].widget.set_value("bystander")
    form.fields["heard_on"].widget.set_value(dt.date(2026, 11, 24))
    world.confirm()
    assert world.case().persons[1].role_line == "keek toe"
    assert world.routes == []


def test_a_case_goes_to_the_meeting_and_to_fitting_scenarios(world: World) -> None:
    meeting_id = world.workspace.write(factories.make_meeting)
    to_meeting, to_scenarios = world.page.more_button.menu().actions()[:2]
    to_meeting.trigger()
    world.settle()
    items = world.workspace.read(meetings.get_meeting, meeting_id).items
    assert [item.case_id for item in items] == [world.case_id]
    assert fake(world.shell).toasts == ["Op de agenda van do 26 nov."]
    to_scenarios.trigger()
    assert world.routes == [Route("scenarios", None, f"case:{world.case_id}")]


def test_handing_over_tells_who_can_not_see_the_case(world: World) -> None:
    def close(session: Session) -> int:
        case = cases.get_case(session, world.case_id)
        cases.set_level(session, case.id, case.version, "named", [context(session).staff_id])
        colleague = factories.make_staff(session, family_name="Veldkamp")
        session.add(User(staff_id=colleague, role="member", slot_id="m"))
        return colleague

    colleague = world.workspace.write(close)
    world.page.refresh()
    world.settle()
    step = world.card("X-1").step
    world.page.actions_of._hand_over(step)
    world.settle()
    form = world.dialog().form
    assert form.rows["give_access"].isHidden()
    form.fields["staff_id"].widget.set_value(colleague)
    form.fields["staff_id"].widget.edited.emit()
    assert not form.rows["give_access"].isHidden()
    world.confirm()
    assert "mag de casus niet zien" in form.rows["staff_id"].error
    form.fields["give_access"].widget.set_value(True)
    world.confirm()
    assert world.step("X-1").responsible_id == colleague
    assert colleague in {key for key, _name in world.case().viewers}
