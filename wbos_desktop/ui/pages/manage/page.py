"""Beheer: people, import, school year and calendar, protocols, settings (ui.md picture 14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from wbos_desktop.i18n import _
from wbos_desktop.ui import theme
from wbos_desktop.ui.allowed import may_open_part
from wbos_desktop.ui.page import Page
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.page_header import PageHeader

from .access_section import AccessSection
from .accountability_section import AccountabilitySection
from .audit_section import AuditSection
from .backup_section import BackupSection
from .bin_section import BinSection
from .import_section import ImportSection
from .people_section import PeopleSection
from .privacy_section import PrivacySection
from .protocol_section import ProtocolSection
from .section import PlaceList, Section
from .settings_section import SettingsSection
from .year_section import YearSection

LOW = 430
"""Height at 100 % text below which heads make place for what they stand over."""


class ManagePage(Page):
    """Where the school is kept: a list of parts, and the part that is open."""

    tables: ClassVar[frozenset[str]] = frozenset(
        {"school", "emergency_contacts", "school_years", "calendar_days", "staff", "staff_roles"}
        | {"pupils", "groups", "group_mentors", "memberships", "users", "deputies", "key_state"}
        | {"incidents", "profiles", "observations", "meetings", "agenda_items", "decisions"}
        | {"actions", "attachments", "scenarios", "destructions"}
        | {"cases", "retention_terms", "retention_holds", "scenario_practices"}
        | {"access_requests", "access_passages", "stated_views", "vault_settings"}
        | {"protocol_templates", "template_versions", "backups"}
    )

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self.header = PageHeader(_("Manage"), _("School, people, calendar and settings"))
        self.body.addWidget(self.header)
        self._makers: dict[str, Callable[[Shell], Section]] = {
            "people": PeopleSection,
            "calendar": YearSection,
            "protocols": ProtocolSection,
            "import": ImportSection,
            "backup": BackupSection,
            "requests": AccessSection,
            "accountability": AccountabilitySection,
            "bin": BinSection,
            "audit": AuditSection,
            "privacy": PrivacySection,
            "settings": SettingsSection,
        }
        places = [
            ("people", "users", _("People and roles")),
            ("calendar", "school", _("Year and calendar")),
            ("protocols", "list-check", _("Protocols")),
            ("import", "database-import", _("Read in")),
            ("backup", "device-floppy", _("Backup")),
            ("privacy", "shield-lock", _("Privacy and keeping")),
            ("requests", "eye", _("Access requests")),
            ("accountability", "file-text", _("Accountability")),
            ("audit", "history", _("Who saw what?")),
            ("bin", "trash", _("The bin")),
            ("settings", "adjustments", _("Settings")),
        ]
        places = [place for place in places if may_open_part(shell.who, place[0])]
        self.places = PlaceList(places, _("Parts of Manage"))
        self.places.chosen.connect(self._chosen)
        self.sections: dict[str, Section] = {}
        self.stack = QStackedWidget()
        self._shown = ""
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.places)
        row.addWidget(self.stack, 1)
        self.body.addLayout(row, 1)

    def title(self) -> str:
        """'Beheer'."""
        return _("Manage")

    def open(self, route: Route) -> None:
        """Show the part that the route's tab names, else the one that was open."""
        first = next(iter(self.places.buttons))
        code = route.tab if route.tab in self.places.buttons else self._shown or first
        if route.tab == "access" and "people" in self.places.buttons:
            code = "people"
        self.show_section(code or first)
        people = self.sections.get("people")
        if route.tab == "access" and isinstance(people, PeopleSection):
            people.show_access()
        requests = self.sections.get("requests")
        if route.tab == "requests" and route.id and isinstance(requests, AccessSection):
            requests.open_request(route.id)
        if route.form is not None:
            self.sections[self._shown].resume(*route.form)

    def refresh(self) -> None:
        """Ask the open part again; the others ask when they are next shown."""
        if self._shown:
            self.sections[self._shown].refresh()

    def section(self, code: str) -> Section:
        """The part with this code, made when it is first needed."""
        if code not in self.sections:
            self.sections[code] = self._makers[code](self.shell)
            self.sections[code].set_low(self._is_low())
            self.stack.addWidget(self.sections[code])
        return self.sections[code]

    def show_section(self, code: str) -> None:
        """Open a part."""
        if self._shown and self._shown != code:
            self.sections[self._shown].leave()
        self._shown = code
        self.shell.navigator.replace(Route("manage", None, code))
        self.places.set_value(code)
        section = self.section(code)
        self.stack.setCurrentWidget(section)
        section.refresh()

    def on_lock(self) -> None:
        """Let go of work that is halfway."""
        for section in self.sections.values():
            section.leave()

    def _is_low(self) -> bool:
        return self.height() < theme.scaled(LOW)

    def _chosen(self, code: str) -> None:
        self.shell.messages.clear(self)
        self.show_section(code)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.header.setVisible(not self._is_low())
        for section in self.sections.values():
            section.set_low(self._is_low())
