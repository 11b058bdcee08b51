"""A hidden record never betrays itself: with it and without it every answer is the same.

The same school is asked twice: once with a case that the user may not see, and once after that
case and all that hangs on it was cut out of the tables. Numbers of reports (2026-012) keep their
gap: a number is never used twice, so that one is missing can't be hidden (docs/decisions.md).
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import python_calamine
from reportlab import rl_config
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests import factories
from tests.services.rights_world import ROLES, World, add_views, rights_school
from tests.services.test_rights_doors import gated
from wbos_desktop.db.base import new_uid
from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, CaseStep
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.meetings import Action, Decision
from wbos_desktop.db.models.scenarios import ScenarioPick, ScenarioUse
from wbos_desktop.domain.actions import ActionQuery
from wbos_desktop.domain.attachments import CleanFile
from wbos_desktop.domain.audit_trail import AuditQuery
from wbos_desktop.domain.groups import GroupQuery
from wbos_desktop.domain.incidents import IncidentQuery, InvolvedDraft
from wbos_desktop.domain.people import PupilQuery, StaffQuery
from wbos_desktop.domain.reports import ExportRecord
from wbos_desktop.domain.retention import RequestPreview
from wbos_desktop.domain.scenarios import ScenarioQuery
from wbos_desktop.errors import UserError
from wbos_desktop.services import (
    access,
    actions,
    agenda,
    assessments,
    attachments,
    audit_report,
    audit_trail,
    case_page,
    case_tasks,
    cases,
    erasure_request,
    exports,
    groups,
    history,
    incident_form,
    incident_overview,
    incident_register,
    incidents,
    looking,
    meetings,
    observations,
    people,
    presenting,
    profiles,
    removed,
    reports,
    retention,
    scenario_choice,
    scenarios,
    stated_views,
    steps,
    today,
    visibility,
)

WORD = "Zwanenbloem"
HIDDEN = ("named", "own", "none")
EVERY = (*range(1, 9), 12, 13, 19, 20, 21, 26, 40)
Read = Callable[[Session], object]


# ---------------------------------------------------------------- the school with a secret
@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with rights_school() as world:
        hang_everything_on(world, world.cases[HIDDEN])
        yield world


@pytest.fixture(autouse=True)
def _files_without_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rl_config, "invariant", 1)


def hang_everything_on(world: World, case_id: int) -> None:
    """Whatever can belong to a case, in the middle of what may be seen."""
    session, karin = world.session, world.karin
    incident = session.scalars(select(Incident).where(Incident.case_id == case_id)).one()
    incident.title = f"{WORD} titel"
    session.get_one(Case, case_id).title = f"{WORD} titel"
    incidents.add_person(session, incident.id, InvolvedDraft(pupil_id=world.pupils["own"]))
    cases.add_note(session, case_id, f"{WORD} notitie")
    late = session.scalars(select(CaseStep).where(CaseStep.case_id == case_id)).first()
    assert late is not None
    late.state, late.due_kind, late.due_at = "open", "deadline", None
    late.due_on, late.responsible_id = karin.today - dt.timedelta(days=9), karin.staff_id
    session.flush()
    from wbos_desktop.services.step_engine import refresh_deadline, steps_of

    refresh_deadline(session.get_one(Case, case_id), steps_of(session, case_id))
    _on_the_agenda(world, case_id)
    image = CleanFile("image/png", b"not looked at")
    attachments.add_attachment(session, case_id, image, f"{WORD} foto")
    line = ExportRecord(
        "dossier_pdf", "cases", case_id, "initials", "", "", f"{WORD}.pdf", "0" * 64, None
    )
    exports.record_export(session, line)
    scenario = {"scenario_id": world.scenario, "case_id": case_id, "staff_id": world.somebody}
    session.add(ScenarioPick(**scenario, picked_on=karin.today))
    use = {"used_on": karin.today, "helped": "yes", "note": f"{WORD} gebruikt"}
    session.add(ScenarioUse(**scenario, **use))
    add_views(world, case_id, world.pupils["own"], f"{WORD} zienswijze")
    session.flush()


def _on_the_agenda(world: World, case_id: int) -> None:
    """Between two other items, with decisions and actions; one of each was thrown away."""
    session = world.session
    for place in ("chair", "invited"):
        meeting_id = world.meetings[place]
        agenda.add_previous(session, meeting_id)
        agenda.add_item(session, meeting_id, "group", world.groups["own"])
        item_id = agenda.add_item(session, meeting_id, "case", case_id, minutes=45)
        agenda.add_item(session, meeting_id, "free", title="Rondvraag")
        agenda.record_decision(session, item_id, f"{WORD} besluit")
        gone = agenda.record_decision(session, item_id, f"{WORD} toch niet")
        agenda.remove_decision(session, gone)
        where = {"meeting_id": meeting_id, "agenda_item_id": item_id}
        owner = {"owner_id": world.somebody, "due_on": world.karin.today}
        for case in (case_id, None):
            action = Action(text=f"{WORD} actie", case_id=case, **where, **owner)
            session.add(action)
            session.flush()
        actions.remove_action(session, action.id)


def cut_out(session: Session, case_id: int) -> None:
    """Take the case out of every table, as if it had never been."""
    run = session.connection().execute
    run(text("PRAGMA defer_foreign_keys=ON"))
    incidents_of = f"SELECT id FROM incidents WHERE case_id={case_id}"
    items_of = f"SELECT id FROM agenda_items WHERE case_id={case_id}"
    of_case = ("attachments", "case_steps", "case_tracks", "case_log", "case_viewers")
    of_case += ("scenario_picks", "scenario_uses")
    views_of = f"SELECT id FROM stated_views WHERE subject_table='cases' AND subject_id={case_id}"
    wheres = {
        "access_passages": f"subject_table='stated_views' AND subject_id IN ({views_of})",
        "stated_views": f"id IN ({views_of})",
        "involved_persons": f"incident_id IN ({incidents_of})",
        "incident_groups": f"incident_id IN ({incidents_of})",
        **dict.fromkeys(of_case, f"case_id={case_id}"),
        "decisions": f"agenda_item_id IN ({items_of})",
        # Aisha's own action about it stays: it was given to her.
        "actions": f"text LIKE '{WORD}%'",
        "agenda_items": f"case_id={case_id}",
        "exports": f"object_table='cases' AND object_id={case_id}",
        "incidents": f"case_id={case_id}",
        "cases": f"id={case_id}",
    }
    run(text(f"UPDATE actions SET case_id=NULL WHERE case_id={case_id} AND text='mine'"))
    for table, where in wheres.items():
        gone = f"SELECT id FROM {table} WHERE {where}" if table != "incident_groups" else "0"
        run(text(f"DELETE FROM changes WHERE table_name='{table}' AND record_id IN ({gone})"))
        run(text(f"DELETE FROM audit WHERE object_table='{table}' AND object_id IN ({gone})"))
        assert run(text(f"DELETE FROM {table} WHERE {where}")).rowcount or table == "exports"


# ---------------------------------------------------------------- every question
def told(do: Callable[[], object]) -> object:
    """The answer, or how it was refused."""
    try:
        return do()
    except UserError as refused:
        return type(refused).__name__, refused.message


def each(question: Callable[..., object], *before: Any, ids: Iterable[int] = EVERY) -> Read:
    """The answers for every id there may be."""
    return lambda s: [told(lambda key=key: question(s, *before, key)) for key in ids]  # type: ignore[misc]


def per_kind(question: Callable[..., object], **values: Iterable[Any]) -> Read:
    """The answers for each of these values of the one keyword."""
    ((name, wanted),) = values.items()
    return lambda s: [told(lambda v=v: question(s, **{name: v})) for v in wanted]  # type: ignore[misc]


def by_text(question: Callable[..., Any], query: Callable[..., Any]) -> Read:
    """What is found by words of the hidden case, and without words."""
    return lambda s: [question(s, query(text=word)) for word in ("", WORD, "Pown", "2026-0", "e")]


def registers(session: Session) -> object:
    statuses = ("", "active", "open", "late", "assess", "note", "closed")
    queries = [IncidentQuery(status=status) for status in statuses]
    queries += [IncidentQuery(text=word) for word in (WORD, "Pown", "2026-0")]
    queries += [IncidentQuery(group_id=group) for group in (1, 2)]
    return [incident_register.find_ids(session, query) for query in queries]


def packs(session: Session) -> object:
    """The packs as data, and every cell of a workbook."""
    found = [reports.meeting_pack_report(session, key) for key in meetings.find_ids(session)]
    return found, [cells(exports.build(report, "xlsx")[0]) for report in found[:1]]


def cells(content: bytes) -> object:
    """What stands in a workbook: the file itself bears the time it was made."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def register_file(session: Session) -> object:
    report = reports.register_report(session)
    rows = list(report.rows)
    return rows, cells(exports.build(replace(report, rows=rows), "xlsx")[0])


