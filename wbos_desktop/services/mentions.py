"""Where the names of pupils stand in text that others typed, and how they leave it.

Taken out by themselves are the full name wherever it stands, and every form of the name in
records that the pupil was part of (incidents, their cases, observations of own groups). A given
name alone in any other text may be somebody else's: it is listed for a person to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from wbos_desktop.db import erasing, texts
from wbos_desktop.db.base import Record
from wbos_desktop.db.models.attachments import Attachment
from wbos_desktop.db.models.cases import CaseLogEntry, CaseStep
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.db.models.keeping import AccessRequest
from wbos_desktop.db.models.meetings import Action, AgendaItem, Decision
from wbos_desktop.db.models.profiles import NormResponse, Observation, Profile
from wbos_desktop.db.models.scenarios import ScenarioUse
from wbos_desktop.db.models.school import Membership, Pupil, Staff
from wbos_desktop.domain.masking import NameEraser, NameFinder, Person
from wbos_desktop.domain.people import fold
from wbos_desktop.i18n import in_records

from .draft_names import take_out_of_drafts

Rows = dict[str, set[int]]
_Way = tuple[type[Record], InstrumentedAttribute[Any], str]


@dataclass
class Mentions:
    """Rows by table that name one pupil: in full, or by the given name only."""

    full: Rows = field(default_factory=lambda: defaultdict(set))
    given: Rows = field(default_factory=lambda: defaultdict(set))


def replacement() -> str:
    """What stands in a text where a name stood."""
    return in_records("a pupil")


def persons(session: Session, pupil_ids: Collection[int] | None = None) -> list[Person]:
    """Pupils with their names, all of them or these; those in the bin too."""
    statement = select(Pupil.id, Pupil.given_name, Pupil.name_prefix, Pupil.family_name)
    if pupil_ids is not None:
        statement = statement.where(Pupil.id.in_(list(pupil_ids)))
    found = session.execute(statement.order_by(Pupil.id), execution_options=_ALL)
    return [Person(*row) for row in found]


_ALL = {"include_deleted": True}


def find_mentions(session: Session, pupil_ids: Collection[int]) -> dict[int, Mentions]:
    """Every text that names one of these pupils, in one pass over all texts and their history.

    A full name that somebody who stays bears too counts as a given name: nobody knows who is
    meant.
    """
    going = persons(session, pupil_ids)
    if not going:
        return {}
    finder = NameFinder(going)
    shared = _shared_names(session, going)
    found: dict[int, Mentions] = defaultdict(Mentions)
    for source in (texts.read_texts(session), texts.read_history(session)):
        for place in source:
            full, given = finder.find(place.text)
            for key in full:
                kind = found[key].given if key in shared else found[key].full
                kind[place.table].add(place.record_id)
            for key in given - full:
                found[key].given[place.table].add(place.record_id)
    return found


def _shared_names(session: Session, going: Sequence[Person]) -> set[int]:
    """Those whose full name somebody who stays bears too."""
    keys = {person.key for person in going}
    taken = {fold(p.full_name) for p in persons(session) if p.key not in keys}
    staff = session.execute(select(Staff.given_name, Staff.name_prefix, Staff.family_name))
    taken |= {fold(" ".join(part for part in row if part)) for row in staff}
    return {person.key for person in going if fold(person.full_name) in taken}


def take_out(session: Session, pupil_id: int, mentions: Mentions) -> None:
    """Take the names of a pupil out of every text that is sure to mean this one."""
    found = persons(session, [pupil_id])
    if not found:
        return
    near = near_rows(session, pupil_id)
    eraser = NameEraser(found, _neighbours(session, pupil_id, near), replacement())
    for table, ids in near.items():
        texts.rewrite(session, table, ids, eraser.text)
    whole = NameEraser(found, (), replacement(), full=True)
    for table, ids in mentions.full.items():
        texts.rewrite(session, table, ids, whole.text)
    take_out_of_drafts(
        session, pupil_id, near | _pages_near(session, pupil_id, near), eraser, whole
    )


def near_rows(session: Session, pupil_id: int) -> Rows:
    """Records that the pupil was part of: there a given name means this pupil."""
    rows: Rows = defaultdict(set)
    rows["incidents"] = _ids(session, InvolvedPerson.incident_id, _is_in(pupil_id, InvolvedPerson))
    groups = _ids(session, Membership.group_id, _is_in(pupil_id, Membership))
    if incidents := rows["incidents"]:
        rows["cases"] = _ids(session, Incident.case_id, Incident.id.in_(incidents))
    ways: tuple[_Way, ...] = (
        (AgendaItem, AgendaItem.case_id, "cases"),
        (Profile, Profile.group_id, "groups"),
        (AgendaItem, AgendaItem.group_id, "groups"),
        (Observation, Observation.group_id, "groups"),
        (InvolvedPerson, InvolvedPerson.incident_id, "incidents"),
        (CaseStep, CaseStep.case_id, "cases"),
        (CaseLogEntry, CaseLogEntry.case_id, "cases"),
        (Attachment, Attachment.case_id, "cases"),
        (Attachment, Attachment.incident_id, "incidents"),
        (ScenarioUse, ScenarioUse.case_id, "cases"),
        (Action, Action.case_id, "cases"),
        (Action, Action.agenda_item_id, "agenda_items"),
        (Decision, Decision.agenda_item_id, "agenda_items"),
        (NormResponse, NormResponse.profile_id, "profiles"),
    )
    for model, column, parent in ways:
        if parents := groups if parent == "groups" else rows[parent]:
            rows[model.__tablename__] |= _ids(session, model.id, column.in_(parents))
    for table, ids in list(rows.items()):
        for name, found in erasing.rows_about(session, table, ids).items():
            rows[name] |= found
    return {table: ids for table, ids in rows.items() if ids}


def _pages_near(session: Session, pupil_id: int, near: Rows) -> Rows:
    """Groups and meetings that the pupil was part of: an unfinished form on their page means
    this pupil by a given name. Their own texts are not rewritten for that."""
    items = AgendaItem.id.in_(near.get("agenda_items", ()))
    requests = _ids(session, AccessRequest.id, AccessRequest.pupil_id == pupil_id)
    return {
        "groups": _ids(session, Membership.group_id, _is_in(pupil_id, Membership)),
        "meetings": _ids(session, AgendaItem.meeting_id, items),
        "access_requests": requests,
        "pupils": {pupil_id},
    }


def _is_in(pupil_id: int, model: type[InvolvedPerson] | type[Membership]) -> ColumnElement[bool]:
    return model.pupil_id == pupil_id


def _ids(
    session: Session,
    column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
    condition: ColumnElement[bool],
) -> set[int]:
    found = session.scalars(select(column).where(condition), execution_options=_ALL)
    return {value for value in found if value is not None}


def _neighbours(session: Session, pupil_id: int, near: Rows) -> list[Person]:
    """Who else may be meant by the same given name in these records."""
    groups = select(Membership.group_id).where(Membership.pupil_id == pupil_id)
    members = select(Membership.pupil_id).where(Membership.group_id.in_(groups))
    involved = select(InvolvedPerson.pupil_id).where(
        InvolvedPerson.incident_id.in_(near.get("incidents", ())),
        InvolvedPerson.pupil_id.is_not(None),
    )
    ids = set(session.scalars(members)) | {i for i in session.scalars(involved) if i is not None}
    return persons(session, ids - {pupil_id})


def without_names(session: Session, group_ids: Iterable[int]) -> tuple[NameEraser, NameEraser]:
    """What takes the names of all pupils out of the observations of these groups.

    The first knows every form of the names of who is or was in the groups, the second the full
    name of every pupil of the school.
    """
    members = set(
        session.scalars(
            select(Membership.pupil_id).where(Membership.group_id.in_(list(group_ids))),
            execution_options=_ALL,
        )
    )
    near = NameEraser(persons(session, members), (), replacement())
    return near, NameEraser(persons(session), (), replacement(), full=True)
