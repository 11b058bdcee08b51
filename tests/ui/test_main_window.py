"""The window: navigation, refresh after changes, undo, lock, one window per vault."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests import factories
from tests.helpers.waiting import wait_until
from tests.ui.window_fixture import (
    PUPIL,
    SECRET,
    open_window,
    unlock,
    wait,
)
from wbos_desktop import app as application
from wbos_desktop.db import audit
from wbos_desktop.progress import Progress
from wbos_desktop.settings import Settings
from wbos_desktop.ui.idle import IdleClock
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.page import Page, PageDialog, Shell
from wbos_desktop.ui.registry import PAGES, Entry
from wbos_desktop.ui.routes import Navigator, Route
from wbos_desktop.ui.widgets.dialog import Scrim
from wbos_desktop.workspace.opening import open_vault


class NotesPage(Page):
    """A page that shows a pupil, keeps a draft at lock and can refuse to be left."""

    tables = frozenset({"pupils"})

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self.field = QLineEdit(PUPIL)
        self.body.addWidget(self.field)
        self.opened: list[Route] = []
        self.refreshed = 0
        self.leave = True

    def title(self) -> str:
        return "Notities"

    def open(self, route: Route) -> None:
        self.opened.append(route)

    def refresh(self) -> None:
        self.refreshed += 1

    def can_leave(self) -> bool:
        return self.leave

    def on_lock(self) -> None:
        self.write(factories.make_pupil, given_name="Bewaard")


class NotesDialog(PageDialog):
    def __init__(self, shell: Shell, route: Route, parent: QWidget | None = None) -> None:
        super().__init__(shell, route, parent, title="Melden")
        self.field = QLineEdit(PUPIL)
        self.body.addWidget(self.field)

    def reject(self) -> None:
        """Like a dialog that asks about unsaved text first."""


@pytest.fixture(autouse=True)
def _register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wbos_desktop.ui.work_view.page_class", _page_class)
    monkeypatch.setattr("wbos_desktop.ui.work_view.dialog_class", lambda _entry: NotesDialog)
    monkeypatch.setitem(PAGES, "notes", Entry("", "NotesPage", "today"))
    monkeypatch.setitem(PAGES, "notes_dialog", Entry("", "", "today", dialog=True))


def _page_class(entry: Entry) -> type[Page]:
    from wbos_desktop.ui.registry import page_class

    return NotesPage if entry.name == "NotesPage" else page_class(entry)


def show_notes(window: MainWindow) -> NotesPage:
    window.shell.go("notes")
    page = window.work.page
    assert isinstance(page, NotesPage)
    return page


def activate(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    wait_until(window.isActiveWindow)


def readable(widget: QWidget) -> str:
    """All text that stands in a widget and what is below it."""
    words = []
    for child in [widget, *widget.findChildren(QWidget)]:
        for name in ("text", "toPlainText", "accessibleName", "toolTip", "windowTitle"):
            get = getattr(child, name, None)
            words.append(str(get()) if callable(get) else "")
    return " ".join(words)


def of_window(widget: QObject | None, window: QWidget) -> bool:
    """True for the window, its dialogs and menus; other tests may leave theirs for a while."""
    while widget is not None and widget is not window:
        widget = widget.parent()
    return widget is window


def test_today_is_first_and_marked(opened: MainWindow) -> None:
    assert opened.shell.navigator.here == Route("today")
    assert opened.work.rail.buttons["today"].isChecked()
    assert opened.windowTitle() == "Vandaag · WBOS"


def test_navigation_goes_back_and_forward(opened: MainWindow) -> None:
    show_notes(opened)
    opened.shell.navigator.back()
    assert opened.shell.navigator.here == Route("today")
    opened.shell.navigator.forward()
    assert opened.shell.navigator.here == Route("notes")
    opened.shell.navigator.forward()
    assert opened.shell.navigator.here == Route("notes")


def test_page_with_unsaved_text_stays(opened: MainWindow) -> None:
    page = show_notes(opened)
    page.leave = False
    opened.shell.go("today")
    assert opened.work.page is page
    assert opened.shell.navigator.here == Route("notes")


def test_commit_refreshes_the_page_in_view_at_once(qtbot: QtBot, opened: MainWindow) -> None:
    page = show_notes(opened)
    opened.shell.tasks.write(page, factories.make_pupil)
    wait(opened)
    assert page.refreshed == 1
    opened.shell.tasks.write(page, factories.make_staff)
    wait(opened)
    assert page.refreshed == 1


def test_hidden_page_is_not_refreshed_before_it_shows(qtbot: QtBot, opened: MainWindow) -> None:
    page = show_notes(opened)
    opened.shell.go("today")
    opened.shell.tasks.write(opened.work, factories.make_pupil)
    wait(opened)
    assert page.refreshed == 0
    opened.shell.go("notes")
    assert len(page.opened) == 2


def test_undo_takes_back_the_last_gesture(qtbot: QtBot, opened: MainWindow) -> None:
    page = show_notes(opened)
    opened.shell.tasks.write(page, factories.make_pupil)
    wait(opened)
    opened.shell.messages.toast("Klaar.", undo_last=True)
    assert opened.work.toasts.text == "Klaar."
    opened.work.undo()
    wait(opened)
    assert opened.work.toasts.text == "Ongedaan gemaakt."
    assert page.refreshed == 2


def test_lock_hides_everything_at_once(qtbot: QtBot, opened: MainWindow) -> None:
    show_notes(opened)
    opened.shell.go("notes_dialog")
    menu = QMenu(PUPIL, opened)
    menu.addAction(PUPIL)
    menu.popup(opened.mapToGlobal(opened.rect().center()))
    opened.shell.clipboard.copy(PUPIL)
    opened.lock()
    assert opened.work is None
    assert opened.windowTitle() == "WBOS"
    assert not menu.isVisible()
    assert not any(scrim.isVisible() for scrim in opened.findChildren(Scrim))
    assert QApplication.clipboard().text() == ""
    gc.collect()

    def found() -> str:
        ours = [widget for widget in QApplication.topLevelWidgets() if of_window(widget, opened)]
        return " ".join(readable(widget) for widget in ours if widget is not menu)

    wait_until(lambda: "Sentinelova" not in found())
    assert "Karin" not in found()


def test_lock_lets_drafts_be_written_and_closes_the_vault(
    qtbot: QtBot, opened: MainWindow, vault: Path
) -> None:
    show_notes(opened)
    with qtbot.waitSignal(opened.locked, timeout=60_000):
        opened.lock()
    assert opened.shell.tasks.workspace is None
    again = open_vault(vault, SECRET)
    assert "Bewaard" in again.workspace.read(_given_names)
    again.workspace.close()


def _given_names(session: object) -> list[str]:
    from wbos_desktop.db.models.school import Pupil

    return [pupil.given_name for pupil in session.query(Pupil)]


def test_unlock_after_lock_returns_to_the_same_page(qtbot: QtBot, opened: MainWindow) -> None:
    show_notes(opened)
    with qtbot.waitSignal(opened.locked, timeout=60_000):
        opened.lock()
    unlock(qtbot, opened)
    wait_until(lambda: opened.work is not None)
    wait(opened)
    assert opened.shell.navigator.here == Route("notes")


def work_long(progress: Progress, began: threading.Event) -> None:
    for step in range(10_000):
        progress.step(step, 10_000)
        began.set()
        time.sleep(0.01)


def test_lock_stops_long_work_before_the_vault_closes(
    qtbot: QtBot, opened: MainWindow, vault: Path
) -> None:
    page, began, got = show_notes(opened), threading.Event(), []
    task = opened.shell.tasks.run_long(page, work_long, began).stopped(lambda: got.append("stop"))
    task.then(got.append)
    assert began.wait(60)
    with qtbot.waitSignal(opened.locked, timeout=60_000):
        opened.lock()
    assert got == []
    open_vault(vault, SECRET).workspace.close()


def test_focus_follows_to_the_next_page(qtbot: QtBot, opened: MainWindow) -> None:
    page = show_notes(opened)
    activate(qtbot, opened)
    page.field.setFocus()
    opened.shell.go("today")
    assert opened.work.page.isAncestorOf(QApplication.focusWidget())
    opened.shell.go("notes")
    assert page.isAncestorOf(QApplication.focusWidget())


def test_lock_drops_answers_that_are_still_to_come(qtbot: QtBot, opened: MainWindow) -> None:
    page, got = show_notes(opened), []
    opened.shell.tasks.run(page, lambda: PUPIL).then(got.append)
    opened.lock()
    wait(opened)
    assert got == []


def test_keys_lock_and_go_to_places(qtbot: QtBot, opened: MainWindow) -> None:
    show_notes(opened)
    activate(qtbot, opened)
    qtbot.keyClick(opened, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert opened.shell.navigator.here == Route("today")
    qtbot.keyClick(opened, Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
    assert opened.shell.navigator.here == Route("today")
    qtbot.keyClick(opened, Qt.Key.Key_7, Qt.KeyboardModifier.AltModifier)
    assert opened.shell.navigator.here.page == "manage"
    qtbot.keyClick(opened, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert opened.work is None


def test_changed_language_is_put_to_work_on_the_same_page(qtbot: QtBot, opened: MainWindow) -> None:
    page = show_notes(opened)
    opened.shell.settings.set("language", "en")
    opened.shell.apply_settings()
    wait(opened)
    assert opened.work.rail.buttons["today"].text() == "Today"
    assert opened.shell.navigator.here == Route("notes")
    assert opened.work.page is not page


def test_rail_collapses_when_narrow(qtbot: QtBot, opened: MainWindow) -> None:
    opened.resize(1300, 700)
    assert not opened.work.rail.narrow
    opened.resize(1100, 700)
    wait_until(lambda: opened.work.rail.narrow)
    assert opened.work.rail.width() == 64


def test_focus_travels_between_rail_and_page(qtbot: QtBot, opened: MainWindow) -> None:
    page = show_notes(opened)
    activate(qtbot, opened)
    opened.work.rail.focus_current()
    opened.work.next_region()
    assert page.isAncestorOf(QApplication.focusWidget())
    opened.work.next_region()
    assert opened.work.rail.isAncestorOf(QApplication.focusWidget())


def test_idle_clock_warns_in_the_last_minute_and_then_locks(qtbot: QtBot) -> None:
    now = [0.0]
    clock = IdleClock(monotonic=lambda: now[0], wall=lambda: now[0])
    near: list[object] = []
    clock.near.connect(near.append)
    clock.start(5)
    now[0] = 239.0
    clock.tick()
    assert near == []
    now[0] = 250.0
    clock.tick()
    assert near == [50]
    clock.touch()
    assert near == [50, None]
    now[0] = 551.0
    with qtbot.waitSignal(clock.expired):
        clock.tick()


def test_sleep_of_the_laptop_counts_as_time_away(qtbot: QtBot) -> None:
    now, wall = [0.0], [0.0]
    clock = IdleClock(monotonic=lambda: now[0], wall=lambda: wall[0])
    clock.start(5)
    now[0], wall[0] = 1.0, 3 * 24 * 3600.0
    with qtbot.waitSignal(clock.expired):
        clock.tick()


def test_clock_set_back_does_not_keep_the_vault_open(qtbot: QtBot) -> None:
    now, wall = [0.0], [100_000.0]
    clock = IdleClock(monotonic=lambda: now[0], wall=lambda: wall[0])
    clock.start(5)
    now[0], wall[0] = 301.0, 5.0
    with qtbot.waitSignal(clock.expired):
        clock.tick()


def test_still_hands_are_told_once(qtbot: QtBot) -> None:
    now = [0.0]
    clock = IdleClock(monotonic=lambda: now[0], wall=lambda: now[0])
    rests: list[float] = []
    clock.rested.connect(lambda: rests.append(now[0]))
    clock.start(5)
    for now[0] in (29.0, 31.0, 40.0):
        clock.tick()
    clock.touch()
    for now[0] in (60.0, 71.0):
        clock.tick()
    assert rests == [31.0, 71.0]
    clock.stop()


def test_log_is_emptied_while_nobody_types(qtbot: QtBot, opened: MainWindow) -> None:
    log = opened.vault / "wbos.db-wal"
    opened.shell.tasks.write(opened, audit.note, "view", "users", 1)
    wait_until(lambda: log.stat().st_size > 0)
    opened.idle.rested.emit()
    wait_until(lambda: log.stat().st_size == 0)


def test_typing_keeps_the_vault_open(qtbot: QtBot, opened: MainWindow) -> None:
    page = show_notes(opened)
    opened.idle._touched = -1000.0
    qtbot.keyClick(page.field, Qt.Key.Key_A)
    opened.idle.tick()
    assert opened.work is not None


AT_START = """
import sys, pathlib
from wbos_desktop import app
assert app.show_once(pathlib.Path(sys.argv[1]))
heavy = "sqlalchemy sqlcipher3 cryptography reportlab openpyxl babel holidays".split()
ours = ("wbos_desktop.db", "wbos_desktop.services", "wbos_desktop.documents")
print([name for name in sys.modules if name.split(".")[0] in heavy or name.startswith(ours)])
"""


def test_unlock_page_shows_before_the_database_is_loaded(vault: Path) -> None:
    run = [sys.executable, "-c", AT_START, str(vault)]
    shown = subprocess.run(run, capture_output=True, text=True, check=True, timeout=60)
    assert shown.stdout.strip() == "[]"


def test_second_start_brings_the_first_window_to_front(qtbot: QtBot, vault: Path) -> None:
    bell = application.Doorbell()
    bell.listen(vault)
    with qtbot.waitSignal(bell.rung):
        assert application.ring(vault)
    bell.close()
    assert not application.ring(vault)


def test_another_vault_has_another_bell(qtbot: QtBot, vault: Path, tmp_path: Path) -> None:
    bell = application.Doorbell()
    bell.listen(vault)
    assert not application.ring(tmp_path)
    bell.close()


def test_settings_take_only_what_is_on_the_list(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    settings = Settings(file)
    with pytest.raises(ValueError, match="pupil"):
        settings.set("pupil", PUPIL)
    with pytest.raises(ValueError, match="language"):
        settings.set("language", PUPIL)
    settings.set("language", "en")
    assert Settings(file).get("language") == "en"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"language": "xx", "geometry": 3}', "\x00"])
def test_damaged_settings_are_the_defaults(tmp_path: Path, content: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(content, "utf-8")
    assert Settings(file).get("language") == ""
    assert Settings(file).get("geometry") == ""


def test_navigator_forgets_at_lock(qtbot: QtBot) -> None:
    navigator = Navigator()
    navigator.navigate.connect(navigator.arrived)
    navigator.go(Route("today"))
    navigator.go(Route("case", 3))
    navigator.forget()
    navigator.back()
    assert navigator.here is None


def test_window_without_vault_welcomes(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path / "nowhere")
    assert type(window.shut).__name__ == "WelcomePage"
    application.take_down(window)


def test_somebody_else_starts_on_vandaag(qtbot: QtBot, opened: MainWindow) -> None:
    """Not where the last user was: it may be a page that is not theirs."""
    here = SimpleNamespace(user_id=opened.shell.who.user_id, empty=False)
    opened._return_to, opened._return_user = Route("manage"), opened.shell.who.user_id
    assert opened._start(here) == Route("manage")
    opened._return_to = Route("manage")
    here.user_id = 99
    assert opened._start(here) == Route("today")
