"""The mapped base classes: naming conventions, and what every editable record carries."""

from __future__ import annotations

import datetime as dt
import secrets
import time
import uuid
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, ForeignKey, MetaData, String, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from wbos_desktop.domain.plain_text import clean


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment: aware in Python, stored as UTC without zone. Refuses naive values."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """To the database: UTC, naive."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(
        self, value: dt.datetime | None, dialect: Dialect
    ) -> dt.datetime | None:
        """From the database: aware, UTC."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


class PlainText(TypeDecorator[str]):
    """Text without the characters that no file or list can show; they fall out when saved."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """To the database, and to what is looked for in it."""
        return None if value is None else clean(value)


class LongText(PlainText):
    """As `PlainText`, in columns that were declared as TEXT."""

    impl = Text
    cache_ok = True


def new_uid() -> str:
    """A UUIDv7 as 32 hex digits: sorts by time, safe to travel between vaults."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value).hex


class Base(DeclarativeBase):
    """Root of all models. Text columns without a length are unlimited."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: UtcDateTime,
        str: PlainText,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[Any]: JSON,
    }


class Record(Base):
    """What every editable record carries; `version` guards against stale edits.

    The stamps are filled by the change hook (db/changes.py), never by services.
    """

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    deleted_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    version: Mapped[int]

    @declared_attr
    def created_by(cls) -> Mapped[int | None]:
        """The user who made it; empty while the vault itself is being made."""
        return mapped_column(ForeignKey("users.id", use_alter=True), default=None)

    @declared_attr
    def updated_by(cls) -> Mapped[int | None]:
        """The user who changed it last."""
        return mapped_column(ForeignKey("users.id", use_alter=True), default=None)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """Optimistic locking by the version column, which starts at 1."""
        return {"version_id_col": cls.__table__.c.version} if "__table__" in cls.__dict__ else {}
