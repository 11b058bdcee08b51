"""A recovery code that goes to a printer leaves a line in the audit trail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.helpers.waiting import wait_until
from tests.ui.window_fixture import (
    CHEAP,
    SECRET,
    open_window,
    wait,
)
from wbos_desktop import app as application
from wbos_desktop import paths
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.ui import code_print
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.pages.manage.people_code_dialog import RecoveryCodeDialog
from wbos_desktop.ui.pages.unlock.welcome_page import WelcomePage
from wbos_desktop.ui.routes import Route
from wbos_desktop.workspace import create


class Printer:
    """Stands in for the system's question which printer, and for the paper."""

    def __init__(self) -> None:
        self.asked: list[QDialog] = []
        self.pages: list[str] = []

    def ask(self, _printer: object, parent: QWidget) -> QDialog:
        self.asked.append(QDialog(parent))
        return self.asked[-1]

    def draw(self, _printer: object, code: str) -> None:
        self.pages.append(code)


@pytest.fixture
def printer(monkeypatch: pytest.MonkeyPatch) -> Printer:
    found = Printer()
    monkeypatch.setattr(code_print, "QPrintDialog", found.ask)
    monkeypatch.setattr(code_print, "draw_code", found.draw)
    return found


def printed(window: MainWindow) -> list[tuple[str, int | None]]:
    def lines(session: Session) -> list[tuple[str, int | None]]:
        wanted = AuditLine.action == "print"
        found = select(AuditLine.object_table, AuditLine.user_id).where(wanted)
        return [(table, user_id) for table, user_id in session.execute(found)]

    wait(window)
    return window.shell.tasks.workspace.read(lines)


def test_a_new_code_on_paper_leaves_a_line(opened: MainWindow, printer: Printer) -> None:
    opened.shell.navigator.go(Route("manage", None, "access"))
    wait(opened)
    opened.work.page.section("people").access.new_code.click()
    wait(opened)
    dialog = opened.findChildren(RecoveryCodeDialog)[-1]
    dialog.card.print.click()
    printer.asked[-1].reject()
    assert (printer.pages, printed(opened)) == ([], [])
    dialog.card.print.click()
    printer.asked[-1].accept()
    assert printer.pages == [dialog.code.text]
    assert printed(opened) == [("key_state", opened.shell.who.user_id)]


@pytest.fixture
def first_run(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setitem(create.create_vault.__kwdefaults__, "kdf", CHEAP)
    window = open_window(qtbot, paths.default_vault())
    yield window
    application.take_down(window)


def test_a_code_printed_before_there_was_a_vault_leaves_its_line(
    qtbot: QtBot, first_run: MainWindow, printer: Printer
) -> None:
    page = first_run.shut
    assert isinstance(page, WelcomePage)
    page.school.school.set_value("De Linde")
    page.school.person.set_value("Karin van der Berg")
    page.school.button.click()
    for row in (page.secret.secret, page.secret.again):
        qtbot.keyClicks(row.field, SECRET)
    page.secret.button.click()
    page.code.print.click()
    printer.asked[-1].accept()
    qtbot.keyClicks(page.code.field, page._code.text)
    page.code.button.click()
    wait_until(lambda: first_run.work is not None)
    assert printed(first_run) == [("key_state", None)]
