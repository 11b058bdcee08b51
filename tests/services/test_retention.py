"""What is proposed, what stays and why; terms that the school chose; the clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.services.erasable import make_everywhere
from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, CaseStep, CaseViewer
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.db.models.keeping import AccessRequest
from wbos_desktop.db.models.meetings import Action
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.domain.incidents import InvolvedDraft
from wbos_desktop.domain.retention import HoldDraft, NextDue
from wbos_desktop.errors import Invalid, NotAllowed
from wbos_desktop.services import erasure, people, retention

GONE = dt.date(2023, 7, 1)
RECENT = dt.date(2026, 7, 1)


def closed_case(session: Session, *left: dt.date | None, closed: dt.date = GONE) -> int:
    """A closed case whose pupils left on these days."""
    case_id = factories.make_case(session)
    case = session.get_one(Case, case_id)
    case.state, case.closed_on = "closed", closed
    people = session.scalars(
        select(Pupil)
        .join(InvolvedPerson, InvolvedPerson.pupil_id == Pupil.id)
        .join(Incident, Incident.id == InvolvedPerson.incident_id)
        .where(Incident.case_id == case_id)
        .order_by(Pupil.id)
    ).all()
    days = [*left, *[left[-1]] * 3]
    for pupil, day in zip(people, days, strict=False):
        pupil.left_on = day
    session.flush()
    return case_id


def lines(session: Session, kind: str) -> list[str]:
    return [item.title for item in retention.proposal(session).items if item.kind == kind]


def reasons(session: Session, kind: str = "cases") -> list[str]:
    return [held.reason for held in retention.proposal(session).held if held.kind == kind]


def test_a_case_is_due_two_years_after_its_last_pupil_left(session: Session) -> None:
    closed_case(session, GONE)
    closed_case(session, RECENT)
    assert len(lines(session, "cases")) == 1
    assert reasons(session) == []


def test_what_stays_is_listed_with_its_reason(session: Session) -> None:
    case = closed_case(session, GONE, None)
    assert lines(session, "cases") == []
    assert reasons(session) == ["Er zit nog een leerling in die op school is."]
    session.get_one(Case, case).state = "open"
    for pupil in session.scalars(select(Pupil)):
        pupil.left_on = GONE
    session.flush()
    assert reasons(session) == ["De casus is nog open."]
    assert set(reasons(session, "pupils")) == {"De casus is nog open."}


def _suspend(session: Session, case_id: int, **values: object) -> None:
    step = session.scalars(
        select(CaseStep).where(CaseStep.case_id == case_id).order_by(CaseStep.id).limit(1)
    ).one()
    step.code, step.condition_answer = "S-5", "yes"
    for name, value in values.items():
        setattr(step, name, value)
    session.flush()


def test_the_school_decides_about_a_suspension(session: Session) -> None:
    case = closed_case(session, GONE)
    _suspend(session, case, state="done", done_on=GONE)
    assert reasons(session, "suspensions") == [
        "Schorsing of incident met personeel: eerst beslist de school."
    ]
    assert len(reasons(session, "pupils")) == 3
    retention.save_term(session, "suspensions", "year:2")
    assert len(lines(session, "suspensions")) == 1
    assert len(lines(session, "pupils")) == 3


def test_the_school_decides_about_a_colleague_in_a_report(session: Session) -> None:
    colleague = InvolvedDraft(staff_id=factories.make_staff(session), role="affected")
    day = dt.date(2023, 3, 1)
    factories.make_incident(session, persons=(colleague,), happened_on=day, kind_code="schelden")
    assert lines(session, "incidents") == []
    assert len(reasons(session, "suspensions")) == 1
    retention.save_term(session, "suspensions", "year:1")
    assert len(lines(session, "suspensions")) == 1


def test_a_running_objection_holds_back(session: Session) -> None:
    retention.save_term(session, "suspensions", "year:1")
    case = closed_case(session, GONE)
    _suspend(session, case, code="V-7", decision="bezwaar", state="done", done_on=GONE)
    assert reasons(session, "suspensions") == ["Er kan nog een bezwaar lopen."]


def test_a_person_keeps_one_record_longer_and_lets_it_go(session: Session) -> None:
    case = closed_case(session, GONE)
    with pytest.raises(Invalid):
        retention.add_hold(session, HoldDraft("cases", case, "  "))
    hold = retention.add_hold(session, HoldDraft("cases", case, "Klacht bij de commissie"))
    held = [h for h in retention.proposal(session).held if h.kind == "cases"]
    assert [(h.reason, h.hold_id) for h in held] == [
        ("Langer bewaard: Klacht bij de commissie", hold)
    ]
    assert lines(session, "pupils") == []
    retention.end_hold(session, hold)
    assert len(lines(session, "cases")) == 1


def test_a_hold_ends_by_itself_after_its_last_day(session: Session) -> None:
    case = closed_case(session, GONE)
    retention.add_hold(session, HoldDraft("cases", case, "Klacht", until=dt.date(2026, 11, 24)))
    assert lines(session, "cases") == []
    now = context(session)
    tomorrow = now.today + dt.timedelta(days=1)
    session.info["context"] = replace(now, today=tomorrow)
    assert len(lines(session, "cases")) == 1


def test_a_pupil_at_school_is_never_proposed(session: Session) -> None:
    factories.make_pupil(session)
    factories.make_pupil(session, left_on=dt.date(2027, 7, 1))
    assert lines(session, "pupils") == []


def test_an_open_request_for_access_holds_the_pupil(session: Session) -> None:
    pupil = factories.make_pupil(session, left_on=GONE)
    session.add(
        AccessRequest(
            pupil_id=pupil, requester_kind="parent", received_on=RECENT, due_on=RECENT, state="open"
        )
    )
    session.flush()
    assert reasons(session, "pupils") == ["Er loopt nog een verzoek om inzage."]


def test_a_hidden_case_holds_a_pupil_without_telling(session: Session) -> None:
    case = closed_case(session, GONE)
    model = session.get_one(Case, case)
    model.state, model.level, model.owner_id = "open", "named", factories.make_staff(session)
    for viewer in session.scalars(select(CaseViewer)):
        session.delete(viewer)
    session.flush()
    assert (reasons(session), lines(session, "cases")) == ([], [])
    # Not due, and not among what stays with a reason: the reason would tell of the case.
    assert (reasons(session, "pupils"), lines(session, "pupils")) == ([], [])


def test_meetings_with_open_actions_stay(session: Session) -> None:
    factories.make_meeting(session, starts_at=dt.datetime(2024, 3, 1, 9))
    other = factories.make_meeting(session, starts_at=dt.datetime(2024, 3, 2, 9))
    session.add(Action(text="Bel", meeting_id=other))
    session.flush()
    assert len(lines(session, "meetings")) == 1
    assert reasons(session, "meetings") == ["Er is nog een actie open."]


def test_practice_is_kept_until_the_school_chooses_a_term(session: Session) -> None:
    assert lines(session, "practices") == []
    with pytest.raises(Invalid):
        retention.save_term(session, "practices", "year:99")
    retention.save_term(session, "practices", "year:2")
    rows = {row.kind: row.term.code for row in retention.list_terms(session)}
    assert rows["practices"] == "year:2"


def test_the_table_counts_what_there_is_now(session: Session) -> None:
    make_everywhere(session)
    now = {row.kind: row.now for row in retention.list_terms(session)}
    assert (now["pupils"], now["cases"], now["incidents"]) == (1, 2, 0)
    assert (now["profiles"], now["positions"], now["backups"]) == (2, 1, None)


def test_the_banner_tells_what_is_due_or_the_next_day(session: Session) -> None:
    assert retention.next_due(session) == NextDue()
    closed_case(session, dt.date(2025, 7, 11))
    coming = retention.next_due(session)
    assert coming.on == dt.date(2027, 7, 11)
    assert dict(coming.counts) == {"pupils": 3, "cases": 1}
    retention.save_term(session, "cases", "year:1")
    assert retention.next_due(session) == NextDue((("cases", 1),))


def test_only_a_coordinator_decides(session: Session) -> None:
    closed_case(session, GONE)
    session.info["context"] = replace(context(session), role="member")
    assert retention.next_due(session) == NextDue()
    for asked in (retention.proposal, retention.list_terms, retention.confirm_clock):
        with pytest.raises(NotAllowed):
            asked(session)
    with pytest.raises(NotAllowed):
        erasure.begin(session, [], "")


# ---------------------------------------------------------------- the clock
def _jump(session: Session, **span: int) -> None:
    now = context(session)
    later = now.now + dt.timedelta(**span)
    session.info["context"] = replace(now, now=later, today=later.date())


def test_a_clock_ten_years_ahead_makes_nothing_due(session: Session) -> None:
    closed_case(session, RECENT)
    _jump(session, days=3653)
    found = retention.proposal(session)
    assert (found.items, found.held) == ((), ())
    assert found.clock is not None
    assert found.clock.last_known == dt.date(2026, 11, 24)
    with pytest.raises(NotAllowed):
        erasure.begin(session, [], "")


def test_working_on_with_a_wrong_clock_does_not_confirm_it(session: Session) -> None:
    closed_case(session, RECENT)
    _jump(session, days=3653)
    factories.make_group(session)
    _jump(session, days=1)
    assert retention.proposal(session).clock is not None
    retention.confirm_clock(session)
    assert retention.proposal(session).clock is None
    _jump(session, days=50)
    assert retention.proposal(session).clock is None
    assert len(lines(session, "cases")) == 1


def test_a_clock_that_was_put_right_asks_nothing(session: Session) -> None:
    _jump(session, days=3653)
    factories.make_group(session)
    _jump(session, days=-3653)
    factories.make_group(session)
    assert retention.proposal(session).clock is None


def test_a_pupil_who_left_shows_until_when_the_record_is_kept(session: Session) -> None:
    gone = factories.make_pupil(session, left_on=RECENT)
    here = factories.make_pupil(session)
    rows = people.load_pupil_rows(session, [gone, here])
    assert rows[gone].keep_until == dt.date(2028, 7, 1)
    assert rows[here].keep_until is None
    assert retention.keep_until(session, RECENT) == dt.date(2028, 7, 1)
