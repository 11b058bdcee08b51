"""Values of records in the words of the window: codes, days, and ids of people and things."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case, TemplateVersion
from wbos_desktop.db.models.incidents import InvolvedPerson
from wbos_desktop.db.models.meetings import Meeting
from wbos_desktop.db.models.norms import Norm
from wbos_desktop.db.models.scenarios import Scenario
from wbos_desktop.db.models.school import Group, Pupil, Staff, User
from wbos_desktop.domain import cases, incidents, meetings, norms, profiles, scenarios, tracks
from wbos_desktop.domain.people import display_name
from wbos_desktop.domain.program_lines import in_words
from wbos_desktop.domain.record_labels import record_label
from wbos_desktop.i18n import _, date_long, date_short, time_text

from .incident_kinds import kind_title, place_title
from .people import list_roles
from .visibility import visible_cases

STAFF_FIELDS = frozenset(
    {"owner_id", "reporter_id", "responsible_id", "done_by_id", "heard_by_id", "assessed_by_id"}
    | {"parents_informed_by_id", "chair_id", "minutes_taker_id", "staff_id", "observer_id"}
    | {"author_id", "added_by_id", "absent_id", "deputy_id", "received_by_id"}
)
LONGEST_SUBJECT = 60
# Records that have no words of their own: they are called after what they refer to.
_NAMED_BY_ID = frozenset(
    {"case_viewers", "profile_norms", "profile_observers", "norm_responses", "observation_pupils"}
    | {"agenda_items", "meeting_attendees", "users", "deputies", "memberships", "group_mentors"}
    | {"stated_views"}
)
_GONE = {"include_deleted": True}


class Words:
    """Turns values into words for one question; asks each table at most once a kind of thing."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, dict[int, str]] = {}
        self._roles: dict[str, str] | None = None

    def value(self, table: str, field: str, value: Any) -> str:
        """The value of a field as a reader says it; empty for nothing."""
        if value is None or value == "" or value == []:
            return ""
        if field in STAFF_FIELDS:
            return self.name("staff", value)
        if field.endswith("_id"):
            return self.name(field.removesuffix("_id"), value)
        if table in ("staff_roles",) and field == "role":
            return self._role(str(value))
        if isinstance(value, list):
            parts = [self.value(table, f"{field}[]", part) for part in value]
            return ", ".join(part for part in parts if part)
        reader = _READERS.get((table, field)) or _READERS.get(("", field))
        if reader is not None and not isinstance(value, bool):
            return _in_words(reader, value)
        return self._plain(value)

    def _plain(self, value: Any) -> str:
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, dt.datetime):
            local = value.astimezone(context(self._session).now.tzinfo) if value.tzinfo else value
            return _("{day}, {time}").format(
                day=date_short(local.date()), time=time_text(local.time())
            )
        if isinstance(value, dt.date):
            return date_long(value)
        if isinstance(value, dt.time):
            return time_text(value)
        return in_words(str(value))

    def _role(self, code: str) -> str:
        if self._roles is None:
            self._roles = {role.code: role.title for role in list_roles(self._session)}
        return self._roles.get(code, code)

    def name(self, kind: str, record_id: int) -> str:
        """The name of a colleague, pupil, group, norm, case and so on; '#12' for an unknown one."""
        known = self._known.setdefault(kind, {})
        if record_id not in known:
            reader = _NAMES.get(kind)
            known[record_id] = (reader(self._session, record_id) if reader else "") or (
                f"#{record_id}"
            )
        return known[record_id]

    def user(self, user_id: int | None) -> str:
        """Who acted: the name of the colleague; 'WBOS' while the vault was being made."""
        if user_id is None:
            return _("WBOS")
        return self.name("user", user_id)

    def subject(self, table: str, values: dict[str, Any]) -> str:
        """'Stap: Gesprek met ouders': what a record is, and which one."""
        which = self.which(table, values)
        label = record_label(table)
        if not which:
            return label
        if len(which) > LONGEST_SUBJECT:
            which = which[: LONGEST_SUBJECT - 1].rsplit(" ", 1)[0] + "…"
        return _("{what}: {which}").format(what=label, which=which)

    def which(self, table: str, values: dict[str, Any]) -> str:
        """Which record of its kind, in as many words as it has: a name, a number, its text."""
        if table == "involved_persons":
            return self.person(values)
        if table == "case_tracks":
            return tracks.title(values["track"])
        if table in ("cases", "incidents"):
            return str(values["number"])
        if table == "profiles":
            group, day = self.name("group", values["group_id"]), values["observed_on"]
            return _("{group}, {day}").format(group=group, day=date_short(day))
        if table == "observations":
            return self.name("group", values["group_id"])
        if table in ("staff", "pupils"):
            parts = (values["given_name"], values["name_prefix"], values["family_name"])
            return display_name(*parts)
        by_id = table in _NAMED_BY_ID
        for field in ("norm_id", "staff_id", "pupil_id", "group_id", "case_id", "scenario_id"):
            if by_id and values.get(field):
                return self.value(table, field, values[field])
        for field in ("title", "label", "text", "external_name", "name", "used_on", "starts_at"):
            if table == "stated_views":  # what somebody said is no name
                break
            if values.get(field):
                return self.value(table, field, values[field]).replace("\n", " ")
        return ""

    def person(self, values: dict[str, Any]) -> str:
        """The name of an involved person."""
        if values.get("pupil_id"):
            return self.name("pupil", values["pupil_id"])
        if values.get("staff_id"):
            return self.name("staff", values["staff_id"])
        return values.get("outsider_name") or _("Unknown pupil")


