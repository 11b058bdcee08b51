"""Group profiles: save and load a dated observation of a group, compare two, plan the next.

What a teacher does with a norm is read back to that teacher only; others get counts.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.norms import Norm
from wbos_desktop.db.models.profiles import (
    NormResponse,
    PlannedObservation,
    Profile,
    ProfileNorm,
    ProfileObserver,
)
from wbos_desktop.db.models.school import Staff
from wbos_desktop.domain.norms import DOMINANT, PHASES, RESPONSES, STRENGTHS, WISHED_NORM, NormRow
from wbos_desktop.domain.people import display_name
from wbos_desktop.domain.profiles import (
    STATUSES,
    Comparison,
    NormChange,
    NormStrength,
    ProfileDraft,
    ProfilePoint,
    ProfileRow,
    ResponseCount,
    ResponseDraft,
)
from wbos_desktop.errors import Conflict, Invalid, NotFound
from wbos_desktop.i18n import _

from . import norms
from .rights import needs
from .visibility import demand_group, keep_visible_groups, may_see_group

_TEXTS = (
    "place",
    "heard",
    "seen",
    "by_whom",
    "phase",
    "phase_evidence",
    "wished_norm",
    "climate",
    "influence",
    "subgroups",
    "question",
    "status",
)


@needs("write", "group")
def new_draft(session: Session, group_id: int) -> ProfileDraft:
    """An empty profile of today, by the acting teacher, with the wish and phase of the last one."""
    last = latest_profile(session, group_id)
    staff_id = context(session).staff_id
    return ProfileDraft(
        group_id=group_id,
        observed_on=context(session).today,
        observers=(staff_id,) if staff_id else (),
        wished_norm=last.wished_norm if last and last.wished_norm else WISHED_NORM,
        phase=last.phase if last else "",
    )


@needs("write", "group")
def save_profile(session: Session, draft: ProfileDraft) -> int:
    """Write a profile, the acting teacher's responses and the next planned day; the profile's id.

    Raises Invalid, Conflict, NotAllowed, NotFound. Open planned observations of the group up to
    the observed day count as done by it.
    """
    check_may_write(session, draft.group_id)
    known = {norm.code: norm for norm in session.scalars(select(Norm))}
    observers = draft.observers or _acting(session)
    _check(session, draft, observers, set(known))
    profile = _open(session, draft)
    for name in _TEXTS:
        setattr(profile, name, getattr(draft, name).strip())
    profile.observed_on = draft.observed_on
    profile.edition = (profile.edition or 0) + 1
    profile.next_observation_on = draft.next_observation_on
    wanted = {known[code].id: value for code, value in draft.strengths.items() if value}
    _put_strengths(session, profile, wanted)
    _put_observers(session, profile, observers)
    session.flush()
    _put_responses(session, profile.id, draft, known)
    _finish_planned(session, profile)
    if draft.next_observation_on:
        plan_observation(session, draft.group_id, draft.next_observation_on)
    session.flush()
    return profile.id


def _check(
    session: Session, draft: ProfileDraft, observers: Sequence[int], known: set[str]
) -> None:
    wrong: dict[str, str] = {}
    strengths = draft.strengths
    if draft.observed_on > context(session).today:
        wrong["observed_on"] = _("This day is yet to come. Choose today or earlier.")
    if not (draft.heard.strip() or draft.seen.strip() or any(strengths.values())):
        wrong["heard"] = _("Write briefly what you saw or heard.")
    if set(strengths) - known or not set(strengths.values()) <= set(STRENGTHS):
        wrong["strengths"] = _("Choose norms from the list.")
    elif sum(value == DOMINANT for value in strengths.values()) > 1:
        wrong["strengths"] = _("Only one norm can be dominant.")
    if draft.phase and draft.phase not in PHASES:
        wrong["phase"] = _("Choose a phase from the list.")
    if draft.status not in STATUSES:
        wrong["status"] = _("Choose a status from the list.")
    if draft.status == "adopted" and len(set(observers)) < 2:
        wrong["observers"] = _("An adopted observation needs two observers.")
    if draft.next_observation_on and draft.next_observation_on <= draft.observed_on:
        wrong["next_observation_on"] = _("Choose a day after this observation.")
    if any(set(one.sequence) - set(RESPONSES) for one in draft.responses.values()):
        wrong["responses"] = _("Choose responses from the list.")
    if wrong:
        raise Invalid(wrong)


def _open(session: Session, draft: ProfileDraft) -> Profile:
    if draft.id is None:
        profile = Profile(group_id=draft.group_id, observed_on=draft.observed_on)
        session.add(profile)
        return profile
    profile = _get(session, draft.id)
    if profile.version != draft.version:
        raise Conflict(_("A colleague changed this observation. Look at it again first."))
    return profile


def _put_strengths(session: Session, profile: Profile, wanted: dict[int, int]) -> None:
    for mark in list(profile.strengths):
        if mark.norm_id in wanted:
            mark.strength = wanted.pop(mark.norm_id)
        else:
            # Deleted by name: the change hook does not see rows that only lost their profile.
            profile.strengths.remove(mark)
            session.delete(mark)
    profile.strengths.extend(
        ProfileNorm(norm_id=norm_id, strength=strength) for norm_id, strength in wanted.items()
    )


def _put_observers(session: Session, profile: Profile, observers: Sequence[int]) -> None:
    known = {one.staff_id: one for one in profile.observers}
    for place, staff_id in enumerate(dict.fromkeys(observers)):
        one = known.pop(staff_id, None)
        if one is None:
            one = ProfileObserver(staff_id=staff_id)
            profile.observers.append(one)
        one.position = place
    for gone in known.values():
        profile.observers.remove(gone)
        session.delete(gone)


def _put_responses(
    session: Session, profile_id: int, draft: ProfileDraft, known: dict[str, Norm]
) -> None:
    staff_id = context(session).staff_id
    if staff_id is None:
        return
    own = {
        response.norm_id: response
        for response in session.scalars(
            select(NormResponse).where(
                NormResponse.profile_id == profile_id, NormResponse.staff_id == staff_id
            )
        )
    }
    for code, wish in draft.responses.items():
        if not wish.sequence and not wish.how.strip():
            continue
        norm_id = known[code].id
        response = own.pop(norm_id, None)
        if response is None:
            response = NormResponse(profile_id=profile_id, norm_id=norm_id, staff_id=staff_id)
            session.add(response)
        response.sequence, response.how = list(wish.sequence), wish.how.strip()
    for gone in own.values():
        session.delete(gone)


def _finish_planned(session: Session, profile: Profile) -> None:
    planned = session.scalars(
        select(PlannedObservation).where(
            PlannedObservation.group_id == profile.group_id,
            PlannedObservation.profile_id.is_(None),
            PlannedObservation.planned_on <= profile.observed_on,
        )
    )
    for one in planned:
        one.profile_id = profile.id


@needs("write", "response")
def respond(session: Session, profile_id: int, code: str, response: ResponseDraft) -> None:
    """Add or replace the acting teacher's own response to a norm in somebody's profile."""
    profile = _get(session, profile_id)
    check_may_write(session, profile.group_id)
    known = {norm.code: norm for norm in session.scalars(select(Norm))}
    if code not in known or set(response.sequence) - set(RESPONSES):
        raise Invalid({"responses": _("Choose responses from the list.")})
    draft = load_draft(session, profile_id)
    merged = ProfileDraft(
        group_id=profile.group_id,
        observed_on=profile.observed_on,
        responses={**draft.responses, code: response},
    )
    _put_responses(session, profile_id, merged, known)


@needs("write", "group")
def load_draft(session: Session, profile_id: int) -> ProfileDraft:
    """A profile to edit, with the acting teacher's own responses only. Raises NotFound."""
    profile = _get(session, profile_id)
    codes = dict(session.execute(select(Norm.id, Norm.code)).all())
    own = session.scalars(
        select(NormResponse).where(
            NormResponse.profile_id == profile_id,
            NormResponse.staff_id == context(session).staff_id,
        )
    )
    return ProfileDraft(
        group_id=profile.group_id,
        observed_on=profile.observed_on,
        strengths={codes[mark.norm_id]: mark.strength for mark in profile.strengths},
        responses={codes[one.norm_id]: ResponseDraft(tuple(one.sequence), one.how) for one in own},
        next_observation_on=profile.next_observation_on,
        observers=tuple(one.staff_id for one in profile.observers),
        id=profile.id,
        version=profile.version,
        **{name: getattr(profile, name) for name in _TEXTS},
    )


