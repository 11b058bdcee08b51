"""The end of the audit trail as it was after the last save, in a small file beside the database.

The envelope gets it only when the log is emptied. Between two of those moments a damaged or
lost log would take saved work along, and nobody would know: this file shows how much is missing.
Two places are written in turn, so that a write cut off leaves the other one.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .envelope import State
from .slots import envelope_key

FILE_NAME = "trail"
_PLACE = 512  # bytes: one sector, so that the two places never share one
_FIELDS = struct.Struct(">4sQQ32s32s")  # magic, turn, count, head, anchor
_MAGIC = b"WBT1"
_MAC_BYTES = 32


@dataclass(frozen=True)
class Mark:
    """How many lines the audit trail had, and the MAC of its last one."""

    count: int
    head: bytes


class TrailFile:
    """Keeps marks; one object per open vault. `anchor` ties it to the state of the envelope.

    A file with another anchor says nothing: the envelope was written since, and knows better.
    Two lanes may use it at the same time.
    """

    def __init__(self, folder: Path, vault_id: str, audit_key: bytes, state: State) -> None:
        self._path = folder / FILE_NAME
        self._label = b"wbos trail 1|" + vault_id.encode() + b"|"
        self._key = envelope_key(audit_key)
        self._turn = 0
        self._last: Mark | None = None
        self._lock = threading.Lock()
        self._anchor = _anchor(state)

    def keep(self, mark: Mark) -> None:
        """Write the mark through to the disk. Never raises: the save itself is done already.

        The mark of an earlier save, which comes late from the other lane, changes nothing.
        """
        with self._lock:
            if self._last is None or mark.count >= self._last.count:
                self._last = mark
                self._write(mark)

    def settle(self, state: State) -> None:
        """The envelope holds this state now: from here on marks come after it.

        The mark of a save that was made while the envelope was written stays.
        """
        with self._lock:
            self._anchor = _anchor(state)
            if self._last is not None and self._last.count > state.audit_count:
                self._write(self._last)
                return
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _write(self, mark: Mark) -> None:
        self._turn += 1
        fields = _FIELDS.pack(_MAGIC, self._turn, mark.count, mark.head, self._anchor)
        data = (fields + self._mac(fields)).ljust(_PLACE, b"\0")
        flags = os.O_CREAT | os.O_RDWR | getattr(os, "O_BINARY", 0)
        with suppress(OSError):
            descriptor = os.open(self._path, flags, 0o600)
            try:
                os.lseek(descriptor, _PLACE * (self._turn % 2), os.SEEK_SET)
                os.write(descriptor, data)
                getattr(os, "fdatasync", os.fsync)(descriptor)
            finally:
                os.close(descriptor)

    def read(self) -> Mark | None:
        """The newest mark that was kept after the envelope's state; None if there is none."""
        try:
            with self._path.open("rb") as file:
                content = file.read(2 * _PLACE)
        except OSError:
            return None
        found: Mark | None = None
        for start in (0, _PLACE):
            fields = content[start : start + _FIELDS.size]
            mac = content[start + _FIELDS.size :][:_MAC_BYTES]
            if len(fields) < _FIELDS.size or not hmac.compare_digest(self._mac(fields), mac):
                continue
            _magic, turn, count, head, anchor = _FIELDS.unpack(fields)
            if anchor == self._anchor and (found is None or turn > self._turn):
                self._turn, found = turn, Mark(count, head)
        return found

    def _mac(self, fields: bytes) -> bytes:
        return hmac.digest(self._key, self._label + fields, hashlib.sha256)


def _anchor(state: State) -> bytes:
    place = state.audit_count.to_bytes(8, "big")
    return hashlib.sha256(place + state.audit_head).digest()
