"""Pages of groups on a real workspace: list, group page and the new observation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests import factories
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import settle, wait_until
from tests.ui.shell_fixture import fake, make_shell, make_workspace
from wbos_desktop import i18n
from wbos_desktop.db.models import incidents, meetings, school
from wbos_desktop.domain.profiles import ResponseDraft
from wbos_desktop.services import drafts, presence, profiles
from wbos_desktop.ui import theme
from wbos_desktop.ui.pages.groups.group_page import GroupPage
from wbos_desktop.ui.pages.groups.list_page import GroupsPage
from wbos_desktop.ui.pages.groups.observe import ObserveDialog
from wbos_desktop.ui.pages.groups.presence import PresenceDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.charts import NormRibbonView, summary, table_of
from wbos_desktop.workspace.session import Workspace

STEER = ResponseDraft(("steer",), "Ik noem wat ik wil zien.")


@dataclass
class World:
    """A school with groups 2B (turned), 1A (fine) and 3X (never observed)."""

    workspace: Workspace
    shell: Shell
    qtbot: QtBot
    ids: dict[str, int]
    shown: list[QWidget] = field(default_factory=list)

    def settle(self) -> None:
        settle(self.shell.tasks)

    def show(self, widget: QWidget) -> None:
        self.shown.append(widget)
        widget.resize(1170, 768)
        widget.show()
        widget.activateWindow()
        wait_until(widget.isActiveWindow)
        self.settle()

    def group_page(self, name: str, tab: str | None = None) -> GroupPage:
        page = GroupPage(self.shell)
        page.open(Route("group", self.ids[name], tab))
        self.show(page)
        return page

    def observe(self, name: str | None, profile_id: int | None = None) -> ObserveDialog:
        host = QWidget()
        self.show(host)
        tab = str(profile_id) if profile_id else None
        route = Route("observe", self.ids[name] if name else None, tab)
        dialog = ObserveDialog(self.shell, route, host)
        dialog.show()
        dialog.activateWindow()
        wait_until(dialog.isActiveWindow)
        self.settle()
        return dialog


class StrayWindows(QObject):
    """Notes widgets that flash as a window of their own because they were shown too early."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            known = isinstance(watched, QDialog | GroupPage | GroupsPage)
            if watched.isWindow() and not known and type(watched) is not QWidget:
                self.found.append(f"{type(watched).__name__} {watched.accessibleName()}")
        return False


def fill(session: Any) -> dict[str, int]:
    ids = {}
    for name in ("1A", "2B", "3X"):
        ids[name] = factories.make_group(session, name=name, year_level=name[0])
    mentor = factories.make_staff(session, family_name="Veldkamp", sort_name="veldkamp joost")
    session.add(school.GroupMentor(group_id=ids["2B"], staff_id=mentor))
    factories.make_pupil(session, ids["2B"], given_name="Daan", family_name="Bakker")
    observed = {"heard": "‘Eigen schuld.’", "seen": "Ze lachen.", "subgroups": "Subgroep 1"}
    for day, strengths in ((8, {"M": 3, "J": 2}), (20, {"M": 2, "D": 2})):
        when = dt.date(2026, 10, day)
        factories.make_profile(
            session, ids["2B"], observed_on=when, strengths=strengths, **observed
        )
    factories.make_profile(session, ids["2B"], responses={"D": STEER}, **observed)
    factories.make_profile(session, ids["1A"], strengths={"K": 3})
    return ids


@pytest.fixture
def world(qtbot: QtBot, qapp: QApplication) -> Iterator[World]:
    theme.apply(qapp, "light", 100)
    workspace, who = make_workspace()
    ids = workspace.write(fill)
    shell = make_shell(workspace, who)
    world = World(workspace, shell, qtbot, ids)
    stray = StrayWindows()
    qapp.installEventFilter(stray)
    yield world
    qapp.removeEventFilter(stray)
    assert stray.found == []
    world.settle()
    for widget in world.shown:
        shiboken6.delete(widget)
    shell.tasks.close()
    workspace.close()
    theme.apply(qapp, "light", 100)
    assert fake(shell).bugs == []


