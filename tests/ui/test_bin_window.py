"""After its thirty days the bin empties itself at the next unlock, on a real vault."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.waiting import wait_until
from tests.ui.window_fixture import SECRET, open_window, unlock, wait
from wbos_desktop import app
from wbos_desktop.services import incidents, removed
from wbos_desktop.ui.history_dialog import HistoryDialog, open_history
from wbos_desktop.ui.routes import Route
from wbos_desktop.workspace.opening import open_vault


def _remove_a_report(folder: Path, days_ago: int) -> int:
    """Use the vault on some days since, so that today's date is in no doubt."""
    now = dt.datetime.now().astimezone()
    incident_id = 0
    for back in range(days_ago, 0, -5):
        opened = open_vault(folder, SECRET, clock=lambda back=back: now - dt.timedelta(days=back))
        if not incident_id:
            incident_id = opened.workspace.write(factories.make_incident)
            opened.workspace.write(incidents.remove_report, incident_id)
        opened.workspace.close()
    return incident_id


def _rows(session: Session) -> int:
    found: int = session.scalar(text("select count(*) from incidents")) or 0
    return found


def test_the_day_that_the_bin_shows_is_the_day_it_empties(qtbot: QtBot, vault: Path) -> None:
    _remove_a_report(vault, 31)
    window = open_window(qtbot, vault)
    unlock(qtbot, window)
    wait(window)
    workspace = window.shell.tasks.workspace
    assert workspace is not None
    assert workspace.read(_rows) == 0
    app.take_down(window)


def test_before_that_day_everything_is_there(qtbot: QtBot, vault: Path) -> None:
    incident_id = _remove_a_report(vault, 29)
    window = open_window(qtbot, vault)
    unlock(qtbot, window)
    wait(window)
    workspace = window.shell.tasks.workspace
    assert workspace is not None
    assert [row.record_id for row in workspace.read(removed.list_bin)] == [incident_id]
    app.take_down(window)


def test_a_lock_closes_the_history_and_nothing_of_it_stays(
    qtbot: QtBot,
    vault: Path,
) -> None:
    opened = open_vault(vault, SECRET)
    group_id = opened.workspace.write(factories.make_group)
    opened.workspace.write(factories.make_profile, group_id, heard="SENTINEL zin")
    opened.workspace.close()
    window = open_window(qtbot, vault)
    unlock(qtbot, window)
    wait_until(lambda: window.work is not None)
    window.shell.navigator.go(Route("group", group_id, "observations"))
    wait(window)
    assert window.work is not None
    dialog = open_history(window.shell, "profiles", 1, window.work)
    wait(window)
    assert any("SENTINEL" in label.text() for label in dialog.findChildren(QLabel))
    window.lock()
    wait(window)
    assert not any("SENTINEL" in label.text() for label in window.findChildren(QLabel))
    assert not window.findChildren(HistoryDialog)
    app.take_down(window)
