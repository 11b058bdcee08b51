"""Names of an erased pupil in what somebody typed and did not save yet (safety.md F-85)."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.models.system import Draft
from wbos_desktop.domain.masking import NameEraser

_TABLES = {
    "case": "cases",
    "assess": "incidents",
    "meetings": "meetings",
    "group": "groups",
    "observe": "groups",
}


def take_out_of_drafts(
    session: Session,
    pupil_id: int,
    near: Mapping[str, Set[int]],
    near_eraser: NameEraser,
    whole: NameEraser,
) -> None:
    """Take the pupil out of everybody's unfinished forms.

    In a form about a record in `near` (table to ids), and in one that names the pupil as a
    person, each form of the name goes; elsewhere the full name only.
    """
    for draft in session.scalars(select(Draft)):
        page, record_id = (draft.data.get("place") or ("", None))[:2]
        is_near = record_id in near.get(_TABLES.get(str(page), ""), ())
        named = _names(draft.data, pupil_id)
        cleaned = _without(draft.data, pupil_id, near_eraser if is_near or named else whole)
        if cleaned != draft.data:
            draft.data = cleaned
    session.flush()


def _is_pupil(value: object, pupil_id: int) -> bool:
    return isinstance(value, dict) and (value.get("kind"), value.get("id")) == ("pupil", pupil_id)


def _names(value: object, pupil_id: int) -> bool:
    if isinstance(value, dict):
        parts = list(value.values())
    elif isinstance(value, list):
        parts = value
    else:
        return False
    return _is_pupil(value, pupil_id) or any(_names(part, pupil_id) for part in parts)


def _without(value: Any, pupil_id: int, eraser: NameEraser) -> Any:
    if isinstance(value, str):
        return eraser.text(value)
    if isinstance(value, dict):
        return {key: _without(part, pupil_id, eraser) for key, part in value.items()}
    if isinstance(value, list):
        kept = [part for part in value if not _is_pupil(part, pupil_id)]
        return [_without(part, pupil_id, eraser) for part in kept]
    return value
