"""Reads one file as the program does, or as a careless one would, and tells what it cost.

Arguments: file, and 'ours' or 'careless'. Prints JSON: outcome (read, refused, failed), names,
seconds, and the peak of memory in MB of the process that parsed.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from wbos_desktop.documents import reader
from wbos_desktop.errors import FileRejected

CARELESS = """
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
print(sum(1 for row in book.active.iter_rows() for cell in row if cell.value))
"""
SECONDS = 6


def ours(path: Path) -> tuple[str, list[str]]:
    """The way of the program: a child with limits."""
    try:
        file = reader.read(reader.read_path(path), path.name)
    except FileRejected:
        return "refused", []
    return "refused" if file.problem else "read", [pupil.given_name for pupil in file.pupils]


def careless(path: Path) -> tuple[str, list[str]]:
    """What other programs do: openpyxl in its normal mode."""
    try:
        subprocess.run(
            [sys.executable, "-c", CARELESS, str(path)],
            timeout=SECONDS,
            check=True,
            capture_output=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000,) * 2),
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return "failed", []
    return "read", []


def main() -> None:
    """See above."""
    path, way = Path(sys.argv[1]), {"ours": ours, "careless": careless}[sys.argv[2]]
    started = time.monotonic()
    outcome, names = way(path)
    found = {
        "outcome": outcome,
        "names": names,
        "seconds": round(time.monotonic() - started, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
