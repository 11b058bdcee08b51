"""Backups as the user sees them: which stay, how old the last one is, what a restore would do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from wbos_desktop import i18n
from wbos_desktop.i18n import _, ngettext

SUFFIX = ".wbos"
PREFIX = "wbos-backup-"
DAILY, WEEKLY = 12, 10
CAP_DAYS = 90  # an erased child may stay in a backup no longer than this
OLD_DAYS = 7
OLD_DAYS_DEMANDED = 2
UNDO_DAYS = 14

COUNTED = ("pupils", "groups", "incidents", "cases", "profiles", "meetings")
"""Tables whose records are counted in a backup, in the order they are shown."""

WHO_MAY: dict[tuple[str, str], frozenset[str]] = {
    ("backup", "make"): frozenset({"coordinator", "member", "lead", "reader"}),
    ("backup", "restore"): frozenset({"coordinator"}),
    ("main_copy", "decide"): frozenset({"coordinator"}),
}
"""Roles by kind and action. An open vault asks this itself; the matrix of rights shows it too.

Everybody makes backups: it happens by itself at each lock, and they open with a password only.
"""


class Standing(Enum):
    """What this copy of a vault is. All but MAIN open for reading only."""

    MAIN = "main"
    HANDED_OVER = "handed_over"
    SUPERSEDED = "superseded"
    READING = "reading"


@dataclass(frozen=True)
class BackupHeader:
    """The readable begin of a backup file; no names. `counts` are per table of `COUNTED`.

    `main_number` and `main_since` say which main copy of the vault it came from; `key_mark` tells
    whether the data key of today opens it.
    """

    vault_id: str
    made_at: dt.datetime
    generation: int
    main_number: int
    main_since: str
    audit_count: int
    audit_head: bytes
    counts: dict[str, int]
    keys_length: int
    database_length: int
    key_mark: bytes = b""
    handed_over: bool = False


@dataclass(frozen=True)
class BackupRow:
    """A backup in a list. `problem` is empty, or the sentence why it can't be used."""

    path: Path
    size: int
    header: BackupHeader | None
    problem: str = ""

    @property
    def made_at(self) -> dt.datetime:
        """When it was made; long ago for a file that can't be read."""
        return self.header.made_at if self.header else dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class BackupStatus:
    """What is known of the backups of a vault. `place` is the chosen folder, None until then.

    `began_on` is the day of the first noted action; `failed` says why the last try went wrong.
    """

    today: dt.date
    place: Path | None = None
    last_at: dt.datetime | None = None
    last_file: str = ""
    failed: str = ""
    failed_at: dt.datetime | None = None
    practised_on: dt.date | None = None
    began_on: dt.date | None = None
    undo_until: dt.date | None = None
    standing: Standing = Standing.MAIN
    old_after: int = OLD_DAYS

    @property
    def days_old(self) -> int:
        """Days since the last backup, or since the vault began when there is none."""
        since = self.last_at.astimezone().date() if self.last_at else self.began_on
        return max(0, (self.today - since).days) if since else 0

    @property
    def is_old(self) -> bool:
        """True when the user should be warned: none for 7 days, or the last try failed.

        Where the school demands backups, `old_after` is 2 days.
        """
        return bool(self.failed) or self.days_old >= self.old_after


@dataclass(frozen=True)
class StateCounts:
    """One side of a comparison: when it was last changed or made, and its counts."""

    at: dt.datetime | None
    counts: dict[str, int]


@dataclass(frozen=True)
class RestorePreview:
    """Before a restore: the backup and what is there now (None: nothing or not readable).

    `other_school` refuses; `newer_actions` counts what was noted after the backup was made;
    `needs_secret` asks for the password of the day it was made.
    """

    header: BackupHeader
    now: StateCounts | None
    newer_actions: int = 0
    other_school: bool = False
    needs_secret: bool = False


@dataclass(frozen=True)
class DrillReport:
    """How a restore drill went: `findings` are sentences, empty when all is well."""

    file: str
    made_at: dt.datetime
    counts: dict[str, int]
    seconds: float
    findings: tuple[str, ...] = ()


def standing_text(standing: Standing) -> str:
    """Why this copy can't be changed; empty for the main copy."""
    return {
        Standing.MAIN: "",
        Standing.HANDED_OVER: _(
            "This copy was handed over. You can read here. Work goes on in the main copy."
        ),
        Standing.SUPERSEDED: _(
            "Another copy became the main copy. You can read here. Work goes on there."
        ),
        Standing.READING: _("This is a copy to read from a backup. Work goes on in the main copy."),
    }[standing]


