"""Which records a pupil or a case stands for in the audit trail, and what a reader may not see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from wbos_desktop.db import erasing
from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.system import AuditLine, Change
from wbos_desktop.errors import NotFound
from wbos_desktop.i18n import _

from .record_tree import CHILDREN, Key, table_of, tree
from .visibility import visible_cases, visible_incidents

PRIVATE = ("norm_responses", "presence_checks", "scenario_practices")
"""What a teacher keeps for oneself: others see that a line is there, not of what."""

_OF_PUPIL = ("memberships", "involved_persons", "observation_pupils")
_SLICE = 500


@dataclass
class Subject:
    """Ids by table that are about one pupil or case; `periods` are groups from and to a moment,
    `since` is the first day from which whole registers hold something of it."""

    ids: dict[str, set[int]] = field(default_factory=dict)
    periods: list[tuple[int, dt.date | None, dt.date | None]] = field(default_factory=list)
    since: dt.date | None = None

    def add(self, table: str, ids: Iterable[int]) -> set[int]:
        """More ids of a table; those that were not known yet."""
        known = self.ids.setdefault(table, set())
        new = set(ids) - known
        known |= new
        return new

    @property
    def first_moment(self) -> dt.datetime:
        """The start of the first day from which whole registers count."""
        return _start(self.since or dt.date.max)

    def condition(self) -> ColumnElement[bool]:
        """On `audit`: every line about it."""
        found: list[ColumnElement[bool]] = []
        for table, ids in self.ids.items():
            ordered = sorted(ids)
            for start in range(0, len(ordered), _SLICE):
                part = ordered[start : start + _SLICE]
                found.append(and_(AuditLine.object_table == table, AuditLine.object_id.in_(part)))
        for group_id, first, last in self.periods:
            found.append(_group_opened(group_id, first, last))
        if self.since is not None:
            register = and_(AuditLine.object_table == "incidents", AuditLine.object_id == 0)
            found.append(
                and_(register, AuditLine.action == "export", AuditLine.at >= _start(self.since))
            )
        return or_(*found) if found else false()


def _group_opened(
    group_id: int, first: dt.date | None, last: dt.date | None
) -> ColumnElement[bool]:
    """Lines of a group's page while the pupil was on its list."""
    found = [AuditLine.object_table == "groups", AuditLine.object_id == group_id]
    if first is not None:
        found.append(AuditLine.at >= _start(first))
    if last is not None:
        found.append(AuditLine.at < _start(last + dt.timedelta(days=1)))
    return and_(*found)


def _start(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time()).astimezone()


def of_pupil(session: Session, pupil_id: int) -> Subject:
    """Everything that is about this pupil: also what was removed since, and packs and groups
    that the pupil was in. Cases hidden from the acting user are left out."""
    pupils = table_of("pupils")
    if session.connection().scalar(select(pupils.c.id).where(pupils.c.id == pupil_id)) is None:
        raise NotFound(_("This is not there any more."))
    found = Subject()
    found.add("pupils", [pupil_id])
    hidden = hidden_records(session)
    for table in (*_OF_PUPIL, "access_requests", "stated_views"):
        ids = _referring(session, table, "pupil_id", pupil_id)
        found.add(table, ids - hidden.get(table, set()))
    _add_groups(session, found, pupil_id)
    for table, column, parent in (
        ("observation_pupils", "observation_id", "observations"),
        ("involved_persons", "incident_id", "incidents"),
    ):
        found.add(parent, _parents(session, table, column, found.ids[table]))
    found.ids["incidents"] -= hidden.get("incidents", set())
    cases = _parents(session, "incidents", "case_id", found.ids["incidents"])
    for case_id in cases - hidden.get("cases", set()):
        _add_case(session, found, case_id)
    for incident_id in sorted(found.ids["incidents"]):
        _add_tree(session, found, ("incidents", incident_id))
    found.since = _first_report(session, found.ids["incidents"])
    return found


def of_case(session: Session, case_id: int) -> Subject:
    """A case and all that belongs to it. Raises NotFound for a hidden one."""
    shown = select(Case.id).where(Case.id == case_id, visible_cases(session))
    if session.scalar(shown) is None:
        raise NotFound(_("You can't open this. Ask your coordinator."))
    found = Subject()
    _add_case(session, found, case_id)
    found.since = _first_report(session, found.ids.get("incidents", set()))
    return found


