"""The window: shut it shows unlock or welcome, open it shows the pages. Knows no data.

WelcomePage / UnlockPage --opened(OpenVault)--> WorkView --lock()--> UnlockPage
"""

from __future__ import annotations

import datetime as dt
import gc
import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from wbos_desktop import i18n, log, paths
from wbos_desktop.i18n import _

from . import theme
from .allowed import may_open
from .capture import Capture
from .guard import Guard
from .idle import IdleClock
from .messages import close_dialogs
from .pages.unlock.care import place_warning
from .pages.unlock.unlock_page import UnlockPage
from .presenting import Presenting
from .registry import PAGES
from .routes import Route
from .shell import Shell, Who

if TYPE_CHECKING:
    from wbos_desktop.domain.today import Here
    from wbos_desktop.errors import UserError
    from wbos_desktop.progress import Progress
    from wbos_desktop.workspace.opening import OpenVault
    from wbos_desktop.workspace.session import Workspace

    from .pages.unlock.welcome_page import WelcomePage
    from .system_events import SystemEvents
    from .work_view import WorkView


# Alt+6 waits for the reports, so that no key changes its meaning when they come.
PLACE_KEYS = {1: "today", 2: "groups", 3: "incidents", 4: "scenarios", 5: "meetings", 7: "manage"}


