"""Give a colleague a way into the vault, change the role, give a new password, take it away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.users import ROLES, UserRow, role_line, role_name
from wbos_desktop.errors import Invalid, KeyWaits, UserError
from wbos_desktop.i18n import _
from wbos_desktop.services import users
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Hairline
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.fields import CheckBox, ComboBox
from wbos_desktop.ui.widgets.form_row import FormRow
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.new_secret import NewSecret
from wbos_desktop.ui.widgets.pills import PillGroup
from wbos_desktop.workspace import entrance
from wbos_desktop.workspace import people as ways_in
from wbos_desktop.workspace.opened import OpenVault


class RoleRow(FormRow):
    """The four roles, and in one line what the chosen one may."""

    def __init__(self) -> None:
        self.pills = PillGroup([(role, role_name(role)) for role in ROLES], _("Role"))
        super().__init__(_("Role"), self.pills)
        self.pills.edited.connect(self._explain)

    def set_role(self, role: str) -> None:
        """Choose a role without telling."""
        self.pills.set_value(role)
        self._explain()

    def role(self) -> str:
        """The chosen role; empty when none is."""
        return self.pills.value() or ""

    def _explain(self) -> None:
        self.set_error("")
        self.set_hint(role_line(self.role()))


class _SecretDialog(Dialog):
    """A password for a colleague, typed twice: an own one, or one to start with."""

    def __init__(self, shell: Shell, title: str, subtitle: str, parent: QWidget | None) -> None:
        super().__init__(title, subtitle, width=560, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell = shell
        self.pair = NewSecret(self._problem, _("Password of your colleague"))
        self.start = CheckBox(_("This is a start password"))
        self.about_start = Label(
            _("At the first unlock your colleague chooses an own one."), "caption", wrap=True
        )

    def names(self) -> tuple[str, ...]:
        """What a guesser would try first."""
        return (self.shell.who.school,)

    def send(self, verb: Button, work: Callable[[], object], said: str) -> None:
        """Do the work after all that was asked for before; then say it and close."""
        verb.setEnabled(False)
        self.set_footer(_("One moment…"))

        def done(_answer: object) -> None:
            self.shell.messages.toast(said)
            self.accept()

        def ready() -> None:
            verb.setEnabled(True)
            self.set_footer("")

        self.shell.tasks.end(self, work).then(done).failed(self.refused).finally_(ready)

    def refused(self, error: UserError) -> None:
        """Show a wrong field in place, and everything else on top."""
        fields = error.fields if isinstance(error, Invalid) else {}
        if isinstance(error, KeyWaits):
            self.shell.messages.toast(error.message)
            self.accept()
        elif "passphrase" in fields:
            self.pair.secret.fail(fields["passphrase"])
        else:
            self.shell.messages.show_error(self, error)

    def vault(self) -> OpenVault:
        """The open vault. It is there as long as the dialog is."""
        assert self.shell.vault is not None
        return self.shell.vault

    def _problem(self, secret: str) -> str:
        return entrance.passphrase_problem(secret, self.names())


class GiveAccessDialog(_SecretDialog):
    """Who, as what, with which password."""

    def __init__(
        self, shell: Shell, choices: Sequence[tuple[int, str]], parent: QWidget | None
    ) -> None:
        about = _("Let your colleague type the password, and look away for a moment.")
        super().__init__(shell, _("Give access"), about, parent)
        self._choices = dict(choices)
        self.whom = ComboBox(list(choices), _("Colleague"), empty=_("Choose a colleague"))
        self.whom_row = FormRow(
            _("Colleague"), self.whom, hint=_("Not in the list? Add the staff member first.")
        )
        self.role_row = RoleRow()
        self.role_row.set_role("member")
        for widget in (self.whom_row, self.role_row, self.pair, self.start, self.about_start):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.add_button(_("Cancel"), slot=self.reject)
        self.save_button = self.add_button(_("Give access"), "primary", "check", slot=self.save)
        self.pair.entered.connect(self.save)

    def names(self) -> tuple[str, ...]:
        """Of the school and of the colleague."""
        name = self._choices.get(self.whom.value() or 0, "")
        return (self.shell.who.school, *name.split())

    def save(self) -> None:
        """Check what was typed, and make the way in."""
        staff_id = self.whom.value()
        self.whom_row.set_error("")
        if staff_id is None:
            self.whom_row.set_error(_("Choose a colleague."))
            self.whom.setFocus()
        elif self.save_button.isEnabled() and self.pair.check():
            work = partial(
                ways_in.add_user,
                self.vault(),
                staff_id,
                self.role_row.role(),
                self.pair.value(),
                must_renew=self.start.value(),
            )
            said = _("{name} can log in now.").format(name=self._choices[staff_id])
            self.send(self.save_button, work, said)

    def refused(self, error: UserError) -> None:
        """A colleague who does not fit stands at the list."""
        fields = error.fields if isinstance(error, Invalid) else {}
        if "staff_id" in fields:
            self.whom_row.set_error(fields["staff_id"])
            self.whom.setFocus()
        else:
            super().refused(error)


class NewPasswordDialog(_SecretDialog):
    """For a colleague who forgot the password."""

    def __init__(self, shell: Shell, user: UserRow, parent: QWidget | None) -> None:
        about = _("The old password stops working, also for older copies of the key file.")
        title = _("New password for {name}").format(name=user.given_name)
        super().__init__(shell, title, about, parent)
        self._user = user
        for widget in (self.pair, self.start, self.about_start):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.add_button(_("Cancel"), slot=self.reject)
        self.save_button = self.add_button(_("Give new password"), "primary", "key", slot=self.save)
        self.pair.entered.connect(self.save)

    def names(self) -> tuple[str, ...]:
        """Of the school and of the colleague."""
        return (self.shell.who.school, *self._user.name.split())

    def save(self) -> None:
        """Check what was typed, and put it in the place of the old one."""
        if self.save_button.isEnabled() and self.pair.check():
            work = partial(
                ways_in.renew_access,
                self.vault(),
                self._user.id,
                self.pair.value(),
                must_renew=self.start.value(),
            )
            said = _("{name} has a new password.").format(name=self._user.given_name)
            self.send(self.save_button, work, said)


class AccessDialog(Dialog):
    """What a colleague may, a new password, and the end of the access."""

    def __init__(self, shell: Shell, user: UserRow, parent: QWidget | None) -> None:
        title = _("Access of {name}").format(name=user.name)
        super().__init__(title, width=600, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell = shell
        self._user = user
        self.role_row = RoleRow()
        self.role_row.set_role(user.role)
        self.body.addWidget(self.role_row)
        self.renew = self._part(
            _("Password forgotten?"),
            _("Nobody can look it up. Give a new one; your colleague types it."),
            Button(_("Give new password"), "secondary", "key"),
        )
        self.renew.clicked.connect(self._renew)
        self.remove = self._part(
            _("Leaves, or no longer needs WBOS?"),
            _("The vault gets a new key. Colleagues notice nothing of it."),
            Button(_("Take access away"), "danger", "lock"),
        )
        self.remove.clicked.connect(self._ask_remove)
        self.body.addStretch(1)
        self.add_button(_("Cancel"), slot=self.reject)
        self.save_button = self.add_button(_("Save role"), "primary", "check", slot=self.save)

    def save(self) -> None:
        """Keep the role that was chosen."""
        if self.role_row.role() == self._user.role:
            self.accept()
            return
        task = self.shell.tasks.write(self, users.change_role, self._user.id, self.role_row.role())
        task.then(self._saved)

    def _part(self, title: str, text: str, button: Button) -> Button:
        self.body.addWidget(Hairline())
        self.body.addWidget(Label(title, "bodyStrong"))
        self.body.addWidget(Label(text, "sub", wrap=True))
        self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return button

    def _saved(self, _none: None) -> None:
        words = _("{name} is {role} now.")
        role = role_name(self.role_row.role())
        self.shell.messages.toast(words.format(name=self._user.given_name, role=role))
        self.accept()

    def _renew(self) -> None:
        NewPasswordDialog(self.shell, self._user, self.parentWidget()).open()
        self.accept()

    def _ask_remove(self) -> None:
        name = self._user.given_name
        text = _(
            "{name} can’t open this vault any more, and it gets a new key."
            " This can’t be undone; you can give access again later."
            " Backups and copies from before today still open with the old password of {name}."
            " Keep them safe, or destroy them."
            " Can {name} still write in the folder of the backups? Then let ICT end that."
        )
        self.shell.messages.ask(
            self,
            _("Take the access of {name} away?").format(name=self._user.name),
            text.format(name=name),
            yes=_("Take access away"),
            no=_("Keep access"),
            then=self._remove,
            danger=True,
        )

    def _remove(self) -> None:
        vault = self.shell.vault
        if vault is None:
            return
        self.set_footer(_("One moment: the vault gets a new key."))
        for button in (self.remove, self.renew, self.save_button):
            button.setEnabled(False)
        work = partial(ways_in.remove_user, vault, self._user.id)
        self.shell.tasks.end(self, work).then(self._removed).failed(self._remove_failed)

    def _removed(self, _none: None) -> None:
        words = _("{name} can’t log in any more. The vault has a new key.")
        self.shell.messages.toast(words.format(name=self._user.name))
        self.accept()

    def _remove_failed(self, error: UserError) -> None:
        """The colleague may be out already: what is left to do stands in the list."""
        self.set_footer("")
        if isinstance(error, KeyWaits):
            self.shell.messages.toast(error.message)
            self.accept()
            return
        self.shell.messages.show_error(self, error)
