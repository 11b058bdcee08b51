import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select

from tests import factories
from wbos_desktop.db.base import new_uid
from wbos_desktop.db.context import Context, context
from wbos_desktop.db.models.profiles import PlannedObservation
from wbos_desktop.db.models.school import GroupMentor
from wbos_desktop.domain.profiles import PresenceDraft, ProfileDraft, ResponseDraft
from wbos_desktop.errors import Conflict, Invalid, NotAllowed, NotFound
from wbos_desktop.services import groups, presence, profiles, undo

DAY = dt.date(2026, 11, 24)
STEER = ResponseDraft(("ignore", "steer"), "Ik noem wat ik wil zien.")


@pytest.fixture
def group_id(session):
    factories.make_norms(session)
    return factories.make_group(session, name="2B")


def act_as(session, staff_id, role="coordinator"):
    now = context(session)
    session.info["context"] = Context(now.user_id, staff_id, role, now.now, now.today)


def test_a_profile_comes_back_as_it_was_saved(session, group_id):
    draft = dataclasses.replace(
        profiles.new_draft(session, group_id),
        heard="Eigen schuld.",
        strengths={"D": 3, "M": 1, "A": 0},
        responses={"D": STEER},
        phase="norming",
        next_observation_on=dt.date(2026, 12, 10),
    )
    profile_id = profiles.save_profile(session, draft)
    found = profiles.load_draft(session, profile_id)
    assert found == dataclasses.replace(
        draft, strengths={"D": 3, "M": 1}, id=profile_id, version=found.version
    )


def test_a_stale_draft_is_refused(session, group_id):
    profile_id = factories.make_profile(session, group_id)
    stale = profiles.load_draft(session, profile_id)
    profiles.save_profile(session, dataclasses.replace(stale, seen="Ze lachen."))
    with pytest.raises(Conflict):
        profiles.save_profile(session, dataclasses.replace(stale, seen="Anders."))


def test_other_strengths_make_a_draft_stale_too(session, group_id):
    profile_id = factories.make_profile(session, group_id)
    stale = profiles.load_draft(session, profile_id)
    profiles.save_profile(session, dataclasses.replace(stale, strengths={"C": 2}))
    with pytest.raises(Conflict):
        profiles.save_profile(session, stale)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"heard": " "}, "heard"),
        ({"observed_on": dt.date(2026, 11, 25)}, "observed_on"),
        ({"strengths": {"D": 3, "M": 3}}, "strengths"),
        ({"strengths": {"Q": 1}}, "strengths"),
        ({"status": "adopted"}, "observers"),
        ({"phase": "reforming"}, "phase"),
        ({"next_observation_on": DAY}, "next_observation_on"),
        ({"responses": {"D": ResponseDraft(("shout",))}}, "responses"),
    ],
)
def test_wrong_fields_are_named(session, group_id, changes, field):
    draft = ProfileDraft(group_id, DAY, heard="Saai", strengths={})
    with pytest.raises(Invalid) as error:
        profiles.save_profile(session, dataclasses.replace(draft, **changes))
    assert set(error.value.fields) == {field}


def test_two_observers_may_adopt(session, group_id):
    pair = (context(session).staff_id, factories.make_staff(session, family_name="Smid"))
    profile_id = factories.make_profile(session, group_id, status="adopted", observers=pair)
    assert profiles.load_profile(session, profile_id).observers == ("Karin Bosman", "Joost Smid")


def test_a_response_is_seen_by_its_teacher_only(session, group_id):
    profile_id = factories.make_profile(session, group_id, responses={"D": STEER})
    assert profiles.load_profile(session, profile_id).responses[0].own == STEER
    act_as(session, factories.make_staff(session))
    seen = profiles.load_profile(session, profile_id).responses[0]
    assert (seen.own, dict(seen.counts), seen.total) == (None, {}, 1)
    assert profiles.load_draft(session, profile_id).responses == {}


def test_others_see_n_of_m(session, group_id):
    profile_id = factories.make_profile(session, group_id, responses={"D": STEER})
    act_as(session, factories.make_staff(session))
    profiles.respond(session, profile_id, "D", ResponseDraft(("ignore",)))
    act_as(session, factories.make_staff(session))
    seen = profiles.load_profile(session, profile_id).responses[0]
    assert seen.own is None
    assert (dict(seen.counts), seen.total) == ({"ignore": 2, "steer": 1}, 2)


def test_of_two_answers_nobody_can_tell_the_other(session, group_id):
    profile_id = factories.make_profile(session, group_id, responses={"D": STEER})
    act_as(session, factories.make_staff(session))
    profiles.respond(session, profile_id, "D", ResponseDraft(("ignore",)))
    seen = profiles.load_profile(session, profile_id).responses[0]
    assert (seen.own, dict(seen.counts), seen.total) == (ResponseDraft(("ignore",)), {}, 2)


def test_a_colleagues_save_leaves_my_response(session, group_id):
    profile_id = factories.make_profile(session, group_id, responses={"D": STEER})
    me = context(session).staff_id
    act_as(session, factories.make_staff(session))
    theirs = profiles.load_draft(session, profile_id)
    profiles.save_profile(session, dataclasses.replace(theirs, climate="Onrustig"))
    act_as(session, me)
    assert profiles.load_draft(session, profile_id).responses == {"D": STEER}


