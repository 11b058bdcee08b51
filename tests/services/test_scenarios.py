"""The scenario library."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db.context import Context, context
from wbos_desktop.db.models.norms import Norm
from wbos_desktop.db.models.profiles import Profile, ProfileNorm
from wbos_desktop.db.models.scenarios import Scenario
from wbos_desktop.db.models.school import GroupMentor, School
from wbos_desktop.domain.scenarios import (
    Counts,
    PracticeDraft,
    ScenarioQuery,
    UseDraft,
    alone,
    as_clause,
    counts_text,
    sentence,
    typographic,
)
from wbos_desktop.errors import Conflict, Invalid
from wbos_desktop.services import norms, scenario_choice, scenarios


@pytest.fixture
def library(session: Session) -> Session:
    norms.install_catalogue(session)
    scenarios.install_catalogue(session)
    return session


def observe(session: Session, group_id: int, code: str, strength: int, day: dt.date) -> None:
    norm_id = session.scalars(select(Norm.id).where(Norm.code == code)).one()
    profile = Profile(group_id=group_id, observed_on=day)
    profile.strengths.append(ProfileNorm(norm_id=norm_id, strength=strength))
    session.add(profile)
    session.flush()


def titles(session: Session, **query: object) -> list[str]:
    ids = scenarios.find_ids(session, ScenarioQuery(**query))
    rows = scenarios.load_rows(session, ids)
    return [rows[key].title for key in ids]


def test_catalogue_is_installed_once(library: Session) -> None:
    assert scenarios.count_all(library) == (46, 0)
    assert scenarios.install_catalogue(library) == 0


def test_newer_catalogue_updates_and_withdraws(library: Session) -> None:
    gone = factories.make_scenario(library, code="OLD", origin="builtin")
    school = library.scalars(select(School)).one()
    school.catalogue_versions = {"scenarios": 0}
    assert scenarios.install_catalogue(library) == 46
    assert library.get(Scenario, gone).status == "withdrawn"
    assert scenarios.count_all(library) == (46, 0)


def test_text_search_finds_every_word_without_accents(library: Session) -> None:
    factories.make_scenario(library, title="Cafe", search_text="cafe op het plein")
    assert titles(library, text="Café PLEIN") == ["Cafe"]
    assert titles(library, text="100%") == []


def test_one_letter_searches_the_norm(library: Session) -> None:
    found = scenarios.find_ids(library, ScenarioQuery(text="d"))
    rows = scenarios.load_rows(library, found).values()
    assert rows
    assert all("D" in [norm[0] for norm in row.norms] for row in rows)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sector", "PO"),
        ("level", "team"),
        ("place", "online"),
        ("response", "confirm"),
        ("aimed_at", "middle_group"),
    ],
)
def test_filters_narrow_the_list(library: Session, field: str, value: str) -> None:
    found = scenarios.find_ids(library, ScenarioQuery(**{field: value}))
    assert 0 < len(found) < 46


def test_my_groups_follow_the_latest_observation(library: Session) -> None:
    group_id = factories.make_group(library)
    library.add(GroupMentor(group_id=group_id, staff_id=context(library).staff_id))
    observe(library, group_id, "B", 3, dt.date(2026, 9, 1))
    observe(library, group_id, "D", 3, dt.date(2026, 11, 2))
    assert scenarios.my_norms(library) == ["D"]
    rows = scenarios.load_rows(
        library, scenarios.find_ids(library, ScenarioQuery(my_groups=True))
    ).values()
    assert rows
    assert all("D" in [norm[0] for norm in row.norms] for row in rows)


def test_without_observations_my_groups_is_empty(library: Session) -> None:
    assert titles(library, my_groups=True) == []


def test_editing_a_builtin_makes_a_copy_of_the_school(library: Session) -> None:
    first = scenarios.find_ids(library, ScenarioQuery())[0]
    before = scenarios.get_scenario(library, first)
    draft = dataclasses.replace(scenarios.edit_scenario(library, first), title="Ons eigen begin")
    copy = scenarios.get_scenario(library, scenarios.save_scenario(library, draft))
    assert scenarios.get_scenario(library, first) == before
    assert (copy.row.title, copy.row.origin, copy.author) == (
        "Ons eigen begin",
        "school",
        "Karin Bosman",
    )
    assert scenarios.count_all(library) == (47, 1)


def test_saving_own_scenario_raises_its_edition(library: Session) -> None:
    scenario_id = factories.make_scenario(library, edition=1)
    draft = scenarios.edit_scenario(library, scenario_id)
    scenarios.save_scenario(library, dataclasses.replace(draft, so_that="Iedereen meedoet."))
    card = scenarios.get_scenario(library, scenario_id)
    assert (card.edition, card.so_that) == (2, "Iedereen meedoet.")
    assert card.sentence.endswith("zodat iedereen meedoet.")


def test_stale_draft_is_refused(library: Session) -> None:
    scenario_id = factories.make_scenario(library)
    draft = scenarios.edit_scenario(library, scenario_id)
    scenarios.save_scenario(library, dataclasses.replace(draft, title="Eerst"))
    with pytest.raises(Conflict):
        scenarios.save_scenario(library, dataclasses.replace(draft, title="Later"))


def test_empty_draft_names_every_wrong_field(session: Session) -> None:
    with pytest.raises(Invalid) as wrong:
        scenarios.save_scenario(session, scenarios.edit_scenario(session, None))
    assert set(wrong.value.fields) == {"title", "norms", "if_text", "physical", "so_that"}


def test_practice_and_use_count_in_words(library: Session) -> None:
    scenario_id = factories.make_scenario(library)
    scenarios.log_practice(library, PracticeDraft(scenario_id, sure=4, note="Stil blijven"))
    for helped in ("yes", "no", "bit"):
        scenarios.log_use(library, UseDraft(scenario_id, helped=helped))
    card = scenarios.get_scenario(library, scenario_id)
    assert card.row.counts == Counts(1, 3, 2)
    assert counts_text(card.row.counts) == "1 keer geoefend · 3 keer ingezet, 2 keer hielp"
    assert (card.row.status, card.my_sure) == ("in_use", 4)
    assert [use.note for use in card.uses] == ["Stil blijven"]


def test_sureness_is_for_oneself_only(library: Session) -> None:
    scenario_id = factories.make_scenario(library)
    scenarios.log_practice(library, PracticeDraft(scenario_id, sure=2))
    other = factories.make_staff(library)
    mine = context(library)
    library.info["context"] = Context(mine.user_id, other, "member", mine.now, mine.today)
    assert scenarios.get_scenario(library, scenario_id).my_sure is None


def test_use_needs_an_answer_and_no_future_day(library: Session) -> None:
    scenario_id = factories.make_scenario(library)
    tomorrow = context(library).today + dt.timedelta(days=1)
    with pytest.raises(Invalid) as wrong:
        scenarios.log_use(library, UseDraft(scenario_id, used_on=tomorrow))
    assert set(wrong.value.fields) == {"helped", "used_on"}


def test_bookmark_is_personal_and_can_be_taken_back(library: Session) -> None:
    scenario_id = factories.make_scenario(library)
    scenarios.set_kept(library, scenario_id, True)
    scenarios.set_kept(library, scenario_id, True)
    assert scenarios.find_ids(library, ScenarioQuery(kept=True)) == [scenario_id]
    scenarios.set_kept(library, scenario_id, False)
    library.flush()
    assert scenarios.find_ids(library, ScenarioQuery(kept=True)) == []


def test_match_gives_the_reason_for_the_group(library: Session) -> None:
    group_id = factories.make_group(library, name="2B")
    observe(library, group_id, "D", 3, dt.date(2026, 11, 2))
    best = scenario_choice.matching_scenarios(library, group_id=group_id)[0]
    assert best.row.norms[0][0] == "D"
    assert best.reason == ("‘Scoren ten koste van de ander’ is dominant in 2B (stand ma 2 nov)")


def test_match_skips_other_sectors(library: Session) -> None:
    group_id = factories.make_group(library, sector="MBO")
    observe(library, group_id, "D", 3, dt.date(2026, 11, 2))
    found = scenario_choice.matching_scenarios(library, group_id=group_id, limit=20)
    cards = [scenarios.get_scenario(library, match.row.id) for match in found]
    assert cards
    assert all("mbo" in card.sectors for card in cards)


def test_picked_scenario_leads_and_can_be_unpicked(library: Session) -> None:
    group_id = factories.make_group(library)
    observe(library, group_id, "D", 3, dt.date(2026, 11, 2))
    scenario_id = factories.make_scenario(library, norms=["K"])
    first = scenario_choice.pick_scenario(library, scenario_id, group_id=group_id)
    assert scenario_choice.pick_scenario(library, scenario_id, group_id=group_id) == first
    best = scenario_choice.matching_scenarios(library, group_id=group_id)[0]
    assert (best.row.id, best.picked) == (scenario_id, True)
    scenario_choice.unpick_scenario(library, scenario_id, group_id=group_id)
    library.flush()
    assert scenario_choice.find_picks(library, group_id=group_id) == []


def test_forms_offer_my_groups_first(session: Session) -> None:
    names = {name: factories.make_group(session, name=name) for name in ("1A", "2B", "3C")}
    session.add(GroupMentor(group_id=names["2B"], staff_id=context(session).staff_id))
    session.flush()
    offered = scenario_choice.find_places(session).groups
    assert [name for _id, name in offered] == ["2B", "1A", "3C"]


def test_sentence_and_clauses() -> None:
    assert sentence("Het stil is.", "WhatsApp openen", "") == (
        "Als het stil is, dan: WhatsApp openen, zodat …"
    )
    assert as_clause("  Je  wacht. ") == "je wacht"
    assert alone("je wacht") == "Je wacht."
    assert typographic("'Stop.' zegt 's ochtends collega's stem") == (
        "‘Stop.’ zegt ’s ochtends collega’s stem"
    )
    assert alone("") == ""
