"""What was taken away can be put back for thirty days, then it is erased for real."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests import factories
from tests.services.test_history import become, next_gesture
from wbos_desktop.db.models.incidents import Incident, IncidentGroup, InvolvedPerson
from wbos_desktop.db.models.meetings import Action, AgendaItem
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.domain.actions import ActionDraft
from wbos_desktop.errors import NotAllowed, NotFound, UserError
from wbos_desktop.progress import Progress
from wbos_desktop.services import (
    actions,
    agenda,
    destruction_report,
    erasure,
    incidents,
    meetings,
    profiles,
    removed,
    undo,
)


def keys(session: Session) -> list[tuple[str, int]]:
    return [(row.table, row.record_id) for row in removed.list_bin(session)]


def later(session: Session, days: int) -> None:
    next_gesture(session)
    me = session.info["context"]
    now = me.now + dt.timedelta(days=days)
    session.info["context"] = replace(me, now=now, today=now.date())


def binned_report(session: Session) -> int:
    incident_id = factories.make_incident(session)
    next_gesture(session)
    incidents.remove_report(session, incident_id)
    next_gesture(session)
    return incident_id


def test_the_bin_says_what_who_and_until_when(session: Session) -> None:
    binned_report(session)
    [row] = removed.list_bin(session)
    assert (row.what, row.name) == ("Melding", "2026-001 · Vernederen (online)")
    assert row.removed_by == "Karin Bosman"
    assert (row.empties_on, row.due) == (dt.date(2026, 12, 24), False)


def test_a_report_comes_back_whole_and_undo_bins_it_again(session: Session) -> None:
    incident_id = binned_report(session)
    removed.put_back(session, "incidents", incident_id)
    next_gesture(session)
    assert keys(session) == []
    people = select(func.count()).where(InvolvedPerson.incident_id == incident_id)
    assert session.scalar(people) == 3
    last = session.scalars(select(AuditLine).order_by(AuditLine.seq.desc()).limit(1)).one()
    assert (last.action, last.object_id) == ("restore", incident_id)
    undo.undo_last(session)
    next_gesture(session)
    assert keys(session) == [("incidents", incident_id)]


def test_a_report_that_undo_took_back_lies_in_the_bin_with_its_people(session: Session) -> None:
    incident_id = factories.make_incident(session)
    next_gesture(session)
    # factories make groups and pupils in the same gesture, which the undo takes along
    undo.undo_last(session)
    next_gesture(session)
    assert keys(session) == [("incidents", incident_id)]
    removed.put_back(session, "incidents", incident_id)
    next_gesture(session)
    people = select(func.count()).where(InvolvedPerson.incident_id == incident_id)
    assert session.scalar(people) == 3
    assert session.scalars(select(IncidentGroup.incident_id)).all() == [incident_id]


def test_an_item_waits_for_its_meeting(session: Session) -> None:
    meeting_id = factories.make_meeting(session)
    item_id = agenda.add_item(session, meeting_id, "free", title="Rondvraag")
    next_gesture(session)
    agenda.remove_item(session, item_id)
    next_gesture(session)
    meetings.remove_meeting(session, meeting_id)
    next_gesture(session)
    with pytest.raises(UserError, match="Zet dit eerst terug"):
        removed.put_back(session, "agenda_items", item_id)
    removed.put_back(session, "meetings", meeting_id)
    removed.put_back(session, "agenda_items", item_id)
    next_gesture(session)
    assert session.get_one(AgendaItem, item_id).deleted_at is None


def test_a_planned_day_is_fulfilled_again_with_its_observation(session: Session) -> None:
    group_id = factories.make_group(session)
    profiles.plan_observation(session, group_id, dt.date(2026, 11, 2))
    profile_id = factories.make_profile(session, group_id)
    next_gesture(session)
    version = profiles.load_draft(session, profile_id).version or 0
    profiles.delete_profile(session, profile_id, version)
    next_gesture(session)
    removed.put_back(session, "profiles", profile_id)
    next_gesture(session)
    planned = session.execute(text("select profile_id from planned_observations")).scalars().all()
    assert planned == [profile_id]


def test_a_member_finds_only_what_was_their_own_work(session: Session) -> None:
    other = binned_report(session)
    become(session, "member")
    mine = factories.make_incident(session)
    next_gesture(session)
    incidents.remove_report(session, mine)
    next_gesture(session)
    assert keys(session) == [("incidents", mine)]
    with pytest.raises(NotFound):
        removed.put_back(session, "incidents", other)
    with pytest.raises(NotAllowed):
        removed.begin_emptying(session, [("incidents", mine)])


def test_a_reader_has_no_bin(session: Session) -> None:
    become(session, "reader")
    with pytest.raises(NotAllowed):
        removed.list_bin(session)


def test_what_stands_in_a_hidden_case_is_in_no_bin_of_others(session: Session) -> None:
    case_id = factories.make_case(session)  # of level 'named'
    next_gesture(session)
    action_id = actions.save_action(
        session, ActionDraft(text="Bellen", owner_id=1, case_id=case_id)
    )
    next_gesture(session)
    actions.remove_action(session, action_id)
    next_gesture(session)
    assert keys(session) == [("actions", action_id)]
    become(session, "coordinator")
    assert keys(session) == []


class _Vault:
    """Runs each function as a gesture of its own on the test's session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, function, *args, **kwargs):  # type: ignore[no-untyped-def]
        return function(self._session, *args, **kwargs)

    def write(self, function, *args, **kwargs):  # type: ignore[no-untyped-def]
        next_gesture(self._session)
        result = function(self._session, *args, **kwargs)
        next_gesture(self._session)
        return result


