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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

SETTINGS = ("initials", "first", "full")

_GIVEN, _FAMILY = 3, 2
"""Letters of a name that a code shows at most; then a number tells two pupils apart."""

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

_WORD = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[\s.'-]{1,3}")

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


class OnlyOne(Names):
    """For a document about one person: that name stays, everybody else is called `other`."""

    def __init__(
        self, people: Iterable[Person], subject: int, other: str, keep: Iterable[str] = ()
    ) -> None:
        super().__init__(people, "full", keep)
        shown = {person.key: other for person in self._people} | {subject: ""}
        self._codes = {person.key: shown[person.key] or person.full_name for person in self._people}
        self._finder = _Finder(self._people, shown, keep, True)


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
    for length in range(least, max(min(len(given), _GIVEN + 1), least + 1)):
        if counts.given[fold(given[:length])] <= 1:
            return f"{given[:length].strip()}."
    if not person.family_name:
        return f"{given[:least]}."
    return f"{given[:least]}. {_surname_prefix(person, fold(given[:least]), counts)}"


def _surname_prefix(person: Person, first: str, counts: _Counts) -> str:
    family = unicodedata.normalize("NFC", person.family_name)
    for length in range(1, min(len(family), _FAMILY + 1)):
        if counts.both[first, fold(family[:length])] <= 1:
            return f"{family[:length].strip()}."
    return f"{family[:1]}."


@dataclass(frozen=True)
class _Entry:
    """A way to write a pupil: its words, and who is meant (several who share a name)."""

    words: tuple[str, ...]
    kind: str
    codes: tuple[str, ...]


class _Finder:
    """Finds names in folded text, word by word, and puts the codes into the original."""

    def __init__(
        self,
        people: Sequence[Person],
        codes: dict[int, str],
        keep: Iterable[str],
        first: bool,
        ways: Callable[[Person], Iterator[tuple[str, str]]] | None = None,
    ) -> None:
        self._first = first
        found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for person in people:
            for kind, text in (ways or _ways)(person):
                if words := tuple(_WORD.findall(text)):
                    found.setdefault((kind, words), []).append(codes[person.key])
        for name in keep:
            if len(words := tuple(_WORD.findall(fold(name)))) > 1:
                found[("whole", words)] = []
        self._by_words: dict[tuple[str, ...], list[_Entry]] = {}
        order = ("whole", "given", "family")
        for (kind, words), who in sorted(
            found.items(), key=lambda item: (-len(item[0][1]), order.index(item[0][0]))
        ):
            self._by_words.setdefault(words[:2], []).append(_Entry(words, kind, tuple(who)))
        self._stems = tuple({w[0] for kind, w in found if kind == "given" and len(w[0]) >= 4})

    def replace(self, text: str, check: set[str]) -> str:
        """The text with codes; words that look like names go into `check`."""
        folded, at = _folded(text)
        words = list(_WORD.finditer(folded))
        parts: list[str] = []
        position = index = 0
        while index < len(words):
            hit = self._hit(folded, words, index)
            if hit is None:
                self._note(words[index][0], check)
                index += 1
                continue
            start = words[index].start()
            last = words[index + len(hit.entry.words) - 1]
            ending = len(last[0]) - len(hit.entry.words[-1])
            typed = text[at[start] : at[last.end() - ending]]
            code = self._code(hit.entry, typed, folded[max(0, start - 12) : start], check)
            if code is None:
                index += 1
                continue
            if code:
                parts += [text[position : at[start]], code, "’s" if hit.possessive else ""]
                position = at[hit.end]
            index += hit.count
        parts.append(text[position:])
        result = "".join(parts)
        return result if ".." in text else result.replace("..", ".")

    def _hit(self, folded: str, words: Sequence[re.Match[str]], index: int) -> _Hit | None:
        word = words[index][0]
        after = words[index + 1][0] if index + 1 < len(words) else ""
        keys: list[tuple[str, ...]] = [(word, after), (word, after[:-1]), (word,), (word[:-1],)]
        for key in keys:
            for entry in self._by_words.get(key, ()):
                if hit := _match(entry, folded, words, index):
                    return hit
        return None

    def _code(self, entry: _Entry, typed: str, before: str, check: set[str]) -> str | None:
        """'' for a name that is kept, None for words that are no name here."""
        if not entry.codes:
            return ""
        if entry.kind == "whole":
            return "" if "" in entry.codes else entry.codes[0]
        if entry.kind == "given":
            if typed.islower() and fold(typed) in _WORDS:
                check.add(typed)
                return None
            return self._shared(entry.codes, typed)
        family = typed.split()[-1]
        if not family[:1].isupper() or (_words(before) or [""])[-1] in _TITLES:
            return None
        return self._shared(entry.codes, f"{family[:1]}.")

    def _shared(self, codes: Sequence[str], typed: str) -> str:
        if len(set(codes)) == 1:
            return codes[0]
        if "" in codes:  # one of those who share it keeps the name
            return ""
        return typed if self._first or typed.endswith(".") else f"{typed[: _least(typed)]}."

    def _note(self, word: str, check: set[str]) -> None:
        if len(word) >= 6 and word.endswith(("je", "ie", "ke")) and word.startswith(self._stems):
            check.add(word)


@dataclass(frozen=True)
class _Hit:
    """A name in a text: `count` words of it, up to `end` in the folded text."""

    entry: _Entry
    count: int
    end: int
    possessive: bool


def _ways(person: Person) -> Iterator[tuple[str, str]]:
    given, prefix, family = (
        fold(part.strip()) for part in (person.given_name, person.name_prefix, person.family_name)
    )
    if given and family:
        for first in (given, given[0]):
            yield "whole", f"{first} {prefix} {family}"
            if prefix:
                yield "whole", f"{first} {family}"
    if len(given) >= 2:
        yield "given", given
        first_part = _words(given)[0] if _words(given) else ""
        if first_part != given and len(first_part) >= 3:
            yield "given", first_part
    if len(family) >= 2:
        yield "family", f"{prefix} {family}"
        if prefix:
            yield "family", family


def _full_ways(person: Person) -> Iterator[tuple[str, str]]:
    """Given and family name together, with or without the prefix; nothing shorter."""
    given, family = fold(person.given_name.strip()), fold(person.family_name.strip())
    if given and family:
        yield "whole", f"{given} {fold(person.name_prefix.strip())} {family}"
        if person.name_prefix:
            yield "whole", f"{given} {family}"


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _match(entry: _Entry, folded: str, words: Sequence[re.Match[str]], index: int) -> _Hit | None:
    """The entry at this word; a space, dot, hyphen or apostrophe between, the last may end in s."""
    count = len(entry.words)
    if index + count > len(words):
        return None
    for offset, wanted in enumerate(entry.words):
        found = words[index + offset]
        last = offset == count - 1
        if found[0] != wanted and not (last and found[0] == f"{wanted}s"):
            return None
        if offset and not _GAP.fullmatch(folded[words[index + offset - 1].end() : found.start()]):
            return None
    last_word = words[index + count - 1]
    return _with_ending(entry, folded, last_word, words[index].start())


def _with_ending(entry: _Entry, folded: str, last: re.Match[str], start: int) -> _Hit:
    """Whether a possessive follows: Daans, Daan's, Sems', Lucas'."""
    count, end = len(entry.words), last.end()
    possessive = last[0] != entry.words[-1]
    tail = folded[end : end + 3]
    if tail[:2] == "'s" and not tail[2:].isalnum():
        return _Hit(entry, count + 1, end + 2, True)
    quoted = folded[max(0, start - 1) : start] == "'"
    if tail[:1] == "'" and not tail[1:2].isalnum() and last[0][-1] in "sxz" and not quoted:
        return _Hit(entry, count, end + 1, True)
    return _Hit(entry, count, end, possessive)


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


class NameEraser:
    """Takes the names of some pupils out of text for good; others keep theirs.

    A name that is shared with somebody who stays is left. With `full` only given and family name
    together count. `replacement` may not be empty.
    """

    def __init__(
        self,
        erased: Iterable[Person],
        others: Iterable[Person],
        replacement: str,
        *,
        full: bool = False,
    ) -> None:
        going = {person.key: person for person in erased}
        staying = {person.key: person for person in others if person.key not in going}
        codes = dict.fromkeys(going, replacement) | dict.fromkeys(staying, "")
        people = [*going.values(), *staying.values()]
        self._finder = _Finder(people, codes, (), True, _full_ways if full else None)
        self._check: set[str] = set()

    def text(self, text: str) -> str:
        """The text without the names."""
        if not text:
            return text
        return self._finder.replace(unicodedata.normalize("NFC", text), self._check)

    @property
    def to_check(self) -> tuple[str, ...]:
        """Words met so far that may still be a name."""
        return tuple(sorted(self._check))


class NameFinder:
    """Tells who of many people is named in a text; takes time with the text, not the people."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._full: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        self._given: dict[str, list[int]] = {}
        for person in people:
            for _kind, text in _full_ways(person):
                words = tuple(_WORD.findall(text))
                self._full.setdefault(words[0], []).append((words, person.key))
            given = _WORD.findall(fold(person.given_name))
            if given and len(given[0]) > 1:
                self._given.setdefault(given[0], []).append(person.key)
        first = {*self._full, *self._given}
        self._known = first | {f"{word}s" for word in first}

    def find(self, text: str) -> tuple[set[int], set[int]]:
        """Keys of who is named in full, and of whose given name stands there."""
        words = _WORD.findall(text.lower() if text.isascii() else fold(text))
        full: set[int] = set()
        given: set[int] = set()
        if self._known.isdisjoint(words):
            return full, given
        for index, word in enumerate(words):
            for form in (word, word[:-1]) if word.endswith("s") else (word,):
                given.update(self._given.get(form, ()))
                for wanted, key in self._full.get(form, ()):
                    found = words[index + 1 : index + len(wanted)]
                    if found and _same(found, wanted[1:]):
                        full.add(key)
        return full, given


def _same(found: Sequence[str], wanted: Sequence[str]) -> bool:
    """Equal words; the last may have a possessive s."""
    if len(found) != len(wanted) or tuple(found[:-1]) != tuple(wanted[:-1]):
        return False
    return found[-1] in (wanted[-1], f"{wanted[-1]}s")
