"""Reports read from a real schema, and files written beside, registered and renamed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import tempfile
from pathlib import Path

import pytest
import python_calamine
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.db.models.system import AuditLine, Export
from wbos_desktop.domain.actions import ActionDraft
from wbos_desktop.domain.incidents import InvolvedDraft
from wbos_desktop.domain.meetings import AttendeeDraft
from wbos_desktop.domain.profiles import ResponseDraft
from wbos_desktop.domain.reports import ExportOptions
from wbos_desktop.errors import Cancelled, FileRejected, Invalid, NotAllowed, StorageError
from wbos_desktop.progress import Progress
from wbos_desktop.services import actions, agenda, cases, exports, meetings, reports, scenarios

OUTSIDER = "Kevin van Buiten"


class OneSession:
    """A workspace that runs everything in the session of the test."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def read(self, function, *args, **kwargs):
        return function(self.session, *args, **kwargs)

    write = read


@pytest.fixture
def workspace(session: Session) -> OneSession:
    return OneSession(session)


@pytest.fixture
def group_id(session: Session) -> int:
    """Group 2B with Daan, Dewi and Şeyma, and a profile about them."""
    group_id = factories.make_group(session, name="2B")
    for given, family in (("Daan", "Bakker"), ("Dewi", "Łukasz"), ("Şeyma", "Đorđe")):
        factories.make_pupil(session, group_id, given_name=given, family_name=family)
    factories.make_profile(
        session,
        group_id,
        influence="Daan en Dewi zetten de toon. Seyma's vriendin volgt.",
        question="Hoe steunen we Şeyma?",
        responses={"D": ResponseDraft(("ignore",), "Ik kijk weg van Daan.")},
    )
    return group_id


@pytest.fixture
def case_id(session: Session, group_id: int) -> int:
    persons = (
        InvolvedDraft(pupil_id=pupil(session, "Şeyma"), role="affected"),
        InvolvedDraft(pupil_id=pupil(session, "Daan"), role="actor", role_note="maakte de foto"),
        InvolvedDraft(outsider_name=OUTSIDER, role="joined"),
    )
    text = "Daan deelt een foto van Şeyma. Kevin van Buiten lacht. Daans telefoon is weg."
    return factories.make_case(session, group_ids=(group_id,), text=text, persons=persons)


def pupil(session: Session, given: str) -> int:
    return session.scalars(select(Pupil.id).where(Pupil.given_name == given)).one()


@pytest.fixture
def meeting_id(session: Session, group_id: int, case_id: int) -> int:
    scenarios.install_catalogue(session)
    made = meetings.save_meeting(session, meetings.edit_meeting(session, None))
    agenda.add_item(session, made, "group", group_id)
    item = agenda.add_item(session, made, "case", case_id)
    draft = dataclasses.replace(
        agenda.edit_item(session, item), question="Wat vraagt Daan?", informed="yes"
    )
    agenda.save_item(session, draft)
    agenda.record_decision(session, item, "Dewi's mentor belt.")
    agenda.add_item(session, made, "scenario", scenarios.load_rows(session, [1])[1].id)
    return made


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_case_text_is_shortened_and_accounts_stay_out(session: Session, case_id: int) -> None:
    content = exports.case_pdf_bytes(session, case_id)
    text = text_of(content)
    assert "Da. deelt een foto van Ş. K. lacht. Da.’s telefoon" in text.replace("\n", " ")
    assert not [name for name in ("Daan", "Şeyma", "Kevin", "Buiten", "Bakker") if name in text]
    assert "Vertrouwelijk" in text
    assert "1 van" in text


def test_outsider_is_named_by_one_code_everywhere(session: Session, case_id: int) -> None:
    case = reports.case_report(session, case_id).case
    assert [person.name for person in case.persons] == ["Ş.", "Da.", "K."]
    assert case.persons[1].role.startswith("maakte de foto")


def test_steps_concern_people_by_their_code(session: Session, case_id: int) -> None:
    case = reports.case_report(session, case_id).case
    concerned = {step.person for track in case.tracks for step in track.steps}
    assert concerned >= {"Ş.", "Da."}
    assert [track.code for track in case.tracks] == ["general", "consequence", "repair", "support"]
    assert case.counted == cases.get_case(session, case_id).counted


