import datetime as dt

import pytest

from wbos_desktop.domain import groups
from wbos_desktop.domain.norms import BURDENING, PROSOCIAL
from wbos_desktop.domain.profiles import ProfilePoint, with_strength

START = dt.date(2026, 9, 1)
TODAY = dt.date(2026, 11, 24)
TITLES = {code: f"Norm {code}" for code in "ABCDEFGHIJKLM"}


def point(week: int, phase: str = "", **strengths: int) -> ProfilePoint:
    kinds = {code: PROSOCIAL if code in "JKLM" else BURDENING for code in strengths}
    day = START + dt.timedelta(weeks=week)
    return ProfilePoint(week, day, phase, strengths, kinds, None)


def test_a_second_dominant_norm_sets_the_first_to_noticeable():
    assert with_strength({"M": 3, "A": 1}, "D", 3) == {"M": 2, "A": 1, "D": 3}


def test_not_seen_is_not_kept():
    assert with_strength({"M": 3, "A": 1}, "A", 0) == {"M": 3}


def test_a_norm_that_turns_to_burdening_asks_attention():
    found = groups.attention([point(0, M=3), point(4, M=1, D=3)], None, TODAY, TITLES)
    assert [(reason.kind, reason.text) for reason in found] == [
        ("turned", "‘Norm D’ is nu dominant")
    ]


def test_a_norm_that_turns_to_helping_is_a_good_sign():
    points = [point(0, D=3), point(4, M=3, D=1)]
    assert groups.attention(points, None, TODAY, TITLES) == ()
    assert groups.good_sign(points)


def test_two_profiles_rising_ask_attention():
    points = [point(0, M=3, C=0), point(3, M=3, C=1), point(6, M=3, C=2)]
    assert groups.rising(points, BURDENING) == "C"
    assert groups.rising(points[:2], BURDENING) == ""


@pytest.mark.parametrize(("today", "late"), [(TODAY, True), (dt.date(2026, 10, 1), False)])
def test_a_group_is_due_thirty_days_after_the_last_time(today: dt.date, late: bool):
    points = [point(0, M=3)]
    due = groups.due_on(points, None)
    assert due == dt.date(2026, 10, 1)
    assert bool(groups.attention(points, due, today, TITLES)) is late


def test_a_planned_day_before_the_last_observation_does_not_count():
    points = [point(2, M=3)]
    assert groups.due_on(points, START) == points[0].observed_on + dt.timedelta(days=30)
    later = dt.date(2026, 12, 10)
    assert groups.due_on(points, later) == later


def test_phases_keep_their_first_day_and_may_go_back():
    points = [point(0, "forming"), point(2, "storming"), point(3, "storming"), point(5, "forming")]
    marks = groups.phases(points)
    assert [mark.phase for mark in marks] == ["forming", "storming", "forming"]
    assert marks[1].since == points[1].observed_on


def test_development_shows_the_last_eight_observations():
    marks = groups.development([point(week, M=1, D=2) for week in range(10)])
    assert len(marks) == 8
    assert (marks[0].prosocial, marks[0].burdening) == (1, 2)


def test_a_group_never_observed_comes_after_groups_that_turned():
    unseen = groups.attention([], None, TODAY, TITLES)
    turned = groups.attention([point(0, M=3), point(1, D=3)], None, TODAY, TITLES)
    assert groups.weight(turned) > groups.weight(unseen) > 0


def test_a_profile_in_balance_is_passed_over():
    points = [point(0, M=3), point(3, M=2, D=2), point(6, D=3)]
    assert groups.turned(points) == BURDENING
    assert groups.turned(points[:2]) == ""