def add_incident(session: Any, group_id: int) -> int:
    incident = incidents.Incident(
        number="2026-031",
        title="Ruzie",
        kind_code="x",
        happened_on=dt.date(2026, 11, 10),
        reported_at=dt.datetime(2026, 11, 10, 12, tzinfo=dt.UTC),
    )
    session.add(incident)
    session.flush()
    session.add(incidents.IncidentGroup(incident_id=incident.id, group_id=group_id))
    return int(incident.id)


# ---------------------------------------------------------------- list
def test_the_list_shows_who_asks_attention_first(world: World) -> None:
    page = GroupsPage(world.shell)
    page.open(Route("groups"))
    world.show(page)
    ids = page.table.model.ids
    assert ids == [world.ids["2B"], world.ids["3X"], world.ids["1A"]]
    texts = [page.table.model.index(0, column).data() for column in range(7)]
    assert texts[0] == "2B"
    assert texts[2] == "D Scoren ten koste van de ander, belastende norm"
    assert texts[3] == "Normering"


def test_search_narrows_and_a_filter_can_be_cleared(world: World) -> None:
    page = GroupsPage(world.shell)
    page.open(Route("groups"))
    world.show(page)
    page.search.setText("veldkamp")
    wait_until(lambda: page.table.model.ids == [world.ids["2B"]])
    page.search.setText("niemand")
    wait_until(lambda: page.table.model.ids == [])
    world.settle()
    page.table.empty.button.click()
    wait_until(lambda: not page._later.isActive())
    world.settle()
    assert len(page.table.model.ids) == 3


def test_enter_opens_the_group(world: World) -> None:
    page = GroupsPage(world.shell)
    page.open(Route("groups"))
    world.show(page)
    with world.qtbot.waitSignal(world.shell.navigator.navigate) as asked:
        page.table.view.setFocus()
        page.table.select(world.ids["1A"])
        QTest.keyClick(page.table.view, Qt.Key.Key_Return)
    assert asked.args == [Route("group", world.ids["1A"])]


def test_the_selected_group_is_remembered_in_the_route(world: World) -> None:
    page = GroupsPage(world.shell)
    route = Route("groups", world.ids["1A"])
    world.shell.navigator.arrived(route)
    page.open(route)
    world.show(page)
    assert page.table.current_id() == world.ids["1A"]
    page.table.select(world.ids["3X"])
    assert world.shell.navigator.here == Route("groups", world.ids["3X"])


# ---------------------------------------------------------------- group page
def test_the_overview_names_norm_phase_and_next_step(world: World) -> None:
    page = world.group_page("2B")
    assert page.title() == "Klas 2B"
    text = all_text(page.overview_tab)
    for words in ("‘Scoren ten koste van de ander’", "Normering", "Subgroep 1", "Ze lachen."):
        assert words in text
    assert "laatst gezien 2 november" in text


def test_an_unseen_group_invites_to_observe(world: World) -> None:
    page = world.group_page("3X")
    assert "Nog niet geobserveerd." in all_text(page)
    assert not page.scenario_button.isVisible()


def test_a_new_profile_shows_without_asking(world: World) -> None:
    page = world.group_page("1A")
    world.workspace.write(
        factories.make_profile,
        world.ids["1A"],
        observed_on=dt.date(2026, 11, 20),
        strengths={"I": 3},
    )
    page.refresh()
    world.settle()
    assert "‘Vermaak mij’" in all_text(page.overview_tab)


