"""The window while the vault is open: rail, banner, the page that is shown, toasts.

Built at unlock and destroyed at lock, so that nothing readable stays behind.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from wbos_desktop import log
from wbos_desktop.errors import NotAllowed
from wbos_desktop.i18n import _

from . import paint, theme
from .allowed import may_open
from .curtain import open_dialogs
from .drafts import DraftKeeper
from .messages import Toast
from .page import Page, PageDialog, Shell
from .rail import Rail
from .registry import PAGES, dialog_class, page_class
from .routes import Route
from .vault_bar import VaultBar
from .widgets.buttons import Button, hold_changes
from .widgets.labels import Icon, Label
from .widgets.toast import ToastHost

if TYPE_CHECKING:
    from wbos_desktop.domain.backups import BackupStatus

COUNTED = frozenset({"case_steps", "actions", "incidents", "planned_observations", "cases"})


class Banner(QWidget):
    """One line over every page, that nobody can miss, with a way out."""

    left = Signal()

    def __init__(
        self, icon: str, title: str, text: str, button: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 5, 24, 5)
        row.setSpacing(8)
        row.addWidget(Icon(icon, 18))
        row.addWidget(Label(title, "smallStrong"))
        row.addWidget(Label(text, "small"), 1)
        way_out = Button(button, "ghost", size="small")
        way_out.clicked.connect(self.left)
        row.addWidget(way_out)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("action.primarySoft"))
        paint.hairline(painter, 0, self.width(), self.height() - 1)
        painter.end()


class WorkView(QWidget):
    """Shows routes; asks pages to refresh; hands the rail its counts."""

    lock_asked = Signal()
    leave_demo_asked = Signal()
    end_presenting_asked = Signal()
    care_asked = Signal()
    shown = Signal(object)

    def __init__(self, shell: Shell, vault: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.load_fonts()
        self.shell = shell
        self.vault = vault
        self._closed = False
        workspace = shell.tasks.workspace
        hold_changes(workspace.read_only if shell.presenting and workspace else "")
        self.pages: dict[str, Page] = {}
        self.rail = Rail()
        self.rail.set_who(shell.who)
        self.stack = QStackedWidget()
        self.content = QWidget()
        self.toasts = ToastHost(self.content)
        self._lay_out()
        self.rail.chosen.connect(lambda name: shell.go(name))
        self.rail.lock_asked.connect(self.lock_asked)
        self.rail.backup_asked.connect(lambda: shell.go("manage", tab="backup"))
        shell.navigator.navigate.connect(self.show_route)
        shell.tasks.changed.connect(self._tables_changed)
        shell.messages.toasted.connect(self._show_toast)
        self._ask_counts()
        self._ask_backup()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for banner in self._banners():
            column.addWidget(banner)
        self.vault_bar = VaultBar(self.shell.tasks.workspace, self.content)
        self.vault_bar.care_asked.connect(self.care_asked)
        column.addWidget(self.vault_bar)
        column.addWidget(self.stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.content, 1)

    def _banners(self) -> list[Banner]:
        found = []
        if self.shell.who.demo:
            text = _("Everything here is made up. You can't break anything.")
            demo = Banner("eye", _("Example school"), text, _("To your own school"))
            demo.left.connect(self.leave_demo_asked)
            found.append(demo)
        if self.shell.presenting:
            text = _("Short names, nothing that was typed. Changing things waits.")
            shown = Banner("presentation", _("Presenting"), text, _("End presenting (F8)"))
            shown.left.connect(self.end_presenting_asked)
            found.append(shown)
        return found

    @property
    def page(self) -> Page | None:
        """The page in view."""
        widget = self.stack.currentWidget()
        return widget if isinstance(widget, Page) else None

    @Slot(object)
    def show_route(self, route: Route) -> None:
        """Show the page of the route, or open its dialog over the page in view."""
        entry = PAGES[route.page]
        if not may_open(self.shell.who, route.page):
            refusal = NotAllowed(_("You can't open this. Ask your coordinator."))
            self.shell.messages.show_error(self.page or self, refusal)
            return
        if entry.dialog:
            self._open_dialog(dialog_class(entry)(self.shell, route, self.window()))
            return
        before, page = self.page, self._page(route.page)
        if before is not None and before is not page and not before.can_leave():
            self._mark(self.shell.navigator.here)
            return
        self.shell.navigator.arrived(route)
        self.stack.setCurrentWidget(page)
        page.stale = False
        page.open(route)
        self._mark(route)
        self._keep_focus(page)
        self.shown.emit(route)

    def refresh_stale(self) -> None:
        """Ask again what changed while the page in view was hidden."""
        page = self.page
        if page is not None and page.stale:
            page.stale = False
            page.refresh()

    def undo(self) -> None:
        """Take back the user's last gesture (Ctrl+Z and the toast's button)."""
        from wbos_desktop.services import undo

        self.toasts.dismiss()
        owner = self.page or self
        self.shell.tasks.write(owner, undo.undo_last).then(self._undone)

    def next_region(self, *, backwards: bool = False) -> None:
        """Move the focus from the rail to the page or back (F6)."""
        focus = QApplication.focusWidget()
        in_rail = focus is not None and self.rail.isAncestorOf(focus)
        if in_rail and self.page is not None:
            reason = Qt.FocusReason.BacktabFocusReason if backwards else None
            _focus_first(self.page, reason or Qt.FocusReason.TabFocusReason)
        else:
            self.rail.focus_current()

    def close_pages(self) -> None:
        """Give each page and dialog its last call, and listen to nothing any more."""
        if self._closed:
            return
        self._closed = True
        self.vault_bar.close_down()
        self.shell.navigator.navigate.disconnect(self.show_route)
        self.shell.tasks.changed.disconnect(self._tables_changed)
        self.shell.messages.toasted.disconnect(self._show_toast)
        keepers = self.window().findChildren(DraftKeeper)
        for part in [*keepers, *open_dialogs(self.window()), *self.pages.values()]:
            _last_call(part)

    def _keep_focus(self, page: Page) -> None:
        """The focus that was in the page before goes to this one; in the rail it stays."""
        focus = QApplication.focusWidget()
        if focus is None or not (self.rail.isAncestorOf(focus) or page.isAncestorOf(focus)):
            _focus_first(page, Qt.FocusReason.OtherFocusReason)

    def _page(self, name: str) -> Page:
        if name not in self.pages:
            page = page_class(PAGES[name])(self.shell)
            self.pages[name] = page
            self.stack.addWidget(page)
        return self.pages[name]

    def _open_dialog(self, dialog: PageDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.show()

    def _mark(self, route: Route | None) -> None:
        if route is not None:
            self.rail.set_current(PAGES[route.page].rail)

    @Slot(object)
    def _tables_changed(self, tables: set[str]) -> None:
        for page in self.pages.values():
            if page.tables & tables:
                page.stale = True
        self.refresh_stale()
        if tables & COUNTED:
            self._ask_counts()
        if "backups" in tables:
            self._ask_backup()

    def _ask_backup(self) -> None:
        """When the last backup was made; the example school needs none."""
        if self.shell.vault is None or self.shell.who.demo:
            return
        from wbos_desktop.workspace import backup_notes

        self.shell.tasks.run(self, backup_notes.status, self.shell.vault).then(self._show_backup)

    def _show_backup(self, status: BackupStatus) -> None:
        from wbos_desktop.domain.backups import age_text

        self.rail.backup_age.set_age(age_text(status), old=status.is_old)

    def _ask_counts(self) -> None:
        from wbos_desktop.services import today

        self.shell.tasks.read(self, today.count_open).then(self.rail.set_counts)

    @Slot(object)
    def _show_toast(self, toast: Toast) -> None:
        undo = toast.undo or (self.undo if toast.undo_last else None)
        action = (toast.verb or _("Undo")) if undo else ""
        self.toasts.show_toast(toast.text, action, undo, kind=toast.kind)

    def _undone(self, happened: bool) -> None:
        text = _("Undone.") if happened else _("There is nothing to undo.")
        self.shell.messages.toast(text, kind="success" if happened else "info")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.size("railCollapseBelow")
        if narrow != self.rail.narrow:
            self.rail.set_narrow(narrow)


def _last_call(part: QObject) -> None:
    """Let a page or dialog keep a draft; a bug in one must not keep the others readable."""
    on_lock = getattr(part, "on_lock", None)
    if on_lock is None:
        return
    try:
        on_lock()
    except Exception as error:  # noqa: BLE001 - noted, and the lock goes on
        log.bug(error)


def _focus_first(widget: QWidget, reason: Qt.FocusReason) -> None:
    found = widget.nextInFocusChain()
    while found is not None and found is not widget:
        takes = found.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes and found.isVisible() and found.isEnabled() and widget.isAncestorOf(found):
            found.setFocus(reason)
            return
        found = found.nextInFocusChain()