READS: dict[str, Read] = {
    "access.get_detail": each(access.get_detail, ids=(1, 2)),
    "actions.find_ids": lambda s: actions.find_ids(s, ActionQuery(state=None)),
    "actions.keep_visible": lambda s: actions.keep_visible(s, EVERY),
    "actions.load_rows": lambda s: actions.load_rows(s, EVERY),
    "actions.find_rows": lambda s: [
        actions.find_rows(s, ActionQuery(state=None, meeting_id=key)) for key in (None, 1, 2, 3)
    ],
    "actions.find_open_actions": lambda s: [
        actions.find_open_actions(s, mine=mine) for mine in (True, False)
    ],
    "actions.edit_action": lambda s: [
        told(lambda key=key: actions.edit_action(s, key))
        for key in EVERY
        if key != 9  # Aisha's own, about it
    ],
    "agenda.edit_item": each(agenda.edit_item),
    "agenda.load_items": each(agenda.load_items),
    "agenda.group_labels": lambda s: agenda.group_labels(s, EVERY),
    "agenda.case_labels": lambda s: agenda.case_labels(s, EVERY),
    "agenda.late_steps": lambda s: agenda.late_steps(s, EVERY),
    "agenda.find_choices": lambda s: [agenda.find_choices(s, w) for w in ("", WORD)],
    "assessments.to_assess": assessments.to_assess,
    "assessments.involved_pupils": each(assessments.involved_pupils),
    "attachments.refusal": each(attachments.refusal),
    "attachments.list_attachments": each(attachments.list_attachments),
    "attachments.open_attachment": each(attachments.open_attachment),
    "case_page.load_page": each(case_page.load_page),
    "case_page.open_page": each(case_page.open_page),
    "case_tasks.find_tasks": lambda s: [case_tasks.find_tasks(s, w) for w in ("mine", "team")],
    "audit_report.lines_of_pupil": each(audit_report.lines_of_pupil),
    "audit_report.recipients_of_pupil": each(audit_report.recipients_of_pupil),
    "audit_trail.find_ids": lambda s: audit_trail.find_ids(s, AuditQuery()),
    "audit_trail.load_rows": lambda s: audit_trail.load_rows(s, range(1, 900, 7)),
    "audit_trail.find_subjects": lambda s: [
        audit_trail.find_subjects(s, word) for word in (WORD, "2026", "P")
    ],
    "cases.get_case": each(cases.get_case),
    "cases.open_case": each(cases.open_case),
    "cases.find_case": lambda s: [
        told(lambda n=n: cases.find_case(s, f"2026-{n:03d}")) for n in EVERY
    ],
    "cases.list_open_cases": cases.list_open_cases,
    "cases.check_closing": each(cases.check_closing),
    "exports.pack_pdf_bytes": each(exports.pack_pdf_bytes, ids=(1, 3)),
    "exports.case_pdf_bytes": each(exports.case_pdf_bytes, ids=(19, 20, 21)),
    "exports.group_profile_pdf_bytes": each(exports.group_profile_pdf_bytes, ids=(1, 2)),
    "exports.words_to_check": each(exports.words_to_check),
    "exports.pack_file_name": each(exports.pack_file_name),
    "exports.list_exports": exports.list_exports,
    "groups.find_ids": by_text(groups.find_ids, GroupQuery),
    "groups.load_rows": lambda s: groups.load_rows(s, EVERY),
    "groups.groups_asking_attention": groups.groups_asking_attention,
    "groups.group_overview": each(groups.group_overview),
    "groups.norm_ribbon": each(groups.norm_ribbon),
    "groups.list_members": each(groups.list_members),
    "groups.case_of_incident": each(groups.case_of_incident),
    "history.load_history": lambda s: [
        told(lambda t=t, key=key: history.load_history(s, t, key))
        for t in ("cases", "incidents", "meetings", "actions", "scenarios", "profiles", "pupils")
        for key in (*range(1, 6), 12, 13, 20)
        if (t, key) != ("actions", 9)
    ],
    "incident_form.open_report": each(incident_form.open_report),
    "incident_form.find_people": lambda s: incident_form.find_people(s, "P", [1, 2]),
    "incident_overview.load_overview": lambda s: [
        incident_overview.load_overview(s, IncidentQuery(status=w)) for w in ("", "late", "open")
    ],
    "incident_register.find_ids": registers,
    "incident_register.load_rows": lambda s: incident_register.load_rows(s, EVERY),
    "incident_register.count_cases": incident_register.count_cases,
    "incident_register.list_groups": incident_register.list_groups,
    "incidents.get_facts_draft": each(incidents.get_facts_draft),
    "looking.search_pupils": by_text(looking.search_pupils, PupilQuery),
    "looking.search_register": by_text(looking.search_register, IncidentQuery),
    "looking.search_subjects": lambda s: [
        looking.search_subjects(s, word) for word in (WORD, "2026", "P")
    ],
    "meetings.find_ids": meetings.find_ids,
    "meetings.load_rows": lambda s: meetings.load_rows(s, EVERY),
    "meetings.find_rows": meetings.find_rows,
    "meetings.next_meeting": meetings.next_meeting,
    "meetings.count_planned": meetings.count_planned,
    "meetings.get_meeting": each(meetings.get_meeting),
    "meetings.open_meeting": each(meetings.open_meeting),
    "meetings.propose_items": each(meetings.propose_items),
    "observations.list_observations": each(observations.list_observations),
    "people.find_pupil_ids": by_text(people.find_pupil_ids, PupilQuery),
    "people.load_pupil_rows": lambda s: people.load_pupil_rows(s, EVERY),
    "people.get_pupil": each(people.get_pupil),
    "people.find_staff_ids": by_text(people.find_staff_ids, StaffQuery),
    "people.load_staff_rows": lambda s: people.load_staff_rows(s, EVERY),
    "presenting.what_may_be_shown": presenting.what_may_be_shown,
    "profiles.load_points": lambda s: profiles.load_points(s, EVERY),
    "profiles.load_profile": each(profiles.load_profile),
    "profiles.profile_history": each(profiles.profile_history),
    "removed.list_bin": removed.list_bin,
    "reports.meeting_pack_report": packs,
    "reports.case_report": each(reports.case_report),
    "reports.group_profile_report": each(reports.group_profile_report, ids=(1, 2)),
    "reports.register_report": register_file,
    "scenario_choice.open_cases": scenario_choice.open_cases,
    "scenario_choice.matching_scenarios": per_kind(
        scenario_choice.matching_scenarios, case_id=EVERY
    ),
    "scenario_choice.find_picks": per_kind(scenario_choice.find_picks, case_id=EVERY),
    "scenario_choice.find_places": scenario_choice.find_places,
    "scenarios.find_rows": by_text(scenarios.find_rows, ScenarioQuery),
    "scenarios.load_rows": lambda s: scenarios.load_rows(s, EVERY),
    "scenarios.get_scenario": each(scenarios.get_scenario),
    "stated_views.list_views": each(stated_views.list_views),
    "stated_views.pupils_of_case": each(stated_views.pupils_of_case),
    "steps.preview_move": lambda s: [
        told(lambda key=key: steps.preview_move(s, key, dt.date(2026, 12, 1)))
        for key in range(1, 300, 9)
    ],
    "steps.preview_calendar": steps.preview_calendar,
    "today.count_open": today.count_open,
    "today.overview": lambda s: [today.overview(s, scope) for scope in ("mine", "team")],
    "today.find_tasks": lambda s: [today.find_tasks(s, scope) for scope in ("mine", "team")],
}
# Questions in which no case, report, meeting or action can show.
ABOUT_OTHER_THINGS = {
    "agenda.start_of_today",
    "audit_report.audit_report",  # states the whole chain: its end is not about one record
    "audit_trail.conditions",
    "audit_trail.list_users",
    "audit_trail.read_rows",
    "audit_trail.user_codes",
    "audit_trail.within",
    "cases.coordinators",
    "groups.group_choices",
    "groups.planned_days",
    "groups.year_levels",
    "history.restore_version",
    "incident_register.late_cases",
    "incident_register.seen_by_others",
    "looking.open_group",
    "meetings.staff_choices",
    "people.demand_pupil",
    "people.get_staff",
    "people.list_roles",
    "people.list_staff",
    "people.staff_names",
    "profiles.check_may_write",
    "profiles.compare_profiles",
    "profiles.latest_profile",
    "scenarios.all_group_ids",
    "scenarios.count_all",
    "scenarios.find_ids",
    "scenarios.living_norms",
    "scenarios.my_group_ids",
    "scenarios.my_norms",
    "scenarios.today",
    "today.school_day",
    "today.who_is_here",
}
OTHER_MODULES = ("accountability.", "deputies.", "norms.", "protocols.", "school.", "users.")


