"""What goes with an erased record follows from the schema; a new table must be thought about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db import erasing, texts
from wbos_desktop.db.base import Base
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.meetings import Action, AgendaItem, Decision

PACKAGE = Path(__file__).parents[2] / "wbos_desktop"
ROOTS = ("pupils", "cases", "incidents", "meetings", "agenda_items", "involved_persons")
# These links are emptied and the row stays: it is about more than the erased record.
EMPTIED = {
    "involved_persons.pupil_id",
    "scenario_uses.case_id",
    "case_steps.involved_id",
}


def links() -> dict[str, bool]:
    """'table.column' of every link to a record that can be erased, and whether its row stays."""
    found = {}
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name in ROOTS and table.name != "changes":
                column = key.parent
                goes = (table.name, column.name) in erasing._GO_ALONG or not column.nullable
                found[f"{table.name}.{column.name}"] = not goes
    return found


def test_every_link_to_what_can_be_erased_was_thought_about() -> None:
    found = links()
    assert len(found) > 20
    assert {name for name, stays in found.items() if stays} == EMPTIED


def test_rows_are_removed_for_good_in_one_place() -> None:
    words = re.compile(r"^from sqlalchemy import .*\bdelete\b|^    delete,$", re.MULTILINE)
    places = {path.name for path in PACKAGE.rglob("*.py") if words.search(path.read_text("utf-8"))}
    assert places == {"erasing.py"}


def test_every_column_that_holds_typed_text_is_searched() -> None:
    searched = {table.name for table in texts._tables()}
    assert {"incidents", "case_log", "profiles", "decisions", "drafts", "exports"} <= searched
    assert {"attachments", "stated_views", "access_passages", "retention_holds"} <= searched
    assert not {"pupils", "staff", "audit"} & searched


@pytest.mark.parametrize("in_case", [True, False])
def test_an_action_of_a_case_outlives_its_meeting(session: Session, in_case: bool) -> None:
    case = factories.make_case(session)
    meeting = factories.make_meeting(session)
    item = AgendaItem(meeting_id=meeting, position=1, subject="free")
    session.add(item)
    session.flush()
    action = Action(
        text="Bel", meeting_id=meeting, agenda_item_id=item.id, case_id=case if in_case else None
    )
    session.add_all([action, Decision(meeting_id=meeting, agenda_item_id=item.id, text="ja")])
    session.flush()
    action_id = action.id
    plan = erasing.gather(session, "meetings", {meeting})
    counts = plan.counts()
    assert (counts["agenda_items"], counts["decisions"]) == (1, 1)
    erasing.remove(session, plan)
    kept = session.get(Action, action_id)
    assert (kept is not None) is in_case
    if kept is not None:
        assert (kept.meeting_id, kept.agenda_item_id, kept.case_id) == (None, None, case)


def test_what_lies_in_the_bin_goes_too(session: Session) -> None:
    case = factories.make_case(session)
    incident = session.query(Incident).filter_by(case_id=case).one()
    incident.deleted_at = incident.created_at
    session.flush()
    plan = erasing.gather(session, "cases", {case})
    assert incident.id in plan.rows["incidents"]
