"""Are the bytes of every attachment there, in their order and unchanged?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models.attachments import AttachmentChunk, AttachmentContent


def bad_contents(session: Session, step: Callable[[], object] = lambda: None) -> list[int]:
    """Ids of contents whose chunks are not complete, or not the bytes they once were.

    `step` is called now and then, and may raise to stop.
    """
    contents = session.execute(
        select(AttachmentContent.id, AttachmentContent.sha256, AttachmentContent.size)
    ).all()
    bad = []
    for content_id, sha256, size in contents:
        step()
        digest, length, place, whole = hashlib.sha256(), 0, None, True
        for position, data in _chunks(session, content_id):
            whole = whole and position == (0 if place is None else place + 1)
            place = position
            digest.update(data)
            length += len(data)
        if not whole or length != size or digest.hexdigest() != sha256:
            bad.append(content_id)
    return bad


def _chunks(session: Session, content_id: int) -> Iterator[tuple[int, bytes]]:
    """One by one from the database: a content may be large."""
    statement = (
        select(AttachmentChunk.position, AttachmentChunk.data)
        .where(AttachmentChunk.content_id == content_id)
        .order_by(AttachmentChunk.position)
        .execution_options(yield_per=1)
    )
    return ((position, data) for position, data in session.execute(statement))
