"""A request to see what is kept about a pupil: who asks, by when, and what happens to a passage.

The term is one month from receipt and may be extended by two (article 12(3) of the GDPR).
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from wbos_desktop.i18n import _, date_short, ngettext

from .reports import ExportOptions, Masthead

REQUESTERS = ("parent", "parent_no_authority", "pupil", "authorised")
STATES = ("open", "given", "refused", "withdrawn")
DECISIONS = ("show", "mask", "leave_out")
_MONTHS, _EXTRA_MONTHS = 1, 2


class PassageKey(NamedTuple):
    """Where a passage stands."""

    table: str
    record_id: int
    field: str


@dataclass(frozen=True)
class AccessDraft:
    """The form of a new request. `identity_how`: how it was seen who asks, without numbers."""

    pupil_id: int | None = None
    requester_kind: str = "parent"
    requester_name: str = ""
    received_on: dt.date | None = None
    owner_id: int | None = None


@dataclass(frozen=True)
class AccessChecks:
    """What was checked before anything is given; `version` of the request it was read at."""

    identity_checked_on: dt.date | None = None
    identity_how: str = ""
    authority_checked_on: dt.date | None = None
    authority_how: str = ""
    version: int = 0


@dataclass(frozen=True)
class AccessRow:
    """A request as lists and its page show it. `days_left` is negative when it is late."""

    id: int
    version: int
    pupil_id: int
    pupil: str
    requester_kind: str
    requester_name: str
    received_on: dt.date
    due_on: dt.date
    days_left: int
    identity_checked_on: dt.date | None
    identity_how: str
    authority_checked_on: dt.date | None
    authority_how: str
    extended_on: dt.date | None
    extension_reason: str
    state: str
    given_on: dt.date | None
    given_how: str
    outcome_reason: str
    owner: str

    @property
    def needs_authority(self) -> bool:
        """True when it must be known that this person may ask for the pupil."""
        return self.requester_kind in ("parent", "authorised")

    @property
    def may_give(self) -> bool:
        """True when all was checked that must be checked first."""
        checked = self.authority_checked_on is not None or not self.needs_authority
        return self.state == "open" and self.identity_checked_on is not None and checked


@dataclass(frozen=True)
class Passage:
    """A text about the pupil. `masked` is the text with the names of others taken out.

    `decision` is a proposal while `judged` is False, or when the text changed since.
    `fingerprint` is of the text as it is stored: another text asks for another look, another
    language does not.
    """

    key: PassageKey
    label: str
    day: dt.date
    text: str
    masked: str
    decision: str
    reason: str
    judged: bool
    fingerprint: str

    @property
    def names_others(self) -> bool:
        """True when somebody else is named in it."""
        return self.masked != self.text

    @property
    def shown(self) -> str:
        """What stands in the copy; empty when it is left out."""
        return {"show": self.text, "mask": self.masked}.get(self.decision, "")


@dataclass(frozen=True)
class AccessDetail:
    """One request with every passage, oldest first, and who received what about the pupil."""

    row: AccessRow
    passages: tuple[Passage, ...]
    recipients: tuple[tuple[dt.date, str], ...]

    @property
    def open_passages(self) -> int:
        """How many passages nobody looked at yet."""
        return sum(not passage.judged for passage in self.passages)


@dataclass(frozen=True)
class CopyLine:
    """One passage as it stands in the copy: day, where it stands, text, and a note."""

    day: dt.date
    label: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class AccessCopy:
    """The copy that is given: what, to whom it went, and what was left out and why."""

    masthead: Masthead
    request_id: int
    pupil: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[CopyLine, ...]
    left_out: tuple[tuple[str, int], ...]
    recipients: tuple[tuple[dt.date, str], ...]
    options: ExportOptions


def due_day(received: dt.date, *, extended: bool = False) -> dt.date:
    """One month after receipt, three when extended; the end of a shorter month."""
    months = received.month - 1 + _MONTHS + (_EXTRA_MONTHS if extended else 0)
    year, month = received.year + months // 12, months % 12 + 1
    return dt.date(year, month, min(received.day, calendar.monthrange(year, month)[1]))


def term_text(row: AccessRow) -> str:
    """'Uiterlijk zo 20 dec' or '3 dagen te laat'."""
    if row.days_left < 0:
        return ngettext("{n} day too late", "{n} days too late", -row.days_left)
    return _("Before or on {day}").format(day=date_short(row.due_on))


def requester_text(kind: str) -> str:
    """'Ouder met gezag'."""
    return {
        "parent": _("Parent with authority"),
        "parent_no_authority": _("Parent without authority"),
        "pupil": _("Pupil of 16 or older"),
        "authorised": _("Somebody with written permission"),
    }[kind]


def requester_hint(kind: str) -> str:
    """What to look at with this kind of requester."""
    return {
        "parent": _("Check in your pupil system that this parent has authority."),
        "parent_no_authority": _(
            "Gets facts about the child on request, no copy of the whole file. Ask the lead."
        ),
        "pupil": _("From 16 on a pupil asks alone. Parents then need the pupil’s permission."),
        "authorised": _("Ask for the written permission and keep it with the request."),
    }[kind]


def state_text(state: str) -> str:
    """'Loopt'."""
    return {
        "open": _("Running"),
        "given": _("Given"),
        "refused": _("Refused"),
        "withdrawn": _("Withdrawn"),
    }[state]


def decision_text(decision: str) -> str:
    """'Tonen'."""
    return {
        "show": _("Show"),
        "mask": _("Mask names"),
        "leave_out": _("Leave out"),
    }[decision]
