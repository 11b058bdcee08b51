"""Back-up in the real window on a real vault: make, put back, undo, practise, hand over."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import wait_until
from tests.ui.window_fixture import SECRET, unlock, wait
from wbos_desktop import i18n
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.ui import theme
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.pages.manage.backup_dialogs import RestoreDialog
from wbos_desktop.ui.pages.manage.backup_section import BackupSection
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.message_strip import MessageStrip
from wbos_desktop.workspace import backup_keeping, backup_notes


def pupils(session: Session) -> int:
    return session.scalar(select(func.count(Pupil.id))) or 0


def section_of(qtbot: QtBot, window: MainWindow) -> BackupSection:
    window.shell.go("manage", None, "backup")
    wait(window)
    assert window.work is not None
    section = window.work.pages["manage"].stack.currentWidget()
    assert isinstance(section, BackupSection)
    return section


def buttons(section: BackupSection, text: str) -> list[Button]:
    return [button for button in section.findChildren(Button) if button.text() == text]


def texts(section: BackupSection) -> list[str]:
    return [label.text() for label in section.findChildren(Label)]


def press(qtbot: QtBot, window: MainWindow, button: Button) -> None:
    button.click()
    wait(window)


def answer(qtbot: QtBot, window: MainWindow, verb: str) -> None:
    """Press the verb in the question that is open."""
    dialog = next(d for d in window.findChildren(QDialog) if d.isVisible())
    press(qtbot, window, next(b for b in dialog.findChildren(Button) if b.text() == verb))


def unlock_again(qtbot: QtBot, window: MainWindow) -> None:
    wait(window)
    unlock(qtbot, window)
    wait_until(lambda: window.work is not None)
    wait(window)


def add_pupil(qtbot: QtBot, window: MainWindow) -> None:
    window.shell.tasks.write(window, factories.make_pupil, 1)
    wait(window)


def test_make_one_and_see_it(qtbot: QtBot, opened: MainWindow, vault: Path) -> None:
    assert opened.work is not None
    assert opened.work.rail.backup_age.text() == "Nog geen back-up"
    section = section_of(qtbot, opened)
    assert "Hier is nog geen back-up." in texts(section)
    press(qtbot, opened, section.make_button)
    assert len(list((vault / "backups").glob("*.wbos"))) == 1
    assert len(buttons(section, "Terugzetten")) == 1
    assert opened.work.rail.backup_age.text().startswith("Back-up vandaag")
    assert section.make_button.isEnabled()


def test_put_back_from_the_list_and_undo(qtbot: QtBot, opened: MainWindow, vault: Path) -> None:
    section = section_of(qtbot, opened)
    press(qtbot, opened, section.make_button)
    add_pupil(qtbot, opened)
    press(qtbot, opened, buttons(section, "Terugzetten")[0])
    dialog = next(d for d in opened.findChildren(RestoreDialog) if d.isVisible())
    shown = [label.text() for label in dialog.findChildren(Label)]
    assert {"1 leerling", "2 leerlingen"} <= set(shown)
    press(qtbot, opened, dialog.yes_button)
    wait_until(lambda: opened.work is None)
    unlock_again(qtbot, opened)
    assert opened.shell.tasks.workspace is not None
    assert opened.shell.tasks.workspace.read(pupils) == 1
    section = section_of(qtbot, opened)
    press(qtbot, opened, buttons(section, "Terugzetten ongedaan maken")[0])
    answer(qtbot, opened, "Terugzetten ongedaan maken")
    wait_until(lambda: opened.work is None)
    unlock_again(qtbot, opened)
    assert opened.shell.tasks.workspace.read(pupils) == 2


def test_changing_your_mind_changes_nothing(qtbot: QtBot, opened: MainWindow, vault: Path) -> None:
    section = section_of(qtbot, opened)
    press(qtbot, opened, section.make_button)
    press(qtbot, opened, buttons(section, "Terugzetten")[0])
    answer(qtbot, opened, "Niet terugzetten")
    assert opened.work is not None
    assert not (vault / "before-restore").exists()


def test_practise(qtbot: QtBot, opened: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    section = section_of(qtbot, opened)
    press(qtbot, opened, section.make_button)
    said: list[str] = []
    monkeypatch.setattr(
        opened.shell.messages, "strip", lambda _owner, text, **_kind: said.append(text)
    )
    press(qtbot, opened, buttons(section, "Oefenen met terugzetten")[0])
    assert "is heel" in said[0]
    assert "Het logboek klopt." in said[0]
    assert any("Laatste keer" in text for text in texts(section))


def test_hand_over_and_take_it_back(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    section = section_of(qtbot, opened)
    monkeypatch.setattr(
        opened.shell.messages, "choose_folder", lambda _owner, _title, then: then(stick)
    )
    press(qtbot, opened, buttons(section, "Hoofdkopie overdragen")[0])
    answer(qtbot, opened, "Kies waar")
    wait(opened)
    assert len(list(stick.glob("*.wbos"))) == 1
    assert opened.shell.tasks.workspace is not None
    assert "overgedragen" in opened.shell.tasks.workspace.read_only
    assert opened.work is not None
    bar = opened.work.findChildren(MessageStrip)
    assert any("overgedragen" in strip.text for strip in bar if not strip.isHidden())
    section = section_of(qtbot, opened)
    assert not section.make_button.isEnabled()
    press(qtbot, opened, buttons(section, "Maak dit de hoofdkopie")[0])
    answer(qtbot, opened, "Maak dit de hoofdkopie")
    wait(opened)
    assert opened.shell.tasks.workspace.read_only == ""


def test_a_failing_stick_is_told_in_the_section_and_the_rail(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    section = section_of(qtbot, opened)
    monkeypatch.setattr("wbos_desktop.workspace.backup.demand_room", full)
    press(qtbot, opened, section.make_button)
    assert opened.work is not None
    assert opened.work.rail.backup_age.text() == "Back-up mislukt"
    assert any("vol. Er is" in text for text in texts(section))


# ---------------------------------------------------------------- by itself
def test_locking_makes_the_backup_of_the_day(qtbot: QtBot, opened: MainWindow, vault: Path) -> None:
    add_pupil(qtbot, opened)
    opened.lock()
    assert opened.work is None  # blank before the backup is there
    wait(opened)
    assert len(list((vault / "backups").glob("*.wbos"))) == 1
    unlock_again(qtbot, opened)
    add_pupil(qtbot, opened)
    opened.lock()
    wait(opened)
    assert len(list((vault / "backups").glob("*.wbos"))) == 1


def test_closing_the_window_makes_it_too(qtbot: QtBot, opened: MainWindow, vault: Path) -> None:
    from wbos_desktop import app

    add_pupil(qtbot, opened)
    opened.close()
    app.take_down(opened)
    assert len(list((vault / "backups").glob("*.wbos"))) == 1


def test_a_failure_at_lock_is_told_at_the_next_unlock(
    qtbot: QtBot, opened: MainWindow, vault: Path, tmp_path: Path
) -> None:
    assert opened.shell.vault is not None
    backup_notes.choose_place(opened.shell.vault, tmp_path / "weg")
    add_pupil(qtbot, opened)
    opened.lock()
    wait(opened)
    unlock_again(qtbot, opened)
    assert opened.shell.vault is not None
    assert any("niet gemaakt" in notice for notice in opened.shell.vault.notices)
    assert opened.work is not None
    assert opened.work.rail.backup_age.text() == "Back-up mislukt"
    opened.shell.go("today")
    wait(opened)
    line = opened.work.pages["today"].backup_line
    assert not line.isHidden()
    assert line.text == "De laatste back-up is mislukt. Maak er nu een."


def test_an_old_backup_stands_on_vandaag_and_leads_to_manage(
    qtbot: QtBot, opened: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datetime as dt

    from wbos_desktop.domain.backups import BackupStatus

    today = dt.date(2026, 11, 24)
    last = dt.datetime(2026, 11, 15, 17, 4).astimezone()
    old = BackupStatus(today, last_at=last)
    monkeypatch.setattr(backup_notes, "status", lambda _vault: old)
    opened.shell.tasks.note_changed({"backups"})
    opened.shell.go("today")
    wait(opened)
    assert opened.work is not None
    page = opened.work.pages["today"]
    page.refresh()
    wait(opened)
    assert page.backup_line.text == "Je laatste back-up is 9 dagen oud. Maak er nu een."
    assert opened.work.rail.backup_age.text() == "Back-up 9 dagen oud"
    page.backup_line.action.emit()
    wait(opened)
    assert opened.shell.navigator.here.tab == "backup"


# ---------------------------------------------------------------- looks
@pytest.mark.parametrize(("language", "size"), [("nl", 100), ("en", 100), ("nl", 130), ("en", 130)])
def test_nothing_is_cut_off(
    qtbot: QtBot, qapp: QApplication, opened: MainWindow, language: str, size: int
) -> None:
    assert opened.shell.vault is not None
    backup_keeping.back_up(opened.shell.vault)
    theme.apply(qapp, "light", size)
    i18n.activate(language)
    opened.resize(QSize(1366, 768) if size == 130 else QSize(1024, 540))
    opened.rebuild()
    section = section_of(qtbot, opened)
    assert find_clipped_texts(section) == []
    assert find_unnamed_controls(section) == []
    back = {"nl": "Terugzetten", "en": "Restore backup"}[language]
    press(qtbot, opened, buttons(section, back)[0])
    dialog = next(d for d in opened.findChildren(RestoreDialog) if d.isVisible())
    assert find_clipped_texts(dialog) == []
    assert find_unnamed_controls(dialog) == []
    assert dialog.height() <= opened.height()
    dialog.reject()
    theme.apply(qapp, "light", 100)


# ---------------------------------------------------------------- on another laptop
def test_a_new_laptop_takes_the_backup_and_works_on(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wbos_desktop.ui.pages.unlock.welcome_page import WelcomePage

    assert opened.shell.vault is not None
    made = backup_keeping.back_up(opened.shell.vault)
    opened.turn_to(tmp_path / "nieuwe laptop")
    wait(opened)
    door = opened.shut
    assert isinstance(door, WelcomePage)
    monkeypatch.setattr(
        opened.shell.messages, "open_file", lambda _owner, _title, _kinds, then: then(made.path)
    )
    door.school.backup.click()
    wait(opened)
    assert door.panels.current is door.moved
    assert find_clipped_texts(door) == []
    assert find_unnamed_controls(door) == []
    QTest.keyClicks(door.moved.secret.field, "een ander wachtwoord")
    press(qtbot, opened, door.moved.button)
    assert opened.work is None
    door.moved.secret.clear()
    QTest.keyClicks(door.moved.secret.field, SECRET)
    press(qtbot, opened, door.moved.button)
    wait_until(lambda: opened.work is not None)
    assert opened.shell.vault is not None
    assert opened.shell.vault.folder == tmp_path / "nieuwe laptop"
    assert backup_notes.vault_state(opened.shell.vault).main_number == 2
