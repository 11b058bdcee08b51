"""Settings: this laptop's look, the school, emergency numbers, and the password."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.school import SECTORS, ContactDraft, SchoolDraft
from wbos_desktop.errors import Conflict, Invalid, UserError
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.policy import Policy
from wbos_desktop.services import school
from wbos_desktop.ui import theme
from wbos_desktop.ui.capture import system_setter
from wbos_desktop.ui.conflict import Versions, choose_version
from wbos_desktop.ui.drafts import DraftKeeper
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button, IconButton
from wbos_desktop.ui.widgets.cards import Hairline, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.fields import CheckBox, ComboBox, TextField
from wbos_desktop.ui.widgets.form import Field, Form, FormRow
from wbos_desktop.ui.widgets.labels import ElidedLabel, IconLabel, Label
from wbos_desktop.ui.widgets.pills import PillGroup

from .passphrase_dialog import PassphraseDialog
from .same_focus import keeps_focus
from .section import Section, set_tab_order
from .settings_dialogs import ContactDialog


class SettingsSection(Section):
    """Under each other: look (its changes build the page anew), school, numbers, password."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Settings"), _("Of WBOS on this laptop, and of the school."))
        self._asked: Task[Any] | None = None
        self._school = SchoolDraft()
        self._saving = self._unsettled = False
        self.choices: dict[str, PillGroup | CheckBox] = {}
        self.page = page = ScrollPage()
        page.body.setSpacing(14)
        self.form = self._school_form()
        parts = [_look(self), self._school_part(), self._contact_part(), _safety(self)]
        for part in [*parts[:1], *_policy_parts(shell.settings.policy), *parts[1:]]:
            page.body.addWidget(part)
        page.body.addStretch(1)
        self.body.addWidget(page, 1)
        self.keeper = DraftKeeper(
            self,
            shell,
            "school",
            of=self.form,
            place=Route("manage", None, "settings"),
            title=_("Settings of the school"),
            where=self.drafts_place,
        )

    def _school_form(self) -> Form:
        return Form(
            [
                [
                    Field(_("Name of the school"), "name", TextField(), stretch=4),
                    Field(
                        _("Kind of school"),
                        "sector",
                        ComboBox([(code, code) for code in SECTORS]),
                        stretch=1,
                    ),
                    Field(_("BRIN"), "brin", TextField(max_length=4), optional=True, stretch=1),
                ],
                Field(
                    _("Line under every export"),
                    "print_line",
                    TextField(),
                    optional=True,
                    hint=_("For example: Confidential, for the care team only"),
                ),
            ]
        )

    def _school_part(self) -> QWidget:
        part, column = _part(_("School"))
        self.drafts_place = QVBoxLayout()
        column.addLayout(self.drafts_place)
        column.addWidget(self.form)
        self.save_button = Button(_("Save school"), "primary")
        self.save_button.clicked.connect(self._save_school)
        self.form.setEnabled(self.may_change)
        column.addWidget(self.save_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.save_button.setVisible(self.may_change)
        return part

    def _contact_part(self) -> QWidget:
        part, column = _part(
            _("Emergency numbers"), _("They stand with every report of an incident.")
        )
        self.contacts = QVBoxLayout()
        self.contacts.setSpacing(0)
        column.addLayout(self.contacts)
        self.add_contact = add = Button(_("Add number"), "secondary", "plus")
        add.clicked.connect(lambda: self._open_contact(ContactDraft()))
        column.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)
        add.setVisible(self.may_change)
        return part

    def focus_choice(self, key: str) -> None:
        """Put the focus on a choice of this laptop: where it was before the page was built anew."""
        choice = self.choices[key]
        choice.focus_first() if isinstance(choice, PillGroup) else choice.setFocus()
        self.page.ensureWidgetVisible(choice)

    def refresh(self) -> None:
        """Ask for the school and its numbers; what is being typed stays."""
        self._asked = self.read(_load).then(self._show).instead_of(self._asked)

    @keeps_focus
    def _show(self, found: tuple[SchoolDraft, list[ContactDraft]]) -> None:
        draft, contacts = found
        if not self.form.dirty:
            self._take(draft)
        clear_layout(self.contacts)
        lines: list[QWidget] = []
        for contact in contacts:
            line = self._contact_line(contact)
            self.contacts.addWidget(line)
            self.contacts.addWidget(Hairline())
            lines.append(line)
        buttons = [button for line in lines for button in line.findChildren(Button)]
        set_tab_order(self.save_button, *buttons, self.add_contact)

    def _contact_line(self, contact: ContactDraft) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(12)
        row.addWidget(ElidedLabel(contact.label, "body"), 3)
        row.addWidget(Label(contact.phone, "bodyStrong"), 2)
        if self.may_change:
            edit = IconButton("pencil", _("Change {name}").format(name=contact.label))
            edit.clicked.connect(lambda: self._open_contact(contact))
            remove = IconButton("trash", _("Remove {name}").format(name=contact.label))
            remove.clicked.connect(lambda: self._remove_contact(contact))
            row.addWidget(edit)
            row.addWidget(remove)
        return line

    def _open_contact(self, draft: ContactDraft) -> None:
        ContactDialog(self.shell, draft, self.window()).open()

    def _remove_contact(self, contact: ContactDraft) -> None:
        assert contact.id is not None
        said = _("Removed: {name}.").format(name=contact.label)
        self.write(school.remove_contact, contact.id).then(
            lambda _none: self.shell.messages.toast(said, undo_last=True)
        )

    def _take(self, draft: SchoolDraft) -> None:
        self._school = draft
        self.form.fill(draft)
        if self.may_change:
            self.keeper.version = draft.version
            self.keeper.start()

    def resume(self, form: str, record_id: int) -> None:
        """Open the form of a number again; the form of the school stands here."""
        if form == "contact" and self.may_change:
            self.read(school.list_contacts).then(lambda found: self._reopen(found, record_id))

    def _reopen(self, contacts: list[ContactDraft], contact_id: int) -> None:
        found = next((one for one in contacts if one.id == contact_id), None)
        self._open_contact(found or ContactDraft())

    def _save_school(self) -> None:
        if self._saving:
            return
        if problems := self.form.problems():
            self.form.show_errors(problems)
        elif self._unsettled:
            self.read(school.get_school).then(self._compare)
        else:
            self._saving = True
            task = self.keeper.send(school.save_school, self.form.draft(self._school))
            task.then(self._school_saved).failed(self._school_failed).finally_(self._answered)

    def _answered(self) -> None:
        self._saving = False

    def _school_saved(self, _none: None) -> None:
        self.form.dirty = False
        self.keeper.go_on()
        self.shell.messages.clear(self)
        self.shell.messages.toast(_("School saved."), undo_last=True)
        self.refresh()

    def _school_failed(self, error: UserError) -> None:
        if isinstance(error, Invalid):
            self.form.show_errors(error.fields)
        elif isinstance(error, Conflict):
            self.read(school.get_school).then(self._compare)
        else:
            self.shell.messages.show_error(self, error)

    def _compare(self, fresh: SchoolDraft) -> None:
        """A colleague saved the school meanwhile: lay both versions side by side."""
        self._unsettled = True
        mine = self.form.kept()
        self._school = fresh
        self.form.fill(fresh)
        versions = Versions(self.form, mine, self.keeper.before)

        def chosen() -> None:
            self._unsettled = False
            self.keeper.meet(versions, fresh.version)
            self._save_school()

        choose_version(self, versions, chosen, versions.show_mine)


