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


def place_title(code: str) -> str:
    """'gang' for corridor; the code itself when the catalogue no longer knows it."""
    return next((place.title for place in load_catalogue().places if place.code == code), code)


def kind_title(code: str) -> str:
    """'Vernederen' for vernederen."""
    return load_catalogue().kind(code).title
