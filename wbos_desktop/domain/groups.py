"""Groups as the list and the group page show them, and when a group asks for attention."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wbos_desktop.i18n import _, ngettext

from .charts import NormRibbon
from .norms import BURDENING, PROSOCIAL, NormRow
from .profiles import ProfilePoint, ProfileRow

# Default number of days after which a group is due to be observed again (product.md section 11).
OBSERVE_AFTER_DAYS = 30
SOON_DAYS = 3
BARS = 8


@dataclass(frozen=True)
class GroupQuery:
    """What the list of groups shows; no school year means the year of today."""

    school_year_id: int | None = None
    text: str = ""
    year_level: str = ""
    norm_code: str = ""
    order: str = "attention"  # attention, name


@dataclass(frozen=True)
class DevelopmentMark:
    """One observation as a bar: strengths 0 to 3 of the strongest helping and burdening norm."""

    observed_on: dt.date
    prosocial: int
    burdening: int

    @property
    def value(self) -> int:
        """One bar: 1 to 3 helping, -1 to -3 burdening; helping on a tie, as in lists."""
        return self.prosocial if self.prosocial >= self.burdening else -self.burdening


@dataclass(frozen=True)
class Attention:
    """Why a group asks for attention; `kind` is due, turned, rising or unseen."""

    kind: str
    text: str


@dataclass(frozen=True)
class GroupRow:
    """A group in the list; `days` since the last observation, `due_in` days (negative: late)."""

    id: int
    name: str
    programme: str
    year_level: str
    school_year: str
    pupils: int
    mentors: tuple[str, ...]
    open_cases: int
    dominant: NormRow | None = None
    leading: NormRow | None = None
    phase: str = ""
    development: tuple[DevelopmentMark, ...] = ()
    last_observed_on: dt.date | None = None
    days: int | None = None
    due_in: int | None = None
    attention: tuple[Attention, ...] = ()
    good_sign: str = ""


@dataclass(frozen=True)
class PhaseMark:
    """A phase that was observed, and the first day it was seen in its latest run."""

    phase: str
    since: dt.date


@dataclass(frozen=True)
class MemberRow:
    """A pupil in a group, with the count of open cases the user may see."""

    pupil_id: int
    name: str
    pupil_number: str
    member_from: dt.date | None
    open_cases: int


@dataclass(frozen=True)
class GroupOverview:
    """Everything on the group page's first tab; `late_steps` counts steps past their date."""

    row: GroupRow
    latest: ProfileRow | None
    phases: tuple[PhaseMark, ...]
    planned_on: dt.date | None
    due_on: dt.date | None
    late_steps: int
    observations: int
    ribbon: NormRibbon
    today: dt.date


@dataclass(frozen=True)
class AttentionOverview:
    """What Vandaag shows of groups: those that ask attention, and one good sign if there is one."""

    groups: tuple[GroupRow, ...]
    good: GroupRow | None


def due_on(
    points: Sequence[ProfilePoint], planned_on: dt.date | None, days: int = OBSERVE_AFTER_DAYS
) -> dt.date | None:
    """The day a group should be observed again: planned, agreed, or `days` after the last one.

    `points` oldest first. A planned day before the last observation no longer counts.
    """
    last = points[-1] if points else None
    if planned_on and (last is None or planned_on > last.observed_on):
        return planned_on
    if last is None:
        return None
    return last.next_observation_on or last.observed_on + dt.timedelta(days=days)


def attention(
    points: Sequence[ProfilePoint],
    due: dt.date | None,
    today: dt.date,
    titles: Mapping[str, str],
) -> tuple[Attention, ...]:
    """The reasons why a group asks for attention, weightiest first; `points` oldest first.

    `titles` names norms by code. The words are those of ui.md section 16.12.
    """
    found = []
    if turned(points) == BURDENING:
        code = points[-1].dominant or leading(points[-1])
        found.append(Attention("turned", _dominance(titles[code], bool(points[-1].dominant))))
    if code := rising(points, BURDENING):
        text = _("‘{norm}’ became stronger twice").format(norm=titles[code])
        found.append(Attention("rising", text))
    if points and due and due < today:
        days = (today - points[-1].observed_on).days
        found.append(Attention("due", _not_observed(days)))
    if not points:
        found.append(Attention("unseen", _("Not observed yet")))
    return tuple(found)


def good_sign(points: Sequence[ProfilePoint]) -> str:
    """A sentence on what goes well, or '' when the last profiles show nothing new."""
    if turned(points) == PROSOCIAL:
        return _("A helping norm is dominant now")
    if len(points) > 1 and points[-1].tone == PROSOCIAL and rising(points, PROSOCIAL):
        return _("A helping norm grows")
    if falling(points):
        return _("A burdening norm became weaker twice in a row")
    return ""


def turned(points: Sequence[ProfilePoint]) -> str:
    """The kind that the dominant norm changed to in the last profile, '' when it did not.

    Profiles in which helping and burdening norms weigh the same are passed over.
    """
    before = next((point.tone for point in reversed(points[:-1]) if point.tone), "")
    after = points[-1].tone if points else ""
    return after if before and after and before != after else ""


def rising(points: Sequence[ProfilePoint], kind: str) -> str:
    """The norm of a kind that got stronger in two profiles in a row; '' when none did."""
    if len(points) < 3:
        return ""
    first, second, third = (point.strengths for point in points[-3:])
    found = [
        code
        for code, now in third.items()
        if points[-1].kinds[code] == kind and now > second.get(code, 0) > first.get(code, 0)
    ]
    return max(found, key=lambda code: third[code], default="")


def falling(points: Sequence[ProfilePoint]) -> bool:
    """Whether the strongest burdening norm got weaker in two profiles in a row."""
    if len(points) < 3:
        return False
    first, second, third = (point.highest(BURDENING) for point in points[-3:])
    return first > second > third


def development(points: Sequence[ProfilePoint]) -> tuple[DevelopmentMark, ...]:
    """The last eight observations as bars, oldest first (ui.md section 10)."""
    return tuple(
        DevelopmentMark(p.observed_on, p.highest(PROSOCIAL), p.highest(BURDENING))
        for p in points[-BARS:]
    )


def leading(point: ProfilePoint) -> str:
    """The code of the strongest norm, a helping one on a tie; '' when nothing was marked."""
    return min(
        point.strengths,
        key=lambda code: (-point.strengths[code], point.kinds[code] == BURDENING, code),
        default="",
    )


def phases(points: Sequence[ProfilePoint]) -> tuple[PhaseMark, ...]:
    """The phases that were observed in order of time, each run once with its first day."""
    marks: list[PhaseMark] = []
    for point in points:
        if point.phase and (not marks or marks[-1].phase != point.phase):
            marks.append(PhaseMark(point.phase, point.observed_on))
    return tuple(marks)


def weight(reasons: Sequence[Attention]) -> int:
    """How much a group asks for attention: the order of the list (ui.md section 9)."""
    points = {"turned": 3, "rising": 2, "due": 2, "unseen": 1}
    return sum(points[reason.kind] for reason in reasons)


def _dominance(title: str, dominant: bool) -> str:
    if dominant:
        return _("‘{norm}’ is dominant now").format(norm=title)
    return _("‘{norm}’ is strongest now").format(norm=title)


def _not_observed(days: int) -> str:
    return ngettext("{n} day not observed", "{n} days not observed", days)
