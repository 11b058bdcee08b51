"""The school: years, calendar, people, groups, what was read in; norms and profiles."""

import sqlalchemy as sa
from alembic import op

from wbos_desktop.db.migrations.record import record_columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _make_emergency_contacts()
    _make_norm_cues()
    _make_norms()
    _make_pupils()
    _make_school()
    _make_school_years()
    _make_staff()
    _make_calendar_days()
    _make_groups()
    _make_import_runs()
    _make_staff_roles()
    _make_users()
    _make_group_mentors()
    _make_memberships()
    _make_profiles()
    _make_norm_responses()
    _make_observations()
    _make_planned_observations()
    _make_presence_checks()
    _make_profile_norms()
    _make_profile_observers()
    _make_observation_pupils()


def downgrade() -> None:
    """Drop the tables, last made first."""
    for name in _TABLES:
        op.drop_table(name)


def _make_emergency_contacts() -> None:
    op.create_table(
        "emergency_contacts",
        *record_columns(),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
    )


def _make_norm_cues() -> None:
    op.create_table(
        "norm_cues",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(16), nullable=False, unique=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("norms", sa.JSON(), nullable=False),
        sa.Column("sectors", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
    )


def _make_norms() -> None:
    op.create_table(
        "norms",
        *record_columns(),
        sa.Column("code", sa.String(8), nullable=False, unique=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("subtitle", sa.String(), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("recognise", sa.String(), nullable=False),
        sa.Column("lookalikes", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(8), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("catalogue_version", sa.Integer()),
    )


def _make_pupils() -> None:
    op.create_table(
        "pupils",
        *record_columns(),
        sa.Column("pupil_number", sa.String(), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("name_prefix", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("sort_name", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date()),
        sa.Column("enrolled_on", sa.Date()),
        sa.Column("left_on", sa.Date()),
    )
    op.create_index("ix_pupils_pupil_number", "pupils", ["pupil_number"])
    op.create_index("ix_pupils_sort_name", "pupils", ["sort_name"])
    op.create_index("ix_pupils_source_key", "pupils", ["source_key"])


def _make_school() -> None:
    op.create_table(
        "school",
        *record_columns(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sector", sa.String(4), nullable=False),
        sa.Column("brin", sa.String(), nullable=False),
        sa.Column("print_line", sa.String(), nullable=False),
        sa.Column("catalogue_versions", sa.JSON(), nullable=False),
    )


def _make_school_years() -> None:
    op.create_table(
        "school_years",
        *record_columns(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("week_pattern", sa.String(7), nullable=False),
    )
    op.create_index("ix_school_years_name", "school_years", ["name"])


def _make_staff() -> None:
    op.create_table(
        "staff",
        *record_columns(),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("name_prefix", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("sort_name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_staff_sort_name", "staff", ["sort_name"])
    op.create_index("ix_staff_source_key", "staff", ["source_key"])


def _make_calendar_days() -> None:
    op.create_table(
        "calendar_days",
        *record_columns(),
        sa.Column("school_year_id", sa.Integer(), sa.ForeignKey("school_years.id"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
    )
    op.create_index("ix_calendar_days_school_year_id", "calendar_days", ["school_year_id"])


def _make_groups() -> None:
    op.create_table(
        "groups",
        *record_columns(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("school_year_id", sa.Integer(), sa.ForeignKey("school_years.id"), nullable=False),
        sa.Column("sector", sa.String(4), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("year_level", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
    )
    op.create_index("ix_groups_school_year_id", "groups", ["school_year_id"])
    op.create_index("ix_groups_source_key", "groups", ["source_key"])


def _make_import_runs() -> None:
    op.create_table(
        "import_runs",
        *record_columns(),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("format", sa.String(20), nullable=False),
        sa.Column("school_year_id", sa.Integer(), sa.ForeignKey("school_years.id")),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )


def _make_staff_roles() -> None:
    op.create_table(
        "staff_roles",
        *record_columns(),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
    )
    op.create_index("ix_staff_roles_role", "staff_roles", ["role"])
    op.create_index("ix_staff_roles_staff_id", "staff_roles", ["staff_id"])


def _make_users() -> None:
    op.create_table(
        "users",
        *record_columns(),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("slot_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_users_slot_id", "users", ["slot_id"])
    op.create_index("ix_users_staff_id", "users", ["staff_id"])


def _make_group_mentors() -> None:
    op.create_table(
        "group_mentors",
        *record_columns(),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("groups.id"), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
    )
    op.create_index("ix_group_mentors_group_id", "group_mentors", ["group_id"])
    op.create_index("ix_group_mentors_staff_id", "group_mentors", ["staff_id"])


def _make_memberships() -> None:
    op.create_table(
        "memberships",
        *record_columns(),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("groups.id"), nullable=False),
        sa.Column("pupil_id", sa.Integer(), sa.ForeignKey("pupils.id"), nullable=False),
        sa.Column("member_from", sa.Date()),
        sa.Column("member_to", sa.Date()),
    )
    op.create_index("ix_memberships_group_id", "memberships", ["group_id"])
    op.create_index("ix_memberships_pupil_id", "memberships", ["pupil_id"])
    op.create_index("ix_memberships_pupil_id_group_id", "memberships", ["pupil_id", "group_id"])


def _make_profiles() -> None:
    op.create_table(
        "profiles",
        *record_columns(),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("groups.id"), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("phase", sa.String(12), nullable=False),
        sa.Column("phase_evidence", sa.String(), nullable=False),
        sa.Column("heard", sa.String(), nullable=False),
        sa.Column("seen", sa.String(), nullable=False),
        sa.Column("by_whom", sa.String(), nullable=False),
        sa.Column("climate", sa.String(), nullable=False),
        sa.Column("influence", sa.String(), nullable=False),
        sa.Column("subgroups", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("wished_norm", sa.String(), nullable=False),
        sa.Column("next_observation_on", sa.Date()),
        sa.Column("edition", sa.Integer(), nullable=False),
    )
    op.create_index("ix_profiles_group_id_observed_on", "profiles", ["group_id", "observed_on"])


def _make_norm_responses() -> None:
    op.create_table(
        "norm_responses",
        *record_columns(),
        sa.Column("profile_id", sa.Integer(), sa.ForeignKey("profiles.id"), nullable=False),
        sa.Column("norm_id", sa.Integer(), sa.ForeignKey("norms.id"), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("sequence", sa.JSON(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
    )
    op.create_index("ix_norm_responses_profile_id", "norm_responses", ["profile_id"])


def _make_observations() -> None:
    op.create_table(
        "observations",
        *record_columns(),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("groups.id"), nullable=False),
        sa.Column("profile_id", sa.Integer(), sa.ForeignKey("profiles.id")),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("norm_id", sa.Integer(), sa.ForeignKey("norms.id")),
        sa.Column("observer_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("layer", sa.String(16), nullable=False),
    )
    op.create_index(
        "ix_observations_group_id_observed_on", "observations", ["group_id", "observed_on"]
    )
    op.create_index("ix_observations_profile_id", "observations", ["profile_id"])


def _make_planned_observations() -> None:
    op.create_table(
        "planned_observations",
        *record_columns(),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("groups.id"), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("observer_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("profile_id", sa.Integer(), sa.ForeignKey("profiles.id")),
    )
    op.create_index("ix_planned_observations_group_id", "planned_observations", ["group_id"])


def _make_presence_checks() -> None:
    op.create_table(
        "presence_checks",
        *record_columns(),
        sa.Column("profile_id", sa.Integer(), sa.ForeignKey("profiles.id"), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("relaxed", sa.String(), nullable=False),
        sa.Column("got_room", sa.String(), nullable=False),
        sa.Column("not_yet", sa.String(), nullable=False),
    )
    op.create_index("ix_presence_checks_profile_id", "presence_checks", ["profile_id"])


def _make_profile_norms() -> None:
    op.create_table(
        "profile_norms",
        *record_columns(),
        sa.Column("profile_id", sa.Integer(), sa.ForeignKey("profiles.id"), nullable=False),
        sa.Column("norm_id", sa.Integer(), sa.ForeignKey("norms.id"), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
    )
    op.create_index("ix_profile_norms_norm_id", "profile_norms", ["norm_id"])
    op.create_index("ix_profile_norms_profile_id", "profile_norms", ["profile_id"])


def _make_profile_observers() -> None:
    op.create_table(
        "profile_observers",
        *record_columns(),
        sa.Column("profile_id", sa.Integer(), sa.ForeignKey("profiles.id"), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
    )
    op.create_index("ix_profile_observers_profile_id", "profile_observers", ["profile_id"])


def _make_observation_pupils() -> None:
    op.create_table(
        "observation_pupils",
        *record_columns(),
        sa.Column("observation_id", sa.Integer(), sa.ForeignKey("observations.id"), nullable=False),
        sa.Column("pupil_id", sa.Integer(), sa.ForeignKey("pupils.id"), nullable=False),
    )
    op.create_index(
        "ix_observation_pupils_observation_id", "observation_pupils", ["observation_id"]
    )
    op.create_index("ix_observation_pupils_pupil_id", "observation_pupils", ["pupil_id"])


_TABLES = [
    "observation_pupils",
    "profile_observers",
    "profile_norms",
    "presence_checks",
    "planned_observations",
    "observations",
    "norm_responses",
    "profiles",
    "memberships",
    "group_mentors",
    "users",
    "staff_roles",
    "import_runs",
    "groups",
    "calendar_days",
    "staff",
    "school_years",
    "school",
    "pupils",
    "norms",
    "norm_cues",
    "emergency_contacts",
]
