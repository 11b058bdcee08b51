"""The scenario library: the shipped catalogue, the school's own texts, practice and use."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, false, func, literal, or_, select
from sqlalchemy.orm import Session

from wbos_desktop import paths
from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.norms import Norm
from wbos_desktop.db.models.profiles import Profile, ProfileNorm
from wbos_desktop.db.models.scenarios import (
    Scenario,
    ScenarioKeep,
    ScenarioPick,
    ScenarioPractice,
    ScenarioUse,
)
from wbos_desktop.db.models.school import Group, GroupMentor, School, SchoolYear, Staff
from wbos_desktop.domain.people import display_name, fold
from wbos_desktop.domain.scenarios import (
    STATUSES,
    TITLE_LIMIT,
    Counts,
    PracticeDraft,
    ScenarioCard,
    ScenarioDraft,
    ScenarioQuery,
    ScenarioRow,
    UseDraft,
    UseRow,
    alone,
    as_clause,
    sentence,
    typographic,
)
from wbos_desktop.errors import Conflict, Invalid, NotFound
from wbos_desktop.i18n import _
from wbos_desktop.services.rights import needs
from wbos_desktop.services.visibility import (
    demand_group,
    get_case_model,
    keep_visible_groups,
    own_groups,
    visible_cases,
    visible_groups,
)

NOTICEABLE = 2
_TEXTS = (
    "title",
    "want_to_see",
    "not_want_to_see",
    "if_text",
    "physical",
    "nonverbal",
    "verbal",
    "timing",
    "so_that",
)
_LISTS = ("norms", "sectors", "responses", "tags")
_FIELDS = (*_TEXTS, *_LISTS, "level", "aimed_at", "place")


def install_catalogue(session: Session) -> int:
    """Add or update the shipped scenarios; how many were written. Safe to call again.

    A scenario that left the catalogue is withdrawn, never deleted: meetings may name it.
    """
    catalogue = tomllib.loads(paths.resource_bytes("catalogues", "scenarios.toml").decode())
    school = session.scalars(select(School)).first()
    versions = dict(school.catalogue_versions or {}) if school else {}
    if versions.get("scenarios") == catalogue["version"]:
        return 0
    builtin = select(Scenario).where(Scenario.origin == "builtin")
    known = {found.code: found for found in session.scalars(builtin)}
    titles = _norm_titles(session)
    for entry in catalogue["scenarios"]:
        scenario = known.pop(entry["code"], None)
        if scenario is None:
            scenario = Scenario(code=entry["code"], origin="builtin", status="concept")
            session.add(scenario)
        _fill(scenario, entry, titles)
        scenario.edition = catalogue["version"]
    for gone in known.values():
        gone.status = "withdrawn"
    if school:
        school.catalogue_versions = versions | {"scenarios": catalogue["version"]}
    session.flush()
    return len(catalogue["scenarios"])


def _norm_titles(session: Session) -> dict[str, tuple[str, str, str]]:
    rows = session.execute(select(Norm.code, Norm.title, Norm.kind).order_by(Norm.position))
    return {code: (code, title, kind) for code, title, kind in rows}


def _fill(
    scenario: Scenario, values: dict[str, Any], titles: dict[str, tuple[str, str, str]]
) -> None:
    for field in _FIELDS:
        value = values[field]
        setattr(scenario, field, list(value) if field in _LISTS else value)
    norm_titles = [titles[code][1] for code in scenario.norms if code in titles]
    texts = [getattr(scenario, field) for field in _TEXTS]
    scenario.search_text = fold(" ".join([*texts, *scenario.tags, *norm_titles]))


# ---------------------------------------------------------------- lists
@needs("read", "scenario")
def find_ids(session: Session, query: ScenarioQuery) -> list[int]:
    """Ids of the scenarios that fit, by norm and code; withdrawn ones are left out.

    With chosen norms, those of which it is the first norm come first.
    """
    statement = select(Scenario.id).where(Scenario.status != "withdrawn", *_filters(query))
    if query.my_groups:
        fitting = [_has(Scenario.norms, code) for code in my_norms(session)]
        statement = statement.where(or_(false(), *fitting))
    if query.kept:
        mine = context(session).staff_id
        kept = select(ScenarioKeep.scenario_id).where(
            ScenarioKeep.staff_id == mine, ScenarioKeep.deleted_at.is_(None)
        )
        statement = statement.where(Scenario.id.in_(kept))
    norms = cast(Scenario.norms, String)
    # what is about the chosen norm first of all comes before what only touches it
    leads = [norms.startswith(f'["{code}"', autoescape=True).desc() for code in query.norms]
    leads += [(Scenario.level == "class").desc()] if leads else []
    return list(session.scalars(statement.order_by(*leads, norms, Scenario.code)))


def _filters(query: ScenarioQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for word in query.text.split():
        if len(word) == 1 and word.isalpha():
            found.append(_has(Scenario.norms, word.upper()))
        else:
            found.append(Scenario.search_text.contains(fold(word), autoescape=True))
    if query.norms:
        found.append(or_(*[_has(Scenario.norms, code) for code in query.norms]))
    if query.sector:
        found.append(_has(Scenario.sectors, query.sector.lower()))
    if query.response:
        found.append(_has(Scenario.responses, query.response))
    found += [
        getattr(Scenario, column) == value
        for column in ("level", "aimed_at", "place")
        if (value := getattr(query, column))
    ]
    if query.own_school:
        found.append(Scenario.origin == "school")
    return found


def _has(column: Any, code: str) -> ColumnElement[bool]:
    # The short code lists are JSON text in the database: the quotes make the match exact.
    return cast(column, String).contains(f'"{code}"', autoescape=True)


@needs("read", "scenario")
def load_rows(session: Session, ids: Sequence[int]) -> dict[int, ScenarioRow]:
    """Rows of these scenarios by id; unknown ids are left out."""
    titles = _norm_titles(session)
    counts = _counts(session, ids)
    mine = context(session).staff_id
    kept = set(
        session.scalars(select(ScenarioKeep.scenario_id).where(ScenarioKeep.staff_id == mine))
    )
    found = session.execute(
        select(
            Scenario.id,
            Scenario.version,
            Scenario.code,
            Scenario.title,
            Scenario.norms,
            Scenario.level,
            Scenario.place,
            Scenario.origin,
            Scenario.status,
        ).where(Scenario.id.in_(ids))
    )
    return {
        row.id: ScenarioRow(
            id=row.id,
            version=row.version,
            code=row.code,
            title=row.title,
            norms=tuple(titles.get(code, (code, "", "")) for code in row.norms),
            level=row.level,
            place=row.place,
            origin=row.origin,
            status=row.status,
            counts=counts.get(row.id, Counts()),
            kept=row.id in kept,
        )
        for row in found
    }


@needs("read", "scenario")
def find_rows(session: Session, query: ScenarioQuery) -> list[ScenarioRow]:
    """The rows that fit, in the order of `find_ids`: a library is small enough to show whole."""
    ids = find_ids(session, query)
    rows = load_rows(session, ids)
    return [rows[key] for key in ids]


def _counts(session: Session, ids: Sequence[int]) -> dict[int, Counts]:
    practised = {
        row[0]: row[1]
        for row in session.execute(
            select(ScenarioPractice.scenario_id, func.count())
            .where(ScenarioPractice.scenario_id.in_(ids), ScenarioPractice.deleted_at.is_(None))
            .group_by(ScenarioPractice.scenario_id)
        )
    }
    used = session.execute(
        select(
            ScenarioUse.scenario_id,
            func.count(),
            func.count().filter(ScenarioUse.helped.in_(("yes", "bit"))),
        )
        .where(ScenarioUse.scenario_id.in_(ids), ScenarioUse.deleted_at.is_(None))
        .where(_shown_uses(session))
        .group_by(ScenarioUse.scenario_id)
    ).all()
    uses = {scenario_id: (times, helped) for scenario_id, times, helped in used}
    return {
        key: Counts(practised.get(key, 0), *uses.get(key, (0, 0))) for key in {*practised, *uses}
    }


@needs("read", "scenario")
def today(session: Session) -> dt.date:
    """The day of this gesture, for forms that begin with it."""
    return context(session).today


@needs("read", "scenario")
def count_all(session: Session) -> tuple[int, int]:
    """How many scenarios there are, and how many of them the school wrote."""
    own = func.count().filter(Scenario.origin == "school")
    row = session.execute(
        select(func.count(), own).select_from(Scenario).where(Scenario.status != "withdrawn")
    ).one()
    return row[0], row[1]


# ---------------------------------------------------------------- norms of groups
@needs("read", "scenario")
def all_group_ids(session: Session) -> list[int]:
    """Groups of the present school year."""
    today = context(session).today
    year = session.scalars(
        select(SchoolYear.id)
        .where(SchoolYear.first_day <= today)
        .order_by(SchoolYear.first_day.desc())
        .limit(1)
    ).first()
    return list(session.scalars(select(Group.id).where(Group.school_year_id == year)))


@needs("read", "scenario")
def my_group_ids(session: Session) -> list[int]:
    """Groups of the present school year that the user is mentor of; without any those that
    the user may see."""
    groups = keep_visible_groups(session, all_group_ids(session))
    mentor = own_groups(session).where(GroupMentor.group_id.in_(groups))
    return list(session.scalars(mentor)) or groups


@needs("read", "scenario")
def living_norms(session: Session, group_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Per group the norms (code, title, kind, strength, observed_on) of its latest observation.

    Strongest first; only what is noticeable or dominant. None of groups of others.
    """
    group_ids = keep_visible_groups(session, list(group_ids))
    ranked = (
        select(
            Profile.id,
            func.row_number()
            .over(
                partition_by=Profile.group_id,
                order_by=(Profile.observed_on.desc(), Profile.id.desc()),
            )
            .label("place"),
        )
        .where(
            Profile.group_id.in_(group_ids),
            Profile.observed_on <= context(session).today,
            Profile.deleted_at.is_(None),
        )
        .subquery()
    )
    rows = session.execute(
        select(
            Profile.group_id,
            Norm.code,
            Norm.title,
            Norm.kind,
            ProfileNorm.strength,
            Profile.observed_on,
        )
        .join(ProfileNorm, ProfileNorm.profile_id == Profile.id)
        .join(Norm, Norm.id == ProfileNorm.norm_id)
        .join(ranked, ranked.c.id == Profile.id)
        .where(ranked.c.place == 1, ProfileNorm.strength >= NOTICEABLE)
        .order_by(ProfileNorm.strength.desc(), Norm.kind, Norm.position)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.group_id].append(row)
    return dict(found)


