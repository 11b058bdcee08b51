"""Cases: reading one whole, ending tracks, closing and opening again, notes and who sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, CaseViewer, TemplateVersion
from wbos_desktop.db.models.school import User
from wbos_desktop.domain import tracks
from wbos_desktop.domain.cases import NOTE_LIMIT, CaseRow, ClosingCheck
from wbos_desktop.domain.incidents import LEVELS
from wbos_desktop.domain.plain_text import check_lengths
from wbos_desktop.domain.program_lines import in_words, keep
from wbos_desktop.domain.protocols import template_from
from wbos_desktop.errors import Conflict, Invalid, NotFound
from wbos_desktop.i18n import _

from .case_people import staff_names
from .case_reading import read_case
from .rights import needs
from .step_engine import FINISHED, recompute, refresh_deadline, steps_of, tracks_of, write_log
from .visibility import get_case_model, visible_cases


@needs("read", "case")
def get_case(session: Session, case_id: int) -> CaseRow:
    """The whole case; NotFound when it is gone or hidden. Exports and previews use this."""
    return read_case(session, get_case_model(session, case_id))


@needs("read", "case")
def open_case(session: Session, case_id: int) -> CaseRow:
    """As `get_case`, and notes in the audit trail that the acting user saw it (a write)."""
    row = get_case(session, case_id)
    audit.note(session, "view", "cases", case_id)
    return row


@needs("read", "case")
def find_case(session: Session, number: str) -> int:
    """Id of a case by its number '2026-031'; NotFound when it is gone or hidden."""
    found = session.scalar(select(Case.id).where(Case.number == number, visible_cases(session)))
    if found is None:
        raise NotFound(_("There is no case with this number."))
    return found


@needs("read", "case")
def list_open_cases(session: Session) -> list[tuple[int, str, str]]:
    """Id, number and title of every open case the user may see, newest first: for choosers."""
    rows = session.execute(
        select(Case.id, Case.number, Case.title)
        .where(Case.state == "open", visible_cases(session))
        .order_by(Case.reported_on.desc(), Case.id.desc())
    )
    return [(row.id, row.number, row.title) for row in rows]


def _for_change(session: Session, case_id: int, version: int | None) -> Case:
    case = get_case_model(session, case_id, write=True)
    if version is not None and case.version != version:
        raise Conflict(_("Somebody changed this case. Look at it again."))
    return case


@needs("write", "case")
def add_note(session: Session, case_id: int, text: str, kind: str = "note") -> None:
    """Write a note (or kind 'call') in the log."""
    get_case_model(session, case_id, write=True)
    if not text.strip():
        raise Invalid({"text": _("Write briefly what you saw or heard.")})
    check_lengths({"text": (text.strip(), NOTE_LIMIT)})
    write_log(session, case_id, text.strip(), kind)


@needs("write", "case")
def end_track(session: Session, case_id: int, track: str, state: str, reason: str = "") -> None:
    """End a track: 'done' wants nothing open, the other ends want a reason and skip the rest."""
    case = get_case_model(session, case_id, write=True)
    model = tracks_of(session, case_id).get(track)
    if model is None or state not in tracks.ends(track):
        raise Invalid({"state": _("Choose how this track ends.")})
    own = [step for step in steps_of(session, case_id) if step.track == track]
    if state == "done":
        if any(step.state == "open" for step in own):
            raise Invalid({"state": _("Finish or skip the open steps first.")})
    elif not reason.strip():
        raise Invalid({"reason": _("Give a reason. One sentence is enough.")})
    for step in own:
        if step.state not in FINISHED:
            step.state, step.skipped_reason = "skipped", _skipped_with(state, reason)
    model.state, model.reason = state, reason.strip()
    model.ended_on = context(session).today
    write_log(session, case_id, keep("trackended", track, state))
    refresh_deadline(case, steps_of(session, case_id))


def _skipped_with(state: str, reason: str) -> str:
    """Why a step was skipped that was not finished when its track ended in this way."""
    return keep("skippedwithtrack", state, "" if state == "done" else reason)


@needs("write", "case")
def reopen_track(session: Session, case_id: int, track: str) -> None:
    """Take back the end of a track; steps that were skipped with it come back."""
    case = get_case_model(session, case_id, write=True)
    model = tracks_of(session, case_id).get(track)
    if model is None or model.state not in tracks.ENDED:
        return
    # Rows of before hold the sentence itself.
    with_track = {in_words(_skipped_with(end, model.reason)) for end in (model.state, "done")}
    for step in steps_of(session, case_id):
        if step.track == track and in_words(step.skipped_reason) in with_track:
            step.state, step.skipped_reason = "waiting", ""
    model.state, model.reason, model.ended_on = "running", "", None
    write_log(session, case_id, keep("trackreopened", track))
    session.flush()
    recompute(session, case)


@needs("read", "case")
def check_closing(session: Session, case_id: int) -> ClosingCheck:
    """What is still open, and the checklist that the closing dialog shows."""
    case = get_case_model(session, case_id)
    version = session.get(TemplateVersion, case.template_version_id)
    assert version is not None
    steps = steps_of(session, case_id)
    waiting = [step for step in steps if step.state == "waiting" and step.condition]
    return ClosingCheck(
        open_steps=tuple(step.title for step in steps if step.state == "open"),
        open_tracks=tuple(
            tracks.title(code)
            for code, track in tracks_of(session, case_id).items()
            if track.state not in tracks.ENDED
        ),
        unanswered=tuple(
            dict.fromkeys(step.condition for step in waiting if step.condition_answer != "no")
        ),
        checklist=template_from(version.content).closing,
    )


@needs("write", "case")
def close_case(
    session: Session,
    case_id: int,
    version: int,
    look_back: str,
    checks: Mapping[str, bool],
    reason: str = "",
) -> None:
    """Close a case: the tracks have ended, a look back is written, the checklist is stored.

    An item that is not ticked, or a question without an answer, asks for a reason.
    """
    case = _for_change(session, case_id, version)
    found = check_closing(session, case_id)
    faults: dict[str, str] = {}
    if found.open_steps:
        faults["steps"] = _("Finish or skip the open steps first.")
    elif found.open_tracks:
        names = ", ".join(found.open_tracks)
        faults["tracks"] = _("End these tracks first: {tracks}.").format(tracks=names)
    if not look_back.strip():
        faults["look_back"] = _("Write in a few lines how it went.")
    stored = {item: bool(checks.get(item)) for item in found.checklist}
    if (not all(stored.values()) or found.unanswered) and not reason.strip():
        faults["reason"] = _("Not everything is ticked. Why do you close the case anyway?")
    if faults:
        raise Invalid(faults)
    case.state, case.closed_on = "closed", context(session).today
    case.look_back, case.closing_checks = look_back.strip(), stored
    case.closing_reason = reason.strip()
    write_log(session, case_id, keep("caseclosed"))
    refresh_deadline(case, steps_of(session, case_id))


@needs("write", "case")
def reopen_case(session: Session, case_id: int, reason: str) -> None:
    """Open a closed case again, with a reason; what was done stays done."""
    case = get_case_model(session, case_id, write=True)
    if case.state != "closed":
        return
    if not reason.strip():
        raise Invalid({"reason": _("Give a reason. One sentence is enough.")})
    case.state, case.closed_on = "open", None
    case.reopened_on = context(session).today
    write_log(session, case_id, keep("casereopened", reason))
    session.flush()
    recompute(session, case)


@needs("decide", "case")
def set_owner(session: Session, case_id: int, version: int, staff_id: int) -> None:
    """Give the case another owner."""
    case = _for_change(session, case_id, version)
    name = staff_names(session, [staff_id]).get(staff_id)
    if name is None:
        raise NotFound(_("This colleague is not there any more."))
    case.owner_id = staff_id
    write_log(session, case_id, keep("ownerchanged", name))


@needs("decide", "case")
def set_level(
    session: Session, case_id: int, version: int, level: str, viewer_ids: Sequence[int] = ()
) -> None:
    """Choose who may see the case; 'named' wants a coordinator among the listed people."""
    case = _for_change(session, case_id, version)
    if level not in LEVELS:
        raise ValueError(level)
    wanted = set(viewer_ids)
    if level == "named" and not wanted & coordinators(session):
        raise Invalid({"viewer_ids": _("Choose at least one coordinator.")})
    case.level = level
    replace_viewers(session, case_id, wanted if level == "named" else set())
    write_log(session, case_id, keep("viewerschanged"))


@needs("read", "colleague")
def coordinators(session: Session) -> set[int]:
    """Staff ids of the users with the role coordinator."""
    return set(session.scalars(select(User.staff_id).where(User.role == "coordinator")))


@needs("write", "case")
def replace_viewers(session: Session, case_id: int, staff_ids: set[int]) -> None:
    """Make exactly these people the listed ones of a case."""
    present = {
        viewer.staff_id: viewer
        for viewer in session.scalars(select(CaseViewer).where(CaseViewer.case_id == case_id))
    }
    for staff_id in staff_ids - present.keys():
        session.add(CaseViewer(case_id=case_id, staff_id=staff_id))
    for staff_id, viewer in present.items():
        if staff_id not in staff_ids:
            session.delete(viewer)
