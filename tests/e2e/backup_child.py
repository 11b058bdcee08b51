"""Makes backups, or restores them, until it is killed; tells its parent what is done.

Arguments: 'backup' or 'restore', vault folder, passphrase, then the place (backup) or the backup
files to put back in turn (restore). For each line on standard input a process is forked. Standard
output gets "pid N", "ready", a word for each finished piece, and "killed".
"""

from __future__ import annotations

import os
import sys
from itertools import cycle
from pathlib import Path

from sqlalchemy.orm import Session

from wbos_desktop.db.models.school import Staff
from wbos_desktop.workspace import backup, restoring
from wbos_desktop.workspace.opening import open_vault


def back_up_for_ever(folder: Path, secret: str, place: Path) -> None:
    """Save one person, make a backup, and so on; each new file replaces none."""
    vault = open_vault(folder, secret)
    tell("ready")
    while True:
        vault.workspace.write(_add)
        tell(backup.make_backup(vault, place).path.name)


def restore_for_ever(folder: Path, secret: str, files: list[Path]) -> None:
    """Put the backups back in turn, over a vault that is closed."""
    tell("ready")
    for file in cycle(files):
        restoring.restore_closed(folder, file, secret)
        tell(file.name)


def _add(session: Session) -> None:
    session.add(Staff(given_name="Persoon", family_name="x" * 500))


def tell(word: object) -> None:
    os.write(1, f"{word}\n".encode())


def main() -> None:
    what, folder, secret, *places = sys.argv[1:]
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            tell(f"pid {os.getpid()}")
            if what == "backup":
                back_up_for_ever(Path(folder), secret, Path(places[0]))
            restore_for_ever(Path(folder), secret, [Path(place) for place in places])
        os.waitpid(child, 0)
        tell("killed")


if __name__ == "__main__":
    main()
