"""Agenda items of a meeting: what is on it, in which order, with how many minutes and why."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, CaseStep, TemplateVersion
from wbos_desktop.db.models.meetings import AgendaItem, Decision, Meeting
from wbos_desktop.db.models.scenarios import Scenario
from wbos_desktop.db.models.school import Group
from wbos_desktop.domain.actions import ActionQuery, ActionRow
from wbos_desktop.domain.deadlines import late_before
from wbos_desktop.domain.meetings import (
    AIMS,
    BASES,
    AgendaItemDraft,
    AgendaItemRow,
    Choice,
    DecisionRow,
)
from wbos_desktop.domain.people import fold
from wbos_desktop.errors import Conflict, Invalid, NotFound, UserError
from wbos_desktop.i18n import _, date_short, ngettext
from wbos_desktop.services import actions, scenarios
from wbos_desktop.services.rights import may, needs
from wbos_desktop.services.school_days import load_calendar
from wbos_desktop.services.visibility import (
    demand_group,
    demand_minutes,
    get_case_model,
    get_meeting_model,
    keep_visible_groups,
    readable_meetings,
    visible_cases,
    visible_items,
)

MINUTES = {"previous": 5, "group": 10, "case": 10, "scenario": 10, "free": 5}
LONGEST = 240


# ---------------------------------------------------------------- changing the agenda
@needs("write", "meeting")
def add_item(
    session: Session,
    meeting_id: int,
    subject: str,
    record_id: int | None = None,
    *,
    title: str = "",
    minutes: int | None = None,
) -> int:
    """Put a group, case, scenario or free subject at the end; its id.

    What is on the agenda already is not added twice. Raises NotFound, Invalid.
    """
    get_meeting_model(session, meeting_id)
    return _add(session, meeting_id, subject, record_id, title=title, minutes=minutes)


def _add(
    session: Session,
    meeting_id: int,
    subject: str,
    record_id: int | None,
    *,
    title: str = "",
    minutes: int | None = None,
) -> int:
    if subject == "free" and not title.strip():
        raise Invalid({"title": _("Give the item a title.")})
    if subject == "case":
        get_case_model(session, record_id or 0)
    if subject == "group":
        demand_group(session, record_id or 0)
    items = _items(session, meeting_id)
    column = f"{subject}_id"
    if subject in ("group", "case", "scenario"):
        for item in items:
            if item.subject == subject and getattr(item, column) == record_id:
                return item.id
    item = AgendaItem(
        meeting_id=meeting_id,
        position=len(items) + 1,
        subject=subject,
        title=title.strip(),
        minutes=minutes or MINUTES[subject],
        aim="inform" if subject == "previous" else "discuss",
    )
    if subject in ("group", "case", "scenario"):
        setattr(item, column, record_id)
    session.add(item)
    session.flush()
    return item.id


@needs("propose", "meeting")
def propose_item(session: Session, subject: str, record_id: int) -> int:
    """Put it on the agenda of the next planned meeting the user takes part in; that one's id.

    Raises UserError when no such meeting is planned.
    """
    meeting_id = session.scalars(
        select(Meeting.id)
        .where(Meeting.state == "planned", Meeting.starts_at >= start_of_today(session))
        .where(readable_meetings(session))
        .order_by(Meeting.starts_at)
        .limit(1)
    ).first()
    if meeting_id is None:
        if not may(session, "write", "meeting"):
            raise UserError(_("No meeting with you is planned yet. Ask your coordinator."))
        raise UserError(_("No meeting is planned yet. Make one first under Meetings."))
    _add(session, meeting_id, subject, record_id)
    return meeting_id


@needs("read", "meeting")
def start_of_today(session: Session) -> dt.datetime:
    """Midnight by the local wall clock, as meetings store their times."""
    return dt.datetime.combine(context(session).today, dt.time())


@needs("write", "meeting")
def add_previous(session: Session, meeting_id: int) -> int:
    """Item 1 of every meeting: actions and decisions from last time."""
    return add_item(session, meeting_id, "previous")


@needs("write", "meeting")
def move_item(session: Session, item_id: int, position: int) -> None:
    """Put the item at this place (1 is the first); item 1, last time's actions, stays.

    Places count what the user sees: an item about a hidden case keeps its neighbours.
    """
    item = _item(session, item_id)
    if item.subject == "previous":
        return
    items = [one for one in _items(session, item.meeting_id) if one is not item]
    shown = [one for one in _shown(session, item.meeting_id) if one is not item]
    first = 1 if shown and shown[0].subject == "previous" else 0
    at = max(position - 1, first)
    items.insert(items.index(shown[at]) if at < len(shown) else len(items), item)
    _number(items)


@needs("write", "meeting")
def change_minutes(session: Session, item_id: int, by: int) -> int:
    """Give the item more or fewer minutes (never under 1); the new number."""
    item = _item(session, item_id)
    item.minutes = min(max(item.minutes + by, 1), LONGEST)
    return item.minutes


@needs("write", "meeting")
def remove_item(session: Session, item_id: int) -> None:
    """Take the item off the agenda; can be undone. Raises NotFound, UserError for item 1."""
    item = _item(session, item_id)
    if item.subject == "previous":
        raise UserError(_("Actions and decisions from last time always come first."))
    item.deleted_at = context(session).now
    _number([other for other in _items(session, item.meeting_id) if other.id != item_id])


@needs("read", "meeting")
def edit_item(session: Session, item_id: int) -> AgendaItemDraft:
    """The draft of an item. Raises NotFound."""
    item = _item(session, item_id)
    return AgendaItemDraft(
        id=item.id,
        version=item.version,
        title=item.title,
        minutes=item.minutes,
        aim=item.aim,
        question=item.question,
        informed=item.informed,
        informed_reason=item.informed_reason,
        external_basis=item.external_basis,
        external_note=item.external_note,
    )


@needs("write", "meeting")
def save_item(session: Session, draft: AgendaItemDraft) -> None:
    """Write minutes, aim, question and whether parents and pupil know of it.

    Raises Invalid, Conflict, NotFound.
    """
    item = _item(session, draft.id)
    if item.version != draft.version:
        raise Conflict(_("A colleague changed this item. Open it again to see the new text."))
    _check(item, draft)
    if item.subject == "free":
        item.title = draft.title.strip()
    item.minutes = draft.minutes
    item.aim = draft.aim
    item.question = draft.question.strip()
    item.informed = draft.informed
    item.informed_reason = draft.informed_reason.strip()
    item.external_basis = draft.external_basis
    item.external_note = draft.external_note.strip()


def _check(item: AgendaItem, draft: AgendaItemDraft) -> None:
    assert draft.aim in AIMS
    assert draft.external_basis in BASES
    wrong = {}
    if item.subject == "free" and not draft.title.strip():
        wrong["title"] = _("Give the item a title.")
    if not 1 <= draft.minutes <= LONGEST:
        wrong["minutes"] = _("Choose 1 to {n} minutes.").format(n=LONGEST)
    if draft.informed == "no" and not draft.informed_reason.strip():
        wrong["informed_reason"] = _("Write why they do not know yet. One sentence is enough.")
    if draft.external_basis and not draft.external_note.strip():
        wrong["external_note"] = _("Write who said so, when and for what.")
    if wrong:
        raise Invalid(wrong)


def _item(session: Session, item_id: int) -> AgendaItem:
    found = session.scalar(
        select(AgendaItem)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(AgendaItem.id == item_id, visible_items(session), readable_meetings(session))
    )
    if found is None:
        raise NotFound(_("This agenda item is no longer there."))
    return found


def _items(session: Session, meeting_id: int) -> list[AgendaItem]:
    statement = select(AgendaItem).where(AgendaItem.meeting_id == meeting_id)
    return list(session.scalars(statement.order_by(AgendaItem.position, AgendaItem.id)))


def _shown(session: Session, meeting_id: int) -> list[AgendaItem]:
    seen = select(AgendaItem.id).where(AgendaItem.meeting_id == meeting_id, visible_items(session))
    kept = set(session.scalars(seen))
    return [item for item in _items(session, meeting_id) if item.id in kept]


def _number(items: Iterable[AgendaItem]) -> None:
    for position, item in enumerate(items, 1):
        if item.position != position:
            item.position = position


# ---------------------------------------------------------------- decisions
@needs("write", "minutes")
def record_decision(session: Session, item_id: int, text: str) -> int:
    """Note a decision on this item; its id. Raises Invalid, NotFound, NotAllowed."""
    item = _item(session, item_id)
    demand_minutes(session, item.meeting_id)
    decision = Decision(
        meeting_id=item.meeting_id, agenda_item_id=item.id, text=_decision_text(text)
    )
    session.add(decision)
    session.flush()
    return decision.id


@needs("write", "minutes")
def change_decision(session: Session, decision_id: int, version: int, text: str) -> None:
    """Reword a decision. Raises Invalid, Conflict, NotFound."""
    decision = _decision(session, decision_id)
    if decision.version != version:
        raise Conflict(_("A colleague changed this decision. Look at it again first."))
    decision.text = _decision_text(text)


@needs("write", "minutes")
def remove_decision(session: Session, decision_id: int) -> None:
    """Take the decision away; can be undone. Raises NotFound."""
    _decision(session, decision_id).deleted_at = context(session).now


def _decision(session: Session, decision_id: int) -> Decision:
    found = session.get(Decision, decision_id)
    if found is None or found.deleted_at is not None:
        raise NotFound(_("This decision is no longer there."))
    if found.agenda_item_id is not None:
        _item(session, found.agenda_item_id)
    demand_minutes(session, found.meeting_id)
    return found


def _decision_text(text: str) -> str:
    if not text.strip():
        raise Invalid({"text": _("Write what was decided.")})
    return text.strip()


# ---------------------------------------------------------------- reading the agenda
@needs("read", "meeting")
def load_items(session: Session, meeting_id: int) -> tuple[AgendaItemRow, ...]:
    """All items of the meeting in order, with title, badge, decisions and actions.

    An item about a hidden case is not there, and leaves no gap in the numbers. Raises NotFound.
    """
    get_meeting_model(session, meeting_id)
    items = _shown(session, meeting_id)
    labels = _labels(session, items)
    decisions: dict[int | None, list[DecisionRow]] = defaultdict(list)
    for row in session.scalars(
        select(Decision).where(Decision.meeting_id == meeting_id).order_by(Decision.id)
    ):
        decisions[row.agenda_item_id].append(DecisionRow(row.id, row.version, row.text))
    todo: dict[int | None, list[ActionRow]] = defaultdict(list)
    for action in actions.find_rows(session, ActionQuery(state=None, meeting_id=meeting_id)):
        todo[action.agenda_item_id].append(action)
    return tuple(
        _row(item, position, labels[item.id], decisions[item.id], todo[item.id])
        for position, item in enumerate(items, 1)
    )


def _row(
    item: AgendaItem,
    position: int,
    label: tuple[str, str, tuple[str, str, str] | None],
    decisions: Sequence[DecisionRow],
    todo: Sequence[ActionRow],
) -> AgendaItemRow:
    title, detail, norm = label
    return AgendaItemRow(
        id=item.id,
        version=item.version,
        position=position,
        subject=item.subject,
        group_id=item.group_id,
        case_id=item.case_id,
        scenario_id=item.scenario_id,
        title=title,
        detail=detail,
        norm=norm,
        minutes=item.minutes,
        aim=item.aim,
        question=item.question,
        informed=item.informed,
        informed_reason=item.informed_reason,
        external_basis=item.external_basis,
        external_note=item.external_note,
        about_pupil=item.subject == "case",
        decisions=tuple(decisions),
        actions=tuple(todo),
    )


def _labels(session: Session, items: Sequence[AgendaItem]) -> dict[int, Any]:
    groups = group_labels(session, [item.group_id for item in items if item.group_id])
    cases = case_labels(session, [item.case_id for item in items if item.case_id])
    chosen = [item.scenario_id for item in items if item.scenario_id]
    rows = scenarios.load_rows(session, chosen)
    found: dict[int, Any] = {}
    for item in items:
        label: Any = (item.title, "", None)
        if item.subject == "previous":
            label = (_("Actions and decisions from last time"), "", None)
        elif item.group_id:
            label = groups.get(item.group_id, (_("Group is no longer there"), "", None))
        elif item.case_id:
            label = (*cases.get(item.case_id, (_("Case is no longer there"), "")), None)
        elif item.scenario_id in rows:
            row = rows[item.scenario_id]
            label = (row.title, _("Practise together"), row.norms[0] if row.norms else None)
        found[item.id] = label
    return found


@needs("read", "meeting")
def group_labels(session: Session, ids: Sequence[int]) -> dict[int, Any]:
    """Per group ('Groep 2B', what is dominant and since when, badge) for an agenda.

    Of a group of others only the name: its profiles are theirs.
    """
    names = session.execute(select(Group.id, Group.name).where(Group.id.in_(ids))).all()
    known = set(keep_visible_groups(session, list(ids)))
    living = scenarios.living_norms(session, list(known))
    found: dict[int, Any] = {}
    for group_id, name in names:
        norms = living.get(group_id, [])
        detail, badge = _("No norm is noticeable yet") if group_id in known else "", None
        if norms:
            first = norms[0]
            badge = (first.code, first.title, first.kind)
            text = _("‘{norm}’ dominant, as of {day}")
            if first.strength < 3:
                text = _("‘{norm}’ noticeable, as of {day}")
            detail = text.format(norm=first.title, day=date_short(first.observed_on))
        found[group_id] = (_("Group {name}").format(name=name), detail, badge)
    return found


@needs("read", "meeting")
def case_labels(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Per case (number and title, protocol and how it stands) for an agenda."""
    rows = session.execute(
        select(Case.id, Case.number, Case.title, TemplateVersion.title)
        .join(TemplateVersion, TemplateVersion.id == Case.template_version_id)
        .where(Case.id.in_(ids), visible_cases(session))
    )
    late = late_steps(session, ids)
    found = {}
    for case_id, number, title, protocol in rows:
        parts = [protocol]
        if count := late.get(case_id, 0):
            parts.append(ngettext("{n} step late", "{n} steps late", count))
        found[case_id] = (f"{number} {title}", ", ".join(parts))
    return found


