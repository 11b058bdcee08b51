"""Role x action x object through the real services, against tables that a person can read.

The tables below are written from product.md section 1, not from the code. Letters: D decides on
it (owner, level, what becomes of a report), W changes it, R reads it, '-' does not know of it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from tests.services.rights_world import (
    GROUPS,
    LEVELS,
    PLACES,
    RELATIONS,
    ROLES,
    World,
    rights_school,
    stands_in,
)
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.meetings import AgendaItem
from wbos_desktop.domain.actions import ActionDraft, ActionQuery
from wbos_desktop.domain.cases import AssessDraft
from wbos_desktop.domain.groups import GroupQuery
from wbos_desktop.domain.people import PupilQuery
from wbos_desktop.errors import NotAllowed, NotFound
from wbos_desktop.services import (
    actions,
    agenda,
    assessments,
    cases,
    exports,
    groups,
    incident_form,
    incident_register,
    incidents,
    meetings,
    people,
    profiles,
    reports,
    undo,
    visibility,
)

CASES = """
role         level     group  owner  step  listed  none
coordinator  team      own    D      D     D       D
coordinator  team      other  D      D     D       D
coordinator  involved  own    D      D     D       D
coordinator  involved  other  D      D     D       D
coordinator  named     own    D      -     D       -
coordinator  named     other  D      -     D       -
member       team      own    W      W     W       R
member       team      other  W      W     W       -
member       involved  own    W      W     W       -
member       involved  other  W      W     W       -
member       named     own    W      -     W       -
member       named     other  W      -     W       -
lead         team      own    D      D     D       R
lead         team      other  D      D     D       -
lead         involved  own    D      D     D       -
lead         involved  other  D      D     D       -
lead         named     own    D      -     D       -
lead         named     other  D      -     D       -
reader       team      own    -      -     -       -
reader       team      other  -      -     -       -
reader       involved  own    -      -     -       -
reader       involved  other  -      -     -       -
reader       named     own    -      -     -       -
reader       named     other  -      -     -       -
"""

# Reports that are in no case. 'waiting' is still to be assessed, on a 'note' somebody decided.
REPORTS = """
role         level     group  reporter/waiting  none/waiting  reporter/note  none/note
coordinator  team      own    D                 D             D              D
coordinator  team      other  D                 D             D              D
coordinator  involved  own    D                 D             D              D
coordinator  involved  other  D                 D             D              D
coordinator  named     own    D                 D             D              D
coordinator  named     other  D                 D             D              D
member       team      own    W                 R             R              R
member       team      other  W                 -             R              -
member       involved  own    W                 -             R              -
member       involved  other  W                 -             R              -
member       named     own    W                 -             R              -
member       named     other  W                 -             R              -
lead         team      own    D                 D             R              R
lead         team      other  D                 D             R              -
lead         involved  own    D                 D             R              -
lead         involved  other  D                 D             R              -
lead         named     own    D                 -             R              -
lead         named     other  D                 -             R              -
reader       team      own    -                 -             -              -
reader       team      other  -                 -             -              -
reader       involved  own    -                 -             -              -
reader       involved  other  -                 -             -              -
reader       named     own    -                 -             -              -
reader       named     other  -                 -             -              -
"""

# What of a group, own or of others: its overview, its pupils, a profile read and written.
GROUP_PARTS = """
role         part       own  other
coordinator  overview   R    R
coordinator  members    R    R
coordinator  pupil      R    R
coordinator  profile    W    W
coordinator  plan       W    W
coordinator  export     R    R
member       overview   R    -
member       members    R    -
member       pupil      R    -
member       profile    W    -
member       plan       W    -
member       export     R    -
lead         overview   R    -
lead         members    R    -
lead         pupil      R    -
lead         profile    W    -
lead         plan       W    -
lead         export     R    -
reader       overview   -    -
reader       members    -    -
reader       pupil      -    -
reader       profile    -    -
reader       plan       -    -
reader       export     -    -
"""

MEETINGS = """
role         chair  minutes  invited  absent  none
coordinator  W      W        W        W       W
member       R      R        R        -       -
lead         R      R        R        -       -
reader       R      R        R        -       -
"""

# The minutes of the same meetings: decisions and actions, and who was there.
MINUTES = """
role         chair  minutes  invited  absent  none
coordinator  W      W        W        W       W
member       R      W        R        -       -
lead         R      W        R        -       -
reader       R      R        R        -       -
"""

ACTIONS = """
role         mine  loose  given  team  hidden  own_group  other_group  attended  not_attended
coordinator  W     W      W      W     -       W          W            W         W
member       W     -      W      R     -       W          -            R         -
lead         W     -      W      R     -       W          -            R         -
reader       -     -      -      -     -       -          -            -         -
"""

Rows = list[tuple[tuple[str, ...], str]]


def lines(table: str, names: int) -> Rows:
    """((first columns, head of the column), letter) of each cell."""
    head, *rest = [line.split() for line in table.strip().splitlines()]
    return [
        ((*line[:names], head[at]), line[at]) for line in rest for at in range(names, len(head))
    ]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with rights_school() as world:
        yield world


@pytest.fixture(autouse=True)
def _karin_again(world: World) -> Iterator[None]:
    yield
    world.become("")


def letter(world: World, role: str, tries: dict[str, Callable[[], object]]) -> str:
    """The strongest of the tries, named by letter from strong to weak, that is not refused."""
    world.become(role)
    for name, do in tries.items():
        with world.trial():
            try:
                do()
                return name
            except (NotAllowed, NotFound):
                continue
    return "-"


def differing(world: World, rows: Rows, found: Callable[..., str]) -> dict[tuple[str, ...], str]:
    """Cells where the program does other than the table says: 'said -> found'."""
    wrong = {}
    for names, said in rows:
        world.become("")
        if (is_now := found(world, *names)) != said:
            wrong[names] = f"{said} -> {is_now}"
    return wrong


# ---------------------------------------------------------------- cases
def case_letter(world: World, role: str, level: str, group: str, relation: str) -> str:
    case_id, session = world.cases[level, group, relation], world.session
    return letter(
        world,
        role,
        {
            "D": lambda: cases.set_owner(session, case_id, None, world.somebody),  # type: ignore[arg-type]
            "W": lambda: cases.add_note(session, case_id, "gezien"),
            "R": lambda: cases.get_case(session, case_id),
        },
    )


def test_cases(world: World) -> None:
    assert len(lines(CASES, 3)) == len(ROLES) * len(LEVELS) * len(GROUPS) * len(RELATIONS)
    assert differing(world, lines(CASES, 3), case_letter) == {}


def test_lists_of_cases_hold_what_may_be_read(world: World) -> None:
    for role in ROLES:
        seen = {
            world.cases[(*names[1:3], names[3])]  # type: ignore[index]
            for names, said in lines(CASES, 3)
            if names[0] == role and said != "-"
        }
        world.become(role)
        if role == "reader":
            with pytest.raises(NotAllowed):
                cases.list_open_cases(world.session)
            continue
        listed = {case_id for case_id, _number, _title in cases.list_open_cases(world.session)}
        assert listed == seen
        assert incident_register.count_cases(world.session).open_cases == len(seen)


def test_only_who_decides_is_offered_it(world: World) -> None:
    from wbos_desktop.services import case_page

    for (role, level, group, relation), said in lines(CASES, 3):
        if said == "-":
            continue
        world.become(role)
        page = case_page.load_page(world.session, world.cases[level, group, relation])
        assert (page.may_decide, page.may_write) == (said == "D", said in "DW")


# ---------------------------------------------------------------- reports
def report_letter(world: World, role: str, level: str, group: str, column: str) -> str:
    relation, state = column.split("/")
    incident_id = world.incidents[level, group, relation, state]
    session = world.session

    def change() -> None:
        incidents.change_facts(session, incidents.get_facts_draft(session, incident_id))

    def decide() -> None:
        draft = assessments.propose_assessment(session, incident_id).draft
        wanted = AssessDraft(incident_id, draft.version, severity="light", level=draft.level)
        assessments.assess_incident(session, wanted)

    read = lambda: incident_form.open_report(session, incident_id)  # noqa: E731
    return letter(world, role, {"D": decide, "W": change, "R": read})


def test_reports(world: World) -> None:
    assert len(lines(REPORTS, 3)) == len(ROLES) * len(LEVELS) * len(GROUPS) * 4
    assert differing(world, lines(REPORTS, 3), report_letter) == {}


@pytest.mark.parametrize("role", ["coordinator", "member", "lead"])
def test_the_register_holds_what_may_be_read(world: World, role: str) -> None:
    said = {
        world.incidents[(*names[1:3], *names[3].split("/"))]  # type: ignore[index]
        for names, cell in lines(REPORTS, 3)
        if names[0] == role and cell != "-"
    }
    world.become(role)
    found = set(incident_register.find_ids(world.session))
    assert found & set(world.incidents.values()) == said
    assert set(incident_register.load_rows(world.session, range(1, 200))) == found
    rows = reports.register_report(world.session).rows
    assert len(list(rows)) == len(found)


# ---------------------------------------------------------------- groups
def group_letter(world: World, role: str, part: str, group: str) -> str:
    group_id, session = world.groups[group], world.session
    pupil_id, profile_id = world.pupils[group], world.profiles[group]

    def write_profile() -> None:
        profiles.save_profile(session, profiles.load_draft(session, profile_id))

    parts: dict[str, dict[str, Callable[[], object]]] = {
        "overview": {"R": lambda: groups.group_overview(session, group_id)},
        "members": {"R": lambda: groups.list_members(session, group_id)},
        "pupil": {"R": lambda: people.get_pupil(session, pupil_id)},
        "profile": {"W": write_profile, "R": lambda: profiles.load_profile(session, profile_id)},
        "plan": {"W": lambda: profiles.plan_observation(session, group_id, dt.date(2026, 12, 3))},
        "export": {"R": lambda: reports.group_profile_report(session, group_id)},
    }
    return letter(world, role, parts[part])


def test_groups(world: World) -> None:
    assert differing(world, lines(GROUP_PARTS, 2), group_letter) == {}


@pytest.mark.parametrize("role", ["member", "lead"])
def test_lists_hold_own_groups_and_their_pupils(world: World, role: str) -> None:
    world.become(role)
    session = world.session
    assert groups.find_ids(session, GroupQuery()) == [world.groups["own"]]
    assert set(groups.load_rows(session, list(world.groups.values()))) == {world.groups["own"]}
    assert people.find_pupil_ids(session, PupilQuery()) == [world.pupils["own"]]
    assert profiles.profile_history(session, world.groups["other"]) == []
    assert profiles.load_points(session, world.groups.values())[world.groups["other"]] == []


# ---------------------------------------------------------------- meetings and actions
def meeting_letter(world: World, role: str, place: str) -> str:
    meeting_id, session = world.meetings[place], world.session
    write = lambda: agenda.add_item(session, meeting_id, "free", title="Iets")  # noqa: E731
    read = lambda: meetings.get_meeting(session, meeting_id)  # noqa: E731
    return letter(world, role, {"W": write, "R": read})


def test_meetings(world: World) -> None:
    assert [names[1] for names, _said in lines(MEETINGS, 1)][:5] == list(PLACES)
    assert differing(world, lines(MEETINGS, 1), meeting_letter) == {}


def write_minutes(world: World, meeting_id: int, item_id: int, case_id: int | None = None) -> None:
    """Whatever minutes consist of, at one item."""
    session = world.session
    decision = agenda.record_decision(session, item_id, "Zo doen we het")
    agenda.remove_decision(session, decision)
    draft = ActionDraft(
        text="Bellen",
        owner_id=world.somebody,
        meeting_id=meeting_id,
        agenda_item_id=item_id,
        case_id=case_id,
    )
    actions.finish_action(session, actions.save_action(session, draft))
    for person in meetings.get_meeting(session, meeting_id).attendees:
        meetings.set_present(session, person.id, True)


def minutes_letter(world: World, role: str, place: str) -> str:
    meeting_id, session = world.meetings[place], world.session
    with world.trial():
        item_id = agenda.add_item(session, meeting_id, "free", title="Rondvraag")
        tries = {
            "W": lambda: write_minutes(world, meeting_id, item_id),
            "R": lambda: meetings.get_meeting(session, meeting_id),
        }
        said = letter(world, role, tries)
        if said != "-":
            assert meetings.get_meeting(session, meeting_id).may_minute == (said == "W")
    return said


def test_minutes(world: World) -> None:
    assert differing(world, lines(MINUTES, 1), minutes_letter) == {}


@pytest.mark.parametrize(("level", "seen"), [("team", True), ("named", False)])
def test_minutes_of_a_case_are_for_who_sees_it(world: World, level: str, seen: bool) -> None:
    """Reading the case is enough to write what was agreed about it; a hidden one is not there."""
    meeting_id, session = world.meetings["minutes"], world.session
    case_id = world.cases[level, "own", "none"]
    with world.trial():
        session.get_one(Case, case_id).level = level
        item_id = agenda.add_item(session, meeting_id, "case", world.cases["team", "own", "none"])
        session.get_one(AgendaItem, item_id).case_id = case_id
        session.flush()
        world.become("member")
        if seen:
            write_minutes(world, meeting_id, item_id, case_id)
        else:
            with pytest.raises(NotFound):
                write_minutes(world, meeting_id, item_id, case_id)


def test_what_the_minutes_taker_did_can_be_taken_back(world: World) -> None:
    meeting_id, session = world.meetings["minutes"], world.session
    with world.trial():
        item_id = agenda.add_item(session, meeting_id, "free", title="Rondvraag")
        session.flush()
        world.become("member")
        session.info["gesture"] = "decided"
        agenda.record_decision(session, item_id, "Zo doen we het")
        session.flush()
        assert undo.undo_last(session)
        session.flush()
        session.expire_all()
        [item] = [i for i in agenda.load_items(session, meeting_id) if i.id == item_id]
        assert item.decisions == ()


@pytest.mark.parametrize("role", ROLES)
def test_packs_are_of_meetings_that_may_be_read(world: World, role: str) -> None:
    world.become(role)
    for (who, place), said in lines(MEETINGS, 1):
        if who != role:
            continue
        meeting_id = world.meetings[place]
        assert (meeting_id in meetings.find_ids(world.session)) == (said != "-")
        if said == "-":
            with pytest.raises(NotFound):
                reports.meeting_pack_report(world.session, meeting_id)
        else:
            assert reports.meeting_pack_report(world.session, meeting_id).meeting_id == meeting_id


def action_letter(world: World, role: str, name: str) -> str:
    action_id, session = world.actions[name.replace("_", " ")], world.session
    write = lambda: actions.finish_action(session, action_id)  # noqa: E731
    read = lambda: actions.edit_action(session, action_id)  # noqa: E731
    return letter(world, role, {"W": write, "R": read})


def test_actions(world: World) -> None:
    assert differing(world, lines(ACTIONS, 1), action_letter) == {}


@pytest.mark.parametrize("role", ["coordinator", "member", "lead"])
def test_lists_of_actions_hold_what_may_be_read(world: World, role: str) -> None:
    said = {
        names[1].replace("_", " ")
        for names, cell in lines(ACTIONS, 1)
        if names[0] == role and cell != "-"
    }
    world.become(role)
    assert {row.text for row in actions.find_rows(world.session, ActionQuery())} == said


@pytest.mark.parametrize("role", ["member", "lead"])
def test_an_action_goes_only_where_one_works(world: World, role: str) -> None:
    world.become(role)
    own = ActionDraft(text="Bellen", owner_id=world.aisha)
    places = {
        "case_id": world.cases["involved", "own", "none"],
        "group_id": world.groups["other"],
        "meeting_id": world.meetings["invited"],
    }
    for column, key in places.items():
        with pytest.raises((NotAllowed, NotFound)):
            actions.save_action(world.session, dataclasses.replace(own, **{column: key}))
    kept = ActionDraft(text="Mail", owner_id=world.aisha, group_id=world.groups["own"])
    with world.trial():
        action_id = actions.save_action(world.session, kept)
        draft = actions.edit_action(world.session, action_id)
        moved = dataclasses.replace(draft, case_id=world.cases["named", "other", "none"])
        with pytest.raises(NotFound):
            actions.save_action(world.session, moved)


# ---------------------------------------------------------------- exports
def test_full_names_are_for_coordinators(world: World) -> None:
    from wbos_desktop.domain.reports import ExportOptions

    options = ExportOptions(names="full", purpose="overdracht")
    case_id = world.cases["involved", "own", "owner"]
    for role in ("member", "lead"):
        world.become(role)
        assert reports.case_report(world.session, case_id).case_id == case_id
        with pytest.raises(NotAllowed):
            reports.case_report(world.session, case_id, options)
    world.become("coordinator")
    assert reports.case_report(world.session, case_id, options).options.names == "full"


@pytest.mark.parametrize("role", ["member", "lead", "reader"])
def test_export_register_shows_own_lines(world: World, role: str) -> None:
    from wbos_desktop.domain.reports import ExportRecord

    line = ExportRecord("pack_pdf", "meetings", 1, "initials", "", "", "a.pdf", "0" * 64, None)
    with world.trial():
        exports.record_export(world.session, line)
        world.become(role)
        assert exports.list_exports(world.session) == []
        exports.record_export(world.session, line)
        world.session.flush()
        assert len(exports.list_exports(world.session)) == 1


# ---------------------------------------------------------------- standing in
def test_a_deputy_works_as_the_absent_colleague(world: World) -> None:
    """Wim owns every case of others and is mentor of the other group."""
    with world.trial():
        stands_in(world, world.somebody)
        for level, group, relation in (
            ("involved", "other", "none"),
            ("team", "own", "none"),
        ):
            assert case_letter(world, "member", level, group, relation) == "W"
        # Karin arranged it, not Wim himself.
        assert case_letter(world, "member", "named", "other", "none") == "-"
        assert case_letter(world, "coordinator", "named", "other", "none") == "-"
        assert group_letter(world, "member", "profile", "other") == "W"
        assert case_letter(world, "reader", "involved", "other", "none") == "-"
    world.session.info.pop("stands_in_for", None)
    assert case_letter(world, "member", "involved", "other", "none") == "-"


# ---------------------------------------------------------------- without the rights
def test_control_without_levels_the_tables_are_broken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visibility, "_everything", lambda _session: True)
    assert differing(world, lines(CASES, 3), case_letter)
    assert differing(world, lines(REPORTS, 3), report_letter)
    assert differing(world, lines(GROUP_PARTS, 2), group_letter)
    assert differing(world, lines(MEETINGS, 1), meeting_letter)
    assert differing(world, lines(ACTIONS, 1), action_letter)
