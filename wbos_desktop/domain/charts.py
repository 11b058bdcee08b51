"""Geometry of the Normenlint, computed once for screen and paper (ui.md section 10).

Every position on the x axis is a fraction from 0 (left) to 1 (right). Painters choose pixels or
points, colours and fonts; they never decide what is shown or where.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

MAX_ROWS = 6
"""Rows drawn at most; the rest is counted in `NormRibbon.more`."""

MIN_DAYS = 28
"""The axis never shows less than four weeks, so that one observation is no full-width bar."""


LEAST_BAR = dt.timedelta(days=4)
"""Today's observation gets a bar of this length, or nobody would see it."""


@dataclass(frozen=True)
class RibbonNorm:
    """A norm of the catalogue; `kind` is 'prosocial' (above the line) or 'burdening' (below)."""

    code: str
    title: str
    kind: str


@dataclass(frozen=True)
class RibbonProfile:
    """One dated observation: strength 0-3 per norm code, and the team's first response.

    `response` is '' or confirm | strengthen | ignore | steer.
    """

    observed_on: dt.date
    strengths: Mapping[str, int]
    response: str = ""
    profile_id: int | None = None


@dataclass(frozen=True)
class RibbonIncident:
    """An incident of the group on its day."""

    happened_on: dt.date
    incident_id: int | None = None
    number: str = ""


@dataclass(frozen=True)
class RibbonHoliday:
    """A vacation, first and last day included."""

    first_day: dt.date
    last_day: dt.date
    label: str = ""


@dataclass(frozen=True)
class Bar:
    """A stretch between two observations; `word` asks the painter to write 'dominant' in it."""

    start: float
    end: float
    strength: int
    first_day: dt.date
    last_day: dt.date
    profile_id: int | None = None
    word: bool = False


@dataclass(frozen=True)
class RibbonRow:
    """One norm with its bars, oldest first."""

    norm: RibbonNorm
    bars: tuple[Bar, ...]
    now: int

    @property
    def prosocial(self) -> bool:
        """True above the heavy line."""
        return self.norm.kind == "prosocial"


@dataclass(frozen=True)
class Mark:
    """An observation (or a planned one) on the axis; `label` is False where labels would touch."""

    x: float
    day: dt.date
    planned: bool = False
    label: bool = True
    profile_id: int | None = None


@dataclass(frozen=True)
class Flag:
    """An incident; `row` is the index of the row dominant on that day, None if there is none."""

    x: float
    day: dt.date
    row: int | None
    incident_id: int | None = None
    number: str = ""


@dataclass(frozen=True)
class Span:
    """A stretch of the axis with a text: a vacation, or a team response (its code in `kind`)."""

    start: float
    end: float
    kind: str
    label: str = ""


@dataclass(frozen=True)
class NormRibbon:
    """Everything a painter needs. Rows come in drawing order: prosocial first."""

    first_day: dt.date
    last_day: dt.date
    rows: tuple[RibbonRow, ...]
    more: int
    marks: tuple[Mark, ...]
    flags: tuple[Flag, ...]
    holidays: tuple[Span, ...]
    responses: tuple[Span, ...]
    today: float | None
    today_day: dt.date = field(default=dt.date.min)

    @property
    def above(self) -> int:
        """Number of rows above the heavy line."""
        return sum(row.prosocial for row in self.rows)

    @property
    def empty(self) -> bool:
        """True when no norm was seen in the period."""
        return not self.rows


@dataclass(frozen=True)
class _Axis:
    first: dt.date
    last: dt.date

    def at(self, day: dt.date) -> float:
        """Fraction of a day, clamped to the axis."""
        length = max((self.last - self.first).days, 1)
        return min(max((day - self.first).days / length, 0.0), 1.0)

    def holds(self, day: dt.date) -> bool:
        """True if the day lies on the axis."""
        return self.first <= day <= self.last


def norm_ribbon(
    norms: Sequence[RibbonNorm],
    profiles: Sequence[RibbonProfile],
    *,
    today: dt.date,
    first: dt.date | None = None,
    last: dt.date | None = None,
    holidays: Iterable[RibbonHoliday] = (),
    incidents: Iterable[RibbonIncident] = (),
    planned: Iterable[dt.date] = (),
    max_rows: int = MAX_ROWS,
) -> NormRibbon:
    """The ribbon of one group over one period.

    Without `first` the axis begins at the first observation, without `last` it ends at today or
    the last planned observation, plus room for its label. Observations outside are left out.
    """
    plans = sorted(day for day in planned if day >= today)
    axis = _axis(profiles, plans, today, first, last)
    shown = sorted((p for p in profiles if axis.holds(p.observed_on)), key=lambda p: p.observed_on)
    until = min(max(today, shown[-1].observed_on + LEAST_BAR), axis.last) if shown else axis.first
    seen = [n for n in norms if any(p.strengths.get(n.code, 0) for p in shown)]
    chosen = _chosen(seen, shown, max_rows)
    rows = tuple(RibbonRow(n, _bars(n, shown, until, axis), _now(n, shown)) for n in chosen)
    return NormRibbon(
        first_day=axis.first,
        last_day=axis.last,
        rows=rows,
        more=len(seen) - len(chosen),
        marks=_marks(shown, [day for day in plans if axis.holds(day)], axis),
        flags=_flags(incidents, chosen, shown, axis),
        holidays=_holidays(holidays, axis),
        responses=_responses(shown, until, axis),
        today=axis.at(today) if axis.holds(today) else None,
        today_day=today,
    )


