"""The history dialog: readable, complete, and a version comes back with one click and undo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests import factories
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import settle
from tests.ui.shell_fixture import fake, make_shell, make_workspace
from wbos_desktop import i18n
from wbos_desktop.services import incidents, undo
from wbos_desktop.ui import theme
from wbos_desktop.ui.history_dialog import PAGE, HistoryDialog, open_history
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.labels import Label, Link
from wbos_desktop.workspace.session import Workspace


@dataclass
class World:
    """A window over a report in De Linde."""

    workspace: Workspace
    shell: Shell
    qtbot: QtBot
    window: QWidget
    incident_id: int

    def change(self, text: str) -> None:
        draft = self.workspace.read(incidents.get_facts_draft, self.incident_id)
        self.workspace.write(incidents.change_facts, replace(draft, text=text))

    def text(self) -> str:
        return self.workspace.read(incidents.get_facts_draft, self.incident_id).text

    def settle(self) -> None:
        settle(self.shell.tasks)

    def open(self) -> HistoryDialog:
        dialog = open_history(self.shell, "incidents", self.incident_id, self.window)
        self.qtbot.waitExposed(dialog)
        self.settle()
        return dialog


@pytest.fixture
def world(qtbot: QtBot, qapp: QApplication) -> Iterator[World]:
    theme.apply(qapp, "light", 100)
    workspace, who = make_workspace()
    shell = make_shell(workspace, who)
    window = QWidget()
    window.resize(1111, 768)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    yield World(workspace, shell, qtbot, window, workspace.write(factories.make_incident))
    shell.tasks.close()
    workspace.close()
    theme.apply(qapp, "light", 100)


def texts(dialog: HistoryDialog) -> list[str]:
    return [label.text() for label in dialog.pane.findChildren(Label)]


def test_before_and_after_can_be_read_in_full(world: World) -> None:
    long = "Een lang verhaal met veel zinnen. " * 60
    world.change(long.strip())
    dialog = world.open()
    assert "Een foto staat in de groepsapp. Er komt een sticker op." in texts(dialog)
    assert long.strip() in texts(dialog)
    assert find_clipped_texts(dialog) == []
    dialog.reject()


def test_a_version_comes_back_and_the_toast_offers_undo(world: World) -> None:
    before = world.text()
    world.change("Anders.")
    dialog = world.open()
    buttons = [b for b in dialog.pane.findChildren(Button) if b.text() == "Herstel deze versie"]
    assert len(buttons) == 1
    buttons[0].click()
    world.settle()
    assert world.text() == before
    assert "is terug" in fake(world.shell).toasts[0]
    assert world.workspace.write(undo.undo_last)
    assert world.text() == "Anders."


def test_each_version_has_a_name_of_its_own(world: World) -> None:
    for n in range(4):
        world.change(f"Tekst {n}")
    dialog = world.open()
    found = [b for b in dialog.pane.findChildren(Button) if b.text() == "Herstel deze versie"]
    names = [button.accessibleName() for button in found]
    assert len(names) == 4
    assert len(set(names)) == 4
    assert all(name.startswith("Zet de versie van di 24 nov") for name in names)
    assert sum("terug: Gewijzigd (Wat er gebeurde)" in name for name in names) >= 2
    dialog.reject()


def test_many_changes_are_shown_a_page_at_a_time(world: World) -> None:
    for n in range(PAGE + 5):
        world.change(f"Tekst {n}")
    dialog = world.open()
    assert f"Tekst {PAGE + 4}" in texts(dialog)
    assert "Tekst 0" not in texts(dialog)
    [link] = dialog.pane.findChildren(Link)
    link.click()
    world.settle()
    assert "Tekst 0" in texts(dialog)
    dialog.reject()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(("mode", "size"), [("light", 100), ("dark", 130)])
def test_nothing_is_clipped_or_without_a_name(
    world: World, qapp: QApplication, language: str, mode: str, size: int
) -> None:
    world.change("Anders.")
    world.workspace.write(undo.undo_last)
    i18n.activate(language)
    theme.apply(qapp, mode, size)
    dialog = world.open()
    assert find_clipped_texts(dialog) == []
    assert find_unnamed_controls(dialog) == []
    assert fake(world.shell).bugs == []
    dialog.reject()
