"""Who acts and what time it is: the only source of both inside a transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Context:
    """The acting user (None while a vault is being made) and the clock of this gesture."""

    user_id: int | None
    staff_id: int | None
    role: str
    now: dt.datetime
    today: dt.date


def context(session: Session) -> Context:
    """The context that the workspace put into the session."""
    found = session.info["context"]
    assert isinstance(found, Context)
    return found