@needs("read", "meeting")
def late_steps(session: Session, case_ids: Sequence[int]) -> dict[int, int]:
    """How many steps of each case are past their deadline; a repair target is never late.

    A hidden case is left out.
    """
    who = context(session)
    day = late_before(who.today, load_calendar(session))
    rows = session.scalars(
        select(CaseStep.case_id)
        .join(Case, Case.id == CaseStep.case_id)
        .where(
            CaseStep.case_id.in_(case_ids),
            visible_cases(session),
            CaseStep.state == "open",
            CaseStep.due_kind == "deadline",
            or_(CaseStep.due_on < day, CaseStep.due_at < who.now),
        )
    )
    found: dict[int, int] = defaultdict(int)
    for case_id in rows:
        found[case_id] += 1
    return dict(found)


@needs("write", "meeting")
def find_choices(session: Session, text: str = "") -> list[Choice]:
    """Groups, open cases and scenarios that can be put on an agenda and contain these words."""
    words = fold(text).split()
    ids = scenarios.all_group_ids(session)
    found = [
        Choice("group", key, title, detail)
        for key, (title, detail, _badge) in group_labels(session, ids).items()
    ]
    seen = select(Case.id).where(Case.state == "open", visible_cases(session))
    open_ids = list(session.scalars(seen))
    found += [
        Choice("case", key, title, detail)
        for key, (title, detail) in case_labels(session, open_ids).items()
    ]
    rows = session.execute(
        select(Scenario.id, Scenario.title, Scenario.code).where(Scenario.status != "withdrawn")
    )
    found += [Choice("scenario", key, title, code) for key, title, code in rows]
    found = [
        choice
        for choice in found
        if all(word in fold(f"{choice.title} {choice.detail}") for word in words)
    ]
    order = {"group": 0, "case": 1, "scenario": 2}
    return sorted(found, key=lambda choice: (order[choice.subject], choice.title))
