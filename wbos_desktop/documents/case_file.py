"""The dossier of a case as PDF, alone or as one item of a meeting pack."""

from __future__ import annotations

from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Spacer

from wbos_desktop.domain.reports import CasePart, CaseReport, LogLine, StepLine, TrackPart
from wbos_desktop.i18n import _, date_short, ngettext
from wbos_desktop.progress import Progress

from .charts import TRACK_ICONS, TRACK_INKS, Legend, StepSign, edged
from .ink import brief, hex_of, shortened
from .pdf import INNER, TWO_ROWS, Drawn, PdfDocument, boxed, grid, in_rows, ruled

_STEP_WIDTHS = [0.8 * mm, 4 * mm, 6.5 * mm, 62 * mm, 25 * mm, 24 * mm, INNER - 122.3 * mm]
_WAIT_WIDTHS = [0.8 * mm, 4 * mm, 6.5 * mm, INNER - 11.3 * mm]
_BOLD_SIGNS = ("open", "today", "late")


def case_pdf(report: CaseReport, progress: Progress | None = None) -> bytes:
    """The PDF of one dossier. Raises Cancelled."""
    document = PdfDocument(report.masthead)
    add_case(document, report.case)
    return document.build(progress)


def add_case(document: PdfDocument, case: CasePart, bookmark: str = "") -> None:
    """Title, facts, persons, tracks, agreements and legend of one case."""
    document.title(case.title, case.line, bookmark)
    _facts(document, case)
    if case.banner:
        document.space(8)
        document.add(boxed([[document.type.cut(case.banner, 800, "strong")]], [INNER]))
    _what_happened(document, case)
    for track in case.tracks:
        _track(document, track)
    _dated(document, _("Agreements and decisions"), case.agreements)
    _dated(document, _("Views of pupils and parents"), case.views)
    if case.look_back:
        document.heading(_("Looking back"))
        document.flow(case.look_back)
    _closing(document, case)
    _dated(document, _("Log"), case.log)
    document.space(4)
    document.add(Legend(_legend()))


def _legend() -> list[tuple[str, str]]:
    return [
        ("done", _("done")),
        ("open", _("to do")),
        ("late", _("too late")),
        ("skipped", _("skipped, with a reason")),
        ("waiting", _("if needed")),
    ]


