"""An open vault: runs one function as one transaction, and tells who listens what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from wbos_desktop.db import audit, changes, faults
from wbos_desktop.db.base import new_uid
from wbos_desktop.db.context import Context
from wbos_desktop.db.engine import close_engine, integrity_report, truncate_wal
from wbos_desktop.errors import ReadOnlyVault, VaultError
from wbos_desktop.i18n import _

from .gate import Gate

P = ParamSpec("P")
T = TypeVar("T")

Clock = Callable[[], dt.datetime]


def system_clock() -> dt.datetime:
    """The machine's time, aware, in its own zone."""
    return dt.datetime.now().astimezone()


class Workspace:
    """One user in one open vault. Services get their session from here and nowhere else.

    `changed` holds callbacks that get the set of touched table names after each commit, on
    the thread that wrote. `read_only` is empty, or the sentence why nothing can be changed.
    """

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
    ) -> None:
        self._use(engine)
        self._gate = Gate()
        self._audit_key = audit_key
        self._identity = (user_id, staff_id, role)
        self._clock = clock
        self._keep_head = keep_head
        self._on_closed = on_closed
        self._closed = False
        self.read_only = read_only
        self._unsettled = True  # a crash may have left a log
        self.changed: list[Callable[[set[str]], None]] = []

    def read(
        self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query function in a read-only transaction; a flush in it is a bug."""
        with self._gate.together(), _sorted_faults(), self._reading() as session:
            changes.forbid_writes(session)
            return function(session, *args, **kwargs)

    def write(
        self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function that changes records: all of it is saved, or nothing.

        Raises ReadOnlyVault, StorageError, Conflict or what the function raises; then nothing
        was saved.
        """
        if self.read_only:
            raise ReadOnlyVault(self.read_only)
        with self._gate.together(), _sorted_faults(), Session(self._engine) as session:
            self._prepare(session)
            changes.watch(session)
            with session.begin():
                result = function(session, *args, **kwargs)
            touched = changes.touched(session)
        self._unsettled = True
        for callback in self.changed:
            callback(touched)
        return result

    def view(
        self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query that notes in the audit trail what was looked at: a short write.

        A vault that is open for reading only keeps no note of it.
        """
        if not self.read_only:
            return self.write(function, *args, **kwargs)
        with self._gate.together(), _sorted_faults(), self._reading() as session:
            session.info["unrecorded"] = True
            changes.forbid_writes(session)
            return function(session, *args, **kwargs)

    def check_pages(self) -> list[str]:
        """What is wrong with pages, indexes and foreign keys; empty when all is well."""
        with self._gate.together():
            return integrity_report(self._engine)

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

    def settle(self) -> None:
        """Empty the log and keep the audit head outside the database: when idle, and to close.

        A short log is a short exposure: one flipped bit in it silently drops later commits.
        Does nothing when nothing was written since.
        """
        if not self._unsettled or self.read_only:
            return
        self._unsettled = False  # first, so that a write meanwhile is not forgotten
        emptied = False
        try:
            if self._keep_head is not None:
                self._keep_head(self.read(audit.head))
            with self._gate.together():
                emptied = truncate_wal(self._engine)
        finally:
            self._unsettled = self._unsettled or not emptied

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
            close_engine(self._engine)
            self._audit_key = b""
            if self._on_closed is not None:
                self._on_closed()

    def _use(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(read_only=True)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with Session(self._reader, autoflush=False) as session:
            self._prepare(session)
            yield session

    def _prepare(self, session: Session) -> None:
        now = self._clock()
        user_id, staff_id, role = self._identity
        session.info["context"] = Context(user_id, staff_id, role, now, now.date())
        session.info["gesture"] = new_uid()
        session.info["audit_key"] = self._audit_key


@contextmanager
def _sorted_faults() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raised = faults.sort(error)
        if raised is error:
            raise
        raise raised from error
