"""`python -m benchmarks.backups [MB]`: seconds to back up, practise, verify and restore a vault of
about so many megabytes (100 without a number), and how much memory that takes."""

from __future__ import annotations

import random
import resource
import shutil
import string
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import Staff
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.workspace import backup_keeping, backup_reading, restoring
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault

SECRET = "paarse fietsbel regent zacht"
ROWS = 5000
TEXT = 2000


def fill(session: Session, chance: random.Random, number: int) -> None:
    """Rows of random text, so that the file is as large as it says."""
    letters, now = string.ascii_letters + " ", context(session).now
    rows = [
        {
            "created_at": now,
            "updated_at": now,
            "version": 1,
            "uid": f"{number:08}{row:024}",
            "given_name": "x",
            "family_name": "".join(chance.choices(letters, k=TEXT)),
            "active": True,
        }
        for row in range(ROWS)
    ]
    session.execute(insert(Staff), rows)


def measure(name: str, function: Callable[[], object]) -> None:
    started = time.perf_counter()
    function()
    print(f"{name:32} {time.perf_counter() - started:6.1f} s", flush=True)


def main() -> None:
    wanted = float(sys.argv[1]) if len(sys.argv) > 1 else 100.0
    place = Path(tempfile.mkdtemp(prefix="wbos-bench-backup-"))
    try:
        run(place, wanted)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def run(place: Path, wanted: float) -> None:
    folder, chance, number = place / "kluis", random.Random(1), 0
    create_vault(folder, SECRET, NewVault("De Linde", "VO", "Karin"), kdf=KdfParams(64, 1))
    vault = open_vault(folder, SECRET)
    while (folder / "wbos.db").stat().st_size < wanted * 1_000_000:
        vault.workspace.write(fill, chance, number)
        vault.workspace.settle()
        number += 1
    size = (folder / "wbos.db").stat().st_size / 1_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"vault of {size:.0f} MB, {number * ROWS} rows")
    made = backup_keeping.back_up(vault)
    print(f"{'backup, opened and checked':32} {made.seconds:6.1f} s")
    measure("restore drill", lambda: backup_reading.practise(vault))
    measure("verify with the passphrase", lambda: backup_reading.verify(made.path, SECRET, place))
    measure("restore: prepare", lambda: restoring.prepare(vault, made.path))
    vault.workspace.close()
    measure("restore: exchange", lambda: restoring.put_in_place(folder))
    vault = open_vault(folder, SECRET)
    restoring.prepare_undo(vault)
    vault.workspace.close()
    measure("undo of the restore", lambda: restoring.undo(folder))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory: {before:.0f} MB before, {after:.0f} MB at most")


if __name__ == "__main__":
    main()
