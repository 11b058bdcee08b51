from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop import i18n
from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import User
from wbos_desktop.domain.cases import CaseRow, OwnStepDraft, StepDraft, StepRow
from wbos_desktop.errors import Conflict, Invalid
from wbos_desktop.services import case_tasks, cases, incident_register, steps, undo
from wbos_desktop.services.step_engine import write_log

D = dt.date


def _steps(session: Session, case_id: int, code: str) -> list[StepRow]:
    return [step for step in cases.get_case(session, case_id).steps if step.code == code]


def _finish(session: Session, step: StepRow, **values: object) -> None:
    draft = StepDraft(id=step.id, version=step.version, **values)  # type: ignore[arg-type]
    if step.decision_options and not draft.decision:
        draft = replace(draft, decision=step.decision_options[0])
    steps.finish_step(session, draft)
    session.flush()


def _later(session: Session, days: int) -> None:
    old = session.info["context"]
    session.info["context"] = replace(
        old, now=old.now + dt.timedelta(days=days), today=old.today + dt.timedelta(days=days)
    )


def _end_all(session: Session, case: CaseRow) -> None:
    for track in case.tracks:
        cases.end_track(session, case.id, track.track, "not_now", "Eerst rust")
    for step in case.general:
        if step.state == "open":
            steps.skip_step(session, step.id, step.version, "Al gedaan")
    session.flush()


def test_each_person_gets_the_steps_of_the_role(session: Session) -> None:
    case_id = factories.make_case(session)
    hearing = _steps(session, case_id, "ONL-C3")
    assert [step.person for step in hearing] == ["Daan", "Sem"]
    assert [step.person for step in _steps(session, case_id, "ONL-O1")] == ["Yasmin"]
    assert {step.responsible for step in hearing} == {"Karin Bosman"}


def test_the_mentor_of_the_group_is_responsible(session: Session) -> None:
    group, joost = factories.make_group(session), factories.make_staff(session)
    factories.make_mentor(session, group, joost)
    case_id = factories.make_case(session, "PST", group_ids=(group,))
    assert {step.responsible_id for step in _steps(session, case_id, "PST-C1")} == {joost}


def test_a_question_is_answered_once_for_every_step_that_asks_it(session: Session) -> None:
    case_id = factories.make_case(session, "GEW")
    step = _steps(session, case_id, "S-2")[0]
    assert (step.state, step.due_on, step.mark) == ("waiting", None, None)
    steps.answer_condition(session, case_id, step.condition, "no")
    assert all(step.not_needed for step in _steps(session, case_id, "S-8"))
    steps.answer_condition(session, case_id, step.condition, "yes")
    # The decision is not taken, so there is no day to count from yet.
    assert {step.state for step in _steps(session, case_id, "S-8")} == {"waiting"}


def test_the_stop_banner_goes_when_nobody_of_the_school_is_meant(session: Session) -> None:
    case_id = factories.make_case(session, "ONL")
    assert "bestuur" in cases.get_case(session, case_id).stop_banner
    steps.answer_condition(session, case_id, _steps(session, case_id, "Z-1")[0].condition, "no")
    assert cases.get_case(session, case_id).stop_banner == ""


def test_a_decision_about_one_pupil_starts_the_days_of_that_pupil(session: Session) -> None:
    case_id = factories.make_case(session, "GEW")
    condition = _steps(session, case_id, "S-2")[0].condition
    steps.answer_condition(session, case_id, condition, "yes")
    for step in _steps(session, case_id, "GEW-C3"):
        _finish(session, step)
    daan, sem = _steps(session, case_id, "GEW-C4")
    _finish(session, daan, decision="externe schorsing")
    states = {step.person: step.state for step in _steps(session, case_id, "S-2")}
    assert states == {"Daan": "open", "Sem": "waiting"}
    first_day = _steps(session, case_id, "S-2")[0]
    _finish(session, first_day, base_date=D(2026, 11, 27))
    letter = _steps(session, case_id, "S-5")[0]
    assert letter.due_on == D(2026, 11, 24)
    _finish(session, _steps(session, case_id, "S-3")[0], base_date=D(2026, 12, 8))
    assert len(_steps(session, case_id, "S-3")[0].warnings) == 3
    assert sem.state == "open"


def test_a_step_waits_for_the_steps_it_requires(session: Session) -> None:
    case_id = factories.make_case(session, "GEW")
    decision = _steps(session, case_id, "GEW-C4")[0]
    assert decision.missing == ("Hoor ieder apart",)
    with pytest.raises(Invalid):
        _finish(session, decision)


