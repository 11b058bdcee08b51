"""Files with a case, kept inside the vault in encrypted chunks and each content once.

Who sees the case sees its files. Incidents with sexual images take none (`no_images`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.models.attachments import Attachment, AttachmentChunk, AttachmentContent
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.school import Staff
from wbos_desktop.domain.attachments import (
    CHUNK_BYTES,
    MEDIA_TYPES,
    TITLE_LIMIT,
    AttachmentRow,
    CleanFile,
)
from wbos_desktop.domain.people import clean, display_name
from wbos_desktop.errors import Conflict, FileRejected, Invalid, NotFound
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress

from .incident_kinds import load_catalogue
from .rights import needs
from .visibility import get_case_model, visible_cases


def read_file(progress: Progress, path: Path) -> CleanFile:
    """Read a file from disk and clean it; needs no session. Raises FileRejected, Cancelled."""
    from wbos_desktop.documents import pictures, reader

    progress.step(0, 2, _("Reading the file"))
    content = reader.read_path(path)
    progress.step(1, 2, _("Taking out hidden data"))
    file = pictures.clean(content)
    progress.step(2, 2, "")
    return file


@needs("read", "attachment")
def refusal(session: Session, case_id: int) -> str:
    """Why this case takes no pictures and what to do instead; '' when it does. Raises NotFound."""
    get_case_model(session, case_id)
    catalogue = load_catalogue()
    kinds = session.scalars(select(Incident.kind_code).where(Incident.case_id == case_id))
    closed = any(catalogue.kind(code).no_images for code in kinds)
    return catalogue.no_images_text if closed else ""


@needs("write", "attachment")
def add_attachment(session: Session, case_id: int, file: CleanFile, title: str) -> int:
    """Keep a cleaned file with a case; its id.

    Raises Invalid({"title": ...}), FileRejected (no files with this kind of incident, or it is
    there already), NotFound.
    """
    case = get_case_model(session, case_id, write=True)
    assert file.media_type in MEDIA_TYPES
    if reason := refusal(session, case_id):
        raise FileRejected(reason)
    content_id = _keep(session, file.content)
    same = select(Attachment.id).where(
        Attachment.case_id == case_id, Attachment.content_id == content_id
    )
    if session.scalar(same) is not None:
        raise FileRejected(_("This file is with the case already."))
    attachment = Attachment(
        case_id=case.id,
        title=_title(title),
        media_type=file.media_type,
        content_id=content_id,
        added_by_id=context(session).staff_id,
    )
    session.add(attachment)
    session.flush()
    return attachment.id


def _title(title: str) -> str:
    text = clean(title)
    if not text:
        raise Invalid({"title": _("Give the file a short name.")})
    if len(text) > TITLE_LIMIT:
        raise Invalid({"title": _("Use at most {n} characters.").format(n=TITLE_LIMIT)})
    return text


def _keep(session: Session, content: bytes) -> int:
    """The id of these bytes, which are written only when they are new."""
    digest = hashlib.sha256(content).hexdigest()
    known = session.scalar(select(AttachmentContent.id).where(AttachmentContent.sha256 == digest))
    if known is not None:
        return known
    kept = AttachmentContent(sha256=digest, size=len(content))
    session.add(kept)
    session.flush()
    for position, start in enumerate(range(0, len(content), CHUNK_BYTES)):
        data = content[start : start + CHUNK_BYTES]
        session.add(AttachmentChunk(content_id=kept.id, position=position, data=data))
    return kept.id


@needs("read", "attachment")
def list_attachments(session: Session, case_id: int) -> list[AttachmentRow]:
    """The files of a case and of its incidents, newest first. Raises NotFound."""
    get_case_model(session, case_id)
    columns = (
        Attachment.id,
        Attachment.version,
        Attachment.title,
        Attachment.media_type,
        AttachmentContent.size,
        Attachment.created_at,
        Staff.given_name,
        Staff.name_prefix,
        Staff.family_name,
        Incident.number,
    )
    found = session.execute(
        select(*columns)
        .join(AttachmentContent, AttachmentContent.id == Attachment.content_id)
        .outerjoin(Staff, Staff.id == Attachment.added_by_id)
        .outerjoin(Incident, Incident.id == Attachment.incident_id)
        .where(_of_case(case_id))
        .order_by(Attachment.id.desc())
    )
    return [
        AttachmentRow(*row[:6], display_name(*(part or "" for part in row[6:9])), row[9] or "")
        for row in found
    ]


def _of_case(case_id: int) -> ColumnElement[bool]:
    incidents = select(Incident.id).where(Incident.case_id == case_id)
    return or_(Attachment.case_id == case_id, Attachment.incident_id.in_(incidents))


@needs("read", "attachment")
def open_attachment(session: Session, attachment_id: int) -> tuple[str, bytes]:
    """Media type and bytes, noting in the audit trail that the user looked at it (a write).

    Raises NotFound, and FileRejected when the bytes are not what was kept.
    """
    attachment = _get(session, attachment_id)
    kept = session.get_one(AttachmentContent, attachment.content_id)
    content = b"".join(_chunks(session, kept.id))
    if hashlib.sha256(content).hexdigest() != kept.sha256:
        raise FileRejected(_("This file is damaged. Look for it in an older backup."))
    audit.note(session, "view", "attachments", attachment_id)
    return attachment.media_type, content


def _chunks(session: Session, content_id: int) -> Iterator[bytes]:
    return iter(
        session.scalars(
            select(AttachmentChunk.data)
            .where(AttachmentChunk.content_id == content_id)
            .order_by(AttachmentChunk.position)
        )
    )


@needs("write", "attachment")
def rename_attachment(session: Session, attachment_id: int, title: str, version: int) -> None:
    """Another title. Raises Invalid({"title": ...}), Conflict, NotAllowed."""
    attachment = _for_change(session, attachment_id, version)
    attachment.title = _title(title)


@needs("write", "attachment")
def remove_attachment(session: Session, attachment_id: int, version: int) -> None:
    """To the bin; it can be undone. Raises Conflict, NotAllowed, NotFound."""
    _for_change(session, attachment_id, version).deleted_at = context(session).now


def _for_change(session: Session, attachment_id: int, version: int) -> Attachment:
    attachment = _get(session, attachment_id)
    get_case_model(session, _case_id(session, attachment), write=True)
    if attachment.version != version:
        raise Conflict(_("A colleague changed this file. Look at it again first."))
    return attachment


def _get(session: Session, attachment_id: int) -> Attachment:
    cases = select(Case.id).where(visible_cases(session))
    incidents = select(Incident.id).where(Incident.case_id.in_(cases))
    found = session.scalar(
        select(Attachment).where(
            Attachment.id == attachment_id,
            or_(Attachment.case_id.in_(cases), Attachment.incident_id.in_(incidents)),
        )
    )
    if found is None:
        raise NotFound(_("You can't open this. Ask your coordinator."))
    return found


def _case_id(session: Session, attachment: Attachment) -> int:
    if attachment.case_id is not None:
        return attachment.case_id
    incident = session.get_one(Incident, attachment.incident_id)
    assert incident.case_id is not None
    return incident.case_id
