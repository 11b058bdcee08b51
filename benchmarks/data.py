"""A vault with 100,000 incidents, and a plain copy of it for comparison only."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, create_engine, event, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from wbos_desktop import vaults
from wbos_desktop.db import engine as db_engine
from wbos_desktop.db.base import new_uid
from wbos_desktop.db.models.incidents import Incident, IncidentGroup, InvolvedPerson
from wbos_desktop.db.models.school import Group, Pupil
from wbos_desktop.domain.masking import fold
from wbos_desktop.workspace.opening import OpenVault
from wbos_desktop.workspace.session import Workspace

TODAY = dt.date(2026, 11, 24)
NOW = dt.datetime(2026, 11, 24, 9, 42, tzinfo=dt.timezone(dt.timedelta(hours=1)))
INCIDENTS = 100_000
# The same as in a vault, where they matter for speed.
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "temp_store = MEMORY",
    "foreign_keys = ON",
    "cache_size = -80000",
)
KINDS = ("schelden", "ruzie", "ordeverstoring", "pesten", "fysiek", "vernieling")


def open_big_vault(folder: Path) -> OpenVault:
    """The example school with the incidents of a very long career added."""
    if not (folder / "keys.json").exists():
        vaults.make_example(folder, TODAY)
        vault = vaults.open_example(folder, clock=lambda: NOW)
        vault.workspace.write(_add_incidents)
        vault.workspace.close()
    return vaults.open_example(folder, clock=lambda: NOW)


def _add_incidents(session: Session) -> None:
    groups = list(session.scalars(select(Group.id)))
    pupils = list(session.scalars(select(Pupil.id)))
    first = (session.scalar(select(Incident.id).order_by(Incident.id.desc())) or 0) + 1
    connection = session.connection()
    stamps = {"created_at": NOW, "updated_at": NOW, "deleted_at": None, "version": 1}
    rows: list[dict[str, Any]] = []
    for number in range(first, first + INCIDENTS):
        text = f"Tijdens de les riep iemand iets naar een klasgenoot, voorval {number}."
        rows.append(
            stamps
            | {
                "id": number,
                "uid": new_uid(),
                "number": f"{1900 + number % 100}-{number:06}",
                "title": "Schelden (klas)",
                "text": text,
                "search_text": fold(text),
                "kind_code": KINDS[number % len(KINDS)],
                "happened_on": TODAY - dt.timedelta(days=number % 3000),
                "reported_at": NOW - dt.timedelta(days=number % 3000),
                "state": "note",
                "level": "involved",
            }
        )
    connection.execute(insert(Incident), rows)
    connection.execute(
        insert(IncidentGroup),
        [{"incident_id": r["id"], "group_id": groups[r["id"] % len(groups)]} for r in rows],
    )
    connection.execute(
        insert(InvolvedPerson),
        [
            stamps
            | {
                "uid": new_uid(),
                "incident_id": r["id"],
                "pupil_id": pupils[r["id"] % len(pupils)],
                "role": "actor",
            }
            for r in rows
        ],
    )


def plain_copy(vault: OpenVault, target: Path) -> Workspace:
    """The same rows without encryption, read by the same driver: a baseline, never a product."""
    target.unlink(missing_ok=True)
    key = vault.unlocked.keys.data_key
    source = db_engine.connect(vault.folder / "wbos.db", key)
    source.execute(f"ATTACH DATABASE '{target}' AS plain KEY ''")
    source.execute("SELECT sqlcipher_export('plain')")
    source.close()
    return Workspace(
        _plain_engine(target),
        vault.unlocked.keys.audit_key,
        user_id=1,
        staff_id=1,
        role="coordinator",
        clock=lambda: NOW,
    )


def _plain_engine(target: Path) -> Engine:
    engine = create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher,
        creator=lambda: _plain_connection(target),
        poolclass=QueuePool,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _plain_connection(target: Path) -> Any:
    connection = sqlcipher.connect(str(target), isolation_level=None, check_same_thread=False)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("fold", 1, db_engine.fold, deterministic=True)
    return connection
