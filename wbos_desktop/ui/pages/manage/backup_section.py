"""Back-up: when the last one was made and where, the list of them, going back, practising."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from wbos_desktop import i18n
from wbos_desktop.domain.backups import (
    BackupMade,
    BackupRow,
    BackupStatus,
    DrillReport,
    RestorePreview,
    Standing,
    standing_text,
)
from wbos_desktop.errors import UserError
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress
from wbos_desktop.ui.allowed import allowed
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Hairline, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.progress_card import ProgressCard
from wbos_desktop.workspace import (
    backup,
    backup_keeping,
    backup_notes,
    backup_reading,
    copies,
    restoring,
)
from wbos_desktop.workspace.opened import OpenVault

from .backup_dialogs import RestoreDialog
from .backup_parts import action_line, backup_line, drill_text, plain_column, state_card
from .same_focus import keeps_focus
from .section import Section

FILTER = "WBOS (*.wbos)"
MOST_ROWS = 40


@dataclass(frozen=True)
class _Found:
    status: BackupStatus
    rows: list[BackupRow]


class BackupSection(Section):
    """The state on top, then the backups by date, then what one seldom needs."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Backup"), _("A copy of everything, encrypted as the original."))
        self._asked: Task[Any] | None = None
        self._running: Task[Any] | None = None
        self.make_button = Button(_("Make backup"), "primary", "device-floppy")
        self.make_button.clicked.connect(self.make)
        self.add_tool(self.make_button)
        self._page = ScrollPage()
        self._page.body.setSpacing(14)
        self.busy, self._busy_place = plain_column()
        self.busy.hide()
        self.state, self._state_place = plain_column()
        self.list, self._list_place = plain_column()
        self.more, self._more_place = plain_column()
        for part in (self.busy, self.state, self.list, self.more):
            self._page.body.addWidget(part)
        self._page.body.addStretch(1)
        self.body.addWidget(self._page, 1)
        self._offer()

    # ------------------------------------------------------------ showing
    def refresh(self) -> None:
        """Ask for the notes and the files anew."""
        if self.shell.vault is not None:
            task = self.shell.tasks.run(self, _look, self.shell.vault)
            self._asked = task.then(self._show).instead_of(self._asked)

    def leave(self) -> None:
        """Long work goes on: it shows again with this part. A lock stops it."""

    @keeps_focus
    def _show(self, found: _Found) -> None:
        for place in (self._state_place, self._list_place, self._more_place):
            clear_layout(place)
        places = self._places(found.status)
        card = state_card(found.status, places, demo=self.shell.who.demo)
        self._state_place.addWidget(card)
        self._list_place.addWidget(Label(_("Backups in this place"), "h3"))
        if not found.rows:
            self._list_place.addWidget(Label(_("There is no backup here yet."), "sub"))
        for row in found.rows[:MOST_ROWS]:
            restore = self.preview if self.may_restore else None
            self._list_place.addWidget(backup_line(row, restore))
            self._list_place.addWidget(Hairline())
        for line in self._seldom(found):
            self._more_place.addWidget(line)
        self._offer(found.status)

    @property
    def may_restore(self) -> bool:
        """Whether the user may put a backup back; restoring.py refuses the others."""
        return allowed(self.shell.who, "restore", "backup")

    @property
    def may_decide(self) -> bool:
        """Whether the user chooses the place and the main copy; copies.py refuses the others."""
        return allowed(self.shell.who, "decide", "main_copy")

    def _places(self, status: BackupStatus) -> list[Button]:
        """Another place, and the way back to this laptop; none when the school has set it."""
        if not self.may_decide or self.shell.settings.policy.demands("backup_folder"):
            return []
        choose = Button(_("Choose folder or stick"), "secondary", "map-pin")
        choose.clicked.connect(self.choose_place)
        if status.place is None:
            return [choose]
        home = Button(_("Back to this laptop"), "secondary", "arrow-back-up")
        home.clicked.connect(self.place_here)
        return [choose, home]

    def _seldom(self, found: _Found) -> list[QWidget]:
        status = found.status
        lines = []
        if status.undo_until is not None and self.may_restore:
            day = i18n.date_short(status.undo_until)
            text = _("The state before the last restore can come back until {day}.")
            words = text.format(day=day)
            lines.append(action_line(_("Undo restore"), words, "arrow-back-up", self.ask_undo))
        if found.rows:
            words = _("WBOS opens the newest backup in a private place. Nothing changes.")
            if status.practised_on:
                day = i18n.date_short(status.practised_on)
                last = _("Last time: {day}.").format(day=day)
                words = f"{words} {last}"
            lines.append(action_line(_("Practise restoring"), words, "lifebuoy", self.practise))
        if self.may_restore:
            words = _("From a stick or another folder, also from another laptop.")
            lines.append(action_line(_("Put back another file"), words, "upload", self.choose_file))
        if not self.may_decide:
            return lines
        if status.standing is Standing.MAIN:
            words = _("For a new laptop or a colleague. This copy is then to read only.")
            lines.append(
                action_line(_("Hand over main copy"), words, "switch-horizontal", self.hand_over)
            )
        else:
            words = standing_text(status.standing)
            lines.append(action_line(_("Make this the main copy"), words, "key", self.ask_main))
        return lines

    def _offer(self, status: BackupStatus | None = None) -> None:
        """The primary button works with an open main copy that is not busy."""
        ready = self.shell.vault is not None and self._running is None
        if status is not None:
            ready = ready and status.standing is Standing.MAIN
        self.make_button.setEnabled(ready)

    # ------------------------------------------------------------ making
    def make(self) -> None:
        """Make a backup at the place of this vault."""
        if self.shell.vault is not None:
            task = self._run(_("The backup is being made"), _back_up, self.shell.vault)
            task.then(self._made).failed(self._not_made)

    def _made(self, made: BackupMade) -> None:
        self.shell.messages.toast(_("Backup made and checked: {file}").format(file=made.path.name))
        self._changed()

    def _not_made(self, error: UserError) -> None:
        self.shell.messages.show_error(self, error)
        self._changed()

    def choose_place(self) -> None:
        """Another folder or a stick for the backups."""
        title = _("Where do the backups go?")
        self.shell.messages.choose_folder(self, title, self._place_chosen)

    def _place_chosen(self, folder: Path) -> None:
        if self.shell.vault is not None:
            self.shell.tasks.run(self, backup_notes.choose_place, self.shell.vault, folder).then(
                lambda _none: self.make()
            )

    def place_here(self) -> None:
        """Make the backups inside the vault again; what lies at the other place stays there."""
        if self.shell.vault is not None:
            task = self.shell.tasks.run(self, backup_notes.choose_place, self.shell.vault, None)
            task.then(lambda _none: self._placed_here())

    def _placed_here(self) -> None:
        text = _("The backups are made on this laptop again. What you made elsewhere stays there.")
        self.shell.messages.clear(self)
        self.shell.messages.toast(text)
        self._changed()

    # ------------------------------------------------------------ going back
    def choose_file(self) -> None:
        """A backup that lies elsewhere."""
        title = _("Which backup?")
        self.shell.messages.open_file(self, title, FILTER, self.preview)

    def preview(self, file: Path) -> None:
        """Show both sides before anything is done."""
        if self.shell.vault is not None:
            task = self.shell.tasks.run(self, restoring.preview, self.shell.vault, file)
            task.then(lambda seen: self._ask_restore(file, seen))

    def _ask_restore(self, file: Path, seen: RestorePreview) -> None:
        RestoreDialog(self.shell, file, seen, self.window()).open()

    def ask_undo(self) -> None:
        """Bring the state before the last restore back."""
        self.shell.messages.ask(
            self,
            _("Undo the restore?"),
            _(
                "The state before the restore comes back. What you did since then goes aside:"
                " undo again brings it back. WBOS locks first."
            ),
            yes=_("Undo restore"),
            no=_("Keep as it is"),
            then=self._undo,
        )

    def _undo(self) -> None:
        vault = self.shell.vault
        if vault is not None:
            self.shell.tasks.run(self, restoring.prepare_undo, vault).then(
                lambda _none: self.shell.while_closed(
                    lambda: restoring.undo(vault.folder),
                    _("The state before the restore is back. Unlock with your password."),
                )
            )

    def practise(self) -> None:
        """Open the newest backup in a private place and check all of it."""
        if self.shell.vault is not None:
            task = self._run(_("Practising"), _practise, self.shell.vault)
            task.then(self._practised)

    def _practised(self, report: DrillReport) -> None:
        if report.findings:
            self.shell.messages.strip(self, " ".join(report.findings), kind="error")
        else:
            self.shell.messages.strip(self, drill_text(report), kind="success")
        self._changed()

    # ------------------------------------------------------------ the main copy
    def hand_over(self) -> None:
        """A backup for another laptop; after that this copy is to read."""
        self.shell.messages.ask(
            self,
            _("Hand over the main copy?"),
            _(
                "WBOS makes a backup for the other laptop and checks it. From then on you can"
                " read here, and work goes on there. You choose the folder or stick now."
            ),
            yes=_("Choose where"),
            no=_("Not now"),
            then=self._choose_hand_over,
        )

    def _choose_hand_over(self) -> None:
        title = _("Where does the backup for the other laptop go?")
        self.shell.messages.choose_folder(self, title, self._hand_over)

    def _hand_over(self, folder: Path) -> None:
        if self.shell.vault is not None:
            title = _("The backup is being made")
            task = self._run(title, _hand_over, self.shell.vault, folder)
            task.then(self._handed_over)

    def _handed_over(self, made: BackupMade) -> None:
        text = _("Handed over: {file}. Put it back on the other laptop.")
        self._turned(text.format(file=made.path.name))

    def ask_main(self) -> None:
        """Take the main copy back, on purpose."""
        self.shell.messages.ask(
            self,
            _("Make this the main copy?"),
            _(
                "You can work here again. The other copy then opens for reading only, as soon as"
                " it sees a backup of this one. What was changed in both is not joined."
            ),
            yes=_("Make this the main copy"),
            no=_("Not now"),
            then=self._become_main,
            danger=True,
        )

    def _become_main(self) -> None:
        if self.shell.vault is not None:
            task = self.shell.tasks.run(self, copies.become_main, self.shell.vault)
            task.then(lambda _none: self._is_main())

    def _is_main(self) -> None:
        self._turned(_("This is the main copy now. Make a backup."))

    def _turned(self, sentence: str) -> None:
        """What may be changed is another thing now: every page is built anew, this one too."""
        shell = self.shell
        self._running = None
        shell.apply_settings()
        shell.messages.toast(sentence)

    # ------------------------------------------------------------ long work
    def _run(self, title: str, function: Any, *args: Any) -> Task[Any]:
        self.shell.messages.clear(self)
        clear_layout(self._busy_place)
        progress = ProgressCard(title)
        progress.stopped.connect(self._stop)
        self._busy_place.addWidget(progress)
        self.busy.show()
        progress.set_progress(0, 0)
        self._running = self.shell.tasks.run_long(self, function, *args)
        self._offer()
        self._running.progress(progress.set_progress).stopped(self._stopped)
        return self._running.finally_(self._ended)

    def _stop(self) -> None:
        if self._running is not None:
            self._running.cancel()

    def _stopped(self) -> None:
        self.shell.messages.toast(_("Stopped. Nothing was changed."), kind="info")

    def _ended(self) -> None:
        self._running = None
        self.busy.hide()
        clear_layout(self._busy_place)
        self._offer()

    def _changed(self) -> None:
        """The rail and Vandaag show the new age too."""
        self._running = None
        self.shell.tasks.note_changed({"backups"})


def _look(vault: OpenVault) -> _Found:
    status = backup_notes.status(vault)
    folders = [backup_notes.place(vault)]
    return _Found(status, backup_reading.list_backups(folders, vault.unlocked.vault_id))


def _back_up(progress: Progress, vault: OpenVault) -> BackupMade:
    return backup_keeping.back_up(vault, progress)


def _practise(progress: Progress, vault: OpenVault) -> DrillReport:
    return backup_reading.practise(vault, progress)


def _hand_over(progress: Progress, vault: OpenVault, folder: Path) -> BackupMade:
    return backup.hand_over(vault, folder, progress)
