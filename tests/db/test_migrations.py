"""The schema made by migrations is the schema of the models, at every step."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from wbos_desktop.db import engine, migrate
from wbos_desktop.db.base import Base
from wbos_desktop.db.engine import open_engine
from wbos_desktop.errors import DiskFull, NewerVault, NotOurVault
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault

KEY = bytes(32)
PASSPHRASE = "vier losse woorden samen"
FAST = KdfParams(memory_kib=64, iterations=1)


@pytest.fixture
def empty(tmp_path: Path):
    engine = open_engine(tmp_path / "wbos.db", KEY, create=True)
    yield engine
    engine.dispose()


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "wbos_desktop.db:migrations")
    return ScriptDirectory.from_config(config)


def test_head_equals_the_models(empty: Engine) -> None:
    migrate.upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_list_of_revisions_is_that_of_the_scripts() -> None:
    walked = [script.revision for script in scripts().walk_revisions()]
    assert tuple(reversed(walked)) == migrate.REVISIONS


@pytest.mark.parametrize("revision", migrate.REVISIONS)
def test_each_revision_can_be_reached_and_left(empty: Engine, revision: str) -> None:
    with empty.begin() as connection:
        migrate.upgrade_connection(connection, revision)
        config = Config()
        config.set_main_option("script_location", "wbos_desktop.db:migrations")
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}


def test_a_newer_schema_is_refused_and_an_older_one_seen(empty: Engine) -> None:
    migrate.upgrade(empty)
    assert migrate.check_schema(empty) is migrate.SchemaState.CURRENT
    for version, expected in (("0001", migrate.SchemaState.OLDER), ("9999", None)):
        with empty.begin() as connection:
            connection.execute(text(f"UPDATE alembic_version SET version_num = '{version}'"))
        if expected:
            assert migrate.check_schema(empty) is expected
        else:
            with pytest.raises(NewerVault):
                migrate.check_schema(empty)


def test_a_database_without_our_tables_is_not_ours(empty: Engine) -> None:
    with pytest.raises(NotOurVault):
        migrate.check_schema(empty)


def test_a_full_disk_is_told_and_leaves_the_schema(empty: Engine) -> None:
    with empty.begin() as connection:
        migrate.upgrade_connection(connection, "0001")
    with empty.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 3}")
    with pytest.raises(DiskFull):
        migrate.upgrade(empty)
    assert migrate.check_schema(empty) is migrate.SchemaState.OLDER


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_copy_that_fails_leaves_nothing(
    empty: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    migrate.upgrade(empty)

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as broken:
        broken.setattr(engine.os, step, full)
        with pytest.raises(DiskFull):
            engine.save_copy(empty, tmp_path / "copy.db", KEY)
    assert not list(tmp_path.glob("copy*"))


def test_an_older_vault_is_copied_before_it_is_migrated(tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    create_vault(folder, PASSPHRASE, NewVault("De Linde", "VO", "Karin"), kdf=FAST)
    vault = open_vault(folder, PASSPHRASE)
    key = vault.unlocked.keys.data_key
    vault.workspace.close()
    old = open_engine(folder / "wbos.db", key)
    with old.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "wbos_desktop.db:migrations")
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
    old.dispose()
    shutil.rmtree(folder / "backups")  # cleared away by the user
    open_vault(folder, PASSPHRASE).workspace.close()
    copy = open_engine(folder / "backups" / "before-migration.db", key)
    assert migrate.check_schema(copy) is migrate.SchemaState.OLDER
    copy.dispose()
