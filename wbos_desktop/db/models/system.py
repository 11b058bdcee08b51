"""What the program itself keeps: preferences, drafts, history, audit and the export register."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wbos_desktop.db.base import Base, Record


class Preference(Base):
    """A setting of one user that lives in the vault, such as column widths or the last tab."""

    __tablename__ = "preferences"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(String(60))
    value: Mapped[dict[str, Any]]


class Draft(Base):
    """What a user typed in a form and did not save yet; `form` and `record_id` name the form."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("user_id", "form", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    form: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int] = mapped_column(default=0)
    data: Mapped[dict[str, Any]]
    updated_at: Mapped[dt.datetime]


class Change(Base):
    """One changed field (or a whole record made or removed) in one gesture; for history and undo.

    kind: 'insert', 'update' or 'delete'. With 'delete', `before` holds all columns. 'link' and
    'unlink' are rows of a joining table (changes.LINKS): `record_id` is the record they belong to.
    """

    __tablename__ = "changes"
    __table_args__ = (
        Index("ix_changes_record", "table_name", "record_id"),
        Index("ix_changes_gesture", "gesture"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    gesture: Mapped[str] = mapped_column(String(32))
    undoes: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[dt.datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(10))
    table_name: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int]
    record_version: Mapped[int]
    field: Mapped[str] = mapped_column(String(60), default="")
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class AuditLine(Base):
    """Who did what to which record; no values, no names. `mac` chains it to the line before."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(String(20))
    object_table: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[int]
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))


class Export(Base):
    """The export register: what left the vault, when, by whom, for whom and why."""

    __tablename__ = "exports"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[dt.datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(30))
    object_table: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[int | None]
    names: Mapped[str] = mapped_column(String(10))
    purpose: Mapped[str] = mapped_column(default="")
    recipients: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    destroy_by: Mapped[dt.date | None]
    with_password: Mapped[bool] = mapped_column(default=False)


class VaultSetting(Record):
    """A setting of the whole vault by key, such as the place of its backups or who agreed."""

    __tablename__ = "vault_settings"

    key: Mapped[str] = mapped_column(String(40), unique=True)
    value: Mapped[dict[str, Any]]


class KeyState(Base):
    """What the database knows of the envelope beside the users; one row at most, never undone.

    The recovery code's slot and public key, so that no foreign one gets a new data key;
    `confirmed`: somebody typed that code again. `rekey_due`: a way in was taken away and the
    new data key is not there yet.
    """

    __tablename__ = "key_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[str] = mapped_column(default="")
    public_key: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    confirmed: Mapped[bool] = mapped_column(default=False)
    rekey_due: Mapped[bool] = mapped_column(default=False)


class LogEpoch(Base):
    """One row: the stretch of saves that stands in the write-ahead log, so that the log of
    another file is known. `mark` names the stretch, `before` the one before it; `seq` and `mac`
    are the end of the audit trail when the log was empty last.
    """

    __tablename__ = "log_epochs"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary(16))
    before: Mapped[bytes] = mapped_column(LargeBinary(16))
    seq: Mapped[int]
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))
