"""Meetings: planned and held, who is there, and what an agenda could hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.meetings import (
    Action,
    AgendaItem,
    Decision,
    Meeting,
    MeetingAttendee,
)
from wbos_desktop.db.models.school import Staff
from wbos_desktop.domain.actions import ActionRow
from wbos_desktop.domain.groups import GroupQuery
from wbos_desktop.domain.meetings import (
    KINDS,
    AttendeeDraft,
    AttendeeRow,
    ItemProposal,
    MeetingDetail,
    MeetingDraft,
    MeetingForm,
    MeetingRow,
    MinutesForm,
)
from wbos_desktop.domain.people import display_name
from wbos_desktop.errors import Conflict, Invalid, NotFound
from wbos_desktop.i18n import _, date_short, ngettext
from wbos_desktop.services import actions, agenda, groups, scenario_choice
from wbos_desktop.services.agenda import propose_item as propose_item
from wbos_desktop.services.rights import needs
from wbos_desktop.services.school_days import load_calendar, this_school_year
from wbos_desktop.services.visibility import (
    demand_minutes,
    get_meeting_model,
    may_write_minutes,
    readable_meetings,
    visible_cases,
    visible_items,
)

# How many groups and cases a proposal holds at most: a meeting of an hour.
_MOST = 3
_THURSDAY = 3


# ---------------------------------------------------------------- lists
@needs("read", "meeting")
def find_ids(session: Session, kind: str = "") -> list[int]:
    """Ids of meetings: planned ones first (the next on top), then held ones, newest first.

    Who is no coordinator finds the meetings where that person takes part.
    """
    planned = select(Meeting.id).where(Meeting.state == "planned").order_by(Meeting.starts_at)
    held = select(Meeting.id).where(Meeting.state == "held").order_by(Meeting.starts_at.desc())
    seen = readable_meetings(session)
    planned, held = planned.where(seen), held.where(seen)
    if kind:
        planned, held = planned.where(Meeting.kind == kind), held.where(Meeting.kind == kind)
    return [*session.scalars(planned), *session.scalars(held)]


@needs("read", "meeting")
def load_rows(session: Session, ids: Sequence[int]) -> dict[int, MeetingRow]:
    """Rows of these meetings by id; unknown ids are left out."""
    items = {
        row.meeting_id: (row.items, row.minutes)
        for row in session.execute(
            select(
                AgendaItem.meeting_id,
                func.count().label("items"),
                func.sum(AgendaItem.minutes).label("minutes"),
            )
            .where(
                AgendaItem.meeting_id.in_(ids),
                AgendaItem.deleted_at.is_(None),
                visible_items(session),
            )
            .group_by(AgendaItem.meeting_id)
        )
    }
    attendees = {
        row[0]: row[1]
        for row in session.execute(
            select(MeetingAttendee.meeting_id, func.count())
            .where(MeetingAttendee.meeting_id.in_(ids), MeetingAttendee.deleted_at.is_(None))
            .group_by(MeetingAttendee.meeting_id)
        )
    }
    found = session.execute(
        select(
            Meeting.id,
            Meeting.version,
            Meeting.kind,
            Meeting.starts_at,
            Meeting.ends_at,
            Meeting.place,
            Meeting.state,
        ).where(Meeting.id.in_(ids), readable_meetings(session))
    )
    now = context(session).today
    first, last = this_school_year(session) or (dt.date(now.year, 1, 1), dt.date(now.year, 12, 31))
    return {
        row.id: MeetingRow(
            *row,
            attendees.get(row.id, 0),
            *items.get(row.id, (0, 0)),
            other_year=not first <= row.starts_at.date() <= last,
        )
        for row in found
    }


@needs("read", "meeting")
def find_rows(session: Session) -> list[MeetingRow]:
    """The rows of all meetings in the order of `find_ids`."""
    ids = find_ids(session)
    rows = load_rows(session, ids)
    return [rows[key] for key in ids]


@needs("read", "meeting")
def next_meeting(session: Session, kind: str = "") -> MeetingRow | None:
    """The first planned meeting of today or later, of this kind or of any."""
    statement = select(Meeting.id).where(
        Meeting.state == "planned",
        Meeting.starts_at >= agenda.start_of_today(session),
        readable_meetings(session),
    )
    if kind:
        statement = statement.where(Meeting.kind == kind)
    found = session.scalars(statement.order_by(Meeting.starts_at).limit(1)).first()
    return None if found is None else load_rows(session, [found])[found]


@needs("propose", "meeting")
def propose_to_next(session: Session, subject: str, record_id: int) -> MeetingRow:
    """`propose_item`, giving the meeting it went to. Raises UserError when none is planned."""
    meeting_id = agenda.propose_item(session, subject, record_id)
    return load_rows(session, [meeting_id])[meeting_id]


@needs("read", "meeting")
def count_planned(session: Session) -> int:
    """How many meetings are planned from today on."""
    statement = select(func.count()).where(
        Meeting.state == "planned",
        Meeting.starts_at >= agenda.start_of_today(session),
        readable_meetings(session),
    )
    return session.scalar(statement.select_from(Meeting)) or 0


# ---------------------------------------------------------------- one meeting
@needs("read", "meeting")
def get_meeting(session: Session, meeting_id: int) -> MeetingDetail:
    """Everything the builder, the minutes and the pack show. Raises NotFound."""
    meeting = _meeting(session, meeting_id)
    previous = _previous(session, meeting)
    return MeetingDetail(
        row=load_rows(session, [meeting_id])[meeting_id],
        chair=_name(session, meeting.chair_id),
        minutes_taker=_name(session, meeting.minutes_taker_id),
        attendees=tuple(_attendees(session, meeting_id)),
        items=agenda.load_items(session, meeting_id),
        previous_on=previous.starts_at.date() if previous else None,
        previous_decisions=_decisions(session, previous) if previous else (),
        carried=_carried(session, meeting, previous),
        may_minute=may_write_minutes(session, meeting_id),
    )


@needs("read", "meeting")
def open_meeting(session: Session, meeting_id: int) -> MeetingDetail:
    """`get_meeting` when the user comes to it: the audit trail notes it and the cases in its pack.

    Raises NotFound.
    """
    detail = get_meeting(session, meeting_id)
    audit.note(session, "view", "meetings", meeting_id)
    for item in detail.items:
        if item.case_id is not None:
            audit.note(session, "view", "cases", item.case_id)
    return detail


def _meeting(session: Session, meeting_id: int) -> Meeting:
    return get_meeting_model(session, meeting_id)


def _name(session: Session, staff_id: int | None) -> str:
    staff = session.get(Staff, staff_id) if staff_id else None
    return display_name(staff.given_name, staff.name_prefix, staff.family_name) if staff else ""


def _attendees(session: Session, meeting_id: int) -> list[AttendeeRow]:
    rows = session.execute(
        select(
            MeetingAttendee.id,
            MeetingAttendee.staff_id,
            MeetingAttendee.external_name,
            MeetingAttendee.present,
            Staff.given_name,
            Staff.name_prefix,
            Staff.family_name,
        )
        .join(Staff, Staff.id == MeetingAttendee.staff_id, isouter=True)
        .where(MeetingAttendee.meeting_id == meeting_id)
        .order_by(MeetingAttendee.position, MeetingAttendee.id)
    )
    return [
        AttendeeRow(
            id=row.id,
            name=row.external_name
            or display_name(row.given_name or "", row.name_prefix or "", row.family_name or ""),
            external=row.staff_id is None,
            present=row.present,
            staff_id=row.staff_id,
        )
        for row in rows
    ]


def _previous(session: Session, meeting: Meeting) -> Meeting | None:
    """The meeting of this kind before; None when the user took no part in it."""
    found = session.scalars(
        select(Meeting)
        .where(
            Meeting.kind == meeting.kind,
            Meeting.id != meeting.id,
            Meeting.starts_at < meeting.starts_at,
        )
        .order_by(Meeting.starts_at.desc())
        .limit(1)
    ).first()
    seen = found and session.scalar(
        select(Meeting.id).where(Meeting.id == found.id, readable_meetings(session))
    )
    return found if seen else None


def _decisions(session: Session, meeting: Meeting) -> tuple[tuple[str, str], ...]:
    titles = {item.id: item for item in agenda.load_items(session, meeting.id)}
    found = session.execute(
        select(Decision.agenda_item_id, Decision.text)
        .outerjoin(AgendaItem, AgendaItem.id == Decision.agenda_item_id)
        .where(Decision.meeting_id == meeting.id)
        .where(
            or_(
                Decision.agenda_item_id.is_(None),
                AgendaItem.id.is_not(None) & visible_items(session),
            )
        )
    )
    rows = list(found)
    order = {key: item.position for key, item in titles.items()}
    rows = sorted(rows, key=lambda row: order.get(row.agenda_item_id or 0, 0))
    return tuple(
        (titles[key].title if key in titles else "", text)
        for key, text in ((row.agenda_item_id, row.text) for row in rows)
    )


def _carried(session: Session, meeting: Meeting, previous: Meeting | None) -> tuple[ActionRow, ...]:
    if previous is None:
        return ()
    ids = session.scalars(
        select(Action.id)
        .join(Meeting, Meeting.id == Action.meeting_id)
        .where(
            Meeting.kind == meeting.kind,
            Meeting.starts_at < meeting.starts_at,
            or_(Action.state == "open", Meeting.id == previous.id),
        )
        .order_by(Action.due_on.is_(None), Action.due_on, Action.id)
    ).all()
    ids = actions.keep_visible(session, ids)
    rows = actions.load_rows(session, ids)
    return tuple(rows[key] for key in ids)


@needs("read", "colleague")
def staff_choices(session: Session) -> list[tuple[int, str]]:
    """Active colleagues as (id, name), by name: for chair, minutes and actions."""
    rows = session.execute(
        select(Staff.id, Staff.given_name, Staff.name_prefix, Staff.family_name)
        .where(Staff.active)
        .order_by(Staff.sort_name, Staff.family_name, Staff.given_name)
    )
    return [(row[0], display_name(row[1], row[2], row[3])) for row in rows]


@needs("write", "meeting")
def edit_meeting(session: Session, meeting_id: int | None) -> MeetingDraft:
    """The draft for the form; None proposes the next Thursday with the people of last time."""
    if meeting_id is None:
        return _new_draft(session)
    meeting = _meeting(session, meeting_id)
    return MeetingDraft(
        id=meeting.id,
        version=meeting.version,
        kind=meeting.kind,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        chair_id=meeting.chair_id,
        minutes_taker_id=meeting.minutes_taker_id,
        attendees=_attendee_drafts(session, meeting.id),
    )


@needs("write", "meeting")
def open_form(session: Session, meeting_id: int | None) -> MeetingForm:
    """The draft with everything its form offers. Raises NotFound."""
    return MeetingForm(
        draft=edit_meeting(session, meeting_id),
        staff=tuple(staff_choices(session)),
        today=context(session).today,
        calendar=load_calendar(session),
    )


@needs("write", "minutes")
def minutes_form(session: Session) -> MinutesForm:
    """What an action in the minutes is written with."""
    return MinutesForm(
        staff=tuple(staff_choices(session)),
        today=context(session).today,
        calendar=load_calendar(session),
    )


def _new_draft(session: Session) -> MeetingDraft:
    who = context(session)
    day = who.today + dt.timedelta(days=(_THURSDAY - who.today.weekday()) % 7 or 7)
    last = session.scalars(
        select(Meeting).where(Meeting.kind == "care_team").order_by(Meeting.starts_at.desc())
    ).first()
    start = last.starts_at.time() if last else dt.time(13, 30)
    length = last.ends_at - last.starts_at if last else dt.timedelta(hours=1)
    starts_at = dt.datetime.combine(day, start)
    return MeetingDraft(
        starts_at=starts_at,
        ends_at=starts_at + length,
        place=last.place if last else "",
        chair_id=last.chair_id if last else who.staff_id,
        minutes_taker_id=last.minutes_taker_id if last else None,
        attendees=tuple(
            AttendeeDraft(person.staff_id, person.external_name)
            for person in (_attendee_drafts(session, last.id) if last else ())
        )
        or ((AttendeeDraft(who.staff_id),) if who.staff_id else ()),
    )


def _attendee_drafts(session: Session, meeting_id: int) -> tuple[AttendeeDraft, ...]:
    return tuple(
        AttendeeDraft(row.staff_id, row.name if row.external else "", row.present)
        for row in _attendees(session, meeting_id)
    )


@needs("write", "meeting")
def save_meeting(session: Session, draft: MeetingDraft) -> int:
    """Write a meeting with who is invited; its id. A new one gets its first agenda item.

    Raises Invalid, Conflict, NotFound.
    """
    _check(draft)
    if draft.id is None:
        meeting = Meeting(state="planned")
        session.add(meeting)
    else:
        meeting = _meeting(session, draft.id)
        if meeting.version != draft.version:
            raise Conflict(_("A colleague changed this meeting. Open it again first."))
    assert draft.starts_at is not None
    assert draft.ends_at is not None
    meeting.kind = draft.kind
    meeting.starts_at, meeting.ends_at = draft.starts_at, draft.ends_at
    meeting.place = draft.place.strip()
    meeting.chair_id, meeting.minutes_taker_id = draft.chair_id, draft.minutes_taker_id
    session.flush()
    _save_attendees(session, meeting.id, draft.attendees)
    if draft.id is None:
        agenda.add_previous(session, meeting.id)
    session.flush()
    return meeting.id


def _check(draft: MeetingDraft) -> None:
    wrong = {}
    if draft.kind not in KINDS:
        wrong["kind"] = _("Choose the kind of meeting.")
    if draft.starts_at is None:
        wrong["starts_at"] = _("Choose a day and a time.")
    elif draft.ends_at is None or draft.ends_at <= draft.starts_at:
        wrong["ends_at"] = _("The end comes after the start.")
    elif draft.ends_at.date() != draft.starts_at.date():
        wrong["ends_at"] = _("The meeting ends on the same day.")
    if wrong:
        raise Invalid(wrong)


def _save_attendees(session: Session, meeting_id: int, people: Sequence[AttendeeDraft]) -> None:
    stored = session.scalars(
        select(MeetingAttendee).where(MeetingAttendee.meeting_id == meeting_id)
    )
    known = {(row.staff_id, row.external_name): row for row in stored}
    for position, person in enumerate(people):
        name = "" if person.staff_id else person.external_name.strip()
        if not person.staff_id and not name:
            continue
        row = known.pop((person.staff_id, name), None)
        if row is None:
            row = MeetingAttendee(
                meeting_id=meeting_id, staff_id=person.staff_id, external_name=name
            )
            session.add(row)
        row.present, row.position = person.present, position
    for gone in known.values():
        gone.deleted_at = context(session).now


@needs("write", "minutes")
def set_present(session: Session, attendee_id: int, present: bool | None) -> None:
    """Note whether this person was there; None takes the note back.

    Raises NotFound, NotAllowed.
    """
    found = session.get(MeetingAttendee, attendee_id)
    if found is None:
        raise NotFound(_("This person is no longer on the list."))
    demand_minutes(session, found.meeting_id)
    found.present = present


@needs("write", "meeting")
def hold_meeting(session: Session, meeting_id: int) -> None:
    """The meeting took place: older open actions of this kind count one more time carried over.

    Calling it again changes nothing.
    """
    meeting = _meeting(session, meeting_id)
    if meeting.state == "held":
        return
    meeting.state = "held"
    actions.carry_over(session, meeting.id, meeting.kind, meeting.starts_at)


@needs("write", "meeting")
def remove_meeting(session: Session, meeting_id: int) -> None:
    """Take a meeting off the list; can be undone. Its actions stay."""
    _meeting(session, meeting_id).deleted_at = context(session).now


# ---------------------------------------------------------------- proposals
@needs("write", "meeting")
def propose_items(session: Session, meeting_id: int) -> list[ItemProposal]:
    """What could be on this agenda, each with its reason: groups, cases, one scenario.

    Leaves out what is on it already. Raises NotFound.
    """
    meeting = _meeting(session, meeting_id)
    items = agenda.load_items(session, meeting_id)
    taken = {(item.subject, item.group_id or item.case_id or item.scenario_id) for item in items}
    found = _group_proposals(session) + _case_proposals(session, _previous(session, meeting))
    group_ids = [row.record_id for row in found if row.subject == "group"]
    group_ids += [item.group_id for item in items if item.group_id]
    found = [row for row in found if (row.subject, row.record_id) not in taken]
    if not any(item.subject == "scenario" for item in items):
        found += _scenario_proposal(session, group_ids)
    return found


def _group_proposals(session: Session) -> list[ItemProposal]:
    ids = groups.find_ids(session, GroupQuery(order="attention"))
    rows = groups.load_rows(session, ids).values()
    return [
        ItemProposal(
            "group",
            row.id,
            _("Group {name}").format(name=row.name),
            row.attention[0].text,
            agenda.MINUTES["group"],
        )
        for row in rows
        if row.attention
    ][:_MOST]


def _case_proposals(session: Session, previous: Meeting | None) -> list[ItemProposal]:
    rows = session.execute(
        select(Case.id, Case.opened_on)
        .where(Case.state == "open", visible_cases(session))
        .order_by(Case.number.desc())
    ).all()
    opened = {row.id: row.opened_on for row in rows}
    late = agenda.late_steps(session, list(opened))
    reasons = {
        key: ngettext("{n} step is late", "{n} steps are late", count)
        for key, count in sorted(late.items(), key=lambda pair: -pair[1])
    }
    since = previous.starts_at.date() if previous else None
    for key, day in opened.items():
        if key not in reasons and (since is None or day >= since):
            reasons[key] = _("New since {day}").format(day=date_short(since or day))
    chosen = list(reasons)[: _MOST + 1]
    labels = agenda.case_labels(session, chosen)
    return [
        ItemProposal("case", key, labels[key][0], reasons[key], agenda.MINUTES["case"])
        for key in chosen
        if key in labels
    ]


def _scenario_proposal(session: Session, group_ids: Sequence[int | None]) -> list[ItemProposal]:
    for group_id in group_ids:
        for match in scenario_choice.matching_scenarios(session, group_id=group_id, limit=1):
            minutes = agenda.MINUTES["scenario"]
            row = match.row
            return [ItemProposal("scenario", row.id, row.title, match.reason, minutes)]
    return []


@needs("write", "meeting")
def add_proposals(
    session: Session, meeting_id: int, proposals: Sequence[tuple[str, int]]
) -> list[int]:
    """Put these (subject, id) pairs on the agenda in this order; the items' ids."""
    return [
        agenda.add_item(session, meeting_id, subject, record_id) for subject, record_id in proposals
    ]
