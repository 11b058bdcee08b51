"""What the school demands, in the window and on the command line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests import factories
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import wait_until
from tests.ui.shell_fixture import fake, make_shell, make_workspace
from tests.ui.test_presenting import WORD, fill, planted, shown
from tests.ui.window_fixture import SECRET
from wbos_desktop.errors import NotAllowed
from wbos_desktop.policy import STRICTEST, Policy
from wbos_desktop.ui.export_dialog import dossier_dialog
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.page import Shell
from wbos_desktop.ui.pages.manage import settings_section
from wbos_desktop.ui.pages.manage.settings_section import SettingsSection, policy_lines
from wbos_desktop.ui.widgets.fields import CheckBox
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.pills import PillGroup
from wbos_desktop.workspace import backup_notes

__all__ = ["fill", "planted", "shown"]

ROOT = Path(__file__).parents[2]
FULL = Policy(3, True, True, True, "/srv/wbos", found=True)


@pytest.fixture
def shell(qtbot: QtBot) -> Iterator[Shell]:
    workspace, who = make_workspace()
    shell = make_shell(workspace, who)
    yield shell
    shell.tasks.close()
    workspace.close()


def section(qtbot: QtBot, shell: Shell, policy: Policy) -> SettingsSection:
    shell.settings.policy = policy
    made = SettingsSection(shell)
    made.resize(900, 700)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def words(made: SettingsSection) -> str:
    return "\n".join(label.text() for label in made.findChildren(Label))


def test_settings_page_shows_what_the_school_set(qtbot: QtBot, shell: Shell) -> None:
    made = section(qtbot, shell, FULL)
    assert "Door de school ingesteld" in words(made)
    assert len(policy_lines(FULL)) == 5
    assert all(line in words(made) for line in policy_lines(FULL))
    groups = [g for g in made.findChildren(PillGroup) if "vergrendelen" in g.accessibleName()]
    assert [pill.text() for pill in groups[0].pills] == ["2 min", "3 min"]
    assert find_clipped_texts(made) == []
    assert find_unnamed_controls(made) == []


def test_settings_page_without_a_policy_says_nothing_of_it(qtbot: QtBot, shell: Shell) -> None:
    assert "Door de school" not in words(section(qtbot, shell, Policy()))


def test_damaged_policy_is_told(qtbot: QtBot, shell: Shell) -> None:
    assert "policy.toml" in words(section(qtbot, shell, STRICTEST))


@pytest.mark.parametrize("forced", [False, True])
def test_screenshots_can_be_allowed_unless_the_school_forbids(
    qtbot: QtBot, shell: Shell, monkeypatch: pytest.MonkeyPatch, forced: bool
) -> None:
    monkeypatch.setattr(settings_section, "system_setter", lambda: lambda _window, _on: True)
    made = section(qtbot, shell, Policy(capture_block=forced, found=forced))
    box = next(b for b in made.findChildren(CheckBox) if "schermafdrukken" in b.text())
    assert box.isChecked()
    assert box.isEnabled() is not forced
    box.click()
    assert shell.settings.get("capture_block") is forced


def test_export_dialog_asks_the_password(qtbot: QtBot, shell: Shell, tmp_path: Path) -> None:
    case = shell.tasks.workspace.write(factories.make_case)
    shell.settings.policy = FULL
    dialog = dossier_dialog(shell, case, "2026-001", None)
    qtbot.addWidget(dialog)
    dialog.open()
    fake(shell).paths.append(tmp_path / "uit.pdf")
    dialog.form.rows["password"].widget.set_value("kort")
    dialog.save_button.click()
    assert "8 tekens" in dialog.form.rows["password"].error
    dialog.form.rows["password"].widget.set_value("groene kano straks")
    dialog.save_button.click()
    wait_until(lambda: fake(shell).toasts != [])
    assert PdfReader(tmp_path / "uit.pdf").is_encrypted


def test_example_school_may_be_pictured(shown: tuple[MainWindow, dict]) -> None:
    window, _ids = shown
    window._cover_windows()
    assert window.guard.capture.on
    window.shell.who.demo = True
    window._cover_windows()
    assert not window.guard.capture.on
    window.shell.settings.policy = Policy(capture_block=True)
    window._cover_windows()
    assert window.guard.capture.on
    assert QApplication.instance() is not None


def run(folder: Path, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    import os

    command = ["export", "register", "--vault", str(folder), "--out", str(folder.parent / "uit")]
    return subprocess.run(
        [sys.executable, "-m", "wbos_desktop", *command, "--passphrase-file", "-", *options],
        input=SECRET,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | env,
        timeout=120,
    )


def test_command_line_takes_the_password_from_a_file(
    planted: tuple[Path, dict], tmp_path: Path
) -> None:
    import shutil

    folder = tmp_path / "kluis"
    shutil.copytree(planted[0], folder)
    (tmp_path / "policy.toml").write_text("export_password = true")
    (tmp_path / "wachtwoord").write_text("groene kano straks\n")
    demand = {"WBOS_POLICY_FILE": str(tmp_path / "policy.toml")}
    refused = run(folder, **demand)
    assert refused.returncode == 2
    assert "wachtwoord" in refused.stderr
    assert list((tmp_path / "uit").iterdir()) == []
    made = run(folder, "--password-file", str(tmp_path / "wachtwoord"), **demand)
    assert made.returncode == 0, made.stderr
    [file] = (tmp_path / "uit").iterdir()
    assert not file.read_bytes().startswith(b"PK")
    assert WORD.encode() not in file.read_bytes()


def test_school_sets_where_backups_go_and_when_to_warn(
    shown: tuple[MainWindow, dict], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = shown[0].shell.vault
    before = backup_notes.status(vault)
    assert (before.place, before.old_after) == (None, 7)
    (tmp_path / "policy.toml").write_text(
        f"backup_required = true\nbackup_folder = '{tmp_path / 'school'}'"
    )
    monkeypatch.setenv("WBOS_POLICY_FILE", str(tmp_path / "policy.toml"))
    after = backup_notes.status(vault)
    assert (after.place, after.old_after) == (tmp_path / "school", 2)
    with pytest.raises(NotAllowed):
        backup_notes.choose_place(vault, tmp_path)
