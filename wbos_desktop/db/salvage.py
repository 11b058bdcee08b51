"""Reads what can still be read of a damaged database, and puts it into a new one.

One damaged page ends a connection of SQLCipher for all later reads. So each failure gets a new
connection, and the next row that can be read is looked for by its number: near steps first, then
ever wider ones, then by halves.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from wbos_desktop.errors import DamagedVault
from wbos_desktop.i18n import _

from . import engine, faults

_FIRST = -(1 << 62)
_LAST = 1 << 62
_NEAR = 16  # about half the rows of a page: wider steps would jump over a whole page between two
_NEAR_TRIES = 64
_BATCH = 500
_ROUNDS = 50

Row = tuple[Any, ...]


class DamagedSource:
    """The damaged database; nothing is written to it. `failures` counts the lost connections."""

    def __init__(self, path: Path, dek: bytes) -> None:
        self._path, self._dek = path, dek
        self._connection: Any = None
        self.failures = 0

    def tables(self) -> dict[str, list[str]]:
        """Column names of each table. Raises DamagedVault when the begin of the file is lost."""
        names = self._all(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        found = {}
        for (name,) in names:
            info = self._all(f'PRAGMA table_info("{name}")')
            found[str(name)] = [str(row[1]) for row in info]
        return found

    def revision(self) -> str:
        """The revision of its schema; '' when that can't be read."""
        try:
            rows = self._all("SELECT version_num FROM alembic_version")
        except DamagedVault:
            return ""
        return str(rows[0][0]) if rows else ""

    def copy_rows(
        self, table: str, columns: Sequence[str], take: Callable[[list[Row]], None]
    ) -> None:
        """Hand every readable row to `take`, in pieces: its number and then the columns."""
        names = ", ".join(f'"{name}"' for name in columns)
        select = f'SELECT rowid, {names} FROM "{table}" WHERE rowid >= ? ORDER BY rowid'
        start = _FIRST
        while True:
            batch: list[Row] = []
            try:
                for row in self._open().execute(select, (start,)):
                    batch.append(tuple(row))
                    start = row[0] + 1
                    if len(batch) == _BATCH:
                        take(batch)
                        batch = []
                take(batch)
                return
            except sqlcipher.Error as error:
                self._failed(error)
                take(batch)
            found = self._next_readable(select + " LIMIT 1", start)
            if found is None:
                return
            take([found])
            start = found[0] + 1

    def numbers(self, table: str, also: str = "") -> dict[int, Any] | None:
        """The numbers of the rows as the indexes know them, with the column `also` where it is in
        the index; None when no index can tell. Readable where the rows themselves are not."""
        found: dict[int, Any] = {}
        for name, columns in self._indexes(table, also):
            extra = f', "{also}"' if also in columns else ", NULL"
            base = f'SELECT rowid{extra} FROM "{table}" INDEXED BY "{name}" ORDER BY '
            key = ", ".join(f'"{column}" {{way}}' for column in columns)
            if self._fill(base + key.format(way="ASC"), found):
                break
            self._fill(base + key.format(way="DESC"), found)
        return found or None

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _indexes(self, table: str, also: str) -> list[tuple[str, list[str]]]:
        try:
            rows = self._all(f'PRAGMA index_list("{table}")')
            names = [str(row[1]) for row in rows if not row[4]]
            found = [
                (name, [str(row[2]) for row in self._all(f'PRAGMA index_info("{name}")')])
                for name in names
            ]
        except DamagedVault:
            return []
        return sorted(found, key=lambda entry: (also not in entry[1], len(entry[1])))

    def _fill(self, statement: str, found: dict[int, Any]) -> bool:
        try:
            found.update(self._open().execute(statement))
        except sqlcipher.Error as error:
            self._failed(error)
            return False
        return True

    def _next_readable(self, statement: str, start: int) -> Row | None:
        """The first row from `start` on that can be read; None when there is none."""
        bad, step, tries = start - 1, 1, 0
        while True:
            good = min(bad + step, _LAST)
            readable, row = self._probe(statement, good)
            if readable:
                break
            if good == _LAST:
                return None
            bad, tries = good, tries + 1
            step = min(step * 2, _NEAR) if tries < _NEAR_TRIES else step * 2
        while good - bad > 1:
            middle = (good + bad) // 2
            readable, nearer = self._probe(statement, middle)
            if readable:
                good, row = middle, nearer
            else:
                bad = middle
        return row

    def _probe(self, statement: str, number: int) -> tuple[bool, Row | None]:
        try:
            row = self._open().execute(statement, (number,)).fetchone()
        except sqlcipher.Error as error:
            self._failed(error)
            return False, None
        return True, None if row is None else tuple(row)

    def _all(self, statement: str) -> list[Row]:
        try:
            return list(self._open().execute(statement).fetchall())
        except sqlcipher.Error as error:
            self._failed(error)
            raise faults.sort(error) from error

    def _open(self) -> Any:
        if self._connection is None:
            # Without a log nothing at all may appear beside the file, not even an empty one.
            alone = engine.log_bytes(self._path) == 0
            self._connection = engine.connect(
                self._path, self._dek, read_only=True, without_log=alone
            )
        return self._connection

    def _failed(self, error: Exception) -> None:
        """Drop the connection. Raises what is no damage, such as a disk that is gone."""
        self.failures += 1
        self.close()
        if not faults.is_damage(error):
            raise faults.sort(error) from error


