"""What Vandaag shows: work that is late, of today and of this week, and what asks attention."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from .deadlines import DueStatus
from .drafts import DraftRow
from .groups import AttentionOverview
from .incidents import ToAssessRow
from .meetings import MeetingRow
from .scenarios import ScenarioMatch

WHENS = ("late", "today", "week")


@dataclass(frozen=True)
class Here:
    """Who opened which vault; `empty` while there is no group yet, `demo` for the example."""

    user_id: int | None
    staff_id: int | None
    role: str
    full_name: str
    given_name: str
    school: str
    sector: str
    demo: bool
    empty: bool


@dataclass(frozen=True)
class TodayTask:
    """One line of work. `kind` is step, action, observation, meeting or access, of `record_id`.

    `when` is late, today or week. `opens` is the case, group or meeting behind it. Only what
    `ticks` can be completed here. `track` is empty for all but steps. `on_behalf` names the
    absent colleague whose work it is, '' for one's own.
    """

    kind: str
    record_id: int
    version: int
    title: str
    detail: str
    track: str
    when: str
    due_on: dt.date
    due: DueStatus
    due_line: str
    opens: int | None
    ticks: bool
    responsible: str = ""
    on_behalf: str = ""


@dataclass(frozen=True)
class NextMeeting:
    """The next meeting with what is on its agenda; `carried` are open actions of last time."""

    row: MeetingRow
    due: DueStatus
    groups: tuple[str, ...]
    cases: int
    carried: int


@dataclass(frozen=True)
class SchoolDay:
    """Where today lies in the school year; zeros outside every year that is known."""

    today: dt.date
    hour: int
    week: int = 0
    lesson_day: int = 0
    lesson_days: int = 0


@dataclass(frozen=True)
class SetUp:
    """What is ready of setting up a new vault; `hidden` when the user put the guide away."""

    groups: int
    pupils: int
    staff: int
    users: int = 1
    code_confirmed: bool = True
    protocols_seen: bool = False
    hidden: bool = False

    @property
    def ready(self) -> tuple[bool, ...]:
        """Per step: password and code, groups, colleagues who log in, a look at the protocols."""
        return (self.code_confirmed, self.groups > 0, self.users > 1, self.protocols_seen)

    @property
    def asked(self) -> bool:
        """True until every step is ready or the user put the guide away."""
        return not self.hidden and not all(self.ready)


@dataclass(frozen=True)
class TodayOverview:
    """The whole page. `tasks` holds the scope asked for; both counts are always there."""

    day: SchoolDay
    scope: str
    tasks: tuple[TodayTask, ...]
    mine: int
    team: int
    to_assess: tuple[ToAssessRow, ...]
    drafts: tuple[DraftRow, ...]
    meeting: NextMeeting | None
    attention: AttentionOverview
    practise: ScenarioMatch | None
    set_up: SetUp
