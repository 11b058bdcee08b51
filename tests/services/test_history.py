"""Who changed what and when, in words; earlier versions come back; nobody sees too much."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db.base import new_uid
from wbos_desktop.db.context import Context
from wbos_desktop.db.models.cases import Case, CaseStep
from wbos_desktop.db.models.incidents import Incident, IncidentGroup, InvolvedPerson
from wbos_desktop.db.models.profiles import Profile
from wbos_desktop.db.models.school import User
from wbos_desktop.db.models.system import AuditLine, Change
from wbos_desktop.domain.history import GestureRow, RecordChange, RecordHistory
from wbos_desktop.domain.incidents import PersonDetails
from wbos_desktop.domain.profiles import PresenceDraft, ResponseDraft
from wbos_desktop.errors import Conflict, NotAllowed, NotFound
from wbos_desktop.services import (
    agenda,
    assessments,
    cases,
    history,
    incidents,
    presence,
    profiles,
    steps,
    undo,
)


def next_gesture(session: Session) -> None:
    session.flush()
    session.info["gesture"] = new_uid()
    session.info.pop("undoes", None)


def become(session: Session, role: str, **staff: Any) -> int:
    """Act as a new colleague with this role; the staff id."""
    next_gesture(session)
    staff_id = factories.make_staff(session, **staff)
    user = User(staff_id=staff_id, role=role)
    session.add(user)
    session.flush()
    me: Context = session.info["context"]
    session.info["context"] = replace(me, user_id=user.id, staff_id=staff_id, role=role)
    next_gesture(session)
    return staff_id


def change_text(session: Session, incident_id: int, text: str) -> None:
    next_gesture(session)
    draft = incidents.get_facts_draft(session, incident_id)
    incidents.change_facts(session, replace(draft, text=text))
    next_gesture(session)


def lines(gesture: GestureRow) -> list[tuple[str, str, str]]:
    return [(f.label, f.before, f.after) for change in gesture.changes for f in change.fields]


def of_table(found: RecordHistory, table: str) -> list[RecordChange]:
    return [c for gesture in found.gestures for c in gesture.changes if c.table == table]


def test_a_change_is_told_in_words_with_who_and_before_and_after(session: Session) -> None:
    incident_id = factories.make_incident(session)
    next_gesture(session)
    draft = incidents.get_facts_draft(session, incident_id)
    incidents.change_facts(session, replace(draft, severity="severe", place="yard", police=True))
    next_gesture(session)
    newest = history.load_history(session, "incidents", incident_id).gestures[0]
    assert newest.who == "Karin Bosman"
    assert set(lines(newest)) == {
        ("Hoe ernstig", "Ernstig", "Zeer ernstig"),
        ("Waar", "online", "plein"),
        ("Politie", "Nee", "Ja"),
    }


def test_the_first_version_names_groups_and_people(session: Session) -> None:
    group_id = factories.make_group(session, name="2B")
    incident_id = factories.make_incident(session, group_ids=(group_id,))
    next_gesture(session)
    first = history.load_history(session, "incidents", incident_id).gestures[-1]
    said = lines(first)
    assert ("Groepen", "", "2B") in said
    assert ("Gemeld door", "", "Karin Bosman") in said
    assert "Betrokkene: Yasmin Bakker" in [change.subject for change in first.changes]


def test_steps_and_people_stand_under_their_case(session: Session) -> None:
    case_id = factories.make_case(session)
    next_gesture(session)
    person = session.scalars(select(InvolvedPerson)).first()
    step = session.scalars(select(CaseStep).where(CaseStep.state == "open")).first()
    assert person is not None
    assert step is not None
    details = PersonDetails(person.id, person.version, role="actor", account="Het was een grap.")
    incidents.change_person(session, details)
    next_gesture(session)
    steps.hand_over(session, step.id, step.version, factories.make_staff(session))
    next_gesture(session)
    found = history.load_history(session, "cases", case_id)
    assert f"Stap: {step.title}" in found.gestures[0].changes[0].subject
    assert ("Eigen verhaal", "", "Het was een grap.") in lines(found.gestures[1])


def test_one_look_at_the_history_of_a_pupil_is_one_line(session: Session) -> None:
    pupil_id = factories.make_pupil(session)
    session.flush()
    history.load_history(session, "pupils", pupil_id)
    looks = select(AuditLine.seq).where(
        AuditLine.action == "view", AuditLine.object_table == "pupils"
    )
    assert len(session.scalars(looks).all()) == 1


def test_undone_gestures_are_marked(session: Session) -> None:
    incident_id = factories.make_incident(session)
    change_text(session, incident_id, "Anders.")
    undo.undo_last(session)
    next_gesture(session)
    newest, changed, first = history.load_history(session, "incidents", incident_id).gestures
    assert (newest.undoes, changed.undone, first.undone) == (True, True, False)


def test_an_earlier_version_comes_back_and_undo_takes_that_back(session: Session) -> None:
    incident_id = factories.make_incident(session, text="Eerste tekst.")
    change_text(session, incident_id, "Tweede tekst.")
    change_text(session, incident_id, "Derde tekst.")
    found = history.load_history(session, "incidents", incident_id)
    second = found.gestures[1]
    version = second.changes[0].version
    assert version is not None
    assert found.gestures[0].changes[0].version is None  # that is how it stands
    history.restore_version(session, "incidents", incident_id, second.gesture, version)
    next_gesture(session)
    incident = session.get_one(Incident, incident_id)
    assert (incident.text, "tweede" in incident.search_text) == ("Tweede tekst.", True)
    undo.undo_last(session)
    session.flush()
    assert incident.text == "Derde tekst."


def test_the_groups_of_a_report_come_back_with_its_version(session: Session) -> None:
    incident_id = factories.make_incident(session)
    next_gesture(session)
    session.delete(session.scalars(select(IncidentGroup)).one())
    session.add(IncidentGroup(incident_id=incident_id, group_id=factories.make_group(session)))
    next_gesture(session)
    found = history.load_history(session, "incidents", incident_id)
    first = found.gestures[-1]
    version = next(c.version for c in first.changes if c.table == "incidents")
    before = [f.before for f in found.gestures[0].changes[0].fields]
    history.restore_version(session, "incidents", incident_id, first.gesture, version or 0)
    session.flush()
    name = history.load_history(session, "incidents", incident_id).gestures[0].changes[0]
    assert [f.after for f in name.fields] == before


def test_a_stale_history_restores_nothing(session: Session) -> None:
    incident_id = factories.make_incident(session)
    first = history.load_history(session, "incidents", incident_id).gestures[-1]
    version = session.get_one(Incident, incident_id).version
    change_text(session, incident_id, "Van een collega.")
    with pytest.raises(Conflict):
        history.restore_version(session, "incidents", incident_id, first.gesture, version)
    assert session.get_one(Incident, incident_id).text == "Van een collega."


def test_norms_and_observers_come_back_with_an_observation(session: Session) -> None:
    group_id = factories.make_group(session)
    profile_id = factories.make_profile(session, group_id)
    next_gesture(session)
    draft = profiles.load_draft(session, profile_id)
    profiles.save_profile(session, replace(draft, strengths={"A": 2}))
    next_gesture(session)
    found = history.load_history(session, "profiles", profile_id)
    first = found.gestures[-1]
    version = next(c.version for c in first.changes if c.table == "profiles")
    assert version is not None
    history.restore_version(session, "profiles", profile_id, first.gesture, version)
    next_gesture(session)
    session.expire_all()
    assert profiles.load_draft(session, profile_id).strengths == {"M": 1, "D": 3}


def test_each_kind_of_record_that_offers_a_version_gives_it_back(session: Session) -> None:
    ids = {
        "scenarios": factories.make_scenario(session),
        "meetings": factories.make_meeting(session),
        "pupils": factories.make_pupil(session),
        "staff": factories.make_staff(session),
    }
    changed = {"scenarios": "title", "meetings": "place", "pupils": "given_name", "staff": "code"}
    for table, record_id in ids.items():
        model = undo.model_of(table)
        record: Any = session.get_one(model, record_id)
        before = getattr(record, changed[table])
        next_gesture(session)
        setattr(record, changed[table], "Ander")
        next_gesture(session)
        found = history.load_history(session, table, record_id)
        version = found.gestures[-1].changes[0].version
        assert version is not None, table
        history.restore_version(session, table, record_id, found.gestures[-1].gesture, version)
        next_gesture(session)
        assert getattr(record, changed[table]) == before


def test_who_may_not_see_a_case_sees_no_history_of_it(session: Session) -> None:
    case_id = factories.make_case(session)
    become(session, "member")
    with pytest.raises(NotFound):
        history.load_history(session, "cases", case_id)
    become(session, "reader")
    with pytest.raises(NotAllowed):
        history.load_history(session, "cases", case_id)


def test_a_named_case_has_no_history_for_an_unlisted_coordinator(session: Session) -> None:
    case_id = factories.make_case(session)
    next_gesture(session)
    case = session.get_one(Case, case_id)
    me = session.info["context"].staff_id
    cases.set_level(session, case_id, case.version, "named", [me])
    become(session, "coordinator")
    with pytest.raises(NotFound):
        history.load_history(session, "cases", case_id)


def test_a_reporter_sees_own_changes_only_whatever_became_of_the_report(session: Session) -> None:
    karin = session.info["context"]
    become(session, "member")
    incident_id = factories.make_incident(session)
    next_gesture(session)
    joost = session.info["context"]
    session.info["context"] = karin
    session.get_one(Incident, incident_id).severity = "severe"
    next_gesture(session)
    session.info["context"] = joost
    found = history.load_history(session, "incidents", incident_id)
    assert {gesture.who.split()[0] for gesture in found.gestures} == {"Joost"}
    assert "Zeer ernstig" not in repr(found)


@pytest.mark.parametrize(("level", "hidden"), [("named", True), ("involved", False)])
def test_a_coordinator_who_reported_sees_no_handling_of_a_hidden_case(
    session: Session, level: str, hidden: bool
) -> None:
    case_id = factories.make_case(session, "PST")
    session.get_one(Case, case_id).level = level
    found = session.scalars(select(Incident).where(Incident.case_id == case_id)).one()
    reporter = become(session, "coordinator")
    found.reporter_id = reporter
    session.info["context"] = replace(session.info["context"], user_id=1, staff_id=1)
    next_gesture(session)
    session.scalars(select(InvolvedPerson)).first().account = "VERTELD IN VERTROUWEN"
    next_gesture(session)
    user = session.scalars(select(User.id).where(User.staff_id == reporter)).one()
    session.info["context"] = replace(session.info["context"], user_id=user, staff_id=reporter)
    told = repr(history.load_history(session, "incidents", found.id))
    assert ("VERTELD IN VERTROUWEN" not in told) == hidden


def test_private_answers_show_to_their_teacher_only(session: Session) -> None:
    group_id = factories.make_group(session)
    profile_id = factories.make_profile(
        session, group_id, responses={"D": ResponseDraft(("steer",), "SENTINEL hoe")}
    )
    presence.save_presence(session, profile_id, PresenceDraft("SENTINEL rust", "", ""))
    next_gesture(session)
    presence.save_presence(session, profile_id, PresenceDraft("", "", ""))
    next_gesture(session)
    own = repr(history.load_history(session, "profiles", profile_id))
    assert "SENTINEL hoe" in own
    assert "SENTINEL rust" in own
    become(session, "coordinator")
    found = history.load_history(session, "profiles", profile_id)
    assert "SENTINEL" not in repr(found)
    assert not of_table(found, "norm_responses") + of_table(found, "presence_checks")


def test_looking_at_a_history_is_noted(session: Session) -> None:
    case_id = factories.make_case(session)
    next_gesture(session)
    history.load_history(session, "cases", case_id)
    last = session.scalars(select(AuditLine).order_by(AuditLine.seq.desc()).limit(1)).one()
    assert (last.action, last.object_table, last.object_id) == ("view", "cases", case_id)


def test_a_case_with_five_hundred_changes_opens_quickly(session: Session) -> None:
    case_id = factories.make_case(session)
    next_gesture(session)
    step_id = session.scalars(select(CaseStep.id)).first()
    common: dict[str, Any] = {"at": session.info["context"].now, "user_id": 1, "undoes": None}
    common |= {"kind": "update", "table_name": "case_steps", "record_id": step_id}
    session.execute(
        insert(Change),
        [
            common
            | {"gesture": f"g{n}", "record_version": n, "field": "remark"}
            | {"before": {"v": f"tekst {n}"}, "after": {"v": f"tekst {n + 1}"}}
            for n in range(500)
        ],
    )
    start = time.perf_counter()
    found = history.load_history(session, "cases", case_id)
    spent = time.perf_counter() - start
    assert len(found.gestures) > 500
    assert spent < 1.0
    assert session.get_one(Case, case_id).title
    assert session.scalars(select(Profile)).first() is None


def test_a_protocol_that_was_taken_back_can_be_started_again(session: Session) -> None:
    incident_id = factories.make_incident(session)
    next_gesture(session)
    counts = set()
    for _ in range(3):
        proposal = assessments.propose_assessment(session, incident_id).draft
        case_id = assessments.assess_incident(session, proposal)
        next_gesture(session)
        counts.add(len(cases.get_case(session, case_id or 0).steps))
        undo.undo_last(session)
        next_gesture(session)
    assert len(counts) == 1
    assert counts.pop() > 10


def test_a_meeting_tells_nothing_of_cases_that_the_reader_may_not_open(session: Session) -> None:
    case_id = factories.make_case(session)  # of level 'named'
    meeting_id = factories.make_meeting(session)
    item_id = agenda.add_item(session, meeting_id, "case", case_id)
    item = replace(agenda.edit_item(session, item_id), question="SENTINEL vraag")
    agenda.save_item(session, item)
    agenda.record_decision(session, item_id, "SENTINEL besluit")
    next_gesture(session)
    assert "SENTINEL vraag" in repr(history.load_history(session, "meetings", meeting_id))
    become(session, "coordinator")
    found = repr(history.load_history(session, "meetings", meeting_id))
    assert "SENTINEL" not in found
    assert "2026-001" not in found
