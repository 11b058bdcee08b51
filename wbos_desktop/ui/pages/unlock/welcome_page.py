"""First run: make an encrypted vault in three steps, or look around in the example school."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wbos_desktop import paths
from wbos_desktop.domain.accountability import still_to_come
from wbos_desktop.errors import Invalid, UserError, WrongPassphrase
from wbos_desktop.i18n import _
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.cards import Hairline
from wbos_desktop.ui.widgets.date_edit import DateEdit, plain_parser
from wbos_desktop.ui.widgets.fields import TextField
from wbos_desktop.ui.widgets.form_row import FormRow
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.pills import SegmentedControl
from wbos_desktop.ui.widgets.progress_card import ProgressCard

from . import steps
from .code_panel import ShowCodePanel
from .door import Door, Panel, Panels
from .moved_panel import FILTER, MovedPanel, put_here, read_header

if TYPE_CHECKING:
    from wbos_desktop.domain.backups import BackupHeader
    from wbos_desktop.ui.tasks import Task
    from wbos_desktop.workspace.create import NewVault
    from wbos_desktop.workspace.entrance import RecoveryCode
    from wbos_desktop.workspace.opening import OpenVault


class SchoolPanel(Panel):
    """Which school, which kind, who are you."""

    chosen = Signal()
    example_asked = Signal()
    backup_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        text = _("Everything you write comes into an encrypted vault on this laptop.")
        super().__init__(_("Welcome to WBOS"), text, parent)
        self.school = TextField(_("Name of the school"))
        self.sector = SegmentedControl(
            [
                ("PO", _("Primary")),
                ("VO", _("Secondary")),
                ("GO", _("Special")),
                ("MBO", _("Vocational")),
            ],
            _("Kind of school"),
        )
        self.sector.set_value("VO")
        self.person = TextField(_("Your name"), placeholder=_("First name and family name"))
        self.rows = {
            "school_name": FormRow(_("Name of the school"), self.school),
            "sector": FormRow(_("Kind of school"), self.sector),
            "given_name": FormRow(_("Your name"), self.person),
        }
        for row in self.rows.values():
            self.body.addWidget(row)
        self.body.addLayout(self._agreement())
        self.button = self.add_primary(_("Make a vault"), "shield-lock")
        self.button.clicked.connect(self._choose)
        self.school.returnPressed.connect(self.person.setFocus)
        self.person.returnPressed.connect(self._choose)
        self.body.addSpacing(8)
        self.body.addWidget(Hairline())
        self.body.addWidget(Label(_("Look around first?"), "h3"))
        words = _("Open the example school with made-up groups, cases and scenarios.")
        self.body.addWidget(Label(words, "sub", wrap=True))
        self.example = self.add_link(_("Open the example school"), "eye")
        self.example.clicked.connect(self.example_asked)
        self.backup = self.add_link(_("Put a backup of another laptop back"), "history")
        self.backup.clicked.connect(self.backup_asked)

    def _agreement(self) -> QHBoxLayout:
        """Who agreed that the school uses the program; it can be written down later too."""
        self.agreed_by = TextField(_("Who agreed that you use WBOS?"))
        today = dt.date.today()
        parser = plain_parser(today, lean=-1)
        self.agreed_on = DateEdit(_("Agreed on"), parser=parser, today=today)
        hint = _("That you use WBOS. You can do this later.")
        by = FormRow(_("Who agreed"), self.agreed_by, optional=True, hint=hint)
        on = FormRow(_("Agreed on"), self.agreed_on)
        self.rows |= {"agreed_by": by, "agreed_on": on}
        for row, field in ((by, self.agreed_by), (on, self.agreed_on)):
            field.edited.connect(partial(row.set_error, ""))
        self.agreed_on.refused.connect(on.set_error)
        self.agreed_on.echoed.connect(self._check_day)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(by, 3, Qt.AlignmentFlag.AlignTop)
        line.addWidget(on, 2, Qt.AlignmentFlag.AlignTop)
        return line

    def _check_day(self, _echo: str = "") -> None:
        """Say at once that a day is still to come, with its year."""
        self.rows["agreed_on"].set_error(self._wrong_day())

    def _wrong_day(self) -> str:
        day = self.agreed_on.value()
        if self.agreed_on.problem:
            return self.agreed_on.problem
        if day is not None and day > dt.date.today():
            return still_to_come(day)
        if day is None and self.agreed_by.value():
            return _("Give the day, today or earlier.")
        return ""

    def names(self) -> tuple[str, str, str]:
        """Given name, prefix and family name out of the one field."""
        from wbos_desktop.domain.people import clean, split_prefix

        given, _space, rest = clean(self.person.text()).partition(" ")
        return (given, *split_prefix(rest)) if rest else (given, "", "")

    def known_names(self) -> tuple[str, ...]:
        """What a guesser would try first."""
        given, _prefix, family = self.names()
        return tuple(name for name in (self.school.value(), given, family) if name)

    def show_errors(self, fields: dict[str, str]) -> bool:
        """Put sentences under their fields; True when one of them is here."""
        for key, row in self.rows.items():
            row.set_error(fields.get(key, ""))
        return any(key in fields for key in self.rows)

    def _choose(self) -> None:
        wrong = {}
        if not self.school.value():
            wrong["school_name"] = _("Give the name of the school.")
        if not self.person.value():
            wrong["given_name"] = _("Give your name.")
        if wrong_day := self._wrong_day():
            wrong["agreed_on"] = wrong_day
        self.show_errors(wrong)
        if wrong:
            self.rows[next(iter(wrong))].widget.setFocus()
        else:
            self.chosen.emit()


class WelcomePage(Door):
    """Leads through school, password and recovery code; nothing is written before the last.

    `opened` carries the new vault, or that of the example school.
    """

    def __init__(self, shell: Shell, vault: Path, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self.vault = vault
        self.school = SchoolPanel()
        self.secret = steps.NewPassphrasePanel(
            _("Choose a password"), _("You need it each time you open WBOS. Nobody else knows it.")
        )
        self.code = ShowCodePanel(shell.clipboard)
        self.moved = MovedPanel()
        self._file = Path()
        self._code: RecoveryCode | None = None
        self._passphrase = ""
        self._long: Task[OpenVault] | None = None
        self._progress = ProgressCard(_("The example school is being made"))
        self._checking = ProgressCard(_("The backup is checked and laid ready"))
        self._lay_out()
        self._connect()

    def focus_first(self) -> None:
        """The name of the school."""
        self.school.school.setFocus()

    def _lay_out(self) -> None:
        self.step = Label("", "captionStrong", color="text.secondary")
        self.panels = Panels()
        self.back = self.secret.add_link(_("Back"))
        self.column.addWidget(self.step)
        self.column.addWidget(self.panels)
        for card in (self._progress, self._checking):
            self.column.addWidget(card)
            card.hide()
        self.column.addStretch(2)
        self._show(self.school)

    def _connect(self) -> None:
        self.school.chosen.connect(self._to_secret)
        self.school.example_asked.connect(self._make_example)
        self.school.backup_asked.connect(self._choose_backup)
        self.moved.put_asked.connect(self._put_back)
        self.moved.back_asked.connect(lambda: self._show(self.school))
        self.back.clicked.connect(lambda: self._show(self.school))
        self.secret.chosen.connect(self._to_code)
        self.code.confirmed.connect(self._make)
        self._progress.stopped.connect(self._stop)
        self._checking.stopped.connect(self._stop)

    def _show(self, panel: Panel) -> None:
        self.panels.show_panel(panel)
        if panel is self.moved:
            self.step.setText("")
            return
        number = (self.school, self.secret, self.code).index(panel) + 1
        self.step.setText(_("Step {n} of {m}").format(n=number, m=3))

    def _to_secret(self) -> None:
        self.secret.names = self.school.known_names()
        self._show(self.secret)
        self.secret.focus_first()

    def _to_code(self, passphrase: str) -> None:
        self._passphrase = passphrase
        if self._code is None:
            self._code = steps.new_code()
        self.code.show_code(self._code)
        self._show(self.code)
        self.code.focus_first()

    def _make(self) -> None:
        if self._code is None:
            return
        self.set_busy(True)
        task = self.shell.tasks.run(
            self, steps.make_vault, self.vault, self._passphrase, self._new(), self._code
        )
        task.then(self._made).failed(self._refused).finally_(self._ready)

    def _new(self) -> NewVault:
        from wbos_desktop.workspace.create import NewVault

        given, prefix, family = self.school.names()
        return NewVault(
            school_name=self.school.school.value(),
            sector=self.school.sector.value(),
            given_name=given,
            name_prefix=prefix,
            family_name=family,
            agreed_by=self.school.agreed_by.value(),
            agreed_on=self.school.agreed_on.value(),
            code_printed=self.code.was_printed,
        )

    def _made(self, vault: OpenVault) -> None:
        self._passphrase, self._code = "", None
        self.secret.clear()
        self.code.clear()
        self.opened.emit(vault)

    def _refused(self, error: UserError) -> None:
        fields = error.fields if isinstance(error, Invalid) else {}
        if self.school.show_errors(fields):
            self._show(self.school)
        elif "passphrase" in fields:
            self._show(self.secret)
            self.secret.fail(fields["passphrase"])
        else:
            self.shell.messages.show_error(self, error)

    def _choose_backup(self) -> None:
        title = _("Which backup?")
        self.shell.messages.open_file(self, title, FILTER, self._look_at)

    def _look_at(self, file: Path) -> None:
        self._file = file
        self.set_busy(True)
        task = self.shell.tasks.run(self, read_header, file)
        task.then(self._show_backup).finally_(self._ready)

    def _show_backup(self, header: BackupHeader) -> None:
        self.moved.show_header(header)
        self._show(self.moved)
        self.moved.secret.field.setFocus()

    def _put_back(self, secret: str, main: bool) -> None:
        self.set_busy(True)
        self._checking.set_progress(0, 0)
        self._checking.show()
        task = self.shell.tasks.run_long(self, put_here, self.vault, self._file, secret, main)
        self._long = task.then(self._moved).progress(self._checking.set_progress)
        task.failed(self._not_moved).stopped(self._example_stopped).finally_(self._ready)

    def _moved(self, vault: OpenVault) -> None:
        self.moved.secret.clear()
        self.opened.emit(vault)

    def _not_moved(self, error: UserError) -> None:
        if isinstance(error, WrongPassphrase):
            self.moved.secret.fail(error.message)
        else:
            self.shell.messages.show_error(self, error)

    def _make_example(self) -> None:
        self.set_busy(True)
        self._progress.set_progress(0, 0)
        self._progress.show()
        task = self.shell.tasks.run_long(self, steps.make_example, paths.demo_vault())
        self._long = task.then(self.opened.emit).progress(self._progress.set_progress)
        task.stopped(self._example_stopped).finally_(self._ready)

    def _stop(self) -> None:
        if self._long is not None:
            self._long.cancel()

    def _example_stopped(self) -> None:
        self.shell.messages.strip(self, _("Stopped. Nothing was changed."))

    def _ready(self) -> None:
        self._progress.hide()
        self._checking.hide()
        self.set_busy(False)

    def set_busy(self, busy: bool) -> None:
        """One thing at a time."""
        super().set_busy(busy)
        buttons = (
            *(self.school.button, self.school.example, self.school.backup),
            *(self.secret.button, self.code.button, self.moved.button, self.moved.back),
        )
        for button in buttons:
            button.setEnabled(not busy)
