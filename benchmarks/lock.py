"""`python -m benchmarks.lock VAULT`: milliseconds from the key to a blank window, to the unlock
page, and to a closed vault; the worst of every page of the example school with a dialog over it."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["WBOS_DATA_DIR"] = tempfile.mkdtemp(prefix="wbos-bench-lock-")

from PySide6.QtWidgets import QLineEdit

from tests.helpers.waiting import rest, wait_until
from tests.screens import routes
from wbos_desktop import app, vaults
from wbos_desktop.settings import Settings
from wbos_desktop.ui.curtain import Curtains
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.dialog import Dialog


def open_on(window: MainWindow, folder: Path, route: Route | None) -> None:
    window._opened(vaults.open_example(folder))  # noqa: SLF001
    wait_until(lambda: window.work is not None and not window.shell.tasks.busy)
    if route is not None:
        window.shell.navigator.go(route)
        wait_until(lambda: not window.shell.tasks.busy, 60)
    dialog = Dialog("Vraag", parent=window)
    dialog.body.addWidget(QLineEdit("tekst"))
    dialog.open()
    rest(0.2)


def lock(window: MainWindow) -> tuple[float, float, float]:
    """Milliseconds to blank, to the unlock page, to closed."""
    drawn: list[float] = []
    closed: list[float] = []
    real: Callable[..., None] = Curtains.draw

    def draw(curtains: Curtains, words: str = "") -> None:
        real(curtains, words)
        drawn.append(time.perf_counter())

    Curtains.draw = draw  # type: ignore[method-assign]
    window.locked.connect(lambda: closed.append(time.perf_counter()))
    started = time.perf_counter()
    window.lock()
    shown = time.perf_counter()
    wait_until(lambda: bool(closed))
    Curtains.draw = real  # type: ignore[method-assign]
    rest(0.1)
    return tuple(1000 * (moment - started) for moment in (drawn[0], shown, closed[0]))  # type: ignore[return-value]


def show_window(folder: Path) -> MainWindow:
    """The window of the program with the vault open."""
    settings = Settings()
    app.make_application(settings)
    window = app.make_window(settings, folder)
    window.resize(1366, 768)
    window.show()
    open_on(window, folder, None)
    return window


def main(folder: Path) -> None:
    window = show_window(folder)
    found = [route for _name, route in routes(window)]
    lock(window)
    measured = []
    for route in found:
        open_on(window, folder, route)
        measured.append(lock(window))
    app.take_down(window)
    print(*(f"{max(column):.1f}" for column in zip(*measured, strict=True)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
