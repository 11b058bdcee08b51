"""How long things are kept: the kinds, their terms, and when something is due (product.md 9).

Pure rules. A school year runs from 1 August up to and including 31 July. What is due is only
proposed: nothing goes without a person's click.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, field

from wbos_desktop.i18n import _, date_long, ngettext

DAY, MONTH, YEAR, SCHOOL_YEAR, WHILE = "day", "month", "year", "school_year", "while"
ERASE, ANONYMISE, KEEP = "erase", "anonymise", "keep"
CLOCK_JUMP_DAYS = 60
"""Longer than the longest holiday: a wider gap in the audit trail looks like a wrong clock."""

MANY = 20
"""From more records than this on, a word must be typed before they are erased."""


@dataclass(frozen=True)
class Term:
    """`amount` units after the base date; without an amount the school decides each time.

    Unit `while` has no end: kept as long as what it belongs to.
    """

    amount: int | None
    unit: str = YEAR

    @property
    def code(self) -> str:
        """'year:2', 'year:' when the school decides: the value in a list of choices."""
        return f"{self.unit}:{'' if self.amount is None else self.amount}"


def read_term(code: str) -> Term:
    """The inverse of `Term.code`. Raises ValueError."""
    unit, _colon, amount = code.partition(":")
    if unit not in (DAY, MONTH, YEAR, SCHOOL_YEAR, WHILE):
        raise ValueError(code)
    return Term(int(amount) if amount else None, unit)


@dataclass(frozen=True)
class Kind:
    """A kind of records with its default term, what happens after it, and what may be chosen."""

    code: str
    term: Term
    after: str
    choices: tuple[Term, ...]


def _years(*amounts: int) -> tuple[Term, ...]:
    return tuple(Term(amount, YEAR) for amount in amounts)


_DECIDE = Term(None, YEAR)
KINDS: tuple[Kind, ...] = (
    Kind("pupils", Term(2), ERASE, _years(1, 2, 3, 5)),
    Kind("cases", Term(2), ERASE, _years(1, 2, 3, 5)),
    Kind("incidents", Term(2), ERASE, _years(1, 2, 3, 5)),
    Kind("suspensions", _DECIDE, ERASE, (_DECIDE, *_years(1, 2, 3, 5))),
    Kind(
        "profiles",
        Term(1, SCHOOL_YEAR),
        ANONYMISE,
        (Term(0, SCHOOL_YEAR), Term(1, SCHOOL_YEAR), Term(2, SCHOOL_YEAR)),
    ),
    Kind(
        "positions",
        Term(0, SCHOOL_YEAR),
        ANONYMISE,
        (Term(0, SCHOOL_YEAR), Term(1, SCHOOL_YEAR)),
    ),
    Kind("meetings", Term(2), ERASE, _years(1, 2, 3, 5)),
    Kind("practices", Term(None, WHILE), KEEP, (Term(None, WHILE), *_years(1, 2, 5))),
    Kind("register", Term(5), ERASE, _years(5, 7, 10)),
    Kind("backups", Term(90, DAY), ERASE, (Term(30, DAY), Term(60, DAY), Term(90, DAY))),
)
BY_CODE = {kind.code: kind for kind in KINDS}
COUNTED = frozenset(BY_CODE) | {"bin"}
"""What a destruction report counts in words: the kinds, and what lay in the bin."""


def school_year_end(day: dt.date) -> dt.date:
    """The 31 July that ends the school year of this day."""
    return dt.date(day.year + (day.month >= 8), 7, 31)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; 29 February and 31 clamp to the end of the month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def due_on(base: dt.date | None, term: Term) -> dt.date | None:
    """The first day on which it may go; None without a base date or an end."""
    if base is None or term.amount is None or term.unit == WHILE:
        return None
    if term.unit == DAY:
        return base + dt.timedelta(days=term.amount)
    if term.unit == SCHOOL_YEAR:
        end = school_year_end(base)
        return dt.date(end.year + term.amount, 8, 1)
    return add_months(base, term.amount * (12 if term.unit == YEAR else 1))


def is_due(base: dt.date | None, term: Term, today: dt.date) -> bool:
    """True from the due day on."""
    day = due_on(base, term)
    return day is not None and day <= today


def latest_base(term: Term, today: dt.date) -> dt.date | None:
    """A base date after this day can't be due yet: to look in the database with."""
    if term.amount is None or term.unit == WHILE:
        return None
    if term.unit == DAY:
        return today - dt.timedelta(days=term.amount)
    if term.unit == SCHOOL_YEAR:
        start = school_year_end(today).year - 1
        return dt.date(start - term.amount, 7, 31)
    # A clamped day may be up to three days later than the same day counted back.
    return add_months(today, -term.amount * (12 if term.unit == YEAR else 1)) + dt.timedelta(3)


