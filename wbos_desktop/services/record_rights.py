"""Whether the acting user may still write any record, by table and id: for undo and the bin.

A record that stands under another is asked by that one. A table that is not named here is for
coordinators.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.meetings import Action, AgendaItem, Meeting
from wbos_desktop.db.models.school import Group
from wbos_desktop.db.models.system import Change

from . import visibility
from .record_tree import load_values
from .rights import may, refused


@dataclass(frozen=True)
class _Place:
    """The kind of the rights matrix, and the columns that lead to the record one stands under.

    A row that is `about` a record names it by its table and id (subject_table, subject_id).
    """

    kind: str
    parents: tuple[tuple[str, str], ...] = ()
    own: str = ""
    about: bool = False


_OF_CASE = _Place("case", (("case_id", "cases"),))
_OF_PROFILE = _Place("group", (("profile_id", "profiles"),))
_OF_GROUP = _Place("group", (("group_id", "own_group"),))
_OF_INCIDENT = _Place("incident", (("incident_id", "incidents"),))
_OF_USE = _Place("scenario", (("case_id", "cases"), ("group_id", "own_group")), own="staff_id")

PLACES: dict[str, _Place] = {
    "cases": _Place("case"),
    "case_steps": _OF_CASE,
    "case_tracks": _OF_CASE,
    "case_log": _OF_CASE,
    "case_viewers": _OF_CASE,
    "incidents": _Place("incident"),
    "incident_groups": _Place("incident"),
    "involved_persons": _OF_INCIDENT,
    "attachments": _Place("attachment", (("case_id", "cases"), ("incident_id", "incidents"))),
    "own_group": _Place("group"),
    "profiles": _OF_GROUP,
    "profile_norms": _OF_PROFILE,
    "profile_observers": _OF_PROFILE,
    "norm_responses": _Place("response", (("profile_id", "profiles"),), own="staff_id"),
    "presence_checks": _Place("response", (("profile_id", "profiles"),), own="staff_id"),
    "observations": _OF_GROUP,
    "observation_pupils": _Place("group", (("observation_id", "observations"),)),
    "planned_observations": _OF_GROUP,
    "scenarios": _Place("scenario"),
    "scenario_practices": _OF_USE,
    "scenario_uses": _OF_USE,
    "scenario_picks": _Place("scenario", (("case_id", "cases"), ("group_id", "own_group"))),
    "scenario_keeps": _Place("scenario", own="staff_id"),
    "meetings": _Place("meeting"),
    "own_minutes": _Place("minutes"),
    "shown_item": _Place("minutes"),
    "meeting_attendees": _Place("minutes", (("meeting_id", "own_minutes"),)),
    "agenda_items": _Place("meeting", (("meeting_id", "meetings"),)),
    "decisions": _Place(
        "minutes", (("meeting_id", "own_minutes"), ("agenda_item_id", "shown_item"))
    ),
    "actions": _Place("action"),
    "stated_views": _Place("case", about=True),
    "access_requests": _Place("access_request"),
    "access_passages": _Place("access_request", (("request_id", "access_requests"),), about=True),
}
_DECIDED = {
    "cases": {"owner_id", "level"},
    "incidents": {"assessed_on", "assessed_by_id", "level"},
}


def demand_undo(session: Session, steps: Iterable[Change]) -> None:
    """Raises NotAllowed when a change may not be taken back by this user any more.

    A role that was taken away, a case that was closed to the user: undo reaches no further than
    the forms do (F-73).
    """
    if context(session).user_id is None:
        return
    asked: set[tuple[str, int, bool]] = set()
    for step in steps:
        decides = step.table_name == "case_viewers" or (
            step.field in _DECIDED.get(step.table_name, ())
        )
        key = (step.table_name, step.record_id, decides)
        if key in asked:
            continue
        asked.add(key)
        if not _may_take_back(session, step, decides=decides):
            raise refused("write")


def _may_take_back(session: Session, step: Change, *, decides: bool) -> bool:
    place = PLACES.get(step.table_name)
    if decides and place and not may(session, "decide", place.kind):
        return False
    values = step.before if step.kind == "delete" else None
    return may_write(session, step.table_name, step.record_id, values)


def may_write(
    session: Session, table: str, record_id: int, values: Mapping[str, Any] | None = None
) -> bool:
    """Whether the acting user may write this record, also one that was removed.

    `values` are its columns when the row itself is gone.
    """
    if context(session).user_id is None:
        return True
    place = PLACES.get(table)
    if place is None:
        return may(session, "write", "school")
    if not may(session, "write", place.kind):
        return False
    if (condition := _conditions(session).get(table)) is not None:
        return _holds(session, table, record_id, condition)
    known = values or load_values(session, table, [record_id]).get(record_id)
    if known is None:
        return False
    if place.own and known.get(place.own) != context(session).staff_id:
        return False
    above = [(parent, known.get(column)) for column, parent in place.parents]
    if place.about:
        above.append((known["subject_table"], known["subject_id"]))
    return all(may_write(session, parent, key) for parent, key in above if key is not None)


def _conditions(session: Session) -> dict[str, ColumnElement[bool]]:
    return {
        "cases": visibility.writable_cases(session),
        "incidents": visibility.writable_incidents(session),
        "incident_groups": visibility.writable_incidents(session),
        "own_group": visibility.visible_groups(session),
        "meetings": visibility.readable_meetings(session),
        "own_minutes": visibility.minuted_meetings(session),
        "agenda_items": visibility.visible_items(session),
        "shown_item": visibility.visible_items(session),
        "actions": visibility.writable_actions(session),
    }


_MODELS: dict[str, Any] = {
    "cases": Case,
    "incidents": Incident,
    "incident_groups": Incident,
    "own_group": Group,
    "meetings": Meeting,
    "own_minutes": Meeting,
    "agenda_items": AgendaItem,
    "shown_item": AgendaItem,
    "actions": Action,
}


def _holds(session: Session, table: str, record_id: int, condition: ColumnElement[bool]) -> bool:
    model = _MODELS[table]
    found = select(model.id).where(model.id == record_id, condition)
    return session.scalar(found, execution_options={"include_deleted": True}) is not None
