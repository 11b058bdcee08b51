"""What tables and their fields are called for people, in the order that a history shows them.

A field that is not here is the program's own (search text, positions, copies for sorting) and
never shows.
"""

from __future__ import annotations

from wbos_desktop.i18n import _


def record_label(table: str) -> str:
    """'Stap' for case_steps; the bare name of a table that has no word yet."""
    return {
        "cases": _("Case"),
        "case_steps": _("Step"),
        "case_tracks": _("Track"),
        "case_log": _("Log"),
        "case_viewers": _("Listed person"),
        "incidents": _("Report"),
        "involved_persons": _("Involved person"),
        "attachments": _("Attachment"),
        "profiles": _("Observation of a group"),
        "profile_norms": _("Norm"),
        "profile_observers": _("Observer"),
        "norm_responses": _("Your response"),
        "presence_checks": _("A moment for yourself"),
        "observations": _("Single observation"),
        "observation_pupils": _("Pupil"),
        "planned_observations": _("Planned observation"),
        "scenarios": _("Scenario"),
        "scenario_practices": _("Practice session"),
        "scenario_uses": _("Use"),
        "scenario_picks": _("Choice of a scenario"),
        "scenario_keeps": _("Bookmark"),
        "meetings": _("Meeting"),
        "meeting_attendees": _("Participant"),
        "agenda_items": _("Agenda item"),
        "decisions": _("Decision"),
        "actions": _("Action"),
        "staff": _("Staff member"),
        "staff_roles": _("Role"),
        "users": _("User"),
        "deputies": _("Deputy"),
        "pupils": _("Pupil"),
        "memberships": _("Membership of a group"),
        "groups": _("Group"),
        "group_mentors": _("Mentor"),
        "school": _("School"),
        "school_years": _("School year"),
        "calendar_days": _("Days without lessons"),
        "emergency_contacts": _("Emergency number"),
        "norms": _("Norm"),
        "protocol_templates": _("Protocol"),
        "template_versions": _("Protocol"),
        "import_runs": _("List read in"),
        "exports": _("Export"),
        "vault_settings": _("Setting of the vault"),
        "vault": _("Vault"),
        "audit": _("Audit trail"),
        "retention_terms": _("Term of keeping"),
        "retention_holds": _("Reason to keep longer"),
        "destructions": _("Destruction"),
        "access_requests": _("Request for access"),
        "access_passages": _("Passage of a request for access"),
        "stated_views": _("View of parent or pupil"),
    }.get(table, table)


def field_labels(table: str) -> dict[str, str]:
    """The fields of a table that a history shows, with their names; empty for an unknown one."""
    makers = {
        "cases": _case,
        "case_steps": _step,
        "incidents": _incident,
        "involved_persons": _person,
        "profiles": _profile,
        "scenarios": _scenario,
        "meetings": _meeting,
        "agenda_items": _agenda_item,
        "staff": _staff,
        "pupils": _pupil,
        "actions": _action,
    }
    maker = makers.get(table)
    return maker() if maker else _small().get(table, {})


def _case() -> dict[str, str]:
    return {
        "title": _("Title"),
        "state": _("Status"),
        "owner_id": _("Case owner"),
        "level": _("Who may see it"),
        "template_version_id": _("Protocol"),
        "opened_on": _("Started on"),
        "closed_on": _("Closed on"),
        "look_back": _("Look back"),
        "closing_reason": _("Reason to close anyway"),
        "reopened_on": _("Reopened on"),
    }


def _step() -> dict[str, str]:
    return {
        "title": _("Step"),
        "text": _("Explanation"),
        "state": _("Status"),
        "responsible_id": _("Who does it"),
        "due_on": _("Due on"),
        "condition_answer": _("Answer"),
        "waits_for": _("Waits for"),
        "done_on": _("Done on"),
        "done_by_id": _("Done by"),
        "result": _("Result"),
        "decision": _("Decision"),
        "decided_by": _("Decision by"),
        "passed_on_on": _("Passed on, on"),
        "remark": _("Remark"),
        "evidence": _("How do you know"),
        "skipped_reason": _("Reason to skip"),
        "base_date": _("Day that later steps count from"),
    }


def _incident() -> dict[str, str]:
    return {
        "title": _("Title"),
        "text": _("What happened"),
        "kind_code": _("Kind"),
        "place": _("Where"),
        "severity": _("How serious"),
        "happened_on": _("When"),
        "happened_time": _("What time"),
        "part_of_day": _("Part of the day"),
        "group_id": _("Groups"),
        "reporter_id": _("Reported by"),
        "reporter_name": _("Reported by"),
        "heard_from": _("Heard it from"),
        "safe": _("Is everybody safe now?"),
        "level": _("Who may see it"),
        "state": _("Status"),
        "case_id": _("Case"),
        "ground": _("Ground of discrimination"),
        "police": _("Police"),
        "police_on": _("Reported to the police on"),
        "police_reference": _("Reference"),
        "reporter_told_on": _("Back to the reporter on"),
        "assessed_on": _("Assessed on"),
        "assessed_by_id": _("Assessed by"),
    }


