"""A user at the keyboard: keys go to the window that has the focus, as the computer sends them.

Where a key can't reach something the test fails with the names that Tab did reach.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QDialog, QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.pictures import picture
from tests.helpers.waiting import wait_until
from wbos_desktop import app as application
from wbos_desktop.i18n import _
from wbos_desktop.settings import Settings
from wbos_desktop.ui import theme
from wbos_desktop.ui.main_window import MainWindow

Key = Qt.Key
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
CODE_LINE = re.compile(r"([A-Z0-9]{4} - )+[A-Z0-9]{4}")
WINDOWS = (QMainWindow, QDialog, QMenu)
MOST_TABS = 160


class Strays(QObject):
    """Notes windows that nobody asked for: they flash and take the keyboard away."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget)
        if shown and watched.isWindow() and not isinstance(watched, WINDOWS):
            calls = [
                call for call in traceback.extract_stack() if "/wbos_desktop/" in call.filename
            ]
            places = {f"{Path(call.filename).name}:{call.lineno}" for call in calls[-1:]}
            self.found.append(f"{type(watched).__name__} {places or ''}")
        return False


class Driver:
    """Presses keys and looks; it never calls a page. `files` answer the file dialogs in order."""

    def __init__(self, qtbot: QtBot, vault: Path) -> None:
        self.qtbot = qtbot
        self.files: list[Path] = []
        # What earlier tests left alive is not of this window; held, so that no place is used again.
        self.strangers = QApplication.allWidgets()
        settings = Settings()
        settings.set("language", "nl")
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, "light", 100)
        self.window: MainWindow = application.make_window(settings, vault)
        qtbot.addWidget(self.window)
        self.strays = Strays()
        app.installEventFilter(self.strays)
        messages = self.window.shell.messages
        messages.open_file = lambda *args: args[-1](self.files.pop(0))  # type: ignore[method-assign]
        messages.save_file = lambda *args: args[-1](self.files.pop(0))  # type: ignore[method-assign]
        with qtbot.waitActive(self.window):
            self.window.show()

    # ------------------------------------------------------------ keys
    def press(self, *keys: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
        """Press keys one after the other, as the computer gives them to the focused window."""
        for key in keys:
            QTest.keyClick(self._place_of_keys(), key, held or Qt.KeyboardModifier.NoModifier)
        self.rest()

    def type(self, text: str) -> None:
        """Type ASCII text where the focus is."""
        for letter in text:
            QTest.keyClick(self._place_of_keys(), letter)
        self.rest()

    def tab_to(self, name: str, kind: type[QWidget] = QWidget) -> QWidget:
        """Press Tab until the focused thing is called so; fails after a whole round."""
        met: list[str] = []
        for _time in range(MOST_TABS):
            focus = QApplication.focusWidget()
            if isinstance(focus, kind) and _called(focus, name):
                return focus
            met.append(spoken(focus))
            QTest.keyClick(self._place_of_keys(), Key.Key_Tab)
        raise AssertionError(f"Tab never came to {name!r}; it came to {list(dict.fromkeys(met))}")

    def hit(self, name: str) -> None:
        """Tab to a button and press Space."""
        self.tab_to(name)
        self.press(Key.Key_Space)

    def fill(self, name: str, text: str) -> None:
        """Tab to a field and type in place of what is there."""
        self.tab_to(name)
        self.press(Key.Key_A, held=CTRL)
        self.type(text)

    def choose_pill(self, name: str, step: Qt.Key = Key.Key_Right) -> None:
        """With a pill of a group focused: go with the arrows to the one called so and take it."""
        for _time in range(20):
            if _called(QApplication.focusWidget(), name):
                self.press(Key.Key_Return)
                return
            QTest.keyClick(self._place_of_keys(), step)
        raise AssertionError(f"the arrows never came to {name!r}")

    def add_person(self, field: str, text: str, role: str = "") -> None:
        """Type in a field of names, take the first that is found, and give it a role."""
        self.tab_to(field)
        self.type(text)
        self.until_seen(_("Suggestions"))
        self.press(Key.Key_Return)
        if role:
            self.press(Key.Key_Backspace, Key.Key_Return)
            self.take_menu_item(role)
        self.tab_to(field)

    def list_of(self, name: str) -> QWidget:
        """Tab to a table or list."""
        return self.tab_to(name, QAbstractItemView)

    @property
    def focus(self) -> Any:
        """The widget that gets the keys."""
        return QApplication.focusWidget()

    @property
    def page(self) -> Any:
        """The page in view."""
        return self.window.work.page if self.window.work else None

    def no_dialog(self) -> bool:
        """True when no dialog stands over the window."""
        return QApplication.activeModalWidget() is None

    def at(self, page: str) -> bool:
        """True when this page is in view."""
        here = self.window.shell.navigator.here
        return here is not None and here.page == page

    def code_on_screen(self) -> str:
        """The recovery code as the user reads it from the screen."""
        lines = [text for text in self.shown_texts() if CODE_LINE.fullmatch(text)]
        return " ".join(dict.fromkeys(lines))

    def take_menu_item(self, text: str) -> None:
        """In an open menu: go down to the item and take it."""
        self.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        for _time in menu.actions():
            active = menu.activeAction()
            if active is not None and active.text().replace("&", "") == text:
                break
            QTest.keyClick(self._place_of_keys(), Key.Key_Down)
        self.press(Key.Key_Return)

    def _place_of_keys(self) -> QWindow:
        """The window that gets keys: an open menu, else the one in front."""
        popup = QApplication.activePopupWidget()
        if popup is None:
            self.until(lambda: QGuiApplication.focusWindow() is not None)
        handle = popup.windowHandle() if popup else QGuiApplication.focusWindow()
        assert handle is not None
        return handle

    def _wake(self) -> None:
        """A desktop gives the keyboard back when a window in front closes; this one does not."""
        if QGuiApplication.focusWindow() is None:
            (QApplication.activeModalWidget() or self.window).activateWindow()

    # ------------------------------------------------------------ looking
    def rest(self) -> None:
        """Until no answer is to come any more."""
        self.until(lambda: not self.window.shell.tasks.busy)

    def until(self, true: Callable[[], bool], why: Callable[[], object] = lambda: "") -> None:
        """Wait for something that must come true; `why` tells what stood in the way."""

        def look() -> bool:
            self._wake()
            return true()

        try:
            wait_until(look)
        except AssertionError:
            where = f"{spoken(self.focus)!r} ({type(self.focus).__name__})"
            raise AssertionError(f"it never came true; the focus is on {where} {why()}") from None

    def sees(self, text: str) -> bool:
        """True when a shown widget of the program bears this text."""
        return any(text in words for words in self.shown_texts())

    def until_seen(self, text: str) -> None:
        """Wait for words on the screen."""
        self.until(lambda: self.sees(text))

    def shown_texts(self) -> list[str]:
        """What the shown widgets say, by text or accessible name."""
        found = []
        for top in QApplication.topLevelWidgets():
            for widget in (top, *top.findChildren(QWidget)):
                if widget.isVisible():
                    found += _texts(widget)
        return found

    def all_texts(self) -> list[tuple[str, str]]:
        """What any widget of the program says, shown or not, each with where it lives."""
        ours = set(QApplication.allWidgets()) - set(self.strangers)
        return [(text, _place(widget)) for widget in ours for text in _texts(widget)]

    def photograph(self, target: Path) -> None:
        """The window with its dialogs as PNG."""
        picture(self.window).save(str(target))

    def close(self) -> None:
        """Take the program down."""
        application.take_down(self.window)
        self.strays.deleteLater()


def _called(widget: QWidget | None, name: str) -> bool:
    said = spoken(widget)
    return said == name or said.startswith((f"{name},", f"{name}:"))


def spoken(widget: QWidget | None) -> str:
    """What a screen reader would say of a widget: its name, else its text."""
    if widget is None:
        return ""
    text = widget.property("text")
    return widget.accessibleName() or (text if isinstance(text, str) else "")


def _place(widget: QWidget) -> str:
    """A widget with all that it stands on, as far as it stands on anything."""
    names = []
    above: QObject | None = widget
    while above is not None:
        names.append(type(above).__name__)
        above = above.parent()
    return " < ".join(names)


def _texts(widget: QWidget) -> list[str]:
    said = [widget.windowTitle(), widget.accessibleName(), widget.accessibleDescription()]
    said += [widget.toolTip()]
    for key in ("text", "plainText", "placeholderText", "currentText"):
        value = widget.property(key)
        if isinstance(value, str):
            said.append(value)
    return [text for text in said if text]
