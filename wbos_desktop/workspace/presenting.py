"""The open vault as many may see it: short names, no typed text, and nothing can be changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from wbos_desktop.db.presenting import Shown, open_presented
from wbos_desktop.i18n import _

from .session import Workspace

P = ParamSpec("P")
T = TypeVar("T")


class PresentedWorkspace(Workspace):
    """Reads through the views of db/presenting.py, and refuses to write.

    `whole` is the workspace it stands before, which stays open; what is opened here is noted in
    its audit trail all the same.
    """

    is_presented = True

    def __init__(self, whole: Workspace, shown: Shown) -> None:
        with ExitStack() as stack:
            made = open_presented(stack.enter_context(whole.held()), shown)
            # Held until the end: its own connections know no other data key
            self._held = stack.pop_all()
        audit_key, (user_id, staff_id, role), clock = whole.standing
        super().__init__(
            made,
            audit_key,
            user_id=user_id,
            staff_id=staff_id,
            role=role,
            clock=clock,
            read_only=_("Presenting is on. Press F8 to end it; then you can change things."),
        )
        self.whole = whole

    def view(
        self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Note in the audit trail what is looked at, and give what may be seen of it."""
        self.whole.view(function, *args, **kwargs)
        return super().view(function, *args, **kwargs)

    def end(self) -> Workspace:
        """Close only this view, and give the workspace it stood before."""
        try:
            super().close()
        finally:
            self._held.close()
        return self.whole

    def close(self) -> None:
        """Close this view and the whole workspace, as at lock."""
        try:
            self.end()
        finally:
            self.whole.close()
