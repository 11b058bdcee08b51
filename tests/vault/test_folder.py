"""Places for a vault: what is there, and what is refused (F-18, F-20)."""

from __future__ import annotations

from pathlib import Path

import pytest

from wbos_desktop.errors import Invalid, StorageError
from wbos_desktop.vault import folder as folders
from wbos_desktop.vault.folder import FolderState, VaultFolder, check_place, place_problem


@pytest.mark.parametrize(
    ("names", "state"),
    [
        ([], FolderState.EMPTY),
        (["vakantie.jpg"], FolderState.FOREIGN),
        (["wbos.db"], FolderState.NO_KEYS),
        (["keys.json"], FolderState.NO_DATABASE),
        (["keys.copy.json", "lock"], FolderState.NO_DATABASE),
        (["wbos.db", "keys.json"], FolderState.READY),
        (["wbos.db", "keys.copy.json"], FolderState.READY),
    ],
)
def test_state(tmp_path, names, state):
    for name in names:
        (tmp_path / name).touch()
    assert VaultFolder(tmp_path).state() is state


def test_missing_folder(tmp_path):
    assert VaultFolder(tmp_path / "x").state() is FolderState.MISSING


def test_folder_without_rights(tmp_path, monkeypatch):
    def refuse(_self):
        raise PermissionError(13, "injected")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(StorageError):
        VaultFolder(tmp_path).state()


def test_made_folder_is_private(tmp_path):
    VaultFolder(tmp_path / "a" / "kluis").make()
    assert (tmp_path / "a" / "kluis").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "path",
    [
        "/home/k/OneDrive/kluis",
        "/Users/k/OneDrive - De Linde/kluis",
        "/home/k/Dropbox/kluis",
        "/home/k/Google Drive/kluis",
        "/Users/k/Library/Mobile Documents/com~apple~CloudDocs/kluis",
        "/Users/k/Library/CloudStorage/GoogleDrive-k/kluis",
        "//server/share/kluis",
        "\\\\server\\share\\kluis",
    ],
)
def test_synced_and_network_places_are_refused(path, monkeypatch):
    monkeypatch.setattr(folders.os.path, "abspath", str)
    monkeypatch.setattr(folders.os.path, "realpath", str)
    assert place_problem(Path(path))
    with pytest.raises(Invalid) as caught:
        check_place(Path(path))
    assert list(caught.value.fields) == ["folder"]


def test_folder_named_by_the_sync_program_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path / "De Linde"))
    assert place_problem(tmp_path / "De Linde" / "kluis")
    assert not place_problem(tmp_path / "elders")


def test_link_into_a_synced_folder_is_refused(tmp_path):
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "gewoon").symlink_to(tmp_path / "Dropbox")
    assert place_problem(tmp_path / "gewoon" / "kluis")


def test_network_mount_is_refused(tmp_path, monkeypatch):
    table = f"/dev/sda1 / ext4 rw 0 0\nserver:/x {tmp_path}/net nfs4 rw 0 0\n"
    monkeypatch.setattr(Path, "read_text", lambda self, **_kw: table)
    assert place_problem(tmp_path / "net" / "kluis")
    assert not place_problem(tmp_path / "local")


@pytest.mark.parametrize("name", ["kluis", "é#?%😀", "dropboxen", "onedriver", "Stack"])
def test_other_names_are_fine(tmp_path, name):
    assert place_problem(tmp_path / name) == ""