@needs("read", "group")
def load_profile(session: Session, profile_id: int) -> ProfileRow:
    """One profile to show. Raises NotFound."""
    profile = _get(session, profile_id)
    return _rows(session, [profile])[0]


@needs("read", "group")
def latest_profile(session: Session, group_id: int) -> ProfileRow | None:
    """The last profile of a group, or None, also for a group of others."""
    if not may_see_group(session, group_id):
        return None
    found = session.scalars(_of_group(group_id).limit(1)).first()
    return _rows(session, [found])[0] if found else None


@needs("read", "group")
def profile_history(session: Session, group_id: int) -> list[ProfileRow]:
    """All profiles of a group, the newest first; none of a group of others."""
    if not may_see_group(session, group_id):
        return []
    return _rows(session, session.scalars(_of_group(group_id)).all())


@needs("read", "group")
def compare_profiles(session: Session, first_id: int, second_id: int) -> Comparison:
    """Two profiles of one group, the older first, with every norm seen in either."""
    found = [load_profile(session, one) for one in (first_id, second_id)]
    before, after = sorted(found, key=lambda row: (row.observed_on, row.id))
    then = {mark.norm.code: mark for mark in before.norms}
    now = {mark.norm.code: mark for mark in after.norms}
    changes = tuple(
        NormChange(
            (now.get(code) or then[code]).norm,
            then[code].strength if code in then else 0,
            now[code].strength if code in now else 0,
        )
        for code in norms.load_norms(session)
        if code in then or code in now
    )
    ordered = sorted(changes, key=lambda change: change.norm.burdening)
    return Comparison(before, after, tuple(ordered))


