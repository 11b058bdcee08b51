"""A group and a scenario as parts of a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.incidents import Incident, IncidentGroup
from wbos_desktop.domain import scenarios as words
from wbos_desktop.domain.actions import ActionQuery
from wbos_desktop.domain.charts import NormRibbon, Span
from wbos_desktop.domain.groups import GroupOverview
from wbos_desktop.domain.norms import NormRow, phase_title
from wbos_desktop.domain.profiles import ProfileRow, status_title
from wbos_desktop.domain.reports import GroupPart, NormLine, ScenarioPart
from wbos_desktop.i18n import _, date_long, ngettext

from . import actions, agenda, groups, profiles, scenario_choice, scenarios
from .report_case import action_line
from .report_names import Desk
from .visibility import visible_cases


def group_part(desk: Desk, group_id: int) -> GroupPart:
    """The group with its latest observation. Raises NotFound for a group of others."""
    overview = groups.group_overview(desk.session, group_id)
    history = profiles.profile_history(desk.session, group_id)
    latest = overview.latest
    picks = scenario_choice.find_picks(desk.session, group_id=group_id)
    todo = actions.find_rows(desk.session, ActionQuery(group_id=group_id))
    return GroupPart(
        name=_("Group {name}").format(name=overview.row.name),
        line=_line(overview),
        observed_on=latest.observed_on if latest else None,
        dominant=_dominant(history),
        norms=tuple((norm_line(mark.norm), mark.strength) for mark in latest.norms)
        if latest
        else (),
        heard=desk.text(latest.heard) if latest else "",
        seen=desk.text(latest.seen) if latest else "",
        question=desk.text(latest.question) if latest else "",
        phase=phase_title(latest.phase) if latest else "",
        ribbon=_team_ribbon(overview.ribbon, history),
        facts=_facts(desk, latest) if latest else (),
        actions=tuple(replace(action_line(desk, row), about="") for row in todo),
        cases=_cases(desk, group_id),
        scenarios=tuple(f"‘{pick.title}’" for pick in picks),
        status=status_title(latest.status) if latest else "",
        pupils=overview.row.pupils,
        mentors=overview.row.mentors,
        next_on=overview.due_on,
    )


def _line(overview: GroupOverview) -> str:
    row = overview.row
    mentors = ", ".join(row.mentors)
    parts = [
        row.programme,
        ngettext("{n} pupil", "{n} pupils", row.pupils),
        _("mentor {name}").format(name=mentors) if mentors else "",
    ]
    if overview.latest:
        day = date_long(overview.latest.observed_on, year=False, weekday=False)
        parts.append(_("observed {day}").format(day=day))
    return " · ".join(part for part in parts if part)


def norm_line(norm: NormRow) -> NormLine:
    """A norm for paper."""
    return NormLine(norm.code, norm.title, norm.pattern, norm.kind)


def _dominant(history: Sequence[ProfileRow]) -> NormLine | None:
    """The dominant norm of the latest observation, with the first day of its unbroken run."""
    newest = sorted(history, key=lambda row: row.observed_on, reverse=True)
    if not newest or newest[0].dominant is None:
        return None
    norm, since = newest[0].dominant, newest[0].observed_on
    for row in newest:
        if row.dominant is None or row.dominant.code != norm.code:
            break
        since = row.observed_on
    return replace(norm_line(norm), since=since)


def _team_ribbon(ribbon: NormRibbon, history: Sequence[ProfileRow]) -> NormRibbon:
    """Without responses that only one teacher gave: paper is read by others (product.md 1)."""
    counted = {row.id for row in history if any(answer.counts for answer in row.responses)}

    def by_team(span: Span) -> bool:
        within = [m for m in ribbon.marks if not m.planned and span.start <= m.x < span.end]
        return bool(within) and all(mark.profile_id in counted for mark in within)

    return replace(ribbon, responses=tuple(span for span in ribbon.responses if by_team(span)))


def _facts(desk: Desk, latest: ProfileRow) -> tuple[tuple[str, str], ...]:
    lines = [
        (_("With whom"), latest.by_whom),
        (_("Who has influence"), latest.influence),
        (_("Subgroups"), latest.subgroups),
        (_("Climate"), latest.climate),
        (_("What shows the phase"), latest.phase_evidence),
        (_("The norm we wish for"), latest.wished_norm),
    ]
    return tuple((label, desk.text(text)) for label, text in lines if text)


def _cases(desk: Desk, group_id: int) -> tuple[tuple[str, str], ...]:
    ids = list(
        desk.session.scalars(
            select(Case.id)
            .join(Incident, Incident.case_id == Case.id)
            .join(IncidentGroup, IncidentGroup.incident_id == Incident.id)
            .where(
                IncidentGroup.group_id == group_id,
                Case.state == "open",
                Case.deleted_at.is_(None),
                visible_cases(desk.session),
            )
            .distinct()
        )
    )
    labels = agenda.case_labels(desk.session, ids)
    return tuple(sorted((desk.text(title), state) for title, state in labels.values()))


def scenario_part(desk: Desk, scenario_id: int) -> ScenarioPart:
    """The scenario as a HOE card: a built-in text stays as it is. Raises NotFound."""
    card = scenarios.get_scenario(desk.session, scenario_id)
    typed = card.row.origin != "builtin"

    def text(value: str) -> str:
        return desk.text(value) if typed else value

    fields = (
        (_("I want to see"), card.want_to_see),
        (_("I do not want to see"), card.not_want_to_see),
        (_("If"), card.if_text),
        (_("Then, physically"), card.physical),
        (_("Then, without words"), card.nonverbal),
        (_("Then, in words"), card.verbal),
        (_("When"), card.timing),
        (_("So that"), card.so_that),
    )
    return ScenarioPart(
        code=card.row.code,
        title=text(card.row.title),
        sentence=text(card.sentence),
        fields=tuple((label, text(value)) for label, value in fields),
        norms=tuple(NormLine(code, title, "", kind) for code, title, kind in card.row.norms),
        counts=words.counts_text(card.row.counts),
        origin=words.source_text(card.row.origin, card.author),
    )
