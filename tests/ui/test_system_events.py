"""What the system tells of a user who leaves: over a real D-Bus, and as messages of Windows."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from ctypes import wintypes
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtDBus import QDBusMessage
from pytestqt.qtbot import QtBot

from wbos_desktop.ui import system_events
from wbos_desktop.ui.system_events import (
    SystemEvents,
    WindowsMessages,
    _PowerSetting,
    is_going_away,
    session_path,
)

ROOT = Path(__file__).parents[2]
# Plays the services of the system on a bus of its own, and prints which signals locked.
CHILD = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot, ClassInfo
from PySide6.QtDBus import QDBusConnection, QDBusMessage
import wbos_desktop.ui
from wbos_desktop.ui.system_events import SystemEvents

app = QCoreApplication([])
ours = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, "ours")
theirs = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, "theirs")
events = SystemEvents()
events.listen_to(ours, ours)
heard = []
events.going_away.connect(lambda: heard.append(1))
login, seat = "org.freedesktop.login1", "/org/freedesktop/login1/session/_32"
told = [
    ("sleep", "/org/freedesktop/login1", login + ".Manager", "PrepareForSleep", [True]),
    ("woke", "/org/freedesktop/login1", login + ".Manager", "PrepareForSleep", [False]),
    ("lock", seat, login + ".Session", "Lock", []),
    ("other lock", seat + "9", login + ".Session", "Lock", []),
    ("saver", "/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", [True]),
    ("saver off", "/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", [False]),
    ("gnome", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", [True]),
    ("unlock", seat, login + ".Session", "Unlock", []),
]

def tell():
    if not told:
        app.quit()
        return
    name, path, interface, member, values = told.pop(0)
    message = QDBusMessage.createSignal(path, interface, member)
    message.setArguments(values)
    heard.clear()
    theirs.send(message)
    QTimer.singleShot(150, lambda: (print(name, len(heard), flush=True), tell()))

QTimer.singleShot(100, tell)
app.exec()
"""


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="needs a D-Bus daemon")
def test_signals_of_linux_are_heard() -> None:
    command = ["dbus-run-session", "--", sys.executable, "-c", CHILD]
    env = os.environ | {"XDG_SESSION_ID": "2", "QT_QPA_PLATFORM": "offscreen"}
    said = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60)
    heard = dict(line.rsplit(" ", 1) for line in said.stdout.splitlines())
    assert {name for name, count in heard.items() if count == "1"} == {
        "sleep",
        "lock",
        "saver",
        "gnome",
    }, said.stderr
    assert len(heard) == 8


@pytest.mark.parametrize(
    ("session_id", "path"),
    [
        ("2", "/org/freedesktop/login1/session/_32"),
        ("c1", "/org/freedesktop/login1/session/c1"),
        ("12", "/org/freedesktop/login1/session/_312"),
        ("", ""),
    ],
)
def test_own_session_is_known_by_its_name(session_id: str, path: str) -> None:
    assert session_path(session_id) == path


# Numbers as Windows' own headers have them.
WTS, POWER, QUERY_END = 0x02B1, 0x0218, 0x0011
AWAY = {
    "locked": (WTS, 7),
    "other user": (WTS, 2),
    "remote desktop": (WTS, 3),
    "logged off": (WTS, 6),
    "sleep": (POWER, 4),
    "woke up": (POWER, 18),
    "shut down": (QUERY_END, 0),
}
STAYS = {"unlocked": (WTS, 8), "here again": (WTS, 1), "battery": (POWER, 10), "key": (0x100, 7)}


@pytest.mark.parametrize("name", [*AWAY, *STAYS])
def test_messages_of_windows_are_read(qtbot: QtBot, name: str) -> None:
    events, heard = SystemEvents(), []
    events.going_away.connect(lambda: heard.append(name))
    number, what = (AWAY | STAYS)[name]
    message = wintypes.MSG(message=number, wParam=what)
    reader = WindowsMessages(events)
    kind = QByteArray(b"windows_generic_MSG")
    assert reader.nativeEventFilter(kind, ctypes.addressof(message)) == (False, 0)
    assert bool(heard) == (name in AWAY)


@pytest.mark.parametrize(("state", "away"), [(0, True), (1, False)])
def test_shut_lid_is_read(state: int, away: bool) -> None:
    setting = _PowerSetting(length=1, data=state)
    setting.guid[:] = system_events._LID
    assert is_going_away(POWER, 0x8013, ctypes.addressof(setting)) is away
    setting.guid[0] = 0
    assert not is_going_away(POWER, 0x8013, ctypes.addressof(setting))


def test_other_messages_are_left_alone(qtbot: QtBot) -> None:
    reader = WindowsMessages(SystemEvents())
    assert reader.nativeEventFilter(QByteArray(b"xcb_generic_event_t"), 0) == (False, 0)


LOGIN, POWER_SERVICE = "org.freedesktop.login1.Session", "org.freedesktop.UPower"
OURS = "/org/freedesktop/login1/session/_32"


@pytest.mark.parametrize(
    ("about", "path", "answer", "away"),
    [
        (LOGIN, OURS, False, True),  # another user has the screen
        (LOGIN, OURS, True, False),
        (LOGIN, f"{OURS}9", False, False),  # of somebody else
        (POWER_SERVICE, "/org/freedesktop/UPower", True, True),  # the lid is shut
        (POWER_SERVICE, "/org/freedesktop/UPower", False, False),
        ("org.freedesktop.NetworkManager", "/", True, False),
        (LOGIN, OURS, None, False),  # no answer
    ],
)
def test_changes_on_the_bus_are_sorted(
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    about: str,
    path: str,
    answer: object,
    away: bool,
) -> None:
    events, heard = SystemEvents(), []
    events.going_away.connect(lambda: heard.append(1))
    monkeypatch.setattr(events, "_session_path", OURS)
    monkeypatch.setattr(events, "_ask", lambda *_names: answer)
    message = QDBusMessage.createSignal(
        path, "org.freedesktop.DBus.Properties", "PropertiesChanged"
    )
    message.setArguments([about, "", ""])
    events.changed(message)
    assert bool(heard) is away


def test_sleep_waits_until_the_windows_are_blank(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    events, order = SystemEvents(), []

    class Held:
        def __del__(self) -> None:
            order.append("let go")

    monkeypatch.setattr(events, "_call", lambda *_values: [order.append("held") or Held()])
    events.going_away.connect(lambda: order.append("blank"))
    events._hold_sleep()
    events.sleeping(True)
    assert order == ["held", "blank", "let go"]
    events.sleeping(False)
    assert order[3:] == ["held"]


BUS = """
from PySide6.QtCore import QCoreApplication
import wbos_desktop.ui
from wbos_desktop.ui.system_events import SystemEvents
from PySide6.QtDBus import QDBusConnection

app = QCoreApplication([])
events = SystemEvents()
events._bus = QDBusConnection.sessionBus()
name = "org.freedesktop.DBus"
print(len(events._ask(name, "/org/freedesktop/DBus", name, "Interfaces")) > 0)
print(events._ask("org.wbos.Nobody", "/", "org.wbos.Nobody", "Active"))
"""


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="needs a D-Bus daemon")
def test_questions_to_the_bus_are_answered_or_not() -> None:
    command = ["dbus-run-session", "--", sys.executable, "-c", BUS]
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    said = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert said.stdout.split() == ["True", "None"], said.stderr
