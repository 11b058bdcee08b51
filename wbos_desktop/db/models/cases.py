"""Protocol templates, and the cases that follow them over the three tracks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wbos_desktop.db.base import Record


class ProtocolTemplate(Record):
    """A protocol of the school; `origin` is builtin or school."""

    __tablename__ = "protocol_templates"

    code: Mapped[str] = mapped_column(String(12), unique=True)
    origin: Mapped[str] = mapped_column(String(10), default="builtin")
    retired: Mapped[bool] = mapped_column(default=False)


class TemplateVersion(Record):
    """One wording of a protocol: `content` is the whole template with its general steps."""

    __tablename__ = "template_versions"

    template_id: Mapped[int] = mapped_column(ForeignKey("protocol_templates.id"), index=True)
    edition: Mapped[int] = mapped_column(default=1)
    title: Mapped[str]
    content: Mapped[dict[str, Any]]
    valid_from: Mapped[dt.date]
    approved_on: Mapped[dt.date | None]

    __table_args__ = (UniqueConstraint("template_id", "edition"),)


class Case(Record):
    """The handling of one or more incidents; bears the number of the first.

    `next_due_on` and `next_due_at` repeat the earliest open deadline of its steps, so that
    lists can sort on it; services/steps.py keeps them.
    """

    __tablename__ = "cases"

    number: Mapped[str] = mapped_column(String(12), unique=True)
    title: Mapped[str]
    template_version_id: Mapped[int] = mapped_column(ForeignKey("template_versions.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    level: Mapped[str] = mapped_column(String(10), default="involved")
    state: Mapped[str] = mapped_column(String(10), default="open")
    reported_on: Mapped[dt.date]
    reported_at: Mapped[dt.datetime]
    opened_on: Mapped[dt.date]
    closed_on: Mapped[dt.date | None]
    look_back: Mapped[str] = mapped_column(default="")
    closing_checks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    closing_reason: Mapped[str] = mapped_column(default="")
    reopened_on: Mapped[dt.date | None]
    next_due_on: Mapped[dt.date | None]
    next_due_at: Mapped[dt.datetime | None]

    __table_args__ = (Index(None, "state", "next_due_on"),)


class CaseViewer(Record):
    """A colleague who is listed on a case of level 'named'; a record, so that undo knows it."""

    __tablename__ = "case_viewers"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (Index(None, "staff_id", "case_id"),)


class CaseTrack(Record):
    """State of one track: open, running, done, not_suitable, refused, not_now."""

    __tablename__ = "case_tracks"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    track: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), default="open")
    reason: Mapped[str] = mapped_column(default="")
    ended_on: Mapped[dt.date | None]


class CaseStep(Record):
    """One step of a case for one person, the group or the school.

    States: waiting (question unanswered or base date unknown), open, done, skipped. Late and
    today are derived (domain/deadlines.py). `due_at` is set for rules in hours only.
    """

    __tablename__ = "case_steps"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(12), default="")
    track: Mapped[str] = mapped_column(String(12))
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    concerns: Mapped[str] = mapped_column(String(15), default="school")
    involved_id: Mapped[int | None] = mapped_column(ForeignKey("involved_persons.id"), index=True)
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    responsible_roles: Mapped[list[str]] = mapped_column(default=list)
    rule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    due_on: Mapped[dt.date | None]
    due_at: Mapped[dt.datetime | None]
    moved: Mapped[bool] = mapped_column(default=False)
    provisional: Mapped[bool] = mapped_column(default=False)
    due_kind: Mapped[str] = mapped_column(String(10), default="deadline")
    statutory: Mapped[bool] = mapped_column(default=False)
    statutory_note: Mapped[str] = mapped_column(default="")
    optional: Mapped[bool] = mapped_column(default=False)
    condition: Mapped[str] = mapped_column(default="")
    condition_answer: Mapped[str] = mapped_column(String(10), default="")
    waits_for: Mapped[str] = mapped_column(String(10), default="")
    state: Mapped[str] = mapped_column(String(10), default="open")
    done_on: Mapped[dt.date | None]
    done_at: Mapped[dt.datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    result: Mapped[str] = mapped_column(default="")
    decision: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    passed_on_on: Mapped[dt.date | None]
    remark: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="")
    skipped_reason: Mapped[str] = mapped_column(default="")
    sets_base: Mapped[str] = mapped_column(String(20), default="")
    base_date: Mapped[dt.date | None]
    requires: Mapped[list[str]] = mapped_column(default=list)
    decision_options: Mapped[list[str]] = mapped_column(default=list)
    record: Mapped[str] = mapped_column(default="")

    __table_args__ = (Index(None, "state", "due_on"), Index(None, "responsible_id", "state"))


class CaseLogEntry(Record):
    """A line in the log of a case; `kind` is note, system or call."""

    __tablename__ = "case_log"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    at: Mapped[dt.datetime]
    kind: Mapped[str] = mapped_column(String(10), default="note")
    text: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