# The audit trail keeps a line for everything that happened, also in a hidden case: who and when,
# without what it was about. That is its purpose; it is for coordinators only.
COMPLETE = {name for name in READS if name.startswith("audit_")}


def answers(world: World, role: str) -> dict[str, str]:
    """In words; of objects without words (a calendar) only that there is one."""
    found = {}
    for name, read in READS.items():
        world.become(role)
        world.session.info.pop("school_calendar", None)
        with world.trial():
            said = repr(told(lambda read=read: read(world.session)))  # type: ignore[misc]
            found[name] = re.sub(r" at 0x[0-9a-f]+", "", said)
    return found


SAID: dict[str, dict[str, str]] = {}


def said_to(world: World, role: str) -> dict[str, str]:
    """The answers with the case in its place, asked once."""
    if role not in SAID:
        SAID[role] = answers(world, role)
    return SAID[role]


def differing(world: World, role: str) -> list[str]:
    """Questions of which the answer changes when the hidden case is cut out."""
    before = said_to(world, role)
    with world.trial():
        world.become("")
        cut_out(world.session, world.cases[HIDDEN])
        world.session.expire_all()
        after = answers(world, role)
    world.become("")
    return [name for name in READS if before[name] != after[name] and name not in COMPLETE]


@pytest.mark.parametrize("role", ROLES)
def test_with_and_without_it_every_answer_is_the_same(world: World, role: str) -> None:
    assert differing(world, role) == []