@needs("read", "scenario")
def my_norms(session: Session) -> list[str]:
    """Codes of the norms that live in my groups."""
    living = living_norms(session, my_group_ids(session))
    return sorted({row.code for rows in living.values() for row in rows})


# ---------------------------------------------------------------- one scenario
@needs("read", "scenario")
def get_scenario(session: Session, scenario_id: int) -> ScenarioCard:
    """Everything on the HOE card. Raises NotFound."""
    scenario = _scenario(session, scenario_id)
    author = session.get(Staff, scenario.author_id) if scenario.author_id else None
    who = context(session).staff_id
    sure = session.scalars(
        select(ScenarioPractice.sure)
        .where(ScenarioPractice.scenario_id == scenario_id, ScenarioPractice.staff_id == who)
        .where(ScenarioPractice.sure.is_not(None))
        .order_by(ScenarioPractice.practised_on.desc(), ScenarioPractice.id.desc())
        .limit(1)
    ).first()
    shown = {name: alone(getattr(scenario, name)) for name in _TEXTS if name != "title"}
    return ScenarioCard(
        row=load_rows(session, [scenario_id])[scenario_id],
        sectors=tuple(scenario.sectors),
        responses=tuple(scenario.responses),
        aimed_at=scenario.aimed_at,
        sentence=sentence(scenario.if_text, scenario.physical, scenario.so_that),
        tags=tuple(scenario.tags),
        author=display_name(author.given_name, author.name_prefix, author.family_name)
        if author
        else "",
        edition=scenario.edition,
        in_groups=_groups_that_picked(session, scenario_id),
        uses=_experiences(session, scenario_id),
        my_sure=sure,
        **(shown | {"verbal": typographic(scenario.verbal.strip())}),
    )