def test_the_ribbon_and_its_table_hold_the_same(world: World) -> None:
    incident_id = world.workspace.write(add_incident, world.ids["2B"])
    page = world.group_page("2B")
    view = page.overview_tab.ribbon.view
    ribbon = view._ribbon
    head, rows = table_of(ribbon)
    assert head[1:] == ["do 8 okt", "di 20 okt", "ma 2 nov"]
    assert rows[1][1:] == ["dominant", "merkbaar", "zwak"]
    assert rows[2][1:] == ["niet", "merkbaar", "dominant"]
    assert rows[-2] == ["Reactie van het team", "", "", "actief bijsturen"]
    assert rows[-1][1:] == ["", "", "2026-031"]
    assert summary(ribbon).startswith("Normenlint van 3 observaties. ‘Scoren")
    with world.qtbot.waitSignal(world.shell.navigator.navigate) as asked:
        click_flag(view)
    assert asked.args == [Route("assess", incident_id)]


def click_flag(view: NormRibbonView) -> None:
    grid = [QPointF(x, y) for x in range(200, view.width(), 4) for y in range(0, view.height(), 4)]
    spot = next(point for point in grid if view.flag_at(point))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot.toPoint())


def test_the_table_takes_the_place_of_the_picture(world: World) -> None:
    card = world.group_page("2B").overview_tab.ribbon
    card.window().observe_button.setFocus()
    QTest.keyClick(card.window(), Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert card.table.isVisible()
    assert not card.view.isVisible()


def test_two_observations_stand_side_by_side(world: World) -> None:
    page = world.group_page("2B", "observations")
    tab = page.history_tab
    tab._other.set_value(tab.dates.pills[1].code)
    tab._show_one()
    world.settle()
    text = all_text(tab)
    assert "merkbaar → dominant" in text
    assert "dinsdag 20 oktober 2026" in text
    assert "maandag 2 november 2026" in text


def test_an_observation_made_by_mistake_goes_to_the_bin(world: World) -> None:
    tab = world.group_page("2B", "observations").history_tab
    before = len(tab.dates.pills)
    tab._remove.click()
    world.settle()
    assert fake(world.shell).toasts[-1] == "De observatie ligt in de prullenbak."
    tab = world.group_page("2B", "observations").history_tab
    assert len(tab.dates.pills) == before - 1


def test_tabs_go_round_with_the_keyboard(world: World) -> None:
    page = world.group_page("2B")
    page.observe_button.setFocus()
    QTest.keyClick(page, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert page.stack.currentWidget() is page.history_tab
    page.tabs.next_tab(1)
    assert "Daan Bakker" in all_text(page.members_tab)
    assert world.shell.navigator.here == Route("group", world.ids["2B"], "pupils")


def test_scenarios_open_for_this_group(world: World) -> None:
    page = world.group_page("2B")
    with world.qtbot.waitSignal(world.shell.navigator.navigate) as asked:
        page.scenario_button.click()
    assert asked.args == [Route("scenarios", None, f"group:{world.ids['2B']}")]


def test_a_group_goes_to_the_next_meeting(world: World) -> None:
    world.workspace.write(add_meeting)
    page = world.group_page("2B")
    page.agenda_button.click()
    world.settle()
    assert fake(world.shell).toasts == ["2B staat op de agenda van het volgende overleg."]


def test_without_a_meeting_the_page_says_so(world: World) -> None:
    page = world.group_page("2B")
    page.agenda_button.click()
    world.settle()
    assert fake(world.shell).toasts == []
    assert len(fake(world.shell).strips) == 1


def add_meeting(session: Any) -> None:
    start = dt.datetime(2026, 11, 26, 15, 0)
    end = start + dt.timedelta(hours=1)
    session.add(meetings.Meeting(kind="care_team", starts_at=start, ends_at=end))


# ---------------------------------------------------------------- new observation
def type_into(widget: QWidget, text: str) -> None:
    widget.setFocus()
    for letter in text:
        QTest.keyClick(widget, letter)


def test_from_words_to_a_saved_observation(world: World) -> None:
    dialog = world.observe("3X")
    type_into(dialog.facts.fields["heard"].widget, "Het is maar een prank hoor!")
    wait_until(lambda: "D" in dialog.few.lines)
    assert len(dialog.few.lines) <= 3
    line = dialog.few.lines["D"]
    assert line.reason == "‘Het is maar een prank hoor!’"
    line.setFocus()
    for _step in range(3):
        QTest.keyClick(line, Qt.Key.Key_Right)
    dialog.response.tiles["ignore"].click()
    dialog.response.tiles["steer"].click()
    type_into(dialog.response.how, "Ik noem het.")
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    world.settle()
    saved = world.workspace.read(profiles.latest_profile, world.ids["3X"])
    assert saved.dominant.code == "D"
    assert saved.responses[0].own == ResponseDraft(("ignore", "steer"), "Ik noem het.")
    assert fake(world.shell).toasts == ["Observatie opgeslagen."]


def test_an_observation_by_keyboard_alone(world: World, qapp: QApplication) -> None:
    dialog = world.observe("3X")

    def press(key: Qt.Key, times: int = 1) -> None:
        for _time in range(times):
            QTest.keyClick(qapp.focusWidget(), key)

    def is_offered() -> bool:  # Qt shows a new line one turn later, and Tab passes hidden ones
        return "D" in dialog.few.lines and dialog.few.lines["D"].isVisible()

    QTest.keyClicks(qapp.focusWidget(), "Het is maar een prank hoor!")
    wait_until(is_offered)
    press(Qt.Key.Key_Tab, 3)
    assert dialog.few.lines["D"].hasFocus()
    press(Qt.Key.Key_Right, 2)
    press(Qt.Key.Key_Tab)
    assert dialog.response.tiles["confirm"].hasFocus()
    press(Qt.Key.Key_Tab, 3)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Tab)
    QTest.keyClicks(qapp.focusWidget(), "Ik noem het.")
    QTest.keyClick(qapp.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    world.settle()
    saved = world.workspace.read(profiles.latest_profile, world.ids["3X"])
    assert [(mark.norm.code, mark.strength) for mark in saved.norms] == [("D", 2)]
    assert saved.responses[0].own == ResponseDraft(("steer",), "Ik noem het.")


def test_the_private_check_follows_and_is_kept(world: World) -> None:
    dialog = world.observe("3X")
    dialog.facts.fields["heard"].widget.setPlainText("Saai")
    dialog.save_button.click()
    world.settle()
    check = dialog.parentWidget().findChild(PresenceDialog)
    assert check.isVisible()
    check.form.fields["got_room"].widget.setPlainText("Fe")
    QTest.keyClick(check, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    world.settle()
    saved = world.workspace.read(profiles.latest_profile, world.ids["3X"])
    assert world.workspace.read(presence.load_presence, saved.id).got_room == "Fe"


def test_letters_open_all_norms_and_one_stays_dominant(world: World) -> None:
    dialog = world.observe("3X")
    dialog._jump("C")
    assert dialog.all_button.isChecked()
    QTest.keyClick(dialog.all.lines["C"], "3")
    QTest.keyClick(dialog.all.lines["C"], "D")
    assert dialog.all.lines["D"].hasFocus()
    QTest.keyClick(dialog.all.lines["D"], "3")
    assert (dialog.all.lines["C"].strength, dialog.all.lines["D"].strength) == (2, 3)
    assert "Scoren ten koste van de ander: dominant" in dialog.all.lines["D"].accessibleName()


def test_closing_keeps_a_draft_and_opening_brings_it_back(world: World) -> None:
    dialog = world.observe("3X")
    type_into(dialog.facts.fields["seen"].widget, "Ze lachen")
    dialog._strength_chosen("D", 2)
    dialog.reject()
    world.settle()
    again = world.observe("3X")
    assert again.facts.fields["seen"].widget.value() == "Ze lachen"
    assert again.few.lines["D"].strength == 2
    again.keeper.start_again()
    world.settle()
    assert again.facts.fields["seen"].widget.value() == ""
    assert world.workspace.read(drafts.find_form, "observation", world.ids["3X"]) is None


def test_a_form_that_is_empty_says_what_is_missing(world: World) -> None:
    dialog = world.observe("3X")
    dialog.save_button.click()
    world.settle()
    assert dialog.facts.rows["heard"].error == "Schrijf kort op wat je zag of hoorde."
    assert dialog.facts.fields["heard"].widget.hasFocus()
    assert dialog.isVisible()


def test_adopting_alone_asks_for_a_second_observer(world: World) -> None:
    dialog = world.observe("3X")
    dialog.facts.fields["heard"].widget.setPlainText("Saai")
    dialog.more_form.fields["status"].widget.set_value("adopted")
    dialog.save_button.click()
    world.settle()
    assert dialog._second_row.error
    dialog.second.setCurrentIndex(1)
    dialog.save_button.click()
    world.settle()
    saved = world.workspace.read(profiles.latest_profile, world.ids["3X"])
    assert (saved.status, len(saved.observers)) == ("adopted", 2)


def test_changing_an_observation_keeps_its_observer(world: World) -> None:
    before = world.workspace.read(profiles.latest_profile, world.ids["2B"])
    dialog = world.observe("2B", before.id)
    assert dialog.heading == "Observatie van 2B"
    dialog.facts.fields["seen"].widget.setPlainText("Anders")
    dialog.save_button.click()
    world.settle()
    after = world.workspace.read(profiles.load_profile, before.id)
    assert (after.seen, after.observers) == ("Anders", before.observers)
    assert after.responses[0].own == STEER
    assert dialog.parentWidget().findChild(PresenceDialog) is None


def test_a_day_to_come_is_refused_in_the_field(world: World) -> None:
    dialog = world.observe("3X")
    dialog.facts.fields["heard"].widget.setPlainText("Saai")
    day = dialog.when.fields["observed_on"].widget
    day.setText("+3")
    day.focusOutEvent(QFocusEvent(QFocusEvent.Type.FocusOut))
    dialog.save_button.click()
    world.settle()
    assert "Kies vandaag of eerder" in dialog.when.rows["observed_on"].error


def test_without_a_group_one_can_be_chosen(world: World) -> None:
    dialog = world.observe(None)
    assert dialog.group_choice.isVisible()
    dialog.group_choice.set_value(world.ids["1A"])
    dialog._group_chosen()
    world.settle()
    assert dialog.heading == "Nieuwe observatie van 1A"


# ---------------------------------------------------------------- every look
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(("mode", "size"), [("light", 100), ("dark", 130)])
def test_pages_stand_in_every_look(
    world: World, qapp: QApplication, mode: str, size: int, language: str
) -> None:
    i18n.activate(language, "VO")
    theme.apply(qapp, mode, size)
    listing = GroupsPage(world.shell)
    listing.open(Route("groups"))
    world.show(listing)
    dialog = world.observe("2B")
    dialog.all_button.setChecked(True)
    dialog.more_button.setChecked(True)
    world.settle()
    pages = [world.group_page("2B", tab) for tab in ("overview", "observations", "pupils")]
    for widget in (listing, dialog, *pages):
        assert find_unnamed_controls(widget) == []
        assert find_clipped_texts(widget) == []


def all_text(widget: QWidget) -> str:
    """Every word a label in the widget shows."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def test_a_group_of_others_says_that_it_is_not_for_you(world: World) -> None:
    def make_member(session: Any) -> None:
        session.get_one(school.User, world.shell.who.user_id).role = "member"

    world.workspace.write(make_member)
    world.group_page("2B")
    world.settle()
    assert fake(world.shell).toasts == ["Dit kun je niet openen. Vraag je coördinator."]
    assert fake(world.shell).strips == []
