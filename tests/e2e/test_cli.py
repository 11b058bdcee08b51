"""The command line as school ICT uses it: as a program of its own, on vaults in a folder."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db.models.school import SchoolYear
from wbos_desktop.services import agenda, catalogues
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
SECRET = "paarse fiets langs de gracht"
CHEAP = KdfParams(memory_kib=64, iterations=1)
DONE, USER = 0, 2
COUNTS = {
    "edexml-1.0.3.xml": (2, 4, 1, 0),
    "edexml-2.1.xml": (3, 2, 1, 2),
}


def run(*arguments: object, secret: str = SECRET) -> subprocess.CompletedProcess[str]:
    """The program with these arguments; the passphrase goes to its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "wbos_desktop", *map(str, arguments)],
        input=f"{secret}\n",
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=120,
    )


def on(vault: Path) -> tuple[object, ...]:
    """The options that every command on a vault needs."""
    return ("--vault", vault, "--passphrase-file", "-")


def one_sentence(answer: subprocess.CompletedProcess[str]) -> str:
    """What was said to the user: one line, no trace of the program."""
    assert answer.returncode == USER, answer.stderr
    assert answer.stdout == ""
    [line] = answer.stderr.strip().splitlines()
    assert line.endswith("."), line
    assert "Traceback" not in line
    return line


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault without groups; copy it."""
    folder = tmp_path_factory.mktemp("empty") / "kluis"
    new = NewVault("De Linde", "VO", "Karin", "", "Bosman")
    create_vault(folder, SECRET, new, kdf=CHEAP, start_content=catalogues.install)
    return folder


@pytest.fixture(scope="module")
def full(empty: Path) -> Path:
    """The same with one of each thing that can be exported; copy it."""
    folder = empty.with_name("vol")
    shutil.copytree(empty, folder)
    vault = open_vault(folder, SECRET)
    vault.workspace.write(_fill)
    vault.workspace.close()
    return folder


def _fill(session: Session) -> None:
    today = dt.date.today()
    first, last = today - dt.timedelta(100), today + dt.timedelta(100)
    session.add(SchoolYear(name="dit jaar", first_day=first, last_day=last))
    session.flush()
    group = factories.make_group(session, name="2B")
    factories.make_pupil(session, group, given_name="Łukasz", family_name="Őriás")
    factories.make_profile(session, group, observed_on=today)
    factories.make_case(session, group_ids=(group,))
    start = dt.datetime.combine(today + dt.timedelta(1), dt.time(13, 30))
    meeting = factories.make_meeting(
        session, starts_at=start, ends_at=start + dt.timedelta(hours=1)
    )
    agenda.add_item(session, meeting, "group", group)


@pytest.fixture
def vault(empty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(empty, tmp_path / "kluis"))


@pytest.fixture
def school(full: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(full, tmp_path / "kluis"))


# ---------------------------------------------------------------- init
@pytest.mark.parametrize("way", ["stdin", "file"])
def test_init_makes_a_vault_that_opens(tmp_path: Path, way: str) -> None:
    source = tmp_path / "geheim.txt"
    source.write_text(SECRET + "\r\n", "utf-8")
    given = "-" if way == "stdin" else source
    options = ("--school", "De Linde", "--sector", "VO", "--user", "Karin van der Berg")
    answer = run("init", tmp_path / "kluis", *options, "--passphrase-file", given)
    assert (answer.returncode, answer.stderr) == (DONE, "")
    assert SECRET not in answer.stdout
    vault = open_vault(tmp_path / "kluis", SECRET)
    vault.workspace.close()


def test_init_refuses_an_easy_passphrase(tmp_path: Path) -> None:
    options = ("--school", "De Linde", "--sector", "VO", "--passphrase-file", "-")
    one_sentence(run("init", tmp_path / "kluis", *options, secret="welkom"))
    assert not (tmp_path / "kluis").exists()


# ---------------------------------------------------------------- import
@pytest.mark.parametrize("name", COUNTS)
def test_import_twice_gives_the_counts_and_nothing_new(vault: Path, name: str) -> None:
    groups, pupils, staff, rejected = COUNTS[name]
    first = json.loads(run("import", GOLDEN / name, "--json", *on(vault)).stdout)
    assert first["groups"]["new"] == groups
    assert (first["pupils"]["new"], first["pupils"]["rejected"]) == (pupils, rejected)
    assert set(first["pupils"]) == {"new", "changed", "unchanged", "missing", "rejected"}
    assert first["staff"]["new"] == staff
    assert all(set(row) == {"row", "reason"} and row["reason"] for row in first["rows"])
    again = json.loads(run("import", GOLDEN / name, "--json", *on(vault)).stdout)
    assert [again[kind]["new"] for kind in ("groups", "pupils", "staff")] == [0, 0, 0]
    assert again["pupils"]["unchanged"] == pupils


def test_dry_run_changes_nothing(vault: Path) -> None:
    name = "edexml-1.0.3.xml"
    options = ("import", GOLDEN / name, "--json", *on(vault))
    assert json.loads(run(*options, "--dry-run").stdout)["pupils"]["new"] == 4
    assert json.loads(run(*options).stdout)["pupils"]["new"] == 4


@pytest.mark.parametrize("damage", ["cut", "no list", "empty", "absent"])
def test_a_wrong_file_is_one_sentence_and_changes_nothing(
    vault: Path, tmp_path: Path, damage: str
) -> None:
    whole = (GOLDEN / "edexml-2.1.xml").read_bytes()
    content = {"cut": whole[: len(whole) // 2], "no list": b"\x89PNG\r\n\x1a\n", "empty": b""}
    source = tmp_path / "lijst.xml"
    if damage in content:
        source.write_bytes(content[damage])
    one_sentence(run("import", source, "--json", *on(vault)))
    report = json.loads(run("import", GOLDEN / "edexml-2.1.xml", "--json", *on(vault)).stdout)
    assert (report["pupils"]["new"], report["pupils"]["missing"]) == (2, 0)


# ---------------------------------------------------------------- export
def export(vault: Path, out: Path, *arguments: object) -> list[Path]:
    """Run an export; the files are those whose paths were printed."""
    answer = run("export", *arguments, "--out", out, *on(vault))
    assert answer.returncode == DONE, answer.stderr
    made = sorted(Path(line.partition(": ")[2]) for line in answer.stdout.splitlines())
    assert made == sorted(out.iterdir())
    return made


def test_export_of_a_pack_is_pdf_and_workbook(school: Path, tmp_path: Path) -> None:
    pdf, xlsx = export(school, tmp_path / "uit", "pack")
    assert (pdf.suffix, xlsx.suffix) == (".pdf", ".xlsx")
    assert PdfReader(pdf).outline
    assert CalamineWorkbook.from_path(xlsx).sheet_names


@pytest.mark.parametrize(
    ("what", "word"),
    [(("dossier", "--case"), "Yasmin"), (("group-profile", "--group", "2B"), "2B")],
)
def test_export_of_one_record_holds_it(
    school: Path, tmp_path: Path, what: tuple[str, ...], word: str
) -> None:
    number = (f"{dt.date.today().year}-001",) if what[0] == "dossier" else ()
    [pdf] = export(school, tmp_path / "uit", *what, *number, "--names", "first")
    text = "".join(page.extract_text() for page in PdfReader(pdf).pages)
    assert word in text
    assert "Bakker" not in text


def test_export_of_the_register_is_a_workbook(school: Path, tmp_path: Path) -> None:
    [xlsx] = export(school, tmp_path / "uit", "register")
    book = CalamineWorkbook.from_path(xlsx)
    rows = book.get_sheet_by_name(book.sheet_names[0]).to_python()
    assert any(isinstance(cell, dt.date) for row in rows for cell in row)


@pytest.mark.parametrize(
    "arguments",
    [
        ("register", "--names", "full"),
        ("dossier",),
        ("dossier", "--case", "1999-001"),
        ("group-profile", "--group", "9Z"),
    ],
)
def test_an_export_that_can_not_be_is_one_sentence(
    school: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    one_sentence(run("export", *arguments, "--out", tmp_path / "uit", *on(school)))
    assert not (tmp_path / "uit").exists()


# ---------------------------------------------------------------- check and the door
def test_check_tells_whole_from_damaged(vault: Path) -> None:
    answer = run("check", "--json", *on(vault))
    said = json.loads(answer.stdout)
    assert (answer.returncode, said["ok"], said["findings"]) == (DONE, True, [])
    with (vault / "wbos.db").open("r+b") as file:
        file.seek(-2000, os.SEEK_END)
        file.write(b"x" * 64)
    damaged = run("check", "--json", *on(vault))
    assert damaged.returncode == USER


def test_a_wrong_passphrase_is_said_so(vault: Path) -> None:
    wrong = one_sentence(run("check", *on(vault), secret="een heel ander wachtwoord"))
    for copy in vault.glob("keys*"):
        copy.write_text("{}")
    assert one_sentence(run("check", *on(vault))) != wrong


def test_a_vault_in_use_is_left_alone(vault: Path) -> None:
    opened = open_vault(vault, SECRET)
    try:
        one_sentence(run("check", *on(vault)))
    finally:
        opened.workspace.close()
    assert run("check", *on(vault)).returncode == DONE


def test_sqlite_can_not_read_the_database(vault: Path) -> None:
    connection = sqlite3.connect(vault / "wbos.db")
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    connection.close()
    open_vault(vault, SECRET).workspace.close()


def test_the_report_of_use_is_written_and_holds_no_names(empty: Path, tmp_path: Path) -> None:
    folder = tmp_path / "kluis"
    shutil.copytree(empty, folder)
    out = tmp_path / "out"
    answer = run("export", "audit", *on(folder), "--out", out, "--since", "2020-01-01")
    assert answer.returncode == DONE, answer.stderr
    [pdf] = out.glob("logboek-*.pdf")
    words = "".join(page.extract_text() for page in PdfReader(pdf).pages)
    assert "Wie zag en deed wat" in words
    assert "De keten klopt" in words
    [book] = out.glob("logboek-*.xlsx")
    rows = CalamineWorkbook.from_path(str(book)).get_sheet_by_name("Regels").to_python()
    assert rows[-1][4] == "kluis geopend"
    assert "Bosman" not in repr(rows)
