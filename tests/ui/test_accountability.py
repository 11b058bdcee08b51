"""The accountability kit in Beheer: made, copied, and who agreed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import settle
from tests.ui.shell_fixture import fake, make_shell, make_workspace, show_changes
from wbos_desktop.ui import theme
from wbos_desktop.ui.form_dialog import FormDialog
from wbos_desktop.ui.pages.manage.accountability_section import AccountabilitySection
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.labels import Label


@pytest.fixture
def section(qtbot: QtBot, qapp: QApplication) -> Iterator[AccountabilitySection]:
    theme.apply(qapp, "light", 100)
    workspace, who = make_workspace()
    shell = make_shell(workspace, who)
    made = AccountabilitySection(shell)
    qtbot.addWidget(made)
    made.resize(930, 640)
    made.show()
    show_changes(shell, made)
    made.refresh()
    settle(shell.tasks)
    yield made
    shell.tasks.close()
    workspace.close()


def button(section: AccountabilitySection, name: str) -> Button:
    return next(b for b in section.findChildren(Button) if b.accessibleName() == name)


def test_a_document_is_written(
    qtbot: QtBot, section: AccountabilitySection, tmp_path: Path
) -> None:
    target = tmp_path / "tekst.pdf"
    fake(section.shell).paths = [target]
    button(section, "Pdf maken: Tekst voor de schoolgids").click()
    settle(section.shell.tasks)
    settle(section.shell.tasks)
    assert target.read_bytes().startswith(b"%PDF-")
    assert fake(section.shell).toasts[-1].startswith("Opgeslagen:")


def test_a_text_is_copied(qtbot: QtBot, section: AccountabilitySection) -> None:
    button(section, "Tekst kopiëren: Brief aan de medezeggenschapsraad").click()
    settle(section.shell.tasks)
    assert "De Linde" in QGuiApplication.clipboard().text()
    section.shell.clipboard.clear()


def test_who_agreed_is_asked(qtbot: QtBot, section: AccountabilitySection) -> None:
    section.agree_button.click()
    dialog = section.window().findChildren(FormDialog)[-1]
    dialog.form.fields["agreed_by"].widget.set_value("Het bestuur")
    dialog.form.fields["agreed_on"].widget.set_value(dt.date(2026, 10, 1))
    dialog.save_button.click()
    settle(section.shell.tasks)
    settle(section.shell.tasks)
    words = [label.text() for label in section.agreed.findChildren(Label)]
    assert words == ["Het bestuur gaf akkoord op 1 oktober 2026."]


def test_a_day_to_come_is_told_with_its_year_until_it_is_right(
    section: AccountabilitySection,
) -> None:
    section.agree_button.click()
    dialog = section.window().findChildren(FormDialog)[-1]
    dialog.form.fields["agreed_by"].widget.set_value("Het bestuur")
    day, row = dialog.form.fields["agreed_on"].widget, dialog.form.rows["agreed_on"]
    QTest.keyClicks(day, "1-12-2031")
    dialog.save_button.click()
    settle(section.shell.tasks)
    assert day.text() == "ma 1 dec 2031"
    assert row.error.startswith("1 december 2031 moet nog komen.")
    day.clear()
    QTest.keyClicks(day, "1-10-2026")
    assert row.error == ""
    dialog.save_button.click()
    settle(section.shell.tasks)
    assert [label.text() for label in section.agreed.findChildren(Label)] == [
        "Het bestuur gaf akkoord op 1 oktober 2026."
    ]


@pytest.mark.parametrize("size", [100, 130])
def test_nothing_is_clipped(
    qtbot: QtBot, qapp: QApplication, section: AccountabilitySection, size: int
) -> None:
    theme.apply(qapp, "light", size)
    settle(section.shell.tasks)
    assert find_clipped_texts(section) == []
    assert find_unnamed_controls(section) == []
    section.agree_button.click()
    settle(section.shell.tasks)
    assert find_clipped_texts(section.window().findChildren(FormDialog)[-1]) == []
    theme.apply(qapp, "light", 100)


def test_no_draft_is_promised_where_none_can_be_kept(
    qtbot: QtBot, section: AccountabilitySection
) -> None:
    """In a vault that is open for reading only, as with the beamer on."""
    workspace = section.shell.tasks.workspace
    assert workspace is not None
    workspace.read_only = "Presenteren staat aan."
    section.agree_button.click()
    settle(section.shell.tasks)
    dialog = section.window().findChildren(FormDialog)[-1]
    dialog.form.fields["agreed_by"].widget.set_value("Het bestuur")
    dialog.reject()
    settle(section.shell.tasks)
    said = fake(section.shell).toasts + fake(section.shell).strips
    assert not [text for text in said if "Bewaard als concept" in text]
    workspace.read_only = ""