def case_base(closed_on: dt.date | None, left_on: list[dt.date | None]) -> dt.date | None:
    """When the term of a case or incident starts: closed, and the last of its pupils has left.

    None while it is open or a pupil is at school.
    """
    if closed_on is None or any(day is None for day in left_on):
        return None
    return max([closed_on, *(day for day in left_on if day is not None)])


def clock_jumped(last_known: dt.date | None, today: dt.date) -> bool:
    """True if the clock may stand too far ahead: more days than a holiday since the last work."""
    return last_known is not None and (today - last_known).days > CLOCK_JUMP_DAYS


# ---------------------------------------------------------------- words
def kind_title(code: str) -> str:
    """What the kind is called in the table."""
    return {
        "pupils": _("Pupils who left"),
        "cases": _("Cases"),
        "incidents": _("Incidents without a case"),
        "suspensions": _("Suspension and staff"),
        "profiles": _("Observations of groups"),
        "positions": _("Who in which observation"),
        "meetings": _("Minutes of meetings"),
        "practices": _("Practice and scores"),
        "register": _("Log of erasing"),
        "backups": _("Backups"),
        "bin": _("The bin"),
    }[code]


def kind_detail(code: str) -> str:
    """The line under the title."""
    return {
        "pupils": _("name, groups and number"),
        "cases": _("with names and log"),
        "incidents": _("light ones, with names"),
        "suspensions": _("the school decides"),
        "profiles": _("per group"),
        "positions": _("per group"),
        "meetings": _("decisions and actions"),
        "practices": _("scenarios"),
        "register": _("who, what and when"),
        "backups": _("oldest one"),
    }[code]


def after_text(after: str) -> str:
    """What happens after the term."""
    return {ERASE: _("Erase"), ANONYMISE: _("Keep without names"), KEEP: _("Keep")}[after]


def term_text(kind: str, term: Term) -> str:
    """'2 jaar na vertrek', 'Einde volgend schooljaar', 'De school beslist'."""
    if term.unit == WHILE:
        return _("While the scenario exists")
    if term.amount is None:
        return _("The school decides")
    if term.unit == SCHOOL_YEAR:
        if term.amount == 0:
            return _("End of school year")
        if term.amount == 1:
            return _("End of next school year")
        return _("End of school year + {n}").format(n=term.amount)
    if term.unit == DAY:
        return _("At most {n} days").format(n=term.amount)
    if term.unit == MONTH:
        return ngettext("{n} month", "{n} months", term.amount)
    if kind in ("pupils", "cases", "incidents", "suspensions"):
        return ngettext("{n} year after leaving", "{n} years after leaving", term.amount)
    return ngettext("{n} year", "{n} years", term.amount)


HOLDABLE = ("pupils", "cases", "incidents", "meetings", "groups")
"""Tables of records that can be kept longer one by one."""

REASONS = ("open", "to_assess", "objection", "hold", "others", "decide", "action", "request", "use")


def reason_text(code: str, detail: str = "") -> str:
    """Why something is not proposed although its term is over."""
    if code == "hold" and detail:
        return _("Kept longer: {reason}").format(reason=detail)
    return {
        "open": _("The case is still open."),
        "to_assess": _("The report still waits for assessment."),
        "objection": _("An objection may still be running."),
        "hold": _("Kept longer."),
        "others": _("A pupil who is still at school is in it too."),
        "decide": _("Suspension or staff incident: the school decides first."),
        "action": _("An action is still open."),
        "request": _("A request for access is still open."),
        "use": _("Still needed for other work."),
    }[code]


def counted(kind: str, n: int) -> str:
    """'12 casussen', in the words of a report."""
    return {
        "pupils": ngettext("{n} pupil", "{n} pupils", n),
        "cases": ngettext("{n} case", "{n} cases", n),
        "incidents": ngettext("{n} incident", "{n} incidents", n),
        "suspensions": ngettext("{n} case", "{n} cases", n),
        "profiles": ngettext("{n} observation", "{n} observations", n),
        "positions": ngettext("{n} observation", "{n} observations", n),
        "meetings": ngettext("{n} meeting", "{n} meetings", n),
        "practices": ngettext("{n} practice session", "{n} practice sessions", n),
        "register": ngettext("{n} line", "{n} lines", n),
        "backups": ngettext("{n} backup", "{n} backups", n),
        "bin": ngettext("{n} thing from the bin", "{n} things from the bin", n),
    }[kind]


