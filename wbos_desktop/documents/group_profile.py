"""The profile of a group as PDF, alone or as one item of a meeting pack."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer

from wbos_desktop.domain.norms import kind_title, strength_title
from wbos_desktop.domain.reports import ActionLine, GroupPart, GroupProfileReport, NormLine
from wbos_desktop.i18n import _, date_long, date_short, month_name, ngettext
from wbos_desktop.progress import Progress

from .charts import NormBadge, Ribbon, RibbonLegend, StepSign
from .ink import brief, hex_of, shortened
from .pdf import INNER, Drawn, PdfDocument, boxed, boxes, grid, in_rows, ruled

_SHARE = 0.585
"""Part of the width that the norm gets; the question gets the rest."""

_SHORT = 230
"""Longest quote inside the box; longer ones get a section of their own, which may break."""


def group_profile_pdf(report: GroupProfileReport, progress: Progress | None = None) -> bytes:
    """The PDF of one group. Raises Cancelled."""
    document = PdfDocument(report.masthead)
    # At the end this line could stand on a page of its own.
    facts = " · ".join(part for part in (report.group.line, report.masthead.names_line) if part)
    add_group(document, replace(report.group, line=facts))
    if report.options.room:
        document.lines_to_write()
    return document.build(progress)


def add_group(document: PdfDocument, group: GroupPart, bookmark: str = "") -> None:
    """Dominant norm and question, Normenlint, the observation's fields, cases and actions."""
    document.title(group.name, group.line, bookmark)
    _boxes(document, group)
    _ribbon(document, group)
    _strengths(document, group)
    _long_quotes(document, group)
    _observation(document, group)
    _cases(document, group)
    add_actions(document, _("Approach and actions"), group.actions)


def _seen_on(group: GroupPart) -> str:
    if group.observed_on is None:
        return ""
    return _("as seen on {day}").format(day=date_long(group.observed_on, year=False, weekday=False))


def _boxes(document: PdfDocument, group: GroupPart) -> None:
    left = _norm_box(document, group)
    if not _question_fits(group):
        document.add(boxed([[left]], [INNER]))
        if group.question:
            document.heading(_("Question for the team"))
            document.flow(group.question)
        return
    type_ = document.type
    right: list[Any] = [
        type_.line(_("Question for the team"), "note"),
        Spacer(1, 2),
        type_.line(group.question.strip(), "question"),
    ]
    if group.phase:
        right += [Spacer(1, 5), type_.line(_phase(group))]
    document.add(boxes(left, right, _SHARE))


def _question_fits(group: GroupPart) -> bool:
    return bool(group.question) and brief(group.question.strip(), 350)


def _phase(group: GroupPart) -> str:
    return _("Group phase: {phase}").format(phase=shortened(group.phase, 80))


