"""Panels of the door for a vault that does not open, or that needs a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wbos_desktop.i18n import _
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Card, clear_layout
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.progress_card import ProgressCard
from wbos_desktop.ui.widgets.rows import ListRow
from wbos_desktop.ui.widgets.secret_row import SecretRow

from .door import Panel

if TYPE_CHECKING:
    from wbos_desktop.domain.backups import BackupRow
    from wbos_desktop.domain.salvage import SalvageResult
    from wbos_desktop.workspace.doubt import Doubt

REMEDIES = ("restore", "salvage", "log_aside", "keys", "read_only")


class DamagePanel(Panel):
    """What is wrong, what is safe, and the choices that work. `chosen` carries one of REMEDIES.

    `need_secret` shows the password field: the choices need it when it was not typed just now.
    """

    chosen = Signal(str)
    back_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("This vault needs care"), parent=parent)
        self.text = Label("", "body", color="text.secondary", wrap=True)
        self.body.addWidget(self.text)
        self.secret = SecretRow(_("Password"))
        self.secret.hide()
        self.body.addWidget(self.secret)
        self.buttons: dict[str, Button] = {}
        self._cards: dict[str, QWidget] = {}
        for remedy in REMEDIES:
            self._add(remedy)
        back = self.add_link(_("Back to the password"))
        back.clicked.connect(self.back_asked)

    def show_choices(self, sentence: str, remedies: frozenset[str], *, need_secret: bool) -> None:
        """Fill the panel; the first choice that works is the filled button."""
        self.text.setText(sentence)
        self.secret.setVisible(need_secret)
        for remedy, card in self._cards.items():
            card.setVisible(remedy in remedies)

    def focus_first(self) -> None:
        """The password if it is asked, else the first choice."""
        if not self.secret.isHidden():
            self.secret.field.setFocus()
            return
        for remedy, card in self._cards.items():
            if not card.isHidden():
                self.buttons[remedy].setFocus()
                return

    def _add(self, remedy: str) -> None:
        title, text, icon = _words(remedy)
        card = Card(padding=14)
        card.body.setSpacing(8)
        card.body.addWidget(Label(text, "sub", wrap=True))
        button = Button(title, "secondary", icon)
        button.clicked.connect(lambda: self.chosen.emit(remedy))
        card.body.addWidget(button)
        self.buttons[remedy], self._cards[remedy] = button, card
        self.body.addWidget(card)


def _words(remedy: str) -> tuple[str, str, str]:
    return {
        "restore": (
            _("Put a backup back"),
            _("Back to the day of a backup. The files of now are kept aside for 14 days."),
            "history",
        ),
        "salvage": (
            _("Rescue what is readable"),
            _("All that can be read goes into a new data file. You see what is missing."),
            "lifebuoy",
        ),
        "log_aside": (
            _("Open without this log"),
            _("The log gets another name and stays. You see what is missing then."),
            "file-text",
        ),
        "keys": (
            _("Take the keys out of a backup"),
            _("Every backup holds the keys of that day. Your data stays as it is."),
            "key",
        ),
        "read_only": (
            _("Only read"),
            _("Look at what can still be read. Nothing is changed."),
            "eye",
        ),
    }[remedy]


class BackupsPanel(Panel):
    """The backups by date with what is in them. `chosen` carries the file."""

    chosen = Signal(object)
    other_asked = Signal()
    back_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Choose a backup"), parent=parent)
        self.secret = SecretRow(_("Password of that day"))
        self.secret.hide()
        self.body.addWidget(self.secret)
        self._card = Card(padding=6)
        self._card.body.setSpacing(0)
        self.body.addWidget(self._card)
        self._none = Label(_("There is no backup in this place."), "body", wrap=True)
        self._none.hide()
        self.body.addWidget(self._none)
        self.rows: list[ListRow] = []
        self.other = self.add_link(_("Look in another folder or on a stick"), "database-import")
        self.other.clicked.connect(self.other_asked)
        back = self.add_link(_("Back"))
        back.clicked.connect(self.back_asked)

    def show_backups(self, found: list[BackupRow]) -> None:
        """Newest first."""
        from wbos_desktop.domain.backups import counts_text, moment_text

        clear_layout(self._card.body)
        self.rows = []
        for backup in found[:24]:
            counts = counts_text(backup.header.counts) if backup.header else ""
            row = ListRow(moment_text(backup.made_at), counts)
            row.opened.connect(lambda path=backup.path: self.chosen.emit(path))
            self._card.body.addWidget(row)
            self.rows.append(row)
        self._card.setVisible(bool(found))
        self._none.setVisible(not found)

    def ask_secret(self, sentence: str) -> None:
        """The password of today does not open this backup."""
        self.secret.show()
        self.secret.fail(sentence)


class RescuePanel(Panel):
    """The rescue while it runs, and then what came of it."""

    stop_asked = Signal()
    open_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Rescue what is readable"), parent=parent)
        self.progress = ProgressCard(_("Reading all that can be read …"))
        self.progress.stopped.connect(self.stop_asked)
        self.body.addWidget(self.progress)
        self.share = Label("", "bodyStrong", wrap=True)
        self.body.addWidget(self.share)
        self.missing = Card(_("What is missing"), padding=14)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        self.missing.body.addLayout(self._lines)
        self.body.addWidget(self.missing)
        text = _("The damaged files are kept aside for 14 days: Manage > Backup can undo this.")
        self.note = Label(text, "sub", wrap=True)
        self.body.addWidget(self.note)
        self.button = self.add_primary(_("Open the vault"), "lock-open")
        self.button.clicked.connect(self.open_asked)
        self.begin()

    def begin(self) -> None:
        """Show that it runs."""
        self.progress.show()
        for widget in (self.share, self.missing, self.note, self.button):
            widget.hide()

    def show_result(self, result: SalvageResult) -> None:
        """What was rescued, and a line for each kind of record that is missing."""
        from wbos_desktop.domain.salvage import result_lines, share_text

        self.progress.hide()
        clear_layout(self._lines)
        self.share.setText(share_text(result))
        for line in result_lines(result):
            self._lines.addWidget(Label(line, "small", wrap=True, selectable=True))
        self.missing.setVisible(bool(result.missing))
        for widget in (self.share, self.note, self.button):
            widget.show()
        self.button.setFocus()


class DoubtPanel(Panel):
    """The data file is older than the keys remember: the user decides before work goes on."""

    accepted = Signal()
    refused = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Older than expected"), parent=parent)
        self.text = Label("", "body", color="text.secondary", wrap=True)
        self.body.addWidget(self.text)
        safe = _("Nothing was changed. Did you put an older file back on purpose? Then go on.")
        self.body.addWidget(Label(safe, "body", wrap=True))
        self.lock = self.add_primary(_("Lock and ask for help"), "lock")
        self.lock.clicked.connect(self.refused)
        self.go_on = Button(_("Go on with this one"), "secondary", "arrow-right", size="large")
        self.go_on.clicked.connect(self.accepted)
        self.body.addWidget(self.go_on)
        note = _("Going on is noted in the audit trail.")
        self.body.addWidget(Label(note, "sub", wrap=True))

    def show_doubt(self, doubt: Doubt) -> None:
        """Say what was found."""
        self.text.setText(doubt.text)
        self.lock.setFocus()


class PlaceCard(Card):
    """The vault lies where copies of it fall apart; `move_asked` offers the way out."""

    move_asked = Signal()

    def __init__(self, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(padding=14, ground="surface.sunken", parent=parent)
        self.body.setSpacing(8)
        self.body.addWidget(Label(sentence, "small", wrap=True))
        self.button = Button(_("Move the vault"), "secondary", "database-export")
        self.button.clicked.connect(self.move_asked)
        self.body.addWidget(self.button)
