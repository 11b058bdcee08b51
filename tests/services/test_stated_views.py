"""A view stands beside the case, in the dossier too, and belongs to an involved pupil."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_case, make_pupil, make_staff
from wbos_desktop.db.base import new_uid
from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.school import Pupil, User
from wbos_desktop.domain.access import AccessDraft
from wbos_desktop.domain.audit_trail import AuditQuery
from wbos_desktop.domain.record_labels import record_label
from wbos_desktop.domain.stated_views import ViewDraft
from wbos_desktop.errors import Conflict, Invalid, NotFound
from wbos_desktop.services import (
    access,
    audit_trail,
    exports,
    history,
    removed,
    reports,
    stated_views,
    undo,
)

DAY = dt.date(2026, 11, 24)


@pytest.fixture
def case_id(session: Session) -> int:
    return make_case(session, "PST")


def draft(session: Session, **overrides: object) -> ViewDraft:
    yasmin = session.scalars(select(Pupil.id).where(Pupil.given_name == "Yasmin")).one()
    values = {"stated_by": "parent", "stated_on": DAY, "text": "Daan deed ook mee."}
    return ViewDraft(yasmin, **(values | overrides))  # type: ignore[arg-type]


def test_a_view_stands_beside_the_case(session: Session, case_id: int) -> None:
    stated_views.add_view(session, case_id, draft(session))
    (view,) = stated_views.list_views(session, case_id)
    assert (view.who, view.text) == ("Ouder van Yasmin Bakker", "Daan deed ook mee.")


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"text": "x" * 50_001},
        {"stated_on": dt.date(2026, 11, 25)},
        {"stated_on": None},
        {"stated_by": "neighbour"},
    ],
)
def test_wrong_fields_are_told(session: Session, case_id: int, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid) as caught:
        stated_views.add_view(session, case_id, draft(session, **wrong))
    assert set(caught.value.fields) == set(wrong)


def test_only_of_somebody_who_was_involved(session: Session, case_id: int) -> None:
    other = replace(draft(session), pupil_id=make_pupil(session))
    with pytest.raises(Invalid):
        stated_views.add_view(session, case_id, other)


def test_removed_with_the_version_that_was_seen(session: Session, case_id: int) -> None:
    view_id = stated_views.add_view(session, case_id, draft(session))
    with pytest.raises(Conflict):
        stated_views.remove_view(session, view_id, 9)
    stated_views.remove_view(session, view_id, 1)
    session.flush()
    assert stated_views.list_views(session, case_id) == ()


def test_hidden_with_the_case(session: Session, case_id: int) -> None:
    view_id = stated_views.add_view(session, case_id, draft(session))
    stranger = make_staff(session)
    session.info["context"] = replace(context(session), staff_id=stranger, role="member")
    for call in (
        lambda: stated_views.list_views(session, case_id),
        lambda: stated_views.pupils_of_case(session, case_id),
        lambda: stated_views.remove_view(session, view_id, 1),
    ):
        with pytest.raises(NotFound):
            call()


def test_the_dossier_shows_it_with_short_names(session: Session, case_id: int) -> None:
    stated_views.add_view(session, case_id, draft(session))
    content, _notes = exports.build(reports.case_report(session, case_id), "pdf")
    told = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "Zienswijzen van leerlingen en ouders" in told
    assert "D. deed ook mee." in told
    assert "Ouder van Y." in told
    assert "Yasmin" not in told


# What of a view reaches somebody who may not see its case


def become(session: Session, role: str) -> int:
    """Act as a new colleague; the staff id."""
    session.flush()
    staff = make_staff(session)
    user = User(staff_id=staff, role=role, slot_id=role, public_key=b"")
    session.add(user)
    session.flush()
    me = replace(context(session), user_id=user.id, staff_id=staff, role=role)
    session.info["context"] = me
    next_gesture(session)
    return staff


def next_gesture(session: Session) -> None:
    session.flush()
    session.info["gesture"] = new_uid()
    session.info.pop("undoes", None)


@pytest.fixture
def hidden(session: Session, case_id: int) -> int:
    """A view beside a case of level 'named', where the fixture's user is the owner."""
    session.get_one(Case, case_id).level = "named"
    view_id = stated_views.add_view(session, case_id, draft(session, text="GEHEIM oom"))
    next_gesture(session)
    return view_id


def passages(session: Session) -> str:
    yasmin = session.scalars(select(Pupil.id).where(Pupil.given_name == "Yasmin")).one()
    request = access.open_request(session, AccessDraft(yasmin, "parent", "Ouder", DAY))
    return repr(access.get_detail(session, request).passages)


def audited(session: Session) -> list[str]:
    """Names of the views in the audit trail."""
    ids = audit_trail.find_ids(session, AuditQuery())
    rows = audit_trail.read_rows(session, ids, names=True)
    return [row.name for row in rows if row.kind == record_label("stated_views")]


def test_a_request_for_access_shows_no_view_of_a_hidden_case(session: Session, hidden: int) -> None:
    assert "GEHEIM" in passages(session)
    become(session, "coordinator")
    assert "GEHEIM" not in passages(session)


def test_the_audit_trail_names_a_view_after_the_pupil_and_shields_a_hidden_one(
    session: Session, hidden: int
) -> None:
    seen = audited(session)
    assert "Yasmin Bakker" in seen
    assert "GEHEIM" not in repr(seen)
    become(session, "coordinator")
    assert "Yasmin Bakker" not in audited(session)


def test_the_bin_hides_a_view_of_a_hidden_case(session: Session, hidden: int) -> None:
    stated_views.remove_view(session, hidden, 1)
    next_gesture(session)
    assert [(row.table, row.name) for row in removed.list_bin(session)] == [
        ("stated_views", "Yasmin Bakker")
    ]
    become(session, "coordinator")
    assert removed.list_bin(session) == []
    with pytest.raises(NotFound):
        removed.put_back(session, "stated_views", hidden)


@pytest.mark.parametrize("way", ["undo", "bin"])
def test_a_member_who_owns_the_case_takes_a_removed_view_back(
    session: Session, case_id: int, hidden: int, way: str
) -> None:
    owner = become(session, "member")
    session.get_one(Case, case_id).owner_id = owner
    next_gesture(session)
    stated_views.remove_view(session, hidden, 1)
    next_gesture(session)
    assert [row.table for row in removed.list_bin(session)] == ["stated_views"]
    if way == "undo":
        assert undo.undo_last(session)
    else:
        removed.put_back(session, "stated_views", hidden)
    session.flush()
    assert len(stated_views.list_views(session, case_id)) == 1


def test_the_history_of_the_case_tells_of_its_views(
    session: Session, case_id: int, hidden: int
) -> None:
    told = repr(history.load_history(session, "cases", case_id))
    assert "GEHEIM oom" in told
