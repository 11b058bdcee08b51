"""Driver errors are sorted once: for the user, or a bug."""

from __future__ import annotations

import errno
import sqlite3

import pytest
from sqlalchemy import exc
from sqlalchemy.orm.exc import StaleDataError

from wbos_desktop import i18n
from wbos_desktop.db import faults
from wbos_desktop.db.faults import Fault
from wbos_desktop.errors import Conflict, DamagedVault, DiskFull, StorageError, VaultInUse


def driver_error(code: int) -> exc.DBAPIError:
    original = sqlite3.DatabaseError("driver text")
    original.sqlite_errorcode = code
    return exc.DatabaseError("UPDATE x", {}, original)


@pytest.mark.parametrize(
    ("code", "fault", "kind"),
    [
        (5, Fault.BUSY, VaultInUse),
        (6, Fault.BUSY, VaultInUse),
        (7, Fault.MEMORY, StorageError),
        (8, Fault.READ_ONLY, StorageError),
        (10, Fault.IO, StorageError),
        (11, Fault.DAMAGED, DamagedVault),
        (13, Fault.FULL, DiskFull),
        (14, Fault.GONE, StorageError),
        (26, Fault.DAMAGED, DamagedVault),
        (10 | 3 << 8, Fault.IO, StorageError),  # SQLITE_IOERR_WRITE
        (5 | 2 << 8, Fault.BUSY, VaultInUse),  # SQLITE_BUSY_SNAPSHOT
        (8 | 4 << 8, Fault.READ_ONLY, StorageError),  # SQLITE_READONLY_DBMOVED
    ],
)
def test_driver_codes(code, fault, kind):
    error = driver_error(code)
    assert faults.fault_of(error) is fault
    sorted_error = faults.sort(error)
    assert type(sorted_error) is kind
    assert "driver text" not in str(sorted_error)


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.ENOSPC, Fault.FULL),
        (errno.EROFS, Fault.READ_ONLY),
        (errno.EACCES, Fault.READ_ONLY),
        (errno.EIO, Fault.IO),
        (errno.ENOENT, Fault.GONE),
    ],
)
def test_system_errors(number, fault):
    assert faults.fault_of(OSError(number, "x")) is fault


@pytest.mark.parametrize("code", [1, 19, 20, 25])
def test_bugs_stay_bugs(code):
    error = driver_error(code)
    assert faults.sort(error) is error


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), exc.InvalidRequestError("x")])
def test_other_errors_are_bugs(error):
    assert faults.sort(error) is error


def test_stale_version_is_a_conflict():
    assert isinstance(faults.sort(StaleDataError("x")), Conflict)


def test_empty_pool_is_busy():
    assert isinstance(faults.sort(exc.TimeoutError("x")), VaultInUse)


def test_user_errors_pass_through():
    error = StorageError("x")
    assert faults.sort(error) is error


def test_only_damage_ends_a_connection():
    assert [code for code in range(30) if faults.is_damage(driver_error(code))] == [11, 26]


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("language", ["nl", "en"])
def test_sentences(fault, language):
    i18n.activate(language)
    message = faults.to_user(fault).message
    i18n.activate("nl")
    assert message.endswith(".")
    assert ("schijf" in message) == (language == "nl" and fault in (Fault.FULL, Fault.IO))


def test_full_disk_in_the_words_of_the_design():
    i18n.activate("nl")
    assert faults.to_user(Fault.FULL).message == (
        "Opslaan lukt niet: de schijf is vol. Je tekst staat er nog."
        " Maak minstens 50 MB vrij en probeer het opnieuw."
    )
