"""Actions in one list, and the agenda that is proposed from groups, cases and norms."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.words import group_words
from wbos_desktop.db.context import Context, context
from wbos_desktop.db.models.cases import Case, CaseViewer
from wbos_desktop.domain.actions import ActionDraft, ActionQuery
from wbos_desktop.errors import Conflict, Invalid, NotFound
from wbos_desktop.services import actions, agenda, meetings, norms, scenario_choice, scenarios


def add(session: Session, text: str, day: int | None, **values: object) -> int:
    due = dt.date(2026, 11, day) if day else None
    owner = values.pop("owner_id", context(session).staff_id)
    return actions.save_action(
        session, ActionDraft(text=text, owner_id=owner, due_on=due, **values)
    )


def texts(session: Session, query: ActionQuery) -> list[str]:
    return [row.text for row in actions.find_rows(session, query)]


def test_earliest_first_and_without_date_last(session: Session) -> None:
    for text, day in (("geen", None), ("laat", 27), ("vroeg", 20)):
        add(session, text, day)
    assert texts(session, ActionQuery()) == ["vroeg", "laat", "geen"]
    assert texts(session, ActionQuery(due_until=dt.date(2026, 11, 20))) == ["vroeg"]


def test_late_follows_school_days(session: Session) -> None:
    add(session, "vrijdag", 20)
    add(session, "zondag", 22)
    add(session, "vandaag", 24)
    late = {row.text: row.overdue for row in actions.find_open_actions(session)}
    assert late == {"vrijdag": True, "zondag": True, "vandaag": False}


def test_mine_only(session: Session) -> None:
    add(session, "mijn", 25)
    add(session, "ander", 25, owner_id=factories.make_staff(session))
    assert [row.text for row in actions.find_open_actions(session, mine=True)] == ["mijn"]
    assert len(actions.find_open_actions(session)) == 2


def test_finish_reopen_drop_and_remove(session: Session) -> None:
    key = add(session, "Bellen", 25)
    actions.finish_action(session, key)
    row = actions.load_rows(session, [key])[key]
    assert (row.state, row.done_on) == ("done", dt.date(2026, 11, 24))
    actions.reopen_action(session, key)
    assert actions.load_rows(session, [key])[key].done_on is None
    actions.drop_action(session, key)
    assert texts(session, ActionQuery(state="dropped")) == ["Bellen"]
    actions.remove_action(session, key)
    session.flush()
    with pytest.raises(NotFound):
        actions.edit_action(session, key)


def test_action_needs_text_and_owner(session: Session) -> None:
    with pytest.raises(Invalid) as wrong:
        actions.save_action(session, ActionDraft(text=" "))
    assert set(wrong.value.fields) == {"text", "owner_id"}


def test_stale_action_is_refused(session: Session) -> None:
    draft = actions.edit_action(session, add(session, "Bellen", 25))
    actions.save_action(session, dataclasses.replace(draft, text="Mailen"))
    session.flush()
    with pytest.raises(Conflict):
        actions.save_action(session, dataclasses.replace(draft, text="Appen"))


def test_action_tells_where_it_came_from(session: Session) -> None:
    group_id = factories.make_group(session, name="2B")
    meeting_id = factories.make_meeting(session)
    keys = [
        add(session, "groep", 25, group_id=group_id, meeting_id=meeting_id),
        add(session, "overleg", 25, meeting_id=meeting_id),
        add(session, "los", 25),
    ]
    rows = actions.load_rows(session, keys)
    assert [rows[key].about for key in keys] == [group_words("2B"), "Overleg do 26 nov", ""]


def hide_case(session: Session, case_id: int) -> None:
    case = session.get(Case, case_id)
    case.level, case.owner_id = "named", factories.make_staff(session)
    for viewer in session.scalars(select(CaseViewer).where(CaseViewer.case_id == case_id)):
        session.delete(viewer)
    session.flush()


def test_actions_of_a_hidden_case_stay_hidden(session: Session) -> None:
    case_id = factories.make_case(session)
    add(session, "geheim", 25, owner_id=factories.make_staff(session), case_id=case_id)
    add(session, "van mij", 25, case_id=case_id)
    hide_case(session, case_id)
    assert texts(session, ActionQuery(case_id=case_id)) == ["van mij"]


def test_hidden_case_shows_nothing_on_the_agenda(session: Session) -> None:
    case_id = factories.make_case(session)
    meeting_id = factories.make_meeting(session)
    item_id = agenda.add_item(session, meeting_id, "case", case_id)
    agenda.record_decision(session, item_id, "Geheim besluit")
    hide_case(session, case_id)
    assert agenda.load_items(session, meeting_id) == ()
    assert agenda.find_choices(session, "geheim") == []


def test_case_item_names_number_protocol_and_late_steps(session: Session) -> None:
    case_id = factories.make_case(session)
    meeting_id = factories.make_meeting(session)
    agenda.add_item(session, meeting_id, "case", case_id)
    item = agenda.load_items(session, meeting_id)[0]
    case = session.get(Case, case_id)
    assert item.title == f"{case.number} {case.title}"
    who = context(session)
    later = who.now + dt.timedelta(days=14)
    session.info["context"] = Context(who.user_id, who.staff_id, who.role, later, later.date())
    assert "te laat" in agenda.load_items(session, meeting_id)[0].detail


def test_agenda_is_proposed_with_reasons(session: Session) -> None:
    norms.install_catalogue(session)
    scenarios.install_catalogue(session)
    group_id = factories.make_group(session, name="2B")
    factories.make_profile(session, group_id, observed_on=dt.date(2026, 10, 1))
    case_id = factories.make_case(session, group_ids=(group_id,))
    meeting_id = meetings.save_meeting(session, meetings.edit_meeting(session, None))
    found = {row.subject: row for row in meetings.propose_items(session, meeting_id)}
    assert (found["group"].record_id, found["case"].record_id) == (group_id, case_id)
    assert all(row.reason for row in found.values())
    assert "Scoren ten koste van de ander" in found["scenario"].reason
    chosen = [(row.subject, row.record_id) for row in found.values()]
    meetings.add_proposals(session, meeting_id, chosen)
    session.flush()
    left = meetings.propose_items(session, meeting_id)
    assert not {(row.subject, row.record_id) for row in left} & set(chosen)


def test_case_gets_the_scenarios_its_protocol_names(session: Session) -> None:
    norms.install_catalogue(session)
    scenarios.install_catalogue(session)
    case_id = factories.make_case(session)
    found = scenario_choice.matching_scenarios(session, case_id=case_id)
    assert found
    assert found[0].reason.startswith("Het protocol noemt het bij ‘")
    assert scenario_choice.open_cases(session)[0][0] == case_id
