"""Views beside a case (rectification): what a pupil or parent says about what was written down.

A wrong fact is corrected in the record itself, where its history stays; an opinion is not, and
the other view is set beside it, in every copy too.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.db.models.keeping import StatedView
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.domain.people import display_name
from wbos_desktop.domain.stated_views import STATED_BY, TEXT_LIMIT, ViewDraft, ViewRow
from wbos_desktop.errors import Conflict, Invalid, NotFound
from wbos_desktop.i18n import _

from .rights import needs
from .visibility import get_case_model

_TABLE = "cases"


@needs("read", "case")
def list_views(session: Session, case_id: int) -> tuple[ViewRow, ...]:
    """The views beside a case, oldest first. Raises NotFound."""
    get_case_model(session, case_id)
    found = session.execute(
        select(StatedView, Pupil.given_name, Pupil.name_prefix, Pupil.family_name)
        .outerjoin(Pupil, Pupil.id == StatedView.pupil_id)
        .where(StatedView.subject_table == _TABLE, StatedView.subject_id == case_id)
        .order_by(StatedView.stated_on, StatedView.id)
    )
    return tuple(
        ViewRow(
            id=view.id,
            version=view.version,
            pupil_id=view.pupil_id,
            pupil=display_name(*(part or "" for part in name)),
            stated_by=view.stated_by,
            stated_on=view.stated_on,
            text=view.text,
        )
        for view, *name in found
    )


@needs("read", "case")
def pupils_of_case(session: Session, case_id: int) -> list[tuple[int, str]]:
    """Id and name of the pupils involved in a case, to choose whose view it is."""
    get_case_model(session, case_id)
    found = session.execute(
        select(Pupil.id, Pupil.given_name, Pupil.name_prefix, Pupil.family_name)
        .join(InvolvedPerson, InvolvedPerson.pupil_id == Pupil.id)
        .join(Incident, Incident.id == InvolvedPerson.incident_id)
        .where(Incident.case_id == case_id)
        .order_by(Pupil.sort_name)
        .distinct()
    )
    return [(row.id, display_name(*row[1:])) for row in found]


@needs("write", "case")
def add_view(session: Session, case_id: int, draft: ViewDraft) -> int:
    """Set a view beside a case; its id. Raises Invalid, NotAllowed, NotFound."""
    get_case_model(session, case_id, write=True)
    who = context(session)
    wrong = {}
    if draft.pupil_id not in dict(pupils_of_case(session, case_id)):
        wrong["pupil_id"] = _("Choose the pupil.")
    if draft.stated_by not in STATED_BY:
        wrong["stated_by"] = _("Choose whose view it is.")
    if draft.stated_on is None or draft.stated_on > who.today:
        wrong["stated_on"] = _("This day is yet to come. Choose today or earlier.")
    text = draft.text.strip()
    if not text:
        wrong["text"] = _("Write the view down in their own words.")
    elif len(text) > TEXT_LIMIT:
        wrong["text"] = _("Use at most {n} characters.").format(n=TEXT_LIMIT)
    if wrong:
        raise Invalid(wrong)
    view = StatedView(
        subject_table=_TABLE,
        subject_id=case_id,
        pupil_id=draft.pupil_id,
        stated_by=draft.stated_by,
        stated_on=draft.stated_on,
        text=text,
        received_by_id=who.staff_id,
    )
    session.add(view)
    session.flush()
    return view.id


@needs("write", "case")
def remove_view(session: Session, view_id: int, version: int) -> None:
    """To the bin; it can be undone. Raises Conflict, NotAllowed, NotFound."""
    view = session.scalar(
        select(StatedView).where(StatedView.id == view_id, StatedView.subject_table == _TABLE)
    )
    if view is None:
        raise NotFound(_("This view is no longer there."))
    get_case_model(session, view.subject_id, write=True)
    if view.version != version:
        raise Conflict(_("A colleague changed this view. Look at it again first."))
    view.deleted_at = context(session).now
