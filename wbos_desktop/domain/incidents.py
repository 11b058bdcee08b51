"""Incidents: the catalogue words, the report form and the rows of the register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from wbos_desktop.i18n import _, pgettext

from .calendar import SchoolCalendar
from .deadlines import DueStatus
from .people import fold
from .tracks import Progress

LIGHT, SERIOUS, SEVERE = "light", "serious", "severe"
SEVERITIES = (LIGHT, SERIOUS, SEVERE)
ROLES = ("affected", "actor", "joined", "bystander", "helper", "unknown")
LEVELS = ("team", "involved", "named")
SAFETY = ("yes", "no", "unknown")
# Kinds that only listed people may see by default (product.md section 1).
NAMED_KINDS = frozenset({"naaktbeeld", "seksueel", "wapen", "drugs"})
TEXT_LIMIT = 20_000
ROLE_NOTE_LIMIT = 40  # product.md section 3
TITLE_LIMIT = 80


@dataclass(frozen=True)
class Kind:
    """A kind of the catalogue; `nature` is negative, neutral or positive."""

    code: str
    title: str
    hint: str
    default_severity: str
    template: str
    template_online: str
    no_images: bool
    nature: str

    def template_for(self, place: str) -> str:
        """Code of the protocol that fits here, '' if a note is enough."""
        return (self.template_online if place == "online" else "") or self.template

    def note_is_enough(self, severity: str) -> bool:
        """True for what is light; a worry about a pupil has no severity and asks for more."""
        return severity == LIGHT and not (self.nature == "neutral" and self.template)


@dataclass(frozen=True)
class Choice:
    """A code with its words, for places, severities, parts of the day and roles."""

    code: str
    title: str
    hint: str = ""


@dataclass(frozen=True)
class Catalogue:
    """Everything the report form chooses from."""

    kinds: tuple[Kind, ...]
    severities: tuple[Choice, ...]
    places: tuple[Choice, ...]
    parts_of_day: tuple[Choice, ...]
    roles: tuple[Choice, ...]
    no_images_text: str

    def kind(self, code: str) -> Kind:
        """A kind by code; 'anders' when an older catalogue knew it."""
        found = {kind.code: kind for kind in self.kinds}
        return found.get(code) or found["anders"]


def severity_text(severity: str) -> str:
    """'Licht', 'Ernstig' or 'Zeer ernstig'."""
    return {LIGHT: _("Light"), SERIOUS: _("Serious"), SEVERE: _("Very serious")}[severity]


def role_text(role: str) -> str:
    """What an involved person did, in words: 'deed mee'."""
    return {
        "affected": _("affected"),
        "actor": _("did it"),
        "joined": _("joined in"),
        "bystander": _("watched"),
        "helper": _("helped"),
        "unknown": _("role not known yet"),
    }[role]


def level_text(level: str) -> str:
    """Who may see a record of this level."""
    return {
        "team": _("Team of the group"),
        "involved": _("People with a task in it"),
        "named": _("Only listed people"),
    }[level]


def default_level(kind_code: str) -> str:
    """The level a new incident of this kind gets."""
    return "named" if kind_code in NAMED_KINDS else "involved"


def default_title(kind_title: str, place_title: str) -> str:
    """'Vernederen (online)': what happened and where, without names."""
    return f"{kind_title} ({place_title})"


def names_in(title: str, names: Iterable[str]) -> list[str]:
    """The names that stand in a title as whole words, also as 'Yasmins'; accents and case aside."""
    words = f" {' '.join(_words(title))} "
    keys = ((name, " ".join(_words(name))) for name in names)
    return [name for name, key in keys if key and (f" {key} " in words or f" {key}s " in words)]


def _words(text: str) -> list[str]:
    plain = fold(text).replace("’", "'").replace("'s ", " ")
    plain = plain[:-2] if plain.endswith("'s") else plain
    return "".join(letter if letter.isalnum() else " " for letter in plain).split()


@dataclass(frozen=True)
class InvolvedDraft:
    """A person in the report: a pupil, a colleague, a typed outsider or an unknown pupil."""

    id: int | None = None
    pupil_id: int | None = None
    staff_id: int | None = None
    outsider_name: str = ""
    unknown: bool = False
    role: str = "unknown"
    role_note: str = ""
    role_source: str = "reporter"
    name: str = ""


@dataclass(frozen=True)
class IncidentDraft:
    """A report to save. Empty severity, title or level: the default of the kind.

    Only `text`, `kind_code` and `group_ids` are needed. `reporter_id` empty and no
    `reporter_name`: the acting user.
    """

    id: int | None = None
    version: int = 0
    title: str = ""
    text: str = ""
    kind_code: str = ""
    happened_on: dt.date | None = None
    happened_time: dt.time | None = None
    place: str = "class"
    part_of_day: str = ""
    severity: str = ""
    reporter_id: int | None = None
    reporter_name: str = ""
    source: str = "self"
    heard_from: str = ""
    safe: str = "unknown"
    level: str = ""
    ground: str = ""
    police: bool = False
    police_on: dt.date | None = None
    police_reference: str = ""
    group_ids: tuple[int, ...] = ()
    persons: tuple[InvolvedDraft, ...] = ()


@dataclass(frozen=True)
class FactsDraft:
    """The facts of a saved report to correct: what, where, when, how serious, police, ground."""

    id: int
    version: int
    title: str = ""
    text: str = ""
    kind_code: str = ""
    happened_on: dt.date | None = None
    happened_time: dt.time | None = None
    place: str = "class"
    part_of_day: str = ""
    severity: str = LIGHT
    ground: str = ""
    police: bool = False
    police_on: dt.date | None = None
    police_reference: str = ""


@dataclass(frozen=True)
class PersonDetails:
    """What is noted about one involved person after hearing; edits one person."""

    id: int
    version: int
    role: str = "unknown"
    role_note: str = ""
    role_source: str = "reporter"
    account: str = ""
    injury: str = ""
    heard_on: dt.date | None = None
    parents_informed_on: dt.date | None = None
    parents_informed_how: str = ""


@dataclass(frozen=True)
class PersonRow:
    """An involved person to show; `mark` are two letters for the disc, unique in the case.

    `short` is the given name, or the whole name when two share a given name.
    """

    id: int
    incident_id: int
    name: str
    short: str
    mark: str
    role: str
    role_note: str
    role_source: str
    pupil_id: int | None
    staff_id: int | None
    unknown: bool = False
    version: int = 1
    account: str = ""
    injury: str = ""
    heard_on: dt.date | None = None
    parents_informed_on: dt.date | None = None
    parents_informed_how: str = ""

    @property
    def role_line(self) -> str:
        """'deed mee', with the note and 'volgens de melder' until the person was heard."""
        parts = [self.role_note or role_text(self.role)]
        if self.role_source == "reporter" and self.role != "unknown":
            parts.append(_("according to the report"))
        return ", ".join(parts)


@dataclass(frozen=True)
class IncidentQuery:
    """Which incidents the register shows; `since` and `until` bound the day it happened.

    `status`: '' all, 'active' (open, or of the last 30 days), 'open', 'late', 'assess', 'note' or
    'closed'.
    """

    text: str = ""
    status: str = ""
    group_id: int | None = None
    kind_code: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class IncidentRow:
    """One line of the register. `status`: assess, note, seen, open or closed."""

    id: int
    number: str
    title: str
    kind: str
    place: str
    severity: str
    happened_on: dt.date
    status: str
    groups: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    case_id: int | None = None
    tracks: tuple[tuple[str, Progress], ...] = ()
    next_step: str = ""
    next_due_on: dt.date | None = None
    next_due: DueStatus = field(default_factory=lambda: DueStatus("none"))
    next_is_target: bool = False

    @property
    def late(self) -> bool:
        """True if a step of its case is past the deadline."""
        return any(progress.late for _track, progress in self.tracks) or self.next_due.late


@dataclass(frozen=True)
class IncidentCounts:
    """What stands under the title of the register."""

    open_cases: int
    late_cases: int
    to_assess: int


@dataclass(frozen=True)
class ToAssessRow:
    """A report that waits for a coordinator or lead to choose what follows."""

    id: int
    number: str
    title: str
    severity: str
    reported_at: dt.datetime
    groups: tuple[str, ...]


@dataclass(frozen=True)
class GroupChoice:
    """A group of this school year to choose, with its first mentor."""

    id: int
    name: str
    mentor: str = ""


@dataclass(frozen=True)
class PersonChoice:
    """Somebody to pick as involved: `groups` tells two pupils of one name apart."""

    name: str
    groups: str = ""
    pupil_id: int | None = None
    staff_id: int | None = None


@dataclass(frozen=True)
class EmergencyLine:
    """A number to call, as the school wrote it down."""

    label: str
    phone: str


def register_status(state: str, case_state: str | None, *, seen: bool) -> str:
    """The status of a report by its own state and that of the case which the user may see.

    `seen`: a colleague decided on the user's own report. Whether it became a note or a case that
    the user may not see is not told: of both it is true that somebody looked at it.
    """
    if case_state:
        return case_state
    if state == "to_assess":
        return "assess"
    return "seen" if seen or state == "case" else "note"


def status_text(status: str) -> str:
    """What the register calls a status."""
    return {
        "assess": _("To assess"),
        "note": _("Note"),
        "seen": pgettext("report", "Looked at"),
        "open": _("Open case"),
        "closed": _("Closed"),
    }[status]


@dataclass(frozen=True)
class ReportForm:
    """What the report form needs besides the catalogue: choices, calendar, what is allowed.

    `now` is the time of day to the minute, for an incident of this moment.
    """

    today: dt.date
    now: dt.time
    calendar: SchoolCalendar
    groups: tuple[GroupChoice, ...]
    own_group_ids: tuple[int, ...]
    staff: tuple[tuple[int, str], ...]
    contacts: tuple[EmergencyLine, ...]
    staff_id: int | None
    may_decide: bool
    templates: tuple[tuple[str, str], ...]
