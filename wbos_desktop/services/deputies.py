"""Standing in: who takes the work of an absent colleague, and until when.

The deputy gets the absent person's steps, actions and planned observations beside their own,
and what that person may see as owner, responsible or listed viewer. It passes on no further:
whoever stands in for a deputy gets only that deputy's own work. It ends by itself.

Nobody gives it to himself. Cases of level 'named' are not passed on by others than the absent
person: only of who arranged and kept the period does the deputy reach them.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import Deputy, Staff, User
from wbos_desktop.domain.deputies import DeputyDraft, DeputyForm, DeputyRow
from wbos_desktop.domain.people import clean, display_name
from wbos_desktop.errors import Invalid, NotFound
from wbos_desktop.i18n import _, date_short
from wbos_desktop.services.rights import needs
from wbos_desktop.services.school import demand_version

_CACHE = "stands_in_for"


def stands_in_for(session: Session) -> set[int]:
    """Staff ids of the absent colleagues whose work the acting user has today; mostly empty.

    A reader stands in for nobody: that role sees no cases.
    """
    return set(_periods_now(session))


def trusted_by(session: Session) -> set[int]:
    """Those of `stands_in_for` who chose the acting user themselves, and nobody changed it since:
    the only ones whose cases of level 'named' the user reaches."""
    return {absent for absent, chosen in _periods_now(session).items() if chosen}


def _periods_now(session: Session) -> dict[int, bool]:
    """By absent colleague of today: whether that person arranged it."""
    who = context(session)
    if who.staff_id is None or who.role == "reader":
        return {}
    asked = (who.staff_id, who.today)
    known: tuple[tuple[int, dt.date], dict[int, bool]] | None = session.info.get(_CACHE)
    if known is None or known[0] != asked:
        of_absent = select(User.id).where(
            User.staff_id == Deputy.absent_id, User.deleted_at.is_(None)
        )
        found = session.execute(
            select(
                Deputy.absent_id,
                Deputy.created_by.in_(of_absent) & Deputy.updated_by.in_(of_absent),
            ).where(
                Deputy.deputy_id == who.staff_id,
                Deputy.first_day <= who.today,
                Deputy.last_day >= who.today,
            )
        )
        chosen = {absent: bool(own) for absent, own in found}
        known = session.info[_CACHE] = (asked, chosen)
    return known[1]


def acting_for(session: Session) -> set[int]:
    """The acting user's own staff id and those of `stands_in_for`; empty without a user."""
    staff_id = context(session).staff_id
    return set() if staff_id is None else {staff_id} | stands_in_for(session)


def absent_names(session: Session) -> dict[int, str]:
    """Given names of `stands_in_for` by staff id, for the words 'for Joost'."""
    found = session.execute(
        select(Staff.id, Staff.given_name, Staff.family_name).where(
            Staff.id.in_(stands_in_for(session))
        )
    )
    return {row.id: row.given_name or row.family_name for row in found}


@needs("read", "user")
def list_deputies(session: Session, *, past: bool = False) -> list[DeputyRow]:
    """Periods of now and later, by first day; with `past` those that ended, latest first."""
    today = context(session).today
    absent, deputy = aliased(Staff), aliased(Staff)
    ended = Deputy.last_day < today
    order = Deputy.last_day.desc() if past else Deputy.first_day
    rows = session.execute(
        select(Deputy, absent, deputy)
        .join(absent, absent.id == Deputy.absent_id)
        .join(deputy, deputy.id == Deputy.deputy_id)
        .where(ended if past else ~ended)
        .order_by(order, Deputy.id)
    ).all()
    accounts = set(session.scalars(select(User.staff_id).where(User.role != "reader")))
    return [
        DeputyRow(
            id=period.id,
            absent=display_name(gone.given_name, gone.name_prefix, gone.family_name),
            deputy=display_name(there.given_name, there.name_prefix, there.family_name),
            first_day=period.first_day,
            last_day=period.last_day,
            note=period.note,
            state="past" if past else "coming" if period.first_day > today else "now",
            can_unlock=there.id in accounts,
        )
        for period, gone, there in rows
    ]


