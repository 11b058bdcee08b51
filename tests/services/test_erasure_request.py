"""A pupil erased on request: what goes, what stays, what blocks it; and the report of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.leftovers import rows_with
from tests.services.erasable import finished, known, make_everywhere
from wbos_desktop.db.context import context
from wbos_desktop.db.models.attachments import Attachment
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.db.models.keeping import AccessRequest
from wbos_desktop.db.models.system import Draft, Export
from wbos_desktop.domain import retention as rules
from wbos_desktop.domain.drafts import KeptForm
from wbos_desktop.domain.incidents import InvolvedDraft
from wbos_desktop.domain.retention import HoldDraft
from wbos_desktop.errors import Conflict, Invalid
from wbos_desktop.services import (
    agenda,
    destruction_report,
    drafts,
    erasure_request,
    exports,
    retention,
)


def erase(session: Session, pupil: int) -> int:
    words = "Verzoek van ouder, 20 november"
    return finished(session, erasure_request.begin_request(session, pupil, words))


def test_the_preview_says_what_goes_stays_and_where_the_name_stands(session: Session) -> None:
    there = make_everywhere(session)
    found = erasure_request.preview(session, there.pupil)
    assert found.name == "Zebedeus van Quispel"
    assert found.goes == (("pupils", 1), ("cases", 1))
    assert found.stays == (("cases", 1),)
    assert found.blocked == ()
    assert [(m.table, m.automatic) for m in found.mentions] == [("scenarios", True)]


def test_attachments_that_stay_are_counted_per_case(session: Session, tmp_path: Path) -> None:
    there = make_everywhere(session)
    number = session.get_one(Case, there.shared_case).number
    [files] = erasure_request.preview(session, there.pupil).files
    assert (files.table, files.record_id, files.count) == ("cases", there.shared_case, 1)
    assert rules.files_text(files) == f"1 bijlage bij casus {number}"
    job = erase(session, there.pupil)
    report = destruction_report.destruction_report(session, job)
    assert report.stayed.startswith("1 bijlage bleef bij casussen of meldingen")
    # The one of the case that went is under what was erased, the other is not.
    assert [(line.what, line.count) for line in report.lines if "ijlage" in line.what] == [
        ("Bijlagen", 1)
    ]
    made = destruction_report.save_destruction(exports.Progress(), _Runner(session), job, tmp_path)
    assert "Wat bleef" in PdfReader(made.path).pages[0].extract_text()


def test_the_proposal_names_the_case_whose_attachments_stay(session: Session) -> None:
    there = make_everywhere(session)
    number = session.get_one(Case, there.shared_case).number
    [item] = [item for item in retention.proposal(session).items if item.kind == "pupils"]
    assert f"1 bijlage bij casus {number}: kijk wie erop staat" in item.detail


def test_without_attachments_nothing_is_said_to_stay(session: Session) -> None:
    there = make_everywhere(session)
    for attachment in session.scalars(select(Attachment)):
        attachment.deleted_at = context(session).now
    session.flush()
    assert erasure_request.preview(session, there.pupil).files == ()
    job = erase(session, there.pupil)
    assert destruction_report.destruction_report(session, job).stayed == ""


def test_a_given_name_alone_elsewhere_is_for_a_person_to_decide(session: Session) -> None:
    there = make_everywhere(session)
    meeting = factories.make_meeting(session, place="lokaal van zebedeus")
    found = erasure_request.preview(session, there.pupil).mentions
    assert [(m.record_id, m.automatic) for m in found if m.table == "meetings"] == [
        (meeting, False)
    ]


def test_a_request_erases_without_a_term(session: Session) -> None:
    there = make_everywhere(session)
    erase(session, there.pupil)
    assert known(session, there) == (False, False, True, 1)
    assert rows_with(session, "quispel") == []


def test_unfinished_forms_forget_the_pupil(session: Session) -> None:
    there = make_everywhere(session)
    person = {"kind": "pupil", "id": there.pupil, "name": "Zebedeus van Quispel", "role": ""}
    values = {"text": "Zebedeus duwt", "persons": {"people": [person], "line": ""}}
    drafts.keep_form(session, KeptForm("incident", 0, values, place=("report", None, None)))
    loose = {"text": "Zebedeus van Quispel belde; zebedeus is ook een baard"}
    drafts.keep_form(session, KeptForm("minutes", 9, loose, place=("meetings", None, None)))
    erase(session, there.pupil)
    report, minutes = (drafts.find_form(session, *key) for key in (("incident", 0), ("minutes", 9)))
    assert report is not None
    assert minutes is not None
    assert report.values == {"text": "een leerling duwt", "persons": {"people": [], "line": ""}}
    assert minutes.values["text"] == "een leerling belde; zebedeus is ook een baard"


def test_a_note_of_the_pupil_alone_goes_too(session: Session) -> None:
    pupil = factories.make_pupil(session, given_name="Zebedeus")
    from wbos_desktop.domain.incidents import IncidentDraft, InvolvedDraft
    from wbos_desktop.services import incidents, protocols

    protocols.install_catalogue(session)
    draft = IncidentDraft(
        text="te laat",
        kind_code="ordeverstoring",
        group_ids=(factories.make_group(session),),
        persons=(InvolvedDraft(pupil_id=pupil, role="actor"),),
    )
    incidents.report_incident(session, draft)
    assert erasure_request.preview(session, pupil).goes == (("pupils", 1), ("incidents", 1))
    erase(session, pupil)
    assert session.scalars(select(Incident.id)).all() == []


def test_what_blocks_a_term_blocks_a_request(session: Session) -> None:
    there = make_everywhere(session)
    retention.add_hold(session, HoldDraft("pupils", there.pupil, "Klacht"))
    session.get_one(Case, there.own_case).state = "open"
    session.flush()
    blocked = erasure_request.preview(session, there.pupil).blocked
    assert blocked == ("De casus is nog open.", "Langer bewaard: Klacht")
    with pytest.raises(Conflict):
        erasure_request.begin_request(session, there.pupil, "Verzoek")


def test_a_request_needs_a_reason_without_names(session: Session) -> None:
    there = make_everywhere(session)
    for reason in (" ", "moeder van Zebedeus"):
        with pytest.raises(Invalid):
            erasure_request.begin_request(session, there.pupil, reason)


class _Runner:
    """Runs all in the one transaction of the test."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, function, *args, **kwargs):
        return function(self._session, *args, **kwargs)

    write = read


