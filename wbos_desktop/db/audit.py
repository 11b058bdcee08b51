"""The append-only audit trail: each line's MAC covers the line and the MAC before it.

The head (count and last MAC) is also kept outside the database, in the envelope, so that a
cut tail is noticed. Lines hold ids and table names only.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, insert, select, type_coerce
from sqlalchemy.orm import Session

from .context import context
from .models.system import AuditLine

GENESIS = bytes(32)
_MOMENT = "%Y-%m-%dT%H:%M:%S.%f"


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


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold: lines `first` to `last`, both included.

    `kind` is changed, swapped, missing (lines between others are gone), cut (the end is gone) or
    foreign (nothing holds: the lines of another vault).
    """

    kind: str
    first: int
    last: int


def find_breaks(session: Session, expected: AuditHead | None = None) -> list[Break]:
    """Where the chain does not hold: edited, dropped, swapped or cut lines, in their order.

    `expected` is the head kept outside the database: without it a cut tail can't be seen. Reads
    plain columns: two hundred thousand lines take less than a second.
    """
    walk = _Walk(_key(session), expected)
    for row in _raw_lines(session):
        walk.take(*row)
    return walk.end()


class _Walk:
    """Follows the chain line by line and keeps only what the next line needs."""

    def __init__(self, key: bytes, expected: AuditHead | None) -> None:
        self._key, self._expected = key, expected
        self._mac, self._count, self._lines = GENESIS, 0, 0
        self._reached = expected is None or expected.count == 0
        self._breaks: list[Break] = []
        # The line before, when it did not hold: its text without number, and its MAC.
        self._odd: tuple[int, str, bytes] | None = None

    def take(
        self,
        seq: int,
        at: object,
        user_id: int | None,
        action: str,
        table: str,
        object_id: int,
        mac: bytes,
    ) -> None:
        """The next line, by its number."""
        rest = f"{_moment(at)}\x1f{'' if user_id is None else user_id}"
        rest = f"{rest}\x1f{action}\x1f{table}\x1f{object_id}"
        before, self._odd, self._lines = self._odd, None, self._lines + 1
        text = f"{seq}\x1f{rest}".encode()
        if seq == self._count + 1 and hmac.digest(self._key, self._mac + text, "sha256") == mac:
            self._mac = mac
        elif seq > self._count + 1:
            self._note(Break("missing", self._count + 1, seq - 1))
            self._mac = mac
        elif before is not None and before[0] == seq - 1 and self._was_next(mac, seq, before):
            self._breaks[-1] = Break("swapped", before[0], seq)
            self._mac = before[2]
        else:
            self._note(Break("changed", seq, seq))
            self._odd, self._mac = (seq, rest, mac), mac
        self._count = seq
        if self._expected is not None and seq == self._expected.count:
            self._reached = hmac.compare_digest(self._mac, self._expected.mac)

    def _was_next(self, mac: bytes, seq: int, before: tuple[int, str, bytes]) -> bool:
        """True if the line before this one stood here, and this one there."""
        text = f"{seq}\x1f{before[1]}".encode()
        return hmac.digest(self._key, mac + text, "sha256") == before[2]

    def _note(self, found: Break) -> None:
        last = self._breaks[-1] if self._breaks else None
        if last and last.kind == found.kind == "changed" and last.last == found.first - 1:
            found = Break("changed", last.first, found.last)
            self._breaks.pop()
        self._breaks.append(found)

    def end(self) -> list[Break]:
        """What was found, with the end of the chain."""
        if self._lines > 1 and self._breaks[:1] == [Break("changed", 1, self._count)]:
            return [Break("foreign", 1, self._count)]
        if not self._reached and self._expected is not None:
            if self._count < self._expected.count:
                self._breaks.append(Break("cut", self._count + 1, self._expected.count))
            elif not self._breaks:
                self._breaks.append(Break("changed", self._expected.count, self._expected.count))
        return self._breaks


def _raw_lines(session: Session) -> Iterable[Any]:
    statement = select(
        AuditLine.seq,
        type_coerce(AuditLine.at, String),  # as stored: to read 200,000 moments costs too much
        AuditLine.user_id,
        AuditLine.action,
        AuditLine.object_table,
        AuditLine.object_id,
        AuditLine.mac,
    ).order_by(AuditLine.seq)
    return session.connection().execution_options(yield_per=2000).execute(statement)


def _moment(at: object) -> str:
    """A stored moment as the MAC has it: '2026-11-24T09:42:00.000000', in UTC."""
    if isinstance(at, dt.datetime):
        return at.strftime(_MOMENT)
    return str(at).replace(" ", "T", 1)


def _key(session: Session) -> bytes:
    key = session.info["audit_key"]
    assert isinstance(key, bytes)
    return key


def _mac(
    key: bytes, previous: bytes, seq: int, at: dt.datetime, user_id: int | None, entry: Entry
) -> bytes:
    moment = at.astimezone(dt.UTC).strftime(_MOMENT)
    fields = (seq, moment, user_id, entry.action, entry.object_table, entry.object_id)
    text = "\x1f".join("" if field is None else str(field) for field in fields)
    return hmac.digest(key, previous + text.encode(), "sha256")
