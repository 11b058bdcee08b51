"""Reads everything a document needs and freezes it: pack, dossier, group profile, register."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.incidents import Incident, IncidentGroup, InvolvedPerson
from wbos_desktop.db.models.meetings import AgendaItem, Meeting
from wbos_desktop.db.models.school import Group
from wbos_desktop.domain.incidents import (
    IncidentQuery,
    register_status,
    severity_text,
    status_text,
)
from wbos_desktop.domain.meetings import (
    AgendaItemRow,
    MeetingDetail,
    aim_text,
    kind_text,
    meeting_title,
    when_text,
)
from wbos_desktop.domain.reports import (
    AgendaPart,
    CasePart,
    CaseReport,
    DecisionLine,
    ExportOptions,
    GroupPart,
    GroupProfileReport,
    MeetingPack,
    RegisterReport,
    RegisterRow,
    ScenarioPart,
)
from wbos_desktop.errors import NotFound
from wbos_desktop.i18n import _, date_numeric
from wbos_desktop.progress import Progress

from . import incident_register, meetings, people
from .incident_kinds import kind_title, place_title
from .report_case import action_line, case_part
from .report_group import group_part, scenario_part
from .report_names import Desk, masthead, open_desk
from .rights import needs
from .visibility import (
    shown_persons,
    visible_cases,
    visible_incidents,
    visible_items,
)

_CHUNK = 5_000


# ---------------------------------------------------------------- one meeting
@needs("export", "meeting")
def meeting_pack_report(
    session: Session, meeting_id: int, options: ExportOptions | None = None
) -> MeetingPack:
    """The pack of a meeting. Raises NotFound, Invalid (full names without a purpose)."""
    options = options or ExportOptions()
    detail = meetings.get_meeting(session, meeting_id)
    desk = _pack_desk(session, detail, options)
    row = detail.row
    items = tuple(_item(desk, detail, item) for item in detail.items)
    place = desk.text(row.place)
    document = _("Meeting pack {kind} {day}").format(
        kind=kind_text(row.kind).lower(), day=date_numeric(row.starts_at.date())
    )
    return MeetingPack(
        masthead=masthead(desk, document, document),
        meeting_id=meeting_id,
        title=meeting_title(row),
        line=f"{when_text(row)} · {place}" if place else when_text(row),
        on=row.starts_at.date(),
        held=row.state == "held",
        chair=detail.chair,
        minutes_taker=detail.minutes_taker,
        attendees=tuple(_attendee(one.name, one.external) for one in detail.attendees),
        available=row.available,
        items=items,
        options=options,
    )


def _pack_desk(session: Session, detail: MeetingDetail, options: ExportOptions) -> Desk:
    """Names of the groups and cases on this agenda, and of those that last time was about."""
    groups = {item.group_id for item in detail.items}
    cases = {item.case_id for item in detail.items}
    groups |= {action.group_id for action in detail.carried}
    cases |= {action.case_id for action in detail.carried}
    if detail.previous_on:
        start = dt.datetime.combine(detail.previous_on, dt.time())
        before = session.execute(
            select(AgendaItem.group_id, AgendaItem.case_id)
            .join(Meeting, Meeting.id == AgendaItem.meeting_id)
            .where(
                Meeting.kind == detail.row.kind,
                Meeting.starts_at >= start,
                Meeting.starts_at < start + dt.timedelta(days=1),
                visible_items(session),
            )
        ).all()
        groups |= {row.group_id for row in before}
        cases |= {row.case_id for row in before}
    return open_desk(
        session,
        options,
        group_ids=[key for key in groups if key],
        case_ids=[key for key in cases if key],
    )


def _attendee(name: str, external: bool) -> str:
    return _("{name} (external)").format(name=name) if external else name


def _item(desk: Desk, detail: MeetingDetail, item: AgendaItemRow) -> AgendaPart:
    if item.subject == "previous":
        return _previous(desk, detail, item)
    withheld = _withheld(detail, item)
    group, case, scenario = (None, None, None) if withheld else _part(desk, item)
    if case:
        # What this meeting decides stands once, under its own heading.
        own = {desk.text(row.text) for row in item.decisions}
        case = replace(case, agreements=tuple(a for a in case.agreements if a.text not in own))
    hidden = withheld or (item.subject in ("group", "case") and not (group or case))
    return AgendaPart(
        position=item.position,
        subject=item.subject,
        title=desk.text(item.title),
        minutes=item.minutes,
        aim=aim_text(item.aim),
        question="" if hidden else desk.text(item.question),
        informed=withheld or ("" if hidden else _informed(desk, item)),
        group=group,
        case=case,
        scenario=scenario,
        decisions=()
        if hidden
        else tuple(DecisionLine(desk.text(row.text)) for row in item.decisions),
        actions=() if hidden else tuple(action_line(desk, row) for row in item.actions),
    )


def _withheld(detail: MeetingDetail, item: AgendaItemRow) -> str:
    """Why an item about pupils does not reach a pack that people from outside get; '' if it may."""
    if not item.about_pupil or item.external_basis:
        return ""
    if not any(one.external for one in detail.attendees):
        return ""
    return _("Left out: people from outside attend, and no consent or ground was noted.")


def _part(
    desk: Desk, item: AgendaItemRow
) -> tuple[GroupPart | None, CasePart | None, ScenarioPart | None]:
    """What the item is about; nothing when this user may not see it or when it is gone."""
    try:
        if item.group_id:
            return group_part(desk, item.group_id), None, None
        if item.case_id:
            return None, case_part(desk, item.case_id), None
        if item.scenario_id:
            return None, None, scenario_part(desk, item.scenario_id)
    except NotFound:
        pass
    return None, None, None


def _informed(desk: Desk, item: AgendaItemRow) -> str:
    if item.informed == "yes":
        return _("Parents and pupil know of it: yes")
    if item.informed == "no":
        reason = desk.text(item.informed_reason) or _("no reason noted")
        return _("Parents and pupil know of it: no ({reason})").format(reason=reason)
    return _("Parents and pupil know of it: not noted yet") if item.about_pupil else ""


def _previous(desk: Desk, detail: MeetingDetail, item: AgendaItemRow) -> AgendaPart:
    decisions = tuple(
        DecisionLine(desk.text(text), desk.text(title), detail.previous_on)
        for title, text in detail.previous_decisions
    )
    return AgendaPart(
        position=item.position,
        subject=item.subject,
        title=item.title,
        minutes=item.minutes,
        aim=aim_text(item.aim),
        question="",
        informed="",
        decisions=decisions,
        actions=tuple(action_line(desk, row) for row in detail.carried),
    )


# ---------------------------------------------------------------- one case, one group
@needs("export", "case")
def case_report(session: Session, case_id: int, options: ExportOptions | None = None) -> CaseReport:
    """The dossier of a case. Raises NotFound, Invalid."""
    options = options or ExportOptions(log=True)
    desk = open_desk(session, options, case_ids=[case_id])
    case = case_part(desk, case_id)
    document = _("Case file {number}").format(number=case.number)
    return CaseReport(masthead(desk, document, document), case_id, case, options)


@needs("export", "group")
def group_profile_report(
    session: Session, group_id: int, options: ExportOptions | None = None
) -> GroupProfileReport:
    """The profile of a group. Raises NotFound, Invalid."""
    options = options or ExportOptions()
    desk = open_desk(session, options, group_ids=[group_id])
    group = group_part(desk, group_id)
    # 'Klas 2B' is the title on the page; the document is called by the bare name.
    document = _("Group profile {name}").format(name=group.name.split(" ", 1)[-1])
    frame = masthead(desk, document, document)
    return GroupProfileReport(frame, group_id, desk.today, group, options)


# ---------------------------------------------------------------- the register
@needs("export", "register")
def register_report(
    session: Session,
    query: IncidentQuery | None = None,
    options: ExportOptions | None = None,
    progress: Progress | None = None,
) -> RegisterReport:
    """The incidents that the user sees, newest first. Raises NotAllowed, Cancelled."""
    query, options = query or IncidentQuery(), options or ExportOptions()
    desk = open_desk(session, options, whole_school=True)
    ids = incident_register.find_ids(session, query)
    rows = list(_register_rows(desk, ids, progress or Progress()))
    document = _("Incident register")
    return RegisterReport(
        masthead=masthead(desk, document, document),
        made_on=desk.today,
        rows=rows,
        filters=_filters(session, query, options),
        options=options,
    )


def _register_rows(desk: Desk, ids: Sequence[int], progress: Progress) -> Iterator[RegisterRow]:
    kinds, places = _Words(kind_title), _Words(place_title)
    severities, states = _Words(severity_text), _Words(status_text)
    titles = _Words(desk.text)
    staff = people.staff_names(desk.session, _reporters(desk.session))
    for start in range(0, len(ids), _CHUNK):
        progress.step(start, len(ids), _("Incident register"))
        chunk = ids[start : start + _CHUNK]
        groups, persons = _groups(desk.session, chunk), _persons(desk, chunk)
        found = {row.id: row for row in _incidents(desk.session, chunk)}
        for key in chunk:
            row = found.get(key)
            if row is None:
                continue
            yield (
                row.number,
                row.happened_on,
                titles[row.title],
                kinds[row.kind_code],
                places[row.place],
                severities[row.severity],
                ", ".join(groups.get(key, ())),
                ", ".join(persons.get(key, ())),
                states[register_status(row.state, row.case_state, seen=row.seen)],
                staff.get(row.reporter_id) or desk.text(row.reporter_name),
                row.reported_at.date(),
                row.next_due_on if row.case_state == "open" else None,
            )


class _Words(dict[str, str]):
    """Words per code, each made once: a register repeats few of them very often."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, code: str) -> str:
        found = self[code] = self._make(code)
        return found


