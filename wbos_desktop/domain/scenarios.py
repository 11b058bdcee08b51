"""Scenarios: als (if), dan (then), zodat (so that); rows to show, drafts to edit, their words."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from wbos_desktop.i18n import _, ngettext

LEVELS = ("class", "team", "school")
SECTORS = ("po", "vo", "go", "mbo")
RESPONSES = ("confirm", "strengthen", "ignore", "steer")
AIMED_AT = ("norm_bearers", "middle_group", "burden_bearers", "whole_group")
PLACES = ("class", "corridor", "yard", "online", "trip", "meeting")
STATUSES = ("concept", "discussed", "practised", "in_use", "evaluated", "withdrawn")
PRACTICE_FORMS = ("alone", "training", "peer_review", "coaching")
TITLE_LIMIT = 60


@dataclass(frozen=True)
class ScenarioQuery:
    """What the list shows; empty fields do not filter.

    `my_groups` keeps scenarios for norms that live now in the groups the user answers for.
    """

    text: str = ""
    norms: tuple[str, ...] = ()
    sector: str = ""
    level: str = ""
    aimed_at: str = ""
    place: str = ""
    response: str = ""
    my_groups: bool = False
    kept: bool = False
    own_school: bool = False


@dataclass(frozen=True)
class Counts:
    """How often colleagues practised and used it, and how often it helped (yes or a bit)."""

    practised: int = 0
    used: int = 0
    helped: int = 0


@dataclass(frozen=True)
class ScenarioRow:
    """One line of the list. `norms` are (code, title, kind), the first leads."""

    id: int
    version: int
    code: str
    title: str
    norms: tuple[tuple[str, str, str], ...]
    level: str
    place: str
    origin: str
    status: str
    counts: Counts
    kept: bool


@dataclass(frozen=True)
class UseRow:
    """One line of practice or use: who, when, for which group, and what they noted.

    `helped` is '' for a practice session.
    """

    staff: str
    on: dt.date
    group: str
    helped: str
    note: str


@dataclass(frozen=True)
class ScenarioCard:
    """Everything on the HOE card; texts are upper-cased and stopped, ready to show alone."""

    row: ScenarioRow
    sectors: tuple[str, ...]
    responses: tuple[str, ...]
    aimed_at: str
    want_to_see: str
    not_want_to_see: str
    if_text: str
    physical: str
    nonverbal: str
    verbal: str
    timing: str
    so_that: str
    sentence: str
    tags: tuple[str, ...]
    author: str
    edition: int
    in_groups: tuple[tuple[int, str], ...]
    uses: tuple[UseRow, ...]
    my_sure: int | None


@dataclass(frozen=True)
class ScenarioDraft:
    """A scenario in the form; `id` None is a new one of the school.

    Clauses (if_text, physical, nonverbal, timing, so_that) are kept without capital and stop.
    """

    id: int | None = None
    version: int = 0
    title: str = ""
    norms: tuple[str, ...] = ()
    level: str = "class"
    sectors: tuple[str, ...] = ()
    responses: tuple[str, ...] = ("steer",)
    aimed_at: str = "whole_group"
    place: str = "class"
    want_to_see: str = ""
    not_want_to_see: str = ""
    if_text: str = ""
    physical: str = ""
    nonverbal: str = ""
    verbal: str = ""
    timing: str = ""
    so_that: str = ""
    tags: tuple[str, ...] = ()
    status: str = "concept"
    builtin: bool = False


@dataclass(frozen=True)
class PracticeDraft:
    """A practice session; `sure` 1 (not at all) to 5 (fully) is for the person alone."""

    scenario_id: int
    form: str = "alone"
    group_id: int | None = None
    note: str = ""
    sure: int | None = None


@dataclass(frozen=True)
class UseDraft:
    """A time it was used; `helped` is yes, bit or no."""

    scenario_id: int
    used_on: dt.date | None = None
    group_id: int | None = None
    case_id: int | None = None
    helped: str = ""
    note: str = ""


@dataclass(frozen=True)
class ScenarioMatch:
    """A fitting scenario with the reason, as a sentence to show beside it."""

    row: ScenarioRow
    reason: str
    picked: bool


@dataclass(frozen=True)
class Places:
    """Groups and cases the user can choose for a scenario: (id, label)."""

    groups: tuple[tuple[int, str], ...]
    cases: tuple[tuple[int, str], ...]
    my_norms: tuple[str, ...]
    norms: tuple[tuple[str, str, str], ...]


def alone(clause: str) -> str:
    """A clause shown by itself: first letter upper-case, with a stop."""
    text = typographic(clause.strip())
    if not text:
        return ""
    first = text[0].upper() + text[1:]
    return first if first[-1] in ".!?…'’" else first + "."


def typographic(text: str) -> str:
    """Straight quotes as ‘ and ’; an apostrophe, as in collega's and 's morgens, is ’."""
    opened = re.sub(r"(^|[\s(:])'(?![stnrk]\b)", r"\1‘", text)
    return opened.replace("'", "’")


def as_clause(text: str) -> str:
    """What was typed, as a clause: no stop at the end, lower-case start unless it is a name.

    Only a first word of more than one letter with lower-case rest is lowered; 'WhatsApp' stays.
    """
    clause = " ".join(text.split()).rstrip(".").rstrip()
    first = clause.split(" ", 1)[0] if clause else ""
    if first and first[0].isupper() and (len(first) == 1 or first[1:].islower()):
        clause = clause[0].lower() + clause[1:]
    return clause


def sentence(if_text: str, physical: str, so_that: str) -> str:
    """'Als …, dan: …, zodat ….' in Dutch whatever the language: scenarios are Dutch texts.

    Empty parts show as dots, so that the sentence grows while it is typed.
    """
    parts = [as_clause(part) or "…" for part in (if_text, physical, so_that)]
    text = f"Als {parts[0]}, dan: {parts[1]}, zodat {parts[2]}."
    return text.replace("….", "…")


def counts_text(counts: Counts) -> str:
    """'11 times practised · 4 times used, 3 times it helped': words, never stars."""
    if not counts.practised and not counts.used:
        return _("Not practised or used yet")
    texts = []
    if counts.practised:
        texts.append(ngettext("practised once", "practised {n} times", counts.practised))
    if counts.used:
        used = ngettext("used once", "used {n} times", counts.used)
        helped = ngettext("helped once", "helped {n} times", counts.helped)
        texts.append(f"{used}, {helped}" if counts.helped else used)
    return " · ".join(texts)


def level_text(code: str) -> str:
    """The level in words."""
    return {"class": _("Class"), "team": _("Team"), "school": _("School")}.get(code, code)


def place_text(code: str) -> str:
    """The place in words, as it stands in a sub line."""
    return {
        "class": _("in class"),
        "corridor": _("in the corridor"),
        "yard": _("in the yard"),
        "online": _("online"),
        "trip": _("on a trip"),
        "meeting": _("in a meeting"),
    }.get(code, code)


def aimed_at_text(code: str) -> str:
    """Whom it is aimed at, in words."""
    return {
        "norm_bearers": _("Pupils who help to set the norm"),
        "middle_group": _("Pupils who move along"),
        "burden_bearers": _("Pupils who suffer from it"),
        "whole_group": _("The whole group"),
    }.get(code, code)


def response_text(code: str) -> str:
    """The response in words."""
    return {
        "confirm": _("Confirm"),
        "strengthen": _("Strengthen"),
        "ignore": _("Ignore"),
        "steer": _("Actively steer"),
    }.get(code, code)


def status_text(code: str) -> str:
    """Where the scenario is in its life."""
    return {
        "concept": _("Draft"),
        "discussed": _("Discussed"),
        "practised": _("Practised"),
        "in_use": _("In use"),
        "evaluated": _("Evaluated"),
        "withdrawn": _("Withdrawn"),
    }.get(code, code)


def form_text(code: str) -> str:
    """The form of a practice session."""
    return {
        "alone": _("Alone"),
        "training": _("Training"),
        "peer_review": _("Peer review"),
        "coaching": _("Coaching"),
    }.get(code, code)


def helped_text(code: str) -> str:
    """Whether it helped, in words."""
    return {"yes": _("It helped"), "bit": _("It helped a bit"), "no": _("It did not help")}.get(
        code, ""
    )


def source_text(origin: str, author: str) -> str:
    """'Built into WBOS', or the author of a school text."""
    if origin == "builtin":
        return _("Built into WBOS")
    return _("By {name}").format(name=author) if author else _("From your school")
