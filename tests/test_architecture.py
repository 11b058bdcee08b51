"""Rules of docs/architecture.md that import contracts can't express."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from statistics import quantiles

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "wbos_desktop"
TESTS = ROOT / "tests"


@cache
def sources(folder: Path) -> dict[str, str]:
    """Text by path relative to the checkout."""
    files = sorted(path for path in folder.rglob("*.py") if ".venv" not in path.parts)
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in files}


@cache
def functions(folder: Path) -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function with its file, nested ones too."""
    return [
        (path, node)
        for path, text in sources(folder).items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def ninetieth(values: list[int]) -> float:
    return quantiles(values, n=10)[-1]


def test_functions_stay_small() -> None:
    sizes = {f"{path}:{node.name}": length(node) for path, node in functions(PACKAGE)}
    assert {name: size for name, size in sizes.items() if size > 60} == {}
    assert ninetieth(list(sizes.values())) <= 30


def test_files_stay_small() -> None:
    sizes = {path: text.count("\n") for path, text in sources(PACKAGE).items()}
    sizes |= {path: text.count("\n") for path, text in sources(TESTS).items()}
    assert {path: size for path, size in sizes.items() if size > 600} == {}
    assert ninetieth(list(sizes.values())) <= 400


def test_test_functions_stay_small() -> None:
    sizes = [length(node) for _path, node in functions(TESTS) if node.name.startswith("test_")]
    assert ninetieth(sizes) <= 20


def test_no_module_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert not [
        path for path in sources(PACKAGE) if drawers & set(Path(path).with_suffix("").parts)
    ]


ONLY_IN = [
    (r"(?:session|connection)\.(?:commit|rollback)\(|sessionmaker\(", ("wbos_desktop/workspace/",)),
    (r"QThread\b|QRunnable\b|QThreadPool\b|threading\.Thread\b", ("wbos_desktop/ui/tasks.py",)),
    (r"processEvents", ()),
    (r"QMessageBox\b|QFileDialog\b", ("wbos_desktop/ui/messages.py",)),
    (r"QtNetwork", ("wbos_desktop/app.py",)),
    (r"^\s*(?:import|from) (?:socket|ssl|http|urllib\.request)\b", ()),
    (
        r"datetime\.now\(|date\.today\(",
        ("wbos_desktop/workspace/", "wbos_desktop/ui/", "wbos_desktop/cli.py"),
    ),
    (r"#[0-9A-Fa-f]{6}\b", ("wbos_desktop/documents/ink.py",)),
    (r"\bTODO\b|\bFIXME\b|\bXXX\b|raise NotImplementedError", ()),
]


@pytest.mark.parametrize(("pattern", "places"), ONLY_IN)
def test_some_words_stay_in_their_place(pattern: str, places: tuple[str, ...]) -> None:
    found = [
        f"{path}:{number}"
        for path, text in sources(PACKAGE).items()
        if not path.startswith(places or ("nowhere",))
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert found == []


def test_tests_wait_in_one_way() -> None:
    """`qWait` keeps other threads waiting, and `waitUntil` gives up after five seconds."""
    waiting = re.compile(r"\b(?:qWait|waitUntil)\(")
    found = [path for path, text in sources(TESTS).items() if waiting.search(text)]
    assert found == ["tests/helpers/waiting.py"]


def test_services_return_no_models() -> None:
    models = {
        node.name
        for path, text in sources(PACKAGE / "db" / "models").items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef)
    }
    leaks = [
        f"{path}:{node.name}"
        for path, node in functions(PACKAGE / "services")
        if not node.name.startswith("_") and node.returns is not None and node.col_offset == 0
        if models & set(re.findall(r"\w+", ast.unparse(node.returns)))
        and node.name not in INSIDE_SERVICES
    ]
    assert leaks == []


# Shared between service modules only; the window can't call them with a session of its own.
INSIDE_SERVICES = {
    "get_case_model",
    "get_incident_model",
    "get_incident_to_decide",
    "get_meeting_model",
    "steps_of",
    "tracks_of",
}


def test_services_change_records_through_the_session() -> None:
    bulk = re.compile(r"^from sqlalchemy import .*\b(update|delete)\b", re.MULTILINE)
    assert [p for p, text in sources(PACKAGE / "services").items() if bulk.search(text)] == []


def test_every_package_is_in_the_wheel() -> None:
    listed = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    )
    real = {".".join(Path(path).parent.parts) for path in sources(PACKAGE)}
    assert real | {"wbos_desktop.resources"} == listed


def test_the_lock_pins_everything_with_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pins = re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE)
    assert len(pins) > 30
    assert lock.count("--hash=sha256:") >= len(pins)
    assert "://" not in lock
