"""The audit trail for people: which lines to show, what actions are called, and its report."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from wbos_desktop.i18n import _, ngettext

from .reports import ExportOptions, Masthead

GROUPS: dict[str, tuple[str, ...]] = {
    "view": ("view",),
    "search": ("search",),
    "change": ("insert", "update", "delete", "link", "unlink", "restore"),
    "export": ("export", "print"),
    "purge": ("purge", "hold"),
    "rights": ("access", "rekey"),
    "unlock": ("unlock", "unlock_by_code", "wrong_tries"),
    "vault": (
        *("backup", "restore_drill", "restore_backup", "hand_over", "main_copy"),
        *("salvage", "accept_older", "check", "clock"),
    ),
}
"""What a filter offers, and the actions in it."""


@dataclass(frozen=True)
class AuditQuery:
    """Which lines: both days included; empty does not filter. `action` is a code of GROUPS.

    `pupil_id` or `case_id`: every line that is about that pupil or case.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    user_id: int | None = None
    action: str = ""
    pupil_id: int | None = None
    case_id: int | None = None


@dataclass(frozen=True)
class AuditRow:
    """One line to show. `kind` and `number` are without names; `name` is for the window only."""

    seq: int
    at: dt.datetime
    who: str
    code: str
    action: str
    kind: str
    number: str
    name: str = ""


@dataclass(frozen=True)
class AuditCount:
    """How often one user (by code) did one thing."""

    code: str
    action: str
    n: int


@dataclass(frozen=True)
class AuditReport:
    """The report for the privacy officer: no names in it.

    `head` is the MAC of line `last` as hex in groups: whoever keeps the paper can prove later
    that nothing before it was changed. `problems` are sentences; empty when the chain holds.
    """

    masthead: Masthead
    subject: str
    facts: tuple[tuple[str, str], ...]
    counts: tuple[AuditCount, ...]
    rows: tuple[AuditRow, ...]
    last: int
    head: str
    problems: tuple[str, ...]
    table: str
    record_id: int | None
    options: ExportOptions = field(default_factory=ExportOptions)


def action_text(action: str) -> str:
    """'bekeken' for view; the code itself for one of a later version."""
    return {
        "view": _("looked at"),
        "search": _("searched by name"),
        "insert": _("added"),
        "update": _("changed"),
        "delete": _("taken away"),
        "link": _("group added"),
        "unlink": _("group taken away"),
        "restore": _("put back"),
        "export": _("exported"),
        "print": _("printed"),
        "purge": _("erased"),
        "hold": _("kept longer"),
        "access": _("rights changed"),
        "rekey": _("keys renewed"),
        "unlock": _("vault opened"),
        "unlock_by_code": _("vault opened with the recovery code"),
        "wrong_tries": _("wrong passphrases before it"),
        "backup": _("backup made"),
        "restore_drill": _("restore practised"),
        "restore_backup": _("backup put back"),
        "hand_over": _("main copy handed over"),
        "main_copy": _("made the main copy"),
        "salvage": _("rescued from a damaged vault"),
        "accept_older": _("older vault accepted"),
        "check": _("vault checked"),
        "clock": _("date confirmed"),
    }.get(action, action)


def group_text(code: str) -> str:
    """What a code of GROUPS is called in the filter."""
    return {
        "view": _("Looked at"),
        "search": _("Searched by name"),
        "change": _("Changed"),
        "export": _("Exported or printed"),
        "purge": _("Erased"),
        "rights": _("Rights"),
        "unlock": _("Vault opened"),
        "vault": _("Backup and check"),
    }[code]


def head_text(mac: bytes) -> str:
    """'3f2a 91bc ...': a MAC that can be read aloud and typed over."""
    digits = mac.hex()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


LINES_A_PAGE = 37
MANY_PAGES = 20


def pages_of(lines: int) -> int:
    """About how many pages the PDF of so many lines has, its head and its proof included."""
    return 1 + -(-lines // LINES_A_PAGE)


def size_text(lines: int, *, paper: bool) -> str:
    """'2441 regels, ongeveer 67 bladzijden.'; without pages when it is no paper."""
    text = ngettext("{n} line", "{n} lines", lines).format(n=lines)
    if not paper:
        return f"{text}."
    pages = pages_of(lines)
    about = ngettext("about {n} page", "about {n} pages", pages).format(n=pages)
    return f"{text}, {about}."
