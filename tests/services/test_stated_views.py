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
from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.domain.stated_views import ViewDraft
from wbos_desktop.errors import Conflict, Invalid, NotFound
from wbos_desktop.services import exports, reports, stated_views

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
