"""The program's log: type and place of what went wrong, never a text of a record or a name."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

logger = logging.getLogger("wbos")


def place_of(error: BaseException) -> str:
    """'KeyError at services/cases.py:41 < ui/tasks.py:88': no message, no values."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = " < ".join(f"{_short(f.filename)}:{f.lineno}" for f in reversed(frames))
    return f"{type(error).__name__} at {where}"


def bug(error: BaseException) -> None:
    """Note an unexpected error without its text, which may quote what a user typed."""
    logger.error("bug: %s", place_of(error))


def exception_hook(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """For sys.excepthook: the log line of `bug`, and nothing on standard error."""
    bug(error.with_traceback(trace))


def _short(filename: str) -> str:
    parts = filename.replace("\\", "/").split("/")
    return "/".join(parts[-2:])
