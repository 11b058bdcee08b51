"""Names in documents: full, first name, or initials, the same in every line of one document.

The short code of a pupil is the shortest prefix of the given name that is unique in the document
(D., Fe., Fi.), then with letters of the family name, then with a number (product.md section 7).
`Names.text` shortens the same pupils inside text typed by users; texts that ship with the program
never pass through it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

SETTINGS = ("initials", "first", "full")

_SPECIAL = {
    "ł": "l", "đ": "d", "ø": "o", "ı": "i", "ħ": "h", "ŧ": "t", "ß": "ss", "æ": "ae", "œ": "oe",
    "þ": "th", "ð": "d", "’": "'", "‘": "'", "ʼ": "'", "´": "'", "‐": "-", "‑": "-", "\u00a0": " ",
}  # fmt: skip

_WORDS = frozenset((
    "an", "april", "augustus", "beer", "ben", "bloem", "bo", "dag", "dauw", "don", "fee", "fleur",
    "hoop", "iris", "jade", "joy", "juli", "juni", "lente", "lief", "linde", "maan", "madelief",
    "mees", "mei", "merel", "nova", "puck", "rein", "rik", "roos", "sam", "sol", "sterre", "storm",
    "sun", "valk", "vos", "wil", "wolf", "zee", "zon",
))  # fmt: skip
"""Given names that are words too: in lower case they stay, and go on the list to check."""

_TITLES = ("mevrouw", "meneer", "mevr", "mw", "dhr", "juf", "meester", "docent", "mentor", "heer")


def fold(text: str) -> str:
    """Lower case without accents: the form in which names are compared."""
    return "".join(_fold_char(char) for char in unicodedata.normalize("NFC", text))


def _fold_char(char: str) -> str:
    lowered = char.lower()
    if lowered.isascii():
        return lowered
    if special := _SPECIAL.get(lowered):
        return special
    return "".join(
        _SPECIAL.get(part, part)
        for part in unicodedata.normalize("NFKD", lowered)
        if not unicodedata.combining(part)
    )


@dataclass(frozen=True)
class Person:
    """A pupil as a document knows one; `key` is the pupil's id."""

    key: int
    given_name: str
    name_prefix: str = ""
    family_name: str = ""

    @property
    def full_name(self) -> str:
        """Given name, prefix and family name, whichever are there."""
        return " ".join(p for p in (self.given_name, self.name_prefix, self.family_name) if p)


class Names:
    """How every pupil of one document is called in it.

    `people` are all pupils of the groups the document is about, so that codes stay unique and
    free text is shortened for classmates too. `keep` are names of staff that must stay whole.
    """

    def __init__(
        self, people: Iterable[Person], setting: str = "initials", keep: Iterable[str] = ()
    ) -> None:
        if setting not in SETTINGS:
            raise ValueError(setting)
        self.setting = setting
        unique = {person.key: person for person in people}
        self._people = sorted(
            unique.values(), key=lambda p: (fold(p.given_name), fold(p.family_name), p.key)
        )
        self._codes = _codes(self._people, setting)
        self._check: set[str] = set()
        self._finder = None
        if setting != "full":
            self._finder = _Finder(self._people, self._codes, keep, setting == "first")

    def name(self, key: int | None) -> str:
        """The name of one pupil in this document; '' for a pupil it does not know."""
        return self._codes.get(key, "") if key is not None else ""

    def text(self, text: str) -> str:
        """Text typed by a user, with the document's pupils called as everywhere in it."""
        if not text or self._finder is None:
            return text
        return self._finder.replace(unicodedata.normalize("NFC", text), self._check)

    @property
    def to_check(self) -> tuple[str, ...]:
        """Words met so far that may be a pupil's name but were left: for the maker to read."""
        return tuple(sorted(self._check))