@pytest.mark.parametrize("role", ROLES)
def test_no_answer_holds_its_words(world: World, role: str) -> None:
    number = world.session.get_one(Case, world.cases[HIDDEN]).number
    said = said_to(world, role)
    world.become("")
    assert [name for name, words in said.items() if WORD in words or number in words] == []


# ---------------------------------------------------------------- erasing
@pytest.fixture
def leaver(world: World) -> Iterator[int]:
    """A pupil whose term is over, and whom only the hidden case still needs."""
    with world.trial():
        world.become("")
        session = world.session
        left = {"left_on": dt.date(2020, 7, 10), "given_name": "Zwaan", "family_name": "Kleefstra"}
        pupil_id = factories.make_pupil(session, **left)
        case_id = world.cases[HIDDEN]
        incident_id = session.scalars(select(Incident.id).where(Incident.case_id == case_id)).one()
        incidents.add_person(session, incident_id, InvolvedDraft(pupil_id=pupil_id))
        session.flush()
        yield pupil_id
    world.become("")


def erasing(world: World, role: str, pupil_id: int) -> tuple[object, str]:
    """What the two doors of erasing say of one pupil: the request, and the list of what is due."""
    world.become(role)
    preview = told(lambda: erasure_request.preview(world.session, pupil_id))
    due = told(lambda: retention.proposal(world.session))
    world.become("")
    return preview, repr(due)


