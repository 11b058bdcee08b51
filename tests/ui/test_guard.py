"""Lock, blank screen and countdown: over dialogs, menus and file dialogs, from any widget."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QCompleter, QLineEdit, QMenu, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import wait_until
from tests.ui.window_fixture import PUPIL, unlock, wait
from wbos_desktop.errors import VaultError
from wbos_desktop.progress import Progress
from wbos_desktop.services import exports
from wbos_desktop.ui import theme
from wbos_desktop.ui.capture import Capture
from wbos_desktop.ui.clipboard import Clipboard
from wbos_desktop.ui.curtain import Curtain, open_dialogs
from wbos_desktop.ui.file_password import ask_file_password
from wbos_desktop.ui.guard import CountdownPill
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.work_view import Banner, WorkView


class Notes(Dialog):
    """A plain dialog of a page that keeps a draft at lock."""

    def __init__(self, parent: QWidget, calls: list[str], name: str) -> None:
        super().__init__(f"{name} {PUPIL}", parent=parent)
        self.calls, self.name = calls, name
        self.field = QLineEdit(PUPIL)
        self.body.addWidget(self.field)

    def on_lock(self) -> None:
        self.calls.append(f"{self.name} {self.field.text()}")

    def reject(self) -> None:
        """Asks about unsaved text first, so it stays."""


@pytest.fixture
def notes(qtbot: QtBot, opened: MainWindow) -> list[Notes]:
    """A dialog over a dialog over the window."""
    calls: list[str] = []
    outer = Notes(opened, calls, "buiten")
    outer.open()
    inner = Notes(outer, calls, "binnen")
    inner.open()
    qtbot.waitExposed(inner)
    return [outer, inner]


def colours(image: QImage) -> set[int]:
    """The colours of every third point, but of the words and sign in the middle."""
    wide = range(0, image.width(), 3)
    middle = image.height() // 2
    high = [y for y in range(0, image.height() - 2, 3) if abs(y - middle) > 50]
    return {image.pixel(x, y) for x in wide for y in high}


def test_every_dialog_gets_its_last_call_the_inner_one_first(
    opened: MainWindow, notes: list[Notes]
) -> None:
    calls = notes[0].calls
    opened.lock()
    assert calls == [f"binnen {PUPIL}", f"buiten {PUPIL}"]
    assert opened.work is None


def test_closed_dialog_gets_no_last_call(opened: MainWindow, notes: list[Notes]) -> None:
    notes[1].done(0)
    opened.lock()
    assert notes[0].calls == [f"buiten {PUPIL}"]


def test_bug_in_a_last_call_does_not_stop_the_lock(
    opened: MainWindow, notes: list[Notes], caplog: pytest.LogCaptureFixture
) -> None:
    notes[1].on_lock = lambda: 1 / 0  # type: ignore[method-assign]
    opened.lock()
    assert notes[0].calls == [f"buiten {PUPIL}"]
    assert opened.work is None
    assert opened.shell.tasks.workspace is None
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert PUPIL not in caplog.text


def test_ctrl_l_locks_from_a_dialog_over_a_dialog(
    qtbot: QtBot, opened: MainWindow, notes: list[Notes]
) -> None:
    qtbot.keyClick(notes[1].field, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert opened.work is None
    assert not notes[0].isVisible()
    assert not notes[1].isVisible()


def test_menus_lists_and_tips_close(qtbot: QtBot, opened: MainWindow) -> None:
    menu = QMenu(PUPIL)
    menu.addAction(PUPIL)
    menu.popup(opened.mapToGlobal(opened.rect().center()))
    field = QLineEdit(opened.work)
    field.setCompleter(QCompleter([PUPIL], field))
    field.show()
    field.setFocus()
    qtbot.keyClicks(field, PUPIL[:3])
    QToolTip.showText(opened.pos(), PUPIL, opened)
    popup = field.completer().popup()
    opened.lock()
    assert not menu.isVisible()
    assert not popup.isVisible()
    wait_until(lambda: not QToolTip.isVisible())
    menu.deleteLater()


def test_window_is_blank_before_anything_else_happens(
    opened: MainWindow, notes: list[Notes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While pages still write their drafts, no window shows a thing."""
    seen: list[set[int]] = []
    titles: list[str] = []
    real = WorkView.close_pages

    def look(work: WorkView) -> None:
        for shown in (opened, *notes):
            top = [c for c in shown.findChildren(Curtain) if c.parent() is shown]
            assert top[0].geometry() == shown.rect()
            seen.append(colours(shown.grab().toImage()))
            titles.append(shown.windowTitle())
        real(work)

    monkeypatch.setattr(WorkView, "close_pages", look)
    opened.lock()
    assert seen == [{theme.color("surface.canvas").rgb()}] * 3
    assert titles == ["WBOS"] * 3


