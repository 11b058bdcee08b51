"""`python -m benchmarks.stalls VAULT`: the longest time the window answered nothing, in ms.

A timer should ring every few milliseconds on the thread of the window; how late it rings is how
long a key press would have waited. One line for each page, and for work that takes long.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["WBOS_DATA_DIR"] = tempfile.mkdtemp(prefix="wbos-bench-stalls-")

from PySide6.QtCore import QObject, Qt, QTimer

from benchmarks.lock import show_window
from tests.damage.test_disk import held
from tests.helpers.waiting import rest, wait_until
from tests.screens import routes
from wbos_desktop import app
from wbos_desktop.services import cases
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.workspace import backup_keeping
from wbos_desktop.workspace.opening import OpenVault

BEAT_MS = 4


class Heart(QObject):
    """Beats on the thread of the window, and knows its longest pause since `start`."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._last = 0.0
        self.worst = 0.0

    def start(self) -> None:
        """Begin to watch."""
        self.worst, self._last = 0.0, time.perf_counter()
        self._timer.start()

    def stop(self) -> float:
        """The longest pause in milliseconds."""
        self._timer.stop()
        self._beat()
        return self.worst

    def _beat(self) -> None:
        now = time.perf_counter()
        self.worst = max(self.worst, 1000 * (now - self._last) - BEAT_MS)
        self._last = now


def watched(window: MainWindow, act: Callable[[], object], seconds: float = 60) -> float:
    """The longest pause while something is done and until its answers are shown."""
    heart = Heart()
    heart.start()
    act()
    wait_until(lambda: not window.shell.tasks.busy, seconds)
    rest(0.2)
    return heart.stop()


def beside_another_program(window: MainWindow, vault: OpenVault, case_id: int) -> float:
    """F-36: a save waits for another program, the user asks another page, then stops waiting."""
    shell = window.shell

    def stop() -> None:
        vault.workspace.stop_waiting()

    def ask() -> None:
        shell.tasks.write(window, cases.add_note, case_id, "Kort gesproken.")
        shell.go("incidents")
        QTimer.singleShot(1500, stop)

    with held(vault):
        return watched(window, ask)


def main(folder: Path) -> None:
    """Print name and milliseconds: pages opened first and again, a save that waits, a backup."""
    window = show_window(folder)
    shell = window.shell
    for turn in ("first", "again"):
        for name, route in list(routes(window)):
            print(turn, name, watched(window, partial(shell.navigator.go, route)))
    vault = shell.vault
    assert vault is not None
    case_id = vault.workspace.read(cases.list_open_cases)[0][0]
    print("busy", "F-36", beside_another_program(window, vault, case_id))
    back_up = partial(shell.tasks.run_long, window, lambda _progress: backup_keeping.back_up(vault))
    print("backup", "now", watched(window, back_up))
    app.take_down(window)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
