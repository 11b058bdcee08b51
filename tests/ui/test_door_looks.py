"""Unlock, welcome and Vandaag fit in both languages, light and dark, at 100 and 130 %."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests import factories
from tests.helpers import accessibility
from tests.helpers.waiting import rest, settle
from tests.ui.shell_fixture import make_shell, make_workspace
from wbos_desktop import i18n, paths
from wbos_desktop.domain.backups import BackupHeader, BackupRow
from wbos_desktop.domain.salvage import SalvageResult, TableResult
from wbos_desktop.errors import DamagedVault
from wbos_desktop.ui import theme
from wbos_desktop.ui.pages.today.page import TodayPage
from wbos_desktop.ui.pages.unlock import steps
from wbos_desktop.ui.pages.unlock.care_panels import REMEDIES
from wbos_desktop.ui.pages.unlock.unlock_page import UnlockPage
from wbos_desktop.ui.pages.unlock.welcome_page import WelcomePage
from wbos_desktop.ui.rail import Rail
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Who
from wbos_desktop.ui.vault_bar import VaultBar
from wbos_desktop.workspace.alerts import Alert, busy_sentence, damage_sentence, full_sentence
from wbos_desktop.workspace.doubt import Doubt

LOOKS = [("nl", "light", 100), ("nl", "dark", 130), ("en", "light", 130), ("en", "dark", 100)]


def dress(language: str, mode: str, percent: int) -> None:
    i18n.activate(language, "VO")
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, mode, percent)


def check_fits(qtbot: QtBot, widget: QWidget, width: int = 1366) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, 768)
    widget.show()
    rest(0.03)
    assert accessibility.find_clipped_texts(widget) == []
    assert accessibility.find_unnamed_controls(widget) == []


@pytest.mark.parametrize(("language", "mode", "percent"), LOOKS)
def test_every_panel_of_unlocking_fits(
    qtbot: QtBot, tmp_path: Path, language: str, mode: str, percent: int
) -> None:
    dress(language, mode, percent)
    shell = make_shell()
    page = UnlockPage(shell, tmp_path)
    for panel in (page.passphrase, page.code, page.renew):
        page._panels.show_panel(panel)
        check_fits(qtbot, page, 1093)
    check_fits(qtbot, UnlockPage(shell, paths.demo_vault()), 1093)
    shell.tasks.close()


@pytest.mark.parametrize(("language", "mode", "percent"), LOOKS)
def test_every_panel_for_a_damaged_vault_fits(
    qtbot: QtBot, tmp_path: Path, language: str, mode: str, percent: int
) -> None:
    dress(language, mode, percent)
    shell = make_shell()
    page = UnlockPage(shell, tmp_path)
    care = page.care
    care.show_damage(DamagedVault(damage_sentence(), REMEDIES), "", by_code=False)
    check_fits(qtbot, page, 1093)
    counts = {"pupils": 612, "groups": 24, "incidents": 97, "cases": 31}
    moment = dt.datetime(2026, 11, 24, 17, 4, tzinfo=dt.UTC)
    header = BackupHeader("a", moment, 1, 1, "", 10, b"", counts, 1, 1)
    care.backups.show_backups([BackupRow(tmp_path, 10, header)] * 3)
    care.backups.ask_secret("Deze back-up gaat open met een ander wachtwoord.")
    lost = TableResult("incidents", 90, 7, tuple(f"2026-{n:03}" for n in range(7)))
    care.rescue.show_result(SalvageResult(tmp_path, (lost, TableResult("changes", 900, 40))))
    care.doubt.text.setText(Doubt(61, 1301, 1240).text)
    for panel in (care.backups, care.rescue, care.doubt):
        page._panels.show_panel(panel)
        check_fits(qtbot, page, 1093)
    care.rescue.begin()
    page._show_first()
    page.warn_of_place("Deze kluis staat in een map die wordt gesynchroniseerd.")
    check_fits(qtbot, page, 1093)
    shell.tasks.close()


@pytest.mark.parametrize(("language", "mode", "percent"), LOOKS)
def test_lines_about_the_vault_fit(qtbot: QtBot, language: str, mode: str, percent: int) -> None:
    dress(language, mode, percent)
    workspace, _who = make_workspace()
    workspace.met_damage()
    bar = VaultBar(workspace)
    for kind, words in (("busy", busy_sentence()), ("disk_full", full_sentence(50))):
        bar._show(Alert(kind, words))
    check_fits(qtbot, bar, 1000)
    bar.close_down()
    workspace.close()


@pytest.mark.parametrize(("language", "mode", "percent"), LOOKS)
def test_every_step_of_the_welcome_fits(
    qtbot: QtBot, tmp_path: Path, language: str, mode: str, percent: int
) -> None:
    dress(language, mode, percent)
    shell = make_shell()
    page = WelcomePage(shell, tmp_path)
    page.code.show_code(steps.new_code())
    for panel in (page.school, page.secret, page.code):
        page._show(panel)
        check_fits(qtbot, page, 1093)
    shell.tasks.close()


@pytest.mark.parametrize(("language", "mode", "percent"), LOOKS)
@pytest.mark.parametrize("fill", [True, False])
def test_today_fits(qtbot: QtBot, language: str, mode: str, percent: int, fill: bool) -> None:
    dress(language, mode, percent)
    workspace, who = make_workspace()
    if fill:
        workspace.write(factories.make_case)
        workspace.write(factories.make_incident)
        workspace.write(factories.make_meeting, chair_id=who.staff_id)
    shell = make_shell(workspace, who)
    page = TodayPage(shell)
    page.open(Route("today"))
    settle(shell.tasks)
    for width in (1170, 960):
        check_fits(qtbot, page, width)
    shell.tasks.close()
    workspace.close()


@pytest.mark.parametrize(("language", "mode", "percent"), LOOKS)
def test_rail_names_everything(qtbot: QtBot, language: str, mode: str, percent: int) -> None:
    dress(language, mode, percent)
    rail = Rail()
    rail.set_who(Who(full_name="Karin Bosman", role="coordinator", school="De Linde"))
    rail.set_counts({"today": 12, "incidents": 3})
    assert accessibility.find_unnamed_controls(rail) == []
    assert "12" in rail.buttons["today"].accessibleName()
