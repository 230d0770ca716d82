"""Models, their runs and what they suggest.

All tables are new and empty: nothing is locked or rewritten. The partial unique index on the state `champion` is
what lets one version serve at a time; suggestions go with their version, and with the customer they are for.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "9a1c0b5d1005"
down_revision = "9a1c0b5d1004"
branch_labels = None
depends_on = None


def jsonb(name: str) -> sa.Column:
    """A column of JSON that starts empty."""
    return sa.Column(name, postgresql.JSONB(none_as_null=True), server_default="{}", nullable=False)


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "recommender_model",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="candidate", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        jsonb("metrics"),
        jsonb("data"),
        jsonb("timings"),
        jsonb("card"),
        sa.Column("popular", sa.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("promoted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('candidate','champion','retired','refused')", name=op.f("ck_recommender_model_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommender_model")),
    )
    op.create_index(
        "uq_recommender_model_champion",
        "recommender_model",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'champion'"),
    )
    op.create_index(op.f("ix_recommender_model_job_id"), "recommender_model", ["job_id"], unique=False)
    op.create_table(
        "recommender_item",
        sa.Column("model_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.REAL(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("reason IN ('bought','alike')", name=op.f("ck_recommender_item_reason")),
        sa.ForeignKeyConstraint(
            ["model_id"],
            ["recommender_model.id"],
            name=op.f("fk_recommender_item_model_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("model_id", "product_id", "rank", name=op.f("pk_recommender_item")),
    )
    op.create_table(
        "recommender_person",
        sa.Column("model_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("because_of", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.REAL(), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"],
            ["recommender_model.id"],
            name=op.f("fk_recommender_person_model_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_recommender_person_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("model_id", "user_id", "rank", name=op.f("pk_recommender_person")),
    )
    op.create_index(op.f("ix_recommender_person_user_id"), "recommender_person", ["user_id"], unique=False)
    op.create_table(
        "recommender_choice",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_recommender_choice_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_recommender_choice")),
    )
    op.create_table(
        "recommender_experiment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("share", sa.SmallInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("share BETWEEN 1 AND 99", name=op.f("ck_recommender_experiment_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommender_experiment")),
        sa.UniqueConstraint("name", name=op.f("uq_recommender_experiment_name")),
    )
    op.create_index(
        "uq_recommender_experiment_running",
        "recommender_experiment",
        [sa.text("(ended_at IS NULL)")],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "recommender_exposure",
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("cart_id", sa.BigInteger(), nullable=True),
        sa.Column("shown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("clicked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("bought_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("arm IN ('model','popularity')", name=op.f("ck_recommender_exposure_arm")),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["recommender_experiment.id"],
            name=op.f("fk_recommender_exposure_experiment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("experiment_id", "unit", name=op.f("pk_recommender_exposure")),
    )
    op.create_index(
        "ix_recommender_exposure_cart_id",
        "recommender_exposure",
        ["cart_id"],
        unique=False,
        postgresql_where=sa.text("cart_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Go back to the version before."""
    for table in ("exposure", "experiment", "choice", "person", "item", "model"):
        op.drop_table(f"recommender_{table}")
