"""Works in a vault with texts that must be readable nowhere, then waits to be killed.

Arguments: vault folder, passphrase, word. The word is in every text.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from wbos_desktop import log
from wbos_desktop.db import audit, faults
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.db.models.system import Draft
from wbos_desktop.errors import WrongPassphrase
from wbos_desktop.settings import Settings
from wbos_desktop.vault.unlock import unlock
from wbos_desktop.workspace.opening import open_vault


def work(session: Session, word: str) -> None:
    now = dt.datetime.now(dt.UTC)
    session.add_all(
        Pupil(given_name=f"{word}{n}", family_name=word, sort_name=f"{word} {n}")
        for n in range(800)
    )
    session.add(
        Incident(
            number="2026-001",
            title=f"{word} titel",
            text=f"{word} verhaal. " * 500,
            kind_code="pesten",
            happened_on=now.date(),
            reported_at=now,
        )
    )
    session.add(Draft(user_id=1, form="incident", data={"text": word}, updated_at=now))
    session.flush()
    audit.note(session, "view", "pupils", 1)


def sort_much(session: Session) -> int:
    """A sort and a join that need temporary space."""
    statement = text(
        "SELECT a.given_name || b.family_name AS both FROM pupils a, pupils b ORDER BY both DESC"
    )
    return len(session.execute(statement).fetchmany(1000))


def fail(session: Session, word: str) -> None:
    session.execute(text("INSERT INTO nothing VALUES (:w)"), {"w": word})


def main() -> None:
    folder, secret, word = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    vault = open_vault(folder, secret)
    vault.workspace.write(work, word)
    vault.workspace.read(sort_much)
    try:
        vault.workspace.write(fail, word)
    except Exception as error:  # noqa: BLE001
        log.bug(faults.sort(error))
        sys.stderr.write(f"{error}\n")
    try:
        unlock(folder, word)
    except WrongPassphrase as error:
        log.bug(error)
    Settings().set("theme", "dark")
    assert vault.workspace.read(lambda session: session.scalar(select(Pupil.family_name))) == word
    os.write(1, b"ready\n")
    time.sleep(60)


if __name__ == "__main__":
    main()
