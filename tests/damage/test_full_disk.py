"""A disk that gets full in any step of long work (F-27): a sentence, and the vault as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from wbos_desktop.errors import KeyWaits, StorageError
from wbos_desktop.vault import reserve
from wbos_desktop.workspace import (
    backup_keeping,
    erasures,
    people,
    rekey,
    restoring,
    salvage,
)
from wbos_desktop.workspace.checking import check_vault
from wbos_desktop.workspace.opening import OpenVault, open_vault

from .fixture import SECRET, add_persons, copy_of, flip_table, mounted
from .test_disk import fill, persons

OTHER = "gele trein over de brug"
ROOM = [0, 1, 3, 6, 12, 24, 48, 80, 120, 160, 200, 240, 280, 320, 400, 500, 700, 1000, 1500, 2500]
"""How many pages are left, until the work is done."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", 24) as place:
        yield place


@pytest.fixture
def place(folder: Path, disk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A closed vault on the small disk, with a backup and a reserve of next to nothing."""
    monkeypatch.setattr(reserve, "SIZE", 4096)
    place = copy_of(folder, disk / "kluis")
    vault = open_vault(place, SECRET)
    backup_keeping.back_up(vault)
    vault.workspace.write(add_persons, 5)
    vault.workspace.close()
    return place


def back_up(vault: OpenVault) -> None:
    backup_keeping.back_up(vault)


def restore(vault: OpenVault) -> None:
    made = next((vault.folder / "backups").glob("*.wbos"))
    restoring.prepare(vault, made)
    vault.workspace.close()
    restoring.put_in_place(vault.folder)


def renew_key(vault: OpenVault) -> None:
    rekey.renew_data_key(vault)


def clear_copies(vault: OpenVault) -> None:
    erasures.leave_no_copies(vault)


def renew_code(vault: OpenVault) -> None:
    people.new_recovery_code(vault, SECRET)


def leaked(vault: OpenVault) -> None:
    people.change_passphrase(vault, SECRET, OTHER, leaked=True)


def closed_restore(vault: OpenVault) -> None:
    vault.workspace.close()
    made = next((vault.folder / "backups").glob("*.wbos"))
    restoring.restore_closed(vault.folder, made, SECRET)


def rescue(vault: OpenVault) -> None:
    vault.workspace.close()
    salvage.salvage_in_place(vault.folder, SECRET)


@pytest.mark.parametrize(
    "work",
    [back_up, restore, renew_key, clear_copies, renew_code, leaked, closed_restore, rescue],
)
def test_f27_full_in_any_step(place: Path, disk: Path, work: Callable[[OpenVault], None]) -> None:
    if work is rescue:
        flip_table(place, "changes")
    sentences = []
    for pages in ROOM:
        error = tried(place, disk, work, pages)
        if error is None:
            break
        sentences.append(error.message)
        if isinstance(error, KeyWaits):
            check(place, OTHER if work is leaked else SECRET, 306)
            break
        check(place, SECRET, 306, damaged=work is rescue)
    else:
        pytest.fail("there was never room enough")
    assert sentences
    assert all("chijf" in sentence for sentence in sentences)
    check(place, OTHER if work is leaked else SECRET, 301 if "restore" in work.__name__ else 306)


def tried(
    place: Path, disk: Path, work: Callable[[OpenVault], None], pages: int
) -> StorageError | None:
    """How the work ends with so many pages of room; afterwards there is room again."""
    vault = open_vault(place, SECRET)
    ballast = fill(disk, 4096 * pages)
    try:
        work(vault)
    except StorageError as error:
        return error
    finally:
        with suppress(StorageError):
            vault.workspace.close()
        ballast.unlink()
    return None


def check(place: Path, secret: str, number: int, *, damaged: bool = False) -> None:
    """The vault opens, is whole, and nothing half lies beside it."""
    vault = open_vault(place, secret)
    assert vault.workspace.read(persons) == number
    assert vault.doubt is None
    assert vault.unlocked.keys.pending_key is None
    assert damaged or check_vault(vault) == []
    vault.workspace.close()
    assert not list(place.rglob("*.part"))
