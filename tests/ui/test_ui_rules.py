"""Rules of the design guide that a page can break without anybody seeing it at once."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import wbos_desktop.ui

UI = Path(wbos_desktop.ui.__file__).parent
FILES = sorted(UI.rglob("*.py"))
PAGES = [path for path in FILES if "pages" in path.parts]

FORBIDDEN = {
    # white is paper: the preview of a PDF stays white in dark
    "a colour in code": r"#[0-9A-Fa-f]{6}\b|QColor\(\s*[\"'\d]|GlobalColor\.(?!transparent|white)",
    "a style sheet in a page": r"\.setStyleSheet\(",
    "a font of its own": r"\bQFont\((?!theme)",
    "marked-up text": r"TextFormat\.(RichText|AutoText|MarkdownText)",
    "a nested event loop": r"\.exec\(\)|processEvents|QEventLoop",
}


def _name(path: Path) -> str:
    return str(path.relative_to(UI))


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_pages_take_their_look_from_the_theme(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text)]
    assert found == []


def test_only_the_theme_reads_the_tokens() -> None:
    readers = [_name(path) for path in FILES if 'tokens.json"' in path.read_text(encoding="utf-8")]
    assert readers == ["theme.py"]


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_pages_show_text_with_our_labels(path: Path) -> None:
    """A bare QLabel or QPushButton guesses markup and misses role, ring and accessible name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {call.id for call in calls if isinstance(call, ast.Name)}
    assert names & {"QLabel", "QPushButton", "QToolButton", "QLineEdit", "QMessageBox"} == set()


def _undocumented(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
            continue
        for part in node.body:
            if not isinstance(part, ast.FunctionDef) or part.name.startswith("_"):
                continue
            override = re.search(r"[A-Z]", part.name) or part.name == "event"
            if not override and ast.get_docstring(part) is None:
                found.append(f"{node.name}.{part.name}")
    return found


# Methods that a base class of ours documents.
INHERITED = {"title", "open", "refresh", "can_leave", "on_lock", "value", "set_value", "set_error"}


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_public_methods_have_a_docstring(path: Path) -> None:
    missing = [name for name in _undocumented(path) if name.split(".")[1] not in INHERITED]
    assert [name for name in missing if not _is_qt_override(name)] == []


def _is_qt_override(name: str) -> bool:
    return name.split(".")[1] in {"paint", "count", "data", "clone", "done", "accept", "reject"}
