"""The register: ids in order, pages of rows and the counts above it, sorted and filtered in SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, CaseStep
from wbos_desktop.db.models.incidents import Incident, IncidentGroup, InvolvedPerson
from wbos_desktop.db.models.school import Group, Pupil, SchoolYear
from wbos_desktop.domain import tracks
from wbos_desktop.domain.deadlines import DueStatus, late_before
from wbos_desktop.domain.incidents import (
    IncidentCounts,
    IncidentQuery,
    IncidentRow,
    register_status,
)
from wbos_desktop.domain.people import fold

from .incident_kinds import kind_title, load_catalogue, place_title
from .rights import needs
from .school_days import load_calendar, status_of
from .visibility import shown_persons, visible_cases, visible_incidents, visible_with_case

S = TypeVar("S", bound="Select[*tuple[Any, ...]]")

RECENT = dt.timedelta(days=30)
_PART = 500
_NO_STEP: tuple[str, dt.date | None, DueStatus, bool] = ("", None, DueStatus("none"), False)


@needs("read", "incident")
def late_cases(session: Session) -> ColumnElement[bool]:
    """Condition on `cases`: open with a step past its deadline, by the rule of deadlines.py."""
    now = context(session)
    border = late_before(now.today, load_calendar(session))
    return (Case.state == "open") & or_(Case.next_due_on < border, Case.next_due_at < now.now)


@needs("read", "incident")
def seen_by_others(session: Session) -> ColumnElement[bool]:
    """Condition on `incidents`: one's own report on which a colleague decided."""
    me = context(session).staff_id
    by_others = or_(Incident.assessed_by_id.is_(None), Incident.assessed_by_id != me)
    decided = Incident.assessed_on.is_not(None)
    return and_(Incident.reporter_id.is_not(None), Incident.reporter_id == me, decided, by_others)


@needs("read", "incident")
def find_ids(session: Session, query: IncidentQuery | None = None) -> list[int]:
    """Ids for the register: late cases, then what is open, then the rest; each newest first."""
    wanted = query or IncidentQuery()
    filters = _filters(session, wanted)
    late, running = _of_open_cases(session, filters)
    waiting = _dated(session, [*filters, Incident.state == "to_assess"])
    newest = sorted([*running, *waiting], key=lambda pair: (pair[1], pair[0]), reverse=True)
    found = dict.fromkeys(incident_id for incident_id, _day in (*late, *newest))
    if wanted.status in ("open", "late", "assess"):
        return list(found)
    if wanted.status == "active":
        filters.append(Incident.happened_on >= context(session).today - RECENT)
    rest = session.connection().scalars(_newest_first(select(Incident.id), filters))
    ids = list(found)
    # In parts, because 100,000 rows at once keep the garbage collector busy for longer than
    # the query takes.
    for part in rest.partitions(_PART):
        ids += [incident_id for incident_id in part if incident_id not in found]
    return ids


def _of_open_cases(
    session: Session, filters: Sequence[ColumnElement[bool]]
) -> tuple[list[tuple[int, dt.date]], list[tuple[int, dt.date]]]:
    is_late = late_cases(session)
    # Sorting on the flag first keeps the database from walking the whole register by date.
    statement = (
        select(Incident.id, Incident.happened_on, is_late.label("late"))
        .select_from(Case)
        .join(Incident, Incident.case_id == Case.id)
        .where(Case.state == "open", Case.deleted_at.is_(None), visible_cases(session))
        .where(*filters)
        .order_by(is_late.desc(), Incident.happened_on.desc(), Incident.id.desc())
    )
    rows = session.connection().execute(statement).all()
    late = [(row.id, row.happened_on) for row in rows if row.late]
    return late, [(row.id, row.happened_on) for row in rows if not row.late]


def _dated(
    session: Session, conditions: Sequence[ColumnElement[bool]]
) -> list[tuple[int, dt.date]]:
    statement = _newest_first(select(Incident.id, Incident.happened_on), conditions)
    return [(row[0], row[1]) for row in session.connection().execute(statement)]


def _newest_first(statement: S, conditions: Sequence[ColumnElement[bool]]) -> S:
    # Run on the connection: a register may hold 100,000 lines, too many for the mapper.
    return statement.where(*conditions).order_by(Incident.happened_on.desc(), Incident.id.desc())


