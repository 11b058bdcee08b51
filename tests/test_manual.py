"""The manual is readable, uses the words of the design guide, and its proofs exist."""

from __future__ import annotations

import re
import sys
import tomllib
from functools import cache
from pathlib import Path
from statistics import mean

import pytest

from tests.helpers import texts
from wbos_desktop import paths
from wbos_desktop.ui.manual import chapters

TESTS = Path(__file__).parent
MANUAL = TESTS.parent / "resources" / "manual" / "handleiding.md"
FORBIDDEN = re.compile(
    r"\b(u|uw|dient|middels|betreffende|invalide|succesvol|error|dader|slachtoffer|ster|sterren"
    r"|groepsprofielen|vergadering|importeren|verwijderen)\b|weet je het zeker|!",
    re.IGNORECASE,
)


@cache
def sentences() -> tuple[str, ...]:
    """Sentences of running text and lists; rows of tables and names of tests are none."""
    text = MANUAL.read_text("utf-8")
    text = re.sub(r"<!--.*?-->|`[^`]*`|\*\*|\bTest:.*", "", text)
    lines = [line for line in text.splitlines() if line.strip() and line[0] not in "#|"]
    found = []
    for line in lines:
        plain = re.sub(r"^\s*(?:-|\d+\.)\s+", "", line)
        found += [part for part in re.split(r"(?<=[.?])\s+", plain) if part.strip(" .,")]
    return tuple(found)


def test_sentences_are_short() -> None:
    lengths = {sentence: len(sentence.split()) for sentence in sentences()}
    assert {s: n for s, n in lengths.items() if n > 18} == {}
    assert mean(lengths.values()) <= 11


def test_few_sentences_pass_fifteen_words() -> None:
    long = [s for s in sentences() if len(s.split()) > 15]
    assert len(long) <= len(sentences()) // 50, long


def test_words_that_the_guide_forbids_are_not_used() -> None:
    assert [s for s in sentences() if FORBIDDEN.search(s)] == []


def test_every_named_test_exists() -> None:
    safe = chapters()["safe"].text
    lines = safe.partition("### Voor de ICT")[2].splitlines()
    claims = [line for line in lines if line.startswith("- ")]
    assert len(claims) > 15
    assert [line for line in claims if "`test_" not in line] == []
    named = set(re.findall(r"`(test_\w+)`", safe))
    code = "\n".join(path.read_text("utf-8") for path in TESTS.rglob("test_*.py"))
    assert named - set(re.findall(r"^def (test_\w+)", code, re.MULTILINE)) == set()


def test_no_address_and_no_markup_that_loads() -> None:
    text = MANUAL.read_text("utf-8")
    assert re.findall(r"https?:|www\.|\]\(|!\[|<(?!!-- [a-z]+ -->)", text) == []


def test_norms_and_catalogue_agree() -> None:
    """'Negen belastende (A tot I), vier helpende (J tot M)' is what the catalogue has."""
    norms = tomllib.loads(paths.resource("catalogues", "norms.toml").read_text("utf-8"))["norms"]
    kinds = {norm["code"]: norm["kind"] for norm in norms}
    assert "".join(code for code in kinds if kinds[code] == "burdening") == "ABCDEFGHI"
    assert "".join(code for code in kinds if kinds[code] == "prosocial") == "JKLM"


def test_buttons_in_the_manual_are_those_of_the_program() -> None:
    """What is bold is a word on the screen, in Dutch."""
    shown: set[str] = set()
    for message in texts.dutch():
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        shown |= {string.rstrip("…").casefold() for string in strings if string}
    bold = re.findall(r"\*\*(.+?)\*\*", MANUAL.read_text("utf-8"))
    known = "\n".join(shown)
    assert [word for word in bold if word.casefold() not in known] == []


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [
        ("win32", "LOCALAPPDATA", ("WBOS", "vault")),
        ("linux", "XDG_DATA_HOME", ("WBOS", "vault")),
    ],
)
def test_vault_is_where_the_manual_says(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    platform: str,
    variable: str,
    expected: tuple[str, str],
) -> None:
    monkeypatch.delenv("WBOS_DATA_DIR", raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    assert paths.default_vault() == tmp_path.joinpath(*expected)
    said = {"win32": r"%LOCALAPPDATA%\WBOS\vault", "linux": "~/.local/share/WBOS/vault"}
    assert said[platform] in chapters()["safe"].text