@needs("read", "user")
def get_deputy(session: Session, deputy_id: int) -> DeputyDraft:
    """A period for a form. Raises NotFound."""
    found = _period(session, deputy_id)
    return DeputyDraft(
        id=found.id,
        version=found.version,
        absent_id=found.absent_id,
        deputy_id=found.deputy_id,
        first_day=found.first_day,
        last_day=found.last_day,
        note=found.note,
    )


@needs("read", "user")
def deputy_form(session: Session, deputy_id: int | None = None) -> DeputyForm:
    """A period, or a new one from today, with the colleagues to choose from. Raises NotFound."""
    today = context(session).today
    draft = get_deputy(session, deputy_id) if deputy_id else DeputyDraft(first_day=today)
    found = session.execute(
        select(Staff.id, Staff.given_name, Staff.name_prefix, Staff.family_name)
        .where(Staff.active | Staff.id.in_([draft.absent_id, draft.deputy_id]))
        .order_by(Staff.sort_name, Staff.given_name, Staff.id)
    )
    staff = tuple((staff_id, display_name(*name)) for staff_id, *name in found)
    me = context(session).staff_id
    others = tuple(one for one in staff if one[0] != me or one[0] == draft.deputy_id)
    return DeputyForm(draft, staff, today, others)


@needs("write", "user")
def save_deputy(session: Session, draft: DeputyDraft) -> int:
    """Keep a period; its id. Only a coordinator may.

    Raises Invalid (oneself, two deputies for one person at a time, a deputy who is absent or
    an absent person who stands in for somebody else on those days), Conflict, NotFound.
    Who would get the work of a colleague is somebody else than who arranges it.
    """
    draft.check()
    if draft.deputy_id == context(session).staff_id:
        raise Invalid(
            {"deputy_id": _("You can’t choose yourself. Ask another coordinator to do it.")}
        )
    assert draft.absent_id is not None
    assert draft.deputy_id is not None
    assert draft.first_day is not None
    assert draft.last_day is not None
    _check_overlap(session, draft)
    if draft.id is None:
        period = Deputy()
        session.add(period)
    else:
        period = _period(session, draft.id)
        demand_version(period.version, draft.version)
    period.absent_id, period.deputy_id = draft.absent_id, draft.deputy_id
    period.first_day, period.last_day = draft.first_day, draft.last_day
    period.note = clean(draft.note)
    session.flush()
    session.info.pop(_CACHE, None)
    return period.id


@needs("write", "user")
def remove_deputy(session: Session, deputy_id: int) -> None:
    """Take a period away that is not needed. Raises NotFound, NotAllowed."""
    _period(session, deputy_id).deleted_at = context(session).now
    session.flush()
    session.info.pop(_CACHE, None)


def _check_overlap(session: Session, draft: DeputyDraft) -> None:
    clashes = {
        "first_day": (
            Deputy.absent_id == draft.absent_id,
            _("On {day} a colleague stands in for this person already."),
        ),
        "deputy_id": (
            Deputy.absent_id == draft.deputy_id,
            _("This colleague is absent too on {day}. Choose somebody else."),
        ),
        "absent_id": (
            Deputy.deputy_id == draft.absent_id,
            _("This person stands in for a colleague on {day}. Change that first."),
        ),
    }
    wrong = {}
    for attribute, (clash, sentence) in clashes.items():
        first = session.scalar(
            select(Deputy.first_day)
            .where(
                clash,
                Deputy.id != (draft.id or 0),
                Deputy.first_day <= draft.last_day,
                Deputy.last_day >= draft.first_day,
            )
            .order_by(Deputy.first_day)
            .limit(1)
        )
        if first is not None:
            assert draft.first_day is not None
            wrong[attribute] = sentence.format(day=date_short(max(first, draft.first_day)))
    if wrong:
        raise Invalid(wrong)


def _period(session: Session, deputy_id: int) -> Deputy:
    found = session.scalar(select(Deputy).where(Deputy.id == deputy_id))
    if found is None:
        raise NotFound(_("This is not there any more."))
    return found