def _norm_box(document: PdfDocument, group: GroupPart) -> list[Any]:
    type_ = document.type
    found: list[Any] = [type_.line(_("Dominant norm now"), "note"), Spacer(1, 3)]
    if group.dominant:
        found.append(_dominant(document, group.dominant, group))
    elif group.observed_on is None:
        found.append(type_.line(_("This group was not observed yet."), "fact"))
    else:
        found.append(type_.line(_("No norm was dominant in the last observation."), "fact"))
    quotes = [
        (icon, text, name)
        for icon, text, name in (("ear", group.heard, "quote"), ("eye", group.seen, "body"))
        if text and brief(text, _SHORT)
    ]
    if quotes:
        rows = [[Drawn(icon, 10, "text.secondary"), type_.line(t, n)] for icon, t, n in quotes]
        tight = [("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)]
        found += [Spacer(1, 4), grid(rows, [16, INNER * _SHARE - 40], tight)]
    if group.phase and not _question_fits(group):
        found += [Spacer(1, 3), type_.line(_phase(group))]
    return found


def _dominant(document: PdfDocument, norm: NormLine, group: GroupPart) -> Any:
    type_ = document.type
    token = "valence.strongDesirable" if norm.kind == "prosocial" else "valence.strongUndesirable"
    words = [kind_title(norm.kind)]
    if norm.pattern:
        words.insert(0, _("pattern: {pattern}").format(pattern=norm.pattern[:200]))
    if norm.since:
        day = date_long(norm.since, year=False, weekday=False)
        words.append(_("since {day}").format(day=day))
    line = type_.markup(shortened(" · ".join(words), 300))
    text = [
        type_.cut(f"‘{norm.title}’", 120, "fact"),
        Spacer(1, 2),
        type_.marked(f'<font color="{hex_of(token)}">{line}</font>'),
    ]
    badge = NormBadge(norm.code, norm.kind == "prosocial", 26)
    return grid([[badge, text]], [36, INNER * _SHARE - 60])


def _ribbon(document: PdfDocument, group: GroupPart) -> None:
    if group.ribbon.empty:
        return
    first, last = group.ribbon.first_day, group.ribbon.last_day
    period = f"{month_name(last.month)} {last.year}"
    if (first.year, first.month) != (last.year, last.month):
        period = f"{month_name(first.month)} – {period}"
    document.space(9)
    heading = document.type.noted(_("Norm ribbon"), period)
    drawing = [
        heading,
        Spacer(1, 3),
        RibbonLegend(group.ribbon.more),
        Ribbon(group.ribbon, document.type),
    ]
    document.add(KeepTogether(drawing))


def _strengths(document: PdfDocument, group: GroupPart) -> None:
    """The last observation in words: the ribbon's text form."""
    if not group.norms:
        return
    type_ = document.type
    parts = [
        f"{type_.markup(f'{norm.code} {norm.title}')}: <b>{strength_title(strength)}</b>"
        for norm, strength in group.norms
    ]
    document.heading(_("Norms in the last observation"), _seen_on(group))
    document.add(type_.marked(" · ".join(parts)))


def _long_quotes(document: PdfDocument, group: GroupPart) -> None:
    for label, text, name in (
        (_("What we hear"), group.heard, "quote"),
        (_("What we see"), group.seen, "body"),
    ):
        if not brief(text, _SHORT):
            document.heading(label, _seen_on(group))
            document.flow(text, name)


def _observation(document: PdfDocument, group: GroupPart) -> None:
    if not group.facts:
        return
    document.heading(_("Last observation"), _seen_on(group))
    rows = [
        row
        for label, text in group.facts
        for row in in_rows(
            [[document.type.cut(label, 60, "strong")], document.type.cells(text, "body", 320)]
        )
    ]
    document.add(ruled(rows, [46 * mm, INNER - 46 * mm]))


def _cases(document: PdfDocument, group: GroupPart) -> None:
    if group.cases:
        document.heading(_("Open cases"))
        rows = [
            row
            for title, state in group.cases
            for row in in_rows(
                [document.type.cells(title), [document.type.cut(state, 200, "grey")]]
            )
        ]
        document.add(ruled(rows, [INNER - 60 * mm, 60 * mm]))
    if group.scenarios:
        document.heading(_("Chosen scenarios"))
        for scenario in group.scenarios:
            document.flow(f"– {scenario}")


def add_actions(document: PdfDocument, title: str, actions: tuple[ActionLine, ...]) -> None:
    """Actions as a list: sign, what, who, by when."""
    if not actions:
        return
    document.heading(title)
    rows = [row for action in actions for row in _action(document, action)]
    document.add(ruled(rows, [6.5 * mm, INNER - 91.5 * mm, 35 * mm, 50 * mm]))


def _action(document: PdfDocument, action: ActionLine) -> list[list[Any]]:
    type_ = document.type
    sign = "done" if action.state == "done" else "skipped" if action.state == "dropped" else "open"
    sign = "late" if action.overdue else sign
    text = f"{action.text} ({action.about})" if action.about else action.text
    name = "body" if sign in ("done", "skipped") else "strong"
    return in_rows(
        [
            [StepSign(sign)],
            type_.cells(text, name),
            type_.cells(action.owner, "grey", 90),
            [type_.cut(_due(action))],
        ]
    )


def _due(action: ActionLine) -> str:
    if action.state == "done":
        return (
            _("done {day}").format(day=date_short(action.done_on)) if action.done_on else _("done")
        )
    if action.state == "dropped":
        return _("no longer needed")
    parts = [date_short(action.due_on)] if action.due_on else []
    if action.overdue:
        parts.append(_("too late"))
    if action.carried_over:
        parts.append(ngettext("moved on {n} time", "moved on {n} times", action.carried_over))
    return ", ".join(parts)
