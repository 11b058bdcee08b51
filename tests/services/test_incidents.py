from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.domain.incidents import IncidentDraft, InvolvedDraft, PersonDetails
from wbos_desktop.errors import Conflict, Invalid, NotAllowed, NotFound
from wbos_desktop.services import assessments, cases, incidents


def _draft(session: Session, **values: object) -> IncidentDraft:
    base = IncidentDraft(
        text="Er wordt geduwd in de rij.",
        kind_code="schelden",
        group_ids=(factories.make_group(session),),
    )
    return replace(base, **values)  # type: ignore[arg-type]


def test_a_report_gets_a_number_a_title_and_the_defaults_of_its_kind(session: Session) -> None:
    first = incidents.report_incident(session, _draft(session))
    second = incidents.report_incident(session, _draft(session, kind_code="naaktbeeld"))
    light, severe = session.get_one(Incident, first), session.get_one(Incident, second)
    assert (light.number, severe.number) == ("2026-001", "2026-002")
    assert (light.title, light.severity, light.state) == ("Schelden (klas)", "light", "note")
    assert (severe.severity, severe.level, severe.state) == ("severe", "named", "to_assess")
    assert light.happened_on == dt.date(2026, 11, 24)


def test_numbers_go_on_after_999_and_after_a_removal(session: Session) -> None:
    incident_id = incidents.report_incident(session, _draft(session))
    session.get_one(Incident, incident_id).number = "2026-1000"
    incidents.remove_report(session, incident_id)
    session.flush()
    later = incidents.report_incident(session, _draft(session))
    assert session.get_one(Incident, later).number == "2026-1001"


def test_what_is_missing_is_told_per_field(session: Session) -> None:
    draft = IncidentDraft(source="heard", happened_on=dt.date(2026, 11, 25))
    with pytest.raises(Invalid) as caught:
        incidents.report_incident(session, draft)
    expected = {"text", "kind_code", "group_ids", "heard_from", "happened_on"}
    assert set(caught.value.fields) == expected


@pytest.mark.parametrize(
    "title", ["Ruzie met Yasmin", "yasmins jas kwijt", "De jas van Yasmin's broer", "ŞEYMA"]
)
def test_a_title_with_the_name_of_a_pupil_is_refused(session: Session, title: str) -> None:
    group = factories.make_group(session)
    factories.make_pupil(session, group, given_name="Yasmin", family_name="El Amrani")
    factories.make_pupil(session, group, given_name="Şeyma", family_name="Yılmaz")
    with pytest.raises(Invalid) as caught:
        incidents.report_incident(session, _draft(session, title=title, group_ids=(group,)))
    assert set(caught.value.fields) == {"title"}


def test_a_pupil_of_another_group_may_share_a_word_with_a_title(session: Session) -> None:
    factories.make_pupil(session, given_name="Roos", family_name="Plein")
    assert incidents.report_incident(session, _draft(session, title="Duwen op het plein"))
    with pytest.raises(Invalid):
        incidents.report_incident(session, _draft(session, title="Duwen met Roos Plein"))


def test_everybody_fits_in_a_report(session: Session) -> None:
    persons = (
        InvolvedDraft(pupil_id=factories.make_pupil(session)),
        InvolvedDraft(staff_id=factories.make_staff(session), role="affected"),
        InvolvedDraft(outsider_name="Een buurman", role="bystander"),
        InvolvedDraft(unknown=True, role="actor"),
    )
    incident_id = incidents.report_incident(session, _draft(session, persons=persons))
    shown = assessments.propose_assessment(session, incident_id).facts.persons
    assert [person.role for person in shown] == ["unknown", "affected", "bystander", "actor"]
    assert len({person.mark for person in shown}) == 4
    with pytest.raises(Invalid):
        incidents.report_incident(session, _draft(session, persons=(InvolvedDraft(),)))


def test_serious_reports_wait_and_an_unsafe_light_one_too(session: Session) -> None:
    incidents.report_incident(session, _draft(session))
    unsafe = incidents.report_incident(session, _draft(session, safe="no"))
    severe = incidents.report_incident(session, _draft(session, kind_code="bedreigen"))
    assert [row.id for row in assessments.to_assess(session)] == [severe, unsafe]


