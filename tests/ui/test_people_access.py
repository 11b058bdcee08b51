"""Beheer, Mensen en rollen, Toegang: on a real vault, by the buttons and keys of a coordinator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.ui.window_fixture import CHEAP, CODE, SECRET, wait
from wbos_desktop import i18n
from wbos_desktop.db.models.system import KeyState
from wbos_desktop.domain.deputies import DeputyDraft, DeputyForm
from wbos_desktop.domain.users import UserRow
from wbos_desktop.errors import DiskFull, StorageError, WrongPassphrase
from wbos_desktop.services import deputies, users
from wbos_desktop.ui import theme
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.messages import Toast
from wbos_desktop.ui.pages.manage.people_access import AccessPanel
from wbos_desktop.ui.pages.manage.people_access_dialogs import (
    AccessDialog,
    GiveAccessDialog,
    NewPasswordDialog,
)
from wbos_desktop.ui.pages.manage.people_code_dialog import RecoveryCodeDialog
from wbos_desktop.ui.pages.manage.people_deputy_dialog import DeputyDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.dialog import Dialog, Question
from wbos_desktop.ui.widgets.rows import ListRow
from wbos_desktop.vault import slots
from wbos_desktop.workspace import people, rekey
from wbos_desktop.workspace.opening import open_vault

OTHER = "groene tafel zingt vannacht"
THIRD = "blauwe wolk danst op straat"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guess costs little here, so that a test takes no seconds."""
    for function in ("add_user", "renew_access", "new_recovery_code"):
        monkeypatch.setitem(getattr(people, function).__kwdefaults__, "kdf", CHEAP)


@dataclass
class World:
    window: MainWindow
    qtbot: QtBot
    joost: int

    @property
    def panel(self) -> AccessPanel:
        return self.window.work.page.section("people").access

    def settle(self) -> None:
        wait(self.window)

    def rows(self) -> list[str]:
        return [row.accessibleName() for row in self.panel.findChildren(ListRow)]

    def dialog(self, kind: type[Dialog]) -> Dialog:
        self.settle()
        found = [d for d in self.window.findChildren(kind) if d.isVisible()]
        assert found, kind
        return found[-1]

    def type(self, field: object, text: str) -> None:
        field.clear()
        QTest.keyClicks(field, text)

    def type_pair(self, dialog: GiveAccessDialog, secret: str) -> None:
        self.type(dialog.pair.secret.field, secret)
        self.type(dialog.pair.again.field, secret)


@pytest.fixture
def world(qtbot: QtBot, opened: MainWindow) -> Iterator[World]:
    workspace = opened.shell.tasks.workspace
    joost = workspace.write(factories.make_staff, given_name="Joost", family_name="Veldkamp")
    opened.shell.navigator.go(Route("manage", None, "access"))
    world = World(opened, qtbot, joost)
    world.settle()
    return world


def is_closed(dialog: Dialog) -> bool:
    return not shiboken6.isValid(dialog) or not dialog.isVisible()


def can_open(folder: Path, secret: str, kind: str = slots.USER) -> bool:
    try:
        open_vault(folder, secret, kind=kind).workspace.close()
    except WrongPassphrase:
        return False
    return True


def lock(world: World) -> None:
    with world.qtbot.waitSignal(world.window.locked):
        world.window.lock()


def give_access(world: World, role: str = "lead") -> None:
    world.panel.give.click()
    dialog = world.dialog(GiveAccessDialog)
    dialog.whom.set_value(world.joost)
    dialog.role_row.set_role(role)
    world.type_pair(dialog, OTHER)
    dialog.save()
    world.settle()
    assert is_closed(dialog)


def test_a_colleague_gets_access_and_logs_in(world: World, vault: Path) -> None:
    give_access(world)
    assert any("Joost Veldkamp" in row and "Leiding" in row for row in world.rows())
    lock(world)
    assert can_open(vault, OTHER)


def test_by_keyboard_alone(world: World, vault: Path) -> None:
    world.panel.give.setFocus()
    QTest.keyClick(world.panel.give, Qt.Key.Key_Space)
    dialog = world.dialog(GiveAccessDialog)
    assert dialog.whom.hasFocus()
    QTest.keyClick(dialog.whom, Qt.Key.Key_Down)
    QTest.keyClick(dialog.whom, Qt.Key.Key_Tab)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert dialog.role_row.role() == "lead"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.pair.secret.field.hasFocus()
    QTest.keyClicks(dialog.pair.secret.field, OTHER)
    QTest.keyClick(dialog.pair.secret.field, Qt.Key.Key_Return)
    assert dialog.pair.again.field.hasFocus()
    QTest.keyClicks(dialog.pair.again.field, OTHER)
    QTest.keyClick(dialog.pair.again.field, Qt.Key.Key_Return)
    world.settle()
    assert is_closed(dialog)
    lock(world)
    assert can_open(vault, OTHER)