def _filters(session: Session, query: IncidentQuery) -> list[ColumnElement[bool]]:
    found = [Incident.deleted_at.is_(None), visible_incidents(session)]
    if query.status == "late":
        late = select(Case.id).where(late_cases(session), visible_cases(session))
        found.append(Incident.case_id.in_(late))
    elif query.status == "assess":
        found.append(Incident.state == "to_assess")
    elif query.status == "note":
        found.append(_is_note(session))
    elif query.status == "closed":
        closed = select(Case.id).where(Case.state == "closed", visible_cases(session))
        found.append(Incident.case_id.in_(closed))
    if query.kind_code:
        found.append(Incident.kind_code == query.kind_code)
    if query.since:
        found.append(Incident.happened_on >= query.since)
    if query.until:
        found.append(Incident.happened_on <= query.until)
    if query.group_id is not None:
        in_group = select(IncidentGroup.incident_id).where(IncidentGroup.group_id == query.group_id)
        # "+ 0": walk the narrow index by date and test each id. Fetching the wide rows of a
        # large group one by one would decrypt a page for each of them.
        found.append((Incident.id + 0).in_(in_group))
    found.extend(_matches(session, word) for word in fold(query.text).split())
    return found


def _is_note(session: Session) -> ColumnElement[bool]:
    """A note, and one's own report whose case one may not see: both are looked at, or a note."""
    seen = select(Case.id).where(visible_cases(session))
    hidden = select(Incident.id).where(
        Incident.reporter_id == context(session).staff_id,
        Incident.state == "case",
        Incident.case_id.not_in(seen),
    )
    # Asked first: nearly always there are none, and then the index on the state is enough.
    ids = list(session.scalars(hidden))
    is_note = Incident.state == "note"
    return or_(is_note, Incident.id.in_(ids)) if ids else is_note


def _matches(session: Session, word: str) -> ColumnElement[bool]:
    safe = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    inside = f"%{safe}%"
    pupils = select(Pupil.id).where(Pupil.sort_name.like(inside, escape="\\"))
    by_name = (
        select(InvolvedPerson.incident_id)
        .join(Incident, Incident.id == InvolvedPerson.incident_id)
        .where(InvolvedPerson.pupil_id.in_(pupils), InvolvedPerson.deleted_at.is_(None))
        .where(shown_persons(session))
    )
    return or_(
        Incident.number.like(inside, escape="\\"),
        Incident.search_text.like(inside, escape="\\"),
        Incident.id.in_(by_name),
    )


@needs("read", "incident")
def load_rows(session: Session, ids: Sequence[int]) -> dict[int, IncidentRow]:
    """One page of the register by id; hidden and removed incidents are left out."""
    statement = (
        select(
            Incident.id,
            Incident.number,
            Incident.title,
            Incident.kind_code,
            Incident.place,
            Incident.severity,
            Incident.happened_on,
            Incident.state,
            Case.id.label("case_id"),
            Case.state.label("case_state"),
            seen_by_others(session).label("seen"),
        )
        # A report of one's own may be in a case that one may not see: then it has no case.
        .outerjoin(Case, (Case.id == Incident.case_id) & visible_cases(session))
        .where(Incident.id.in_(ids), visible_with_case(session))
    )
    found = session.execute(statement).all()
    case_ids = {row.case_id for row in found if row.case_id is not None}
    open_ids = {row.case_id for row in found if row.case_state == "open"}
    groups, persons = _groups(session, ids), _persons(session, ids)
    bars, following = _bars(session, case_ids), _next_steps(session, open_ids)
    rows = {}
    for row in found:
        title, due_on, due, target = following.get(row.case_id, _NO_STEP)
        rows[row.id] = IncidentRow(
            id=row.id,
            number=row.number,
            title=row.title,
            kind=kind_title(row.kind_code),
            place=place_title(row.place),
            severity=row.severity,
            happened_on=row.happened_on,
            status=register_status(row.state, row.case_state, seen=row.seen),
            groups=tuple(groups.get(row.id, ())),
            persons=tuple(persons.get(row.id, ())),
            case_id=row.case_id,
            tracks=bars.get(row.case_id, ()),
            next_step=title,
            next_due_on=due_on,
            next_due=due,
            next_is_target=target,
        )
    return rows


def _groups(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(IncidentGroup.incident_id, Group.name)
        .join(Group, Group.id == IncidentGroup.group_id)
        .where(IncidentGroup.incident_id.in_(ids))
        .order_by(IncidentGroup.position)
    )
    for incident_id, name in rows:
        found.setdefault(incident_id, []).append(name)
    return found


