"""The columns of every record as they were in the first version. Never change this file: a later
migration adds to the tables instead."""

import sqlalchemy as sa


def record_columns() -> list[sa.Column]:  # type: ignore[type-arg]
    """New column objects: key, uid, stamps, version and the mark of the bin."""
    return [
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("uid", sa.String(32), nullable=False, unique=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), sa.ForeignKey("users.id", use_alter=True)),
        sa.Column("updated_by", sa.Integer(), sa.ForeignKey("users.id", use_alter=True)),
    ]