def test_paper_never_says_who_did_not_want_repair(session: Session, case_id: int) -> None:
    cases.end_track(session, case_id, "repair", "refused", "De vader wil dit echt niet")
    text = text_of(exports.case_pdf_bytes(session, case_id, ExportOptions()))
    assert "Niet gewenst" in text
    assert "vader" not in text


def test_full_names_need_a_purpose_and_a_coordinator(session: Session, case_id: int) -> None:
    with pytest.raises(Invalid):
        reports.case_report(session, case_id, ExportOptions(names="full"))
    options = ExportOptions(names="full", purpose="Overleg met de leerplicht")
    assert "Daan Bakker" in text_of(exports.case_pdf_bytes(session, case_id, options))
    session.info["context"] = dataclasses.replace(session.info["context"], role="member")
    with pytest.raises(NotAllowed):
        reports.case_report(session, case_id, options)


def test_group_profile_keeps_one_teachers_response_private(session: Session, group_id: int) -> None:
    report = reports.group_profile_report(session, group_id)
    assert report.group.dominant is not None
    assert report.group.dominant.code == "D"
    assert report.group.ribbon.rows
    assert report.group.ribbon.responses == ()
    text = text_of(exports.group_profile_pdf_bytes(session, group_id))
    assert "kijk weg" not in text
    assert "Da. en De. zetten de toon. Ş.’s vriendin" in text


def test_pack_has_a_bookmark_per_item_and_searchable_names(
    session: Session, meeting_id: int
) -> None:
    options = ExportOptions(names="full", purpose="Test")
    content = exports.pack_pdf_bytes(session, meeting_id, options)
    reader = PdfReader(io.BytesIO(content))
    titles = [str(entry["/Title"]) for entry in reader.outline]
    assert titles[:2] == ["1. Acties en besluiten vorige keer", "2. Klas 2B"]
    assert len(titles) == 4
    text = "".join(page.extract_text() for page in reader.pages)
    assert "Şeyma" in text


def test_pack_shortens_questions_and_decisions(session: Session, meeting_id: int) -> None:
    pack = reports.meeting_pack_report(session, meeting_id)
    item = pack.items[2]
    assert item.question == "Wat vraagt Da.?"
    assert item.informed == "Ouders en leerling weten ervan: ja"
    assert item.decisions[0].text == "De.’s mentor belt."


def test_people_from_outside_get_no_case_without_consent(session: Session, meeting_id: int) -> None:
    draft = meetings.edit_meeting(session, meeting_id)
    guest = AttendeeDraft(external_name="W. de Wit")
    meetings.save_meeting(session, dataclasses.replace(draft, attendees=(guest,)))
    item = reports.meeting_pack_report(session, meeting_id).items[2]
    assert item.case is None
    assert item.question == ""
    assert item.informed.startswith("Weggelaten")


def test_actions_of_last_time_are_item_one(session: Session, meeting_id: int) -> None:
    later = meetings.save_meeting(
        session,
        dataclasses.replace(
            meetings.edit_meeting(session, None),
            starts_at=dt.datetime(2026, 12, 3, 13, 30),
            ends_at=dt.datetime(2026, 12, 3, 14, 30),
        ),
    )
    me = session.info["context"].staff_id
    day = dt.date(2026, 11, 27)
    draft = ActionDraft(text="Daan bellen", meeting_id=meeting_id, owner_id=me, due_on=day)
    actions.save_action(session, draft)
    first = reports.meeting_pack_report(session, later).items[0]
    assert [action.text for action in first.actions] == ["Da. bellen"]
    assert [line.text for line in first.decisions] == ["De.’s mentor belt."]


def test_saved_pack_is_registered_without_folder(
    workspace: OneSession, meeting_id: int, tmp_path: Path
) -> None:
    made = exports.save_pack_pdf(Progress(), workspace, meeting_id, tmp_path)
    assert made.file_name == "overlegpakket-2026-11-26.pdf"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [made.file_name]
    row = workspace.session.scalars(select(Export)).one()
    assert (row.file_name, row.names, row.sha256) == (made.file_name, "initials", made.sha256)
    assert row.destroy_by == dt.date(2026, 11, 26)
    actions_noted = workspace.session.scalars(select(AuditLine.action)).all()
    assert "export" in actions_noted


