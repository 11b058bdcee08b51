"""A request for access is complete, judged passage by passage, and names nobody else."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_case, make_group, make_staff
from wbos_desktop import i18n
from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, CaseStep
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.db.models.keeping import StatedView
from wbos_desktop.db.models.profiles import Observation, ObservationPupil
from wbos_desktop.db.models.school import Pupil, User
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.domain.access import AccessChecks, AccessDraft, Passage, due_day
from wbos_desktop.errors import Conflict, Invalid, NotAllowed
from wbos_desktop.services import access, access_report, audit_subjects, cases, exports, today

RECEIVED = dt.date(2026, 11, 20)


def pupil_named(session: Session, name: str) -> int:
    return session.scalars(select(Pupil.id).where(Pupil.given_name == name)).one()


@pytest.fixture
def case_id(session: Session) -> int:
    """Yasmin (affected), Daan and Sem; texts that name them."""
    case_id = make_case(session, "PST", text="Daan en Sem lachten Yasmin uit. Yasmin liep weg.")
    for person in session.scalars(select(InvolvedPerson)):
        name = session.get_one(Pupil, person.pupil_id).given_name
        person.account = f"Verhaal van {name}"
    cases.add_note(session, case_id, "Moeder van Yasmin gebeld, Daan was er ook bij.")
    session.flush()
    return case_id


@pytest.fixture
def request_id(session: Session, case_id: int) -> int:
    draft = AccessDraft(pupil_named(session, "Yasmin"), "parent", "Mevrouw Amrani", RECEIVED)
    return access.open_request(session, draft)


def texts(session: Session, request_id: int) -> dict[str, Passage]:
    return {p.text: p for p in access.get_detail(session, request_id).passages}


def judge_all(session: Session, request_id: int) -> None:
    for passage in access.get_detail(session, request_id).passages:
        reason = "Gaat over een ander" if passage.decision == "leave_out" else ""
        access.decide_passage(session, request_id, passage.key, passage.decision, reason)
    session.flush()


def check(session: Session, request_id: int) -> int:
    version = access.get_detail(session, request_id).row.version
    checks = AccessChecks(RECEIVED, "paspoort gezien", RECEIVED, "leerlingsysteem", version)
    access.save_checks(session, request_id, checks)
    session.flush()
    return access.get_detail(session, request_id).row.version


@pytest.mark.parametrize(
    ("received", "extended", "due"),
    [
        (dt.date(2026, 11, 20), False, dt.date(2026, 12, 20)),
        (dt.date(2027, 1, 31), False, dt.date(2027, 2, 28)),
        (dt.date(2028, 1, 31), False, dt.date(2028, 2, 29)),
        (dt.date(2026, 11, 30), True, dt.date(2027, 2, 28)),
        (dt.date(2026, 12, 15), False, dt.date(2027, 1, 15)),
    ],
)
def test_the_term_is_a_month_or_three(received: dt.date, extended: bool, due: dt.date) -> None:
    assert due_day(received, extended=extended) == due


def test_a_dutch_copy_holds_no_english_line_of_a_colleague(
    session: Session, request_id: int, case_id: int
) -> None:
    i18n.activate("en")
    cases.end_track(session, case_id, "repair", "refused", "De ouders van Daan willen het niet")
    session.flush()
    judge_all(session, request_id)
    i18n.activate("nl")
    found = {passage.key: passage for passage in access.get_detail(session, request_id).passages}
    lines = [p.text for key, p in found.items() if key.table == "case_log"]
    assert "Spoor beëindigd: Herstel, Niet gewenst" in lines
    assert not [line for line in lines if line.startswith(("Track", "Case", "\t"))]
    assert all(p.judged for p in found.values())  # another language asks for no second look


def test_a_step_that_went_with_its_track_does_not_tell_who_refused(
    session: Session, request_id: int, case_id: int
) -> None:
    step = CaseStep(
        case_id=case_id, code="", track="repair", position=1, title="Praat", state="open"
    )
    session.add(step)
    session.flush()
    cases.end_track(session, case_id, "repair", "refused", "De ouders van Daan willen het niet")
    session.flush()
    of_step = [p for p in texts(session, request_id).values() if p.key.field == "skipped_reason"]
    assert of_step
    assert {p.decision for p in of_step} == {"leave_out"}


def test_every_text_about_the_pupil_is_there(session: Session, request_id: int) -> None:
    found = texts(session, request_id)
    assert "Daan en Sem lachten Yasmin uit. Yasmin liep weg." in found
    assert "Verhaal van Yasmin" in found
    assert "Moeder van Yasmin gebeld, Daan was er ook bij." in found


def test_what_belongs_to_others_stays_out(session: Session, request_id: int) -> None:
    daan = session.scalars(
        select(InvolvedPerson).where(InvolvedPerson.pupil_id == pupil_named(session, "Daan"))
    ).one()
    step = session.scalars(select(CaseStep).where(CaseStep.involved_id == daan.id)).first()
    assert step is not None
    step.remark = "Daan had spijt"
    session.flush()
    found = texts(session, request_id)
    assert not {"Verhaal van Daan", "Verhaal van Sem", "Daan had spijt"} & set(found)


def test_names_of_others_are_proposed_masked(session: Session, request_id: int) -> None:
    told = texts(session, request_id)["Daan en Sem lachten Yasmin uit. Yasmin liep weg."]
    assert told.decision == "mask"
    assert told.masked == (
        "een medeleerling en een medeleerling lachten Yasmin uit. Yasmin liep weg."
    )
    assert texts(session, request_id)["Verhaal van Yasmin"].decision == "show"


def test_two_others_of_one_name_are_masked_too(session: Session, request_id: int) -> None:
    from tests.factories import make_pupil

    make_pupil(session, given_name="Daan", family_name="Visser")
    told = texts(session, request_id)["Daan en Sem lachten Yasmin uit. Yasmin liep weg."]
    assert "Daan" not in told.masked


def test_observations_views_and_group_texts(session: Session, request_id: int) -> None:
    pupil_id, today = pupil_named(session, "Yasmin"), context(session).today
    one = Observation(group_id=make_group(session), observed_on=today, text="Zit alleen")
    one.pupils.append(ObservationPupil(pupil_id=pupil_id))
    view = StatedView(
        subject_table="incidents",
        subject_id=1,
        pupil_id=pupil_id,
        stated_by="parent",
        stated_on=today,
        text="Wij zien dat anders",
    )
    session.add_all([one, view])
    session.flush()
    assert {"Zit alleen", "Wij zien dat anders"} <= set(texts(session, request_id))


def hide_from_reporter(session: Session, case_id: int) -> Incident:
    """Another coordinator, who reported it, acts; the case is of level 'named'."""
    staff = make_staff(session)
    user = User(staff_id=staff, role="coordinator", slot_id="x", public_key=b"")
    incident = session.scalars(select(Incident).where(Incident.case_id == case_id)).one()
    session.get_one(Case, case_id).level = "named"
    incident.reporter_id = staff
    session.add(user)
    session.flush()
    session.info["context"] = replace(context(session), user_id=user.id, staff_id=staff)
    return incident


def test_a_reporter_gets_the_report_and_no_handling_of_a_hidden_case(
    session: Session, case_id: int, request_id: int
) -> None:
    person = session.scalars(
        select(InvolvedPerson).where(InvolvedPerson.pupil_id == pupil_named(session, "Yasmin"))
    ).one()
    person.role_note, person.parents_informed_how = "bang", "thuis"
    handling = {"Verhaal van Yasmin", "bang", "thuis"}
    session.flush()
    assert handling <= set(texts(session, request_id))
    incident = hide_from_reporter(session, case_id)
    assert set(texts(session, request_id)) == {incident.text}
    person.created_at += dt.timedelta(days=1)  # came in with the handling
    session.flush()
    assert texts(session, request_id) == {}


def test_who_saw_a_pupil_tells_nothing_of_a_hidden_case(
    session: Session, case_id: int, request_id: int
) -> None:
    yasmin = pupil_named(session, "Yasmin")
    assert audit_subjects.of_pupil(session, yasmin).ids["involved_persons"]
    hide_from_reporter(session, case_id)
    seen = audit_subjects.of_pupil(session, yasmin)
    assert seen.ids["involved_persons"] == seen.ids["incidents"] == set()


def test_a_changed_text_asks_for_a_new_look(session: Session, request_id: int) -> None:
    judge_all(session, request_id)
    assert access.get_detail(session, request_id).open_passages == 0
    incident = session.scalars(select(Incident)).one()
    incident.text = "Het ging anders: Sem lachte."
    session.flush()
    assert access.get_detail(session, request_id).open_passages == 1


def test_nothing_is_given_before_checks_and_looks(session: Session, request_id: int) -> None:
    version = access.get_detail(session, request_id).row.version
    with pytest.raises(Invalid, match="wie het vraagt"):
        access.give(session, request_id, RECEIVED, "in een gesprek", version)
    version = check(session, request_id)
    with pytest.raises(Invalid, match="alle passages"):
        access.give(session, request_id, RECEIVED, "in een gesprek", version)
    judge_all(session, request_id)
    access.give(session, request_id, context(session).today, "in een gesprek", version)
    session.flush()
    assert access.get_detail(session, request_id).row.state == "given"
    assert access.running(session) == []


def test_leaving_out_needs_a_reason(session: Session, request_id: int) -> None:
    passage = access.get_detail(session, request_id).passages[0]
    with pytest.raises(Invalid):
        access.decide_passage(session, request_id, passage.key, "leave_out", " ")


def test_extending_once_and_in_time(session: Session, request_id: int) -> None:
    version = access.get_detail(session, request_id).row.version
    access.extend(session, request_id, "Veel stukken", version)
    session.flush()
    row = access.get_detail(session, request_id).row
    assert (row.due_on, row.extension_reason) == (dt.date(2027, 2, 20), "Veel stukken")
    with pytest.raises(Invalid):
        access.extend(session, request_id, "Nog meer", row.version)
    with pytest.raises(Conflict):
        access.end_otherwise(session, request_id, "withdrawn", "Belde af", version)
    access.end_otherwise(session, request_id, "withdrawn", "Belde af", row.version)


def test_a_late_request_can_not_be_extended(session: Session, request_id: int) -> None:
    session.info["context"] = replace(context(session), today=dt.date(2026, 12, 21))
    version = access.get_detail(session, request_id).row.version
    with pytest.raises(Invalid, match="maand is voorbij"):
        access.extend(session, request_id, "Te druk", version)


def test_only_a_coordinator(session: Session, request_id: int) -> None:
    staff_id = make_staff(session)
    session.info["context"] = replace(context(session), staff_id=staff_id, role="lead")
    with pytest.raises(NotAllowed):
        access.list_requests(session)
    with pytest.raises(NotAllowed):
        access_report.access_copy(session, request_id)


def test_opening_is_noted(session: Session, request_id: int) -> None:
    access.open_detail(session, request_id)
    last = session.scalars(select(AuditLine).order_by(AuditLine.seq.desc()).limit(1)).one()
    assert (last.action, last.object_table) == ("view", "pupils")


def test_the_copy_holds_what_was_decided(session: Session, request_id: int) -> None:
    with pytest.raises(Invalid):
        access_report.access_copy(session, request_id)
    judge_all(session, request_id)
    account = texts(session, request_id)["Verhaal van Yasmin"]
    access.decide_passage(session, request_id, account.key, "leave_out", "Eigen wens")
    session.flush()
    copy = access_report.access_copy(session, request_id)
    assert copy.left_out == (("Eigen wens", 1),)
    content, notes = exports.build(copy, "pdf")
    assert notes == ()
    told = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "Yasmin Bakker" in told
    assert "een medeleerling" in told
    assert "Eigen wens" in told
    for word in ("Daan", "Sem", "Verhaal van", "casus ", "spoor"):
        assert word not in told
    assert exports.default_name(copy, "pdf") == f"inzage-{request_id}-2026-11-24.pdf"


def test_vandaag_shows_a_request_two_weeks_before_its_term(
    session: Session, request_id: int
) -> None:
    def shown() -> list[tuple[str, str, int | None]]:
        found = today.find_tasks(session, "mine")
        return [(task.when, task.due_line, task.opens) for task in found if task.kind == "access"]

    assert shown() == []
    session.info["context"] = replace(context(session), today=dt.date(2026, 12, 8))
    assert shown() == [("week", "Uiterlijk zo 20 dec", request_id)]
    session.info["context"] = replace(context(session), today=dt.date(2026, 12, 22))
    assert shown() == [("late", "2 dagen te laat", request_id)]
    session.info["context"] = replace(context(session), role="member")
    assert shown() == []
