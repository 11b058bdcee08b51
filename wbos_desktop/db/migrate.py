"""The schema's version: made with the vault, checked at every open, raised by Alembic.

Alembic itself is imported only when there is something to migrate.
"""

from __future__ import annotations

from enum import Enum

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from wbos_desktop.errors import NewerVault, NotOurVault
from wbos_desktop.i18n import _

from . import faults

REVISIONS = ("0001", "0002", "0003", "0004")
"""Every revision in order; a test holds it against the scripts."""


class SchemaState(Enum):
    """What an open database needs."""

    CURRENT = "current"
    OLDER = "older"


def check_schema(engine: Engine) -> SchemaState:
    """Whether the schema is this program's or older.

    Raises NewerVault, NotOurVault or DamagedVault.
    """
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                raise NotOurVault(_("This is not a vault of WBOS. Nothing was changed."))
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    except DBAPIError as error:
        raise faults.sort(error) from error
    if found not in REVISIONS:
        raise NewerVault(
            _(
                "This vault was made by a newer version of WBOS. Nothing was changed."
                " Install the newest version on this laptop too."
            )
        )
    return SchemaState.CURRENT if found == REVISIONS[-1] else SchemaState.OLDER


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision, in one transaction; also makes a new one.

    Raises StorageError or DamagedVault; then the schema is as it was.
    """
    try:
        with engine.begin() as connection:
            upgrade_connection(connection, revision)
    except DBAPIError as error:
        raise faults.sort(error) from error


def upgrade_connection(connection: Connection, revision: str = "head") -> None:
    """Run the missing migrations on an open connection; the caller commits."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "wbos_desktop.db:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
