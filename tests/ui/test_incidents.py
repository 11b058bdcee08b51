"""The register, the report form and the assessment on a real workspace, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.waiting import settle, wait_until
from tests.ui.shell_fixture import fake, make_shell, make_workspace
from wbos_desktop.db.models import school
from wbos_desktop.domain.people import fold
from wbos_desktop.services import assessments, drafts, incident_register, undo
from wbos_desktop.ui import theme
from wbos_desktop.ui.pages.incidents.assess import AssessDialog
from wbos_desktop.ui.pages.incidents.register import RegisterPage
from wbos_desktop.ui.pages.incidents.register_columns import register_columns
from wbos_desktop.ui.pages.incidents.report import ReportDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.workspace.session import Workspace

Key = Qt.Key


def _fill(session: Session) -> dict[str, int]:
    group = factories.make_group(session, name="2B")
    for name in ("Yasmin", "Daan"):
        factories.make_pupil(
            session, group, given_name=name, family_name="Smit", sort_name=fold(f"Smit {name}")
        )
    session.add(school.EmergencyContact(label="Directeur", phone="06 1234", position=0))
    case_id = factories.make_case(session, "PST", group_ids=(group,), title="Pesten in de gang")
    waiting = factories.make_incident(
        session, kind_code="bedreigen", place="yard", group_ids=(group,)
    )
    note = factories.make_incident(session, kind_code="schelden", group_ids=(group,))
    return {"group": group, "case": case_id, "waiting": waiting, "note": note}


@dataclass
class World:
    """De Linde with a case, a report to assess and a note in 2B."""

    workspace: Workspace
    shell: Shell
    qtbot: QtBot
    ids: dict[str, int]
    routes: list[Route] = field(default_factory=list)
    shown: list[QWidget] = field(default_factory=list)

    def settle(self) -> None:
        settle(self.shell.tasks)

    def show(self, widget: QWidget) -> None:
        # Kept, because a dialog dies with the widget it stands on.
        self.shown.append(widget)
        self.qtbot.addWidget(widget)
        widget.resize(1170, 768)
        widget.show()
        widget.activateWindow()
        wait_until(widget.isActiveWindow)
        self.settle()

    def dialog(self, kind: type[QDialog], route: Route) -> QDialog:
        host = QWidget()
        self.show(host)
        dialog = kind(self.shell, route, host)
        dialog.show()
        dialog.activateWindow()
        wait_until(dialog.isActiveWindow)
        self.settle()
        return dialog

    def type(self, text: str) -> None:
        """Type into whatever has the focus, as a user does."""
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClicks(focus, text)
        self.settle()

    def press(self, key: Key, *modifiers: Qt.KeyboardModifier) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        held = modifiers[0] if modifiers else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(focus, key, held)
        self.settle()


@pytest.fixture
def world(qtbot: QtBot, qapp: QApplication) -> Iterator[World]:
    theme.apply(qapp, "light", 100)
    workspace, who = make_workspace()
    shell = make_shell(workspace, who)
    found = World(workspace, shell, qtbot, workspace.write(_fill))
    shell.navigator.navigate.connect(found.routes.append)
    yield found
    shell.tasks.close()
    workspace.close()


def _register(world: World) -> RegisterPage:
    page = RegisterPage(world.shell)
    page.open(Route("incidents"))
    world.show(page)
    return page


def _report(world: World) -> ReportDialog:
    dialog = world.dialog(ReportDialog, Route("report"))
    assert isinstance(dialog, ReportDialog)
    return dialog


def test_the_register_lists_open_work_first_and_opens_with_enter(world: World) -> None:
    page = _register(world)
    QAbstractItemModelTester(page.table.model)
    assert len(page.table.model.ids) == 3
    page.table.view.setFocus()
    row = page.table.model.ids[0]
    page.table.select(row)
    world.press(Key.Key_Return)
    assert world.routes[-1] in (
        Route("case", world.ids["case"]),
        Route("assess", world.ids["waiting"]),
    )


@pytest.mark.parametrize(
    ("decides", "words"), [(True, "Beoordeel deze melding"), (False, "Wacht op de coördinator")]
)
def test_a_report_is_no_task_for_who_may_not_decide(
    world: World, decides: bool, words: str
) -> None:
    row = world.workspace.read(incident_register.load_rows, [world.ids["waiting"]])
    column = register_columns(decides=decides)[6]
    assert column.text(row[world.ids["waiting"]]) == words


def test_a_filter_without_result_offers_to_clear(world: World) -> None:
    page = _register(world)
    page.search.setFocus()
    world.type("bestaat niet")
    wait_until(lambda: page.table.model.ids == [])
    wait_until(page.empty.button.isVisible)
    page.empty.button.click()
    wait_until(lambda: not page._typing.isActive())
    world.settle()
    assert len(page.table.model.ids) == 3


def test_the_register_follows_changes(world: World) -> None:
    page = _register(world)
    world.workspace.write(factories.make_incident, group_ids=(world.ids["group"],))
    page.refresh()
    world.settle()
    assert len(page.table.model.ids) == 4


def test_reporting_by_keyboard_alone(world: World) -> None:
    dialog = _report(world)
    world.type("Daan duwt Yasmin in de rij.")
    dialog.groups.line.setFocus()
    world.type("2")
    world.press(Key.Key_Return)
    dialog.kind.focus_first()
    world.press(Key.Key_Space)
    dialog.people.line.setFocus()
    world.type("yas")
    world.press(Key.Key_Return)
    dialog.safe.focus_first()
    world.press(Key.Key_Return)
    world.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert fake(world.shell).toasts == ["Melding opgeslagen."]
    ids = world.workspace.read(incident_register.find_ids)
    rows = world.workspace.read(incident_register.load_rows, ids)
    row = rows[max(ids)]
    assert (row.title, row.groups, row.persons) == ("Schelden (klas)", ("2B",), ("Ya",))


def test_what_is_missing_is_marked_and_nothing_is_saved(world: World) -> None:
    dialog = _report(world)
    before = len(world.workspace.read(incident_register.find_ids))
    dialog.save_button.click()
    world.settle()
    assert dialog.form.rows["text"].error
    assert dialog.form.rows["kind_code"].error
    assert QApplication.focusWidget() is dialog.text
    assert len(world.workspace.read(incident_register.find_ids)) == before


def test_a_kind_brings_its_severity_and_protocol(world: World) -> None:
    dialog = _report(world)
    dialog.kind.pills.pills[3].click()
    world.settle()
    assert dialog.severity.value() == "serious"
    assert dialog.side.title.text() == "Pesten"
    dialog.severity.pills[0].click()
    world.settle()
    assert dialog.side.title.text() == "Een notitie is genoeg"


def test_not_safe_shows_the_numbers_of_the_school_and_never_blocks(world: World) -> None:
    dialog = _report(world)
    dialog.safe.pills[1].click()
    world.settle()
    assert dialog._emergency is not None
    assert dialog._emergency.isVisible()
    assert dialog.save_button.isEnabled()


def test_whether_everybody_is_safe_starts_unanswered_and_is_asked(world: World) -> None:
    dialog = _report(world)
    assert dialog.safe.value() is None
    world.type("Daan duwt Yasmin in de rij.")
    dialog.groups.line.setFocus()
    world.type("2")
    world.press(Key.Key_Return)
    dialog.kind.pills.pills[0].click()
    dialog.save_button.click()
    world.settle()
    assert fake(world.shell).toasts == []
    assert dialog.form.rows["safe"].error == "Kies of iedereen nu veilig is."
    assert dialog.safe.isAncestorOf(QApplication.focusWidget())
    row, seen = dialog.form.rows["safe"], dialog.pane.viewport()
    wait_until(lambda: seen.rect().contains(row.mapTo(seen, row.rect().bottomLeft())))


def test_images_are_refused_in_words(world: World) -> None:
    dialog = _report(world)
    dialog.kind.set_value("naaktbeeld")
    dialog.kind.list.edited.emit()
    world.settle()
    assert "geen beeld" in dialog.form.rows["kind_code"]._below.text()


def test_leaving_keeps_a_draft_that_comes_back(world: World) -> None:
    dialog = _report(world)
    world.type("Half verhaal")
    dialog.groups.line.setFocus()
    world.type("2")
    world.press(Key.Key_Return)
    dialog.reject()
    world.settle()
    assert world.workspace.read(drafts.find_form, "incident") is not None
    again = _report(world)
    assert again.text.value() == "Half verhaal"
    assert [choice.name for choice in again.groups.value()] == ["2B"]
    again.kind.pills.pills[0].click()
    again.safe.pills[0].click()
    again.save_button.click()
    world.settle()
    assert world.workspace.read(drafts.find_form, "incident") is None


def test_saving_and_starting_goes_to_the_case(world: World) -> None:
    dialog = _report(world)
    world.type("Er is een ruit kapot.")
    dialog.groups.line.setFocus()
    world.type("2")
    world.press(Key.Key_Return)
    dialog.kind.pills.pills[3].click()
    dialog.safe.pills[0].click()
    dialog.start_button.click()
    world.settle()
    assert world.routes[-1].page == "case"


def test_assessing_starts_the_proposed_protocol(world: World) -> None:
    dialog = world.dialog(AssessDialog, Route("assess", world.ids["waiting"]))
    assert isinstance(dialog, AssessDialog)
    assert dialog.template.value() == "GEW"
    world.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert world.routes[-1].page == "case"
    assert world.workspace.read(assessments.to_assess) == []


def test_a_report_made_by_mistake_goes_to_the_bin_and_comes_back(world: World) -> None:
    dialog = world.dialog(AssessDialog, Route("assess", world.ids["waiting"]))
    dialog.remove_button.click()
    world.settle()
    assert fake(world.shell).toasts == ["De melding ligt in de prullenbak."]
    assert world.workspace.read(assessments.to_assess) == []
    world.workspace.write(undo.undo_last)
    assert len(world.workspace.read(assessments.to_assess)) == 1


def test_a_note_can_be_read_and_still_become_a_case(world: World) -> None:
    dialog = world.dialog(AssessDialog, Route("assess", world.ids["note"]))
    assert isinstance(dialog, AssessDialog)
    assert dialog.decide_button.text() == "Als notitie bewaren"
    dialog.decide_button.click()
    world.settle()
    assert fake(world.shell).toasts == ["Als notitie bewaard."]