def _axis(
    profiles: Sequence[RibbonProfile],
    plans: Sequence[dt.date],
    today: dt.date,
    first: dt.date | None,
    last: dt.date | None,
) -> _Axis:
    begin = first or min((p.observed_on for p in profiles), default=today)
    end = last or max([today, *plans, *(p.observed_on + LEAST_BAR for p in profiles)])
    if (end - begin).days < MIN_DAYS:
        end = begin + dt.timedelta(days=MIN_DAYS)
    if last is None and plans:
        end += dt.timedelta(days=max((end - begin).days // 16, 3))
    return _Axis(begin, end)


def _chosen(
    seen: Sequence[RibbonNorm], shown: Sequence[RibbonProfile], max_rows: int
) -> list[RibbonNorm]:
    def weight(norm: RibbonNorm) -> tuple[int, int, int]:
        strengths = [p.strengths.get(norm.code, 0) for p in shown]
        return strengths[-1], max(strengths), sum(strengths)

    best = sorted(seen, key=weight, reverse=True)[:max_rows]
    kept = {norm.code for norm in best}
    rows = [norm for norm in seen if norm.code in kept]
    return sorted(rows, key=lambda norm: norm.kind != "prosocial")


def _now(norm: RibbonNorm, shown: Sequence[RibbonProfile]) -> int:
    return shown[-1].strengths.get(norm.code, 0) if shown else 0


def _stretches(
    shown: Sequence[RibbonProfile], until: dt.date
) -> list[tuple[RibbonProfile, dt.date]]:
    ends = [p.observed_on for p in shown[1:]]
    return list(zip(shown, [*ends, until][: len(shown)], strict=True))


def _bars(
    norm: RibbonNorm, shown: Sequence[RibbonProfile], until: dt.date, axis: _Axis
) -> tuple[Bar, ...]:
    bars: list[Bar] = []
    before = 0
    for profile, end in _stretches(shown, until):
        strength = profile.strengths.get(norm.code, 0)
        if strength:
            bars.append(
                Bar(
                    axis.at(profile.observed_on),
                    axis.at(end),
                    strength,
                    profile.observed_on,
                    end,
                    profile.profile_id,
                    word=strength == 3 and before != 3,
                )
            )
        before = strength
    return tuple(bars)


def _marks(
    shown: Sequence[RibbonProfile], plans: Sequence[dt.date], axis: _Axis
) -> tuple[Mark, ...]:
    points = [(p.observed_on, False, p.profile_id) for p in shown]
    points += [(day, True, None) for day in plans]
    marks: list[Mark] = []
    labelled = -1.0
    for day, is_plan, profile_id in points:
        x = axis.at(day)
        room = x - labelled >= 0.09
        if room:
            labelled = x
        marks.append(Mark(x, day, is_plan, room, profile_id))
    return tuple(marks)


def _flags(
    incidents: Iterable[RibbonIncident],
    rows: Sequence[RibbonNorm],
    shown: Sequence[RibbonProfile],
    axis: _Axis,
) -> tuple[Flag, ...]:
    flags = []
    for incident in sorted(incidents, key=lambda i: i.happened_on):
        day = incident.happened_on
        if not axis.holds(day):
            continue
        row = _dominant_row(day, rows, shown)
        flags.append(Flag(axis.at(day), day, row, incident.incident_id, incident.number))
    return tuple(flags)


def _dominant_row(
    day: dt.date, rows: Sequence[RibbonNorm], shown: Sequence[RibbonProfile]
) -> int | None:
    earlier = [p for p in shown if p.observed_on <= day]
    if not earlier:
        return None
    strengths = earlier[-1].strengths
    return next((i for i, n in enumerate(rows) if strengths.get(n.code, 0) == 3), None)


def _holidays(holidays: Iterable[RibbonHoliday], axis: _Axis) -> tuple[Span, ...]:
    spans = []
    for holiday in holidays:
        after = holiday.last_day + dt.timedelta(days=1)
        if after > axis.first and holiday.first_day < axis.last:
            start, end = axis.at(holiday.first_day), axis.at(after)
            spans.append(Span(start, end, "holiday", holiday.label))
    return tuple(spans)


def _responses(shown: Sequence[RibbonProfile], until: dt.date, axis: _Axis) -> tuple[Span, ...]:
    spans: list[Span] = []
    for profile, end in _stretches(shown, until):
        if not profile.response or end <= profile.observed_on:
            continue
        start = axis.at(profile.observed_on)
        if spans and spans[-1].kind == profile.response and spans[-1].end == start:
            start = spans.pop().start
        spans.append(Span(start, axis.at(end), profile.response))
    return tuple(spans)
