"""`python -m benchmarks.sheets ours|bare`: 100,000 register rows as xlsx; seconds, peak MB."""

from __future__ import annotations

import datetime as dt
import io
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

ROWS = 100_000
DAY = dt.date(2026, 11, 24)


def row(number: int) -> tuple[Any, ...]:
    """One register row of twelve values."""
    day = DAY - dt.timedelta(days=number % 3000)
    return (
        f"2026-{number:06}",
        day,
        "Vernederen (online)",
        "Vernederen",
        "online",
        "Ernstig",
        "2B",
        "D., Fe., Fi.",
        "Lopend",
        "Karin Bosman",
        day,
        day,
    )


def ours() -> int:
    """Through documents/register.py."""
    from wbos_desktop.documents.register import register_xlsx
    from wbos_desktop.domain.reports import ExportOptions, Masthead, RegisterReport

    head = Masthead(
        "Register", "Register", "De Linde", dt.datetime(2026, 11, 24), "Karin Bosman", "", "", ""
    )
    rows = [row(n) for n in range(ROWS)]
    report = RegisterReport(head, DAY, rows, (), ExportOptions())
    return len(register_xlsx(report).content)


def bare() -> int:
    """The shortest openpyxl program with the same values and formatted dates."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Incidenten")
    for number in range(ROWS):
        cells: list[Any] = []
        for value in row(number):
            if isinstance(value, dt.date):
                cell = WriteOnlyCell(sheet, value=value)
                cell.number_format = "dd-mm-yyyy"
                cells.append(cell)
            else:
                cells.append(value)
        sheet.append(cells)
    target = io.BytesIO()
    book.save(target)
    return len(target.getvalue())


def peak_mb() -> float:
    """The most memory this process used. On Linux ru_maxrss also counts the parent at the fork."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if found:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    started = time.perf_counter()
    {"ours": ours, "bare": bare}[sys.argv[1]]()
    spent = time.perf_counter() - started
    print(spent, peak_mb())