def test_what_is_wrong_stands_at_its_field(world: World) -> None:
    world.panel.give.click()
    dialog = world.dialog(GiveAccessDialog)
    dialog.save()
    assert dialog.whom_row.error == "Kies een collega."
    dialog.whom.set_value(world.joost)
    for secret, again, row in (
        ("kort", "kort", dialog.pair.secret.row),
        ("Joost Veldkamp 12", "Joost Veldkamp 12", dialog.pair.secret.row),
        (OTHER, THIRD, dialog.pair.again.row),
    ):
        world.type(dialog.pair.secret.field, secret)
        world.type(dialog.pair.again.field, again)
        dialog.save()
        world.settle()
        assert row.error
    assert len(world.rows()) == 1
    dialog.reject()


def test_role_is_changed(world: World, vault: Path) -> None:
    give_access(world)
    open_person(world)
    dialog = world.dialog(AccessDialog)
    dialog.role_row.set_role("reader")
    dialog.save()
    world.settle()
    assert any("Joost" in row and "Lezer" in row for row in world.rows())
    assert not world.window.shell.tasks.workspace.read(users.access_overview).full
    lock(world)
    joost = open_vault(vault, OTHER)
    assert joost.workspace.read(lambda session: session.info["context"].role) == "reader"
    joost.workspace.close()


def open_person(world: World) -> None:
    rows = world.panel.findChildren(ListRow)
    next(row for row in rows if "Joost" in row.accessibleName()).click()


def test_access_is_taken_away(world: World, vault: Path) -> None:
    give_access(world)
    before = world.window.shell.vault.unlocked.keys.data_key
    open_person(world)
    dialog = world.dialog(AccessDialog)
    dialog.remove.click()
    question = world.dialog(Question)
    assert "oude wachtwoord van Joost" in question.accessibleDescription()
    question.yes_button.click()
    world.settle()
    assert not any("Joost" in row for row in world.rows())
    assert world.window.shell.vault.unlocked.keys.data_key != before
    # The window works on with the new key.
    world.window.shell.navigator.go(Route("groups"))
    world.settle()
    lock(world)
    assert not can_open(vault, OTHER)
    assert can_open(vault, SECRET)


def test_forgotten_password_is_replaced(world: World, vault: Path) -> None:
    give_access(world)
    open_person(world)
    world.dialog(AccessDialog).renew.click()
    dialog = world.dialog(NewPasswordDialog)
    world.type_pair(dialog, THIRD)
    dialog.start.setChecked(True)
    dialog.save()
    world.settle()
    assert any("startwachtwoord" in row for row in world.rows())
    lock(world)
    assert can_open(vault, THIRD)
    assert not can_open(vault, OTHER)


def test_new_recovery_code(world: World, vault: Path) -> None:
    world.panel.new_code.click()
    dialog = world.dialog(RecoveryCodeDialog)
    code = dialog.code
    dialog.save()
    assert dialog.row.error
    world.type(dialog.field, code.text.lower())
    world.type(dialog.secret.field, "dit is het niet")
    dialog.save()
    world.settle()
    assert dialog.secret.row.error
    world.type(dialog.secret.field, SECRET)
    dialog.save()
    world.settle()
    assert is_closed(dialog)
    lock(world)
    assert can_open(vault, code.characters, slots.RECOVERY)
    assert not can_open(vault, CODE.characters, slots.RECOVERY)


def test_failed_new_key_is_told_and_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    give_access(world)

    def full(*_args: object) -> None:
        raise StorageError("vol")

    monkeypatch.setattr(rekey, "rekey", full)
    open_person(world)
    world.dialog(AccessDialog)._remove()
    world.settle()
    assert world.panel.overview.rekey_due
    assert not any("Joost" in row for row in world.rows())


