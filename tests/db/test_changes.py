"""The hook behind every write: stamps, history, audit chain, undo."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db import audit, changes
from wbos_desktop.db.base import new_uid
from wbos_desktop.db.models.incidents import IncidentGroup
from wbos_desktop.db.models.school import Pupil, School, User
from wbos_desktop.db.models.system import AuditLine, Change
from wbos_desktop.domain.drafts import KeptForm
from wbos_desktop.errors import Conflict
from wbos_desktop.services import drafts, undo


def next_gesture(session: Session) -> None:
    session.flush()
    session.info["gesture"] = new_uid()
    session.info.pop("undoes", None)


def test_a_new_record_is_stamped_and_noted(session: Session) -> None:
    pupil = session.get_one(Pupil, factories.make_pupil(session))
    assert pupil.version == 1
    assert pupil.created_by == session.info["context"].user_id
    assert session.scalar(select(AuditLine.action).order_by(AuditLine.seq.desc())) == "insert"


def test_an_update_keeps_before_and_after(session: Session) -> None:
    school = session.scalars(select(School)).one()
    school.name = "De Beuk"
    session.flush()
    change = session.scalars(select(Change).where(Change.field == "name")).one()
    assert (change.before, change.after) == ({"v": "De Linde"}, {"v": "De Beuk"})
    assert changes.touched(session) >= {"school"}


def test_audit_lines_hold_no_values(session: Session) -> None:
    factories.make_pupil(session, given_name="SENTINEL")
    rows = session.execute(select(AuditLine.__table__)).all()
    assert rows
    assert "SENTINEL" not in repr(rows)


@pytest.mark.parametrize("damage", ["edit", "drop", "swap", "cut", "none"])
def test_tampering_with_the_audit_is_found(session: Session, damage: str) -> None:
    for _ in range(5):
        factories.make_pupil(session)
    head = audit.head(session)
    seq = head.count - 2
    lines = AuditLine.__table__.c
    if damage == "edit":
        session.execute(update(AuditLine).where(lines.seq == seq).values(object_id=99))
    elif damage == "drop":
        session.execute(delete(AuditLine).where(lines.seq == seq))
    elif damage == "swap":
        session.execute(update(AuditLine).where(lines.seq == seq).values(seq=-1))
        session.execute(update(AuditLine).where(lines.seq == seq + 1).values(seq=seq))
        session.execute(update(AuditLine).where(lines.seq == -1).values(seq=seq + 1))
    elif damage == "cut":
        session.execute(delete(AuditLine).where(lines.seq > seq))
    session.expire_all()
    found = [(one.kind, one.first, one.last) for one in audit.find_breaks(session, head)]
    expected = {
        "edit": [("changed", seq, seq)],
        "drop": [("missing", seq, seq)],
        "swap": [("swapped", seq, seq + 1)],
        "cut": [("cut", seq + 1, head.count)],
        "none": [],
    }
    assert found == expected[damage]


def test_undo_puts_an_update_back(session: Session) -> None:
    pupil = session.get_one(Pupil, factories.make_pupil(session))
    next_gesture(session)
    pupil.given_name = "Sem"
    next_gesture(session)
    assert undo.undo_last(session)
    session.flush()
    assert pupil.given_name == "Daan"


def test_undo_hides_a_new_record_and_restores_a_removed_one(session: Session) -> None:
    pupil_id = factories.make_pupil(session)
    next_gesture(session)
    session.delete(session.get_one(Pupil, pupil_id))
    next_gesture(session)
    undo.undo_last(session)
    next_gesture(session)
    assert session.scalar(select(Pupil.given_name).where(Pupil.id == pupil_id)) == "Daan"
    undo.undo_last(session)
    session.flush()
    assert session.scalar(select(func.count()).where(Pupil.id == pupil_id)) == 0


def test_undo_refuses_when_somebody_else_changed_it_since(session: Session) -> None:
    pupil = session.get_one(Pupil, factories.make_pupil(session))
    next_gesture(session)
    pupil.given_name = "Sem"
    next_gesture(session)
    me = session.info["context"]
    colleague = User(staff_id=factories.make_staff(session), role="member")
    session.add(colleague)
    next_gesture(session)
    session.info["context"] = replace(me, user_id=colleague.id)
    pupil.given_name = "Samuel"
    next_gesture(session)
    session.info["context"] = me
    with pytest.raises(Conflict):
        undo.undo_last(session)


def test_undo_goes_back_twenty_gestures_and_no_further(session: Session) -> None:
    pupil = session.get_one(Pupil, factories.make_pupil(session))
    for n in range(25):
        next_gesture(session)
        pupil.given_name = f"Naam {n}"
    for _ in range(30):
        next_gesture(session)
        undo.undo_last(session)
    assert pupil.given_name == "Naam 4"


def test_a_read_session_refuses_to_write(engine: object, session: Session) -> None:
    session.commit()
    with Session(session.get_bind()) as reader:
        changes.forbid_writes(reader)
        reader.add(School(name="x"))
        with pytest.raises(AssertionError, match="must not write"):
            reader.flush()


def test_a_draft_is_kept_and_forgotten(session: Session) -> None:
    drafts.keep_form(session, KeptForm("incident", values={"text": "half"}))
    drafts.keep_form(session, KeptForm("incident", values={"text": "half een zin"}))
    found = drafts.find_form(session, "incident")
    assert found is not None
    assert found.values == {"text": "half een zin"}
    assert [row.form for row in drafts.list_drafts(session)] == ["incident"]
    assert drafts.throw_away(session, "incident") == found
    assert drafts.list_drafts(session) == []


def test_groups_of_an_incident_are_in_history_and_undo(session: Session) -> None:
    incident_id = factories.make_incident(session)
    other = factories.make_group(session)
    next_gesture(session)
    session.add(IncidentGroup(incident_id=incident_id, group_id=other, position=1))
    next_gesture(session)
    links = select(func.count()).where(
        IncidentGroup.incident_id == incident_id, IncidentGroup.group_id == other
    )
    noted = session.scalars(select(Change).order_by(Change.id.desc())).first()
    assert noted is not None
    assert (noted.kind, noted.record_id, (noted.after or {})["v"]) == ("link", incident_id, other)
    undo.undo_last(session)
    next_gesture(session)
    assert session.scalar(links) == 0


def test_a_group_taken_off_an_incident_comes_back_by_undo(session: Session) -> None:
    incident_id = factories.make_incident(session)
    next_gesture(session)
    link = session.scalars(select(IncidentGroup)).one()
    group_id = link.group_id
    session.delete(link)
    next_gesture(session)
    undo.undo_last(session)
    session.flush()
    found = session.scalars(select(IncidentGroup)).one()
    assert (found.incident_id, found.group_id) == (incident_id, group_id)
