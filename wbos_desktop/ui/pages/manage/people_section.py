"""People and roles: staff with what they do, and the pupils."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QStackedWidget

from wbos_desktop.domain.people import PupilQuery, PupilRow, Role, StaffDraft, StaffQuery, StaffRow
from wbos_desktop.domain.users import role_name
from wbos_desktop.i18n import _, date_numeric, ngettext
from wbos_desktop.services import looking, people
from wbos_desktop.ui.history_dialog import open_history
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.fields import CheckBox, SearchField
from wbos_desktop.ui.widgets.paged_model import Column
from wbos_desktop.ui.widgets.pills import SegmentedControl

from .people_access import AccessPanel
from .section import FilterLine, PlainTable, Section
from .staff_dialog import StaffDialog

Deliver = Callable[[Mapping[int, Any]], None]


class PeopleSection(Section):
    """Staff and pupils in a table; a staff member opens in a form."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(
            shell, _("People and roles"), _("Who works here, with which task, and which pupils.")
        )
        self._roles: dict[str, Role] = {}
        self._asked: Task[Any] | None = None
        self.add_button = Button(_("Add staff member"), "primary", "user-plus")
        self.add_button.clicked.connect(self._add)
        self.add_tool(self.add_button)
        kinds = [("staff", _("Staff")), ("pupils", _("Pupils"))]
        if self.may_change:
            kinds.append(("access", _("Access")))
        self.kind = SegmentedControl(kinds, _("Whom"))
        self.kind.edited.connect(self._kind_chosen)
        self.search = SearchField(_("Search by name or number"))
        self.search.setMinimumWidth(120)
        self.search.edited.connect(self.refresh)
        self.gone = CheckBox(_("Also who left"))
        self.gone.edited.connect(self.refresh)
        self.body.addWidget(FilterLine((self.kind,), (self.search, self.gone), 310))
        self.stack = QStackedWidget()
        self.staff_table = PlainTable(
            self._staff_columns(), self._fetch_staff, _("Staff"), empty=_nobody()
        )
        self.staff_table.activated.connect(self._open_staff)
        self.pupil_table = PlainTable(
            _pupil_columns(), self._fetch_pupils, _("Pupils"), empty=_no_pupils()
        )
        self.pupil_table.activated.connect(self._past_of_pupil)
        self.pupil_table.selected.connect(self._pupil_chosen)
        self.past = Button(_("History"), "ghost", "history", size="small")
        self.past.clicked.connect(self._past_of_chosen)
        self.pupil_table.foot_row.addWidget(self.past)
        self._pupil_chosen(None)
        self.stack.addWidget(self.staff_table)
        self.stack.addWidget(self.pupil_table)
        self.access = AccessPanel(shell)
        self.stack.addWidget(self.access)
        self.body.addWidget(self.stack, 1)
        self._kind_chosen()

    def _staff_columns(self) -> list[Column[StaffRow]]:
        return [
            Column(
                _("Name"),
                lambda row: row.name,
                sub=lambda row: _("no longer here") if not row.active else row.email,
                width=180,
                stretch=3,
                strong=True,
            ),
            Column(_("Code"), lambda row: row.code, width=80, hide=2),
            Column(_("Roles"), self._role_text, width=180, stretch=3),
            Column(_("Groups"), lambda row: ", ".join(row.groups), width=90, stretch=1, hide=1),
            Column(
                _("Logs in as"),
                lambda row: role_name(row.user_role) if row.user_role else "",
                width=110,
                hide=3,
            ),
        ]

    def _role_text(self, row: StaffRow) -> str:
        return ", ".join(
            self._roles[code].title if code in self._roles else code for code in row.roles
        )

    def refresh(self) -> None:
        """Ask who is in the list that is shown, for what is typed."""
        if self.kind.value() == "access":
            self.access.refresh()
            return
        staff = StaffQuery(self.search.value(), inactive=self.gone.value())
        pupils = PupilQuery(self.search.value(), left=self.gone.value())
        ask = self.view if self.kind.value() == "pupils" and pupils.text.strip() else self.read
        self._asked = (
            ask(_load, staff, pupils, self.kind.value()).then(self._show).instead_of(self._asked)
        )

    def _show(self, found: tuple[tuple[Role, ...], list[int], str]) -> None:
        roles, ids, kind = found
        self._roles = {role.code: role for role in roles}
        if kind == "staff":
            self.staff_table.set_ids(ids)
            self.staff_table.set_foot(ngettext("{n} staff member", "{n} staff members", len(ids)))
        else:
            self.pupil_table.set_ids(ids)
            self.pupil_table.set_foot(ngettext("{n} pupil", "{n} pupils", len(ids)))

    def _fetch_staff(self, ids: list[int], deliver: Deliver) -> None:
        self.read(people.load_staff_rows, ids).then(deliver)

    def _fetch_pupils(self, ids: list[int], deliver: Deliver) -> None:
        self.read(people.load_pupil_rows, ids).then(deliver)

    def _kind_chosen(self) -> None:
        kind = self.kind.value()
        staff, listed = kind == "staff", kind != "access"
        faces = {"staff": self.staff_table, "pupils": self.pupil_table, "access": self.access}
        self.stack.setCurrentWidget(faces[kind])
        self.add_button.setVisible(staff and self.may_change)
        self.search.setVisible(listed)
        self.gone.setVisible(listed)
        self.gone.setText(_("Also who left") if staff else _("Only who left"))
        self.gone.setAccessibleName(self.gone.text())
        self.gone.updateGeometry()
        self.refresh()

    def resume(self, form: str, record_id: int) -> None:
        """Open the form of the staff member, or of who stands in, again."""
        if form == "deputy" and self.may_change:
            self.show_access()
            self.access.open_deputy(record_id or None)
        elif form == "staff" and record_id:
            self._open_staff(record_id)
        elif form == "staff" and self.may_change:
            self.read(people.list_roles).then(lambda _roles: self._add())

    def show_access(self) -> None:
        """Show who can log in; coordinators only."""
        if self.may_change:
            self.kind.set_value("access")
            self._kind_chosen()

    def _add(self) -> None:
        self._edit(StaffDraft())

    def _open_staff(self, staff_id: int) -> None:
        if self.may_change:
            self.read(people.get_staff, staff_id).then(self._edit)

    def _pupil_chosen(self, pupil_id: int | None) -> None:
        self.past.block("" if pupil_id else _("First choose a pupil in the list."))

    def _past_of_chosen(self) -> None:
        if (pupil_id := self.pupil_table.current_id()) is not None:
            self._past_of_pupil(pupil_id)

    def _past_of_pupil(self, pupil_id: int) -> None:
        open_history(self.shell, "pupils", pupil_id, self)

    def _edit(self, draft: StaffDraft) -> None:
        StaffDialog(self.shell, draft, tuple(self._roles.values()), self.window()).open()


