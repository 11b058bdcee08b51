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
    """All pages of an encrypted database as they lie on disk, free ones and free parts too.

    SQLCipher 4 with a raw key: AES-256-CBC, the vector before the seal at the end of each page.
    """
    data = database.read_bytes()
    plain = []
    for start in range(0, len(data), PAGE):
        page = data[start : start + PAGE]
        body = page[SALT if start == 0 else 0 : PAGE - RESERVE]
        vector = page[PAGE - RESERVE : PAGE - RESERVE + 16]
        cipher = Cipher(algorithms.AES(data_key), modes.CBC(vector)).decryptor()
        plain.append(cipher.update(body) + cipher.finalize())
    return b"".join(plain)


def log_frames(database: Path) -> int:
    """How many pages stand in the write-ahead log."""
    log = database.with_name(database.name + "-wal")
    if not log.exists() or log.stat().st_size < 32:
        return 0
    (size,) = struct.unpack(">I", log.read_bytes()[8:12])
    return (log.stat().st_size - 32) // (size + 24)
