"""The meeting pack as a workbook: the same facts as the PDF, to sort and to filter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wbos_desktop.domain.norms import kind_title, strength_title
from wbos_desktop.domain.reports import ActionLine, CasePart, GroupPart, MeetingPack
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress

from .sheet import DATE, NUMBER, Column, Sheet, SheetFile, explanation, workbook_bytes


def meeting_pack_xlsx(pack: MeetingPack, progress: Progress | None = None) -> SheetFile:
    """The workbook of the pack; free text columns only when they were asked for."""
    groups = [item.group for item in pack.items if item.group]
    cases = [item.case for item in pack.items if item.case]
    free = pack.options.free_text
    sheets = [
        _overview(pack),
        _groups(groups, free),
        _cases(cases, free),
        _steps(cases, free),
        _actions(pack),
        _incidents(cases, free),
        _explanation(pack),
    ]
    return workbook_bytes(sheets, pack.masthead.title, _("Confidential"), progress)


def _overview(pack: MeetingPack) -> Sheet:
    columns = [
        Column(_("Item"), NUMBER),
        Column(_("Subject")),
        Column(_("Kind")),
        Column(_("Minutes"), NUMBER),
        Column(_("Aim")),
        Column(_("Question")),
        Column(_("Do they know")),
        Column(_("Decisions")),
    ]
    rows = [
        (
            item.position,
            item.title,
            _subject(item.subject),
            item.minutes,
            item.aim,
            item.question,
            item.informed,
            "\n".join(line.text for line in item.decisions),
        )
        for item in pack.items
    ]
    return Sheet(_("Overview"), columns, rows)


def _subject(code: str) -> str:
    return {
        "previous": _("Last time"),
        "group": _("Group"),
        "case": _("Case"),
        "scenario": _("Scenario"),
        "free": _("Other"),
    }.get(code, "")


def _groups(groups: list[GroupPart], free: bool) -> Sheet:
    columns = [
        Column(_("Group")),
        Column(_("Pupils"), NUMBER),
        Column(_("Mentors")),
        Column(_("Observed on"), DATE),
        Column(_("Dominant norm")),
        Column(_("Kind of norm")),
        Column(_("Other norms")),
        Column(_("Group phase")),
        Column(_("Next observation"), DATE),
    ]
    if free:
        columns += [Column(_("What we hear")), Column(_("What we see")), Column(_("Question"))]
    return Sheet(_("Groups"), columns, [_group(group, free) for group in groups])


def _group(group: GroupPart, free: bool) -> tuple[Any, ...]:
    dominant = group.dominant
    others = ", ".join(
        f"{norm.title} ({strength_title(strength)})" for norm, strength in group.norms
        if dominant is None or norm.code != dominant.code
    )  # fmt: skip
    row = (
        group.name,
        group.pupils,
        ", ".join(group.mentors),
        group.observed_on,
        dominant.title if dominant else "",
        kind_title(dominant.kind) if dominant else "",
        others,
        group.phase,
        group.next_on,
    )
    return (*row, group.heard, group.seen, group.question) if free else row


def _cases(cases: list[CasePart], free: bool) -> Sheet:
    columns = [
        Column(_("Number")),
        Column(_("Title")),
        Column(_("Groups")),
        Column(_("Reported on"), DATE),
        Column(_("Protocol")),
        Column(_("Status")),
        Column(_("Severity")),
        Column(_("Case owner")),
        Column(_("Steps handled"), NUMBER),
        Column(_("Steps"), NUMBER),
        Column(_("Too late"), NUMBER),
        Column(_("Involved")),
    ]
    if free:
        columns.append(Column(_("What happened")))
    rows = [
        (
            case.number,
            case.title,
            ", ".join(case.groups),
            case.reported_on,
            case.protocol,
            case.state,
            case.severity,
            case.owner,
            case.handled,
            case.counted,
            case.late,
            ", ".join(f"{person.name} ({person.role})" for person in case.persons),
            *(("\n".join(fact.text for fact in case.facts),) if free else ()),
        )
        for case in cases
    ]
    return Sheet(_("Cases"), columns, rows)


def _steps(cases: list[CasePart], free: bool) -> Sheet:
    columns = [
        Column(_("Case")),
        Column(_("Track")),
        Column(_("Step")),
        Column(_("Concerns")),
        Column(_("Who does it")),
        Column(_("Due on"), DATE),
        Column(_("Done on"), DATE),
        Column(_("State")),
        Column(_("Required by law")),
    ]
    if free:
        columns.append(Column(_("Remark")))
    return Sheet(_("Steps"), columns, list(_step_rows(cases, free)))


def _step_rows(cases: list[CasePart], free: bool) -> Iterator[tuple[Any, ...]]:
    for case in cases:
        for track in case.tracks:
            for step in track.steps:
                yield (
                    case.number,
                    track.name,
                    step.title,
                    step.person,
                    step.responsible,
                    step.due_on,
                    step.done_on,
                    step.state,
                    _("yes") if step.statutory else _("no"),
                    *((step.remark,) if free else ()),
                )


def _actions(pack: MeetingPack) -> Sheet:
    columns = [
        Column(_("Item"), NUMBER),
        Column(_("Action")),
        Column(_("Who")),
        Column(_("Due on"), DATE),
        Column(_("State")),
        Column(_("Done on"), DATE),
        Column(_("Times moved on"), NUMBER),
        Column(_("About")),
    ]
    rows = [
        _action(item.position, action)
        for item in pack.items
        for action in (*item.actions, *(item.group.actions if item.group else ()))
    ]
    return Sheet(_("Actions"), columns, rows)


def _action(position: int, action: ActionLine) -> tuple[Any, ...]:
    state = {"open": _("open"), "done": _("done"), "dropped": _("no longer needed")}[action.state]
    return (
        position,
        action.text,
        action.owner,
        action.due_on,
        _("too late") if action.overdue else state,
        action.done_on,
        action.carried_over,
        action.about,
    )


def _incidents(cases: list[CasePart], free: bool) -> Sheet:
    columns = [Column(_("Number")), Column(_("Case")), Column(_("When and where"))]
    if free:
        columns.append(Column(_("What happened")))
    rows = [
        (fact.number, case.number, fact.line, *((fact.text,) if free else ()))
        for case in cases
        for fact in case.facts
    ]
    return Sheet(_("Incidents"), columns, rows)


def _explanation(pack: MeetingPack) -> Sheet:
    free = _("included") if pack.options.free_text else _("left out")
    return explanation(
        [
            (_("Meeting"), f"{pack.title}, {pack.line}"),
            (_("Names of pupils"), pack.masthead.names_line),
            (_("Free text"), free),
            (_("Due on"), _("Deadline of a step; for repair a target date, never too late.")),
            (_("Steps handled"), _("Done, or skipped with a reason.")),
            (_("Too late"), _("Open steps past their deadline, counted in school days.")),
            (_("Do they know"), _("Whether parents and pupil know that this is discussed.")),
            (_("Confidential"), pack.masthead.destroy_line),
        ]
    )
