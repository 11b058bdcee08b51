"""The only module with threads: one serial lane for database work, one for long work.

    page.read(groups.load_rows, ids).then(self._show)        UI thread: puts a job on the lane
      worker: Workspace.read(groups.load_rows, ids)          worker thread: one transaction
    page._show(rows)                                         UI thread again, queued

The serial lane gives a reader every write before it. Long work (exports, imports, the example
school) runs beside it with a `Progress`. The worker owns no Qt object; an answer whose owner is
gone, in Python or in Qt, is dropped. While the lanes are there, Python's cyclic garbage is
collected on the UI thread only: a widget that is part of a cycle and gets collected on a worker
ends the process.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from wbos_desktop.errors import Cancelled, StorageError, UserError
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from wbos_desktop.workspace.session import Workspace

P = ParamSpec("P")
T = TypeVar("T")


class Reporter(Protocol):
    """Where errors go that the asking widget did not take itself (`ui/messages.py`)."""

    def show_error(self, owner: QObject, error: UserError) -> None:
        """Show the sentence of the error near the owner."""

    def report_bug(self, owner: QObject | None, error: BaseException) -> None:
        """Tell that something went wrong in the program itself."""


class _Slots:
    """Callbacks of one kind. Bound methods are held weakly, so that a task keeps no widget."""

    def __init__(self) -> None:
        self._found: list[Callable[[], Callable[..., object] | None]] = []

    def add(self, slot: Callable[..., object]) -> None:
        if hasattr(slot, "__self__") and hasattr(slot, "__func__"):
            self._found.append(weakref.WeakMethod(slot))
        else:
            self._found.append(lambda: slot)

    def clear(self) -> None:
        self._found.clear()

    def __bool__(self) -> bool:
        return bool(self._found)

    def call(self, *values: object) -> None:
        for found in self._found:
            slot = found()
            if slot is not None:
                slot(*values)


class _Job:
    """One piece of work on its way through a lane: who asked, who listens, how it ended."""

    def __init__(self, owner: QObject, progress: Progress | None = None) -> None:
        self._owner = weakref.ref(owner)
        self.then, self.failed, self.stopped = _Slots(), _Slots(), _Slots()
        self.finished, self.progressed = _Slots(), _Slots()
        self.progress = progress
        self.state = (0, 0, "")
        self.telling = False
        self.dropped = False
        self.skippable = False
        self.written = False
        self.result: object = None
        self.error: BaseException | None = None

    def owner(self) -> QObject | None:
        """Who still wants the answer; None when dropped or gone."""
        owner = self._owner()
        if self.dropped or owner is None or not shiboken6.isValid(owner):
            return None
        return owner

    def release(self) -> None:
        """Let go of callbacks and answer here, on the UI thread: the worker may hold the job a
        moment longer, and what it lets go of dies on its thread."""
        for slots in (self.then, self.failed, self.stopped, self.finished, self.progressed):
            slots.clear()
        self.result = self.error = None

    def work(self, function: Callable[[], object]) -> None:
        """On the worker: run it; an error is an answer too. A dropped question is not asked."""
        if self.dropped and self.skippable:
            return
        try:
            self.result = function()
        except MemoryError:
            text = _("There is too little memory. Nothing was changed. Close other programs.")
            self.error = StorageError(text)
        except BaseException as error:  # noqa: BLE001 - sorted on the UI thread
            self.error = error


class Task(Generic[T]):
    """One piece of work that was asked for. All callbacks come on the UI thread, later."""

    def __init__(self, job: _Job) -> None:
        self._job = job

    def then(self, slot: Callable[[T], object]) -> Task[T]:
        """Call the slot with the answer."""
        self._job.then.add(slot)
        return self

    def failed(self, slot: Callable[[UserError], object]) -> Task[T]:
        """Call the slot with an error the user can act on, instead of showing it by default."""
        self._job.failed.add(slot)
        return self

    def stopped(self, slot: Callable[[], object]) -> Task[T]:
        """Call the slot when the work was cancelled; everything it did is rolled back."""
        self._job.stopped.add(slot)
        return self

    def finally_(self, slot: Callable[[], object]) -> Task[T]:
        """Call the slot at the end, however it ended, after the other slots."""
        self._job.finished.add(slot)
        return self

    def progress(self, slot: Callable[[int, int, str], object]) -> Task[T]:
        """Call the slot with (done, total, what) now and then; only long work reports."""
        self._job.progressed.add(slot)
        return self

    def instead_of(self, earlier: Task[Any] | None) -> Task[T]:
        """Drop the answer of an earlier question, so that a late answer can't win."""
        if earlier is not None:
            earlier.drop()
        return self

    def drop(self) -> None:
        """Call nothing any more. A write still happens; a read that has not begun does not."""
        self._job.dropped = True

    def cancel(self) -> None:
        """Stop long work at its next step."""
        if self._job.progress is not None:
            self._job.progress.cancel()


