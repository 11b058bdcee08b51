"""Beheer > Prullenbak: the date is visible, putting back is one click, erasing asks first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests import factories
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.ui.manage_stage import ManageStage, managing
from tests.ui.shell_fixture import fake
from wbos_desktop import i18n
from wbos_desktop.services import incidents, removed
from wbos_desktop.ui import theme
from wbos_desktop.ui.pages.manage.bin_section import BinSection
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.workspace.session import Workspace


class World(ManageStage):
    """Beheer with one report in the bin."""

    @property
    def section(self) -> BinSection:
        section = self.page.section("bin")
        assert isinstance(section, BinSection)
        return section

    def buttons(self, text: str) -> list[Button]:
        return [b for b in self.section.pane.findChildren(Button) if b.text() == text]


def _fill(workspace: Workspace) -> None:
    incident_id = workspace.write(factories.make_incident)
    workspace.write(incidents.remove_report, incident_id)


@pytest.fixture
def world(qtbot: QtBot, qapp: QApplication) -> Iterator[World]:
    with managing(World, qtbot, qapp, _fill) as found:
        yield found


def test_put_back_is_one_click_with_undo(world: World) -> None:
    world.open("bin")
    [button] = world.buttons("Terugzetten")
    button.click()
    world.settle()
    assert fake(world.shell).toasts[0].startswith("Teruggezet: 2026-001")
    assert world.workspace.read(removed.list_bin) == []
    assert world.buttons("Terugzetten") == []


def test_emptying_asks_first_and_erases(world: World) -> None:
    world.open("bin")
    fake(world.shell).answers = [False, True]
    world.section.empty_button.click()
    world.settle()
    assert len(world.workspace.read(removed.list_bin)) == 1
    world.section.empty_button.click()
    for _part in range(4):  # each part of the job asks for the next
        world.settle()
    assert world.workspace.read(removed.list_bin) == []
    assert fake(world.shell).asked == ["1 ding wissen?"] * 2
    assert fake(world.shell).bugs == []


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(("mode", "size"), [("light", 100), ("dark", 130)])
def test_nothing_is_clipped_or_without_a_name(
    world: World, qapp: QApplication, language: str, mode: str, size: int
) -> None:
    i18n.activate(language)
    theme.apply(qapp, mode, size)
    world.open("bin")
    assert find_clipped_texts(world.section) == []
    assert find_unnamed_controls(world.section) == []
