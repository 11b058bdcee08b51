"""Alembic's entry: runs on the connection that db/migrate.py hands over, in one transaction."""

from alembic import context

from wbos_desktop.db.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
