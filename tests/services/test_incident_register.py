from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.domain.incidents import IncidentQuery
from wbos_desktop.services import cases, incident_register

D = dt.date


@pytest.fixture
def group(session: Session) -> int:
    return factories.make_group(session, name="2B")


@pytest.fixture
def register(session: Session, group: int) -> dict[str, int]:
    """Incidents by what they are: an old note, a new note, an open and a late case."""
    found = {
        "old": factories.make_incident(
            session, kind_code="ruzie", happened_on=D(2026, 9, 1), group_ids=(group,)
        ),
        "note": factories.make_incident(session, kind_code="schelden", text="Straattaal"),
        "waiting": factories.make_incident(session, kind_code="bedreigen"),
    }
    late = factories.make_case(session, "PST", happened_on=D(2026, 11, 20), group_ids=(group,))
    found["late"] = cases.get_case(session, late).incidents[0].id
    old = session.info["context"]
    session.info["context"] = replace(
        old, now=old.now + dt.timedelta(days=6), today=old.today + dt.timedelta(days=6)
    )
    running = factories.make_case(session, "KRT")
    found["running"] = cases.get_case(session, running).incidents[0].id
    return found


def _found(session: Session, register: dict[str, int], **query: object) -> list[str]:
    names = {incident_id: name for name, incident_id in register.items()}
    ids = incident_register.find_ids(session, IncidentQuery(**query))  # type: ignore[arg-type]
    return [names[incident_id] for incident_id in ids]


def test_late_first_then_open_then_the_rest(session: Session, register: dict[str, int]) -> None:
    assert _found(session, register) == ["late", "running", "waiting", "note", "old"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": "active"}, ["late", "running", "waiting", "note"]),
        ({"status": "open"}, ["late", "running", "waiting"]),
        ({"status": "late"}, ["late"]),
        ({"status": "assess"}, ["waiting"]),
        ({"status": "note"}, ["note", "old"]),
        ({"status": "closed"}, []),
        ({"kind_code": "ruzie"}, ["old"]),
        ({"since": D(2026, 11, 1), "until": D(2026, 11, 24)}, ["late", "waiting", "note"]),
        ({"text": "STRAATTAAL"}, ["note"]),
        ({"text": "2026-001"}, ["old"]),
        ({"text": "100%"}, []),
    ],
)
def test_filters(
    session: Session, register: dict[str, int], query: dict[str, object], expected: list[str]
) -> None:
    assert _found(session, register, **query) == expected


def test_filter_on_group_and_name(session: Session, register: dict[str, int], group: int) -> None:
    assert _found(session, register, group_id=group) == ["late", "old"]
    seyma = factories.make_pupil(session, given_name="Şeyma", sort_name="yilmaz seyma")
    from wbos_desktop.domain.incidents import InvolvedDraft

    person = (InvolvedDraft(pupil_id=seyma),)
    register["seyma"] = factories.make_incident(session, kind_code="ruzie", persons=person)
    assert _found(session, register, text="seyma") == ["seyma"]
    assert _found(session, register, text="Şeyma ruzie") == ["seyma"]


def test_a_row_shows_what_the_table_needs(session: Session, register: dict[str, int]) -> None:
    rows = incident_register.load_rows(session, list(register.values()))
    late = rows[register["late"]]
    assert (late.status, late.groups, late.persons) == ("open", ("2B",), ("Ya", "Da", "Se"))
    assert [track for track, _progress in late.tracks] == ["consequence", "repair", "support"]
    assert late.next_step == "Maak het veilig"
    assert late.next_due.late
    assert (rows[register["note"]].status, rows[register["waiting"]].status) == ("note", "assess")
    assert rows[register["note"]].tracks == ()


def test_what_is_hidden_is_in_no_list(session: Session, register: dict[str, int]) -> None:
    everything = len(incident_register.find_ids(session))
    case_id = factories.make_case(session, "ONL")
    incident_id = cases.get_case(session, case_id).incidents[0].id
    stranger = factories.make_staff(session)
    session.info["context"] = replace(session.info["context"], staff_id=stranger)
    assert len(incident_register.find_ids(session)) == everything
    assert incident_register.load_rows(session, [incident_id]) == {}
    assert incident_register.count_cases(session).open_cases == 2
