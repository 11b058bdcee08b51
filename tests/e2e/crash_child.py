"""Saves one person with two roles at a time, and tells its parent when each save is done.

Arguments: vault folder, passphrase. For each line on standard input a process is forked that
opens the vault and saves until it is killed. Standard output gets "pid N", "ready", the number
of each acknowledged save, and "killed".
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.models.school import Staff, StaffRole
from wbos_desktop.workspace.opening import open_vault


def save(session: Session, number: int) -> None:
    staff = Staff(given_name=f"Persoon {number}", family_name="x" * 500, code=str(number))
    session.add(staff)
    session.flush()
    session.add(StaffRole(staff_id=staff.id, role="leraar"))
    session.flush()
    session.add(StaffRole(staff_id=staff.id, role="mentor"))
    audit.note(session, "view", "staff", staff.id)


def save_for_ever(folder: Path, secret: str) -> None:
    tell(f"pid {os.getpid()}")
    vault = open_vault(folder, secret)
    number = vault.workspace.read(lambda session: session.scalar(select(func.count(Staff.id))))
    tell("ready")
    while True:
        number += 1
        vault.workspace.write(save, number)
        tell(number)


def tell(word: object) -> None:
    os.write(1, f"{word}\n".encode())


def main() -> None:
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            save_for_ever(Path(sys.argv[1]), sys.argv[2])
        os.waitpid(child, 0)
        tell("killed")


if __name__ == "__main__":
    main()
