import datetime as dt

import pytest
from sqlalchemy import select

from tests import factories
from wbos_desktop.db.context import Context, context
from wbos_desktop.db.models import school
from wbos_desktop.domain.groups import GroupQuery
from wbos_desktop.domain.norms import NormDraft
from wbos_desktop.domain.observations import ObservationDraft
from wbos_desktop.domain.profiles import ResponseDraft
from wbos_desktop.errors import Invalid, NotAllowed, NotFound
from wbos_desktop.services import groups, norms, observations, profiles


def observe(session, group_id, month, day, **strengths):
    return factories.make_profile(
        session,
        group_id,
        observed_on=dt.date(2026, month, day),
        strengths=strengths,
        responses={code: ResponseDraft(("steer",)) for code in list(strengths)[:1]},
    )


@pytest.fixture
def school_groups(session):
    """2B turned, 1C is late, 1A goes well, 3X was never observed."""
    ids = {name: factories.make_group(session, name=name, year_level=name[0]) for name in GROUPS}
    observe(session, ids["2B"], 10, 8, M=3, D=1)
    observe(session, ids["2B"], 11, 16, M=1, D=3)
    observe(session, ids["1C"], 9, 30, C=3)
    observe(session, ids["1A"], 10, 30, C=3, M=1)
    observe(session, ids["1A"], 11, 18, M=3)
    return ids


GROUPS = ("1A", "1C", "2B", "3X")


def test_groups_that_ask_attention_come_first(session, school_groups):
    ids = groups.find_ids(session, GroupQuery())
    names = {id_: name for name, id_ in school_groups.items()}
    assert [names[id_] for id_ in ids] == ["2B", "1C", "3X", "1A"]
    by_name = groups.find_ids(session, GroupQuery(order="name"))
    assert [names[id_] for id_ in by_name] == ["1A", "1C", "2B", "3X"]


def test_a_row_tells_norm_days_and_development(session, school_groups):
    group_id = school_groups["1C"]
    factories.make_pupil(session, group_id)
    row = groups.load_rows(session, [group_id])[group_id]
    assert row.dominant.code == "C"
    assert (row.days, row.due_in, row.pupils) == (55, -25, 1)
    assert [reason.kind for reason in row.attention] == ["due"]
    assert row.attention[0].text == "55 dagen niet geobserveerd"


def test_filters_narrow_the_list(session, school_groups):
    mentor = factories.make_staff(session, family_name="El Idrissi", sort_name="el idrissi joost")
    session.add(school.GroupMentor(group_id=school_groups["1C"], staff_id=mentor))
    session.flush()
    for query in (
        GroupQuery(text="1c"),
        GroupQuery(text="Idríssi"),
        GroupQuery(norm_code="C"),
        GroupQuery(year_level="1", text="1C"),
    ):
        assert groups.find_ids(session, query) == [school_groups["1C"]]
    assert groups.find_ids(session, GroupQuery(text="zz%")) == []


def test_vandaag_gets_the_weightiest_groups_and_one_good_sign(session, school_groups):
    found = groups.groups_asking_attention(session)
    assert [row.name for row in found.groups] == ["2B", "1C"]
    assert found.good.name == "1A"
    assert found.good.good_sign


def test_the_overview_holds_ribbon_phase_and_due_day(session, school_groups):
    found = groups.group_overview(session, school_groups["2B"])
    assert found.latest.dominant.code == "D"
    assert found.due_on == dt.date(2026, 12, 16)
    assert [mark.phase for mark in found.phases] == ["norming"]
    assert [row.norm.code for row in found.ribbon.rows] == ["M", "D"]
    assert [span.label for span in found.ribbon.holidays] == ["Herfstvakantie"]
    assert {span.kind for span in found.ribbon.responses} == {"steer"}


def test_a_group_without_observation_has_an_empty_ribbon(session, school_groups):
    found = groups.group_overview(session, school_groups["3X"])
    assert found.latest is None
    assert found.ribbon.empty


def test_members_of_today_are_listed(session, school_groups):
    group_id = school_groups["2B"]
    here = factories.make_pupil(session, group_id, given_name="Feline", sort_name="a")
    gone = factories.make_pupil(session, group_id, given_name="Finn", sort_name="b")
    left = session.scalar(select(school.Membership).where(school.Membership.pupil_id == gone))
    left.member_to = dt.date(2026, 10, 1)
    session.flush()
    assert [row.pupil_id for row in groups.list_members(session, group_id)] == [here]


def test_a_member_sees_own_groups_only(session, school_groups):
    me = factories.make_staff(session)
    session.add(school.GroupMentor(group_id=school_groups["1A"], staff_id=me))
    session.flush()
    now = context(session)
    session.info["context"] = Context(now.user_id, me, "member", now.now, now.today)
    assert groups.find_ids(session, GroupQuery()) == [school_groups["1A"]]
    with pytest.raises(NotAllowed):
        groups.group_overview(session, school_groups["2B"])
    with pytest.raises(NotFound):
        groups.group_overview(session, 999)


def test_a_school_norm_reaches_list_and_ribbon(session, school_groups):
    norms.add_norm(session, NormDraft("Wij zijn tegen"))
    observe(session, school_groups["3X"], 11, 20, N=3)
    row = groups.load_rows(session, [school_groups["3X"]])[school_groups["3X"]]
    assert row.dominant.title == "Wij zijn tegen"


def test_planned_days_move_the_due_day(session, school_groups):
    group_id = school_groups["2B"]
    profiles.plan_observation(session, group_id, dt.date(2026, 11, 30))
    assert groups.group_overview(session, group_id).due_on == dt.date(2026, 11, 30)


def test_an_observation_is_a_fact_with_pupils(session, school_groups):
    group_id = school_groups["2B"]
    pupil = factories.make_pupil(session, group_id)
    draft = ObservationDraft(
        group_id, dt.date(2026, 11, 20), "'Eigen schuld.'", norm_code="D", pupil_ids=(pupil, pupil)
    )
    observations.save_observation(session, draft)
    found = observations.list_observations(session, group_id)[0]
    assert (found.norm_code, found.pupil_ids, found.observer) == ("D", (pupil,), "Karin Bosman")


def test_an_observation_needs_words(session, school_groups):
    draft = ObservationDraft(school_groups["2B"], dt.date(2026, 11, 25), " ", layer="x")
    with pytest.raises(Invalid) as error:
        observations.save_observation(session, draft)
    assert set(error.value.fields) == {"text", "observed_on", "layer"}
