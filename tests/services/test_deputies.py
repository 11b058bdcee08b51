"""Standing in for an absent colleague: from when to when, for whom, and who may arrange it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests import factories
from wbos_desktop.db.context import Context, context
from wbos_desktop.db.models.cases import Case, CaseStep
from wbos_desktop.db.models.meetings import Action
from wbos_desktop.db.models.profiles import PlannedObservation
from wbos_desktop.db.models.school import User
from wbos_desktop.domain.deputies import DeputyDraft
from wbos_desktop.errors import Conflict, Invalid, NotAllowed, NotFound
from wbos_desktop.services import deputies, steps, today, visibility

TODAY = dt.date(2026, 11, 24)
DAY = dt.timedelta(days=1)


@pytest.fixture
def joost(session):
    return factories.make_staff(session, given_name="Joost")


@pytest.fixture
def draft(session, joost):
    """Karin stands in for Joost, from yesterday to tomorrow."""
    return DeputyDraft(
        absent_id=joost,
        deputy_id=context(session).staff_id,
        first_day=TODAY - DAY,
        last_day=TODAY + DAY,
    )


def arrange(session, draft):
    """A coordinator who gets nothing by it saves the period; its id."""
    me = context(session)
    staff = factories.make_staff(session)
    user = User(staff_id=staff, role="coordinator", slot_id="", public_key=b"")
    session.add(user)
    session.flush()
    session.info["context"] = replace(me, user_id=user.id, staff_id=staff)
    period = deputies.save_deputy(session, draft)
    session.info["context"] = me
    return period


def on(session, day):
    session.info["context"] = replace(context(session), today=day)


def test_it_holds_from_first_to_last_day_and_ends_by_itself(session, draft, joost):
    arrange(session, draft)
    for shift, expected in [(-2, set()), (-1, {joost}), (0, {joost}), (1, {joost}), (2, set())]:
        on(session, TODAY + shift * DAY)
        assert deputies.stands_in_for(session) == expected, shift
    assert deputies.acting_for(session) == {context(session).staff_id}


def test_the_words_name_the_absent_colleague(session, draft, joost):
    arrange(session, draft)
    assert deputies.absent_names(session) == {joost: "Joost"}


def test_nobody_else_gets_it(session, draft, joost):
    arrange(session, draft)
    session.info["context"] = replace(context(session), staff_id=joost)
    assert deputies.stands_in_for(session) == set()


def test_it_does_not_pass_on(session, draft, joost):
    anna = factories.make_staff(session)
    arrange(session, draft)
    later = TODAY + 2 * DAY
    karin = draft.deputy_id
    deputies.save_deputy(
        session, DeputyDraft(None, 0, karin, anna, first_day=later, last_day=later)
    )
    session.info["context"] = replace(context(session), staff_id=anna, today=later)
    assert deputies.stands_in_for(session) == {karin}


def test_a_reader_gets_nothing(session, draft):
    arrange(session, draft)
    session.info["context"] = replace(context(session), role="reader")
    assert deputies.stands_in_for(session) == set()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"absent_id": None}, "absent_id"),
        ({"deputy_id": None}, "deputy_id"),
        ({"first_day": None}, "first_day"),
        ({"last_day": None}, "last_day"),
        ({"last_day": TODAY - 2 * DAY}, "last_day"),
        ({"last_day": TODAY + 400 * DAY}, "last_day"),
    ],
)
def test_wrong_answers_are_told(session, draft, change, field):
    with pytest.raises(Invalid) as caught:
        deputies.save_deputy(session, replace(draft, **change))
    assert list(caught.value.fields) == [field]


def test_nobody_stands_in_for_themselves(session, draft, joost):
    with pytest.raises(Invalid) as caught:
        deputies.save_deputy(session, replace(draft, deputy_id=joost))
    assert list(caught.value.fields) == ["deputy_id"]


def test_nobody_appoints_themselves_as_deputy_of_somebody_else(session, draft):
    with pytest.raises(Invalid) as caught:
        deputies.save_deputy(session, draft)
    assert list(caught.value.fields) == ["deputy_id"]
    period = arrange(session, draft)
    with pytest.raises(Invalid):  # nor longer
        deputies.save_deputy(session, replace(deputies.get_deputy(session, period), note="nog"))
    assert draft.deputy_id not in dict(deputies.deputy_form(session).deputies)


def test_overlap_is_refused(session, draft, joost):
    anna = factories.make_staff(session)
    arrange(session, draft)
    for other, field in [
        (replace(draft, deputy_id=anna), "first_day"),
        (replace(draft, absent_id=anna, deputy_id=joost), "deputy_id"),
        (replace(draft, absent_id=draft.deputy_id, deputy_id=anna), "absent_id"),
    ]:
        with pytest.raises(Invalid) as caught:
            deputies.save_deputy(session, other)
        assert list(caught.value.fields) == [field]
    after = TODAY + 2 * DAY
    next_one = replace(draft, deputy_id=anna, first_day=after, last_day=after)
    assert deputies.save_deputy(session, next_one)


def test_a_period_can_be_changed_and_removed(session, draft):
    period = arrange(session, draft)
    known = deputies.get_deputy(session, period)
    arrange(session, replace(known, last_day=TODAY, note=" scholing "))
    with pytest.raises(Conflict):
        arrange(session, known)
    assert deputies.list_deputies(session)[0].note == "scholing"
    deputies.remove_deputy(session, period)
    assert deputies.list_deputies(session) == []
    assert deputies.stands_in_for(session) == set()
    with pytest.raises(NotFound):
        deputies.get_deputy(session, period)


def test_the_list_says_when_and_whether_the_deputy_can_unlock(session, draft, joost):
    arrange(session, draft)
    far = TODAY + 9 * DAY
    back = replace(draft, absent_id=draft.deputy_id, deputy_id=joost, first_day=far, last_day=far)
    deputies.save_deputy(session, back)
    rows = deputies.list_deputies(session)
    assert [(row.state, row.can_unlock) for row in rows] == [("now", True), ("coming", False)]
    on(session, far + DAY)
    assert [row.state for row in deputies.list_deputies(session, past=True)] == ["past", "past"]


@pytest.mark.parametrize("role", ["member", "lead", "reader"])
def test_only_a_coordinator_arranges_it(session, draft, role):
    period = arrange(session, draft)
    session.info["context"] = replace(context(session), role=role)
    with pytest.raises(NotAllowed):
        deputies.save_deputy(session, draft)
    with pytest.raises(NotAllowed):
        deputies.remove_deputy(session, period)


# What the deputy gets on Vandaag


@pytest.fixture
def work(session, joost):
    """A step, an action, a planned observation and a meeting of Joost, all for today."""
    group = factories.make_group(session)
    factories.make_mentor(session, group, joost)
    case = factories.make_case(session)
    session.get(Case, case).level = "involved"
    step = session.scalars(select(CaseStep).where(CaseStep.case_id == case)).first()
    step.state, step.due_on, step.responsible_id = "open", TODAY, joost
    session.add(Action(text="Ouders bellen", owner_id=joost, due_on=TODAY, state="open"))
    session.add(PlannedObservation(group_id=group, planned_on=TODAY, observer_id=joost))
    factories.make_meeting(session, starts_at=dt.datetime(2026, 11, 24, 15), chair_id=joost)
    session.flush()
    return step.id


@pytest.fixture
def sanne(session):
    """A member who has nothing of her own; the session acts as her."""
    staff = factories.make_staff(session, given_name="Sanne")
    user = User(staff_id=staff, role="member", slot_id="", public_key=b"")
    session.add(user)
    session.flush()
    return Context(user.id, staff, "member", context(session).now, TODAY)


def kinds(session):
    return {(task.kind, task.on_behalf) for task in today.find_tasks(session, "mine")}


def test_the_deputy_gets_the_work_of_the_absent(session, draft, joost, work, sanne):
    deputies.save_deputy(session, replace(draft, deputy_id=sanne.staff_id))
    session.info["context"] = sanne
    found = kinds(session)
    assert {("step", "Joost"), ("action", "Joost"), ("observation", "Joost")} <= found
    on(session, TODAY + 2 * DAY)
    assert kinds(session) == set()


def test_without_standing_in_there_is_nothing(session, work, sanne):
    session.info["context"] = sanne
    assert kinds(session) == set()
    case_id = session.get(CaseStep, work).case_id
    with pytest.raises(NotFound):
        visibility.get_case_model(session, case_id)


def test_the_deputy_may_open_and_finish_the_step(session, draft, joost, work, sanne):
    deputies.save_deputy(session, replace(draft, deputy_id=sanne.staff_id))
    session.info["context"] = sanne
    step = session.get(CaseStep, work)
    assert visibility.get_case_model(session, step.case_id)
    step.requires = []
    steps.complete_step(session, work, step.version)
    assert session.get(CaseStep, work).state == "done"


def test_own_work_is_not_marked(session, work, joost):
    session.info["context"] = replace(context(session), staff_id=joost)
    assert {name for _kind, name in kinds(session)} == {""}


# Cases of level 'named'


@pytest.fixture
def named(session, joost):
    """A case of level 'named' of Joost, with an action about it for him; the case."""
    case = factories.make_case(session)
    found = session.get(Case, case)
    found.level, found.owner_id = "named", joost
    session.add(Action(text="Bel de politie", owner_id=joost, due_on=TODAY, case_id=case))
    session.flush()
    return case


def as_joost(session, joost):
    user = User(staff_id=joost, role="coordinator", slot_id="", public_key=b"")
    session.add(user)
    session.flush()
    session.info["context"] = replace(context(session), user_id=user.id, staff_id=joost)


def sees(session, case):
    """Whether the acting user may open the case, and the texts of the actions shown."""
    try:
        visibility.get_case_model(session, case)
    except NotFound:
        opened = False
    else:
        opened = True
    found = session.scalars(select(Action.text).where(visibility.visible_actions(session)))
    return opened, found.all()


def test_a_coordinator_gives_nobody_the_named_cases_of_another(session, draft, named, sanne):
    deputies.save_deputy(session, replace(draft, deputy_id=sanne.staff_id))
    session.info["context"] = sanne
    assert deputies.stands_in_for(session) == {draft.absent_id}
    assert sees(session, named) == (False, [])


def test_the_absent_person_passes_on_named_cases(session, draft, joost, named, sanne):
    as_joost(session, joost)
    deputies.save_deputy(session, replace(draft, deputy_id=sanne.staff_id))
    session.info["context"] = sanne
    assert sees(session, named) == (True, ["Bel de politie"])


def test_a_period_that_another_changed_passes_on_no_named_case(session, draft, joost, named, sanne):
    as_joost(session, joost)
    period = deputies.save_deputy(session, draft)
    mine = deputies.get_deputy(session, period)
    arrange(session, replace(mine, deputy_id=sanne.staff_id))
    session.info["context"] = sanne
    assert sees(session, named) == (False, [])
