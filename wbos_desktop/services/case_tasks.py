"""Open steps with a day, for Vandaag and the meeting pack."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, CaseStep
from wbos_desktop.domain.cases import TaskRow

from .case_people import groups_of_incidents, persons_of_incidents, staff_names
from .deputies import acting_for
from .incident_links import incidents_of_cases
from .rights import needs
from .school_days import status_of
from .visibility import visible_cases


def end_of_week(today: dt.date) -> dt.date:
    """How far *Deze week* looks ahead: to Sunday, in a weekend to the Sunday after."""
    ahead = 6 - today.weekday()
    return today + dt.timedelta(days=ahead if ahead > 1 else ahead + 7)


@needs("read", "case")
def find_tasks(
    session: Session, scope: str = "mine", until: dt.date | None = None
) -> list[TaskRow]:
    """Open steps of open cases that are due: late first, then today, then the coming days.

    scope: 'mine' (responsible is the user or who the user stands in for) or 'team' (every
    visible case). `until`
    defaults to the end of the week. Targets of repair are never late.
    """
    now = context(session)
    border = until or end_of_week(now.today)
    statement = (
        select(CaseStep, Case.number, Case.title)
        .join(Case, Case.id == CaseStep.case_id)
        .where(
            Case.state == "open",
            CaseStep.state == "open",
            CaseStep.due_on <= border,
            visible_cases(session),
        )
        .order_by(CaseStep.due_on, Case.number, CaseStep.position, CaseStep.id)
    )
    if scope == "mine":
        statement = statement.where(CaseStep.responsible_id.in_(acting_for(session)))
    found = [(step, number, title) for step, number, title in session.execute(statement)]
    people = staff_names(session, (step.responsible_id for step, _n, _t in found))
    persons, groups = _around(session, {step.case_id for step, _n, _t in found})
    rows = []
    for step, number, title in found:
        if (due_on := step.due_on) is None:
            continue
        due = status_of(session, due_on, due_kind=step.due_kind, due_at=step.due_at)
        rows.append(
            TaskRow(
                step_id=step.id,
                version=step.version,
                case_id=step.case_id,
                case_number=number,
                case_title=title,
                title=step.title,
                person=persons.get(step.involved_id or 0, ""),
                track=step.track,
                groups=groups.get(step.case_id, ()),
                responsible_id=step.responsible_id,
                responsible=people.get(step.responsible_id or 0, ""),
                due_on=due_on,
                due=due,
                target=step.due_kind == "target",
                when=due.state if due.state in ("late", "today") else "week",
            )
        )
    order = {"late": 0, "today": 1, "week": 2}
    return sorted(rows, key=lambda row: (order[row.when], row.due_on))


def _around(
    session: Session, case_ids: set[int]
) -> tuple[dict[int, str], dict[int, tuple[str, ...]]]:
    incidents = incidents_of_cases(session, case_ids)
    wanted = [incident_id for ids in incidents.values() for incident_id in ids]
    persons = {
        row.id: row.short for rows in persons_of_incidents(session, wanted).values() for row in rows
    }
    names = groups_of_incidents(session, wanted)
    groups = {
        case_id: tuple(dict.fromkeys(name for i in ids for _id, name in names.get(i, [])))
        for case_id, ids in incidents.items()
    }
    return persons, groups
