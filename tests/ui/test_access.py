"""A request for access in the window: noted, checked, judged passage by passage, given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.conftest import NOW
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import settle
from tests.ui.shell_fixture import fake, make_shell, make_workspace, show_changes
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.domain.access import AccessDraft
from wbos_desktop.services import access
from wbos_desktop.ui import theme
from wbos_desktop.ui.file_password import FilePasswordDialog
from wbos_desktop.ui.form_dialog import FormDialog
from wbos_desktop.ui.pages.manage.access_section import AccessSection
from wbos_desktop.ui.widgets.people_field import PersonChoice
from wbos_desktop.ui.widgets.rows import ListRow


def make_request(session: Session) -> int:
    factories.make_case(session, "PST", text="Daan en Sem lachten Yasmin uit.")
    pupil_id = session.scalars(select(Pupil.id).where(Pupil.given_name == "Yasmin")).one()
    draft = AccessDraft(pupil_id, "parent", "Mevrouw Amrani", NOW.date())
    return access.open_request(session, draft)


class Stage(QObject):
    """The part of Beheer on a real workspace."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self.qtbot = qtbot
        self.workspace, who = make_workspace()
        self.shell = make_shell(self.workspace, who)
        self.request_id = self.workspace.write(make_request)
        self.section = AccessSection(self.shell)
        qtbot.addWidget(self.section)
        self.section.resize(930, 640)
        self.section.show()
        show_changes(self.shell, self.section)
        self.section.refresh()
        self.settle()

    def settle(self) -> None:
        settle(self.shell.tasks)

    def dialog(self) -> FormDialog:
        return self.section.window().findChildren(FormDialog)[-1]

    def confirm(self) -> None:
        self.dialog().save_button.click()
        self.settle()

    def open(self) -> None:
        self.section.list_page.findChildren(ListRow)[0].click()
        self.settle()


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication) -> Iterator[Stage]:
    theme.apply(qapp, "light", 100)
    made = Stage(qtbot)
    yield made
    made.shell.tasks.close()
    made.workspace.close()


def test_a_new_request_opens(stage: Stage) -> None:
    stage.section.new_button.click()
    dialog = stage.dialog()
    pupil_id = stage.workspace.read(lambda s: s.scalars(select(Pupil.id)).first())
    dialog.form.fields["pupil"].widget.set_value([PersonChoice("pupil", pupil_id, "Yasmin")])
    dialog.form.fields["requester_name"].widget.set_value("De heer Bakker")
    stage.confirm()
    rows = stage.workspace.read(access.list_requests)
    assert {row.requester_name for row in rows} == {"Mevrouw Amrani", "De heer Bakker"}
    assert stage.section.stack.currentWidget() is stage.section.review


def test_a_request_without_pupil_is_told(stage: Stage) -> None:
    stage.section.new_button.click()
    stage.confirm()
    assert stage.dialog().form.rows["pupil"].error == "Kies de leerling."


def test_from_checks_to_given(stage: Stage, tmp_path: Path) -> None:
    stage.open()
    review = stage.section.review
    assert not review.copy_button.isEnabled()
    while review.detail is not None and review.detail.open_passages:
        review.panel.accept.click()
        stage.settle()
    assert review.copy_button.isEnabled()
    review.checks_button.click()
    stage.confirm()
    target = tmp_path / "inzage.pdf"
    fake(stage.shell).paths = [target]
    review.copy_button.click()
    asked = stage.section.window().findChildren(FilePasswordDialog)[-1]
    asked.field.set_value("groene kano straks")
    asked.go_button.click()
    stage.settle()
    reader = PdfReader(target, password="groene kano straks")
    assert reader.is_encrypted
    told = "".join(page.extract_text() for page in reader.pages)
    assert "een medeleerling en een medeleerling lachten Yasmin uit" in told
    review.given_button.click()
    stage.dialog().form.fields["how"].widget.set_value("in een gesprek")
    stage.confirm()
    assert stage.workspace.read(access.running) == []
    assert not review.panel.accept.isEnabled()


def test_leaving_out_asks_why(stage: Stage) -> None:
    stage.open()
    panel = stage.section.review.panel
    panel.choice.set_value("leave_out")
    panel.choice.edited.emit()
    panel.accept.click()
    stage.settle()
    assert panel.reason_row.error == "Schrijf waarom je dit weglaat. Het staat in de kopie."
    panel.reason.set_value("Gaat over een ander")
    panel.accept.click()
    stage.settle()
    detail = stage.workspace.read(access.get_detail, stage.request_id)
    assert [p.decision for p in detail.passages if p.judged] == ["leave_out"]


@pytest.mark.parametrize("what", ["extend", "refused", "withdrawn"])
def test_each_ending_asks_a_reason(stage: Stage, what: str) -> None:
    stage.open()
    stage.section.review._ask_reason(what)
    stage.dialog().form.fields["reason"].widget.set_value("Veel stukken")
    stage.confirm()
    row = stage.workspace.read(access.get_detail, stage.request_id).row
    assert (row.state, row.extended_on is not None) == {
        "extend": ("open", True),
        "refused": ("refused", False),
        "withdrawn": ("withdrawn", False),
    }[what]


@pytest.mark.parametrize("form", ["access_request", "access_checks", "access_extend"])
def test_an_unfinished_form_opens_again(stage: Stage, form: str) -> None:
    stage.section.resume(form, 0 if form == "access_request" else stage.request_id)
    stage.settle()
    assert stage.dialog().isVisible()


def test_the_copy_is_no_longer_called_too_early(stage: Stage) -> None:
    stage.open()
    review = stage.section.review
    buttons = (review.copy_button, review.given_button)
    assert all("nog" in button.toolTip() for button in buttons)
    while review.detail is not None and review.detail.open_passages:
        review.panel.accept.click()
        stage.settle()
    assert review.copy_button.toolTip() == review.copy_button.accessibleDescription() == ""
    assert "nog" not in review.given_button.toolTip()


def test_after_a_decision_the_next_passage_is_in_view(stage: Stage) -> None:
    stage.section.resize(600, 330)
    stage.open()
    review = stage.section.review
    review.page.ensureWidgetVisible(review.head)
    review.panel.accept.click()
    stage.settle()
    assert not review.panel.label.visibleRegion().isEmpty()


@pytest.mark.parametrize("room", [(930, 640), (600, 330)])
@pytest.mark.parametrize("size", [100, 130])
def test_nothing_is_clipped(
    qapp: QApplication, stage: Stage, size: int, room: tuple[int, int]
) -> None:
    theme.apply(qapp, "light", size)
    stage.section.resize(*room)
    stage.section.refresh()
    stage.settle()
    assert find_clipped_texts(stage.section) == []
    stage.open()
    assert find_clipped_texts(stage.section) == []
    assert find_unnamed_controls(stage.section) == []
    stage.section.review.checks_button.click()
    stage.settle()
    assert find_clipped_texts(stage.dialog()) == []
    QTest.keyClick(stage.dialog(), Qt.Key.Key_Escape)
    theme.apply(qapp, "light", 100)
