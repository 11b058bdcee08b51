"""Incidents, protocols and cases."""

import sqlalchemy as sa
from alembic import op

from wbos_desktop.db.migrations.record import record_columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _make_protocol_templates()
    _make_template_versions()
    _make_cases()
    _make_case_log()
    _make_case_tracks()
    _make_case_viewers()
    _make_incidents()
    _make_incident_groups()
    _make_involved_persons()
    _make_case_steps()


def downgrade() -> None:
    """Drop the tables, last made first."""
    for name in _TABLES:
        op.drop_table(name)


def _make_protocol_templates() -> None:
    op.create_table(
        "protocol_templates",
        *record_columns(),
        sa.Column("code", sa.String(12), nullable=False, unique=True),
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
    )


def _make_template_versions() -> None:
    op.create_table(
        "template_versions",
        *record_columns(),
        sa.Column(
            "template_id", sa.Integer(), sa.ForeignKey("protocol_templates.id"), nullable=False
        ),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("approved_on", sa.Date()),
        sa.UniqueConstraint("template_id", "edition"),
    )
    op.create_index("ix_template_versions_template_id", "template_versions", ["template_id"])


def _make_cases() -> None:
    op.create_table(
        "cases",
        *record_columns(),
        sa.Column("number", sa.String(12), nullable=False, unique=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "template_version_id",
            sa.Integer(),
            sa.ForeignKey("template_versions.id"),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("look_back", sa.String(), nullable=False),
        sa.Column("closing_checks", sa.JSON(), nullable=False),
        sa.Column("closing_reason", sa.String(), nullable=False),
        sa.Column("reopened_on", sa.Date()),
        sa.Column("next_due_on", sa.Date()),
        sa.Column("next_due_at", sa.DateTime()),
    )
    op.create_index("ix_cases_owner_id", "cases", ["owner_id"])
    op.create_index("ix_cases_state_next_due_on", "cases", ["state", "next_due_on"])


def _make_case_log() -> None:
    op.create_table(
        "case_log",
        *record_columns(),
        sa.Column(
            "case_id", sa.Integer(), sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id")),
    )
    op.create_index("ix_case_log_case_id", "case_log", ["case_id"])


def _make_case_tracks() -> None:
    op.create_table(
        "case_tracks",
        *record_columns(),
        sa.Column(
            "case_id", sa.Integer(), sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("track", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_on", sa.Date()),
    )
    op.create_index("ix_case_tracks_case_id", "case_tracks", ["case_id"])


def _make_case_viewers() -> None:
    op.create_table(
        "case_viewers",
        *record_columns(),
        sa.Column(
            "case_id", sa.Integer(), sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
    )
    op.create_index("ix_case_viewers_case_id", "case_viewers", ["case_id"])
    op.create_index("ix_case_viewers_staff_id_case_id", "case_viewers", ["staff_id", "case_id"])


def _make_incidents() -> None:
    op.create_table(
        "incidents",
        *record_columns(),
        sa.Column("number", sa.String(12), nullable=False, unique=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("kind_code", sa.String(30), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("happened_time", sa.Time()),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.Column("place", sa.String(20), nullable=False),
        sa.Column("part_of_day", sa.String(20), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("reporter_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("reporter_name", sa.String(), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("heard_from", sa.String(), nullable=False),
        sa.Column("safe", sa.String(10), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id")),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("police", sa.Boolean(), nullable=False),
        sa.Column("police_on", sa.Date()),
        sa.Column("police_reference", sa.String(), nullable=False),
        sa.Column("reporter_told_on", sa.Date()),
        sa.Column("assessed_on", sa.Date()),
        sa.Column("assessed_by_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("search_text", sa.String(), nullable=False),
    )
    op.create_index("ix_incidents_case_id", "incidents", ["case_id"])
    op.create_index(
        "ix_incidents_happened_on_id_deleted_at", "incidents", ["happened_on", "id", "deleted_at"]
    )
    op.create_index("ix_incidents_kind_code_happened_on", "incidents", ["kind_code", "happened_on"])
    op.create_index("ix_incidents_level", "incidents", ["level"])
    op.create_index("ix_incidents_reporter_id", "incidents", ["reporter_id"])
    op.create_index("ix_incidents_state_happened_on", "incidents", ["state", "happened_on"])


def _make_incident_groups() -> None:
    op.create_table(
        "incident_groups",
        sa.Column(
            "incident_id",
            sa.Integer(),
            sa.ForeignKey("incidents.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("groups.id"), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
    )
    op.create_index(
        "ix_incident_groups_group_id_incident_id", "incident_groups", ["group_id", "incident_id"]
    )


def _make_involved_persons() -> None:
    op.create_table(
        "involved_persons",
        *record_columns(),
        sa.Column(
            "incident_id",
            sa.Integer(),
            sa.ForeignKey("incidents.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), sa.ForeignKey("pupils.id")),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("outsider_name", sa.String(), nullable=False),
        sa.Column("unknown", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("role_note", sa.String(40), nullable=False),
        sa.Column("role_source", sa.String(10), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("injury", sa.String(10), nullable=False),
        sa.Column("heard_on", sa.Date()),
        sa.Column("heard_by_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("parents_informed_on", sa.Date()),
        sa.Column("parents_informed_by_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("parents_informed_how", sa.String(), nullable=False),
    )
    op.create_index("ix_involved_persons_incident_id", "involved_persons", ["incident_id"])
    op.create_index("ix_involved_persons_pupil_id", "involved_persons", ["pupil_id"])
    op.create_index("ix_involved_persons_staff_id", "involved_persons", ["staff_id"])


def _make_case_steps() -> None:
    op.create_table(
        "case_steps",
        *record_columns(),
        sa.Column(
            "case_id", sa.Integer(), sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("track", sa.String(12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("concerns", sa.String(15), nullable=False),
        sa.Column("involved_id", sa.Integer(), sa.ForeignKey("involved_persons.id")),
        sa.Column("responsible_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("responsible_roles", sa.JSON(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("due_at", sa.DateTime()),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("due_kind", sa.String(10), nullable=False),
        sa.Column("statutory", sa.Boolean(), nullable=False),
        sa.Column("statutory_note", sa.String(), nullable=False),
        sa.Column("optional", sa.Boolean(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("condition_answer", sa.String(10), nullable=False),
        sa.Column("waits_for", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("done_on", sa.Date()),
        sa.Column("done_at", sa.DateTime()),
        sa.Column("done_by_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("passed_on_on", sa.Date()),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("skipped_reason", sa.String(), nullable=False),
        sa.Column("sets_base", sa.String(20), nullable=False),
        sa.Column("base_date", sa.Date()),
        sa.Column("requires", sa.JSON(), nullable=False),
        sa.Column("decision_options", sa.JSON(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
    )
    op.create_index("ix_case_steps_case_id", "case_steps", ["case_id"])
    op.create_index("ix_case_steps_involved_id", "case_steps", ["involved_id"])
    op.create_index("ix_case_steps_responsible_id", "case_steps", ["responsible_id"])
    op.create_index("ix_case_steps_responsible_id_state", "case_steps", ["responsible_id", "state"])
    op.create_index("ix_case_steps_state_due_on", "case_steps", ["state", "due_on"])


_TABLES = [
    "case_steps",
    "involved_persons",
    "incident_groups",
    "incidents",
    "case_viewers",
    "case_tracks",
    "case_log",
    "cases",
    "template_versions",
    "protocol_templates",
]
