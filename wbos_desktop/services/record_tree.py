"""Which records belong to which, and who may see the record they belong to.

A root is what has a page or a dialog of its own (a case, a profile); its children have their
history under it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, select
from sqlalchemy.orm import Session

from wbos_desktop.db.base import Base
from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.db.models.meetings import Action, AgendaItem, Decision
from wbos_desktop.db.models.profiles import Observation, Profile
from wbos_desktop.db.models.scenarios import ScenarioUse
from wbos_desktop.db.models.system import Change
from wbos_desktop.errors import NotFound
from wbos_desktop.i18n import _

from . import actions, meetings, people, scenarios, visibility
from .rights import demand

Key = tuple[str, int]
"""Table name and id of a record."""


@dataclass(frozen=True)
class Child:
    """A table whose column `column` refers to the parent; `private` rows show to their own
    staff member only. With `about` the rows name their parent by its table and id."""

    table: str
    column: str
    private: bool = False
    about: bool = False


CHILDREN: dict[str, tuple[Child, ...]] = {
    "cases": (
        Child("incidents", "case_id"),
        Child("case_steps", "case_id"),
        Child("case_tracks", "case_id"),
        Child("case_log", "case_id"),
        Child("case_viewers", "case_id"),
        Child("attachments", "case_id"),
        Child("stated_views", "subject_id", about=True),
    ),
    "incidents": (Child("involved_persons", "incident_id"), Child("attachments", "incident_id")),
    "profiles": (
        Child("profile_norms", "profile_id"),
        Child("profile_observers", "profile_id"),
        Child("norm_responses", "profile_id", private=True),
        Child("presence_checks", "profile_id", private=True),
    ),
    "observations": (Child("observation_pupils", "observation_id"),),
    "scenarios": (
        Child("scenario_practices", "scenario_id", private=True),
        Child("scenario_uses", "scenario_id"),
    ),
    "meetings": (
        Child("meeting_attendees", "meeting_id"),
        Child("agenda_items", "meeting_id"),
        Child("decisions", "meeting_id"),
        Child("actions", "meeting_id"),
    ),
    "staff": (Child("staff_roles", "staff_id"), Child("users", "staff_id")),
    "pupils": (Child("memberships", "pupil_id"),),
    "groups": (Child("group_mentors", "group_id"),),
    "school_years": (Child("calendar_days", "school_year_id"),),
}
ROOTS = (
    "cases",
    "incidents",
    "profiles",
    "observations",
    "scenarios",
    "meetings",
    "actions",
    "staff",
    "pupils",
)


def table_of(name: str) -> Table:
    """The table with this name: plain columns, so soft-deleted rows are not hidden."""
    return Base.metadata.tables[name]


def load_values(session: Session, table_name: str, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """All columns of these rows by id, soft-deleted ones too."""
    table, wanted = table_of(table_name), list(ids)
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(wanted), 500):
        statement = select(table).where(table.c.id.in_(wanted[start : start + 500]))
        for row in session.connection().execute(statement).mappings():
            found[row["id"]] = dict(row)
    return found


def demand_visible(session: Session, table: str, record_id: int) -> None:
    """Raises NotFound or NotAllowed unless the acting user may see this root.

    Readers see no history; of a report in a case only who sees that case.
    """
    demand(session, "read", "history")
    if table not in ROOTS:
        raise LookupError(table)
    checks: dict[str, Callable[[Session, int], object]] = {
        "cases": visibility.get_case_model,
        "incidents": visibility.get_incident_model,
        "scenarios": scenarios.edit_scenario,
        "meetings": meetings.get_meeting,
        "actions": actions.edit_action,
        "staff": people.get_staff,
        "pupils": people.demand_pupil,
        "profiles": _demand_profile,
        "observations": _demand_observation,
    }
    checks[table](session, record_id)
    if table == "staff":
        demand(session, "write", "colleague")


def _demand_profile(session: Session, profile_id: int) -> None:
    _demand_group(session, select(Profile.group_id).where(Profile.id == profile_id))


def _demand_observation(session: Session, observation_id: int) -> None:
    _demand_group(session, select(Observation.group_id).where(Observation.id == observation_id))


def _demand_group(session: Session, statement: Any) -> None:
    group_id = session.scalar(statement)
    if group_id is None or not visibility.may_see_group(session, group_id):
        raise NotFound(_("You can't open this. Ask your coordinator."))


def only_own_gestures(session: Session, table: str, record_id: int) -> bool:
    """True for a report that the user sees as its reporter only: what others did is not shown,
    so that a note and a report in a hidden case answer alike. A coordinator reads every note."""
    who = context(session)
    if table != "incidents" or who.user_id is None:
        return False
    incident = session.get_one(Incident, record_id)
    if visibility.case_of(session, incident) is not None:
        return False
    return who.role != "coordinator" or incident.case_id is not None


def tree(session: Session, table: str, record_id: int) -> list[tuple[Key, dict[str, Any]]]:
    """The root and all that belongs to it, with values; also what was removed.

    Values of rows that are really gone are those of their last change.
    """
    root = load_values(session, table, [record_id])
    found = [((table, record_id), root[record_id])] if record_id in root else []
    level = found
    while level:
        level = [child for key, _values in level for child in _children(session, key)]
        found = found + level
    return found


def _children(session: Session, parent: Key) -> Iterator[tuple[Key, dict[str, Any]]]:
    mine = context(session).staff_id
    for child in CHILDREN.get(parent[0], ()):
        table = table_of(child.table)
        statement = select(table).where(table.c[child.column] == parent[1]).order_by(table.c.id)
        if child.about:
            statement = statement.where(table.c.subject_table == parent[0])
        present = session.connection().execute(statement).mappings()
        rows = {row["id"]: dict(row) for row in present}
        for row_id, values in _erased(session, child, parent[1]).items():
            if not child.about or values["subject_table"] == parent[0]:
                rows.setdefault(row_id, values)
        hidden = _hidden(session, child.table, parent[1])
        for row_id, values in rows.items():
            if row_id not in hidden and not (child.private and values["staff_id"] != mine):
                yield (child.table, row_id), values


def _erased(session: Session, child: Child, parent_id: int) -> dict[int, dict[str, Any]]:
    """Children that were deleted for good, as the change before says."""
    gone = session.execute(
        select(Change.record_id, Change.before).where(
            Change.table_name == child.table,
            Change.kind == "delete",
            Change.before[child.column].as_integer() == parent_id,
        )
    )
    return {record_id: values for record_id, values in gone if values is not None}


def _hidden(session: Session, table: str, parent_id: int) -> set[int]:
    """Children that this user does not see, though the parent may be seen: persons that came
    with a hidden case, and what a meeting or a scenario has to do with one."""
    ask = _HIDDEN.get(table)
    if ask is None:
        return set()
    return set(session.scalars(ask(session, parent_id), execution_options=_ALSO_REMOVED))


def _hidden_persons(session: Session, incident_id: int) -> Select[Any]:
    shown: ColumnElement[bool] = visibility.shown_persons(session)
    return (
        select(InvolvedPerson.id)
        .join(Incident, Incident.id == InvolvedPerson.incident_id)
        .where(InvolvedPerson.incident_id == incident_id, ~shown)
    )


def _hidden_items(session: Session, meeting_id: int) -> Select[Any]:
    shown = visibility.visible_items(session)
    return select(AgendaItem.id).where(AgendaItem.meeting_id == meeting_id, ~shown)


def _hidden_decisions(session: Session, meeting_id: int) -> Select[Any]:
    items = _hidden_items(session, meeting_id)
    return select(Decision.id).where(Decision.agenda_item_id.in_(items))


def _hidden_actions(session: Session, meeting_id: int) -> Select[Any]:
    shown = visibility.visible_actions(session)
    return select(Action.id).where(Action.meeting_id == meeting_id, ~shown)


def _hidden_uses(session: Session, scenario_id: int) -> Select[Any]:
    seen = select(Case.id).where(visibility.visible_cases(session))
    of_it = ScenarioUse.scenario_id == scenario_id
    return select(ScenarioUse.id).where(of_it, ScenarioUse.case_id.not_in(seen))


_ALSO_REMOVED = {"include_deleted": True}
_HIDDEN: dict[str, Callable[[Session, int], Select[Any]]] = {
    "involved_persons": _hidden_persons,
    "agenda_items": _hidden_items,
    "decisions": _hidden_decisions,
    "actions": _hidden_actions,
    "scenario_uses": _hidden_uses,
}


def root_of(session: Session, table: str, record_id: int) -> Key:
    """The root that a record stands under (itself, when it is one). Raises NotFound."""
    if table in ROOTS:
        return table, record_id
    values = load_values(session, table, [record_id]).get(record_id)
    for parent, children in CHILDREN.items():
        for child in children:
            if child.about and values and values["subject_table"] != parent:
                continue
            if child.table == table and values and values[child.column]:
                return root_of(session, parent, values[child.column])
    raise NotFound(_("This is not there any more."))
