"""Hears from the system that the user goes away: sleep, lock of the screen, another user, lid.

Linux: signals of logind, UPower and the screen saver over D-Bus (a local pipe of the system, no
network). Windows: messages to the window. macOS: nothing is heard; there, as everywhere, the
clock of `idle.py` sees afterwards that the laptop slept, and the idle lock counts on.
"""

from __future__ import annotations

import ctypes
import os
import string
import sys
from contextlib import suppress
from ctypes import wintypes
from typing import Any

from PySide6.QtCore import (
    SLOT,
    QAbstractNativeEventFilter,
    QByteArray,
    QCoreApplication,
    QObject,
    Signal,
    Slot,
)
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from PySide6.QtWidgets import QWidget

_LOGIN = "org.freedesktop.login1"
_POWER_SERVICE = "org.freedesktop.UPower"
_SAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver")
_INHIBIT = ["sleep", "WBOS", "Lock the vault first", "delay"]
_WAIT_MS = 300
# Any: the binding takes the text of SLOT, its type stub asks for bytes.
_TOLD: Any = SLOT("told(bool)")
_SLEEP: Any = SLOT("sleeping(bool)")
_LOCKED: Any = SLOT("locked()")
_CHANGED: Any = SLOT("changed(QDBusMessage)")

# Numbers of Windows, from winuser.h and wtsapi32.h.
_POWER, _SESSION, _END_SESSION = 0x0218, 0x02B1, 0x0011
_SUSPEND, _RESUME, _RESUME_AUTOMATIC, _POWER_SETTING = 0x4, 0x7, 0x12, 0x8013
# Console or remote disconnected, remote connected, logged off, screen locked.
_SESSION_AWAY = frozenset({0x2, 0x3, 0x4, 0x6, 0x7})
# GUID_LIDSWITCH_STATE_CHANGE as it lies in memory.
_LID = bytes.fromhex("4d0f3eba17b89440a2d1d56379e6a0f3")


class SystemEvents(QObject):
    """One for the program; `going_away` says that nobody looks at the screen any more."""

    going_away = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages: WindowsMessages | None = None
        self._session_path = ""
        self._bus: QDBusConnection | None = None
        self._hold: object = None

    def listen(self, window: QWidget) -> None:
        """Begin; a system without these means is silent."""
        if sys.platform == "win32":
            self._messages = WindowsMessages(self)
            with suppress(AttributeError, OSError):  # deaf is better than not starting
                self._messages.listen(int(window.winId()))
        elif sys.platform.startswith("linux"):
            self.listen_to(QDBusConnection.systemBus(), QDBusConnection.sessionBus())

    def listen_to(self, system: QDBusConnection, session: QDBusConnection) -> None:
        """Hear the two buses of Linux; one that is not there is left out."""
        self._bus = system
        if system.isConnected():
            self._session_path = session_path(os.environ.get("XDG_SESSION_ID", ""))
            manager, seat = f"{_LOGIN}.Manager", f"{_LOGIN}.Session"
            system.connect("", "", manager, "PrepareForSleep", self, _SLEEP)
            self._hold_sleep()
            system.connect("", "", manager, "PrepareForShutdown", self, _TOLD)
            system.connect("", self._session_path, seat, "Lock", self, _LOCKED)
            system.connect(
                "",
                "",
                "org.freedesktop.DBus.Properties",
                "PropertiesChanged",
                self,
                _CHANGED,
            )
        if session.isConnected():
            for saver in _SAVERS:
                session.connect("", "", saver, "ActiveChanged", self, _TOLD)

    @Slot(bool)
    def told(self, on: bool) -> None:
        """Sleep begins or the screen saver comes; their end is told too."""
        if on:
            self.going_away.emit()

    @Slot(bool)
    def sleeping(self, on: bool) -> None:
        """Sleep begins once we let go; by then the windows are blank. Or it has ended."""
        if on:
            self.going_away.emit()
            self._hold = None
        else:
            self._hold_sleep()

    def _hold_sleep(self) -> None:
        """Ask logind to wait with the next sleep until we locked, a few seconds at most."""
        values = self._call(f"{_LOGIN}.Manager", "/org/freedesktop/login1", "Inhibit", _INHIBIT)
        self._hold = values[0] if values else None  # letting go of it closes the file

    @Slot()
    def locked(self) -> None:
        """The screen was locked by the session manager."""
        self.going_away.emit()

    @Slot(QDBusMessage)
    def changed(self, message: QDBusMessage) -> None:
        """Our session is no longer the one on the screen, or the lid is shut."""
        about, path = str((message.arguments() or [""])[0]), message.path()
        away = False
        if about == f"{_LOGIN}.Session" and path == self._session_path:
            away = self._ask(_LOGIN, path, about, "Active") is False
        elif about == _POWER_SERVICE:
            away = self._ask(about, path, about, "LidIsClosed") is True
        if away:
            self.going_away.emit()

    def _ask(self, service: str, path: str, interface: str, name: str) -> object:
        properties = "org.freedesktop.DBus.Properties"
        values = self._call(properties, path, "Get", [interface, name], service)
        value: Any = values[0] if values else None
        return value.variant() if hasattr(value, "variant") else value

    def _call(
        self, interface: str, path: str, name: str, values: list[str], service: str = _LOGIN
    ) -> list[Any]:
        """The values of the answer; none when nobody answers in time."""
        if self._bus is None:
            return []
        question = QDBusMessage.createMethodCall(service, path, interface, name)
        question.setArguments(values)
        answer = self._bus.call(question, timeout=_WAIT_MS)
        good = answer.type() == QDBusMessage.MessageType.ReplyMessage
        return list(answer.arguments()) if good else []


