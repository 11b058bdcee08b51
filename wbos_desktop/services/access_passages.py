"""Every text about one pupil, for a request for access: where it stands and what is proposed.

What belongs to somebody else stays out: the account of another person, the steps that concern
another pupil, what a teacher keeps for himself. Texts that name others are proposed masked.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from wbos_desktop.db.base import Record
from wbos_desktop.db.models.attachments import Attachment
from wbos_desktop.db.models.cases import Case, CaseLogEntry, CaseStep, CaseTrack
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.db.models.keeping import AccessPassage, StatedView
from wbos_desktop.db.models.meetings import Action, AgendaItem, Decision, Meeting
from wbos_desktop.db.models.profiles import Observation, ObservationPupil, Profile
from wbos_desktop.db.models.school import Membership, Pupil, Staff
from wbos_desktop.db.models.system import Export
from wbos_desktop.domain.access import Passage, PassageKey
from wbos_desktop.domain.masking import Names, OnlyOne, Person
from wbos_desktop.domain.people import display_name
from wbos_desktop.domain.program_lines import code_of, in_words
from wbos_desktop.i18n import _

from .visibility import shown_persons, visible_cases, visible_incidents


@dataclass(frozen=True)
class _Found:
    record: Record
    field: str
    label: str
    day: dt.date


@dataclass(frozen=True)
class _About:
    """What is known of the pupil: the incidents, cases and groups the acting user may see."""

    pupil_id: int
    involved: Sequence[InvolvedPerson]
    incidents: Sequence[Incident]
    cases: Sequence[Case]
    group_ids: Sequence[int]


def find_passages(session: Session, request_id: int, pupil_id: int) -> list[Passage]:
    """All passages about the pupil, oldest first, with the decisions of this request."""
    about = _about(session, pupil_id)
    masking = _masking(session, pupil_id)
    mentions = _mentions(session, pupil_id)
    found = [*_of_incidents(about), *_of_cases(session, about), *_of_meetings(session, about)]
    found += _of_observations(session, about)
    found += [
        one for one in _of_profiles(session, about) if mentions.text(_text(one)) != _text(one)
    ]
    found += _of_views(session, pupil_id)
    kept = {
        PassageKey(row.subject_table, row.subject_id, row.field): row
        for row in session.scalars(
            select(AccessPassage).where(AccessPassage.request_id == request_id)
        )
    }
    passages = [_passage(one, masking, kept) for one in found if _text(one).strip()]
    return sorted(passages, key=lambda passage: (passage.day, passage.key))


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def find_recipients(session: Session, pupil_id: int) -> list[tuple[dt.date, str]]:
    """Day and words of everything about the pupil that left the vault, oldest first."""
    about = _about(session, pupil_id)
    subjects = [("cases", case.id) for case in about.cases]
    subjects += [("groups", group_id) for group_id in about.group_ids]
    lines = [
        (row.made_at.astimezone().date(), row.recipients.strip() or _("the care team"))
        for row in session.scalars(select(Export).order_by(Export.made_at))
        if (row.object_table, row.object_id) in subjects
    ]
    return list(dict.fromkeys(lines))


def _passage(one: _Found, masking: Names, kept: dict[PassageKey, AccessPassage]) -> Passage:
    key = PassageKey(one.record.__tablename__, one.record.id, one.field)
    text = _text(one)
    masked = masking.text(text)
    row = kept.get(key)
    fingerprint = _fingerprint(_stored(one))
    judged = row is not None and row.text_sha256 == fingerprint
    decision = "mask" if masked != text else "show"
    reason = ""
    if row is not None and judged:
        decision, reason = row.decision, row.reason
    elif key.table == "case_tracks" or code_of(_stored(one)) == "skippedwithtrack":
        decision, reason = "leave_out", _("It could say what somebody else wanted.")
    return Passage(key, one.label, one.day, text, masked, decision, reason, judged, fingerprint)


def _stored(one: _Found) -> str:
    return str(getattr(one.record, one.field) or "")


def _text(one: _Found) -> str:
    return in_words(_stored(one))


# ---------------------------------------------------------------- who is meant
def _about(session: Session, pupil_id: int) -> _About:
    incidents = session.scalars(
        select(Incident)
        .join(InvolvedPerson, InvolvedPerson.incident_id == Incident.id)
        .where(InvolvedPerson.pupil_id == pupil_id)
        .where(visible_incidents(session), shown_persons(session))
        .distinct()
    ).all()
    incident_ids = [incident.id for incident in incidents]
    involved = session.scalars(
        select(InvolvedPerson)
        .join(Incident, Incident.id == InvolvedPerson.incident_id)
        .where(InvolvedPerson.pupil_id == pupil_id, Incident.id.in_(incident_ids))
        .where(shown_persons(session))
    ).all()
    case_ids = {incident.case_id for incident in incidents if incident.case_id is not None}
    cases = session.scalars(select(Case).where(Case.id.in_(case_ids), visible_cases(session))).all()
    groups = session.scalars(select(Membership.group_id).where(Membership.pupil_id == pupil_id))
    return _About(pupil_id, involved, incidents, cases, sorted(set(groups)))


def _people(session: Session) -> list[Person]:
    rows = session.execute(select(Pupil.id, Pupil.given_name, Pupil.name_prefix, Pupil.family_name))
    return [Person(*row) for row in rows]


def _masking(session: Session, pupil_id: int) -> Names:
    """Everybody but this pupil, and staff who do their work, is called a fellow pupil."""
    staff = session.execute(select(Staff.given_name, Staff.name_prefix, Staff.family_name))
    keep = [display_name(*row) for row in staff]
    return OnlyOne(_people(session), pupil_id, _("a fellow pupil"), keep)


def _mentions(session: Session, pupil_id: int) -> Names:
    """Changes a text in which this pupil is named, and no other text."""
    pupil = session.get_one(Pupil, pupil_id)
    person = Person(pupil.id, pupil.given_name, pupil.name_prefix, pupil.family_name)
    return OnlyOne([person], 0, "\x00")


# ---------------------------------------------------------------- where it stands
def _each(record: Any, day: dt.date, fields: dict[str, str]) -> Iterator[_Found]:
    for field, label in fields.items():
        yield _Found(record, field, label, day)


def _of_incidents(about: _About) -> Iterator[_Found]:
    seen = {case.id for case in about.cases}
    days = {
        incident.id: incident.happened_on
        for incident in about.incidents
        if incident.case_id is None or incident.case_id in seen
    }
    for incident in about.incidents:
        label = _("What happened ({number})").format(number=incident.number)
        yield _Found(incident, "text", label, incident.happened_on)
    for person in about.involved:
        if person.incident_id not in days:
            continue  # its reporter sees the report, not how a hidden case went on
        yield from _each(
            person,
            days[person.incident_id],
            {
                "account": _("Own account of the pupil"),
                "role_note": _("Note about the role"),
                "parents_informed_how": _("How the parents were told"),
            },
        )


def _of_cases(session: Session, about: _About) -> Iterator[_Found]:
    mine = [person.id for person in about.involved]
    for case in about.cases:
        number = case.number
        closed = case.closed_on or case.opened_on
        yield _Found(case, "look_back", _("Look back ({number})").format(number=number), closed)
        yield _Found(
            case, "closing_reason", _("Reason of closing ({number})").format(number=number), closed
        )
        yield from _of_steps(session, case, mine)
        for entry in session.scalars(select(CaseLogEntry).where(CaseLogEntry.case_id == case.id)):
            label = _("Log ({number})").format(number=number)
            yield _Found(entry, "text", label, entry.at.astimezone().date())
        for track in session.scalars(select(CaseTrack).where(CaseTrack.case_id == case.id)):
            label = _("Why a track ended ({number})").format(number=number)
            yield _Found(track, "reason", label, track.ended_on or closed)
        for file in session.scalars(select(Attachment).where(Attachment.case_id == case.id)):
            label = _("File with the case ({number})").format(number=number)
            yield _Found(file, "title", label, file.created_at.astimezone().date())


def _of_steps(session: Session, case: Case, mine: Iterable[int]) -> Iterator[_Found]:
    """Steps about the pupil, the group or the school; never those about somebody else."""
    steps = session.scalars(
        select(CaseStep).where(
            CaseStep.case_id == case.id,
            CaseStep.involved_id.is_(None) | CaseStep.involved_id.in_(list(mine)),
        )
    )
    for step in steps:
        where = {"title": step.title, "number": case.number}
        yield from _each(
            step,
            step.done_on or case.opened_on,
            {
                "result": _("Result of ‘{title}’ ({number})").format(**where),
                "remark": _("Remark on ‘{title}’ ({number})").format(**where),
                "decision": _("Decision on ‘{title}’ ({number})").format(**where),
                "evidence": _("Evidence with ‘{title}’ ({number})").format(**where),
                "skipped_reason": _("Why ‘{title}’ was skipped ({number})").format(**where),
            },
        )


def _of_observations(session: Session, about: _About) -> Iterator[_Found]:
    found = session.scalars(
        select(Observation)
        .join(ObservationPupil, ObservationPupil.observation_id == Observation.id)
        .where(ObservationPupil.pupil_id == about.pupil_id)
        .distinct()
    )
    for observation in found:
        yield _Found(observation, "text", _("Observation in the group"), observation.observed_on)


def _of_profiles(session: Session, about: _About) -> Iterator[_Found]:
    fields = ("heard", "seen", "by_whom", "climate", "influence", "subgroups", "question")
    label = _("Observation of the group")
    found = session.scalars(select(Profile).where(Profile.group_id.in_(about.group_ids)))
    for profile in found:
        yield from _each(profile, profile.observed_on, dict.fromkeys(fields, label))


def _of_meetings(session: Session, about: _About) -> Iterator[_Found]:
    case_ids = [case.id for case in about.cases]
    items = session.execute(
        select(AgendaItem, Meeting.starts_at)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(AgendaItem.case_id.in_(case_ids))
    ).all()
    for item, starts in items:
        yield _Found(item, "question", _("Question to a meeting"), starts.date())
        decisions = select(Decision).where(Decision.agenda_item_id == item.id)
        for decision in session.scalars(decisions):
            yield _Found(decision, "text", _("Decision of a meeting"), starts.date())
    for action in session.scalars(select(Action).where(Action.case_id.in_(case_ids))):
        day = action.done_on or action.due_on or action.created_at.astimezone().date()
        yield _Found(action, "text", _("Action"), day)


def _of_views(session: Session, pupil_id: int) -> Iterator[_Found]:
    """Beside the cases that the acting user may see, and what is reported outside others."""
    seen = select(Case.id).where(visible_cases(session))
    reports = select(Incident.id).where(
        visible_incidents(session), or_(Incident.case_id.is_(None), Incident.case_id.in_(seen))
    )
    subject = StatedView.subject_table
    found = select(StatedView).where(
        StatedView.pupil_id == pupil_id,
        or_(
            and_(subject == Case.__tablename__, StatedView.subject_id.in_(seen)),
            and_(subject == Incident.__tablename__, StatedView.subject_id.in_(reports)),
        ),
    )
    for view in session.scalars(found):
        yield _Found(view, "text", _("View of pupil or parent"), view.stated_on)
