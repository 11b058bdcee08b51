"""Beheer on a real workspace: people, reading in, calendar, protocols, settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import rest, wait_until
from tests.ui.manage_stage import ManageStage, managing
from tests.ui.shell_fixture import fake
from wbos_desktop import i18n
from wbos_desktop.domain.people import PupilQuery, StaffDraft, StaffQuery
from wbos_desktop.domain.school import CalendarDayDraft, ContactDraft
from wbos_desktop.services import people, protocols, school
from wbos_desktop.ui import theme
from wbos_desktop.ui.pages.manage.import_section import ImportSection, one_file
from wbos_desktop.ui.pages.manage.page import ManagePage
from wbos_desktop.ui.pages.manage.passphrase_dialog import PassphraseDialog
from wbos_desktop.ui.pages.manage.people_section import PeopleSection
from wbos_desktop.ui.pages.manage.protocol_section import ProtocolSection
from wbos_desktop.ui.pages.manage.settings_dialogs import ContactDialog
from wbos_desktop.ui.pages.manage.settings_section import SettingsSection
from wbos_desktop.ui.pages.manage.staff_dialog import StaffDialog
from wbos_desktop.ui.pages.manage.year_dialogs import DayDialog, YearDialog, parser_in
from wbos_desktop.ui.pages.manage.year_section import YearSection
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.workspace.session import Workspace

LIST = (
    "Stamnummer;Roepnaam;Achternaam;Klas;Mentor;BSN\n"
    "101;Eva;Smit;2B;J. Jansen;123456782\n"
    "102;Bo;Berg;2B;J. Jansen;111222333\n"
    "103;;;2B;J. Jansen;111222333\n"
)
SECTIONS = ("people", "calendar", "protocols", "import", "settings")


class World(ManageStage):
    folder: Path

    def dialog(self) -> Dialog:
        self.settle()
        return next(d for d in self.page.findChildren(Dialog) if d.isVisible())

    def importing(self) -> ImportSection:
        section = self.open("import")
        assert isinstance(section, ImportSection)
        return section

    def file(self, text: str, name: str = "klas 2B.csv") -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path


def _fill(workspace: Workspace) -> None:
    workspace.write(protocols.install_catalogue)


@pytest.fixture
def world(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[World]:
    with managing(World, qtbot, qapp, _fill) as found:
        found.folder = tmp_path
        yield found


# ---------------------------------------------------------------- the page
def test_parts_are_reached_by_route_mouse_and_keys(world: World) -> None:
    world.open("calendar")
    assert isinstance(world.page.stack.currentWidget(), YearSection)
    world.page.places.buttons["protocols"].click()
    assert isinstance(world.page.stack.currentWidget(), ProtocolSection)
    world.settle()
    world.page.activateWindow()
    wait_until(world.page.isActiveWindow)
    world.page.places.buttons["protocols"].setFocus()
    QTest.keyClick(world.page.places.buttons["protocols"], Qt.Key.Key_Down)
    assert isinstance(world.page.stack.currentWidget(), ImportSection)
    world.settle()


def test_coming_back_shows_the_part_that_was_open(world: World) -> None:
    world.open("settings")
    world.page.open(Route("manage"))
    assert isinstance(world.page.stack.currentWidget(), SettingsSection)
    world.settle()


def test_who_is_no_coordinator_changes_nothing(qtbot: QtBot, world: World) -> None:
    world.shell.who.role = "member"
    page = ManagePage(world.shell)
    qtbot.addWidget(page)
    assert "import" not in page.places.buttons
    section = page.section("people")
    assert isinstance(section, PeopleSection)
    assert section.add_button.isHidden()
    world.settle()


@pytest.mark.parametrize("size", [100, 130])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_part_fits(world: World, qapp: QApplication, language: str, size: int) -> None:
    i18n.activate(language)
    theme.apply(qapp, "dark", size)
    world.workspace.write(school.save_contact, ContactDraft(label="Veilig Thuis", phone="0800"))
    page = ManagePage(world.shell)
    world.qtbot.addWidget(page)
    page.resize(960 if size == 100 else 1170, 540 if size == 100 else 768)
    page.show()
    for code in SECTIONS:
        page.open(Route("manage", None, code))
        world.settle()
        assert find_clipped_texts(page) == []
        assert find_unnamed_controls(page) == []
    assert page.width() <= (960 if size == 100 else 1170)


def _dialogs(world: World) -> list[Dialog]:
    year = world.workspace.read(school.list_years)[0]
    roles = world.workspace.read(people.list_roles)
    draft = world.workspace.read(school.get_year, year.id)
    return [
        StaffDialog(world.shell, StaffDraft(), roles, world.page),
        DayDialog(world.shell, CalendarDayDraft(school_year_id=year.id), year, world.page),
        YearDialog(world.shell, draft, world.page),
        ContactDialog(world.shell, ContactDraft(), world.page),
        PassphraseDialog(world.shell, world.page),
    ]


@pytest.mark.parametrize("size", [100, 130])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_form_fits(world: World, qapp: QApplication, language: str, size: int) -> None:
    i18n.activate(language)
    theme.apply(qapp, "light", size)
    for dialog in _dialogs(world):
        dialog.open()
        rest(0.02)
        assert find_clipped_texts(dialog) == []
        assert find_unnamed_controls(dialog) == []
        dialog.reject()


# ---------------------------------------------------------------- people
def test_a_staff_member_is_added_with_roles(world: World) -> None:
    section = world.open("people")
    assert isinstance(section, PeopleSection)
    section.add_button.click()
    dialog = world.dialog()
    assert isinstance(dialog, StaffDialog)
    dialog.save()
    world.settle()
    assert dialog.form.rows["given_name"].error == "Vul een roepnaam of een achternaam in."
    QTest.keyClicks(dialog.form.fields["given_name"].widget, "Fatima")
    dialog.form.fields["roles"].widget.set_value(["apc"])
    dialog.save()
    world.settle()
    assert fake(world.shell).toasts == ["Medewerker opgeslagen."]
    rows = world.workspace.read(people.list_staff, "apc")
    assert [row.name for row in rows] == ["Fatima"]
    assert len(section.staff_table.model.ids) == 2


def test_staff_open_in_a_form_and_pupils_are_searched(world: World) -> None:
    staff = world.workspace.write(people.save_staff, StaffDraft(given_name="Petra", code="PET"))
    section = world.open("people")
    assert isinstance(section, PeopleSection)
    section.staff_table.activated.emit(staff)
    dialog = world.dialog()
    assert isinstance(dialog, StaffDialog)
    assert dialog.form.fields["code"].widget.value() == "PET"
    dialog.reject()
    QTest.keyClicks(section.search, "petr")
    world.settle()
    assert section.staff_table.model.ids == [staff]


# ---------------------------------------------------------------- reading in
def test_a_list_is_read_checked_and_taken_over(world: World) -> None:
    section = world.importing()
    fake(world.shell).paths = [world.file(LIST)]
    section.choose()
    world.settle()
    assert section.stack.currentWidget() is section.check_step
    headline = section.check_step.headline.text()
    assert headline == (
        "2 leerlingen gevonden. 1 regel klopt niet. Bekijk ze eerst. Er is nog niets ingelezen."
    )
    assert world.workspace.read(people.find_pupil_ids, PupilQuery()) == []
    assert world.page.focusWidget() is section.check_step.go
    section.check_step.go.click()
    world.settle()
    assert section.stack.currentWidget() is section.done_step
    assert fake(world.shell).toasts == ["2 leerlingen ingelezen."]
    assert len(world.workspace.read(people.find_pupil_ids, PupilQuery())) == 2


def test_the_check_names_rows_and_what_is_never_read(world: World) -> None:
    section = world.importing()
    section.read_path(world.file(LIST))
    world.settle()
    layout = section.check_step.reasons
    texts = [layout.itemAt(i).widget().accessibleName() for i in range(layout.count())]
    assert "Regel 4: Er staat geen naam." in texts
    assert "Nooit gelezen: BSN" in texts


def test_unknown_columns_are_pointed_out(world: World) -> None:
    section = world.importing()
    section.read_path(world.file("Wie;Waar\nEva Smit;2B\n"))
    world.settle()
    assert section.stack.currentWidget() is section.column_step
    section.column_step.boxes["Wie"].set_value("full_name")
    section.column_step.boxes["Waar"].set_value("group")
    section.column_step.go_on.emit(section.column_step.mapping())
    world.settle()
    assert section.stack.currentWidget() is section.check_step
    assert section.check_step.headline.text().startswith("1 leerling gevonden.")


def test_a_wrong_file_is_one_sentence(world: World) -> None:
    section = world.importing()
    section.read_path(world.file("<EDEX><school>", "x.xml"))
    world.settle()
    assert fake(world.shell).strips[-1].startswith("Dit bestand is niet heel")
    assert fake(world.shell).strips[-1].endswith("Er is niets veranderd.")
    assert section.stack.currentWidget() is section.file_step


def test_stopping_changes_nothing(world: World) -> None:
    section = world.importing()
    section.read_path(world.file(LIST))
    section.progress.stopped.emit()
    world.settle()
    assert fake(world.shell).strips == ["Gestopt. Er is niets veranderd."]
    assert section.stack.isEnabled()
    assert section.stack.currentWidget() is section.file_step


def test_another_school_year_is_chosen_before_reading_in(world: World) -> None:
    section = world.importing()
    section.read_path(world.file(LIST))
    world.settle()
    section.check_step.year.set_value("2027-2028")
    section.check_step.changed.emit()
    world.settle()
    section.apply()
    world.settle()
    names = [year.name for year in world.workspace.read(school.list_years)]
    assert names == ["2027-2028", "2026-2027"]


def test_leaving_forgets_the_file(world: World) -> None:
    section = world.importing()
    section.read_path(world.file(LIST))
    world.settle()
    world.open("settings")
    assert section.file is None
    assert section.stack.currentWidget() is section.file_step


def test_only_one_local_file_can_be_dropped() -> None:
    for urls, accepted in (
        (["file:///a.csv"], True),
        (["file:///a.csv", "file:///b.csv"], False),
        (["https://example.org/a.csv"], False),
        ([], False),
    ):
        data = QMimeData()
        data.setUrls([QUrl(url) for url in urls])
        data.setText("tekst")
        assert (one_file(data) is not None) is accepted


# ---------------------------------------------------------------- calendar
def test_a_study_day_is_added_and_removed(world: World) -> None:
    section = world.open("calendar")
    assert isinstance(section, YearSection)
    section.new_day.click()
    dialog = world.dialog()
    assert isinstance(dialog, DayDialog)
    dialog.form.fields["kind"].widget.set_value("study_day")
    field = dialog.form.fields["first_day"].widget
    QTest.keyClicks(field, "25-4")
    dialog.save()
    world.settle()
    year = world.workspace.read(school.list_years)[0].id
    days = world.workspace.read(school.list_calendar_days, year)
    assert [(day.first_day, day.kind) for day in days][-1] == (dt.date(2027, 4, 25), "study_day")
    section._remove_day(days[-1].id, "Studiedag")
    world.settle()
    assert fake(world.shell).toasts[-1] == "Weggehaald: Studiedag."
    assert len(world.workspace.read(school.list_calendar_days, year)) == 2


def test_days_that_are_no_days_stay_in_the_form(world: World) -> None:
    section = world.open("calendar")
    assert isinstance(section, YearSection)
    section.new_day.click()
    dialog = world.dialog()
    assert isinstance(dialog, DayDialog)
    dialog.form.fields["first_day"].widget.setText("31-2")
    dialog.save()
    assert dialog.form.rows["first_day"].error
    assert dialog.isVisible()


def test_a_day_without_year_is_read_in_the_school_year() -> None:
    parse = parser_in(dt.date(2026, 8, 24), dt.date(2027, 7, 9))
    assert parse("25-11")[0] == dt.date(2026, 11, 25)
    assert parse("25-4") == (dt.date(2027, 4, 25), "zondag 25 april 2027")
    assert parse("25-4-2026")[0] == dt.date(2026, 4, 25)


# ---------------------------------------------------------------- protocols, settings
def test_a_protocol_opens_with_its_steps(world: World) -> None:
    section = world.open("protocols")
    assert isinstance(section, ProtocolSection)
    section.list_page.body.itemAt(0).widget().opened.emit()
    world.settle()
    assert section.stack.currentWidget() is section.detail_page
    assert section.detail_page.body.count() > 20
    section.back.click()
    assert section.stack.currentWidget() is section.list_page


def test_the_school_is_saved_and_wrong_fields_are_marked(world: World) -> None:
    section = world.open("settings")
    assert isinstance(section, SettingsSection)
    brin = section.form.fields["brin"].widget
    QTest.keyClicks(brin, "99")
    section.save_button.click()
    world.settle()
    assert section.form.rows["brin"].error.startswith("Een BRIN-code")
    QTest.keyClicks(brin, "ZZ")
    section.save_button.click()
    world.settle()
    assert world.workspace.read(school.get_school).brin == "99ZZ"
    assert fake(world.shell).toasts == ["School opgeslagen."]


def test_twenty_clicks_save_the_school_once(world: World) -> None:
    section = world.open("settings")
    assert isinstance(section, SettingsSection)
    QTest.keyClicks(section.form.fields["name"].widget, "X")
    for _time in range(20):
        section.save_button.click()
    world.settle()
    assert fake(world.shell).toasts == ["School opgeslagen."]
    assert fake(world.shell).strips == []


def test_typing_survives_a_change_elsewhere(world: World) -> None:
    section = world.open("settings")
    assert isinstance(section, SettingsSection)
    name = section.form.fields["name"].widget
    QTest.keyClicks(name, "X")
    world.workspace.write(school.save_contact, ContactDraft(label="Arts", phone="0201234567"))
    section.refresh()
    world.settle()
    assert "X" in name.value()
    assert section.contacts.count() == 2


def test_the_passphrase_is_only_offered_with_an_open_vault(world: World) -> None:
    section = world.open("settings")
    texts = [
        button.accessibleName() or button.text()
        for button in section.findChildren(QWidget)
        if button.isVisible() and hasattr(button, "text")
    ]
    assert "Wachtwoord wijzigen" not in texts


def test_look_changes_at_once_and_is_kept(world: World) -> None:
    applied = []
    world.shell.apply_settings = lambda: applied.append(world.shell.settings.get("theme"))
    section = world.open("settings")
    pills = {
        pill.text(): pill for pill in section.findChildren(QWidget) if type(pill).__name__ == "Pill"
    }
    pills["Donker"].click()
    assert applied == ["dark"]


def test_people_of_the_import_are_found_in_the_list(world: World) -> None:
    section = world.importing()
    section.read_path(world.file(LIST))
    world.settle()
    section.apply()
    world.settle()
    found = world.workspace.read(people.find_staff_ids, StaffQuery("jansen"))
    assert len(found) == 1
