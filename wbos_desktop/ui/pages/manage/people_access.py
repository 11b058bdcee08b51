"""Who can unlock the vault, the recovery code, and who stands in for whom. For coordinators."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from wbos_desktop.domain.deputies import DeputyForm, DeputyRow
from wbos_desktop.domain.people import initials
from wbos_desktop.domain.users import AccessOverview, UserRow, role_name
from wbos_desktop.i18n import _, date_numeric, date_short
from wbos_desktop.services import deputies, users
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import ScrollPage, clear_layout
from wbos_desktop.ui.widgets.chips import Avatar, Chip
from wbos_desktop.ui.widgets.labels import IconLabel, Label
from wbos_desktop.ui.widgets.rows import ListRow

from .people_access_dialogs import AccessDialog, GiveAccessDialog
from .people_code_dialog import RecoveryCodeDialog
from .people_deputy_dialog import DeputyDialog
from .same_focus import keeps_focus


class AccessPanel(ScrollPage):
    """Three lists under each other; every change opens a dialog."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self._asked: Task[Any] | None = None
        self.overview = AccessOverview()
        self.give = Button(_("Give access"), "primary", "user-plus", size="small")
        self.give.clicked.connect(self._give)
        self.new_code = Button(_("New recovery code"), "secondary", "key", size="small")
        self.new_code.clicked.connect(self._renew_code)
        self.add_deputy = Button(_("Arrange standing in"), "secondary", "plus", size="small")
        self.add_deputy.clicked.connect(lambda: self.open_deputy(None))
        self.warnings, self.people, self.periods = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        for column in (self.warnings, self.people, self.periods):
            column.setSpacing(0)
        self.body.setContentsMargins(0, 0, 12, 0)
        self.body.setSpacing(10)
        self.body.addLayout(self.warnings)
        about = _("Everybody types an own password. Nobody else can read it, you neither.")
        self._part(_("Who can log in"), about, self.give, self.people)
        paper = _("Opens the vault when a coordinator forgot the password. Keep it on paper.")
        self._part(_("Recovery code"), paper, self.new_code, None)
        absent = _("Who is absent gives work and rights on it to a colleague, until the last day.")
        self._part(_("Standing in"), absent, self.add_deputy, self.periods)
        self.body.addStretch(1)

    def refresh(self) -> None:
        """Ask who can log in and who stands in."""
        self._asked = self.shell.tasks.read(self, _load).then(self._show).instead_of(self._asked)

    def _part(self, title: str, about: str, button: Button, rows: QVBoxLayout | None) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(title, "h3"))
        words.addWidget(Label(about, "sub", wrap=True))
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addLayout(words, 1)
        head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addSpacing(8)
        self.body.addLayout(head)
        if rows is not None:
            self.body.addLayout(rows)

    @keeps_focus
    def _show(self, found: tuple[AccessOverview, list[DeputyRow]]) -> None:
        self.overview, periods = found
        for column in (self.warnings, self.people, self.periods):
            clear_layout(column)
        for sentence in self.overview.warnings:
            self.warnings.addWidget(IconLabel("alert-triangle", sentence, "small", wrap=True))
        for user in self.overview.users:
            self.people.addWidget(self._person(user))
        for period in periods:
            self.periods.addWidget(self._period(period))
        if not periods:
            self.periods.addWidget(Label(_("Nobody is absent."), "muted"))
        self.give.block(_("At most 11 people fit.") if self.overview.full else "")

    def _person(self, user: UserRow) -> ListRow:
        can = _("Can log in as {role}").format(role=role_name(user.role))
        parts = [can, _("since {day}").format(day=date_numeric(user.since))]
        if user.must_renew:
            parts.append(_("start password not used yet"))
        if not user.works_here:
            parts.append(_("no longer here"))
        given, _space, family = user.name.partition(" ")
        letters = initials(given, "", family.rpartition(" ")[2])
        title = _("{name} (you)").format(name=user.name) if user.mine else user.name
        row = ListRow(
            title,
            " · ".join(parts),
            left=Avatar(letters, user.name, filled=True),
            opens=not user.mine,
        )
        row.opened.connect(lambda: self._open_person(user))
        return row

    def _period(self, period: DeputyRow) -> ListRow:
        days = _("{first} up to and including {last}").format(
            first=date_short(period.first_day), last=date_short(period.last_day)
        )
        parts = [days]
        if not period.can_unlock:
            parts.append(
                _("{name} can’t see cases yet: give access first").format(name=period.deputy)
            )
        if period.note:
            parts.append(period.note)
        text = _("{deputy} for {absent}").format(deputy=period.deputy, absent=period.absent)
        now = period.state == "now"
        chip = Chip(_("now"), kind="state") if now else None
        row = ListRow(text, " · ".join(parts), right=chip)
        row.opened.connect(lambda: self.open_deputy(period.id))
        return row

    def _locked(self) -> bool:
        """Say why nothing can be changed now; False when it can."""
        workspace = self.shell.tasks.workspace
        if workspace is None or not workspace.read_only:
            return False
        self.shell.messages.strip(self, workspace.read_only)
        return True

    def _give(self) -> None:
        if not self._locked():
            self.shell.tasks.read(self, users.list_without_access).then(self._open_give)

    def _open_give(self, choices: list[tuple[int, str]]) -> None:
        GiveAccessDialog(self.shell, choices, self.window()).open()

    def _open_person(self, user: UserRow) -> None:
        if not (self._locked() or user.mine):
            AccessDialog(self.shell, user, self.window()).open()

    def _renew_code(self) -> None:
        if not self._locked():
            RecoveryCodeDialog(self.shell, self.window()).open()

    def open_deputy(self, deputy_id: int | None) -> None:
        """Open the form of a period, or of a new one."""
        if not self._locked():
            form = self.shell.tasks.read(self, deputies.deputy_form, deputy_id)
            form.then(self._show_deputy)

    def _show_deputy(self, form: DeputyForm) -> None:
        DeputyDialog(self.shell, form, self.window()).open()


def _load(session: Any) -> tuple[AccessOverview, list[DeputyRow]]:
    return users.access_overview(session), deputies.list_deputies(session)