@needs("read", "group")
def load_points(session: Session, group_ids: Iterable[int]) -> dict[int, list[ProfilePoint]]:
    """The bare facts of all profiles of these groups, oldest first; every id gets a list.

    That of a group of others is empty.
    """
    wanted = list(group_ids)
    found: dict[int, list[ProfilePoint]] = {group_id: [] for group_id in wanted}
    ids = keep_visible_groups(session, wanted)
    marks: dict[int, dict[str, int]] = {}
    kinds = dict(session.execute(select(Norm.code, Norm.kind)).all())
    for profile_id, code, strength in session.execute(
        select(ProfileNorm.profile_id, Norm.code, ProfileNorm.strength)
        .join(Profile, Profile.id == ProfileNorm.profile_id)
        .join(Norm, Norm.id == ProfileNorm.norm_id)
        .where(Profile.group_id.in_(ids))
    ):
        marks.setdefault(profile_id, {})[code] = strength
    for row in session.execute(
        select(
            Profile.group_id,
            Profile.id,
            Profile.observed_on,
            Profile.phase,
            Profile.next_observation_on,
        )
        .where(Profile.group_id.in_(ids))
        .order_by(Profile.observed_on, Profile.id)
    ):
        strengths = marks.get(row.id, {})
        found[row.group_id].append(
            ProfilePoint(
                row.id,
                row.observed_on,
                row.phase,
                strengths,
                {code: kinds[code] for code in strengths},
                row.next_observation_on,
            )
        )
    return found


@needs("write", "group")
def plan_observation(session: Session, group_id: int, day: dt.date) -> int:
    """Plan to observe a group on a day; the id. A day that was planned already is kept once."""
    check_may_write(session, group_id)
    known = session.scalar(
        select(PlannedObservation.id).where(
            PlannedObservation.group_id == group_id,
            PlannedObservation.planned_on == day,
            PlannedObservation.profile_id.is_(None),
        )
    )
    if known is not None:
        return known
    planned = PlannedObservation(
        group_id=group_id, planned_on=day, observer_id=context(session).staff_id
    )
    session.add(planned)
    session.flush()
    return planned.id


