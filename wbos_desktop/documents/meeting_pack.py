"""The meeting pack as PDF: agenda, then one part and one bookmark per agenda item."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer

from wbos_desktop.domain.norms import kind_title
from wbos_desktop.domain.reports import AgendaPart, DecisionLine, MeetingPack, ScenarioPart
from wbos_desktop.i18n import _, date_short
from wbos_desktop.progress import Progress

from .case_file import add_case
from .charts import NormBadge
from .group_profile import add_actions, add_group
from .ink import brief, shortened
from .pdf import INNER, PdfDocument, boxed, grid, in_rows, ruled


def meeting_pack_pdf(pack: MeetingPack, progress: Progress | None = None) -> bytes:
    """The PDF of the pack. Raises Cancelled."""
    document = PdfDocument(pack.masthead)
    _agenda(document, pack)
    for item in pack.items:
        if progress:
            progress.step(item.position, len(pack.items), item.title)
        _item(document, pack, item)
    return document.build(progress)


def _agenda(document: PdfDocument, pack: MeetingPack) -> None:
    document.title(pack.title, pack.line, bookmark=None)
    used = _("{used} of {available} minutes").format(used=pack.minutes, available=pack.available)
    document.facts(
        [
            (_("Chair"), pack.chair or _("not chosen yet")),
            (_("Minutes by"), pack.minutes_taker or _("not chosen yet")),
            (_("Time"), used),
        ]
    )
    if pack.attendees:
        document.heading(_("Participants"))
        document.flow(", ".join(pack.attendees))
    document.heading(_("Agenda"))
    rows = [row for item in pack.items for row in _agenda_rows(document, item)]
    if rows:
        document.add(ruled(rows, [8 * mm, INNER - 58 * mm, 28 * mm, 22 * mm]))
    else:
        document.flow(_("Nothing is on the agenda yet."), "grey")
    document.space(6)
    document.flow(pack.masthead.names_line, "note")


def _agenda_rows(document: PdfDocument, item: AgendaPart) -> list[list[Any]]:
    type_ = document.type
    text: list[Any] = [type_.cut(item.title, 200, "strong")]
    if item.question:
        text.append(type_.cut(item.question, 300, "grey"))
    minutes = _("{n} min").format(n=item.minutes)
    number, aim = type_.line(str(item.position), "strong"), type_.cut(item.aim, 40, "grey")
    return [[number, text, aim, type_.line(minutes, "strong_right")]]


def _item(document: PdfDocument, pack: MeetingPack, item: AgendaPart) -> None:
    bookmark = f"{item.position}. {item.title}"
    if item.subject in ("previous", "free"):
        document.space(14)
    else:
        document.new_page()
    if item.group:
        question = item.question or item.group.question
        _question(document, replace(item, question=""))
        add_group(document, replace(item.group, question=question), bookmark)
    elif item.case:
        _question(document, item)
        add_case(document, item.case, bookmark)
    elif item.scenario:
        _question(document, item)
        _scenario(document, item.scenario, bookmark)
    else:
        document.title(bookmark)
        _question(document, item)
    _outcome(document, pack, item)


def _question(document: PdfDocument, item: AgendaPart) -> None:
    """Number, aim and minutes, the question and whether parents and pupil know: above the part."""
    type_ = document.type
    if item.subject == "previous":
        return
    informed = brief(item.informed, 500)
    first = _("Item {n} · {aim} · {minutes} min").format(
        n=item.position, aim=shortened(item.aim, 40), minutes=item.minutes
    )
    if not item.question and informed:
        document.flow(f"{first}\n{item.informed}".strip(), "note")
        return
    parts: list[Any] = [type_.line(first, "note")]
    short = brief(item.question.strip(), 500)
    if item.question and short:
        parts += [Spacer(1, 2), type_.line(item.question.strip(), "question")]
    if item.informed and informed:
        parts += [Spacer(1, 2), type_.line(item.informed)]
    document.add(boxed([[parts]], [INNER]), Spacer(1, 10))
    if item.question and not short:
        document.heading(_("Question for the meeting"))
        document.flow(item.question)
    if not informed:
        document.flow(item.informed)


def _outcome(document: PdfDocument, pack: MeetingPack, item: AgendaPart) -> None:
    """What was decided; before the meeting, room to write it."""
    title = _("Decisions of last time") if item.subject == "previous" else _("Decisions")
    _decisions(document, title, item.decisions)
    title = _("Actions of last time") if item.subject == "previous" else _("Actions")
    add_actions(document, title, item.actions)
    if item.subject == "previous":
        if not (item.decisions or item.actions):
            document.flow(_("Nothing was left open last time."), "grey")
        return
    if pack.options.room and not pack.held:
        document.lines_to_write()


def _decisions(document: PdfDocument, title: str, lines: tuple[DecisionLine, ...]) -> None:
    if not lines:
        return
    document.heading(title)
    type_ = document.type
    rows = [
        row
        for line in lines
        for row in in_rows(
            [
                [type_.line(date_short(line.decided_on), "strong")] if line.decided_on else [],
                type_.cells(line.text, "body", 280),
                type_.cells(line.about, "grey"),
            ]
        )
    ]
    document.add(ruled(rows, [22 * mm, INNER - 67 * mm, 45 * mm]))


def _scenario(document: PdfDocument, scenario: ScenarioPart, bookmark: str) -> None:
    type_ = document.type
    document.title(f"‘{scenario.title}’", scenario.origin, bookmark)
    document.flow(scenario.sentence, "question")
    document.space(4)
    rows = [
        row
        for label, text in scenario.fields
        if text
        for row in in_rows([[type_.cut(label, 40, "strong")], type_.cells(text, "body", 300)])
    ]
    if rows:
        document.add(ruled(rows, [44 * mm, INNER - 44 * mm]))
    if scenario.norms:
        document.heading(_("Fits with"))
        badges = [
            [
                NormBadge(norm.code, norm.kind == "prosocial", 12),
                type_.cut(norm.title, 120),
                type_.line(kind_title(norm.kind), "grey"),
            ]
            for norm in scenario.norms
        ]
        document.add(grid(badges, [7 * mm, INNER - 57 * mm, 50 * mm]))
    if scenario.counts:
        document.add(KeepTogether([Spacer(1, 4), type_.line(scenario.counts, "note")]))
