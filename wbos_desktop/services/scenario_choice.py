"""Which scenarios fit a group or a case, why, and which one the team picked."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, TemplateVersion
from wbos_desktop.db.models.incidents import Incident, IncidentGroup
from wbos_desktop.db.models.norms import Norm
from wbos_desktop.db.models.scenarios import Scenario, ScenarioPick
from wbos_desktop.db.models.school import Group
from wbos_desktop.domain.scenarios import Places, ScenarioMatch, ScenarioRow
from wbos_desktop.errors import NotFound
from wbos_desktop.i18n import _, date_short
from wbos_desktop.services import scenarios
from wbos_desktop.services.rights import needs
from wbos_desktop.services.visibility import (
    demand_group,
    get_case_model,
    keep_visible_groups,
    may_see_group,
    visible_cases,
    visible_groups,
)

# Where an incident happened, as a place of the scenario catalogue (incident_kinds.toml).
_PLACES = {
    "class": "class",
    "corridor": "corridor",
    "changing_room": "corridor",
    "toilet": "corridor",
    "yard": "yard",
    "canteen": "yard",
    "gym": "yard",
    "bike_shed": "yard",
    "online": "online",
    "trip": "trip",
    "on_the_way": "trip",
}


@needs("read", "case")
def open_cases(session: Session) -> tuple[tuple[int, str], ...]:
    """Open cases as (id, '2026-031 title'), newest first."""
    rows = session.execute(
        select(Case.id, Case.number, Case.title)
        .where(Case.state == "open", visible_cases(session))
        .order_by(Case.number.desc())
    )
    return tuple((row.id, f"{row.number} {row.title}") for row in rows)


@needs("read", "scenario")
def matching_scenarios(
    session: Session, *, group_id: int | None = None, case_id: int | None = None, limit: int = 5
) -> list[ScenarioMatch]:
    """Scenarios that fit this group or this case, best first, each with its reason.

    Picked ones come first. For a case: what its protocol names, then the norms of its groups.
    """
    if case_id is not None:
        get_case_model(session, case_id)
    wanted = [group_id] if group_id else _groups_of_case(session, case_id)
    group_ids = keep_visible_groups(session, wanted)
    place = _place_of_case(session, case_id)
    points: dict[int, int] = defaultdict(int)
    reasons: dict[int, str] = {}
    if case_id:
        _by_protocol(session, case_id, points, reasons)
    _by_norms(session, group_ids, place, points, reasons)
    picked = _picked_ids(session, group_id, case_id)
    for scenario_id in picked:
        points[scenario_id] += 1000
        reasons.setdefault(scenario_id, _("Chosen by the team"))
    best = sorted(points, key=lambda key: (-points[key], key))[: max(limit, len(picked))]
    rows = scenarios.load_rows(session, best)
    return [ScenarioMatch(rows[key], reasons[key], key in picked) for key in best if key in rows]


def _groups_of_case(session: Session, case_id: int | None) -> list[int]:
    statement = (
        select(IncidentGroup.group_id)
        .join(Incident, Incident.id == IncidentGroup.incident_id)
        .where(Incident.case_id == case_id)
        .distinct()
    )
    return list(session.scalars(statement)) if case_id else []


def _place_of_case(session: Session, case_id: int | None) -> str:
    if case_id is None:
        return ""
    found = session.scalars(
        select(Incident.place).where(Incident.case_id == case_id).order_by(Incident.id).limit(1)
    ).first()
    return _PLACES.get(found or "", "")


def _by_protocol(
    session: Session, case_id: int, points: dict[int, int], reasons: dict[int, str]
) -> None:
    content = session.scalars(
        select(TemplateVersion.content)
        .join(Case, Case.template_version_id == TemplateVersion.id)
        .where(Case.id == case_id)
    ).first()
    for step in (content or {}).get("steps", []):
        codes = step.get("suggested_scenarios", [])
        if not codes:
            continue
        found = select(Scenario.id).where(Scenario.code.in_(codes), Scenario.status != "withdrawn")
        for scenario_id in session.scalars(found):
            points[scenario_id] += 60
            reasons[scenario_id] = _("The protocol names it at ‘{step}’").format(step=step["title"])


def _by_norms(
    session: Session,
    group_ids: list[int],
    place: str,
    points: dict[int, int],
    reasons: dict[int, str],
) -> None:
    living = scenarios.living_norms(session, group_ids)
    groups = {
        row.id: row
        for row in session.execute(
            select(Group.id, Group.name, Group.sector, Group.year_level).where(
                Group.id.in_(group_ids)
            )
        )
    }
    candidates = session.execute(
        select(
            Scenario.id,
            Scenario.norms,
            Scenario.sectors,
            Scenario.level,
            Scenario.place,
            Scenario.tags,
        ).where(Scenario.status != "withdrawn")
    ).all()
    for group_id, norms in living.items():
        for candidate in candidates:
            if not _for_group(candidate, groups[group_id]):
                continue
            for norm in norms:
                if norm.code in candidate.norms:
                    score = _score(candidate, norm, place)
                    if score > points[candidate.id]:
                        points[candidate.id] = score
                        reason = _reason(norm, groups[group_id].name, candidate.place == place)
                        reasons.setdefault(candidate.id, reason)


def _for_group(candidate: Any, group: Any) -> bool:
    if group.sector.lower() not in candidate.sectors:
        return False
    for tag in candidate.tags:
        if tag.startswith("groep ") and "-" in tag and group.sector == "PO":
            first, last = tag.removeprefix("groep ").split("-")
            return group.year_level.isdigit() and int(first) <= int(group.year_level) <= int(last)
    return True


def _score(candidate: Any, norm: Any, place: str) -> int:
    score = int(norm.strength) * 10
    score += 6 if candidate.norms[0] == norm.code else 0
    score += 4 if candidate.level == "class" else 0
    score += 5 if place and candidate.place == place else 0
    return score


def _reason(norm: Any, group: str, same_place: bool) -> str:
    texts = {
        3: _("‘{norm}’ is dominant in {group} (as of {day})"),
        2: _("‘{norm}’ is noticeable in {group} (as of {day})"),
    }
    text = texts[norm.strength].format(
        norm=norm.title, group=group, day=date_short(norm.observed_on)
    )
    return _("{reason}, and it happened there too").format(reason=text) if same_place else text


def _picked_ids(session: Session, group_id: int | None, case_id: int | None) -> set[int]:
    if group_id is None and case_id is None:
        return set()
    return set(
        session.scalars(
            select(ScenarioPick.scenario_id).where(
                ScenarioPick.case_id == case_id if case_id else ScenarioPick.group_id == group_id
            )
        )
    )


@needs("read", "scenario")
def find_picks(
    session: Session, *, group_id: int | None = None, case_id: int | None = None
) -> list[ScenarioRow]:
    """The scenarios that the team picked for this group or this case, by title.

    None for a group of others.
    """
    if case_id is not None:
        get_case_model(session, case_id)
    elif group_id is not None and not may_see_group(session, group_id):
        return []
    ids = _picked_ids(session, group_id, case_id)
    rows = scenarios.load_rows(session, sorted(ids))
    return sorted(rows.values(), key=lambda row: row.title)


@needs("write", "scenario")
def pick_scenario(
    session: Session, scenario_id: int, *, group_id: int | None = None, case_id: int | None = None
) -> int:
    """Choose this scenario for a group or a case; the pick's id. Picking twice is one pick.

    Raises NotFound, NotAllowed.
    """
    if session.get(Scenario, scenario_id) is None:
        raise NotFound(_("This scenario is no longer there."))
    _demand_place(session, group_id, case_id)
    found = _pick(session, scenario_id, group_id, case_id)
    if found is None:
        who = context(session)
        found = ScenarioPick(
            scenario_id=scenario_id,
            group_id=group_id,
            case_id=case_id,
            picked_on=who.today,
            staff_id=who.staff_id,
        )
        session.add(found)
        session.flush()
    return found.id


@needs("write", "scenario")
def unpick_scenario(
    session: Session, scenario_id: int, *, group_id: int | None = None, case_id: int | None = None
) -> None:
    """Take the choice back; nothing happens when it was not chosen."""
    _demand_place(session, group_id, case_id)
    if found := _pick(session, scenario_id, group_id, case_id):
        found.deleted_at = context(session).now


def _demand_place(session: Session, group_id: int | None, case_id: int | None) -> None:
    if case_id is not None:
        get_case_model(session, case_id, write=True)
    if group_id is not None:
        demand_group(session, group_id)


def _pick(
    session: Session, scenario_id: int, group_id: int | None, case_id: int | None
) -> ScenarioPick | None:
    return session.scalars(
        select(ScenarioPick).where(
            ScenarioPick.scenario_id == scenario_id,
            ScenarioPick.group_id.is_(group_id)
            if group_id is None
            else ScenarioPick.group_id == group_id,
            ScenarioPick.case_id.is_(case_id)
            if case_id is None
            else ScenarioPick.case_id == case_id,
        )
    ).first()


@needs("read", "scenario")
def find_places(session: Session) -> Places:
    """What the forms offer: groups (the user's own first), open cases, norms and living norms."""
    groups = session.execute(
        select(Group.id, Group.name).where(
            Group.id.in_(scenarios.all_group_ids(session)), visible_groups(session)
        )
    )
    mine = set(scenarios.my_group_ids(session))
    norms = session.execute(select(Norm.code, Norm.title, Norm.kind).order_by(Norm.position))
    order = sorted(groups, key=lambda row: (row.id not in mine, row.name))
    return Places(
        groups=tuple((row.id, row.name) for row in order),
        cases=open_cases(session),
        my_norms=tuple(scenarios.my_norms(session)),
        norms=tuple((row.code, row.title, row.kind) for row in norms),
    )
