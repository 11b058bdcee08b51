"""Cases: what the case page, Vandaag and the exports show of a case and its steps."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from wbos_desktop.i18n import _

from . import tracks
from .deadlines import DueStatus, due_text
from .incidents import PersonRow

REASON_LIMIT = 500
NOTE_LIMIT = 10_000


@dataclass(frozen=True)
class StepRow:
    """A step to show. `person` is who it concerns, `responsible` who does it.

    `not_needed`: its question was answered with no. `missing`: titles of the steps that must be
    done first. `warnings`: sentences on the length of a suspension.
    """

    id: int
    version: int
    case_id: int
    code: str
    track: str
    position: int
    title: str
    text: str
    state: str
    person: str = ""
    involved_id: int | None = None
    responsible: str = ""
    responsible_mark: str = ""
    responsible_id: int | None = None
    due_on: dt.date | None = None
    due_kind: str = "deadline"
    due: DueStatus = field(default_factory=lambda: DueStatus("none"))
    provisional: bool = False
    statutory: bool = False
    statutory_note: str = ""
    optional: bool = False
    condition: str = ""
    condition_answer: str = ""
    waits_for: str = ""
    done_on: dt.date | None = None
    done_by: str = ""
    result: str = ""
    decision: str = ""
    decided_by: str = ""
    passed_on_on: dt.date | None = None
    remark: str = ""
    evidence: str = ""
    skipped_reason: str = ""
    sets_base: str = ""
    base_date: dt.date | None = None
    decision_options: tuple[str, ...] = ()
    record: str = ""
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def target(self) -> bool:
        """True for an offer: it has a target date and is never late."""
        return self.due_kind == "target"

    @property
    def not_needed(self) -> bool:
        """True if the question before it was answered with no."""
        return self.state == "skipped" and self.condition_answer == "no"

    @property
    def due_line(self) -> str:
        """What stands at the right of its card while it is open."""
        return due_text(self.due, self.due_on, target=self.target)

    @property
    def mark(self) -> str | None:
        """Its segment in the bar of the track; None if it does not count."""
        return tracks.mark_of(self.state, late=self.due.late, not_needed=self.not_needed)


@dataclass(frozen=True)
class TrackRow:
    """A track with its steps in the order of the board."""

    track: str
    state: str
    reason: str
    ended_on: dt.date | None
    steps: tuple[StepRow, ...]

    @property
    def progress(self) -> tracks.Progress:
        """Counted steps of this track."""
        return tracks.Progress(tuple(mark for step in self.steps if (mark := step.mark)))


@dataclass(frozen=True)
class LogRow:
    """A line of the log; `by` is empty for lines that the program wrote."""

    id: int
    at: dt.datetime
    kind: str
    text: str
    by: str


@dataclass(frozen=True)
class FactsRow:
    """An incident inside the case, as reported."""

    id: int
    version: int
    number: str
    title: str
    text: str
    kind: str
    place: str
    severity: str
    happened_on: dt.date
    happened_time: dt.time | None
    reported_at: dt.datetime
    reporter: str
    heard_from: str
    safe: str
    police: bool
    police_on: dt.date | None
    police_reference: str
    ground: str
    no_images: bool
    reporter_told_on: dt.date | None
    groups: tuple[tuple[int, str], ...]
    persons: tuple[PersonRow, ...]


@dataclass(frozen=True)
class NormMark:
    """The dominant norm of a group at the last profile: shown with its date."""

    group: str
    code: str
    title: str
    kind: str
    observed_on: dt.date


@dataclass(frozen=True)
class CaseRow:
    """Everything on the case page. `general` are the steps of *Eerst dit*."""

    id: int
    version: int
    number: str
    title: str
    state: str
    level: str
    severity: str
    protocol: str
    protocol_code: str
    edition: int
    stop_banner: str
    owner: str
    owner_id: int | None
    reported_on: dt.date
    opened_on: dt.date
    closed_on: dt.date | None
    look_back: str
    closing: tuple[str, ...]
    closing_checks: dict[str, bool]
    closing_reason: str
    reopened_on: dt.date | None
    groups: tuple[tuple[int, str], ...]
    incidents: tuple[FactsRow, ...]
    general: tuple[StepRow, ...]
    tracks: tuple[TrackRow, ...]
    log: tuple[LogRow, ...]
    norms: tuple[NormMark, ...]
    viewers: tuple[tuple[int, str], ...]
    seen_by: tuple[str, ...]

    @property
    def persons(self) -> tuple[PersonRow, ...]:
        """Everybody involved, once, in the order of the reports."""
        seen: dict[object, PersonRow] = {}
        for incident in self.incidents:
            for person in incident.persons:
                key = person.pupil_id or person.staff_id or f"{person.id}"
                seen.setdefault((person.pupil_id is None, key), person)
        return tuple(seen.values())

    @property
    def steps(self) -> tuple[StepRow, ...]:
        """General steps first, then the tracks."""
        return self.general + tuple(step for track in self.tracks for step in track.steps)

    @property
    def to_do(self) -> int:
        """Open steps."""
        return sum(step.state == "open" for step in self.steps)

    @property
    def counted(self) -> int:
        """Steps that count: not waiting and not proved needless."""
        return sum(step.mark is not None for step in self.steps)

    @property
    def late(self) -> int:
        """Steps past their deadline."""
        return sum(step.mark == "late" for step in self.steps)


@dataclass(frozen=True)
class StepDraft:
    """How a step was done; also a step of one's own when `id` is None.

    `base_date` is asked when the step sets a date that others count from.
    """

    id: int | None = None
    version: int = 0
    done_on: dt.date | None = None
    result: str = ""
    decision: str = ""
    decided_by: str = ""
    passed_on_on: dt.date | None = None
    remark: str = ""
    evidence: str = ""
    base_date: dt.date | None = None


@dataclass(frozen=True)
class OwnStepDraft:
    """A step that the team adds to a track of one case."""

    track: str = "support"
    title: str = ""
    text: str = ""
    due_on: dt.date | None = None
    responsible_id: int | None = None
    involved_id: int | None = None


@dataclass(frozen=True)
class AssessDraft:
    """What a coordinator or lead decides on a report. Empty template: a note is enough."""

    incident_id: int
    version: int = 0
    severity: str = "serious"
    template_code: str = ""
    owner_id: int | None = None
    level: str = "involved"
    add_to_case_id: int | None = None


@dataclass(frozen=True)
class AssessProposal:
    """The assess dialog filled in: the draft, and what there is to choose from."""

    draft: AssessDraft
    facts: FactsRow
    templates: tuple[tuple[str, str], ...]
    owners: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class TrackPreview:
    """What a protocol would start on a track: count of steps, the first one and its date."""

    track: str
    steps: int
    first_title: str
    first_due_on: dt.date | None


@dataclass(frozen=True)
class ProtocolPreview:
    """The side panel of the report form."""

    code: str
    title: str
    tracks: tuple[TrackPreview, ...]


@dataclass(frozen=True)
class MovedStep:
    """A step in the preview of a move: what it was and what it becomes."""

    id: int
    title: str
    before: dt.date | None
    after: dt.date | None
    case_number: str = ""


@dataclass(frozen=True)
class ClosingCheck:
    """What stands in the way of closing, and the checklist of the protocol."""

    open_steps: tuple[str, ...]
    open_tracks: tuple[str, ...]
    unanswered: tuple[str, ...]
    checklist: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """True if nothing is open; the checklist may still warn."""
        return not self.open_steps and not self.open_tracks


@dataclass(frozen=True)
class TaskRow:
    """An open step on Vandaag; `when` is late, today, week or later."""

    step_id: int
    version: int
    case_id: int
    case_number: str
    case_title: str
    title: str
    person: str
    track: str
    groups: tuple[str, ...]
    responsible_id: int | None
    responsible: str
    due_on: dt.date
    due: DueStatus
    target: bool
    when: str

    @property
    def due_line(self) -> str:
        """'2 schooldagen te laat', 'Vandaag' or the day."""
        return due_text(self.due, self.due_on, target=self.target)


def case_state_text(state: str) -> str:
    """'Lopend' or 'Gesloten'."""
    return {"open": _("Open case"), "closed": _("Closed")}[state]
