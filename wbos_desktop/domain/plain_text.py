"""What may stand in a text, and how much of it. Nothing is ever cut without a word."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wbos_desktop.errors import Invalid
from wbos_desktop.i18n import _, language

TEXT_LIMIT = 50_000  # safety.md F-66: a report of this size still prints in seconds
LINE_LIMIT = 200
COUNT_FROM = 0.9  # from this share of the limit on a field shows its counter

# Control characters but tab and new line, bidi overrides, half emoji and what never is a sign.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def clean(text: str) -> str:
    """The text without the characters that no file or list can show."""
    return _HARMFUL.sub("", text.replace("\r\n", "\n"))


def number(n: int) -> str:
    """'50.000' in Dutch, '50,000' in English."""
    shown = f"{n:,}"
    return shown.replace(",", ".") if language() == "nl" else shown


def too_long(text: str, limit: int = TEXT_LIMIT) -> str:
    """The sentence that a text is longer than `limit` characters; "" when it fits."""
    if len(text) <= limit:
        return ""
    return _("At most {limit} characters fit here; there are {n}.").format(
        limit=number(limit), n=number(len(text))
    )


def check_lengths(texts: Mapping[str, tuple[str, int]]) -> None:
    """Raise Invalid for each attribute whose text is longer than its limit."""
    wrong = {key: too_long(text, limit) for key, (text, limit) in texts.items()}
    if wrong := {key: sentence for key, sentence in wrong.items() if sentence}:
        raise Invalid(wrong)
