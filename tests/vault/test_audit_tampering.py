"""Somebody with the key changes the audit trail of a real vault: check finds it, with the place.

Each damage is done on a raw connection, past the program. The control: without the head that is
kept in the key file a cut tail goes unnoticed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.engine import connect
from wbos_desktop.vault import unlock as unlocking
from wbos_desktop.workspace.checking import audit_sentences
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import OpenVault, open_vault

SECRET = "een lang wachtwoord voor de kluis"
LINES = 120


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault with some hundred lines, closed: its head stands in the key file."""
    folder = tmp_path_factory.mktemp("audit") / "vault"
    create_vault(folder, SECRET, NewVault("De Linde", "VO", "Karin", "", "Bosman", "zorg"))
    vault = open_vault(folder, SECRET)
    vault.workspace.write(_add_lines, LINES)
    vault.workspace.close()
    return folder


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    """A copy of it to damage."""
    copy = tmp_path / "vault"
    copy.mkdir()
    for path in original.iterdir():
        if path.is_file() and path.name != "lock":
            (copy / path.name).write_bytes(path.read_bytes())
    return copy


def _add_lines(session: Session, n: int) -> None:
    audit.append(session, [audit.Entry("view", "cases", number) for number in range(n)])


def tamper(folder: Path, *statements: str) -> None:
    """Run SQL on the encrypted file as a thief with the data key would."""
    unlocked = unlocking.unlock(folder, SECRET)
    connection = connect(folder / "wbos.db", unlocked.keys.data_key)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def found(folder: Path, *, with_head: bool = True) -> list[tuple[str, int, int]]:
    """What the check says, as kind and lines."""
    vault = open_vault(folder, SECRET)
    try:
        return [(one.kind, one.first, one.last) for one in breaks(vault, with_head=with_head)]
    finally:
        vault.workspace.close()


def breaks(vault: OpenVault, *, with_head: bool) -> list[audit.Break]:
    kept = vault.unlocked.state
    expected = audit.AuditHead(kept.audit_count, kept.audit_head) if with_head else None
    return vault.workspace.read(audit.find_breaks, expected)


def test_an_untouched_vault_has_no_breaks(folder: Path) -> None:
    assert found(folder) == []


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["UPDATE audit SET object_id = 7 WHERE seq = 50"], [("changed", 50, 50)]),
        (["UPDATE audit SET at = '2020-01-01' WHERE seq = 50"], [("changed", 50, 50)]),
        (["UPDATE audit SET user_id = NULL WHERE seq = 50"], [("changed", 50, 50)]),
        (["UPDATE audit SET mac = zeroblob(32) WHERE seq = 50"], [("changed", 50, 51)]),
        (["DELETE FROM audit WHERE seq = 50"], [("missing", 50, 50)]),
        (["DELETE FROM audit WHERE seq BETWEEN 50 AND 60"], [("missing", 50, 60)]),
        (
            [
                "UPDATE audit SET seq = -1 WHERE seq = 50",
                "UPDATE audit SET seq = 50 WHERE seq = 51",
                "UPDATE audit SET seq = 51 WHERE seq = -1",
            ],
            [("swapped", 50, 51)],
        ),
    ],
    ids=["edit", "date", "user", "mac", "drop", "drop-many", "swap"],
)
def test_each_damage_is_found_with_its_place(
    folder: Path, statements: list[str], expected: list[tuple[str, int, int]]
) -> None:
    tamper(folder, *statements)
    assert found(folder) == expected


def test_a_cut_tail_is_found_only_by_the_kept_head(folder: Path) -> None:
    tamper(folder, "DELETE FROM audit WHERE seq > 40")
    assert found(folder, with_head=False) == []  # the control
    [(kind, first, _last)] = found(folder)
    assert (kind, first) == ("cut", 41)


def test_the_lines_of_another_vault_are_known_as_foreign(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    create_vault(other, SECRET, NewVault("De Beuk", "VO", "Piet", "", "Jansen", "zorg"))
    vault = open_vault(other, SECRET)
    vault.workspace.write(_add_lines, LINES)
    rows = vault.workspace.read(_all_lines)
    vault.workspace.close()
    tamper(folder, "DELETE FROM audit", *map(_as_insert, rows))
    assert [kind for kind, _first, _last in found(folder)][:1] == ["foreign"]


def _all_lines(session: Session) -> list[tuple[Any, ...]]:
    rows = session.connection().exec_driver_sql(
        "SELECT seq, at, action, object_table, object_id, hex(mac) FROM audit"
    )
    return [tuple(row) for row in rows]


def _as_insert(row: tuple[Any, ...]) -> str:
    seq, at, action, table, record_id, mac = row
    values = f"{seq}, '{at}', 1, '{action}', '{table}', {record_id}, x'{mac}'"
    return f"INSERT INTO audit VALUES ({values})"


SENTENCES: list[tuple[audit.Break, str]] = [
    (audit.Break("changed", 5, 5), "regel 5 is veranderd"),
    (audit.Break("changed", 5, 7), "regels 5 tot en met 7 zijn veranderd"),
    (audit.Break("missing", 5, 5), "regel 5 ontbreekt"),
    (audit.Break("missing", 5, 7), "regels 5 tot en met 7 ontbreken"),
    (audit.Break("swapped", 5, 6), "regels 5 en 6 zijn verwisseld"),
    (audit.Break("cut", 5, 9), "het eind ontbreekt, van regel 5 tot en met 9"),
    (audit.Break("foreign", 1, 9), "van een andere kluis"),
]


@pytest.mark.parametrize(("one", "words"), SENTENCES)
def test_each_break_is_a_sentence_with_its_place(one: audit.Break, words: str) -> None:
    assert words in audit_sentences([one])[0]


def test_two_hundred_thousand_lines_are_verified_within_a_second(tmp_path: Path) -> None:
    create_vault(tmp_path / "v", SECRET, NewVault("De Linde", "VO", "Karin", "", "Bosman", "zorg"))
    vault = open_vault(tmp_path / "v", SECRET)
    vault.workspace.write(_add_lines, 200_000)
    check: Callable[[Session], list[audit.Break]] = audit.find_breaks
    started = time.process_time()
    assert vault.workspace.read(check) == []
    spent = time.process_time() - started
    vault.workspace.close()
    assert spent < 1.5  # 0.7 s of work on a laptop; the rest is room for a busy machine
