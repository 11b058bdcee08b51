"""Meetings: rows to show, drafts to edit, and the words for kinds, aims and subjects."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wbos_desktop.domain.actions import ActionRow
from wbos_desktop.domain.calendar import SchoolCalendar
from wbos_desktop.i18n import _, date_long, time_text

KINDS = ("care_team", "group_meeting", "peer_review")
STATES = ("planned", "held")
SUBJECTS = ("previous", "group", "case", "scenario", "free")
AIMS = ("inform", "discuss", "decide")
BASES = ("", "consent", "ground")


@dataclass(frozen=True)
class AttendeeDraft:
    """Somebody at the meeting: a colleague by `staff_id`, else an external person by name.

    `present` None means that it was not noted yet.
    """

    staff_id: int | None = None
    external_name: str = ""
    present: bool | None = None


@dataclass(frozen=True)
class AttendeeRow:
    """Somebody at the meeting, with the name to show."""

    id: int
    name: str
    external: bool
    present: bool | None
    staff_id: int | None = None


@dataclass(frozen=True)
class MeetingRow:
    """One line of the list; times are the local wall clock. `minutes` is what the items take.

    `other_year` is True outside this school year: then the day is told with its year.
    """

    id: int
    version: int
    kind: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str
    state: str
    attendees: int
    items: int
    minutes: int
    other_year: bool = False

    @property
    def available(self) -> int:
        """Minutes between start and end."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


@dataclass(frozen=True)
class MeetingDraft:
    """A meeting in the form; `id` None is a new one."""

    id: int | None = None
    version: int = 0
    kind: str = "care_team"
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    place: str = ""
    chair_id: int | None = None
    minutes_taker_id: int | None = None
    attendees: tuple[AttendeeDraft, ...] = ()


@dataclass(frozen=True)
class MeetingForm:
    """What the forms of a meeting need: the draft, colleagues as (id, name), day and calendar."""

    draft: MeetingDraft
    staff: tuple[tuple[int, str], ...]
    today: dt.date
    calendar: SchoolCalendar


@dataclass(frozen=True)
class MinutesForm:
    """What the minutes need beside the meeting: colleagues as (id, name), day and calendar."""

    staff: tuple[tuple[int, str], ...]
    today: dt.date
    calendar: SchoolCalendar


@dataclass(frozen=True)
class DecisionRow:
    """One decision on an item."""

    id: int
    version: int
    text: str


@dataclass(frozen=True)
class AgendaItemRow:
    """One agenda item to show; `norm` is (code, title, kind) of the badge, if it has one.

    `about_pupil` says that the item needs an answer to whether parents and pupil know of it.
    """

    id: int
    version: int
    position: int
    subject: str
    group_id: int | None
    case_id: int | None
    scenario_id: int | None
    title: str
    detail: str
    norm: tuple[str, str, str] | None
    minutes: int
    aim: str
    question: str
    informed: str
    informed_reason: str
    external_basis: str
    external_note: str
    about_pupil: bool
    decisions: tuple[DecisionRow, ...]
    actions: tuple[ActionRow, ...]


@dataclass(frozen=True)
class AgendaItemDraft:
    """What can be changed on an item; `title` only for a free one."""

    id: int
    version: int
    title: str = ""
    minutes: int = 10
    aim: str = "discuss"
    question: str = ""
    informed: str = ""
    informed_reason: str = ""
    external_basis: str = ""
    external_note: str = ""


@dataclass(frozen=True)
class MeetingDetail:
    """One meeting with everything the builder and the minutes need.

    `carried` are the open actions and `previous_decisions` (item title, text) of earlier meetings
    of this kind. `may_minute`: the user writes its minutes.
    """

    row: MeetingRow
    chair: str
    minutes_taker: str
    attendees: tuple[AttendeeRow, ...]
    items: tuple[AgendaItemRow, ...]
    previous_on: dt.date | None
    previous_decisions: tuple[tuple[str, str], ...]
    carried: tuple[ActionRow, ...]
    may_minute: bool


@dataclass(frozen=True)
class ItemProposal:
    """A proposed item with the reason, as a sentence."""

    subject: str
    record_id: int
    title: str
    reason: str
    minutes: int


@dataclass(frozen=True)
class Choice:
    """Something that can be put on an agenda or chosen in a form."""

    subject: str
    record_id: int
    title: str
    detail: str


def kind_text(code: str) -> str:
    """The kind of meeting in words."""
    return {
        "care_team": _("Care team"),
        "group_meeting": _("Group meeting"),
        "peer_review": _("Peer review"),
    }.get(code, code)


def aim_text(code: str) -> str:
    """What the item is for."""
    return {"inform": _("To inform"), "discuss": _("To discuss"), "decide": _("To decide")}.get(
        code, code
    )


def state_text(code: str) -> str:
    """Planned or held."""
    return {"planned": _("Planned"), "held": _("Held")}.get(code, code)


def when_text(row: MeetingRow) -> str:
    """'donderdag 26 november, 13.30 – 14.30 uur'; with the year when it is another one."""
    start, end = time_text(row.starts_at.time()), time_text(row.ends_at.time())
    times = _("{start} – {end}").format(start=start, end=end)
    return f"{date_long(row.starts_at.date(), year=row.other_year)}, {times}"


def meeting_title(row: MeetingRow) -> str:
    """'Zorgteam 26 november': names no person and no group."""
    day = date_long(row.starts_at.date(), year=row.other_year, weekday=False)
    return f"{kind_text(row.kind)} {day}"
