"""What is erased is gone from every row, from history and from what others typed."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.leftovers import rows_with
from tests.services.erasable import finished, known, make_everywhere, uid_of
from wbos_desktop import i18n
from wbos_desktop.db import audit
from wbos_desktop.db.base import new_uid
from wbos_desktop.db.models.attachments import AttachmentChunk, AttachmentContent
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.incidents import InvolvedPerson
from wbos_desktop.db.models.keeping import Destruction
from wbos_desktop.db.models.profiles import Observation, ObservationPupil, Profile
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.db.models.system import AuditLine, Change, Draft
from wbos_desktop.domain.drafts import KeptForm
from wbos_desktop.domain.retention import Target
from wbos_desktop.errors import Conflict, Invalid, UserError
from wbos_desktop.services import drafts, erasure, retention, undo
from wbos_desktop.services.mentions import find_mentions


def erase(session: Session, *targets: Target, reason: str = "Termijn voorbij") -> int:
    """Begin a job and do it to its end, in this transaction."""
    return finished(session, erasure.begin(session, targets, reason))


def due(session: Session, kind: str) -> list[Target]:
    items = [item for item in retention.proposal(session).items if item.kind == kind]
    return [target for item in items for target in item.targets]


def test_nothing_of_an_erased_pupil_is_left(session: Session) -> None:
    there = make_everywhere(session)
    assert len(rows_with(session, "zebedeus")) > 15  # else this test is blind
    erase(session, *due(session, "cases"), *due(session, "pupils"))
    assert known(session, there) == (False, False, True, 1)
    for word in ("zebedeus", "quispel", "ZBD"):
        assert rows_with(session, word) == []


def test_the_record_that_another_pupil_needs_stays_without_the_name(session: Session) -> None:
    there = make_everywhere(session)
    erase(session, *due(session, "pupils"))
    assert session.get(Case, there.shared_case) is not None
    people = session.scalars(select(InvolvedPerson).order_by(InvolvedPerson.id)).all()
    assert [(p.pupil_id, p.unknown, p.account) for p in people[1:]] == [
        (None, True, ""),
        (there.other, False, ""),
    ]
    texts = session.scalars(select(Observation.text)).all()
    assert texts == ["een leerling’s grap"]


def test_what_stands_for_a_name_is_dutch_in_every_window(session: Session) -> None:
    make_everywhere(session)
    i18n.activate("en")
    erase(session, *due(session, "pupils"))
    assert session.scalars(select(Observation.text)).all() == ["een leerling’s grap"]


def test_attachments_go_and_shared_contents_stay(session: Session) -> None:
    make_everywhere(session)
    erase(session, *due(session, "cases"))
    assert session.scalar(select(func.count()).select_from(AttachmentContent)) == 1
    assert session.scalar(select(func.count()).select_from(AttachmentChunk)) == 1


def test_undo_and_history_know_nothing_of_it(session: Session) -> None:
    there = make_everywhere(session)
    case = there.own_case
    session.info["gesture"] = new_uid()
    session.get_one(Case, case).title = "Zebedeus weer"
    session.flush()
    erase(session, *due(session, "cases"))
    about = select(func.count()).where(Change.table_name == "cases", Change.record_id == case)
    assert session.scalar(about) == 0
    with suppress(UserError):
        undo.undo_last(session)
    assert session.get(Case, case) is None


def test_the_audit_trail_stays_whole_and_names_the_ids(session: Session) -> None:
    there = make_everywhere(session)
    erase(session, *due(session, "pupils"))
    assert audit.find_breaks(session, audit.head(session)) == []
    line = select(AuditLine.action).where(
        AuditLine.object_table == "pupils", AuditLine.object_id == there.pupil
    )
    assert "purge" in set(session.scalars(line))


def test_the_report_counts_and_names_nobody(session: Session) -> None:
    make_everywhere(session)
    job = erase(session, *due(session, "cases"), *due(session, "pupils"))
    row = retention.get_destruction(session, job)
    assert (row.state, row.left, row.by) == ("done", 0, "Karin Bosman")
    counts = {"cases": 1, "incidents_inside": 1, "attachments": 1, "pupils": 1}
    # What stayed is told apart: it was not erased.
    assert dict(row.counts) == {**counts, erasure.STAYED: 1}
    assert row.reason == "Termijn voorbij"


def test_a_reason_with_a_name_is_refused(session: Session) -> None:
    make_everywhere(session)
    targets = due(session, "pupils")
    with pytest.raises(Invalid):
        erasure.begin(session, targets, "Zebedeus is weg")


def test_what_is_not_due_is_refused(session: Session) -> None:
    there = make_everywhere(session)
    with pytest.raises(Conflict):
        erasure.begin(session, [Target("cases", uid_of(session, "cases", there.shared_case))], "x")
    with pytest.raises(Conflict):
        erasure.begin(session, [], "niets")


def test_a_shared_name_is_left_for_a_person_to_decide(session: Session) -> None:
    there = make_everywhere(session)
    factories.make_pupil(session, given_name="Zebedeus", name_prefix="van", family_name="Quispel")
    found = find_mentions(session, [there.pupil])[there.pupil]
    assert not found.full
    assert "scenario_uses" in found.given


def test_a_job_that_was_cut_off_goes_on(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "BATCH", 3)
    pupils = [factories.make_pupil(session, left_on=dt.date(2023, 7, 1)) for _ in range(10)]
    job = erasure.begin(session, due(session, "pupils"), "")
    assert erasure.erase_batch(session, job, {}) == 7
    assert retention.next_due(session).running == 7
    while erasure.erase_batch(session, job, {}):
        pass
    erasure.finish(session, job)
    assert dict(retention.get_destruction(session, job).counts) == {"pupils": len(pupils)}
    assert session.scalar(select(func.count()).select_from(Pupil)) == 0


def test_marks_bring_the_erasing_back_after_a_restore(session: Session) -> None:
    there = make_everywhere(session)
    job = erasure.begin(session, [*due(session, "cases"), *due(session, "pupils")], "")
    marks = erasure.marks_of(session, job)
    assert len(marks) == len(set(marks)) == 3  # the pupil, the case and its incident
    assert all(len(mark) == 16 for mark in marks)
    session.delete(session.get_one(Destruction, job))
    session.flush()
    assert erasure.erase_again(session, marks) == 3
    session.expire_all()
    assert known(session, there)[:2] == (False, False)
    assert rows_with(session, "zebedeus") == []
    i18n.activate("en")
    assert retention.list_destructions(session)[0].reason.startswith("Erased again")
    assert erasure.erase_again(session, marks) == 0


def test_observations_lose_their_names_after_their_term(session: Session) -> None:
    there = make_everywhere(session)
    profile = session.scalars(select(Profile)).one()
    profile.observed_on = dt.date(2024, 3, 1)
    profile.heard = "Yasmin zei tegen zebedeus dat het klopt"
    session.flush()
    erase(session, *due(session, "profiles"))
    profile = session.scalars(select(Profile)).one()
    assert profile.heard == "een leerling zei tegen een leerling dat het klopt"
    assert (profile.by_whom, profile.influence) == ("", "een leerling bepaalt")
    assert profile.anonymised_on == dt.date(2026, 11, 24)
    assert due(session, "profiles") == due(session, "positions") == []
    assert session.get(Pupil, there.pupil) is not None


def test_unfinished_observations_go_when_a_group_becomes_nameless(session: Session) -> None:
    old, new = factories.make_group(session), factories.make_group(session)
    profile = session.get_one(Profile, factories.make_profile(session, old))
    for form in ("profile", "observation", "presence"):
        for group in (old, new):
            place = ("observe", group, None)
            drafts.keep_form(session, KeptForm(form, group, {"seen": "Zij huilt"}, place=place))
    job = erasure.begin_job(session, [Target("profiles", profile.uid)], "Termijn voorbij")
    erasure.erase_batch(session, job, {})
    session.expire_all()
    left = {tuple(draft.data["place"]) for draft in session.scalars(select(Draft))}
    assert left == {("observe", new, None)}


def test_links_of_pupils_go_at_the_end_of_the_school_year(session: Session) -> None:
    make_everywhere(session)
    targets = due(session, "positions")
    assert len(targets) == 1
    erase(session, *targets)
    assert session.scalars(select(ObservationPupil.id)).all() == []
    assert "Zebedeus" in session.scalars(select(Observation.text)).one()


def test_a_person_taken_out_of_a_report_leaves_no_history(session: Session) -> None:
    there = make_everywhere(session)
    person = InvolvedPerson(incident_id=2, pupil_id=there.pupil, account="Quispel was het")
    session.add(person)
    session.flush()
    session.delete(person)
    session.flush()
    assert "changes.before" in rows_with(session, "quispel was het")
    erase(session, *due(session, "cases"), *due(session, "pupils"))
    assert rows_with(session, "quispel") == []
