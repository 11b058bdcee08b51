"""The way through damage at the door: from the choice to an open vault, or back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Signal

from wbos_desktop import paths
from wbos_desktop.errors import DamagedVault, UserError, WrongPassphrase
from wbos_desktop.i18n import _
from wbos_desktop.ui.shell import Shell

from .care_panels import BackupsPanel, DamagePanel, DoubtPanel, PlaceCard, RescuePanel
from .door import Panels

if TYPE_CHECKING:
    from wbos_desktop.domain.backups import BackupRow
    from wbos_desktop.domain.salvage import SalvageResult
    from wbos_desktop.progress import Progress
    from wbos_desktop.ui.tasks import Task
    from wbos_desktop.workspace.opening import OpenVault

    from .door import Door


P = ParamSpec("P")
T = TypeVar("T")


class Care(QObject):
    """Shows its panels in the door's place. `opened` carries an open vault, `done` asks for the
    usual panel, `moved` carries the new folder of the vault."""

    opened = Signal(object)
    done = Signal()
    moved = Signal(object)

    def __init__(self, shell: Shell, vault: Path, panels: Panels, door: Door) -> None:
        super().__init__(door)
        self._shell, self._vault, self._panels, self._door = shell, vault, panels, door
        self._secret, self._by_code = "", False
        self._wants = "restore"
        self._doubted: OpenVault | None = None
        self._long: Task[Any] | None = None
        self.damage = DamagePanel()
        self.damage.chosen.connect(self._choose)
        self.damage.back_asked.connect(self.leave)
        self.backups = BackupsPanel()
        self.backups.chosen.connect(self._take)
        self.backups.other_asked.connect(self._look_elsewhere)
        self.backups.back_asked.connect(lambda: self._show(self.damage))
        self.rescue = RescuePanel()
        self.rescue.stop_asked.connect(self._stop)
        self.rescue.open_asked.connect(self._open)
        self.doubt = DoubtPanel()
        self.doubt.accepted.connect(self._accept)
        self.doubt.refused.connect(self.leave)

    # ------------------------------------------------------------ begin and end
    def show_damage(self, error: DamagedVault, secret: str, *, by_code: bool) -> None:
        """The vault did not open; `secret` is what was typed, '' if it has to be asked."""
        self._secret, self._by_code = secret, by_code
        remedies = error.remedies
        if "salvage" in remedies:
            remedies = remedies | {"read_only"}
        self.damage.show_choices(error.message, remedies, need_secret=not secret)
        self._show(self.damage)
        self.damage.focus_first()

    def show_doubt(self, vault: OpenVault) -> None:
        """The vault is open for reading only, until the user decides."""
        assert vault.doubt is not None
        self._doubted = vault
        self._show(self.doubt)
        self.doubt.show_doubt(vault.doubt)

    def leave(self) -> None:
        """Forget what was typed, close what is open, back to the usual panel."""
        self.abandon()
        self._panels_gone()
        self.done.emit()

    def abandon(self) -> None:
        """The door goes away."""
        self._secret = ""
        self._stop()
        if self._doubted is not None:
            self._shell.tasks.end(self._door, self._doubted.workspace.close)
            self._doubted = None

    # ------------------------------------------------------------ the choices
    def _choose(self, remedy: str) -> None:
        if self.damage.secret.value():
            self._secret, self._by_code = self.damage.secret.value(), False
        if not self._secret:
            self.damage.secret.show()
            self.damage.secret.fail(_("Type your password."))
            return
        self._wants = remedy
        if remedy in ("restore", "keys"):
            self._show(self.backups)
            self._list(())
        elif remedy == "salvage":
            self._rescue()
        elif remedy == "read_only":
            task = self._run(_open_to_read, self._vault, self._secret, self._by_code)
            task.then(self._opened)
        elif remedy == "log_aside":
            self._run(_set_log_aside, self._vault, self._secret, self._by_code).then(self._opened)

    def _list(self, folders: tuple[Path, ...]) -> None:
        self._run(_backups_of, self._vault, folders).then(self._listed)

    def _listed(self, found: list[BackupRow]) -> None:
        self.backups.show_backups(found)

    def _look_elsewhere(self) -> None:
        title = _("Folder with backups")
        self._shell.messages.choose_folder(self._door, title, lambda folder: self._list((folder,)))

    def _take(self, file: Path) -> None:
        secret = self.backups.secret.value() or self._secret
        if self._wants == "keys":
            self._run(_rebuild_keys, self._vault, file, secret).then(self._opened)
            return
        self._door.set_busy(True)
        task = self._shell.tasks.run_long(self._door, _put_back, self._vault, file, secret)
        task.then(self._opened).failed(self._refused).finally_(self._ready)

    def _rescue(self) -> None:
        self.rescue.begin()
        self._show(self.rescue)
        task = self._shell.tasks.run_long(
            self._door, _rescue, self._vault, self._secret, self._by_code
        )
        task.progress(self.rescue.progress.set_progress).then(self._rescued)
        task.failed(self._refused).stopped(self._stopped)
        self._long = task

    def _rescued(self, result: SalvageResult) -> None:
        self._long = None
        self.rescue.show_result(result)

    def _stopped(self) -> None:
        self._show(self.damage)
        self._shell.messages.strip(self._door, _("Stopped. Nothing was changed."))

    def _stop(self) -> None:
        if self._long is not None:
            self._long.cancel()
            self._long = None

    def _open(self) -> None:
        self._run(_open, self._vault, self._secret, self._by_code).then(self._opened)

    def _opened(self, vault: OpenVault) -> None:
        if vault.doubt is not None:
            self.show_doubt(vault)
            return
        self._secret = ""
        self._panels_gone()
        self.opened.emit(vault)

    def _accept(self) -> None:
        if self._doubted is not None:
            self._run(_accept, self._doubted).then(self._accepted)

    def _accepted(self, vault: OpenVault) -> None:
        self._doubted = None
        self._panels_gone()
        self.opened.emit(vault)

    # ------------------------------------------------------------ a bad place
    def place_card(self, sentence: str) -> PlaceCard:
        """A card with the offer to move the vault."""
        card = PlaceCard(sentence)
        card.move_asked.connect(self._ask_place)
        return card

    def _ask_place(self) -> None:
        """The usual place when it is free: there WBOS finds the vault by itself."""
        usual = paths.default_vault()
        if usual != self._vault and not usual.exists():
            self._move(usual)
            return
        self._shell.messages.choose_folder(self._door, _("New place of the vault"), self._move)

    def _move(self, target: Path) -> None:
        self._door.set_busy(True)
        task = self._shell.tasks.run_long(self._door, _move, self._vault, target)
        task.then(self.moved.emit).failed(self._refused).finally_(self._ready)

    # ------------------------------------------------------------ shared
    def _run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Task[T]:
        self._door.set_busy(True)
        task = self._shell.tasks.run(self._door, function, *args, **kwargs)
        return task.failed(self._refused).finally_(self._ready)

    def _refused(self, error: UserError) -> None:
        if isinstance(error, WrongPassphrase) and self._panels.current is self.backups:
            self.backups.ask_secret(
                _("This backup opens with the password of the day it was made.")
            )
            return
        if self._panels.current is self.rescue:
            self._show(self.damage)
        if isinstance(error, WrongPassphrase) and self._panels.current is self.damage:
            self._secret = ""
            self.damage.secret.show()
            self.damage.secret.fail(error.message)
            return
        self._shell.messages.strip(self._door, error.message, kind="error")

    def _ready(self) -> None:
        self._door.set_busy(False)

    def _show(self, panel: DamagePanel | BackupsPanel | RescuePanel | DoubtPanel) -> None:
        self._shell.messages.clear(self._door)
        self._panels.show_panel(panel)

    def _panels_gone(self) -> None:
        for panel in (self.damage, self.backups):
            panel.secret.clear()


# ---------------------------------------------------------------- on the worker
def _backups_of(folder: Path, others: tuple[Path, ...]) -> list[BackupRow]:
    from wbos_desktop.workspace import rescue

    return rescue.backups_of(folder, others)


def _put_back(progress: Progress, folder: Path, file: Path, secret: str) -> OpenVault:
    from wbos_desktop.workspace import rescue

    return rescue.put_backup_back(progress, folder, file, secret)


def _rescue(progress: Progress, folder: Path, secret: str, by_code: bool) -> SalvageResult:
    from wbos_desktop.workspace import rescue

    return rescue.rescue(progress, folder, secret, by_code)


def _open_to_read(folder: Path, secret: str, by_code: bool) -> OpenVault:
    from wbos_desktop.workspace import rescue

    return rescue.open_to_read(folder, secret, by_code)


def _open(folder: Path, secret: str, by_code: bool) -> OpenVault:
    from wbos_desktop.workspace import entrance

    return (entrance.open_with_code if by_code else entrance.open_with_passphrase)(folder, secret)


def _set_log_aside(folder: Path, secret: str, by_code: bool) -> OpenVault:
    from wbos_desktop.workspace import rescue

    rescue.set_log_aside(folder)
    return _open(folder, secret, by_code)


def _rebuild_keys(folder: Path, file: Path, secret: str) -> OpenVault:
    from wbos_desktop.workspace import entrance, rescue

    rescue.rebuild_keys(folder, file, secret)
    return entrance.open_with_passphrase(folder, secret)


def _accept(vault: OpenVault) -> OpenVault:
    from wbos_desktop.workspace import doubt

    doubt.accept_doubt(vault)
    return vault


def _move(progress: Progress, folder: Path, target: Path) -> Path:
    from wbos_desktop.workspace import rescue

    return rescue.move_vault(progress, folder, target)


def place_warning(folder: Path) -> str:
    """What the user reads about a vault in a bad place, or ''; for the worker."""
    from wbos_desktop.workspace import rescue

    return rescue.place_warning(folder)
