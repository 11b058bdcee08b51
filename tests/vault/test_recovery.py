"""The recovery code: read back in any way a person may write it."""

from __future__ import annotations

import pytest

from wbos_desktop.errors import Invalid
from wbos_desktop.vault.recovery import new_code, parse_code


def test_form():
    code = new_code()
    groups = code.text.split("-")
    assert [len(group) for group in groups] == [4] * 7
    assert not set(code.characters) & set("ILOU")
    assert len({new_code().characters for _ in range(50)}) == 50


@pytest.mark.parametrize(
    "write",
    [
        lambda text: text,
        str.lower,
        lambda text: text.replace("-", ""),
        lambda text: text.replace("-", " "),
        lambda text: f"  {text.replace('-', ' – ')}\n",
        lambda text: text.replace("0", "o").replace("1", "l"),
        lambda text: text.replace("0", "O").replace("1", "I"),
        lambda text: text.replace("-", "\u00a0"),
    ],
)
def test_ways_of_writing(write):
    for _ in range(20):
        code = new_code()
        assert parse_code(write(code.text)) == code
        assert code.matches(write(code.text))


def test_one_wrong_character_is_noticed():
    code = new_code()
    missed = 0
    for place in range(28):
        swapped = "7" if code.characters[place] != "7" else "8"
        typed = code.characters[:place] + swapped + code.characters[place + 1 :]
        assert not code.matches(typed)
        try:
            parse_code(typed)
            missed += 1
        except Invalid:
            pass
    assert missed <= 1  # ten check bits: one in a thousand slips through


@pytest.mark.parametrize("typed", ["", "ABC", "U" * 28, "!" * 28, "é" * 28, "0" * 27, "0" * 29])
def test_what_is_no_code(typed):
    with pytest.raises(Invalid) as caught:
        parse_code(typed)
    assert list(caught.value.fields) == ["recovery_code"]


def test_it_does_not_show_itself():
    code = new_code()
    assert code.characters not in repr(code)
