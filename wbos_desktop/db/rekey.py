"""A database under a new data key.

`PRAGMA rekey` is one transaction: killed at any moment the file opens with the old key or with
the new one, never with neither. The caller keeps both until it knows which (workspace/rekey.py).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from . import faults
from .engine import KEY_BYTES, connect


def rekey(path: Path, old: bytes, new: bytes) -> None:
    """Encrypt every page anew. No other connection may be open, in this program or another.

    Raises StorageError (disk full), VaultInUse or DamagedVault; then the old key still opens
    it, except after a fault of the disk in the last moment: try both.
    """
    if len(new) != KEY_BYTES:
        raise ValueError("a data key has 32 bytes")
    connection = connect(path, old)
    try:
        _empty_log(connection)
        connection.execute(f"PRAGMA rekey = \"x'{new.hex()}'\"")  # hex only: nothing to escape
        try:
            _empty_log(connection)
        except sqlcipher.OperationalError as error:
            raise _why_not_done(path, error) from error
    except sqlcipher.Error as error:
        raise faults.sort(error) from error
    finally:
        connection.close()


def _empty_log(connection: sqlcipher.Connection) -> None:
    """Pages of two keys in one log would hide which key holds."""
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise faults.to_user(faults.Fault.BUSY)


def _why_not_done(path: Path, error: sqlcipher.Error) -> Exception:
    """A rekey that fails says nothing, but leaves its transaction open, which locks the log."""
    if faults.fault_of(error) is not faults.Fault.BUSY:
        return faults.sort(error)
    full = shutil.disk_usage(path.parent).free < path.stat().st_size
    return faults.to_user(faults.Fault.FULL if full else faults.Fault.IO)
