"""What stays readable while the window is shown to many: codes for pupils, shipped texts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop import paths
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.db.presenting import Shown
from wbos_desktop.domain.incidents import default_title
from wbos_desktop.domain.masking import Names, Person
from wbos_desktop.domain.protocols import contents

from . import incident_kinds
from .rights import needs

CATALOGUES = ("incident_kinds", "norms", "protocols", "roles", "scenarios")


@needs("read", "school")
def what_may_be_shown(session: Session) -> Shown:
    """Codes that tell every pupil of the school apart, and the texts of the catalogues.

    A title counts as shipped when it is the one that the report form proposes.
    """
    found = session.execute(
        select(Pupil.id, Pupil.given_name, Pupil.name_prefix, Pupil.family_name)
    )
    people = [Person(*row) for row in found]
    names = Names(people)
    return Shown({person.key: names.name(person.key) for person in people}, shipped_texts())


@lru_cache(maxsize=1)
def shipped_texts() -> frozenset[str]:
    """Every text in the catalogues, and the titles made of a kind and a place."""
    texts: set[str] = set()
    for name in CATALOGUES:
        raw = paths.resource_bytes("catalogues", f"{name}.toml").decode("utf-8")
        content = tomllib.loads(raw)
        texts.update(_texts(content))
        if name == "protocols":  # as they are stored: the look back at the end was put together
            texts.update(_texts(contents(content)))
    catalogue = incident_kinds.load_catalogue()
    texts.update(
        default_title(kind.title, place.title)
        for kind in catalogue.kinds
        for place in catalogue.places
    )
    return frozenset(texts)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        yield value.strip()
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
