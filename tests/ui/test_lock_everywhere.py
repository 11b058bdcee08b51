"""Lock from every page with every dialog that its buttons and menus open: nothing stays behind."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.counts import FULL, count
from tests.helpers.readable import all_readable
from tests.helpers.waiting import rest, wait_until
from tests.ui.test_presenting import WORD, fill, planted, shown
from tests.ui.window_fixture import unlock, wait
from wbos_desktop.ui.curtain import open_dialogs
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.page import Page
from wbos_desktop.ui.registry import PAGES
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.paged_model import PagedModel
from wbos_desktop.ui.widgets.pills import TabBar

__all__ = ["fill", "planted", "shown"]

Opened = tuple[MainWindow, dict[str, int]]


def show(qtbot: QtBot, opened: Opened, name: str) -> QWidget:
    """Unlock if need be, and show the page or dialog of a route."""
    window, ids = opened
    if window.work is None:
        unlock(qtbot, window)
        wait_until(lambda: window.work is not None)
        wait(window)
    page, _colon, part = name.partition(":")
    window.shell.navigator.go(Route(page, ids.get(page), part or None))
    wait(window)
    return window.work.page


def openers(page: QWidget) -> Iterator[tuple[str, Callable[[], object]]]:
    """What a user can press on a page: buttons, and the lines of their menus."""
    for button in page.findChildren(QAbstractButton):
        if not button.isVisible() or not button.isEnabled() or button.isCheckable():
            continue
        words = button.accessibleName() or button.text()
        menu = button.menu() if hasattr(button, "menu") else None
        if isinstance(menu, QMenu):
            for action in menu.actions():
                if isinstance(action, QAction) and action.isEnabled() and not action.isSeparator():
                    yield f"{words} > {action.text()}", action.trigger
        else:
            yield words, button.click


def tabs(page: QWidget) -> list[str]:
    bars = [bar for bar in page.findChildren(TabBar) if bar.isVisible()]
    return [pill.text() for bar in bars for pill in bar.pills] or [""]


def on_tab(qtbot: QtBot, window: MainWindow, page: QWidget, tab: str) -> None:
    for bar in page.findChildren(TabBar):
        for pill in bar.pills:
            if tab and pill.text() == tab and bar.isVisible():
                pill.click()
    wait(window)


def living() -> list[str]:
    """Pages, dialogs and lists that still hold what they showed, if only in Python."""
    gc.collect()
    kinds = (Page, Dialog, PagedModel)
    return [type(thing).__name__ for thing in gc.get_objects() if isinstance(thing, kinds)]


def lock(qtbot: QtBot, window: MainWindow) -> None:
    """Lock, and look at once and again when the vault is closed."""
    with qtbot.waitSignal(window.locked, timeout=60_000):
        window.lock()
        assert open_dialogs(window) == []
        assert QApplication.activePopupWidget() is None
        assert window.windowTitle() == "WBOS"
        assert window.shut is not None
        assert window.shut.isVisible()
    rest(0.02)
    assert living() == []
    tops = [
        top
        for top in QApplication.topLevelWidgets()
        if window.isAncestorOf(top) and top is not window
    ]
    assert [top for top in tops if top.isVisible()] == []
    spots = [window.childAt(x, y) for x in range(5, 1000, 90) for y in range(5, 500, 90)]
    assert [w for w in spots if w is not window.shut and not window.shut.isAncestorOf(w)] == []
    found = all_readable(window)
    assert WORD not in found
    assert "Bosman" not in found


@pytest.fixture(autouse=True)
def _nothing_of_other_tests() -> Iterator[None]:
    """What earlier tests left is no concern of these, and is not looked through at each lock."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


# So many kinds of dialogs at least: the walk is no walk past closed doors.
NEVER = ("Sluiten", "Vergrendelen (Ctrl+L)")
AT_LEAST = {"case": 5, "group": 3, "meetings": 2, "scenarios": 1, "manage:calendar": 2}
PARTS = ("people", "calendar", "protocols", "import", "backup", "requests", "accountability")
MORE = ("bin", "audit", "privacy", "settings")
WALKS = [name for name in PAGES if name != "manage"] + [f"manage:{p}" for p in (*PARTS, *MORE)]
PRESSES = count(3, 10_000)  # on each tab of each page; the whole walk takes a minute
DIALOGS = {name for name, entry in PAGES.items() if entry.dialog}


@pytest.mark.slow
@pytest.mark.torture
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", WALKS)
def test_lock_with_whatever_a_page_opens(qtbot: QtBot, shown: Opened, name: str) -> None:
    window, _ids = shown
    show(qtbot, shown, name)
    lock(qtbot, window)
    reached: set[str] = set()
    tried: set[tuple[str, str]] = set()
    for tab in tabs(show(qtbot, shown, name)) if name not in DIALOGS else [""]:
        for _press in range(PRESSES):
            opened = press_next(qtbot, shown, name, tab, tried)
            if opened is None:
                break
            reached |= opened
            if opened and window.work is not None:
                lock(qtbot, window)
    assert not FULL or len(reached) >= AT_LEAST.get(name, 0), reached


def press_next(
    qtbot: QtBot,
    opened: Opened,
    name: str,
    tab: str,
    tried: set[tuple[str, str]],
) -> set[str] | None:
    """Press the next button; the titles of the dialogs it opened, or None when none is left."""
    window, _ids = opened
    page = show(qtbot, opened, name)
    on_tab(qtbot, window, page, tab)
    place = next(iter(open_dialogs(window)), page) if name in DIALOGS else page
    before = set(open_dialogs(window))
    for words, press in openers(place):
        kind = words.split()[-1] if " " in words else words  # 'wijzigen', of whatever row
        alike = [known for known in tried if known[0] == tab and known[1].endswith(kind)]
        if (tab, words) in tried or len(alike) > 2 or words in NEVER:
            continue
        tried.add((tab, words))
        press()
        wait(window)
        return {dialog.accessibleName() for dialog in set(open_dialogs(window)) - before}
    return None


def test_nothing_lives_on_in_memory(qtbot: QtBot, shown: Opened) -> None:
    window, _ids = shown
    for name in ("incidents", "case", "group", "today"):
        show(qtbot, shown, name)
    assert {"CasePage", "PagedModel"} <= set(living())
    lock(qtbot, window)
    assert living() == []


def test_wal_is_empty_after_the_lock(qtbot: QtBot, shown: Opened) -> None:
    window, _ids = shown
    show(qtbot, shown, "case")
    log = Path(window.vault) / "wbos.db-wal"
    lock(qtbot, window)
    assert not log.exists() or log.stat().st_size == 0
