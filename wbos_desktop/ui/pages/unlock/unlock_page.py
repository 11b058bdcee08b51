"""Unlock: is this safe and mine? Shows no name, school or year (ui.md 16.18)."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop import paths
from wbos_desktop.errors import DamagedVault, Invalid, TooManyTries, UserError, WrongPassphrase
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Card
from wbos_desktop.ui.widgets.fields import TextField
from wbos_desktop.ui.widgets.form_row import FormRow
from wbos_desktop.ui.widgets.labels import Icon, Label
from wbos_desktop.ui.widgets.secret_row import SecretRow

from . import steps
from .care import Care
from .door import Door, Panel, Panels

if TYPE_CHECKING:
    from wbos_desktop.workspace.opening import OpenVault


class ExamplePanel(Panel):
    """The example school has a published password: it opens without typing."""

    unlock_asked = Signal()
    own_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        text = _("This is the example school. Everything in it is made up.")
        super().__init__(_("Example school"), text, parent)
        self.button = self.add_primary(_("Open the example school"), "eye")
        self.button.clicked.connect(self.unlock_asked)
        own = self.add_link(_("To your own school"), "school")
        own.clicked.connect(self.own_asked)


class PassphrasePanel(Panel):
    """The usual way in."""

    unlock_asked = Signal(str)
    code_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Welcome back"), parent=parent)
        self.secret = SecretRow(_("Password"))
        self.secret.entered.connect(self._ask)
        self.body.addWidget(self.secret)
        self.button = self.add_primary(_("Unlock"), "lock-open")
        self.button.clicked.connect(self._ask)
        code = self.add_link(_("Forgot your password? Use your recovery code"), "key")
        code.clicked.connect(self.code_asked)

    def _ask(self) -> None:
        if not self.button.isEnabled():
            return
        if self.secret.value():
            self.unlock_asked.emit(self.secret.value())
        else:
            self.secret.fail(_("Type your password."))


class CodePanel(Panel):
    """The way in with the recovery code."""

    unlock_asked = Signal(str)
    back_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        text = _("Type the code that you printed or copied when you set up WBOS.")
        super().__init__(_("Recovery code"), text, parent)
        self.field = TextField(_("Recovery code"), placeholder="ABCD-EFGH-…", max_length=80)
        self.field.returnPressed.connect(self._ask)
        self.row = FormRow(_("Recovery code"), self.field, hint=_("28 letters and digits."))
        self.body.addWidget(self.row)
        self.button = self.add_primary(_("Continue"), "arrow-right")
        self.button.clicked.connect(self._ask)
        back = self.add_link(_("Back to the password"))
        back.clicked.connect(self.back_asked)

    def fail(self, sentence: str) -> None:
        """Show what is wrong with the code."""
        self.row.set_error(sentence)
        self.field.setFocus()
        self.field.selectAll()

    def _ask(self) -> None:
        if self.button.isEnabled():
            self.unlock_asked.emit(self.field.text())


class UnlockPage(Door):
    """Opens the vault of one folder, by passphrase or recovery code, then tells `opened`."""

    own_asked = Signal()
    moved = Signal(object)

    def __init__(self, shell: Shell, vault: Path, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self.vault = vault
        self._open: OpenVault | None = None
        self._panels = Panels()
        is_example = vault == paths.demo_vault()
        self._panels.show_panel(self.example if is_example else self.passphrase)
        self.column.addWidget(self._panels)
        self.column.addSpacing(28)
        self.column.addWidget(_privacy_card())
        self.column.addStretch(2)
        self._wait = QTimer(self)
        self._wait.setInterval(1000)
        self._wait.timeout.connect(self._count_down)
        self._seconds = 0

    @cached_property
    def example(self) -> ExamplePanel:
        """The panel of the example school. Panels are made when first shown."""
        panel = ExamplePanel()
        panel.unlock_asked.connect(self._open_example)
        panel.own_asked.connect(self.own_asked)
        return panel

    @cached_property
    def passphrase(self) -> PassphrasePanel:
        """The panel for the password."""
        panel = PassphrasePanel()
        panel.unlock_asked.connect(self._unlock)
        panel.code_asked.connect(self._show_code)
        return panel

    @cached_property
    def code(self) -> CodePanel:
        """The panel for the recovery code."""
        panel = CodePanel()
        panel.unlock_asked.connect(self._unlock_by_code)
        panel.back_asked.connect(self._show_passphrase)
        return panel

    @cached_property
    def care(self) -> Care:
        """The panels for a vault that does not open, or that needs a decision."""
        care = Care(self.shell, self.vault, self._panels, self)
        care.opened.connect(self._cared_for)
        care.done.connect(self._show_first)
        care.moved.connect(self.moved)
        return care

    @cached_property
    def renew(self) -> steps.NewPassphrasePanel:
        """The panel for a new password after the recovery code."""
        text = _("Your recovery code is right. Choose a new password.")
        panel = steps.NewPassphrasePanel(_("New password"), text)
        panel.chosen.connect(self._renew)
        return panel

    @cached_property
    def first(self) -> steps.NewPassphrasePanel:
        """The panel for an own password after the start password of a colleague."""
        text = _("A colleague gave you this start password. From now on only your own works.")
        panel = steps.NewPassphrasePanel(_("Choose your own password"), text)
        panel.chosen.connect(self._renew)
        return panel

    def focus_first(self) -> None:
        """The password field, or the button of the example school."""
        if isinstance(self._panels.current, ExamplePanel):
            self.example.button.setFocus()
        else:
            self.passphrase.secret.field.setFocus()

    def abandon(self) -> None:
        """Close a vault that the recovery code opened but that got no new passphrase."""
        if "care" in self.__dict__:
            self.care.abandon()
        if self._open is not None:
            self.shell.tasks.end(self, self._open.workspace.close)
            self._open = None

    def warn_of_place(self, sentence: str) -> None:
        """The vault lies in a bad place: say so, with the offer to move it."""
        if sentence:
            self.column.insertWidget(self.column.count() - 1, self.care.place_card(sentence))

    def _unlock(self, secret: str) -> None:
        self.set_busy(True)
        task = self.shell.tasks.run(self, steps.open_with_passphrase, self.vault, secret)
        task.then(self._unlocked).failed(self._refused).finally_(self._ready)

    def _open_example(self) -> None:
        self.set_busy(True)
        task = self.shell.tasks.run(self, steps.open_example, self.vault)
        task.then(self._unlocked).failed(self._refused).finally_(self._ready)

    def _unlock_by_code(self, typed: str) -> None:
        self.set_busy(True)
        task = self.shell.tasks.run(self, steps.open_with_code, self.vault, typed)
        task.then(self._unlocked).failed(self._refused).finally_(self._ready)

    def _renew(self, secret: str) -> None:
        if self._open is not None:
            self.set_busy(True)
            task = self.shell.tasks.run(self, steps.renew_passphrase, self._open, secret)
            task.then(self._opened).failed(self._renew_refused).finally_(self._ready)

    def _unlocked(self, vault: OpenVault) -> None:
        if vault.doubt is not None:
            self.care.show_doubt(vault)
        else:
            self._cared_for(vault)

    def _opened(self, vault: OpenVault) -> None:
        self._forget()
        self._open = None
        self.opened.emit(vault)

    def _forget(self) -> None:
        """Empty the fields that were shown."""
        for panel in self.findChildren(SecretRow):
            panel.clear()
        for field in self.findChildren(TextField):
            field.clear()

    def _cared_for(self, vault: OpenVault) -> None:
        """Rescued, restored or decided: go on as after a usual unlock."""
        if vault.by_recovery and not vault.workspace.read_only:
            self._ask_new_passphrase(vault, self.renew)
        elif vault.must_renew and not vault.workspace.read_only:
            self._ask_new_passphrase(vault, self.first)
        else:
            self._opened(vault)

    def _ask_new_passphrase(self, vault: OpenVault, panel: steps.NewPassphrasePanel) -> None:
        self._open = vault
        self._forget()
        self._panels.show_panel(panel)
        panel.focus_first()

    def _refused(self, error: UserError) -> None:
        by_code = isinstance(self._panels.current, CodePanel)
        if isinstance(error, TooManyTries):
            self._seconds = error.seconds
            self._wait.start()
            self._count_down(0)
        elif isinstance(error, WrongPassphrase | Invalid):
            fail = self.code.fail if by_code else self.passphrase.secret.fail
            fail(error.message)
        elif isinstance(error, DamagedVault) and error.remedies:
            typed = self.code.field.text() if by_code else self._typed()
            self.care.show_damage(error, typed, by_code=by_code)
        else:
            self.shell.messages.strip(self, error.message, kind="error")

    def _typed(self) -> str:
        """The password of this try; that of the example school is published."""
        if self._panels.current is self.__dict__.get("example"):
            from wbos_desktop.vaults import EXAMPLE_PASSPHRASE

            return EXAMPLE_PASSPHRASE
        return self.passphrase.secret.value()

    def _renew_refused(self, error: UserError) -> None:
        if isinstance(error, Invalid) and isinstance(
            self._panels.current, steps.NewPassphrasePanel
        ):
            self._panels.current.fail(error.message)
        else:
            self.shell.messages.show_error(self, error)

    def _count_down(self, passed: int = 1) -> None:
        """The wait after five wrong tries, told by the second."""
        self._seconds -= passed
        waiting = self._seconds > 0
        text = ngettext(
            "Wait {n} second and then try again.",
            "Wait {n} seconds and then try again.",
            self._seconds,
        )
        if isinstance(self._panels.current, CodePanel):
            self.code.row.set_error(text if waiting else "")
        else:
            self.passphrase.secret.row.set_error(text if waiting else "")
        self._allow(not waiting)
        if not waiting:
            self._wait.stop()

    def _ready(self) -> None:
        self.set_busy(False)

    def set_busy(self, busy: bool) -> None:
        """Buttons wait for the answer, or for the time that a guesser must wait."""
        super().set_busy(busy)
        if busy:
            self.shell.messages.clear(self)
        self._allow(not busy and self._seconds <= 0)

    def _allow(self, allowed: bool) -> None:
        for button in self._panels.findChildren(Button):
            button.setEnabled(allowed)

    def _show_code(self) -> None:
        self._panels.show_panel(self.code)
        self.code.field.setFocus()

    def _show_first(self) -> None:
        """The panel of the begin."""
        is_example = self.vault == paths.demo_vault()
        self._panels.show_panel(self.example if is_example else self.passphrase)
        self._forget()
        self.focus_first()

    def _show_passphrase(self) -> None:
        self._panels.show_panel(self.passphrase)
        self.focus_first()


def _privacy_card() -> QWidget:
    card = Card(padding=16)
    row = QHBoxLayout()
    row.setSpacing(14)
    row.addWidget(Icon("shield-lock", 22, "action.link"))
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(Label(_("Everything stays on this laptop"), "bodyStrong"))
    text = _("The data is encrypted. Nothing goes to the internet.")
    words.addWidget(Label(text, "sub", wrap=True))
    row.addLayout(words, 1)
    card.body.addLayout(row)
    return card
