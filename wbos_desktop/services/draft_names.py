"""Names of an erased pupil in what somebody typed and did not save yet (safety.md F-85)."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.models.system import Draft
from wbos_desktop.domain.masking import NameEraser
from wbos_desktop.domain.retention import HOLDABLE

_PAGES = {
    "case": "cases",
    "incident": "incidents",
    "assess": "incidents",
    "meetings": "meetings",
    "scenarios": "scenarios",
    "group": "groups",
    "observe": "groups",
}
# What the number of a form is, where its page does not say so.
_FORMS = {
    "facts": ("incidents",),
    "person_add": ("incidents",),
    "person": ("involved_persons",),
    "agenda_item": ("agenda_items",),
    "minutes": ("agenda_items",),
    "profile": ("profiles",),
    "presence": ("profiles",),
    "access_checks": ("access_requests",),
    "access_extend": ("access_requests",),
    "access_refused": ("access_requests",),
    "access_withdrawn": ("access_requests",),
    "access_given": ("access_requests",),
    **{f"hold.{table}": (table,) for table in HOLDABLE},
}
# New records that are about one pupil as a whole.
_OF_ONE = ("access_request", "view")


def subjects(draft: Draft) -> set[tuple[str, int]]:
    """Table and id of the records that an unfinished form stands on."""
    page, record_id = (draft.data.get("place") or ("", None))[:2]
    found = {(table, draft.record_id) for table in _FORMS.get(draft.form, ()) if draft.record_id}
    if page in _PAGES and record_id is not None:
        found.add((_PAGES[page], record_id))
    return found


def take_out_of_drafts(
    session: Session,
    pupil_id: int,
    near: Mapping[str, Set[int]],
    near_eraser: NameEraser,
    whole: NameEraser,
) -> None:
    """Take the pupil out of everybody's unfinished forms.

    In a form about a record in `near` (table to ids), and in one that names the pupil as a
    person, each form of the name goes; elsewhere the full name only. A form for something that
    is about this pupil as a whole goes.
    """
    for draft in session.scalars(select(Draft)):
        is_near = any(key in near.get(table, ()) for table, key in subjects(draft))
        named = _names(draft.data, pupil_id)
        if draft.form in _OF_ONE and (named or _is_chosen(draft.data, pupil_id)):
            session.delete(draft)
            continue
        cleaned = _without(draft.data, pupil_id, near_eraser if is_near or named else whole)
        if cleaned != draft.data:
            draft.data = cleaned
    session.flush()


def _is_pupil(value: object, pupil_id: int) -> bool:
    return isinstance(value, dict) and (value.get("kind"), value.get("id")) == ("pupil", pupil_id)


def _is_chosen(data: Mapping[str, Any], pupil_id: int) -> bool:
    return bool((data.get("values") or {}).get("pupil_id") == pupil_id)


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
