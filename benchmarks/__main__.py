"""Every figure beside its goal. The machine may be noisy: look at the ratios, run it twice."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from sqlalchemy.orm import Session

from benchmarks import data
from benchmarks.measure import Line, pair, process, seconds, table
from wbos_desktop import vaults
from wbos_desktop.domain.incidents import IncidentQuery
from wbos_desktop.services import agenda, cases, exports, groups, incident_register, meetings
from wbos_desktop.services import cases as case_service
from wbos_desktop.workspace.opening import OpenVault
from wbos_desktop.workspace.rekey import renew_data_key
from wbos_desktop.workspace.session import Workspace

# Both end once painted: how long Python takes to clear itself away is no part of a start.
BARE_WINDOW = """
import os
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(QLabel("WBOS"))
window.resize(1366, 768)
window.show()
window.grab()
QTimer.singleShot(0, app.quit)
app.exec()
os._exit(0)
"""
OUR_WINDOW = """
import os, sys, pathlib
from wbos_desktop import app
app.show_once(pathlib.Path(sys.argv[1]))
os._exit(0)
"""


def start(vault: Path) -> list[Line]:
    """Cold start to the painted unlock page."""
    ours, bare = pair(process(OUR_WINDOW, str(vault)), process(BARE_WINDOW))
    return [Line("start to the unlock page", ours, "s", 2.0, bare, "bare window")]


def unlock(folder: Path) -> list[Line]:
    """Passphrase to an open workspace: the key derivation is slow on purpose."""

    def open_and_close() -> None:
        vaults.open_example(folder).workspace.close()

    return [Line("unlock", seconds(open_and_close), "s", 1.0)]


def new_key(folder: Path) -> list[Line]:
    """A colleague leaves: the whole vault under another data key, every page checked again."""
    vault = vaults.open_example(folder)
    try:
        return [Line("new data key", seconds(lambda: renew_data_key(vault)), "s", 15.0)]
    finally:
        vault.workspace.close()


def register(work: Workspace) -> list[Line]:
    """The register of 100,000 incidents."""
    ids = work.read(incident_register.find_ids, IncidentQuery())

    def first_page() -> None:
        found = work.read(incident_register.find_ids, IncidentQuery())
        work.read(incident_register.load_rows, found[:100])

    def one_page() -> None:
        work.read(incident_register.load_rows, ids[50_000:50_100])

    def to_the_end() -> None:
        for at in range(0, len(ids), 5_000):
            work.read(incident_register.load_rows, ids[at : at + 100])

    pages = len(range(0, len(ids), 5_000))
    return [
        Line(
            f"register of {len(ids):,}: ids and first page", seconds(first_page) * 1000, "ms", 100
        ),
        Line("a page of 100 rows", seconds(one_page, 15) * 1000, "ms", 10),
        Line("scroll to the end, per page", seconds(to_the_end) * 1000 / pages, "ms", 10),
    ]


def pack(work: Workspace) -> list[Line]:
    """A meeting pack of 3 groups and 10 cases."""
    meeting_id = work.write(_big_agenda)
    return [
        Line(
            "pack of 3 groups and 10 cases",
            seconds(lambda: work.read(exports.pack_pdf_bytes, meeting_id), 3),
            "s",
            2.0,
        )
    ]


def _big_agenda(session: Session) -> int:
    following = meetings.next_meeting(session)
    assert following is not None
    for item in meetings.get_meeting(session, following.id).items:
        if item.subject != "previous":
            agenda.remove_item(session, item.id)
    for group_id, _name in groups.group_choices(session)[:3]:
        agenda.add_item(session, following.id, "group", group_id)
    for case_id, _number, _title in cases.list_open_cases(session)[:10]:
        agenda.add_item(session, following.id, "case", case_id)
    return following.id


def sheet() -> list[Line]:
    """The register as a workbook of 100,000 rows."""
    found: dict[str, list[tuple[float, float]]] = {"ours": [], "bare": []}
    for _ in range(3):
        for who, figures in found.items():
            command = [sys.executable, "-m", "benchmarks.sheets", who]
            text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            spent, memory = text.split()
            figures.append((float(spent), float(memory)))
    ours, bare = (median(figure[0] for figure in found[who]) for who in ("ours", "bare"))
    peak = max(figure[1] for figure in found["ours"])
    return [
        Line("xlsx of 100,000 rows", ours, "s", 1.2, bare, "bare openpyxl"),
        Line("xlsx of 100,000 rows, peak memory", peak, "MB", 250),
    ]


def encryption(vault: OpenVault, plain: Workspace) -> list[Line]:
    """The same questions to an unencrypted copy."""
    work = vault.workspace
    lines = []
    questions = {
        "list": (IncidentQuery(), 1.3),
        "list of one group": (IncidentQuery(group_id=20), 1.3),
        "search": (IncidentQuery(text="voorval 99"), 1.5),
    }
    for name, (query, goal) in questions.items():
        ours, theirs = pair(
            lambda q=query: work.read(incident_register.find_ids, q),  # type: ignore[misc]
            lambda q=query: plain.read(incident_register.find_ids, q),  # type: ignore[misc]
        )
        lines.append(Line(f"encrypted: {name}", ours * 1000, "ms", goal, theirs * 1000, "plain"))
    case_id = work.read(cases.list_open_cases)[0][0]
    ours, theirs = pair(
        lambda: work.write(case_service.add_note, case_id, "Kort gesproken."),
        lambda: plain.write(case_service.add_note, case_id, "Kort gesproken."),
        rounds=40,
    )
    lines.append(Line("encrypted: commit", ours * 1000, "ms", 1.5, theirs * 1000, "plain"))
    return lines


def lock() -> list[Line]:
    """From the key to a blank window: the worst of all pages of the example school."""
    with tempfile.TemporaryDirectory(prefix="wbos-bench-") as name:
        vaults.make_example(Path(name) / "vault", dt.date.today())
        command = [sys.executable, "-m", "benchmarks.lock", str(Path(name) / "vault")]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    blank, shown, _closed = (float(figure) for figure in text.split())
    return [
        Line("lock to a blank window, worst page", blank, "ms", 300),
        Line("lock to the unlock page, worst page", shown, "ms", 600),
    ]


def stalls() -> list[Line]:
    """How long the window answers nothing at most (G16), over every page of the example school."""
    with tempfile.TemporaryDirectory(prefix="wbos-bench-") as name:
        vaults.make_example(Path(name) / "vault", dt.date.today())
        command = [sys.executable, "-m", "benchmarks.stalls", str(Path(name) / "vault")]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    worst: dict[str, float] = {}
    for line in text.splitlines():
        kind, _what, found = line.split()
        worst[kind] = max(worst.get(kind, 0.0), float(found))
    names = {
        "first": "a page opened first",
        "again": "a page opened again",
        "busy": "another program writes",
        "backup": "a backup is made",
    }
    return [Line(f"longest stall, {what}", worst[kind], "ms", 200) for kind, what in names.items()]


def main() -> int:
    """Print the table; the exit status is 1 when a goal is missed."""
    with tempfile.TemporaryDirectory(prefix="wbos-bench-") as name:
        folder = Path(name)
        print("making the example school with 100,000 incidents more", flush=True)
        vault = data.open_big_vault(folder / "vault")
        plain = data.plain_copy(vault, folder / "plain.db")
        lines = register(vault.workspace) + encryption(vault, plain)
        lines += pack(vault.workspace)
        plain.close()
        vault.workspace.close()
        lines += start(folder / "vault") + unlock(folder / "vault")
        lines += new_key(folder / "vault") + sheet() + lock() + stalls()
    print(table(lines))
    return 0 if all(line.reached for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
