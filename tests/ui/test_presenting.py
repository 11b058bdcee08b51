"""F8: on no page, in no model and no dialog stands a pupil's name or a typed text."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import JSON, LargeBinary
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.readable import all_readable, readable
from tests.helpers.waiting import wait_until
from tests.ui.window_fixture import SECRET, open_window, unlock, wait
from wbos_desktop import app as application
from wbos_desktop import paths
from wbos_desktop.db import presenting
from wbos_desktop.db.base import Base, PlainText
from wbos_desktop.db.models.system import Draft
from wbos_desktop.errors import VaultError
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.messages import close_dialogs
from wbos_desktop.ui.page import Page
from wbos_desktop.ui.pages.incidents.assess import AssessDialog
from wbos_desktop.ui.pages.incidents.report import ReportDialog
from wbos_desktop.ui.registry import PAGES
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.fields import TextArea
from wbos_desktop.ui.widgets.pills import TabBar
from wbos_desktop.ui.work_view import Banner
from wbos_desktop.workspace.opening import open_vault
from wbos_desktop.workspace.presenting import PresentedWorkspace

WORD = "Sentinelova"
SHIPPED = ("norms", "norm_cues", "template_versions", "case_steps")


def fill(session: Session) -> dict[str, int]:
    """One of everything."""
    factories.make_norms(session)
    group = factories.make_group(session, name="3C")
    for _turn in range(4):
        factories.make_pupil(session, group)
    factories.make_profile(session, group)
    scenario = factories.make_scenario(session)
    meeting = factories.make_meeting(session)
    incident = factories.make_incident(session)
    case = factories.make_case(session)
    return {
        "group": group,
        "observe": group,
        "incident": incident,
        "assess": incident,
        "case": case,
        "meetings": meeting,
        "scenarios": scenario,
    }


def plant(session: Session) -> None:
    """The word in every column that takes typed text, but in what ships with the program."""
    raw = session.connection().connection.driver_connection
    for table in Base.metadata.sorted_tables:
        if table.name in (*SHIPPED, "audit"):
            continue
        for column in table.columns:
            typed = isinstance(column.type, PlainText)
            if not typed or isinstance(column.type, JSON | LargeBinary):
                continue
            if f"{table.name}.{column.name}" in presenting._SHOWN:
                continue
            raw.execute(
                f'UPDATE "{table.name}" SET "{column.name}" = "{column.name}" || ?', (f" {WORD}",)
            )


@pytest.fixture(scope="module")
def planted(made_vault: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("planted") / "vault"
    shutil.copytree(made_vault, folder)
    vault = open_vault(folder, SECRET)
    ids = vault.workspace.write(fill)
    vault.workspace.write(plant)
    vault.workspace.close()
    return folder, ids


@pytest.fixture
def shown(qtbot: QtBot, planted: tuple[Path, dict]) -> Iterator[tuple[MainWindow, dict]]:
    folder = paths.default_vault()
    shutil.copytree(planted[0], folder)
    window = open_window(qtbot, folder)
    unlock(qtbot, window)
    wait_until(lambda: window.work is not None)
    wait(window)
    yield window, planted[1]
    application.take_down(window)


def f8(qtbot: QtBot, window: MainWindow) -> None:
    before = window.shell.presenting
    qtbot.keyClick(window, Qt.Key.Key_F8)
    wait_until(lambda: window.shell.presenting != before)
    wait(window)


def visit(qtbot: QtBot, window: MainWindow, name: str, ids: dict[str, int]) -> str:
    """Everything readable on a page, on each of its tabs, or in a dialog."""
    window.shell.navigator.go(Route(name, ids.get(name)))
    wait(window)
    texts = [all_readable(window)]
    page = window.work.page
    bars = page.findChildren(TabBar) if isinstance(page, Page) else []
    for pill in [pill for bar in bars if bar.isVisible() for pill in bar.pills]:
        pill.click()
        wait(window)
        texts.append(all_readable(window))
    return "\n".join(texts)


def around(text: str) -> str:
    """Where the word stands, for the message of a failure."""
    at = text.find(WORD)
    return text[max(0, at - 200) : at + 60] if at >= 0 else ""


def test_no_page_tells_a_name_or_a_text(qtbot: QtBot, shown: tuple[MainWindow, dict]) -> None:
    window, ids = shown
    f8(qtbot, window)
    told = {name: around(visit(qtbot, window, name, ids)) for name in PAGES}
    assert {name: where for name, where in told.items() if where} == {}


def test_the_same_pages_do_tell_without_it(qtbot: QtBot, shown: tuple[MainWindow, dict]) -> None:
    """The control: what the test above looks for would be found."""
    window, ids = shown
    names = ("group", "case", "incidents", "meetings", "today", "assess")
    assert [name for name in names if not around(visit(qtbot, window, name, ids))] == []


def test_nobody_can_miss_that_it_is_on(qtbot: QtBot, shown: tuple[MainWindow, dict]) -> None:
    window, _ids = shown
    assert window.work.findChildren(Banner) == []
    f8(qtbot, window)
    banner = window.work.findChildren(Banner)[0]
    assert banner.isVisible()
    banner.left.emit()
    wait_until(lambda: not window.shell.presenting)
    wait(window)
    assert window.work.findChildren(Banner) == []


def test_page_and_route_stay_and_come_back(qtbot: QtBot, shown: tuple[MainWindow, dict]) -> None:
    window, ids = shown
    window.shell.navigator.go(Route("case", ids["case"]))
    wait(window)
    f8(qtbot, window)
    assert window.shell.navigator.here == Route("case", ids["case"])
    assert WORD not in all_readable(window)
    f8(qtbot, window)
    assert window.shell.navigator.here == Route("case", ids["case"])
    assert WORD in all_readable(window)


def test_nothing_is_left_of_an_open_dialog(qtbot: QtBot, shown: tuple[MainWindow, dict]) -> None:
    window, ids = shown
    window.shell.navigator.go(Route("assess", ids["assess"]))
    wait(window)
    dialog = window.findChildren(AssessDialog)[0]
    assert WORD in readable(dialog)
    f8(qtbot, window)
    assert around(all_readable(window)) == ""


def test_lock_ends_it(qtbot: QtBot, shown: tuple[MainWindow, dict]) -> None:
    window, ids = shown
    f8(qtbot, window)
    with qtbot.waitSignal(window.locked, timeout=60_000):
        window.lock()
    assert not window.shell.presenting
    unlock(qtbot, window)
    wait_until(lambda: window.work is not None)
    wait(window)
    assert WORD in visit(qtbot, window, "case", ids)


def test_opened_records_are_noted_all_the_same(
    qtbot: QtBot, shown: tuple[MainWindow, dict]
) -> None:
    from wbos_desktop.db import audit

    window, ids = shown
    f8(qtbot, window)
    whole = window.shell.vault.workspace
    before = whole.read(audit.head).count
    visit(qtbot, window, "case", ids)
    assert whole.read(audit.head).count > before


def test_lock_while_it_begins_leaves_no_key_behind(
    qtbot: QtBot, shown: tuple[MainWindow, dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    real = PresentedWorkspace.__init__

    def note(self: PresentedWorkspace, *arguments: object) -> None:
        made.append(self)
        real(self, *arguments)

    monkeypatch.setattr(PresentedWorkspace, "__init__", note)
    window, _ids = shown
    window.presenting.toggle()
    with qtbot.waitSignal(window.locked, timeout=60_000):
        window.lock()
    wait(window)
    assert window.work is None
    with pytest.raises(VaultError):
        made[0].read(lambda session: session.connection())


def test_change_is_refused_with_a_sentence(qtbot: QtBot, shown: tuple[MainWindow, dict]) -> None:
    window, _ids = shown
    f8(qtbot, window)
    said = []
    window.shell.tasks.write(window, factories.make_pupil).failed(said.append)
    wait(window)
    assert [type(error).__name__ for error in said] == ["ReadOnlyVault"]
    assert "F8" in said[0].message


def test_verbs_that_change_things_wait_with_the_reason(
    qtbot: QtBot, shown: tuple[MainWindow, dict]
) -> None:
    window, ids = shown
    f8(qtbot, window)
    live = {}
    for name in ("incidents", "group", "case", "scenarios", "meetings", "report"):
        window.shell.navigator.go(Route(name, ids.get(name)))
        wait(window)
        shown_now = [b for b in window.findChildren(Button) if b.isVisible()]
        assert any(not b.isEnabled() and "F8" in b.toolTip() for b in shown_now), name
        live[name] = [b.text() for b in shown_now if b.kind == "primary" and b.isEnabled()]
    assert {text for found in live.values() for text in found} <= {"Oefenen"}
    close_dialogs(window)
    f8(qtbot, window)
    window.shell.navigator.go(Route("incidents"))
    wait(window)
    assert window.work.page.report_button.isEnabled()


def test_what_was_being_typed_is_kept(qtbot: QtBot, shown: tuple[MainWindow, dict]) -> None:
    window, ids = shown
    window.shell.navigator.go(Route("report", ids["group"]))
    wait(window)
    dialog = window.findChildren(ReportDialog)[0]
    field = dialog.findChildren(TextArea)[0]
    qtbot.keyClicks(field, "Duwen bij het hek")
    f8(qtbot, window)
    assert "hek" not in all_readable(window)
    kept = window.shell.vault.workspace.read(lambda s: [str(d.data) for d in s.query(Draft)])
    assert any("Duwen bij het hek" in data for data in kept)
