"""Scenarios, meetings, and what the program itself keeps."""

import sqlalchemy as sa
from alembic import op

from wbos_desktop.db.migrations.record import record_columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _make_meetings()
    _make_scenarios()
    _make_audit()
    _make_changes()
    _make_drafts()
    _make_exports()
    _make_meeting_attendees()
    _make_preferences()
    _make_scenario_keeps()
    _make_scenario_practices()
    _make_agenda_items()
    _make_scenario_picks()
    _make_scenario_uses()
    _make_actions()
    _make_decisions()


def downgrade() -> None:
    """Drop the tables, last made first."""
    for name in _TABLES:
        op.drop_table(name)


def _make_meetings() -> None:
    op.create_table(
        "meetings",
        *record_columns(),
        sa.Column("kind", sa.String(15), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("place", sa.String(80), nullable=False),
        sa.Column("chair_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("minutes_taker_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("state", sa.String(10), nullable=False),
    )
    op.create_index("ix_meetings_starts_at", "meetings", ["starts_at"])


def _make_scenarios() -> None:
    op.create_table(
        "scenarios",
        *record_columns(),
        sa.Column("code", sa.String(20), nullable=False, unique=True),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("norms", sa.JSON(), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("sectors", sa.JSON(), nullable=False),
        sa.Column("responses", sa.JSON(), nullable=False),
        sa.Column("aimed_at", sa.String(20), nullable=False),
        sa.Column("place", sa.String(10), nullable=False),
        sa.Column("want_to_see", sa.Text(), nullable=False),
        sa.Column("not_want_to_see", sa.Text(), nullable=False),
        sa.Column("if_text", sa.Text(), nullable=False),
        sa.Column("physical", sa.Text(), nullable=False),
        sa.Column("nonverbal", sa.Text(), nullable=False),
        sa.Column("verbal", sa.Text(), nullable=False),
        sa.Column("timing", sa.Text(), nullable=False),
        sa.Column("so_that", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("author_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("based_on_id", sa.Integer(), sa.ForeignKey("scenarios.id")),
        sa.Column("search_text", sa.Text(), nullable=False),
    )


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id")),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("object_table", sa.String(60), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("mac", sa.LargeBinary(32), nullable=False),
    )


def _make_changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("gesture", sa.String(32), nullable=False),
        sa.Column("undoes", sa.String(32)),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id")),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("table_name", sa.String(60), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON()),
    )
    op.create_index("ix_changes_gesture", "changes", ["gesture"])
    op.create_index("ix_changes_record", "changes", ["table_name", "record_id"])


def _make_drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("form", sa.String(60), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("user_id", "form", "record_id"),
    )


def _make_exports() -> None:
    op.create_table(
        "exports",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id")),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("object_table", sa.String(60), nullable=False),
        sa.Column("object_id", sa.Integer()),
        sa.Column("names", sa.String(10), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("recipients", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("destroy_by", sa.Date()),
    )


def _make_meeting_attendees() -> None:
    op.create_table(
        "meeting_attendees",
        *record_columns(),
        sa.Column("meeting_id", sa.Integer(), sa.ForeignKey("meetings.id"), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("external_name", sa.String(120), nullable=False),
        sa.Column("present", sa.Boolean()),
        sa.Column("position", sa.Integer(), nullable=False),
    )
    op.create_index("ix_meeting_attendees_meeting_id", "meeting_attendees", ["meeting_id"])


def _make_preferences() -> None:
    op.create_table(
        "preferences",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.UniqueConstraint("user_id", "key"),
    )


def _make_scenario_keeps() -> None:
    op.create_table(
        "scenario_keeps",
        *record_columns(),
        sa.Column("scenario_id", sa.Integer(), sa.ForeignKey("scenarios.id"), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
    )
    op.create_index("ix_scenario_keeps_scenario_id", "scenario_keeps", ["scenario_id"])
    op.create_index("ix_scenario_keeps_staff_id", "scenario_keeps", ["staff_id"])


def _make_scenario_practices() -> None:
    op.create_table(
        "scenario_practices",
        *record_columns(),
        sa.Column("scenario_id", sa.Integer(), sa.ForeignKey("scenarios.id"), nullable=False),
        sa.Column("practised_on", sa.Date(), nullable=False),
        sa.Column("form", sa.String(12), nullable=False),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("groups.id")),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sure", sa.Integer()),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id")),
    )
    op.create_index("ix_scenario_practices_scenario_id", "scenario_practices", ["scenario_id"])


def _make_agenda_items() -> None:
    op.create_table(
        "agenda_items",
        *record_columns(),
        sa.Column("meeting_id", sa.Integer(), sa.ForeignKey("meetings.id"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(10), nullable=False),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("groups.id")),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id")),
        sa.Column("scenario_id", sa.Integer(), sa.ForeignKey("scenarios.id")),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("aim", sa.String(10), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("informed", sa.String(3), nullable=False),
        sa.Column("informed_reason", sa.Text(), nullable=False),
        sa.Column("external_basis", sa.String(10), nullable=False),
        sa.Column("external_note", sa.Text(), nullable=False),
    )
    op.create_index("ix_agenda_items_meeting_id", "agenda_items", ["meeting_id"])


def _make_scenario_picks() -> None:
    op.create_table(
        "scenario_picks",
        *record_columns(),
        sa.Column("scenario_id", sa.Integer(), sa.ForeignKey("scenarios.id"), nullable=False),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("groups.id")),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id")),
        sa.Column("picked_on", sa.Date(), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id")),
    )
    op.create_index("ix_scenario_picks_case_id", "scenario_picks", ["case_id"])
    op.create_index("ix_scenario_picks_group_id_case_id", "scenario_picks", ["group_id", "case_id"])
    op.create_index("ix_scenario_picks_scenario_id", "scenario_picks", ["scenario_id"])


def _make_scenario_uses() -> None:
    op.create_table(
        "scenario_uses",
        *record_columns(),
        sa.Column("scenario_id", sa.Integer(), sa.ForeignKey("scenarios.id"), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("groups.id")),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id")),
        sa.Column("helped", sa.String(5), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id")),
    )
    op.create_index("ix_scenario_uses_case_id", "scenario_uses", ["case_id"])
    op.create_index("ix_scenario_uses_group_id", "scenario_uses", ["group_id"])
    op.create_index("ix_scenario_uses_scenario_id", "scenario_uses", ["scenario_id"])


def _make_actions() -> None:
    op.create_table(
        "actions",
        *record_columns(),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("due_on", sa.Date()),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("done_on", sa.Date()),
        sa.Column("carried_over", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), sa.ForeignKey("meetings.id")),
        sa.Column("agenda_item_id", sa.Integer(), sa.ForeignKey("agenda_items.id")),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id")),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("groups.id")),
    )
    op.create_index("ix_actions_agenda_item_id", "actions", ["agenda_item_id"])
    op.create_index("ix_actions_case_id", "actions", ["case_id"])
    op.create_index("ix_actions_due_on", "actions", ["due_on"])
    op.create_index("ix_actions_group_id", "actions", ["group_id"])
    op.create_index("ix_actions_meeting_id", "actions", ["meeting_id"])
    op.create_index("ix_actions_owner_id", "actions", ["owner_id"])


def _make_decisions() -> None:
    op.create_table(
        "decisions",
        *record_columns(),
        sa.Column("meeting_id", sa.Integer(), sa.ForeignKey("meetings.id"), nullable=False),
        sa.Column("agenda_item_id", sa.Integer(), sa.ForeignKey("agenda_items.id")),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("ix_decisions_agenda_item_id", "decisions", ["agenda_item_id"])
    op.create_index("ix_decisions_meeting_id", "decisions", ["meeting_id"])


_TABLES = [
    "decisions",
    "actions",
    "scenario_uses",
    "scenario_picks",
    "agenda_items",
    "scenario_practices",
    "scenario_keeps",
    "preferences",
    "meeting_attendees",
    "exports",
    "drafts",
    "changes",
    "audit",
    "scenarios",
    "meetings",
]
