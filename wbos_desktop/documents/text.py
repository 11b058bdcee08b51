"""User text before it goes into any document: composed, without characters that harm a file."""

from __future__ import annotations

import unicodedata


def clean(text: str) -> str:
    """Composed, without control, format and surrogate characters; newlines stay.

    What is typed by a user can hold NUL, bidi overrides or half an emoji: none may reach a file.
    """
    if text.isprintable() and (text.isascii() or unicodedata.is_normalized("NFC", text)):
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_kept(char) for char in text)


def _kept(char: str) -> str:
    if char in "\n\u00a0" or char.isprintable():
        return char
    category = unicodedata.category(char)
    if category.startswith("Z") or char == "\t":
        return " "
    # Unassigned now may be a new sign later: shown as '?', unless it never can be one.
    return "?" if category == "Cn" and ord(char) & 0xFFFE != 0xFFFE else ""
