"""Types a report in the real window, letter by letter, and tells each one, until it is killed.

Arguments: vault folder, passphrase, 'off' to switch keeping off (the control). Each line on
standard output: number of letters typed and the monotonic clock.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from wbos_desktop import app as application
from wbos_desktop.settings import Settings
from wbos_desktop.ui.drafts import DraftKeeper
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.pages.incidents.report import ReportDialog
from wbos_desktop.ui.routes import Route

LETTERS = "hij duwt haar in de gang en zegt niets "
EVERY_MS = 40
PATIENCE_SECONDS = 300  # a start takes 2 s of the processor, and 80 s where it gets little of it


class Typist:
    """Unlocks, opens the report, and types when it is ready."""

    def __init__(self, window: MainWindow, secret: str) -> None:
        self.window, self.secret = window, secret
        self.typed = 0
        self.began = time.monotonic()
        self.clock = QTimer()
        self.clock.timeout.connect(self.step)
        self.clock.start(EVERY_MS)

    def step(self) -> None:
        """One letter, or what comes before the first."""
        window = self.window
        dialog = window.findChild(ReportDialog)
        if window.work is None and self.secret and window.shut is not None:
            field = window.shut.passphrase.secret.field
            QTest.keyClicks(field, self.secret)
            QTest.keyClick(field, "\r")
            self.secret = ""
        elif window.work is not None and dialog is None and not window.shell.tasks.busy:
            window.shell.navigator.go(Route("report"))
        elif dialog is not None and dialog.keeper._ready:
            QTest.keyClicks(dialog.text, LETTERS[self.typed % len(LETTERS)])
            self.typed += 1
            os.write(1, f"{self.typed} {time.monotonic()}\n".encode())
        if not self.typed and time.monotonic() - self.began > PATIENCE_SECONDS:
            shown = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
            state = f"busy {window.shell.tasks.busy}, {time.process_time():.0f} s of the processor"
            os.write(2, f"nothing could be typed; {state}; the window says {shown}\n".encode())
            faulthandler.dump_traceback(all_threads=True)
            os._exit(1)


def main() -> None:
    folder, secret, keeping = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    DraftKeeper.enabled = keeping != "off"
    app = QApplication([])
    settings = Settings()
    settings.set("language", "nl")
    window = application.make_window(settings, folder)
    window.show()
    typist = Typist(window, secret)
    app.exec()
    del typist


if __name__ == "__main__":
    main()
