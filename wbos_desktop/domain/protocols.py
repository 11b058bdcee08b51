"""Protocol templates as data: reading them, and which steps a case gets from one.

The schema is that of the protocols catalogue; a stored version is one template with its
general steps already copied into it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .deadlines import Rule

ACTOR_ROLES = ("actor", "joined")

# The review of a template is a step of its own, so that it has a date, a card and a decision.
_REVIEW = {
    "code": "REVIEW",
    "title": "Bespreek sluiten of verlengen",
    "text": "Kijk in het zorgteam of de casus kan sluiten. Verlengen kan met een reden.",
    "track": "general",
    "concerns": "school",
    "due_kind": "target",
    "statutory": False,
    "statutory_note": "",
    "optional": False,
    "condition": "",
    "sets_base": "",
    "decision_options": ["sluiten", "verlengen"],
    "record": "besluit, reden",
}


@dataclass(frozen=True)
class StepTemplate:
    """One step as the protocol describes it; texts are Dutch content."""

    code: str
    title: str
    text: str
    track: str
    responsibles: tuple[str, ...]
    concerns: str
    rule: Rule
    due_kind: str
    statutory: bool
    statutory_note: str
    optional: bool
    condition: str
    sets_base: str
    decision_options: tuple[str, ...]
    record: str
    sectors: tuple[str, ...]
    requires: tuple[str, ...]
    suggested_scenarios: tuple[str, ...]


@dataclass(frozen=True)
class Template:
    """A protocol: when to use it, its steps (general ones first) and its closing checklist."""

    code: str
    title: str
    when_to_use: str
    owner: str
    sectors: tuple[str, ...]
    highest_confidentiality: bool
    law_checked_on: str
    note: str
    stop_banner: str
    closing: tuple[str, ...]
    notes: tuple[str, ...]
    sector_notes: Mapping[str, str]
    steps: tuple[StepTemplate, ...]

    def steps_in(self, sector: str) -> tuple[StepTemplate, ...]:
        """The steps that hold in a sector ('PO', 'VO', 'GO', 'MBO')."""
        key = sector.lower()
        return tuple(step for step in self.steps if not step.sectors or key in step.sectors)


@dataclass(frozen=True)
class TemplateRow:
    """A protocol in a list; `approved_on` is empty until the school adopted it."""

    version_id: int
    code: str
    title: str
    when_to_use: str
    edition: int
    origin: str
    owner_role: str
    highest_confidentiality: bool
    law_checked_on: str
    approved_on: dt.date | None
    steps: int


@dataclass(frozen=True)
class Person:
    """Somebody involved in a case, to hand out steps: `id` of the involved person."""

    id: int
    roles: frozenset[str]
    unknown: bool = False


def contents(catalogue: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Each template of the catalogue by code, whole: general steps copied in front, review last."""
    general = {step["code"]: step for step in catalogue["general_steps"]}
    found = {}
    for template in catalogue["templates"]:
        whole = {key: value for key, value in template.items() if key != "general"}
        whole["steps"] = [dict(general[code]) for code in template["general"]]
        whole["steps"] += [dict(step) for step in template["steps"]]
        if review := template.get("review"):
            whole["steps"].append({**_REVIEW, **review, "responsibles": [review["responsible"]]})
        found[template["code"]] = whole
    return found


def template_from(content: Mapping[str, Any]) -> Template:
    """A stored version as a Template; raises KeyError when a field of the schema is missing."""
    return Template(
        code=content["code"],
        title=content["title"],
        when_to_use=content["when_to_use"],
        owner=content["owner"],
        sectors=tuple(content["sectors"]),
        highest_confidentiality=content["highest_confidentiality"],
        law_checked_on=content["law_checked_on"],
        note=content["note"],
        stop_banner=content["stop_banner"],
        closing=tuple(content["closing"]),
        notes=tuple(content["notes"]),
        sector_notes=dict(content.get("sector_notes", {})),
        steps=tuple(_step_from(step) for step in content["steps"]),
    )


def _step_from(data: Mapping[str, Any]) -> StepTemplate:
    return StepTemplate(
        code=data["code"],
        title=data["title"],
        text=data["text"],
        track=data["track"],
        responsibles=tuple(data["responsibles"]),
        concerns=data["concerns"],
        rule=Rule.from_dict(data),
        due_kind=data["due_kind"],
        statutory=data["statutory"],
        statutory_note=data["statutory_note"],
        optional=data["optional"],
        condition=data["condition"],
        sets_base=data["sets_base"],
        decision_options=tuple(data["decision_options"]),
        record=data["record"],
        sectors=tuple(data.get("sectors", ())),
        requires=tuple(data.get("requires", ())),
        suggested_scenarios=tuple(data.get("suggested_scenarios", ())),
    )


def persons_for(concerns: str, persons: Iterable[Person]) -> list[int | None]:
    """Who gets a step: ids of involved persons, or [None] for a step once a case.

    An unknown pupil gets no steps until somebody knows who it is.
    """
    if not concerns.startswith("each_"):
        return [None]
    known = [person for person in persons if not person.unknown]
    if concerns == "each_affected":
        return [person.id for person in known if "affected" in person.roles]
    if concerns == "each_actor":
        return [person.id for person in known if person.roles & set(ACTOR_ROLES)]
    return [person.id for person in known]


def state_for(
    *, condition: str, answer: str, waits_for: str, base_known: bool, has_due: bool
) -> str:
    """State of a step that was not done: open, waiting, or skipped when the answer is no.

    `has_due` is False for a rule that gives no date yet although it should.
    """
    if condition and answer == "no":
        return "skipped"
    if waits_for or (condition and answer != "yes") or not base_known or not has_due:
        return "waiting"
    return "open"


def is_joint_talk(sets_base: str) -> bool:
    """True for the step that may only follow after a preparation and a yes of each party."""
    return sets_base == "repair_talk"


def missing_before(
    requires: Sequence[str], joint: bool, steps: Iterable[tuple[str, str, str, tuple[str, ...]]]
) -> list[int]:
    """Positions of the required steps that are not there yet, in the order they were given.

    `steps`: (code, state, decision, options) of the steps that count for the same person, or of
    every person for a step once a case. A joint talk also needs each consent to be a yes; before
    other steps a required one may also have been skipped with a reason.
    """
    missing = []
    for position, (code, state, decision, options) in enumerate(steps):
        if code not in requires:
            continue
        asks_consent = joint and "ja" in options
        handled = state == "done" or (state == "skipped" and not joint)
        if not handled or (asks_consent and decision != "ja"):
            missing.append(position)
    return missing
