"""Exports and is killed before the file gets its name: `export_child VAULT SECRET OUT pdf|xlsx`."""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from pathlib import Path

from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db.models.school import SchoolYear
from wbos_desktop.domain.reports import ExportOptions
from wbos_desktop.progress import Progress
from wbos_desktop.services import exports
from wbos_desktop.workspace.opening import open_vault


def _case(session: Session) -> int:
    days = dt.date(2026, 8, 24), dt.date(2027, 7, 9)
    session.add(SchoolYear(name="2026-2027", first_day=days[0], last_day=days[1]))
    session.flush()
    return factories.make_case(session)


def _stop(_part: Path, _target: Path) -> None:
    os.write(1, b"ready\n")
    time.sleep(60)


def main() -> None:
    folder, secret, out, suffix = (*sys.argv[1:4], sys.argv[4])
    work = open_vault(Path(folder), secret).workspace
    case = work.write(_case)
    exports.publish = _stop
    if suffix == "pdf":
        exports.save_case(Progress(), work, case, Path(out), ExportOptions(log=True))
    else:
        exports.save_register(Progress(), work, None, Path(out), ExportOptions(free_text=True))


if __name__ == "__main__":
    main()