def extra_title(code: str) -> str:
    """What else a destruction counts, beside the kinds."""
    return {
        "bin": _("The bin"),
        "incidents_inside": _("Incidents in those cases"),
        "attachments": _("Attachments"),
    }.get(code, code)


# ---------------------------------------------------------------- what pages show
@dataclass(frozen=True)
class TermRow:
    """One line of the table: the kind, its term, and how many there are now (None: not here)."""

    kind: str
    term: Term
    choices: tuple[Term, ...]
    after: str
    now: int | None


@dataclass(frozen=True)
class Target:
    """One record that goes, or loses its names; `table` 'positions' means links of a observation.

    `uid` is its lasting id, for the list of erasures.
    """

    table: str
    uid: str


@dataclass(frozen=True)
class DueItem:
    """A line of the proposal: what, since when its term runs, and the records behind it."""

    kind: str
    title: str
    detail: str
    base: dt.date
    due_on: dt.date
    targets: tuple[Target, ...]
    subject_table: str = ""
    subject_id: int = 0

    @property
    def count(self) -> int:
        """How many records this line stands for."""
        return len(self.targets)


@dataclass(frozen=True)
class HeldItem:
    """Something whose term is over and that stays, with the reason; `hold_id` if by hand."""

    kind: str
    title: str
    reason: str
    hold_id: int | None = None


@dataclass(frozen=True)
class ClockQuestion:
    """Asked before anything is proposed: the day of the last known work, and today's."""

    last_known: dt.date
    today: dt.date


@dataclass(frozen=True)
class Proposal:
    """What is due and what stays; `clock` must be confirmed first when it is there."""

    items: tuple[DueItem, ...] = ()
    held: tuple[HeldItem, ...] = ()
    clock: ClockQuestion | None = None

    @property
    def count(self) -> int:
        """How many records are due."""
        return sum(item.count for item in self.items)


@dataclass(frozen=True)
class NextDue:
    """The banner: how many of which kind are due, or will be on a day to come."""

    counts: tuple[tuple[str, int], ...] = ()
    on: dt.date | None = None
    running: int = 0

    @property
    def total(self) -> int:
        """All kinds together."""
        return sum(n for _kind, n in self.counts)


@dataclass(frozen=True)
class DestructionRow:
    """One earlier destruction, for the list and its report; `counts` by kind or table."""

    id: int
    at: dt.datetime
    by: str
    reason: str
    counts: tuple[tuple[str, int], ...]
    state: str
    left: int


@dataclass(frozen=True)
class HoldDraft:
    """Keep one record longer, with the reason; without `until` until somebody ends it."""

    subject_table: str
    subject_id: int
    reason: str = ""
    until: dt.date | None = None


@dataclass(frozen=True)
class MentionRow:
    """A text that names a pupil: where, and whether the name goes out by itself."""

    table: str
    record_id: int
    where: str
    automatic: bool


@dataclass(frozen=True)
class StayingFiles:
    """Attachments that stay with a case or a report (`table`) because others need it.

    Only a person can see who is in a picture: each is kept or removed there.
    """

    table: str
    record_id: int
    number: str
    count: int


@dataclass(frozen=True)
class RequestPreview:
    """Before a pupil is erased on request: what goes, what stays without the name, what blocks."""

    pupil_id: int
    name: str
    goes: tuple[tuple[str, int], ...] = ()
    stays: tuple[tuple[str, int], ...] = ()
    blocked: tuple[str, ...] = ()
    mentions: tuple[MentionRow, ...] = field(default=())
    files: tuple[StayingFiles, ...] = field(default=())


def files_text(files: StayingFiles) -> str:
    """'2 bijlagen bij casus 2026-014'."""
    where = _("case {number}") if files.table == "cases" else _("report {number}")
    count = ngettext("{n} attachment", "{n} attachments", files.count)
    return _("{count} with {where}").format(count=count, where=where.format(number=files.number))


def due_text(due: NextDue) -> str:
    """'12 casussen zijn op 31 juli aan de beurt' in the words of the banner."""
    parts = [counted(kind, n) for kind, n in due.counts]
    what = (
        _("{first} and {last}").format(first=", ".join(parts[:-1]), last=parts[-1])
        if len(parts) > 1
        else parts[0]
    )
    one = due.total == 1
    if due.on is None:
        text = _("{what} is due") if one else _("{what} are due")
        return text.format(what=what)
    text = _("{what} is due on {day}") if one else _("{what} are due on {day}")
    return text.format(what=what, day=date_long(due.on, weekday=False))