def test_f9_blanks_every_window_and_shows_it_again(
    qtbot: QtBot, opened: MainWindow, notes: list[Notes]
) -> None:
    before = colours(notes[1].grab().toImage())
    qtbot.keyClick(notes[1].field, Qt.Key.Key_F9)
    assert opened.guard.blank
    assert notes[1].windowTitle() == opened.windowTitle() == "WBOS"
    assert colours(notes[1].grab().toImage()) == {theme.color("surface.canvas").rgb()}
    qtbot.keyClick(notes[1].field, Qt.Key.Key_F9)
    assert not opened.guard.blank
    assert opened.windowTitle() == "Vandaag · WBOS"
    assert not [c for c in notes[1].findChildren(Curtain) if c.isVisible()]
    assert len(before & colours(notes[1].grab().toImage())) > 5


def test_keys_do_nothing_behind_the_curtain_and_a_click_opens_it(
    qtbot: QtBot, opened: MainWindow, notes: list[Notes]
) -> None:
    field = notes[1].field
    qtbot.keyClick(field, Qt.Key.Key_F9)
    qtbot.keyClicks(field, "abc")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == PUPIL
    assert opened.guard.blank
    qtbot.mouseClick(notes[1].close_button, Qt.MouseButton.LeftButton)
    assert not opened.guard.blank
    assert notes[1].isVisible()


def test_dialog_that_opens_on_a_blank_screen_is_blank_too(qtbot: QtBot, opened: MainWindow) -> None:
    opened.guard.toggle_blank()
    late = Notes(opened, [], "laat")
    late.open()
    assert colours(late.grab().toImage()) == {theme.color("surface.canvas").rgb()}
    opened.guard.toggle_blank()
    assert len(colours(late.grab().toImage())) > 5


def test_no_window_tells_its_title_to_the_system(opened: MainWindow) -> None:
    """Task switchers, recorders and the choice of a window to share show these titles."""
    told = Notes(opened, [], "brief")
    told.open()
    assert PUPIL in told.heading
    assert PUPIL in told.accessibleName()
    told.set_heading(f"Anders over {PUPIL}")
    assert told.windowTitle() == "WBOS"


def test_blank_screen_still_locks(qtbot: QtBot, opened: MainWindow) -> None:
    qtbot.keyClick(opened, Qt.Key.Key_F9)
    opened.idle.expired.emit()
    assert opened.work is None
    assert not opened.guard.blank
    assert not [c for c in opened.findChildren(Curtain) if c.isVisible()]


def test_countdown_stands_on_every_dialog(
    qtbot: QtBot, opened: MainWindow, notes: list[Notes]
) -> None:
    opened.idle.near.emit(42)
    pills = [p for d in notes for p in d.findChildren(CountdownPill) if p.parent() is d]
    assert [pill.accessibleName() for pill in pills] == ["Op slot over 42 seconden"] * 2
    assert all(pill.isVisible() for pill in pills)
    opened.idle.near.emit(None)
    assert not any(pill.isVisible() for pill in pills)


def test_user_who_leaves_locks_and_forgets_half_a_password(
    qtbot: QtBot, opened: MainWindow
) -> None:
    opened.go_away()
    assert opened.work is None
    wait(opened)
    qtbot.keyClicks(opened.shut.passphrase.secret.field, "paarse fi")
    opened.go_away()
    assert opened.shut.passphrase.secret.field.text() == ""
    unlock(qtbot, opened)
    wait_until(lambda: opened.work is not None)
    wait(opened)


def test_lock_comes_between_the_door_and_the_page(qtbot: QtBot, window: MainWindow) -> None:
    """The laptop sleeps while the vault is being opened: no page follows."""
    window.shut.opened.connect(lambda _vault: window.go_away())
    unlock(qtbot, window)
    wait(window)
    assert window.work is None
    assert window.shell.tasks.workspace is None


def test_each_window_is_kept_out_of_pictures(
    qtbot: QtBot, opened: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, bool]] = []
    capture = Capture(lambda window, on: asked.append((window, on)) is None)
    capture.on = True
    monkeypatch.setattr(opened.guard, "capture", capture)
    dialog = Dialog("Vraag", parent=opened)
    dialog.open()
    menu = QMenu(opened)
    menu.addAction("Keuze")
    menu.popup(opened.pos())
    assert asked == [(int(dialog.winId()), True), (int(menu.winId()), True)]
    capture.on = False
    capture.cover(dialog)
    assert asked[-1] == (int(dialog.winId()), False)
    QApplication.activePopupWidget().close()


def on_board() -> str:
    return QApplication.clipboard().text()


