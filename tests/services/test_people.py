"""Pupils and staff: finding, showing, keeping, and the roles of staff."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db.context import Context
from wbos_desktop.db.models.school import StaffRole
from wbos_desktop.domain.people import (
    PupilDraft,
    PupilQuery,
    StaffDraft,
    StaffQuery,
    clean,
    display_name,
    fold,
    sort_name,
    split_prefix,
)
from wbos_desktop.errors import Conflict, Invalid, NotAllowed, NotFound
from wbos_desktop.services import people


def _become(session: Session, role: str, staff_id: int) -> None:
    who = session.info["context"]
    session.info["context"] = Context(who.user_id, staff_id, role, who.now, who.today)


def _pupil(session: Session, given: str, prefix: str, family: str) -> int:
    draft = PupilDraft(given_name=given, name_prefix=prefix, family_name=family)
    return people.save_pupil(session, draft)


def test_pupils_sort_on_family_name_without_prefix_or_accents(session: Session) -> None:
    ids = [
        _pupil(session, "Eva", "", "Zwart"),
        _pupil(session, "Bo", "van der", "Berg"),
        _pupil(session, "Ada", "", "Ömer"),
        _pupil(session, "Amy", "", "Berg"),
    ]
    assert people.find_pupil_ids(session, PupilQuery()) == [ids[3], ids[1], ids[2], ids[0]]


def test_pupils_are_found_by_name_number_and_group(session: Session) -> None:
    group = factories.make_group(session, name="2B")
    eva = factories.make_pupil(
        session, group, given_name="Eva", family_name="Öztürk", sort_name="ozturk eva"
    )
    factories.make_pupil(session)
    for query in (PupilQuery("OZT eva"), PupilQuery(group_id=group)):
        assert people.find_pupil_ids(session, query) == [eva]
    number = people.load_pupil_rows(session, [eva])[eva].pupil_number
    assert people.find_pupil_ids(session, PupilQuery(number)) == [eva]
    assert people.find_pupil_ids(session, PupilQuery("%")) == []


def test_a_row_shows_name_and_group(session: Session) -> None:
    group = factories.make_group(session, name="2B")
    pupil = factories.make_pupil(session, group, name_prefix="de")
    row = people.load_pupil_rows(session, [pupil])[pupil]
    assert (row.name, row.groups) == ("Daan de Bakker", ("2B",))


def test_who_left_is_listed_apart(session: Session) -> None:
    pupil = factories.make_pupil(session, left_on=dt.date(2026, 11, 1))
    assert people.find_pupil_ids(session, PupilQuery()) == []
    assert people.find_pupil_ids(session, PupilQuery(left=True)) == [pupil]


def test_a_mentor_sees_the_own_group_only(session: Session) -> None:
    own, other = factories.make_group(session), factories.make_group(session)
    mine, theirs = factories.make_pupil(session, own), factories.make_pupil(session, other)
    mentor = factories.make_staff(session)
    from wbos_desktop.db.models.school import GroupMentor

    session.add(GroupMentor(group_id=own, staff_id=mentor))
    session.flush()
    _become(session, "member", mentor)
    assert people.find_pupil_ids(session, PupilQuery()) == [mine]
    assert people.load_pupil_rows(session, [mine, theirs]).keys() == {mine}
    with pytest.raises(NotFound):
        people.get_pupil(session, theirs)
    _become(session, "reader", mentor)
    with pytest.raises(NotAllowed):
        people.find_pupil_ids(session, PupilQuery())


def test_a_pupil_needs_a_name_and_an_own_number(session: Session) -> None:
    with pytest.raises(Invalid) as fault:
        people.save_pupil(session, PupilDraft(given_name="  "))
    assert "given_name" in fault.value.fields
    people.save_pupil(session, PupilDraft(given_name="Eva", pupil_number="7"))
    with pytest.raises(Invalid) as fault:
        people.save_pupil(session, PupilDraft(given_name="Bo", pupil_number="7"))
    assert "pupil_number" in fault.value.fields


def test_a_stale_draft_is_refused(session: Session) -> None:
    pupil = _pupil(session, "Eva", "", "Smit")
    draft = people.get_pupil(session, pupil)
    people.save_pupil(session, replace(draft, family_name="Berg"))
    with pytest.raises(Conflict):
        people.save_pupil(session, replace(draft, family_name="Wit"))


def test_staff_keep_roles_with_a_past(session: Session) -> None:
    draft = StaffDraft(given_name="Petra", family_name="Wit", roles=("mentor", "apc"))
    staff = people.save_staff(session, draft)
    who = session.info["context"]
    later = who.today + dt.timedelta(days=7)
    session.info["context"] = Context(who.user_id, who.staff_id, who.role, who.now, later)
    people.save_staff(session, replace(people.get_staff(session, staff), roles=("mentor", "zorg")))
    assert people.get_staff(session, staff).roles == ("mentor", "zorg")
    ended = session.execute(
        select(StaffRole.valid_from, StaffRole.valid_to).where(StaffRole.role == "apc")
    ).one()
    assert tuple(ended) == (who.today, later - dt.timedelta(days=1))


def test_a_role_given_by_mistake_leaves_no_past(session: Session) -> None:
    staff = people.save_staff(session, StaffDraft(given_name="Petra", roles=("apc",)))
    people.set_roles(session, staff, ())
    assert session.scalars(select(StaffRole.role)).all() == []


def test_staff_are_found_by_role_and_code(session: Session) -> None:
    staff = people.save_staff(session, StaffDraft(given_name="Petra", code="WIT", roles=("apc",)))
    assert people.find_staff_ids(session, StaffQuery(role="apc")) == [staff]
    assert people.find_staff_ids(session, StaffQuery("wit")) == [staff]
    assert [row.name for row in people.list_staff(session, "apc")] == ["Petra"]


def test_staff_who_left_are_hidden_until_asked(session: Session) -> None:
    staff = people.save_staff(session, StaffDraft(given_name="Petra", active=False))
    assert staff not in people.find_staff_ids(session, StaffQuery())
    assert staff in people.find_staff_ids(session, StaffQuery(inactive=True))


def test_you_cannot_take_yourself_off_the_list(session: Session) -> None:
    me = session.info["context"].staff_id
    with pytest.raises(Invalid):
        people.save_staff(session, replace(people.get_staff(session, me), active=False))


def test_only_a_coordinator_changes_people(session: Session) -> None:
    _become(session, "member", session.info["context"].staff_id)
    with pytest.raises(NotAllowed):
        people.save_staff(session, StaffDraft(given_name="Petra"))
    with pytest.raises(NotAllowed):
        people.save_pupil(session, PupilDraft(given_name="Eva"))


def test_a_staff_row_shows_roles_and_account(session: Session) -> None:
    me = session.info["context"].staff_id
    people.set_roles(session, me, ["zorg"])
    row = people.load_staff_rows(session, [me])[me]
    assert (row.name, row.roles, row.user_role) == ("Karin Bosman", ("zorg",), "coordinator")


def test_roles_speak_the_words_of_the_sector(session: Session) -> None:
    roles = {role.code: role.title for role in people.list_roles(session)}
    assert roles["mentor"] == "mentor"
    from wbos_desktop.services import school

    school.save_school(session, replace(school.get_school(session), sector="MBO"))
    roles = {role.code: role.title for role in people.list_roles(session)}
    assert roles["mentor"] == "SLB'er"
    assert "apc" not in roles


def test_names_are_shown_and_sorted_the_dutch_way() -> None:
    assert display_name("Daan", "van der", "Berg") == "Daan van der Berg"
    assert sort_name("Daan", "Berg") == "berg daan"
    assert sort_name("Lia", "") == "lia"
    assert split_prefix("van der Berg") == ("van der", "Berg")
    assert split_prefix("d'Hondt") == ("", "d'Hondt")
    assert split_prefix("van") == ("", "van")


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Şeyma", "seyma"), ("Łukasz", "lukasz"), ("Đorđe", "dorde"), ("Őri", "ori"), ("ÉÉN", "een")],
)
def test_folding_takes_accents_off(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_text_is_cleaned_before_it_enters() -> None:
    assert clean("A\x00n\x0bna\ud800 \u202eB\ufffe") == "A n na B"
    assert clean("cafe\u0301 👩‍🏫") == "café 👩‍🏫"
