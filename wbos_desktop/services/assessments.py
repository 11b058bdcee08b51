"""*Te beoordelen*: a coordinator or lead looks at a report and starts a case, or leaves a note."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.incidents import Incident, InvolvedPerson
from wbos_desktop.domain.cases import AssessDraft, AssessProposal
from wbos_desktop.domain.incidents import LEVELS, SEVERITIES, IncidentDraft, ToAssessRow
from wbos_desktop.domain.program_lines import keep
from wbos_desktop.errors import Conflict, Invalid
from wbos_desktop.i18n import _

from .case_people import (
    Responsibles,
    acting_staff_id,
    active_staff,
    groups_of_incidents,
    sector_of,
)
from .case_reading import read_facts
from .cases import coordinators, replace_viewers
from .incident_kinds import load_catalogue
from .incidents import report_incident
from .protocols import load_templates, newest_version
from .rights import needs
from .step_engine import sync_steps, write_log
from .visibility import (
    decidable_incidents,
    get_case_model,
    get_incident_to_decide,
    visible_incidents,
)

# When a kind without a protocol turns out to be serious, this one is offered.
FALLBACK_TEMPLATE = "KRT"


@needs("decide", "incident")
def to_assess(session: Session) -> list[ToAssessRow]:
    """Reports that wait for a decision, most serious and oldest first."""
    rows = session.execute(
        select(
            Incident.id,
            Incident.number,
            Incident.title,
            Incident.severity,
            Incident.reported_at,
        )
        .where(Incident.state == "to_assess", visible_incidents(session))
        .where(decidable_incidents(session))
        .order_by(Incident.reported_at, Incident.id)
    ).all()
    groups = groups_of_incidents(session, [row.id for row in rows])
    found = [
        ToAssessRow(*row, groups=tuple(name for _id, name in groups.get(row.id, [])))
        for row in rows
    ]
    return sorted(found, key=lambda row: -SEVERITIES.index(row.severity))


@needs("decide", "incident")
def propose_assessment(session: Session, incident_id: int) -> AssessProposal:
    """The assess dialog filled in: as reported, with protocol and owner by default."""
    incident = get_incident_to_decide(session, incident_id)
    kind = load_catalogue().kind(incident.kind_code)
    template = ""
    if not kind.note_is_enough(incident.severity):
        template = kind.template_for(incident.place) or FALLBACK_TEMPLATE
    templates = tuple((row.code, row.title) for row in load_templates(session))
    known = {code for code, _title in templates}
    if template not in known:
        template = ""
    leads = template or (FALLBACK_TEMPLATE if FALLBACK_TEMPLATE in known else "")
    draft = AssessDraft(
        incident_id=incident_id,
        version=incident.version,
        severity=incident.severity,
        template_code=template,
        owner_id=proposed_owner(session, incident_id, leads) if leads else None,
        level=_level(session, incident.level, template),
    )
    facts = read_facts(session, [incident_id])[0]
    return AssessProposal(draft, facts, templates, active_staff(session))


def _level(session: Session, level: str, template_code: str) -> str:
    if not template_code:
        return level
    _version_id, template = newest_version(session, template_code)
    return "named" if template.highest_confidentiality and level != "team" else level


@needs("decide", "incident")
def proposed_owner(session: Session, incident_id: int, template_code: str) -> int | None:
    """Who has the owner role of the protocol; nobody found is the acting user."""
    _version_id, template = newest_version(session, template_code)
    group_ids = [g for g, _name in groups_of_incidents(session, [incident_id]).get(incident_id, [])]
    people = Responsibles(session, group_ids, acting_staff_id(session), context(session).today)
    for role in (template.owner, "zorg"):
        if (staff_id := people.of_role(role)) is not None:
            return staff_id
    return acting_staff_id(session)


@needs("decide", "incident")
def assess_incident(session: Session, draft: AssessDraft) -> int | None:
    """Decide on a report: the id of the case started or joined, None for a note."""
    incident = get_incident_to_decide(session, draft.incident_id)
    if incident.version != draft.version:
        raise Conflict(_("Somebody changed this report. Look at it again."))
    if incident.case_id is not None:
        raise Invalid({"incident_id": _("This report belongs to a case.")})
    faults: dict[str, str] = {}
    if draft.severity not in SEVERITIES:
        faults["severity"] = _("Choose how serious it is.")
    if draft.level not in LEVELS:
        faults["level"] = _("Choose who may see it.")
    if draft.template_code and draft.owner_id is None and context(session).user_id is not None:
        faults["owner_id"] = _("Choose an owner.")
    if faults:
        raise Invalid(faults)
    incident.severity, incident.level = draft.severity, draft.level
    incident.assessed_on, incident.assessed_by_id = context(session).today, acting_staff_id(session)
    if draft.add_to_case_id is not None:
        return _add_to_case(session, incident, draft.add_to_case_id)
    if not draft.template_code:
        incident.state = "note"
        return None
    return _start_case(session, incident, draft)


def _add_to_case(session: Session, incident: Incident, case_id: int) -> int:
    case = get_case_model(session, case_id, write=True)
    if case.state != "open":
        raise Invalid({"add_to_case_id": _("This case is closed. Reopen it first.")})
    incident.case_id, incident.state = case.id, "case"
    session.flush()
    sync_steps(session, case)
    write_log(session, case.id, keep("reportadded", incident.number))
    return case.id


def _start_case(session: Session, incident: Incident, draft: AssessDraft) -> int:
    version_id, template = newest_version(session, draft.template_code)
    if sector_of(session).lower() not in template.sectors:
        raise Invalid({"template_code": _("This protocol is not for your sector.")})
    now = context(session)
    case = _case_with_number(session, incident.number)
    case.title = incident.title
    case.template_version_id, case.owner_id, case.level = version_id, draft.owner_id, draft.level
    case.state, case.closing_checks = "open", {}
    case.reported_on = incident.reported_at.astimezone(now.now.tzinfo).date()
    case.reported_at, case.opened_on = incident.reported_at, now.today
    session.add(case)
    session.flush()
    incident.case_id, incident.state = case.id, "case"
    if draft.level == "named":
        listed = {draft.owner_id, now.staff_id} & coordinators(session)
        people = (listed or coordinators(session)) | {draft.owner_id}
        replace_viewers(session, case.id, {staff_id for staff_id in people if staff_id})
    write_log(session, case.id, keep("casestarted", template.title))
    session.flush()
    sync_steps(session, case)
    return case.id


def _case_with_number(session: Session, number: str) -> Case:
    """A new case; or the one that an undo took back, for a number is never used twice."""
    taken_back = select(Case).where(Case.number == number, Case.deleted_at.is_not(None))
    case = session.scalar(taken_back, execution_options={"include_deleted": True})
    if case is None:
        return Case(number=number)
    case.deleted_at = None
    return case


@needs("decide", "incident")
def report_and_start(session: Session, draft: IncidentDraft) -> int:
    """Save a report and start the proposed protocol at once; the id of the case.

    For who may decide. A kind without a protocol gets the short round (KRT).
    """
    incident_id = report_incident(session, draft)
    proposal = propose_assessment(session, incident_id).draft
    kind = load_catalogue().kind(draft.kind_code)
    code = proposal.template_code or kind.template_for(draft.place) or FALLBACK_TEMPLATE
    raised = "serious" if kind.nature == "negative" else "light"
    case_id = assess_incident(
        session,
        AssessDraft(
            incident_id=incident_id,
            version=proposal.version,
            severity=proposal.severity if proposal.severity != "light" else raised,
            template_code=code,
            owner_id=proposal.owner_id or proposed_owner(session, incident_id, code),
            level=proposal.level,
        ),
    )
    assert case_id is not None
    return case_id


@needs("read", "case")
def involved_pupils(session: Session, case_id: int) -> set[int]:
    """Pupil ids of a case, for exports that mask the others."""
    get_case_model(session, case_id)
    rows = session.scalars(
        select(InvolvedPerson.pupil_id)
        .join(Incident, Incident.id == InvolvedPerson.incident_id)
        .where(Incident.case_id == case_id, InvolvedPerson.pupil_id.is_not(None))
    )
    return {pupil_id for pupil_id in rows if pupil_id is not None}
