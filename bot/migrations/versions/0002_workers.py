"""Several workers on one database: who is alive, who is here, limits that all of them share, and who took a message.

Entries without a client id or a question, which most are, leave two of their indexes; and a chat knows how far it has
reached a screen, besides how far it was seen.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worker",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "presence",
        sa.Column("worker_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("worker_id", "kind", "key"),
    )
    op.create_index("ix_presence_key", "presence", ["kind", "key"])
    op.create_table(
        "bucket",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    with op.batch_alter_table("conversation") as table:
        table.add_column(sa.Column("worker", sa.String(length=26), nullable=False, server_default=""))
        table.add_column(sa.Column("spent", sa.Float(), nullable=False, server_default="0"))
        table.add_column(sa.Column("spent_at", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("delivered_to_customer", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("delivered_to_staff", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("entry") as table:
        table.drop_constraint("uq_entry_client_id", type_="unique")
        table.drop_constraint("uq_entry_re", type_="unique")
    for column in ("client_id", "re"):
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"uq_entry_{column}",
            "entry",
            ["conversation_id", column],
            unique=True,
            sqlite_where=there,
            postgresql_where=there,
        )
