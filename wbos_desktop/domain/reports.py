"""What documents eat: frozen reports with every text ready to print.

Services fill them (names already shortened, days already counted); documents only lay them out.
Texts may hold anything a user typed: documents escape them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from .charts import NormRibbon

NAME_SETTINGS = ("initials", "first", "full")


@dataclass(frozen=True)
class ExportOptions:
    """What the maker chose. `names` full needs a `purpose`, which goes into the register.

    `log` prints the log of each case, `room` leaves blank lines for decisions, `free_text` adds
    free text columns to the workbook. With a `password` the file opens with it only; it is kept
    nowhere.
    """

    names: str = "initials"
    purpose: str = ""
    recipients: str = ""
    log: bool = False
    room: bool = True
    free_text: bool = False
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Masthead:
    """The frame of every page: `document` stands at the foot, `title` is the title of the PDF.

    `made_at` is the local wall clock. `names_line` says how pupils are called; `check_words` are
    words that may still be names.
    """

    document: str
    title: str
    school: str
    made_at: dt.datetime
    made_by: str
    readers: str
    destroy_line: str
    names_line: str
    print_line: str = ""
    check_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class NormLine:
    """A norm and its meaning; `kind` burdening or prosocial, `since` the first day of its run."""

    code: str
    title: str
    pattern: str
    kind: str
    since: dt.date | None = None


@dataclass(frozen=True)
class ActionLine:
    """Who does what by when. `state`: open, done or dropped."""

    text: str
    owner: str
    due_on: dt.date | None
    state: str = "open"
    done_on: dt.date | None = None
    carried_over: int = 0
    overdue: bool = False
    about: str = ""


@dataclass(frozen=True)
class DecisionLine:
    """What was decided about what."""

    text: str
    about: str = ""
    decided_on: dt.date | None = None


@dataclass(frozen=True)
class PersonLine:
    """Somebody involved, by the name of this document."""

    name: str
    role: str
    note: str = ""


@dataclass(frozen=True)
class StepLine:
    """A step of a track. `sign`: done, open, today, late, skipped or waiting.

    `day` is the due day, or the day it was done or skipped; `remark` what stands at the right.
    `needless`: its question was answered with no, and it is shown because the law asks for it.
    """

    title: str
    person: str
    responsible: str
    day: str
    sign: str
    remark: str
    statutory: bool = False
    due_on: dt.date | None = None
    done_on: dt.date | None = None
    state: str = ""
    track: str = ""
    needless: bool = False


@dataclass(frozen=True)
class TrackPart:
    """A track with its counted progress; `code` general, consequence, repair or support."""

    code: str
    name: str
    goal: str
    progress: str
    state: str
    steps: tuple[StepLine, ...]


@dataclass(frozen=True)
class LogLine:
    """A dated line: an agreement, a decision or an entry of the log."""

    day: dt.date
    text: str
    by: str = ""


@dataclass(frozen=True)
class FactsPart:
    """An incident as reported: when and where in one line, and the words of the reporter."""

    number: str
    line: str
    text: str


@dataclass(frozen=True)
class CasePart:
    """One case, ready to print."""

    number: str
    title: str
    line: str
    state: str
    severity: str
    handled: int
    counted: int
    late: int
    owner: str
    banner: str
    facts: tuple[FactsPart, ...]
    persons: tuple[PersonLine, ...]
    tracks: tuple[TrackPart, ...]
    agreements: tuple[LogLine, ...]
    views: tuple[LogLine, ...] = ()
    log: tuple[LogLine, ...] = ()
    look_back: str = ""
    closing: tuple[tuple[str, bool], ...] = ()
    groups: tuple[str, ...] = ()
    reported_on: dt.date | None = None
    protocol: str = ""


@dataclass(frozen=True)
class GroupPart:
    """One group with its latest observation, ready to print.

    `heard` and `seen` are the words of that observation, `facts` (label, text) its other fields.
    """

    name: str
    line: str
    observed_on: dt.date | None
    dominant: NormLine | None
    norms: tuple[tuple[NormLine, int], ...]
    heard: str
    seen: str
    question: str
    phase: str
    ribbon: NormRibbon
    facts: tuple[tuple[str, str], ...] = ()
    actions: tuple[ActionLine, ...] = ()
    cases: tuple[tuple[str, str], ...] = ()
    scenarios: tuple[str, ...] = ()
    status: str = ""
    pupils: int = 0
    mentors: tuple[str, ...] = ()
    next_on: dt.date | None = None


@dataclass(frozen=True)
class ScenarioPart:
    """A scenario as a HOE card: built-in texts stay as they are."""

    code: str
    title: str
    sentence: str
    fields: tuple[tuple[str, str], ...]
    norms: tuple[NormLine, ...]
    counts: str
    origin: str


@dataclass(frozen=True)
class AgendaPart:
    """One agenda item. One of group, case, scenario is set by its subject, or none.

    `subject`: previous, group, case, scenario or free. `informed` is the line on whether parents
    and pupil know of it, '' when that is not asked.
    """

    position: int
    subject: str
    title: str
    minutes: int
    aim: str
    question: str
    informed: str
    group: GroupPart | None = None
    case: CasePart | None = None
    scenario: ScenarioPart | None = None
    decisions: tuple[DecisionLine, ...] = ()
    actions: tuple[ActionLine, ...] = ()


@dataclass(frozen=True)
class MeetingPack:
    """The whole meeting: one agenda, one part per item."""

    masthead: Masthead
    meeting_id: int
    title: str
    line: str
    on: dt.date
    held: bool
    chair: str
    minutes_taker: str
    attendees: tuple[str, ...]
    available: int
    items: tuple[AgendaPart, ...]
    options: ExportOptions

    @property
    def minutes(self) -> int:
        """Minutes of all items."""
        return sum(item.minutes for item in self.items)


@dataclass(frozen=True)
class CaseReport:
    """The dossier of one case."""

    masthead: Masthead
    case_id: int
    case: CasePart
    options: ExportOptions


@dataclass(frozen=True)
class GroupProfileReport:
    """The profile of one group."""

    masthead: Masthead
    group_id: int
    made_on: dt.date
    group: GroupPart
    options: ExportOptions


REGISTER_COLUMNS = 12

RegisterRow = tuple[
    str, dt.date, str, str, str, str, str, str, str, str, dt.date | None, dt.date | None
]
"""Number, day, title, kind, place, severity, groups, involved, status, reporter, reported, due."""


@dataclass(frozen=True)
class RegisterReport:
    """The incident register as a table; `filters` says in words what was chosen."""

    masthead: Masthead
    made_on: dt.date
    rows: Sequence[RegisterRow]
    filters: tuple[tuple[str, str], ...]
    options: ExportOptions


@dataclass(frozen=True)
class FileMade:
    """A written file, for the register: its name without folder, and its SHA-256."""

    path: str
    file_name: str
    sha256: str
    size: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExportRecord:
    """What the export register keeps of one file; never its folder, never a pupil's name."""

    kind: str
    object_table: str
    object_id: int | None
    names: str
    purpose: str
    recipients: str
    file_name: str
    sha256: str
    destroy_by: dt.date | None
    with_password: bool = False


@dataclass(frozen=True)
class ExportRow:
    """A line of the export register to show."""

    id: int
    made_at: dt.datetime
    kind: str
    file_name: str
    names: str
    purpose: str
    recipients: str
    with_password: bool
