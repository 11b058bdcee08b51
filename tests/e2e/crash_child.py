"""Saves one person with two roles at a time, and tells its parent when each save is done.

Arguments: vault folder, passphrase. Writes the number of each acknowledged save to standard
output, and never ends by itself.
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


def main() -> None:
    vault = open_vault(Path(sys.argv[1]), sys.argv[2])
    number = vault.workspace.read(lambda session: session.scalar(select(func.count(Staff.id))))
    os.write(1, b"ready\n")
    while True:
        number += 1
        vault.workspace.write(save, number)
        os.write(1, f"{number}\n".encode())


if __name__ == "__main__":
    main()
