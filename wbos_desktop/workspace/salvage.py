"""Rescue: what can be read of a damaged vault goes into a new one; the damaged one stays.

    salvage_to(folder, secret, new_folder)   a new vault beside
    salvage_in_place(folder, secret)         the rescued state takes the place, the damaged files
                                             go aside (exchange.py) and can come back

The keys stay the same, so every passphrase opens the new vault too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from wbos_desktop.db import audit, migrate
from wbos_desktop.db.engine import close_engine, log_bytes, open_engine, truncate_wal
from wbos_desktop.db.models.system import VaultSetting
from wbos_desktop.db.salvage import DamagedSource, NewTarget, Row
from wbos_desktop.domain.salvage import SalvageResult, TableResult
from wbos_desktop.errors import DamagedVault
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault import exchange, files, lock, pages, slots, trail
from wbos_desktop.vault.envelope import State
from wbos_desktop.vault.folder import VaultFolder
from wbos_desktop.vault.trail import Mark, TrailFile
from wbos_desktop.vault.unlock import Unlocked, unlock

from .create import check_folder, put_in_place
from .session import Clock, Workspace, system_clock
from .ways_in import known_ways

LABELS = {"incidents": "number", "cases": "number"}
_SKIPPED = {"alembic_version", "log_epochs"}
_MOST_LABELS = 500


def salvage_to(
    folder: Path,
    secret: str,
    new_folder: Path,
    progress: Progress | None = None,
    *,
    kind: str = slots.USER,
    clock: Clock = system_clock,
) -> SalvageResult:
    """Rescue into a new vault in an empty or new folder.

    Raises Invalid({"folder": ...}), Cancelled, StorageError, DamagedVault when nothing can be
    read (the begin of the file is lost), or what unlocking raises; then there is no new vault.
    """
    new_folder = Path(os.path.abspath(new_folder))
    check_folder(new_folder)
    making = new_folder.with_name(f".{new_folder.name}.salvage.part")
    files.remove_folder(making)
    try:
        with lock.acquire(folder):
            unlocked = unlock(folder, secret, kind=kind)
            VaultFolder(making).make()
            result = _Rescue(folder, unlocked, making, progress or Progress(), clock).run()
        put_in_place(making, new_folder)
    except BaseException:
        files.remove_folder(making)
        raise
    return replace(result, folder=new_folder)


def salvage_in_place(
    folder: Path,
    secret: str,
    progress: Progress | None = None,
    *,
    kind: str = slots.USER,
    clock: Clock = system_clock,
) -> SalvageResult:
    """Rescue, and put the rescued state in the place of the damaged one, which goes aside.

    Raises as `salvage_to`; then the damaged state stands as it was.
    """
    with lock.acquire(folder):
        exchange.finish(folder)
        unlocked = unlock(folder, secret, kind=kind)
        incoming = exchange.make_incoming(folder)
        try:
            result = _Rescue(folder, unlocked, incoming, progress or Progress(), clock).run()
        except BaseException:
            files.remove_folder(incoming)
            raise
        exchange.put_in(folder)
    return result


class _Rescue:
    """One rescue from `folder` into the folder `into`, which is there and empty."""

    def __init__(
        self, folder: Path, unlocked: Unlocked, into: Path, progress: Progress, clock: Clock
    ) -> None:
        self._folder, self._into = folder, into
        self._unlocked = unlocked
        self._progress = progress
        self._clock = clock
        self._copy_path = into / "mended.part"
        self._results: dict[str, TableResult] = {}
        self._emptied = 0

    def run(self) -> SalvageResult:
        """Read, mend, note it and write the envelope."""
        started = time.monotonic()
        source = self._source()
        database = VaultFolder(self._into).database
        try:
            self._make_schema(database, source.revision())
            self._copy(source, database)
        finally:
            source.close()
            self._copy_path.unlink(missing_ok=True)
        result = SalvageResult(
            self._folder,
            tuple(self._results.values()),
            self._emptied,
            time.monotonic() - started,
        )
        self._note(database, result)
        return replace(result, seconds=time.monotonic() - started)

    def _source(self) -> DamagedSource:
        """The damaged database, with the key that opens it."""
        keys = self._unlocked.keys
        path = VaultFolder(self._folder).database
        failure: DamagedVault | None = None
        for key in (keys.data_key, keys.pending_key):
            if key is None:
                continue
            source = DamagedSource(self._readable(path, key), key)
            try:
                self._tables = source.tables()
            except DamagedVault as error:
                failure = error
                source.close()
                continue
            self._key = key
            return source
        raise DamagedVault(
            _(
                "The begin of the data file is lost, so nothing in it can be found any more."
                " Put the newest backup back. Nothing was changed."
            ),
            {"restore"},
        ) from failure

    def _readable(self, path: Path, key: bytes) -> Path:
        """A copy in which lost pages were made again, where that can be; else the file itself."""
        if log_bytes(path) or not path.is_file():
            return path  # the log holds newer pages
        self._copy_path.unlink(missing_ok=True)
        return self._copy_path if pages.mended_copy(path, key, self._copy_path) else path

    def _make_schema(self, database: Path, revision: str) -> None:
        """The tables as they were: a newer schema comes at the first opening."""
        engine = open_engine(database, self._key, create=True)
        try:
            migrate.upgrade(engine, revision if revision in migrate.REVISIONS else "head")
            truncate_wal(engine)
        finally:
            close_engine(engine)

    def _copy(self, source: DamagedSource, database: Path) -> None:
        tables = [name for name in self._tables if name not in _SKIPPED]
        target = NewTarget(database, self._key)
        try:
            for place, table in enumerate(tables):
                self._progress.step(place, len(tables))
                self._copy_table(source, target, table, (place, len(tables)))
            # Users and much else hang on a colleague: better a stand-in than to lose them too.
            stand_in = {"staff": ("given_name", _("Colleague {n} (name lost)"))}
            gone, self._emptied = target.mend_bonds(stand_in)
            for table, numbers in gone.items():
                known = self._results[table]
                self._results[table] = replace(known, removed=len(numbers))
            self._progress.step(len(tables), len(tables))
            target.finish()
        finally:
            target.close()

    def _copy_table(
        self, source: DamagedSource, target: NewTarget, table: str, place: tuple[int, int]
    ) -> None:
        columns = [name for name in target.columns(table) if name in self._tables[table]]
        if not columns:
            return
        found: set[int] = set()
        taken = 0

        def take(rows: list[Row]) -> None:
            nonlocal taken
            self._progress.step(*place)
            found.update(row[0] for row in rows)
            taken += target.put(table, columns, [row[1:] for row in rows])

        failures = source.failures
        source.copy_rows(table, columns, take)
        whole = source.failures == failures
        expected = None if whole else source.numbers(table, LABELS.get(table, ""))
        self._results[table] = _result(table, found, taken, expected, self._lines_kept())

    def _lines_kept(self) -> int:
        """How long the audit trail was when it was last kept outside the database."""
        state = self._unlocked.state
        kept = self._trail().read() or Mark(state.audit_count, state.audit_head)
        return kept.count

    def _trail(self) -> TrailFile:
        unlocked = self._unlocked
        return TrailFile(self._folder, unlocked.vault_id, unlocked.keys.audit_key, unlocked.state)

    def _note(self, database: Path, result: SalvageResult) -> None:
        """Keep in the new vault what is missing, and its audit head in the new envelope."""
        keys = self._unlocked.keys
        engine = open_engine(database, self._key)
        try:
            work = Workspace(
                engine, keys.audit_key, user_id=None, staff_id=None, role="", clock=self._clock
            )
            user = self._user(work)
            work = Workspace(
                engine, keys.audit_key, user_id=user, staff_id=None, role="", clock=self._clock
            )
            work.write(_keep_result, result)
            head = work.read(audit.head)
            truncate_wal(engine)
        finally:
            close_engine(engine)
        (self._into / trail.FILE_NAME).unlink(missing_ok=True)
        present = envelopes.load_best(self._folder, keys.audit_key)
        state: State = replace(present.state, audit_count=head.count, audit_head=head.mac)
        envelopes.save(self._into, present.with_state(state, keys.audit_key))

    def _user(self, work: Workspace) -> int | None:
        """Who rescues. Raises DamagedVault when the new vault would open for nobody."""
        slot, ways = self._unlocked.slot, work.read(known_ways)
        mine = [way.user_id for way in ways if way.user_id is not None and way.fits(slot)]
        leads = [way.user_id for way in ways if way.role == "coordinator"]
        if not (mine or leads):
            raise DamagedVault(
                _(
                    "The list of users is lost, so nobody could open the rescued vault."
                    " Put the newest backup back. Nothing was changed."
                ),
                {"restore"},
            )
        return (mine or leads)[0]


def _result(
    table: str, found: set[int], taken: int, expected: dict[int, object] | None, lines: int
) -> TableResult:
    lost: Sequence[int] = sorted(set(expected or ()) - found)
    labels = tuple(str((expected or {}).get(number) or number) for number in lost[:_MOST_LABELS])
    count = len(lost) + len(found) - taken
    if table == "audit":
        count = max(count, lines - len(found))
    return TableResult(table, taken, count, labels)


def _keep_result(session: Session, result: SalvageResult) -> None:
    setting = session.query(VaultSetting).filter_by(key="salvage").one_or_none()
    if setting is None:
        session.add(VaultSetting(key="salvage", value=result.as_json()))
    else:
        setting.value = result.as_json()
    audit.note(session, "salvage", "vault", result.missing)
