"""Meetings, their agenda and what is decided."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.words import group_words
from wbos_desktop.db import audit
from wbos_desktop.db.models.meetings import Action, AgendaItem, Meeting
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.domain.actions import ActionDraft
from wbos_desktop.domain.meetings import AttendeeDraft, MeetingDraft, meeting_title, when_text
from wbos_desktop.errors import Conflict, Invalid, UserError
from wbos_desktop.services import actions, agenda, meetings, norms, scenarios


def new_meeting(session: Session, **values: object) -> int:
    return meetings.save_meeting(
        session, dataclasses.replace(meetings.edit_meeting(session, None), **values)
    )


def item_titles(session: Session, meeting_id: int) -> list[str]:
    return [item.title for item in meetings.get_meeting(session, meeting_id).items]


def test_new_meeting_proposes_next_thursday_and_me(session: Session) -> None:
    draft = meetings.edit_meeting(session, None)
    assert draft.starts_at == dt.datetime(2026, 11, 26, 13, 30)
    assert draft.ends_at == dt.datetime(2026, 11, 26, 14, 30)
    meeting = meetings.get_meeting(session, meetings.save_meeting(session, draft))
    assert [person.name for person in meeting.attendees] == ["Karin Bosman"]


def test_first_item_is_last_times_actions(session: Session) -> None:
    meeting_id = new_meeting(session)
    detail = meetings.get_meeting(session, meeting_id)
    assert item_titles(session, meeting_id) == ["Acties en besluiten vorige keer"]
    assert (detail.row.minutes, detail.row.available) == (5, 60)
    with pytest.raises(UserError, match="bovenaan"):
        agenda.remove_item(session, detail.items[0].id)


def test_times_and_title_in_words(session: Session) -> None:
    row = meetings.get_meeting(session, new_meeting(session)).row
    assert when_text(row) == "donderdag 26 november, 13.30 – 14.30 uur"
    assert meeting_title(row) == "Zorgteam 26 november"


def test_a_meeting_of_another_school_year_tells_its_year(session: Session) -> None:
    meeting_id = new_meeting(session)
    meeting = session.get_one(Meeting, meeting_id)
    meeting.starts_at = meeting.starts_at.replace(year=2025)
    session.flush()
    row = meetings.load_rows(session, [meeting_id])[meeting_id]
    assert when_text(row).startswith("woensdag 26 november 2025, ")
    assert meeting_title(row) == "Zorgteam 26 november 2025"


@pytest.mark.parametrize(
    ("end", "field"),
    [(dt.datetime(2026, 11, 26, 13, 0), "ends_at"), (dt.datetime(2026, 11, 27, 14, 0), "ends_at")],
)
def test_end_comes_after_start_on_the_same_day(
    session: Session, end: dt.datetime, field: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        new_meeting(session, ends_at=end)
    assert set(wrong.value.fields) == {field}


def test_external_people_are_marked_and_removed_people_go(session: Session) -> None:
    joost = factories.make_staff(session, family_name="Veldkamp")
    people = (AttendeeDraft(joost), AttendeeDraft(external_name="Mw. Aksoy (SWV)"))
    meeting_id = new_meeting(session, attendees=people)
    shown = meetings.get_meeting(session, meeting_id).attendees
    assert [(row.name, row.external) for row in shown] == [
        ("Joost Veldkamp", False),
        ("Mw. Aksoy (SWV)", True),
    ]
    draft = meetings.edit_meeting(session, meeting_id)
    assert draft.attendees == people
    meetings.save_meeting(session, dataclasses.replace(draft, attendees=people[:1]))
    assert len(meetings.get_meeting(session, meeting_id).attendees) == 1


def test_stale_meeting_is_refused(session: Session) -> None:
    meeting_id = new_meeting(session)
    draft = meetings.edit_meeting(session, meeting_id)
    meetings.save_meeting(session, dataclasses.replace(draft, place="B2"))
    with pytest.raises(Conflict):
        meetings.save_meeting(session, dataclasses.replace(draft, place="C3"))


def test_next_meeting_is_the_first_from_today(session: Session) -> None:
    factories.make_meeting(
        session,
        starts_at=dt.datetime(2026, 11, 19, 13, 30),
        ends_at=dt.datetime(2026, 11, 19, 14, 30),
    )
    later = factories.make_meeting(session)
    first = factories.make_meeting(
        session,
        kind="peer_review",
        starts_at=dt.datetime(2026, 11, 24, 9, 0),
        ends_at=dt.datetime(2026, 11, 24, 10, 0),
    )
    found = [meetings.next_meeting(session), meetings.next_meeting(session, "care_team")]
    assert [row.id for row in found if row] == [first, later]
    assert meetings.count_planned(session) == 2


def test_propose_item_goes_to_the_next_meeting_once(session: Session) -> None:
    group_id = factories.make_group(session, name="2B")
    with pytest.raises(UserError, match="Overleg"):
        meetings.propose_item(session, "group", group_id)
    meeting_id = factories.make_meeting(session)
    assert meetings.propose_item(session, "group", group_id) == meeting_id
    assert meetings.propose_item(session, "group", group_id) == meeting_id
    assert item_titles(session, meeting_id) == [group_words("2B")]


def agenda_of_four(session: Session) -> tuple[int, list[int]]:
    meeting_id = new_meeting(session)
    for title in "XYZ":
        agenda.add_item(session, meeting_id, "free", title=title)
    return meeting_id, [item.id for item in meetings.get_meeting(session, meeting_id).items]


@pytest.mark.parametrize(
    ("item", "position", "order"),
    [(3, 2, "ZXY"), (1, 4, "YZX"), (2, 1, "YXZ"), (1, 99, "YZX"), (2, 3, "XYZ")],
)
def test_move_keeps_item_one_first(session: Session, item: int, position: int, order: str) -> None:
    meeting_id, items = agenda_of_four(session)
    agenda.move_item(session, items[item], position)
    session.flush()
    detail = meetings.get_meeting(session, meeting_id)
    assert "".join(row.title for row in detail.items[1:]) == order
    assert [row.position for row in detail.items] == [1, 2, 3, 4]


def test_last_times_item_does_not_move(session: Session) -> None:
    meeting_id, items = agenda_of_four(session)
    agenda.move_item(session, items[0], 3)
    assert meetings.get_meeting(session, meeting_id).items[0].id == items[0]


def test_removed_item_closes_the_gap_and_can_return(session: Session) -> None:
    meeting_id, items = agenda_of_four(session)
    agenda.remove_item(session, items[1])
    session.flush()
    detail = meetings.get_meeting(session, meeting_id)
    assert [(row.title, row.position) for row in detail.items[1:]] == [("Y", 2), ("Z", 3)]


def test_minutes_stay_within_reason(session: Session) -> None:
    _meeting, items = agenda_of_four(session)
    assert agenda.change_minutes(session, items[1], 5) == 10
    assert agenda.change_minutes(session, items[1], -50) == 1
    assert agenda.change_minutes(session, items[1], 999) == 240


def test_question_and_not_informed_needs_a_reason(session: Session) -> None:
    _meeting, items = agenda_of_four(session)
    draft = dataclasses.replace(
        agenda.edit_item(session, items[1]), informed="no", external_basis="consent"
    )
    with pytest.raises(Invalid) as wrong:
        agenda.save_item(session, draft)
    assert set(wrong.value.fields) == {"informed_reason", "external_note"}
    good = dataclasses.replace(draft, informed_reason="Morgen", external_note="Ouders, 20-11, zorg")
    agenda.save_item(session, good)
    session.flush()
    assert agenda.edit_item(session, items[1]).informed_reason == "Morgen"
    with pytest.raises(Conflict):
        agenda.save_item(session, good)


def test_scenario_item_shows_its_norm(session: Session) -> None:
    norms.install_catalogue(session)
    scenario_id = factories.make_scenario(session)
    meeting_id = new_meeting(session)
    agenda.add_item(session, meeting_id, "scenario", scenario_id)
    item = meetings.get_meeting(session, meeting_id).items[1]
    assert (item.title, item.detail) == ("Het is maar een grap", "Samen oefenen")
    assert item.norm == ("D", "Scoren ten koste van de ander", "burdening")


def test_decisions_come_back_next_time(session: Session) -> None:
    first, items = agenda_of_four(session)
    kept = agenda.record_decision(session, items[2], " We observeren opnieuw. ")
    wrong = agenda.record_decision(session, items[2], "Fout")
    agenda.remove_decision(session, wrong)
    agenda.change_decision(session, kept, 1, "We observeren samen.")
    session.flush()
    with pytest.raises(Conflict):
        agenda.change_decision(session, kept, 1, "Te laat")
    following = new_meeting(
        session,
        starts_at=dt.datetime(2026, 12, 3, 13, 30),
        ends_at=dt.datetime(2026, 12, 3, 14, 30),
    )
    detail = meetings.get_meeting(session, following)
    assert detail.previous_decisions == (("Y", "We observeren samen."),)
    assert detail.previous_on == dt.date(2026, 11, 26)
    assert meetings.get_meeting(session, first).previous_on is None


def test_open_actions_are_carried_over_once_per_meeting(session: Session) -> None:
    first = new_meeting(session)
    me = meetings.staff_choices(session)[0][0]
    draft = ActionDraft(text="Bellen", owner_id=me, meeting_id=first)
    left = actions.save_action(session, draft)
    done = actions.save_action(session, dataclasses.replace(draft, text="Mailen"))
    actions.finish_action(session, done)
    second = new_meeting(
        session,
        starts_at=dt.datetime(2026, 12, 3, 13, 30),
        ends_at=dt.datetime(2026, 12, 3, 14, 30),
    )
    assert [row.text for row in meetings.get_meeting(session, second).carried] == [
        "Bellen",
        "Mailen",
    ]
    meetings.hold_meeting(session, second)
    meetings.hold_meeting(session, second)
    session.flush()
    assert [session.get(Action, key).carried_over for key in (left, done)] == [1, 0]
    assert meetings.load_rows(session, [second])[second].state == "held"


def test_opening_a_meeting_is_in_the_audit_trail(session: Session) -> None:
    case_id = factories.make_case(session)
    meeting_id = factories.make_meeting(session)
    agenda.add_item(session, meeting_id, "case", case_id)
    session.flush()
    before = audit.head(session).count
    meetings.open_meeting(session, meeting_id)
    lines = session.scalars(select(AuditLine).where(AuditLine.seq > before))
    assert [(line.action, line.object_table, line.object_id) for line in lines] == [
        ("view", "meetings", meeting_id),
        ("view", "cases", case_id),
    ]


def test_attendance_is_noted(session: Session) -> None:
    meeting_id = new_meeting(session)
    person = meetings.get_meeting(session, meeting_id).attendees[0]
    meetings.set_present(session, person.id, False)
    assert meetings.get_meeting(session, meeting_id).attendees[0].present is False


def test_removed_meeting_is_gone_from_the_list(session: Session) -> None:
    meeting_id = new_meeting(session)
    meetings.remove_meeting(session, meeting_id)
    session.flush()
    assert meetings.find_ids(session) == []


def test_planned_meetings_come_first_then_held_newest(session: Session) -> None:
    def at(day: int, state: str) -> int:
        start = dt.datetime(2026, 11, day, 9, 0)
        end = start + dt.timedelta(hours=1)
        return factories.make_meeting(session, starts_at=start, ends_at=end, state=state)

    old, newer, soon, later = at(5, "held"), at(12, "held"), at(26, "planned"), at(30, "planned")
    assert meetings.find_ids(session) == [soon, later, newer, old]
    assert meetings.find_ids(session, "peer_review") == []


def test_unknown_kind_is_refused(session: Session) -> None:
    with pytest.raises(Invalid) as wrong:
        meetings.save_meeting(session, MeetingDraft(kind="party"))
    assert set(wrong.value.fields) == {"kind", "starts_at"}


def test_choices_hold_groups_and_scenarios_that_match(session: Session) -> None:
    factories.make_group(session, name="2B")
    factories.make_scenario(session)
    found = agenda.find_choices(session, "GRAP")
    assert [(choice.subject, choice.title) for choice in found] == [
        ("scenario", "Het is maar een grap")
    ]
    assert [choice.title for choice in agenda.find_choices(session, group_words("2b"))] == [
        group_words("2B")
    ]


def test_items_count_only_what_is_still_there(session: Session) -> None:
    meeting_id, items = agenda_of_four(session)
    session.get(AgendaItem, items[3]).deleted_at = session.info["context"].now
    session.flush()
    row = meetings.load_rows(session, [meeting_id])[meeting_id]
    assert (row.items, row.minutes) == (3, 15)


def test_scenarios_are_not_needed_for_an_agenda(session: Session) -> None:
    assert scenarios.count_all(session) == (0, 0)
    assert meetings.propose_items(session, new_meeting(session)) == []