def test_copied_out_of_a_field_is_secret_and_gone_at_lock(
    qtbot: QtBot, opened: MainWindow, notes: list[Notes]
) -> None:
    notes[1].activateWindow()
    wait_until(lambda: QApplication.focusWindow() is not None)
    notes[1].field.selectAll()
    notes[1].field.copy()
    marks = QApplication.clipboard().mimeData().formats()
    assert on_board() == PUPIL
    assert "x-kde-passwordManagerHint" in marks
    assert any("CanIncludeInClipboardHistory" in mark for mark in marks)
    opened.lock()
    assert on_board() == ""


def test_copied_from_a_table_is_gone_at_lock(opened: MainWindow) -> None:
    Clipboard(opened).copy(f"2B\t{PUPIL}")
    opened.lock()
    assert on_board() == ""


def test_what_another_program_copied_stays(opened: MainWindow) -> None:
    opened.shell.clipboard.clear()  # ends the watching, as when another program has the keys
    opened.shell.clipboard.copy(PUPIL)
    QApplication.clipboard().setText("boodschappen")
    opened.lock()
    assert on_board() == "boodschappen"
    QApplication.clipboard().clear()


def test_copied_text_goes_after_half_a_minute(qtbot: QtBot, opened: MainWindow) -> None:
    board = opened.shell.clipboard
    board.copy(PUPIL)
    assert board._timer.interval() == 30_000
    board._timer.setInterval(10)
    wait_until(lambda: on_board() == "")
    assert board._watching


def test_idle_lock_with_a_menu_that_waits_for_a_choice(qtbot: QtBot, opened: MainWindow) -> None:
    """An open menu can have an event loop of its own; the lock comes inside it."""
    button = Button("Meer")
    menu = QMenu(button)
    menu.addAction(PUPIL)
    opened.work.page.body.addWidget(button)
    QTimer.singleShot(50, opened.idle.expired.emit)
    menu.exec(opened.mapToGlobal(opened.rect().center()))  # returns when the menu is closed
    assert opened.work is None
    wait(opened)
    assert QApplication.activePopupWidget() is None


def test_lock_stops_a_running_export_and_leaves_no_file(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = threading.Event()

    def slow(_report: object, _suffix: str, progress: Progress) -> tuple[bytes, tuple[str, ...]]:
        began.set()
        for step in range(1000):
            progress.step(step, 1000)
            time.sleep(0.01)
        return b"", ()

    monkeypatch.setattr(exports, "build", slow)
    workspace, page = opened.shell.tasks.workspace, opened.work.page
    opened.shell.tasks.run_long(page, exports.save_register, workspace, None, tmp_path / "x.xlsx")
    assert began.wait(60)
    with qtbot.waitSignal(opened.locked, timeout=60_000):
        opened.lock()
    assert list(tmp_path.glob("x*")) == []


def test_lock_closes_a_file_dialog(qtbot: QtBot, opened: MainWindow) -> None:
    opened.shell.messages.save_file(opened, "Bewaren", "uit.pdf", "PDF (*.pdf)", print)
    [dialog] = open_dialogs(opened)
    opened.lock()
    assert open_dialogs(opened) == []
    wait_until(lambda: not shiboken6.isValid(dialog))


def test_bug_on_the_way_out_leaves_the_curtain_and_closes_the_vault(
    qtbot: QtBot, opened: MainWindow, monkeypatch: pytest.MonkeyPatch, caplog: object
) -> None:
    workspace = opened.shell.tasks.workspace
    with monkeypatch.context() as broken:
        broken.setattr(opened, "show_shut", lambda: 1 / 0)
        with qtbot.waitSignal(opened.locked, timeout=60_000):
            opened.lock()
    assert opened.guard.blank
    assert opened.shell.tasks.workspace is None
    with pytest.raises(VaultError):
        workspace.read(lambda session: session.connection())
    opened.guard.stop()
    opened.show_shut()


def test_presenting_and_its_sign_fit_a_small_window(qtbot: QtBot, opened: MainWindow) -> None:
    opened.resize(1024, 540)
    theme.apply(QApplication.instance(), "light", 130)
    qtbot.keyClick(opened, Qt.Key.Key_F8)
    wait_until(lambda: opened.shell.presenting)
    wait(opened)
    [banner] = opened.work.findChildren(Banner)
    assert find_clipped_texts(banner) == []
    assert find_unnamed_controls(banner) == []
    theme.apply(QApplication.instance(), "light", 100)


def test_password_dialog_fits(qtbot: QtBot, opened: MainWindow) -> None:
    ask_file_password(opened.shell, opened, print)
    [dialog] = open_dialogs(opened)
    qtbot.waitExposed(dialog)
    assert find_clipped_texts(dialog) == []
    assert find_unnamed_controls(dialog) == []
