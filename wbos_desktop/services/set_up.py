"""The guide for setting up on Vandaag: what this user looked at, and whether it is put away."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.system import Preference

from .rights import needs

KEY = "set_up"
SEEN, HIDDEN = "protocols_seen", "hidden"


@needs("write", "own")
def note_protocols_seen(session: Session) -> None:
    """The user opened the protocols from the guide: that step is ready."""
    _keep(session, SEEN, value=True)


@needs("write", "own")
def hide_guide(session: Session, *, hidden: bool = True) -> None:
    """Put the guide away for this user, or show it again."""
    _keep(session, HIDDEN, value=hidden)


def _keep(session: Session, what: str, *, value: bool) -> None:
    user_id = context(session).user_id
    wanted = (Preference.key == KEY, Preference.user_id == user_id)
    row = session.scalar(select(Preference).where(*wanted))
    if row is None:
        row = Preference(user_id=user_id, key=KEY, value={})
        session.add(row)
    row.value = {**row.value, what: value}
