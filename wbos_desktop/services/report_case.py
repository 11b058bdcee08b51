"""A case as a part of a document: what the board shows, in words for paper."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from wbos_desktop.db.models.meetings import AgendaItem, Decision, Meeting
from wbos_desktop.domain import tracks
from wbos_desktop.domain.actions import ActionQuery, ActionRow
from wbos_desktop.domain.cases import CaseRow, FactsRow, StepRow, TrackRow, case_state_text
from wbos_desktop.domain.incidents import PersonRow, severity_text
from wbos_desktop.domain.reports import (
    ActionLine,
    CasePart,
    FactsPart,
    LogLine,
    PersonLine,
    StepLine,
    TrackPart,
)
from wbos_desktop.i18n import _, date_long, date_numeric, date_short, time_text

from . import actions, cases, stated_views
from .report_names import Desk, short_staff


def case_part(desk: Desk, case_id: int) -> CasePart:
    """The case, ready to print. Raises NotFound when this user may not see it."""
    row = cases.get_case(desk.session, case_id)
    persons = {person.id: desk.person(person) for fact in row.incidents for person in fact.persons}
    done = sum(step.mark in ("done", "skipped") for step in row.steps)
    return CasePart(
        number=row.number,
        title=desk.text(row.title),
        line=_line(row),
        state=case_state_text(row.state),
        severity=severity_text(row.severity),
        handled=done,
        counted=row.counted,
        late=row.late,
        owner=row.owner,
        banner=row.stop_banner,
        facts=tuple(_facts(desk, fact) for fact in row.incidents),
        persons=tuple(_person(desk, person) for person in row.persons),
        tracks=_tracks(desk, row, persons),
        agreements=_agreements(desk, row),
        views=_views(desk, row),
        log=_log(desk, row),
        look_back=desk.text(row.look_back),
        closing=_closing(row),
        groups=tuple(name for _id, name in row.groups),
        reported_on=row.reported_on,
        protocol=row.protocol,
    )


def _line(row: CaseRow) -> str:
    groups = ", ".join(name for _id, name in row.groups)
    parts = [
        _("Case {number}").format(number=row.number),
        _("group {name}").format(name=groups) if groups else "",
        _("reported {day}").format(day=date_numeric(row.reported_on)),
        _("protocol ‘{title}’").format(title=row.protocol),
    ]
    return " · ".join(part for part in parts if part)


def _facts(desk: Desk, fact: FactsRow) -> FactsPart:
    when = date_long(fact.happened_on)
    if fact.happened_time:
        when = _("{day}, {time}").format(day=when, time=time_text(fact.happened_time))
    parts = [when, fact.kind, fact.place]
    if fact.reporter:
        parts.append(_("reported by {name}").format(name=desk.text(fact.reporter)))
    return FactsPart(fact.number, " · ".join(parts), desk.text(fact.text))


def _person(desk: Desk, person: PersonRow) -> PersonLine:
    """Never the person's own account: that belongs to that person only."""
    notes = []
    if person.heard_on:
        notes.append(_("heard {day}").format(day=date_short(person.heard_on)))
    if person.parents_informed_on:
        day = date_short(person.parents_informed_on)
        notes.append(_("parents informed {day}").format(day=day))
    return PersonLine(desk.person(person), desk.text(person.role_line), ", ".join(notes))


def _tracks(desk: Desk, row: CaseRow, persons: dict[int, str]) -> tuple[TrackPart, ...]:
    general = TrackRow(tracks.GENERAL, "", "", None, row.general)
    return tuple(_track(desk, track, persons) for track in (general, *row.tracks))


def _track(desk: Desk, track: TrackRow, persons: dict[int, str]) -> TrackPart:
    steps = [_step(desk, step, persons) for step in track.steps if _shown(step)]
    if track.track == tracks.REPAIR and track.state in tracks.ENDED and track.state != "done":
        words = tracks.state_text(track.state)
        steps = [replace(s, remark=words) if s.sign == "skipped" else s for s in steps]
    return TrackPart(
        code=track.track,
        name=tracks.title(track.track),
        goal=tracks.goal(track.track),
        progress=_("{progress} handled").format(progress=track.progress.text()),
        state=_end(desk, track),
        steps=tuple(steps),
    )


def _shown(step: StepRow) -> bool:
    """Steps that proved needless go, unless the law asks for them."""
    return step.statutory or not step.not_needed


def _end(desk: Desk, track: TrackRow) -> str:
    if track.state not in tracks.ENDED or track.state == "done":
        return ""
    words = tracks.state_text(track.state)
    # Why repair was not wanted could say by whom: that is not for others to read. The steps
    # that were skipped with the track carry the same reason.
    if track.track == tracks.REPAIR or not track.reason:
        return words
    return f"{words}: {desk.text(track.reason)}"


