"""What the case page asks: the case, who may be chosen, and the calendar to type days by."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import User
from wbos_desktop.domain.calendar import SchoolCalendar
from wbos_desktop.domain.cases import CaseRow

from .case_people import active_staff
from .cases import get_case, open_case
from .rights import needs
from .school_days import load_calendar
from .visibility import may_decide_case, may_write_case


@dataclass(frozen=True)
class CasePageData:
    """The case with choices; `may_write` allows work on it, `may_decide` owner and level.

    `users` are the colleagues who log in and may work on cases.
    """

    case: CaseRow
    staff: tuple[tuple[int, str], ...]
    calendar: SchoolCalendar
    today: dt.date
    may_decide: bool
    may_write: bool
    users: frozenset[int] = frozenset()

    def finds(self, staff_id: int | None) -> bool:
        """Whether this colleague is let into the case once a step of it is theirs; True too for
        who does not log in and is told by somebody."""
        listed = {self.case.owner_id, *(key for key, _name in self.case.viewers)}
        return self.case.level != "named" or staff_id in listed or staff_id not in self.users


@needs("read", "case")
def load_page(session: Session, case_id: int) -> CasePageData:
    """Read the page again; NotFound when the case is gone or hidden."""
    return _data(session, get_case(session, case_id))


@needs("read", "case")
def open_page(session: Session, case_id: int) -> CasePageData:
    """As `load_page`, noting in the audit trail that the user opened the case (a write)."""
    return _data(session, open_case(session, case_id))


def _data(session: Session, case: CaseRow) -> CasePageData:
    return CasePageData(
        case=case,
        staff=active_staff(session),
        calendar=load_calendar(session),
        today=context(session).today,
        may_decide=may_decide_case(session, case.id),
        may_write=may_write_case(session, case.id),
        users=frozenset(
            session.scalars(
                select(User.staff_id).where(User.role != "reader", User.deleted_at.is_(None))
            )
        ),
    )
