from __future__ import annotations

import pytest

from wbos_desktop.domain import tracks
from wbos_desktop.domain.protocols import Person, missing_before, persons_for, state_for


@pytest.mark.parametrize(
    ("current", "states", "counted", "expected"),
    [
        ("open", ["open", "waiting"], 1, "open"),
        ("open", ["done", "open"], 2, "running"),
        ("running", ["done", "skipped"], 2, "done"),
        ("running", ["done", "waiting"], 1, "running"),
        ("running", [], 0, "open"),
        ("done", ["done", "open"], 2, "running"),
        ("done", ["done", "waiting"], 1, "done"),
        ("refused", ["open"], 1, "refused"),
    ],
)
def test_a_track_follows_its_steps_until_somebody_ends_it(
    current: str, states: list[str], counted: int, expected: str
) -> None:
    assert tracks.state_after(current, states, counted=counted) == expected


def test_waiting_and_needless_steps_do_not_count() -> None:
    marks = [
        tracks.mark_of("waiting", late=False),
        tracks.mark_of("skipped", late=False, not_needed=True),
        tracks.mark_of("skipped", late=False),
        tracks.mark_of("open", late=True),
        tracks.mark_of("open", late=False),
    ]
    progress = tracks.Progress(tuple(mark for mark in marks if mark))
    assert (progress.total, progress.handled, progress.late) == (3, 1, 1)


def test_consequence_is_never_refused_and_done_stands_first() -> None:
    assert "refused" not in tracks.ends("consequence")
    assert {tracks.ends(track)[0] for track in tracks.TRACKS} == {"done"}


def test_who_gets_a_step() -> None:
    people = [
        Person(1, frozenset({"affected"})),
        Person(2, frozenset({"joined", "unknown"})),
        Person(3, frozenset({"actor"}), unknown=True),
    ]
    assert persons_for("each_affected", people) == [1]
    assert persons_for("each_actor", people) == [2]
    assert persons_for("each_involved", people) == [1, 2]
    assert persons_for("school", people) == [None]


@pytest.mark.parametrize(
    ("condition", "answer", "waits_for", "base_known", "has_due", "expected"),
    [
        ("", "", "", True, True, "open"),
        ("Is er schade?", "", "", True, True, "waiting"),
        ("Is er schade?", "unknown", "", True, True, "waiting"),
        ("Is er schade?", "no", "", True, True, "skipped"),
        ("Is er schade?", "yes", "", True, True, "open"),
        ("", "", "police", True, True, "waiting"),
        ("", "", "", False, True, "waiting"),
        ("", "", "", True, False, "waiting"),
    ],
)
def test_when_a_step_starts(
    condition: str, answer: str, waits_for: str, base_known: bool, has_due: bool, expected: str
) -> None:
    state = state_for(
        condition=condition,
        answer=answer,
        waits_for=waits_for,
        base_known=base_known,
        has_due=has_due,
    )
    assert state == expected


def test_a_skipped_hearing_does_not_hold_a_decision_but_holds_a_joint_talk() -> None:
    steps = [("A", "skipped", "", ()), ("B", "done", "nee", ("ja", "nee"))]
    assert missing_before(["A", "B"], False, steps) == []
    assert missing_before(["A", "B"], True, steps) == [0, 1]