def test_no_joint_talk_before_everybody_was_prepared_and_said_yes(session: Session) -> None:
    case_id = factories.make_case(session, "PST")
    for code in ("PST-H2", "PST-H3", "PST-H4"):
        for step in _steps(session, case_id, code):
            _finish(session, step)
    daan, sem = _steps(session, case_id, "PST-H5")
    _finish(session, daan, decision="ja")
    _finish(session, sem, decision="nee")
    talk = _steps(session, case_id, "PST-H6")[0]
    with pytest.raises(Invalid):
        steps.preview_move(session, talk.id, D(2026, 12, 3))
    sem = _steps(session, case_id, "PST-H5")[1]
    steps.reopen_step(session, sem.id, sem.version)
    _finish(session, _steps(session, case_id, "PST-H5")[1], decision="ja")
    _finish(session, _steps(session, case_id, "PST-H6")[0])
    assert {step.due_on for step in _steps(session, case_id, "PST-H7")} == {D(2026, 12, 1)}


def test_repair_is_never_late_and_does_not_count(session: Session) -> None:
    case_id = factories.make_case(session, "PST")
    _later(session, 60)
    case = cases.get_case(session, case_id)
    repair = case.tracks[1]
    assert repair.progress.late == 0
    assert {step.due.state for step in repair.steps if step.state == "open"} == {"passed"}
    assert case.late > 5


def test_late_and_today_are_the_same_on_board_register_and_vandaag(session: Session) -> None:
    case_id = factories.make_case(session, "PST")
    _later(session, 2)
    case = cases.get_case(session, case_id)
    tasks = case_tasks.find_tasks(session, "team")
    assert {t.step_id for t in tasks if t.when == "late"} == {
        step.id for step in case.steps if step.due.late
    }
    assert {t.step_id for t in tasks if t.when == "today"} == {
        step.id for step in case.steps if step.due.state == "today"
    }
    ids = incident_register.find_ids(session)
    row = incident_register.load_rows(session, ids)[ids[0]]
    assert row.late
    bars = dict(row.tracks)
    assert {t.track: t.progress.late for t in case.tracks} == {t: p.late for t, p in bars.items()}
    assert incident_register.count_cases(session).late_cases == 1


def test_skipping_asks_a_reason_and_a_duty_stays_visible(session: Session) -> None:
    case_id = factories.make_case(session)
    duty = _steps(session, case_id, "X-6")[0]
    with pytest.raises(Invalid) as caught:
        steps.skip_step(session, duty.id, duty.version, "  ")
    assert set(caught.value.fields) == {"reason"}
    steps.skip_step(session, duty.id, duty.version, "Staat in het aparte verslag")
    duty = _steps(session, case_id, "X-6")[0]
    assert (duty.state, duty.statutory, duty.mark) == ("skipped", True, "skipped")


def test_a_stale_step_is_a_conflict(session: Session) -> None:
    case_id = factories.make_case(session, "PST")
    step = _steps(session, case_id, "PST-O1")[0]
    _finish(session, step)
    with pytest.raises(Conflict):
        steps.complete_step(session, step.id, step.version)


def test_a_moved_step_keeps_its_day(session: Session) -> None:
    case_id = factories.make_case(session, "PST")
    parents = _steps(session, case_id, "PST-C2")[0]
    with pytest.raises(Invalid):
        steps.move_step(session, parents.id, parents.version, D(2026, 11, 28))
    steps.move_step(session, parents.id, parents.version, D(2026, 12, 1))
    talk = _steps(session, case_id, "PST-C1")[0]
    _finish(session, talk)
    assert _steps(session, case_id, "PST-C2")[0].due_on == D(2026, 12, 1)
    other = _steps(session, case_id, "PST-C2")[1]
    assert other.due_on == D(2026, 11, 26)


def test_a_step_that_counts_from_another_gets_the_earlier_day(session: Session) -> None:
    case_id = factories.make_case(session, "PST")
    _finish(session, _steps(session, case_id, "PST-C1")[0])
    days = [step.due_on for step in _steps(session, case_id, "PST-C2")]
    assert days == [D(2026, 11, 24), D(2026, 11, 26)]


def test_stored_days_change_through_the_preview_only(session: Session) -> None:
    from wbos_desktop.db.models.school import CalendarDay, SchoolYear
    from wbos_desktop.services.school_days import forget_calendar

    case_id = factories.make_case(session, "PST")
    year_id = session.query(SchoolYear.id).scalar()
    day = D(2026, 11, 25)
    session.add(CalendarDay(school_year_id=year_id, first_day=day, last_day=day, kind="study_day"))
    session.flush()
    forget_calendar(session)
    _finish(session, _steps(session, case_id, "X-1")[0])
    assert _steps(session, case_id, "PST-O1")[0].due_on == day
    moves = steps.preview_calendar(session)
    steps.apply_calendar(session, [move.id for move in moves])
    assert _steps(session, case_id, "PST-O1")[0].due_on == D(2026, 11, 26)


