"""Connections to the encrypted database: the only place that knows the driver.

Every connection is checked before it is used: it encrypts, it is new enough, the file is
ours and whole. A plain file is never made and never opened.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary, WeakMethod

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from wbos_desktop.domain import people
from wbos_desktop.errors import (
    Cancelled,
    DamagedVault,
    NewerVault,
    NotOurVault,
    StorageError,
    UnsafeBuild,
    VaultError,
)
from wbos_desktop.i18n import _

from . import faults

APPLICATION_ID = 0x57424F53  # "WBOS"
FILE_FORMAT = 1  # user_version: raised only when an older program could do harm
KEY_BYTES = 32
MIN_SQLITE = (3, 51, 3)  # older ones can lose a commit when a WAL is reset
MIN_CIPHER = (4, 17, 0)
BUSY_SECONDS = 10.0
PATIENCE_SECONDS = 30.0  # how long a save waits for another program that writes
_ASK_AGAIN_SECONDS = 0.25
_STEPS_BETWEEN_LOOKS = 20_000  # of the database's own machine: about a millisecond
_PAGE = 4096
_PLAIN_HEADER = b"SQLite format 3\x00"
_FOREIGN_HEADERS = (b"\x89PNG", b"\xff\xd8\xff", b"%PDF", b"PK\x03\x04", b"GIF8", b"<?xml")
_PRAGMAS = (
    "cell_size_check = ON",
    "trusted_schema = OFF",
    "temp_store = MEMORY",  # in files, sort data would be readable
    "mmap_size = 0",
    "cache_size = -80000",  # 80 MB at most: what was decrypted once need not be decrypted again
    "secure_delete = ON",
    "foreign_keys = ON",
    f"busy_timeout = {int(BUSY_SECONDS * 1000)}",
)
_WRITER_PRAGMAS = (
    "synchronous = FULL",  # NORMAL lost saved work in a third of the simulated power cuts
    "fullfsync = ON",  # macOS: a plain fsync stays in the drive's cache
    "checkpoint_fullfsync = ON",
    "journal_size_limit = 0",
    "wal_autocheckpoint = 0",  # the log is emptied whole, by `truncate_wal` (see epochs.py)
)


def open_engine(path: Path, dek: bytes, *, create: bool = False, read_only: bool = False) -> Engine:
    """An engine on the database at `path`, opened and checked once. `dek` has 32 bytes.

    With `create` the file must not exist yet; with `read_only` nothing in it can change.
    Transactions begin IMMEDIATE unless the
    connection has the execution option `read_only`. Raises DamagedVault, NotOurVault,
    NewerVault, UnsafeBuild, StorageError or VaultInUse.
    """
    if len(dek) != KEY_BYTES:
        raise ValueError("a data key has 32 bytes")
    check_driver(sqlcipher)
    header = b""
    if create:
        _make_file(path)
    else:
        header = _check_file(path)
    door = _Door(path, dek, create, read_only)
    engine = create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher,
        creator=door.connect,
        poolclass=QueuePool,  # the default pool closes connections that other threads use
        pool_size=4,
        max_overflow=4,
        hide_parameters=True,
    )
    _doors[engine] = door
    event.listen(engine, "begin", door.begin)
    event.listen(engine, "handle_error", _drop_dead_connection)
    try:
        engine.connect().close()
        if not (create or read_only):
            door.check_writable(engine)
    except DamagedVault as error:
        engine.dispose()
        if header.startswith(_FOREIGN_HEADERS):
            raise _not_ours() from error
        raise
    except BaseException:
        engine.dispose()
        if create:
            path.unlink(missing_ok=True)
        raise
    return engine


class _Door:
    """Makes the connections of one engine until it is closed; then the key is gone.

    `waiting` is called while another program holds the right to write, with the seconds so far;
    it may raise to give up. It is held weakly: who waits holds the engine, and `_doors` would
    keep both for good.
    """

    def __init__(self, path: Path, dek: bytes, create: bool, read_only: bool) -> None:
        self.path = path
        self.waiting: WeakMethod[Callable[[float], None]] | None = None
        self.key = dek
        self._create = create
        self._read_only = read_only
        self._place = _place_on_disk(path)

    def connect(self) -> Any:
        if not self.key:
            raise VaultError(_("The vault is locked. Unlock it first."))
        create = self._create and self.path.stat().st_size == 0
        return connect(self.path, self.key, create=create, read_only=self._read_only)

    def check_writable(self, engine: Engine) -> None:
        """Say at the start that nothing can be saved, not at the first save."""
        try:
            with engine.connect() as connection, connection.begin() as transaction:
                # A file that may only be read takes the lock for writing all the same
                connection.exec_driver_sql(f"PRAGMA user_version = {FILE_FORMAT}")
                transaction.rollback()
        except DBAPIError as error:
            if faults.fault_of(error) is not faults.Fault.READ_ONLY:
                raise faults.sort(error) from error
            raise StorageError(
                _(
                    "WBOS may read the data file but not write in it. Nothing was changed."
                    " Ask your administrator for the right to write in this folder."
                )
            ) from error

    def begin(self, connection: Connection) -> None:
        if connection.get_execution_options().get("read_only") or self._read_only:
            connection.exec_driver_sql("BEGIN")
            return
        # A file renamed while it is open would take saves that nobody finds again
        if _place_on_disk(self.path) != self._place:
            raise faults.to_user(faults.Fault.GONE)
        # A deferred transaction that starts to write after another commit fails at once
        self._begin_writing(connection.connection.driver_connection)

    def _begin_writing(self, raw: Any) -> None:
        """BEGIN IMMEDIATE, asked again each quarter of a second: a wait inside the database
        could not be stopped."""
        started = time.monotonic()
        raw.execute(f"PRAGMA busy_timeout = {int(_ASK_AGAIN_SECONDS * 1000)}")
        try:
            while True:
                try:
                    raw.execute("BEGIN IMMEDIATE")
                except sqlcipher.OperationalError as error:
                    passed = time.monotonic() - started
                    busy = faults.fault_of(error) is faults.Fault.BUSY
                    if not busy or passed > PATIENCE_SECONDS:
                        raise faults.sort(error) from error
                    if self.waiting is not None and (told := self.waiting()) is not None:
                        told(passed)
                else:
                    return
        finally:
            raw.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")

    def close(self) -> None:
        self.key = b""


def _place_on_disk(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)


_doors: WeakKeyDictionary[Engine, _Door] = WeakKeyDictionary()


def close_engine(engine: Engine) -> None:
    """Release all connections and the key: late work gets a VaultError, not the data."""
    if door := _doors.get(engine):
        door.close()
    engine.dispose()


def path_of(engine: Engine) -> Path:
    """The file that an open engine works on."""
    return _doors[engine].path


def key_of(engine: Engine) -> bytes:
    """The data key that an open engine works with, for a copy that the same key must open."""
    return _doors[engine].key


def check_driver(driver: ModuleType) -> None:
    """Refuse a driver that does not encrypt or is too old, without touching any file.

    Raises UnsafeBuild, with the versions found.
    """
    connection = driver.connect(":memory:")
    try:
        row = connection.execute("PRAGMA cipher_version").fetchone()
        fts = connection.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()
    finally:
        connection.close()
    cipher = str(row[0]) if row and row[0] else ""
    version = tuple(int(part) for part in cipher.split(" ")[0].split(".") if part.isdigit())
    if version < MIN_CIPHER or driver.sqlite_version_info < MIN_SQLITE or not fts[0]:
        raise UnsafeBuild(
            _(
                "WBOS does not start: its database part can't encrypt safely."
                " Ask your administrator to install WBOS again. (code: {code})"
            ).format(code=f"{cipher or '-'} / {driver.sqlite_version}")
        )


@contextmanager
def reading(path: Path, dek: bytes, *, without_log: bool = False) -> Iterator[Any]:
    """A driver connection that changes nothing; `without_log` reads the main file alone.

    Raises what `open_engine` raises, also for errors of the driver inside the block.
    """
    connection = connect(path, dek, read_only=True, without_log=without_log)
    try:
        yield connection
    except sqlcipher.Error as error:
        raise faults.sort(error) from error
    finally:
        connection.close()


def log_bytes(path: Path) -> int:
    """How long the write-ahead log of the database at `path` is; 0 when it is empty or gone."""
    try:
        return path.with_name(path.name + "-wal").stat().st_size
    except OSError:
        return 0


def on_waiting(engine: Engine, function: Callable[[float], None]) -> None:
    """Call the bound method while a save waits for another program, with the seconds so far."""
    if door := _doors.get(engine):
        door.waiting = WeakMethod(function)


def log_bytes_of(engine: Engine) -> int:
    """`log_bytes` of an open database."""
    door = _doors.get(engine)
    return 0 if door is None else log_bytes(door.path)


def connect(
    path: Path,
    dek: bytes,
    *,
    create: bool = False,
    read_only: bool = False,
    without_log: bool = False,
) -> Any:
    """One checked driver connection; `create` marks an empty file as ours first.

    Raises what `open_engine` raises.
    """
    mode = "ro" if read_only else "rw"
    if without_log:
        mode += "&immutable=1"
    try:
        connection = sqlcipher.connect(
            f"{path.resolve().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
    except sqlcipher.Error as error:
        raise faults.sort(error) from error
    try:
        _unlock(connection, dek, empty=create)
        _set_up(connection, create=create, read_only=read_only)
    except sqlcipher.Error as error:
        connection.close()
        raise faults.sort(error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _unlock(connection: Any, dek: bytes, *, empty: bool) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")  # it writes to standard error
    connection.execute(_key_pragma(dek))
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    status = connection.execute("PRAGMA cipher_status").fetchone()
    if status is None or str(status[0]) != "1":
        raise UnsafeBuild(_("WBOS stops: the database would not be encrypted."))
    if tables == 0 and not empty and _pragma(connection, "application_id") == 0:
        raise DamagedVault(_("The data file is empty. Nothing was changed."))


def _key_pragma(dek: bytes) -> str:
    return f"PRAGMA key = \"x'{dek.hex()}'\""  # raw key: hex only, nothing to escape


def _set_up(connection: Any, *, create: bool, read_only: bool) -> None:
    if create:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {FILE_FORMAT}")
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise _not_ours()
    if _pragma(connection, "user_version") > FILE_FORMAT:
        raise NewerVault(
            _("This vault was made by a newer WBOS. Install the newest version. Nothing changed.")
        )
    for pragma in _PRAGMAS:
        connection.execute("PRAGMA " + pragma)
    if not read_only:
        if _pragma(connection, "journal_mode = WAL") != "wal":
            raise StorageError(
                _("The vault can't work on this drive. Put it on the disk of this computer.")
            )
        for pragma in _WRITER_PRAGMAS:
            connection.execute("PRAGMA " + pragma)
    if _pragma(connection, "temp_store") != 2 or _pragma(connection, "foreign_keys") != 1:
        raise UnsafeBuild(_("WBOS stops: the database refuses its safety settings."))
    connection.create_function("fold", 1, fold, deterministic=True)


def _cut() -> DamagedVault:
    return DamagedVault(
        _(
            "The data file is not whole: a part is missing. Nothing was changed."
            " Make no new vault and ask your administrator for help."
        )
    )


def _not_ours() -> NotOurVault:
    return NotOurVault(_("This file belongs to another program. Nothing was changed in it."))


def _make_file(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise faults.sort(error) from error


def _check_file(path: Path) -> bytes:
    """The first 16 bytes, read before this process has a connection to the file.

    Reading it later would release SQLite's own locks on POSIX systems.
    """
    if not path.is_file():
        raise DamagedVault(
            _("The data file is missing. No new one was made. Put it back in its folder.")
        )
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            header = file.read(16)
    except OSError as error:
        raise faults.sort(error) from error
    if header == _PLAIN_HEADER:
        raise NotOurVault(_("This database is not encrypted, so it is not a vault of WBOS."))
    if size < _PAGE or (size % _PAGE and not path.with_name(path.name + "-wal").exists()):
        raise _not_ours() if header.startswith(_FOREIGN_HEADERS) else _cut()
    return header


def _drop_dead_connection(failure: ExceptionContext) -> None:
    if failure.original_exception is not None and faults.is_damage(failure.original_exception):
        failure.is_disconnect = True


def _pragma(connection: Any, name: str) -> Any:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def fold(text: str | None) -> str | None:
    """`domain.people.fold` for SQL: fold(column) is 'seyma' for 'Şeyma', NULL stays NULL."""
    return None if text is None else people.fold(text)


def truncate_wal(engine: Engine) -> bool:
    """Move all commits into the main file and empty the log; False if a reader blocks it.

    Waits at most a second for readers: a long export goes on, the next call empties the log.
    """
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA busy_timeout = 1000")
        try:
            row = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    except sqlcipher.Error as error:
        raise faults.sort(error) from error
    finally:
        raw.close()
    return bool(row[0] == 0)


def compact_file(engine: Engine) -> None:
    """Write the database anew: pages then hold no stale copies of erased rows.

    Needs room for a second copy, in memory and in the log. Raises StorageError.
    """
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM")
    except sqlcipher.Error as error:
        raise faults.sort(error) from error
    finally:
        raw.close()
    truncate_wal(engine)


def integrity_report(engine: Engine, stop: Callable[[], bool] | None = None) -> list[str]:
    """What is wrong with pages, indexes and foreign keys; empty when all is well.

    Empties the log first: the page check gives false alarms on a log after a crash. Raises
    Cancelled once `stop()` is true.
    """
    with suppress(StorageError):  # one that is open for reading only keeps its log
        truncate_wal(engine)
    return _findings(
        engine, ("cipher_integrity_check", "integrity_check", "foreign_key_check"), stop
    )


def quick_report(engine: Engine, stop: Callable[[], bool] | None = None) -> list[str]:
    """As `integrity_report`, but only whether every page can be read and holds together."""
    return _findings(engine, ("quick_check(20)",), stop)


def _findings(engine: Engine, pragmas: Sequence[str], stop: Callable[[], bool] | None) -> list[str]:
    raw = engine.raw_connection()
    driver: Any = raw.driver_connection
    findings: list[str] = []
    try:
        if stop is not None:
            driver.set_progress_handler(stop, _STEPS_BETWEEN_LOOKS)
        cursor = raw.cursor()
        for pragma in pragmas:
            rows = cursor.execute(f"PRAGMA {pragma}").fetchall()
            findings += [f"{pragma}: {row[0]}" for row in rows if row[0] != "ok"]
    except sqlcipher.Error as error:
        if stop is not None and stop():
            raise Cancelled from error
        if faults.fault_of(error) is not faults.Fault.DAMAGED:
            raise faults.sort(error) from error
        findings.append("integrity_check: malformed")
        raw.invalidate()
    finally:
        if stop is not None and raw.is_valid:
            driver.set_progress_handler(None, 0)
        raw.close()
    return findings


def save_copy(engine: Engine, target: Path, dek: bytes) -> None:
    """A whole copy of the database, opened and checked before it gets its name.

    Replaces an older copy. Raises DamagedVault when the copy is not whole, StorageError; then
    nothing is left of it.
    """
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        _copy_into(engine, part)
        copy = open_engine(part, dek)
        try:
            if integrity_report(copy):
                raise faults.to_user(faults.Fault.DAMAGED)
        finally:
            copy.dispose()
        os.replace(part, target)
    except BaseException as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise faults.sort(error) from error
        raise


def _copy_into(engine: Engine, part: Path) -> None:
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM INTO ?", (str(part),))
    except sqlcipher.Error as error:
        raise faults.sort(error) from error
    finally:
        raw.close()
    with part.open("r+b") as file:
        os.fsync(file.fileno())