def _scenario(session: Session, scenario_id: int) -> Scenario:
    found = session.get(Scenario, scenario_id)
    if found is None or found.deleted_at is not None:
        raise NotFound(_("This scenario is no longer there."))
    return found


def _groups_that_picked(session: Session, scenario_id: int) -> tuple[tuple[int, str], ...]:
    rows = session.execute(
        select(Group.id, Group.name)
        .join(ScenarioPick, ScenarioPick.group_id == Group.id)
        .where(ScenarioPick.scenario_id == scenario_id, visible_groups(session))
        .order_by(Group.name)
        .distinct()
    )
    return tuple((row.id, row.name) for row in rows)


def _experiences(session: Session, scenario_id: int, limit: int = 6) -> tuple[UseRow, ...]:
    groups = visible_groups(session)
    uses = _with_note(ScenarioUse, ScenarioUse.used_on, ScenarioUse.helped, scenario_id, groups)
    practised = ScenarioPractice.practised_on
    practices = _with_note(ScenarioPractice, practised, literal(""), scenario_id, groups)
    uses = uses.where(_shown_uses(session))
    found = [
        UseRow(display_name(given or "", prefix or "", family or ""), on, group or "", helped, note)
        for statement in (uses, practices)
        for on, helped, note, group, given, prefix, family in session.execute(
            statement.limit(limit)
        )
    ]
    return tuple(sorted(found, key=lambda row: row.on, reverse=True)[:limit])


