"""An open vault: runs one function as one transaction, and tells who listens what changed."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from wbos_desktop import log
from wbos_desktop.db import audit, changes, epochs, faults
from wbos_desktop.db.base import new_uid
from wbos_desktop.db.context import Context
from wbos_desktop.db.engine import (
    close_engine,
    integrity_report,
    log_bytes_of,
    on_waiting,
    quick_report,
    truncate_wal,
)
from wbos_desktop.db.models.school import User
from wbos_desktop.errors import (
    Cancelled,
    DamagedVault,
    DiskFull,
    NotAllowed,
    ReadOnlyVault,
    UserError,
    VaultError,
)
from wbos_desktop.i18n import _
from wbos_desktop.vault.reserve import NEEDED_MB

from .alerts import (
    BACK,
    Alert,
    busy_sentence,
    clock_sentence,
    damage_sentence,
    full_sentence,
)
from .gate import Gate

P = ParamSpec("P")
T = TypeVar("T")

Clock = Callable[[], dt.datetime]
_LOG_BYTES = 8_000_000  # a longer log is emptied at once, not only when nobody works
_TELL_BUSY_AFTER = 1.0  # seconds


def system_clock() -> dt.datetime:
    """The machine's time, aware, in its own zone."""
    return dt.datetime.now().astimezone()