def _load(session: Any) -> tuple[SchoolDraft, list[ContactDraft]]:
    return replace(school.get_school(session)), school.list_contacts(session)


def _part(title: str, sub: str = "") -> tuple[QWidget, QVBoxLayout]:
    part = QWidget()
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 6)
    column.setSpacing(10)
    column.addWidget(Hairline())
    column.addWidget(Label(title, "h3"))
    if sub:
        column.addWidget(Label(sub, "sub", wrap=True))
    return part, column


def _look(section: SettingsSection) -> QWidget:
    """Language, light or dark, text size, idle lock: of this laptop."""
    settings = section.shell.settings
    part, column = _part(_("WBOS on this laptop"))
    language = PillGroup(
        [("", _("As the system")), ("nl", "Nederlands"), ("en", "English")], _("Language")
    )
    mode = PillGroup(
        [("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))], _("Look")
    )
    size = PillGroup([(n, f"{n} %") for n in theme.TEXT_SIZES], _("Text size"))
    most = settings.policy.lock_minutes
    offered = sorted({n for n in (2, 5, 10, 15) if n <= most} | {most})
    minutes = PillGroup([(n, _("{n} min").format(n=n)) for n in offered], _("Lock by itself after"))
    rows = (
        (language, "language"),
        (mode, "theme"),
        (size, "text_size"),
        (minutes, "lock_minutes"),
    )
    for pills, key in rows:
        section.choices[key] = pills
        pills.set_value(settings.get(key))
        pills.edited.connect(lambda pills=pills, key=key: _keep(section, key, pills.value()))
        limited = key == "lock_minutes" and settings.policy.demands(key)
        hint = _("Your school allows {n} minutes at most.").format(n=most) if limited else ""
        column.addWidget(FormRow(pills.accessibleName(), pills, hint=hint))
    if system_setter() is not None:  # there is nothing to choose on Linux
        column.addWidget(FormRow(_("Screenshots"), _capture_box(section)))
    return part


def _capture_box(section: SettingsSection) -> CheckBox:
    settings = section.shell.settings
    box = CheckBox(_("Keep this window out of screenshots and shared screens"))
    section.choices["capture_block"] = box
    box.set_value(settings.get("capture_block"))
    box.edited.connect(lambda: _keep(section, "capture_block", box.value()))
    if settings.policy.capture_block:
        box.setEnabled(False)
        box.setToolTip(_("Your school has set this."))
    return box


def _policy_parts(policy: Policy) -> list[QWidget]:
    """What the school's ICT demands of this computer; nothing when it demands nothing."""
    if not policy.found:
        return []
    part, column = _part(_("Set by the school"))
    if policy.sentence:
        column.addWidget(Label(policy.sentence, "danger", wrap=True))
    for line in policy_lines(policy):
        column.addWidget(IconLabel("lock", line, "body"))
    return [part]


def policy_lines(policy: Policy) -> list[str]:
    """The demands in words."""
    minutes = policy.lock_minutes
    lines = {
        "lock_minutes": ngettext(
            "Lock after {n} minute at most", "Lock after {n} minutes at most", minutes
        ),
        "export_password": _("Exports with a password only"),
        "capture_block": _("Screenshots stay off"),
        "backup_required": _("A warning after 2 days without a backup"),
        "backup_folder": _("Backups go to {folder}").format(folder=policy.backup_folder),
    }
    return [line for key, line in lines.items() if policy.demands(key)]


def _keep(section: SettingsSection, key: str, value: Any) -> None:
    """Put the choice to work. The window builds every page anew for it, this one too."""
    window = section.window()
    section.shell.settings.set(key, value)
    section.shell.apply_settings()
    shown = [one for one in window.findChildren(SettingsSection) if one.isVisible()]
    for fresh in shown:
        fresh.focus_choice(key)


def _safety(section: SettingsSection) -> QWidget:
    part, column = _part(
        _("Password"), _("Without password and recovery code nobody gets at the data.")
    )
    button = Button(_("Change password"), "secondary", "key")
    button.clicked.connect(lambda: PassphraseDialog(section.shell, section.window()).open())
    # The program itself opens the example school, with a passphrase that everybody knows.
    if section.shell.vault is None or section.shell.who.demo:
        part.hide()
    column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    return part