class _Counts:
    """How many pupils of the document begin with each letter sequence, accents aside."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.given: Counter[str] = Counter()
        self.exact: Counter[str] = Counter()
        self.both: Counter[tuple[str, str]] = Counter()
        for person in people:
            given, family = fold(person.given_name), fold(person.family_name)
            self.exact[given] += 1
            self.given.update(given[:length] for length in range(1, len(given) + 1))
            for first in {given[:1], given[:2], given}:
                self.both.update((first, family[:length]) for length in range(1, len(family) + 1))


def _codes(people: Sequence[Person], setting: str) -> dict[int, str]:
    if setting == "full":
        return {person.key: person.full_name for person in people}
    counts = _Counts(people)
    make = _first_name if setting == "first" else _initials
    codes: dict[int, str] = {}
    taken: Counter[str] = Counter()
    for person in people:
        code = make(person, counts)
        taken[code] += 1
        codes[person.key] = code if taken[code] == 1 else f"{code} {taken[code]}"
    return codes


def _first_name(person: Person, counts: _Counts) -> str:
    given = person.given_name or person.full_name
    if counts.exact[fold(person.given_name)] < 2 or not person.family_name:
        return given
    return f"{given} {_surname_prefix(person, fold(given), counts)}"


def _least(given: str) -> int:
    return 2 if fold(given).startswith("ij") else 1


def _initials(person: Person, counts: _Counts) -> str:
    given = unicodedata.normalize("NFC", person.given_name or person.family_name)
    least = _least(given)
    for length in range(least, max(len(given), least + 1)):
        if counts.given[fold(given[:length])] <= 1:
            return f"{given[:length].strip()}."
    if not person.family_name:
        return f"{given[:least]}."
    return f"{given[:least]}. {_surname_prefix(person, fold(given[:least]), counts)}"


def _surname_prefix(person: Person, first: str, counts: _Counts) -> str:
    family = unicodedata.normalize("NFC", person.family_name)
    for length in range(1, len(family)):
        if counts.both[first, fold(family[:length])] <= 1:
            return f"{family[:length].strip()}."
    return f"{family[:1]}."


class _Finder:
    """Finds names in folded text and puts the codes back into the original."""

    def __init__(
        self, people: Sequence[Person], codes: dict[int, str], keep: Iterable[str], first: bool
    ) -> None:
        self._whole: dict[str, str | None] = {fold(name): None for name in keep if " " in name}
        self._given: dict[str, list[str]] = {}
        self._family: dict[str, list[str]] = {}
        self._first = first
        for person in people:
            self._add(person, codes[person.key])
        words = sorted({*self._whole, *self._given, *self._family}, key=len, reverse=True)
        words = [word for word in words if word]
        joined = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
        self._pattern = (
            re.compile(rf"(?<![^\W_])({joined})('s|s'|s|')?(?![^\W_])") if words else None
        )
        self._stems = tuple(name for name in self._given if len(name) >= 4)

    def _add(self, person: Person, code: str) -> None:
        given, prefix, family = (
            fold(part.strip())
            for part in (person.given_name, person.name_prefix, person.family_name)
        )
        if given and family:
            for first in (given, f"{given[0]}."):
                for middle in {prefix, ""}:
                    whole = " ".join(part for part in (first, middle, family) if part)
                    self._whole.setdefault(whole, code)
        if len(given) >= 2:
            self._given.setdefault(given, []).append(code)
            first_part = re.split(r"[\s-]", given)[0]
            if first_part != given and len(first_part) >= 3:
                self._given.setdefault(first_part, []).append(code)
        if len(family) >= 2:
            self._family.setdefault(f"{prefix} {family}".strip(), []).append(code)
            if prefix:
                self._family.setdefault(family, []).append(code)

    def replace(self, text: str, check: set[str]) -> str:
        """The text with codes; words that look like names go into `check`."""
        if self._pattern is None:
            return text
        folded, at = _folded(text)
        parts: list[str] = []
        position = 0
        for match in self._pattern.finditer(folded):
            start, end = at[match.start(1)], at[match.end(1)]
            code = self._code(re.sub(r"\s+", " ", match[1]), text[start:end], folded, match.start())
            if code is None:
                if text[start:end].islower() and match[1] in _WORDS:
                    check.add(text[start:end])
                continue
            tail = at[match.end()]
            parts += [text[position:start], code, "’s" if match[2] else ""]
            position = tail
        parts.append(text[position:])
        self._look_for_nicknames(folded, check)
        result = "".join(parts)
        return result if ".." in text else result.replace("..", ".")

    def _code(self, word: str, typed: str, folded: str, start: int) -> str | None:
        if word in self._whole:
            return self._whole[word]
        if word in self._given:
            if typed.islower() and word in _WORDS:
                return None
            return self._shared(self._given[word], typed)
        if not typed.split()[-1][:1].isupper():
            return None
        before = re.search(r"(\w+)\W*$", folded[max(0, start - 12) : start])
        if before and before[1] in _TITLES:
            return None
        return self._shared(self._family[word], f"{typed.split()[-1][:1]}.")

    def _shared(self, codes: Sequence[str], typed: str) -> str:
        if len(codes) == 1:
            return codes[0]
        return typed if self._first or typed.endswith(".") else f"{typed[: _least(typed)]}."

    def _look_for_nicknames(self, folded: str, check: set[str]) -> None:
        for word in set(re.findall(r"[^\W\d_]{6,}", folded)):
            if word.startswith(self._stems) and word.endswith(("je", "ie", "ke", "tje")):
                check.add(word)


def _folded(text: str) -> tuple[str, Sequence[int]]:
    if text.isascii():
        return text.lower(), range(len(text) + 1)
    chars: list[str] = []
    at: list[int] = []
    for index, char in enumerate(text):
        for part in _fold_char(char):
            chars.append(part)
            at.append(index)
    at.append(len(text))
    return "".join(chars), at


def masker(names: Names) -> Callable[[str | None], str]:
    """A short-hand for report builders: None and '' give ''."""
    return lambda text: names.text(text or "")