def session_path(session_id: str) -> str:
    """The name of our session on the bus: '2' is '/org/freedesktop/login1/session/_32'.

    '' when the session is not known: then every session's lock is heard.
    """
    if not session_id:
        return ""
    letters = string.ascii_letters
    first = session_id[0] if session_id[0] in letters else _hex(session_id[0])
    rest = (char if char in letters + string.digits else _hex(char) for char in session_id[1:])
    escaped = first + "".join(rest)
    return f"/org/freedesktop/login1/session/{escaped}"


def _hex(char: str) -> str:
    return f"_{ord(char):02x}"


class _PowerSetting(ctypes.Structure):
    """POWERBROADCAST_SETTING: which setting, how long, its first byte."""

    _fields_ = (("guid", ctypes.c_ubyte * 16), ("length", wintypes.DWORD), ("data", ctypes.c_ubyte))


class WindowsMessages(QAbstractNativeEventFilter):
    """Reads the messages of Windows to our window.

    Written from Microsoft's descriptions; the reading is tested with made-up messages, the
    registering was never run on Windows.
    """

    def __init__(self, events: SystemEvents) -> None:
        super().__init__()
        self._events = events

    def listen(self, window: int) -> None:
        """Ask Windows for messages about the session and the lid."""
        app = QCoreApplication.instance()
        if app is not None:
            app.installNativeEventFilter(self)
        windll = getattr(ctypes, "windll")  # noqa: B009 - only there on Windows
        handle = ctypes.c_void_p(window)
        windll.wtsapi32.WTSRegisterSessionNotification(handle, 0)
        lid = (ctypes.c_ubyte * 16).from_buffer_copy(_LID)
        windll.user32.RegisterPowerSettingNotification(handle, ctypes.byref(lid), 0)

    def nativeEventFilter(
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> tuple[bool, int]:
        if QByteArray(kind) == b"windows_generic_MSG":
            found = wintypes.MSG.from_address(int(message))
            if is_going_away(found.message, found.wParam, found.lParam):
                self._events.going_away.emit()
        return False, 0


def is_going_away(message: int, what: int, where: int) -> bool:
    """Whether a message of Windows means that the user leaves; `where` is its LPARAM."""
    if message == _SESSION:
        return what in _SESSION_AWAY
    if message == _END_SESSION:
        return True
    if message != _POWER:
        return False
    if what == _POWER_SETTING and where:
        setting = _PowerSetting.from_address(where)
        return bytes(setting.guid) == _LID and setting.data == 0
    return what in (_SUSPEND, _RESUME, _RESUME_AUTOMATIC)
