"""Works in a real vault while every call to the disk is recorded; writes the log to a file.

Arguments: vault folder, passphrase, log file, number of saves, and 'safe' or 'unsafe'.
"""

from __future__ import annotations

import datetime as dt
import pickle
import sys
from pathlib import Path

import sqlcipher3._sqlite3
from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db import engine
from wbos_desktop.db.context import context
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.workspace.opening import open_vault

from .syscalls import Recorder


def save(session: Session, number: int) -> None:
    """One gesture over four tables: a new report, two persons, and the one before it changed."""
    before = session.scalar(select(Incident).where(Incident.number == f"2026-{number - 1}"))
    if before is not None:
        before.text = f"{number - 1} gezien"
    incident = Incident(
        number=f"2026-{number}",
        title="Melding",
        text=str(number),
        kind_code="pesten",
        happened_on=dt.date(2026, 11, 24),
        reported_at=context(session).now,
    )
    session.add(incident)
    session.flush()
    for place in range(2):
        session.add(InvolvedPerson(incident_id=incident.id, position=place, account="x" * 700))


def main(folder: Path, secret: str, log: Path, saves: int, *, safe: bool) -> None:
    """Record `saves` gestures, with a settled log now and then as in a quiet minute."""
    recorder = Recorder(folder)
    recorder.install(Path(sqlcipher3._sqlite3.__file__))
    if not safe:
        engine._WRITER_PRAGMAS = ("synchronous = OFF",)
    vault = open_vault(folder, secret)
    for number in range(1, saves + 1):
        recorder.mark("begun", number)
        vault.workspace.write(save, number)
        recorder.mark("done", number)
        if number % 25 == 0:
            vault.workspace.settle()
    vault.workspace.close()
    log.write_bytes(pickle.dumps(recorder.ops))


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        sys.argv[2],
        Path(sys.argv[3]),
        int(sys.argv[4]),
        safe=sys.argv[5] == "safe",
    )
