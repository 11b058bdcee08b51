"""The three tracks of a case: their words, their ends and how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wbos_desktop.i18n import _

GENERAL = "general"
CONSEQUENCE = "consequence"
REPAIR = "repair"
SUPPORT = "support"
# Always in this order, left to right.
TRACKS = (CONSEQUENCE, REPAIR, SUPPORT)

ENDED = ("done", "not_suitable", "refused", "not_now")
_ENDS = {
    CONSEQUENCE: ("done", "not_suitable", "not_now"),
    REPAIR: ENDED,
    SUPPORT: ENDED,
}

OPEN_STATES = ("open", "waiting")


def title(track: str) -> str:
    """Name of a track for the user, with a capital."""
    return {
        GENERAL: _("First this"),
        CONSEQUENCE: _("Consequence"),
        REPAIR: _("Repair"),
        SUPPORT: _("Support"),
    }[track]


def goal(track: str) -> str:
    """The line under the name of a track (ui.md section 16)."""
    return {
        GENERAL: _("Safety, owner, hearing and weighing"),
        CONSEQUENCE: _("A clear limit, agreed beforehand"),
        REPAIR: _("Repairing, if everybody wants to"),
        SUPPORT: _("Stronger, with calm"),
    }[track]


def state_text(state: str) -> str:
    """What a track's state is called."""
    return {
        "open": _("Not started"),
        "running": _("Running"),
        "done": _("Done"),
        "not_suitable": _("Not suitable"),
        "refused": _("Not wanted"),
        "not_now": _("Not now"),
    }[state]


def ends(track: str) -> tuple[str, ...]:
    """The end states that a track may get, `done` first; the others need a reason."""
    return _ENDS[track]


@dataclass(frozen=True)
class Progress:
    """Counted steps of a track. `marks` holds one word a step, in order: done, skipped, late, open.

    Waiting steps and steps that proved not needed are not counted.
    """

    marks: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """All counted steps."""
        return len(self.marks)

    @property
    def handled(self) -> int:
        """Done or skipped with a reason."""
        return sum(mark in ("done", "skipped") for mark in self.marks)

    @property
    def late(self) -> int:
        """Open past the deadline."""
        return self.marks.count("late")

    def text(self) -> str:
        """'2 van 3'."""
        return _("{done} of {total}").format(done=self.handled, total=self.total)


def mark_of(state: str, *, late: bool, not_needed: bool = False) -> str | None:
    """The mark of one step in the bar of its track, None if it does not count."""
    if state == "waiting" or not_needed:
        return None
    if state in ("done", "skipped"):
        return state
    return "late" if late else "open"


def state_after(current: str, states: Sequence[str], *, counted: int) -> str:
    """A track's state once its steps have these states; an end chosen by hand stays.

    Done by itself when every step has been handled and none waits; running from the first one.
    """
    if current in ("not_suitable", "refused", "not_now"):
        return current
    if counted and not any(state in OPEN_STATES for state in states):
        return "done"
    if current == "done" and "open" not in states:
        return current
    handled = any(state in ("done", "skipped") for state in states)
    return "running" if handled else "open"
