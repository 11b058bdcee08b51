"""Meetings: attendance, agenda, decisions; and the one list of actions."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from wbos_desktop.db.base import LongText, PlainText, Record


class Meeting(Record):
    """One meeting; starts_at and ends_at are the local wall clock, without zone."""

    __tablename__ = "meetings"

    kind: Mapped[str] = mapped_column(String(15))
    starts_at: Mapped[dt.datetime] = mapped_column(DateTime(), index=True)
    ends_at: Mapped[dt.datetime] = mapped_column(DateTime())
    place: Mapped[str] = mapped_column(PlainText(80), default="")
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    minutes_taker_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[str] = mapped_column(String(10), default="planned")


class MeetingAttendee(Record):
    """Somebody who is invited: a colleague (staff_id) or an external person (external_name)."""

    __tablename__ = "meeting_attendees"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    external_name: Mapped[str] = mapped_column(PlainText(120), default="")
    present: Mapped[bool | None]
    position: Mapped[int] = mapped_column(default=0)


class AgendaItem(Record):
    """One item; `subject` says which of group, case or scenario it is about.

    `informed` is whether parents and pupil know of it: yes, no (with a reason) or '' (not asked).
    `external_basis` is '' | consent | ground: lets a pupil item reach externals.
    """

    __tablename__ = "agenda_items"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    position: Mapped[int]
    subject: Mapped[str] = mapped_column(String(10))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    scenario_id: Mapped[int | None] = mapped_column(ForeignKey("scenarios.id"))
    title: Mapped[str] = mapped_column(PlainText(120), default="")
    minutes: Mapped[int] = mapped_column(default=10)
    aim: Mapped[str] = mapped_column(String(10), default="discuss")
    question: Mapped[str] = mapped_column(LongText, default="")
    informed: Mapped[str] = mapped_column(String(3), default="")
    informed_reason: Mapped[str] = mapped_column(LongText, default="")
    external_basis: Mapped[str] = mapped_column(String(10), default="")
    external_note: Mapped[str] = mapped_column(LongText, default="")


class Decision(Record):
    """What the meeting decided on one item."""

    __tablename__ = "decisions"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_items.id"), index=True)
    text: Mapped[str] = mapped_column(LongText)


class Action(Record):
    """Who does what by when; from a meeting, a case or a group.

    `carried_over` counts the meetings that passed while it stayed open.
    """

    __tablename__ = "actions"

    text: Mapped[str] = mapped_column(LongText)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    due_on: Mapped[dt.date | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10), default="open")
    done_on: Mapped[dt.date | None]
    carried_over: Mapped[int] = mapped_column(default=0)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"), index=True)
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_items.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
