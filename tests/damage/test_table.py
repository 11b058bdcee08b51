"""The table of faults names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
TABLE = TESTS.parent / "docs" / "faults.md"


def test_every_named_test_of_the_table_exists() -> None:
    source = "".join(path.read_text("utf-8") for path in TESTS.rglob("test_*.py"))
    known = set(re.findall(r"def (test_\w+)", source))
    named = set(re.findall(r"`(test_\w+)`", TABLE.read_text("utf-8")))
    assert len(named) > 60
    assert named - known == set()


def test_every_row_has_a_test() -> None:
    rows = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| F-")]
    assert [row[2:6] for row in rows] == [f"F-{number:02}" for number in range(1, 40)]
    assert [row[:8] for row in rows if "`test_" not in row] == []
