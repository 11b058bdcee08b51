"""Beheer > Wie zag wat?: filters, names in the window, the report without them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdf
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from tests import factories
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import settle
from tests.ui.shell_fixture import fake, make_shell, make_workspace
from wbos_desktop import i18n
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.domain.audit_trail import AuditRow
from wbos_desktop.services import cases
from wbos_desktop.ui import theme
from wbos_desktop.ui.pages.manage.audit_section import AuditExport, AuditSection
from wbos_desktop.ui.pages.manage.page import ManagePage
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.people_field import PersonChoice
from wbos_desktop.workspace.session import Workspace


@dataclass
class World:
    """Beheer after a case was opened."""

    workspace: Workspace
    shell: Shell
    page: ManagePage
    qtbot: QtBot

    @property
    def section(self) -> AuditSection:
        section = self.page.section("audit")
        assert isinstance(section, AuditSection)
        return section

    def settle(self) -> None:
        settle(self.shell.tasks)

    def open(self) -> AuditSection:
        self.page.open(Route("manage", None, "audit"))
        self.settle()
        return self.section

    def rows(self) -> list[AuditRow]:
        model = self.section.table.model
        found = [model.row_data(place) for place in range(model.rowCount())]
        self.settle()
        found = [model.row_data(place) for place in range(model.rowCount())]
        return [row for row in found if row is not None]


@pytest.fixture
def world(qtbot: QtBot, qapp: QApplication) -> Iterator[World]:
    theme.apply(qapp, "light", 100)
    workspace, who = make_workspace()
    shell = make_shell(workspace, who)
    case_id = workspace.write(factories.make_case)
    workspace.view(cases.open_case, case_id)
    page = ManagePage(shell)
    page.resize(1111, 768)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    yield World(workspace, shell, page, qtbot)
    shell.tasks.close()
    workspace.close()
    theme.apply(qapp, "light", 100)


def test_lines_are_shown_with_names_the_newest_first(world: World) -> None:
    world.open()
    first = world.rows()[0]
    assert (first.who, first.action, first.kind) == ("Karin Bosman", "bekeken", "Casus")
    assert first.name == "2026-001"


def test_a_pupil_and_an_action_narrow_the_list(world: World) -> None:
    section = world.open()
    pupil_id = world.workspace.read(
        lambda session: session.scalars(select(Pupil.id).where(Pupil.given_name == "Daan")).one()
    )
    section.subject.set_value([PersonChoice("pupil", pupil_id, "Daan Bakker")])
    section.action.set_value("view")
    section.refresh()
    world.settle()
    assert [(row.action, row.kind) for row in world.rows()] == [("bekeken", "Casus")]


def test_the_report_is_written_and_is_a_line_itself(world: World, tmp_path: Path) -> None:
    section = world.open()
    target = tmp_path / "logboek.pdf"
    fake(world.shell).paths = [target]
    section.make_report("pdf")
    dialog = world.page.window().findChildren(AuditExport)[-1]
    assert not dialog.form.rows["names"].isVisible()
    dialog.save_button.click()
    world.settle()
    words = "".join(page.extract_text() for page in pypdf.PdfReader(target).pages)
    assert "Wie zag en deed wat" in words
    assert "Daan" not in words
    section.refresh()
    world.settle()
    assert world.rows()[0].action == "geëxporteerd"


def test_only_coordinators_have_it(world: World) -> None:
    world.shell.who.role = "member"
    page = ManagePage(world.shell)
    world.qtbot.addWidget(page)
    assert "audit" not in page.places.buttons


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(("mode", "size"), [("light", 100), ("dark", 130)])
def test_nothing_is_clipped_or_without_a_name(
    world: World, qapp: QApplication, language: str, mode: str, size: int
) -> None:
    i18n.activate(language)
    theme.apply(qapp, mode, size)
    section = world.open()
    assert find_clipped_texts(section) == []
    assert find_unnamed_controls(section) == []
