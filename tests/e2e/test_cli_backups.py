"""backup, verify and restore as school ICT runs them: as a program of its own."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db.models.school import SchoolYear
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.workspace import backup
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault

ROOT = Path(__file__).parents[2]
SECRET = "paarse fiets langs de gracht"
CHEAP = KdfParams(memory_kib=64, iterations=1)
DONE, USER = 0, 2
ENTRY = ("-m", "wbos_desktop")


def run(*arguments: object, secret: str = SECRET) -> subprocess.CompletedProcess[str]:
    """The program with these arguments; the passphrase goes to its standard input."""
    return subprocess.run(
        [sys.executable, *ENTRY, *map(str, arguments), "--passphrase-file", "-"],
        input=f"{secret}\n",
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=120,
    )


def refused(answer: subprocess.CompletedProcess[str]) -> str:
    """The last line that was said to the user: a sentence, no trace of the program."""
    assert answer.returncode == USER, answer.stderr
    line = answer.stderr.strip().splitlines()[-1]
    assert line.endswith("."), line
    assert "Traceback" not in answer.stderr
    return line


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault with one group and no pupil; copy it."""
    folder = tmp_path_factory.mktemp("made") / "kluis"
    create_vault(folder, SECRET, NewVault("De Linde", "VO", "Karin", "", "Bosman"), kdf=CHEAP)
    vault = open_vault(folder, SECRET)
    vault.workspace.write(_group)
    backup.make_backup(vault, folder.with_name("b.wbos"))
    vault.workspace.close()
    return folder


def _group(session: Session) -> None:
    first, last = dt.date(2026, 8, 24), dt.date(2027, 7, 9)
    session.add(SchoolYear(name="2026-2027", first_day=first, last_day=last))
    session.flush()
    factories.make_group(session, name="2B")


@pytest.fixture
def vault(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "kluis"))


@pytest.fixture
def file(made: Path) -> Path:
    """A backup of the vault, to read only."""
    return made.with_name("b.wbos")


def add_pupil(folder: Path) -> None:
    opened = open_vault(folder, SECRET)
    opened.workspace.write(_pupil)
    opened.workspace.close()


def _pupil(session: Session) -> None:
    factories.make_pupil(session, 1)


def back_up(vault: Path, to: Path) -> dict[str, object]:
    answer = run("backup", "--vault", vault, "--to", to, "--json")
    assert answer.returncode == DONE, answer.stderr
    found = json.loads(answer.stdout)
    assert isinstance(found, dict)
    return found


def test_backup_verify_restore_and_back(vault: Path, tmp_path: Path) -> None:
    first = back_up(vault, tmp_path)
    file = Path(str(first["file"]))
    assert first["counts"]["pupils"] == 0
    add_pupil(vault)
    whole = json.loads(run("verify", file, "--json").stdout)
    assert whole["ok"] is True
    assert whole["counts"] == first["counts"]
    answer = run("restore", file, "--to", vault, "--yes", "--json")
    assert answer.returncode == DONE, answer.stderr
    result = json.loads(answer.stdout)
    saved = Path(result["saved_first"])
    assert result["counts"]["pupils"] == 0
    assert "1 leerling" in answer.stderr  # the preview shows both sides
    again = run("restore", saved, "--to", vault, "--yes", "--json")
    assert json.loads(again.stdout)["counts"]["pupils"] == 1
    assert run("check", "--vault", vault).returncode == DONE


def test_restore_on_another_laptop(file: Path, tmp_path: Path) -> None:
    answer = run("restore", file, "--to", tmp_path / "nieuw", "--yes")
    assert answer.returncode == DONE, answer.stderr
    assert "hoofdkopie" in answer.stdout
    moved = back_up(tmp_path / "nieuw", tmp_path / "c.wbos")
    assert moved["main_number"] == 2


def test_a_copy_to_read_takes_no_import(file: Path, tmp_path: Path) -> None:
    assert run("restore", file, "--to", tmp_path / "lees", "--yes", "--only-read").returncode == 0
    lists = ROOT / "tests" / "golden" / "edexml-2.1.xml"
    assert "leeskopie" in refused(run("import", lists, "--vault", tmp_path / "lees"))


def test_without_yes_nothing_is_put_back(vault: Path, file: Path) -> None:
    answer = run("restore", file, "--to", vault)
    assert "--yes" in refused(answer)
    assert "0 leerlingen" in answer.stdout
    assert not (vault / "before-restore").exists()


@pytest.mark.parametrize("damage", ["flip", "other", "absent"])
def test_a_wrong_file_is_one_sentence(vault: Path, file: Path, tmp_path: Path, damage: str) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    bad = tmp_path / "bad.wbos"
    contents = {"flip": bytes(content), "other": b"%PDF-1.7"}
    if damage in contents:
        bad.write_bytes(contents[damage])
    refused(run("verify", bad))
    refused(run("restore", bad, "--to", vault, "--yes"))
    assert not (vault / "before-restore").exists()


def test_a_wrong_passphrase_is_said_so(vault: Path, file: Path, tmp_path: Path) -> None:
    wrong = "een heel ander wachtwoord"
    assert "wachtwoord" in refused(run("verify", file, secret=wrong))
    assert "wachtwoord" in refused(run("backup", "--vault", vault, "--to", tmp_path, secret=wrong))
    assert list(tmp_path.glob("*.wbos")) == []


def test_a_backup_of_another_school_is_refused(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "ander"
    create_vault(other, SECRET, NewVault("De Beuk", "VO", "Joost"), kdf=CHEAP)
    assert "andere school" in refused(run("restore", file, "--to", other, "--yes"))


def test_a_damaged_vault_takes_a_backup(vault: Path, file: Path) -> None:
    (vault / "wbos.db").write_bytes(b"rommel" * 5000)
    answer = run("restore", file, "--to", vault, "--yes")
    assert answer.returncode == DONE, answer.stderr
    assert run("check", "--vault", vault).returncode == DONE


def test_a_place_that_is_not_there(vault: Path, tmp_path: Path) -> None:
    answer = run("backup", "--vault", vault, "--to", tmp_path / "weg" / "b.wbos")
    assert "niet te vinden" in refused(answer)
