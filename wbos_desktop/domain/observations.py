"""Single observations (in the window: waarnemingen): one utterance or behaviour as a fact."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

LAYERS = (
    "team_dynamics",
    "team_members",
    "inner_dynamics",
    "group_dynamics",
    "pupils",
    "context",
)


@dataclass(frozen=True)
class ObservationDraft:
    """An observation to edit; `kind` is utterance, behaviour or online."""

    group_id: int
    observed_on: dt.date
    text: str
    kind: str = "utterance"
    place: str = ""
    norm_code: str = ""
    pupil_ids: tuple[int, ...] = ()
    layer: str = "group_dynamics"
    profile_id: int | None = None
    id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class ObservationRow:
    """An observation to show; pupils by id, because names depend on who looks."""

    id: int
    group_id: int
    observed_on: dt.date
    place: str
    kind: str
    text: str
    norm_code: str
    observer: str
    layer: str
    pupil_ids: tuple[int, ...]
    version: int
