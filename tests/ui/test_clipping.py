"""Every page and dialog, in both languages, light and dark, at 100 % and 130 % text: nothing is
cut off and every control has a name. At 100 % in the smallest window (1024 x 540, rail collapsed),
at 130 % on a laptop (1366 x 768)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import settle
from tests.ui.shell_fixture import fake, make_shell, make_workspace
from wbos_desktop import i18n
from wbos_desktop.ui import theme
from wbos_desktop.ui.page import Page, PageDialog, Shell
from wbos_desktop.ui.registry import PAGES, dialog_class, page_class
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.pills import TabBar

LOOKS = [
    (language, mode, size)
    for language in ("nl", "en")
    for mode, size in (("light", 100), ("dark", 100), ("light", 130), ("dark", 130))
]
ROOM = {100: QSize(960, 540), 130: QSize(1111, 768)}  # the window without its rail


@dataclass
class School:
    """A shell on a school with one of everything; `ids` per route name."""

    shell: Shell
    ids: dict[str, int]


def _fill(session: Session) -> dict[str, int]:
    factories.make_norms(session)
    group = factories.make_group(session)
    for _ in range(4):
        factories.make_pupil(session, group)
    factories.make_profile(session, group)
    factories.make_scenario(session)
    factories.make_meeting(session)
    incident = factories.make_incident(session)
    case = factories.make_case(session)
    return {
        "group": group,
        "observe": group,
        "incident": incident,
        "assess": incident,
        "case": case,
    }


@pytest.fixture(scope="module")
def school(qapp: QApplication) -> Iterator[School]:
    i18n.activate("nl")
    workspace, who = make_workspace()
    ids = workspace.write(_fill)
    shell = make_shell(workspace, who)
    yield School(shell, ids)
    shell.tasks.close()
    workspace.close()


@pytest.fixture(autouse=True)
def _light(qapp: QApplication) -> Iterator[None]:
    yield
    theme.apply(qapp, "light", 100)


def _open(school: School, name: str, qtbot: QtBot, room: QSize) -> QWidget:
    entry = PAGES[name]
    route = Route(name, school.ids.get(name))
    shown: Page | PageDialog
    if entry.dialog:
        behind = QWidget()
        behind.resize(room)
        behind.show()
        qtbot.addWidget(behind)
        shown = dialog_class(entry)(school.shell, route, behind)
        shown.setProperty("behind", behind)
    else:
        shown = page_class(entry)(school.shell)
        shown.resize(room)
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    if isinstance(shown, Page):
        shown.open(route)
    settle(school.shell.tasks)
    return shown


def _tabs(shown: QWidget) -> list[Callable[[], object]]:
    """What shows each part of the page: its tabs, or nothing to do when it has none."""
    bars = [bar for bar in shown.findChildren(TabBar) if bar.isVisible()]
    return [pill.click for bar in bars for pill in bar.pills] or [lambda: None]


@pytest.mark.parametrize(("language", "mode", "size"), LOOKS)
@pytest.mark.parametrize("name", list(PAGES))
def test_page_fits_and_has_names(
    school: School, qapp: QApplication, qtbot: QtBot, name: str, language: str, mode: str, size: int
) -> None:
    i18n.activate(language)
    theme.apply(qapp, mode, size)
    shown = _open(school, name, qtbot, ROOM[size])
    for tab in _tabs(shown):
        tab()
        settle(school.shell.tasks)
        assert find_clipped_texts(shown) == []
        assert find_unnamed_controls(shown) == []
        assert shown.width() <= ROOM[size].width()
    assert fake(school.shell).bugs == []
    if isinstance(shown, QDialog):
        assert shown.height() <= ROOM[size].height()