@needs("write", "group")
def delete_profile(session: Session, profile_id: int, version: int) -> None:
    """Take a profile away; it can be undone. Raises Conflict, NotAllowed, NotFound."""
    profile = _get(session, profile_id)
    check_may_write(session, profile.group_id)
    if profile.version != version:
        raise Conflict(_("A colleague changed this observation. Look at it again first."))
    for planned in session.scalars(
        select(PlannedObservation).where(PlannedObservation.profile_id == profile_id)
    ):
        planned.profile_id = None
    profile.deleted_at = context(session).now


@needs("read", "group")
def check_may_write(session: Session, group_id: int) -> None:
    """Coordinators observe every group, members their own. Raises NotAllowed, NotFound."""
    demand_group(session, group_id)


def _get(session: Session, profile_id: int) -> Profile:
    found = session.scalar(select(Profile).where(Profile.id == profile_id))
    if found is None or not may_see_group(session, found.group_id):
        raise NotFound(_("This observation is no longer there."))
    return found


def _acting(session: Session) -> tuple[int, ...]:
    staff_id = context(session).staff_id
    return (staff_id,) if staff_id else ()


def _of_group(group_id: int) -> Select[Profile]:
    return (
        select(Profile)
        .where(Profile.group_id == group_id)
        .order_by(Profile.observed_on.desc(), Profile.id.desc())
    )


def _rows(session: Session, profiles: Sequence[Profile]) -> list[ProfileRow]:
    ids = [profile.id for profile in profiles]
    by_code = norms.load_norms(session)
    by_id = {norm.id: norm for norm in by_code.values()}
    observers = _observers(session, ids)
    responses = _responses(session, ids, by_id)
    return [
        ProfileRow(
            id=profile.id,
            group_id=profile.group_id,
            observed_on=profile.observed_on,
            next_observation_on=profile.next_observation_on,
            norms=_marks(profile, by_id),
            observers=tuple(observers.get(profile.id, ())),
            responses=responses.get(profile.id, ()),
            version=profile.version,
            **{name: getattr(profile, name) for name in _TEXTS},
        )
        for profile in profiles
    ]


def _marks(profile: Profile, by_id: dict[int, NormRow]) -> tuple[NormStrength, ...]:
    marks = [NormStrength(by_id[mark.norm_id], mark.strength) for mark in profile.strengths]
    return tuple(sorted(marks, key=lambda m: (-m.strength, m.norm.burdening, m.norm.code)))


def _observers(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for profile_id, *name in session.execute(
        select(ProfileObserver.profile_id, Staff.given_name, Staff.name_prefix, Staff.family_name)
        .join(Staff, Staff.id == ProfileObserver.staff_id)
        .where(ProfileObserver.profile_id.in_(ids))
        .order_by(ProfileObserver.position)
    ):
        found.setdefault(profile_id, []).append(display_name(*name))
    return found


def _responses(
    session: Session, ids: Sequence[int], by_id: dict[int, NormRow]
) -> dict[int, tuple[ResponseCount, ...]]:
    me = context(session).staff_id
    answers: dict[int, dict[str, list[NormResponse]]] = {}
    for one in session.scalars(
        select(NormResponse).where(NormResponse.profile_id.in_(ids)).order_by(NormResponse.id)
    ):
        norm = by_id[one.norm_id].code
        answers.setdefault(one.profile_id, {}).setdefault(norm, []).append(one)
    return {
        profile_id: tuple(_count(code, found, me) for code, found in sorted(per_norm.items()))
        for profile_id, per_norm in answers.items()
    }


def _count(code: str, found: Sequence[NormResponse], me: int | None) -> ResponseCount:
    mine = next((one for one in found if one.staff_id == me), None)
    own = ResponseDraft(tuple(mine.sequence), mine.how) if mine else None
    counts = Counter(response for one in found for response in set(one.sequence))
    # Of two answers, whoever gave one of them could tell the other.
    others = len(found) - (mine is not None)
    return ResponseCount(code, len(found), dict(counts) if others > 1 else {}, own)