def test_a_pupil_of_a_hidden_case_waits_without_a_word(world: World, leaver: int) -> None:
    """Not erased, or the case would lose the pupil; and of why nothing is told but that."""
    waits, due = erasing(world, "coordinator", leaver)
    assert isinstance(waits, RequestPreview)
    assert waits.blocked == ("Nog nodig voor ander werk.",)
    assert "Kleefstra" not in due
    cut_out(world.session, world.cases[HIDDEN])
    world.session.expire_all()
    free, due = erasing(world, "coordinator", leaver)
    assert free == replace(waits, blocked=())
    assert "Kleefstra" in due


@pytest.mark.parametrize("role", [role for role in ROLES if role != "coordinator"])
def test_nobody_but_a_coordinator_asks_about_erasing(world: World, leaver: int, role: str) -> None:
    answers = erasing(world, role, leaver)
    assert "NotAllowed" in repr(answers[0])
    assert "NotAllowed" in answers[1]


def test_control_who_sees_the_case_reads_why_a_pupil_waits(world: World, leaver: int) -> None:
    waits, due = erasing(world, "", leaver)
    assert isinstance(waits, RequestPreview)
    assert waits.blocked == ("De casus is nog open.",)
    assert "Kleefstra" in due


# Answers that have no place for a case: they are asked all the same.
NUMB = {
    "actions.edit_action",
    "agenda.group_labels",
    "assessments.to_assess",
    "exports.group_profile_pdf_bytes",
    "exports.pack_file_name",
    "exports.words_to_check",
    "groups.find_ids",
    "groups.groups_asking_attention",
    "incident_form.find_people",
    "incident_register.list_groups",
    "looking.search_pupils",
    "meetings.count_planned",
    "meetings.find_ids",
    "observations.list_observations",
    "people.find_pupil_ids",
    "people.find_staff_ids",
    "people.get_pupil",
    "people.load_pupil_rows",
    "people.load_staff_rows",
    "presenting.what_may_be_shown",
    "profiles.load_points",
    "profiles.load_profile",
    "profiles.profile_history",
}


