"""How much a free text resembles short Dutch sentences: words, weighed by how rare they are."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from .people import fold

# Below this two texts only share common words.
LEAST = 0.2

_STOP = frozenset(
    re.findall(
        r"\w+",
        "de het een en of van in op te is was zijn ik je jij u hij zij ze wij we hun hem "
        "haar mij me ons dat die dit deze er niet wel geen ook nog maar dan als om voor "
        "met aan bij uit naar door over wat wie hoe waar wil kan zegt zeggen gaat gaan "
        "doet doen heeft hebben wordt worden bent ben had zelf eens toch nou hier daar "
        "leerling leerlingen klas groep iemand meer mijn",
    )
)
_ENDINGS = ("jes", "en", "je", "te", "t", "e", "s")


def stems(text: str) -> list[str]:
    """The telling words of a text without accents, doubled letters and endings."""
    words = re.findall(r"[a-z]+", fold(text))
    return [_stem(word) for word in words if word not in _STOP and len(word) > 2]


def _stem(word: str) -> str:
    short = re.sub(r"(.)\1+", r"\1", word)
    for ending in _ENDINGS:
        if short.endswith(ending) and len(short) - len(ending) >= 3:
            return short[: -len(ending)]
    return short


def similarities(text: str, sentences: Sequence[str]) -> list[float]:
    """For each sentence 0 (nothing shared) to 1 (all its telling words are in the text)."""
    wanted = set(stems(text))
    bags = [set(stems(sentence)) for sentence in sentences]
    known = Counter(stem for bag in bags for stem in bag)
    weight = {stem: math.log(1 + len(bags) / count) for stem, count in known.items()}
    return [_share(bag, wanted, weight) for bag in bags]


def _share(bag: set[str], wanted: set[str], weight: dict[str, float]) -> float:
    total, shared = sum(weight[stem] for stem in bag), bag & wanted
    share = sum(weight[stem] for stem in shared) / total if total else 0.0
    # One shared word tells nothing, unless it is most of the sentence.
    return share if len(shared) > 1 or share >= 0.6 else 0.0
