"""Objects for tests with valid defaults: make_<noun>(session, **overrides) -> id.

Each section belongs to the module of its noun; add yours at the end.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from wbos_desktop.db.models import meetings, scenarios, school
from wbos_desktop.domain.incidents import IncidentDraft, InvolvedDraft
from wbos_desktop.domain.profiles import ProfileDraft
from wbos_desktop.services import assessments, incidents, norms, profiles, protocols

_numbers = count(1)


# ---------------------------------------------------------------- school and people
def make_school(session: Session) -> tuple[int, int]:
    """De Linde (VO) with school year 2026-2027 and its coordinator; (user id, staff id)."""
    session.add(school.School(name="De Linde", sector="VO", brin="", print_line="Vertrouwelijk"))
    year = school.SchoolYear(
        name="2026-2027",
        first_day=dt.date(2026, 8, 24),
        last_day=dt.date(2027, 7, 9),
        week_pattern="1111100",
    )
    karin = school.Staff(given_name="Karin", family_name="Bosman", name_prefix="", code="BOS")
    session.add_all([year, karin])
    session.flush()
    days = [
        (dt.date(2026, 10, 19), dt.date(2026, 10, 23), "holiday", "Herfstvakantie"),
        (dt.date(2026, 12, 21), dt.date(2027, 1, 1), "holiday", "Kerstvakantie"),
    ]
    for first, last, kind, label in days:
        session.add(
            school.CalendarDay(
                school_year_id=year.id, first_day=first, last_day=last, kind=kind, label=label
            )
        )
    user = school.User(staff_id=karin.id, role="coordinator", slot_id="", public_key=b"")
    session.add(user)
    session.flush()
    return user.id, karin.id


def make_staff(session: Session, **overrides: object) -> int:
    """A staff member with a fresh code."""
    n = next(_numbers)
    values = {"given_name": "Joost", "family_name": f"Veldkamp{n}", "name_prefix": ""}
    return _add(session, school.Staff(**(values | {"code": f"S{n}"} | overrides)))


def make_group(session: Session, **overrides: object) -> int:
    """A base group of this school year."""
    values: dict[str, object] = {
        "name": f"{next(_numbers)}B",
        "school_year_id": session.query(school.SchoolYear.id).limit(1).scalar(),
        "sector": "VO",
        "programme": "havo/vwo",
        "year_level": "2",
        "kind": "base",
    }
    return _add(session, school.Group(**(values | overrides)))


def make_pupil(session: Session, group_id: int | None = None, **overrides: object) -> int:
    """A pupil, and a membership from the first school day when a group is given."""
    n = next(_numbers)
    values: dict[str, object] = {
        "pupil_number": str(10000 + n),
        "given_name": "Daan",
        "name_prefix": "",
        "family_name": "Bakker",
        "sort_name": "bakker, daan",
    }
    pupil_id = _add(session, school.Pupil(**(values | overrides)))
    if group_id is not None:
        _add(
            session,
            school.Membership(
                group_id=group_id, pupil_id=pupil_id, member_from=dt.date(2026, 8, 24)
            ),
        )
    return pupil_id


def _add(session: Session, record: object) -> int:
    session.add(record)
    session.flush()
    found = getattr(record, "id")  # noqa: B009
    assert isinstance(found, int)
    return found


# ---------------------------------------------------------------- norms and profiles
def make_norms(session: Session) -> None:
    """The shipped norm catalogue."""
    norms.install_catalogue(session)


def make_profile(session: Session, group_id: int, **overrides: object) -> int:
    """A profile of 2 November with norm D dominant, by the acting teacher."""
    make_norms(session)
    values: dict[str, Any] = {
        "observed_on": dt.date(2026, 11, 2),
        "heard": "Het is maar een prank hoor!",
        "strengths": {"M": 1, "D": 3},
        "phase": "norming",
    }
    return profiles.save_profile(session, ProfileDraft(group_id, **(values | overrides)))


# ---------------------------------------------------------------- scenarios and meetings
def make_scenario(session: Session, **overrides: object) -> int:
    """A scenario of the school about norm D, in class."""
    n = next(_numbers)
    values: dict[str, object] = {
        "code": f"X-{n}",
        "title": "Het is maar een grap",
        "norms": ["D"],
        "level": "class",
        "sectors": ["vo"],
        "responses": ["steer"],
        "aimed_at": "whole_group",
        "place": "class",
        "if_text": "een leerling een ander voor gek zet",
        "physical": "loop rustig naar de plek toe",
        "so_that": "iedereen zijn plek houdt",
        "tags": [],
        "origin": "school",
        "status": "concept",
    }
    return _add(session, scenarios.Scenario(**(values | overrides)))


def make_meeting(session: Session, **overrides: object) -> int:
    """The care team on Thursday 26 November 2026, 13.30 to 14.30, planned, nothing on it."""
    values: dict[str, object] = {
        "kind": "care_team",
        "starts_at": dt.datetime(2026, 11, 26, 13, 30),
        "ends_at": dt.datetime(2026, 11, 26, 14, 30),
        "place": "A1.04",
        "state": "planned",
    }
    return _add(session, meetings.Meeting(**(values | overrides)))


# ---------------------------------------------------------------- incidents and cases
def make_incident(session: Session, **overrides: object) -> int:
    """A report of today on a photo in the group app: affected Yasmin, Daan did it, Sem joined."""
    protocols.install_catalogue(session)
    if "group_ids" not in overrides:
        overrides["group_ids"] = (make_group(session),)
    values: dict[str, Any] = {
        "text": "Een foto staat in de groepsapp. Er komt een sticker op.",
        "kind_code": "vernederen",
        "place": "online",
        "persons": make_involved(session),
    }
    return incidents.report_incident(session, IncidentDraft(**(values | overrides)))


def make_involved(session: Session) -> tuple[InvolvedDraft, ...]:
    """Yasmin (affected), Daan (did it) and Sem (joined in), as pupils."""
    roles = {"Yasmin": "affected", "Daan": "actor", "Sem": "joined"}
    return tuple(
        InvolvedDraft(
            pupil_id=make_pupil(session, given_name=name, sort_name=f"bakker {name.lower()}"),
            role=role,
        )
        for name, role in roles.items()
    )


def make_case(session: Session, template: str = "ONL", **overrides: object) -> int:
    """A case started today with a protocol on the incident of `make_incident`."""
    kinds = {"PST": "pesten", "GEW": "fysiek", "KRT": "vernieling", "ZRG": "weglopen"}
    if template in kinds:
        overrides = {"kind_code": kinds[template], "place": "corridor"} | overrides
    incident_id = make_incident(session, **overrides)
    proposal = assessments.propose_assessment(session, incident_id).draft
    case_id = assessments.assess_incident(session, replace(proposal, template_code=template))
    assert case_id is not None
    return case_id


def make_mentor(session: Session, group_id: int, staff_id: int) -> int:
    """Make somebody the first mentor of a group."""
    return _add(session, school.GroupMentor(group_id=group_id, staff_id=staff_id, position=0))
