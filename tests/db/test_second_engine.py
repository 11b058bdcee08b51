"""The second engine looks at every vault that a test closes; here it is looked at itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import second_engine
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault

SECRET = "vier losse woorden samen"
FAST = KdfParams(memory_kib=64, iterations=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_vault(tmp_path / "kluis", SECRET, NewVault("De Linde", "VO", "Karin"), kdf=FAST)
    return tmp_path / "kluis"


def test_a_closed_vault_was_read(folder: Path, second_engine_agrees: list[Path]) -> None:
    before = len(second_engine_agrees)
    open_vault(folder, SECRET).workspace.close()
    assert second_engine_agrees[before:] == [folder / "wbos.db"]


def test_it_needs_the_right_key(folder: Path) -> None:
    """The control: a file that it can't read is not called whole."""
    assert second_engine.problem(folder / "wbos.db", bytes(32)) == "NotADBError"


def test_it_sees_a_damaged_page(folder: Path) -> None:
    vault = open_vault(folder, SECRET)
    key = vault.unlocked.keys.data_key
    vault.workspace.close()
    content = bytearray((folder / "wbos.db").read_bytes())
    content[9 * 4096 + 100] ^= 1
    (folder / "wbos.db").write_bytes(content)
    assert second_engine.problem(folder / "wbos.db", key) != ""
