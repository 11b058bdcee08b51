"""A hidden case does not betray itself in any list, count, search or export; who may do what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db.context import Context, context
from wbos_desktop.db.models.cases import Case, CaseStep, CaseViewer
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.meetings import AgendaItem, MeetingAttendee
from wbos_desktop.db.models.scenarios import Scenario
from wbos_desktop.db.models.school import User
from wbos_desktop.domain.groups import GroupQuery
from wbos_desktop.domain.imports import ImportFile
from wbos_desktop.domain.incidents import IncidentQuery
from wbos_desktop.domain.norms import NormDraft
from wbos_desktop.domain.people import PupilDraft, StaffDraft
from wbos_desktop.domain.profiles import ProfileDraft
from wbos_desktop.domain.reports import ExportOptions
from wbos_desktop.errors import NotAllowed, NotFound, UserError
from wbos_desktop.services import (
    agenda,
    assessments,
    case_page,
    cases,
    groups,
    imports,
    incident_form,
    incident_overview,
    incident_register,
    incidents,
    meetings,
    norms,
    people,
    profiles,
    report_names,
    reports,
    scenario_choice,
    school,
    steps,
    today,
)

WORD = "Zwanenbloem"
FULL = ExportOptions(names="full", purpose="x")


def act_as(session: Session, role: str, staff_id: int | None = None) -> int:
    """Go on as another user; the id of the colleague."""
    who = context(session)
    staff_id = staff_id or factories.make_staff(session)
    user = User(staff_id=staff_id, role=role, slot_id=f"s{staff_id}", public_key=b"")
    session.add(user)
    session.flush()
    session.info["context"] = Context(user.id, staff_id, role, who.now, who.today)
    return staff_id


@pytest.fixture
def hidden(session: Session) -> int:
    """A case on the agenda of Thursday, raised to named people after its report."""
    case_id = factories.make_case(
        session, title=f"{WORD} titel", text=f"{WORD} verhaal", reporter_id=None
    )
    meeting_id = factories.make_meeting(session)
    item_id = agenda.add_item(session, meeting_id, "case", case_id)
    agenda.record_decision(session, item_id, f"{WORD} besluit")
    cases.add_note(session, case_id, f"{WORD} notitie")
    session.flush()
    case = session.get_one(Case, case_id)
    me = context(session).staff_id
    cases.set_level(session, case_id, case.version, "named", [me])
    session.flush()
    case.owner_id = factories.make_staff(session)
    for step in session.scalars(select(CaseStep).where(CaseStep.case_id == case_id)):
        step.responsible_id = case.owner_id
    session.flush()
    return case_id


READS: dict[str, Callable[[Session], object]] = {
    "register": lambda s: incident_register.load_rows(s, incident_register.find_ids(s)),
    "all rows": lambda s: incident_register.load_rows(s, range(1, 20)),
    "search": lambda s: incident_register.find_ids(s, IncidentQuery(text=WORD)),
    "by number": lambda s: incident_register.find_ids(s, IncidentQuery(text="2026-001")),
    "counts": incident_register.count_cases,
    "overview": lambda s: incident_overview.load_overview(s, IncidentQuery()).total,
    "today mine": today.overview,
    "today team": lambda s: today.overview(s, "team"),
    "rail": today.count_open,
    "agenda": lambda s: meetings.get_meeting(s, attended(s)),
    "choices": lambda s: agenda.find_choices(s, WORD),
    "pack": lambda s: reports.meeting_pack_report(s, attended(s)),
    "next pack": lambda s: reports.meeting_pack_report(s, next_meeting(s)),
    "open cases": cases.list_open_cases,
    "scenario places": lambda s: scenario_choice.find_places(s).cases,
    "groups": lambda s: groups.load_rows(s, groups.find_ids(s, GroupQuery())),
    "proposals": lambda s: meetings.propose_items(s, factories.make_meeting(s)),
}


def attended(session: Session) -> int:
    """The meeting with the hidden case on its agenda; the user takes part in it."""
    session.add(MeetingAttendee(meeting_id=1, staff_id=context(session).staff_id))
    session.flush()
    return 1


def next_meeting(session: Session) -> int:
    start = dt.datetime(2026, 12, 3, 13, 30)
    meeting_id = factories.make_meeting(
        session, starts_at=start, ends_at=start + dt.timedelta(hours=1)
    )
    session.add(AgendaItem(meeting_id=meeting_id, position=1, subject="previous", aim="inform"))
    session.add(MeetingAttendee(meeting_id=meeting_id, staff_id=context(session).staff_id))
    session.flush()
    return meeting_id


def betrays(read: Callable[[Session], object], session: Session) -> bool:
    """Whether the answer holds text of the case or its number; who is refused learns nothing."""
    try:
        return tells(read(session))
    except NotAllowed as refused:
        return tells(refused.message)


def tells(found: object) -> bool:
    said = repr(found)
    return WORD in said or "2026-001" in said


ROLES = ["coordinator", "lead", "member", "reader"]


@pytest.mark.parametrize("role", ROLES)
def test_hidden_case_stays_hidden(session: Session, hidden: int, role: str) -> None:
    act_as(session, role)
    assert [name for name, read in READS.items() if betrays(read, session)] == []


# Search gives ids, and counts numbers: the other tests look at those.
NUMBERS = {"search", "by number", "counts", "overview", "rail", "groups", "proposals"}


def test_control_its_reader_sees_it(session: Session, hidden: int) -> None:
    blind = {name for name, read in READS.items() if not betrays(read, session)}
    assert blind <= {*NUMBERS, "today mine"}


@pytest.mark.parametrize("role", ROLES)
def test_hidden_case_is_not_counted(session: Session, hidden: int, role: str) -> None:
    act_as(session, role)
    if role == "reader":
        with pytest.raises(NotAllowed):
            incident_register.count_cases(session)
        return
    counts = incident_register.count_cases(session)
    assert (counts.open_cases, counts.late_cases, counts.to_assess) == (0, 0, 0)
    assert incident_overview.load_overview(session, IncidentQuery()).total == 0
    assert incident_register.find_ids(session, IncidentQuery(text=WORD)) == []
    rows = groups.load_rows(session, groups.find_ids(session, GroupQuery()))
    assert all(row.open_cases == 0 for row in rows.values())


def test_register_export_leaves_it_out(session: Session, hidden: int) -> None:
    assert len(reports.register_report(session).rows) == 1
    act_as(session, "coordinator")
    report = reports.register_report(session)
    assert report.rows == []
    assert not tells(report)


@dataclass(frozen=True)
class Ids:
    """What names the hidden case: of the record, its report, its first step, and its number."""

    case: int
    incident: int
    step: int
    number: str


GONE = Ids(10**6, 10**6, 10**6, "2026-999")

OPENS: dict[str, Callable[[Session, Ids], object]] = {
    "case page": lambda s, c: case_page.open_page(s, c.case),
    "dossier": lambda s, c: reports.case_report(s, c.case),
    "number": lambda s, c: cases.find_case(s, c.number),
    "report": lambda s, c: incident_form.open_report(s, c.incident),
    "facts": lambda s, c: incidents.get_facts_draft(s, c.incident),
    "note": lambda s, c: cases.add_note(s, c.case, "x"),
    "owner": lambda s, c: cases.set_owner(s, c.case, 1, 1),
    "level": lambda s, c: cases.set_level(s, c.case, 1, "team"),
    "close": lambda s, c: cases.check_closing(s, c.case),
    "step": lambda s, c: steps.complete_step(s, c.step, 1),
    "agenda": lambda s, c: agenda.propose_item(s, "case", c.case),
    "scenarios": lambda s, c: scenario_choice.matching_scenarios(s, case_id=c.case),
    "pick": lambda s, c: scenario_choice.pick_scenario(s, scenario(s), case_id=c.case),
}


def scenario(session: Session) -> int:
    return session.scalar(select(Scenario.id)) or factories.make_scenario(session)


def answer(session: Session, open_: Callable[[Session, Ids], object], ids: Ids) -> tuple[str, str]:
    with pytest.raises((NotFound, NotAllowed, UserError)) as met:
        open_(session, ids)
    return type(met.value).__name__, met.value.message


@pytest.mark.parametrize("role", ROLES)
def test_hidden_and_missing_sound_the_same(session: Session, hidden: int, role: str) -> None:
    act_as(session, role)
    step = session.scalars(select(CaseStep.id).where(CaseStep.case_id == hidden)).first()
    there = Ids(hidden, 1, step or 0, "2026-001")
    for name, open_ in OPENS.items():
        told = answer(session, open_, there)
        assert told == answer(session, open_, GONE), name
        assert not tells(told)


def test_own_report_does_not_tell_of_a_hidden_case(session: Session, hidden: int) -> None:
    """Who reported sees the report, not that it became a case, nor how that goes."""
    staff_id = act_as(session, "member")
    incident = session.scalars(select(Incident)).one()
    incident.reporter_id = staff_id
    session.flush()
    row = incident_register.load_rows(session, [incident.id])[incident.id]
    assert (row.case_id, row.tracks, row.next_step, row.status) == (None, (), "", "seen")
    for status in ("open", "late", "closed"):
        assert incident_register.find_ids(session, IncidentQuery(status=status)) == []


def test_report_added_to_a_named_case_goes_with_it(session: Session, hidden: int) -> None:
    """A light report for the team that joins a case of named people is hidden with it."""
    who = context(session)
    second = factories.make_incident(session, text=f"{WORD} twee", level="team", severity="light")
    session.add(CaseViewer(case_id=hidden, staff_id=who.staff_id))
    incident = session.get_one(Incident, second)
    incident.case_id, incident.state = hidden, "case"
    session.flush()
    assert len(incident_register.find_ids(session)) == 2
    act_as(session, "coordinator")
    assert incident_register.find_ids(session) == []
    group_id = groups.find_ids(session, GroupQuery())[-1]
    member = act_as(session, "member")
    factories.make_mentor(session, group_id, member)
    assert incident_register.find_ids(session) == []


# ---------------------------------------------------------------- who may do what
def _assess(session: Session) -> object:
    proposal = assessments.propose_assessment(session, 1)
    return assessments.assess_incident(session, proposal.draft)


FORBIDDEN: dict[str, Callable[[Session], object]] = {
    "assess": _assess,
    "preview import": lambda s: imports.preview_import(s, ImportFile("lijst.csv", "csv")),
    "import": lambda s: imports.apply_import(s, ImportFile("lijst.csv", "csv")),
    "pupil": lambda s: people.save_pupil(s, PupilDraft(given_name="A", family_name="B")),
    "staff": lambda s: people.save_staff(s, StaffDraft(given_name="A", family_name="B")),
    "roles": lambda s: people.set_roles(s, 1, ["mentor"]),
    "school": lambda s: school.save_school(s, school.get_school(s)),
    "year": lambda s: school.save_year(s, school.suggest_year(s)),
    "free day": lambda s: school.remove_calendar_day(s, 1),
    "contact": lambda s: school.remove_contact(s, 1),
    "norm": lambda s: norms.add_norm(s, NormDraft(title="Nieuw", pattern="x", kind="burdening")),
    "hide norm": lambda s: norms.hide_norm(s, 1),
    "full names": lambda s: report_names.check_options(s, FULL),
    "profile": lambda s: profiles.save_profile(
        s, ProfileDraft(1, observed_on=dt.date(2026, 11, 2))
    ),
    "plan": lambda s: profiles.plan_observation(s, 1, dt.date(2026, 12, 1)),
}


@pytest.mark.parametrize("role", ["member", "reader"])
def test_who_may_not_is_told(session: Session, role: str) -> None:
    group_id = factories.make_group(session)
    factories.make_incident(session, group_ids=(group_id,), severity="severe")
    factories.make_norms(session)
    factories.make_meeting(session)
    act_as(session, role)
    for do in FORBIDDEN.values():
        with pytest.raises((NotAllowed, NotFound)):
            do(session)
