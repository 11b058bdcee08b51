"""What page tests need of the window: a shell whose messages answer by themselves.

workspace, who = make_workspace()
shell = make_shell(workspace, who)
fake(shell).answers = [True]            the next question is answered with its verb
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
import sqlcipher3
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from tests import factories
from tests.conftest import AUDIT_KEY, NOW
from wbos_desktop.db.base import Base
from wbos_desktop.errors import UserError
from wbos_desktop.settings import Settings
from wbos_desktop.ui import theme
from wbos_desktop.ui.messages import Messages
from wbos_desktop.ui.page import Shell, Who
from wbos_desktop.ui.routes import Navigator
from wbos_desktop.ui.tasks import Tasks
from wbos_desktop.workspace.session import Workspace


class FakeMessages(Messages):
    """Answers questions from `answers` and file dialogs from `paths`, and notes what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[bool] = []
        self.paths: list[Path] = []
        self.toasts: list[str] = []
        self.toast_undo: Callable[[], object] | None = None
        self.strips: list[str] = []
        self.asked: list[str] = []
        self.bugs: list[BaseException] = []

    def toast(
        self,
        text: str,
        *,
        undo: Callable[[], object] | None = None,
        undo_last: bool = False,
        verb: str = "",
        kind: str = "success",
    ) -> None:
        self.toasts.append(text)
        self.toast_undo = undo
        super().toast(text, undo=undo, undo_last=undo_last, verb=verb, kind=kind)

    def strip(self, owner: QObject, text: str, *, kind: str = "info") -> None:
        self.strips.append(text)

    def show_error(self, owner: QObject, error: UserError) -> None:
        self.strips.append(error.message)

    def report_bug(self, owner: QObject | None, error: BaseException) -> None:
        self.bugs.append(error)

    def ask(
        self,
        owner: QWidget,
        title: str,
        text: str,
        *,
        yes: str,
        no: str,
        then: Callable[[], object],
        danger: bool = False,
        word: str = "",
    ) -> None:
        self.asked.append(title)
        if self.answers.pop(0):
            then()

    def open_file(
        self, owner: QWidget, title: str, filters: str, then: Callable[[Path], object]
    ) -> None:
        then(self.paths.pop(0))

    def save_file(
        self,
        owner: QWidget,
        title: str,
        suggested: str,
        filters: str,
        then: Callable[[Path], object],
    ) -> None:
        then(self.paths.pop(0))

    def choose_folder(self, owner: QWidget, title: str, then: Callable[[Path], object]) -> None:
        then(self.paths.pop(0))


def make_workspace() -> tuple[Workspace, Who]:
    """A real Workspace on an in-memory database with De Linde in it, on 24 November 2026.

    `workspace.write(factories.make_group)` fills it.
    """
    engine = create_engine(
        "sqlite://",
        module=sqlcipher3,
        poolclass=QueuePool,  # one connection, and the two lanes take turns
        pool_size=1,
        max_overflow=0,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlcipher3.Connection, _record: object) -> None:
        connection.execute("PRAGMA foreign_keys=ON")

    Base.metadata.create_all(engine)
    bare = _workspace(engine, None, None)
    user_id, staff_id = bare.write(factories.make_school)
    who = Who(user_id, staff_id, "coordinator", "Karin Bosman", "Karin", "De Linde", "VO")
    return _workspace(engine, user_id, staff_id), who


def _workspace(engine: Engine, user_id: int | None, staff_id: int | None) -> Workspace:
    return Workspace(
        engine,
        AUDIT_KEY,
        user_id=user_id,
        staff_id=staff_id,
        role="coordinator",
        clock=lambda: NOW,
    )


def make_shell(workspace: Workspace | None = None, who: Who | None = None) -> Shell:
    """A shell with fake messages; call `shell.tasks.close()` at the end of the test."""
    messages = FakeMessages()
    tasks = Tasks(messages)
    tasks.workspace = workspace
    if workspace is not None:
        workspace.changed.append(tasks.note_changed)
    return Shell(tasks, messages, Navigator(), Settings(), who or Who())


@pytest.fixture
def shell(qapp: QApplication) -> Iterator[Shell]:
    """A shell over De Linde."""
    theme.apply(qapp, "light", 100)
    workspace, who = make_workspace()
    shell = make_shell(workspace, who)
    yield shell
    shell.tasks.close()
    workspace.close()


def show_changes(shell: Shell, page: Any) -> None:
    """Ask the page to refresh after each commit, as the window does; it may go when the test ends.

    A connected lambda would hold the page, which holds the shell, which holds the lambda in Qt.
    """
    known = weakref.ref(page)

    def refresh(tables: set[str]) -> None:
        here = known()
        if (
            here is not None
            and shiboken6.isValid(here)
            and tables & getattr(here, "tables", tables)
        ):
            here.refresh()

    shell.tasks.changed.connect(refresh)


def fake(shell: Shell) -> FakeMessages:
    """The fake messages of a shell made here."""
    assert isinstance(shell.messages, FakeMessages)
    return shell.messages
