"""What search learns from clicks and purchases.

All tables are new and empty: nothing is locked or rewritten. A search that was seen goes with its visit. The partial
unique indexes let one version rank and one wait in shadow; the checks refuse a version that ranks without both tests.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "9a1c0b5d100b"
down_revision = "9a1c0b5d100a"
branch_labels = None
depends_on = None


def jsonb(name: str) -> sa.Column:
    """A column of JSON that starts empty."""
    return sa.Column(name, postgresql.JSONB(none_as_null=True), server_default="{}", nullable=False)


def moment(name: str, *, given: bool = False) -> sa.Column:
    """A column of instants; one that is `given` is never empty."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not given)


def upgrade() -> None:
    """Bring the tables to this version."""
    _log()
    _versions()


def _log() -> None:
    op.create_table(
        "search_showing",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        moment("at", given=True),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(collation="C"), nullable=False),
        sa.Column("shown", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["analytics_visit.id"], name=op.f("fk_search_showing_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_showing")),
    )
    op.create_index("uq_search_showing_visit", "search_showing", ["visit_id", "lang", "query"], unique=True)
    op.create_index(op.f("ix_search_showing_at"), "search_showing", ["at"], unique=False)
    op.create_table(
        "search_choice",
        sa.Column("showing_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        moment("clicked_at", given=True),
        moment("added_at"),
        moment("bought_at"),
        sa.CheckConstraint("place > 0", name=op.f("ck_search_choice_place")),
        sa.ForeignKeyConstraint(
            ["showing_id"],
            ["search_showing.id"],
            name=op.f("fk_search_choice_showing_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("showing_id", "product_id", name=op.f("pk_search_choice")),
    )


def _versions() -> None:
    op.create_table(
        "search_ranking",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        jsonb("recipe"),
        jsonb("offline"),
        jsonb("shadow"),
        jsonb("data"),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        moment("judged_from"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        moment("passed_at"),
        moment("proven_at"),
        moment("promoted_at"),
        moment("retired_at"),
        sa.CheckConstraint(
            "state IN ('shadow','champion','retired','refused')", name=op.f("ck_search_ranking_state")
        ),
        sa.CheckConstraint(
            "state = 'refused' OR passed_at IS NOT NULL", name=op.f("ck_search_ranking_passed_offline")
        ),
        sa.CheckConstraint(
            "state IN ('shadow','refused') OR proven_at IS NOT NULL",
            name=op.f("ck_search_ranking_passed_shadow"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_ranking")),
    )
    for state in ("champion", "shadow"):
        op.create_index(
            f"uq_search_ranking_{state}",
            "search_ranking",
            ["state"],
            unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    op.create_index(op.f("ix_search_ranking_job_id"), "search_ranking", ["job_id"], unique=False)
    op.create_table(
        "search_boost",
        sa.Column("ranking_id", sa.BigInteger(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(collation="C"), nullable=False),
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("boost", sa.Double(), nullable=False),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in ("shown", "clicked", "added", "bought")),
        sa.Column("expected", sa.REAL(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["ranking_id"], ["search_ranking.id"], name=op.f("fk_search_boost_ranking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ranking_id", "lang", "query", "product_id", name=op.f("pk_search_boost")),
    )  # fmt: skip


def downgrade() -> None:
    """Go back to the version before."""
    for table in ("boost", "ranking", "choice", "showing"):
        op.drop_table(f"search_{table}")