class MainWindow(QMainWindow):
    """One window on one vault folder. `vault_changed` tells the folder it turned to."""

    vault_changed = Signal(object)
    locked = Signal()

    def __init__(self, shell: Shell, vault: Path) -> None:
        super().__init__()
        self.shell = shell
        self.vault = vault
        self.work: WorkView | None = None
        self.shut: UnlockPage | WelcomePage | None = None
        self.idle = IdleClock(self)
        self.idle.expired.connect(self.lock)
        self.idle.rested.connect(self._settle)
        self.guard = Guard(self, self.idle, Capture())
        self.guard.lock_asked.connect(self.lock)
        self.presenting = Presenting(self)
        self.guard.present_asked.connect(self.presenting.toggle)
        self.events: SystemEvents | None = None
        self._return_to: Route | None = None
        self._return_user: int | None = None
        self._faces = QStackedWidget()
        self.setCentralWidget(self._faces)
        self.setMinimumSize(1024, 540)
        # The frame and the bar of the system need room too on a 1366 x 768 screen.
        free = self.screen().availableSize() - QSize(16, 40)
        self.resize(QSize(1366, 768).boundedTo(free))
        geometry = shell.settings.get("geometry")
        if geometry:
            self.restoreGeometry(QByteArray.fromHex(geometry.encode()))
        self._add_shortcuts()
        shell.apply_settings = self.apply_settings
        shell.while_closed = self.while_closed
        self._exchanging = False
        shell.tasks.changed.connect(self._note_saved)
        self.show_shut()

    def show_shut(self) -> None:
        """Show the unlock page of the vault, or the welcome page when there is none yet."""
        if self.shut is not None:
            self.shut.abandon()
        if (self.vault / "keys.json").exists() or (self.vault / "wbos.db").exists():
            page: UnlockPage | WelcomePage = UnlockPage(self.shell, self.vault)
        else:
            from .pages.unlock.welcome_page import WelcomePage

            page = WelcomePage(self.shell, self.vault)
        if isinstance(page, UnlockPage):
            page.own_asked.connect(lambda: self.turn_to(paths.default_vault()))
            page.moved.connect(self._moved)
        page.opened.connect(self._opened)
        page.language_chosen.connect(self._language_chosen)
        self._set_face(page)
        self.shut = page
        self.setWindowTitle("WBOS")
        page.focus_first()

    def turn_to(self, vault: Path) -> None:
        """Lock, and show another vault's door."""
        self._return_to = None
        self.vault = vault
        self._remember_vault()
        if self.work is not None:
            self.lock()
        else:
            self.show_shut()

    @Slot()
    def lock(self) -> None:
        """Hide everything at once, keep drafts, close the vault, forget names.

        Asked-for writes still happen; long work is stopped first, since it reads the vault.
        """
        work, workspace = self.work, self.shell.tasks.workspace
        if workspace is None:
            return
        close = partial(_close, None if self._exchanging else self.shell.vault, workspace)
        self.guard.shut()
        try:
            self._leave(work)
        finally:
            self.work = None
            self.shell.tasks.workspace = None
            self.shell.vault = None
            self.shell.tasks.end(self, close).finally_(self._locked)

    def _leave(self, work: WorkView | None) -> None:
        """Behind the curtain: last calls, then the door; nothing of the pages stays.

        A bug in one step holds up no other, and the curtain opens for nothing but the door.
        """
        if work is not None:
            self._return_to = self._return_to_after_lock()
            self._return_user = self.shell.who.user_id
            _carried_out(work.close_pages)
        _carried_out(self.idle.stop)
        _carried_out(self.presenting.forget)
        self.work = None
        self.shell.who.__dict__.update(Who().__dict__)
        _carried_out(self.shell.tasks.drop_all)
        at_door = _carried_out(self.show_shut)
        if not at_door:
            self._remove_faces()
        if _carried_out(partial(close_dialogs, self)) and at_door:
            _carried_out(self.guard.stop)
        if self.shut is not None:
            _carried_out(self.shut.focus_first)  # closing dialogs takes the focus away
        _carried_out(self.shell.clipboard.clear)
        _carried_out(self.shell.navigator.forget)

    def while_closed(self, function: Callable[[], None], sentence: str) -> None:
        """Lock, call the function with the vault closed, then say the sentence at the door."""
        if self.shell.tasks.workspace is None:
            return
        self._exchanging = True
        self.lock()
        self._exchanging = False
        self._return_to = None
        door = self.shut
        if door is not None:
            door.set_busy(True)
            task = self.shell.tasks.run(door, function)
            task.then(lambda _none: self.shell.messages.strip(door, sentence, kind="success"))
            task.finally_(lambda: door.set_busy(False))

    def _locked(self) -> None:
        """The vault is closed: what pages left in memory goes now, not some time later."""
        gc.collect()
        self.locked.emit()

    @Slot()
    def go_away(self) -> None:
        """The user leaves the laptop: lock, and forget a password that stands half typed."""
        if self.shell.tasks.workspace is not None:
            self.lock()
        elif isinstance(self.shut, UnlockPage):
            self.show_shut()

    def apply_settings(self) -> None:
        """Put language, look and minutes until the lock to work, on the page that is shown."""
        settings, app = self.shell.settings, QApplication.instance()
        i18n.activate(settings.get("language") or i18n.system_language(), self.shell.who.sector)
        if isinstance(app, QApplication):
            theme.apply(app, settings.get("theme"), settings.get("text_size"))
        if self.work is None:
            self.show_shut()
            return
        self.idle.start(settings.get("lock_minutes"))
        self._cover_windows()
        self.rebuild()

    def _cover_windows(self) -> None:
        """Keep the windows out of pictures; of the example school anybody may take one."""
        settings = self.shell.settings
        demo = self.shell.who.demo and not settings.policy.capture_block
        self.guard.capture.on = settings.get("capture_block") and not demo
        self.guard.capture.cover(self)

    def rebuild(self) -> None:
        """Fresh pages on the same route, after the last call of the old ones."""
        here = self.shell.navigator.here
        if self.work is not None:
            self.work.close_pages()
        self._show_work()
        if here is not None:
            self.shell.navigator.go(here)

    def come_to_front(self) -> None:
        """Show the window above others: the program was started a second time."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def warm_up(self) -> None:
        """Load the database modules on the worker, and fonts, while the user types."""
        theme.load_fonts()
        self.shell.tasks.run(self, _load_modules)
        self.shell.tasks.run(self, place_warning, self.vault).then(self._warn_of_place)
        from .system_events import SystemEvents

        self.events = SystemEvents(self)
        self.events.going_away.connect(self.go_away)
        self.events.listen(self)

    def _warn_of_place(self, sentence: str) -> None:
        if isinstance(self.shut, UnlockPage):
            self.shut.warn_of_place(sentence)

    @Slot(object)
    def _moved(self, folder: Path) -> None:
        """The vault has a new place."""
        self.turn_to(folder)
        if self.shut is not None:
            text = _("The vault is in {folder} now. The old folder got another name.")
            self.shell.messages.strip(self.shut, text.format(folder=folder), kind="success")

    @Slot()
    def care_for_damage(self) -> None:
        """Lock, and offer what can be done about a damaged vault."""
        from wbos_desktop.errors import DamagedVault
        from wbos_desktop.workspace.alerts import damage_sentence

        self.lock()
        if isinstance(self.shut, UnlockPage):
            damage = DamagedVault(damage_sentence(), {"restore", "salvage"})
            self.shut.care.show_damage(damage, "", by_code=False)

    def _remember_vault(self) -> None:
        is_demo = self.vault == paths.demo_vault()
        self.shell.settings.set("last_vault", "demo" if is_demo else "own")
        self.vault_changed.emit(self.vault)

    def _return_to_after_lock(self) -> Route | None:
        here = self.shell.navigator.here
        return here if self.vault_is_current() else None

    def vault_is_current(self) -> bool:
        """False while the window turns from one vault to another."""
        return self.work is not None and self.work.vault == self.vault

    @Slot(object)
    def _opened(self, vault: OpenVault) -> None:
        """The door opened: learn who is here, then show the pages."""
        if vault.folder != self.vault:
            self.vault = vault.folder
            self._remember_vault()
        vault.workspace.changed.append(self.shell.tasks.note_changed)
        self.shell.vault = vault
        self.shell.tasks.workspace = vault.workspace
        self.idle.start(self.shell.settings.get("lock_minutes"))
        task = self.shell.tasks.run(self, _enter_first, vault).then(self._enter)
        task.failed(self._turned_back).finally_(self._back_at_door)

    def _turned_back(self, error: UserError) -> None:
        """The first step inside failed: the vault is closed again, and the door says why."""
        self._back_at_door()
        if self.shut is not None:
            self.shell.messages.strip(self.shut, error.message, kind="error")

    def _back_at_door(self) -> None:
        """Forget a vault that was opened but not entered; nothing when the pages show."""
        if self.work is not None or self.shell.tasks.workspace is None:
            return
        self.idle.stop()
        self.shell.tasks.workspace = None
        self.shell.vault = None
        self.show_shut()

    def _enter(self, here: Here) -> None:
        from wbos_desktop.services import export_files

        who = Who(**{key: getattr(here, key) for key in Who.__dataclass_fields__})
        self.shell.who.__dict__.update(who.__dict__)
        i18n.activate(i18n.language(), who.sector)
        self._show_work()
        self.idle.start(self.shell.settings.get("lock_minutes"))
        self.guard.start()
        self.shell.clipboard.watch()
        self._cover_windows()
        if self.shell.tasks.workspace and not self.shell.tasks.workspace.read_only:
            self.shell.tasks.write(self, export_files.remove_parts)
        for notice in self.shell.vault.notices if self.shell.vault else ():
            self.shell.messages.toast(notice, kind="warning")
        start = self._start(here)
        self.shell.navigator.go(start)
        if start.page != "today" and self.shell.vault and not self.shell.vault.notices:
            from .drafts import offer_last

            offer_last(self.shell, self)  # Vandaag itself lists what is not finished
        if self.work is not None:
            self.work.rail.focus_current()
        if (workspace := self.shell.tasks.workspace) is not None:
            self.shell.tasks.run_long(self, _check_quickly, workspace)
            self._empty_bin()

    def _empty_bin(self) -> None:
        from .erasing import empty_bin  # late: services wait for the first unlock

        empty_bin(self.shell, self)

    @Slot()
    def _settle(self) -> None:
        """While nobody types: empty the log of the database, and once a week check it all."""
        if (workspace := self.shell.tasks.workspace) is None:
            return
        self.shell.tasks.run(self, workspace.settle)
        if self.shell.vault is not None:
            self.shell.tasks.run_long(self, _check_when_due, self.shell.vault)

    def _show_work(self) -> None:
        """A fresh rail and fresh pages, in the language and look of this moment."""
        from .work_view import WorkView

        work = WorkView(self.shell, self.vault)
        work.lock_asked.connect(self.lock)
        work.rail.help_asked.connect(self.show_help)
        work.end_presenting_asked.connect(self.presenting.toggle)
        work.leave_demo_asked.connect(lambda: self.turn_to(paths.default_vault()))
        work.care_asked.connect(self.care_for_damage)
        work.shown.connect(self._shown)
        self.idle.near.connect(work.rail.set_countdown)
        self._set_face(work)
        self.work, self.shut = work, None

    def _start(self, here: Here) -> Route:
        """Where the same user was before the lock; somebody else starts on Vandaag."""
        known, self._return_to = self._return_to, None
        if self._return_user not in (None, here.user_id):
            return Route("today")
        start = known or self._first_route(here)
        return start if may_open(self.shell.who, start.page) else Route("today")

    def _first_route(self, here: Here) -> Route:
        name = self.shell.settings.get("last_page")
        return Route(name if name in PAGES and not here.empty else "today")

    @Slot(object)
    def _shown(self, route: Route) -> None:
        if self.work is None or self.work.page is None:
            return
        self.setWindowTitle(f"{self.work.page.title()} · WBOS")
        self.shell.settings.set("last_page", PAGES[route.page].rail)

    @Slot(object)
    def _note_saved(self, _tables: set[str]) -> None:
        """For the sentence of an unexpected error."""
        self.shell.messages.saved_at = dt.datetime.now().astimezone()

    @Slot(str)
    def _language_chosen(self, language: str) -> None:
        """On the unlock page: show it anew in the other language, for good."""
        self.shell.settings.set("language", language)
        i18n.activate(language, "VO")
        self.show_shut()

    def _set_face(self, face: QWidget) -> None:
        self._remove_faces()
        self._faces.addWidget(face)
        self._faces.setCurrentWidget(face)

    def _remove_faces(self) -> None:
        while (old := self._faces.currentWidget()) is not None:
            self._faces.removeWidget(old)
            old.hide()
            old.deleteLater()

    def _add_shortcuts(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "F1": self.show_help,
            "Ctrl+/": self.show_keys,
            "Ctrl+N": lambda: self._go_by_key("report"),
            "Ctrl+O": lambda: self._go_by_key("observe"),
            "Ctrl+Z": lambda: self._in_work(lambda work: work.undo()),
            "F6": lambda: self._in_work(lambda work: work.next_region()),
            "Shift+F6": lambda: self._in_work(lambda work: work.next_region(backwards=True)),
            "Alt+Left": lambda: self._in_work(lambda _work: self.shell.navigator.back()),
            "Alt+Right": lambda: self._in_work(lambda _work: self.shell.navigator.forward()),
        }
        for text, slot in keys.items():
            QShortcut(QKeySequence(text), self).activated.connect(slot)
        for number, place in PLACE_KEYS.items():
            shortcut = QShortcut(QKeySequence(f"Alt+{number}"), self)
            shortcut.activated.connect(lambda name=place: self._go_to_place(name))

    @Slot()
    def show_help(self) -> None:
        """Open the manual at the chapter of the page in view, or at the door at its begin."""
        from .manual import open_help

        open_help(self)

    @Slot()
    def show_keys(self) -> None:
        """Open the manual at the chapter about keys."""
        from .manual import KEYS, open_help

        open_help(self, KEYS)

    def _in_work(self, do: Callable[[WorkView], None]) -> None:
        if self.work is not None:
            do(self.work)

    def _go_by_key(self, page: str) -> None:
        """Report or observe; both begin in the group that is shown."""
        if self.work is None or page not in PAGES:
            return
        here = self.shell.navigator.here
        places = ("group", "groups") if page == "observe" else ("group",)
        in_group = here is not None and here.page in places
        self.shell.navigator.go(Route(page, here.id if in_group and here else None))

    def _go_to_place(self, name: str) -> None:
        if self.work is not None and name in self.work.rail.buttons:
            self.shell.go(name)

    def closeEvent(self, event: QCloseEvent) -> None:
        geometry = bytes(self.saveGeometry().toHex().data()).decode()
        self.shell.settings.set("geometry", geometry)
        self.lock()
        if self.shut is not None:
            self.shut.abandon()
        super().closeEvent(event)


def _close(vault: OpenVault | None, workspace: Workspace) -> None:
    """On the worker, while the window is blank: the backup of the day, then the vault."""
    try:
        if vault is not None:
            from wbos_desktop import vaults

            vaults.back_up_at_closing(vault)
    finally:
        workspace.close()


def _enter_first(vault: OpenVault) -> Here:
    """After a restore erase again what was erased, before anything is read; then who is here.

    When that fails the vault is closed: it may not stay open behind the door.
    """
    from wbos_desktop import vaults
    from wbos_desktop.services import today

    try:
        vaults.settle_restored(vault)
        return vault.workspace.read(today.who_is_here)
    except BaseException:
        vault.workspace.close()
        raise


def _carried_out(step: Callable[[], object]) -> bool:
    """Do one step of leaving; False when it met a bug, which goes into the log."""
    try:
        step()
    except Exception as error:  # noqa: BLE001 - leaving goes on whatever a page does
        log.bug(error)
        return False
    return True


def _check_quickly(progress: Progress, workspace: Workspace) -> bool:
    """Can every page be read? It runs beside the work and stops at lock."""
    return workspace.check_quickly(lambda: progress.cancelled)


def _check_when_due(progress: Progress, vault: OpenVault) -> None:
    from wbos_desktop.workspace import checking

    checking.check_when_due(progress, vault)


def _load_modules() -> None:
    for name in ("workspace.entrance", "services.today", "services.undo"):
        importlib.import_module(f"wbos_desktop.{name}")
