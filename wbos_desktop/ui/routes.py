"""How pages reach each other: a page asks the navigator for a route and knows no other page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True)
class Route:
    """A place in the program: a name from `ui/registry.py`, a record and a tab in it.

    `form` names an unfinished form (its name and record) that the page opens again over itself.
    """

    page: str
    id: int | None = None
    tab: str | None = None
    form: tuple[str, int] | None = None


class Navigator(QObject):
    """Keeps where the user was. `navigate` is listened to by the main window only."""

    navigate = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._past: list[Route] = []
        self._future: list[Route] = []
        self._here: Route | None = None
        self._resumed: tuple[str, int] | None = None

    @property
    def here(self) -> Route | None:
        """The route of the page that is shown; None while locked."""
        return self._here

    def go(self, route: Route) -> None:
        """Ask to show the route; a page with unsaved typing may refuse."""
        self._resumed = route.form or self._resumed
        self.navigate.emit(route)

    def was_resumed(self, form: str, record_id: int) -> bool:
        """Whether the user chose to go on with this form; answered once."""
        found = self._resumed == (form, record_id)
        if found:
            self._resumed = None
        return found

    def back(self) -> None:
        """Return to the page before this one; nothing when there is none."""
        if self._past:
            self._travel(self._past[-1], back=True)

    def forward(self) -> None:
        """Undo `back`."""
        if self._future:
            self._travel(self._future[-1], back=False)

    def arrived(self, route: Route) -> None:
        """For the main window: the route is shown now."""
        route = replace(route, form=None)  # going back does not open the form once more
        if self._here is not None and self._here != route:
            self._past = [*self._past[-49:], self._here]
            self._future.clear()
        self._here = route

    def replace(self, route: Route) -> None:
        """For a page that changed its own tab or record: note it without showing it again."""
        self._here = route

    def forget(self) -> None:
        """Forget all places, at lock."""
        self._resumed = None
        self._past.clear()
        self._future.clear()
        self._here = None

    def _travel(self, target: Route, *, back: bool) -> None:
        was = self._here
        past, future = list(self._past), list(self._future)
        self.navigate.emit(target)
        if self._here != target or was is None:
            return
        self._past, self._future = past, future
        moved = (self._past, self._future) if back else (self._future, self._past)
        moved[0].pop()
        moved[1].append(was)
