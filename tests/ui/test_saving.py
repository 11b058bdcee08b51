"""Saving once, saving upon a colleague's work, and what does not fit (F-66, F-72, F-74)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import rest, settle
from tests.ui.shell_fixture import fake, make_shell, make_workspace
from wbos_desktop import i18n
from wbos_desktop.db.models.cases import CaseLogEntry
from wbos_desktop.db.models.school import EmergencyContact, SchoolYear
from wbos_desktop.domain.school import ContactDraft
from wbos_desktop.errors import DiskFull, Invalid
from wbos_desktop.services import cases, drafts, incidents, profiles, school, undo
from wbos_desktop.ui import theme
from wbos_desktop.ui.conflict import MINE, THEIRS, ConflictDialog, Versions
from wbos_desktop.ui.page import Shell
from wbos_desktop.ui.pages.groups.observe import ObserveDialog
from wbos_desktop.ui.pages.incidents import case_dialogs
from wbos_desktop.ui.pages.incidents.facts_dialog import facts_dialog
from wbos_desktop.ui.pages.incidents.report import ReportDialog
from wbos_desktop.ui.pages.manage.settings_dialogs import ContactDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.date_edit import plain_parser
from wbos_desktop.ui.widgets.fields import PasswordField, TextArea, TextField
from wbos_desktop.ui.widgets.form import Field, Form, FormRow
from wbos_desktop.workspace.session import Workspace

Key = Qt.Key


@dataclass
class World:
    """A window without a page, for dialogs over it."""

    workspace: Workspace
    shell: Shell
    qtbot: QtBot
    behind: QWidget

    def settle(self) -> None:
        settle(self.shell.tasks)

    def shown(self, dialog: Any) -> Any:
        dialog.open()
        self.settle()
        return dialog

    def contact(self, contact_id: int | None = None) -> Any:
        found = self.workspace.read(school.list_contacts)
        draft = next((one for one in found if one.id == contact_id), ContactDraft())
        return self.shown(ContactDialog(self.shell, draft, self.behind))

    def conflict(self) -> ConflictDialog:
        self.settle()
        (found,) = [
            top
            for top in QApplication.topLevelWidgets()
            if isinstance(top, ConflictDialog) and top.isVisible()
        ]
        return found


@pytest.fixture
def world(qtbot: QtBot, qapp: QApplication) -> Iterator[World]:
    theme.apply(qapp, "light", 100)
    workspace, who = make_workspace()
    shell = make_shell(workspace, who)
    behind = QWidget()
    behind.resize(1200, 800)
    qtbot.addWidget(behind)
    behind.show()
    yield World(workspace, shell, qtbot, behind)
    i18n.activate("nl")
    theme.apply(qapp, "light", 100)
    rest(0.02)
    shell.tasks.close()
    workspace.close()
    assert fake(shell).bugs == []


def add_contact(session: Session) -> int:
    return school.save_contact(session, ContactDraft(label="Schoolarts", phone="0611111111"))


def change_contact(session: Session, contact_id: int, **changes: str) -> None:
    draft = next(one for one in school.list_contacts(session) if one.id == contact_id)
    school.save_contact(session, replace(draft, **changes))


def count_contacts(session: Session) -> int:
    return session.scalar(select(func.count(EmergencyContact.id))) or 0


# ---------------------------------------------------------------- F-74: saving once
def test_twenty_clicks_on_save_make_one_record(world: World) -> None:
    dialog = world.contact()
    QTest.keyClicks(dialog.form.fields["label"].widget, "Schoolarts")
    QTest.keyClicks(dialog.form.fields["phone"].widget, "0612345678")
    for _time in range(20):
        dialog.save_button.click()
    world.settle()
    assert world.workspace.read(count_contacts) == 1
    assert fake(world.shell).toasts == ["Nummer opgeslagen."]


def test_enter_held_makes_one_record(world: World) -> None:
    dialog = world.contact()
    QTest.keyClicks(dialog.form.fields["label"].widget, "Schoolarts")
    QTest.keyClicks(dialog.form.fields["phone"].widget, "0612345678")
    for _time in range(20):
        QTest.keyClick(dialog, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    world.settle()
    assert world.workspace.read(count_contacts) == 1


def test_a_dialog_does_not_close_while_it_saves(world: World) -> None:
    dialog = world.contact()
    QTest.keyClicks(dialog.form.fields["label"].widget, "Schoolarts")
    dialog.save_button.click()  # without a number: it will be refused
    QTest.keyClick(dialog, Key.Key_Escape)
    dialog.close_button.click()
    dialog.close()
    assert dialog.isVisible()
    world.settle()
    assert dialog.form.rows["phone"].error
    assert dialog.form.fields["label"].widget.value() == "Schoolarts"


def test_a_lock_while_saving_leaves_no_draft(world: World) -> None:
    dialog = world.contact()
    QTest.keyClicks(dialog.form.fields["label"].widget, "Schoolarts")
    QTest.keyClicks(dialog.form.fields["phone"].widget, "0612345678")
    dialog.save_button.click()
    dialog.keeper.on_lock()
    world.settle()
    assert world.workspace.read(count_contacts) == 1
    assert world.workspace.read(drafts.list_drafts) == []


def test_a_lock_while_saving_what_is_refused_keeps_the_draft(world: World) -> None:
    dialog = world.contact()
    QTest.keyClicks(dialog.form.fields["label"].widget, "Schoolarts")
    dialog.save_button.click()
    dialog.keeper.on_lock()
    world.settle()
    kept = world.workspace.read(drafts.find_form, "contact")
    assert kept is not None
    assert kept.values["label"] == "Schoolarts"


def test_a_lock_while_the_disk_gets_full_keeps_the_draft(world: World) -> None:
    """The save goes well until its very last moment, the commit."""
    dialog = world.contact()
    QTest.keyClicks(dialog.form.fields["label"].widget, "Schoolarts")
    QTest.keyClicks(dialog.form.fields["phone"].widget, "0612345678")
    full = iter([DiskFull("vol")])

    def commit(_connection: object) -> None:
        for error in full:
            raise error

    event.listen(world.workspace._engine, "commit", commit)
    dialog.save_button.click()
    dialog.keeper.on_lock()
    world.settle()
    assert world.workspace.read(count_contacts) == 0
    assert world.workspace.read(drafts.find_form, "contact") is not None


# ---------------------------------------------------------------- F-72: two at the same record
def test_both_texts_stand_side_by_side_and_the_choice_is_saved(world: World) -> None:
    contact_id = world.workspace.write(add_contact)
    dialog = world.contact(contact_id)
    dialog.form.fields["label"].widget.setText("Arts van school")
    world.workspace.write(change_contact, contact_id, label="Jeugdarts", phone="0622222222")
    dialog.save_button.click()
    choice = world.conflict()
    texts = {key: (mine, theirs) for key, _label, mine, theirs in choice.versions.fields}
    assert texts["label"] == ("Arts van school", "Jeugdarts")
    assert choice.choosers["label"].value() is None
    assert choice.choosers["phone"].value() == THEIRS  # only the colleague changed it
    choice.choosers["label"].set_value(MINE)
    choice.take_button.click()
    world.settle()
    (saved,) = world.workspace.read(school.list_contacts)
    assert (saved.label, saved.phone) == ("Arts van school", "0622222222")


def test_no_choice_saves_nothing_and_loses_nothing(world: World) -> None:
    contact_id = world.workspace.write(add_contact)
    dialog = world.contact(contact_id)
    dialog.form.fields["label"].widget.setText("Arts van school")
    world.workspace.write(change_contact, contact_id, label="Jeugdarts")
    dialog.save_button.click()
    world.conflict().reject()
    assert dialog.form.fields["label"].widget.value() == "Arts van school"
    dialog.save_button.click()  # asks again: never over the colleague's text
    world.conflict().choose_all(THEIRS)
    world.conflict().take_button.click()
    world.settle()
    assert [one.label for one in world.workspace.read(school.list_contacts)] == ["Jeugdarts"]


def test_what_touches_other_fields_needs_no_choice(world: World) -> None:
    case_id = world.workspace.write(factories.make_case)
    case = world.workspace.read(cases.get_case, case_id)
    staff = [(case.owner_id, "Karin")]
    dialog = world.shown(case_dialogs.owner_dialog(world.shell, case, staff, world.behind))
    world.workspace.write(cases.set_level, case_id, case.version, "team", [])
    dialog.save_button.click()
    world.settle()
    assert not shiboken6.isValid(dialog)  # closed: nothing was asked
    assert world.workspace.read(cases.get_case, case_id).level == "team"


def test_an_old_draft_meets_the_newer_record(world: World) -> None:
    contact_id = world.workspace.write(add_contact)
    dialog = world.contact(contact_id)
    dialog.form.fields["label"].widget.setText("Arts van school")
    dialog.reject()
    world.settle()
    world.workspace.write(change_contact, contact_id, label="Jeugdarts")
    again = world.contact(contact_id)
    world.conflict().choose_all(MINE)
    world.conflict().take_button.click()
    again.save_button.click()
    world.settle()
    assert [one.label for one in world.workspace.read(school.list_contacts)] == ["Arts van school"]


def test_facts_of_a_report_are_laid_side_by_side(world: World) -> None:
    incident_id = world.workspace.write(factories.make_incident)
    draft = world.workspace.read(incidents.get_facts_draft, incident_id)
    parser = plain_parser(draft.happened_on)
    dialog = world.shown(facts_dialog(world.shell, draft, parser, None, world.behind))
    dialog.form.fields["text"].widget.setPlainText("Mijn hele verhaal.")
    world.workspace.write(incidents.change_facts, replace(draft, text="Het andere verhaal."))
    dialog.save_button.click()
    choice = world.conflict()
    assert [field[2:] for field in choice.versions.fields] == [
        ("Mijn hele verhaal.", "Het andere verhaal.")
    ]


def test_an_observation_is_laid_side_by_side(world: World) -> None:
    group = world.workspace.write(factories.make_group)
    world.workspace.write(factories.make_norms)
    profile_id = world.workspace.write(factories.make_profile, group)
    route = Route("observe", group, str(profile_id))
    dialog = world.shown(ObserveDialog(world.shell, route, world.behind))
    dialog.facts.fields["seen"].widget.setPlainText("Van mij")
    draft = world.workspace.read(profiles.load_draft, profile_id)
    world.workspace.write(profiles.save_profile, replace(draft, seen="Van een ander"))
    dialog.save_button.click()
    choice = world.conflict()
    assert "seen" in choice.choosers
    choice.choose_all(MINE)
    choice.take_button.click()
    world.settle()
    assert world.workspace.read(profiles.load_profile, profile_id).seen == "Van mij"


@pytest.mark.parametrize(("language", "mode", "size"), [("nl", "dark", 130), ("en", "light", 130)])
def test_the_choice_and_the_bar_fit(
    world: World, qapp: QApplication, language: str, mode: str, size: int
) -> None:
    i18n.activate(language)
    theme.apply(qapp, mode, size)
    contact_id = world.workspace.write(add_contact)
    dialog = world.contact(contact_id)
    dialog.form.fields["label"].widget.setText("Arts van school")
    dialog.reject()
    world.settle()
    again = world.contact(contact_id)
    assert again.keeper.bar is not None
    world.workspace.write(change_contact, contact_id, label="Jeugdarts", phone="0622222222")
    again.save_button.click()
    for shown in (again, world.conflict()):
        assert find_clipped_texts(shown) == []
        assert find_unnamed_controls(shown) == []


# ---------------------------------------------------------------- faster than the draft is found
def test_who_writes_at_once_loses_neither_text(world: World) -> None:
    dialog = world.contact()
    QTest.keyClicks(dialog.form.fields["label"].widget, "Schoolarts")
    dialog.reject()
    world.settle()
    again = ContactDialog(world.shell, ContactDraft(), world.behind)
    again.open()
    QTest.keyClicks(again.form.fields["label"].widget, "Jeugdarts")
    world.settle()
    assert again.form.fields["label"].widget.value() == "Schoolarts Jeugdarts"


def test_words_before_the_choices_are_there_are_kept(world: World) -> None:
    dialog = ReportDialog(world.shell, Route("report"), world.behind)
    dialog.open()
    QTest.keyClicks(dialog.text, "Hij duwt")
    world.settle()
    dialog.keeper.keep()
    world.settle()
    kept = world.workspace.read(drafts.find_form, "incident")
    assert kept is not None
    assert kept.values["text"] == "Hij duwt"


def test_the_bar_is_reached_before_the_fields(world: World) -> None:
    dialog = world.contact()
    QTest.keyClicks(dialog.form.fields["label"].widget, "Schoolarts")
    dialog.reject()
    world.settle()
    again = world.contact()
    again.close_button.setFocus()
    met = []
    for _time in range(3):
        QTest.keyClick(QApplication.focusWidget(), Key.Key_Tab)
        met.append(QApplication.focusWidget())
    assert met[:2] == [again.keeper.bar.go_on, again.keeper.bar.again]
    assert again.form.isAncestorOf(met[2])


def test_who_chose_to_go_on_is_not_asked_again(world: World) -> None:
    dialog = world.contact()
    QTest.keyClicks(dialog.form.fields["label"].widget, "Schoolarts")
    dialog.reject()
    world.settle()
    form = (dialog.keeper.form, dialog.keeper.record_id)
    world.shell.navigator.go(Route("manage", None, "settings", form=form))
    again = world.contact()
    world.settle()
    assert again.form.fields["label"].widget.value() == "Schoolarts"
    assert again.keeper.bar.go_on.isHidden()
    assert not again.keeper.bar.again.isHidden()
    again.reject()
    later = world.contact()
    world.settle()
    assert not later.keeper.bar.go_on.isHidden()


def test_two_long_texts_are_laid_side_by_side_in_time(world: World) -> None:
    case_id = world.workspace.write(factories.make_case)
    case = world.workspace.read(cases.get_case, case_id)
    dialog = world.shown(case_dialogs.note_dialog(world.shell, case, world.behind))
    dialog.form.fields["text"].widget.setPlainText("mijn woorden " * 1500)
    theirs = {"text": "andere woorden " * 1300, "kind": "note"}
    mine = dialog.form.kept()
    dialog.form.put_back(theirs)
    began = time.monotonic()
    choice = ConflictDialog(Versions(dialog.form, mine, {}), dialog)
    choice.open()
    choice.grab()
    assert time.monotonic() - began < 2.0


# ---------------------------------------------------------------- a vault that can only be read
def test_a_vault_that_can_only_be_read_is_told_once(world: World) -> None:
    dialog = world.contact()
    world.workspace.read_only = "Deze kluis is alleen te lezen."
    for letter in "abc":
        QTest.keyClicks(dialog.form.fields["label"].widget, letter)
        dialog.keeper.keep()
    world.settle()
    (told,) = fake(world.shell).strips
    assert "Deze kluis is alleen te lezen." in told
    assert world.workspace.read(drafts.list_drafts) == []


def test_secrets_are_never_kept(world: World) -> None:
    form = Form([Field("Wachtwoord", "secret", PasswordField("Wachtwoord"))])
    form.fields["secret"].widget.setText("paarse fiets langs de gracht")
    assert form.kept() == {"secret": None}
    assert form.words() == [""]


# ---------------------------------------------------------------- F-73: undo
def test_twenty_of_two_hundred_steps_are_undone(world: World) -> None:
    contact_id = world.workspace.write(add_contact)
    for step in range(200):
        world.workspace.write(change_contact, contact_id, label=f"Naam {step}")
    done = [world.workspace.write(undo.undo_last) for _time in range(25)]
    assert done == [True] * 20 + [False] * 5
    (saved,) = world.workspace.read(school.list_contacts)
    assert saved.label == "Naam 179"


# ---------------------------------------------------------------- F-65, F-66: what does not fit
def paste(area: TextArea, text: str) -> float:
    """Seconds that pasting takes, until it is painted."""
    mime = QMimeData()
    mime.setText(text)
    began = time.monotonic()
    area.insertFromMimeData(mime)
    area.grab()
    return time.monotonic() - began


@pytest.mark.parametrize("text", ["woord " * 170_000, "x" * 1_000_000, "regel\n" * 20_000])
def test_a_large_paste_is_quick_and_says_what_did_not_fit(qtbot: QtBot, text: str) -> None:
    area = TextArea("Verslag")
    row = FormRow("Verslag", area)
    qtbot.addWidget(row)
    row.resize(600, 200)
    row.show()
    taken = paste(area, text)
    assert len(area.toPlainText()) == area.limit
    assert "niet geplakt" in row._count.text()
    assert taken < 1.0
    print(f"{len(text)} signs: {taken * 1000:.0f} ms")


def test_a_line_that_is_too_long_is_shown_whole_and_refused(qtbot: QtBot) -> None:
    field = TextField("Titel", max_length=80)
    row = FormRow("Titel", field)
    qtbot.addWidget(row)
    field.insert("x" * 70)
    assert row._count.text() == ""
    field.insert("x" * 5)
    assert row._count.text() == "75 van 80"
    field.insert("x" * 20)
    assert len(field.value()) == 95
    assert field.problem == "Hier passen hoogstens 80 tekens. Het zijn er nu 95."


def test_control_signs_fall_out_while_typing(qtbot: QtBot) -> None:
    area, field = TextArea("Verslag"), TextField("Titel")
    qtbot.addWidget(area)
    qtbot.addWidget(field)
    paste(area, "a\x00b\u202ec")
    QApplication.clipboard().setText("a\x00b\u202ec")
    field.paste()
    assert (area.value(), field.value()) == ("abc", "abc")


def test_no_service_cuts_a_text(world: World) -> None:
    case_id = world.workspace.write(factories.make_case)
    with pytest.raises(Invalid, match=r"10\.000"):
        world.workspace.write(cases.add_note, case_id, "x" * 10_001)
    world.workspace.write(cases.add_note, case_id, "x" * 10_000)
    lines = world.workspace.read(lambda s: s.scalars(select(CaseLogEntry.text)).all())
    assert max(map(len, lines)) == 10_000


def test_no_record_takes_more_than_fits(world: World) -> None:
    year = SchoolYear(name="x" * 50_001)
    with pytest.raises(Invalid) as error:
        world.workspace.write(lambda session: session.add(year))
    assert list(error.value.fields) == ["name"]
