"""Vandaag in the window: sections, ticking, the team, the steps of a new vault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import settle, wait_until
from tests.ui.shell_fixture import fake, make_shell, make_workspace, show_changes
from wbos_desktop.db.context import context
from wbos_desktop.db.models.meetings import Action
from wbos_desktop.domain.drafts import KeptForm
from wbos_desktop.services import drafts, today
from wbos_desktop.ui import theme
from wbos_desktop.ui.page import Shell
from wbos_desktop.ui.pages.today.page import TodayPage, greeting
from wbos_desktop.ui.pages.today.set_up import SetUpCard
from wbos_desktop.ui.registry import PAGES, Entry
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.chips import Chip
from wbos_desktop.ui.widgets.rows import ListRow


def add_action(session: Session, text: str, due: dt.date, *, mine: bool = True) -> None:
    owner = context(session).staff_id if mine else factories.make_staff(session)
    session.add(Action(text=text, owner_id=owner, due_on=due))


@pytest.fixture(autouse=True)
def _all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("groups", "group", "observe", "report", "assess", "case", "scenarios", "meetings"):
        monkeypatch.setitem(PAGES, name, Entry("", "", "today"))
    monkeypatch.setitem(PAGES, "manage", Entry("", "", "manage"))


@pytest.fixture
def shell(qtbot: QtBot) -> Iterator[Shell]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, "light", 100)
    workspace, who = make_workspace()
    made = make_shell(workspace, who)
    yield made
    made.tasks.close()
    workspace.close()


@pytest.fixture
def page(qtbot: QtBot, shell: Shell) -> TodayPage:
    """The page with one late action of mine, one of today, and one of a colleague."""
    write = shell.tasks.workspace.write
    write(factories.make_group, name="2B")
    write(add_action, "Ouders van Daan bellen", dt.date(2026, 11, 23))
    write(add_action, "Kamer regelen", dt.date(2026, 11, 24))
    write(add_action, "Rooster maken", dt.date(2026, 11, 25), mine=False)
    return show(qtbot, shell)


def show(qtbot: QtBot, shell: Shell) -> TodayPage:
    page = TodayPage(shell)
    qtbot.addWidget(page)
    page.resize(1170, 768)
    page.show()
    show_changes(shell, page)
    page.open(Route("today"))
    wait(shell)
    return page


def wait(shell: Shell) -> None:
    settle(shell.tasks)


def words(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


def titles(page: TodayPage) -> list[str]:
    return [task.title for _row, task in page.list.rows]


def gone_to(shell: Shell) -> list[Route]:
    routes: list[Route] = []
    shell.navigator.navigate.connect(routes.append)
    return routes


def test_sections_stand_in_order_with_their_counts(page: TodayPage) -> None:
    assert titles(page) == ["Ouders van Daan bellen", "Kamer regelen"]
    found = words(page.list)
    assert found.index("Te laat") < found.index("Vandaag")
    assert "Deze week" not in found
    assert page.list.rows[0][1].due_line == "1 schooldag te laat"


def test_whole_team_shows_who_is_responsible(qtbot: QtBot, shell: Shell, page: TodayPage) -> None:
    page.list.scope.set_value("team")
    page.list.scope.edited.emit()
    wait(shell)
    assert titles(page)[-1] == "Rooster maken"
    who = page.list.rows[-1][1].responsible
    assert who.startswith("Joost")
    assert any(text.endswith(who) for text in words(page.list))


def test_tick_completes_and_offers_the_way_back(
    qtbot: QtBot, shell: Shell, page: TodayPage
) -> None:
    page.list.rows[0][0].ticked.emit(True)
    wait(shell)
    assert titles(page) == ["Kamer regelen"]
    assert fake(shell).toasts == ["Actie afgerond: Ouders van Daan bellen"]


def test_ticking_twice_meets_a_conflict_and_shows_it(
    qtbot: QtBot, shell: Shell, page: TodayPage
) -> None:
    task = page.list.rows[0][1]
    page._tick(task)
    page._tick(task)
    wait(shell)
    assert len(fake(shell).strips) == 1
    assert titles(page) == ["Kamer regelen"]


def test_space_completes_the_focused_row(qtbot: QtBot, shell: Shell, page: TodayPage) -> None:
    page.activateWindow()
    wait_until(page.isActiveWindow)
    page.list.focus_first()
    qtbot.keyClick(page.list.rows[0][0], Qt.Key.Key_Space)
    wait(shell)
    assert titles(page) == ["Kamer regelen"]


def test_step_opens_its_case(qtbot: QtBot, shell: Shell) -> None:
    case_id = shell.tasks.workspace.write(factories.make_case)
    page, routes = show(qtbot, shell), gone_to(shell)
    row, task = next(pair for pair in page.list.rows if pair[1].kind == "step")
    row.opened.emit()
    assert routes == [Route("case", case_id, str(task.record_id))]


def test_step_that_asks_for_a_decision_is_opened_instead(qtbot: QtBot, shell: Shell) -> None:
    shell.tasks.workspace.write(factories.make_case)
    page, routes = show(qtbot, shell), gone_to(shell)
    page._tick_refused(page.list.rows[0][1], _invalid())
    assert [route.page for route in routes] == ["case"]


def _invalid() -> Exception:
    from wbos_desktop.errors import Invalid

    return Invalid({"decision": "Kies een besluit."})


def test_report_to_assess_opens_its_dialog(qtbot: QtBot, shell: Shell) -> None:
    incident = shell.tasks.workspace.write(factories.make_incident)
    page, routes = show(qtbot, shell), gone_to(shell)
    assert "Te beoordelen" in words(page.list)
    page.list.go_asked.emit(Route("assess", incident))
    assert routes == [Route("assess", incident)]


def _unfinished(shell: Shell) -> int:
    group = shell.tasks.workspace.write(factories.make_group)
    kept = KeptForm(
        "observation",
        group,
        values={"heard": "x"},
        title="Observatie niet af",
        detail="2B",
        place=("observe", group, None),
    )
    shell.tasks.workspace.write(drafts.keep_form, kept)
    return group


def test_unfinished_form_is_offered_again(qtbot: QtBot, shell: Shell) -> None:
    group = _unfinished(shell)
    page, routes = show(qtbot, shell), gone_to(shell)
    assert "Niet afgemaakt" in words(page.list)
    assert "Observatie niet af" in words(page.list)
    button(page.list, "Verder gaan").click()
    assert routes == [Route("observe", group, form=("observation", group))]


def test_unfinished_form_is_thrown_away_and_comes_back(qtbot: QtBot, shell: Shell) -> None:
    _unfinished(shell)
    page = show(qtbot, shell)
    button(page.list, "Weggooien").click()
    wait(shell)
    assert "Niet afgemaakt" not in words(page.list)
    fake(shell).toast_undo()
    wait(shell)
    page.refresh()
    wait(shell)
    assert "Niet afgemaakt" in words(page.list)


def button(widget: QWidget, name: str) -> QAbstractButton:
    found = widget.findChildren(QAbstractButton)
    return next(one for one in found if one.accessibleName().startswith(name))


def test_empty_day_says_so(qtbot: QtBot, shell: Shell) -> None:
    shell.tasks.workspace.write(factories.make_group)
    page = show(qtbot, shell)
    assert "Niets te doen vandaag." in words(page.list)
    assert titles(page) == []


def test_new_vault_shows_the_steps_of_set_up(qtbot: QtBot, shell: Shell) -> None:
    page, routes = show(qtbot, shell), gone_to(shell)
    assert page.set_up.isVisible()
    assert not page.list.isVisible()
    assert "1 van 4 klaar" in words(page.set_up)
    button = next(b for b in page.set_up.findChildren(Button) if b.text() == "Lijst inlezen")
    assert button.kind == "primary"
    button.click()
    assert routes == [Route("manage", None, "import")]


def test_open_steps_of_set_up_stay_until_they_are_hidden(qtbot: QtBot, shell: Shell) -> None:
    shell.tasks.workspace.write(factories.make_group)
    page, routes = show(qtbot, shell), gone_to(shell)
    (card,) = page.side.findChildren(SetUpCard)
    assert "2 van 4 klaar" in [chip.text for chip in card.findChildren(Chip)]
    rows = [row.accessibleName().split(",")[0] for row in card.findChildren(ListRow)]
    assert rows == ["Collega’s en rollen", "Jullie protocollen bekijken"]
    card.findChildren(ListRow)[1].opened.emit()
    wait(shell)
    assert routes == [Route("manage", None, "protocols")]
    (card,) = page.side.findChildren(SetUpCard)
    assert len(card.findChildren(ListRow)) == 1
    card.hide_link.click()
    wait(shell)
    assert page.side.findChildren(SetUpCard) == []
    fake(shell).toast_undo()
    wait(shell)
    assert len(page.side.findChildren(SetUpCard)) == 1


@pytest.mark.parametrize("size", [100, 130])
def test_open_steps_of_set_up_are_not_clipped(
    qtbot: QtBot, qapp: QApplication, shell: Shell, size: int
) -> None:
    theme.apply(qapp, "dark", size)
    shell.tasks.workspace.write(factories.make_group)
    page = show(qtbot, shell)
    (card,) = page.side.findChildren(SetUpCard)
    page.grab()
    assert find_clipped_texts(card) == []
    assert find_unnamed_controls(card) == []
    theme.apply(qapp, "light", 100)


def test_set_up_is_for_who_may_do_it(qtbot: QtBot, shell: Shell) -> None:
    shell.tasks.workspace.write(factories.make_group)
    shell.who.role = "member"
    page = show(qtbot, shell)
    assert page.side.findChildren(SetUpCard) == []


def test_a_reader_is_not_sent_to_groups(qtbot: QtBot, shell: Shell) -> None:
    shell.tasks.workspace.write(factories.make_group)
    said = "Fijn moment om een klas te bekijken."
    page = show(qtbot, shell)
    assert said in words(page.list)
    shell.who.role = "reader"
    page = show(qtbot, shell)
    found = words(page.list)
    assert said not in found
    assert "Hier staat het als iemand iets van je vraagt." in found


def test_group_that_asks_attention_is_at_the_side(qtbot: QtBot, shell: Shell) -> None:
    group = shell.tasks.workspace.write(factories.make_group, name="2B")
    shell.tasks.workspace.write(factories.make_profile, group, observed_on=dt.date(2026, 10, 1))
    page = show(qtbot, shell)
    assert "2B" in words(page.side)
    assert "Klassen die aandacht vragen" in words(page.side)


def test_side_goes_below_when_the_window_is_narrow(qtbot: QtBot, page: TodayPage) -> None:
    page.resize(900, 700)
    wait_until(lambda: page.side.y() > page.list.y())
    page.resize(1200, 700)
    wait_until(lambda: page.side.x() > page.list.x())


@pytest.mark.parametrize(
    ("hour", "words"), [(8, "Goedemorgen, Karin"), (13, "Goedemiddag, Karin"), (20, "Goedenavond")]
)
def test_greeting_follows_the_hour(hour: int, words: str) -> None:
    assert greeting("Karin" if "," in words else "", hour) == words


@pytest.mark.parametrize("scope", ["mine", "team"])
def test_filling_the_page_writes_nothing(qtbot: QtBot, shell: Shell, scope: str) -> None:
    changed: list[set[str]] = []
    shell.tasks.changed.connect(changed.append)
    shell.tasks.workspace.read(today.overview, scope)
    show(qtbot, shell)
    assert changed == []


def test_what_is_due_stands_at_the_side_and_leads_to_the_list(qtbot: QtBot, shell: Shell) -> None:
    page = show(qtbot, shell)
    assert page.side.due.count() == 0
    workspace = shell.tasks.workspace
    assert workspace is not None
    workspace.write(factories.make_pupil, left_on=dt.date(2023, 7, 1))
    page = show(qtbot, shell)
    assert "1 leerling is aan de beurt" in words(page.side)
    routes = gone_to(shell)
    page.side.findChildren(ListRow)[-1].opened.emit()
    assert routes == [Route("manage", None, "privacy")]


def test_a_draft_is_found_before_there_is_any_group(qtbot: QtBot, shell: Shell) -> None:
    """One may report an incident at once; setting up can wait."""
    page = show(qtbot, shell)
    assert page.list.isHidden()
    kept = KeptForm(
        "incident", 0, values={"text": "x"}, title="Melding", place=("report", None, None)
    )
    shell.tasks.workspace.write(drafts.keep_form, kept)
    page.refresh()
    wait(shell)
    assert page.list.isVisible()
    assert page.set_up.isVisible()
