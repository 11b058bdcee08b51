"""The norm catalogue: shipped norms and cues, and what the school adds or hides."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from wbos_desktop.db.base import Base, Record


class Norm(Record):
    """A norm A-M of the catalogue, or one of the school; in use is hidden, never deleted."""

    __tablename__ = "norms"

    code: Mapped[str] = mapped_column(String(8), unique=True)
    title: Mapped[str]
    subtitle: Mapped[str] = mapped_column(default="")
    pattern: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(String(12))  # burdening, prosocial
    recognise: Mapped[str] = mapped_column(default="")
    lookalikes: Mapped[list[str]] = mapped_column(default=list)
    origin: Mapped[str] = mapped_column(String(8), default="builtin")  # builtin, school
    hidden: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    catalogue_version: Mapped[int | None] = mapped_column(default=None)


class NormCue(Base):
    """An utterance or behaviour that often goes with one or more norms; it never decides."""

    __tablename__ = "norm_cues"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    text: Mapped[str]
    kind: Mapped[str] = mapped_column(String(12), default="utterance")
    norms: Mapped[list[str]] = mapped_column(default=list)  # norm codes
    sectors: Mapped[list[str]] = mapped_column(default=list)  # po, vo, go, mbo; empty is all
    position: Mapped[int] = mapped_column(default=0)
