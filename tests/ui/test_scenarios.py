"""The scenario library on a real workspace: list, HOE card, practice and forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from tests import factories
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import settle, wait_until
from tests.ui.shell_fixture import fake, make_shell, make_workspace, show_changes
from wbos_desktop import i18n
from wbos_desktop.db.context import context
from wbos_desktop.db.models.profiles import Profile
from wbos_desktop.domain.scenarios import Counts, ScenarioQuery, ScenarioRow
from wbos_desktop.services import drafts, meetings, scenario_choice, scenarios
from wbos_desktop.ui import theme
from wbos_desktop.ui.pages.scenarios.dialogs import PickDialog, ScenarioDialog, UseDialog
from wbos_desktop.ui.pages.scenarios.page import ScenariosPage
from wbos_desktop.ui.pages.scenarios.practice import PracticeDialog
from wbos_desktop.ui.pages.scenarios.scenario_list import ScenarioModel
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.workspace.session import Workspace

DOMINANT = "Scoren ten koste van de ander"


@dataclass
class World:
    """A library and group 2B, where norm D is dominant."""

    workspace: Workspace
    shell: Shell
    qtbot: QtBot
    group_id: int
    page: ScenariosPage

    def settle(self) -> None:
        settle(self.shell.tasks)

    def open(self, record_id: int | None = None, tab: str | None = None) -> ScenariosPage:
        self.page.open(Route("scenarios", record_id, tab))
        self.settle()
        return self.page

    def dialog(self, kind: type[Any]) -> Any:
        self.settle()
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
        assert len(found) == 1
        return found[0]

    def shown(self) -> list[str]:
        model = self.page.list.model_of_rows
        return [model.index(row).data() for row in range(model.rowCount())]

    def read(self, function: Any, *args: Any, **kw: Any) -> Any:
        return self.workspace.read(function, *args, **kw)


def fill(session: Any) -> int:
    factories.make_norms(session)
    scenarios.install_catalogue(session)
    group_id = factories.make_group(session, name="2B")
    factories.make_profile(session, group_id)
    return group_id


@pytest.fixture
def world(qtbot: QtBot, qapp: QApplication) -> Iterator[World]:
    theme.apply(qapp, "light", 100)
    workspace, who = make_workspace()
    group_id = workspace.write(fill)
    shell = make_shell(workspace, who)
    page = ScenariosPage(shell)
    world = World(workspace, shell, qtbot, group_id, page)
    show_changes(shell, page)
    page.resize(1170, 768)
    page.show()
    page.activateWindow()
    wait_until(page.isActiveWindow)
    yield world
    world.settle()
    shiboken6.delete(page)
    shell.tasks.close()
    workspace.close()
    theme.apply(qapp, "light", 100)
    assert fake(shell).bugs == []


def first_id(world: World, **query: Any) -> int:
    found = world.read(scenarios.find_ids, ScenarioQuery(**query))
    assert isinstance(found[0], int)
    return found[0]


# ---------------------------------------------------------------- list
def test_my_groups_is_on_at_first(world: World) -> None:
    page = world.open()
    assert page.filters.quick.value() == ["mine"]
    assert 0 < len(world.shown()) < 46
    assert "passen bij normen in jouw klassen" in page.filters.count.text()


def test_a_new_school_sees_the_whole_library(world: World) -> None:
    def forget(session: Any) -> None:
        for profile in session.scalars(select(Profile)):
            profile.deleted_at = context(session).now

    world.workspace.write(forget)
    page = world.open()
    assert page.filters.quick.value() == []
    assert len(world.shown()) == 46
    assert page.filters.count.text() == "46 van 46"


def test_a_letter_finds_the_norm_in_the_whole_library(world: World) -> None:
    page = world.open()
    page.filters.clear()
    page.filters.search.setText("K")
    rows = world.read(scenarios.find_rows, ScenarioQuery(norms=("K",)))
    wait_until(lambda: world.shown() == [row.title for row in rows])


def test_nothing_found_offers_to_clear(world: World) -> None:
    page = world.open()
    page.filters.search.setText("zzz")
    nothing = page._nothing
    wait_until(nothing.isVisible)
    nothing.button.click()
    world.settle()
    assert len(world.shown()) == 46


def test_arrow_down_shows_the_next_card(world: World) -> None:
    page = world.open()
    before = page.card.card.row.id
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    world.settle()
    assert page.card.card.row.id != before


def test_class_and_online_exclude_each_other(world: World) -> None:
    page = world.open()
    page.filters.quick.set_value(["class", "online"])
    page.filters._last_place = "class"
    page.filters._quick_edited()
    assert page.filters.query().place == "online"


def test_the_model_is_sound(qtbot: QtBot) -> None:
    model = ScenarioModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    norm = (("D", DOMINANT, "burdening"),)
    rows = [
        ScenarioRow(
            n, 1, f"S{n}", f"T{n}", norm, "class", "class", "school", "concept", Counts(), False
        )
        for n in range(300)
    ]
    model.set_rows([(row, "") for row in rows])
    model.set_rows([])
    assert tester.model() is model


def test_norm_route_filters_on_that_norm(world: World) -> None:
    world.open(tab="norm:M")
    rows = world.read(scenarios.find_rows, ScenarioQuery(norms=("M",)))
    assert world.shown() == [row.title for row in rows]


# ---------------------------------------------------------------- card
def test_bookmark_by_key_and_filter(world: World) -> None:
    page = world.open(first_id(world, norms=("D",)))
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_B)
    world.settle()
    assert page.card.kept_button.isChecked()
    page.filters.quick.set_value(["kept"])
    page._ask()
    world.settle()
    assert len(world.shown()) == 1


def test_group_route_shows_reasons_and_picks(world: World) -> None:
    page = world.open(tab=f"group:{world.group_id}")
    sub = page.list.model_of_rows.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert f"‘{DOMINANT}’ is dominant in 2B" in sub
    assert page.pick_button.text() == "Kiezen voor 2B"
    page.pick_button.click()
    world.settle()
    picked = world.read(scenario_choice.find_picks, group_id=world.group_id)
    assert [row.id for row in picked] == [page.card.card.row.id]
    assert fake(world.shell).toasts == ["Gekozen voor 2B"]


def test_to_the_meeting_says_which_day(world: World) -> None:
    page = world.open(first_id(world))
    page.propose()
    world.settle()
    assert "Maak er eerst een" in fake(world.shell).strips[0]
    meeting_id = world.workspace.write(factories.make_meeting)
    page.propose()
    world.settle()
    assert fake(world.shell).toasts == ["Op de agenda van do 26 nov."]
    assert len(world.read(meetings.get_meeting, meeting_id).items) == 1


def test_own_scenario_can_be_withdrawn(world: World) -> None:
    own = world.workspace.write(factories.make_scenario, title="Van ons")
    page = world.open(own)
    page.card.status_menu.actions()[-1].trigger()
    world.settle()
    page.filters.clear()
    world.settle()
    assert "Van ons" not in world.shown()
    assert fake(world.shell).toasts == ["Scenario ingetrokken."]


# ---------------------------------------------------------------- practice
def test_practice_hides_the_dan_part_until_asked(world: World) -> None:
    page = world.open(first_id(world, norms=("D",)))
    page.practise()
    dialog = world.dialog(PracticeDialog)
    assert not dialog.save_button.isVisible()
    dialog.reveal_button.click()
    world.settle()
    QTest.keyClick(dialog, Qt.Key.Key_4)
    assert dialog.sure.value() == 4
    dialog.note.setText("Rustig blijven werkt.")
    practised = dialog._ids[0]
    dialog.save_button.click()
    world.settle()
    card = world.read(scenarios.get_scenario, practised)
    assert (card.row.counts.practised, card.my_sure) == (1, 4)
    assert dialog.title_label.text() != card.row.title
    dialog.reject()


# ---------------------------------------------------------------- forms
def test_new_scenario_grows_its_sentence_and_is_saved(world: World) -> None:
    page = world.open()
    page.new_scenario()
    dialog = world.dialog(ScenarioDialog)
    form = dialog.form
    form.fields["title"].widget.setText("Rij bij de deur")
    form.fields["norms"].widget.set_value(["D"])
    form.fields["if_text"].widget.setPlainText("Er wordt geduwd.")
    form.fields["physical"].widget.setPlainText("ga bij de deur staan")
    form.fields["so_that"].widget.setPlainText("iedereen rustig binnenkomt")
    assert dialog.live.text() == (
        "Als er wordt geduwd, dan: ga bij de deur staan, zodat iedereen rustig binnenkomt."
    )
    dialog.save_button.click()
    world.settle()
    assert page.card.card.row.title == "Rij bij de deur"
    assert page.card.card.author == "Karin Bosman"


def test_empty_form_tells_what_is_missing(world: World) -> None:
    world.open().new_scenario()
    dialog = world.dialog(ScenarioDialog)
    dialog.save_button.click()
    world.settle()
    assert "5 velden" in dialog.footer.text()
    assert dialog.form.rows["title"].error == "Geef het scenario een titel."
    dialog.reject()


def test_typing_is_kept_and_comes_back(world: World) -> None:
    world.open().new_scenario()
    dialog = world.dialog(ScenarioDialog)
    world.settle()
    QTest.keyClicks(dialog.form.fields["title"].widget, "Half")
    dialog.reject()
    world.settle()
    world.open(tab="edit")
    dialog = world.dialog(ScenarioDialog)
    world.settle()
    assert dialog.form.fields["title"].widget.text() == "Half"
    assert dialog.keeper.bar is not None
    dialog.keeper.start_again()
    world.settle()
    assert dialog.form.fields["title"].widget.text() == ""
    assert world.read(drafts.find_form, "scenario") is None


def test_use_needs_an_answer_and_is_counted(world: World) -> None:
    page = world.open(first_id(world, norms=("D",)))
    page.note_use()
    dialog = world.dialog(UseDialog)
    dialog.save_button.click()
    world.settle()
    assert dialog.form.rows["helped"].error == "Kies of het hielp."
    dialog.form.fields["helped"].widget.set_value("yes")
    dialog.form.fields["group_id"].widget.set_value(world.group_id)
    dialog.save_button.click()
    world.settle()
    assert page.card.card.row.counts == Counts(0, 1, 1)


def test_pick_dialog_needs_a_choice(world: World) -> None:
    page = world.open(first_id(world))
    page.pick()
    dialog = world.dialog(PickDialog)
    dialog.save()
    assert dialog.form.rows["group_id"].error == "Kies een klas of een casus."
    dialog.group.set_value(world.group_id)
    dialog.save()
    world.settle()
    assert len(world.read(scenario_choice.find_picks, group_id=world.group_id)) == 1


@pytest.mark.parametrize(("language", "mode", "size"), [("nl", "light", 130), ("en", "dark", 130)])
def test_dialogs_fit_and_have_names(
    world: World, qapp: QApplication, language: str, mode: str, size: int
) -> None:
    i18n.activate(language)
    theme.apply(qapp, mode, size)
    page = world.open(first_id(world, norms=("D",)))
    openers = {
        page.new_scenario: ScenarioDialog,
        page.note_use: UseDialog,
        page.pick: PickDialog,
        page.practise: PracticeDialog,
    }
    for opener, kind in openers.items():
        opener()
        dialog: QWidget = world.dialog(kind)
        assert find_clipped_texts(dialog) == []
        assert find_unnamed_controls(dialog) == []
        assert dialog.height() <= page.height()
        dialog.close()
        world.settle()