# ---------------------------------------------------------------- names of things
def _staff_name(session: Session, staff_id: int) -> str:
    columns = (Staff.given_name, Staff.name_prefix, Staff.family_name)
    row = session.execute(
        select(*columns).where(Staff.id == staff_id), execution_options=_GONE
    ).first()
    return display_name(*row) if row else ""


def _user_name(session: Session, user_id: int) -> str:
    staff_id = session.scalar(
        select(User.staff_id).where(User.id == user_id), execution_options=_GONE
    )
    return _staff_name(session, staff_id) if staff_id else ""


def _pupil_name(session: Session, pupil_id: int) -> str:
    columns = (Pupil.given_name, Pupil.name_prefix, Pupil.family_name)
    row = session.execute(
        select(*columns).where(Pupil.id == pupil_id), execution_options=_GONE
    ).first()
    return display_name(*row) if row else ""


def _case_number(session: Session, case_id: int) -> str:
    found = select(Case.number).where(Case.id == case_id, visible_cases(session))
    return session.scalar(found) or _("A case that you can't open")


def _person_name(session: Session, involved_id: int) -> str:
    person = session.get(InvolvedPerson, involved_id, execution_options=_GONE)
    if person is None:
        return ""
    values = {"pupil_id": person.pupil_id, "staff_id": person.staff_id}
    return Words(session).person(values | {"outsider_name": person.outsider_name})


def _column(column: Any) -> Callable[[Session, int], str]:
    def read(session: Session, record_id: int) -> str:
        statement = select(column).where(column.class_.id == record_id)
        return session.scalar(statement, execution_options=_GONE) or ""

    return read


def _meeting_name(session: Session, meeting_id: int) -> str:
    columns = select(Meeting.kind, Meeting.starts_at).where(Meeting.id == meeting_id)
    row = session.execute(columns, execution_options=_GONE).first()
    return f"{meetings.kind_text(row.kind)}, {date_short(row.starts_at.date())}" if row else ""


_NAMES: dict[str, Callable[[Session, int], str]] = {
    "staff": _staff_name,
    "user": _user_name,
    "pupil": _pupil_name,
    "case": _case_number,
    "involved": _person_name,
    "group": _column(Group.name),
    "norm": _column(Norm.title),
    "scenario": _column(Scenario.title),
    "template_version": _column(TemplateVersion.title),
    "meeting": _meeting_name,
}


# ---------------------------------------------------------------- codes
def _in_words(reader: Callable[[Any], str], value: Any) -> str:
    """A code of another day may be unknown now: then the code itself."""
    try:
        return reader(value) or str(value)
    except (KeyError, IndexError):
        return str(value)


def _step_state(code: str) -> str:
    return {
        "waiting": _("If needed"),
        "open": _("To do"),
        "done": _("Done"),
        "skipped": _("Skipped"),
    }[code]


def _action_state(code: str) -> str:
    return {"open": _("To do"), "done": _("Done"), "dropped": _("Not needed")}[code]


def _incident_state(code: str) -> str:
    return {"to_assess": _("To assess"), "note": _("Note"), "case": _("Case")}[code]


def _answer(code: str) -> str:
    return {"yes": _("Yes"), "no": _("No"), "unknown": _("Not known"), "doctor": _("Yes, doctor")}[
        code
    ]


def _waits_for(code: str) -> str:
    return {"ill": _("Waits: ill"), "police": _("Waits for the police")}[code]


def _role_source(code: str) -> str:
    return {"reporter": _("the reporter"), "heard": _("the talk itself")}[code]


def _basis(code: str) -> str:
    return {"consent": _("Consent"), "ground": _("Other ground")}[code]


def _user_role(code: str) -> str:
    return {
        "coordinator": _("Coordinator"),
        "member": _("Team member"),
        "lead": _("School lead"),
        "reader": _("Reader"),
    }[code]


def _day_kind(code: str) -> str:
    return {
        "holiday": _("Holiday"),
        "study_day": _("Study day"),
        "half_day": _("Half day"),
    }[code]


def _cue_kind(code: str) -> str:
    return {
        "utterance": _("Utterance"),
        "behaviour": _("Behaviour"),
        "online": _("Online"),
    }[code]


_READERS: dict[tuple[str, str], Callable[[Any], str]] = {
    ("", "kind_code"): kind_title,
    ("", "severity"): incidents.severity_text,
    ("", "phase"): norms.phase_title,
    ("", "strength"): norms.strength_title,
    ("", "sequence[]"): norms.response_title,
    ("", "injury"): _answer,
    ("", "safe"): _answer,
    ("", "condition_answer"): _answer,
    ("", "informed"): _answer,
    ("", "external_basis"): _basis,
    ("", "waits_for"): _waits_for,
    ("", "role_source"): _role_source,
    ("", "aim"): meetings.aim_text,
    ("", "aimed_at"): scenarios.aimed_at_text,
    ("", "helped"): scenarios.helped_text,
    ("cases", "level"): incidents.level_text,
    ("incidents", "level"): incidents.level_text,
    ("scenarios", "level"): scenarios.level_text,
    ("scenarios", "place"): scenarios.place_text,
    ("scenarios", "status"): scenarios.status_text,
    ("scenarios", "responses[]"): scenarios.response_text,
    ("profiles", "status"): profiles.status_title,
    ("incidents", "place"): place_title,
    ("incidents", "state"): _incident_state,
    ("cases", "state"): cases.case_state_text,
    ("case_steps", "state"): _step_state,
    ("case_tracks", "state"): tracks.state_text,
    ("actions", "state"): _action_state,
    ("meetings", "state"): meetings.state_text,
    ("meetings", "kind"): meetings.kind_text,
    ("observations", "kind"): _cue_kind,
    ("calendar_days", "kind"): _day_kind,
    ("involved_persons", "role"): incidents.role_text,
    ("users", "role"): _user_role,
}
