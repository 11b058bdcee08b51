"""Actions of meetings, cases and groups in one list: who does what by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.meetings import Action, AgendaItem, Meeting
from wbos_desktop.db.models.school import Group, Staff
from wbos_desktop.domain.actions import ActionDraft, ActionQuery, ActionRow
from wbos_desktop.domain.deadlines import late_before
from wbos_desktop.domain.people import display_name
from wbos_desktop.errors import Conflict, Invalid, NotFound
from wbos_desktop.i18n import _, date_short
from wbos_desktop.services.deputies import acting_for
from wbos_desktop.services.rights import needs, refused
from wbos_desktop.services.school_days import load_calendar
from wbos_desktop.services.visibility import (
    demand_group,
    demand_minutes,
    get_case_model,
    minuted_meetings,
    readable_meetings,
    visible_actions,
    visible_cases,
    visible_items,
    writable_actions,
)


@needs("read", "action")
def find_ids(session: Session, query: ActionQuery) -> list[int]:
    """Ids of the actions that fit: the earliest date first, without a date last.

    Actions about a case that the user may not see are left out, except one's own.
    """
    statement = select(Action.id).where(*_filters(query), visible_actions(session))
    order = (Action.due_on.is_(None), Action.due_on, Action.id)
    return list(session.scalars(statement.order_by(*order)))


@needs("read", "action")
def keep_visible(session: Session, ids: Sequence[int]) -> list[int]:
    """Those of the ids that the user may see, in the same order."""
    wanted = select(Action.id).where(Action.id.in_(ids), visible_actions(session))
    seen = set(session.scalars(wanted))
    return [key for key in ids if key in seen]


def _filters(query: ActionQuery) -> list[ColumnElement[bool]]:
    columns = {
        "state": Action.state,
        "owner_id": Action.owner_id,
        "meeting_id": Action.meeting_id,
        "agenda_item_id": Action.agenda_item_id,
        "case_id": Action.case_id,
        "group_id": Action.group_id,
    }
    found: list[ColumnElement[bool]] = [
        column == value
        for name, column in columns.items()
        if (value := getattr(query, name)) is not None
    ]
    if query.due_until is not None:
        found.append(Action.due_on <= query.due_until)
    return found


@needs("read", "action")
def load_rows(session: Session, ids: Sequence[int]) -> dict[int, ActionRow]:
    """Rows of these actions by id; unknown and hidden ones are left out.

    One's own action about a hidden case does not say which case.
    """
    today = context(session).today
    late = late_before(today, load_calendar(session))
    found = session.execute(
        select(
            Action.id,
            Action.version,
            Action.text,
            Action.owner_id,
            Action.due_on,
            Action.state,
            Action.done_on,
            Action.carried_over,
            Meeting.id.label("meeting_id"),
            Action.agenda_item_id,
            Case.id.label("case_id"),
            Action.group_id,
            Staff.given_name,
            Staff.name_prefix,
            Staff.family_name,
            Case.number,
            Group.name,
            Meeting.starts_at,
        )
        .join(Staff, Staff.id == Action.owner_id, isouter=True)
        .join(Case, (Case.id == Action.case_id) & visible_cases(session), isouter=True)
        .join(Group, Group.id == Action.group_id, isouter=True)
        .join(Meeting, (Meeting.id == Action.meeting_id) & readable_meetings(session), isouter=True)
        .where(Action.id.in_(ids), visible_actions(session))
    )
    return {
        row.id: ActionRow(
            id=row.id,
            version=row.version,
            text=row.text,
            owner_id=row.owner_id,
            owner=display_name(row.given_name or "", row.name_prefix or "", row.family_name or ""),
            due_on=row.due_on,
            state=row.state,
            done_on=row.done_on,
            carried_over=row.carried_over,
            overdue=row.state == "open" and row.due_on is not None and row.due_on < late,
            about=_about(row.number, row.name, row.starts_at),
            meeting_id=row.meeting_id,
            agenda_item_id=row.agenda_item_id,
            case_id=row.case_id,
            group_id=row.group_id,
        )
        for row in found
    }


def _about(number: str | None, group: str | None, meeting_at: dt.datetime | None) -> str:
    if number:
        return number
    if group:
        return _("Group {name}").format(name=group)
    if meeting_at:
        return _("Meeting {day}").format(day=date_short(meeting_at.date()))
    return ""


@needs("read", "action")
def find_rows(session: Session, query: ActionQuery) -> list[ActionRow]:
    """The rows of the actions that fit, in the order of `find_ids`."""
    ids = find_ids(session, query)
    rows = load_rows(session, ids)
    return [rows[key] for key in ids]


@needs("read", "action")
def find_open_actions(
    session: Session, *, mine: bool = False, due_until: dt.date | None = None
) -> list[ActionRow]:
    """Open actions for Today, the earliest date first; of this user only when `mine`.

    The work of a colleague for whom the user stands in counts as the user's own.
    """
    statement = select(Action.id).where(
        *_filters(ActionQuery(due_until=due_until)), visible_actions(session)
    )
    if mine:
        statement = statement.where(Action.owner_id.in_(acting_for(session)))
    order = (Action.due_on.is_(None), Action.due_on, Action.id)
    ids = list(session.scalars(statement.order_by(*order)))
    rows = load_rows(session, ids)
    return [rows[key] for key in ids]


@needs("read", "action")
def edit_action(session: Session, action_id: int) -> ActionDraft:
    """The draft of an action. Raises NotFound."""
    action = _seen(session, action_id)
    return ActionDraft(
        id=action.id,
        version=action.version,
        text=action.text,
        owner_id=action.owner_id,
        due_on=action.due_on,
        meeting_id=action.meeting_id,
        agenda_item_id=action.agenda_item_id,
        case_id=action.case_id,
        group_id=action.group_id,
    )


@needs("write", "action")
def save_action(session: Session, draft: ActionDraft) -> int:
    """Write an action; its id.

    Raises Invalid without text or owner, Conflict, NotFound, NotAllowed.
    """
    wrong = {}
    if not draft.text.strip():
        wrong["text"] = _("Write what will be done.")
    if draft.owner_id is None:
        wrong["owner_id"] = _("Choose who does it.")
    if wrong:
        raise Invalid(wrong)
    if draft.id:
        action = _action(session, draft.id, draft.version)
        if _place(action) != _place(draft):
            _demand_place(session, draft)
    else:
        _demand_place(session, draft)
        action = Action(state="open")
    action.text = draft.text.strip()
    action.owner_id = draft.owner_id
    action.due_on = draft.due_on
    action.meeting_id = draft.meeting_id
    action.agenda_item_id = draft.agenda_item_id
    action.case_id = draft.case_id
    action.group_id = draft.group_id
    session.add(action)
    session.flush()
    return action.id


@needs("write", "action")
def finish_action(session: Session, action_id: int, version: int | None = None) -> None:
    """The action is done today. Raises Conflict, NotFound."""
    action = _action(session, action_id, version)
    action.state, action.done_on = "done", context(session).today


@needs("write", "action")
def reopen_action(session: Session, action_id: int, version: int | None = None) -> None:
    """The action is not done after all. Raises Conflict, NotFound."""
    action = _action(session, action_id, version)
    action.state, action.done_on = "open", None


@needs("write", "action")
def drop_action(session: Session, action_id: int, version: int | None = None) -> None:
    """The action is no longer needed; it stays in the list of its meeting."""
    action = _action(session, action_id, version)
    action.state, action.done_on = "dropped", None


@needs("write", "action")
def remove_action(session: Session, action_id: int) -> None:
    """Take away an action that was written by mistake; can be undone. Raises NotFound."""
    _action(session, action_id).deleted_at = context(session).now


@needs("write", "meeting")
def carry_over(session: Session, meeting_id: int, kind: str, before: dt.datetime) -> int:
    """Count one more meeting on every open action of earlier meetings of this kind."""
    found = session.scalars(
        select(Action)
        .join(Meeting, Meeting.id == Action.meeting_id)
        .where(
            Action.state == "open",
            Meeting.kind == kind,
            Meeting.id != meeting_id,
            Meeting.starts_at < before,
        )
    ).all()
    for action in found:
        action.carried_over += 1
    return len(found)


def _place(of: Action | ActionDraft) -> tuple[int | None, ...]:
    return of.case_id, of.group_id, of.meeting_id, of.agenda_item_id


def _demand_place(session: Session, draft: ActionDraft) -> None:
    """A new action belongs to a case or group that one works on, or to minutes one writes;
    without any of these it is one's own. Raises NotFound, NotAllowed."""
    if _is_minuted(session, draft):
        return
    if draft.case_id is not None:
        get_case_model(session, draft.case_id, write=True)
    elif draft.group_id is not None:
        demand_group(session, draft.group_id)
    elif draft.meeting_id is not None:
        demand_minutes(session, draft.meeting_id)


def _is_minuted(session: Session, draft: ActionDraft) -> bool:
    """True at an agenda item, and about what that is about, for who writes the minutes."""
    item = (
        select(AgendaItem.id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(
            AgendaItem.id == draft.agenda_item_id,
            Meeting.id == draft.meeting_id,
            AgendaItem.case_id.is_not_distinct_from(draft.case_id),
            AgendaItem.group_id.is_not_distinct_from(draft.group_id),
            visible_items(session),
            minuted_meetings(session),
        )
    )
    return session.scalar(item) is not None


def _seen(session: Session, action_id: int) -> Action:
    found = session.scalar(select(Action).where(Action.id == action_id, visible_actions(session)))
    if found is None:
        raise NotFound(_("This action is no longer there."))
    return found


def _action(session: Session, action_id: int, version: int | None = None) -> Action:
    found = _seen(session, action_id)
    mine = select(Action.id).where(Action.id == action_id, writable_actions(session))
    if session.scalar(mine) is None:
        raise refused("write")
    if version is not None and found.version != version:
        raise Conflict(_("A colleague changed this action. Look at it again first."))
    return found
