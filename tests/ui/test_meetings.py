"""Meetings on a real workspace: list, agenda with live preview, saving and the minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdf
import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests import factories
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import settle, wait_until
from tests.helpers.words import group_words
from tests.ui.shell_fixture import fake, make_shell, make_workspace, show_changes
from wbos_desktop import i18n
from wbos_desktop.domain.actions import ActionQuery
from wbos_desktop.domain.meetings import MeetingDetail
from wbos_desktop.services import actions, agenda, drafts, meetings
from wbos_desktop.ui import theme
from wbos_desktop.ui.conflict import ConflictDialog
from wbos_desktop.ui.file_password import FilePasswordDialog
from wbos_desktop.ui.pages.meetings.dialogs import (
    AddDialog,
    ItemDialog,
    MeetingDialog,
    ProposeDialog,
)
from wbos_desktop.ui.pages.meetings.page import MeetingsPage
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.page_model import PageModel
from wbos_desktop.workspace.session import Workspace


@dataclass
class World:
    """A meeting on Thursday with last time's item, group 2B, a case and a scenario."""

    workspace: Workspace
    shell: Shell
    qtbot: QtBot
    meeting_id: int
    page: MeetingsPage

    def settle(self) -> None:
        settle(self.shell.tasks)

    def open(self, tab: str | None = None) -> MeetingsPage:
        self.page.open(Route("meetings", self.meeting_id, tab))
        self.settle()
        return self.page

    def preview(self) -> None:
        """Wait until the pack of now is in view."""
        self.settle()
        self.page.builder._pause.stop()
        self.page.builder.rebuild()
        self.settle()

    def detail(self) -> MeetingDetail:
        found = self.workspace.read(meetings.get_meeting, self.meeting_id)
        assert isinstance(found, MeetingDetail)
        return found

    def titles(self) -> list[str]:
        return [row.item.title for row in self.page.builder.agenda.rows]

    def dialog(self, kind: type[Any]) -> Any:
        self.settle()
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
        assert len(found) == 1
        return found[0]


def fill(session: Any) -> int:
    group_id = factories.make_group(session, name="2B")
    factories.make_pupil(session, group_id)
    factories.make_profile(session, group_id)
    meeting_id = meetings.save_meeting(session, meetings.edit_meeting(session, None))
    agenda.add_item(session, meeting_id, "group", group_id)
    case_id = factories.make_case(session, group_ids=(group_id,))
    agenda.add_item(session, meeting_id, "case", case_id)
    agenda.add_item(session, meeting_id, "scenario", factories.make_scenario(session))
    return meeting_id


@pytest.fixture
def world(qtbot: QtBot, qapp: QApplication) -> Iterator[World]:
    theme.apply(qapp, "light", 100)
    workspace, who = make_workspace()
    meeting_id = workspace.write(fill)
    shell = make_shell(workspace, who)
    page = MeetingsPage(shell)
    world = World(workspace, shell, qtbot, meeting_id, page)
    show_changes(shell, page)
    # one connection serves both lanes here: the preview is asked for when nothing else runs
    page.builder._pause.setInterval(3_600_000)
    page.resize(1170, 768)
    page.show()
    page.activateWindow()
    wait_until(page.isActiveWindow)
    yield world
    world.settle()
    page.on_lock()
    shiboken6.delete(page)
    shell.tasks.close()
    workspace.close()
    theme.apply(qapp, "light", 100)
    assert fake(shell).bugs == []


# ---------------------------------------------------------------- list
def test_list_shows_planned_and_opens_one(world: World) -> None:
    gone: list[Route] = []
    world.shell.navigator.navigate.connect(gone.append)
    world.page.open(Route("meetings"))
    world.settle()
    rows = world.page.list.planned.findChildren(type(world.page.list._row(world.detail().row)))
    assert [row.accessibleName().split(",")[0] for row in rows] == ["Zorgteam"]
    rows[0].opened.emit()
    assert gone == [Route("meetings", world.meeting_id)]


