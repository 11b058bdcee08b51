"""Rules for a new passphrase: length and a block list, no rules on kinds of characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from wbos_desktop import paths
from wbos_desktop.errors import Invalid
from wbos_desktop.i18n import _

MIN_LENGTH = 12
MAX_LENGTH = 1000
_MIN_DIFFERENT = 5
_LONGEST_REPEAT = 6
_LEFT_BESIDE_A_NAME = 6
_LOOKALIKES = str.maketrans("013457@$", "oieastas")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "azertyuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "zxcvbnm",
)


def check_passphrase(passphrase: str, known_names: Iterable[str] = ()) -> None:
    """Refuse a passphrase that is too easy to guess.

    `known_names` are the school's and the user's names, which a guesser tries first.
    Raises Invalid({"passphrase": what to do}).
    """
    if problem := passphrase_problem(passphrase, known_names):
        raise Invalid({"passphrase": problem})


def passphrase_problem(passphrase: str, known_names: Iterable[str] = ()) -> str:
    """What is wrong with it, in one sentence; empty when it is good."""
    text = unicodedata.normalize("NFC", passphrase)
    if "\x00" in text or any(unicodedata.category(character) == "Cs" for character in text):
        return _("A character in this password can't be used. Type it by hand.")
    if len(text) < MIN_LENGTH:
        return _("Use at least {n} characters. Four words in a row work well.").format(n=MIN_LENGTH)
    if len(text) > MAX_LENGTH:
        return _("Use at most {n} characters.").format(n=MAX_LENGTH)
    plain = _plain(text)
    if _is_pattern(text) or _is_pattern(plain):
        return _("This is a pattern that is easy to guess. Choose words that only you combine.")
    lookalike = _plain(text.rstrip("0123456789 !?.-").translate(_LOOKALIKES))
    if _is_made_of_blocked_words(plain) or _is_made_of_blocked_words(lookalike):
        return _("Many people use this password. Choose words that only you combine.")
    if _is_mostly_a_name(plain, known_names):
        return _("Others can guess a name. Choose words that have nothing to do with the school.")
    return ""


def _plain(text: str) -> str:
    """Letters and digits only, without accents and case."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in bare if character.isalnum())


def _is_pattern(text: str) -> bool:
    folded = text.casefold()
    if len(set(folded)) < _MIN_DIFFERENT:
        return True
    for length in range(1, min(_LONGEST_REPEAT, len(folded) // 2) + 1):
        repeated = folded[:length] * (len(folded) // length + 1)
        if repeated.startswith(folded):
            return True
    return _runs_left_out(folded) < _MIN_DIFFERENT


def _runs_left_out(folded: str) -> int:
    """How many characters are in no run of four or more along an alphabet or keyboard row."""
    left, position = 0, 0
    while position < len(folded):
        length = max(_run_length(folded[position:], row) for row in _ROWS)
        backward = max(_run_length(folded[position:], row[::-1]) for row in _ROWS)
        longest = max(length, backward)
        if longest >= 4:
            position += longest
        else:
            left += 1
            position += 1
    return left


def _run_length(text: str, row: str) -> int:
    start = row.find(text[0])
    if start < 0:
        return 0
    length = 0
    while length < min(len(text), len(row) - start) and text[length] == row[start + length]:
        length += 1
    return length


def _is_made_of_blocked_words(plain: str) -> bool:
    """True for a blocked word or up to three of them in a row, with digits around."""
    bare = plain.strip("0123456789")
    ends = plain.rstrip("0123456789")
    forms = {plain, bare, ends.translate(_LOOKALIKES)}
    return any(form == "" or _splits(form, 3) for form in forms)


def _splits(text: str, parts: int) -> bool:
    words = _blocked()
    if text in words:
        return True
    if parts == 1:
        return False
    return any(
        text[:cut] in words and _splits(text[cut:].lstrip("0123456789") or text[:cut], parts - 1)
        for cut in range(1, len(text) + 1)
    )


def _is_mostly_a_name(plain: str, known_names: Iterable[str]) -> bool:
    left = plain
    for name in known_names:
        for word in (_plain(name), *(_plain(word) for word in name.split())):
            if len(word) >= 4:
                left = left.replace(word, "")
    return left != plain and len(left) < _LEFT_BESIDE_A_NAME


@lru_cache(maxsize=1)
def _blocked() -> frozenset[str]:
    lines = paths.resource_bytes("passphrases", "blocked.txt").decode("utf-8").splitlines()
    return frozenset(_plain(line) for line in lines if line and not line.startswith("#"))
