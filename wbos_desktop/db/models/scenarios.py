"""Als-dan-zodat scenarios: the texts, practice, use, and for whom they were picked."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wbos_desktop.db.base import LongText, PlainText, Record


class Scenario(Record):
    """One scenario: observe (if), aim (so that), manner (then: three ways), timing.

    `origin` is builtin or school; a school's edit of a built-in is a new row with `based_on_id`.
    `search_text` is every shown text without accents, lower case, for the search field.
    """

    __tablename__ = "scenarios"

    code: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(PlainText(80))
    norms: Mapped[list[str]]
    level: Mapped[str] = mapped_column(String(10))
    sectors: Mapped[list[str]]
    responses: Mapped[list[str]]
    aimed_at: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(10))
    want_to_see: Mapped[str] = mapped_column(LongText, default="")
    not_want_to_see: Mapped[str] = mapped_column(LongText, default="")
    if_text: Mapped[str] = mapped_column(LongText)
    physical: Mapped[str] = mapped_column(LongText)
    nonverbal: Mapped[str] = mapped_column(LongText, default="")
    verbal: Mapped[str] = mapped_column(LongText, default="")
    timing: Mapped[str] = mapped_column(LongText, default="")
    so_that: Mapped[str] = mapped_column(LongText)
    tags: Mapped[list[str]]
    origin: Mapped[str] = mapped_column(String(10), default="school")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    status: Mapped[str] = mapped_column(String(10), default="concept")
    edition: Mapped[int] = mapped_column(default=1)
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("scenarios.id"))
    search_text: Mapped[str] = mapped_column(LongText, default="")


class ScenarioPractice(Record):
    """One practice session; `sure` (1-5) is for the person who practised only."""

    __tablename__ = "scenario_practices"

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id"), index=True)
    practised_on: Mapped[dt.date]
    form: Mapped[str] = mapped_column(String(12), default="alone")
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    note: Mapped[str] = mapped_column(LongText, default="")
    sure: Mapped[int | None]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class ScenarioUse(Record):
    """One time that a scenario was used with a group; `helped` is yes, bit or no."""

    __tablename__ = "scenario_uses"

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id"), index=True)
    used_on: Mapped[dt.date]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    helped: Mapped[str] = mapped_column(String(5))
    note: Mapped[str] = mapped_column(LongText, default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class ScenarioPick(Record):
    """The team's choice of a scenario for a group or for a case."""

    __tablename__ = "scenario_picks"
    __table_args__ = (Index(None, "group_id", "case_id"),)

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    picked_on: Mapped[dt.date]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class ScenarioKeep(Record):
    """A bookmark: this member of staff keeps the scenario at hand."""

    __tablename__ = "scenario_keeps"

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
