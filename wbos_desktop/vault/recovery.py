"""The recovery code: the second way in, made by chance and written on paper."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from wbos_desktop.errors import Invalid
from wbos_desktop.i18n import _

# Crockford's base 32: no I, L, O and U, so that a handwritten code reads one way only
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM = 26  # 130 bits
_CHECK = 2
_GROUP = 4
_SAME = str.maketrans({"O": "0", "I": "1", "L": "1"})
_IGNORED = " -–—._\t\r\n\u00a0"


@dataclass(frozen=True)
class RecoveryCode:
    """28 characters: 26 random ones (130 bits) and 2 that catch typing mistakes."""

    characters: str

    def __repr__(self) -> str:
        return "RecoveryCode(...)"

    @property
    def text(self) -> str:
        """As shown and printed: 'ABCD-EFGH-...', seven groups of four."""
        starts = range(0, len(self.characters), _GROUP)
        return "-".join(self.characters[start : start + _GROUP] for start in starts)

    def matches(self, retyped: str) -> bool:
        """True if somebody typed this code, in any case and grouping, O for 0 and I for 1."""
        return hmac.compare_digest(_plain(retyped).encode(), self.characters.encode())


def new_code() -> RecoveryCode:
    """A code that nobody ever had."""
    random = "".join(secrets.choice(_ALPHABET) for _place in range(_RANDOM))
    return RecoveryCode(random + _check(random))


def parse_code(typed: str) -> RecoveryCode:
    """The code somebody typed. Raises Invalid({"recovery_code": what to look at})."""
    plain = _plain(typed)
    if wrong := sorted({character for character in plain if character not in _ALPHABET}):
        raise Invalid(
            {
                "recovery_code": _("A recovery code has no {character}. Look again.").format(
                    character=wrong[0]
                )
            }
        )
    if len(plain) != _RANDOM + _CHECK:
        raise Invalid(
            {
                "recovery_code": _(
                    "A recovery code has {total} letters and digits. You typed {typed}."
                ).format(total=_RANDOM + _CHECK, typed=len(plain))
            }
        )
    if _check(plain[:_RANDOM]) != plain[_RANDOM:]:
        raise Invalid({"recovery_code": _("One or more characters are not right. Look again.")})
    return RecoveryCode(plain)


def _plain(typed: str) -> str:
    kept = "".join(character for character in typed.upper() if character not in _IGNORED)
    return kept.translate(_SAME)


def _check(random: str) -> str:
    digest = hashlib.sha256(b"wbos recovery code" + random.encode()).digest()
    number = int.from_bytes(digest[:2], "big")
    return _ALPHABET[number >> 11] + _ALPHABET[(number >> 6) & 31]
