"""The catalogue of kinds, places, severities and roles that ships with the program."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

from wbos_desktop import paths
from wbos_desktop.domain.incidents import Catalogue, Choice, Kind


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """Everything the report form chooses from, in catalogue order (Dutch content)."""
    data = tomllib.loads(paths.resource_bytes("catalogues", "incident_kinds.toml").decode("utf-8"))
    return Catalogue(
        kinds=tuple(_kind(entry) for entry in data["kinds"]),
        severities=tuple(
            Choice(entry["code"], entry["title"], f"{entry['definition']} {entry['effect']}")
            for entry in data["severities"]
        ),
        places=_choices(data["places"]),
        parts_of_day=_choices(data["parts_of_day"]),
        roles=_choices(data["involvement"]),
        no_images_text=data["no_images_text"],
    )


def _kind(entry: dict[str, Any]) -> Kind:
    return Kind(
        code=entry["code"],
        title=entry["title"],
        hint=entry["hint"],
        default_severity=entry["default_severity"],
        template=entry["template"],
        template_online=entry["template_online"],
        no_images=entry["no_images"],
        nature=entry["kind"],
    )


def _choices(entries: list[dict[str, Any]]) -> tuple[Choice, ...]:
    return tuple(Choice(entry["code"], entry["title"], entry.get("hint", "")) for entry in entries)


@lru_cache(maxsize=1)
def _titles() -> tuple[dict[str, str], dict[str, str]]:
    """Words by code of places and kinds: lists ask them for every line."""
    catalogue = load_catalogue()
    places = {place.code: place.title for place in catalogue.places}
    return places, {kind.code: kind.title for kind in catalogue.kinds}


def place_title(code: str) -> str:
    """'gang' for corridor; the code itself when the catalogue no longer knows it."""
    return _titles()[0].get(code, code)


def kind_title(code: str) -> str:
    """'Vernederen' for vernederen; as 'anders' when the catalogue no longer knows it."""
    kinds = _titles()[1]
    return kinds.get(code) or kinds["anders"]
