"""Waiting after wrong passphrases: slow for a guesser, bearable for who mistyped.

Elapsed time is measured with the monotonic clock only, which counts from the start of the
computer: setting the calendar clock changes nothing. After a restart of the computer only
the time since then counts, so a wait can get longer and never shorter.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wbos_desktop.errors import TooManyTries
from wbos_desktop.i18n import _, ngettext

from .files import write_whole

FILE_NAME = "tries.json"
FREE_TRIES = 5
FIRST_WAIT = 30.0
LONGEST_WAIT = 15 * 60.0

Clock = Callable[[], float]


@dataclass(frozen=True)
class _Count:
    wrong: int
    at: float  # monotonic seconds of the last try


def wait_seconds(folder: Path, clock: Clock = time.monotonic) -> int:
    """How long the next try must wait, in whole seconds; 0 if it may come now."""
    count = _load(folder)
    if count.wrong < FREE_TRIES:
        return 0
    now = clock()
    elapsed = now - count.at if now >= count.at else now
    doublings = min(count.wrong - FREE_TRIES, 10)
    left = min(FIRST_WAIT * 2.0**doublings, LONGEST_WAIT) - elapsed
    return max(0, -int(-left // 1))


def count_wrong(folder: Path) -> int:
    """How many tries there were since the last right one."""
    return _load(folder).wrong


def begin_try(folder: Path, clock: Clock = time.monotonic) -> None:
    """Count a try before it is made, so that killing the program does not hide it.

    Raises TooManyTries while there is a wait, StorageError if it can't be noted.
    """
    if seconds := wait_seconds(folder, clock):
        raise TooManyTries(wait_sentence(seconds), seconds)
    _store(folder, _Count(_load(folder).wrong + 1, clock()))


def forget_tries(folder: Path) -> None:
    """After the right passphrase. Raises StorageError."""
    if (folder / FILE_NAME).exists():
        _store(folder, _Count(0, 0.0))


def wait_sentence(seconds: int) -> str:
    """'Wait 30 seconds, then try again.', in minutes from 90 seconds on."""
    if seconds < 90:
        length = ngettext("{n} second", "{n} seconds", seconds)
    else:
        length = ngettext("{n} minute", "{n} minutes", -(-seconds // 60))
    return _("Wait {length} and then try again.").format(length=length)


def _load(folder: Path) -> _Count:
    try:
        content = json.loads((folder / FILE_NAME).read_bytes())
        return _Count(max(0, int(content["wrong"])), float(content["at"]))
    except FileNotFoundError:
        return _Count(0, 0.0)
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return _Count(FREE_TRIES, 0.0)  # unreadable: as careful as after the free tries


def _store(folder: Path, count: _Count) -> None:
    content = {"wrong": count.wrong, "at": count.at}
    write_whole(folder / FILE_NAME, json.dumps(content).encode("ascii"))
