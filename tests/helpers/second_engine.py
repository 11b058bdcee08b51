"""The second, independent engine: reads what the program wrote, so that the data never hangs on
one driver. It never writes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import apsw


def problem(database: Path, key: bytes) -> str:
    """What the second engine finds wrong, or ''. Reads a copy of the file and its log."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "copy.db"
        shutil.copy(database, copy)
        log = database.with_name(database.name + "-wal")
        if log.exists():
            shutil.copy(log, copy.with_name("copy.db-wal"))
        return _read(copy, key)


def _read(copy: Path, key: bytes) -> str:
    connection = apsw.Connection(str(copy))
    try:
        for pragma in ("cipher = 'sqlcipher'", "legacy = 4", f"key = \"x'{key.hex()}'\""):
            connection.execute("PRAGMA " + pragma)
        found = connection.execute("PRAGMA integrity_check").fetchall()
        return "" if found == [("ok",)] else str(found[0][0])
    except apsw.Error as error:
        return type(error).__name__
    finally:
        connection.close()
