"""What a user typed and did not save yet: kept inside the vault, offered again later.

A draft belongs to the user who typed it. It is no record: it has no history, no audit line and is
not undone with Ctrl+Z. `form` names the form ('incident', 'note'); `record_id` the record it
edits or belongs to, 0 for a new one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db import changes
from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.meetings import Meeting
from wbos_desktop.db.models.system import Draft
from wbos_desktop.domain.drafts import DraftRow, KeptForm

from . import visibility
from .rights import may, needs

T = TypeVar("T")


@needs("write", "own")
def keep_form(session: Session, kept: KeptForm) -> None:
    """Keep what is typed; replaces what was kept before of the same form and record.

    Typing on in a draft tells no page: only that there is one more, or one less.
    """
    draft = _find(session, kept.form, kept.record_id)
    known = draft is not None
    if draft is None:
        user_id = context(session).user_id
        assert user_id is not None
        draft = Draft(user_id=user_id, form=kept.form, record_id=kept.record_id)
        session.add(draft)
    draft.data = {
        "values": dict(kept.values),
        "before": dict(kept.before),
        "version": kept.version,
        "title": kept.title,
        "detail": kept.detail,
        "place": list(kept.place),
    }
    draft.updated_at = context(session).now
    session.flush()
    if known:
        changes.touched(session).discard(Draft.__tablename__)


@needs("write", "own")
def find_form(session: Session, form: str, record_id: int = 0) -> KeptForm | None:
    """What was kept of this form, or None."""
    draft = _find(session, form, record_id)
    return None if draft is None or "values" not in draft.data else _kept(draft)


@needs("write", "own")
def throw_away(session: Session, form: str, record_id: int = 0) -> KeptForm | None:
    """Forget what was typed; what it was, so that `keep_form` can bring it back."""
    draft = _find(session, form, record_id)
    if draft is None:
        return None
    session.delete(draft)
    return _kept(draft)


@needs("write", "own")
def finish_form(
    session: Session, form: str, record_id: int, save: Callable[..., T], /, *args: Any, **kw: Any
) -> T:
    """Save with save(session, *args) and forget the draft in the same transaction."""
    answer = save(session, *args, **kw)
    throw_away(session, form, record_id)
    return answer


@needs("write", "own")
def list_drafts(session: Session) -> list[DraftRow]:
    """This user's unfinished forms, newest first; not those about what is hidden from them now."""
    found = session.scalars(
        select(Draft)
        .where(Draft.user_id == context(session).user_id)
        .order_by(Draft.updated_at.desc(), Draft.id.desc())
    )
    return [
        DraftRow(
            draft.form,
            draft.record_id,
            draft.updated_at,
            draft.data["title"],
            draft.data["detail"],
            _place(draft.data),
        )
        for draft in found
        if "values" in draft.data and _reachable(session, *_place(draft.data)[:2])
    ]


def _reachable(session: Session, page: str, record_id: int | None) -> bool:
    """False when rights changed since: the name of a hidden record never shows in a list."""
    if page == "manage":
        return may(session, "write", "school")
    if record_id is None:
        return True
    if page in ("observe", "group"):
        return visibility.may_see_group(session, record_id)
    conditions = {
        "case": (Case.id, visibility.visible_cases),
        "assess": (Incident.id, visibility.visible_incidents),
        "meetings": (Meeting.id, visibility.readable_meetings),
    }
    if page not in conditions:
        return True
    column, condition = conditions[page]
    found = session.scalar(select(column).where(column == record_id, condition(session)))
    return found is not None


def _kept(draft: Draft) -> KeptForm:
    data = draft.data
    return KeptForm(
        form=draft.form,
        record_id=draft.record_id,
        values=data["values"],
        before=data["before"],
        version=data["version"],
        title=data["title"],
        detail=data["detail"],
        place=_place(data),
        kept_at=draft.updated_at,
    )


def _place(data: dict[str, Any]) -> tuple[str, int | None, str | None]:
    page, record_id, tab = data["place"]
    return page, record_id, tab


def _find(session: Session, form: str, record_id: int) -> Draft | None:
    return session.scalar(
        select(Draft).where(
            Draft.user_id == context(session).user_id,
            Draft.form == form,
            Draft.record_id == record_id,
        )
    )
