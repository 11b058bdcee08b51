"""Saves one person with two roles at a time, and tells its parent when each save is done.

Arguments: vault folder, passphrase, and 'whole' or 'split' (each save in three transactions, for
the control). For each line on standard input a process is forked that
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
from wbos_desktop.vault import kdf
from wbos_desktop.workspace.opening import OpenVault, open_vault


def save(session: Session, number: int) -> None:
    staff_id = add_person(session, number)
    add_role(session, staff_id, "leraar")
    session.flush()
    add_role(session, staff_id, "mentor")
    audit.note(session, "view", "staff", staff_id)


def save_split(vault: OpenVault, number: int) -> None:
    """The same without the safety of one transaction."""
    person = vault.workspace.write(add_person, number)
    for role in ("leraar", "mentor"):
        vault.workspace.write(add_role, person, role)


def add_person(session: Session, number: int) -> int:
    staff = Staff(given_name=f"Persoon {number}", family_name="x" * 500, code=str(number))
    session.add(staff)
    session.flush()
    return staff.id


def add_role(session: Session, staff_id: int, role: str) -> None:
    session.add(StaffRole(staff_id=staff_id, role=role))


def save_for_ever(folder: Path, secret: str, *, whole: bool) -> None:
    tell(f"pid {os.getpid()}")
    vault = open_vault(folder, secret)
    number = vault.workspace.read(lambda session: session.scalar(select(func.count(Staff.id))))
    tell("ready")
    while True:
        number += 1
        if whole:
            vault.workspace.write(save, number)
        else:
            save_split(vault, number)
        tell(number)


def tell(word: object) -> None:
    os.write(1, f"{word}\n".encode())


def main() -> None:
    kdf.FLOOR = kdf.KdfParams(memory_kib=64, iterations=1)  # the vaults of tests cost little
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            save_for_ever(Path(sys.argv[1]), sys.argv[2], whole=sys.argv[3] == "whole")
        os.waitpid(child, 0)
        tell("killed")


if __name__ == "__main__":
    main()
