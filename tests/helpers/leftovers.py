"""What is left of an erased pupil: in the rows, and in the bytes of a database file."""

from __future__ import annotations

import struct
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.base import Base
from wbos_desktop.domain.people import fold

PAGE, RESERVE, SALT = 4096, 80, 16


def rows_with(session: Session, word: str, *, but: tuple[str, ...] = ()) -> list[str]:
    """'table.column' of every value in every row that holds the word, accents and case aside."""
    wanted, found = fold(word), []
    for table in Base.metadata.sorted_tables:
        if table.name in but:
            continue
        for row in session.connection().execute(select(table)).mappings():
            for column, value in row.items():
                text = value.decode("latin-1") if isinstance(value, bytes) else repr(value)
                if wanted in fold(text):
                    found.append(f"{table.name}.{column}")
    return sorted(set(found))


def count_in_files(database: Path, word: str) -> int:
    """How often the word stands in the bytes of a plain database and of its log."""
    files = (database, database.with_name(database.name + "-wal"))
    return sum(file.read_bytes().count(word.encode()) for file in files if file.exists())


def decrypted_pages(database: Path, data_key: bytes) -> bytes:
    """All pages of an encrypted database as they lie on disk, free ones and free parts too; and
    those that are kept aside for a rescue."""
    data = database.read_bytes()
    pages = [(start, data[start : start + PAGE]) for start in range(0, len(data), PAGE)]
    aside = database.with_name("schema.pages")
    copies = aside.read_bytes() if aside.exists() else b""
    for start in range(0, len(copies), PAGE + 4):
        (number,) = struct.unpack(">I", copies[start : start + 4])
        pages.append((number - 1, copies[start + 4 : start + 4 + PAGE]))
    return b"".join(_decrypted(page, first=start == 0, key=data_key) for start, page in pages)


def _decrypted(page: bytes, *, first: bool, key: bytes) -> bytes:
    """SQLCipher 4 with a raw key: AES-256-CBC, the vector before the seal at the end."""
    body = page[SALT if first else 0 : PAGE - RESERVE]
    vector = page[PAGE - RESERVE : PAGE - RESERVE + 16]
    cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return cipher.update(body) + cipher.finalize()
