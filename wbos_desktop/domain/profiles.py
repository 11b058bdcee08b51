"""Group profiles (in the window: observaties): what one is, and the rules of strength."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from wbos_desktop.i18n import _

from .calendar import SchoolCalendar
from .norms import BURDENING, DOMINANT, NOTICEABLE, PROSOCIAL, WISHED_NORM, CueRow, NormRow

STATUSES = ("draft", "discussed", "adopted")


@dataclass(frozen=True)
class ResponseDraft:
    """What the acting teacher does with one norm: codes in order, first this, then that."""

    sequence: tuple[str, ...] = ()
    how: str = ""


@dataclass(frozen=True)
class ProfileDraft:
    """A profile to edit; `strengths` and `responses` are by norm code, a missing code is 0.

    `responses` holds those of the acting teacher only. `observers` are staff ids, the first wrote
    it; empty means the acting teacher. `id` and `version` are empty for a new profile.
    """

    group_id: int
    observed_on: dt.date
    place: str = ""
    heard: str = ""
    seen: str = ""
    by_whom: str = ""
    strengths: Mapping[str, int] = field(default_factory=dict)
    responses: Mapping[str, ResponseDraft] = field(default_factory=dict)
    phase: str = ""
    phase_evidence: str = ""
    wished_norm: str = WISHED_NORM
    climate: str = ""
    influence: str = ""
    subgroups: str = ""
    question: str = ""
    next_observation_on: dt.date | None = None
    observers: tuple[int, ...] = ()
    status: str = "draft"
    id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class NormStrength:
    """One norm as it was seen in a profile; strength 1 to 3."""

    norm: NormRow
    strength: int


@dataclass(frozen=True)
class ResponseCount:
    """How teachers responded to one norm: `counts[code]` of `total` teachers name that response.

    `own` is set only for the teacher who looks; what one other teacher did is never shown, so
    `counts` is empty while only one teacher answered.
    """

    norm_code: str
    total: int
    counts: Mapping[str, int]
    own: ResponseDraft | None = None


@dataclass(frozen=True)
class ProfileRow:
    """A profile to show; `norms` strongest first, helping norms before burdening ones."""

    id: int
    group_id: int
    observed_on: dt.date
    status: str
    place: str
    phase: str
    phase_evidence: str
    heard: str
    seen: str
    by_whom: str
    climate: str
    influence: str
    subgroups: str
    question: str
    wished_norm: str
    next_observation_on: dt.date | None
    norms: tuple[NormStrength, ...]
    observers: tuple[str, ...]
    responses: tuple[ResponseCount, ...]
    version: int

    @property
    def dominant(self) -> NormRow | None:
        """The dominant norm, if the observers agreed on one."""
        return next((one.norm for one in self.norms if one.strength == DOMINANT), None)

    @property
    def leading(self) -> NormStrength | None:
        """The strongest norm; None when nothing was marked."""
        return self.norms[0] if self.norms else None


@dataclass(frozen=True)
class NormChange:
    """One norm in two profiles that are compared; strengths 0 to 3."""

    norm: NormRow
    before: int
    after: int


@dataclass(frozen=True)
class Comparison:
    """Two profiles of one group side by side, the older first."""

    before: ProfileRow
    after: ProfileRow
    changes: tuple[NormChange, ...]


@dataclass(frozen=True)
class PresenceDraft:
    """The private check of one observer after a profile: free words, seen by nobody else."""

    relaxed: str = ""
    got_room: str = ""
    not_yet: str = ""


@dataclass(frozen=True)
class ProfilePoint:
    """The bare facts of a profile that trends are made of; `strengths` by norm code."""

    id: int
    observed_on: dt.date
    phase: str
    strengths: Mapping[str, int]
    kinds: Mapping[str, str]
    next_observation_on: dt.date | None

    def highest(self, kind: str) -> int:
        """The greatest strength among norms of a kind, 0 when none was seen."""
        return max((s for code, s in self.strengths.items() if self.kinds[code] == kind), default=0)

    @property
    def dominant(self) -> str | None:
        """The code of the dominant norm, if there is one."""
        return next((code for code, s in self.strengths.items() if s == DOMINANT), None)

    @property
    def tone(self) -> str:
        """The kind of the dominant norm, or of the strongest; empty when both weigh the same."""
        if self.dominant:
            return self.kinds[self.dominant]
        helping, weighing = self.highest(PROSOCIAL), self.highest(BURDENING)
        if helping == weighing:
            return ""
        return PROSOCIAL if helping > weighing else BURDENING


@dataclass(frozen=True)
class ObservationForm:
    """What the form of an observation needs."""

    draft: ProfileDraft
    group_name: str
    groups: tuple[tuple[int, str], ...]
    norms: tuple[NormRow, ...]
    cues: tuple[CueRow, ...]
    staff: tuple[tuple[int, str], ...]
    today: dt.date
    calendar: SchoolCalendar


def with_strength(strengths: Mapping[str, int], code: str, strength: int) -> dict[str, int]:
    """The strengths after a choice: a second dominant norm sets the first back to noticeable."""
    changed = {key: value for key, value in strengths.items() if value and key != code}
    if strength == DOMINANT:
        changed = {key: min(value, NOTICEABLE) for key, value in changed.items()}
    if strength:
        changed[code] = strength
    return changed


def status_title(status: str) -> str:
    """'concept', 'besproken' or 'vastgesteld'."""
    return {
        "draft": _("draft"),
        "discussed": _("discussed"),
        "adopted": _("adopted"),
    }.get(status, "")
