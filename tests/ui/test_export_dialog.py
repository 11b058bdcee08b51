"""The dialog before a file exists: names, purpose, place; then a real file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests import factories
from tests.helpers.waiting import wait_until
from tests.ui.shell_fixture import fake, make_shell, make_workspace
from wbos_desktop.services import catalogues
from wbos_desktop.ui.export_dialog import ExportDialog
from wbos_desktop.ui.pages.groups.group_page import GroupPage
from wbos_desktop.ui.routes import Route


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[GroupPage]:
    workspace, who = make_workspace()
    workspace.write(catalogues.install)
    group_id = workspace.write(factories.make_group, name="2B")
    workspace.write(factories.make_pupil, group_id, given_name="Şeyma")
    shell = make_shell(workspace, who)
    page = GroupPage(shell)
    page.open(Route("group", group_id))
    page.show()
    wait_until(lambda: not shell.tasks.busy and page.title() != "Klas")
    yield page
    shell.tasks.close()
    page.deleteLater()
    workspace.close()


def open_dialog(page: GroupPage) -> ExportDialog:
    page.profile_button.menu().actions()[0].trigger()
    return next(d for d in page.window().findChildren(ExportDialog) if d.isVisible())


def test_profile_of_a_group_is_saved_as_pdf(page: GroupPage, qtbot: QtBot, tmp_path: Path) -> None:
    target = tmp_path / "groepsprofiel-2B.pdf"
    fake(page.shell).paths.append(target)
    open_dialog(page).save_button.click()
    wait_until(lambda: fake(page.shell).toasts != [])
    assert target.read_bytes().startswith(b"%PDF-")
    assert fake(page.shell).toasts == ["Opgeslagen: groepsprofiel-2B.pdf"]


def test_full_names_ask_for_a_purpose_first(page: GroupPage, tmp_path: Path) -> None:
    fake(page.shell).paths.append(tmp_path / "x.pdf")
    dialog = open_dialog(page)
    dialog.form.rows["names"].widget.set_value("full")
    dialog.save_button.click()
    assert dialog.form.rows["purpose"].error != ""
    assert len(fake(page.shell).paths) == 1  # the place was not asked for
    dialog.reject()