class _Collector(QObject):
    """Collects cyclic garbage on the UI thread, by Python's own thresholds, twice a second."""

    running = 0

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        _Collector.running += 1
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the generations that are due."""
        for generation, (count, limit) in enumerate(
            zip(gc.get_count(), gc.get_threshold(), strict=True)
        ):
            if count <= limit:
                break
            gc.collect(generation)

    def stop(self) -> None:
        """Give collecting back to Python, once no lane is left."""
        self._timer.stop()
        _Collector.running -= 1
        if _Collector.running == 0:
            gc.enable()


class Tasks(QObject):
    """The two lanes. `changed` carries the set of names of tables that a commit touched.

    `workspace` is the open vault, or None while locked; main_window sets it.
    """

    changed = Signal(object)
    _answered = Signal(object)
    _moved = Signal(object)
    _noted = Signal(object)

    def __init__(self, reporter: Reporter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace: Workspace | None = None
        self._reporter = reporter
        self._open: set[_Job] = set()
        self._collector: _Collector | None = _Collector(self)
        queued = Qt.ConnectionType.QueuedConnection
        self._answered.connect(self._deliver, queued)
        self._moved.connect(self._report_progress, queued)
        self._noted.connect(self._tell_changed, queued)

    @cached_property
    def _serial(self) -> ThreadPoolExecutor:
        """Lanes are made when first used: the window shows before threads are loaded."""
        return _lane("database")

    @cached_property
    def _long(self) -> ThreadPoolExecutor:
        return _lane("long")

    @property
    def closed(self) -> bool:
        """True after `close`: nothing can be asked any more."""
        return self._collector is None

    @property
    def busy(self) -> bool:
        """True while an answer is still to come."""
        return bool(self._open)

    def read(
        self,
        owner: QObject,
        function: Callable[Concatenate[Any, P], T],
        *args: P.args,
        **kw: P.kwargs,
    ) -> Task[T]:
        """Call function(session, *args) in a reading transaction of the open vault."""
        workspace, job = self._opened(), _Job(owner)
        job.skippable = True
        self._submit(self._serial, job, lambda: workspace.read(function, *args, **kw))
        return Task(job)

    def write(
        self,
        owner: QObject,
        function: Callable[Concatenate[Any, P], T],
        *args: P.args,
        **kw: P.kwargs,
    ) -> Task[T]:
        """Call function(session, *args) in one writing transaction of the open vault.

        A dialog that asks is told, so that a second click on its button does nothing meanwhile.
        A function with a method `committed` gets that call on the worker once it is saved, before
        anything that was asked for later.
        """
        workspace, job = self._opened(), _Job(owner)
        if (asked := getattr(owner, "write_asked", None)) is not None:
            asked()
            job.written = True
        self._submit(self._serial, job, lambda: _written(workspace, function, *args, **kw))
        return Task(job)

    def view(
        self,
        owner: QObject,
        function: Callable[Concatenate[Any, P], T],
        *args: P.args,
        **kw: P.kwargs,
    ) -> Task[T]:
        """Call function(session, *args) that notes what was looked at; see `Workspace.view`."""
        workspace, job = self._opened(), _Job(owner)
        self._submit(self._serial, job, lambda: workspace.view(function, *args, **kw))
        return Task(job)

    def run(
        self, owner: QObject, function: Callable[P, T], *args: P.args, **kw: P.kwargs
    ) -> Task[T]:
        """Call function(*args) on the serial lane: what needs no session, such as unlocking."""
        job = _Job(owner)
        self._submit(self._serial, job, lambda: function(*args, **kw))
        return Task(job)

    def run_long(
        self,
        owner: QObject,
        function: Callable[Concatenate[Progress, P], T],
        *args: P.args,
        **kw: P.kwargs,
    ) -> Task[T]:
        """Call function(progress, *args) beside the serial lane; `Task.cancel` stops it."""
        job = _Job(owner)
        progress = Progress(lambda done, total, what: self._step(job, (done, total, what)))
        job.progress = progress
        self._submit(self._long, job, lambda: function(progress, *args, **kw))
        return Task(job)

    def note_changed(self, tables: set[str]) -> None:
        """For `Workspace.changed`: may be called on any thread."""
        self._noted.emit(set(tables))

    def drop_all(self) -> None:
        """Cancel long work and drop every answer still to come. Writes asked for still happen."""
        for job in self._open:
            job.dropped = True
            if job.progress is not None:
                job.progress.cancel()

    def end(self, owner: QObject, function: Callable[[], T]) -> Task[T]:
        """Call the function last: after the long work and all that was asked for before."""
        ended = self._long.submit(lambda: None)

        def last() -> T:
            ended.result()
            return function()

        return self.run(owner, last)

    def close(self) -> None:
        """Cancel long work, finish what is on the serial lane and end both threads."""
        self.drop_all()
        for name in ("_long", "_serial"):
            if name in self.__dict__:
                self.__dict__[name].shutdown(wait=True)
        for job in self._open:
            job.release()
        self._open.clear()
        if self._collector is not None:
            self._collector.stop()
            self._collector = None

    def _opened(self) -> Workspace:
        if self.workspace is None:
            raise RuntimeError("locked")
        return self.workspace

    def _submit(self, lane: ThreadPoolExecutor, job: _Job, function: Callable[[], object]) -> None:
        self._open.add(job)
        lane.submit(self._work, job, function)

    def _work(self, job: _Job, function: Callable[[], object]) -> None:
        job.work(function)
        self._answered.emit(job)

    def _step(self, job: _Job, state: tuple[int, int, str]) -> None:
        """On the worker: at most one report waits at a time, however often work steps."""
        job.state = state
        if not job.telling:
            job.telling = True
            self._moved.emit(job)

    @Slot(object)
    def _tell_changed(self, tables: set[str]) -> None:
        if not self.closed:  # nobody asks again once the lanes are closed
            self.changed.emit(tables)

    @Slot(object)
    def _report_progress(self, job: _Job) -> None:
        job.telling = False
        if job.owner() is not None:
            job.progressed.call(*job.state)

    @Slot(object)
    def _deliver(self, job: _Job) -> None:
        self._open.discard(job)
        try:
            self._answer(job)
        finally:
            job.release()

    def _answer(self, job: _Job) -> None:
        owner, error = job.owner(), job.error
        if error is not None and not isinstance(error, UserError | Cancelled):
            from wbos_desktop import log

            log.bug(error)
            self._reporter.report_bug(owner, error)
        if owner is None:
            return
        if job.written:
            owner.write_answered()  # type: ignore[attr-defined]
        if error is None:
            job.then.call(job.result)
        elif isinstance(error, Cancelled):
            job.stopped.call()
        elif isinstance(error, UserError) and job.failed:
            job.failed.call(error)
        elif isinstance(error, UserError):
            self._reporter.show_error(owner, error)
        if job.owner() is not None:
            job.finished.call()


def _written(
    workspace: Workspace,
    function: Callable[Concatenate[Any, P], T],
    *args: P.args,
    **kw: P.kwargs,
) -> T:
    answer = workspace.write(function, *args, **kw)
    if (committed := getattr(function, "committed", None)) is not None:
        committed()
    return answer


def _lane(name: str) -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(1, name)
