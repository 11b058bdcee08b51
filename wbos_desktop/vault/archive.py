"""A backup as one file: keys.json and the encrypted database, sealed. Nothing in it is plain
but a header without names.

    8 bytes    magic "WBOSBAK1"
    4 bytes    length of the header, big endian
    header     JSON in ASCII: format, vault id, moment made (UTC), generation, main copy, audit
               count and head, counts per main table, length of each part
    32 bytes   HMAC-SHA256 of all bytes before it: a header that is read alone can be trusted
    keys.json  as it was that day: the passphrases of that day open the backup
    wbos.db    from VACUUM INTO, without a log
    32 bytes   SHA-256 of all bytes before it: tells damage before a passphrase is asked
    32 bytes   HMAC-SHA256 of all bytes before it

The key of both HMACs is derived from the audit key, which never changes and which every way
into the vault opens; so a backup that was made outside the vault is refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from wbos_desktop.domain.backups import BackupHeader
from wbos_desktop.errors import DamagedVault, NewerVault, NotOurVault
from wbos_desktop.i18n import _

from .envelope import MAX_BYTES

MAGIC = b"WBOSBAK1"
FORMAT = 1
_MAX_HEADER = 64 * 1024
_DIGEST = 32
_CHUNK = 1 << 20

Step = Callable[[int, int], None]  # bytes done, bytes in all; may raise Cancelled


def write(
    target: BinaryIO,
    header: BackupHeader,
    keys: bytes,
    database: Path,
    audit_key: bytes,
    step: Step,
) -> int:
    """Write a whole archive in constant memory; returns its length in bytes. Raises OSError.

    The caller flushes, checks and renames. `header` carries the lengths of both parts.
    """
    head = _head(header, audit_key)
    digest, seal = hashlib.sha256(), _seal(audit_key)
    total = archive_length(header, len(head))
    done = 0

    def put(data: bytes) -> None:
        nonlocal done
        target.write(data)
        digest.update(data)
        seal.update(data)
        done += len(data)
        step(done, total)

    put(head)
    put(keys)
    with database.open("rb") as source:
        while chunk := source.read(_CHUNK):
            put(chunk)
    checksum = digest.digest()
    seal.update(checksum)
    target.write(checksum + seal.digest())
    return done + 2 * _DIGEST


def read_header(path: Path, audit_key: bytes | None = None) -> BackupHeader:
    """The header, after a look at the file's length; with the audit key also its seal.

    Raises NotOurVault (another kind of file), NewerVault, DamagedVault or OSError.
    """
    with path.open("rb") as file:
        header, start = _read_head(file, audit_key)
    if path.stat().st_size != archive_length(header, start):
        raise damaged()
    return header


def check(path: Path, audit_key: bytes | None, step: Step) -> BackupHeader:
    """Read every byte: the checksum, and with the audit key the seal too.

    Raises what `read_header` raises.
    """
    with path.open("rb") as file:
        header, start = _read_head(file, audit_key)
        total = archive_length(header, start)
        if path.stat().st_size != total:
            raise damaged()
        file.seek(0)
        digest, seal = hashlib.sha256(), _seal(audit_key or b"")
        left = total - 2 * _DIGEST
        while left:
            chunk = file.read(min(_CHUNK, left))
            if not chunk:
                raise damaged()
            digest.update(chunk)
            seal.update(chunk)
            left -= len(chunk)
            step(total - left, total)
        checksum, mac = file.read(_DIGEST), file.read(_DIGEST)
    if not hmac.compare_digest(checksum, digest.digest()):
        raise damaged()
    seal.update(checksum)
    if audit_key is not None and not hmac.compare_digest(mac, seal.digest()):
        raise forged()
    return header


def read_keys(path: Path) -> bytes:
    """The bytes of keys.json inside. Raises what `read_header` raises."""
    with path.open("rb") as file:
        header, _start = _read_head(file, None)
        keys = file.read(header.keys_length)
    if len(keys) != header.keys_length:
        raise damaged()
    return keys


def extract_database(path: Path, target: Path, step: Step) -> None:
    """Write the encrypted database inside to a new file, flushed, for this user only.

    Check the archive first. Raises OSError and what `read_header` raises.
    """
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    with path.open("rb") as file:
        header, _start = _read_head(file, None)
        file.seek(header.keys_length, os.SEEK_CUR)
        with os.fdopen(os.open(target, flags, 0o600), "wb") as copy:
            left = header.database_length
            while left:
                chunk = file.read(min(_CHUNK, left))
                if not chunk:
                    raise damaged()
                copy.write(chunk)
                left -= len(chunk)
                step(header.database_length - left, header.database_length)
            copy.flush()
            os.fsync(copy.fileno())


def key_mark(data_key: bytes) -> bytes:
    """16 bytes that are equal for equal data keys and tell nothing else of a random key."""
    return hmac.digest(data_key, b"wbos backup key mark 1", hashlib.sha256)[:16]


def archive_length(header: BackupHeader, start: int) -> int:
    """Bytes of the whole file, given where keys.json starts."""
    return start + header.keys_length + header.database_length + 2 * _DIGEST


def _head(header: BackupHeader, audit_key: bytes) -> bytes:
    content = json.dumps(_to_json(header), sort_keys=True, separators=(",", ":")).encode("ascii")
    head = MAGIC + len(content).to_bytes(4, "big") + content
    return head + hmac.digest(_key(audit_key), head, hashlib.sha256)


def _read_head(file: BinaryIO, audit_key: bytes | None) -> tuple[BackupHeader, int]:
    magic = file.read(len(MAGIC))
    if magic[:7] != MAGIC[:7]:
        raise NotOurVault(_("This file is no backup of WBOS. Nothing was changed."))
    if magic[7:] > MAGIC[7:]:
        raise _newer()
    length = file.read(4)
    size = int.from_bytes(length, "big")
    if magic != MAGIC or not 0 < size <= _MAX_HEADER:
        raise damaged()
    content, mac = file.read(size), file.read(_DIGEST)
    try:
        header = _from_json(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise damaged() from None
    if audit_key is not None:
        expected = hmac.digest(_key(audit_key), magic + length + content, hashlib.sha256)
        if not hmac.compare_digest(expected, mac):
            raise forged()
    return header, file.tell()


def _to_json(header: BackupHeader) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "vault": header.vault_id,
        "made_at": header.made_at.astimezone(dt.UTC).isoformat(),
        "generation": header.generation,
        "key": header.key_mark.hex(),
        "main": [header.main_number, header.main_since],
        "handed_over": header.handed_over,
        "audit": [header.audit_count, header.audit_head.hex()],
        "counts": header.counts,
        "parts": [["keys.json", header.keys_length], ["wbos.db", header.database_length]],
    }


def _from_json(content: dict[str, Any]) -> BackupHeader:
    if content["format"] > FORMAT:
        raise _newer()
    (_keys, keys_length), (_database, database_length) = content["parts"]
    header = BackupHeader(
        vault_id=str(content["vault"]),
        made_at=dt.datetime.fromisoformat(content["made_at"]),
        generation=int(content["generation"]),
        key_mark=bytes.fromhex(content["key"]),
        main_number=int(content["main"][0]),
        main_since=str(content["main"][1]),
        audit_count=int(content["audit"][0]),
        audit_head=bytes.fromhex(content["audit"][1]),
        counts={str(table): int(count) for table, count in content["counts"].items()},
        keys_length=int(keys_length),
        database_length=int(database_length),
        handed_over=bool(content["handed_over"]),
    )
    if header.made_at.tzinfo is None or not 0 < header.keys_length <= MAX_BYTES:
        raise ValueError
    if header.database_length <= 0:
        raise ValueError
    return header


def _key(audit_key: bytes) -> bytes:
    return hmac.digest(audit_key, b"wbos backup key 1", hashlib.sha256)


def _seal(audit_key: bytes) -> hmac.HMAC:
    return hmac.new(_key(audit_key), digestmod=hashlib.sha256)


def damaged() -> DamagedVault:
    """The sentence for a backup that is not whole."""
    return DamagedVault(
        _("This backup is not whole. Choose an older one. Your present data is unchanged.")
    )


def forged() -> DamagedVault:
    """The sentence for a whole file that this vault did not make."""
    return DamagedVault(
        _(
            "This backup was not made with this vault, or it was changed afterwards."
            " Choose another one. Your present data is unchanged."
        )
    )


def _newer() -> NewerVault:
    return NewerVault(
        _("This backup was made by a newer WBOS. Install the newest version. Nothing changed.")
    )