def test_new_meeting_form_saves_and_opens(world: World) -> None:
    gone: list[Route] = []
    world.shell.navigator.navigate.connect(gone.append)
    world.page.open(Route("meetings"))
    world.page.new_meeting()
    dialog = world.dialog(MeetingDialog)
    dialog.form.fields["kind"].widget.set_value("peer_review")
    dialog.form.fields["on"].widget.setText("3-12")
    dialog.form.fields["attendees"].widget.external.setText("Mw. Aksoy")
    dialog.form.fields["attendees"].widget._add_external()
    dialog.save_button.click()
    world.settle()
    row = world.workspace.read(meetings.next_meeting, "peer_review")
    assert gone == [Route("meetings", row.id)]
    assert row.starts_at == dt.datetime(2026, 12, 3, 13, 30)
    assert row.attendees == 2


def test_end_before_start_is_marked_at_the_field(world: World) -> None:
    world.open().edit_meeting()
    dialog = world.dialog(MeetingDialog)
    dialog.form.fields["end"].widget.setText("13.00")
    dialog.save_button.click()
    world.settle()
    assert dialog.form.rows["end"].error == "Het einde komt na het begin."
    dialog.reject()


# ---------------------------------------------------------------- agenda
def test_alt_down_moves_an_item_and_keeps_focus(world: World) -> None:
    page = world.open()
    row = page.builder.agenda.rows[1]
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    world.settle()
    assert world.titles()[2] == group_words("2B")
    assert page.builder.agenda.rows[2].hasFocus()


def test_the_menu_of_an_item_does_what_keys_do(world: World) -> None:
    page = world.open()
    first, second = page.builder.agenda.rows[:2]
    (change,) = first.menu().actions()
    assert change.text() == "Agendapunt veranderen"
    change.trigger()
    world.dialog(ItemDialog).reject()
    words = [action.text() for action in second.menu().actions()]
    assert words[1:] == ["Omhoog", "Omlaag", "Van de agenda halen"]
    second.menu().actions()[2].trigger()
    world.settle()
    assert world.titles()[2] == group_words("2B")


def test_esc_keeps_what_was_typed(world: World) -> None:
    page = world.open()
    item_id = world.detail().items[1].id
    page.builder.edit_item(item_id)
    dialog = world.dialog(ItemDialog)
    QTest.keyClicks(dialog.form.fields["question"].widget, "Wat nu?")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    world.settle()
    page.builder.edit_item(item_id)
    again = world.dialog(ItemDialog)
    world.settle()
    assert again.form.fields["question"].widget.value() == "Wat nu?"
    again.keeper.start_again()
    assert again.form.fields["question"].widget.value() == ""


def test_dragging_moves_an_item(world: World) -> None:
    page = world.open()
    rows = page.builder.agenda.rows
    start, grip = rows[3], QPoint(12, 12)
    above = start.mapFromGlobal(rows[1].mapToGlobal(QPoint(12, 2)))
    QTest.mousePress(start, Qt.MouseButton.LeftButton, pos=grip)
    QTest.mouseMove(start, grip - QPoint(0, 40))
    QTest.mouseMove(start, above)
    assert page.builder.agenda._line.isVisible()
    QTest.mouseRelease(start, Qt.MouseButton.LeftButton, pos=above)
    world.settle()
    assert world.titles()[1] == "Het is maar een grap"


def test_plus_and_minus_change_minutes(world: World) -> None:
    page = world.open()
    row = page.builder.agenda.rows[1]
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Plus)
    world.settle()
    assert page.builder.agenda.time.label.text() == "36 van 60 minuten"
    QTest.keyClick(page.builder.agenda.rows[1], Qt.Key.Key_Minus)
    world.settle()
    assert page.builder.agenda.time.label.text() == "35 van 60 minuten"


def test_too_many_minutes_are_told_in_words(world: World) -> None:
    item = world.detail().items[1]
    world.workspace.write(agenda.change_minutes, item.id, 40)
    page = world.open()
    assert page.builder.agenda.time.label.text() == "75 van 60 minuten, 15 minuten te veel"


