"""What the form of a new observation needs to know, in one question."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import Group, Staff
from wbos_desktop.domain.groups import GroupQuery
from wbos_desktop.domain.people import display_name
from wbos_desktop.domain.profiles import ObservationForm
from wbos_desktop.errors import NotFound
from wbos_desktop.i18n import _

from . import groups, norms, profiles, school_days
from .rights import needs


@needs("write", "group")
def load_form(
    session: Session, group_id: int | None, profile_id: int | None = None
) -> ObservationForm:
    """Everything for the form: a new profile of a group, or one to change.

    Without a group the first group of the list is proposed. Raises NotFound, NotAllowed.
    """
    choices = groups.group_choices(session)
    if profile_id is not None:
        draft = profiles.load_draft(session, profile_id)
    else:
        first = groups.find_ids(session, GroupQuery())[:1]
        wanted = group_id or (first[0] if first else None)
        if wanted is None:
            raise NotFound(_("No groups yet. Read in a list first."))
        draft = profiles.new_draft(session, wanted)
    profiles.check_may_write(session, draft.group_id)
    name = session.scalar(select(Group.name).where(Group.id == draft.group_id)) or ""
    return ObservationForm(
        draft=draft,
        group_name=name,
        groups=tuple(choices),
        norms=tuple(norms.list_norms(session)),
        cues=tuple(norms.list_cues(session)),
        staff=tuple(_staff(session)),
        today=context(session).today,
        calendar=school_days.load_calendar(session),
    )


def _staff(session: Session) -> list[tuple[int, str]]:
    found = session.execute(
        select(Staff.id, Staff.given_name, Staff.name_prefix, Staff.family_name)
        .where(Staff.active.is_(True))
        .order_by(Staff.sort_name, Staff.id)
    )
    return [(id_, display_name(*name)) for id_, *name in found]
