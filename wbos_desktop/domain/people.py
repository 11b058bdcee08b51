"""Names of people, and what lists and forms show of pupils and staff."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass, field

from wbos_desktop.errors import Invalid
from wbos_desktop.i18n import _

NAME_LIMIT = 200

# Prefixes of Dutch family names that may stand apart; longer ones are found first.
_PREFIX_WORDS = frozenset(
    {"van", "de", "der", "den", "het", "'t", "’t", "'s", "in", "op", "te", "ter", "ten", "tot"}
    | {"el", "al", "la", "le", "du", "des", "di", "da", "dos", "von", "zu", "zur", "bij", "aan"}
    | {"onder", "over", "uit", "voor", "ben", "bin", "ibn", "abu"}
)

# Letters that decomposition leaves whole.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})


def fold(text: str) -> str:
    """Text to sort and compare on: lower case, without accents, single spaces."""
    if not text.isprintable():
        text = clean(text)
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(kept.split())


def clean(text: str) -> str:
    """Text as it may enter the vault: NFC, one line, no control, bidi or half characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = (
        letter if unicodedata.category(letter) not in {"Cc", "Cs", "Zl", "Zp"} else " "
        for letter in unicodedata.normalize("NFC", text)
        if not ("\u202a" <= letter <= "\u202e" or "\u2066" <= letter <= "\u2069")
        if letter not in "\ufffe\uffff"
    )
    return " ".join("".join(kept).split())


def display_name(given_name: str, name_prefix: str, family_name: str) -> str:
    """'Daan van der Berg': empty parts are left out."""
    return " ".join(part for part in (given_name, name_prefix, family_name) if part)


def sort_name(given_name: str, family_name: str) -> str:
    """What lists sort on: family name without prefix, then given name."""
    return fold(f"{family_name or given_name} {given_name if family_name else ''}")


def split_prefix(family: str) -> tuple[str, str]:
    """('van der', 'Berg') for 'van der Berg'; only lower-case words count as a prefix."""
    words = family.split()
    at = 0
    while at < len(words) - 1 and words[at] in _PREFIX_WORDS:
        at += 1
    return " ".join(words[:at]), " ".join(words[at:])


def split_name(text: str) -> tuple[str, str, str]:
    """Given name, prefix, family name of a name in one column.

    Reads 'Berg, Daan van der', 'Berg, van der, Daan', 'van der Berg, Daan' and
    'Daan van der Berg'. A single word is a given name.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) >= 3 and all(word in _PREFIX_WORDS for word in parts[1].split()):
        return parts[2], parts[1], parts[0]
    if len(parts) >= 2:
        words = parts[1].split()
        at = len(words)
        while at > 1 and words[at - 1] in _PREFIX_WORDS:
            at -= 1
        given, tail = " ".join(words[:at]), " ".join(words[at:])
        prefix, family = split_prefix(parts[0])
        return given, " ".join(part for part in (tail, prefix) if part), family
    words = (parts[0] if parts else "").split()
    if len(words) <= 1:
        return " ".join(words), "", ""
    prefix, family = split_prefix(" ".join(words[1:]))
    return words[0], prefix, family


def initials(given_name: str, name_prefix: str, family_name: str) -> str:
    """'DB' for Daan van der Berg: what an avatar shows."""
    letters = [part[0] for part in (given_name, family_name) if part]
    return "".join(letters).upper() or "?"


@dataclass(frozen=True)
class PupilRow:
    """A pupil in a list; `groups` names the groups he or she is in now, base group first.

    `keep_until` is the day from which a pupil who left may be erased.
    """

    id: int
    name: str
    pupil_number: str
    birth_date: dt.date | None
    groups: tuple[str, ...]
    left_on: dt.date | None
    keep_until: dt.date | None = None


@dataclass(frozen=True)
class PupilDraft:
    """A pupil in a form; id is None for a new one."""

    id: int | None = None
    version: int = 0
    given_name: str = ""
    name_prefix: str = ""
    family_name: str = ""
    pupil_number: str = ""
    birth_date: dt.date | None = None
    enrolled_on: dt.date | None = None
    left_on: dt.date | None = None

    def check(self) -> None:
        """Raise Invalid when no name is left or the dates contradict each other."""
        fields = _name_faults(self.given_name, self.family_name)
        if self.left_on and self.birth_date and self.left_on < self.birth_date:
            fields["left_on"] = _("This day is before the day of birth.")
        if fields:
            raise Invalid(fields)


@dataclass(frozen=True)
class PupilQuery:
    """Which pupils: text in name or number, group id, and who left when `left` is True."""

    text: str = ""
    group_id: int | None = None
    left: bool = False


@dataclass(frozen=True)
class StaffRow:
    """Somebody of the school in a list; `roles` are role codes that hold today.

    `user_role` is empty for who can't unlock the vault.
    """

    id: int
    name: str
    code: str
    email: str
    active: bool
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    user_role: str = ""


@dataclass(frozen=True)
class StaffDraft:
    """A staff member in a form with the role codes held today; id is None for a new one."""

    id: int | None = None
    version: int = 0
    given_name: str = ""
    name_prefix: str = ""
    family_name: str = ""
    code: str = ""
    email: str = ""
    active: bool = True
    roles: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise Invalid when no name is left or the e-mail address can't be one."""
        fields = _name_faults(self.given_name, self.family_name)
        if self.email and "@" not in self.email[1:-1]:
            fields["email"] = _("This is not an e-mail address yet.")
        if fields:
            raise Invalid(fields)


@dataclass(frozen=True)
class StaffQuery:
    """Which staff: text in name, code or role held today; everybody when `inactive` is True."""

    text: str = ""
    role: str = ""
    inactive: bool = False


@dataclass(frozen=True)
class Role:
    """A role of the catalogue in the words of the school's sector."""

    code: str
    title: str
    plural: str
    duty: str = field(default="", repr=False)


def _name_faults(given_name: str, family_name: str) -> dict[str, str]:
    if not (given_name.strip() or family_name.strip()):
        return {"given_name": _("Fill in a given name or a family name.")}
    if len(given_name) > NAME_LIMIT or len(family_name) > NAME_LIMIT:
        return {"family_name": _("A name has at most {n} characters.").format(n=NAME_LIMIT)}
    return {}
