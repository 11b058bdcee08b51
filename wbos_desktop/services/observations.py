"""Single observations (waarnemingen): one utterance or behaviour, written down as a fact."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.norms import Norm
from wbos_desktop.db.models.profiles import Observation, ObservationPupil
from wbos_desktop.db.models.school import Staff
from wbos_desktop.domain.norms import CUE_KINDS
from wbos_desktop.domain.observations import LAYERS, ObservationDraft, ObservationRow
from wbos_desktop.domain.people import display_name
from wbos_desktop.errors import Conflict, Invalid, NotFound
from wbos_desktop.i18n import _

from . import profiles
from .rights import needs
from .visibility import may_see_group


@needs("write", "group")
def save_observation(session: Session, draft: ObservationDraft) -> int:
    """Write an observation; its id. Raises Invalid, Conflict, NotAllowed, NotFound."""
    profiles.check_may_write(session, draft.group_id)
    norm_id = session.scalar(select(Norm.id).where(Norm.code == draft.norm_code))
    _check(session, draft, norm_id)
    observation = _open(session, draft)
    observation.observed_on, observation.text = draft.observed_on, draft.text.strip()
    observation.kind, observation.place = draft.kind, draft.place.strip()
    observation.layer, observation.norm_id = draft.layer, norm_id
    observation.profile_id = draft.profile_id
    known = {one.pupil_id: one for one in observation.pupils}
    for pupil_id in dict.fromkeys(draft.pupil_ids):
        if known.pop(pupil_id, None) is None:
            observation.pupils.append(ObservationPupil(pupil_id=pupil_id))
    for gone in known.values():
        observation.pupils.remove(gone)
        session.delete(gone)
    session.flush()
    return observation.id


def _check(session: Session, draft: ObservationDraft, norm_id: int | None) -> None:
    wrong = {}
    if not draft.text.strip():
        wrong["text"] = _("Write briefly what you saw or heard.")
    if draft.observed_on > context(session).today:
        wrong["observed_on"] = _("This day is yet to come. Choose today or earlier.")
    if draft.kind not in CUE_KINDS:
        wrong["kind"] = _("Choose what kind of observation it is.")
    if draft.layer not in LAYERS:
        wrong["layer"] = _("Choose a layer from the list.")
    if draft.norm_code and norm_id is None:
        wrong["norm_code"] = _("Choose norms from the list.")
    if wrong:
        raise Invalid(wrong)


def _open(session: Session, draft: ObservationDraft) -> Observation:
    if draft.id is None:
        observation = Observation(group_id=draft.group_id, observer_id=context(session).staff_id)
        session.add(observation)
        return observation
    observation = _get(session, draft.id)
    if observation.group_id != draft.group_id:
        raise NotFound(_("This observation is no longer there."))
    if observation.version != draft.version:
        raise Conflict(_("A colleague changed this observation. Look at it again first."))
    return observation


@needs("read", "group")
def list_observations(session: Session, group_id: int) -> list[ObservationRow]:
    """The observations of a group, newest first. Raises NotAllowed, NotFound."""
    profiles.check_may_write(session, group_id)
    found = session.execute(
        select(Observation, Norm.code, Staff.given_name, Staff.name_prefix, Staff.family_name)
        .outerjoin(Norm, Norm.id == Observation.norm_id)
        .outerjoin(Staff, Staff.id == Observation.observer_id)
        .where(Observation.group_id == group_id)
        .order_by(Observation.observed_on.desc(), Observation.id.desc())
    )
    return [
        ObservationRow(
            id=one.id,
            group_id=one.group_id,
            observed_on=one.observed_on,
            place=one.place,
            kind=one.kind,
            text=one.text,
            norm_code=code or "",
            observer=display_name(*(part or "" for part in name)),
            layer=one.layer,
            pupil_ids=tuple(pupil.pupil_id for pupil in one.pupils),
            version=one.version,
        )
        for one, code, *name in found
    ]


def _get(session: Session, observation_id: int) -> Observation:
    found = session.scalar(select(Observation).where(Observation.id == observation_id))
    if found is None or not may_see_group(session, found.group_id):
        raise NotFound(_("This observation is no longer there."))
    return found
