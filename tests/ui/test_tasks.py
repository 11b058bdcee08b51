"""The lanes: answers on the UI thread, in order, never to somebody who left."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.waiting import wait_until
from wbos_desktop.errors import NotFound, UserError
from wbos_desktop.progress import Progress
from wbos_desktop.ui.tasks import Tasks


class Reports:
    def __init__(self) -> None:
        self.errors: list[tuple[QObject, UserError]] = []
        self.bugs: list[BaseException] = []

    def show_error(self, owner: QObject, error: UserError) -> None:
        self.errors.append((owner, error))

    def report_bug(self, owner: QObject | None, error: BaseException) -> None:
        self.bugs.append(error)


class Asker(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.got: list[object] = []
        self.threads: list[threading.Thread] = []

    def take(self, value: object) -> None:
        self.got.append(value)
        self.threads.append(threading.current_thread())


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def tasks(qtbot: QtBot, reports: Reports) -> Iterator[Tasks]:
    tasks = Tasks(reports)
    yield tasks
    tasks.close()


@pytest.fixture
def asker(qtbot: QtBot) -> Asker:
    asker = Asker()
    qtbot.addWidget(asker)
    return asker


def wait(tasks: Tasks) -> None:
    wait_until(lambda: not tasks.busy)


def missing() -> None:
    raise NotFound("gone")


def broken() -> None:
    raise ZeroDivisionError("a name")


def test_work_runs_beside_and_the_answer_comes_on_the_main_thread(
    qtbot: QtBot, tasks: Tasks, asker: Asker
) -> None:
    tasks.run(asker, threading.current_thread).then(asker.take)
    wait(tasks)
    assert asker.got[0] is not threading.main_thread()
    assert asker.threads == [threading.main_thread()]


def test_answer_is_never_given_inside_the_call(qtbot: QtBot, tasks: Tasks, asker: Asker) -> None:
    tasks.run(asker, int).then(asker.take)
    assert asker.got == []
    wait(tasks)
    assert asker.got == [0]


def test_database_work_keeps_its_order(qtbot: QtBot, tasks: Tasks, asker: Asker) -> None:
    for n in range(50):
        tasks.run(asker, lambda n=n: n).then(asker.take)
    wait(tasks)
    assert asker.got == list(range(50))


def test_owner_deleted_by_python_gets_nothing(qtbot: QtBot, tasks: Tasks) -> None:
    gate, seen = threading.Event(), []
    asker = Asker()
    asker.destroyed.connect(lambda: seen.append("destroyed"))
    tasks.run(asker, gate.wait).then(asker.take).finally_(lambda: seen.append("answer"))
    del asker
    gc.collect()
    gate.set()
    wait(tasks)
    assert seen == ["destroyed"]


def test_owner_deleted_by_qt_gets_nothing(qtbot: QtBot, tasks: Tasks) -> None:
    gate = threading.Event()
    parent = QWidget()
    asker = Asker()
    asker.setParent(parent)
    tasks.run(asker, gate.wait).then(asker.take)
    with qtbot.waitSignal(asker.destroyed):
        parent.deleteLater()
    gate.set()
    wait(tasks)
    assert asker.got == []


def test_error_goes_to_failed_or_else_to_the_page(
    qtbot: QtBot, tasks: Tasks, asker: Asker, reports: Reports
) -> None:
    tasks.run(asker, missing).then(asker.take).failed(asker.take)
    wait(tasks)
    assert [type(error) for error in asker.got] == [NotFound]
    assert reports.errors == []
    tasks.run(asker, missing).then(asker.take)
    wait(tasks)
    assert [owner for owner, _error in reports.errors] == [asker]


def test_bug_is_reported_and_logged_without_its_text(
    qtbot: QtBot, tasks: Tasks, asker: Asker, reports: Reports, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        tasks.run(asker, broken).failed(asker.take)
        wait(tasks)
    assert asker.got == []
    assert [type(error) for error in reports.bugs] == [ZeroDivisionError]
    assert "a name" not in caplog.text
    assert "ZeroDivisionError at ui/test_tasks.py" in caplog.text


def test_end_is_told_after_success_and_after_failure(
    qtbot: QtBot, tasks: Tasks, asker: Asker
) -> None:
    tasks.run(asker, int).then(asker.take).finally_(lambda: asker.take("end"))
    tasks.run(asker, missing).failed(asker.take).finally_(lambda: asker.take("end"))
    wait(tasks)
    assert asker.got[0] == 0
    assert asker.got[1] == asker.got[3] == "end"


def test_a_late_answer_can_not_win(qtbot: QtBot, tasks: Tasks, asker: Asker) -> None:
    gate = threading.Event()
    first = tasks.run(asker, gate.wait).then(asker.take)
    tasks.run(asker, lambda: "second").then(asker.take).instead_of(first)
    gate.set()
    wait(tasks)
    assert asker.got == ["second"]


def count_to(progress: Progress, gate: threading.Event, total: int) -> int:
    for n in range(total):
        progress.step(n, total, "step")
        if n == total // 2:
            gate.wait(60)
    return total


def test_long_work_reports_and_database_work_passes_it(
    qtbot: QtBot, tasks: Tasks, asker: Asker
) -> None:
    gate = threading.Event()
    steps: list[tuple[int, int, str]] = []
    long = tasks.run_long(asker, count_to, gate, 10).then(asker.take)
    long.progress(lambda done, total, what: steps.append((done, total, what)))
    tasks.run(asker, lambda: "short").then(asker.take)
    wait_until(lambda: asker.got == ["short"])
    wait_until(lambda: bool(steps))
    gate.set()
    wait(tasks)
    assert asker.got == ["short", 10]
    assert steps[-1][1:] == (10, "step")


def test_cancelled_work_is_silent(
    qtbot: QtBot, tasks: Tasks, asker: Asker, reports: Reports
) -> None:
    gate = threading.Event()
    long = tasks.run_long(asker, count_to, gate, 10).then(asker.take).failed(asker.take)
    long.stopped(lambda: asker.take("stopped"))
    long.cancel()
    gate.set()
    wait(tasks)
    assert asker.got == ["stopped"]
    assert reports.errors == []
    assert reports.bugs == []


def test_changes_noted_on_the_worker_are_told_on_the_main_thread(
    qtbot: QtBot, tasks: Tasks, asker: Asker
) -> None:
    tasks.changed.connect(asker.take)
    tasks.run(asker, tasks.note_changed, {"groups"}).then(lambda _nothing: asker.take("answer"))
    wait(tasks)
    assert asker.got == [{"groups"}, "answer"]
    assert set(asker.threads) == {threading.main_thread()}


def test_dropping_all_finishes_what_runs_and_tells_nobody(
    qtbot: QtBot, tasks: Tasks, asker: Asker
) -> None:
    gate, done = threading.Event(), threading.Event()

    def save() -> None:
        gate.wait(60)
        done.set()

    tasks.run(asker, save).then(asker.take)
    tasks.drop_all()
    gate.set()
    assert done.wait(60)
    wait(tasks)
    assert asker.got == []


class Cycle(QWidget):
    """A widget that only the garbage collector can end; it notes on which thread that was."""

    def __init__(self, ended: list[threading.Thread]) -> None:
        super().__init__()
        self.me = self
        self.probe = Probe(ended)


class Probe:
    def __init__(self, ended: list[threading.Thread]) -> None:
        self.ended = ended

    def __del__(self) -> None:
        self.ended.append(threading.current_thread())


def make_garbage(count: int) -> int:
    for _n in range(count):
        loop: list[object] = []
        loop.append(loop)
    return count


def test_widgets_in_cycles_never_end_on_a_worker(qtbot: QtBot, tasks: Tasks, asker: Asker) -> None:
    ended: list[threading.Thread] = []
    for _n in range(5):
        Cycle(ended)
    tasks.run(asker, make_garbage, 50_000).then(asker.take)
    wait(tasks)
    wait_until(lambda: len(ended) == 5)
    assert set(ended) == {threading.main_thread()}


def test_callbacks_are_let_go_on_the_main_thread(qtbot: QtBot, tasks: Tasks, asker: Asker) -> None:
    ended: list[threading.Thread] = []
    probe = Probe(ended)
    tasks.run(asker, int).then(lambda _n, probe=probe: None)
    del probe
    wait(tasks)
    assert ended == [threading.main_thread()]


def test_python_collects_again_after_the_lanes_closed(reports: Reports, qtbot: QtBot) -> None:
    lanes = Tasks(reports)
    assert not gc.isenabled()
    lanes.close()
    assert gc.isenabled()