def empty(session: Session, job: int, marks: list[bytes] | None = None) -> None:
    kept = marks if marks is not None else []
    erasure.carry_out(Progress(), _Vault(session), kept.extend, lambda: None, job)
    session.expire_all()


def test_nothing_goes_before_its_day(session: Session) -> None:
    binned_report(session)
    for _week in range(4):
        later(session, 7)
        factories.make_staff(session)
    assert removed.begin_due(session) is None
    later(session, 3)
    assert removed.begin_due(session) is not None


def test_emptying_is_real_and_is_repeated_after_a_restore(session: Session) -> None:
    incident_id = binned_report(session)
    marks: list[bytes] = []
    empty(session, removed.begin_emptying(session, [("incidents", incident_id)]), marks)
    gone = {"include_deleted": True}
    assert session.get(Incident, incident_id, execution_options=gone) is None
    assert session.scalar(text("select count(*) from involved_persons")) == 0
    history = text("select count(*) from changes where table_name = 'incidents'")
    assert session.scalar(history) == 0
    assert len(marks) == 1
    assert keys(session) == []


def test_a_meeting_that_goes_leaves_its_actions_in_use(session: Session) -> None:
    meeting_id = factories.make_meeting(session)
    action_id = actions.save_action(
        session, ActionDraft(text="Bellen", owner_id=1, meeting_id=meeting_id)
    )
    next_gesture(session)
    meetings.remove_meeting(session, meeting_id)
    next_gesture(session)
    empty(session, removed.begin_emptying(session, [("meetings", meeting_id)]))
    action = session.get_one(Action, action_id)
    assert (action.text, action.meeting_id) == ("Bellen", None)


def test_a_clock_that_jumps_ahead_empties_nothing(session: Session) -> None:
    binned_report(session)
    later(session, 400)
    assert [row.due for row in removed.list_bin(session)] == [True]
    assert removed.begin_due(session) is None


def test_no_temporary_file_is_made(session: Session, tmp_path: Path) -> None:
    incident_id = binned_report(session)
    empty(session, removed.begin_emptying(session, [("incidents", incident_id)]))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_decisions_about_a_hidden_case_are_in_no_bin_of_others(session: Session) -> None:
    case_id = factories.make_case(session)  # of level 'named'
    meeting_id = factories.make_meeting(session)
    item_id = agenda.add_item(session, meeting_id, "case", case_id)
    decision_id = agenda.record_decision(session, item_id, "SENTINEL")
    next_gesture(session)
    agenda.remove_decision(session, decision_id)
    next_gesture(session)
    assert keys(session) == [("decisions", decision_id)]
    become(session, "coordinator")
    assert keys(session) == []


def test_the_destruction_report_tells_what_went_from_the_bin(session: Session) -> None:
    incident_id = binned_report(session)
    job = removed.begin_emptying(session, [("incidents", incident_id)])
    empty(session, job)
    report = destruction_report.destruction_report(session, job)
    assert [(line.what, line.count) for line in report.lines] == [("Prullenbak", 1)]
    assert erasure.summary([("bin", 2)]) == ["2 dingen uit de prullenbak"]


def test_what_an_older_backup_brings_back_is_erased_again_as_a_whole(session: Session) -> None:
    group_id = factories.make_group(session)
    profile_id = factories.make_profile(session, group_id)
    next_gesture(session)
    version = profiles.load_draft(session, profile_id).version or 0
    profiles.delete_profile(session, profile_id, version)
    next_gesture(session)
    job = removed.begin_emptying(session, [("profiles", profile_id)])
    marks = erasure.marks_of(session, job)
    # Nothing was carried out: as if the backup of before is open now.
    assert erasure.erase_again(session, marks) == 1
    assert session.scalar(text("select count(*) from profiles")) == 0
    assert session.scalar(text("select count(*) from norm_responses")) == 0
