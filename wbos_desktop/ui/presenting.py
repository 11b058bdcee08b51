"""The window before many eyes (F8): the same pages, on a vault that tells no name and no text.

Every page and dialog is closed and built anew, so that nothing read before stays in view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wbos_desktop.errors import UserError

from .messages import close_dialogs
from .widgets.buttons import hold_changes

if TYPE_CHECKING:
    from wbos_desktop.workspace.presenting import PresentedWorkspace
    from wbos_desktop.workspace.session import Workspace

    from .main_window import MainWindow


class Presenting:
    """Begins and ends it; a lock ends it too."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._changing = False
        self._made: list[PresentedWorkspace] = []

    def toggle(self) -> None:
        """Show short names and no typed text in the whole window, or everything again."""
        shell, work = self._window.shell, self._window.work
        if work is None or shell.tasks.workspace is None or self._changing:
            return
        self._window.guard.curtains.draw()
        work.close_pages()
        close_dialogs(self._window)
        self._changing = True
        if shell.presenting:
            shell.tasks.run(self._window, _end, shell.tasks.workspace).then(self._ended)
        else:
            task = shell.tasks.run(self._window, _begin, shell.tasks.workspace, self._made)
            task.then(self._begun).failed(self._failed)

    def forget(self) -> None:
        """At lock; also when it came while presenting was about to begin."""
        self._changing = self._window.shell.presenting = False
        hold_changes("")
        made, self._made = self._made, []
        self._window.shell.tasks.run(self._window, _end_all, made)

    def _begun(self, presented: PresentedWorkspace) -> None:
        shell = self._window.shell
        shell.tasks.workspace = presented
        shell.presenting = True
        self._show()

    def _ended(self, whole: Workspace) -> None:
        self._window.shell.tasks.workspace = whole
        self._window.shell.presenting = False
        self._show()

    def _failed(self, error: UserError) -> None:
        self._show()
        self._window.shell.messages.toast(error.message, kind="warning")

    def _show(self) -> None:
        self._changing = False
        self._window.rebuild()
        self._window.guard.curtains.draw_open(title=False)


def _begin(workspace: Workspace, made: list[PresentedWorkspace]) -> PresentedWorkspace:
    """On the worker, after the drafts of the closed pages."""
    from wbos_desktop.services import presenting
    from wbos_desktop.workspace.presenting import PresentedWorkspace

    presented = PresentedWorkspace(workspace, workspace.read(presenting.what_may_be_shown))
    made.append(presented)
    return presented


def _end(workspace: Workspace) -> Workspace:
    from wbos_desktop.workspace.presenting import PresentedWorkspace

    assert isinstance(workspace, PresentedWorkspace)
    return workspace.end()


def _end_all(made: list[PresentedWorkspace]) -> None:
    """No connection and no key stays behind."""
    for presented in made:
        presented.end()
