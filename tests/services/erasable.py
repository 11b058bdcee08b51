"""A pupil who stands everywhere, for the tests of erasing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db.base import Base
from wbos_desktop.db.context import context
from wbos_desktop.db.models.attachments import Attachment, AttachmentChunk, AttachmentContent
from wbos_desktop.db.models.cases import Case, CaseLogEntry
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.db.models.keeping import AccessPassage, AccessRequest, RetentionHold, StatedView
from wbos_desktop.db.models.meetings import Action, AgendaItem, Decision
from wbos_desktop.db.models.profiles import Observation, ObservationPupil, Profile
from wbos_desktop.db.models.scenarios import ScenarioUse
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.db.models.system import Draft, Export, Preference
from wbos_desktop.domain.incidents import IncidentDraft, InvolvedDraft
from wbos_desktop.services import assessments, erasure, incidents

NAME = ("Zebedeus", "van", "Quispel")
FULL = "Zebedeus van Quispel"
LEFT = dt.date(2024, 7, 12)


@dataclass
class Everywhere:
    """Ids of the pupil, of the case that only he is in, and of the one that others need."""

    pupil: int
    other: int
    group: int
    own_case: int
    shared_case: int


def make_everywhere(session: Session) -> Everywhere:
    """A pupil who left in 2024 and stands in every table that can name somebody."""
    factories.make_norms(session)
    group = factories.make_group(session)
    names = dict(zip(("given_name", "name_prefix", "family_name"), NAME, strict=True))
    pupil = factories.make_pupil(
        session, group, left_on=LEFT, sort_name="quispel zebedeus", source_key="ZBD", **names
    )
    other = factories.make_pupil(session, group, given_name="Yasmin", family_name="El Amrani")
    own = _case(session, group, [pupil])
    shared = _case(session, group, [pupil, other])
    _around_case(session, own, b"Zebedeus in de chat")
    _around_case(session, shared, b"een foto")
    _around_group(session, group, pupil)
    _around_pupil(session, pupil, own)
    session.flush()
    return Everywhere(pupil, other, group, own, shared)


def _case(session: Session, group: int, pupils: list[int]) -> int:
    from wbos_desktop.services import protocols

    protocols.install_catalogue(session)
    draft = IncidentDraft(
        text="Zebedeus pakte de bal. Later lachte Zebedeus van Quispel erom.",
        kind_code="vernederen",
        place="online",
        group_ids=(group,),
        persons=tuple(InvolvedDraft(pupil_id=one, role="actor") for one in pupils),
    )
    incident = incidents.report_incident(session, draft)
    proposal = assessments.propose_assessment(session, incident).draft
    found = assessments.assess_incident(session, replace(proposal, template_code="ONL"))
    assert found is not None
    for person in session.scalars(
        select(InvolvedPerson).where(InvolvedPerson.incident_id == incident)
    ):
        if person.pupil_id == pupils[0]:
            person.account = "Ik, Quispel, deed het."
            person.role_note = "zoon van Quispel"
    case = session.get_one(Case, found)
    case.title = "Eerst met Zebedeus"
    session.flush()
    case.title, case.state = "Vernederen", "closed"
    case.closed_on = dt.date(2024, 6, 1)
    session.flush()
    return found


def _around_case(session: Session, case: int, picture: bytes) -> None:
    now = context(session).now
    content = AttachmentContent(sha256=f"{case:064d}", size=20)
    session.add(content)
    session.flush()
    meeting = factories.make_meeting(session)
    item = AgendaItem(meeting_id=meeting, position=1, subject="case", case_id=case)
    item.question = "Wat heeft Zebedeus nodig?"
    session.add(item)
    session.flush()
    scenario = factories.make_scenario(session)
    session.add_all(
        [
            AttachmentChunk(content_id=content.id, position=0, data=picture),
            Attachment(
                case_id=case, media_type="image/png", content_id=content.id, title="Zebedeus.png"
            ),
            CaseLogEntry(case_id=case, at=now, text="Moeder van Zebedeus belde."),
            Decision(meeting_id=meeting, agenda_item_id=item.id, text="Zebedeus krijgt een maatje"),
            Action(text="Bel Zebedeus", case_id=case, state="done"),
            ScenarioUse(
                scenario_id=scenario,
                used_on=now.date(),
                case_id=case,
                helped="yes",
                note="met Zebedeus van Quispel",
            ),
            RetentionHold(
                subject_table="cases",
                subject_id=case,
                reason="Klacht Quispel",
                until=dt.date(2024, 9, 1),
            ),
        ]
    )


def _around_group(session: Session, group: int, pupil: int) -> None:
    profile = factories.make_profile(session, group, by_whom="Zebedeus en Yasmin")
    session.get_one(Profile, profile).influence = "Zebedeus bepaalt"
    seen = Observation(group_id=group, observed_on=dt.date(2024, 3, 1), text="Zebedeus's grap")
    session.add(seen)
    session.flush()
    session.add(ObservationPupil(observation_id=seen.id, pupil_id=pupil))


def _around_pupil(session: Session, pupil: int, case: int) -> None:
    who = context(session)
    assert who.user_id is not None
    _access_request(session, pupil, case)
    factories.make_scenario(session, title="Zoals bij Zebedeus van Quispel")
    session.add_all(
        [
            *_drafts(who.user_id, who.now, case),
            Preference(user_id=who.user_id, key="last", value={"text": FULL}),
            _export(who.user_id, who.now, case),
        ]
    )


def _access_request(session: Session, pupil: int, case: int) -> None:
    """A request that was answered, one passage of it, and what the parent said about the case."""
    asked = AccessRequest(
        pupil_id=pupil,
        requester_kind="parent",
        requester_name="Mevrouw Quispel",
        received_on=LEFT,
        due_on=LEFT,
        state="given",
    )
    session.add(asked)
    session.flush()
    session.add_all(
        [
            AccessPassage(
                request_id=asked.id,
                subject_table="cases",
                subject_id=case,
                field="title",
                reason="noemt Quispel",
            ),
            StatedView(
                subject_table="cases",
                subject_id=case,
                pupil_id=pupil,
                stated_by="parent",
                stated_on=LEFT,
                text="Quispel ziet het anders",
            ),
        ]
    )


def _export(user_id: int, now: dt.datetime, case: int) -> Export:
    return Export(
        made_at=now,
        user_id=user_id,
        kind="dossier_pdf",
        object_table="cases",
        object_id=case,
        names="full",
        purpose="gesprek over Zebedeus van Quispel",
        recipients="ouders van Zebedeus van Quispel",
        file_name="casusdossier.pdf",
        sha256="0" * 64,
    )


def _drafts(user_id: int, now: dt.datetime, case: int) -> list[Draft]:
    return [
        Draft(
            user_id=user_id,
            form="note",
            record_id=case,
            data={"values": {"text": "Zebedeus"}, "place": ["case", case, None]},
            updated_at=now,
        ),
        Draft(
            user_id=user_id,
            form="incident",
            record_id=0,
            data={
                "values": {"text": "weer Zebedeus van Quispel"},
                "place": ["report", 1, None],
            },
            updated_at=now,
        ),
    ]


def finished(session: Session, job: int) -> int:
    """The job, done to its end in this transaction."""
    found = erasure.find_mentions_of(session, job)
    while erasure.erase_batch(session, job, found):
        pass
    erasure.finish(session, job)
    session.expire_all()
    return job


def uid_of(session: Session, table: str, record_id: int) -> str:
    """The lasting id of a row."""
    found = Base.metadata.tables[table]
    return str(
        session.connection()
        .execute(select(found.c.uid).where(found.c.id == record_id))
        .scalar_one()
    )


def known(session: Session, everywhere: Everywhere) -> tuple[bool, bool, bool, int]:
    """Whether pupil and both cases are still there, and how many incidents."""
    return (
        session.get(Pupil, everywhere.pupil) is not None,
        session.get(Case, everywhere.own_case) is not None,
        session.get(Case, everywhere.shared_case) is not None,
        len(session.scalars(select(Incident.id)).all()),
    )
