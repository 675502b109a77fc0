"""Alembic's entry: runs the revisions on the connection that `bot.migrations` hands in."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import conversation.tables  # noqa: F401 - each of these imports adds its room's tables to the metadata
import knowledge_base.tables  # noqa: F401
import runtime.tables  # noqa: F401

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