def test_an_own_step_and_handing_over(session: Session) -> None:
    case_id = factories.make_case(session, "PST")
    joost = factories.make_staff(session)
    with pytest.raises(Invalid):
        steps.add_step(session, case_id, OwnStepDraft(title=" "))
    own = OwnStepDraft("support", "Plek in de klas afspreken", due_on=D(2026, 11, 27))
    step_id = steps.add_step(session, case_id, own)
    steps.hand_over(session, step_id, 1, joost)
    session.flush()
    support = cases.get_case(session, case_id).tracks[2].steps
    assert (support[-1].id, support[-1].responsible_id) == (step_id, joost)
    assert case_tasks.find_tasks(session, "mine") != case_tasks.find_tasks(session, "team")


def test_waiting_for_the_police_takes_a_step_off_the_list(session: Session) -> None:
    case_id = factories.make_case(session, "PST")
    step = _steps(session, case_id, "PST-O1")[0]
    steps.wait_for(session, step.id, step.version, "police")
    waiting = _steps(session, case_id, "PST-O1")[0]
    assert (waiting.state, waiting.due_on) == ("waiting", None)
    steps.wait_for(session, step.id, waiting.version, "")
    assert _steps(session, case_id, "PST-O1")[0].due_on == D(2026, 11, 25)


def test_ending_a_track_asks_a_reason_and_can_be_taken_back(session: Session) -> None:
    case_id = factories.make_case(session, "PST")
    with pytest.raises(Invalid):
        cases.end_track(session, case_id, "repair", "refused")
    with pytest.raises(Invalid):
        cases.end_track(session, case_id, "consequence", "refused", "Nee")
    cases.end_track(session, case_id, "repair", "refused", "Wil geen gesprek")
    session.flush()
    repair = cases.get_case(session, case_id).tracks[1]
    assert {step.state for step in repair.steps} == {"skipped"}
    cases.reopen_track(session, case_id, "repair")
    repair = cases.get_case(session, case_id).tracks[1]
    assert (repair.state, repair.steps[0].state) == ("open", "open")


def test_a_case_closes_when_the_tracks_ended_and_a_look_back_is_written(session: Session) -> None:
    case_id = factories.make_case(session, "PST")
    case = cases.get_case(session, case_id)
    with pytest.raises(Invalid) as caught:
        cases.close_case(session, case_id, case.version, "", {})
    assert set(caught.value.fields) == {"steps", "look_back", "reason"}
    _end_all(session, case)
    case = cases.get_case(session, case_id)
    ticked = dict.fromkeys(case.closing, True)
    cases.close_case(session, case_id, case.version, "Het is rustig.", ticked, "Al besproken")
    session.flush()
    case = cases.get_case(session, case_id)
    assert (case.state, case.closed_on) == ("closed", D(2026, 11, 24))
    assert case_tasks.find_tasks(session, "team") == []
    with pytest.raises(Invalid):
        steps.complete_step(session, case.steps[0].id, case.steps[0].version)


def test_closing_without_every_tick_asks_why_and_reopening_too(session: Session) -> None:
    case_id = factories.make_case(session, "KRT")
    _end_all(session, cases.get_case(session, case_id))
    version = cases.get_case(session, case_id).version
    if checklist := cases.get_case(session, case_id).closing:
        with pytest.raises(Invalid) as caught:
            cases.close_case(session, case_id, version, "Klaar.", {checklist[0]: False})
        assert set(caught.value.fields) == {"reason"}
    cases.close_case(session, case_id, version, "Klaar.", {}, "Ouders weten ervan")
    session.flush()
    with pytest.raises(Invalid):
        cases.reopen_case(session, case_id, "")
    cases.reopen_case(session, case_id, "Het begon opnieuw")
    case = cases.get_case(session, case_id)
    assert (case.state, case.look_back) == ("open", "Klaar.")
    assert case.log[0].text.endswith("Het begon opnieuw")


def test_a_listed_case_needs_a_coordinator_among_the_listed(session: Session) -> None:
    case_id = factories.make_case(session, "PST")
    case = cases.get_case(session, case_id)
    joost = factories.make_staff(session)
    with pytest.raises(Invalid):
        cases.set_level(session, case_id, case.version, "named", [joost])
    karin = session.info["context"].staff_id
    cases.set_level(session, case_id, case.version, "named", [joost, karin])
    session.flush()
    case = cases.get_case(session, case_id)
    assert {staff_id for staff_id, _name in case.viewers} == {joost, karin}


def test_undo_brings_the_listed_people_back(session: Session) -> None:
    case_id = factories.make_case(session, "ONL")
    case = cases.get_case(session, case_id)
    assert len(case.viewers) == 1
    session.info["gesture"] = "level"
    cases.set_level(session, case_id, case.version, "involved")
    session.flush()
    assert cases.get_case(session, case_id).viewers == ()
    assert undo.undo_last(session)
    session.flush()
    session.expire_all()
    restored = cases.get_case(session, case_id)
    assert (restored.level, restored.viewers) == ("named", case.viewers)