def _shown_uses(session: Session) -> ColumnElement[bool]:
    """A use in a hidden case does not count and is not told."""
    seen = select(Case.id).where(visible_cases(session))
    return or_(ScenarioUse.case_id.is_(None), ScenarioUse.case_id.in_(seen))


def _with_note(
    model: Any, day: Any, helped: Any, scenario_id: int, groups: ColumnElement[bool]
) -> Select[Any]:
    names = (Staff.given_name, Staff.name_prefix, Staff.family_name)
    return (
        select(day, helped, model.note, Group.name, *names)
        .select_from(model)
        .join(Group, (Group.id == model.group_id) & groups, isouter=True)
        .join(Staff, Staff.id == model.staff_id, isouter=True)
        .where(model.scenario_id == scenario_id, model.note != "")
        .order_by(day.desc(), model.id.desc())
    )


@needs("write", "scenario")
def edit_scenario(session: Session, scenario_id: int | None) -> ScenarioDraft:
    """The draft for the form: an empty one for None. Raises NotFound."""
    if scenario_id is None:
        school = session.scalars(select(School)).first()
        return ScenarioDraft(sectors=(school.sector.lower(),) if school else ())
    scenario = _scenario(session, scenario_id)
    values = {field: getattr(scenario, field) for field in _FIELDS}
    values |= {field: tuple(values[field]) for field in _LISTS}
    return ScenarioDraft(
        id=scenario.id,
        version=scenario.version,
        status=scenario.status,
        builtin=scenario.origin == "builtin",
        **values,
    )


@needs("write", "scenario")
def save_scenario(session: Session, draft: ScenarioDraft) -> int:
    """Write a scenario of the school; its id. A built-in one is left alone and copied.

    Raises Invalid, Conflict, NotFound.
    """
    _check(draft)
    who = context(session)
    scenario = _scenario(session, draft.id) if draft.id else None
    if scenario and scenario.version != draft.version:
        raise Conflict(_("A colleague changed this scenario. Open it again to see the new text."))
    if scenario is None or scenario.origin == "builtin":
        based_on = scenario.id if scenario else None
        scenario = Scenario(
            code=_next_code(session),
            origin="school",
            status="concept",
            edition=0,
            author_id=who.staff_id,
            based_on_id=based_on,
        )
    values = {field: getattr(draft, field) for field in _FIELDS}
    for field in ("if_text", "physical", "nonverbal", "timing", "so_that"):
        values[field] = as_clause(values[field])
    values["title"] = draft.title.strip()
    values["tags"] = [tag.strip().lower() for tag in draft.tags if tag.strip()]
    _fill(scenario, values, _norm_titles(session))
    scenario.edition += 1
    session.add(scenario)
    session.flush()
    return scenario.id


