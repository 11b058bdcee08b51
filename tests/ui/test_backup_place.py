"""Back-up in Beheer: the way back from a place that was wrong, and who is offered what."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.helpers.accessibility import find_clipped_texts
from tests.helpers.waiting import wait_until
from wbos_desktop.ui import theme
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.pages.manage.backup_section import BackupSection
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.workspace import backup_notes

HERE = "Weer op deze laptop"
CHOOSE = "Kies map of stick"


def section_of(window: MainWindow) -> BackupSection:
    window.shell.go("manage", None, "backup")
    wait_until(lambda: not window.shell.tasks.busy)
    assert window.work is not None
    section = window.work.pages["manage"].stack.currentWidget()
    assert isinstance(section, BackupSection)
    return section


def verbs(section: BackupSection) -> dict[str, Button]:
    return {b.text(): b for b in section.findChildren(Button) if b.isVisibleTo(section)}


def test_a_wrong_place_has_a_way_back(
    qtbot: QtBot, qapp: QApplication, opened: MainWindow, tmp_path: Path
) -> None:
    with qtbot.waitActive(opened):
        opened.activateWindow()
    assert opened.shell.vault is not None
    assert HERE not in verbs(section_of(opened))
    backup_notes.choose_place(opened.shell.vault, tmp_path / "verkeerd")
    section = section_of(opened)
    wait_until(lambda: HERE in verbs(section))
    assert find_clipped_texts(section) == []
    home = verbs(section)[HERE]
    home.setFocus()
    home.click()
    wait_until(lambda: not opened.shell.tasks.busy)
    assert backup_notes.status(opened.shell.vault).place is None
    wait_until(lambda: {HERE, CHOOSE} & set(verbs(section)) == {CHOOSE})
    wait_until(lambda: section.isAncestorOf(qapp.focusWidget() or opened))


@pytest.mark.parametrize("size", [100, 130])
def test_both_places_fit(qapp: QApplication, opened: MainWindow, tmp_path: Path, size: int) -> None:
    opened.resize(1024, 540)
    theme.apply(qapp, "light", size)
    assert opened.shell.vault is not None
    backup_notes.choose_place(opened.shell.vault, tmp_path / ("lang" * 30))
    assert find_clipped_texts(section_of(opened)) == []
    theme.apply(qapp, "light", 100)


@pytest.mark.parametrize("role", ["member", "lead", "reader"])
def test_others_are_offered_making_and_practising(
    opened: MainWindow, tmp_path: Path, role: str
) -> None:
    assert opened.shell.vault is not None
    backup_notes.choose_place(opened.shell.vault, tmp_path)
    section = section_of(opened)
    opened.shell.who.role = role
    section.make_button.click()
    wait_until(lambda: not opened.shell.tasks.busy)
    section.refresh()
    wait_until(lambda: not opened.shell.tasks.busy)
    # What a layout gets is shown a moment later.
    wait_until(lambda: set(verbs(section)) == {"Back-up maken", "Oefenen met terugzetten"})
    assert any(tmp_path.glob("*.wbos"))
