"""What an open vault has to tell the window at once, and how the clock can be trusted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wbos_desktop.i18n import _

BACK = dt.timedelta(minutes=5)
FORWARD = dt.timedelta(days=90)  # longer than a summer holiday


@dataclass(frozen=True)
class Alert:
    """Kinds: damaged (read-only from now on), disk_full (saved in the reserve), busy (another
    program writes), free (no longer), clock (it was put back), check (the weekly one found
    something)."""

    kind: str
    text: str = ""


def clock_jump(last: dt.datetime | None, now: dt.datetime) -> str:
    """'back' if the clock stands more than 5 minutes before the last noted action, 'forward' if
    it stands more than 90 days after it, else ''. Erasing waits for a person after 'forward'."""
    if last is None:
        return ""
    if now < last - BACK:
        return "back"
    return "forward" if now > last + FORWARD else ""


def clock_sentence(jump: str) -> str:
    """What the user reads about a jump of the clock; '' when there is none."""
    if jump == "back":
        return _(
            "The clock of this computer was put back. Your work is safe and keeps its order."
            " Set the clock right: dates and deadlines go by it."
        )
    if jump == "forward":
        return _(
            "The clock of this computer is far ahead of the last time you worked."
            " Is the date right? Nothing is erased before you said so."
        )
    return ""


def damage_sentence() -> str:
    """Why nothing can be changed any more, what is safe and what to do."""
    return _(
        "A part of the data file is damaged. You can read on, but nothing is saved any more."
        " What you saved before stays. Lock, and choose a backup or rescue what is readable."
    )


def full_sentence(megabytes: int) -> str:
    """Saved, but in the last room that was kept free for it."""
    return _(
        "The disk is full. Your work was saved in the room that WBOS keeps free for this."
        " Make at least {mb} MB free now."
    ).format(mb=megabytes)


def no_room_sentence(megabytes: int) -> str:
    """The vault opened, but only in the last room that was kept free for it."""
    return _(
        "The disk is full. WBOS opened with the room that it keeps free."
        " Make at least {mb} MB free now."
    ).format(mb=megabytes)


def busy_sentence() -> str:
    """While another program holds the right to write."""
    return _("Busy … another program is writing in the vault. Your text is still here.")