class Workspace:
    """One user in one open vault. Services get their session from here and nowhere else.

    `changed` holds callbacks that get the set of touched table names after each commit, on
    the thread that wrote. `read_only` is empty, or the sentence why nothing can be changed.
    `alerts` holds callbacks that get an Alert, on any thread. `clock_jump` is '', 'back' or
    'forward' (alerts.py).
    """

    is_presented = False

    def __init__(
        self,
        engine: Engine,
        audit_key: bytes,
        *,
        user_id: int | None,
        staff_id: int | None,
        role: str,
        clock: Clock = system_clock,
        keep_head: Callable[[audit.AuditHead], None] | None = None,
        on_closed: Callable[[], None] | None = None,
        read_only: str = "",
        after_commit: Callable[[audit.AuditHead], None] | None = None,
        make_room: Callable[[], bool] | None = None,
        clock_jump: str = "",
    ) -> None:
        self._gate = Gate()
        self._give_up_at = float("-inf")
        self._waiting: set[int] = set()  # threads, once it was told
        self._use(engine)
        self._audit_key = audit_key
        self._identity = (user_id, staff_id, role)
        self._clock = clock
        self._keep_head = keep_head
        self._on_closed = on_closed
        self._after_commit = after_commit
        self._make_room = make_room
        self._log_limit = _LOG_BYTES
        self._damaged = self._closed = False
        self._moments: tuple[dt.datetime, float] | None = None
        self.read_only = read_only
        self.clock_jump = clock_jump
        self._unsettled = True  # a crash may have left a log
        self.changed: list[Callable[[set[str]], None]] = []
        self.alerts: list[Callable[[Alert], None]] = []

    @property
    def standing(self) -> tuple[bytes, tuple[int | None, int | None, str], Clock]:
        """Audit key, user with staff id and role, and clock: for a second workspace beside it."""
        return self._audit_key, self._identity, self._clock

    def read(
        self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query function in a read-only transaction; a flush in it is a bug."""
        with self._gate.together(), self._sorted_faults(), self._reading() as session:
            changes.forbid_writes(session)
            return function(session, *args, **kwargs)

    def write(
        self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function that changes records: all of it is saved, or nothing.

        Raises ReadOnlyVault, StorageError, Conflict or what the function raises; then nothing
        was saved. On a full disk it is tried once more in the room that was kept free.
        """
        try:
            result, touched = self._write_once(function, *args, **kwargs)
        except DiskFull:
            if not self._made_room():
                raise
            result, touched = self._write_once(function, *args, **kwargs)
            self.tell(Alert("disk_full", full_sentence(NEEDED_MB)))
        self._unsettled = True
        for callback in self.changed:
            _afterwards(partial(callback, touched))
        _afterwards(self._shorten_log)
        return result

    def _made_room(self) -> bool:
        return self._make_room is not None and self._make_room()

    def _write_once(
        self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[T, set[str]]:
        keeps_typing = self._damaged and getattr(function, "keeps_typing", False)
        with self._gate.together(), self._sorted_faults(), Session(self._engine) as session:
            if self.read_only and not keeps_typing:
                raise ReadOnlyVault(self.read_only)
            self._prepare(session)
            changes.watch(session)
            with session.begin():
                session.connection()
                self._ask_role(session)
                if log_bytes_of(self._engine) == 0:
                    epochs.begin(session)
                result = function(session, *args, **kwargs)
                session.flush()
                head = audit.head(session)
            if self._after_commit is not None:
                _afterwards(partial(self._after_commit, head))
            return result, changes.touched(session)

    def view(
        self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query that notes in the audit trail what was looked at: a short write.

        A vault that is open for reading only keeps no note of it.
        """
        if not self.read_only:
            return self.write(function, *args, **kwargs)
        with self._gate.together(), self._sorted_faults(), self._reading() as session:
            session.info["unrecorded"] = True
            changes.forbid_writes(session)
            return function(session, *args, **kwargs)

    def check_pages(self, stop: Callable[[], bool] | None = None) -> list[str]:
        """What is wrong with pages, indexes and foreign keys; empty when all is well.

        Raises Cancelled once `stop()` is true.
        """
        with self._gate.together():
            return integrity_report(self._engine, stop)

    def check_quickly(self, stop: Callable[[], bool] | None = None) -> bool:
        """Whether every page can be read; if not, nothing is changed any more."""
        with self._gate.together():
            findings = quick_report(self._engine, stop)
        if findings:
            self.met_damage()
        return not findings

    @contextmanager
    def held(self) -> Iterator[Engine]:
        """The engine, which keeps its data key meanwhile: to copy database and envelope as a
        pair. A new data key waits until it is given back."""
        with self._gate.together():
            yield self._engine

    def swap(self, change: Callable[[Engine], Engine]) -> None:
        """Work on with the engine that `change` makes of this one, while nothing else runs.

        Raises VaultInUse when long work does not end, VaultError when closed, or what `change`
        raises: it has to leave the old engine as it was, or the workspace stays without one.
        """
        with self._gate.alone():
            if self._closed:
                raise VaultError(_("The vault is locked. Unlock it first."))
            self._use(change(self._engine))
            self._unsettled = True

    def stop_saving(self, sentence: str) -> None:
        """Open for reading only from now on; what is being saved is waited for.

        Raises VaultInUse when that takes too long.
        """
        with self._gate.alone():
            self.read_only = sentence

    def stop_waiting(self) -> None:
        """End a save that waits for another program: it raises Cancelled. Any thread.

        One that begins to wait later waits anew.
        """
        self._give_up_at = time.monotonic()

    def settle(self) -> None:
        """Empty the log and keep the audit head outside the database: when idle, and to close.

        A short log is a short exposure: one flipped bit in it silently drops later commits.
        Does nothing when nothing was written since. On a full disk it takes the room that was
        kept free.
        """
        if not self._unsettled or self.read_only:
            return
        self._unsettled = False  # first, so that a write meanwhile is not forgotten
        emptied = False
        try:
            emptied = self._empty_log()
        except DiskFull:
            if not self._made_room():
                raise
            emptied = self._empty_log()
        finally:
            self._unsettled = self._unsettled or not emptied

    def _empty_log(self) -> bool:
        with self._gate.together(), self._sorted_faults():
            if self._keep_head is not None:
                with Session(self._reader) as session:  # also for who has no access any more
                    head = audit.head(session)
                self._keep_head(head)
            return truncate_wal(self._engine)

    def close(self) -> None:
        """Release every connection and the keys; a second call does nothing.

        The caller has ended all running work. Raises StorageError when the last writing to
        disk fails; the vault is closed all the same.
        """
        if self._closed:
            return
        self._closed = True
        try:
            self.settle()
        finally:
            self._audit_key = b""
            try:
                close_engine(self._engine)
            finally:
                if self._on_closed is not None:
                    self._on_closed()

    def _use(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(read_only=True)
        on_waiting(engine, self._wait)

    def _wait(self, seconds: float) -> None:
        """Another program writes: tell it, and give up when the user says so."""
        if self._give_up_at > time.monotonic() - seconds:
            raise Cancelled
        if seconds >= _TELL_BUSY_AFTER:
            if not self._waiting:
                self.tell(Alert("busy", busy_sentence()))
            self._waiting.add(threading.get_ident())

    def _tell_free(self) -> None:
        """This thread waits no longer; the other lane may."""
        if threading.get_ident() in self._waiting:
            self._waiting.discard(threading.get_ident())
            if not self._waiting:
                self.tell(Alert("free"))

    def tell(self, alert: Alert) -> None:
        """Hand it to everybody in `alerts`, on this thread."""
        for callback in self.alerts:
            callback(alert)

    def _shorten_log(self) -> None:
        """Do not let the log grow while somebody works on and on; a reader may block it."""
        size = log_bytes_of(self._engine)
        if size > self._log_limit:
            self.settle()
            self._log_limit = 2 * size if self._unsettled else _LOG_BYTES

    @contextmanager
    def _sorted_faults(self) -> Iterator[None]:
        """Errors of the driver as sentences; after damage nothing is changed any more."""
        try:
            yield
        except Exception as error:
            raised = faults.sort(error)
            if isinstance(raised, DamagedVault):
                self.met_damage()
            if raised is error:
                raise
            raise raised from error
        finally:
            self._tell_free()

    @property
    def damaged(self) -> bool:
        """True once a damaged page was met."""
        return self._damaged

    def met_damage(self) -> None:
        """A damaged page was found: from now on this vault is for reading only."""
        if not self._damaged:
            self._damaged = True
            self.read_only = self.read_only or damage_sentence()
            self.tell(Alert("damaged", self.read_only))

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with Session(self._reader, autoflush=False) as session:
            self._prepare(session)
            self._ask_role(session)
            yield session

    def _prepare(self, session: Session) -> None:
        now = self._clock()
        self._watch_clock(now)
        user_id, staff_id, role = self._identity
        session.info["context"] = Context(user_id, staff_id, role, now, now.date())
        session.info["gesture"] = new_uid()
        session.info["audit_key"] = self._audit_key

    def _ask_role(self, session: Session) -> None:
        """Act by the role that the vault holds now: one that was taken away while a window is
        open ends at the next question. Raises NotAllowed when the account is gone."""
        user_id = self._identity[0]
        if user_id is None:
            return
        wanted = select(User.staff_id, User.role).where(
            User.id == user_id, User.deleted_at.is_(None)
        )
        row = session.connection().execute(wanted).first()
        if row is None:
            raise NotAllowed(_("Your access to this vault has ended. Ask your coordinator."))
        who: Context = session.info["context"]
        session.info["context"] = replace(who, staff_id=row.staff_id, role=row.role)

    def _watch_clock(self, now: dt.datetime) -> None:
        """Tell when the clock was put back while the vault is open."""
        before, self._moments = self._moments, (now, time.monotonic())
        if before is None:
            return
        passed = dt.timedelta(seconds=self._moments[1] - before[1])
        if now - before[0] < passed - BACK:
            self.clock_jump = "back"
            self.tell(Alert("clock", clock_sentence("back")))


def _afterwards(step: Callable[[], object]) -> None:
    """What follows a commit. The save is done: told as failed, somebody would do it again."""
    try:
        step()
    except UserError:
        return  # the log is emptied again when nobody works, and that is told
    except Exception as error:  # noqa: BLE001 - sorted as any bug, but not in the way of the save
        log.bug(error)
