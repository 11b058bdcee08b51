"""A process of its own for a file from outside: bytes in, bytes out, and an end to both.

A child that hangs, crashes or eats memory is ended and nothing else is lost; no file is written.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable

from wbos_desktop import confined

MEMORY_BYTES = 1_500_000_000
SECONDS = 120
"""Of the processor, for a child whose parent was killed; a living parent ends it earlier."""


class TooLate(Exception):
    """The child took longer than it may."""


def ask(
    module: str,
    message: bytes,
    *arguments: str,
    seconds: float,
    waiting: Callable[[], None] = lambda: None,
) -> bytes:
    """What the module, run as a program, answers to the message; of one that died what it wrote.

    `waiting` is called five times a second, and what it raises ends the child. Raises TooLate.
    """
    with subprocess.Popen(
        [sys.executable, *confined.arguments(module, *arguments)],
        env=confined.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as child:
        # Ends a child that hangs, also while it does not take the bytes.
        watchdog = threading.Timer(seconds, child.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            _send(child, message)
            answer = _receive(child, waiting)
        finally:
            late = not watchdog.is_alive()
            watchdog.cancel()
            if child.poll() is None:
                child.kill()
    if late:
        raise TooLate
    return answer


def limit_memory() -> None:
    """In the child: one that unpacks too much ends instead of the laptop."""
    confined.limit(address_bytes=MEMORY_BYTES, seconds=SECONDS)
    confined.shut_files(confined.program_folders())


def _send(child: subprocess.Popen[bytes], message: bytes) -> None:
    """The child reads everything before it answers, so this can't lock up."""
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError, OSError):
        child.stdin.write(message)
        child.stdin.close()
    # `communicate` would want to close it again.
    child.stdin = None


def _receive(child: subprocess.Popen[bytes], waiting: Callable[[], None]) -> bytes:
    while True:
        waiting()
        try:
            return child.communicate(timeout=0.2)[0]
        except subprocess.TimeoutExpired:
            continue