def test_the_presence_check_is_private(session, group_id):
    profile_id = factories.make_profile(session, group_id)
    presence.save_presence(session, profile_id, PresenceDraft("ja", "Fe", "Fi"))
    assert presence.load_presence(session, profile_id).got_room == "Fe"
    act_as(session, factories.make_staff(session))
    assert presence.load_presence(session, profile_id) == PresenceDraft()


def test_saving_finishes_what_was_planned_and_plans_the_next(session, group_id):
    profiles.plan_observation(session, group_id, dt.date(2026, 11, 20))
    profile_id = factories.make_profile(
        session, group_id, observed_on=DAY, next_observation_on=dt.date(2026, 12, 15)
    )
    planned = session.scalars(
        select(PlannedObservation).order_by(PlannedObservation.planned_on)
    ).all()
    assert [one.profile_id for one in planned] == [profile_id, None]


def test_a_day_is_planned_once(session, group_id):
    first = profiles.plan_observation(session, group_id, dt.date(2026, 12, 15))
    assert profiles.plan_observation(session, group_id, dt.date(2026, 12, 15)) == first


def test_compare_puts_the_older_first(session, group_id):
    new = factories.make_profile(session, group_id, strengths={"D": 3, "M": 1})
    old = factories.make_profile(
        session, group_id, observed_on=dt.date(2026, 9, 14), strengths={"M": 3, "J": 1}
    )
    found = profiles.compare_profiles(session, new, old)
    assert found.before.id == old
    assert [(one.norm.code, one.before, one.after) for one in found.changes] == [
        ("J", 1, 0),
        ("M", 3, 1),
        ("D", 0, 3),
    ]


def test_members_write_their_own_groups_only(session, group_id):
    act_as(session, factories.make_staff(session), "member")
    with pytest.raises(NotAllowed):
        factories.make_profile(session, group_id)


@pytest.mark.parametrize("role", ["member", "lead"])
def test_profiles_of_other_groups_are_hidden(session, group_id, role):
    profile_id = factories.make_profile(session, group_id)
    act_as(session, factories.make_staff(session), role)
    assert profiles.profile_history(session, group_id) == []
    assert profiles.latest_profile(session, group_id) is None
    with pytest.raises(NotFound):
        profiles.load_profile(session, profile_id)


def test_a_mentor_reads_and_writes_the_own_group(session, group_id):
    profile_id = factories.make_profile(session, group_id)
    mentor = factories.make_staff(session)
    session.add(GroupMentor(group_id=group_id, staff_id=mentor))
    session.flush()
    act_as(session, mentor, "member")
    draft = profiles.load_draft(session, profile_id)
    profiles.save_profile(session, dataclasses.replace(draft, seen="Ze helpen elkaar."))
    assert profiles.load_profile(session, profile_id).seen == "Ze helpen elkaar."


def test_a_deleted_profile_is_gone(session, group_id):
    profile_id = factories.make_profile(session, group_id)
    version = profiles.load_profile(session, profile_id).version
    profiles.delete_profile(session, profile_id, version)
    session.flush()
    assert profiles.profile_history(session, group_id) == []
    with pytest.raises(NotFound):
        profiles.load_draft(session, profile_id)


def gesture(session):
    session.flush()
    session.info["gesture"] = new_uid()


def test_undo_puts_strengths_and_observers_back(session, group_id):
    profile_id = factories.make_profile(session, group_id, responses={"D": STEER})
    gesture(session)
    before = profiles.load_draft(session, profile_id)
    pair = (*before.observers, factories.make_staff(session))
    gesture(session)
    changed = {"strengths": {"D": 1, "C": 3}, "observers": pair, "responses": {}}
    profiles.save_profile(session, dataclasses.replace(before, **changed))
    gesture(session)
    assert undo.undo_last(session)
    session.flush()
    session.expire_all()
    after = profiles.load_draft(session, profile_id)
    assert dataclasses.replace(after, version=before.version) == before


def test_undo_of_a_new_profile_plans_the_day_again(session, group_id):
    profiles.plan_observation(session, group_id, dt.date(2026, 11, 1))
    gesture(session)
    factories.make_profile(session, group_id)
    gesture(session)
    assert undo.undo_last(session)
    session.flush()
    assert profiles.profile_history(session, group_id) == []
    assert profiles.load_points(session, [group_id]) == {group_id: []}
    assert groups.planned_days(session, [group_id]) == {group_id: dt.date(2026, 11, 1)}


def test_taking_a_profile_away_opens_its_planned_day(session, group_id):
    profiles.plan_observation(session, group_id, dt.date(2026, 11, 1))
    profile_id = factories.make_profile(session, group_id)
    assert groups.planned_days(session, [group_id]) == {}
    version = profiles.load_profile(session, profile_id).version
    profiles.delete_profile(session, profile_id, version)
    session.flush()
    assert groups.planned_days(session, [group_id]) == {group_id: dt.date(2026, 11, 1)}