def test_a_worry_about_a_pupil_has_no_severity_and_waits_for_a_decision(session: Session) -> None:
    factories.make_incident(session)
    worry = _draft(session, kind_code="zorg", severity="severe")
    incident_id = incidents.report_incident(session, worry)
    assert session.get_one(Incident, incident_id).state == "to_assess"
    draft = assessments.propose_assessment(session, incident_id).draft
    assert (draft.severity, draft.template_code) == ("light", "ZRG")
    case = cases.get_case(session, assessments.report_and_start(session, worry))
    assert (case.severity, case.protocol_code) == ("light", "ZRG")


def test_what_was_made_light_by_hand_is_a_note(session: Session) -> None:
    incident_id = factories.make_incident(session, severity="light")
    assert assessments.propose_assessment(session, incident_id).draft.template_code == ""


def test_the_proposal_follows_kind_place_and_protocol(session: Session) -> None:
    incident_id = factories.make_incident(session)
    proposal = assessments.propose_assessment(session, incident_id)
    draft = proposal.draft
    assert (draft.template_code, draft.severity, draft.level) == ("ONL", "serious", "named")
    assert draft.owner_id is not None
    assert "ZRG" in {code for code, _title in proposal.templates}


def test_a_note_is_a_valid_outcome(session: Session) -> None:
    incident_id = factories.make_incident(session)
    draft = assessments.propose_assessment(session, incident_id).draft
    light = replace(draft, template_code="", severity="light")
    assert assessments.assess_incident(session, light) is None
    assert assessments.to_assess(session) == []
    session.flush()
    with pytest.raises(Conflict):
        assessments.assess_incident(session, draft)


def test_only_who_decides_may_assess(session: Session) -> None:
    incident_id = factories.make_incident(session, level="team")
    info = session.info
    info["context"] = replace(info["context"], role="member")
    with pytest.raises(NotAllowed):
        assessments.propose_assessment(session, incident_id)


def test_reporting_and_starting_at_once(session: Session) -> None:
    factories.make_incident(session)
    case_id = assessments.report_and_start(session, _draft(session, safe="no"))
    case = cases.get_case(session, case_id)
    assert (case.protocol_code, case.number, case.severity) == ("KRT", "2026-002", "serious")


def test_a_second_report_joins_a_running_case(session: Session) -> None:
    case_id = factories.make_case(session)
    other = factories.make_incident(session, persons=factories.make_involved(session)[:1])
    before = len(cases.get_case(session, case_id).steps)
    draft = assessments.propose_assessment(session, other).draft
    assessments.assess_incident(session, replace(draft, add_to_case_id=case_id))
    case = cases.get_case(session, case_id)
    assert len(case.incidents) == 2
    assert len(case.steps) > before
    assert case.number == case.incidents[0].number


def test_a_role_known_later_brings_its_steps(session: Session) -> None:
    person = InvolvedDraft(pupil_id=factories.make_pupil(session, given_name="Bram"))
    case_id = factories.make_case(session, "PST", persons=(person,))
    row = cases.get_case(session, case_id).persons[0]
    assert "PST-O1" not in {step.code for step in cases.get_case(session, case_id).steps}
    details = PersonDetails(row.id, row.version, "affected", heard_on=dt.date(2026, 11, 24))
    incidents.change_person(session, details)
    case = cases.get_case(session, case_id)
    assert "PST-O1" in {step.code for step in case.steps}
    assert "volgens" not in case.persons[0].role_line
    incidents.change_person(
        session, replace(details, version=case.persons[0].version, role="helper")
    )
    assert "PST-O1" not in {step.code for step in cases.get_case(session, case_id).steps}


def test_facts_are_corrected_and_the_case_takes_the_title(session: Session) -> None:
    case_id = factories.make_case(session, "PST")
    facts = cases.get_case(session, case_id).incidents[0]
    draft = incidents.get_facts_draft(session, facts.id)
    changed = replace(draft, title="Iets anders", place="yard", police=True, ground="afkomst")
    incidents.change_facts(session, changed)
    case = cases.get_case(session, case_id)
    assert (case.title, case.incidents[0].place, case.incidents[0].police) == (
        "Iets anders",
        "plein",
        True,
    )
    current = incidents.get_facts_draft(session, facts.id)
    with pytest.raises(Invalid):
        incidents.change_facts(session, replace(current, title="Over Yasmin"))
    with pytest.raises(Conflict):
        incidents.change_facts(session, changed)


def test_a_listed_case_is_hidden_from_everybody_else(session: Session) -> None:
    case_id = factories.make_case(session)
    assert cases.get_case(session, case_id).level == "named"
    stranger = factories.make_staff(session)
    session.info["context"] = replace(session.info["context"], staff_id=stranger)
    with pytest.raises(NotFound):
        cases.get_case(session, case_id)
