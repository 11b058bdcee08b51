"""Erasure is real (safety.md c.8, G12, F-85, F-86): bytes on disk, restores and killed jobs."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import sqlcipher3
from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from tests import factories
from tests.conftest import AUDIT_KEY, NOW
from tests.helpers.leftovers import count_in_files, decrypted_pages, rows_with
from tests.services.erasable import make_everywhere
from wbos_desktop import errors
from wbos_desktop.db import engine as db_engine
from wbos_desktop.db.base import Base
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.domain.retention import DestructionRow
from wbos_desktop.progress import Progress
from wbos_desktop.services import erasure, retention
from wbos_desktop.vault import envelope
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.workspace import erasures
from wbos_desktop.workspace.backup_keeping import term_of_backups
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import OpenVault, open_vault
from wbos_desktop.workspace.session import Workspace

FAST = KdfParams(memory_kib=64, iterations=1)
SECRET = "paarse fietsbel regent zacht"
NEW = NewVault("De Linde", "VO", "Karin", "", "Bosman")
WORD = "Zebedeus"
CHILDREN = 1000


# ---------------------------------------------------------------- a plain build, to read bytes in
def plain_engine(path: Path, *, wipe: bool = True) -> Engine:
    """The schema and settings of a vault without its key; `wipe` is secure_delete."""
    engine = create_engine(f"sqlite:///{path}", module=sqlcipher3, poolclass=QueuePool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlcipher3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", *db_engine._PRAGMAS, *db_engine._WRITER_PRAGMAS):
            connection.execute("PRAGMA " + pragma)
        if not wipe:
            connection.execute("PRAGMA secure_delete = OFF")
        connection.create_function("fold", 1, db_engine.fold, deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: object) -> None:
        connection.exec_driver_sql("BEGIN")  # type: ignore[attr-defined]

    Base.metadata.create_all(engine)
    return engine


def plain_workspace(engine: Engine) -> Workspace:
    """De Linde in it, with its coordinator at work."""
    empty = _workspace(engine, None, None)
    return _workspace(engine, *empty.write(factories.make_school))


def _workspace(engine: Engine, user_id: int | None, staff_id: int | None) -> Workspace:
    return Workspace(
        engine,
        AUDIT_KEY,
        user_id=user_id,
        staff_id=staff_id,
        role="coordinator",
        clock=lambda: NOW,
    )


def fill(session: Session) -> None:
    """Pages that were split and joined again, as after a year of work."""
    make_everywhere(session)
    for number in range(60):
        group = factories.make_group(session)
        name = f"{WORD} {number}" if number % 3 else "Yasmin"
        factories.make_pupil(session, group, given_name=name, left_on=dt.date(2023, 7, 1))
        profile = factories.make_profile(session, group, heard=f"{name} zei iets. " * number)
        assert profile


def erase_all(work: Workspace, compact: Callable[[], object]) -> DestructionRow:
    job = work.write(_begin_all)
    return erasure.carry_out(Progress(), work, lambda _marks: None, compact, job)


def _begin_all(session: Session, *kinds: str) -> int:
    found = retention.proposal(session)
    wanted = [item for item in found.items if not kinds or item.kind in kinds]
    return erasure.begin(session, [t for item in wanted for t in item.targets], "Termijn")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "plain.db"


def test_no_copy_is_left_in_the_file_or_its_log(database: Path) -> None:
    work = plain_workspace(plain_engine(database))
    work.write(fill)
    assert count_in_files(database, WORD) > 100  # else this test is blind
    erase_all(work, partial(erasures.compact, work))
    assert work.read(rows_with, WORD) == []
    assert count_in_files(database, WORD) == 0
    work.close()
    assert count_in_files(database, WORD) == 0


@pytest.mark.parametrize("wipe", [True, False])
def test_control_without_writing_the_file_anew_copies_are_left(database: Path, wipe: bool) -> None:
    work = plain_workspace(plain_engine(database, wipe=wipe))
    work.write(fill)
    work.settle()
    erase_all(work, lambda: None)
    assert work.read(rows_with, WORD) == []
    assert count_in_files(database, WORD) > 0  # in the log, before it is emptied
    work.settle()
    left = count_in_files(database, WORD)
    assert left > 100 if not wipe else left < 100


@pytest.mark.parametrize(("wipe", "left"), [(True, False), (False, True)])
def test_control_deleting_needs_secure_delete(database: Path, wipe: bool, left: bool) -> None:
    work = plain_workspace(plain_engine(database, wipe=wipe))
    pupil = work.write(factories.make_pupil, given_name=WORD, family_name="Q")
    work.settle()
    work.write(_delete, pupil)
    work.settle()
    assert (count_in_files(database, WORD) > 0) is left


def _delete(session: Session, pupil: int) -> None:
    from wbos_desktop.db import erasing

    erasing.delete_rows(session, "pupils", [pupil])


# ---------------------------------------------------------------- the real vault
@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "kluis"
    create_vault(folder, SECRET, NEW, kdf=FAST, clock=lambda: NOW)
    vault = _open(folder)
    vault.workspace.write(_school_year)
    vault.workspace.write(fill)
    vault.workspace.close()
    return folder


def _school_year(session: Session) -> None:
    from wbos_desktop.db.models.school import SchoolYear

    session.add(
        SchoolYear(name="2026-2027", first_day=dt.date(2026, 8, 24), last_day=dt.date(2027, 7, 9))
    )


def _open(folder: Path) -> OpenVault:
    return open_vault(folder, SECRET, clock=lambda: NOW)


@pytest.fixture
def vault(made: Path, tmp_path: Path) -> Iterator[OpenVault]:
    shutil.copytree(made, tmp_path / "kluis")
    opened = _open(tmp_path / "kluis")
    yield opened
    opened.workspace.close()


def pages(vault: OpenVault) -> bytes:
    return decrypted_pages(vault.folder / "wbos.db", vault.unlocked.keys.data_key)


def carry_out(vault: OpenVault, job: int) -> DestructionRow:
    work = vault.workspace
    keep = partial(erasures.keep_marks, vault)
    return erasure.carry_out(Progress(), work, keep, partial(erasures.compact, work), job)


def test_no_copy_is_left_on_any_page_of_a_real_vault(vault: OpenVault) -> None:
    vault.workspace.settle()
    assert pages(vault).count(WORD.encode()) > 100
    carry_out(vault, vault.workspace.write(_begin_all))
    assert pages(vault).count(WORD.encode()) == 0
    assert pages(vault).count(b"Yasmin") > 0
    vault.workspace.settle()
    log = vault.folder / "wbos.db-wal"
    assert not log.exists() or log.stat().st_size == 0


def test_a_real_connection_wipes_what_it_deletes(vault: OpenVault) -> None:
    pupil = vault.workspace.write(factories.make_pupil, given_name="Quixote", family_name="Q")
    vault.workspace.settle()
    assert b"Quixote" in pages(vault)
    vault.workspace.write(_delete, pupil)
    vault.workspace.settle()
    assert b"Quixote" not in pages(vault)


def test_backups_follow_the_term_that_the_school_chose(vault: OpenVault) -> None:
    work = vault.workspace
    assert work.read(term_of_backups) == work.read(retention.backup_days) == 90
    work.write(retention.save_term, "backups", "day:30")
    assert work.read(term_of_backups) == work.read(retention.backup_days) == 30


def test_marks_stand_in_the_key_file_before_the_rows_go(vault: OpenVault) -> None:
    job = vault.workspace.write(_begin_all, "pupils")
    kept: list[int] = []

    def stop(_progress: object, _total: int, _what: str) -> None:
        envelopes = envelope.load(vault.folder).envelopes
        kept.append(len(envelopes[0].state.erasures))
        raise errors.Cancelled

    work = vault.workspace
    with pytest.raises(errors.Cancelled):
        erasure.carry_out(
            Progress(stop),
            work,
            partial(erasures.keep_marks, vault),
            partial(erasures.compact, work),
            job,
        )
    assert kept == [work.read(erasure.count_left, job)]
    assert work.read(_count_pupils) > 60


def _count_pupils(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Pupil)) or 0


def test_an_old_file_put_back_is_erased_again(vault: OpenVault, tmp_path: Path) -> None:
    vault.workspace.settle()
    old = tmp_path / "old.db"
    shutil.copyfile(vault.folder / "wbos.db", old)
    carry_out(vault, vault.workspace.write(_begin_all))
    vault.workspace.close()
    shutil.copyfile(old, vault.folder / "wbos.db")
    again = _open(vault.folder)
    try:
        work = again.workspace
        assert work.read(rows_with, WORD)
        work.read_only = ""  # the file is older than its keys say: that is asked elsewhere
        assert work.write(erasure.erase_again, again.unlocked.state.erasures) > 40
        erasures.compact(work)
        assert work.read(rows_with, WORD) == []
        assert pages(again).count(WORD.encode()) == 0
    finally:
        again.workspace.close()


def test_a_killed_job_goes_on_and_its_report_is_complete(vault: OpenVault) -> None:
    vault.workspace.write(_add_children)
    job = vault.workspace.write(_begin_all, "pupils")
    total = vault.workspace.read(erasure.count_left, job)
    vault.workspace.close()
    arguments = [str(vault.folder), SECRET, str(job)]
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.erasure_child", *arguments], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    for line in child.stdout:
        if int(line) > total / 3:
            break
    child.kill()
    child.wait()
    child.stdout.close()
    again = _open(vault.folder)
    try:
        left = again.workspace.read(retention.next_due).running
        assert 0 < left < total
        row = carry_out(again, job)
        assert (dict(row.counts)["pupils"], row.state) == (total, "done")
        assert again.workspace.read(_purged) == total
    finally:
        again.workspace.close()


def _add_children(session: Session) -> None:
    for number in range(CHILDREN):
        factories.make_pupil(session, given_name=f"Kind{number}", left_on=dt.date(2023, 7, 1))


def _purged(session: Session) -> int:
    lines = select(func.count(func.distinct(AuditLine.object_id))).where(
        AuditLine.action == "purge", AuditLine.object_table == "pupils"
    )
    return session.scalar(lines) or 0
