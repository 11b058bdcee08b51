"""Incidents as reported, the groups they touch and the persons who were there."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wbos_desktop.db.base import Base, PlainText, Record


class Incident(Record):
    """One event; `case_id` is filled once it is handled in a case.

    `state` is to_assess, note or case. `search_text` is the folded text that the register
    searches with LIKE; the service that writes the other columns keeps it.
    """

    __tablename__ = "incidents"

    number: Mapped[str] = mapped_column(String(12), unique=True)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    kind_code: Mapped[str] = mapped_column(String(30))
    happened_on: Mapped[dt.date]
    happened_time: Mapped[dt.time | None]
    reported_at: Mapped[dt.datetime]
    place: Mapped[str] = mapped_column(String(20), default="class")
    part_of_day: Mapped[str] = mapped_column(String(20), default="")
    severity: Mapped[str] = mapped_column(String(10), default="light")
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    reporter_name: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(String(10), default="self")
    heard_from: Mapped[str] = mapped_column(default="")
    safe: Mapped[str] = mapped_column(String(10), default="yes")
    level: Mapped[str] = mapped_column(String(10), default="involved")
    state: Mapped[str] = mapped_column(String(12), default="note")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    ground: Mapped[str] = mapped_column(default="")
    police: Mapped[bool] = mapped_column(default=False)
    police_on: Mapped[dt.date | None]
    police_reference: Mapped[str] = mapped_column(default="")
    reporter_told_on: Mapped[dt.date | None]
    assessed_on: Mapped[dt.date | None]
    assessed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    search_text: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        # Covers the register; deleted_at stands last so that it is never taken as a filter.
        Index(None, "happened_on", "id", "deleted_at"),
        Index(None, "state", "happened_on"),
        Index(None, "level"),
        Index(None, "kind_code", "happened_on"),
    )


class IncidentGroup(Base):
    """A group that an incident belongs to; the first one lends its mentor."""

    __tablename__ = "incident_groups"

    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True
    )
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index(None, "group_id", "incident_id"),)


class InvolvedPerson(Record):
    """A pupil, colleague, outsider or unknown pupil in an incident.

    `account` is the person's own story and belongs to that person only.
    """

    __tablename__ = "involved_persons"

    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incidents.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupils.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    outsider_name: Mapped[str] = mapped_column(default="")
    unknown: Mapped[bool] = mapped_column(default=False)
    role: Mapped[str] = mapped_column(String(12), default="unknown")
    role_note: Mapped[str] = mapped_column(PlainText(40), default="")
    role_source: Mapped[str] = mapped_column(String(10), default="reporter")
    account: Mapped[str] = mapped_column(default="")
    injury: Mapped[str] = mapped_column(String(10), default="")
    heard_on: Mapped[dt.date | None]
    heard_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    parents_informed_on: Mapped[dt.date | None]
    parents_informed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    parents_informed_how: Mapped[str] = mapped_column(default="")
