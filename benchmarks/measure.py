"""Stop watches: whole processes and calls, the median of several rounds."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Line:
    """One line of the table. `goal` is a bound on `ratio` if there is a baseline, else on ours."""

    what: str
    ours: float
    unit: str
    goal: float
    baseline: float | None = None
    of: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours against the baseline."""
        return self.ours / self.baseline if self.baseline else None

    @property
    def reached(self) -> bool:
        """Is it within its goal?"""
        return (self.ratio if self.ratio is not None else self.ours) <= self.goal


def seconds(call: Callable[[], object], rounds: int = 5) -> float:
    """Median wall time of a call after one warm-up."""
    call()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return median(times)


def pair(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int = 7
) -> tuple[float, float]:
    """Medians of two calls, taken in turn so that a noisy machine hits both."""
    ours()
    theirs()
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for call, times in zip((ours, theirs), found, strict=True):
            started = time.perf_counter()
            call()
            times.append(time.perf_counter() - started)
    return median(found[0]), median(found[1])


def process(code: str, *arguments: str) -> Callable[[], str]:
    """A call that runs Python code in a process of its own and returns what it printed."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    # An installed program has its byte code; without it, compiling would be measured.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def run() -> str:
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    return run


def table(lines: list[Line]) -> str:
    """The lines as aligned text."""
    rows = [("what", "ours", "baseline", "ratio", "goal", "")]
    for line in lines:
        base = f"{line.baseline:.3g} {line.unit} {line.of}" if line.baseline else "-"
        ratio = f"{line.ratio:.2f} x" if line.ratio is not None else "-"
        goal = f"<= {line.goal:g}{' x' if line.ratio is not None else ' ' + line.unit}"
        reached = "ok" if line.reached else "MISSED"
        rows.append((line.what, f"{line.ours:.3g} {line.unit}", base, ratio, goal, reached))
    widths = [max(len(row[n]) for row in rows) for n in range(6)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
