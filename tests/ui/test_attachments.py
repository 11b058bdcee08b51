"""The files of a case in the window: added, named, looked at, removed, and refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.documents.test_pictures import document, photo
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import settle, wait_until
from tests.ui.shell_fixture import fake, make_shell, make_workspace
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.services import attachments
from wbos_desktop.ui import theme
from wbos_desktop.ui.pages.incidents.attachment_dialogs import Picture, ViewerDialog
from wbos_desktop.ui.pages.incidents.attachments_tab import AttachmentsTab
from wbos_desktop.ui.pages.incidents.form_dialog import FormDialog
from wbos_desktop.ui.widgets.buttons import IconButton
from wbos_desktop.ui.widgets.rows import ListRow


class Stage(QObject):
    """The tab of one case on a real workspace."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self.qtbot = qtbot
        self.workspace, who = make_workspace()
        self.shell = make_shell(self.workspace, who)
        self.case_id = self.workspace.write(factories.make_case, "PST")
        self.tab = AttachmentsTab(self.shell)
        qtbot.addWidget(self.tab)
        self.tab.resize(1100, 600)
        self.tab.show()
        self.shell.tasks.changed.connect(self.ask)
        self.ask()
        self.settle()

    def ask(self, _tables: object = None) -> None:
        self.tab.show_case(self.case_id)

    def settle(self) -> None:
        settle(self.shell.tasks)

    def add(self, path: Path, title: str) -> None:
        fake(self.shell).paths = [path]
        self.tab.add_button.click()
        self.settle()
        dialog = self.tab.window().findChildren(FormDialog)[-1]
        dialog.form.fields["title"].widget.set_value(title)
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.settle()
        self.ask()

    def rows(self) -> list[ListRow]:
        return self.tab.pane.findChildren(ListRow)

    def focus(self) -> object:
        return self.tab.window().focusWidget()

    def titles(self) -> list[str]:
        return [row.accessibleName().split(",")[0] for row in self.rows()]


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication) -> Iterator[Stage]:
    theme.apply(qapp, "light", 100)
    made = Stage(qtbot)
    yield made
    made.shell.tasks.close()
    made.workspace.close()


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "brief.pdf"
    path.write_bytes(document())
    return path


def test_a_letter_is_kept_and_shown(stage: Stage, letter: Path) -> None:
    stage.add(letter, "Brief van de ouders")
    assert stage.titles() == ["Brief van de ouders"]
    stage.tab.pane.findChildren(ListRow)[0].click()
    stage.settle()
    viewer = stage.tab.window().findChildren(ViewerDialog)[-1]
    assert viewer.pdf is not None
    sheet = viewer.pdf.sheet
    wait_until(lambda: sheet.count() == 1)
    assert find_unnamed_controls(viewer) == []
    viewer.reject()
    assert sheet.count() == 0
    assert not sheet.drawer.running


def test_the_focus_is_on_the_new_file(stage: Stage, letter: Path) -> None:
    stage.tab.add_button.setFocus()
    stage.add(letter, "Brief van de ouders")
    stage.settle()
    focus = stage.focus()
    assert isinstance(focus, ListRow)
    assert focus.accessibleName().startswith("Brief van de ouders")


def test_a_file_that_gets_no_name_leaves_the_focus_on_adding(stage: Stage, letter: Path) -> None:
    fake(stage.shell).paths = [letter]
    stage.tab.add_button.setFocus()
    stage.tab.add_button.click()
    stage.settle()
    stage.tab.window().findChildren(FormDialog)[-1].reject()
    stage.settle()
    assert stage.focus() is stage.tab.add_button


def test_the_focus_stays_in_the_list_when_a_file_goes(stage: Stage, letter: Path) -> None:
    image = letter.with_suffix(".jpg")
    image.write_bytes(photo())
    stage.add(letter, "Een")
    stage.settle()
    stage.add(image, "Twee")
    stage.settle()
    assert len(stage.rows()) == 2
    tools = [row.parentWidget().findChildren(IconButton)[-1] for row in stage.rows()]
    tools[0].setFocus()
    tools[0].click()
    stage.settle()
    assert stage.focus() is stage.rows()[0]


def test_a_photo_is_shown_without_its_hidden_data(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "foto.jpg"
    path.write_bytes(photo())
    stage.add(path, "Kapotte fiets")
    stage.tab.pane.findChildren(ListRow)[0].click()
    stage.settle()
    viewer = stage.tab.window().findChildren(ViewerDialog)[-1]
    (shown,) = viewer.findChildren(Picture)
    assert not shown.grab().isNull()
    viewer.reject()


def test_another_kind_of_file_is_told(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "lied.mp3"
    path.write_bytes(b"ID3" + b"x" * 100)
    stage.tab.add_file(path)
    stage.settle()
    assert "pdf, jpg en png" in fake(stage.shell).strips[-1]
    assert stage.tab.progress.isHidden()
    assert stage.titles() == []


def test_removing_offers_undo(stage: Stage, letter: Path) -> None:
    stage.add(letter, "Brief")
    row = stage.workspace.read(attachments.list_attachments, stage.case_id)[0]
    stage.tab._remove(row)
    stage.settle()
    stage.ask()
    stage.settle()
    assert stage.titles() == []
    assert fake(stage.shell).toasts[-1] == "Weggehaald: Brief."


def test_a_case_with_sexual_images_offers_no_file(stage: Stage) -> None:
    def change(session: Session) -> None:
        for incident in session.scalars(select(Incident)):
            incident.kind_code = "naaktbeeld"

    stage.workspace.write(change)
    stage.ask()
    stage.settle()
    assert stage.tab.add_button.isHidden()
    assert stage.tab.refused.isVisible()


@pytest.mark.parametrize("size", [100, 130])
def test_nothing_is_clipped(qapp: QApplication, stage: Stage, letter: Path, size: int) -> None:
    stage.add(letter, "Brief van de ouders over wat er op het plein gebeurde")
    theme.apply(qapp, "light", size)
    stage.ask()
    stage.settle()
    assert find_clipped_texts(stage.tab) == []
    assert find_unnamed_controls(stage.tab) == []
    theme.apply(qapp, "light", 100)