def _step(desk: Desk, step: StepRow, persons: dict[int, str]) -> StepLine:
    sign = _sign(step)
    day = step.done_on if step.state == "done" else step.due_on
    shown = date_short(day) if day and sign != "skipped" else ""
    if step.provisional and sign not in ("done", "skipped") and shown:
        shown = _("{day} (provisional)").format(day=shown)
    return StepLine(
        title=step.title if step.code else desk.text(step.title),
        person=persons.get(step.involved_id or 0, ""),
        responsible=short_staff(step.responsible),
        day=shown,
        sign=sign,
        remark=_remark(desk, step, sign),
        statutory=step.statutory,
        due_on=step.due_on,
        done_on=step.done_on,
        state=_state_word(step, sign),
        track=step.track,
        needless=step.not_needed,
    )


def _sign(step: StepRow) -> str:
    if step.state in ("done", "skipped", "waiting"):
        return step.state
    if step.due.late:
        return "late"
    return "today" if step.due.state == "today" else "open"


def _state_word(step: StepRow, sign: str) -> str:
    if step.not_needed:
        return _("not needed")
    return {
        "done": _("done"),
        "skipped": _("skipped, with a reason"),
        "waiting": _("if needed"),
        "late": _("too late"),
        "today": _("today"),
        "open": _("to do"),
    }[sign]


def _remark(desk: Desk, step: StepRow, sign: str) -> str:
    law = _("required by law") if step.statutory else ""
    if sign == "done":
        parts = [_decision(desk, step), desk.text(step.result), desk.text(step.remark)]
        return ". ".join(part for part in parts if part) or _("done")
    if sign == "skipped":
        reason = _("Reason: {text}").format(text=desk.text(step.skipped_reason))
        parts = [_("not needed") if step.not_needed else reason, law]
    elif sign == "waiting":
        parts = [_("if needed"), step.condition if step.code else desk.text(step.condition), law]
    elif sign in ("late", "today"):
        parts = [step.due_line if sign == "late" else _("today"), law]
    else:
        parts = [_("target date") if step.target and step.due_on else "", law]
    return ", ".join(part for part in parts if part)


def _decision(desk: Desk, step: StepRow) -> str:
    if not step.decision:
        return ""
    typed = step.decision not in step.decision_options
    parts = [desk.text(step.decision) if typed else step.decision]
    if step.decided_by:
        parts.append(_("decision of {name}").format(name=desk.text(step.decided_by)))
    if step.passed_on_on:
        parts.append(_("passed on {day}").format(day=date_short(step.passed_on_on)))
    return ", ".join(parts)


def _agreements(desk: Desk, row: CaseRow) -> tuple[LogLine, ...]:
    """Decisions of meetings and actions of the case, oldest first; a step shows its own."""
    meetings = desk.session.execute(
        select(Meeting.starts_at, Decision.text)
        .join(AgendaItem, AgendaItem.id == Decision.agenda_item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(AgendaItem.case_id == row.id, Decision.deleted_at.is_(None))
    )
    lines = [LogLine(starts.date(), desk.text(text), _("meeting")) for starts, text in meetings]
    todo = actions.find_rows(desk.session, ActionQuery(state=None, case_id=row.id))
    lines += [
        LogLine(day, _action_text(desk, action), short_staff(action.owner))
        for action in todo
        if (day := action.done_on or action.due_on)
    ]
    return tuple(sorted(lines, key=lambda line: line.day))


def _views(desk: Desk, row: CaseRow) -> tuple[LogLine, ...]:
    """What pupils and parents say about the case, whole: it stands beside what the school says."""
    return tuple(
        LogLine(
            view.stated_on,
            desk.text(view.text),
            replace(view, pupil=desk.names.name(view.pupil_id) or view.pupil).who,
        )
        for view in stated_views.list_views(desk.session, row.id)
    )


def _action_text(desk: Desk, action: ActionRow) -> str:
    state = {"done": _("done"), "dropped": _("no longer needed")}.get(action.state, "")
    return f"{desk.text(action.text)} ({state})" if state else desk.text(action.text)


def _log(desk: Desk, row: CaseRow) -> tuple[LogLine, ...]:
    if not desk.options.log:
        return ()
    return tuple(
        LogLine(entry.at.astimezone().date(), desk.text(entry.text), short_staff(entry.by))
        for entry in reversed(row.log)
    )


def _closing(row: CaseRow) -> tuple[tuple[str, bool], ...]:
    if row.state != "closed":
        return ()
    return tuple((text, bool(row.closing_checks.get(text))) for text in row.closing)


def action_line(desk: Desk, action: ActionRow) -> ActionLine:
    """An action as a line of a list."""
    return ActionLine(
        text=desk.text(action.text),
        owner=action.owner,
        due_on=action.due_on,
        state=action.state,
        done_on=action.done_on,
        carried_over=action.carried_over,
        overdue=action.overdue,
        about=desk.text(action.about),
    )
