"""Beheer > Wie zag wat?: filters, names in the window, the report without them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from tests import factories
from tests.conftest import NOW
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.ui.manage_stage import ManageStage, managing
from tests.ui.shell_fixture import fake
from wbos_desktop import i18n
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.documents.audit_report import audit_pdf
from wbos_desktop.domain import audit_trail
from wbos_desktop.domain.audit_trail import AuditReport, AuditRow
from wbos_desktop.domain.reports import Masthead
from wbos_desktop.services import cases
from wbos_desktop.ui import theme
from wbos_desktop.ui.pages.manage import audit_section
from wbos_desktop.ui.pages.manage.audit_section import AuditExport, AuditSection
from wbos_desktop.ui.pages.manage.page import ManagePage
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.people_field import PersonChoice
from wbos_desktop.workspace.session import Workspace


class World(ManageStage):
    """Beheer after a case was opened."""

    @property
    def section(self) -> AuditSection:
        section = self.page.section("audit")
        assert isinstance(section, AuditSection)
        return section

    def rows(self) -> list[AuditRow]:
        model = self.section.table.model
        found = [model.row_data(place) for place in range(model.rowCount())]
        self.settle()
        found = [model.row_data(place) for place in range(model.rowCount())]
        return [row for row in found if row is not None]


def _fill(workspace: Workspace) -> None:
    workspace.view(cases.open_case, workspace.write(factories.make_case))


@pytest.fixture
def world(qtbot: QtBot, qapp: QApplication) -> Iterator[World]:
    with managing(World, qtbot, qapp, _fill) as found:
        yield found


def test_lines_are_shown_with_names_the_newest_first(world: World) -> None:
    world.open("audit")
    first = world.rows()[0]
    assert (first.who, first.action, first.kind) == ("Karin Bosman", "bekeken", "Casus")
    assert first.name == "2026-001"


def test_a_pupil_and_an_action_narrow_the_list(world: World) -> None:
    section = world.open("audit")
    pupil_id = world.workspace.read(
        lambda session: session.scalars(select(Pupil.id).where(Pupil.given_name == "Daan")).one()
    )
    section.subject.set_value([PersonChoice("pupil", pupil_id, "Daan Bakker")])
    section.action.set_value("view")
    section.refresh()
    world.settle()
    assert [(row.action, row.kind) for row in world.rows()] == [("bekeken", "Casus")]


def test_the_report_is_written_and_is_a_line_itself(world: World, tmp_path: Path) -> None:
    section = world.open("audit")
    target = tmp_path / "logboek.pdf"
    fake(world.shell).paths = [target]
    section.make_report("pdf")
    dialog = world.page.window().findChildren(AuditExport)[-1]
    assert not dialog.form.rows["names"].isVisible()
    world.settle()
    dialog.save_button.click()
    world.settle()
    words = "".join(page.extract_text() for page in pypdf.PdfReader(target).pages)
    assert "Wie zag en deed wat" in words
    assert "Daan" not in words
    section.refresh()
    world.settle()
    assert world.rows()[0].action == "geëxporteerd"


def test_how_much_it_is_stands_there_before_the_file(world: World) -> None:
    section = world.open("audit")
    lines = len(world.rows())
    section.make_report("pdf")
    dialog = world.page.window().findChildren(AuditExport)[-1]
    assert not dialog.save_button.isEnabled()
    assert dialog.focusWidget() is dialog.period
    world.settle()
    text = dialog.size_line.findChildren(Label)[-1].text()
    assert text.startswith(f"{lines} regels, ongeveer {audit_trail.pages_of(lines)} bladzijden.")
    assert dialog.save_button.isEnabled()
    assert find_clipped_texts(dialog) == []
    dialog.reject()


def test_a_shorter_period_makes_it_less(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_section, "MANY_PAGES", 0)
    section = world.open("audit")
    section.make_report("pdf")
    dialog = world.page.window().findChildren(AuditExport)[-1]
    world.settle()
    words = dialog.size_line.findChildren(Label)[-1]
    assert "Kies een kortere periode" in words.text()
    monkeypatch.setattr(audit_section, "_PERIODS", {"week": -400})
    dialog.period.set_value("week")
    dialog.period.edited.emit()
    world.settle()
    assert words.text().startswith("0 regels")
    assert dialog._subject.since is not None
    dialog.reject()


@pytest.mark.parametrize("lines", [30, 600, 2400])
def test_about_so_many_pages_is_about_right(lines: int) -> None:
    row = AuditRow(1, NOW, "", "KB", "bekeken", "Casus", "#1", "")
    masthead = Masthead("Gebruik", "Gebruik", "De Linde", NOW, "Karin", "", "", "")
    report = AuditReport(
        masthead, "Alles", (("Wat", "alles"),), (), (row,) * lines, lines, "ab", (), "audit", None
    )
    pages = len(pypdf.PdfReader(io.BytesIO(audit_pdf(report))).pages)
    assert abs(pages - audit_trail.pages_of(lines)) <= 1


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
    section = world.open("audit")
    assert find_clipped_texts(section) == []
    assert find_unnamed_controls(section) == []
