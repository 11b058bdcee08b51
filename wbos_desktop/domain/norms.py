"""The norm catalogue as rows, and the fixed words for strength, kind, response and phase."""

from __future__ import annotations

from dataclasses import dataclass

from wbos_desktop.i18n import _, pgettext

BURDENING = "burdening"
PROSOCIAL = "prosocial"

NOT_SEEN, WEAK, NOTICEABLE, DOMINANT = 0, 1, 2, 3
STRENGTHS = (NOT_SEEN, WEAK, NOTICEABLE, DOMINANT)

RESPONSES = ("confirm", "strengthen", "ignore", "steer")
PHASES = ("forming", "storming", "norming", "performing", "adjourning")
CUE_KINDS = ("utterance", "behaviour", "online")

# The default of product.md section 2; the catalogue carries the same sentence.
WISHED_NORM = "Wij zijn een goede klasgenoot voor elkaar!"


@dataclass(frozen=True)
class NormRow:
    """A norm to show; `lookalikes` are codes, `cues` sentences that often go with it."""

    id: int
    code: str
    title: str
    subtitle: str
    pattern: str
    kind: str
    recognise: str
    lookalikes: tuple[str, ...]
    origin: str
    hidden: bool
    cues: tuple[str, ...] = ()

    @property
    def burdening(self) -> bool:
        """Whether it is one of the norms that weigh on pupils (A-I and the school's own)."""
        return self.kind == BURDENING


@dataclass(frozen=True)
class NormDraft:
    """A norm that the school adds; `code` is given by the service when it is empty."""

    title: str
    pattern: str = ""
    kind: str = BURDENING
    recognise: str = ""
    code: str = ""


@dataclass(frozen=True)
class CueRow:
    """A cue to choose from; `norms` are the codes it often goes with."""

    id: int
    code: str
    text: str
    kind: str
    norms: tuple[str, ...]


@dataclass(frozen=True)
class NormSuggestion:
    """A norm that may fit what was heard and seen.

    `reason` is the cue that matched; `lookalikes` are norms to rule out, with their difference in
    `norm.recognise`. A suggestion never decides.
    """

    norm: NormRow
    reason: str
    lookalikes: tuple[NormRow, ...]


def strength_title(strength: int) -> str:
    """'niet', 'zwak', 'merkbaar' or 'dominant' for 0 to 3."""
    return (
        pgettext("strength", "not"),
        pgettext("strength", "weak"),
        pgettext("strength", "noticeable"),
        pgettext("strength", "dominant"),
    )[strength]


def kind_title(kind: str) -> str:
    """'belastende norm' or 'helpende norm' (ui.md section 16.11)."""
    return _("burdening norm") if kind == BURDENING else _("helping norm")


def response_title(response: str) -> str:
    """The name of a response, such as 'Actief bijsturen'; empty for an unknown code."""
    return {
        "confirm": _("Confirm"),
        "strengthen": _("Strengthen"),
        "ignore": _("Ignore"),
        "steer": _("Actively steer"),
    }.get(response, "")


def response_line(response: str) -> str:
    """What the response means in the first person (ui.md section 16.14)."""
    return {
        "confirm": _("I show that this belongs here"),
        "strengthen": _("I ask for more of it"),
        "ignore": _("I deliberately do not react"),
        "steer": _("I set another norm against it"),
    }.get(response, "")


def phase_title(phase: str) -> str:
    """The school's word for a phase: Oriëntatie to Afscheid; empty for an unknown code."""
    return {
        "forming": _("Orientation"),
        "storming": _("Presentation"),
        "norming": pgettext("phase", "Norming"),
        "performing": _("Performance"),
        "adjourning": _("Farewell"),
    }.get(phase, "")


def phase_line(phase: str) -> str:
    """One sentence on what a group does in this phase; empty for an unknown code."""
    return {
        "forming": _("The group gets to know each other and looks for safety."),
        "storming": _("Pupils show themselves and look for their place."),
        "norming": _("The group now decides what is normal. Steering has much effect."),
        "performing": _("The group works together. Keep confirming what helps."),
        "adjourning": _("The group says goodbye. Old behaviour may come back."),
    }.get(phase, "")
