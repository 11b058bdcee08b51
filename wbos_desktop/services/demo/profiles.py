"""What groups are like through the year: stories of norms that come, stay, tip and turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wbos_desktop.domain.norms import CueRow
from wbos_desktop.domain.profiles import ProfileDraft, ResponseDraft
from wbos_desktop.services import norms, profiles

from .school import DemoSchool
from .timeline import Timeline

PLACES = ("les, 3e uur", "mentorles", "pauze in de kantine", "gymles", "les, 6e uur", "op de gang")
PHASES = {
    "forming": "Zij zoeken elkaar nog op en kijken wat hier kan.",
    "storming": "Er wordt gebotst over wie er bepaalt.",
    "norming": "De groep bepaalt nu wat normaal is.",
    "performing": "De groep werkt zelfstandig en spreekt elkaar aan.",
}
STEERING = {
    "confirm": "Ik noem hardop wat ik zie en wat het doet voor de groep.",
    "strengthen": "Ik vraag wie dit nog meer doet en geef hun een taak.",
    "ignore": "Ik ga door met de les en kom er later één op één op terug.",
    "steer": "Ik stop, noem wat ik zie en vraag de groep om iets anders te laten zien.",
}
QUESTIONS = (
    "Wat doen wij als de groep lacht om een fout antwoord?",
    "Wie geven we ruimte, zodat helpen weer gewoon wordt?",
    "Hoe reageren we allemaal hetzelfde in de eerste vijf minuten?",
    "Welke afspraak over de groepsapp houden we vast?",
)


@dataclass(frozen=True)
class Scene:
    """One observation: strengths as 'M3 J1', phase, first response and the norm it answers."""

    strengths: str
    phase: str
    response: str = ""

    def parsed(self) -> dict[str, int]:
        """Strength by norm code."""
        return {word[0]: int(word[1]) for word in self.strengths.split()}


def _scenes(*lines: str) -> tuple[Scene, ...]:
    found = []
    for line in lines:
        strengths, phase, response = (part.strip() for part in line.split("/"))
        found.append(Scene(strengths, phase, response))
    return tuple(found)


# Eight each: calm until the autumn holiday, a norm tips, the team steers it back.
TIPPING: Mapping[str, tuple[Scene, ...]] = {
    "2B": _scenes(
        "M3 J1 / forming / confirm:M",
        "M3 J2 K1 C1 / forming / confirm:M",
        "M3 K1 C1 D1 / storming / confirm:M",
        "M2 J1 C2 D2 A1 / storming / ignore:D",
        "D3 C2 A1 M1 / storming / ignore:D",
        "D3 C1 A1 M1 / norming / steer:D",
        "D2 J1 M2 A1 / norming / steer:D",
        "J2 M2 D1 / norming / strengthen:J",
    ),
    "3A": _scenes(
        "K2 M2 / forming / confirm:K",
        "K3 J1 / forming / confirm:K",
        "K3 M1 G1 / norming / strengthen:K",
        "K2 G2 H1 / storming / ignore:G",
        "G3 H2 K1 / storming / steer:G",
        "G2 K1 J1 / storming / steer:G",
        "K2 G1 J1 / norming / strengthen:K",
        "K3 J2 G1 / norming / confirm:K",
    ),
    "1B": _scenes(
        "L3 M1 / forming / confirm:L",
        "L3 J1 / forming / confirm:L",
        "L2 M2 E1 / storming / confirm:M",
        "E2 M2 L1 / storming / ignore:E",
        "E3 B1 M1 / storming / steer:E",
        "E3 M1 J1 / storming / steer:E",
        "E1 J2 M1 / norming / steer:E",
        "J3 M2 / norming / confirm:J",
    ),
}
# Three each; a group takes the next story in turn.
SHORT: Sequence[tuple[Scene, ...]] = (
    _scenes(
        "M2 C1 / forming / confirm:M", "C2 M2 / storming / ignore:C", "C3 M1 / storming / steer:C"
    ),
    _scenes(
        "J2 K1 / forming / confirm:J",
        "J2 K2 / norming / confirm:J",
        "J3 K2 / performing / confirm:J",
    ),
    _scenes(
        "H2 M1 / storming / ignore:H", "H2 K1 / storming / steer:H", "K2 H1 / norming / steer:H"
    ),
    _scenes("I2 L1 / forming / steer:I", "I2 L2 / norming / steer:I", "I3 L1 / norming / steer:I"),
    _scenes(
        "F2 K2 / storming / steer:F", "F3 K1 / storming / steer:F", "F2 K2 / norming / steer:F"
    ),
    _scenes(
        "B2 M1 / storming / ignore:B", "B3 A1 / storming / steer:B", "B2 J1 / norming / steer:B"
    ),
    _scenes(
        "L2 K1 / forming / confirm:L",
        "L2 K2 / norming / confirm:L",
        "K3 L1 / performing / confirm:K",
    ),
)
# School days since the last look at groups that were forgotten for a while.
LONG_AGO = {"1C": 29, "2D": 22}
EXTRA = Scene("J2 M2 K1", "performing", "confirm:J")


def plan_year(
    line: Timeline, people: DemoSchool, days: Sequence[dt.date], names: Sequence[str], total: int
) -> None:
    """Spread `total` profiles over the groups and the school days of one year."""
    tipping = {name: TIPPING[name] for name in names if name in TIPPING and total >= 60}
    others = [name for name in names if name not in tipping]
    left = total - sum(len(scenes) for scenes in tipping.values())
    extra = left - 3 * len(others)
    for name, scenes in tipping.items():
        _plan_group(line, people, days, name, scenes)
    for at, name in enumerate(others):
        scenes = SHORT[(at - 1) % len(SHORT)] + (EXTRA,) * (at < extra)
        ago = LONG_AGO.get(name, 2 + 3 * (at % 5))
        _plan_group(line, people, days[:-ago] or days, name, scenes)


def _plan_group(
    line: Timeline,
    people: DemoSchool,
    days: Sequence[dt.date],
    name: str,
    scenes: Sequence[Scene],
) -> None:
    last = len(days) - 1
    for number, scene in enumerate(scenes):
        share = (number + 0.35) / (len(scenes) - 0.25)
        at = min(last, max(0, round(share * last) + line.dice.randint(-1, 1)))
        if number == 0:
            at = min(last, 2 + line.dice.randrange(3))
        hour, minute = 15, line.dice.randrange(5, 55)
        closing = number == len(scenes) - 1
        line.at(days[at], hour, minute, _observe(line, people, name, days[at], scene, closing))


def _observe(
    line: Timeline, people: DemoSchool, name: str, day: dt.date, scene: Scene, closing: bool
) -> Callable[[], None]:
    def action() -> None:
        draft = line.read(profiles.new_draft, people.groups[name])
        line.write(profiles.save_profile, _fill(line, people, name, day, scene, draft, closing))

    return action


def _fill(
    line: Timeline,
    people: DemoSchool,
    name: str,
    day: dt.date,
    scene: Scene,
    draft: ProfileDraft,
    closing: bool,
) -> ProfileDraft:
    strengths = scene.parsed()
    strongest = max(strengths, key=lambda code: (strengths[code], code))
    cues = line.read(norms.list_cues)
    code, _colon, target = scene.response.partition(":")
    responses = {target: ResponseDraft((code,), STEERING[code])} if target in strengths else {}
    mentor = people.mentors[name]
    observers = (people.karin, mentor) if mentor != people.karin else (people.karin,)
    return ProfileDraft(
        group_id=draft.group_id,
        observed_on=day,
        place=line.dice.choice(PLACES),
        heard=_words(cues, strongest, "utterance"),
        seen=_words(cues, strongest, "behaviour"),
        by_whom=line.dice.choice(["een groepje van vier", "achterste rij", "bijna iedereen"]),
        strengths=strengths,
        responses=responses,
        phase=scene.phase,
        phase_evidence=PHASES[scene.phase],
        climate="Rustig bij binnenkomst." if strongest >= "J" else "Onrustig in de eerste minuten.",
        influence="Drie leerlingen zetten de toon. De rest kijkt eerst naar hen.",
        subgroups="Subgroep 1 (4) achterin, subgroep 2 (6) bij het raam",
        question=line.dice.choice(QUESTIONS) if strongest < "J" else "",
        next_observation_on=_next(line, day) if closing else None,
        observers=observers,
        status="adopted" if len(observers) > 1 else "discussed",
    )


def _next(line: Timeline, day: dt.date) -> dt.date:
    return line.calendar.add_school_days(day, 20)


def _words(cues: Sequence[CueRow], norm: str, kind: str) -> str:
    found = [cue.text for cue in cues if norm in cue.norms and cue.kind == kind]
    return found[0] if found else ""