def _persons(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(InvolvedPerson.incident_id, InvolvedPerson.outsider_name, Pupil.given_name)
        .join(Incident, Incident.id == InvolvedPerson.incident_id)
        .outerjoin(Pupil, Pupil.id == InvolvedPerson.pupil_id)
        .where(InvolvedPerson.incident_id.in_(ids), shown_persons(session))
        .order_by(InvolvedPerson.position)
    )
    for incident_id, outsider, given in rows:
        name = given or outsider
        found.setdefault(incident_id, []).append(name[:2].capitalize() if name else "?")
    return found


def _bars(
    session: Session, case_ids: Collection[int]
) -> dict[int, tuple[tuple[str, tracks.Progress], ...]]:
    """Per case its tracks with one mark a step: handled ones first, then late, then open."""
    if not case_ids:
        return {}
    now = context(session)
    border = late_before(now.today, load_calendar(session))
    late = or_(CaseStep.due_at.is_(None) & (CaseStep.due_on < border), CaseStep.due_at < now.now)
    mark = case(
        (CaseStep.state != "open", CaseStep.state),
        ((CaseStep.due_kind == "deadline") & late, "late"),
        else_="open",
    ).label("mark")
    rows = session.execute(
        select(CaseStep.case_id, CaseStep.track, mark, func.count())
        .where(
            CaseStep.case_id.in_(case_ids),
            CaseStep.state != "waiting",
            CaseStep.track != tracks.GENERAL,
            or_(CaseStep.state != "skipped", CaseStep.skipped_reason != ""),
        )
        .group_by(CaseStep.case_id, CaseStep.track, mark)
    )
    counts: dict[int, dict[str, dict[str, int]]] = {}
    for case_id, track, name, count in rows:
        counts.setdefault(case_id, {}).setdefault(track, {})[name] = count
    found = {}
    for case_id, by_track in counts.items():
        present = [track for track in tracks.TRACKS if track in by_track]
        found[case_id] = tuple((track, _progress(by_track[track])) for track in present)
    return found


def _progress(counts: dict[str, int]) -> tracks.Progress:
    order = ("done", "skipped", "late", "open")
    return tracks.Progress(tuple(mark for mark in order for _n in range(counts.get(mark, 0))))


def _next_steps(
    session: Session, case_ids: Collection[int]
) -> dict[int | None, tuple[str, dt.date | None, DueStatus, bool]]:
    """Title and day of the first open step of each case: deadlines go before targets."""
    if not case_ids:
        return {}
    rank = func.row_number().over(
        partition_by=CaseStep.case_id,
        order_by=(CaseStep.due_on.is_(None), CaseStep.due_kind, CaseStep.due_on, CaseStep.position),
    )
    ranked = (
        select(
            CaseStep.case_id,
            CaseStep.title,
            CaseStep.due_on,
            CaseStep.due_at,
            CaseStep.due_kind,
            rank.label("rank"),
        )
        .where(CaseStep.case_id.in_(case_ids), CaseStep.state == "open")
        .subquery()
    )
    rows = session.execute(select(ranked).where(ranked.c.rank == 1))
    return {
        row.case_id: (
            row.title,
            row.due_on,
            status_of(session, row.due_on, due_kind=row.due_kind, due_at=row.due_at),
            row.due_kind == "target",
        )
        for row in rows
    }


@needs("read", "incident")
def count_cases(session: Session) -> IncidentCounts:
    """What stands under the title, and the badge on the rail."""
    seen = visible_cases(session)
    running = select(func.count()).select_from(Case).where(Case.state == "open", seen)
    late = select(func.count()).select_from(Case).where(late_cases(session), seen)
    waiting = (
        select(func.count())
        .select_from(Incident)
        .where(Incident.state == "to_assess", visible_incidents(session))
    )
    return IncidentCounts(
        open_cases=session.scalar(running) or 0,
        late_cases=session.scalar(late) or 0,
        to_assess=session.scalar(waiting) or 0,
    )


@needs("read", "incident")
def list_groups(session: Session) -> list[tuple[int, str]]:
    """Groups that incidents may be filtered on: those of this and earlier school years, by name."""
    rows = session.execute(
        select(Group.id, Group.name, SchoolYear.name)
        .join(SchoolYear, SchoolYear.id == Group.school_year_id)
        .order_by(SchoolYear.first_day.desc(), Group.name)
    ).all()
    newest = rows[0][2] if rows else ""
    return [(row[0], row[1] if row[2] == newest else f"{row[1]} ({row[2]})") for row in rows]


def list_kinds() -> list[tuple[str, str]]:
    """Code and title of every kind, in catalogue order."""
    return [(kind.code, kind.title) for kind in load_catalogue().kinds]
