"""The school, its years and calendar, its people and groups, and what was read in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from wbos_desktop.db.base import PlainText, Record


class School(Record):
    """The one school of a vault."""

    __tablename__ = "school"

    name: Mapped[str] = mapped_column(default="")
    sector: Mapped[str] = mapped_column(String(4), default="VO")
    brin: Mapped[str] = mapped_column(default="")
    # Stands at the foot of every export.
    print_line: Mapped[str] = mapped_column(default="")
    catalogue_versions: Mapped[dict[str, Any]] = mapped_column(default=dict)


class EmergencyContact(Record):
    """A telephone number that incident pages show, in the order of `position`."""

    __tablename__ = "emergency_contacts"

    label: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)


class SchoolYear(Record):
    """A school year; `week_pattern` has a 1 for each week day (Monday first) with lessons."""

    __tablename__ = "school_years"

    name: Mapped[str] = mapped_column(index=True)
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    week_pattern: Mapped[str] = mapped_column(String(7), default="1111100")


class CalendarDay(Record):
    """Days that differ from the week pattern; `kind` is holiday, study_day or half_day."""

    __tablename__ = "calendar_days"

    school_year_id: Mapped[int] = mapped_column(ForeignKey("school_years.id"), index=True)
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    kind: Mapped[str] = mapped_column(String(12), default="holiday")
    label: Mapped[str] = mapped_column(default="")


class Staff(Record):
    """Somebody who works at or with the school; `source_key` is the key in the pupil system."""

    __tablename__ = "staff"

    given_name: Mapped[str] = mapped_column(default="")
    name_prefix: Mapped[str] = mapped_column(default="")
    family_name: Mapped[str] = mapped_column(default="")
    # Family name and given name without accents and case: what lists sort on.
    sort_name: Mapped[str] = mapped_column(default="", index=True)
    code: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    source_key: Mapped[str] = mapped_column(default="", index=True)
    active: Mapped[bool] = mapped_column(default=True)


class StaffRole(Record):
    """A role of the roles catalogue that somebody holds during a period (open when empty)."""

    __tablename__ = "staff_roles"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    role: Mapped[str] = mapped_column(String(40), index=True)
    valid_from: Mapped[dt.date | None] = mapped_column(default=None)
    valid_to: Mapped[dt.date | None] = mapped_column(default=None)


class User(Record):
    """A staff member who can open the vault; `slot_id` names the key slot in the envelope.

    `must_renew`: a colleague chose the password, the owner chooses another at the first unlock.
    """

    __tablename__ = "users"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    role: Mapped[str] = mapped_column(String(12), default="member")
    slot_id: Mapped[str] = mapped_column(default="", index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    must_renew: Mapped[bool] = mapped_column(default=False)


class Deputy(Record):
    """Somebody who stands in for a colleague during a period (waarneming), both days included."""

    __tablename__ = "deputies"

    absent_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    note: Mapped[str] = mapped_column(default="")


class Pupil(Record):
    """A pupil; never with a citizen service number, address or origin."""

    __tablename__ = "pupils"

    pupil_number: Mapped[str] = mapped_column(default="", index=True)
    source_key: Mapped[str] = mapped_column(default="", index=True)
    given_name: Mapped[str] = mapped_column(default="")
    name_prefix: Mapped[str] = mapped_column(default="")
    family_name: Mapped[str] = mapped_column(default="")
    # Family name and given name without accents and case: what lists sort on.
    sort_name: Mapped[str] = mapped_column(default="", index=True)
    birth_date: Mapped[dt.date | None] = mapped_column(default=None)
    enrolled_on: Mapped[dt.date | None] = mapped_column(default=None)
    left_on: Mapped[dt.date | None] = mapped_column(default=None)


class Group(Record):
    """A group in one school year; `kind` is base or composite."""

    __tablename__ = "groups"

    name: Mapped[str]
    school_year_id: Mapped[int] = mapped_column(ForeignKey("school_years.id"), index=True)
    sector: Mapped[str] = mapped_column(String(4), default="VO")
    programme: Mapped[str] = mapped_column(default="")
    year_level: Mapped[str] = mapped_column(PlainText(8), default="")
    kind: Mapped[str] = mapped_column(String(12), default="base")
    source_key: Mapped[str] = mapped_column(default="", index=True)


class GroupMentor(Record):
    """A mentor or teacher who answers for a group, first mentor first."""

    __tablename__ = "group_mentors"

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)


class Membership(Record):
    """A pupil's time in a group; open at the end while the pupil is in it."""

    __tablename__ = "memberships"
    __table_args__ = (Index(None, "pupil_id", "group_id"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupils.id"), index=True)
    member_from: Mapped[dt.date | None] = mapped_column(default=None)
    member_to: Mapped[dt.date | None] = mapped_column(default=None)


class ImportRun(Record):
    """One file that was read in: its name without folder, and how many of what changed."""

    __tablename__ = "import_runs"

    file_name: Mapped[str] = mapped_column(default="")
    format: Mapped[str] = mapped_column(String(20), default="")
    school_year_id: Mapped[int | None] = mapped_column(ForeignKey("school_years.id"), default=None)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[dt.datetime]