def _add_case(session: Session, found: Subject, case_id: int) -> None:
    _add_tree(session, found, ("cases", case_id))
    items = table_of("agenda_items")
    rows = session.connection().execute(
        select(items.c.id, items.c.meeting_id).where(items.c.case_id == case_id)
    )
    for item_id, meeting_id in rows:
        found.add("agenda_items", [item_id])
        found.add("meetings", [meeting_id])
    found.add("actions", _referring(session, "actions", "case_id", case_id))


def _add_tree(session: Session, found: Subject, root: Key) -> None:
    for (table, record_id), _values in tree(session, *root):
        found.add(table, [record_id])


def _add_groups(session: Session, found: Subject, pupil_id: int) -> None:
    table = table_of("memberships")
    columns = select(table.c.group_id, table.c.member_from, table.c.member_to)
    rows = session.connection().execute(columns.where(table.c.pupil_id == pupil_id))
    found.periods = [(row.group_id, row.member_from, row.member_to) for row in rows]


def _referring(session: Session, name: str, column: str, record_id: int) -> set[int]:
    """Rows that refer to a record, also those that were deleted since."""
    table = table_of(name)
    statement = select(table.c.id).where(table.c[column] == record_id)
    erased = select(Change.record_id).where(
        Change.table_name == name,
        Change.kind == "delete",
        Change.before[column].as_integer() == record_id,
    )
    return set(session.connection().execute(statement).scalars()) | set(session.scalars(erased))


def _parents(session: Session, name: str, column: str, ids: Iterable[int]) -> set[int]:
    table = table_of(name)
    statement = select(table.c[column]).where(table.c.id.in_(list(ids)), table.c[column] > 0)
    return set(session.connection().execute(statement).scalars())


def _first_report(session: Session, incident_ids: Iterable[int]) -> dt.date | None:
    table = table_of("incidents")
    statement = select(table.c.reported_at).where(table.c.id.in_(list(incident_ids)))
    moments = list(session.connection().execute(statement).scalars())
    return min(moments).date() if moments else None


# ---------------------------------------------------------------- what a reader may not see
def hidden_records(session: Session) -> dict[str, set[int]]:
    """Ids by table of what stands in cases that the acting user may not open."""
    found: dict[str, set[int]] = {}
    cases = _hidden(session, "cases", select(Case.id).where(visible_cases(session)))
    incidents = _hidden(session, "incidents", select(Incident.id).where(visible_incidents(session)))
    for name, ids in (("cases", cases), ("incidents", incidents)):
        _hide(session, found, name, ids)
    for name in ("actions", "agenda_items"):
        _hide(session, found, name, _of(session, name, "case_id", found.get("cases", set())))
    items = found.get("agenda_items", set())
    for name in ("decisions", "actions"):
        _hide(session, found, name, _of(session, name, "agenda_item_id", items))
    uses = _of(session, "scenario_uses", "case_id", found.get("cases", set()))
    _hide(session, found, "scenario_uses", uses)
    return found


def _hide(session: Session, found: dict[str, set[int]], name: str, ids: set[int]) -> None:
    new = ids - found.setdefault(name, set())
    found[name] |= new
    if new:
        for table, ids in erasing.rows_about(session, name, new).items():
            _hide(session, found, table, ids)
        for child in CHILDREN.get(name, ()):
            if child.about:
                continue
            _hide(session, found, child.table, _of(session, child.table, child.column, new))


def _hidden(session: Session, name: str, shown: Any) -> set[int]:
    table = table_of(name)
    present = select(table.c.id).where(table.c.deleted_at.is_(None))
    return set(session.connection().execute(present).scalars()) - set(session.scalars(shown))


def _of(session: Session, name: str, column: str, parents: set[int]) -> set[int]:
    table, ordered = table_of(name), sorted(parents)
    found: set[int] = set()
    for start in range(0, len(ordered), _SLICE):
        part = ordered[start : start + _SLICE]
        statement = select(table.c.id).where(table.c[column].in_(part))
        found |= set(session.connection().execute(statement).scalars())
    return found


def is_private(session: Session, table: str, user_id: int | None) -> bool:
    """True for a line about what a colleague keeps for oneself."""
    return table in PRIVATE and user_id != context(session).user_id