class NewTarget:
    """The new database with its schema, still without rows and without their bonds checked."""

    def __init__(self, path: Path, dek: bytes) -> None:
        self._connection = engine.connect(path, dek)
        self._run("PRAGMA foreign_keys = OFF")
        self._run("BEGIN IMMEDIATE")

    def columns(self, table: str) -> list[str]:
        """Names of the columns."""
        return [str(row[1]) for row in self._run(f'PRAGMA table_info("{table}")')]

    def put(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        """Add rows; how many were taken. A row that breaks a rule of the schema is left out."""
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" for _column in columns)
        before = self._connection.total_changes
        try:
            self._connection.executemany(
                f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})', rows
            )
        except sqlcipher.Error as error:
            raise faults.sort(error) from error
        return int(self._connection.total_changes - before)

    def mend_bonds(self, stand_ins: Mapping[str, Row]) -> tuple[dict[str, list[int]], int]:
        """Make every foreign key hold. A lost row of a table in `stand_ins` gets one in its place,
        with this text in this column; other bonds that may be empty are emptied, and rows that
        can't be without the lost one go. Returns the numbers of those rows per table, and how
        many bonds were emptied."""
        gone: dict[str, list[int]] = {}
        emptied = 0
        for _round in range(_ROUNDS):
            broken = self._run("PRAGMA foreign_key_check").fetchall()
            if not broken:
                return gone, emptied
            for table, number, parent, key in broken:
                if parent in stand_ins:
                    lost = self._bond(table, number, key)
                    self._stand_in(str(parent), lost, *stand_ins[parent])
                elif self._empty_bond(table, number, key):
                    emptied += 1
                else:
                    self._run(f'DELETE FROM "{table}" WHERE rowid = ?', (number,))
                    numbers = gone.setdefault(str(table), [])
                    if number not in numbers:
                        numbers.append(number)
        raise DamagedVault(
            _(
                "The records do not fit together any more. Put the newest backup back."
                " Nothing was changed."
            ),
            {"restore"},
        )

    def finish(self) -> None:
        """Save it all. Raises StorageError."""
        try:
            self._run("COMMIT")
            self._run("ANALYZE")
        finally:
            self.close()

    def close(self) -> None:
        """Without `finish` nothing is kept."""
        self._connection.close()

    def _run(self, statement: str, values: Sequence[Any] = ()) -> Any:
        try:
            return self._connection.execute(statement, values)
        except sqlcipher.Error as error:
            raise faults.sort(error) from error

    def _bond(self, table: str, number: int, key: int) -> int:
        keys = self._run(f'PRAGMA foreign_key_list("{table}")').fetchall()
        column = next(str(row[3]) for row in keys if row[0] == key)
        select = f'SELECT "{column}" FROM "{table}" WHERE rowid = ?'
        return int(self._run(select, (number,)).fetchone()[0])

    def _stand_in(self, table: str, number: int, column: str, text: str) -> None:
        """A row with nothing in it but its number and a text that tells what it is."""
        values: dict[str, Any] = {}
        for _cid, name, kind, fixed, default, is_key in self._connection.execute(
            f'PRAGMA table_info("{table}")'
        ).fetchall():
            if is_key:
                values[name] = number
            elif fixed and default is None:
                values[name] = _nothing(str(kind))
        values |= {"uid": os.urandom(16).hex(), column: text.format(n=number)}
        names, marks = (", ".join(part) for part in ([f'"{n}"' for n in values], "?" * len(values)))
        self._run(
            f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})', list(values.values())
        )

    def _empty_bond(self, table: str, number: int, key: int) -> bool:
        keys = self._run(f'PRAGMA foreign_key_list("{table}")').fetchall()
        columns = [str(row[3]) for row in keys if row[0] == key]
        info = self._run(f'PRAGMA table_info("{table}")').fetchall()
        fixed = {str(row[1]) for row in info if row[3] or row[5]}
        if any(column in fixed for column in columns):
            return False
        values = ", ".join(f'"{column}" = NULL' for column in columns)
        self._run(f'UPDATE "{table}" SET {values} WHERE rowid = ?', (number,))
        return True


def _nothing(kind: str) -> str | int:
    """A value for a column that may not be empty, by its declared type."""
    if kind.startswith(("INTEGER", "BOOLEAN")):
        return 1
    if kind == "DATETIME":
        return "1970-01-01 00:00:00.000000"
    return "1970-01-01" if kind == "DATE" else ""
