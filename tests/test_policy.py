"""The school's own settings: users can be stricter, never weaker; a damaged file is no way out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wbos_desktop import policy
from wbos_desktop.policy import STRICTEST, Policy
from wbos_desktop.settings import Settings

FULL = """
lock_minutes = 3
export_password = true
capture_block = true
backup_required = true
backup_folder = "/srv/wbos"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(policy, "machine_file", lambda: tmp_path / "policy.toml")
    return tmp_path / "policy.toml"


def test_no_file_demands_nothing(file: Path) -> None:
    assert policy.load() == Policy()
    assert policy.load().sentence == ""


def test_every_demand_is_read(file: Path) -> None:
    file.write_text("\ufeff" + FULL, "utf-8")
    found = policy.load()
    assert found == Policy(3, True, True, True, "/srv/wbos", found=True)
    assert found.demands("lock_minutes")
    assert not Policy().demands("lock_minutes")


DAMAGED = {
    "half": "lock_minutes = ",
    "not text": b"\xff\xfe\x00l",
    "list": "[[[",
    "huge": "# " + "x" * 70_000,
    "nul": "\x00",
    "deep": "a = " + "[" * 5000 + "]" * 5000,
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_file_is_the_strictest_policy(file: Path, name: str) -> None:
    content = DAMAGED[name]
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert policy.load() == STRICTEST
    assert "policy.toml" in policy.load().sentence


def test_folder_in_the_place_of_the_file_is_strict(file: Path) -> None:
    file.mkdir()
    assert policy.load() == STRICTEST


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("lock_minutes = 0", "lock_minutes", 1),
        ("lock_minutes = 99", "lock_minutes", 1),
        ("lock_minutes = true", "lock_minutes", 1),
        ('lock_minutes = "3"', "lock_minutes", 1),
        ("export_password = 0", "export_password", True),
        ('capture_block = "no"', "capture_block", True),
        ('backup_folder = "backup"', "backup_folder", ""),
    ],
)
def test_impossible_value_counts_as_the_strictest(
    file: Path, line: str, key: str, value: object
) -> None:
    file.write_text(line)
    assert getattr(policy.load(), key) == value
    assert key in policy.load().sentence


def test_unknown_key_is_told_to_ict(file: Path) -> None:
    file.write_text("lock_minuts = 3\nexport_password = true")
    assert policy.load().wrong == ("lock_minuts",)
    assert policy.load().export_password


def test_variable_can_only_make_it_stricter(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(FULL)
    own = tmp_path / "own.toml"
    own.write_text("lock_minutes = 15\nexport_password = false\nbackup_required = false")
    monkeypatch.setenv("WBOS_POLICY_FILE", str(own))
    assert policy.load() == Policy(3, True, True, True, "/srv/wbos", found=True)
    own.write_text("lock_minutes = 2")
    assert policy.load().lock_minutes == 2


def settings_with(tmp_path: Path, own: dict[str, object], demands: Policy) -> Settings:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(own))
    return Settings(file, demands)


def test_settings_are_never_weaker_than_the_policy(tmp_path: Path) -> None:
    """F-21: also when the file of the user was changed by hand."""
    demands = Policy(lock_minutes=3, capture_block=True)
    settings = settings_with(tmp_path, {"lock_minutes": 15, "capture_block": False}, demands)
    assert settings.get("lock_minutes") == 3
    assert settings.get("capture_block") is True
    settings.set("lock_minutes", 2)
    assert settings.get("lock_minutes") == 2
    settings.set("lock_minutes", 15)
    assert settings.get("lock_minutes") == 3


@pytest.mark.parametrize("minutes", [0, -5, 16, 10_000, True, "never", None, 5.0, [5]])
def test_settings_changed_by_hand_to_never_lock_are_the_defaults(
    tmp_path: Path, minutes: object
) -> None:
    settings = settings_with(tmp_path, {"lock_minutes": minutes}, Policy())
    assert settings.get("lock_minutes") == 5


def test_windows_is_asked_for_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up Windows: what it says counts, and a refusal ends at the usual place."""
    monkeypatch.setattr(policy.sys, "platform", "win32")
    monkeypatch.setattr(
        policy, "_known_folder", lambda _ctypes, number: Path("/x", str(len(number)))
    )
    assert policy.machine_file() == Path("/x/16/WBOS/policy.toml")
    monkeypatch.undo()
    monkeypatch.setattr(policy.sys, "platform", "win32")
    assert policy.machine_file().parts[-2:] == ("WBOS", "policy.toml")