def _check(draft: ScenarioDraft) -> None:
    wrong = {}
    if not draft.title.strip():
        wrong["title"] = _("Give the scenario a title.")
    elif len(draft.title.strip()) > TITLE_LIMIT:
        wrong["title"] = _("Keep the title within {n} characters.").format(n=TITLE_LIMIT)
    if not draft.norms:
        wrong["norms"] = _("Choose at least one norm.")
    if not draft.sectors:
        wrong["sectors"] = _("Choose at least one sector.")
    if not draft.responses:
        wrong["responses"] = _("Choose at least one response.")
    if not draft.if_text.strip():
        wrong["if_text"] = _("Write what you hear or see.")
    if not draft.physical.strip():
        wrong["physical"] = _("Write what you do.")
    if not draft.so_that.strip():
        wrong["so_that"] = _("Write what you want to reach.")
    if wrong:
        raise Invalid(wrong)


def _next_code(session: Session) -> str:
    count = session.scalar(
        select(func.count()).select_from(Scenario).where(Scenario.origin == "school"),
        execution_options={"include_deleted": True},
    )
    return f"SCH-{(count or 0) + 1}"


@needs("write", "scenario")
def set_status(session: Session, scenario_id: int, version: int, status: str) -> None:
    """Move the scenario through its life. Raises Conflict, NotFound."""
    assert status in STATUSES
    scenario = _scenario(session, scenario_id)
    if scenario.version != version:
        raise Conflict(_("A colleague changed this scenario. Open it again to see the new text."))
    scenario.status = status


@needs("write", "scenario")
def set_kept(session: Session, scenario_id: int, kept: bool) -> None:
    """Keep the scenario at hand for this user, or no longer."""
    who = context(session)
    found = session.scalars(
        select(ScenarioKeep).where(
            ScenarioKeep.scenario_id == scenario_id, ScenarioKeep.staff_id == who.staff_id
        )
    ).first()
    if kept and found is None and who.staff_id is not None:
        session.add(ScenarioKeep(scenario_id=scenario_id, staff_id=who.staff_id))
    elif not kept and found is not None:
        found.deleted_at = who.now


# ---------------------------------------------------------------- practice and use
@needs("write", "scenario")
def log_practice(session: Session, draft: PracticeDraft) -> int:
    """Note a practice session of this user; its id. Raises NotFound, Invalid."""
    if draft.sure is not None and not 1 <= draft.sure <= 5:
        raise Invalid({"sure": _("Choose a number from 1 to 5.")})
    scenario = _scenario(session, draft.scenario_id)
    if draft.group_id is not None:
        demand_group(session, draft.group_id)
    who = context(session)
    practice = ScenarioPractice(
        scenario_id=scenario.id,
        practised_on=who.today,
        form=draft.form,
        group_id=draft.group_id,
        note=draft.note.strip(),
        sure=draft.sure,
        staff_id=who.staff_id,
    )
    if scenario.status in ("concept", "discussed"):
        scenario.status = "practised"
    session.add(practice)
    session.flush()
    return practice.id


@needs("write", "scenario")
def log_use(session: Session, draft: UseDraft) -> int:
    """Note that this user used it and whether it helped; its id. Raises NotFound, Invalid."""
    who = context(session)
    wrong = {}
    if draft.helped not in ("yes", "bit", "no"):
        wrong["helped"] = _("Choose whether it helped.")
    if draft.used_on and draft.used_on > who.today:
        wrong["used_on"] = _("This day is still to come.")
    if wrong:
        raise Invalid(wrong)
    scenario = _scenario(session, draft.scenario_id)
    if draft.group_id is not None:
        demand_group(session, draft.group_id)
    if draft.case_id is not None:
        get_case_model(session, draft.case_id, write=True)
    use = ScenarioUse(
        scenario_id=scenario.id,
        used_on=draft.used_on or who.today,
        group_id=draft.group_id,
        case_id=draft.case_id,
        helped=draft.helped,
        note=draft.note.strip(),
        staff_id=who.staff_id,
    )
    if scenario.status in ("concept", "discussed", "practised"):
        scenario.status = "in_use"
    session.add(use)
    session.flush()
    return use.id