def test_delete_takes_an_item_off_with_undo(world: World) -> None:
    page = world.open()
    row = page.builder.agenda.rows[1]
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Delete)
    world.settle()
    assert group_words("2B") not in world.titles()
    assert fake(world.shell).toasts == ["Van de agenda gehaald."]
    assert page.builder.agenda.rows[1].hasFocus()
    first = page.builder.agenda.rows[0]
    QTest.keyClick(first, Qt.Key.Key_Delete)
    assert first.item.subject == "previous"


def test_enter_edits_and_no_needs_a_reason(world: World) -> None:
    page = world.open()
    row = page.builder.agenda.rows[2]
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Return)
    dialog = world.dialog(ItemDialog)
    dialog.form.fields["question"].widget.setPlainText("Wat nu?")
    dialog.form.fields["informed"].widget.set_value("no")
    dialog.save_button.click()
    world.settle()
    assert "Eén zin is genoeg" in dialog.form.rows["informed_reason"].error
    dialog.form.fields["informed_reason"].widget.setText("Gesprek is morgen")
    dialog.save_button.click()
    world.settle()
    item = world.detail().items[2]
    assert (item.question, item.informed) == ("Wat nu?", "no")


def test_add_finds_a_scenario_and_takes_free_subjects(world: World) -> None:
    page = world.open()
    world.workspace.write(factories.make_scenario, title="De deur")
    page.builder.add()
    dialog = world.dialog(AddDialog)
    dialog.search.setText("deur")
    assert dialog.list.count() == 1
    dialog.add.click()
    world.settle()
    page.builder.add()
    dialog = world.dialog(AddDialog)
    dialog.free.setText("Rondvraag")
    dialog.add.click()
    world.settle()
    assert world.titles()[-2:] == ["De deur", "Rondvraag"]


def test_suggestions_show_reasons_and_add_the_ticked(world: World) -> None:
    world.workspace.write(factories.make_group, name="3X")
    page = world.open()
    page.builder.propose()
    dialog = world.dialog(ProposeDialog)
    assert group_words("3X") in dialog.boxes[0].accessibleName()
    for box in dialog.boxes[1:]:
        box.set_value(False)
    dialog.add.click()
    world.settle()
    assert world.titles()[-1] == group_words("3X")


def test_in_a_low_window_the_choices_scroll_along(world: World) -> None:
    page = world.open()
    options, panel = page.builder.options, page.builder.agenda
    assert not panel._scroll.isAncestorOf(options)
    page.resize(960, 540)
    world.settle()
    assert panel._scroll.isAncestorOf(options)
    assert find_clipped_texts(page) == []
    page.resize(1170, 768)
    world.settle()
    assert not panel._scroll.isAncestorOf(options)


# ---------------------------------------------------------------- preview
def test_preview_is_the_pdf_and_follows_the_agenda(world: World) -> None:
    page = world.open()
    world.preview()
    preview = page.builder.preview
    pages = preview.document.pageCount()
    assert pages >= 3
    assert preview.total.text() == f"van {pages}"
    page.builder.agenda.rows[2].setFocus()
    assert preview.page() > 0
    preview.next_page()
    kept = preview.page()
    world.preview()
    assert preview.page() == kept