def test_the_log_tells_what_was_done(session: Session) -> None:
    case_id = factories.make_case(session, "PST")
    cases.add_note(session, case_id, "Ouders gebeld.")
    with pytest.raises(Invalid):
        cases.add_note(session, case_id, " ")
    session.flush()
    assert [line.kind for line in cases.get_case(session, case_id).log] == ["note", "system"]


def _for_listed_people(session: Session) -> tuple[int, StepRow, int]:
    """A case for Karin alone, a step of it, and a colleague with a login."""
    case_id = factories.make_case(session, "KRT")
    version = cases.get_case(session, case_id).version
    cases.set_level(session, case_id, version, "named", [context(session).staff_id])
    session.flush()
    colleague = factories.make_staff(session)
    session.add(User(staff_id=colleague, role="member", slot_id="m"))
    session.flush()
    step = next(row for row in cases.get_case(session, case_id).steps if row.state == "open")
    return case_id, step, colleague


def test_a_step_goes_to_nobody_who_can_not_find_it(session: Session) -> None:
    case_id, step, colleague = _for_listed_people(session)
    with pytest.raises(Invalid) as wrong:
        steps.hand_over(session, step.id, step.version, colleague)
    assert set(wrong.value.fields) == {"staff_id"}
    with pytest.raises(Invalid):
        steps.add_step(session, case_id, OwnStepDraft(title="Bellen", responsible_id=colleague))
    steps.hand_over(session, step.id, step.version, factories.make_staff(session))  # no login


def test_access_goes_along_with_the_step(session: Session) -> None:
    case_id, step, colleague = _for_listed_people(session)
    steps.hand_over(session, step.id, step.version, colleague, give_access=True)
    session.flush()
    case = cases.get_case(session, case_id)
    assert colleague in {key for key, _name in case.viewers}
    assert next(row for row in case.steps if row.id == step.id).responsible_id == colleague


def _handled(session: Session) -> int:
    """A case with a line of nearly every kind in its log."""
    case_id = factories.make_case(session)
    step = next(step for step in cases.get_case(session, case_id).general if step.state == "open")
    steps.move_step(session, step.id, step.version, D(2026, 12, 1), "Sem is ziek")
    session.flush()
    step = next(row for row in cases.get_case(session, case_id).steps if row.id == step.id)
    steps.hand_over(session, step.id, step.version, factories.make_staff(session))
    cases.end_track(session, case_id, "repair", "refused", "De ouders van Yasmin willen rust")
    session.flush()
    return case_id


def test_the_log_reads_in_the_language_of_who_reads_it(session: Session) -> None:
    i18n.activate("en")
    case_id = _handled(session)
    i18n.activate("nl")
    dutch = [line.text for line in cases.get_case(session, case_id).log]
    assert dutch[0] == "Spoor beëindigd: Herstel, Niet gewenst"
    assert dutch[1].startswith("Stap overgedragen: ")
    assert dutch[2].startswith("Stap verzet: ")
    assert dutch[2].endswith(" naar di 1 dec. Sem is ziek")
    assert dutch[3].startswith("Casus gestart met protocol ")
    i18n.activate("en")
    english = [line.text for line in cases.get_case(session, case_id).log]
    assert english[0] == "Track ended: Repair, Not wanted"
    assert english[2].endswith(" to Tue 1 Dec. Sem is ziek")


def test_a_track_comes_back_whatever_language_it_was_ended_in(session: Session) -> None:
    i18n.activate("en")
    case_id = _handled(session)
    i18n.activate("nl")
    skipped = [s for s in cases.get_case(session, case_id).steps if s.state == "skipped"]
    assert {s.skipped_reason for s in skipped} == {"Niet gewenst: De ouders van Yasmin willen rust"}
    cases.reopen_track(session, case_id, "repair")
    assert not [s for s in cases.get_case(session, case_id).steps if s.state == "skipped"]


def test_a_plain_sentence_of_before_still_reads(session: Session) -> None:
    case_id = factories.make_case(session)
    write_log(session, case_id, "Stap afgerond: Gesprek")
    session.flush()
    assert cases.get_case(session, case_id).log[0].text == "Stap afgerond: Gesprek"


def test_the_case_shows_the_dominant_norm_with_its_date(session: Session) -> None:
    group = factories.make_group(session)
    factories.make_profile(session, group)
    case = cases.get_case(session, factories.make_case(session, "PST", group_ids=(group,)))
    assert [(mark.code, mark.observed_on) for mark in case.norms] == [("D", D(2026, 11, 2))]
