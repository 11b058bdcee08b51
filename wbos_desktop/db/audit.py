"""The append-only audit trail: each line's MAC covers the line and the MAC before it.

The head (count and last MAC) is also kept outside the database, in the envelope, so that a
cut tail is noticed. Lines hold ids and table names only.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from .context import context
from .models.system import AuditLine

GENESIS = bytes(32)


@dataclass(frozen=True)
class AuditHead:
    """How many lines there are, and the MAC of the last one."""

    count: int
    mac: bytes


@dataclass(frozen=True)
class Entry:
    """One thing to note: an action on the record `object_id` of `object_table`."""

    action: str
    object_table: str
    object_id: int


def note(session: Session, action: str, object_table: str, object_id: int) -> None:
    """Add one line in this transaction, such as note(session, "view", "cases", 12)."""
    append(session, [Entry(action, object_table, object_id)])


def append(session: Session, entries: Sequence[Entry]) -> None:
    """Add lines in this transaction, in order; none in a vault that is open for reading only."""
    if not entries or session.info.get("unrecorded"):
        return
    who, key = context(session), _key(session)
    last = head(session)
    count, mac, rows = last.count, last.mac, []
    for entry in entries:
        count += 1
        mac = _mac(key, mac, count, who.now, who.user_id, entry)
        rows.append(
            {
                "seq": count,
                "at": who.now,
                "user_id": who.user_id,
                "action": entry.action,
                "object_table": entry.object_table,
                "object_id": entry.object_id,
                "mac": mac,
            }
        )
    session.connection().execute(insert(AuditLine), rows)


def head(session: Session) -> AuditHead:
    """The end of the chain as this transaction sees it."""
    found = session.connection().execute(
        select(AuditLine.seq, AuditLine.mac).order_by(AuditLine.seq.desc()).limit(1)
    )
    row = found.first()
    return AuditHead(0, GENESIS) if row is None else AuditHead(row.seq, row.mac)


def find_breaks(session: Session, expected: AuditHead | None = None) -> list[int]:
    """Sequence numbers where the chain does not hold: edited, dropped, swapped or cut lines.

    `expected` is the head kept outside the database: without it a cut tail can't be seen.
    """
    key, mac, count, broken = _key(session), GENESIS, 0, []
    reached = expected is None or expected.count == 0
    for line in _lines(session):
        count += 1
        entry = Entry(line.action, line.object_table, line.object_id)
        mac = _mac(key, mac, line.seq, line.at, line.user_id, entry)
        if line.seq != count or not hmac.compare_digest(mac, line.mac):
            broken.append(line.seq)
            count, mac = line.seq, line.mac
        if expected is not None and count == expected.count:
            reached = hmac.compare_digest(line.mac, expected.mac)
    if not reached:
        broken.append(expected.count if expected else count)
    return broken


def _lines(session: Session) -> Iterable[AuditLine]:
    statement = select(AuditLine).order_by(AuditLine.seq).execution_options(yield_per=1000)
    return session.scalars(statement)


def _key(session: Session) -> bytes:
    key = session.info["audit_key"]
    assert isinstance(key, bytes)
    return key


def _mac(
    key: bytes, previous: bytes, seq: int, at: dt.datetime, user_id: int | None, entry: Entry
) -> bytes:
    moment = at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    fields = (seq, moment, user_id, entry.action, entry.object_table, entry.object_id)
    text = "\x1f".join("" if field is None else str(field) for field in fields)
    return hmac.digest(key, previous + text.encode(), hashlib.sha256)