def test_workbook_of_the_pack_reads_back(
    workspace: OneSession, meeting_id: int, tmp_path: Path
) -> None:
    made = exports.save_pack_xlsx(Progress(), workspace, meeting_id, tmp_path)
    book = python_calamine.CalamineWorkbook.from_path(made.path)
    assert book.sheet_names[:5] == ["Overzicht", "Groepen", "Casussen", "Stappen", "Acties"]
    head, row = book.get_sheet_by_name("Casussen").to_python()[:2]
    assert row[head.index("Gemeld op")] == dt.date(2026, 11, 24)


def test_file_names_hold_no_child_and_no_path(session: Session, group_id: int) -> None:
    report = reports.group_profile_report(session, group_id)
    assert exports.default_name(report, "pdf") == "groepsprofiel-2B-2026-11-24.pdf"
    group = dataclasses.replace(report.group, name="Groep ../a:b*|CON")
    name = exports.default_name(dataclasses.replace(report, group=group), "pdf")
    assert name == "groepsprofiel-a-b-CON-2026-11-24.pdf"


def test_register_counts_every_visible_incident(
    workspace: OneSession, case_id: int, tmp_path: Path
) -> None:
    made = exports.save_register(Progress(), workspace, None, tmp_path)
    book = python_calamine.CalamineWorkbook.from_path(made.path)
    rows = book.get_sheet_by_index(0).to_python()
    assert len(rows) == 1 + workspace.session.query(Incident).count()
    assert rows[1][0].startswith("2026-")
    assert "Daan" not in str(rows)


def test_register_holds_what_one_sees(session: Session, case_id: int) -> None:
    assert len(reports.register_report(session).rows) == 1
    other = factories.make_staff(session)
    who = dataclasses.replace(session.info["context"], staff_id=other, role="member")
    session.info["context"] = who
    assert reports.register_report(session).rows == []
    session.info["context"] = dataclasses.replace(who, role="reader")
    with pytest.raises(NotAllowed):
        reports.register_report(session)


# ---------------------------------------------------------------- when writing goes wrong
@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "pakket.pdf"
    path.write_bytes(b"old")
    return path


def left(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir() if path.is_file())


def test_full_disk_leaves_the_old_file(
    workspace: OneSession, meeting_id: int, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError):
        exports.save_pack_pdf(Progress(), workspace, meeting_id, target)
    assert (target.read_bytes(), left(target)) == (b"old", ["pakket.pdf"])
    assert workspace.session.scalars(select(Export)).all() == []


def test_failed_rename_withdraws_the_register_line(
    workspace: OneSession, meeting_id: int, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_use(_part: Path, _target: Path) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr("os.replace", in_use)
    with pytest.raises(FileRejected, match="open in Excel"):
        exports.save_pack_pdf(Progress(), workspace, meeting_id, target)
    assert (target.read_bytes(), left(target)) == (b"old", ["pakket.pdf"])
    assert workspace.session.scalars(select(Export)).all() == []


def test_cancel_leaves_nothing(workspace: OneSession, meeting_id: int, target: Path) -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        exports.save_pack_pdf(progress, workspace, meeting_id, target)
    assert (target.read_bytes(), left(target)) == (b"old", ["pakket.pdf"])


def test_missing_folder_is_a_sentence(
    workspace: OneSession, meeting_id: int, tmp_path: Path
) -> None:
    with pytest.raises(FileRejected, match="andere map"):
        exports.save_pack_pdf(Progress(), workspace, meeting_id, tmp_path / "weg" / "a.pdf")


def test_no_temporary_file_is_made(
    workspace: OneSession, meeting_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a temporary file")

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    monkeypatch.setattr("openpyxl.worksheet._writer.NamedTemporaryFile", refuse)
    exports.save_pack_pdf(Progress(), workspace, meeting_id, tmp_path)
    exports.save_pack_xlsx(Progress(), workspace, meeting_id, tmp_path)
    exports.save_register(Progress(), workspace, None, tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
