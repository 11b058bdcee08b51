"""What the terms say of groups, meetings, practice and registers; see retention_due.py."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from wbos_desktop.db.models.keeping import Destruction
from wbos_desktop.db.models.meetings import Action, Meeting
from wbos_desktop.db.models.profiles import Observation, ObservationPupil, Profile
from wbos_desktop.db.models.scenarios import Scenario, ScenarioPractice
from wbos_desktop.db.models.school import Group, SchoolYear
from wbos_desktop.db.models.system import Export
from wbos_desktop.domain import retention as rules
from wbos_desktop.domain.meetings import kind_text
from wbos_desktop.domain.retention import DueItem, HeldItem, Target
from wbos_desktop.i18n import _, date_numeric

from .retention_due import Facts, Found, sort_in


# ---------------------------------------------------------------- groups
def find_profiles(session: Session, facts: Facts) -> Found:
    """Observations of groups, a line per group and school year."""
    found = Found()
    parts: dict[tuple[int, dt.date], list[Target]] = defaultdict(list)
    for model, table in ((Profile, "profiles"), (Observation, "observations")):
        rows = session.execute(
            select(model.group_id, model.observed_on, model.uid)
            .where(model.anonymised_on.is_(None))
            .order_by(model.observed_on, model.id)
        )
        for group_id, day, uid in rows:
            parts[group_id, rules.school_year_end(day)].append(Target(table, uid))
    _group_lines(session, facts, found, "profiles", parts)
    return found


def find_positions(session: Session, facts: Facts) -> Found:
    """Which pupils stand in which observation, a line per group and school year."""
    found = Found()
    parts: dict[tuple[int, dt.date], list[Target]] = defaultdict(list)
    linked = select(ObservationPupil.observation_id)
    rows = session.execute(
        select(Observation.group_id, Observation.observed_on, Observation.uid)
        .where(Observation.id.in_(linked))
        .order_by(Observation.observed_on, Observation.id)
    )
    for group_id, day, uid in rows:
        parts[group_id, rules.school_year_end(day)].append(Target("positions", uid))
    _group_lines(session, facts, found, "positions", parts)
    return found


def _group_lines(
    session: Session,
    facts: Facts,
    found: Found,
    kind: str,
    parts: dict[tuple[int, dt.date], list[Target]],
) -> None:
    names = _group_names(session)
    for (group_id, end), targets in sorted(parts.items(), key=lambda part: (part[0][1], part[0])):
        day = rules.due_on(end, facts.terms[kind])
        if day is None:
            continue
        title = names.get(group_id, "")
        hold = facts.hold("groups", group_id)
        if hold is not None:
            if day <= facts.today:
                sentence = rules.reason_text("hold", hold[1])
                found.held.append(HeldItem(kind, title, sentence, hold[0]))
            continue
        detail = rules.counted(kind, len(targets))
        found.items.append(
            DueItem(kind, title, detail, end, day, tuple(targets), "groups", group_id)
        )


def _group_names(session: Session) -> dict[int, str]:
    rows = session.execute(
        select(Group.id, Group.name, SchoolYear.name).join(
            SchoolYear, SchoolYear.id == Group.school_year_id
        )
    )
    return {
        group_id: _("Group {name}, {year}").format(name=name, year=year)
        for group_id, name, year in rows
    }


# ---------------------------------------------------------------- meetings, practice, registers
def find_meetings(session: Session, facts: Facts) -> Found:
    """Meetings with agenda, decisions and actions, by their day."""
    found = Found()
    busy = set(session.scalars(select(Action.meeting_id).where(Action.state == "open")))
    rows = session.execute(
        select(Meeting.id, Meeting.uid, Meeting.kind, Meeting.starts_at).order_by(Meeting.starts_at)
    )
    for row in rows:
        day = row.starts_at.date()
        due = rules.is_due(day, facts.terms["meetings"], facts.today)
        reason = "action" if due and row.id in busy else ""
        title = _("{kind} of {day}").format(kind=kind_text(row.kind), day=date_numeric(day))
        sort_in(facts, found, "meetings", "meetings", row.id, row.uid, title, day, reason)
    return found


def find_practices(session: Session, facts: Facts) -> Found:
    """Practice sessions, a line per scenario and school year; none while the term has no end."""
    found = Found()
    if facts.terms["practices"].amount is None:
        return found
    parts: dict[tuple[str, dt.date], list[Target]] = defaultdict(list)
    rows = session.execute(
        select(Scenario.title, ScenarioPractice.practised_on, ScenarioPractice.uid)
        .join(Scenario, Scenario.id == ScenarioPractice.scenario_id)
        .order_by(Scenario.title, ScenarioPractice.practised_on, ScenarioPractice.id)
    )
    for title, day, uid in rows:
        parts[title, day].append(Target("scenario_practices", uid))
    for (title, day), targets in parts.items():
        due = rules.due_on(day, facts.terms["practices"])
        if due is not None:
            detail = date_numeric(day)
            found.items.append(DueItem("practices", title, detail, day, due, tuple(targets)))
    return found


def find_register(session: Session, facts: Facts) -> Found:
    """Lines of the export register and earlier destructions, a line per year."""
    found = Found()
    parts: dict[dt.date, list[Target]] = defaultdict(list)
    for day, target in _register_lines(session):
        parts[dt.date(day.year, 12, 31)].append(target)
    for last, targets in sorted(parts.items()):
        due = rules.due_on(last, facts.terms["register"])
        if due is not None:
            title = _("Log of {year}").format(year=last.year)
            detail = rules.counted("register", len(targets))
            found.items.append(DueItem("register", title, detail, last, due, tuple(targets)))
    return found


def _register_lines(session: Session) -> Iterator[tuple[dt.date, Target]]:
    for export_id, at in session.execute(select(Export.id, Export.made_at).order_by(Export.id)):
        yield at.date(), Target("exports", str(export_id))
    done: ColumnElement[bool] = Destruction.state == "done"
    rows = select(Destruction.uid, Destruction.at).where(done).order_by(Destruction.id)
    for uid, at in session.execute(rows):
        yield at.date(), Target("destructions", uid)
