"""What a user typed and did not save yet: kept inside the vault, offered again later.

`form` names the form ('incident', 'profile'); `record_id` the record it edits, 0 for a new one.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.system import Draft
from wbos_desktop.domain.drafts import DraftRow


def save_draft(session: Session, form: str, record_id: int, data: dict[str, Any]) -> None:
    """Keep the JSON-able values of a form; replaces what was kept before."""
    draft = _find(session, form, record_id)
    if draft is None:
        user_id = context(session).user_id
        assert user_id is not None
        draft = Draft(user_id=user_id, form=form, record_id=record_id)
        session.add(draft)
    draft.data = data
    draft.updated_at = context(session).now


def load_draft(session: Session, form: str, record_id: int = 0) -> dict[str, Any] | None:
    """The kept values, or None."""
    draft = _find(session, form, record_id)
    return None if draft is None else dict(draft.data)


def delete_draft(session: Session, form: str, record_id: int = 0) -> None:
    """Forget the kept values; nothing happens when there are none."""
    draft = _find(session, form, record_id)
    if draft is not None:
        session.delete(draft)


def list_drafts(session: Session) -> list[DraftRow]:
    """This user's unfinished forms, newest first."""
    found = session.execute(
        select(Draft.form, Draft.record_id, Draft.updated_at)
        .where(Draft.user_id == context(session).user_id)
        .order_by(Draft.updated_at.desc())
    )
    return [DraftRow(*row) for row in found]


def count_drafts(session: Session) -> int:
    """How many unfinished forms this user has."""
    return (
        session.scalar(select(func.count()).where(Draft.user_id == context(session).user_id)) or 0
    )


def _find(session: Session, form: str, record_id: int) -> Draft | None:
    return session.scalar(
        select(Draft).where(
            Draft.user_id == context(session).user_id,
            Draft.form == form,
            Draft.record_id == record_id,
        )
    )