def test_page_box_and_keys_turn_pages_and_zoom(world: World) -> None:
    page = world.open()
    world.preview()
    preview = page.builder.preview
    preview.page_box.setText("2")
    preview._typed()
    assert preview.page() == 1
    QTest.keyClick(page.builder, Qt.Key.Key_PageUp)
    assert preview.page() == 0
    before = preview.view.zoomFactor()
    QTest.keyClick(page.builder, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert preview.view.zoomFactor() == pytest.approx(before * 1.25)
    QTest.keyClick(page.builder, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert preview.fit_button.text() == "Passend"


def test_lock_lets_go_of_the_preview(world: World) -> None:
    page = world.open()
    world.preview()
    page.on_lock()
    assert page.builder.preview.document.pageCount() == 0
    assert page.builder.preview._buffer.data().isEmpty()


def test_the_page_model_is_sound(qtbot: QtBot) -> None:
    model = PageModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_pages(300)
    model.set_pages(2)
    assert tester.model() is model


# ---------------------------------------------------------------- saving
def test_pdf_and_workbook_are_saved_where_asked(world: World, tmp_path: Path) -> None:
    page = world.open()
    world.preview()
    targets = [tmp_path / "overlegpakket.pdf", tmp_path / "overlegpakket.xlsx"]
    fake(world.shell).paths = list(targets)
    page.pdf_button.click()
    world.settle()
    page.excel_button.click()
    world.settle()
    text = pypdf.PdfReader(targets[0]).pages[0].extract_text()
    assert "Zorgteam 26 november" in text
    assert targets[1].read_bytes()[:2] == b"PK"
    assert fake(world.shell).toasts == [
        "Opgeslagen: overlegpakket.pdf",
        "Opgeslagen: overlegpakket.xlsx",
    ]


def test_pack_can_have_a_password(world: World, tmp_path: Path) -> None:
    page = world.open()
    world.preview()
    fake(world.shell).paths = [tmp_path / "pakket.pdf"]
    page.builder.options.locked.set_value(True)
    page.pdf_button.click()
    [asked] = page.window().findChildren(FilePasswordDialog)
    asked.field.set_value("kort")
    asked.go_button.click()
    assert "8 tekens" in asked.row.error
    asked.field.set_value("groene kano straks")
    asked.go_button.click()
    world.settle()
    reader = pypdf.PdfReader(tmp_path / "pakket.pdf")
    assert reader.is_encrypted
    assert reader.decrypt("groene kano straks")


def test_full_names_need_a_purpose_first(world: World) -> None:
    page = world.open()
    options = page.builder.options
    options.names.set_value("full")
    options._names_edited()
    page.save_pdf()
    assert fake(world.shell).strips == ["Schrijf op waarvoor volledige namen nodig zijn."]
    options.purpose.setText("Overleg met de inspectie")
    assert options.complaint() == ""
    assert options.options().purpose == "Overleg met de inspectie"


# ---------------------------------------------------------------- minutes
def test_decisions_and_actions_are_noted_per_item(world: World) -> None:
    page = world.open("minutes")
    group = world.detail().items[1]
    page.minutes.choose(group.id)
    page.minutes.item.decision.setText("We observeren opnieuw.")
    page.minutes.item.submit()
    new = page.minutes.item.new_action
    new.what.setText("Plattegrond maken")
    new.due.setText("+2")
    new.submit()
    world.settle()
    assert new.who_row.error == "Kies wie het doet."
    new.who.set_value(world.shell.who.staff_id)
    new.submit()
    world.settle()
    item = world.detail().items[1]
    assert [row.text for row in item.decisions] == ["We observeren opnieuw."]
    assert [(row.text, row.due_on) for row in item.actions] == [
        ("Plattegrond maken", dt.date(2026, 11, 26))
    ]
    assert new.what.text() == ""


def test_enter_held_notes_one_decision_and_one_action(world: World) -> None:
    page = world.open("minutes")
    page.minutes.choose(world.detail().items[1].id)
    item, new = page.minutes.item, page.minutes.item.new_action
    item.decision.setText("Plattegrond vast")
    new.what.setText("Plattegrond maken")
    new.who.set_value(world.shell.who.staff_id)
    for _time in range(20):
        QTest.keyClick(item.decision, Qt.Key.Key_Return)
        QTest.keyClick(new.what, Qt.Key.Key_Return)
    world.settle()
    found = world.detail().items[1]
    assert (len(found.decisions), len(found.actions)) == (1, 1)


def test_half_written_minutes_wait_per_item(world: World) -> None:
    page = world.open("minutes")
    first, second = (item.id for item in world.detail().items[1:3])
    page.minutes.choose(first)
    world.settle()
    QTest.keyClicks(page.minutes.item.decision, "Nog niet af")
    page.minutes.choose(second)
    world.settle()
    assert page.minutes.item.decision.text() == ""
    page.minutes.choose(first)
    world.settle()
    assert page.minutes.item.decision.text() == "Nog niet af"
    page.minutes.item.submit()
    world.settle()
    assert world.workspace.read(drafts.list_drafts) == []


def test_a_reworded_decision_is_never_overwritten(world: World) -> None:
    group = world.detail().items[1]
    decision = world.workspace.write(agenda.record_decision, group.id, "Eerst")
    page = world.open("minutes")
    page.minutes.choose(group.id)
    item = page.minutes.item
    item._edit(item.item.decisions[0])
    version = item.item.decisions[0].version
    item.decision.setText("Van mij")
    world.workspace.write(agenda.change_decision, decision, version, "Van een ander")
    item.submit()
    world.settle()
    choice = world.dialog(ConflictDialog)
    assert [field[2:] for field in choice.versions.fields] == [("Van mij", "Van een ander")]
    choice.choose_all("mine")
    choice.take_button.click()
    world.settle()
    assert [row.text for row in world.detail().items[1].decisions] == ["Van mij"]


def test_a_decision_can_be_reworded(world: World) -> None:
    group = world.detail().items[1]
    world.workspace.write(agenda.record_decision, group.id, "Fout")
    page = world.open("minutes")
    page.minutes.choose(group.id)
    item = page.minutes.item
    item._edit(item.item.decisions[0])
    assert item.decide_button.text() == "Besluit opslaan"
    item.decision.setText("Goed")
    item.submit()
    world.settle()
    assert [row.text for row in world.detail().items[1].decisions] == ["Goed"]
    assert item.decide_button.text() == "Besluit toevoegen"


def test_half_typed_decision_survives_a_refresh(world: World) -> None:
    page = world.open("minutes")
    page.minutes.item.decision.setText("Half")
    world.workspace.write(meetings.set_present, world.detail().attendees[0].id, True)
    world.settle()
    assert page.minutes.item.decision.text() == "Half"


def test_closing_the_meeting_changes_the_primary_button(world: World) -> None:
    page = world.open("minutes")
    assert page.hold_button.isVisible()
    assert not page.pdf_button.isVisible()
    page.hold_button.click()
    world.settle()
    assert world.detail().row.state == "held"
    assert page.pdf_button.isVisible()
    assert not page.hold_button.isVisible()


def test_action_of_last_time_is_ticked_in_item_one(world: World) -> None:
    earlier = world.workspace.write(
        factories.make_meeting,
        starts_at=dt.datetime(2026, 11, 12, 13, 30),
        ends_at=dt.datetime(2026, 11, 12, 14, 30),
        state="held",
    )
    draft = actions.ActionDraft(
        text="Bellen", owner_id=world.shell.who.staff_id, meeting_id=earlier
    )
    action_id = world.workspace.write(actions.save_action, draft)
    page = world.open("minutes")
    page.minutes.item.ticked.emit(action_id, True)
    world.settle()
    done = world.workspace.read(actions.find_rows, ActionQuery(state="done"))
    assert [row.text for row in done] == ["Bellen"]
    page.minutes.item.action_dropped.emit(action_id)
    world.settle()
    dropped = world.workspace.read(actions.find_rows, ActionQuery(state="dropped"))
    assert [row.text for row in dropped] == ["Bellen"]


@pytest.mark.parametrize(("language", "mode"), [("nl", "light"), ("en", "dark")])
@pytest.mark.parametrize("tab", [None, "minutes"])
def test_meeting_fits_at_130_percent(
    world: World, qapp: QApplication, language: str, mode: str, tab: str | None
) -> None:
    i18n.activate(language)
    theme.apply(qapp, mode, 130)
    page = world.open(tab)
    world.preview()
    assert find_clipped_texts(page) == []
    assert find_unnamed_controls(page) == []
    assert page.width() <= 1170