def test_on_a_full_disk_the_new_code_works_and_the_key_waits(
    world: World, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who read "the disk is full" would keep the old paper, which opens nothing any more."""
    said: list[Toast] = []
    world.window.shell.messages.toasted.connect(said.append)

    def full(*_arguments: object) -> None:
        raise DiskFull("vol")

    monkeypatch.setattr(rekey, "rekey", full)
    world.panel.new_code.click()
    dialog = world.dialog(RecoveryCodeDialog)
    code = dialog.code
    world.type(dialog.field, code.text)
    world.type(dialog.secret.field, SECRET)
    dialog.save()
    world.settle()
    assert is_closed(dialog)
    assert said[-1].text.startswith("Dit is gelukt.")
    assert said[-1].text.endswith("Maak ruimte op de schijf.")
    lock(world)
    assert can_open(vault, code.characters, slots.RECOVERY)


def test_on_a_full_disk_a_forgotten_password_is_replaced_all_the_same(
    world: World, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_access(world)
    open_person(world)
    world.dialog(AccessDialog).renew.click()
    dialog = world.dialog(NewPasswordDialog)
    world.type_pair(dialog, THIRD)

    def full(*_arguments: object) -> None:
        raise DiskFull("vol")

    monkeypatch.setattr(rekey, "rekey", full)
    dialog.save()
    world.settle()
    assert is_closed(dialog)
    lock(world)
    assert can_open(vault, THIRD)


def test_standing_in_is_arranged_changed_and_removed(world: World) -> None:
    world.panel.add_deputy.click()
    dialog = world.dialog(DeputyDialog)
    dialog.save()
    world.settle()
    assert dialog.form.rows["absent_id"].error
    me = world.window.shell.who.staff_id
    dialog.form.fields["absent_id"].widget.set_value(me)
    dialog.form.fields["deputy_id"].widget.set_value(me)
    assert dialog.form.fields["deputy_id"].widget.value() is None  # nobody chooses oneself
    dialog.form.fields["deputy_id"].widget.set_value(world.joost)
    world.type(dialog.form.fields["last_day"].widget, "31-12-2099")
    dialog.save()
    world.settle()
    assert dialog.form.rows["last_day"].error == "Hooguit een jaar per keer."
    dialog.form.fields["last_day"].widget.set_value(dialog.form.fields["first_day"].widget.value())
    dialog.save()
    world.settle()
    row = next(
        row for row in world.panel.findChildren(ListRow) if "voor Karin" in row.accessibleName()
    )
    row.click()
    world.dialog(DeputyDialog)._remove()
    world.settle()
    assert not any("voor Karin" in name for name in world.rows())
    assert world.window.shell.tasks.workspace.read(deputies.list_deputies) == []


def test_others_do_not_see_it(world: World) -> None:
    world.window.shell.who.role = "member"
    section = type(world.window.work.page.section("people"))(world.window.shell)
    section.show_access()
    assert section.kind.value() == "staff"
    world.settle()


@pytest.mark.parametrize("size", [100, 130])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_dialog_fits(world: World, qapp: QApplication, language: str, size: int) -> None:
    shell, parent = world.window.shell, world.window
    i18n.activate(language)
    theme.apply(qapp, "dark", size)
    day = shell.tasks.workspace.read(lambda session: session.info["context"].today)
    joost = UserRow(9, world.joost, "Joost Veldkamp", "Joost", "lead", day, False, True, True)
    staff = ((world.joost, "Joost Veldkamp"),)
    makers = (
        lambda: GiveAccessDialog(shell, list(staff), parent),
        lambda: NewPasswordDialog(shell, joost, parent),
        lambda: AccessDialog(shell, joost, parent),
        lambda: RecoveryCodeDialog(shell, parent),
        lambda: DeputyDialog(shell, DeputyForm(DeputyDraft(), staff, day, staff), parent),
    )
    for make in makers:
        dialog = make()
        dialog.open()
        world.settle()
        assert find_clipped_texts(dialog) == []
        assert find_unnamed_controls(dialog) == []
        dialog.reject()
        world.settle()
    theme.apply(qapp, "light", 100)


@pytest.mark.parametrize("size", [100, 130])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_panel_fits_the_smallest_window(
    world: World, qapp: QApplication, language: str, size: int
) -> None:
    give_access(world)
    shell = world.window.shell
    i18n.activate(language)
    theme.apply(qapp, "dark", size)
    page = type(world.window.work.page)(shell)
    world.qtbot.addWidget(page)
    page.resize(960 if size == 100 else 1170, 540 if size == 100 else 768)
    page.show()
    page.open(Route("manage", None, "access"))
    world.settle()
    assert page.section("people").kind.value() == "access"
    assert find_clipped_texts(page) == []
    assert find_unnamed_controls(page) == []
    theme.apply(qapp, "light", 100)


def test_a_code_that_nobody_confirmed_is_reminded_on_today(world: World) -> None:
    """F-80: as after a vault that the command line made."""

    def forget(session: Session) -> None:
        session.get_one(KeyState, 1).confirmed = False

    go, workspace = world.window.shell.navigator.go, world.window.shell.tasks.workspace
    go(Route("today"))
    world.settle()
    today = world.window.work.page
    assert not today.code_line.isVisible()
    workspace.write(forget)
    today.refresh()
    world.settle()
    assert today.code_line.isVisible()
    today.code_line.action.emit()
    world.settle()
    assert world.panel.isVisible()
    assert "herstelcode" in world.panel.overview.warnings[0]
    world.window.shell.who.role = "member"
    today._remind(False)
    assert today.code_line.isHidden()
