"""How long things are kept, what was erased, who asked for access, and views set beside ours."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wbos_desktop.db.base import LongText, Record


class RetentionTerm(Record):
    """How long the school keeps one kind of records; a kind without a row has its default.

    `amount` counts units of `unit` (month, year, school_year) from the kind's base date; empty
    means that the school decides for each record.
    """

    __tablename__ = "retention_terms"

    kind: Mapped[str] = mapped_column(String(30), unique=True)
    amount: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(12), default="year")


class RetentionHold(Record):
    """A reason to keep one record longer, such as a running objection; `until` may be open."""

    __tablename__ = "retention_holds"
    __table_args__ = (Index(None, "subject_table", "subject_id"),)

    subject_table: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    reason: Mapped[str] = mapped_column(LongText)
    until: Mapped[dt.date | None]


class Destruction(Record):
    """One click that erased: how many of what and why, no names; the destruction report."""

    __tablename__ = "destructions"

    at: Mapped[dt.datetime]
    reason: Mapped[str] = mapped_column(LongText, default="")
    # table or kind -> how many
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # 'running' until every table is done: a killed job is continued
    state: Mapped[str] = mapped_column(String(10), default="running")
    # what is still to go: [[table, uid], ...]; empty when done
    remaining: Mapped[list[Any]] = mapped_column(default=list)


class AccessRequest(Record):
    """Somebody asks to see what is kept about a pupil: a process with a due date."""

    __tablename__ = "access_requests"

    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupils.id"), index=True)
    # parent, parent_no_authority, pupil, authorised
    requester_kind: Mapped[str] = mapped_column(String(20))
    requester_name: Mapped[str] = mapped_column(default="")
    received_on: Mapped[dt.date]
    due_on: Mapped[dt.date] = mapped_column(index=True)
    identity_checked_on: Mapped[dt.date | None]
    identity_how: Mapped[str] = mapped_column(default="")
    authority_checked_on: Mapped[dt.date | None]
    authority_how: Mapped[str] = mapped_column(default="")
    extended_on: Mapped[dt.date | None]
    extension_reason: Mapped[str] = mapped_column(LongText, default="")
    # open, given, refused, withdrawn
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)
    given_on: Mapped[dt.date | None]
    given_how: Mapped[str] = mapped_column(default="")
    outcome_reason: Mapped[str] = mapped_column(LongText, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)


class AccessPassage(Record):
    """What happens to one passage in the copy that is given: show, mask or leave_out."""

    __tablename__ = "access_passages"
    __table_args__ = (Index(None, "request_id", "subject_table", "subject_id"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("access_requests.id"), index=True)
    subject_table: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    field: Mapped[str] = mapped_column(String(60))
    # of the text that was judged: a later change asks for a new look
    text_sha256: Mapped[str] = mapped_column(String(64), default="")
    decision: Mapped[str] = mapped_column(String(10), default="show")
    reason: Mapped[str] = mapped_column(LongText, default="")


class StatedView(Record):
    """The view of a parent or pupil, set beside an opinion in a record (rectification)."""

    __tablename__ = "stated_views"
    __table_args__ = (Index(None, "subject_table", "subject_id"),)

    subject_table: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupils.id"), index=True)
    stated_by: Mapped[str] = mapped_column(String(12))  # pupil, parent, authorised
    stated_on: Mapped[dt.date]
    text: Mapped[str] = mapped_column(LongText)
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