def _load(
    session: Any, staff: StaffQuery, pupils: PupilQuery, kind: str
) -> tuple[tuple[Role, ...], list[int], str]:
    find = people.find_staff_ids(session, staff)
    ids = find if kind == "staff" else looking.search_pupils(session, pupils)
    return people.list_roles(session), ids, kind


def _left_text(row: PupilRow) -> str:
    """When somebody left, and until when the school keeps the record."""
    if row.left_on is None:
        return ""
    left = _("left on {day}").format(day=date_numeric(row.left_on))
    if row.keep_until is None:
        return left
    kept = _("kept until {day}").format(day=date_numeric(row.keep_until))
    return f"{left} · {kept}"


def _pupil_columns() -> list[Column[PupilRow]]:
    return [
        Column(
            _("Name"),
            lambda row: row.name,
            sub=_left_text,
            width=200,
            stretch=3,
            strong=True,
        ),
        Column(_("Group"), lambda row: ", ".join(row.groups), width=90, stretch=1),
        Column(_("Number"), lambda row: row.pupil_number, width=110, hide=1),
        Column(
            _("Birth date"),
            lambda row: date_numeric(row.birth_date) if row.birth_date else "",
            width=120,
            hide=2,
        ),
    ]


def _nobody() -> EmptyState:
    return EmptyState(_("Nobody found"), _("Look for another name."), picture=False)


def _no_pupils() -> EmptyState:
    return EmptyState(
        _("No pupils found"), _("Look for another name, or read in a class list."), picture=False
    )
