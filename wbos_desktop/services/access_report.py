"""The copy for a request for access: what is kept about one pupil, as it was judged."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.db.models.school import Group, Membership, Pupil, School, SchoolYear
from wbos_desktop.domain.access import AccessCopy, AccessDetail, CopyLine, Passage
from wbos_desktop.domain.program_lines import keep
from wbos_desktop.domain.reports import ExportOptions, Masthead
from wbos_desktop.errors import Invalid
from wbos_desktop.i18n import _, date_numeric

from . import access
from .report_names import staff_name
from .rights import needs
from .visibility import visible_incidents


@needs("write", "access_request")
def access_copy(session: Session, request_id: int) -> AccessCopy:
    """The copy as it can be given. Raises Invalid while passages wait for a look, NotFound."""
    detail = access.get_detail(session, request_id)
    if detail.open_passages:
        text = _("Look at every passage first: {n} to go.").format(n=detail.open_passages)
        raise Invalid({"passages": text})
    shown = [passage for passage in detail.passages if passage.decision != "leave_out"]
    hidden = Counter(p.reason for p in detail.passages if p.decision == "leave_out")
    return AccessCopy(
        masthead=_masthead(session, detail),
        request_id=request_id,
        pupil=detail.row.pupil,
        facts=tuple(_facts(session, detail)),
        lines=tuple(_line(passage) for passage in shown),
        left_out=tuple(sorted(hidden.items())),
        recipients=detail.recipients,
        options=ExportOptions(
            names="full",
            purpose=keep("accessrequested"),
            recipients=detail.row.requester_name or detail.row.pupil,
        ),
    )


def _line(passage: Passage) -> CopyLine:
    masked = passage.decision == "mask" and passage.names_others
    note = _("Names of others were replaced.") if masked else ""
    return CopyLine(passage.day, passage.label, passage.shown, note)


def _facts(session: Session, detail: AccessDetail) -> list[tuple[str, str]]:
    pupil = session.get_one(Pupil, detail.row.pupil_id)
    groups = session.execute(
        select(Group.name, SchoolYear.name)
        .join(Membership, Membership.group_id == Group.id)
        .join(SchoolYear, SchoolYear.id == Group.school_year_id)
        .where(Membership.pupil_id == pupil.id)
        .order_by(SchoolYear.first_day)
    )
    numbers = session.scalars(
        select(Incident.number)
        .join(InvolvedPerson, InvolvedPerson.incident_id == Incident.id)
        .where(InvolvedPerson.pupil_id == pupil.id, visible_incidents(session))
        .distinct()
        .order_by(Incident.number)
    )
    facts = [
        (_("Name"), detail.row.pupil),
        (_("Pupil number"), pupil.pupil_number),
        (_("Date of birth"), date_numeric(pupil.birth_date) if pupil.birth_date else ""),
        (_("Groups"), ", ".join(dict.fromkeys(f"{name} ({year})" for name, year in groups))),
        (_("At school from"), date_numeric(pupil.enrolled_on) if pupil.enrolled_on else ""),
        (_("Left school on"), date_numeric(pupil.left_on) if pupil.left_on else ""),
        (_("Reports of incidents"), ", ".join(numbers)),
    ]
    return [(label, value) for label, value in facts if value]


def _masthead(session: Session, detail: AccessDetail) -> Masthead:
    who = context(session)
    school = session.execute(select(School.name).limit(1)).scalar_one_or_none()
    reader = detail.row.requester_name or detail.row.pupil
    return Masthead(
        document=_("Copy of personal data"),
        title=_("What the care team keeps about {name}").format(name=detail.row.pupil),
        school=school or "",
        made_at=who.now.astimezone(),
        made_by=staff_name(session, who.staff_id),
        readers=_("Only for {readers}").format(readers=reader),
        destroy_line=_("This is your own copy"),
        names_line=_("Others are called ‘a fellow pupil’."),
    )