def _facts(document: PdfDocument, case: CasePart) -> None:
    type_ = document.type
    if case.late:
        red = hex_of("status.danger")
        steps = ngettext("{n} step", "{n} steps", case.late)
        late: Flowable = grid(
            [
                [
                    Drawn("alert-triangle", 11, "status.danger"),
                    type_.marked(f'<font color="{red}">{steps}</font>', "fact"),
                ]
            ],
            [15, 60],
            [("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 0)],
        )
    else:
        late = type_.cut(_("nothing"), 50, "fact")
    handled = _("{done} of {total}").format(done=case.handled, total=case.counted)
    document.facts(
        [
            (_("Status"), case.state),
            (_("Severity"), case.severity),
            (_("Steps handled"), handled),
            (_("Too late"), late),
            (_("Case owner"), case.owner),
        ]
    )


def _what_happened(document: PdfDocument, case: CasePart) -> None:
    """Side by side when it is short, else under each other so that it can break over pages."""
    type_ = document.type
    persons = _persons(document, case)
    told = "".join(fact.text for fact in case.facts)
    who = "".join(person.name + person.role + person.note for person in case.persons)
    if brief(told, 700, 12) and brief(who, 700) and len(case.facts) <= 2:
        left: list[Any] = [type_.line(_("What happened"), "heading"), Spacer(1, 3)]
        for fact in case.facts:
            left += [type_.cut(fact.line, 300, "note"), *type_.flow(fact.text), Spacer(1, 4)]
        right = [type_.line(_("Involved"), "heading"), Spacer(1, 3), *persons]
        document.space(10)
        document.add(grid([[left, right]], [INNER - 66 * mm, 66 * mm]))
        return
    document.heading(_("What happened"))
    for fact in case.facts:
        document.flow(fact.line, "note")
        document.flow(fact.text)
    document.heading(_("Involved"))
    document.add(*persons)


def _persons(document: PdfDocument, case: CasePart) -> list[Flowable]:
    type_ = document.type
    rows = [
        [type_.cut(person.name, 120, "strong"), type_.cut(_role(person.role, person.note), 300)]
        for person in case.persons
    ]
    found: list[Flowable] = []
    if rows:
        wide = max(len(person.name) for person in case.persons[:20])
        name = min(14 + wide * 4.6, 36 * mm)
        found.append(
            grid(
                rows,
                [name, 64 * mm - name],
                [("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)],
            )
        )
    else:
        found.append(type_.line(_("Nobody was named."), "grey"))
    return [*found, type_.cut(document.masthead.names_line, 300, "note")]


def _role(role: str, note: str) -> str:
    return f"{role}. {note}" if note else role


def _track(document: PdfDocument, track: TrackPart) -> None:
    if not track.steps and track.code == "general":
        return
    type_ = document.type
    name = type_.noted(track.name, track.goal, TRACK_INKS[track.code])
    icon = Drawn(TRACK_ICONS[track.code], 13, TRACK_INKS[track.code])
    head = grid(
        [[icon, name, type_.cut(track.progress, 40, "strong_right")]],
        [6.5 * mm, INNER - 46.5 * mm, 40 * mm],
        [("RIGHTPADDING", (-1, 0), (-1, -1), 0)],
    )
    document.add(Spacer(1, 8), CondPageBreak(TWO_ROWS), head)
    spare = [step for step in track.steps if step.sign == "waiting" or step.needless]
    rows = [row for step in track.steps if step not in spare for row in _step(document, step)]
    if rows:
        document.add(edged(rows, _STEP_WIDTHS, track.code))
    needless = [step for step in spare if step.needless]
    waiting = [step for step in spare if not step.needless]
    for sign, text, steps in (
        ("waiting", _("If needed: {steps}."), waiting),
        ("skipped", _("Not needed here, required by law: {steps}."), needless),
    ):
        if steps:
            document.add(edged(_summed(document, sign, text, steps), _WAIT_WIDTHS, track.code))
    if track.state:
        document.flow(track.state, "grey")


def _step(document: PdfDocument, step: StepLine) -> list[list[Any]]:
    type_ = document.type
    name = "strong" if step.sign in _BOLD_SIGNS else "body"
    title = _with_person(step)
    remark: list[Paragraph]
    if step.sign == "late":
        red = hex_of("status.danger")
        marked = f'<font color="{red}">{type_.markup(shortened(step.remark, 200))}</font>'
        remark = [type_.marked(marked, "strong")]
    else:
        remark = type_.cells(step.remark, "grey", 130)
    return in_rows(
        [
            [],
            [],
            [StepSign(step.sign)],
            type_.cells(title, name),
            type_.cells(step.responsible, "grey", 60),
            [type_.cut(step.day)],
            remark,
        ]
    )


def _with_person(step: StepLine) -> str:
    """Title and whom it concerns; a short code never breaks over two lines."""
    if not step.person:
        return step.title
    person = step.person.replace(" ", "\u00a0") if len(step.person) <= 10 else step.person
    return f"{step.title} ·\u00a0{person}"


def _summed(document: PdfDocument, sign: str, text: str, steps: list[StepLine]) -> list[list[Any]]:
    """Steps that ask for no work in one row: a protocol has many of them."""
    persons: dict[str, list[str]] = {}
    for step in steps:
        persons.setdefault(step.title, []).extend([step.person] if step.person else [])
    names = [f"{title} ({', '.join(who)})" if who else title for title, who in persons.items()]
    cells = document.type.cells(text.format(steps="; ".join(names)), "grey", 400)
    return in_rows([[], [], [StepSign(sign)], cells])


def _dated(document: PdfDocument, title: str, lines: tuple[LogLine, ...]) -> None:
    if not lines:
        return
    document.heading(title)
    rows = [
        row
        for line in lines
        for row in in_rows(
            [
                [document.type.line(date_short(line.day), "strong")],
                document.type.cells(line.text, "body", 300),
                [document.type.cut(line.by, 80, "grey")],
            ]
        )
    ]
    document.add(ruled(rows, [22 * mm, INNER - 57 * mm, 35 * mm]))


def _closing(document: PdfDocument, case: CasePart) -> None:
    if not case.closing:
        return
    document.heading(_("Closing checklist"))
    rows = [
        row
        for text, ticked in case.closing
        for row in in_rows([[StepSign("done" if ticked else "open", 9)], document.type.cells(text)])
    ]
    document.add(grid(rows, [6.5 * mm, INNER - 6.5 * mm]))
