"""Files inside the vault: what they belong to, and their bytes in chunks, each content once."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from wbos_desktop.db.base import Base, Record


class Attachment(Record):
    """A file with a case or incident; `content_id` may be shared with another attachment."""

    __tablename__ = "attachments"

    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    title: Mapped[str] = mapped_column(default="")
    media_type: Mapped[str] = mapped_column(String(40))
    content_id: Mapped[int] = mapped_column(ForeignKey("attachment_contents.id"), index=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(default="")


class AttachmentContent(Base):
    """The bytes of a file, kept once; `sha256` is of all bytes together."""

    __tablename__ = "attachment_contents"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]


class AttachmentChunk(Base):
    """A part of the bytes of a content, in the order of `position`."""

    __tablename__ = "attachment_chunks"
    __table_args__ = (Index(None, "content_id", "position", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    content_id: Mapped[int] = mapped_column(ForeignKey("attachment_contents.id"))
    position: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)
