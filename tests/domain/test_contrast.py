"""Every pair of colours that tokens.json promises has its contrast, in both schemes (WCAG)."""

from __future__ import annotations

import json

import pytest

from wbos_desktop import paths

TOKENS = json.loads(paths.resource_bytes("theme", "tokens.json"))
PAIRS = [(pair["fg"], pair["bg"], pair["min"]) for pair in TOKENS["contrastPairs"]]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_formula_on_known_values() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_pair_has_its_contrast(scheme: str, ink: str, ground: str, least: float) -> None:
    colours = TOKENS["color"][scheme]
    assert contrast(colours[ink], colours[ground]) >= least


def test_both_schemes_have_the_same_roles() -> None:
    assert TOKENS["color"]["light"].keys() == TOKENS["color"]["dark"].keys()


def test_every_icon_in_the_tokens_is_shipped() -> None:
    for folder in ("outline", "filled"):
        for name in TOKENS["icons"][folder]:
            assert paths.resource("icons", folder, f"{name}.svg").is_file(), name
