"""Rights of more people, backups, retention, access requests and attachments."""

import sqlalchemy as sa
from alembic import op

from wbos_desktop.db.migrations.record import record_columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and add what older ones miss."""
    _make_attachment_contents()
    _make_destructions()
    _make_key_state()
    _make_log_epochs()
    _make_retention_holds()
    _make_retention_terms()
    _make_vault_settings()
    _make_access_requests()
    _make_attachment_chunks()
    _make_deputies()
    _make_stated_views()
    _make_access_passages()
    _make_attachments()
    _extend()


def downgrade() -> None:
    """Take both away again."""
    op.drop_column("observations", "anonymised_on")
    op.drop_column("profiles", "anonymised_on")
    op.drop_column("exports", "with_password")
    op.drop_column("users", "must_renew")
    for name in _TABLES:
        op.drop_table(name)


def _make_attachment_contents() -> None:
    op.create_table(
        "attachment_contents",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("size", sa.Integer(), nullable=False),
    )


def _make_destructions() -> None:
    op.create_table(
        "destructions",
        *record_columns(),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("remaining", sa.JSON(), nullable=False),
    )


def _make_key_state() -> None:
    op.create_table(
        "key_state",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("slot_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("rekey_due", sa.Boolean(), nullable=False),
    )


def _make_log_epochs() -> None:
    op.create_table(
        "log_epochs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mark", sa.LargeBinary(16), nullable=False),
        sa.Column("before", sa.LargeBinary(16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("mac", sa.LargeBinary(32), nullable=False),
    )


def _make_retention_holds() -> None:
    op.create_table(
        "retention_holds",
        *record_columns(),
        sa.Column("subject_table", sa.String(60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date()),
    )
    op.create_index(
        "ix_retention_holds_subject_table_subject_id",
        "retention_holds",
        ["subject_table", "subject_id"],
    )


def _make_retention_terms() -> None:
    op.create_table(
        "retention_terms",
        *record_columns(),
        sa.Column("kind", sa.String(30), nullable=False, unique=True),
        sa.Column("amount", sa.Integer()),
        sa.Column("unit", sa.String(12), nullable=False),
    )


def _make_vault_settings() -> None:
    op.create_table(
        "vault_settings",
        *record_columns(),
        sa.Column("key", sa.String(40), nullable=False, unique=True),
        sa.Column("value", sa.JSON(), nullable=False),
    )


def _make_access_requests() -> None:
    op.create_table(
        "access_requests",
        *record_columns(),
        sa.Column("pupil_id", sa.Integer(), sa.ForeignKey("pupils.id"), nullable=False),
        sa.Column("requester_kind", sa.String(20), nullable=False),
        sa.Column("requester_name", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("identity_checked_on", sa.Date()),
        sa.Column("identity_how", sa.String(), nullable=False),
        sa.Column("authority_checked_on", sa.Date()),
        sa.Column("authority_how", sa.String(), nullable=False),
        sa.Column("extended_on", sa.Date()),
        sa.Column("extension_reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("given_on", sa.Date()),
        sa.Column("given_how", sa.String(), nullable=False),
        sa.Column("outcome_reason", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("staff.id")),
    )
    op.create_index("ix_access_requests_due_on", "access_requests", ["due_on"])
    op.create_index("ix_access_requests_owner_id", "access_requests", ["owner_id"])
    op.create_index("ix_access_requests_pupil_id", "access_requests", ["pupil_id"])
    op.create_index("ix_access_requests_state", "access_requests", ["state"])


def _make_attachment_chunks() -> None:
    op.create_table(
        "attachment_chunks",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "content_id", sa.Integer(), sa.ForeignKey("attachment_contents.id"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.create_index(
        "ix_attachment_chunks_content_id_position",
        "attachment_chunks",
        ["content_id", "position"],
        unique=True,
    )


def _make_deputies() -> None:
    op.create_table(
        "deputies",
        *record_columns(),
        sa.Column("absent_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("deputy_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
    )
    op.create_index("ix_deputies_absent_id", "deputies", ["absent_id"])
    op.create_index("ix_deputies_deputy_id", "deputies", ["deputy_id"])


def _make_stated_views() -> None:
    op.create_table(
        "stated_views",
        *record_columns(),
        sa.Column("subject_table", sa.String(60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), sa.ForeignKey("pupils.id")),
        sa.Column("stated_by", sa.String(12), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_by_id", sa.Integer(), sa.ForeignKey("staff.id")),
    )
    op.create_index("ix_stated_views_pupil_id", "stated_views", ["pupil_id"])
    op.create_index(
        "ix_stated_views_subject_table_subject_id", "stated_views", ["subject_table", "subject_id"]
    )


def _make_access_passages() -> None:
    op.create_table(
        "access_passages",
        *record_columns(),
        sa.Column("request_id", sa.Integer(), sa.ForeignKey("access_requests.id"), nullable=False),
        sa.Column("subject_table", sa.String(60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("text_sha256", sa.String(64), nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_index("ix_access_passages_request_id", "access_passages", ["request_id"])
    op.create_index(
        "ix_access_passages_request_id_subject_table_subject_id",
        "access_passages",
        ["request_id", "subject_table", "subject_id"],
    )


def _make_attachments() -> None:
    op.create_table(
        "attachments",
        *record_columns(),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id")),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id")),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column(
            "content_id", sa.Integer(), sa.ForeignKey("attachment_contents.id"), nullable=False
        ),
        sa.Column("added_by_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("note", sa.String(), nullable=False),
    )
    op.create_index("ix_attachments_case_id", "attachments", ["case_id"])
    op.create_index("ix_attachments_content_id", "attachments", ["content_id"])
    op.create_index("ix_attachments_incident_id", "attachments", ["incident_id"])


def _extend() -> None:
    op.add_column(
        "users", sa.Column("must_renew", sa.Boolean(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column(
        "exports",
        sa.Column("with_password", sa.Boolean(), nullable=False, server_default=sa.text("0")),
    )
    op.add_column("profiles", sa.Column("anonymised_on", sa.Date()))
    op.add_column("observations", sa.Column("anonymised_on", sa.Date()))


_TABLES = [
    "attachments",
    "access_passages",
    "stated_views",
    "deputies",
    "attachment_chunks",
    "access_requests",
    "vault_settings",
    "retention_terms",
    "retention_holds",
    "log_epochs",
    "key_state",
    "destructions",
    "attachment_contents",
]