# ---------------------------------------------------------------- to who reported it
def own_report_decided(world: World, role: str, template: str) -> tuple[str, list[str]]:
    """Aisha's report became a note ('') or a hidden case: its status, and all she can ask."""
    session = world.session
    with world.trial():
        world.become(role)
        report = factories.make_incident(
            session, kind_code="bedreigen", group_ids=(world.groups["other"],), persons=()
        )
        world.become("")
        session.info["gesture"] = new_uid()
        draft = assessments.propose_assessment(session, report).draft
        decided = replace(draft, template_code=template, owner_id=world.somebody, level="named")
        assert bool(assessments.assess_incident(session, decided)) == bool(template)
        session.flush()
        world.become(role)
        asked = [incident_register.load_rows(session, [report]), registers(session)]
        asked += [register_file(session), incident_register.count_cases(session)]
        if role != "coordinator":  # whoever may start a case from a note is offered it
            asked.append(incident_form.open_report(session, report))
            asked.append(told(lambda: history.load_history(session, "incidents", report)))
        status = incident_register.load_rows(session, [report])[report].status
        return status, [re.sub("[0-9a-f]{32}", "", repr(answer)) for answer in asked]


@pytest.mark.parametrize("role", ["member", "lead", "coordinator"])
def test_who_reported_is_told_no_lie_and_nothing_of_a_case(world: World, role: str) -> None:
    note, about_note = own_report_decided(world, role, "")
    case, about_case = own_report_decided(world, role, "KRT")
    assert (note, case) == ("seen", "seen")
    assert about_note == about_case


def test_control_who_sees_the_case_is_told_of_it(world: World) -> None:
    world.become("")
    report = next(key for key, case in _own_reports(world) if case)
    assert incident_register.load_rows(world.session, [report])[report].status == "open"


def _own_reports(world: World) -> list[tuple[int, int | None]]:
    wanted = Incident.reporter_id == world.karin.staff_id
    rows = world.session.execute(select(Incident.id, Incident.case_id).where(wanted))
    return [(row[0], row[1]) for row in rows]


def test_control_who_may_see_it_gets_other_answers(world: World) -> None:
    """Karin is listed: the questions do notice the case, so silence means something."""
    assert set(READS) - set(differing(world, "")) - NUMB - COMPLETE == set()


def test_control_without_the_levels_it_betrays_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visibility, "_everything", lambda _session: True)
    monkeypatch.setitem(SAID, "member", answers(world, "member"))
    assert len(differing(world, "member")) > 20


def test_every_question_is_asked() -> None:
    """A new service function that reads is added to READS, or to what is about other things."""
    questions = {
        name
        for name, function in gated().items()
        if function.needs[0] in ("read", "export")  # type: ignore[attr-defined]
    }
    left = {name for name in questions if not name.startswith(OTHER_MODULES)}
    assert left - READS.keys() - ABOUT_OTHER_THINGS == set()
    assert ABOUT_OTHER_THINGS - questions == set()


def test_the_session_is_as_it_was(world: World) -> None:
    assert context(world.session) is world.karin
    assert world.session.scalars(select(Decision.text).where(Decision.text.contains(WORD))).all()
