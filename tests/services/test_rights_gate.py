"""Every public service function has the gate of rights.py, or a reason why not."""

from __future__ import annotations

import ast
import importlib
import inspect
from types import ModuleType

import pytest

from tests.test_architecture import PACKAGE, sources
from wbos_desktop import i18n
from wbos_desktop.services import rights

# Modules that only other services use: no page, window or command line may import them.
INSIDE = {
    "access_passages",
    "audit_subjects",
    "case_people",
    "case_reading",
    "draft_names",
    "history_restore",
    "incident_links",
    "mentions",
    "record_rights",
    "record_tree",
    "record_words",
    "report_case",
    "report_group",
    "report_names",
    "retention_due",
    "retention_lines",
    "school_days",
    "staying_files",
    "step_engine",
    "visibility",
}
# What asks no role, and why.
FREE = {
    "catalogues.install": "the start content, while the vault is made",
    "norms.install_catalogue": "shipped content only",
    "protocols.install_catalogue": "shipped content only",
    "scenarios.install_catalogue": "shipped content only",
    "deputies.stands_in_for": "the acting user's own standing",
    "deputies.trusted_by": "the acting user's own standing",
    "deputies.acting_for": "the acting user's own standing",
    "deputies.absent_names": "the acting user's own standing",
    "erasure.begin_job": "part of an erasure, whose door was asked",
    "erasure.count_left": "part of an erasure, whose door was asked",
    "erasure.erase_again": "after a restore, whoever unlocks",
    "erasure.erasure_mark": "a mark without words",
    "erasure.find_mentions_of": "part of an erasure, whose door was asked",
    "erasure.marks_of": "marks without words",
    "exports.export_rows": "part of a list, whose door was asked",
    "exports.record_export": "the line of an export that was allowed",
    "exports.withdraw_export": "one's own line of an export that failed",
    "looking.note_search": "the audit line of a search",
    "removed.begin_due": "asks the role itself: the bin empties at an unlock",
    "removed.next_day": "a day, nothing else",
    "retention.backup_days": "the school's terms, no record",
    "retention.clock_question": "about the clock, no record",
    "retention.get_destruction": "asks the gate of the list",
    "retention.keep_until": "the school's terms, no record",
    "retention.next_due": "asks the role itself",
    "retention.terms_of": "the school's terms, no record",
    "rights.may": "the gate itself",
    "rights.demand": "the gate itself",
    "school.demand_coordinator": "a gate",
    "users.code_is_confirmed": "about the recovery code, no record",
}
SERVICES = PACKAGE / "services"


def modules() -> list[str]:
    return sorted(path.stem for path in SERVICES.glob("*.py") if path.stem != "__init__")


def entrances(module: ModuleType) -> dict[str, object]:
    """Public functions of the module itself that take a session."""
    return {
        name: function
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and takes_session(function)
    }


def takes_session(function: object) -> bool:
    assert callable(function)
    first = next(iter(inspect.signature(function).parameters.values()), None)
    return first is not None and first.annotation in ("Session", "sqlalchemy.orm.Session")


@pytest.mark.parametrize("name", modules())
def test_every_entrance_has_the_gate(name: str) -> None:
    module = importlib.import_module(f"wbos_desktop.services.{name}")
    if name in INSIDE:
        return
    bare = {
        f"{name}.{function}"
        for function, found in entrances(module).items()
        if not hasattr(found, "needs")
    }
    assert bare - FREE.keys() == set()


def test_reasons_are_about_functions_that_are_there() -> None:
    found = set()
    for name in modules():
        module = importlib.import_module(f"wbos_desktop.services.{name}")
        found |= {f"{name}.{function}" for function in entrances(module)}
    assert set(FREE) - found == set()
    assert INSIDE - set(modules()) == set()


def test_nothing_above_the_services_goes_inside() -> None:
    """The window and the command line reach records through the gate only."""
    places = [PACKAGE / name for name in ("ui", "workspace")]
    texts = {path: text for place in places for path, text in sources(place).items()}
    for name in ("cli.py", "app.py", "vaults.py"):
        texts[name] = (PACKAGE / name).read_text("utf-8")
    assert {path: inside for path, text in texts.items() if (inside := imported(text))} == {}


def imported(text: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            ("wbos_desktop.services", "services")
        ):
            found |= {alias.name for alias in node.names} | {(node.module or "").split(".")[-1]}
    return found & INSIDE


def test_every_pair_of_the_matrix_is_asked() -> None:
    """A line of the table that nothing asks would be a promise on paper."""
    asked = set()
    for place in (SERVICES, PACKAGE / "workspace"):
        for text in sources(place).values():
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call) and called(node) in ("needs", "demand", "may"):
                    texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
                    if len(texts) == 2:
                        asked.add((texts[1], texts[0]))
    assert set(rights.MATRIX) - asked == set()


def called(node: ast.Call) -> str:
    """The function, or the one that an open vault is asked to call."""
    if isinstance(node.func, ast.Attribute) and node.func.attr == "read" and node.args:
        return node.args[0].id if isinstance(node.args[0], ast.Name) else ""
    return node.func.id if isinstance(node.func, ast.Name) else ""


def manual_lines() -> list[str]:
    """The table of rights as the manual must have it."""
    return [f"| {row.kind}: {row.action} | {rights.roles_text(row)} |" for row in rights.table()]


def test_rights_in_the_manual_are_those_of_the_program() -> None:
    i18n.activate("nl", "PO")  # the manual is written in the words of a PO school
    manual = (PACKAGE.parent / "resources" / "manual" / "handleiding.md").read_text("utf-8")
    table = manual.partition("### Wie mag wat")[2].partition("###")[0]
    lines = [line for line in table.splitlines() if line.startswith("|")]
    assert lines[2:] == manual_lines()


def test_the_table_has_words_for_all() -> None:
    rows = rights.table()
    assert len(rows) == len(rights.MATRIX)
    assert all(row.kind and row.action and all(row.reaches) for row in rows)
    assert {len(row.reaches) for row in rows} == {len(rights.ROLES)}
