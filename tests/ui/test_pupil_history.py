"""The history of a pupil opens where pupils stand: on the page of the group, and in Beheer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.waiting import settle
from tests.ui.shell_fixture import fake
from wbos_desktop.services import people
from wbos_desktop.ui.history_dialog import HistoryDialog
from wbos_desktop.ui.registry import PAGES, page_class
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.buttons import Button


def renamed(session: Session) -> tuple[int, int]:
    """A group, and its pupil whose name was wrong at first."""
    group_id = factories.make_group(session)
    pupil_id = factories.make_pupil(session, group_id, given_name="Jasmin", family_name="Amrani")
    return group_id, pupil_id


def mend(session: Session, pupil_id: int) -> None:
    people.save_pupil(session, replace(people.get_pupil(session, pupil_id), given_name="Yasmin"))


@pytest.fixture
def place(shell: Shell) -> tuple[int, int]:
    assert shell.tasks.workspace is not None
    group_id, pupil_id = shell.tasks.workspace.write(renamed)
    shell.tasks.workspace.write(mend, pupil_id)
    return group_id, pupil_id


def opened(qtbot: QtBot, shell: Shell, route: Route) -> QWidget:
    page = page_class(PAGES[route.page])(shell)
    qtbot.addWidget(page)
    page.resize(1111, 768)
    with qtbot.waitExposed(page):
        page.show()
    page.open(route)
    settle(shell.tasks)
    return page


def told(shell: Shell, page: QWidget) -> str:
    """All words of the one history that is open; then it is closed."""
    settle(shell.tasks)
    [dialog] = page.window().findChildren(HistoryDialog)
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert fake(shell).bugs == []
    dialog.reject()
    settle(shell.tasks)
    return words


def test_a_line_of_the_group_has_it(qtbot: QtBot, shell: Shell, place: tuple[int, int]) -> None:
    page = opened(qtbot, shell, Route("group", place[0], "pupils"))
    names = {b.accessibleName(): b for b in page.findChildren(Button) if b.isVisible()}
    names["Geschiedenis van Yasmin Amrani"].click()
    words = told(shell, page)
    assert "Jasmin" in words
    assert "Yasmin Amrani" in words


def test_the_list_of_beheer_has_it(qtbot: QtBot, shell: Shell, place: tuple[int, int]) -> None:
    page = opened(qtbot, shell, Route("manage", None, "people"))
    section = page.section("people")
    section.kind.set_value("pupils")
    section._kind_chosen()
    settle(shell.tasks)
    assert not section.past.isEnabled()
    section.pupil_table.select(place[1])
    assert section.past.isEnabled()
    section.past.click()
    assert "Jasmin" in told(shell, page)
