"""Beheer on a real workspace, for the tests of its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.waiting import settle
from tests.ui.shell_fixture import fake, make_shell, make_workspace, show_changes
from wbos_desktop.ui import theme
from wbos_desktop.ui.pages.manage.page import ManagePage
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.workspace.session import Workspace


@dataclass
class ManageStage:
    """The page; each test file adds what its part needs."""

    workspace: Workspace
    shell: Shell
    page: ManagePage
    qtbot: QtBot

    def settle(self) -> None:
        settle(self.shell.tasks)

    def open(self, code: str) -> QWidget:
        """The part in view."""
        self.page.open(Route("manage", None, code))
        self.settle()
        return self.page.section(code)


Stage = TypeVar("Stage", bound=ManageStage)


@contextmanager
def managing(
    kind: type[Stage], qtbot: QtBot, qapp: QApplication, fill: Callable[[Workspace], object]
) -> Iterator[Stage]:
    """Such a stage over a workspace that `fill` wrote in; a bug that was shown fails the test."""
    theme.apply(qapp, "light", 100)
    workspace, who = make_workspace()
    fill(workspace)
    shell = make_shell(workspace, who)
    page = ManagePage(shell)
    qtbot.addWidget(page)
    page.resize(1170, 768)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    show_changes(shell, page)
    yield kind(workspace, shell, page, qtbot)
    shell.tasks.close()
    workspace.close()
    theme.apply(qapp, "light", 100)
    assert fake(shell).bugs == []
