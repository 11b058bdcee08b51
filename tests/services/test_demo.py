"""The example school: as many of each thing as promised, and the same at each making."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wbos_desktop import i18n, vaults
from wbos_desktop.db.base import Base
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.meetings import Decision, Meeting
from wbos_desktop.db.models.profiles import Profile
from wbos_desktop.db.models.school import Group, Membership, School, SchoolYear
from wbos_desktop.services import meetings, retention
from wbos_desktop.workspace.session import Workspace

TODAY = dt.date(2026, 11, 24)
MOMENT = dt.datetime(2026, 11, 24, 16, 5, tzinfo=dt.timezone(dt.timedelta(hours=1)))
YEAR = "2026-2027"
# Random on purpose: ids for other computers, keys, and the chain over the audit trail.
RANDOM = re.compile(r"uid$|^gesture$|mac$|^slot_id$|^public_key$")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def dump(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every table without what is random, its rows in the order of their ids."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name == "log_epochs":
            continue  # random marks of the log
        columns = [column for column in table.columns if not RANDOM.search(column.name)]
        order = list(table.primary_key.columns)
        found[table.name] = [
            tuple(row) for row in session.execute(select(*columns).order_by(*order))
        ]
    return found


def made_at(folder: Path, seed: int = vaults.build.SEED) -> dict[str, list[tuple[Any, ...]]]:
    """The dump of an example school that is made in this folder."""
    i18n.activate("nl", "VO")
    vaults.make_example(folder, TODAY, seed=seed)
    vault = vaults.open_example(folder, clock=lambda: MOMENT)
    try:
        return vault.workspace.read(dump)
    finally:
        vault.workspace.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("example")


@pytest.fixture(scope="module")
def first(place: Path) -> dict[str, list[tuple[Any, ...]]]:
    return made_at(place / "one")


@pytest.fixture(scope="module")
def work(place: Path, first: dict[str, list[tuple[Any, ...]]]) -> Iterator[Workspace]:
    vault = vaults.open_example(place / "one", clock=lambda: MOMENT)
    yield vault.workspace
    vault.workspace.close()


def test_the_same_day_and_seed_give_the_same_school(
    place: Path, first: dict[str, list[tuple[Any, ...]]]
) -> None:
    again = made_at(place / "two")
    differing = {
        name: next(pair for pair in zip(rows, again[name], strict=False) if pair[0] != pair[1])
        for name, rows in first.items()
        if rows != again[name] and len(rows) == len(again[name])
    }
    assert {name: len(rows) for name, rows in first.items()} == {
        name: len(rows) for name, rows in again.items()
    }
    assert differing == {}


def count(session: Session, model: type[Base], *conditions: Any) -> int:
    """Rows of a table that were not thrown away."""
    query = select(func.count()).select_from(model).where(*conditions)
    if hasattr(model, "deleted_at"):
        query = query.where(model.deleted_at.is_(None))
    return session.scalar(query) or 0


def this_year(session: Session) -> int:
    """The id of this school year."""
    return session.scalars(select(SchoolYear.id).where(SchoolYear.name == YEAR)).one()


def numbers(session: Session) -> dict[str, int]:
    """What the example school promises to hold."""
    groups = Group.school_year_id == this_year(session)
    in_them = select(func.count(Membership.pupil_id.distinct())).join(Group).where(groups)
    return {
        "groups": count(session, Group, groups, Group.kind == "base"),
        "pupils": session.scalar(in_them) or 0,
        "profiles": count(session, Profile),
        "incidents": count(session, Incident),
        "cases": count(session, Case),
        "meetings": count(session, Meeting),
    }


def test_the_promised_numbers_are_there(work: Workspace) -> None:
    assert work.read(numbers) == {
        "groups": 18,
        "pupils": 480,
        "profiles": 120,
        "incidents": 140,
        "cases": 45,
        "meetings": 12,
    }


def profiles_per_group(session: Session) -> list[int]:
    """How many profiles each group has this year."""
    query = (
        select(func.count(Profile.id))
        .join(Group, Group.id == Profile.group_id)
        .where(Group.school_year_id == this_year(session), Profile.deleted_at.is_(None))
        .group_by(Group.id)
    )
    return sorted(session.scalars(query), reverse=True)


def test_three_groups_have_a_long_story(work: Workspace) -> None:
    found = work.read(profiles_per_group)
    assert found[:3] == [8, 8, 8]
    assert len(found) == 18
    assert max(found[3:]) < 8


def states(session: Session) -> set[str]:
    return set(session.scalars(select(Case.state)))


def test_cases_are_in_all_states_and_meetings_decided(work: Workspace) -> None:
    assert work.read(states) == {"open", "closed"}
    assert work.read(lambda session: count(session, Decision)) > 0
    following = work.read(meetings.next_meeting)
    assert following is not None
    assert following.starts_at.date() >= TODAY


def test_it_says_that_it_is_an_example(work: Workspace) -> None:
    assert "voorbeeld" in work.read(lambda session: session.scalars(select(School.name)).one())


def test_two_years_in_a_minute_are_no_clock_that_jumped(work: Workspace) -> None:
    assert work.read(retention.clock_question) is None
