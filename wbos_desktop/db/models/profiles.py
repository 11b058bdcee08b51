"""Group profiles (in the window: observaties), single observations, and what is planned."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wbos_desktop.db.base import Record


class Profile(Record):
    """How a group was seen on one day: strength of norms, phase, and what was heard and seen."""

    __tablename__ = "profiles"
    __table_args__ = (Index(None, "group_id", "observed_on"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    observed_on: Mapped[dt.date]
    status: Mapped[str] = mapped_column(String(12), default="draft")  # draft, discussed, adopted
    place: Mapped[str] = mapped_column(default="")
    phase: Mapped[str] = mapped_column(String(12), default="")
    phase_evidence: Mapped[str] = mapped_column(default="")
    heard: Mapped[str] = mapped_column(default="")
    seen: Mapped[str] = mapped_column(default="")
    by_whom: Mapped[str] = mapped_column(default="")
    climate: Mapped[str] = mapped_column(default="")
    influence: Mapped[str] = mapped_column(default="")
    subgroups: Mapped[str] = mapped_column(default="")
    question: Mapped[str] = mapped_column(default="")
    wished_norm: Mapped[str] = mapped_column(default="")
    next_observation_on: Mapped[dt.date | None] = mapped_column(default=None)
    # Counts saves, so that the version also moves when only strengths or observers change.
    edition: Mapped[int] = mapped_column(default=0)
    # Names of pupils were taken out at the end of the term on this day.
    anonymised_on: Mapped[dt.date | None] = mapped_column(default=None)

    strengths: Mapped[list[ProfileNorm]] = relationship(
        cascade="all, delete-orphan", order_by="ProfileNorm.norm_id"
    )
    observers: Mapped[list[ProfileObserver]] = relationship(
        cascade="all, delete-orphan", order_by="ProfileObserver.position"
    )


class ProfileNorm(Record):
    """Strength of one norm in one profile: 1 weak, 2 noticeable, 3 dominant (0 is not stored)."""

    __tablename__ = "profile_norms"

    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"), index=True)
    norm_id: Mapped[int] = mapped_column(ForeignKey("norms.id"), index=True)
    strength: Mapped[int]


class ProfileObserver(Record):
    """A staff member who observed; the first is the one who wrote it."""

    __tablename__ = "profile_observers"

    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    position: Mapped[int] = mapped_column(default=0)


class NormResponse(Record):
    """What one teacher does with one norm: visible to that teacher only (product.md section 1)."""

    __tablename__ = "norm_responses"

    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"), index=True)
    norm_id: Mapped[int] = mapped_column(ForeignKey("norms.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    sequence: Mapped[list[str]] = mapped_column(default=list)  # confirm strengthen ignore steer
    how: Mapped[str] = mapped_column(default="")


class PresenceCheck(Record):
    """The private check after a profile; never shown to others, printed, exported or counted."""

    __tablename__ = "presence_checks"

    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    relaxed: Mapped[str] = mapped_column(default="")
    got_room: Mapped[str] = mapped_column(default="")
    not_yet: Mapped[str] = mapped_column(default="")


class Observation(Record):
    """One utterance or behaviour as a fact (in the window: waarneming)."""

    __tablename__ = "observations"
    __table_args__ = (Index(None, "group_id", "observed_on"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    profile_id: Mapped[int | None] = mapped_column(
        ForeignKey("profiles.id"), index=True, default=None
    )
    observed_on: Mapped[dt.date]
    place: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(String(12), default="utterance")  # utterance behaviour online
    text: Mapped[str]
    norm_id: Mapped[int | None] = mapped_column(ForeignKey("norms.id"), default=None)
    observer_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), default=None)
    layer: Mapped[str] = mapped_column(String(16), default="group_dynamics")
    # Names of pupils were taken out at the end of the term on this day.
    anonymised_on: Mapped[dt.date | None] = mapped_column(default=None)

    pupils: Mapped[list[ObservationPupil]] = relationship(cascade="all, delete-orphan")


class ObservationPupil(Record):
    """A pupil in an observation."""

    __tablename__ = "observation_pupils"

    observation_id: Mapped[int] = mapped_column(ForeignKey("observations.id"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupils.id"), index=True)


class PlannedObservation(Record):
    """A day on which a group will be observed; `profile_id` once it was done."""

    __tablename__ = "planned_observations"

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), index=True)
    planned_on: Mapped[dt.date]
    observer_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), default=None)
    profile_id: Mapped[int | None] = mapped_column(ForeignKey("profiles.id"), default=None)
