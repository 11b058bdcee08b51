"""Files with a case: in chunks, each content once, seen by who sees the case, no sexual images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.documents.test_pictures import SECRET, photo
from tests.factories import make_case, make_staff
from wbos_desktop.db.context import context
from wbos_desktop.db.models.attachments import Attachment, AttachmentChunk, AttachmentContent
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.domain.attachments import CHUNK_BYTES, JPEG, PDF, CleanFile
from wbos_desktop.errors import Conflict, FileRejected, Invalid, NotFound
from wbos_desktop.progress import Progress
from wbos_desktop.services import attachments, undo

LETTER = CleanFile(PDF, bytes(range(256)) * 2_500)


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def as_stranger(session: Session) -> None:
    now = context(session)
    stranger = make_staff(session)
    session.info["context"] = replace(now, staff_id=stranger, role="member")


def test_what_goes_in_comes_out(session: Session) -> None:
    case_id = make_case(session)
    attachment_id = attachments.add_attachment(session, case_id, LETTER, "Brief van de ouders")
    assert attachments.open_attachment(session, attachment_id) == (PDF, LETTER.content)
    (row,) = attachments.list_attachments(session, case_id)
    assert (row.title, row.size, row.added_by) == (
        "Brief van de ouders",
        len(LETTER.content),
        "Karin Bosman",
    )
    assert count(session, AttachmentChunk) == -(-len(LETTER.content) // CHUNK_BYTES)


def test_the_same_bytes_are_kept_once(session: Session) -> None:
    first, second = make_case(session), make_case(session)
    attachments.add_attachment(session, first, LETTER, "Brief")
    attachments.add_attachment(session, second, LETTER, "Dezelfde brief")
    assert count(session, AttachmentContent) == 1
    with pytest.raises(FileRejected, match="al bij de casus"):
        attachments.add_attachment(session, first, LETTER, "Nog eens")


def test_looking_is_noted(session: Session) -> None:
    attachment_id = attachments.add_attachment(session, make_case(session), LETTER, "Brief")
    attachments.open_attachment(session, attachment_id)
    last = session.scalars(select(AuditLine).order_by(AuditLine.seq.desc()).limit(1)).one()
    assert (last.action, last.object_table, last.object_id) == (
        "view",
        "attachments",
        attachment_id,
    )


def test_who_can_not_see_the_case_can_not_see_its_files(session: Session) -> None:
    case_id = make_case(session)
    attachment_id = attachments.add_attachment(session, case_id, LETTER, "Brief")
    as_stranger(session)
    for call in (
        lambda: attachments.open_attachment(session, attachment_id),
        lambda: attachments.list_attachments(session, case_id),
        lambda: attachments.refusal(session, case_id),
        lambda: attachments.rename_attachment(session, attachment_id, "X", 1),
        lambda: attachments.remove_attachment(session, attachment_id, 1),
        lambda: attachments.add_attachment(session, case_id, LETTER, "X"),
    ):
        with pytest.raises(NotFound):
            call()


def test_sexual_images_are_refused_with_the_right_steps(session: Session) -> None:
    case_id = make_case(session)
    incident = session.scalars(select(Incident).where(Incident.case_id == case_id)).one()
    incident.kind_code = "naaktbeeld"
    session.flush()
    assert "Helpwanted" in attachments.refusal(session, case_id)
    with pytest.raises(FileRejected, match="Helpwanted"):
        attachments.add_attachment(session, case_id, LETTER, "Beeld")
    assert count(session, AttachmentContent) == 0


def test_removed_and_put_back(session: Session) -> None:
    case_id = make_case(session)
    attachment_id = attachments.add_attachment(session, case_id, LETTER, "Brief")
    session.info["gesture"] = "f" * 32
    attachments.remove_attachment(session, attachment_id, 1)
    session.flush()
    assert attachments.list_attachments(session, case_id) == []
    session.info["gesture"] = "e" * 32
    assert undo.undo_last(session)
    session.flush()
    assert [row.title for row in attachments.list_attachments(session, case_id)] == ["Brief"]


def test_names_are_checked(session: Session) -> None:
    case_id = make_case(session)
    with pytest.raises(Invalid):
        attachments.add_attachment(session, case_id, LETTER, "  ")
    attachment_id = attachments.add_attachment(session, case_id, LETTER, "Brief")
    with pytest.raises(Invalid):
        attachments.rename_attachment(session, attachment_id, "x" * 121, 1)
    with pytest.raises(Conflict):
        attachments.rename_attachment(session, attachment_id, "Ander", 7)
    attachments.rename_attachment(session, attachment_id, "Ander", 1)
    assert session.get_one(Attachment, attachment_id).title == "Ander"


def test_changed_bytes_are_not_shown(session: Session) -> None:
    attachment_id = attachments.add_attachment(session, make_case(session), LETTER, "Brief")
    chunk = session.scalars(select(AttachmentChunk).limit(1)).one()
    chunk.data = b"x" + chunk.data[1:]
    session.flush()
    with pytest.raises(FileRejected, match="beschadigd"):
        attachments.open_attachment(session, attachment_id)


def test_a_photo_from_disk_is_cleaned(tmp_path: Path) -> None:
    path = tmp_path / "foto.jpg"
    path.write_bytes(photo())
    found = attachments.read_file(Progress(), path)
    assert found.media_type == JPEG
    assert SECRET not in found.content