def file_name(made_at: dt.datetime) -> str:
    """'wbos-backup-2026-11-24-104200.wbos', in the time of this laptop."""
    return f"{PREFIX}{made_at.strftime('%Y-%m-%d-%H%M%S')}{SUFFIX}"


def kept(
    moments: Iterable[dt.datetime], today: dt.date, cap_days: int = CAP_DAYS
) -> set[dt.datetime]:
    """Which backups stay: the last of each of 12 days, before those of 10 weeks, before those
    of every month; none older than `cap_days`. The newest always stays.

    Days are those of the moments' own zone. A moment after `today` (a clock that was wrong)
    counts as a day of its own.
    """
    newest_first = sorted(moments, reverse=True)
    oldest = today - dt.timedelta(days=cap_days)
    young = [moment for moment in newest_first if moment.date() >= oldest]
    days = _firsts(young, _day)[:DAILY]
    weeks = _firsts(_before(young, days), _week)[:WEEKLY]
    months = _firsts(_before(young, days + weeks), _month)
    return {*newest_first[:1], *days, *weeks, *months}


def _firsts(
    moments: list[dt.datetime], period: Callable[[dt.datetime], Hashable]
) -> list[dt.datetime]:
    found: dict[Hashable, dt.datetime] = {}
    for moment in moments:
        found.setdefault(period(moment), moment)
    return list(found.values())


def _before(moments: list[dt.datetime], taken: list[dt.datetime]) -> list[dt.datetime]:
    """Those of earlier days than all that were taken."""
    return [moment for moment in moments if not taken or moment.date() < min(taken).date()]


def _day(moment: dt.datetime) -> dt.date:
    return moment.date()


def _week(moment: dt.datetime) -> tuple[int, int]:
    return moment.isocalendar()[:2]


def _month(moment: dt.datetime) -> tuple[int, int]:
    return moment.year, moment.month


def is_due(last: dt.datetime | None, now: dt.datetime, *, changed: bool) -> bool:
    """Whether an automatic backup is made at lock or exit: once a day when something changed,
    and before the last one gets old."""
    if last is None:
        return True
    day = last.astimezone(now.tzinfo).date()
    if day == now.date():
        return False
    return changed or abs((now.date() - day).days) >= OLD_DAYS - 1


def age_text(status: BackupStatus) -> str:
    """For the foot of the rail: 'Back-up gisteren 17.04', 'Back-up 9 dagen oud'."""
    if status.failed:
        return _("Backup failed")
    if status.last_at is None:
        return _("No backup yet")
    last = status.last_at.astimezone()
    days = status.days_old
    if days >= status.old_after:
        return ngettext("Backup {n} day old", "Backup {n} days old", days)
    time = i18n.time_text(last.time())
    if days == 0:
        return _("Backup today {time}").format(time=time)
    if days == 1:
        return _("Backup yesterday {time}").format(time=time)
    return _("Backup {day}").format(day=i18n.date_short(last.date()))


def warning_text(status: BackupStatus) -> str:
    """The line on Vandaag, or an empty text while all is well."""
    if not status.is_old or status.standing is not Standing.MAIN:
        return ""
    if status.failed:
        return _("The last backup failed. Make one now.")
    if status.last_at is None:
        return _("You have no backup yet. Make one now.")
    return ngettext(
        "Your last backup is {n} day old. Make one now.",
        "Your last backup is {n} days old. Make one now.",
        status.days_old,
    )


def count_text(table: str, n: int) -> str:
    """'486 leerlingen': how many records of one table of `COUNTED`."""
    return {
        "pupils": ngettext("{n} pupil", "{n} pupils", n),
        "groups": ngettext("{n} group", "{n} groups", n),
        "incidents": ngettext("{n} incident", "{n} incidents", n),
        "cases": ngettext("{n} case", "{n} cases", n),
        "profiles": ngettext("{n} observation", "{n} observations", n),
        "meetings": ngettext("{n} meeting", "{n} meetings", n),
    }[table]


def counts_text(counts: dict[str, int]) -> str:
    """'486 leerlingen, 20 groepen, 97 incidenten': what is in a backup."""
    return ", ".join(count_text(table, counts[table]) for table in COUNTED if table in counts)


def moment_text(moment: dt.datetime) -> str:
    """'wo 25 nov 2026, 17.04', in the time of this laptop."""
    local = moment.astimezone()
    day = i18n.date_short(local.date())
    return f"{day} {local.year}, {i18n.time_text(local.time())}"


@dataclass(frozen=True)
class BackupMade:
    """A backup that was made and opened. `seconds` is how long all of it took."""

    path: Path
    header: BackupHeader
    size: int
    seconds: float
    removed: int = 0
