"""Does the write-ahead log belong to the database beside it?

The first save after the log was emptied writes a new mark, with the mark before it. The main
file, read without its log, then shows one of these two; a file that was put back shows another.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from wbos_desktop.errors import DamagedVault

from . import audit, engine
from .models.system import LogEpoch

MARK_BYTES = 16


def begin(session: Session) -> None:
    """Mark a new stretch; for the first save after the log was emptied."""
    last, connection = audit.head(session), session.connection()
    known = connection.execute(select(LogEpoch.mark)).first()
    values = {"mark": os.urandom(MARK_BYTES), "seq": last.count, "mac": last.mac}
    if known is None:
        row = values | {"id": 1, "before": bytes(MARK_BYTES)}
        connection.execute(insert(LogEpoch), [row])
    else:
        connection.execute(update(LogEpoch).values(before=known.mark, **values))


def log_is_foreign(path: Path, dek: bytes) -> bool:
    """True if the log beside the database at `path` was written for another file.

    Changes nothing; call it before the database is opened for work. Raises DamagedVault when
    the database can't be read without its log either.
    """
    if engine.log_bytes(path) == 0:
        return False
    alone = _ask(path, dek, alone=True)
    if alone is None:
        return False  # made before there were marks
    try:
        joined = _ask(path, dek, alone=False)
    except DamagedVault:
        return True
    if joined is None or alone["mark"] not in (joined["mark"], joined["before"]):
        return True
    return joined["seq"] > 0 and not _has_line(path, dek, joined["seq"], joined["mac"])


def _ask(path: Path, dek: bytes, *, alone: bool) -> dict[str, Any] | None:
    with engine.reading(path, dek, without_log=alone) as connection:
        tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'log_epochs'"
        if not connection.execute(tables).fetchone()[0]:
            return None
        row = connection.execute("SELECT mark, before, seq, mac FROM log_epochs").fetchone()
    return None if row is None else dict(zip(("mark", "before", "seq", "mac"), row, strict=True))


def _has_line(path: Path, dek: bytes, seq: int, mac: bytes) -> bool:
    """True too when the file can't tell: a log that was half moved into it leaves a mix."""
    try:
        with engine.reading(path, dek, without_log=True) as connection:
            row = connection.execute("SELECT mac FROM audit WHERE seq = ?", (seq,)).fetchone()
    except DamagedVault:
        return True
    return row is not None and row[0] == mac
