"""Wires the program: language, theme, exception hook, one window per vault; takes it down in
reverse."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QCryptographicHash,
    QLibraryInfo,
    QLocale,
    QObject,
    QTimer,
    QTranslator,
    Signal,
)
from PySide6.QtWidgets import QApplication

import wbos_desktop.ui  # noqa: F401 - makes Qt safe on Python 3.11, before Qt is imported
from wbos_desktop import i18n, paths
from wbos_desktop.settings import Settings
from wbos_desktop.ui import theme
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.messages import Messages
from wbos_desktop.ui.routes import Navigator
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Tasks
from wbos_desktop.ui.widgets.logo import logo_icon

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

WAIT_MS = 500
WARM_UP_MS = 250


class Doorbell(QObject):
    """Lets a second start of the program bring the first window to front.

    A local socket named after user and folder; it carries no data but the fact of the ring.
    """

    rung = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server: QLocalServer | None = None

    def listen(self, vault: Path) -> None:
        """Answer for this vault, and no longer for another."""
        from PySide6.QtNetwork import QLocalServer

        self.close()
        name = _bell_name(vault)
        QLocalServer.removeServer(name)
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._answer)
        server.listen(name)
        self._server = server

    def close(self) -> None:
        """Answer no longer."""
        if self._server is not None:
            self._server.close()
            self._server.deleteLater()
            self._server = None

    def _answer(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()):
            socket.disconnectFromServer()
            socket.deleteLater()
            self.rung.emit()


def ring(vault: Path) -> bool:
    """True when another window of this user has the vault: it comes to front."""
    from PySide6.QtNetwork import QLocalSocket

    socket = QLocalSocket()
    socket.connectToServer(_bell_name(vault))
    answered = socket.waitForConnected(WAIT_MS)
    socket.abort()
    return answered


def _bell_name(vault: Path) -> str:
    place = f"{vault.resolve()} {Path.home()}"
    digest = QCryptographicHash.hash(place.encode(), QCryptographicHash.Algorithm.Sha256)
    return "wbos-" + bytes(digest.toHex().data()).decode()[:24]


def choose_vault(settings: Settings) -> Path:
    """The folder of last time: the own vault, or the example school while it is there."""
    if settings.get("last_vault") == "demo" and (paths.demo_vault() / "keys.json").exists():
        return paths.demo_vault()
    return paths.default_vault()


def make_application(settings: Settings) -> QApplication:
    """The QApplication in the user's language and look."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("WBOS")
    app.setDesktopFileName("wbos-desktop")
    i18n.activate(settings.get("language") or i18n.system_language())
    theme.apply(app, settings.get("theme"), settings.get("text_size"), quick=True)
    return app


def make_window(settings: Settings, vault: Path) -> MainWindow:
    """The window with its lanes, not shown yet. Close it with `take_down`."""
    messages = Messages()
    shell = Shell(Tasks(messages), messages, Navigator(), settings)
    messages.setParent(shell.tasks)
    window = MainWindow(shell, vault)
    shell.tasks.setParent(window)
    return window


def take_down(window: MainWindow) -> None:
    """Lock, finish the writes that were asked for, end the threads."""
    window.lock()
    window.shell.tasks.close()
    window.shell.clipboard.clear()


def run(vault: Path | None = None) -> int:
    """Open the window and return its exit status; 0 too when the first window was shown."""
    settings = Settings()
    folder = vault or choose_vault(settings)
    app = make_application(settings)
    if ring(folder):
        return 0
    bell = Doorbell(app)
    bell.listen(folder)
    window = make_window(settings, folder)
    _report_bugs_to(window)
    bell.rung.connect(window.come_to_front)
    window.vault_changed.connect(bell.listen)
    window.show()
    QTimer.singleShot(WARM_UP_MS, window, lambda: _warm_up(app, window))
    status = app.exec()
    take_down(window)
    bell.close()
    return status


def show_once(vault: Path | None = None) -> bool:
    """Show the window until it is painted, then close it: for the installer and the benchmark."""
    settings = Settings()
    app = make_application(settings)
    window = make_window(settings, vault or paths.default_vault())
    window.show()
    shown = window.grab().size().isValid()
    QTimer.singleShot(0, app.quit)
    app.exec()
    take_down(window)
    window.deleteLater()
    return shown


def _report_bugs_to(window: MainWindow) -> None:
    from wbos_desktop import log

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.exception_hook(kind, error, trace)
        if issubclass(kind, Exception):
            window.shell.messages.report_bug(window, error)

    sys.excepthook = hook


def _warm_up(app: QApplication, window: MainWindow) -> None:
    """What can wait until the window is on the screen."""
    window.warm_up()
    app.setWindowIcon(logo_icon())
    QLocale.setDefault(QLocale(i18n.language()))
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{i18n.language()}", folder):
        # Qt's own words, such as those of the file dialog.
        app.installTranslator(translator)
