"""The private check after an observation: only the observer sees it, it is never exported."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.profiles import PresenceCheck
from wbos_desktop.domain.profiles import PresenceDraft
from wbos_desktop.errors import NotAllowed
from wbos_desktop.i18n import _

from . import profiles
from .rights import needs


@needs("write", "response")
def save_presence(session: Session, profile_id: int, draft: PresenceDraft) -> None:
    """Keep the acting teacher's private check after a profile; empty words take it away."""
    profiles.load_profile(session, profile_id)
    staff_id = context(session).staff_id
    if staff_id is None:
        raise NotAllowed(_("You cannot open this. Ask your coordinator."))
    check = _presence(session, profile_id)
    if not any(text.strip() for text in (draft.relaxed, draft.got_room, draft.not_yet)):
        if check is not None:
            session.delete(check)
        return
    if check is None:
        check = PresenceCheck(profile_id=profile_id, staff_id=staff_id)
        session.add(check)
    check.relaxed, check.got_room = draft.relaxed.strip(), draft.got_room.strip()
    check.not_yet = draft.not_yet.strip()


@needs("write", "response")
def load_presence(session: Session, profile_id: int) -> PresenceDraft:
    """The acting teacher's own check, empty when there is none; never somebody else's."""
    check = _presence(session, profile_id)
    if check is None:
        return PresenceDraft()
    return PresenceDraft(check.relaxed, check.got_room, check.not_yet)


def _presence(session: Session, profile_id: int) -> PresenceCheck | None:
    return session.scalar(
        select(PresenceCheck).where(
            PresenceCheck.profile_id == profile_id,
            PresenceCheck.staff_id == context(session).staff_id,
        )
    )