def test_the_report_is_a_pdf_that_counts_and_names_nobody(session: Session, tmp_path: Path) -> None:
    there = make_everywhere(session)
    job = erase(session, there.pupil)
    made = destruction_report.save_destruction(exports.Progress(), _Runner(session), job, tmp_path)
    assert made.file_name == "vernietigingsoverzicht-2026-11-24.pdf"
    told = "\n".join(page.extract_text() for page in PdfReader(made.path).pages)
    for words in ("Vernietigingsoverzicht", "Karin Bosman", "Verzoek van ouder", "Casussen", "90"):
        assert words in told
    assert "Zebedeus" not in told
    line = session.scalars(select(Export).where(Export.kind == "destruction_pdf")).one()
    assert (line.object_table, line.object_id) == ("destructions", job)


def kept(session: Session, form: str, record_id: int, place: tuple[str, int | None], **values):  # type: ignore[no-untyped-def]
    drafts.keep_form(session, KeptForm(form, record_id, values, place=(*place, None)))


def left(session: Session) -> dict[str, object]:
    """What stands in the unfinished forms that are left, by form."""
    return {draft.form: draft.data["values"] for draft in session.scalars(select(Draft))}


@pytest.fixture
def zebe(session: Session) -> tuple[int, int]:
    """A pupil with nothing but a group; ids of the pupil and the group."""
    group = factories.make_group(session)
    return factories.make_pupil(session, group, given_name="Zebedeus"), group


def test_forms_of_the_group_and_its_meeting_forget_a_given_name(
    session: Session, zebe: tuple[int, int]
) -> None:
    pupil, group = zebe
    meeting = factories.make_meeting(session)
    agenda.add_item(session, meeting, "group", group)
    places = {"observation": "observe", "presence": "group", "agenda_add": "meetings"}
    for form, page in places.items():
        record = meeting if page == "meetings" else group
        kept(session, form, record, (page, record), text="Zebedeus huilt")
    kept(session, "contact", 1, ("manage", None), text="Zebedeus huilt")
    erase(session, pupil)
    nameless = {"text": "een leerling huilt"}
    assert left(session) == dict.fromkeys(places, nameless) | {
        "contact": {"text": "Zebedeus huilt"}
    }


def test_forms_about_a_removed_record_go_wherever_they_opened(
    session: Session, zebe: tuple[int, int]
) -> None:
    pupil, _group = zebe
    asked = AccessRequest(
        pupil_id=pupil,
        requester_kind="parent",
        received_on=dt.date(2026, 10, 1),
        due_on=dt.date(2026, 11, 1),
        state="given",
    )
    session.add(asked)
    session.flush()
    kept(session, "access_checks", asked.id, ("manage", None), identity_how="rijbewijs moeder")
    kept(session, "hold.pupils", pupil, ("manage", None), reason="klacht van oma")
    # Another kind of record that bears the same number.
    kept(session, "hold.groups", pupil, ("manage", None), reason="bezwaar")
    kept(session, "access_given", asked.id + 1, ("manage", None), how="op school")
    person = {"kind": "pupil", "id": pupil, "name": "Zebedeus", "role": ""}
    new = {"pupil": {"people": [person], "line": ""}, "requester_name": "Mevrouw Amrani"}
    kept(session, "access_request", 0, ("manage", None), **new)
    kept(session, "view", 3, ("case", 3), pupil_id=pupil, text="Hij deed niets.")
    erase(session, pupil)
    assert left(session) == {
        "access_given": {"how": "op school"},
        "hold.groups": {"reason": "bezwaar"},
    }


def test_the_form_of_a_person_who_becomes_nobody_goes(session: Session) -> None:
    there = make_everywhere(session)
    pupils = [there.pupil, factories.make_pupil(session)]
    incident = factories.make_incident(
        session, persons=[InvolvedDraft(pupil_id=pupil, role="actor") for pupil in pupils]
    )
    people = session.scalars(
        select(InvolvedPerson).where(InvolvedPerson.incident_id == incident)
    ).all()
    of_pupil = {person.pupil_id: person.id for person in people}
    for pupil in pupils:
        kept(session, "person", of_pupil[pupil], ("case", 77), account=f"van {pupil}")
    erase(session, there.pupil)
    persons = session.scalars(select(Draft.record_id).where(Draft.form == "person"))
    assert persons.all() == [of_pupil[pupils[1]]]