def _person() -> dict[str, str]:
    return {
        "pupil_id": _("Who"),
        "staff_id": _("Who"),
        "outsider_name": _("Who"),
        "role": _("Role"),
        "role_note": _("Note on the role"),
        "role_source": _("According to"),
        "account": _("Own account"),
        "injury": _("Injury"),
        "heard_on": _("Heard on"),
        "heard_by_id": _("Heard by"),
        "parents_informed_on": _("Parents told on"),
        "parents_informed_by_id": _("Parents told by"),
        "parents_informed_how": _("Parents told how"),
    }


def _profile() -> dict[str, str]:
    return {
        "observed_on": _("Observed on"),
        "status": _("Status"),
        "place": _("Place"),
        "heard": _("What do you hear?"),
        "seen": _("What do you see?"),
        "by_whom": _("With whom?"),
        "phase": _("Group phase"),
        "phase_evidence": _("How do you know"),
        "climate": _("Climate"),
        "influence": _("Who has influence"),
        "subgroups": _("Subgroups"),
        "question": _("Question for the team"),
        "wished_norm": _("Wished norm"),
        "next_observation_on": _("Next observation"),
    }


def _scenario() -> dict[str, str]:
    return {
        "title": _("Title"),
        "status": _("Status"),
        "want_to_see": _("This I want to see"),
        "not_want_to_see": _("This I do not want to see"),
        "if_text": _("If"),
        "physical": _("Then, physically"),
        "nonverbal": _("Then, without words"),
        "verbal": _("Then, in words"),
        "timing": _("At what moment"),
        "so_that": _("So that"),
        "norms": _("Norms"),
        "responses": _("Response"),
        "level": _("Level"),
        "aimed_at": _("Aimed at"),
        "place": _("Place"),
        "tags": _("Tags"),
    }


def _meeting() -> dict[str, str]:
    return {
        "kind": _("Kind of meeting"),
        "starts_at": _("From"),
        "ends_at": _("To"),
        "place": _("Place"),
        "chair_id": _("Chair"),
        "minutes_taker_id": _("Minutes by"),
        "state": _("Status"),
    }


def _agenda_item() -> dict[str, str]:
    return {
        "title": _("Title"),
        "group_id": _("Group"),
        "case_id": _("Case"),
        "scenario_id": _("Scenario"),
        "minutes": _("Minutes"),
        "aim": _("Aim"),
        "question": _("Question for the meeting"),
        "informed": _("Do they know"),
        "informed_reason": _("Reason"),
        "external_basis": _("Ground to share"),
        "external_note": _("Who said so, when and for what"),
    }


def _staff() -> dict[str, str]:
    return {
        "given_name": _("First name"),
        "name_prefix": _("Prefix"),
        "family_name": _("Family name"),
        "code": _("Code"),
        "email": _("E-mail"),
        "active": _("Works here"),
    }


def _pupil() -> dict[str, str]:
    return {
        "given_name": _("Given name"),
        "name_prefix": _("Prefix"),
        "family_name": _("Family name"),
        "pupil_number": _("Pupil number"),
        "birth_date": _("Birth date"),
        "enrolled_on": _("At school since"),
        "left_on": _("Left on"),
    }


def _action() -> dict[str, str]:
    return {
        "text": _("Action"),
        "owner_id": _("Who"),
        "due_on": _("Due on"),
        "state": _("Status"),
        "done_on": _("Done on"),
        "carried_over": _("Times moved on"),
        "case_id": _("Case"),
        "group_id": _("Group"),
    }


def _small() -> dict[str, dict[str, str]]:
    return {
        "case_tracks": {"state": _("Status"), "reason": _("Reason"), "ended_on": _("Ended on")},
        "case_log": {"text": _("Text")},
        "case_viewers": {"staff_id": _("Who")},
        "attachments": {"title": _("Title"), "note": _("Note")},
        "profile_norms": {"strength": _("Strength")},
        "profile_observers": {"staff_id": _("Who")},
        "norm_responses": {"sequence": _("Response"), "how": _("How do you do that?")},
        "presence_checks": {
            "relaxed": _("Was I relaxed and alert?"),
            "got_room": _("Who got room?"),
            "not_yet": _("Who not yet?"),
        },
        "observations": {
            "observed_on": _("Day"),
            "place": _("Place"),
            "kind": _("Kind"),
            "text": _("What you saw or heard"),
            "norm_id": _("Norm"),
        },
        "observation_pupils": {"pupil_id": _("Who")},
        "scenario_practices": {
            "practised_on": _("Day"),
            "note": _("Note"),
            "sure": _("How sure do you feel?"),
        },
        "scenario_uses": {
            "used_on": _("Day"),
            "helped": _("Did it help?"),
            "note": _("Note"),
        },
        "meeting_attendees": {
            "staff_id": _("Who"),
            "external_name": _("Who"),
            "present": _("Was there"),
        },
        "decisions": {"text": _("Decision")},
        "staff_roles": {"role": _("Role"), "valid_from": _("From"), "valid_to": _("To")},
        "users": {"role": _("Role")},
        "memberships": {
            "group_id": _("Group"),
            "member_from": _("From"),
            "member_to": _("To"),
        },
        "group_mentors": {"staff_id": _("Who")},
        "calendar_days": {
            "first_day": _("First day"),
            "last_day": _("Last day"),
            "kind": _("Kind"),
            "label": _("Name"),
        },
        "stated_views": {"stated_on": _("Day"), "text": _("Text")},
        "emergency_contacts": {"label": _("Name"), "phone": _("Telephone number")},
    }
