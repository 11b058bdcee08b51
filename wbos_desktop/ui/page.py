"""What every page is: a widget that asks for its data, shows it, and asks again after changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from wbos_desktop.i18n import _

from .routes import Route
from .shell import Shell, Who
from .tasks import Task
from .widgets.dialog import Dialog

__all__ = ["Page", "PageDialog", "Shell", "Who"]

P = ParamSpec("P")
T = TypeVar("T")


class Page(QWidget):
    """Base of all pages. Put the content into `self.body`, whose margins are set already.

    `tables` names the database tables the page shows: a commit that touches one of them makes
    the window call `refresh`, at once when the page is in view, else when it is next shown.
    """

    tables: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shell = shell
        self.stale = False
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 18, 24, 20)
        outer.setSpacing(14)
        self.messages_place = QVBoxLayout()
        self.messages_place.setSpacing(8)
        outer.addLayout(self.messages_place)
        self.body = QVBoxLayout()
        self.body.setSpacing(14)
        outer.addLayout(self.body, 1)

    def title(self) -> str:
        """The page's name, translated, without any name of a pupil: for title bar and readers."""
        return ""

    def open(self, route: Route) -> None:
        """Show what the route says. Called each time the user comes here."""
        self.refresh()

    def refresh(self) -> None:
        """Ask for the data again and show it, keeping selection and scroll position."""

    def cannot_resume(self) -> None:
        """For a page whose route names an unfinished form that has no place any more."""
        text = _("This can't be finished here any more. Your text is still on Today.")
        self.shell.messages.strip(self, text)

    def can_leave(self) -> bool:
        """Say False to keep the user here, after showing why. Forms keep a draft instead."""
        return True

    def on_lock(self) -> None:
        """Last call before the page is destroyed: write a draft. A write asked for is done."""

    def read(
        self, function: Callable[Concatenate[Any, P], T], *args: P.args, **kw: P.kwargs
    ) -> Task[T]:
        """Call a service function(session, *args) to read; see `Tasks.read`."""
        return self.shell.tasks.read(self, function, *args, **kw)

    def view(
        self, function: Callable[Concatenate[Any, P], T], *args: P.args, **kw: P.kwargs
    ) -> Task[T]:
        """Call a service function(session, *args) that notes the look; see `Tasks.view`."""
        return self.shell.tasks.view(self, function, *args, **kw)

    def write(
        self, function: Callable[Concatenate[Any, P], T], *args: P.args, **kw: P.kwargs
    ) -> Task[T]:
        """Call a service function(session, *args) as one transaction; see `Tasks.write`."""
        return self.shell.tasks.write(self, function, *args, **kw)


class PageDialog(Dialog):
    """Base of dialogs that have a route of their own, such as reporting an incident."""

    def __init__(
        self,
        shell: Shell,
        route: Route,
        parent: QWidget | None = None,
        *,
        title: str = "",
        subtitle: str = "",
        width: int = 560,
        height: int | None = None,
    ) -> None:
        super().__init__(title, subtitle, width=width, height=height, parent=parent)
        self.shell = shell
        self.route = route

    def on_lock(self) -> None:
        """Last call before the dialog is destroyed: write a draft. A write asked for is done."""

    def read(
        self, function: Callable[Concatenate[Any, P], T], *args: P.args, **kw: P.kwargs
    ) -> Task[T]:
        """Call a service function(session, *args) to read; see `Tasks.read`."""
        return self.shell.tasks.read(self, function, *args, **kw)

    def view(
        self, function: Callable[Concatenate[Any, P], T], *args: P.args, **kw: P.kwargs
    ) -> Task[T]:
        """Call a service function(session, *args) that notes the look; see `Tasks.view`."""
        return self.shell.tasks.view(self, function, *args, **kw)

    def write(
        self, function: Callable[Concatenate[Any, P], T], *args: P.args, **kw: P.kwargs
    ) -> Task[T]:
        """Call a service function(session, *args) as one transaction; see `Tasks.write`."""
        return self.shell.tasks.write(self, function, *args, **kw)
