"""Words on answers (labels), how often answers may be wrong, what looks at the labels found; a silent assistant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "answer_label",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("conversation", sa.String(length=26), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("whose", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Integer(), nullable=False),
        sa.Column("instead", sa.String(length=128), nullable=False),
        sa.Column("site_id", BIG, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("article", sa.String(length=128), nullable=False),
        sa.Column("certainty", sa.Float(), nullable=False),
        sa.Column("bar", sa.Float(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation", "seq", "source", "whose", name="uq_answer_label"),
    )
    op.create_index("ix_answer_label_place", "answer_label", ["site_id", "language", "answered_at"])
    op.create_table(
        "answer_rule",
        sa.Column("site_id", BIG, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("wrong_at_most", sa.Float(), nullable=True),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("certified_at", sa.BigInteger(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("site_id", "language"),
    )
    op.create_table(
        "certainty_check",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("site_id", BIG, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("target", sa.Float(), nullable=False),
        sa.Column("threshold_before", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("bound", sa.Float(), nullable=False),
        sa.Column("calibration_error", sa.Float(), nullable=False),
        sa.Column("overconfident", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_certainty_check_place", "certainty_check", ["site_id", "language", "at"])
    op.add_column("site", sa.Column("shadow", sa.Boolean(), nullable=False, server_default=sa.false()))