def _reporters(session: Session) -> list[int]:
    query = select(Incident.reporter_id).where(
        Incident.reporter_id.is_not(None), visible_incidents(session)
    )
    return [key for key in session.scalars(query.distinct()) if key]


def _incidents(session: Session, ids: Sequence[int]) -> Sequence[Any]:
    query = (
        select(
            Incident.id,
            Incident.number,
            Incident.happened_on,
            Incident.title,
            Incident.kind_code,
            Incident.place,
            Incident.severity,
            Incident.state,
            Incident.reporter_id,
            Incident.reporter_name,
            Incident.reported_at,
            Case.state.label("case_state"),
            Case.next_due_on,
            incident_register.seen_by_others(session).label("seen"),
        )
        .outerjoin(Case, (Case.id == Incident.case_id) & visible_cases(session))
        .where(Incident.id.in_(ids), Incident.deleted_at.is_(None))
    )
    return session.connection().execute(query).all()


def _groups(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    query = (
        select(IncidentGroup.incident_id, Group.name)
        .join(Group, Group.id == IncidentGroup.group_id)
        .where(IncidentGroup.incident_id.in_(ids))
        .order_by(IncidentGroup.position)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for incident_id, name in session.connection().execute(query):
        found[incident_id].append(name)
    return found


def _persons(desk: Desk, ids: Sequence[int]) -> dict[int, list[str]]:
    """Pupils only: colleagues and outsiders stand in the dossier, not in a list."""
    query = (
        select(InvolvedPerson.incident_id, InvolvedPerson.pupil_id)
        .join(Incident, Incident.id == InvolvedPerson.incident_id)
        .where(InvolvedPerson.incident_id.in_(ids), InvolvedPerson.pupil_id.is_not(None))
        .where(InvolvedPerson.deleted_at.is_(None), shown_persons(desk.session))
        .order_by(InvolvedPerson.position, InvolvedPerson.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for incident_id, pupil_id in desk.session.connection().execute(query):
        found[incident_id].append(desk.names.name(pupil_id))
    return found


def _filters(
    session: Session, query: IncidentQuery, options: ExportOptions
) -> tuple[tuple[str, str], ...]:
    lines = [(_("Made on"), date_numeric(context(session).today))]
    if query.since or query.until:
        first = date_numeric(query.since) if query.since else _("the beginning")
        last = date_numeric(query.until) if query.until else _("today")
        period = _("{first} until {last}").format(first=first, last=last)
        lines.append((_("Period"), period))
    if query.kind_code:
        lines.append((_("Kind"), kind_title(query.kind_code)))
    if query.group_id is not None:
        name = session.scalar(select(Group.name).where(Group.id == query.group_id))
        lines.append((_("Group"), name or ""))
    if query.status:
        lines.append((_("Status"), _("a part, chosen by status")))
    if query.text:
        lines.append((_("Search"), _("a part, chosen by search")))
    if options.purpose and options.names != "full":
        lines.append((_("Purpose"), options.purpose))
    return tuple(lines)
