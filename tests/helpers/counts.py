"""How often a suite tries: a small count in every run, the full count in `dev.py torture`."""

from __future__ import annotations

import os

FULL = os.environ.get("WBOS_TORTURE") == "full"


def count(small: int, full: int) -> int:
    """The number of tries of this run."""
    return full if FULL else small
